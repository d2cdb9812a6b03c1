#include "base/arena.h"
#include "shapley/interact_engine_in.h"
#include "shapley/interact_tables.h"

enum { REFERENCE_ROWS = 2048 };
#define SUM_BYTES ((size_t)48 << 20)

/* What building needs and drops. */
struct pair_build {
    const struct explainer *x;
    const struct explain_request *r;
    struct pair_engine *g;
    struct pair_maker *maker;
    struct tree_blocks blocks;
    uint8_t *tile[EXPLAIN_GAMES_MAX]; /* reference rows, NULL: none */
    size_t stride[EXPLAIN_GAMES_MAX];
    size_t memory, bytes;
    uint16_t *index;
    uint32_t *counts;   /* [entries] of a tree's blocks */
    double *table;
    struct lookup_step *step;
    struct lookup_table *entry;
    size_t index_room, counts_room, table_room, step_room, entry_room;
};

/* A bit that is set again further down: the tables' kernel takes none. */
static bool repeats_bit(const struct tree_blocks *b)
{
    for (size_t i = 0; i < b->steps; i++) {
        const struct block_step *s = &b->step[i];
        if (s->parent != BLOCK_NONE && (b->step[s->parent].mask & s->bit) != 0)
            return true;
    }
    return false;
}

/* What the blocks of a tree come to; false: no tables for it. */
static bool measure_tree(const struct pair_build *w, size_t *tables,
                         size_t *entries, size_t *values, size_t *bytes)
{
    const struct tree_blocks *b = &w->blocks;

    *tables = *entries = *values = *bytes = 0;
    if (repeats_bit(b))
        return false;
    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        size_t n = pair_tables(k->players);

        if (k->step == BLOCK_NONE)
            return false;
        if (!block_has_table(k))
            continue;
        *tables += n;
        *entries += (size_t)1 << k->bits;
        *values += n << k->bits;
        *bytes += w->x->games * lookup_bytes_of(n, k->bits);
    }
    return true;
}

static status count_rows(struct pair_build *w, size_t game, size_t entries,
                         struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    size_t all = w->r->reference[game].count;

    TRY(MEM_ROOM(w->counts, w->counts_room, entries, e));
    TRY(MEM_ROOM(w->index, w->index_room, b->steps * REFERENCE_ROWS, e));
    memset(w->counts, 0, entries * sizeof *w->counts);
    for (size_t from = 0; from < all; from += REFERENCE_ROWS) {
        size_t rows = all - from < REFERENCE_ROWS ? all - from : REFERENCE_ROWS;
        uint32_t *counts = w->counts;

        table_indices(b, w->tile[game] + from, w->stride[game], rows, w->index,
                      REFERENCE_ROWS);
        for (size_t i = 0; i < b->blocks; i++) {
            const struct block *k = &b->block[i];
            if (!block_has_table(k))
                continue;
            table_count(counts, w->index + k->step * (size_t)REFERENCE_ROWS,
                        rows);
            counts += (size_t)1 << k->bits;
        }
    }
    return ST_OK;
}

static void enter_tables(struct pair_build *w, size_t game, size_t output,
                         const struct block *k, const double *table,
                         size_t *at)
{
    const struct pair_index *p = w->x->pairs;
    const uint32_t *player = w->blocks.player + k->first_player;
    size_t first = (game * w->x->model->outputs + output) * p->count;

    for (size_t i = 0; i < k->players; i++) {
        for (size_t j = i; j < k->players; j++) {
            w->entry[(*at)++] = (struct lookup_table){
                .step = k->step,
                .target =
                    (uint32_t)(first + pair_index_find(p, player[i], player[j])),
                .bits = k->bits,
                .value = table};
            table += (size_t)1 << k->bits;
        }
    }
}

static status fill_tree(struct pair_build *w, size_t output, size_t entries,
                        size_t values, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    double *table = w->table;
    size_t at = 0;

    for (size_t game = 0; game < w->x->games; game++) {
        bool against = w->x->estimator->needs_reference;
        size_t rows = against ? w->r->reference[game].count : 0;

        if (against)
            TRY(count_rows(w, game, entries, e));
        const uint32_t *counts = w->counts;
        for (size_t i = 0; i < b->blocks; i++) {
            const struct block *k = &b->block[i];
            if (!block_has_table(k))
                continue;
            pair_fill(w->maker, b, i, against ? counts : NULL, rows, table);
            enter_tables(w, game, output, k, table, &at);
            table += pair_tables(k->players) << k->bits;
            counts += against ? (size_t)1 << k->bits : 0;
        }
    }
    (void)values;
    return ST_OK;
}

static status add_tree(struct pair_build *w, size_t i,
                       struct lookup_builder *to, struct error *e)
{
    const struct explainer *x = w->x;
    const struct tree_blocks *b = &w->blocks;
    size_t tables, entries, values, bytes;

    TRY(blocks_of_tree(x->model, i, &w->g->columns, x->player, PAIR_BITS,
                       &w->blocks, e));
    if (!measure_tree(w, &tables, &entries, &values, &bytes) ||
        w->bytes + bytes > w->memory)
        return ST_OK;
    w->bytes += bytes;
    w->g->taken[i] = true;
    w->g->taken_trees++;
    if (tables == 0)
        return ST_OK;
    TRY(MEM_ROOM(w->table, w->table_room, values * x->games, e));
    TRY(MEM_ROOM(w->entry, w->entry_room, tables * x->games, e));
    TRY(MEM_ROOM(w->step, w->step_room, b->steps, e));
    for (size_t s = 0; s < b->steps; s++)
        w->step[s] = (struct lookup_step){
            .parent = b->step[s].parent,
            .column = b->step[s].column,
            .limit = b->step[s].limit,
            .bit = (uint8_t)b->step[s].bit,
            .when_left = b->step[s].when_left,
        };
    TRY(fill_tree(w, x->model->tree[i].output, entries, values, e));
    return lookup_tree(to, w->step, b->steps, w->entry, tables * x->games, e);
}

static status add_trees(struct pair_build *w, struct error *e)
{
    struct lookup_builder *to = lookup_begin(w->g->targets);

    if (to == NULL)
        return error_memory(e);
    for (size_t i = 0; i < w->x->model->trees; i++) {
        status s = add_tree(w, i, to, e);
        if (s != ST_OK) {
            lookup_drop(to);
            return s;
        }
    }
    return lookup_end(to, &w->g->lookup, e);
}

static status fill_tiles(struct pair_build *w, struct error *e)
{
    const struct columns *c = &w->g->columns;
    size_t games = w->x->estimator->needs_reference ? w->x->games : 0;

    for (size_t k = 0; k < games; k++) {
        const struct explain_reference *r = &w->r->reference[k];

        w->stride[k] = (r->count + BINS_LANES - 1) / BINS_LANES * BINS_LANES;
        w->tile[k] = mem_array(c->count + 1, w->stride[k]);
        if (w->tile[k] == NULL)
            return error_memory(e);
        bins_fill(c->column, c->count, r->rows, w->x->model->features,
                  r->count, w->tile[k], w->stride[k]);
    }
    return ST_OK;
}

static status map_cells(struct pair_engine *g, const struct explainer *x,
                        struct error *e)
{
    size_t side = x->players + 1, cells = side * side;

    if (side > SHAPLEY_DENSE_MAX / sizeof(float) / side)
        return ST_OK; /* the dense form is refused */
    g->cell = arena_new_array(g->arena, uint32_t, cells);
    if (g->cell == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < cells; i++)
        g->cell[i] = (uint32_t)x->pairs->count;
    for (size_t k = 0; k < x->pairs->count; k++) {
        size_t i = x->pairs->pair[k].i, j = x->pairs->pair[k].j;
        g->cell[i * side + j] = g->cell[j * side + i] = (uint32_t)k;
    }
    return ST_OK;
}

static status build(struct pair_build *w, struct error *e)
{
    const struct model *m = w->x->model;
    struct pair_engine *g = w->g;

    g->arena = arena_new(((size_t)64 << 20) + columns_bytes(m) + m->trees +
                         2 * SHAPLEY_DENSE_MAX);
    if (g->arena == NULL)
        return error_memory(e);
    g->taken = arena_new_array(g->arena, bool, m->trees + 1);
    if (g->taken == NULL)
        return arena_error(g->arena, e);
    TRY(columns_build(m, g->arena, &g->columns, e));
    TRY(map_cells(g, w->x, e));
    g->targets = w->x->games * m->outputs * w->x->pairs->count;
    g->rows = SUM_BYTES / sizeof(double) / (g->targets + 1) / BINS_LANES *
              BINS_LANES;
    g->rows = g->rows < BINS_LANES      ? BINS_LANES
              : g->rows > PAIR_ROWS_MOST ? PAIR_ROWS_MOST
                                         : g->rows;
    TRY(pair_maker_new(PAIR_BITS, &w->maker, e));
    TRY(fill_tiles(w, e));
    TRY(add_trees(w, e));
    g->all = g->taken_trees == m->trees;
    return ST_OK;
}

static bool possible(const struct explainer *x, const struct explain_request *r,
                     size_t memory)
{
    size_t targets = x->games * x->model->outputs * x->pairs->count, rows = 0;

    if (x->model->has_linear_leaves || targets == 0 || targets > LOOKUP_TARGETS)
        return false;
    for (size_t k = 0; k < r->references; k++)
        rows += r->reference[k].count + BINS_LANES;
    /* Bytes of the reference rows: at most a column a distinct threshold. */
    return x->model->features == 0 || rows <= memory / 8 / x->model->features;
}

status pair_engine_new(const struct explainer *x,
                       const struct explain_request *r, size_t memory,
                       struct pair_engine **out, struct error *e)
{
    struct pair_build w = {.x = x, .r = r, .memory = memory};

    *out = NULL;
    if (!possible(x, r, memory))
        return ST_OK;
    w.g = mem_array(1, sizeof *w.g);
    status s = w.g != NULL ? build(&w, e) : error_memory(e);
    blocks_free(&w.blocks);
    pair_maker_free(w.maker);
    for (size_t k = 0; k < EXPLAIN_GAMES_MAX; k++)
        mem_free(w.tile[k]);
    mem_free(w.index);
    mem_free(w.counts);
    mem_free(w.table);
    mem_free(w.step);
    mem_free(w.entry);
    if (s != ST_OK || w.g->taken_trees == 0) {
        pair_engine_free(w.g);
        return s;
    }
    *out = w.g;
    return ST_OK;
}

void pair_engine_free(struct pair_engine *g)
{
    if (g == NULL)
        return;
    lookup_free(g->lookup);
    arena_free(g->arena);
    mem_free(g);
}
