/* batch/explain.h: what the files of the explain command share. */
#ifndef CANDOR_BATCH_EXPLAIN_H
#define CANDOR_BATCH_EXPLAIN_H

#include "batch/numbers.h"
#include "batch/reference.h"
#include "batch/rows.h"
#include "shapley/estimators.h"

#include <stdint.h>

/* --- what is asked, resolved (explain_games.c, explain_players.c) ---------- */

struct explain_players {
    uint32_t *of;          /* [features]; NULL: each input its own player */
    size_t count;
    const char **name;     /* [count] */
    struct names *groups;  /* holds the names read from a table */
};

struct explain_setting {
    const struct estimator *estimator;
    size_t games;          /* references; 0 for an estimator without */
    char *words;           /* the list of names, cut */
    const char *word[EXPLAIN_GAMES_MAX]; /* A, B, or a table's location */
    struct project_table table[EXPLAIN_GAMES_MAX];
    struct reference population[EXPLAIN_GAMES_MAX];
    struct explain_reference reference[EXPLAIN_GAMES_MAX];
    struct explain_players players;
    struct explain_request request; /* points into all of the above */
};

/* Checks what belongs together, reads the populations and the groups. */
MUST_USE status explain_set(struct session *s, struct explain_setting *out,
                            struct error *e);
void explain_unset(struct explain_setting *x);
MUST_USE status explain_players_open(const struct session *s,
                                     struct explain_players *out,
                                     struct error *e);
void explain_players_close(struct explain_players *p);

/* --- rows, explained task by task (explain_rows.c) ------------------------- */

struct explain_tally {
    unsigned long long rows, repeated, strict, checked;
    double error, bound;   /* the largest error met, and the bound stated there */
    double share;          /* the largest error / bound */
};

struct explain_worker {
    struct explain_scratch *scratch;
    double *phi;           /* [task rows][values] */
    double *residual;      /* [task rows][games × outputs] */
    double *pairs;         /* [task rows][games × outputs × pairs] */
    double *row;           /* [task rows][features], where some repeat */
    uint32_t *at;          /* [task rows] row → its place in phi */
    uint32_t *slot;        /* a table of hashed rows */
    bool *strict;          /* [task rows] phi of this place is strict */
    double *one_phi, *one_residual;
    double *margin;        /* [outputs × 2] */
    size_t *order;         /* [players or pairs] */
    double *shortfall;     /* [features]; reasons */
    struct explain_tally tally; /* sums and maxima: any order gives the same */
};

struct explaining {
    struct session *s;
    struct explain_setting set;
    struct explainer *explainer;
    struct explain_worker *worker; /* [threads] */
    size_t games, outputs, players, values, pairs, task_rows, slots;
    const struct explain_pair *pair;
    bool real;             /* FLOAT: held against strict, printed as float32 */
    struct explain_tally tally;
    const void *form;      /* the form's own */
    const struct explain_reasoning *reasoning;
};

/* A task's rows: row i of `in` has its values at place at[i]. */
struct explained {
    const struct rows_in *in;
    const uint32_t *at;
    double *phi;
    const double *residual, *pairs;
};

typedef status (*explain_put)(struct explaining *x, size_t worker,
                              const struct explained *r, struct buf *out,
                              struct error *e);

struct explain_form {
    explain_put put;
    rows_take take;        /* NULL: lines */
    void *take_context;
    const char *header;
    size_t outputs;        /* buffers */
};

MUST_USE status explain_open(struct session *s, struct explaining *x,
                             struct error *e);
void explain_close(struct explaining *x);
/* Exit status. */
int explain_run(struct explaining *x, const struct explain_form *form);
/* The end of a command that writes lines: runs with `put` below the CSV head in
 * `head`, and says the final message; or says what `prepared` failed of. */
int explain_written(struct explaining *x, explain_put put,
                    const struct buf *head, status prepared, struct error *e);
/* One task by one worker; explain_add_up makes x->tally when all are done. */
MUST_USE status explain_task(struct explaining *x, size_t worker,
                             const struct rows_in *in, struct explained *r,
                             struct error *e);
void explain_add_up(struct explaining *x);
/* The margin of a row: the model's own in strict mode, else the sum of what
 * was computed, which is the same to a few units in the last place. */
void explain_margin(const struct explaining *x, size_t worker,
                    const struct explained *r, size_t i, double *margin);
double explain_bound(const struct explaining *x, size_t game,
                     const double *phi);
/* Where the error is stated and measured: the final message. */
void explain_tell(const struct explaining *x);

/* --- the first reasons of a row (explain_find.c) ---------------------------- */

struct explain_reasoning {
    size_t factors, most;  /* most: reasons looked for by each method */
    const char **name;     /* [factors] keys; inputs in a project without */
    long *factor_of;       /* [features] */
    size_t *parts;         /* [factors] inputs that the model reads */
    char method[METHODS];  /* 'A', 'B': of each game */
};
/* By game. */
struct explain_found {
    size_t count[METHODS];
    const double *shortfall[METHODS]; /* [factors] */
    size_t *factor[METHODS];          /* [count] */
};
/* Sets x->reasoning; games are methods of the project. */
MUST_USE status explain_reasoning_open(struct explaining *x, size_t most,
                                       struct explain_reasoning *out,
                                       struct error *e);
void explain_reasoning_close(struct explain_reasoning *f);
/* Row i of the task. What float leaves open is decided on strict values, which
 * then take the place of the row's. */
MUST_USE status explain_find(struct explaining *x, size_t worker,
                             const struct explained *r, size_t i,
                             struct explain_found *out, struct error *e);

/* --- estimates (explain_estimates.c) ---------------------------------------- */

/* No exact estimator takes the model, or --estimator estimate asks for it. */
bool explain_is_estimated(const struct session *s);
int explain_estimates(struct session *s); /* exit status */

/* --- forms: exit statuses --------------------------------------------------- */

int explain_lines(struct explaining *x);
int explain_reasons(struct explaining *x);
int explain_arrays(struct explaining *x);
int explain_global(struct explaining *x);
int explain_plan(struct session *s);

#endif
