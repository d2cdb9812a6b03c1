/* The check itself. A decision's proof is a tree over boxes: an interval of
 * candidate positions for each lever. A split cuts a box in two, so the leaves
 * cover everything by construction; each leaf is tested here by itself, and
 * nothing is searched for. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 4000 };

/* A box on the way down, and what it reaches. */
struct level {
    struct box b;
    struct level *from; /* what mask and best are still to be copied from */
    uint64_t *mask;   /* leaves of all groups, one bit each */
    double *best;     /* [groups] least value among them */
    bool stale[DIMS]; /* cut since mask and best were made */
};
struct state {
    struct game g;
    struct log *log;
    const struct decision *d;
    struct level level[DEEPEST];
    int levels;     /* of them made */
    double **share; /* one price set: [group][lever][position] */
    const struct price *priced;
    int boxes;
};

/* Cuts a lever; the dimensions that move with it are looked at when needed. */
static void cut(const struct state *c, struct level *v, int a, int low,
                int high)
{
    v->b.low[a] = low;
    v->b.high[a] = high;
    v->stale[a] = true;
    for (int d = c->g.s.p->levers; d < c->g.dims; d++)
        v->stale[d] |= c->g.s.mover[c->g.quantity[d]].levers >> a & 1;
}

/* Brings mask and best up to the box. */
static void settle(const struct state *c, struct level *v)
{
    if (v->from != NULL) {
        settle(c, v->from);
        memcpy(v->mask, v->from->mask, (size_t)c->g.words * sizeof *v->mask);
        memcpy(v->best, v->from->best, (size_t)c->g.groups * sizeof *v->best);
        v->from = NULL;
    }
    for (int d = 0; d < c->g.dims; d++) {
        bool lever = d < c->g.s.p->levers;
        int low = lever ? v->b.low[d] : 0, high = lever ? v->b.high[d] : 0;
        if (v->stale[d] && (lever || computed_at(&c->g, d, &v->b, &low, &high)))
            narrow(&c->g, d, low, high, v->mask, v->best);
        v->stale[d] = false;
    }
}

static struct level *level_at(struct state *c, int depth)
{
    struct run *r = c->g.s.r;
    if (depth >= DEEPEST)
        refuse(r, "the proof is more than %d splits deep", DEEPEST);
    for (; c->levels <= depth; c->levels++) {
        c->level[c->levels].mask = NEW(r, r->row, c->g.words + 1, uint64_t);
        c->level[c->levels].best = NEW(r, r->row, c->g.groups + 1, double);
    }
    return &c->level[depth];
}

/* The lever's candidate nearest to the own value, and its cost. */
static int near(const struct state *c, const struct level *v, int a)
{
    int own = c->g.s.axis[a].own, low = v->b.low[a], high = v->b.high[a];
    return low > own ? low : high < own ? high : own;
}

static int changed(const struct state *c, const struct level *v)
{
    int n = 0;
    for (int a = 0; a < c->g.s.p->levers; a++)
        n += !holds_own(&c->g.s, &v->b, a);
    return n;
}

/* --- what leaves of the proof claim ------------------------------------ */

/* No point of the box has a lower oriented sum. */
static double least_sum(const struct state *c, const struct level *v, int score)
{
    double sum = c->g.constant[score];
    for (int i = 0; i < c->g.groups; i++)
        if (c->g.group[i].score == score)
            sum += v->best[i];
    return sum;
}

/* Above this no sum of trees passes, however it is rounded. */
static double limit(const struct state *c, int score)
{
    const struct score *k = &c->g.s.p->score[score];
    return k->sign * k->cutoff - k->guard + k->room;
}

static bool passes(const struct state *c, int score, const double *quantity)
{
    const struct score *k = &c->g.s.p->score[score];
    double exact, native, most = k->sign * k->cutoff;
    model_sums(k->model, k->output, k->quantity, quantity, &exact, &native);
    return k->sign * exact <= most - k->guard && k->sign * native <= most;
}

static bool passes_all(const struct state *c, const int *position)
{
    double *quantity =
        NEW(c->g.s.r, c->g.s.r->row, c->g.s.p->quantities, double);
    bool all = point(&c->g.s, position, quantity);
    for (int k = 0; all && k < c->g.s.p->scores; k++)
        all = passes(c, k, quantity);
    return all;
}

/* One value of every tree all over the box, and that is refused. */
static bool point_fails(const struct state *c, const struct level *v)
{
    int position[LEVERS];
    for (int i = 0; i < c->g.groups; i++) {
        int left = 0;
        for (int w = 0; w < c->g.group[i].words; w++)
            left += __builtin_popcountll(v->mask[c->g.group[i].first + w]);
        if (left != 1)
            return false;
    }
    for (int a = 0; a < c->g.s.p->levers; a++)
        position[a] = near(c, v, a);
    return !passes_all(c, position);
}

/* Shares of the levers' costs, by group and position; and of all groups. */
static void make_shares(struct state *c, const struct price *k)
{
    struct run *r = c->g.s.r;
    c->priced = k;
    c->share = NEW(r, r->row, (long)(c->d->groups + 1) * LEVERS, double *);
    for (int i = 0; i < 2 * k->shares; i++) {
        const struct share *x = &k->share[i / 2];
        const struct axis *axis = &c->g.s.axis[x->lever];
        int at = position_of(&c->g.s, x->lever, x->value);
        int group = i % 2 == 0 ? x->group : c->d->groups;
        double **share = &c->share[group * LEVERS + x->lever];
        if (*share == NULL)
            *share = NEW(r, r->row, axis->n, double);
        for (int j = at; j >= 0 && j<axis->n; j += at> axis->own ? 1 : -1)
            (*share)[j] += x->add;
    }
}

/* Least mu × leaf + further cost of getting to it, of one group. */
static double least_priced(const struct state *c, const struct level *v, int g,
                           const struct price *k)
{
    const struct leaves *x = &c->g.group[g];
    double least = INFINITY;
    for (int i = 0; i < x->n; i++) {
        if ((v->mask[x->first + i / 64] >> (i % 64) & 1) == 0)
            continue;
        double sum = k->mu[x->score] * x->value[i];
        for (int a = 0; a < c->g.s.p->levers && g < c->d->groups; a++) {
            const double *share = c->share[g * LEVERS + a];
            const struct reach *y = &x->reach[a * x->n + i];
            int low = v->b.low[a] > y->low ? v->b.low[a] : y->low;
            int high = v->b.high[a] < y->high ? v->b.high[a] : y->high;
            double best = INFINITY;
            if (share == NULL || !x->reads[a])
                continue;
            if (y->set == 0) /* the nearest to the own one */
                low = high = near(c, v, a) < low    ? low
                             : near(c, v, a) > high ? high
                                                    : near(c, v, a);
            for (int j = low; j <= high; j++)
                if (y->set == 0 || is_in(&c->g, y, j))
                    best = fmin(best, share[j]);
            sum += best - share[near(c, v, a)];
        }
        least = fmin(least, sum);
    }
    return least;
}

static bool price_holds(struct state *c, const struct level *v,
                        const struct price *k)
{
    double bound = 0;
    if (c->priced != k)
        make_shares(c, k);
    for (int i = 0; i < c->g.s.p->scores; i++)
        bound += k->mu[i] * (c->g.constant[i] - limit(c, i));
    for (int i = 0; i < c->g.groups; i++)
        bound += k->mu[c->g.group[i].score] == 0 ? 0 : least_priced(c, v, i, k);
    for (int a = 0; a < c->g.s.p->levers; a++) {
        const double *all = c->share[c->d->groups * LEVERS + a];
        const double *cost = c->g.s.axis[a].cost;
        int n = near(c, v, a);
        bound += cost[n];
        /* From there on nothing is shared out for more than it costs. */
        for (int j = v->b.low[a]; all != NULL && j <= v->b.high[a]; j++)
            if (all[j] - all[n] > cost[j] - cost[n] + GRAIN / 1024)
                return false;
    }
    return bound > c->d->claim - GRAIN / 2;
}

/* Does the token's reason rule out every plan that is cheaper than the claim? */
static bool leaf_holds(struct state *c, const char *token, struct level *v)
{
    const struct problem *p = c->g.s.p;
    char *end = NULL;
    long which = token[1] == '\0' ? 0 : strtol(token + 1, &end, 10);
    double cost = 0;
    if ((end != NULL && *end != '\0') || which < 0)
        return false;
    for (int a = 0; a < p->levers; a++)
        cost += c->g.s.axis[a].cost[near(c, v, a)];
    if (strchr("spm", token[0]) != NULL)
        settle(c, v);
    switch (token[0]) {
    case 's':
        return which < p->scores &&
               (least_sum(c, v, (int)which) > limit(c, (int)which) ||
                no_value(&c->g.s, &v->b)); /* nothing to miss it with */
    case 'c':
        return cost >= c->d->claim;
    case 'k':
        return changed(c, v) > p->changes;
    case 'r':
        return which < p->rules &&
               !rule_can_hold(&c->g.s, &p->rule[which], &v->b);
    case 'f':
        return no_value(&c->g.s, &v->b);
    case 'p':
        return point_fails(c, v);
    case 'm':
        return which < c->d->prices && price_holds(c, v, &c->d->price[which]);
    }
    return false;
}

/* As many levers as may are off their own value, so the others stay. */
static void stay(const struct state *c, struct level *v)
{
    if (changed(c, v) < c->g.s.p->changes)
        refuse(c->g.s.r, "\"K\" with only %d levers changed", changed(c, v));
    int open = 0;
    for (int a = 0; a < c->g.s.p->levers; a++)
        if (holds_own(&c->g.s, &v->b, a) && v->b.low[a] < v->b.high[a]) {
            cut(c, v, a, c->g.s.axis[a].own, c->g.s.axis[a].own);
            open++;
        }
    if (open == 0)
        refuse(c->g.s.r, "\"K\" leaves its box as it is");
}

/* One subtree: its box is the level's. */
static void check_tree(struct state *c, int depth)
{
    struct level *v = level_at(c, depth), *next = level_at(c, depth + 1);
    for (;;) {
        const char *token = log_token(c->g.s.r, c->log);
        char *end;
        long a = strtol(token, &end, 10);
        double value = 0;
        c->boxes++;
        if (token[0] == 'K') {
            stay(c, v);
            continue;
        }
        if (end == token && !leaf_holds(c, token, v))
            refuse(c->g.s.r, "leaf \"%s\" does not hold", token);
        if (end == token)
            return;
        bool good = *end == '/' && a >= 0 && a < c->g.s.p->levers &&
                    log_value(end + 1, &value);
        if (!good)
            refuse(c->g.s.r, "\"%s\" is neither a split nor a leaf", token);
        int at = position_of(&c->g.s, (int)a, value), low, high, own;
        low = v->b.low[a], high = v->b.high[a], own = c->g.s.axis[a].own;
        if (at == own ||
            (at > own ? low >= at || at > high : low > at || at >= high))
            refuse(c->g.s.r, "split \"%s\" cuts nothing off its box", token);
        next->from = v;
        memset(next->stale, 0, sizeof next->stale);
        next->b = v->b;
        cut(c, next, (int)a, at > own ? low : at + 1, at > own ? at - 1 : high);
        check_tree(c, depth + 1);
        cut(c, v, (int)a, at > own ? at : low, at > own ? high : at);
    }
}

/* --- one decision ------------------------------------------------------ */

static void check_plan(struct state *c)
{
    const struct decision *d = c->d;
    const struct problem *p = c->g.s.p;
    struct box b;
    double cost = 0;
    for (int a = 0; a < p->levers; a++)
        b.low[a] = c->g.s.axis[a].own;
    for (int i = 0; i < d->changes; i++) {
        int a = d->lever[i];
        b.low[a] = position_of(&c->g.s, a, d->to[i]);
        if (b.low[a] == c->g.s.axis[a].own)
            refuse(c->g.s.r, "the plan leaves lever %d where it is", a);
        cost += c->g.s.axis[a].cost[b.low[a]];
    }
    memcpy(b.high, b.low, sizeof b.high);
    if (cost != d->cost)
        refuse(c->g.s.r, "the plan costs %.17g, not %.17g", cost, d->cost);
    if (d->changes < 1 || d->changes > p->changes)
        refuse(c->g.s.r, "the plan changes %d levers", d->changes);
    for (int i = 0; i < p->rules; i++)
        if (!rule_can_hold(&c->g.s, &p->rule[i], &b))
            refuse(c->g.s.r, "the plan breaks rule %d", i);
    if (!passes_all(c, b.low))
        refuse(c->g.s.r, "the plan does not pass");
}

static bool says(const struct decision *d, const char *status)
{
    return strcmp(d->status, status) == 0;
}

/* The status word against plan and claim. */
static void check_status(const struct state *c)
{
    const struct decision *d = c->d;
    const struct score *k = &c->g.s.p->score[0];
    bool bound = d->proven && isfinite(d->claim), none = d->proven && !bound;
    double exact, native;
    model_sums(k->model, k->output, k->quantity, c->g.s.row, &exact, &native);
    double limit = c->g.s.p->decided;
    bool met = k->sign * native <= k->sign * limit + fabs(limit) * 1e-9;
    if (!(says(d, "smallest")     ? d->plan && bound && d->claim == d->cost
          : says(d, "within")     ? d->plan && bound && d->claim < d->cost
          : says(d, "found")      ? d->plan && !none && d->claim < d->cost
          : says(d, "impossible") ? !d->plan && none
          : says(d, "undecided")  ? !d->plan && !none
                                  : says(d, "met") && met && !d->proven))
        refuse(c->g.s.r, "\"%s\" does not go with this row, plan and claim",
               d->status);
}

void check_decision(struct state *c, const struct decision *d, struct tally *t)
{
    struct run *r = c->g.s.r;
    const struct problem *p = c->g.s.p;
    c->d = d;
    c->levels = c->boxes = 0;
    c->priced = NULL;
    c->g.s.row = NEW(r, r->row, p->quantities, double);
    check_row(r, p, d, c->g.s.row);
    check_status(c);
    t->decisions++;
    t->smallest += says(d, "smallest");
    t->impossible += says(d, "impossible");
    make_space(&c->g.s);
    if (d->plan)
        check_plan(c);
    t->plans += d->plan;
    if (!d->proven)
        return;
    make_groups(&c->g, d);
    struct level *v = level_at(c, 0);
    for (int i = 0; i < c->g.groups; i++) {
        const struct leaves *g = &c->g.group[i];
        for (int k = 0; k < g->n; k++)
            v->mask[g->first + k / 64] |= (uint64_t)1 << (k % 64);
        v->best[i] = g->value[0];
    }
    for (int a = 0; a < p->levers; a++)
        v->b.low[a] = 0, v->b.high[a] = c->g.s.axis[a].n - 1;
    memset(v->stale, 0, sizeof v->stale);
    check_tree(c, 0);
    log_tree_end(r, c->log);
    t->boxes += c->boxes;
}

struct state *check_new(struct run *r, const struct problem *p, struct log *l)
{
    struct state *c = NEW(r, r->files, 1, struct state);
    c->log = l;
    c->g.s.r = r;
    c->g.s.p = p;
    return c;
}
