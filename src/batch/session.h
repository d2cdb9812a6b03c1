/* batch/session.h: a project and its model, read, checked and bound; what every
 * command starts from. */
#ifndef CANDOR_BATCH_SESSION_H
#define CANDOR_BATCH_SESSION_H

#include "base/hash.h"
#include "batch/pool.h"
#include "batch/request.h"
#include "project/project.h"

struct session {
    const struct host *host;
    const struct request *request;
    struct project *project;
    struct model *model;
    struct input_map *map;
    struct pool *pool;
    struct fault_list faults;
    struct names *ids; /* of --ids; NULL: all */
    unsigned char *met; /* of ids: in the table; set by any thread */
    bool ids_given, documents;
};

/* Opens all of it; messages go to the host. The exit status: EXIT_DONE, or why
 * it ended. On failure the session is closed already. What documents alone need
 * is told on failure only where the command makes `documents`. */
int session_open(const struct host *host, const struct request *request,
                 bool documents, struct session *out);
void session_close(struct session *s);

/* Tells the faults of the project: ERROR always; BLOCK as errors when
 * `documents` (they need what is missing), else not at all; MARK and WARN as
 * warnings with documents. Returns how many BLOCK. */
size_t session_tell_faults(const struct session *s, bool documents);

/* The decisions table with the map's columns first and `extra` behind. */
MUST_USE status session_decisions(const struct session *s,
                                  const struct column_spec *extra,
                                  size_t extras, size_t block_rows,
                                  struct table **out, struct error *e);
/* Any table of the project, with the map's columns and extra ones. */
MUST_USE status session_table(const struct session *s,
                              const struct table_spec *spec,
                              const struct column_spec *extra, size_t extras,
                              size_t block_rows, struct table **out,
                              struct error *e);
/* False: --ids was given and this id is not among them. */
bool session_wants(const struct session *s, const char *id);
/* After all rows: warns of ids that no row has. Says nothing under --limit. */
void session_tell_ids(const struct session *s);

/* Model file → model, for commands without a project. */
MUST_USE status session_model(const char *path, const char *format,
                              enum trees_used trees, struct model **out,
                              struct error *e);

/* Exit status for a failure while reading data or writing results. */
int exit_of_data(const struct error *e);

#endif
