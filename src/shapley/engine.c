#include "shapley/engine_in.h"
#include "shapley/plan.h"

#include <math.h>

static size_t padded(size_t n)
{
    return (n + BINS_LANES - 1) / BINS_LANES * BINS_LANES;
}

/* Players that some split reads, numbered in ascending order. */
static status number_players(struct engine *g, const uint32_t *player,
                             struct error *e)
{
    const struct model *m = g->model;
    uint32_t *number = mem_array(g->players + 1, sizeof *number);

    g->player = arena_new_array(g->arena, uint32_t, m->features + 1);
    g->used = arena_new_array(g->arena, uint32_t, g->players + 1);
    if (number == NULL || g->player == NULL || g->used == NULL) {
        mem_free(number);
        return number == NULL ? error_memory(e) : arena_error(g->arena, e);
    }
    for (size_t c = 0; c < g->columns.count; c++)
        number[player[g->columns.column[c].source]] = 1;
    for (size_t p = 0; p < g->players; p++) {
        if (number[p] == 0)
            continue;
        number[p] = (uint32_t)g->used_players;
        g->used[g->used_players++] = (uint32_t)p;
    }
    for (size_t f = 0; f < m->features; f++)
        g->player[f] = number[player[f]];
    g->targets = g->used_players * m->outputs;
    mem_free(number);
    return ST_OK;
}

/* The reference as bytes, and the mean margin over it. */
static status take_reference(struct engine *g, size_t game,
                             const struct explain_reference *r,
                             struct error *e)
{
    const struct model *m = g->model;
    struct engine_tile *t = &g->tile[game];
    size_t outputs = m->outputs, room = margins_room(g->margins);
    double *margin = mem_array(ENGINE_ROWS * outputs + 1, sizeof *margin);
    uint8_t *work = mem_array(room + 1, 1);
    double *base = g->base + game * outputs;

    t->count = r->count;
    t->stride = padded(r->count);
    t->byte = mem_array(g->columns.count * t->stride + 1, 1);
    if (margin == NULL || work == NULL || t->byte == NULL) {
        mem_free(margin);
        mem_free(work);
        return error_memory(e);
    }
    g->memory += g->columns.count * t->stride;
    bins_fill(g->columns.column, g->columns.count, r->rows, m->features,
              r->count, t->byte, t->stride);
    for (size_t from = 0; from < r->count; from += ENGINE_ROWS) {
        size_t left = r->count - from;
        size_t n = left < ENGINE_ROWS ? left : ENGINE_ROWS;

        margins_run(g->margins, t->byte + from, t->stride, n, work, margin,
                    outputs);
        for (size_t i = 0; i < n * outputs; i++)
            base[i % outputs] += margin[i];
    }
    for (size_t o = 0; o < outputs; o++)
        base[o] /= (double)r->count;
    mem_free(margin);
    mem_free(work);
    return ST_OK;
}

static double cover_mean(const struct tree *t, double scale, uint32_t at)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return n->value * scale;
    double share = blocks_left_share(t, n);
    double left = cover_mean(t, scale, (uint32_t)n->left);
    return share * left +
           (1 - share) * cover_mean(t, scale, (uint32_t)n->right);
}

static void base_by_cover(struct engine *g)
{
    const struct model *m = g->model;

    for (size_t o = 0; o < m->outputs; o++)
        g->base[o] = m->base[o];
    for (size_t i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        g->base[t->output] += cover_mean(t, t->weight * m->combine_scale, 0);
    }
}

static status make_run(struct engine *g, size_t i, struct engine_maker *w,
                       struct engine_made *made, struct error *e)
{
    TRY(engine_make(g, i, w, made, e));
    for (size_t t = 0; t < g->targets * g->games; t++)
        g->error[t] += lookup_bound(made->lookup, t);
    return ST_OK;
}

/* All runs, held or (for their bounds) dropped again. */
static status make_runs(struct engine *g, struct engine_maker *w,
                        struct error *e)
{
    if (g->count.resident) {
        g->made = mem_array(g->runs + 1, sizeof *g->made);
        if (g->made == NULL)
            return error_memory(e);
    }
    w->narrow_only = !g->count.resident;
    for (size_t i = 0; i < g->runs; i++) {
        struct engine_made made;
        TRY(make_run(g, i, w, &made, e));
        if (g->made == NULL) {
            engine_unmake(&made);
            continue;
        }
        g->made[i] = made;
        size_t room = engine_made_room(&made);
        g->lookup_room = room > g->lookup_room ? room : g->lookup_room;
        g->memory += engine_made_bytes(&made);
    }
    return ST_OK;
}

/* For any player and row the leaves of a tree give at most twice its largest
 * value in all, added in float: the factor is measured, not proven. */
static double wide_rounding(const struct engine *g)
{
    double sum = 0;

    for (size_t i = 0; i < g->model->trees && g->interventional; i++) {
        const struct tree *t = &g->model->tree[i];
        double most = 0;

        if (t->depth <= ENGINE_LOOKUP_BITS)
            continue;
        for (uint32_t j = 0; j < t->node_count; j++) {
            if (t->node[j].feature < 0)
                most = fmax(most, fabs(t->node[j].value * t->weight));
        }
        sum += most * g->model->combine_scale;
    }
    return ENGINE_ROUNDING * sum;
}

static void take_bounds(struct engine *g)
{
    for (size_t game = 0; game < g->games; game++) {
        double most = 0;
        for (size_t t = 0; t < g->targets; t++) {
            double x = g->error[game * g->targets + t];
            most = x > most ? x : most;
        }
        g->bound[game] = most + g->routing_error + wide_rounding(g);
    }
}

static status build(struct engine *g, const struct explain_request *r,
                    const uint32_t *player, struct error *e)
{
    const struct model *m = g->model;

    TRY(columns_build(m, g->arena, &g->columns, e));
    TRY(number_players(g, player, e));
    g->base = arena_new_array(g->arena, double, g->games * m->outputs);
    g->error = arena_new_array(g->arena, double, g->games * g->targets + 1);
    if (g->base == NULL || g->error == NULL)
        return arena_error(g->arena, e);
    TRY(engine_layout(g, r->memory, e));
    if (!g->count.resident && r->rows > 0 && r->rows < ENGINE_FEW)
        return error_set(e, ST_UNSUPPORTED, "tables for so few rows");
    TRY(margins_new(m, &g->columns, &g->margins, e));
    for (size_t i = 0; i < g->games && g->interventional; i++)
        TRY(take_reference(g, i, &r->reference[i], e));
    if (!g->interventional)
        base_by_cover(g);
    TRY(engine_additives(g, e));
    TRY(engine_route(g, e));
    if (g->count.leaves[PLAN_LISTS] > 0) {
        TRY(engine_rest_new(g, r, &g->rest, e));
        size_t bytes =
            engine_rest_bytes(g->rest, g->columns.first_node[m->trees]);
        g->memory += bytes;
        g->count.resident &= g->count.table_bytes + bytes <= r->memory;
    }
    struct engine_maker *w = engine_maker_new(e);
    if (w == NULL)
        return ST_MEMORY;
    status s = make_runs(g, w, e);
    engine_maker_free(w);
    if (s != ST_OK)
        return s;
    take_bounds(g);
    g->memory += arena_used(g->arena) + margins_bytes(g->margins) +
                 (g->routing != NULL ? routing_bytes(g->routing) : 0);
    return ST_OK;
}

status engine_new(const struct explain_request *r, const uint32_t *player,
                  size_t players, struct engine **out, struct error *e)
{
    struct engine *g = mem_array(1, sizeof *g);

    *out = NULL;
    if (g == NULL)
        return error_memory(e);
    if (r->model->has_linear_leaves) {
        mem_free(g);
        return error_set(e, ST_UNSUPPORTED, "linear leaves");
    }
    g->model = r->model;
    g->players = players;
    g->interventional = r->estimator->needs_reference;
    g->games = g->interventional ? r->references : 1;
    g->arena = arena_new(SIZE_MAX / 2);
    status s = g->arena != NULL ? build(g, r, player, e) : error_memory(e);
    if (s != ST_OK) {
        engine_free(g);
        return s;
    }
    *out = g;
    return ST_OK;
}

status engine_count(const struct explain_request *r, const uint32_t *player,
                    size_t players, struct engine_count *out, struct error *e)
{
    struct engine g = {
        .model = r->model,
        .players = players,
        .interventional = r->estimator->needs_reference,
        .games = r->estimator->needs_reference ? r->references : 1,
        .arena = arena_new(SIZE_MAX / 2),
    };
    status s = g.arena == NULL ? error_memory(e) : ST_OK;

    if (s == ST_OK)
        s = columns_build(g.model, g.arena, &g.columns, e);
    if (s == ST_OK)
        s = number_players(&g, player, e);
    if (s == ST_OK)
        s = engine_layout(&g, r->memory, e);
    *out = g.count;
    arena_free(g.arena);
    return s;
}

void engine_free(struct engine *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; g->made != NULL && i < g->runs; i++)
        engine_unmake(&g->made[i]);
    mem_free(g->made);
    for (size_t i = 0; i < g->games; i++)
        mem_free(g->tile[i].byte);
    routing_free(g->routing);
    engine_rest_free(g->rest);
    margins_free(g->margins);
    arena_free(g->arena);
    mem_free(g);
}

double engine_base(const struct engine *g, size_t game, size_t output)
{
    return g->base[game * g->model->outputs + output];
}

double engine_bound(const struct engine *g, size_t game)
{
    return g->bound[game];
}

size_t engine_memory(const struct engine *g)
{
    return g->memory;
}

size_t engine_block(const struct engine *g)
{
    return g->made != NULL ? ENGINE_ROWS : ENGINE_PASS_ROWS;
}
