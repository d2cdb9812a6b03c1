/* A regression into the builder. Where every term reads one input as it is, each
 * input becomes a tree: a linear leaf, or one leaf a word. Otherwise all terms
 * become steps. */
#include "formats/table_glm.h"

#include "base/num.h"
#include "model/program.h"

#include <math.h>

/* --- trees -------------------------------------------------------------------- */

static bool additive(const struct table_glm *g)
{
    for (size_t i = 0; i < g->terms; i++) {
        const struct glm_term *t = &g->term[i];
        enum glm_function f = t->factor[0].function;
        if (t->factors > 1 ||
            (f != GLM_VALUE && f != GLM_LEVEL && f != GLM_MISSING))
            return false;
    }
    return true;
}

static status number_tree(struct table_glm *g, size_t input, double slope,
                          double missing, struct error *e)
{
    TRY(builder_tree(g->b, 0, 1.0, e));
    TRY(builder_leaf(g->b, missing, 0.0, e));
    TRY(builder_linear_term(g->b, (long)input, slope, e));
    builder_linear_constant(g->b, 0.0);
    return builder_tree_end(g->b, e);
}

/* A tree of words as a scorecard has it: a bin a word, one of all others. */
static status word_tree(struct table_glm *g, size_t input,
                        const double *coefficient, double missing,
                        struct error *e)
{
    const struct glm_input *in = &g->input[input];
    size_t n = names_count(in->words);
    struct table_card c = {.t = &g->t, .arena = g->t.arena, .words = true,
                           .name = names_at(g->names, input),
                           .missing = SIZE_MAX, .other = SIZE_MAX,
                           .strict = !in->has_missing, .word_count = n};
    c.bin = arena_new_array(g->t.arena, struct card_bin, n + 2);
    c.word = arena_new_array(g->t.arena, const char *, n);
    c.word_bin = arena_new_array(g->t.arena, size_t, n);
    if (c.bin == NULL || c.word == NULL || c.word_bin == NULL)
        return arena_error(g->t.arena, e);
    for (size_t i = 0; i < n; i++) {
        c.bin[i].points = coefficient[i];
        c.word[i] = names_at(in->words, i);
        c.word_bin[i] = i;
    }
    c.bins = n;
    if (in->has_missing) {
        c.bin[c.bins].points = missing;
        c.missing = c.bins++;
    }
    if (!in->complete)
        c.other = c.bins++;
    return table_card_tree(&c, g->b, input, e);
}

struct sums {
    double slope, missing;
    double *level; /* [words] */
};

static status add_up(const struct table_glm *g, struct sums *sum,
                     struct error *e)
{
    for (size_t k = 0; k < names_count(g->names); k++) {
        const struct glm_input *in = &g->input[k];
        size_t n = in->words == NULL ? 0 : names_count(in->words);
        sum[k].level = arena_new_array(g->t.arena, double, n + 1);
        if (sum[k].level == NULL)
            return arena_error(g->t.arena, e);
    }
    for (size_t i = 0; i < g->terms; i++) {
        const struct glm_factor *f = &g->term[i].factor[0];
        struct sums *s = &sum[f->input];
        double *to = f->function == GLM_VALUE   ? &s->slope
                     : f->function == GLM_LEVEL ? &s->level[f->level]
                                                : &s->missing;
        *to += g->term[i].coefficient;
    }
    return ST_OK;
}

static status trees(struct table_glm *g, struct error *e)
{
    size_t n = names_count(g->names);
    struct sums *sum = arena_new_array(g->t.arena, struct sums, n + 1);
    if (sum == NULL)
        return arena_error(g->t.arena, e);
    TRY(add_up(g, sum, e));
    for (size_t k = 0; k < n; k++) {
        if (g->input[k].kind == GLM_WORDS) {
            TRY(word_tree(g, k, sum[k].level, sum[k].missing, e));
            continue;
        }
        TRY(builder_feature(g->b, names_at(g->names, k), FEATURE_NUMBER, e));
        builder_required(g->b, k, !g->input[k].has_missing, false);
        TRY(number_tree(g, k, sum[k].slope, sum[k].missing, e));
    }
    return builder_base(g->b, &g->intercept, 1, e);
}

/* --- steps -------------------------------------------------------------------- */

static status put_inputs(struct table_glm *g, struct error *e)
{
    for (size_t k = 0; k < names_count(g->names); k++) {
        const struct glm_input *in = &g->input[k];
        enum feature_kind kind = in->kind == GLM_WORDS  ? FEATURE_CATEGORY
                                 : in->kind == GLM_TEXT ? FEATURE_TEXT
                                                        : FEATURE_NUMBER;
        size_t n = in->words == NULL ? 0 : names_count(in->words);
        TRY(builder_feature(g->b, names_at(g->names, k), kind, e));
        builder_required(g->b, k, !in->has_missing && in->kind != GLM_TEXT,
                         in->kind == GLM_WORDS && in->complete);
        if (n == 0)
            continue;
        const char **words = arena_new_array(g->t.arena, const char *, n);
        if (words == NULL)
            return arena_error(g->t.arena, e);
        for (size_t i = 0; i < n; i++)
            words[i] = names_at(in->words, i);
        TRY(builder_words(g->b, k, words, n, e));
    }
    return ST_OK;
}

static status put_factor(const struct table_glm *g, struct program_maker *k,
                         const struct glm_factor *f, reg *out, struct error *e)
{
    static const enum program_map maps[] = {
        [GLM_VALUE] = MAP_COPY, [GLM_POWER] = MAP_POWER, [GLM_LOG] = MAP_LOG,
        [GLM_LOG10] = MAP_LOG10, [GLM_LOG1P] = MAP_LOG1P, [GLM_EXP] = MAP_EXP,
        [GLM_SQRT] = MAP_SQRT, [GLM_LEVEL] = MAP_EQUALS_P,
        [GLM_MISSING] = MAP_IS_MISSING};
    reg in = (reg)f->input;
    if (f->function == GLM_COUNT || f->function == GLM_HAS)
        return program_token(k, f->input, f->word, f->function == GLM_HAS, out,
                             e);
    double p = f->function == GLM_LEVEL ? (double)f->level : f->power;
    enum program_map map = maps[f->function];
    if (map == MAP_POWER && p == 2.0)
        map = MAP_SQUARE;
    if (map == MAP_COPY)
        *out = in;
    else
        TRY(program_map(k, map, p, 0.0, false, &in, 1, out, e));
    if (!g->input[f->input].has_missing || f->function == GLM_MISSING)
        return ST_OK;
    /* A missing value adds what its own term says, and nothing else. */
    reg filled = *out;
    return program_map(k, MAP_FILL, 0.0, 0.0, false, &filled, 1, out, e);
}

static status put_term(const struct table_glm *g, struct program_maker *k,
                       const struct glm_term *t, reg *out, struct error *e)
{
    TRY(put_factor(g, k, &t->factor[0], out, e));
    for (size_t i = 1; i < t->factors; i++) {
        reg one = *out, two = 0;
        TRY(put_factor(g, k, &t->factor[i], &two, e));
        TRY(program_pair(k, PAIR_MULTIPLY, false, &one, &two, 1, out, e));
    }
    return ST_OK;
}

static status make(const struct table_glm *g, struct program_maker *k,
                   struct program **out, struct error *e)
{
    reg *part = arena_new_array(g->t.arena, reg, g->terms + 1), sum = 0;
    double *weight = arena_new_array(g->t.arena, double, g->terms + 1);
    if (part == NULL || weight == NULL)
        return arena_error(g->t.arena, e);
    TRY(program_inputs(k, names_count(g->names), e));
    for (size_t i = 0; i < g->terms; i++) {
        weight[i] = g->term[i].coefficient;
        TRY(put_term(g, k, &g->term[i], &part[i], e));
    }
    TRY(program_affine(k, weight, &g->intercept, false, part, g->terms, 1, &sum,
                       e));
    return program_finish(k, &sum, 1, out, e);
}

static status steps(struct table_glm *g, struct error *e)
{
    struct program *p = NULL;
    struct program_maker *k = program_maker_new((size_t)1 << 30);
    if (k == NULL)
        return error_memory(e);
    status s = put_inputs(g, e);
    if (s == ST_OK)
        s = make(g, k, &p, e);
    program_maker_free(k);
    return s == ST_OK ? builder_program(g->b, p, e) : s;
}

status table_glm_build(struct table_glm *g, struct error *e)
{
    return additive(g) ? trees(g, e) : steps(g, e);
}
