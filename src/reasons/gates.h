/* reasons/gates.h: what a wrong or missing input must cause, as one table
 * (gates.def), and the regulation's checklist (checks.def) as results.
 *
 * BLOCK: no document, a line in refused.jsonl, exit 1. MARK: the document shows
 * the gap. WARN: the document is made and its twin says so. */
#ifndef CANDOR_REASONS_GATES_H
#define CANDOR_REASONS_GATES_H

#include "reasons/decision.h"

enum gate_severity { GATE_BLOCK, GATE_MARK, GATE_WARN };
enum gate_scope { SCOPE_RUN, SCOPE_DECISION, SCOPE_CARD };

enum gate_id {
#define GATE(name, id, severity, scope, check, cite, what, remedy) GATE_##name,
#include "reasons/gates.def"
#undef GATE
    GATES
};

struct gate {
    const char *id;       /* "additivity" */
    enum gate_severity severity;
    enum gate_scope scope;
    const char *check;    /* id of the check that it fails, or "" */
    const char *citation;
    const char *what;     /* what happened, one sentence */
    const char *remedy;     /* what to do, one sentence */
};
const struct gate *gate_at(enum gate_id id);
const struct gate *gate_find(const char *id); /* NULL: none */
const char *gate_severity_word(enum gate_severity s); /* block, mark, warn */

enum { GATE_DETAIL_MAX = 200 };
struct gate_fired {
    enum gate_id gate;
    char detail[GATE_DETAIL_MAX]; /* the values at hand, or "" */
};

/* OPEN: only the finished document can tell; its maker sets the result. */
enum check_result { CHECK_NOT_APPLICABLE, CHECK_PASS, CHECK_FAIL, CHECK_OPEN };
const char *check_result_word(enum check_result r);

enum check_id {
#define CHECK(name, id, applies, document, cite, text) CHECK_##name,
#include "reasons/checks.def"
#undef CHECK
    CHECKS
};
struct check {
    const char *id, *citation, *text;
    bool on_document;     /* OPEN until the document is made */
};
const struct check *check_at(enum check_id id);

struct gate_list {
    struct gate_fired fired[GATES];
    size_t count;
    bool blocked;
    enum check_result check[CHECKS];
};

/* State of the legal packs, as the document room found them. */
struct pack_status {
    bool present, altered, expired; /* on the notice's date */
    bool agency_known;              /* the creditor's class is in its table */
};

/* What recourse found, as far as gates look at it. */
struct recourse_outcome {
    bool asked;
    bool rescored_differently;      /* a plan was dropped by re-scoring */
    bool unchangeable;              /* a plan needed an input that cannot change */
    bool scores_only;               /* the model is a table of scores */
};

/* Everything about one decision and its notice. Fired gates come in the table's
 * order, at most once each. */
void gates_decision(const struct project *p, const struct decision *d,
                    const struct reasons *r, const struct recourse_outcome *o,
                    const struct pack_status *pack, size_t language,
                    struct gate_list *out);

/* Facts of the run that gates look at before any document. */
struct run_facts {
    const char *model_sha256;       /* of the file that was read */
    long long reference_rows[METHODS]; /* -1: not read */
    double reference_mean[METHODS];
    struct pack_status pack;
};
void gates_run(const struct project *p, const struct run_facts *f,
               struct gate_list *out);

/* Facts of the card: counts that the measures and the facts found. */
struct card_facts {
    size_t sections_empty;
    size_t intervals_missing;
    size_t small_n;
    long long reference_rows[METHODS];
    const char *personal_column;    /* an input that looks like personal data */
};
void gates_card(const struct project *p, const struct card_facts *f,
                struct gate_list *out);

/* Marks what the finished document proved or disproved. */
void gates_document(struct gate_list *list, enum check_id check, bool passed);

/* Names of columns that hold personal data (names, addresses, numbers that
 * identify a person): such an input may not reach a card. */
bool column_is_personal(const char *name);

#endif
