/* What reads a row's moving quantities, and how each split tells them apart. */
#include "recourse/walk.h"

/* Largest magnitude that the rule "zero is missing" takes: 1e-35 as a float. */
#define ZERO_MISSING 1.1e-35

status set_new(struct walk *w, size_t words, uint32_t *at, struct error *e)
{
    if (w->pool_used + words > w->pool_room) {
        size_t room = 2 * w->pool_room + words + 1024;
        uint64_t *more = arena_new_array(w->a, uint64_t, room);
        if (more == NULL)
            return arena_error(w->a, e);
        if (w->pool_used > 0)
            memcpy(more, w->pool, w->pool_used * sizeof *more);
        w->pool = more;
        w->pool_room = room;
    }
    memset(w->pool + w->pool_used, 0, words * sizeof *w->pool);
    *at = (uint32_t)w->pool_used;
    w->pool_used += words;
    return ST_OK;
}

/* +1 when values never fall from position to position, −1 when they never
 * rise, 0 when neither or some are missing. */
static int direction(const double *value, size_t n)
{
    bool up = true, down = true;

    for (size_t i = 0; i < n; i++) {
        if (isnan(value[i]))
            return 0;
        if (i > 0) {
            up &= value[i] >= value[i - 1];
            down &= value[i] <= value[i - 1];
        }
    }
    return up ? 1 : down ? -1 : 0;
}

static bool near_zero(const double *value, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fabs(value[i]) <= ZERO_MISSING)
            return true;
    }
    return false;
}

static bool needs_set(const struct walk *w, const struct column *c)
{
    const struct axis *x = &w->g->space.axis[c->axis];

    if (x->listed || direction(c->value, x->count) == 0)
        return true;
    for (size_t s = 0; s < w->engine->scores; s++) {
        uint8_t special = w->engine->score[s].special[c->quantity];
        if ((special & SPECIAL_SET) != 0 ||
            ((special & SPECIAL_ZERO) != 0 && near_zero(c->value, x->count)))
            return true;
    }
    return false;
}

static bool is_read(const struct walk *w, size_t quantity, size_t score)
{
    const struct engine_score *s = &w->engine->score[score];

    return s->thresholds[quantity] > 0 ||
           (s->special[quantity] & SPECIAL_SET) != 0;
}

static bool moves(const struct space *s, const struct column *c)
{
    if (c->value != NULL)
        return s->axis[c->axis].count > 1 && !c->absent;
    for (size_t a = 0; a < s->axes; a++) {
        if ((c->levers >> a & 1) != 0 && s->axis[a].count > 1)
            return true;
    }
    return false;
}

/* One reader an axis that something reads, then one a formula and score. */
static void add_axis_readers(struct walk *w)
{
    struct game *g = w->g;
    const struct space *s = &g->space;

    for (size_t a = 0; a < RECOURSE_LEVERS_MAX; a++)
        g->reader_of[a] = -1;
    for (size_t a = 0; a < s->axes; a++) {
        struct reader *x = &g->reader[g->readers];
        bool read = false, set = false;
        for (size_t i = 0; i < s->columns; i++) {
            const struct column *c = &s->column[i];
            if (c->value == NULL || c->axis != a || !moves(s, c))
                continue;
            for (size_t k = 0; k < w->engine->scores; k++)
                read |= is_read(w, c->quantity, k);
            set |= needs_set(w, c);
        }
        if (!read)
            continue;
        x->kind = set ? READER_SET : READER_INTERVAL;
        x->axis = (uint32_t)a;
        x->levers = (uint64_t)1 << a;
        g->reader_of[a] = (int16_t)g->readers++;
    }
}

static status start_axis(struct walk *w, size_t i, struct error *e)
{
    size_t count = w->g->space.axis[w->g->reader[i].axis].count;

    w->start[i] = (struct reach){0, (uint16_t)(count - 1), 0};
    w->live[i] = arena_new_array(w->a, bool, count + 1);
    if (w->live[i] == NULL)
        return arena_error(w->a, e);
    if (w->g->reader[i].kind == READER_INTERVAL)
        return ST_OK;
    w->set_words[i] = (uint32_t)((count + 63) / 64);
    TRY(set_new(w, w->set_words[i], &w->start[i].set, e));
    for (size_t k = 0; k < count; k++)
        w->pool[w->start[i].set + k / 64] |= (uint64_t)1 << k % 64;
    return ST_OK;
}

static uint32_t bin_of(const struct engine_score *s, size_t quantity, double x)
{
    uint32_t low = 0, high = s->thresholds[quantity];

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (compares_below(s->model, x, s->threshold[quantity][middle]))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static status add_formula_reader(struct walk *w, size_t column, size_t score,
                                 struct error *e)
{
    struct game *g = w->g;
    const struct column *c = &g->space.column[column];
    const struct engine_score *s = &w->engine->score[score];
    uint16_t low[RECOURSE_LEVERS_MAX] = {0}, high[RECOURSE_LEVERS_MAX];
    double from, to;
    bool missing;
    size_t i = g->readers++;

    if (s->thresholds[c->quantity] >= POSITIONS_MAX)
        return error_set(e, ST_LIMIT,
                         "quantity %zu has %u thresholds, at most %d can be "
                         "searched",
                         c->quantity, s->thresholds[c->quantity],
                         POSITIONS_MAX);
    for (size_t a = 0; a < g->space.axes; a++)
        high[a] = (uint16_t)(g->space.axis[a].count - 1);
    space_range(&g->space, column, low, high, &from, &to, &missing);
    struct reader *x = &g->reader[i];
    x->kind = READER_FORMULA;
    x->column = (uint32_t)column;
    x->levers = c->levers;
    x->score = (uint32_t)score;
    w->start[i] = (struct reach){1, 0, missing};
    if (!isnan(from)) {
        w->start[i].low = (uint16_t)bin_of(s, c->quantity, from);
        w->start[i].high = (uint16_t)bin_of(s, c->quantity, to);
    }
    w->live[i] =
        arena_new_array(w->a, bool, (size_t)s->thresholds[c->quantity] + 2);
    return w->live[i] == NULL ? arena_error(w->a, e) : ST_OK;
}

/* --- routes --------------------------------------------------------------- */

static void fix(const struct engine_score *s, size_t quantity, double value,
                struct route *out)
{
    *out = (struct route){
        .kind = ROUTE_FIXED, .value = value, .missing = isnan(value)};
    if (!out->missing)
        out->bin = bin_of(s, quantity, value);
}

static status along_axis(struct walk *w, const struct engine_score *s,
                         const struct column *c, struct route *out,
                         struct error *e)
{
    size_t count = w->g->space.axis[c->axis].count;
    uint32_t n = s->thresholds[c->quantity];
    size_t reader = (size_t)w->g->reader_of[c->axis];

    *out = (struct route){
        .kind = ROUTE_SET, .reader = (uint16_t)reader, .column = c->value};
    if (w->g->reader[reader].kind == READER_SET) {
        out->left = arena_new_array(w->a, uint64_t *, 2 * (size_t)n + 1);
        return out->left == NULL ? arena_error(w->a, e) : ST_OK;
    }
    bool up = direction(c->value, count) > 0;
    out->kind = up ? ROUTE_UP : ROUTE_DOWN;
    uint16_t *split = arena_new_array(w->a, uint16_t, (size_t)n + 1);
    if (split == NULL)
        return arena_error(w->a, e);
    size_t k = up ? 0 : count; /* UP: those before k go left; DOWN: from k on */
    for (uint32_t t = 0; t < n; t++) {
        double at = s->threshold[c->quantity][t];
        while (up && k < count && compares_below(s->model, c->value[k], at))
            k++;
        while (!up && k > 0 && compares_below(s->model, c->value[k - 1], at))
            k--;
        split[t] = (uint16_t)k;
    }
    out->split = split;
    return ST_OK;
}

static status route_score(struct walk *w, size_t score, struct error *e)
{
    const struct space *s = &w->g->space;
    const struct engine_score *x = &w->engine->score[score];
    size_t quantities = w->r->p.quantities;

    w->route[score] = arena_new_array(w->a, struct route, quantities + 1);
    if (w->route[score] == NULL)
        return arena_error(w->a, e);
    for (size_t q = 0; q < quantities; q++) {
        struct route *out = &w->route[score][q];
        const struct column *c =
            s->column_of[q] < 0 ? NULL : &s->column[s->column_of[q]];
        if (!is_read(w, q, score))
            continue;
        if (c == NULL || !moves(s, c)) {
            fix(x, q, s->row[q], out);
        } else if (c->value != NULL) {
            TRY(along_axis(w, x, c, out, e));
        } else {
            *out = (struct route){.kind = ROUTE_FORMULA,
                                  .reader = (uint16_t)w->g->readers};
            TRY(add_formula_reader(w, (size_t)s->column_of[q], score, e));
        }
    }
    return ST_OK;
}

status routes_make(struct walk *w, struct error *e)
{
    struct game *g = w->g;
    size_t most = g->space.axes + g->space.columns * w->engine->scores + 1;

    g->reader = arena_new_array(w->a, struct reader, most);
    w->live = arena_new_array(w->a, bool *, most);
    w->start = arena_new_array(w->a, struct reach, most);
    w->set_words = arena_new_array(w->a, uint32_t, most);
    w->route = arena_new_array(w->a, struct route *, w->engine->scores);
    if (g->reader == NULL || w->live == NULL || w->start == NULL ||
        w->set_words == NULL || w->route == NULL)
        return arena_error(w->a, e);
    add_axis_readers(w);
    for (size_t i = 0; i < g->readers; i++)
        TRY(start_axis(w, i, e));
    for (size_t k = 0; k < w->engine->scores; k++)
        TRY(route_score(w, k, e));
    return ST_OK;
}
