/* facts/card.h: what was found out about a model → the facts of its card
 * (schema_card.def lists them). Everything here is measured by batch/evaluate
 * and lives in one arena; NULL and zero counts stand for what was not measured.
 *
 * Measured scores rise with the event: for models that predict an event they
 * are the margin, and `probability` is the model's answer. Facts that people
 * compare with a score are on the project's scale. */
#ifndef CANDOR_FACTS_CARD_H
#define CANDOR_FACTS_CARD_H

#include "facts/decision.h"
#include "measure/classes.h"
#include "measure/drift.h"
#include "measure/fairness.h"
#include "measure/global.h"
#include "measure/performance.h"
#include "measure/probe.h"
#include "measure/quality.h"
#include "measure/reason_report.h"
#include "measure/recourse_audit.h"
#include "measure/regression.h"

enum card_kind { CARD_NONE, CARD_BINARY, CARD_REGRESSION, CARD_CLASSES };

struct card_column { /* an input in one split */
    bool category;                 /* counted by code */
    struct column_report number;
    struct category_report words;
    double below, above;           /* of the training split's range */
    bool has_drift;
    struct drift drift;            /* against the base */
    struct drift *period;          /* [card_split.slots], lead split only */
};

struct card_split {
    const struct project_table *table;
    const char *sha256;            /* or NULL */
    bool is_train, is_lead;
    double rows, bad, known, events;
    struct moments target;         /* regression */
    const char *first, *last;      /* dates seen, ISO; NULL: none */
    double repeated;
    bool repeated_capped;
    bool has_ids;
    double repeated_ids;
    struct card_column *column;    /* [model features] */
    const uint16_t *slot;          /* periods of drift by column, in order */
    size_t slots;
    bool has_performance, has_regression, has_classes, has_stability;
    struct performance performance;
    bool histogram_is_answer;      /* its bins are of the probability */
    struct regression regression;
    struct class_report classes;
    struct stability stability;    /* score against the base */
};

struct card_group {
    const char *const *name;       /* by code; second: of the second column */
    const char *const *second_name;
    size_t column, second;         /* in project->group; SIZE_MAX: none */
    struct fairness fairness;
};

struct card_monotone {
    size_t feature;                /* in project->feature */
    struct monotonicity found;
};

struct card_effect {
    size_t input;                  /* model feature */
    bool dependence;               /* categories: mean score by word */
    struct effect effect;
};

struct card_stress {
    size_t input;
    struct stress missing, noise;
    bool has_missing;              /* not where the model has no answer then */
    bool has_noise;                /* categories take none */
};

struct card_probe {                /* the model asked again, lead split */
    double of;                     /* rows of the split */
    double explained;              /* contributions: all rows, or evenly
                                      spaced ones */
    double probed;                 /* evenly spaced; shuffles, stress */
    double monotone_rows;
    const char *estimator, *reference; /* NULL: not explained */
    double residual;
    bool fast;                     /* by the fast kernels, float32 */
    double checked;                /* rows explained in both ways */
    double difference, relative;   /* largest |fast − strict|; over the row's
                                      largest contribution */
    double bound_share;            /* of the stated bound, at most */
    struct global *input;          /* [model features]; NULL: not explained, or
                                      estimated by factors as wholes */
    struct global *factor;         /* [project factors]; NULL: not explained */
    bool estimated;                /* each row's contributions are estimates */
    double *input_half, *factor_half; /* mean half width of a row's interval */
    double confidence;             /* of those intervals */
    double coalitions;             /* asked for a row, on average */
    double drawn, drawn_of;        /* reference rows, of how many */
    double rows_asked;             /* of the model for all of them */
    const char *methods;           /* "odd-process 93, pairs 7" */
    size_t *input_order, *factor_order;
    bool *permuted;                /* [model features] asked */
    struct permutation *permutation;
    bool loss_is_auc;
    size_t repeats;
    uint64_t seed;
    struct card_effect *effect;
    size_t effects;
    struct card_monotone *monotone;
    size_t monotones;
    struct card_stress *stress;
    size_t stresses;
    double noise;
};

struct card_reasons {
    bool made;
    double declined;               /* rows of the lead split */
    struct reason_report *report;  /* over all or evenly spaced ones of them */
    struct global_reasons *groups; /* the same by card_findings.group; NULL:
                                      too many groups */
    double recomputed;             /* strict: the bound left their order open */
    double rounded, rounded_same;  /* asked again with inputs as printed */
};

/* Declined rows of the lead split, searched as documents would. */
struct card_recourse {
    bool made;
    const char *why;               /* why not; NULL: not wanted, or no levers */
    double declined;               /* rows of the split */
    double failed;                 /* of those searched: could not be */
    struct recourse_audit *audit;  /* by lever and input of the project */
    size_t columns;                /* of its groups: the first of the project */
    bool reasons;                  /* their reasons were found too */
    const struct recourse_limits *limits;
};

struct card_findings {
    const struct project *project;
    const struct model *model;
    const struct schema *schema;   /* NULL: anything may be named */
    const struct reference_info *reference[METHODS];
    const struct pack_info *pack;
    size_t packs;
    const struct gate_list *gates; /* of the card; NULL before they ran */
    const char *version;           /* of candor */
    enum card_kind kind;
    bool has_cutoff;
    struct cutoff cutoff;          /* of measured scores */
    struct card_split *split;      /* [project evaluations] */
    size_t splits;
    long lead, train;              /* -1: none */
    struct card_group *group, *intersection;
    size_t groups, intersections;
    struct card_probe probe;
    struct card_reasons reasons;
    struct card_recourse recourse;
};

/* What the facts found out about themselves, for the gates of the card. */
struct card_counts {
    size_t sections_empty, intervals_missing, small_n, not_provided;
};

/* language: index in project->language. counts may be NULL. */
MUST_USE status facts_card(const struct card_findings *f, size_t language,
                           const struct language *l, struct arena *a,
                           struct fact **out, struct card_counts *counts,
                           struct error *e);

#endif
