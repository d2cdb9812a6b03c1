/* batch/ledger.h: what a run leaves beside its documents: manifest.json,
 * SHA256SUMS, index.html, decisions.jsonl, refused.jsonl, errors.jsonl. All are
 * streamed, so that they cost no memory however many decisions there are, and
 * appear only when the run has ended. */
#ifndef CANDOR_BATCH_LEDGER_H
#define CANDOR_BATCH_LEDGER_H

#include "base/hash.h"
#include "io/sink.h"

enum ledger_part { LEDGER_DECISIONS, LEDGER_REFUSED, LEDGER_ERRORS,
                   LEDGER_PARTS };

struct ledger_file {
    const char *path;      /* relative to the run's folder, with / */
    char sha256[SHA256_HEX];
    size_t bytes;
};

/* One row of the page at a glance. */
struct ledger_row {
    const char *id, *action; /* action: a short word; "refused" when blocked */
    const char *folder;      /* "decisions/ab/ID", or NULL */
    const char *documents;   /* file names separated by blanks, or "" */
    const char *note;        /* refusal in words, or NULL */
};

struct ledger;

/* The folder must be new or empty: two runs are never mixed. head is a JSON
 * object's members ("\"candor\":…,") that open the manifest. */
MUST_USE status ledger_open(const char *folder, const char *head,
                            struct ledger **out, struct error *e);
MUST_USE status ledger_file(struct ledger *l, const struct ledger_file *f,
                            struct error *e);
MUST_USE status ledger_line(struct ledger *l, enum ledger_part part,
                            const char *line, size_t length, struct error *e);
MUST_USE status ledger_row(struct ledger *l, const struct ledger_row *row,
                           struct error *e);
/* tail: members that close the manifest ("\"counts\":{…}"); title and summary
 * head the index page: summary is finished, escaped HTML. */
MUST_USE status ledger_close(struct ledger *l, const char *tail,
                             const char *title, const char *summary,
                             struct error *e);
void ledger_free(struct ledger *l); /* gives up what was not closed */

/* The folder of a decision: "decisions/XX/NAME", XX the first byte of the id's
 * SHA-256, NAME the id with bytes outside [A-Za-z0-9._-] as %XX (a long id: its
 * hash). out holds at least LEDGER_PATH_MAX bytes. */
enum { LEDGER_PATH_MAX = 512 };
MUST_USE status ledger_folder(const char *id, char out[LEDGER_PATH_MAX],
                              struct error *e);

#endif
