#include "batch/portfolio.h"

#include "kernel/sort.h"
#include "measure/quantile.h"

#include <math.h>
#include <string.h>

enum { SPREAD_ROWS = 256, SPREAD_BITS = 10 };

/* --- how large a contribution may be --- */

static double leaf_spread(const struct model *m, const struct tree *t,
                          const double *rows, size_t n)
{
    double low = (double)INFINITY, high = -(double)INFINITY;
    for (uint32_t i = 0; i < t->node_count; i++)
        if (t->node[i].feature < 0) {
            low = fmin(low, t->node[i].value);
            high = fmax(high, t->node[i].value);
        }
    if (!t->linear)
        return high - low;
    for (size_t i = 0; i < n && i < SPREAD_ROWS; i++) {
        const double *row = rows + i * m->features;
        double x = leaf_value(m, &t->node[tree_leaf(m, t, row)], row);
        if (!isfinite(x))
            continue;
        low = fmin(low, x);
        high = fmax(high, x);
    }
    return ldexp(high - low, SPREAD_BITS);
}

/* A program's steps have no bound either. */
static double program_spread(const struct model *m, size_t output,
                             const double *rows, size_t n)
{
    double low = 0, high = 0;
    double *margin = mem_array(m->outputs, sizeof *margin);
    for (size_t i = 0; margin != NULL && i < n && i < SPREAD_ROWS; i++) {
        model_margin(m, rows + i * m->features, margin);
        if (!isfinite(margin[output]))
            continue;
        low = fmin(low, margin[output]);
        high = fmax(high, margin[output]);
    }
    mem_free(margin);
    return ldexp(high - low, SPREAD_BITS);
}

double model_reach(const struct model *m, size_t output, const double *rows,
                   size_t n)
{
    double sum = m->kind == MODEL_PROGRAM ? program_spread(m, output, rows, n)
                                          : 0;
    for (size_t k = 0; k < m->trees; k++) {
        const struct tree *t = &m->tree[k];
        if (t->output == output)
            sum += fabs(t->weight * m->combine_scale) *
                   leaf_spread(m, t, rows, n);
    }
    return sum > 1e-200 && isfinite(sum) ? sum : 1.0;
}

/* --- bins --- */

struct column_values {
    double *value;
    size_t n;
};

static void values_of_rows(struct column_values *c, const struct model *m,
                           size_t feature, const double *rows, size_t n)
{
    c->n = 0;
    for (size_t i = 0; i < n; i++) {
        double x = rows[i * m->features + feature];
        if (isfinite(x))
            c->value[c->n++] = x + 0.0;
    }
}

static void values_of_model(struct column_values *c, const struct model *m,
                            size_t feature)
{
    c->n = 0;
    for (size_t k = 0; k < m->trees; k++)
        for (uint32_t i = 0; i < m->tree[k].node_count; i++) {
            const struct node *node = &m->tree[k].node[i];
            if (node->feature == (int32_t)feature && !node->categorical &&
                isfinite(node->threshold))
                c->value[c->n++] = node->threshold + 0.0;
        }
}

static size_t nodes_of(const struct model *m)
{
    size_t n = 0;
    for (size_t k = 0; k < m->trees; k++)
        n += m->tree[k].node_count;
    return n;
}

static status number_edges(struct column_values *c, struct arena *a,
                           struct global_player *out, struct error *e)
{
    double *edge = arena_new_array(a, double, GLOBAL_EDGES + 1);
    if (edge == NULL)
        return arena_error(a, e);
    if (!sort_values(c->value, c->n))
        return error_memory(e);
    out->kind = GLOBAL_NUMBER;
    out->edge = edge;
    out->edges = c->n == 0 ? 0
                           : quantile_edges(quantile_array, c->value,
                                            (double)c->n, GLOBAL_EDGES + 1,
                                            edge);
    return ST_OK;
}

status portfolio_players(const struct model *m, const double *rows, size_t n,
                         struct arena *a, struct global_player **out,
                         struct error *e)
{
    struct column_values c = {.n = n > 0 ? n : nodes_of(m)};
    struct global_player *player =
        arena_new_array(a, struct global_player, m->features + 1);
    if (player == NULL)
        return arena_error(a, e);
    c.value = mem_array(c.n + 1, sizeof *c.value);
    if (c.value == NULL)
        return error_memory(e);
    status st = ST_OK;
    for (size_t j = 0; st == ST_OK && j < m->features; j++) {
        const struct model_feature *f = &m->feature[j];
        player[j].feature = j;
        if (f->kind == FEATURE_CATEGORY) {
            bool few = f->word_count > 0 && f->word_count < GLOBAL_CODES;
            player[j].kind = GLOBAL_CATEGORY;
            player[j].codes = few ? f->word_count : GLOBAL_CODES;
            continue;
        }
        if (n > 0)
            values_of_rows(&c, m, j, rows, n);
        else
            values_of_model(&c, m, j);
        st = number_edges(&c, a, &player[j], e);
    }
    mem_free(c.value);
    *out = player;
    return st;
}

/* --- the bound --- */

double game_largest(const struct model *m, const struct explainer *x,
                    const double *phi, size_t game)
{
    size_t wide = shapley_players(x) + 1;
    double largest = 0;
    phi += game * m->outputs * wide;
    for (size_t k = 0; k < m->outputs; k++)
        for (size_t p = 0; p + 1 < wide; p++)
            largest = fmax(largest, fabs(phi[k * wide + p]));
    return largest;
}

/* The largest difference; NaN where only one of the two is a number. */
static double difference(const double *a, const double *b, size_t outputs,
                         size_t players)
{
    double most = 0;
    for (size_t k = 0; k < outputs; k++)
        for (size_t p = 0; p < players; p++) {
            size_t at = k * (players + 1) + p;
            double d = fabs(a[at] - b[at]);
            if (isnan(d))
                return d;
            most = fmax(most, d);
        }
    return most;
}

static status broken(long long ordinal, double found, double bound,
                     struct error *e)
{
    return error_set(e, ST_BUG,
                     "row %lld: contributions of the fast kernels differ from "
                     "the strict ones by %g, more than the stated bound %g",
                     ordinal, found, bound);
}

status honesty_row(const struct model *m, const struct explainer *x,
                   struct explain_scratch *s, const double *row,
                   const double *phi, const double *residual,
                   long long ordinal, double *strict, struct honesty *h,
                   struct error *e)
{
    size_t players = shapley_players(x), games = shapley_games(x);
    size_t outputs = m->outputs, wide = outputs * (players + 1);
    TRY(shapley_explain_strict(x, s, row, strict, NULL, e));
    for (size_t g = 0; g < games; g++) {
        const double *fast = phi + g * wide, *slow = strict + g * wide;
        double largest = game_largest(m, x, strict, g);
        double bound = shapley_bound(x, g, largest);
        double found = difference(fast, slow, outputs, players);
        if (!(found <= bound))
            return broken(ordinal, found, bound, e);
        h->largest = fmax(h->largest, found);
        if (largest > 0)
            h->relative = fmax(h->relative, found / largest);
        if (bound > 0)
            h->bound_used = fmax(h->bound_used, found / bound);
        for (size_t k = 0; residual != NULL && k < outputs; k++)
            h->residual = fmax(h->residual,
                               fabs(residual[g * outputs + k]));
    }
    h->rows++;
    return ST_OK;
}

status honesty_measure(const struct model *m, const struct explainer *x,
                       struct explain_scratch *s, const double *rows,
                       size_t n, struct honesty *h, struct error *e)
{
    size_t outputs = m->outputs, games = shapley_games(x);
    size_t wide = games * outputs * (shapley_players(x) + 1);
    size_t features = m->features;
    if (shapley_mode(x) == EXPLAIN_STRICT)
        return ST_OK;
    double *all = mem_array(2 * wide + games * outputs, sizeof *all);
    if (all == NULL)
        return error_memory(e);
    status st = ST_OK;
    for (size_t i = 0; st == ST_OK && i < n; i++) {
        const double *row = rows + i * features;
        st = shapley_explain(x, s, row, 1, all, all + 2 * wide, e);
        if (st == ST_OK)
            st = honesty_row(m, x, s, row, all, all + 2 * wide, (long long)i + 1,
                             all + wide, h, e);
    }
    mem_free(all);
    return st;
}

void honesty_merge(struct honesty *into, const struct honesty *from)
{
    into->rows += from->rows;
    into->largest = fmax(into->largest, from->largest);
    into->relative = fmax(into->relative, from->relative);
    into->bound_used = fmax(into->bound_used, from->bound_used);
    into->residual = fmax(into->residual, from->residual);
}

/* --- reasons that the bound leaves open --- */

/* Inputs of a factor that the model reads. */
static size_t inputs_of(const struct project *p, const struct model *m,
                        size_t factor)
{
    size_t n = 0;
    for (size_t i = 0; i < p->factor[factor].features; i++) {
        long at = p->feature[p->factor[factor].feature[i]].model_feature;
        n += at >= 0 && m->feature[at].used;
    }
    return n;
}

static bool method_open(const struct reasons *r, const struct project *p,
                        const struct model *m, enum reasons_method k,
                        double bound, size_t most)
{
    size_t widest = 1, ranked = r->adverse[k];
    double first_below = -(double)INFINITY;
    for (size_t i = 0; i < r->factors; i++) {
        size_t inputs = inputs_of(p, m, i);
        double x = r->factor[i].shortfall[k];
        widest = inputs > widest ? inputs : widest;
        if (!(x > 0) && inputs > 0)
            first_below = fmax(first_below, x);
    }
    double slack = 2.0 * bound * (double)widest;
    for (size_t i = 0; i < ranked && i < most; i++) {
        double here = r->factor[r->ranked[k][i]].shortfall[k];
        double next = i + 1 < ranked
                          ? r->factor[r->ranked[k][i + 1]].shortfall[k]
                          : 0.0;
        if (!(here - next > slack))
            return true;
    }
    return ranked < most && first_below >= -slack;
}

bool reasons_open(const struct reasons *r, const struct project *p,
                  const struct model *m, const double bound[METHODS],
                  size_t most)
{
    for (int k = 0; k < METHODS; k++)
        if (r->has[k] && bound[k] > 0 &&
            method_open(r, p, m, (enum reasons_method)k, bound[k], most))
            return true;
    return false;
}
