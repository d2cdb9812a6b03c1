/* model/program.h: a model as steps on columns of numbers.
 *
 * A register holds one double a row and is written once, by one step; steps
 * read registers that stand before. The first ones are the model's inputs. NaN
 * is missing and spreads through arithmetic; steps that treat it otherwise say
 * so. A word is a number too: the maker keeps one list of words for all
 * registers, so that words of two inputs compare by that number.
 * With `single` a step's operands and its result are rounded to float32, and
 * sums are float32 sums in order: what a single-precision runtime computes.
 *
 * Lists of registers make concatenation, slicing, reshaping and gathering free:
 * they cost no step. */
#ifndef CANDOR_MODEL_PROGRAM_H
#define CANDOR_MODEL_PROGRAM_H

#include "base/arena.h"
#include "model/evaluate.h"

enum {
    PROGRAM_REGISTERS_MAX = 4 << 20,
    PROGRAM_STEPS_MAX = 1 << 20,
    PROGRAM_CONSTANTS_MAX = 64 << 20, /* numbers in weights and tables */
    PROGRAM_SCRATCH_MAX = 256 << 20   /* bytes of registers of one block */
};

struct program;       /* immutable */
struct program_maker;
typedef uint32_t reg;

/* X(name): out = f(x) for each register of a list; p, q as said. */
#define PROGRAM_MAP_LIST(X)                                                    \
    X(COPY) X(NEGATE) X(ABSOLUTE) X(RELU) X(LEAKY /* p x below 0 */)           \
    X(ELU /* p(e^x − 1) below 0 */) X(SELU) X(GELU) X(GELU_TANH) X(SWISH)      \
    X(SOFTPLUS) X(SOFTSIGN) X(TANH) X(ARCTAN /* 2 atan(x)/π */)                \
    X(LOGISTIC) X(HARD_LOGISTIC /* clamp(p x + q, 0, 1) */) X(EXP) X(EXPM1)    \
    X(LOG) X(LOG1P) X(LOG10) X(SQRT) X(SQUARE) X(RECIPROCAL) X(SIN) X(COS)     \
    X(TAN) X(ASIN) X(ACOS) X(ATAN) X(SINH) X(COSH) X(GAUSS /* e^(−x²) */)      \
    X(ERF) X(NORMAL_CDF) X(CLOGLOG_INVERSE) X(LOGLOG_INVERSE)                  \
    X(CAUCHIT_INVERSE) X(FLOOR) X(CEIL) X(ROUND /* half away from 0 */)        \
    X(RINT /* half to even */) X(TRUNCATE) X(SIGN) X(CLAMP /* to p…q */)       \
    X(POWER /* x^p */) X(SCALE /* p x + q, one rounding each */)               \
    X(THRESHOLD /* x > p ? 1 : 0 */) X(BINARIZE /* x > p, missing stays */)    \
    X(IS_MISSING /* 1 or 0 */) X(IS_PRESENT) X(NOT) X(FLOAT32) X(TO_INTEGER)   \
    X(FILL /* missing → p */) X(EQUALS_P /* x == p, missing stays missing */)
/* out = f(x, y) for each pair of two lists of the same length. Logic is
 * three-valued (missing = unknown); comparisons of a missing value give
 * missing. */
#define PROGRAM_PAIR_LIST(X)                                                   \
    X(ADD) X(SUBTRACT) X(MULTIPLY) X(DIVIDE) X(REMAINDER /* sign of y */)      \
    X(RAISE) X(LESS) X(AT_MOST) X(EQUAL) X(UNEQUAL) X(AND) X(OR) X(XOR)        \
    X(LEAST) X(MOST) X(FIRST_PRESENT /* x, or y where x is missing */)
/* one register of many; PRESENT_*: missing values are left out (PMML). */
#define PROGRAM_REDUCE_LIST(X)                                                 \
    X(SUM) X(MEAN) X(PRODUCT) X(MINIMUM) X(MAXIMUM) X(MEDIAN)                  \
    X(ARGMAX /* index from 0, first of equals */) X(ARGMIN)                    \
    X(PRESENT_SUM) X(PRESENT_MEAN) X(PRESENT_MINIMUM) X(PRESENT_MAXIMUM)       \
    X(PRESENT_PRODUCT) X(PRESENT_COUNT) X(NORM1) X(NORM2)
/* as many registers as given, together. */
#define PROGRAM_GROUP_LIST(X)                                                  \
    X(SOFTMAX) X(LOG_SOFTMAX) X(SIMPLEMAX /* x / Σx */) X(UNIT_MAX) X(UNIT_L1) \
    X(UNIT_L2)

#define X(name) MAP_##name,
enum program_map { PROGRAM_MAP_LIST(X) PROGRAM_MAPS };
#undef X
#define X(name) PAIR_##name,
enum program_pair { PROGRAM_PAIR_LIST(X) PROGRAM_PAIRS };
#undef X
#define X(name) REDUCE_##name,
enum program_reduce { PROGRAM_REDUCE_LIST(X) PROGRAM_REDUCES };
#undef X
#define X(name) GROUP_##name,
enum program_group { PROGRAM_GROUP_LIST(X) PROGRAM_GROUPS };
#undef X

struct program_maker *program_maker_new(size_t memory_cap); /* NULL: no memory */
void program_maker_free(struct program_maker *k);           /* NULL is fine */

/* All inputs come first, in the order of builder_feature. */
MUST_USE status program_inputs(struct program_maker *k, size_t features,
                               struct error *e);
/* The number of a word, kept for good; equal words give equal numbers. Codes of
 * an input of words (FEATURE_CATEGORY) reach steps through program_words. */
MUST_USE status program_word(struct program_maker *k, const char *word,
                             double *number, struct error *e);
/* code[i] of input `feature` → the number of words[i]; anything else → p. */
MUST_USE status program_words(struct program_maker *k, size_t feature,
                              const char *const *words, size_t count,
                              double otherwise, reg *out, struct error *e);

MUST_USE status program_constant(struct program_maker *k, double value,
                                 reg *out, struct error *e);
MUST_USE status program_map(struct program_maker *k, enum program_map f,
                            double p, double q, bool single, const reg *in,
                            size_t n, reg *out, struct error *e);
MUST_USE status program_pair(struct program_maker *k, enum program_pair f,
                             bool single, const reg *x, const reg *y, size_t n,
                             reg *out, struct error *e);
/* condition ≠ 0 → yes, 0 → no, missing → unknown (all [n]). */
MUST_USE status program_choose(struct program_maker *k, const reg *condition,
                               const reg *yes, const reg *no,
                               const reg *unknown, size_t n, reg *out,
                               struct error *e);
/* out[o] = bias[o] + Σ_i weight[o][i] in[i], summed in order of i, the bias
 * last (bias NULL: none). Zero weights of missing inputs still spread NaN. */
MUST_USE status program_affine(struct program_maker *k, const double *weight,
                               const double *bias, bool single, const reg *in,
                               size_t ins, size_t outs, reg *out,
                               struct error *e);
MUST_USE status program_reduce(struct program_maker *k, enum program_reduce f,
                               bool single, const reg *in, size_t n, reg *out,
                               struct error *e);
MUST_USE status program_group(struct program_maker *k, enum program_group f,
                              bool single, const reg *in, size_t n, reg *out,
                              struct error *e);
/* Straight lines between knots, x ascending (PMML NormContinuous). Beyond: the
 * end lines go on, the end values stay, or missing. */
enum program_beyond { BEYOND_EXTEND, BEYOND_HOLD, BEYOND_MISSING };
MUST_USE status program_lines(struct program_maker *k, const double *x,
                              const double *y, size_t knots,
                              enum program_beyond beyond, double if_missing,
                              reg in, reg *out, struct error *e);
/* The first interval that holds the value; open or closed ends; ±∞ allowed. */
struct program_interval {
    double low, high;
    bool low_open, high_open;
    double value;
};
MUST_USE status program_intervals(struct program_maker *k,
                                  const struct program_interval *of, size_t n,
                                  double otherwise, double if_missing, reg in,
                                  reg *out, struct error *e);
/* Exact match of ins numbers to a row of keys[rows][ins] → values[rows][outs]
 * (first match); a missing input → if_missing. */
MUST_USE status program_table(struct program_maker *k, const double *keys,
                              size_t rows, size_t ins, const double *values,
                              size_t outs, double otherwise, double if_missing,
                              const reg *in, reg *out, struct error *e);
/* The margins of a forest whose inputs are registers; the forest is owned from
 * the call on. leaf: also the index of the leaf each tree ends in (out2[trees],
 * NULL: not wanted). */
MUST_USE status program_forest(struct program_maker *k, struct model *forest,
                               bool native, const reg *in, reg *out, reg *out2,
                               struct error *e);
/* How often a token of words stands in the text of input `feature` (binary:
 * 1 or 0). A token: see model/tokens.h. Missing text: 0. */
MUST_USE status program_token(struct program_maker *k, size_t feature,
                              const char *token, bool binary, reg *out,
                              struct error *e);

/* The outputs are the model's margins. The maker is empty afterwards; steps
 * that no output needs are dropped. LIMIT names the cap. */
MUST_USE status program_finish(struct program_maker *k, const reg *outputs,
                               size_t n, struct program **out, struct error *e);
void program_free(struct program *p); /* NULL is fine */

/* out[n][outputs]; works block by block on PROGRAM_SCRATCH_MAX at most. Any
 * number of threads at once. */
MUST_USE status program_run(const struct program *p,
                            const struct model_rows *rows, double *out,
                            struct error *e);

size_t program_features(const struct program *p);
size_t program_outputs(const struct program *p);
bool program_reads(const struct program *p, size_t feature);
size_t program_steps(const struct program *p);

/* An output as a sum: Σ of parts that read few inputs each, plus a constant.
 * Sums are opened through ADD, SUBTRACT, NEGATE, SCALE, SUM, affine steps and
 * forests (a part a tree), so that a linear model falls into its inputs and an
 * interaction term is one part. One part: the output does not fall apart. */
struct program_part {
    const uint32_t *feature; /* [features], ascending */
    size_t features;
    uint32_t id;             /* for program_part_values */
};
MUST_USE status program_parts(const struct program *p, size_t output,
                              struct arena *a, const struct program_part **out,
                              size_t *parts, double *constant, struct error *e);
/* What one part adds to the output for each row. */
MUST_USE status program_part_values(const struct program *p, size_t output,
                                    uint32_t part,
                                    const struct model_rows *rows, double *out,
                                    struct error *e);

/* How an output depends on the text of an input, all other inputs as they are.
 * whole: by nothing but a sum over single words of coefficient × how often the
 * word stands in it (binary: whether it does). Else: words 0. Free it. */
struct program_text_word {
    const char *word; /* small letters; the program's own */
    double coefficient;
    bool binary;
};
struct program_text {
    struct program_text_word *word;
    size_t words;
    bool whole;
};
MUST_USE status program_text(const struct program *p, size_t output,
                             size_t feature, struct program_text *out,
                             struct error *e);
void program_text_free(struct program_text *t);

#endif
