/* Trees, and networks, over a box. */
#include "recourse/region_in.h"
#include "recourse/relax.h"

/* Zero as the rule "zero is missing" takes it. */
#define ZERO_REACH ((double)1e-35F)

struct sides {
    bool left, right;
};

static struct sides other_sides(const struct region_score *c, uint32_t at,
                                double low, double high)
{
    const struct node *n = c->own[at];
    struct sides s;

    if (low == high || isnan(low)) {
        s.left = node_goes_left(c->model, n, low);
        s.right = !s.left;
        return s;
    }
    /* a set has no order, and inside a range over zero the missing rule may
     * send a row either way */
    if (n->categorical || (low <= ZERO_REACH && high >= -ZERO_REACH))
        return (struct sides){true, true};
    s.left = node_goes_left(c->model, n, low);
    s.right = !node_goes_left(c->model, n, high);
    return s;
}

/* The largest that a line gives, rounding included. */
static double line_worst(const struct region_scratch *s,
                         const struct region_score *c, uint32_t at)
{
    const struct node *leaf = c->own[at];
    double scale = c->node[at].value; /* sign × weight × combine_scale */
    double sum = scale * leaf->linear_constant, size = fabs(sum);

    for (uint32_t i = 0; i < leaf->linear_count; i++) {
        const struct linear_term *t =
            &c->model->linear[leaf->linear_first + i];
        size_t q = c->quantity[t->feature];
        double by = scale * t->coefficient;
        if (isnan(s->from[q]))
            return scale * leaf->value;
        double v = by * (by < 0 ? s->from[q] : s->to[q]);
        sum += v;
        size += fabs(v);
    }
    return sum + size * (double)(leaf->linear_count + c->trees + 4) * 0x1p-50;
}

struct reached {
    double *low, *high, *most, *coefficient;
};

/* False: an input has no value, so that the network has none. */
static bool inputs_reached(const struct region_scratch *s,
                           const struct region_score *c, struct reached *in)
{
    const struct network *net = &c->network->network->net;

    for (size_t i = 0; i < net->inputs; i++) {
        const struct network_input *n = &net->input[i];
        size_t q = c->quantity[n->feature];
        double a = s->from[q], b = s->to[q];
        if (n->by_word && a != b && !isnan(a))
            return false;
        if (isnan(a))
            a = b = n->missing;
        else if (n->by_word)
            a = b = a >= 0 && a < (double)n->words && a == floor(a)
                        ? n->word[(size_t)a]
                        : n->unseen;
        else {
            a = n->scale * a + n->offset;
            b = n->scale * b + n->offset;
        }
        if (isnan(a) || isnan(b))
            return false;
        in->low[i] = fmin(a, b);
        in->high[i] = fmax(a, b);
        in->most[i] = fmax(fabs(a), fabs(b));
    }
    return true;
}

static double network_worst(const struct region_scratch *s,
                            const struct region_score *c)
{
    const struct relax_network *n = c->network->network;
    size_t inputs = n->net.inputs;
    struct reached in = {.low = s->work + relax_network_work(n)};
    double least;

    in.high = in.low + inputs;
    in.most = in.high + inputs;
    in.coefficient = in.most + inputs;
    if (!inputs_reached(s, c, &in))
        return INFINITY;
    relax_network_bound(c->network, in.low, in.high, s->work, &least,
                        in.coefficient);
    for (size_t i = 0; i < inputs; i++) {
        double by = in.coefficient[i];
        least += by * (by < 0 ? in.high[i] : in.low[i]);
    }
    return relax_network_room(c->network, in.most, s->work) - least;
}

static double parts_worst(const struct region_scratch *s,
                          const struct region_score *c)
{
    const struct relax_parts *p = c->network->parts;
    size_t features = c->model->features;
    bool none;

    for (size_t f = 0; f < features; f++) {
        double a = s->from[c->quantity[f]], b = s->to[c->quantity[f]];
        bool missing = isnan(a);
        s->span[f] = (struct program_span){
            missing ? (double)INFINITY : a, missing ? -(double)INFINITY : b,
            missing};
    }
    double most = relax_parts_worst(c->network, s->span, s->span + features,
                                    c->sign, NULL, p->count, &none);
    return most > -(double)INFINITY && !none ? c->sign * p->constant + most
                                            : (double)INFINITY;
}

double region_tree(const struct region_scratch *s, const struct region_score *c,
                   uint32_t at)
{
    if (c->network != NULL)
        return c->network->parts != NULL ? parts_worst(s, c)
                                         : network_worst(s, c);
    for (;;) {
        const struct region_node *n = &c->node[at];
        struct sides go;
        if (n->kind == REGION_LEAF)
            return n->value;
        if (n->kind == REGION_LINE)
            return line_worst(s, c, at);
        double low = s->from[n->quantity], high = s->to[n->quantity];
        if (n->kind == REGION_OTHER || isnan(low))
            go = other_sides(c, at, low, high);
        else if (n->kind == REGION_FLOAT)
            go = (struct sides){(double)(float)low < n->value,
                                (double)(float)high >= n->value};
        else
            go = (struct sides){low <= n->value, high > n->value};
        if (go.left && go.right) {
            double l = region_tree(s, c, n->left);
            double r = region_tree(s, c, n->right);
            return l > r ? l : r;
        }
        at = go.left ? n->left : n->right;
    }
}

/* --- preparing ------------------------------------------------------------ */

static void copy_tree(struct region_score *c, const struct tree *t,
                      uint32_t first)
{
    const struct model *m = c->model;

    for (uint32_t k = 0; k < t->node_count; k++) {
        const struct node *n = &t->node[k];
        struct region_node *to = &c->node[first + k];
        c->own[first + k] = n;
        if (n->feature < 0 && n->linear_count > 0) {
            to->kind = REGION_LINE;
            to->value = c->sign * t->weight * m->combine_scale;
            continue;
        }
        if (n->feature < 0) {
            to->kind = REGION_LEAF;
            to->value = c->sign * (t->weight * n->value) * m->combine_scale;
            continue;
        }
        to->quantity = (uint32_t)c->quantity[n->feature];
        to->left = first + (uint32_t)n->left;
        to->right = first + (uint32_t)n->right;
        to->value = n->threshold;
        if (n->categorical || n->missing == MISSING_ZERO)
            to->kind = REGION_OTHER;
        else if (m->compare != COMPARE_AT_MOST_DOUBLE) {
            to->kind = REGION_FLOAT;
            to->value = node_edge(m, n);
        } else
            to->kind = REGION_DOUBLE;
    }
}

/* How far a sum of worst leaves may be from the exact one, and a margin added
 * up in another order from that: nothing where all leaves are whole multiples
 * of 2^-32 and sums stay below 2^20. */
static double rounding(const struct region_score *c, size_t nodes)
{
    double reach = fabs(c->base), sum = reach;
    bool exact = rint(c->base * 0x1p32) == c->base * 0x1p32;
    size_t tree = 0;

    for (size_t k = 0; k < nodes; k++) {
        double v = c->node[k].value;
        if (tree < c->trees && c->root[tree] == k) {
            sum += reach;
            reach = 0;
            tree++;
        }
        if (c->node[k].kind != REGION_LEAF)
            continue;
        exact = exact && rint(v * 0x1p32) == v * 0x1p32;
        reach = fmax(reach, fabs(v));
    }
    sum += reach;
    if (exact && sum < 0x1p20)
        return 0;
    return 4 * (double)(c->trees + 4) * 0x1p-53 * sum;
}

static size_t count_nodes(const struct model *m, size_t output, size_t *trees)
{
    size_t n = 0;

    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != output)
            continue;
        n += m->tree[i].node_count;
        (*trees)++;
    }
    return n;
}

static uint64_t movers(const struct region *g, const struct region_score *c,
                       const struct tree *t)
{
    uint64_t by = 0;

    for (uint32_t k = 0; k < t->node_count; k++) {
        const struct node *n = &t->node[k];
        if (n->feature >= 0)
            by |= g->moved_by[c->quantity[n->feature]];
        for (uint32_t i = 0; n->feature < 0 && i < n->linear_count; i++)
            by |= g->moved_by[c->quantity[c->model->linear[n->linear_first + i]
                                              .feature]];
    }
    return by;
}

static status readers_make(struct region *g, struct region_score *c,
                           const uint64_t *by, struct error *e)
{
    for (size_t l = 0; l < g->p.levers; l++) {
        size_t n = 0;
        for (size_t t = 0; t < c->trees; t++)
            n += by[t] >> l & 1;
        c->reads[l] = arena_new_array(g->arena, uint32_t, n + 1);
        if (c->reads[l] == NULL)
            return arena_error(g->arena, e);
        for (size_t t = 0; t < c->trees; t++)
            if (by[t] >> l & 1)
                c->reads[l][c->readers[l]++] = (uint32_t)t;
    }
    return ST_OK;
}

static status quantities_make(struct region *g, struct region_score *c,
                              const struct recourse_score *from,
                              struct error *e)
{
    size_t *q = arena_new_array(g->arena, size_t, c->model->features + 1);

    if (q == NULL)
        return arena_error(g->arena, e);
    for (size_t f = 0; f < c->model->features; f++)
        q[f] = from->quantity != NULL ? from->quantity[f] : f;
    c->quantity = q;
    return ST_OK;
}

static void set_limit(struct region_score *c, const struct recourse_score *from,
                      size_t nodes)
{
    double guard = from->guard;

    if (from->native)
        guard = fmax(guard, recourse_guard(from->model, from->output));
    c->limit = c->sign * from->cutoff - guard - rounding(c, nodes);
}

/* As one tree that all of its inputs change. */
static status network_make(struct region *g, struct region_score *c,
                           const struct recourse_score *from, struct error *e)
{
    struct engine_score *n = arena_new_one(g->arena, struct engine_score);
    uint64_t by = 0;

    c->root = arena_new_array(g->arena, uint32_t, 2);
    if (n == NULL || c->root == NULL)
        return arena_error(g->arena, e);
    *n = (struct engine_score){.model = from->model, .output = from->output,
                               .sign = -c->sign};
    TRY(relax_prepare(n, g->arena, e));
    c->network = n;
    c->trees = 1;
    for (size_t f = 0; f < c->model->features; f++)
        by |= g->moved_by[c->quantity[f]];
    set_limit(c, from, 0);
    return readers_make(g, c, &by, e);
}

status region_score_make(struct region *g, size_t which, struct error *e)
{
    const struct recourse_score *from = &g->p.score[which];
    struct region_score *c = &g->score[which];
    const struct model *m = from->model;
    uint32_t at = 0;
    size_t tree = 0;

    c->model = m;
    c->sign = from->accept == RECOURSE_AT_MOST ? 1 : -1;
    TRY(quantities_make(g, c, from, e));
    if (m->kind == MODEL_PROGRAM)
        return network_make(g, c, from, e);
    c->base = c->sign * m->base[from->output];
    size_t nodes = count_nodes(m, from->output, &c->trees);
    c->node = arena_new_array(g->arena, struct region_node, nodes + 1);
    c->own = arena_new_array(g->arena, const struct node *, nodes + 1);
    c->root = arena_new_array(g->arena, uint32_t, c->trees + 1);
    uint64_t *by = arena_new_array(g->arena, uint64_t, c->trees + 1);
    if (c->node == NULL || c->own == NULL || c->root == NULL || by == NULL)
        return arena_error(g->arena, e);
    for (size_t i = 0; i < m->trees; i++) {
        if (m->tree[i].output != from->output)
            continue;
        copy_tree(c, &m->tree[i], at);
        by[tree] = movers(g, c, &m->tree[i]);
        c->root[tree++] = at;
        at += m->tree[i].node_count;
    }
    set_limit(c, from, nodes);
    return readers_make(g, c, by, e);
}
