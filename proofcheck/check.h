/* proofcheck: does a proof log of `candor recourse --proofs` hold?
 *
 * This program shares no code with candor. read_*.c turn files into the plain
 * structures below; check.c decides. Whatever is wrong ends the check by
 * refuse(), which does not return. docs/PROOF-LOG.md says what is claimed. */
#ifndef PROOFCHECK_CHECK_H
#define PROOFCHECK_CHECK_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { LEVERS = 64, DIMS = 128, SCORES = 8 };

/* --- memory and refusal (base.c) --------------------------------------- */

struct pool; /* memory that is given back all at once */
struct run {
    jmp_buf away; /* where refuse() goes */
    char message[1024];
    const char *file; /* the proof log and its line, for messages */
    long line;
    struct pool *files, *row; /* for the whole run; for one decision */
    /* what run_end() closes */
    struct table *table;
    struct log *log;
    void *json[4];
    int jsons;
};
bool run_begin(struct run *r); /* false: no memory */
void run_end(struct run *r);
_Noreturn void refuse(struct run *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pool_clear(struct pool *p);
struct pool *pool_new(void);
void pool_free(struct pool *p);
/* Zeroed. */
void *take(struct run *r, struct pool *p, long count, size_t size);
#define NEW(r, pool, count, type)                                              \
    ((type *)take((r), (pool), (long)(count), sizeof(type)))
void *grow(struct run *r, void *old, size_t bytes); /* free() it */
char *whole_file(struct run *r, const char *path, size_t *length, char sha[65]);
void sha256_text(const void *a, size_t n, const void *b, size_t m,
                 char hex[65]);
char *copy_text(struct run *r, const char *text, size_t n);
/* A whole text as a number. */
bool number(const char *text, double *out);

/* --- a model (read_model.c) -------------------------------------------- */

struct node {
    int feature; /* -1: a leaf */
    int left, right;
    double threshold, value;
    bool float_less;       /* XGBoost: (float)x < threshold; else x <= it */
    bool missing_left;     /* where a missing value goes */
    bool zero_missing;     /* LightGBM: 0 counts as missing */
    bool is_set, set_left; /* categories: those of the set go left, or
                            * (XGBoost) right */
    const uint32_t *set;
    unsigned words;
};
struct tree {
    const struct node *node;
    int nodes, output;
    double weight;
};
struct model {
    bool xgboost; /* float32, x < t; else double, x <= t */
    struct tree *tree;
    int trees, features, outputs;
    double *base;  /* [outputs] margin */
    double rounds; /* LightGBM random forest: sum is divided by */
    char **name;   /* [features] */
    bool *category;
    char ***word; /* [features][words]; NULL: codes are numbers */
    int *words;
    char link; /* 'i'dentity, 'l'ogistic, 'e'xp, '?' */
    double link_scale;
    char sha[65];
};
/* Trees, inputs, words and objective of a file's text. */
void read_xgboost(struct run *r, const char *text, struct model *m, bool best);
void read_lightgbm(struct run *r, char *text, struct model *m);
struct model *read_model(struct run *r, const char *path, const char *trees);
/* As the library compares. */
bool below(const struct model *m, double x, double threshold);
bool goes_left(const struct node *n, double x);
/* Sum of an output's trees at quantity[map[feature]] (map -1: missing), in
 * double precision and with the library's own arithmetic. */
void model_sums(const struct model *m, int output, const int *map,
                const double *quantity, double *exact, double *native);
/* The code of a word, as the library sees it. */
double model_code(const struct model *m, int feature, const char *word);

/* --- what a project asks (read_project.c) ------------------------------ */

struct effect {
    char kind; /* 'a'dds, 'i'ndicates */
    int quantity;
    double rate, low, high, code;
};
struct lever {
    const char *key;
    int quantity; /* -1: waiting */
    struct effect *effect;
    int effects, direction; /* -1 down, 0 both, 1 up */
    double low, high, unit;
    int decimals;
    double *code; /* category: what it may become; NULL: number */
    int codes;
    bool ordered;
    char by; /* cost by 's'cale, 'p'ercentile, 't'able */
    double weight, scale, fixed, known, missing; /* known, missing < 0: not */
    double *sample, *change, *price;
    int samples, prices;
    /* read_grids.c: `whole`, every grid value matters, since a formula or a
     * rule reads what it moves; else grid values beside each threshold. */
    bool whole, zero_missing;
    double *grid; /* [grids] whole: ascending */
    int grids;
    double *threshold, *above, *below; /* [thresholds] */
    const struct model **compares;
    int thresholds;
};
struct formula {
    int quantity, a, b;
    char op; /* + - * / */
    double times;
    int decimals;              /* -1: not rounded */
    double *threshold[SCORES]; /* read_grids.c: of its quantity, ascending */
    int thresholds[SCORES];
};
struct rule {
    char kind; /* 'l'inear, 'i'f then, at most 'o'ne */
    int terms; /* quantities, or levers */
    int *term;
    double *times, most;
    int when, then;
    double when_low, when_high, then_low, then_high;
};
struct score {
    struct model *model;
    int *quantity; /* [features]; -1: always missing */
    int output;
    double sign, cutoff,
        guard;   /* a plan needs sign × margin <= sign × cutoff */
    double room; /* rounding of a sum of its trees */
};
struct problem {
    struct score score[SCORES];
    double decided; /* the cutoff itself; score[0]'s may be a band's end */
    int scores, quantities, levers, formulas, rules, changes;
    struct lever *lever;
    struct formula *formula; /* operands before results */
    struct rule *rule;
    char sha[65];
    struct table *table;
    struct input *input; /* [inputs] columns of the table → quantities */
    int inputs, id_column;
    struct onehot *onehot; /* quantities told by indicators */
    int onehots;
};
struct input {
    int column, quantity, feature; /* feature: of score 0's model; -1 */
    char **missing;
};
struct onehot {
    int quantity, words;
    int *indicator; /* [words] quantity; -1: all others are 0 */
};
struct problem *read_project(struct run *r, const char *path,
                             const char *table_or_null);
/* read_grids.c: what of levers and formulas does not depend on the row. */
void make_grids(struct run *r, struct problem *p);
/* The double that the k-th grid value's decimals read back as. */
double grid_value(const struct lever *l, double k);
double rounded(double x, int decimals);

/* --- a table (read_table.c) -------------------------------------------- */

struct table *table_open(struct run *r, const char *path, const char *delimiter,
                         bool header, char **missing);
int table_column(const struct table *t, const char *name); /* -1: none */
/* Goes on to a record (from 1, ascending). */
void table_seek(struct run *r, struct table *t, long long ordinal);
/* The next record, whatever its row number; false at the end. */
bool table_next(struct run *r, struct table *t);
const char *table_cell(const struct table *t, int column); /* NULL: missing */
bool table_number(const struct table *t, int column, double *out);
long table_line(const struct table *t);
/* Everything of a column; of a table that was just opened. */
double *table_numbers(struct run *r, const char *path, const char *delimiter,
                      bool header, char **missing, const char *column, int *n);
void table_close(struct table *t);
/* row[quantities] of where the table stands. */
void table_row(struct run *r, const struct problem *p, double *row);
/* --- what the levers can do for one row (space.c) ---------------------- */

#define GRAIN 0x1p-24 /* costs are multiples of it */
/* A lever's candidates: numbers by value, the own one among them; or listed,
 * own first, then by cost. Cost never falls away from `own`. */
struct axis {
    int n, own;
    double *value, *cost;
    bool sets;
};
struct mover { /* what moves a quantity */
    uint64_t levers;
    double *at; /* one lever: the quantity at its positions */
    const struct formula *formula; /* NULL: not computed */
};
struct space {
    struct run *r;
    const struct problem *p;
    double *row; /* [quantities] */
    struct axis axis[LEVERS];
    struct mover *mover; /* [quantities] */
};
struct box {
    int low[LEVERS], high[LEVERS];
};                                /* positions, both included */
void make_space(struct space *s); /* r, p and row are there */
/* The candidate's position; refuses a value that is none. */
int position_of(const struct space *s, int a, double value);
bool holds_own(const struct space *s, const struct box *b, int a);
/* Least and largest value of a quantity in a box (other than 0, if it divides);
 * no tighter than the truth; and whether it may be missing there. False: no
 * value is had there. */
struct span {
    double low, high;
    bool missing;
};
bool range(const struct space *s, int q, const struct box *b, bool divides,
           struct span *out);
/* A formula has no value anywhere in the box: no plan lies in it. */
bool no_value(const struct space *s, const struct box *b);
/* All quantities at one position of each lever; false: one has no value. */
bool point(const struct space *s, const int *position, double *quantity);
/* False: the rule is broken all over the box. Exact at a single point. */
bool rule_can_hold(const struct space *s, const struct rule *k,
                   const struct box *b);

/* --- the log (read_log.c) ---------------------------------------------- */

struct group {
    int score, trees, *tree;
};
struct share {
    int group, lever;
    double value, add;
};
struct price {
    double mu[SCORES];
    struct share *share;
    int shares;
};
struct decision {
    long long ordinal;
    char *id, digest[17], status[12];
    bool proven;  /* there is a claim and a tree */
    double claim; /* INFINITY: no plan at all */
    bool plan;
    double cost;
    int changes, lever[LEVERS];
    double to[LEVERS];
    struct group *group;
    int groups;
    struct price *price;
    int prices;
};
/* Goes to the decision's row and reads it; refuses one of other numbers or of
 * another name. */
void check_row(struct run *r, const struct problem *p, const struct decision *d,
               double *row);

struct log;
struct log *log_open(struct run *r, const char *path, const struct problem *p);
/* False at the closing line. */
bool log_decision(struct run *r, struct log *l, const struct problem *p,
                  struct decision *out);
/* The next token of the decision's tree. */
const char *log_token(struct run *r, struct log *l);
void log_tree_end(struct run *r, struct log *l);
/* A value as the log writes it; "?" is missing. */
bool log_value(const char *text, double *out);
long long log_bytes(const struct log *l);
void log_close(struct log *l);

/* --- what is left of the models for one row (reach.c) ------------------ */

struct reach {
    uint16_t low, high;
    uint32_t set;
};                              /* low > high: nothing */
struct steps {                  /* leaves of a word that begin, or end, … */
    int n;
    uint16_t *at;               /* … here or nearer to the first, or the last */
    uint64_t *mask;
};
struct leaves {                 /* of one tree, or joint ones of several */
    int score, n, words, first; /* their bits in a mask */
    double *value;              /* ascending; a plan wants a low sum */
    struct reach *reach;        /* [dims][n] */
    bool reads[DIMS];
};
struct hit {                    /* a word of leaves that read a dimension */
    struct steps begin, end;    /* none where leaves are sets */
    int group, word, dim;
};
struct game {
    struct space s;
    int dims, quantity[DIMS], score[DIMS]; /* from p->levers on: computed */
    uint64_t *sets;
    size_t sets_used, sets_room;
    struct leaves *group;
    int groups, words;
    double constant[SCORES];
    int *dim[SCORES];                 /* [quantities]; -1: nothing moves it */
    struct hit *hit[DIMS];
    int hits[DIMS], room[DIMS];       /* words of groups that read it */
    struct reach all[DIMS];           /* what the levers reach */
    struct reach now[DIMS], *found; /* walk: path so far; leaves [leaf][dims] */
    double *value;
    int leaves, most_leaves;
};
/* What groups.c needs of reach.c: dimensions of a row whose space stands, leaves
 * of one tree; whether and where two reaches in a dimension meet. */
void make_dims(struct game *c);
struct leaves new_leaves(const struct game *c, int score, int n);
struct leaves tree_leaves(struct game *c, int score, const struct tree *t);
bool sets_share(const struct game *c, const struct reach *x,
                const struct reach *y);
static inline bool share(const struct game *c, const struct reach *x,
                         const struct reach *y)
{
    return x->low <= y->high && y->low <= x->high &&
           ((x->set == 0 && y->set == 0) || sets_share(c, x, y));
}
struct reach both(struct game *c, int d, struct reach x, struct reach y);
/* Groups as the proof names them, in its order; then the other trees. */
void make_groups(struct game *c, const struct decision *d);
/* Positions of a computed dimension all over a box; false: not to be told. */
bool computed_at(const struct game *c, int d, const struct box *b, int *low,
                 int *high);
/* Is position i in the reach; is one of low … high? */
bool is_in(const struct game *c, const struct reach *x, int i);
bool set_meets(const struct game *c, const struct reach *x, int low, int high);
/* Leaves that no position low … high of the dimension reaches are out of mask
 * [words]; best [groups] is the least value that is left. */
void narrow(const struct game *c, int d, int low, int high, uint64_t *mask,
            double *best);
static inline bool meets(const struct game *c, const struct reach *x, int low,
                         int high)
{
    if (x->set != 0)
        return set_meets(c, x, low, high);
    return x->low <= high && low <= x->high;
}

/* --- the check (check.c) ----------------------------------------------- */

struct tally {
    long long decisions, plans, smallest, impossible, boxes;
};
struct state; /* of one run */
struct state *check_new(struct run *r, const struct problem *p, struct log *l);
void check_free(struct state *c);
void check_decision(struct state *c, const struct decision *d, struct tally *t);

#endif
