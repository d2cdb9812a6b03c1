#include "recourse/walk.h"

/* Candidates that no live split tells apart: only the one nearest to the
 * applicant is kept. In place; map[old] = new. */
static void merge_cells(struct axis *x, const bool *used, uint16_t *map)
{
    size_t kept = 0, down = 0;

    for (size_t i = x->own + 1; i < x->count; i++)
        map[i] = used[i] ? 1 : 0; /* starts a cell */
    for (size_t i = x->own; i-- > 0;)
        map[i] = used[i + 1] ? 1 : 0;
    for (size_t i = 0; i < x->own; i++)
        down += map[i];
    /* Downwards the kept one is the last of its cell; those before it follow. */
    size_t cell = down;
    for (size_t i = x->own; i-- > 0;) {
        cell -= map[i];
        map[i] = (uint16_t)cell;
    }
    for (size_t i = 0; i < x->own; i++) {
        x->value[map[i]] = x->value[i]; /* the last writer is the nearest */
        x->cost[map[i]] = x->cost[i];
    }
    x->value[down] = x->value[x->own];
    x->cost[down] = 0;
    kept = down;
    for (size_t i = x->own + 1; i < x->count; i++) {
        if (map[i] == 1) {
            kept++;
            x->value[kept] = x->value[i];
            x->cost[kept] = x->cost[i];
        }
        map[i] = (uint16_t)kept;
    }
    map[x->own] = (uint16_t)down;
    x->own = down;
    x->count = kept + 1;
}

status merge_axes(struct walk *w, struct tree_leaves *trees, size_t n,
                  struct error *e)
{
    struct game *g = w->g;
    uint16_t *map[RECOURSE_LEVERS_MAX] = {NULL};

    for (size_t i = 0; i < g->axes; i++) {
        struct axis *x = &g->axis[i];
        if (x->set || x->count == 1 || w->r->grid[i].whole != NULL)
            continue;
        map[i] = arena_new_array(w->a, uint16_t, x->count);
        if (map[i] == NULL)
            return arena_error(w->a, e);
        merge_cells(x, w->used[i], map[i]);
    }
    for (size_t t = 0; t < n; t++) {
        for (size_t k = 0; k < trees[t].leaves; k++) {
            struct leaf *f = &trees[t].leaf[k];
            for (uint32_t j = 0; j < f->reaches; j++) {
                struct reach *r = &f->reach[j];
                if (map[r->axis] == NULL)
                    continue;
                r->low = map[r->axis][r->low];
                r->high = map[r->axis][r->high];
            }
        }
    }
    return ST_OK;
}

static int by_score(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Gives each axis room for the words of the trees that read it. */
static status axis_words(struct walk *w, struct tree_leaves *trees,
                         struct error *e)
{
    struct game *g = w->g;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < g->axes; i++) {
            struct axis *x = &g->axis[i];
            if (pass == 1) {
                x->at = arena_new_array(w->a, uint32_t, x->words);
                x->from = arena_new_array(w->a, uint64_t, x->words * x->count);
                x->to = x->set ? x->from
                               : arena_new_array(w->a, uint64_t,
                                                 x->words * x->count);
                if (x->at == NULL || x->from == NULL || x->to == NULL)
                    return arena_error(w->a, e);
            }
            x->words = 0;
        }
        for (size_t t = 0; t < g->trees; t++) {
            uint64_t seen = 0;
            for (size_t k = 0; k < trees[t].leaves; k++) {
                for (uint32_t j = 0; j < trees[t].leaf[k].reaches; j++)
                    seen |= (uint64_t)1 << trees[t].leaf[k].reach[j].axis;
            }
            for (; seen != 0; seen &= seen - 1) {
                struct axis *x = &g->axis[__builtin_ctzll(seen)];
                for (uint32_t v = g->first_word[t]; v < g->first_word[t + 1];
                     v++) {
                    if (pass == 1)
                        x->at[x->words] = v;
                    x->words++;
                }
            }
        }
    }
    return ST_OK;
}

static void set_bits(struct axis *x, const struct reach *r, size_t word,
                     uint64_t bit)
{
    if (r != NULL && x->set) {
        for (size_t c = 0; c < x->count; c++) {
            if (r->alive[c / 64] >> c % 64 & 1)
                x->from[c * x->words + word] |= bit;
        }
        return;
    }
    size_t low = r != NULL ? r->low : 0;
    size_t high = r != NULL ? r->high : x->count - 1;
    if (x->set) { /* a leaf of the tree that any code reaches */
        for (size_t c = 0; c < x->count; c++)
            x->from[c * x->words + word] |= bit;
        return;
    }
    x->from[low * x->words + word] |= bit;
    x->to[high * x->words + word] |= bit;
}

static void fill_axis(struct game *g, struct axis *x, size_t axis,
                      const struct tree_leaves *trees)
{
    size_t word = 0;

    for (size_t t = 0; word < x->words; t++) {
        if (x->at[word] != g->first_word[t])
            continue;
        for (size_t k = 0; k < trees[t].leaves; k++) {
            const struct leaf *f = &trees[t].leaf[k];
            const struct reach *r = NULL;
            for (uint32_t j = 0; j < f->reaches && r == NULL; j++)
                r = f->reach[j].axis == axis ? &f->reach[j] : NULL;
            set_bits(x, r, word + k / 64, (uint64_t)1 << (63 - k % 64));
        }
        word += g->first_word[t + 1] - g->first_word[t];
    }
    for (size_t c = 1; !x->set && c < x->count; c++) {
        size_t d = x->count - 1 - c;
        for (size_t v = 0; v < x->words; v++) {
            x->from[c * x->words + v] |= x->from[(c - 1) * x->words + v];
            x->to[d * x->words + v] |= x->to[(d + 1) * x->words + v];
        }
    }
}

status fill_masks(struct walk *w, struct tree_leaves *trees, struct error *e)
{
    struct game *g = w->g;
    double most = fabs(g->constant) + fabs(w->r->cut);

    g->first_word = arena_new_array(w->a, uint32_t, g->trees + 1);
    if (g->first_word == NULL)
        return arena_error(w->a, e);
    for (size_t t = 0; t < g->trees; t++)
        g->first_word[t + 1] =
            g->first_word[t] + (uint32_t)((trees[t].leaves + 63) / 64);
    g->words = g->first_word[g->trees];
    g->full = arena_new_array(w->a, uint64_t, g->words);
    g->value = arena_new_array(w->a, double, g->words * 64);
    if (g->full == NULL || g->value == NULL)
        return arena_error(w->a, e);
    for (size_t t = 0; t < g->trees; t++) {
        qsort(trees[t].leaf, trees[t].leaves, sizeof *trees[t].leaf, by_score);
        for (size_t k = 0; k < trees[t].leaves; k++) {
            size_t v = g->first_word[t] + k / 64;
            g->full[v] |= (uint64_t)1 << (63 - k % 64);
            g->value[v * 64 + k % 64] = trees[t].leaf[k].score;
        }
        most += fmax(fabs(trees[t].leaf[0].score),
                     fabs(trees[t].leaf[trees[t].leaves - 1].score));
    }
    /* Sums are only compared loosely here; model_margin decides a plan. */
    g->limit = w->r->cut +
               most * (double)(w->r->trees + 8) * 2 * 0x1p-53;
    TRY(axis_words(w, trees, e));
    for (size_t i = 0; i < g->axes; i++)
        fill_axis(g, &g->axis[i], i, trees);
    return ST_OK;
}
