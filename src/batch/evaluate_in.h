/* batch/evaluate_in.h: what the files of evaluate.h share. */
#ifndef CANDOR_BATCH_EVALUATE_IN_H
#define CANDOR_BATCH_EVALUATE_IN_H

#include "batch/evaluate.h"

enum { EVALUATE_SLOTS = 400, EVALUATE_CELLS = DRIFT_BINS_MAX + 2,
       EVALUATE_VALUES = 200 };

/* Rows evenly spaced by position: every stride-th, the stride doubling when
 * `cap` are held, so between cap / 2 and cap rows (all, when fewer). */
struct keep {
    size_t cap, width, count;
    unsigned long long seen, stride;
    double *row;      /* [cap][width] */
    double *target;   /* [cap] */
    uint8_t *label;   /* [cap] */
};
MUST_USE status keep_open(struct keep *k, size_t cap, size_t width,
                          struct error *e);
void keep_close(struct keep *k);
void keep_add(struct keep *k, const double *row, uint8_t label, double target);

/* Declined rows of the smallest hashes, ties by the row's number: the same rows
 * however the table is cut. */
struct chosen {
    size_t cap, count, width;
    unsigned long long seen;
    struct chosen_key {
        uint64_t hash;
        unsigned long long row;
        size_t at;           /* its place in row and group */
    } *key;                  /* [count] a heap, largest first */
    double *row;             /* [room][width] of quantities */
    uint16_t *group;         /* [room][SAMPLE_GROUPS_MAX] */
    size_t room;
};

/* cap 0: nothing is chosen. */
void chosen_open(struct chosen *c, size_t cap, size_t width);
void chosen_close(struct chosen *c); /* zeroed is fine */
/* Where to put the row's quantities and groups; *row NULL: not chosen. */
MUST_USE status chosen_add(struct chosen *c, uint64_t hash, double **row,
                           uint16_t **group, struct error *e);

/* The training split, as other splits are compared with it. */
struct base_column {
    struct drift_bins bins;
    double counts[EVALUATE_CELLS];
    double low, high;          /* NaN: nothing present */
    bool usable;               /* false: too many words to compare */
};

struct evaluating {
    const struct session *s;
    const struct bench *bench;
    struct arena *arena;
    struct card_findings *out;
    struct sample *base;       /* train; NULL: none */
    struct sample *lead;       /* lead split, when it is not train */
    struct base_column *column; /* [features] */
    bool base_ready;           /* the training split was read */
    struct keep probe, declined; /* of the lead split */
    struct chosen chosen;      /* declined rows of it that recourse audits */
    struct names *group[SAMPLE_GROUPS_MAX]; /* values by code, lead split */
    size_t groups;
    double declined_rows;
    size_t *no_answer;         /* rows of the lead split that the model has no
                                  answer for, ascending */
    size_t no_answers, no_answer_room;
};

/* What the model says of a row, as measures take it. */
struct said {
    double margin;             /* of the project's output */
    double score, probability; /* measured; probability NaN: none */
    double *answer;            /* [outputs] */
};
/* margin[outputs] by the deployed model's own arithmetic (batch/ask.h); answer:
 * room for [outputs]. */
void evaluate_say(const struct evaluating *v, const double *margin,
                  struct said *out);
bool evaluate_has_probability(const struct evaluating *v);

/* Reads and measures split i. The lead split's sample is measured by group
 * before it goes. */
MUST_USE status evaluate_split(struct evaluating *v, size_t i, struct error *e);
MUST_USE status evaluate_measure(struct evaluating *v, struct card_split *out,
                                 const struct sample *sample, struct error *e);
MUST_USE status evaluate_groups(struct evaluating *v,
                                const struct sample *sample, struct error *e);
/* How many groups column g of the lead split has. */
size_t evaluate_codes(const struct evaluating *v, size_t g);
/* The lead split, read again: contributions of its rows, and the reasons of
 * those that the cutoff declines. All rows by the fast kernels, evenly spaced
 * ones where the model has none. */
MUST_USE status evaluate_contributions(struct evaluating *v, struct error *e);
/* The same by estimates, where no exact estimator takes the model. */
MUST_USE status evaluate_estimates(struct evaluating *v, struct error *e);
/* The kept rows of the lead split, asked again. */
MUST_USE status evaluate_probes(struct evaluating *v, struct error *e);

/* Columns of a split while it is read. */
struct tallying {
    struct column_quality *quality;
    double *code;              /* category: counts by code */
    size_t codes;
    double missing, unseen, rows;
    double below, above;
    double counts[EVALUATE_CELLS];
    double *period[EVALUATE_SLOTS]; /* [EVALUATE_CELLS] each; lead split */
};
MUST_USE status tally_open(const struct evaluating *v, size_t feature,
                           struct tallying *t, struct error *e);
void tally_close(struct tallying *t);
/* Adds n rows' values of the feature; slot[n] of periods, or NULL. */
MUST_USE status tally_block(const struct evaluating *v, size_t feature,
                            struct tallying *t, const double *row, size_t n,
                            const uint16_t *slot, struct error *e);
/* Closes a column: its report, and drift against the base. */
MUST_USE status tally_report(struct evaluating *v, size_t feature,
                             struct tallying *t, struct card_split *split,
                             struct error *e);

#endif
