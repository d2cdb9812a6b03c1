/* A search that only asks. */
#include "recourse/asked.h"

#include "model/evaluate.h"

enum {
    SWEEP_SHARE = 3,  /* of the budget for single levers: a third */
    SWEEP_LEAST = 2,  /* positions of an axis and side, at least */
    BEAM = 12,        /* points that are built on */
    IMPROVE_SHARE = 4 /* of the budget kept for improving: a quarter */
};

/* A point that was asked. */
struct known {
    uint16_t index[RECOURSE_LEVERS_MAX];
    double excess; /* of the worst score, beyond its cut; NaN: no plan there */
    double margin; /* of score 0 */
    double cost;
    uint32_t changes;
};

struct asking {
    struct trial *t;
    const struct space *space;
    struct arena *a;
    size_t n;
    uint8_t axis[RECOURSE_LEVERS_MAX];
    struct known *known; /* [room] asked so far, in order */
    size_t count, room;
    uint32_t *slot; /* hash table of places + 1 in known */
    size_t slots;
    size_t asked;   /* of known, answered */
    double *row;    /* [batch][features] */
    double *margin; /* [batch][outputs] */
};

/* --- points --------------------------------------------------------------- */

static uint64_t hash_of(const struct asking *q, const uint16_t *index)
{
    uint64_t h = 0xcbf29ce484222325U;

    for (size_t a = 0; a < q->space->axes; a++)
        h = (h ^ index[a]) * 0x100000001b3U;
    return h ^ (h >> 29);
}

static uint32_t *slot_of(const struct asking *q, const uint16_t *index)
{
    size_t bytes = q->space->axes * sizeof *index;
    size_t i = (size_t)hash_of(q, index) & (q->slots - 1);

    while (q->slot[i] != 0 &&
           memcmp(q->known[q->slot[i] - 1].index, index, bytes) != 0)
        i = (i + 1) & (q->slots - 1);
    return &q->slot[i];
}

/* Puts a point down to be asked; false: known, not allowed, or no room. */
static bool want(struct asking *q, const uint16_t *index)
{
    const struct space *s = q->space;
    double cost = 0;
    uint32_t changes = 0;

    for (size_t a = 0; a < s->axes; a++) {
        cost += s->axis[a].cost[index[a]];
        changes += index[a] != s->axis[a].own;
    }
    if (q->count == q->room || changes > q->t->most_changes ||
        (q->t->best.found && cost > q->t->best.cost))
        return false;
    uint32_t *slot = slot_of(q, index);
    if (*slot != 0 || !space_point(s, index, q->t->s->quantity))
        return false;
    struct known *k = &q->known[q->count++];
    *slot = (uint32_t)q->count;
    memcpy(k->index, index, s->axes * sizeof *index);
    k->cost = cost;
    k->changes = changes;
    return true;
}

static void fill_row(const struct asking *q, size_t score, const double *from,
                     double *to)
{
    const struct recourse_score *s = &q->t->r->p.score[score];

    for (size_t f = 0; f < s->model->features; f++)
        to[f] = from[s->quantity == NULL ? f : s->quantity[f]];
}

/* One score of points first … end − 1 into their excess. */
static status ask_score(struct asking *q, size_t score, size_t first,
                        size_t end, struct error *e)
{
    const struct engine_score *s = &q->t->r->engine->score[score];
    size_t features = s->model->features, outputs = s->model->outputs;
    double cut = s->cut - s->guard - (score == 0 ? q->t->shift : 0);
    struct model_rows rows = {.value = q->row, .n = end - first};

    for (size_t i = first; i < end; i++) {
        if (!space_point(q->space, q->known[i].index, q->t->s->quantity))
            return error_bug(e, "a point that could be computed no longer can");
        fill_row(q, score, q->t->s->quantity, q->row + (i - first) * features);
    }
    TRY(model_evaluate(s->model, &rows, s->native, q->margin, e));
    for (size_t i = first; i < end; i++) {
        double sum = s->sign * q->margin[(i - first) * outputs + s->output];
        double excess = sum - cut;
        struct known *k = &q->known[i];
        k->excess = score == 0 ? excess : fmax(k->excess, excess);
        if (score == 0)
            k->margin = s->sign * sum;
    }
    return ST_OK;
}

/* Asks what was put down since the last time; keeps the plans among it. */
static status ask(struct asking *q, struct error *e)
{
    const struct engine *g = q->t->r->engine;
    size_t first = q->asked, end = q->count;

    q->asked = end;
    q->t->nodes = (long)end;
    for (size_t i = 0; end > first && i < g->scores; i++)
        TRY(ask_score(q, i, first, end, e));
    for (size_t i = first; i < end; i++) {
        struct known *k = &q->known[i];
        if (!(k->excess <= 0) || k->changes == 0 ||
            !trial_allows(q->t, k->index))
            continue;
        (void)trial_keep(q->t, k->index, k->margin, k->margin);
    }
    return ST_OK;
}

/* --- moves ---------------------------------------------------------------- */

/* Positions of one side of an axis, evenly, the farthest among them. */
static void sweep_side(struct asking *q, const uint16_t *from, size_t a,
                       bool up, size_t steps)
{
    const struct axis *x = &q->space->axis[a];
    size_t reach = up ? x->count - 1 - x->own : x->own;
    uint16_t index[RECOURSE_LEVERS_MAX];

    memcpy(index, from, q->space->axes * sizeof *index);
    steps = steps < reach ? steps : reach;
    for (size_t i = 1; i <= steps; i++) {
        size_t away = (reach * i + steps - 1) / steps;
        index[a] = (uint16_t)(up ? x->own + away : x->own - away);
        (void)want(q, index);
    }
}

static void sweep(struct asking *q, const uint16_t *from, size_t steps)
{
    for (size_t k = 0; k < q->n; k++) {
        size_t a = q->axis[k];
        if (from[a] != q->space->axis[a].own)
            continue;
        sweep_side(q, from, a, true, steps);
        sweep_side(q, from, a, false, steps);
    }
}

static bool nearer(const struct asking *q, size_t i, size_t j)
{
    const struct known *x = &q->known[i], *y = &q->known[j];

    if (x->excess != y->excess)
        return x->excess < y->excess;
    return x->cost != y->cost ? x->cost < y->cost : i < j;
}

/* The BEAM points of so many changes that come nearest to passing. */
static size_t nearest_points(const struct asking *q, uint32_t changes,
                             size_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < q->asked; i++) {
        if (q->known[i].changes != changes || isnan(q->known[i].excess))
            continue;
        if (n == BEAM && !nearer(q, i, out[BEAM - 1]))
            continue;
        size_t at = n < BEAM ? n++ : BEAM - 1;
        for (; at > 0 && nearer(q, i, out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = i;
    }
    return n;
}

/* Halfway back to own on each changed axis, and all the way; one step back. */
static void step_back(struct asking *q, const uint16_t *from)
{
    uint16_t index[RECOURSE_LEVERS_MAX];
    size_t bytes = q->space->axes * sizeof *index;

    for (size_t k = 0; k < q->n; k++) {
        size_t a = q->axis[k], own = q->space->axis[a].own, at = from[a];
        if (at == own)
            continue;
        size_t away = at > own ? at - own : own - at;
        for (size_t back = away; back > 0; back /= 2) {
            memcpy(index, from, bytes);
            index[a] = (uint16_t)(at > own ? at - back : at + back);
            (void)want(q, index);
        }
    }
}

/* One change in place of another: the rest of the plan, every other lever. */
static void swap(struct asking *q, const uint16_t *from, size_t steps)
{
    uint16_t index[RECOURSE_LEVERS_MAX];

    for (size_t k = 0; k < q->n; k++) {
        size_t a = q->axis[k];
        if (from[a] == q->space->axis[a].own)
            continue;
        memcpy(index, from, q->space->axes * sizeof *index);
        index[a] = (uint16_t)q->space->axis[a].own;
        sweep(q, index, steps);
    }
}

static status improve(struct asking *q, struct error *e)
{
    uint16_t from[RECOURSE_LEVERS_MAX];

    while (q->t->best.found && q->count < q->room) {
        double before = q->t->best.cost;
        size_t asked = q->asked;
        memcpy(from, q->t->best.index, sizeof from);
        step_back(q, from);
        TRY(ask(q, e));
        if (q->t->best.cost < before)
            continue;
        swap(q, from, 8);
        TRY(ask(q, e));
        if (q->t->best.cost >= before && q->asked == asked)
            return ST_OK;
        if (q->t->best.cost >= before) /* finer, while there is something new */
            swap(q, from, 32);
        TRY(ask(q, e));
        if (q->t->best.cost >= before)
            return ST_OK;
    }
    return ST_OK;
}

/* --- all ------------------------------------------------------------------ */

static void tell_nearest(const struct asking *q, struct nearest *out)
{
    double own = q->known[0].excess, best = own;

    *out = (struct nearest){.axis = -1, .score = INFINITY};
    for (size_t i = 1; i < q->asked; i++) {
        const struct known *k = &q->known[i];
        if (k->changes != 1 || !(k->excess < best) ||
            !trial_allows(q->t, k->index))
            continue;
        best = k->excess;
        for (size_t a = 0; a < q->space->axes; a++)
            if (k->index[a] != q->space->axis[a].own) {
                out->axis = (long)a;
                out->index = k->index[a];
            }
        out->score = best;
        out->judged = true;
        out->enough = best <= 0;
        out->margin = k->margin;
    }
}

static status start(struct asking *q, struct trial *t, struct error *e)
{
    const struct engine *g = t->r->engine;
    size_t features = 1, outputs = 1;
    uint16_t own[RECOURSE_LEVERS_MAX];

    *q = (struct asking){.t = t, .space = &t->g->space, .a = t->s->boxes};
    for (size_t a = 0; a < q->space->axes; a++) {
        own[a] = (uint16_t)q->space->axis[a].own;
        if ((t->open >> a & 1) != 0 && q->space->axis[a].count > 1)
            q->axis[q->n++] = (uint8_t)a;
    }
    for (size_t i = 0; i < g->scores; i++) {
        const struct model *m = g->score[i].model;
        features = m->features > features ? m->features : features;
        outputs = m->outputs > outputs ? m->outputs : outputs;
    }
    q->room = t->budget > 2 ? (size_t)t->budget : 2;
    for (q->slots = 64; q->slots < 2 * q->room;)
        q->slots *= 2;
    q->known = arena_new_array(q->a, struct known, q->room);
    q->slot = arena_new_array(q->a, uint32_t, q->slots);
    q->row = arena_new_array(q->a, double, q->room * features);
    q->margin = arena_new_array(q->a, double, q->room * outputs);
    if (q->known == NULL || q->slot == NULL ||
        q->row == NULL || q->margin == NULL)
        return arena_error(q->a, e);
    (void)want(q, own);
    return ask(q, e);
}

static status look(struct asking *q, struct error *e)
{
    size_t sides = 2 * q->n > 0 ? 2 * q->n : 1;
    size_t steps = q->room / SWEEP_SHARE / sides;
    size_t kept = q->room / IMPROVE_SHARE, all = q->room;

    sweep(q, q->known[0].index, steps > SWEEP_LEAST ? steps : SWEEP_LEAST);
    TRY(ask(q, e));
    q->room = all > kept ? all - kept : all;
    for (uint32_t c = 1; c < q->t->most_changes && c < q->n; c++) {
        size_t from[BEAM], n = nearest_points(q, c, from);
        size_t left = q->room > q->count ? q->room - q->count : 0;
        size_t each = n > 0 ? left / 2 / n / sides : 0;
        for (size_t i = 0; i < n; i++)
            sweep(q, q->known[from[i]].index, each > 1 ? each : 1);
        TRY(ask(q, e));
    }
    q->room = all;
    return improve(q, e);
}

status asked_trial(struct trial *t, struct nearest *nearest, struct error *e)
{
    struct asking q;

    arena_reset(t->s->boxes);
    t->best = (struct best_plan){0};
    t->guarded = false;
    t->nodes = 0;
    TRY(start(&q, t, e));
    TRY(look(&q, e));
    tell_nearest(&q, nearest);
    t->status = t->best.found ? RECOURSE_FOUND : RECOURSE_UNDECIDED;
    t->lower = 0;
    return ST_OK;
}

status asked_row(struct trial *t, double *margin, bool *met, struct error *e)
{
    const struct engine *g = t->r->engine;
    struct recourse_scratch *s = t->s;

    *met = true;
    for (size_t i = 0; i < g->scores; i++) {
        const struct engine_score *x = &g->score[i];
        const size_t *map = t->r->p.score[i].quantity;
        for (size_t f = 0; f < x->model->features; f++)
            s->value[f] = t->g->space.row[map == NULL ? f : map[f]];
        struct model_rows rows = {.value = s->value, .n = 1};
        TRY(model_evaluate(x->model, &rows, x->native, s->margin, e));
        double sum = s->margin[x->output];
        *margin = i == 0 ? sum : *margin;
        *met &= x->sign * sum <= x->cut;
    }
    return ST_OK;
}
