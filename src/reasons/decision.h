/* reasons/decision.h: one row of the decisions table as a typed record. */
#ifndef CANDOR_REASONS_DECISION_H
#define CANDOR_REASONS_DECISION_H

#include "reasons/reasons.h"

/* X(name, word): the actions a row may declare. */
#define ACTION_LIST(X)                                                         \
    X(APPROVED, "approved")                                                    \
    X(DENIED, "denied")                                                        \
    X(COUNTEROFFER, "counteroffer")                                            \
    X(INCOMPLETE, "incomplete")                                                \
    X(TERMINATED, "terminated")          /* an existing account */             \
    X(CHANGED, "changed")                /* unfavourable change of terms */    \
    X(LIMIT_REFUSED, "limit refused")
enum action {
#define X(name, word) ACTION_##name,
    ACTION_LIST(X)
#undef X
    ACTIONS
};
const char *action_word(enum action a);
/* Denied, counteroffer, terminated, changed, limit refused: reasons are owed. */
bool action_adverse(enum action a);

enum {
    DECISION_BUREAUS_MAX = 8,
    DECISION_ITEMS_MAX = 32,
    DECISION_TEXT_MAX = 256
};

struct decision {
    const char *id;
    long long row;
    long line;
    enum action action;
    bool action_computed;         /* no action column: from score and rules */
    const char *applicant_name, *applicant_address[4];
    bool has_application_date, has_decision_date, has_notice_date,
        has_reply_by, has_bureau_score_date;
    struct date application_date, decision_date, notice_date, reply_by,
        bureau_score_date;
    const char *request, *counteroffer, *reviewer, *language;
    bool has_amount, has_term;
    double amount, term;
    const char *missing_item[DECISION_ITEMS_MAX];
    size_t missing_items;
    long bureau[DECISION_BUREAUS_MAX]; /* index in project->bureau */
    size_t bureaus;
    bool has_bureau_score, has_bureau_low, has_bureau_high;
    double bureau_score, bureau_score_low, bureau_score_high;
    const char *bureau_score_provider;
    const char *bureau_factor[DECISION_ITEMS_MAX];
    size_t bureau_factors;
    bool third_party;
    bool has_age;
    double age;
    bool has_declared_score;
    double declared_score;        /* the row's own */
    enum failed_component component;
    bool component_computed;      /* no column or an empty cell */
    /* Put by the caller once the model has answered. */
    bool has_score;
    double margin, score;         /* score on the project's scale */
    double residual, largest;     /* of additivity, and the largest |phi| */
    bool checked;                 /* the fast kernels explained it too */
    double difference, bound;     /* largest |fast − strict|; the bound stated */
    /* [project rules], owned by the reader. */
    bool *fired;
    size_t rules_fired;
};

/* The columns that a row needs, to be added after the input map's. Columns of
 * rules are among them, so a column may be asked for twice: once for the
 * model, once here. */
struct decision_reader;
MUST_USE status decision_reader_new(const struct project *p,
                                    struct decision_reader **out,
                                    struct error *e);
size_t decision_reader_columns(const struct decision_reader *r,
                               const struct column_spec **columns);
/* Reads block row i, whose columns from `first` on are those above. False: the
 * row cannot be used, *bad says why (unknown action, bureau or component, bad
 * number). Texts point into the block and the reader: valid until the next
 * call. */
bool decision_read(struct decision_reader *r, const struct block *b, size_t i,
                   size_t first, struct decision *out, struct row_error *bad);
void decision_reader_free(struct decision_reader *r); /* NULL is fine */

/* Puts the model's answer into d and settles action and failed component where
 * the row did not say. */
void decision_settle(const struct project *p, struct decision *d, double margin,
                     double score);

/* documents.score_disclosed own: a lender's own score that rests on a consumer
 * report is itself a credit score (15 USC 1681m(a)(2), 1681g(f)(2)(A)), so it
 * takes the bureau score's place: value and declared range on the project's
 * scale, the decision's date, the institution as provider, and as key factors
 * the leading factors of the chosen method: four, and inquiries as a fifth.
 * Nothing happens under another setting, or where no report or score decided. */
void decision_disclose_own(const struct project *p, struct decision *d,
                           const struct reasons *r, size_t language);

/* The last day for the notice. 30 days after the application date: approval,
 * counteroffer, denial (12 CFR 1002.9(a)(1)(i)), and the notice of
 * incompleteness, which runs from receipt (1002.9(c)(1)). 30 days after the
 * decision date: an existing account (1002.9(a)(1)(iii)). False: the date
 * needed is not there. */
bool decision_due(const struct decision *d, struct date *due);
/* 90 days after the counteroffer (decision date), when no second notice was
 * combined with it. */
bool decision_counteroffer_due(const struct decision *d, struct date *due);
/* 12 CFR 1002.12(b): 25 months after the notice (12 for business; 60 days for
 * large business). From the notice date, else documents.date. */
bool decision_retain_until(const struct project *p, const struct decision *d,
                           struct date *until);
/* The notice's date: the row's, else documents.date. */
bool decision_notice_date(const struct project *p, const struct decision *d,
                          struct date *out);

#endif
