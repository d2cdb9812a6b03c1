#include "model/describe.h"

#include "model/monotone.h"
#include "model/program.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct describer {
    const struct model *m;
    struct arena *arena;
    struct model_description *d;
    struct input_use *use;
    size_t *last_tree; /* [features]: 1 + the last tree that read it */
    bool *zero;        /* [features]: somewhere zero counts as missing */
    double *low, *high;
    struct model_warning *warning;
    size_t room;
    double squares;
};

static status warn(struct describer *g, const struct model_warning *w,
                   struct error *e)
{
    if (g->d->warnings == g->room) {
        size_t room = g->room == 0 ? 16 : g->room * 2;
        struct model_warning *grown =
            arena_new_array(g->arena, struct model_warning, room);
        if (grown == NULL)
            return arena_error(g->arena, e);
        if (g->room > 0)
            memcpy(grown, g->warning, g->room * sizeof *grown);
        g->warning = grown;
        g->room = room;
        g->d->warning = grown;
    }
    g->warning[g->d->warnings++] = *w;
    return ST_OK;
}

static struct model_warning about(enum model_warning_kind kind, size_t count)
{
    return (struct model_warning){kind, -1, -1, -1, 0.0, count};
}

static void note_use(struct describer *g, size_t tree, int32_t feature)
{
    if (g->last_tree[feature] != tree + 1)
        g->use[feature].trees++;
    g->last_tree[feature] = tree + 1;
}

static void note_split(struct describer *g, size_t tree, const struct node *n)
{
    struct input_use *use = &g->use[n->feature];
    note_use(g, tree, n->feature);
    use->splits++;
    g->d->splits++;
    if (n->categorical) {
        use->sets++;
        g->d->sets++;
        return;
    }
    g->zero[n->feature] |= n->missing == MISSING_ZERO;
    if (isinf(n->threshold)) /* it parts missing values from all others */
        return;
    use->low = fmin(use->low, n->threshold);
    use->high = fmax(use->high, n->threshold);
}

static void note_tree(struct describer *g, size_t at)
{
    const struct tree *t = &g->m->tree[at];
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        if (n->feature >= 0) {
            note_split(g, at, n);
            continue;
        }
        double v = t->weight * n->value;
        g->squares += v * v;
        low = fmin(low, v);
        high = fmax(high, v);
        g->d->linear_leaves += n->linear_count > 0;
        for (uint32_t j = 0; j < n->linear_count; j++)
            note_use(g, at, g->m->linear[n->linear_first + j].feature);
    }
    g->d->nodes += t->node_count;
    g->d->single_leaf_trees += t->node_count == 1;
    g->low[t->output] += g->m->combine_scale * low;
    g->high[t->output] += g->m->combine_scale * high;
}

static bool log_odds(const struct model *m)
{
    return m->link == LINK_LOGISTIC || m->link == LINK_LOGISTIC_EACH ||
           m->link == LINK_SOFTMAX || m->link == LINK_ARGMAX;
}

static bool is_extreme(const struct describer *g, double v)
{
    return fabs(v) > MODEL_EXTREME_RMS * g->d->leaf_rms &&
           (!log_odds(g->m) || fabs(v) > MODEL_EXTREME_LOG_ODDS);
}

/* Its trees are how candor holds a table: their shape says nothing of it. */
static bool made_here(const struct model *m)
{
    return m->library == LIBRARY_TABLE || m->scorecard != NULL;
}

/* One warning of each kind a tree, for its first such node. */
static status warn_of_nodes(struct describer *g, size_t at, struct error *e)
{
    const struct tree *t = &g->m->tree[at];
    bool leaf = false, split = false;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        struct model_warning w = {MODEL_EXTREME_LEAF, -1, (long)at, (long)i,
                                  t->weight * n->value, 1};
        if (n->feature < 0 && !leaf && is_extreme(g, w.value)) {
            leaf = true;
            TRY(warn(g, &w, e));
        }
        if (n->feature >= 0 && !split && !n->categorical && !made_here(g->m) &&
            fabs(n->threshold) > (double)FLT_MAX) {
            split = true;
            w.kind = MODEL_THRESHOLD_BEYOND_FLOAT;
            w.feature = n->feature;
            w.value = n->threshold;
            TRY(warn(g, &w, e));
        }
    }
    return ST_OK;
}

static size_t splits_without_cover(const struct model *m)
{
    size_t count = 0;
    for (size_t t = 0; t < m->trees; t++)
        for (uint32_t i = 0; i < m->tree[t].node_count; i++)
            count += m->tree[t].node[i].feature >= 0 &&
                     m->tree[t].node[i].cover <= 0.0;
    return count;
}

static status warn_of_inputs(struct describer *g, struct error *e)
{
    const struct model *m = g->m;
    for (size_t f = 0; f < m->features; f++) {
        struct model_warning w = about(MODEL_UNUSED_INPUT, 1);
        w.feature = (long)f;
        if (!m->feature[f].used) {
            g->d->unused++;
            TRY(warn(g, &w, e));
        }
        w.kind = MODEL_CATEGORIES_WITHOUT_WORDS;
        if (g->use[f].sets > 0 && m->feature[f].words == NULL)
            TRY(warn(g, &w, e));
    }
    return ST_OK;
}

static status warn_of_counts(struct describer *g, struct error *e)
{
    const struct model *m = g->m;
    size_t cut = m->trees_in_file - m->trees;
    bool later = m->best_trees > 0 && m->best_trees < m->trees;
    if (made_here(m))
        return ST_OK;
    const struct model_warning all[] = {
        about(MODEL_SINGLE_LEAF_TREES, g->d->single_leaf_trees),
        about(MODEL_NO_COVER, splits_without_cover(m)),
        about(MODEL_LINEAR_LEAVES, g->d->linear_leaves),
        about(MODEL_CUT_AT_BEST_ITERATION, cut),
        about(MODEL_BEST_ITERATION_NOT_USED,
              later ? m->trees - m->best_trees : 0),
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].count > 0)
            TRY(warn(g, &all[i], e));
    return ST_OK;
}

bool model_is_nameless(const struct model *m)
{
    bool column = m->features > 0 && m->feature[0].name[0] == 'C';
    for (size_t f = 0; f < m->features; f++) {
        char made_up[32];
        (void)snprintf(made_up, sizeof made_up,
                       column ? "Column_%zu" : "f%zu", f);
        if (strcmp(m->feature[f].name, made_up) != 0)
            return false;
    }
    return m->features > 0;
}

static status warn_of_rows(struct describer *g, struct error *e)
{
    const struct model *m = g->m;
    size_t zero = 0, missing = 0, unseen = 0;
    for (size_t f = 0; f < m->features; f++) {
        zero += g->zero[f];
        missing += m->feature[f].missing_refused;
        unseen += m->feature[f].unseen_refused;
    }
    const struct model_warning all[] = {
        about(MODEL_NAMELESS_INPUTS, model_is_nameless(m) ? m->features : 0),
        about(MODEL_ZERO_IS_MISSING, zero),
        about(MODEL_MISSING_REFUSED, missing),
        about(MODEL_UNSEEN_REFUSED, unseen),
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].count > 0)
            TRY(warn(g, &all[i], e));
    return ST_OK;
}

static status warn_of_directions(struct describer *g, struct error *e)
{
    int *direction = mem_array(g->m->features, sizeof *direction);
    if (direction == NULL)
        return error_memory(e);
    status s = ST_OK;
    bool declared = monotone_declared(g->m, direction);
    for (size_t f = 0; declared && s == ST_OK && f < g->m->features; f++) {
        struct model_warning w = about(MODEL_NOT_MONOTONE, 1);
        w.feature = (long)f;
        if (direction[f] != 0 &&
            monotone_broken(g->m, f, direction[f], &w.tree, &w.value))
            s = warn(g, &w, e);
    }
    mem_free(direction);
    return s;
}

static status make_room(struct describer *g, struct error *e)
{
    const struct model *m = g->m;
    g->use = arena_new_array(g->arena, struct input_use, m->features);
    g->last_tree = arena_new_array(g->arena, size_t, m->features);
    g->zero = arena_new_array(g->arena, bool, m->features);
    g->low = arena_new_array(g->arena, double, m->outputs);
    g->high = arena_new_array(g->arena, double, m->outputs);
    if (g->use == NULL || g->last_tree == NULL || g->zero == NULL ||
        g->low == NULL || g->high == NULL)
        return arena_error(g->arena, e);
    for (size_t f = 0; f < m->features; f++)
        g->use[f].low = g->use[f].high = (double)NAN;
    for (size_t k = 0; k < m->outputs; k++) {
        bool known = m->kind == MODEL_FOREST;
        g->low[k] = known ? m->base[k] : -(double)INFINITY;
        g->high[k] = known ? m->base[k] : (double)INFINITY;
    }
    *g->d = (struct model_description){
        .use = g->use, .low = g->low, .high = g->high};
    return ST_OK;
}

static status note_program(struct describer *g, struct error *e)
{
    const struct model *m = g->m;
    if (m->kind != MODEL_PROGRAM)
        return ST_OK;
    size_t *parts = arena_new_array(g->arena, size_t, m->outputs);
    size_t *widest = arena_new_array(g->arena, size_t, m->outputs);
    if (parts == NULL || widest == NULL)
        return arena_error(g->arena, e);
    for (size_t o = 0; o < m->outputs; o++) {
        const struct program_part *part;
        double constant;
        TRY(program_parts(m->program, o, g->arena, &part, &parts[o], &constant,
                          e));
        for (size_t i = 0; i < parts[o]; i++)
            widest[o] = part[i].features > widest[o] ? part[i].features
                                                     : widest[o];
    }
    struct network *network = arena_new_one(g->arena, struct network);
    char why[256];
    if (network == NULL)
        return arena_error(g->arena, e);
    if (network_of(m, g->arena, network, why, sizeof why))
        g->d->network = network;
    g->d->steps = program_steps(m->program);
    g->d->parts = parts;
    g->d->widest = widest;
    return ST_OK;
}

status model_describe(const struct model *m, struct arena *a,
                      struct model_description *out, struct error *e)
{
    struct describer g = {.m = m, .arena = a, .d = out};
    TRY(make_room(&g, e));
    TRY(note_program(&g, e));
    for (size_t t = 0; t < m->trees; t++)
        note_tree(&g, t);
    out->leaf_rms = m->leaves > 0 ? sqrt(g.squares / (double)m->leaves) : 0.0;
    TRY(warn_of_inputs(&g, e));
    TRY(warn_of_counts(&g, e));
    TRY(warn_of_rows(&g, e));
    for (size_t t = 0; t < m->trees; t++)
        TRY(warn_of_nodes(&g, t, e));
    return warn_of_directions(&g, e);
}
