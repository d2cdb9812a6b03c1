/* formats/table_glm.h: a generalised linear model between its lines and its
 * trees or steps. */
#ifndef CANDOR_FORMATS_TABLE_GLM_H
#define CANDOR_FORMATS_TABLE_GLM_H

#include "base/hash.h"
#include "formats/table_card.h"

enum { FACTORS_MOST = 8 }; /* in one interaction */

enum glm_function {
    GLM_VALUE,   /* x */
    GLM_POWER,   /* x^power */
    GLM_LOG, GLM_LOG10, GLM_LOG1P, GLM_EXP, GLM_SQRT,
    GLM_LEVEL,   /* 1 if x is the word, else 0 */
    GLM_MISSING, /* 1 if x is missing, else 0 */
    GLM_COUNT,   /* how often a text has the word */
    GLM_HAS      /* 1 if it has it */
};

struct glm_factor {
    enum glm_function function;
    size_t input;
    double power;
    const char *word;
    size_t level; /* code of the word among the input's */
};

struct glm_term {
    double coefficient;
    struct glm_factor factor[FACTORS_MOST];
    size_t factors;
    long line;
};

enum glm_input_kind { GLM_UNKNOWN, GLM_NUMBER, GLM_WORDS, GLM_TEXT };

struct glm_input {
    enum glm_input_kind kind;
    struct names *words;
    bool has_missing; /* a term says what a missing value adds */
    bool complete;    /* a level has the coefficient 0: all are listed */
};

struct table_glm {
    struct table_lines t;
    struct builder *b;
    struct names *names; /* of inputs */
    struct glm_input *input;
    size_t input_room;
    struct glm_term *term;
    size_t terms;
    double intercept;
    bool has_intercept, has_link;
    enum model_link link;
};

/* table_term.c: one line's term; inputs are added as they are met. */
MUST_USE status table_term(struct table_glm *g, const struct table_line *line,
                           struct glm_term *out, struct error *e);
/* table_glm_build.c: inputs, then trees of one input each where every term is
 * one, else steps. */
MUST_USE status table_glm_build(struct table_glm *g, struct error *e);

#endif
