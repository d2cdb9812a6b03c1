/* Which values a lever may take at all: the grid of printed decimals around the
 * models' thresholds, or all of it. Of the project, whatever the row. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GRID_MOST = 1000 };

double rounded(double x, int decimals)
{
    static const double power[] = {1,   1e1, 1e2, 1e3, 1e4,
                                   1e5, 1e6, 1e7, 1e8, 1e9};
    char text[400];
    if (decimals < 0 || !isfinite(x))
        return x;
    double steps = x * power[decimals], whole = nearbyint(steps);
    /* Well clear of a tie, and exact: the quotient is what the text reads as.
     */
    if (fabs(steps) < 0x1p40 && fabs(fabs(steps - whole) - 0.5) > 1e-3)
        return whole / power[decimals] + 0.0;
    snprintf(text, sizeof text, "%.*f", decimals, x);
    return strtod(text, NULL) + 0.0;
}

double grid_value(const struct lever *l, double k)
{
    char text[400];
    snprintf(text, sizeof text, "%.*f", l->decimals, k * l->unit);
    return strtod(text, NULL) + 0.0;
}

/* Is a grid value on the upper side: not below a threshold, or (without a
 * model) at least a number? */
static bool upper(const struct model *m, double x, double t)
{
    return m == NULL ? x >= t : !below(m, x, t);
}

static double first_upper(const struct lever *l, const struct model *m,
                          double t)
{
    double low = floor(t / l->unit), high = low;
    for (double step = 1; upper(m, grid_value(l, low), t) && step < 0x1p52;
         step *= 2)
        low -= step;
    for (double step = 1; !upper(m, grid_value(l, high), t) && step < 0x1p52;
         step *= 2)
        high += step;
    while (high - low > 1) {
        double mid = floor((low + high) / 2);
        if (upper(m, grid_value(l, mid), t))
            high = mid;
        else
            low = mid;
    }
    return high;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int distinct(double *x, int n)
{
    int kept = 0;
    qsort(x, (size_t)n, sizeof *x, by_value);
    for (int i = 0; i < n; i++)
        if (kept == 0 || x[i] != x[kept - 1])
            x[kept++] = x[i];
    return kept;
}

/* Thresholds of one score's splits on a quantity, ascending. */
static double *thresholds_of(struct run *r, const struct score *k, int q,
                             int *n, bool *zero_missing, bool *sets)
{
    const struct model *m = k->model;
    double *x = NULL;
    for (int pass = 0; pass < 2; pass++) {
        *n = 0;
        for (int i = 0; i < m->trees; i++)
            for (int j = 0;
                 m->tree[i].output == k->output && j < m->tree[i].nodes; j++) {
                const struct node *o = &m->tree[i].node[j];
                if (o->feature < 0 || k->quantity[o->feature] != q)
                    continue;
                *zero_missing |= o->zero_missing;
                *sets |= o->is_set;
                if (x != NULL && !o->is_set)
                    x[*n] = o->threshold;
                *n += !o->is_set;
            }
        x = pass == 0 ? NEW(r, r->files, *n + 3, double) : x;
    }
    if (*zero_missing) { /* zeros between two of their own */
        x[(*n)++] = (double)1e-35F;
        x[(*n)++] = nextafter(-(double)1e-35F, -1);
    }
    *n = distinct(x, *n);
    return x;
}

/* Of the levers that a formula or rule, or waiting, looks at every step. */
static bool is_whole(const struct problem *p, const struct lever *l)
{
    bool whole = false;
    for (int e = -1; e < l->effects; e++) {
        int q = e < 0 ? l->quantity : l->effect[e].quantity;
        whole |= e >= 0 && l->effect[e].kind == 'a';
        for (int i = 0; i < p->formulas && q >= 0; i++)
            whole |= p->formula[i].a == q || p->formula[i].b == q;
        for (int i = 0; i < p->rules && q >= 0; i++) {
            const struct rule *k = &p->rule[i];
            for (int j = 0; k->kind == 'l' && j < k->terms; j++)
                whole |= k->term[j] == q;
            whole |= k->kind == 'i' && (k->when == q || k->then == q);
        }
    }
    return whole;
}

static void whole_grid(struct run *r, struct lever *l)
{
    double n = (l->high - l->low) / l->unit;
    if (!(n < GRID_MOST + 2))
        refuse(
            r,
            "lever \"%s\" stands in a formula or rule and has too many values",
            l->key);
    l->grid = NEW(r, r->files, (size_t)n + 4, double);
    for (double k = floor(l->low / l->unit) - 1;
         k <= ceil(l->high / l->unit) + 1; k++) {
        double v = grid_value(l, k);
        if (v >= l->low && v <= l->high &&
            (l->grids == 0 || v > l->grid[l->grids - 1]) &&
            l->grids < (int)n + 4)
            l->grid[l->grids++] = v;
    }
}

static void sides(struct run *r, const struct problem *p, struct lever *l)
{
    bool sets = false;
    double first = -INFINITY, last = INFINITY, *of[SCORES];
    int n[SCORES], all = 0;
    if (isfinite(l->low))
        first = grid_value(l, first_upper(l, NULL, l->low));
    if (isfinite(l->high))
        last = grid_value(
            l, first_upper(l, NULL, nextafter(l->high, INFINITY)) - 1);
    for (int k = 0; k < p->scores; k++) {
        of[k] = thresholds_of(r, &p->score[k], l->quantity, &n[k],
                              &l->zero_missing, &sets);
        all += n[k];
    }
    if (sets)
        refuse(r, "lever \"%s\" is a category without words", l->key);
    l->threshold = NEW(r, r->files, all + 1, double);
    l->above = NEW(r, r->files, all + 1, double);
    l->below = NEW(r, r->files, all + 1, double);
    l->compares = NEW(r, r->files, all + 1, const struct model *);
    l->grid = NEW(r, r->files, 4, double);
    for (int k = 0; k < p->scores; k++)
        for (int i = 0; i < n[k]; i++) {
            double t = of[k][i];
            if (!(fabs(t) < 0x1p50 * l->unit))
                continue;
            double at = first_upper(l, p->score[k].model, t);
            int j = l->thresholds++;
            l->threshold[j] = t;
            l->compares[j] = p->score[k].model;
            l->above[j] = fmax(grid_value(l, at), first);
            l->below[j] = fmin(grid_value(l, at - 1), last);
        }
    for (int k = -1; k < 2 && l->zero_missing; k++)
        l->grid[l->grids++] = grid_value(l, k);
}

void make_grids(struct run *r, struct problem *p)
{
    for (int a = 0; a < p->levers; a++) {
        struct lever *l = &p->lever[a];
        bool sets = false;
        for (int k = 0; k < p->scores; k++) {
            int n;
            for (int e = 0; e < l->effects; e++)
                thresholds_of(r, &p->score[k], l->effect[e].quantity, &n,
                              &l->zero_missing, &sets);
        }
        if (l->code != NULL)
            continue;
        if (is_whole(p, l)) {
            for (int k = 0, n; k < p->scores && l->quantity >= 0; k++)
                thresholds_of(r, &p->score[k], l->quantity, &n,
                              &l->zero_missing, &sets);
            whole_grid(r, l);
        } else {
            sides(r, p, l);
        }
    }
    for (int i = 0; i < p->formulas; i++)
        for (int k = 0; k < p->scores; k++) {
            struct formula *f = &p->formula[i];
            bool zero = false, sets = false;
            f->threshold[k] = thresholds_of(r, &p->score[k], f->quantity,
                                            &f->thresholds[k], &zero, &sets);
            for (int a = 0; a < p->levers; a++) /* its zeros lie apart */
                p->lever[a].zero_missing |= zero;
            if (sets)
                refuse(r, "a formula gives a quantity that a model takes for "
                          "words");
        }
}
