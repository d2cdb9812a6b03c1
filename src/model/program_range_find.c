/* Spans that are looked up. */
#include "model/program_range_in.h"

void lines_range(const struct ranging *r, const struct step *s)
{
    const struct lines_data *d = s->data;
    const struct program_span *x = span_at(r, r->p->list[s->in]);
    struct program_span out = SPAN_NOTHING;
    size_t last = d->knots - 1;

    if (x->missing)
        span_join(&out, d->if_missing);
    if (span_present(x)) {
        const double end[2] = {x->low, x->high};
        for (int k = 0; k < 2; k++) {
            double v = end[k];
            bool under = v < d->x[0], over = v > d->x[last];
            size_t i = 0;
            if ((under || over) && d->beyond != BEYOND_EXTEND) {
                span_join(&out, d->beyond == BEYOND_MISSING ? (double)NAN
                           : under ? d->y[0] : d->y[last]);
                continue;
            }
            while (i + 2 < d->knots && d->x[i + 1] <= v)
                i++;
            span_join(&out, d->y[i] + (v - d->x[i]) / (d->x[i + 1] - d->x[i]) *
                                     (d->y[i + 1] - d->y[i]));
        }
        for (size_t i = 0; i < d->knots; i++)
            if (x->low <= d->x[i] && d->x[i] <= x->high)
                span_join(&out, d->y[i]);
    }
    span_loosen(&out, s->single);
    r->slot[r->p->list[s->out]] = out;
}

void intervals_range(const struct ranging *r, const struct step *s)
{
    const struct intervals_data *d = s->data;
    const struct program_span *x = span_at(r, r->p->list[s->in]);
    struct program_span out = SPAN_NOTHING;
    bool whole = false; /* one interval holds all of the span */

    if (x->missing)
        span_join(&out, d->if_missing);
    for (size_t i = 0; span_present(x) && i < d->n && !whole; i++) {
        const struct program_interval *v = &d->of[i];
        bool above = v->low_open ? x->high > v->low : x->high >= v->low;
        bool below = v->high_open ? x->low < v->high : x->low <= v->high;
        if (!above || !below)
            continue;
        span_join(&out, v->value);
        whole = (v->low_open ? x->low > v->low : x->low >= v->low) &&
                (v->high_open ? x->high < v->high : x->high <= v->high);
    }
    if (span_present(x) && !whole)
        span_join(&out, d->otherwise);
    r->slot[r->p->list[s->out]] = out;
}

void table_range(const struct ranging *r, const struct step *s)
{
    const struct table_data *d = s->data;
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;
    bool missing = false, none = false, point = true;

    for (size_t i = 0; i < d->ins; i++) {
        missing |= span_at(r, in[i])->missing;
        none |= !span_present(span_at(r, in[i]));
        point &= span_point(span_at(r, in[i]));
    }
    for (size_t o = 0; o < d->outs; o++) {
        struct program_span out = SPAN_NOTHING;
        bool met = false;
        for (size_t k = 0; k < d->rows && !none && !(met && point); k++) {
            bool inside = true;
            for (size_t i = 0; i < d->ins; i++) {
                double key = d->keys[k * d->ins + i];
                inside &= span_at(r, in[i])->low <= key && key <= span_at(r, in[i])->high;
            }
            met |= inside;
            if (inside)
                span_join(&out, d->values[k * d->outs + o]);
        }
        if (missing)
            span_join(&out, d->if_missing);
        if (!none && !(met && point))
            span_join(&out, d->otherwise);
        r->slot[to[o]] = out;
    }
}

void words_range(const struct ranging *r, const struct step *s)
{
    const struct words_data *d = s->data;
    const struct program_span *x = span_at(r, r->p->list[s->in]);
    struct program_span out = SPAN_NOTHING;

    for (size_t i = 0; span_present(x) && i < d->count; i++)
        if (x->low < (double)i + 1 && x->high >= (double)i)
            span_join(&out, d->number[i]);
    if (x->missing || !span_present(x) || x->low < 0 ||
        x->high >= (double)d->count)
        span_join(&out, d->otherwise);
    r->slot[r->p->list[s->out]] = out;
}

/* --- forests -------------------------------------------------------------------- */

static void sides_of(const struct model *m, const struct node *n,
                     const struct program_span *x, bool *left, bool *right)
{
    *left = *right = false;
    if (x->missing) {
        bool to_left = node_goes_left(m, n, (double)NAN);
        *left = to_left;
        *right = !to_left;
    }
    if (!span_present(x))
        return;
    if (x->low != x->high && (n->categorical || n->missing == MISSING_ZERO)) {
        *left = *right = true;
        return;
    }
    *left |= node_goes_left(m, n, x->low);
    *right |= !node_goes_left(m, n, x->high);
}

static void leaf_range(const struct ranging *r, const struct step *s,
                       const struct model *m, const struct node *n,
                       struct program_span *out)
{
    struct program_span sum = {n->linear_constant, n->linear_constant, false};
    double size = fabs(n->linear_constant);

    if (n->linear_count == 0) {
        span_join(out, n->value);
        return;
    }
    for (uint32_t i = 0; i < n->linear_count; i++) {
        const struct linear_term *t = &m->linear[n->linear_first + i];
        const struct program_span *x =
            span_at(r, r->p->list[s->in + (size_t)t->feature]);
        double c = t->coefficient;
        if (x->missing || !span_present(x))
            span_join(out, n->value);
        if (!span_present(x))
            return;
        double a = span_times(c, c < 0 ? x->high : x->low);
        double b = span_times(c, c < 0 ? x->low : x->high);
        sum.low += a;
        sum.high += b;
        size += fmax(fabs(a), fabs(b));
    }
    span_loosen_by(&sum, size * 0x1p-50 * (double)(n->linear_count + 2));
    span_join_span(out, &sum);
}

void tree_range(const struct ranging *r, const struct step *s,
                       const struct model *m, const struct tree *t,
                       int32_t node, struct program_span *out)
{
    const struct node *n = &t->node[node];
    bool left, right;

    if (n->feature < 0) {
        leaf_range(r, s, m, n, out);
        return;
    }
    sides_of(m, n, span_at(r, r->p->list[s->in + (size_t)n->feature]), &left,
             &right);
    if (left)
        tree_range(r, s, m, t, n->left, out);
    if (right)
        tree_range(r, s, m, t, n->right, out);
}

void forest_range(const struct ranging *r, const struct step *s)
{
    const struct forest_data *d = s->data;
    const struct model *m = d->forest;
    const uint32_t *to = r->p->list + s->out;
    double unit = d->native ? 0x1p-22 : 0x1p-50;

    for (size_t o = 0; o < m->outputs; o++) {
        struct program_span sum = {m->base[o], m->base[o], false};
        double size = fabs(m->base[o]);
        for (size_t i = 0; i < m->trees; i++) {
            const struct tree *t = &m->tree[i];
            struct program_span leaf = SPAN_NOTHING;
            double scale = t->weight * m->combine_scale;
            if (t->output != o)
                continue;
            tree_range(r, s, m, t, 0, &leaf);
            sum.low += scale * (scale < 0 ? leaf.high : leaf.low);
            sum.high += scale * (scale < 0 ? leaf.low : leaf.high);
            size += fabs(scale) * fmax(fabs(leaf.low), fabs(leaf.high));
        }
        span_loosen_by(&sum, size * unit * (double)(m->trees + 4));
        r->slot[to[o]] = sum;
    }
    for (size_t t = 0; d->leaves && t < m->trees; t++)
        r->slot[to[m->outputs + t]] =
            (struct program_span){0, (double)m->tree[t].node_count, false};
}
