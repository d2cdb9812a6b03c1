/* facts/decision.h: the facts of one decision, for its notice, its explanation
 * and its twin (schema_decision.c lists them). */
#ifndef CANDOR_FACTS_DECISION_H
#define CANDOR_FACTS_DECISION_H

#include "facts/build.h"
#include "facts/recourse.h"
#include "reasons/gates.h"

struct reference_info {
    const char *name, *description; /* as documents call it; NULL: none */
    const char *sha256;             /* of the table's bytes, or NULL */
    size_t rows;
    double mean_margin;
    const char *period_from, *period_to;
};

struct pack_info {
    const char *key, *sha256, *from, *to;
};

/* How the contributions against one population were estimated. */
struct decision_estimate {
    const char *method;             /* row of shapley/estimates.c */
    double confidence, held_out;    /* held_out NaN: not measured */
    size_t evaluations;             /* coalitions asked */
    size_t rows, population;        /* reference rows drawn, of how many */
    size_t players;
    bool exact;                     /* every coalition was asked */
    bool wholes;                    /* players are factors: phi is NULL */
    const double *low, *high;       /* [model features] of phi, or NULL */
};

/* A text input, its words or sentences as players: each left out of the text,
 * the other inputs as they are. Values are oriented (above 0: for the person). */
struct decision_text_piece {
    size_t first, end;              /* bytes of the text */
    double value, low, high;        /* margin */
};
struct decision_text {
    size_t feature;                 /* the model's */
    const char *text;
    const struct decision_text_piece *piece; /* ascending */
    size_t pieces;
    bool sentences;                 /* else words */
    bool exact;                     /* low = value = high */
    const char *method;             /* row of shapley/estimates.c; exact: NULL
                                       where it is the closed form */
    double confidence;
    size_t evaluations;             /* versions of the text asked */
    double all, none;               /* oriented margin with the text, and with
                                       no piece of it */
};

struct decision_findings {
    const struct project *project;
    const struct model *model;
    const struct schema *schema;     /* what may be named; NULL: anything */
    size_t language;                 /* index in project->language */
    const struct decision *decision;
    const double *row;               /* [model features]; NULL: not scored */
    const double *phi[METHODS];      /* [model features] margin; NULL: none */
    const struct decision_estimate *estimate[METHODS]; /* NULL: exact, or none */
    const struct reasons *reasons;   /* NULL: not scored */
    const struct decision_text *text; /* [texts] */
    size_t texts;
    const char *const *words;        /* [word_count] texts that row speaks of */
    size_t word_count;
    const struct reference_info *reference[METHODS];
    const struct recourse_found *recourse; /* NULL: not asked */
    const char *agency;              /* name and address in one line, or NULL */
    const char *agency_name;
    const struct pack_info *pack;
    size_t packs;
    const struct gate_list *gates;
    const char *version;             /* of candor */
    const char *data_sha256;         /* decisions table; NULL while streaming */
};

/* Which of the notice's forms this decision gets; NULL: no notice is owed
 * (approved). "denial", "counteroffer", "incomplete", "right". */
const char *notice_form(const struct project *p, const struct decision *d);

MUST_USE status facts_decision(const struct decision_findings *f,
                               const struct language *l, struct arena *a,
                               struct fact **out, struct error *e);

/* A model input as documents print it: its own style, words and unit. */
struct fact *facts_input(struct facts_maker *m, struct fact *parent,
                         const char *name, const struct project *p,
                         const struct model *model, size_t language,
                         size_t feature, double value);

#endif
