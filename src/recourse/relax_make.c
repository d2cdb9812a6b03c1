/* One row's scores as numbers a position, trees and networks. */
#include "recourse/relax.h"

bool relax_wants(const struct model *m)
{
    return m->kind == MODEL_PROGRAM || m->has_linear_leaves;
}

/* --- the network of a program --------------------------------------------- */

status relax_prepare(struct engine_score *s, struct arena *a, struct error *e)
{
    char why[160];

    if (s->model->kind != MODEL_PROGRAM)
        return ST_OK;
    struct relax_network *n = arena_new_one(a, struct relax_network);
    if (n == NULL)
        return arena_error(a, e);
    if (!network_of(s->model, a, &n->net, why, sizeof why))
        return relax_parts_prepare(s, a, why, e);
    n->widest = n->net.inputs;
    for (size_t i = 0; i < n->net.layers; i++) {
        size_t out = n->net.layer[i].out;
        n->widest = out > n->widest ? out : n->widest;
        n->hidden += out;
    }
    s->network = n;
    return ST_OK;
}

/* --- trees of one row ------------------------------------------------------ */

struct making {
    const struct recourse *r;
    struct arena *a;
    struct relax *x;
    size_t part;
};

static size_t quantity_of(const struct making *m, size_t feature)
{
    const size_t *map = m->r->p.score[m->part].quantity;

    return map == NULL ? feature : map[feature];
}

static const struct column *column_at(const struct making *m, size_t feature)
{
    int32_t c = m->x->space->column_of[quantity_of(m, feature)];

    return c < 0 ? NULL : &m->x->space->column[c];
}

static uint64_t feature_levers(const struct making *m, int32_t feature)
{
    const struct column *c = column_at(m, (size_t)feature);

    return c == NULL ? 0 : c->levers;
}

static uint64_t tree_levers(const struct making *m, const struct model *model,
                            const struct tree *t, bool *formula)
{
    uint64_t levers = 0;

    for (uint32_t k = 0; k < t->node_count; k++) {
        const struct node *n = &t->node[k];
        if (n->feature >= 0)
            levers |= feature_levers(m, n->feature);
        for (uint32_t i = 0; n->feature < 0 && i < n->linear_count; i++)
            levers |= feature_levers(
                m, model->linear[n->linear_first + i].feature);
    }
    *formula = (levers & (levers - 1)) != 0;
    return levers;
}

static double tree_at(const struct model *model, const struct tree *t,
                      const double *value, double scale)
{
    return scale *
           leaf_value(model, &t->node[tree_leaf(model, t, value)], value);
}

/* The tree's value at every position of the one axis that moves it. */
static void along(struct making *m, struct relax_score *s,
                  const struct tree *t, size_t axis, double scale)
{
    const struct model *model = s->of->model;
    const struct axis *x = &m->x->space->axis[axis];
    double most = 0;

    for (size_t p = 0; p < x->count; p++) {
        for (size_t f = 0; f < model->features; f++) {
            const struct column *c = column_at(m, f);
            if (c != NULL && c->levers == (uint64_t)1 << axis)
                m->x->value[f] = c->value[p];
        }
        double v = tree_at(model, t, m->x->value, scale);
        double *to = &s->table[m->x->first[axis] + p];
        *to += isnan(v) ? (double)INFINITY : v;
        most = isnan(v) ? most : fmax(most, fabs(v));
    }
    s->room += most;
}

static double most_of(const struct tree *t, double scale)
{
    double most = 0;

    for (uint32_t k = 0; k < t->node_count; k++)
        if (t->node[k].feature < 0)
            most = fmax(most, fabs(scale * t->node[k].value));
    return most;
}

static void own_values(struct making *m, const struct model *model)
{
    for (size_t f = 0; f < model->features; f++)
        m->x->value[f] = m->x->space->row[quantity_of(m, f)];
}

static status add_trees(struct making *m, struct relax_score *s,
                        struct error *e)
{
    const struct engine_score *of = s->of;
    const struct model *model = of->model;

    s->fixed = of->constant;
    s->room = fabs(of->constant) + fabs(of->cut);
    s->joint_tree = arena_new_array(m->a, uint32_t, of->trees + 1);
    if (s->joint_tree == NULL)
        return arena_error(m->a, e);
    for (size_t i = 0; i < of->trees; i++) {
        const struct tree *t = &model->tree[of->tree[i]];
        double scale = of->sign * t->weight * model->combine_scale;
        bool several;
        uint64_t levers = tree_levers(m, model, t, &several);
        own_values(m, model);
        if (several) {
            s->joint_tree[s->joint++] = of->tree[i];
            s->room += most_of(t, scale);
        } else if (levers != 0) {
            along(m, s, t, (size_t)__builtin_ctzll(levers), scale);
        } else {
            double v = tree_at(model, t, m->x->value, scale);
            s->fixed += v;
            s->room += fabs(v);
        }
    }
    s->room *= (double)(of->trees + model->features + 16) * 8 * 0x1p-53;
    return ST_OK;
}

/* --- inputs of a network --------------------------------------------------- */

static double line_of(const struct network_input *n, double v)
{
    if (isnan(v))
        return n->missing;
    if (!n->by_word)
        return n->scale * v + n->offset;
    return v >= 0 && v < (double)n->words && v == floor(v)
               ? n->word[(size_t)v]
               : n->unseen;
}

static status axis_input(struct making *m, const struct network_input *n,
                         const struct column *c, struct relax_input *out,
                         struct error *e)
{
    size_t count = m->x->space->axis[c->axis].count;
    double *value = arena_new_array(m->a, double, count);

    if (value == NULL)
        return arena_error(m->a, e);
    for (size_t p = 0; p < count; p++)
        value[p] = line_of(n, c->value[p]);
    out->from = RELAX_AXIS;
    out->axis = c->axis;
    out->value = value;
    return ST_OK;
}

static status add_network(struct making *m, struct relax_score *s,
                          struct error *e)
{
    const struct network *net = &s->of->network->net;

    s->input = arena_new_array(m->a, struct relax_input, net->inputs);
    if (s->input == NULL)
        return arena_error(m->a, e);
    for (size_t i = 0; i < net->inputs; i++) {
        const struct network_input *n = &net->input[i];
        struct relax_input *x = &s->input[i];
        const struct column *c = column_at(m, n->feature);
        *x = (struct relax_input){.scale = n->scale, .offset = n->offset,
                                  .missing = n->missing};
        if (c == NULL) {
            x->fixed =
                line_of(n, m->x->space->row[quantity_of(m, n->feature)]);
        } else if (c->value != NULL) {
            TRY(axis_input(m, n, c, x, e));
        } else {
            x->from = RELAX_COLUMN;
            x->column = (size_t)(c - m->x->space->column);
        }
    }
    s->fixed = s->of->constant;
    s->room = fabs(s->of->cut) * 0x1p-50; /* the rest: box by box */
    return ST_OK;
}

/* --- all of a row ---------------------------------------------------------- */

static status make_room(struct making *m, struct error *e)
{
    const struct engine *g = m->r->engine;
    struct relax *x = m->x;
    const struct space *s = x->space;
    size_t work = 1, widest = 1, features = 1, room = 1;

    for (size_t i = 0; i < g->scores; i++) {
        const struct relax_network *n = g->score[i].network;
        const struct relax_parts *p = g->score[i].parts;
        room = p != NULL && p->room > room ? p->room : room;
        size_t own = n == NULL ? 0 : relax_network_work(n);
        work = own > work ? own : work;
        widest = n != NULL && n->widest > widest ? n->widest : widest;
        features = g->score[i].model->features > features
                       ? g->score[i].model->features
                       : features;
    }
    x->score = arena_new_array(m->a, struct relax_score, g->scores);
    x->first = arena_new_array(m->a, size_t, s->axes + 1);
    x->value = arena_new_array(m->a, double, features);
    x->work = arena_new_array(m->a, double, work + 4 * widest);
    x->range = arena_new_array(m->a, double, 2 * s->columns + 1);
    x->missing = arena_new_array(m->a, bool, s->columns + 1);
    x->span = arena_new_array(m->a, struct program_span, features + room);
    if (x->score == NULL || x->span == NULL || x->first == NULL || x->value == NULL ||
        x->work == NULL || x->range == NULL || x->missing == NULL)
        return arena_error(m->a, e);
    for (size_t a = 0; a < s->axes; a++)
        x->first[a + 1] = x->first[a] + s->axis[a].count;
    return ST_OK;
}

status relax_make(const struct recourse *r, struct arena *a, struct game *out,
                  struct error *e)
{
    struct relax *x = arena_new_one(a, struct relax);
    struct making m = {.r = r, .a = a, .x = x};
    size_t parts = r->engine->scores;

    out->limit = arena_new_array(a, double, parts);
    out->weight = arena_new_array(a, double, parts);
    if (x == NULL || out->limit == NULL || out->weight == NULL)
        return arena_error(a, e);
    x->space = &out->space;
    x->parts = out->parts = parts;
    TRY(make_room(&m, e));
    for (m.part = 0; m.part < parts; m.part++) {
        struct relax_score *s = &x->score[m.part];
        s->of = &r->engine->score[m.part];
        s->quantity = r->p.score[m.part].quantity;
        s->table = arena_new_array(a, double, x->first[out->space.axes] + 1);
        if (s->table == NULL)
            return arena_error(a, e);
        TRY(s->of->network != NULL ? add_network(&m, s, e)
            : s->of->parts != NULL ? relax_parts_row(x, s, a, e)
                                   : add_trees(&m, s, e));
        out->limit[m.part] = s->of->cut + s->room;
        out->weight[m.part] = 1;
    }
    out->relax = x;
    return ST_OK;
}
