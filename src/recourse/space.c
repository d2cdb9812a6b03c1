/* One row's levers: axes, then the quantities that they move. */
#include "recourse/axes.h"

/* The own value aside: a formula's need not fit in with those around it. */
static bool is_steady(const struct axis *x, const double *value)
{
    bool up = true, down = true;
    double before = value[x->own == 0 && x->count > 1];

    for (size_t i = 0; i < x->count; i++) {
        if (isnan(value[i]))
            return false;
        if (i == x->own)
            continue;
        up &= value[i] >= before;
        down &= value[i] <= before;
        before = value[i];
    }
    return up || down;
}

static status add_column(struct space *s, size_t quantity, size_t axis,
                         struct arena *a, int32_t *column_of,
                         struct column **out, struct error *e)
{
    struct column *c = &s->column[s->columns];

    *c = (struct column){.quantity = quantity, .axis = axis,
                         .levers = (uint64_t)1 << axis};
    c->value = arena_new_array(a, double, s->axis[axis].count);
    if (c->value == NULL)
        return arena_error(a, e);
    column_of[quantity] = (int32_t)s->columns++;
    *out = c;
    return ST_OK;
}

static status lever_columns(struct space *s, size_t i, struct arena *a,
                            int32_t *column_of, struct error *e)
{
    const struct recourse_lever *l = &s->r->p.lever[i];
    const struct axis *x = &s->axis[i];
    struct column *c;

    if (l->quantity != RECOURSE_NO_QUANTITY) {
        TRY(add_column(s, l->quantity, i, a, column_of, &c, e));
        memcpy(c->value, x->value, x->count * sizeof *c->value);
        c->steady = is_steady(x, c->value);
    }
    for (size_t k = 0; k < l->effects; k++) {
        const struct recourse_effect *f = &l->effect[k];
        double at = s->row[f->quantity], own = x->value[x->own];
        TRY(add_column(s, f->quantity, i, a, column_of, &c, e));
        for (size_t p = 0; p < x->count; p++)
            c->value[p] = p == x->own ? at
                          : f->kind == RECOURSE_INDICATE
                              ? (double)(x->value[p] == f->code)
                              : effect_value(f, at, x->value[p] - own);
        c->steady = is_steady(x, c->value);
        c->absent = isnan(at) && f->kind == RECOURSE_ADD;
    }
    return ST_OK;
}

/* --- formulas ------------------------------------------------------------------- */

static double at_position(const struct space *s, size_t quantity, size_t axis,
                          size_t position)
{
    int32_t c = s->column_of[quantity];

    return c < 0 || (s->column[c].levers >> axis & 1) == 0
               ? s->row[quantity]
               : s->column[c].value[position];
}

static status formula_column(struct space *s, const struct recourse_formula *f,
                             uint64_t levers, struct arena *a,
                             int32_t *column_of, struct error *e)
{
    struct column *c;

    if ((levers & (levers - 1)) != 0) {
        column_of[f->quantity] = (int32_t)s->columns;
        s->column[s->columns++] = (struct column){
            .quantity = f->quantity, .levers = levers, .formula = f};
        return ST_OK;
    }
    size_t axis = (size_t)__builtin_ctzll(levers);
    const struct axis *x = &s->axis[axis];
    TRY(add_column(s, f->quantity, axis, a, column_of, &c, e));
    c->formula = f;
    for (size_t p = 0; p < x->count; p++)
        c->value[p] = p == x->own
                          ? s->row[f->quantity]
                          : formula_value(f, at_position(s, f->a, axis, p),
                                          at_position(s, f->b, axis, p));
    c->steady = is_steady(x, c->value);
    return ST_OK;
}

/* A quantity that the row does not have is computed, when it can be; it must be
 * when levers move it. */
static status own_value(const struct recourse *r,
                        const struct recourse_formula *f, bool moved,
                        double *row, struct error *e)
{
    double a = row[f->a], b = row[f->b], v = formula_value(f, a, b);

    if (!isnan(row[f->quantity]))
        return ST_OK;
    if (formula_fills(&r->p, f))
        row[f->quantity] = v;
    if (!isnan(v) || isnan(a) || isnan(b) || !moved)
        return ST_OK;
    return error_set(e, ST_DATA,
                     "\"%s\" cannot be computed: \"%s\" is %.17g and \"%s\" is "
                     "%.17g%s",
                     quantity_name(&r->p, f->quantity),
                     quantity_name(&r->p, f->a), a, quantity_name(&r->p, f->b),
                     b,
                     f->op == RECOURSE_RATIO && b == 0
                         ? ", a division by zero"
                         : "");
}

static status formula_columns(struct space *s, struct arena *a, double *row,
                              int32_t *column_of, struct error *e)
{
    const struct recourse_problem *p = &s->r->p;

    for (size_t k = 0; k < p->formulas; k++) {
        const struct recourse_formula *f = &p->formula[s->r->formula_order[k]];
        uint64_t levers = 0;
        const size_t operand[2] = {f->a, f->b};
        for (int i = 0; i < 2; i++)
            if (column_of[operand[i]] >= 0)
                levers |= s->column[column_of[operand[i]]].levers;
        TRY(own_value(s->r, f, levers != 0, row, e));
        if (levers != 0)
            TRY(formula_column(s, f, levers, a, column_of, e));
    }
    return ST_OK;
}

status space_make(const struct recourse *r, const double *row, struct arena *a,
                  struct space *out, struct error *e)
{
    const struct recourse_problem *p = &r->p;
    size_t columns = p->formulas;

    *out = (struct space){.r = r, .axes = p->levers};
    double *own = arena_new_array(a, double, p->quantities + 1);
    int32_t *column_of = arena_new_array(a, int32_t, p->quantities + 1);
    out->axis = arena_new_array(a, struct axis, p->levers + 1);
    for (size_t i = 0; i < p->levers; i++)
        columns += 1 + p->lever[i].effects;
    out->column = arena_new_array(a, struct column, columns + 1);
    if (own == NULL || column_of == NULL || out->axis == NULL ||
        out->column == NULL)
        return arena_error(a, e);
    memcpy(own, row, p->quantities * sizeof *own);
    out->row = own;
    out->column_of = column_of;
    for (size_t q = 0; q < p->quantities; q++)
        column_of[q] = -1;
    for (size_t i = 0; i < p->levers; i++) {
        TRY(axis_make(r, i, row, a, &out->axis[i], e));
        if (out->axis[i].count == 1)
            continue;
        out->moving |= (uint64_t)1 << i;
        TRY(lever_columns(out, i, a, column_of, e));
    }
    TRY(formula_columns(out, a, own, column_of, e));
    return rules_make(r, a, out, e);
}

/* --- points ------------------------------------------------------------------------- */

bool space_point(const struct space *s, const uint16_t *index, double *quantity)
{
    uint64_t moved = 0;

    memcpy(quantity, s->row, s->r->p.quantities * sizeof *quantity);
    for (size_t i = 0; i < s->axes; i++)
        moved |= (uint64_t)(index[i] != s->axis[i].own) << i;
    for (size_t k = 0; k < s->columns; k++) {
        const struct column *c = &s->column[k];
        if ((c->levers & moved) == 0)
            continue;
        double v = c->value != NULL
                       ? c->value[index[c->axis]]
                       : formula_value(c->formula, quantity[c->formula->a],
                                       quantity[c->formula->b]);
        if (c->formula != NULL && isnan(v))
            return false;
        quantity[c->quantity] = v;
    }
    return true;
}

/* --- rules ---------------------------------------------------------------------- */

static uint64_t rule_levers(const struct recourse *r,
                            const struct recourse_rule *u)
{
    uint64_t levers = 0;

    for (size_t k = 0; u->kind == RECOURSE_LINEAR && k < u->terms; k++)
        levers |= r->moved_by[u->term[k].quantity];
    if (u->kind == RECOURSE_IF_THEN)
        levers = r->moved_by[u->when.quantity] | r->moved_by[u->then.quantity];
    for (size_t k = 0; u->kind == RECOURSE_AT_MOST_ONE && k < u->levers; k++)
        levers |= (uint64_t)1 << u->lever[k];
    return levers;
}

status rules_make(const struct recourse *r, struct arena *a, struct space *s,
                  struct error *e)
{
    size_t *rule = arena_new_array(a, size_t, r->p.rules + 1);

    s->rule_axes = arena_new_array(a, uint64_t, r->p.rules + 1);
    if (rule == NULL || s->rule_axes == NULL)
        return arena_error(a, e);
    for (size_t k = 0; k < r->p.rules; k++) {
        uint64_t levers = rule_levers(r, &r->p.rule[k]) & s->moving;
        if (levers == 0)
            continue;
        s->rule_axes[s->rules] = levers;
        rule[s->rules++] = k;
    }
    s->rule = rule;
    return ST_OK;
}
