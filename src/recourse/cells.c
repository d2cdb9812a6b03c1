/* Cells: what live splits tell apart. Axes that nothing else reads lose the
 * candidates beyond the nearest of each cell; others map theirs to cells. */
#include "recourse/walk.h"

/* cell[count] of the positions; how many cells. */
static size_t number_cells(const bool *live, size_t count, uint16_t *cell)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        n += i > 0 && live[i];
        cell[i] = (uint16_t)n;
    }
    return n + 1;
}

static void move_candidate(struct space *s, size_t axis, size_t to, size_t from)
{
    struct axis *x = &s->axis[axis];

    x->value[to] = x->value[from];
    x->cost[to] = x->cost[from];
    for (size_t i = 0; i < s->columns; i++) {
        struct column *c = &s->column[i];
        if (c->value != NULL && c->axis == axis)
            c->value[to] = c->value[from];
    }
}

/* Keeps of each cell the candidate nearest to the own one. */
static void drop_candidates(struct space *s, size_t axis, const uint16_t *cell,
                            size_t cells)
{
    struct axis *x = &s->axis[axis];
    size_t own = cell[x->own];

    /* Below own the last of a cell is the nearest; from own on the first.
     * Moving down in order never overwrites what is still to be read. */
    for (size_t i = 0; i < x->own; i++) {
        if (cell[i] != own && cell[i] != cell[i + 1])
            move_candidate(s, axis, cell[i], i);
    }
    move_candidate(s, axis, own, x->own);
    for (size_t i = x->own + 1; i < x->count; i++) {
        if (cell[i] != own && cell[i] != cell[i - 1])
            move_candidate(s, axis, cell[i], i);
    }
    x->own = own;
    x->count = cells;
}

static status axis_cells(struct walk *w, size_t i, struct error *e)
{
    struct reader *x = &w->g->reader[i];
    struct axis *axis = &w->g->space.axis[x->axis];
    uint16_t *cell = arena_new_array(w->a, uint16_t, axis->count);

    if (cell == NULL)
        return arena_error(w->a, e);
    x->cells = (uint32_t)number_cells(w->live[i], axis->count, cell);
    x->cell = cell;
    return ST_OK;
}

/* A formula's cells are told by the thresholds that are still alive. */
static status formula_cells(struct walk *w, size_t i, struct error *e)
{
    struct reader *x = &w->g->reader[i];
    size_t quantity = w->g->space.column[x->column].quantity, n = 0;
    const struct engine_score *s = &w->engine->score[x->score];
    size_t bins = (size_t)s->thresholds[quantity] + 1;
    uint16_t *cell = arena_new_array(w->a, uint16_t, bins);
    double *edge = arena_new_array(w->a, double, bins);
    if (cell == NULL || edge == NULL)
        return arena_error(w->a, e);
    x->cells = (uint32_t)number_cells(w->live[i], bins, cell);
    for (size_t k = 1; k < bins; k++) {
        if (w->live[i][k])
            edge[n++] = s->threshold[quantity][k - 1];
    }
    x->cell = cell;
    x->edge = edge;
    return ST_OK;
}

static void map_reaches(struct walk *w)
{
    for (size_t i = 0; i < w->g->groups; i++) {
        struct group *x = &w->g->group[i];
        for (size_t k = 0; k < (size_t)x->leaves * x->readers; k++) {
            const struct reader *r = &w->g->reader[x->reader[k % x->readers]];
            struct reach *y = &x->reach[k];
            if (r->kind == READER_SET || y->low > y->high)
                continue;
            y->low = r->cell[y->low];
            y->high = r->cell[y->high];
        }
    }
}

status cells_number(struct walk *w, struct error *e)
{
    struct game *g = w->g;

    for (size_t i = 0; i < g->readers; i++) {
        if (g->reader[i].kind == READER_FORMULA)
            TRY(formula_cells(w, i, e));
        else
            TRY(axis_cells(w, i, e));
    }
    map_reaches(w);
    return ST_OK;
}

/* Does anything but the scores look at where the axis stands? */
static bool watched(const struct space *s, size_t axis)
{
    if (s->axis[axis].whole)
        return true;
    for (size_t k = 0; k < s->rules; k++) {
        if ((s->rule_axes[k] >> axis & 1) != 0 &&
            s->r->p.rule[s->rule[k]].kind != RECOURSE_AT_MOST_ONE)
            return true;
    }
    for (size_t i = 0; i < s->columns; i++) {
        if (s->column[i].value == NULL &&
            (s->column[i].levers >> axis & 1) != 0)
            return true;
    }
    return false;
}

status cells_drop(struct walk *w, struct error *e)
{
    struct game *g = w->g;

    for (size_t a = 0; a < g->space.axes; a++) {
        struct axis *x = &g->space.axis[a];
        if (x->count == 1 || watched(&g->space, a))
            continue;
        uint16_t *none = arena_new_array(w->a, uint16_t, x->count);
        if (none == NULL)
            return arena_error(w->a, e);
        struct reader *r =
            g->reader_of[a] < 0 ? NULL : &g->reader[g->reader_of[a]];
        drop_candidates(&g->space, a, r == NULL ? none : r->cell,
                        r == NULL ? 1 : r->cells);
        if (r != NULL)
            r->cell = NULL;
    }
    return ST_OK;
}
