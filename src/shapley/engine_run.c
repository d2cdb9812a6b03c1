/* Explaining rows. Rows are read once into bytes; every kernel adds to sums
 * laid out by target; sums are written out as contributions. Where runs are
 * made within the call, sums wait in the output between runs: as doubles, so
 * the additions are the same. */
#include "shapley/engine_in.h"

struct engine_scratch {
    uint8_t *tile;        /* [columns][ENGINE_ROWS] of the present rows */
    uint8_t *tiles;       /* of all rows of a call that makes its runs */
    size_t tiles_bytes;
    double *sum;          /* [games × targets][ENGINE_ROWS] */
    void *room;           /* of lookup and gather */
    size_t room_bytes;
    void *margin_room;
    double *margin;       /* [ENGINE_ROWS][outputs] */
    struct routing_scratch *routing;
    struct rest_scratch *rest;
    struct engine_maker *maker; /* NULL: the engine holds its runs */
};

static status fill_scratch(const struct engine *g, struct engine_scratch *s,
                           struct error *e)
{
    size_t targets = g->games * g->targets;

    s->tile = mem_array((g->columns.count + 1) * ENGINE_ROWS, 1);
    s->sum = mem_array((targets + 1) * ENGINE_ROWS, sizeof *s->sum);
    s->room_bytes = g->lookup_room;
    s->room = mem_array(s->room_bytes + 1, 1);
    s->margin_room = mem_array(margins_room(g->margins) + 1, 1);
    s->margin = mem_array(g->model->outputs * ENGINE_ROWS, sizeof *s->margin);
    if (s->tile == NULL || s->sum == NULL || s->room == NULL ||
        s->margin_room == NULL || s->margin == NULL)
        return error_memory(e);
    if (g->routing != NULL) {
        s->routing = routing_scratch_new(g->routing);
        if (s->routing == NULL)
            return error_memory(e);
    }
    if (g->rest != NULL)
        TRY(rest_scratch_new(g, &s->rest, e));
    if (g->made == NULL) {
        s->maker = engine_maker_new(e);
        if (s->maker == NULL)
            return ST_MEMORY;
    }
    return ST_OK;
}

status engine_scratch_new(const struct engine *g, struct engine_scratch **out,
                          struct error *e)
{
    struct engine_scratch *s = mem_array(1, sizeof *s);

    *out = NULL;
    if (s == NULL)
        return error_memory(e);
    status made = fill_scratch(g, s, e);
    if (made != ST_OK) {
        engine_scratch_free(s);
        return made;
    }
    *out = s;
    return ST_OK;
}

void engine_scratch_free(struct engine_scratch *s)
{
    if (s == NULL)
        return;
    mem_free(s->tile);
    mem_free(s->tiles);
    mem_free(s->sum);
    mem_free(s->room);
    mem_free(s->margin_room);
    mem_free(s->margin);
    routing_scratch_free(s->routing);
    rest_scratch_free(s->rest);
    engine_maker_free(s->maker);
    mem_free(s);
}

/* One block of rows on its way. */
struct stretch {
    size_t from, n;
    const double *rows;
    double *phi, *residual; /* of row `from` */
};

static size_t row_values(const struct engine *g)
{
    return g->games * g->model->outputs * (g->players + 1);
}

/* Target t of game k in the row's values. */
static size_t value_place(const struct engine *g, size_t t)
{
    size_t game = t / g->targets, in = t % g->targets;
    size_t output = in / g->used_players, p = in % g->used_players;

    return (game * g->model->outputs + output) * (g->players + 1) + g->used[p];
}

enum { TURN_ROWS = 16 };

static void write_out(const struct engine *g, const struct engine_scratch *s,
                      const struct stretch *x)
{
    size_t width = row_values(g), targets = g->games * g->targets;
    size_t outputs = g->model->outputs;

    for (size_t from = 0; from < x->n; from += TURN_ROWS) {
        size_t rows = x->n - from < TURN_ROWS ? x->n - from : TURN_ROWS;
        double *phi = x->phi + from * width;

        memset(phi, 0, rows * width * sizeof *phi);
        for (size_t t = 0; t < targets; t++) {
            double *to = phi + value_place(g, t);
            const double *sum = s->sum + t * ENGINE_ROWS + from;
            for (size_t r = 0; r < rows; r++)
                to[r * width] = sum[r];
        }
        for (size_t k = 0; k < g->games * outputs; k++) {
            double *to = phi + k * (g->players + 1) + g->players;
            for (size_t r = 0; r < rows; r++)
                to[r * width] = g->base[k];
        }
    }
}

static void read_back(const struct engine *g, struct engine_scratch *s,
                      const struct stretch *x)
{
    size_t width = row_values(g);

    for (size_t t = 0; t < g->games * g->targets; t++) {
        const double *from = x->phi + value_place(g, t);
        for (size_t r = 0; r < x->n; r++)
            s->sum[t * ENGINE_ROWS + r] = from[r * width];
    }
}

static void add_additives(const struct engine *g, struct engine_scratch *s,
                          const uint8_t *tile, size_t n)
{
    for (size_t i = 0; i < g->additives; i++) {
        const struct engine_additive *a = &g->additive[i];
        const uint8_t *byte = tile + (size_t)a->column * ENGINE_ROWS;

        for (size_t k = 0; k < g->games; k++) {
            const double *table = a->table + k * 256;
            double *sum = s->sum + (k * g->targets +
                                    a->output * g->used_players + a->player) *
                                       ENGINE_ROWS;
            for (size_t r = 0; r < n; r++)
                sum[r] += table[byte[r]];
        }
    }
}

static void begin_sums(const struct engine *g, struct engine_scratch *s,
                       const uint8_t *tile, size_t n)
{
    memset(s->sum, 0,
           g->games * g->targets * ENGINE_ROWS * sizeof *s->sum);
    add_additives(g, s, tile, n);
    if (g->routing != NULL)
        routing_run(g->routing, s->routing, tile, ENGINE_ROWS, n, s->sum,
                    ENGINE_ROWS);
}

/* The last of what a row is made of. */
static void add_rest(const struct engine *g, struct engine_scratch *s,
                     const struct stretch *x)
{
    for (size_t r = 0; r < x->n && g->rest != NULL; r++)
        engine_rest_add(g, s->rest, x->rows + r * g->model->features,
                        x->phi + r * row_values(g));
}

static void take_residual(const struct engine *g, struct engine_scratch *s,
                          const uint8_t *tile, const struct stretch *x)
{
    size_t outputs = g->model->outputs, width = g->players + 1;

    margins_run(g->margins, tile, ENGINE_ROWS, x->n, s->margin_room,
                s->margin, outputs);
    for (size_t i = 0; i < x->n * g->games * outputs; i++) {
        size_t row = i / (g->games * outputs);
        const double *p = x->phi + i * width;
        double sum = p[g->players];

        for (size_t k = 0; k < g->used_players; k++)
            sum += p[g->used[k]];
        x->residual[i] = s->margin[row * outputs + i % outputs] - sum;
    }
}

static struct stretch stretch_at(const struct engine *g, size_t from, size_t n,
                                 const double *rows, double *phi,
                                 double *residual)
{
    size_t left = n - from;

    return (struct stretch){
        from, left < ENGINE_ROWS ? left : ENGINE_ROWS,
        rows + from * g->model->features,
        phi != NULL ? phi + from * row_values(g) : NULL,
        residual != NULL ? residual + from * g->games * g->model->outputs
                         : NULL};
}

static void fill_tile(const struct engine *g, const struct stretch *x,
                      uint8_t *tile)
{
    bins_fill(g->columns.column, g->columns.count, x->rows,
              g->model->features, x->n, tile, ENGINE_ROWS);
}

static void explain_held(const struct engine *g, struct engine_scratch *s,
                         const struct stretch *x)
{
    fill_tile(g, x, s->tile);
    begin_sums(g, s, s->tile, x->n);
    for (size_t i = 0; i < g->runs; i++)
        engine_run_made(g, &g->made[i], s->room, s->tile, ENGINE_ROWS, x->n,
                        s->sum, ENGINE_ROWS);
    write_out(g, s, x);
    add_rest(g, s, x);
    if (x->residual != NULL)
        take_residual(g, s, s->tile, x);
}

static status make_for_call(const struct engine *g, struct engine_scratch *s,
                            size_t run, struct engine_made *made,
                            struct error *e)
{
    TRY(engine_make(g, run, s->maker, made, e));
    size_t need = engine_made_room(made);
    if (need <= s->room_bytes)
        return ST_OK;
    mem_free(s->room);
    s->room = mem_array(need, 1);
    s->room_bytes = s->room != NULL ? need : 0;
    if (s->room == NULL) {
        engine_unmake(made);
        return error_memory(e);
    }
    return ST_OK;
}

static status explain_pass(const struct engine *g, struct engine_scratch *s,
                           size_t run, size_t n, const double *rows,
                           double *phi, double *residual, struct error *e)
{
    struct engine_made made;
    const uint8_t *tile = s->tiles;

    TRY(make_for_call(g, s, run, &made, e));
    for (size_t from = 0; from < n; from += ENGINE_ROWS) {
        struct stretch x = stretch_at(g, from, n, rows, phi, residual);

        if (run == 0)
            begin_sums(g, s, tile, x.n);
        else
            read_back(g, s, &x);
        engine_run_made(g, &made, s->room, tile, ENGINE_ROWS, x.n, s->sum,
                        ENGINE_ROWS);
        write_out(g, s, &x);
        if (run + 1 == g->runs)
            add_rest(g, s, &x);
        if (run + 1 == g->runs && residual != NULL)
            take_residual(g, s, tile, &x);
        tile += g->columns.count * ENGINE_ROWS;
    }
    engine_unmake(&made);
    return ST_OK;
}

/* The rows of a call as bytes, one tile a stretch. */
static status fill_tiles(const struct engine *g, struct engine_scratch *s,
                         const double *rows, size_t n, struct error *e)
{
    size_t bytes = g->columns.count * ENGINE_ROWS;
    size_t tiles = (n + ENGINE_ROWS - 1) / ENGINE_ROWS;

    if (bytes * tiles > s->tiles_bytes) {
        mem_free(s->tiles);
        s->tiles = mem_array(tiles, bytes);
        s->tiles_bytes = s->tiles != NULL ? bytes * tiles : 0;
        if (s->tiles == NULL)
            return error_memory(e);
    }
    for (size_t i = 0; i < tiles; i++) {
        struct stretch x = stretch_at(g, i * ENGINE_ROWS, n, rows, NULL, NULL);
        fill_tile(g, &x, s->tiles + i * bytes);
    }
    return ST_OK;
}

static status explain_passes(const struct engine *g, struct engine_scratch *s,
                             const double *rows, size_t n, double *phi,
                             double *residual, struct error *e)
{
    TRY(fill_tiles(g, s, rows, n, e));
    for (size_t i = 0; i < g->runs; i++)
        TRY(explain_pass(g, s, i, n, rows, phi, residual, e));
    return ST_OK;
}

status engine_explain(const struct engine *g, struct engine_scratch *s,
                      const double *rows, size_t n, double *phi,
                      double *residual, struct error *e)
{
    if (g->made == NULL && n > 0)
        return explain_passes(g, s, rows, n, phi, residual, e);
    for (size_t from = 0; from < n; from += ENGINE_ROWS) {
        struct stretch x = stretch_at(g, from, n, rows, phi, residual);
        explain_held(g, s, &x);
    }
    return ST_OK;
}
