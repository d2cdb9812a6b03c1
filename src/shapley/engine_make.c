/* A run of trees → the programs of the kernels. */
#include "shapley/engine_in.h"

enum { MAKE_ROWS = 2048 };

struct engine_maker *engine_maker_new(struct error *e)
{
    struct engine_maker *w = mem_array(1, sizeof *w);

    if (w == NULL) {
        (void)error_memory(e);
        return NULL;
    }
    if (table_maker_new(&w->tables, e) != ST_OK) {
        mem_free(w);
        return NULL;
    }
    return w;
}

void engine_maker_free(struct engine_maker *w)
{
    if (w == NULL)
        return;
    blocks_free(&w->blocks);
    table_maker_free(w->tables);
    mem_free(w->counts);
    mem_free(w->index);
    mem_free(w->table);
    mem_free(w->step);
    mem_free(w->entry);
    mem_free(w->wide_step);
    mem_free(w->wide);
    mem_free(w->renumber);
    mem_free(w->target);
    mem_free(w->at);
    mem_free(w);
}

/* at[block]: where its counts begin; tables begin at as many doubles times
 * players. */
static status place_tables(struct engine_maker *w, size_t *entries,
                           size_t *values, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;

    *entries = *values = 0;
    TRY(MEM_ROOM(w->at, w->at_room, b->blocks, e));
    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        w->at[i] = (uint32_t)*entries;
        if (!block_has_table(k))
            continue;
        *entries += (size_t)1 << k->bits;
        *values += (size_t)k->players << k->bits;
    }
    return *entries < UINT32_MAX
               ? ST_OK
               : error_set(e, ST_LIMIT, "a tree's tables have %zu entries",
                           *entries);
}

static status count_reference(const struct engine *g, struct engine_maker *w,
                              size_t game, size_t entries, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    const struct engine_tile *t = &g->tile[game];

    TRY(MEM_ROOM(w->counts, w->counts_room, entries, e));
    TRY(MEM_ROOM(w->index, w->index_room, b->steps * MAKE_ROWS, e));
    memset(w->counts, 0, entries * sizeof *w->counts);
    for (size_t from = 0; from < t->count; from += MAKE_ROWS) {
        size_t left = t->count - from;
        size_t rows = left < MAKE_ROWS ? left : MAKE_ROWS;

        table_indices(b, t->byte + from, t->stride, rows, w->index, MAKE_ROWS);
        for (size_t i = 0; i < b->blocks; i++) {
            const struct block *k = &b->block[i];
            if (block_has_table(k))
                table_count(w->counts + w->at[i],
                            w->index + k->step * (size_t)MAKE_ROWS, rows);
        }
    }
    return ST_OK;
}

/* Steps above the blocks of one kind, renumbered without gaps. */
static status keep_steps(struct engine_maker *w, bool wide, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;

    TRY(MEM_ROOM(w->renumber, w->renumber_room, b->steps, e));
    memset(w->renumber, 0, b->steps * sizeof *w->renumber);
    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        if (!block_has_table(k) || engine_is_wide(b, k) != wide)
            continue;
        for (uint32_t s = k->step; s != BLOCK_NONE && w->renumber[s] == 0;
             s = b->step[s].parent)
            w->renumber[s] = 1;
    }
    return ST_OK;
}

static status narrow_steps(struct engine_maker *w, size_t *steps,
                           struct error *e)
{
    const struct tree_blocks *b = &w->blocks;

    *steps = 0;
    TRY(keep_steps(w, false, e));
    TRY(MEM_ROOM(w->step, w->step_room, b->steps, e));
    for (size_t i = 0; i < b->steps; i++) {
        const struct block_step *s = &b->step[i];
        if (w->renumber[i] == 0)
            continue;
        w->renumber[i] = (uint32_t)*steps;
        w->step[(*steps)++] = (struct lookup_step){
            s->parent == BLOCK_NONE ? LOOKUP_ROOT : w->renumber[s->parent],
            s->column, s->limit, (uint8_t)s->bit, s->when_left};
    }
    return ST_OK;
}

/* Tables of one game of the present tree, appended to w->entry. */
static status narrow_tables(const struct engine *g, struct engine_maker *w,
                            size_t game, uint32_t output, double *table,
                            size_t *tables, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    size_t first = game * g->targets + output * g->used_players;

    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        if (!block_has_table(k) || engine_is_wide(b, k))
            continue;
        TRY(MEM_ROOM(w->entry, w->entry_room, *tables + k->players, e));
        table_fill(w->tables, b, i,
                   g->interventional ? w->counts + w->at[i] : NULL,
                   g->tile[game].count, table);
        for (uint32_t p = 0; p < k->players; p++) {
            w->entry[(*tables)++] = (struct lookup_table){
                .step = w->renumber[k->step],
                .target = (uint32_t)(first + b->player[k->first_player + p]),
                .bits = k->bits,
                .value = table,
            };
            table += (size_t)1 << k->bits;
        }
    }
    return ST_OK;
}

static status make_narrow(const struct engine *g, struct engine_maker *w,
                          uint32_t output, size_t entries, size_t values,
                          struct lookup_builder *into, struct error *e)
{
    size_t steps, tables = 0;

    TRY(narrow_steps(w, &steps, e));
    if (steps == 0)
        return ST_OK;
    TRY(MEM_ROOM(w->table, w->table_room, values * g->games, e));
    for (size_t game = 0; game < g->games; game++) {
        if (g->interventional)
            TRY(count_reference(g, w, game, entries, e));
        TRY(narrow_tables(g, w, game, output, w->table + game * values,
                          &tables, e));
    }
    return lookup_tree(into, w->step, steps, w->entry, tables, e);
}

static status wide_plan(const struct engine *g, struct engine_maker *w,
                        size_t game, uint32_t output, struct gather *out,
                        struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    size_t steps = 0, blocks = 0, targets = 0;
    size_t first = game * g->targets + output * g->used_players;

    TRY(keep_steps(w, true, e));
    TRY(MEM_ROOM(w->wide_step, w->wide_step_room, b->steps, e));
    TRY(MEM_ROOM(w->wide, w->wide_room, b->blocks, e));
    TRY(MEM_ROOM(w->target, w->target_room, b->blocks * GATHER_WIDTH, e));
    for (size_t i = 0; i < b->steps; i++) {
        const struct block_step *s = &b->step[i];
        if (w->renumber[i] == 0)
            continue;
        w->renumber[i] = (uint32_t)steps;
        w->wide_step[steps++] = (struct gather_step){
            s->parent == BLOCK_NONE ? GATHER_ROOT : w->renumber[s->parent],
            s->column, s->bit, s->limit, s->when_left};
    }
    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        if (!block_has_table(k) || !engine_is_wide(b, k))
            continue;
        w->wide[blocks++] = (struct gather_block){
            w->renumber[k->step], k->bits, k->players, w->target + targets};
        for (uint32_t p = 0; p < k->players; p++)
            w->target[targets++] =
                (uint32_t)(first + b->player[k->first_player + p]);
    }
    return gather_plan(out, w->wide_step, steps, w->wide, blocks, e);
}

static status wide_tables(const struct engine *g, struct engine_maker *w,
                          size_t game, struct gather *into, struct error *e)
{
    const struct tree_blocks *b = &w->blocks;
    size_t block = 0;

    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        size_t size = (size_t)1 << k->bits;
        if (!block_has_table(k) || !engine_is_wide(b, k))
            continue;
        TRY(MEM_ROOM(w->table, w->table_room, size * k->players, e));
        table_fill(w->tables, b, i, w->counts + w->at[i], g->tile[game].count,
                   w->table);
        float *to = gather_table(into, block);
        const uint8_t *slot = gather_slot(into, block++);
        for (uint32_t p = 0; p < k->players; p++) {
            const double *from = w->table + p * size;
            for (size_t j = 0; j < size; j++)
                to[j * GATHER_WIDTH + slot[p]] = (float)from[j];
        }
    }
    return ST_OK;
}

/* The wide blocks of the present tree, one plan a game. */
static status make_wide(const struct engine *g, struct engine_maker *w,
                        uint32_t output, size_t entries,
                        struct engine_made *out, struct error *e)
{
    bool some = false;

    for (size_t i = 0; i < w->blocks.blocks; i++)
        some |= block_has_table(&w->blocks.block[i]) &&
                engine_is_wide(&w->blocks, &w->blocks.block[i]);
    for (size_t game = 0; some && game < g->games; game++) {
        struct gather *made = gather_new();
        if (made == NULL)
            return error_memory(e);
        out->gather[out->gathers++] = made;
        TRY(count_reference(g, w, game, entries, e));
        TRY(wide_plan(g, w, game, output, made, e));
        TRY(wide_tables(g, w, game, made, e));
    }
    return ST_OK;
}

static status make_trees(const struct engine *g, const struct engine_run *r,
                         struct engine_maker *w, struct lookup_builder *into,
                         struct engine_made *out, struct error *e)
{
    for (size_t i = r->first; i < r->first + r->trees; i++) {
        const struct tree_plan *p = &g->plan[i];
        uint32_t output = g->model->tree[i].output;
        size_t entries, values;

        if (p->additive || p->most_bits == 0)
            continue;
        TRY(blocks_of_tree(g->model, i, &g->columns, g->player, p->most_bits,
                           &w->blocks, e));
        TRY(place_tables(w, &entries, &values, e));
        if (entries == 0)
            continue;
        TRY(make_narrow(g, w, output, entries, values, into, e));
        if (!w->narrow_only)
            TRY(make_wide(g, w, output, entries, out, e));
    }
    return ST_OK;
}

status engine_make(const struct engine *g, size_t run, struct engine_maker *w,
                   struct engine_made *out, struct error *e)
{
    const struct engine_run *r = &g->run[run];
    struct lookup_builder *b = lookup_begin(g->targets * g->games);

    memset(out, 0, sizeof *out);
    if (b == NULL)
        return error_memory(e);
    out->gather = mem_array(r->trees * g->games + 1, sizeof *out->gather);
    status s = out->gather != NULL ? make_trees(g, r, w, b, out, e)
                                   : error_memory(e);
    if (s == ST_OK)
        s = lookup_end(b, &out->lookup, e);
    else
        lookup_drop(b);
    if (s != ST_OK)
        engine_unmake(out);
    return s;
}

void engine_unmake(struct engine_made *m)
{
    for (size_t i = 0; i < m->gathers; i++)
        gather_free(m->gather[i]);
    mem_free(m->gather);
    lookup_free(m->lookup);
    memset(m, 0, sizeof *m);
}

size_t engine_made_room(const struct engine_made *m)
{
    size_t room = m->lookup != NULL ? lookup_scratch(m->lookup) : 0;

    for (size_t i = 0; i < m->gathers; i++) {
        size_t need = gather_scratch(m->gather[i]);
        room = need > room ? need : room;
    }
    return room;
}

size_t engine_made_bytes(const struct engine_made *m)
{
    size_t bytes = m->lookup != NULL ? lookup_bytes(m->lookup) : 0;

    for (size_t i = 0; i < m->gathers; i++)
        bytes += gather_bytes(m->gather[i]);
    return bytes;
}

void engine_run_made(const struct engine *g, const struct engine_made *m,
                     void *room, const uint8_t *tile, size_t stride, size_t n,
                     double *sum, size_t sum_stride)
{
    (void)g;
    if (m->lookup != NULL)
        lookup_run(m->lookup, room, tile, stride, n, sum, sum_stride);
    for (size_t i = 0; i < m->gathers; i++)
        gather_run(m->gather[i], room, tile, stride, n, sum, sum_stride);
}
