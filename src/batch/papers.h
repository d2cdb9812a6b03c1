/* batch/papers.h: a finding → its documents and its twin, as files of a group.
 * One desk a thread. */
#ifndef CANDOR_BATCH_PAPERS_H
#define CANDOR_BATCH_PAPERS_H

#include "batch/decide.h"
#include "batch/ledger.h"

enum { PAPER_FILES_MAX = 128 };

struct paper_files {
    struct ledger_file file[PAPER_FILES_MAX];
    size_t count;
    struct buf paths;      /* holds the paths and document names */
    struct buf documents;  /* names of the documents, separated by blanks */
};

struct desk;
MUST_USE status desk_new(const struct kit *kit, struct desk **out,
                         struct error *e);
void desk_free(struct desk *d); /* NULL is fine */

/* Writes below root/folder through the group and lists what was written with
 * paths relative to root. The notice's own checks are settled here, before the
 * twin is made. group NULL: everything is made, nothing is kept (for timing). */
MUST_USE status desk_decision(struct desk *d, struct finding *f,
                              const char *root, const char *folder,
                              struct sink_group *group,
                              struct paper_files *files, struct error *e);

/* A tree of facts that is already made (a card's), with its own template. */
MUST_USE status desk_document(struct desk *d, const struct template *template,
                              const struct fact *facts,
                              const struct language *language,
                              const struct project *p, const char *twin_name,
                              const struct buf *twin, const char *root,
                              const char *stem, struct sink_group *group,
                              struct paper_files *files, struct error *e);
struct arena *desk_arena(struct desk *d);

void paper_files_begin(struct paper_files *f);
void paper_files_free(struct paper_files *f);

#endif
