/* Growing stretches. A bound over a larger box is never smaller, so how far a
 * range may grow is found by galloping and halving on its grid; trees whose
 * worst leaf is the same at the last range that passed and the first that did
 * not need no further look. */
#include "recourse/region_in.h"

/* Steps that may print alike; a grid that is finer yet has no stretches. */
enum { SAME_PRINT_MAX = 4096 };

/* --- bounds --------------------------------------------------------------- */

static bool start(struct around *a)
{
    const struct region *g = a->g;
    struct region_scratch *s = a->s;

    memcpy(s->from, a->after, g->p.quantities * sizeof *s->from);
    memcpy(s->to, a->after, g->p.quantities * sizeof *s->to);
    for (size_t i = 0; i < a->plan->changes; i++) {
        const struct recourse_change *c = &a->plan->change[i];
        if (g->p.lever[c->lever].code == NULL && !isnan(c->to) &&
            !region_range(a, i, c->to, c->to))
            return false;
    }
    for (size_t q = 0; q < g->p.quantities; q++)
        if (!(s->from[q] == a->after[q] && s->to[q] == a->after[q]) &&
            !isnan(a->after[q]))
            return false;
    for (size_t c = 0; c < g->p.scores; c++) {
        const struct region_score *k = &g->score[c];
        double sum = k->base;
        for (size_t t = 0; t < k->trees; t++) {
            s->worst[c][t] = region_tree(s, k, k->root[t]);
            sum += s->worst[c][t];
        }
        if (!(sum <= k->limit))
            return false;
    }
    return true;
}

static void open_trees(const struct around *a, size_t lever)
{
    struct region_scratch *s = a->s;

    for (size_t c = 0; c < a->g->p.scores; c++) {
        const struct region_score *k = &a->g->score[c];
        memset(s->mark, 0, k->trees);
        s->opens[c] = k->readers[lever];
        for (size_t i = 0; i < k->readers[lever]; i++) {
            s->open[c][i] = k->reads[lever][i];
            s->mark[k->reads[lever][i]] = 1;
        }
        s->fixed[c] = k->base;
        for (size_t t = 0; t < k->trees; t++)
            if (!s->mark[t])
                s->fixed[c] += s->worst[c][t];
    }
}

static bool bound(const struct around *a)
{
    struct region_scratch *s = a->s;
    bool passes = true;

    for (size_t c = 0; c < a->g->p.scores; c++) {
        const struct region_score *k = &a->g->score[c];
        double sum = s->fixed[c];
        for (size_t i = 0; i < s->opens[c]; i++) {
            uint32_t t = s->open[c][i];
            s->now[c][t] = region_tree(s, k, k->root[t]);
            sum += s->now[c][t];
        }
        passes = passes && sum <= k->limit;
    }
    return passes;
}

/* Keeps what was just bounded as the new inner (or outer) range, and closes the
 * trees that are the same at both. */
static void settle(const struct around *a, bool passes, bool outer_known)
{
    struct region_scratch *s = a->s;

    for (size_t c = 0; c < a->g->p.scores; c++) {
        double *to = passes ? s->worst[c] : s->beyond[c];
        size_t kept = 0;
        for (size_t i = 0; i < s->opens[c]; i++) {
            uint32_t t = s->open[c][i];
            to[t] = s->now[c][t];
            if (outer_known && s->worst[c][t] == s->beyond[c][t])
                s->fixed[c] += s->worst[c][t];
            else
                s->open[c][kept++] = t;
        }
        s->opens[c] = kept;
    }
}

/* --- one range, one way --------------------------------------------------- */

struct growth {
    const struct around *a;
    size_t change, lever;
    double way; /* +1 up, −1 down */
    struct region_stretch *stretch;
    double limit;    /* of the values themselves; ±INFINITY: none */
    bool open_limit; /* the limit itself is excluded (the own value) */
    bool outer_known;
};

static double value_at(const struct growth *w, double k)
{
    return region_reread(w->a->g, w->lever,
                         w->way * k * w->a->g->unit[w->lever]);
}

/* Is value x further than y, in the way of the growth? */
static bool further(const struct growth *w, double x, double y)
{
    return w->way > 0 ? x > y : x < y;
}

static bool in_limit(const struct growth *w, double x)
{
    return further(w, w->limit, x) || (!w->open_limit && x == w->limit);
}

static bool set_range(const struct growth *w, double end)
{
    return w->way > 0 ? region_range(w->a, w->change, w->stretch->low, end)
                      : region_range(w->a, w->change, end, w->stretch->high);
}

static bool probe(struct growth *w, double end)
{
    bool computed = set_range(w, end);
    bool passes = computed && bound(w->a);

    if (!computed)
        return false;
    w->outer_known = w->outer_known || !passes;
    settle(w->a, passes, w->outer_known);
    return passes;
}

/* The last grid value within the limit, as a count of steps; `from` steps are
 * within it. */
static double last_step(const struct growth *w, double from)
{
    double low = from, high, step = 1;

    if (isinf(w->limit))
        return REGION_STEPS;
    high = low + step;
    while (high < REGION_STEPS && in_limit(w, value_at(w, high))) {
        low = high;
        step *= 2;
        high += step;
    }
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (in_limit(w, value_at(w, middle)))
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* From step `low`, which passes, as far as it goes, at most to `last`. */
static double furthest(struct growth *w, double low, double last)
{
    double high = low + 1, step = 1;

    while (high < last && probe(w, value_at(w, high))) {
        low = high;
        step *= 2;
        high += step;
    }
    if (high >= last)
        high = last; /* which was refused already */
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (probe(w, value_at(w, middle)))
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void set_end(struct growth *w, double end, bool at_limit)
{
    struct region_stretch *t = w->stretch;

    *(w->way > 0 ? &t->high : &t->low) = end;
    *(w->way > 0 ? &t->or_more : &t->or_less) = at_limit;
}

static double range_end(const struct growth *w)
{
    return w->way > 0 ? w->stretch->high : w->stretch->low;
}

/* The box of the scratch is the granted one afterwards. */
static void grow(struct growth *w)
{
    const struct around *a = w->a;
    double to = a->plan->change[w->change].to;
    double k =
        floor(fabs(to) / a->g->unit[w->lever]) * (further(w, to, 0) ? 1 : -1) -
        2;

    if (!(fabs(k) < REGION_STEPS - SAME_PRINT_MAX))
        return;
    for (int same = 0; !further(w, value_at(w, k), to); k++)
        if (same++ == SAME_PRINT_MAX)
            return;
    /* step k is the first beyond the plan's own value */
    bool any = in_limit(w, value_at(w, k));
    set_end(w, to, !any && !w->open_limit);
    if (!any)
        return;
    open_trees(a, w->lever);
    w->outer_known = false;
    if (isinf(w->limit) && probe(w, w->way * REGION_FAR)) {
        set_end(w, w->limit, true);
        return;
    }
    double last = last_step(w, k);
    if (!isinf(w->limit) && probe(w, value_at(w, last)))
        set_end(w, value_at(w, last), !w->open_limit);
    else if (last > k - 1) {
        double end = furthest(w, k - 1, last);
        if (end >= k)
            set_end(w, value_at(w, end), false);
    }
    double end = range_end(w);
    (void)set_range(w, isinf(end) ? w->way * REGION_FAR : end);
}

/* --- whole plans ---------------------------------------------------------- */

static bool grows(const struct around *a, size_t i)
{
    const struct recourse_change *c = &a->plan->change[i];
    const struct recourse_lever *l = &a->g->p.lever[c->lever];

    return !a->still && l->code == NULL && isfinite(c->to);
}

/* away: from the own value; else back towards it. A value that was missing has
 * neither: its ranges grow up, then down. */
static void grow_change(const struct around *a, size_t i, bool away,
                        struct region_stretch *stretch)
{
    const struct recourse_change *c = &a->plan->change[i];
    const struct recourse_lever *l = &a->g->p.lever[c->lever];
    bool up = isnan(c->from) || c->to > c->from ? away : !away;
    struct growth w = {a,           i,       c->lever,
                       up ? 1 : -1, stretch, up ? l->high : l->low,
                       false,       false};

    if (!away && !isnan(c->from) && !further(&w, c->from, w.limit)) {
        w.limit = c->from;
        w.open_limit = true;
    }
    grow(&w);
}

static struct around begin(const struct region *g, struct region_scratch *s,
                           const double *row, const double *after,
                           const struct recourse_plan *plan,
                           struct region_stretch *out)
{
    struct around a = {
        .g = g, .s = s, .row = row, .after = after, .plan = plan};

    for (size_t i = 0; i < plan->changes; i++)
        out[i] = (struct region_stretch){.low = plan->change[i].to,
                                         .high = plan->change[i].to};
    a.still = !start(&a);
    return a;
}

void region_around(const struct region *g, struct region_scratch *s,
                   const double *row, const double *after,
                   const struct recourse_plan *plan,
                   struct region_stretch out[RECOURSE_LEVERS_MAX])
{
    struct around a = begin(g, s, row, after, plan, out);

    for (int away = 1; away >= 0; away--)
        for (size_t i = 0; i < plan->changes; i++)
            if (grows(&a, i))
                grow_change(&a, i, away == 1, &out[i]);
    for (size_t i = 0; i < plan->changes; i++) {
        bool wide = out[i].low < out[i].high;
        out[i].or_less = out[i].or_less && wide;
        out[i].or_more = out[i].or_more && wide;
    }
}

/* False: a leaf's value is not its own alone. */
static bool leaves_add_up(const struct region_score *k, const double *after,
                          double *sum)
{
    *sum = k->base;
    for (size_t t = 0; t < k->trees && k->network == NULL; t++) {
        uint32_t at = k->root[t];
        while (k->node[at].kind != REGION_LEAF) {
            if (k->node[at].kind == REGION_LINE)
                return false;
            at = node_goes_left(k->model, k->own[at],
                                after[k->node[at].quantity])
                     ? k->node[at].left
                     : k->node[at].right;
        }
        *sum += k->node[at].value;
    }
    return k->network == NULL;
}

static void score_slack(const struct region *g, struct region_scratch *s,
                        const double *after, struct region_slack *out)
{
    for (size_t c = 0; c < g->p.scores; c++) {
        const struct region_score *k = &g->score[c];
        double sum;
        if (!leaves_add_up(k, after, &sum)) {
            for (size_t f = 0; f < k->model->features; f++)
                s->row[f] = after[k->quantity[f]];
            model_margin(k->model, s->row, s->margin);
            sum = k->sign * s->margin[g->p.score[c].output];
        }
        out->score[c] = k->sign * g->p.score[c].cutoff - sum;
    }
}

void region_slack(const struct region *g, struct region_scratch *s,
                  const double *row, const double *after,
                  const struct recourse_plan *plan, struct region_slack *out)
{
    struct region_stretch stretch[RECOURSE_LEVERS_MAX];

    memset(out, 0, sizeof *out);
    score_slack(g, s, after, out);
    for (size_t i = 0; i < plan->changes; i++) {
        struct around a = begin(g, s, row, after, plan, stretch);
        const struct recourse_change *c = &plan->change[i];
        if (grows(&a, i) && !isnan(c->from))
            grow_change(&a, i, false, &stretch[i]);
        out->nearest[i] = c->to > c->from ? stretch[i].low : stretch[i].high;
    }
}
