/* model/network_in.h: how a program is read as a network. */
#ifndef CANDOR_MODEL_NETWORK_IN_H
#define CANDOR_MODEL_NETWORK_IN_H

#include "model/network.h"
#include "model/program_in.h"

#include <math.h>

enum { NETWORK_LEVELS = 64, NETWORK_SCRATCH = 256 << 20 };
#define ANY_LEVEL SIZE_MAX   /* a constant */
#define NO_VARIABLE SIZE_MAX

enum form_kind {
    FORM_NONE,
    FORM_CODE, /* an input of words as it is */
    FORM_WORD, /* the program's number of its word */
    FORM_MISSING, /* whether the affine form of one input is missing */
    FORM_AFFINE
};

/* constant + Σ coefficient × values of a level; or scale × one of them. */
struct form {
    enum form_kind kind;
    uint32_t feature;          /* CODE, WORD */
    const struct step *words;  /* WORD: what made the number */
    size_t level;              /* 0: inputs; k: values after the k-th ReLU */
    double constant;
    size_t variable;           /* NO_VARIABLE: coefficient[count] */
    double scale;
    double *coefficient;
    size_t count;
};

struct layer_reading {
    struct form *row;          /* level > 0: what each value is the ReLU of */
    size_t count, room;
};

struct reading {
    const struct model *m;
    const struct program *p;
    struct arena *a, *scratch;
    struct form *form;         /* [slots] */
    struct form *out;          /* [most outs] */
    struct layer_reading layer[NETWORK_LEVELS];
    struct network_input *input;
    bool *used;                /* [inputs]: something is computed with it */
    size_t input_room;
    bool single;
    char why[96];
};

/* Some layer computes with what x speaks of. */
void network_use(struct reading *r, const struct form *x);
struct form network_number(struct reading *r, size_t feature);
struct form network_words(struct reading *r, const struct form *x,
                          const double *value, double unseen, double missing);
struct form network_map(struct reading *r, const struct step *s,
                        const struct form *x);
/* Where a value is missing another, else the value itself: exporters' way to
 * fill it. */
struct form network_choose(struct reading *r, const struct form *condition,
                           const struct form *yes, const struct form *no);
struct form network_pair(struct reading *r, const struct step *s,
                         const struct form *x, const struct form *y);
void network_affine(struct reading *r, const struct step *s);
struct form network_sum(struct reading *r, const struct step *s, double by);

#endif
