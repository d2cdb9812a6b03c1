/* Best-first search over boxes. The cheapest box is narrowed as far as the bound
 * and the rules allow, its cheapest corner tried, and the rest split. */
#include "recourse/engine.h"

enum { ROUNDS = 4 };

struct search {
    struct trial *t;
    const struct game *g;
    size_t n;                          /* axes that can move */
    uint8_t axis[RECOURSE_LEVERS_MAX]; /* k → axis */
    /* Leaves left by axes before k and from k on: whole box, and with free
     * axes at their own values. */
    uint64_t *before, *after, *before_own, *after_own, *mask;
    bool must[RECOURSE_LEVERS_MAX];    /* free, but unchanged misses the cutoff */
    struct box *heap;
    size_t count, room;
    uint32_t births;
};

static const struct axis *axis_at(const struct search *s, size_t k)
{
    return &s->g->axis[s->axis[k]];
}

static bool is_free(const struct search *s, const struct box *b, size_t k)
{
    size_t own = axis_at(s, k)->own, a = s->axis[k];

    return b->low[a] <= own && own <= b->high[a];
}

static uint16_t nearest_index(const struct axis *x, const struct box *b,
                              size_t a)
{
    if (b->low[a] > x->own)
        return b->low[a];
    return b->high[a] < x->own ? b->high[a] : (uint16_t)x->own;
}

static void price(const struct search *s, struct box *b)
{
    b->cost = 0;
    b->forced = 0;
    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        if (!is_free(s, b, k)) {
            b->cost += x->cost[nearest_index(x, b, s->axis[k])];
            b->forced++;
        }
    }
}

/* Can anything in the box come before the best plan so far? */
static bool promising(const struct search *s, const struct box *b)
{
    const struct best_plan *p = &s->t->best;

    if (b->forced > s->t->r->p.most_changes)
        return false;
    return !p->found || b->cost < p->cost ||
           (b->cost == p->cost && b->forced <= p->changes);
}

static bool earlier(const struct box *a, const struct box *b)
{
    if (a->cost != b->cost)
        return a->cost < b->cost;
    if (a->forced != b->forced)
        return a->forced < b->forced;
    return a->order < b->order;
}

static status push(struct search *s, const struct box *from, size_t axis,
                   size_t low, size_t high, struct error *e)
{
    struct arena *a = s->t->s->boxes;
    size_t axes = s->g->axes;
    struct box b = {.order = s->births};

    b.low = arena_new_array(a, uint16_t, 2 * axes);
    if (b.low == NULL)
        return arena_error(a, e);
    b.high = b.low + axes;
    memcpy(b.low, from->low, axes * sizeof *b.low);
    memcpy(b.high, from->high, axes * sizeof *b.high);
    b.low[axis] = (uint16_t)low;
    b.high[axis] = (uint16_t)high;
    price(s, &b);
    if (!promising(s, &b))
        return ST_OK;
    s->births++;
    if (s->count == s->room) {
        size_t room = s->room * 2 + 64;
        struct box *heap = arena_new_array(a, struct box, room);
        if (heap == NULL)
            return arena_error(a, e);
        if (s->count > 0)
            memcpy(heap, s->heap, s->count * sizeof *heap);
        s->heap = heap;
        s->room = room;
    }
    size_t i = s->count++;
    for (; i > 0 && earlier(&b, &s->heap[(i - 1) / 2]); i = (i - 1) / 2)
        s->heap[i] = s->heap[(i - 1) / 2];
    s->heap[i] = b;
    return ST_OK;
}

static struct box pop(struct search *s)
{
    struct box top = s->heap[0], last = s->heap[--s->count];
    size_t i = 0;

    for (;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < s->count &&
            earlier(&s->heap[child + 1], &s->heap[child]))
            child++;
        if (child >= s->count || !earlier(&s->heap[child], &last))
            break;
        s->heap[i] = s->heap[child];
        i = child;
    }
    s->heap[i] = last;
    return top;
}

/* --- masks ------------------------------------------------------------------ */

static void chain(const struct search *s, const struct box *b, bool own,
                  uint64_t *before, uint64_t *after)
{
    size_t w = s->g->words, bytes = w * sizeof(uint64_t);

    memcpy(before, s->g->full, bytes);
    memcpy(after + s->n * w, s->g->full, bytes);
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k], back = s->n - 1 - k, z = s->axis[back];
        const struct axis *x = axis_at(s, k), *y = axis_at(s, back);
        bool at_x = own && is_free(s, b, k), at_y = own && is_free(s, b, back);

        memcpy(before + (k + 1) * w, before + k * w, bytes);
        mask_narrow(x, before + (k + 1) * w, at_x ? x->own : b->low[a],
                    at_x ? x->own : b->high[a]);
        memcpy(after + back * w, after + (back + 1) * w, bytes);
        mask_narrow(y, after + back * w, at_y ? y->own : b->low[z],
                    at_y ? y->own : b->high[z]);
    }
}

/* The bound with axis k at low … high instead. */
static double bound_with(const struct search *s, const uint64_t *before,
                         const uint64_t *after, size_t k, size_t low,
                         size_t high)
{
    size_t w = s->g->words;
    const uint64_t *p = before + k * w, *q = after + (k + 1) * w;

    for (size_t v = 0; v < w; v++)
        s->mask[v] = p[v] & q[v];
    mask_narrow(axis_at(s, k), s->mask, low, high);
    return mask_score(s->g, s->mask);
}

static bool misses(const struct search *s, double bound)
{
    return bound > s->g->limit;
}

/* --- narrowing ---------------------------------------------------------------- */

/* An end of an order rule: an axis, or the row's value. */
static const struct axis *rule_axis(const struct search *s, size_t feature,
                                    int32_t *at)
{
    *at = s->t->r->lever_of[feature];
    return *at < 0 ? NULL : &s->g->axis[*at];
}

static bool narrow_rule(const struct search *s, struct box *b,
                        const struct recourse_order *o)
{
    int32_t i, j;
    const struct axis *x = rule_axis(s, o->feature_a, &i);
    const struct axis *y = rule_axis(s, o->feature_b, &j);
    double own_a = s->t->row[o->feature_a], own_b = s->t->row[o->feature_b];

    if ((x == NULL && y == NULL) || isnan(own_a) || isnan(own_b))
        return true;
    double most = y != NULL ? y->value[b->high[j]] : own_b;
    if (x != NULL) {
        while (x->value[b->high[i]] > most) {
            if (b->high[i] == b->low[i])
                return false;
            b->high[i]--;
        }
    }
    double least = x != NULL ? x->value[b->low[i]] : own_a;
    if (y != NULL) {
        while (y->value[b->low[j]] < least) {
            if (b->low[j] == b->high[j])
                return false;
            b->low[j]++;
        }
    }
    return true;
}

/* Drops candidates dearer than what is left of the best plan's cost. */
static void clip_costs(const struct search *s, struct box *b)
{
    const struct best_plan *p = &s->t->best;

    for (size_t k = 0; p->found && k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k];
        double left = p->cost - b->cost + x->cost[nearest_index(x, b, a)];
        while (b->high[a] > x->own && b->high[a] > b->low[a] &&
               x->cost[b->high[a]] > left)
            b->high[a]--;
        while (b->low[a] < x->own && b->low[a] < b->high[a] &&
               x->cost[b->low[a]] > left)
            b->low[a]++;
    }
}

static bool narrow_rules(struct search *s, struct box *b)
{
    const struct recourse_problem *p = &s->t->r->p;

    price(s, b);
    if (!promising(s, b))
        return false;
    clip_costs(s, b);
    for (size_t i = 0; i < p->orders; i++) {
        if (!narrow_rule(s, b, &p->order[i]))
            return false;
    }
    price(s, b);
    if (!promising(s, b))
        return false;
    if (b->forced < p->most_changes)
        return true;
    for (size_t k = 0; k < s->n; k++) {
        if (is_free(s, b, k))
            b->low[s->axis[k]] = b->high[s->axis[k]] =
                (uint16_t)axis_at(s, k)->own;
    }
    return true;
}

/* A free axis that misses the cutoff at its own value has to move. */
static bool force_moves(struct search *s, struct box *b, bool *changed)
{
    size_t needed = b->forced;

    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        size_t a = s->axis[k];
        s->must[k] = false;
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        if (!misses(s, bound_with(s, s->before, s->after, k, x->own, x->own)))
            continue;
        needed++;
        if (b->low[a] < x->own && b->high[a] > x->own) {
            s->must[k] = true;
            continue;
        }
        *changed = true;
        if (b->low[a] == x->own)
            b->low[a]++;
        else
            b->high[a]--;
    }
    return needed <= s->t->r->p.most_changes;
}

/* With one change left, a free axis must reach the cutoff alone or stay. */
static void test_alone(struct search *s, struct box *b, bool *changed)
{
    if (b->forced + 1 != s->t->r->p.most_changes)
        return;
    chain(s, b, true, s->before_own, s->after_own);
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if (!is_free(s, b, k) || b->low[a] == b->high[a])
            continue;
        if (misses(s, bound_with(s, s->before_own, s->after_own, k, b->low[a],
                                 b->high[a]))) {
            b->low[a] = b->high[a] = (uint16_t)axis_at(s, k)->own;
            s->must[k] = false;
            *changed = true;
        }
    }
}

/* Moves the near end of a forced axis to the first value that can do. */
static bool shave_axis(struct search *s, struct box *b, size_t k)
{
    size_t a = s->axis[k];
    bool up = b->low[a] > axis_at(s, k)->own;
    size_t near = up ? b->low[a] : b->high[a], far = up ? b->high[a] : b->low[a];
    size_t bad = 0, good = up ? far - near : near - far; /* steps from near */

    if (good == 0 ||
        !misses(s, bound_with(s, s->before, s->after, k, near, near)))
        return false;
    while (good - bad > 1) {
        size_t middle = (good + bad) / 2;
        double bound = up ? bound_with(s, s->before, s->after, k, near,
                                       near + middle)
                          : bound_with(s, s->before, s->after, k,
                                       near - middle, near);
        if (misses(s, bound))
            bad = middle;
        else
            good = middle;
    }
    if (up)
        b->low[a] = (uint16_t)(near + good);
    else
        b->high[a] = (uint16_t)(near - good);
    return true;
}

/* False: nothing in the box is wanted. */
static bool narrow(struct search *s, struct box *b)
{
    for (int round = 0; round < ROUNDS; round++) {
        bool changed = false;

        if (!narrow_rules(s, b))
            return false;
        chain(s, b, false, s->before, s->after);
        if (misses(s, mask_score(s->g, s->before + s->n * s->g->words)))
            return false;
        if (!force_moves(s, b, &changed))
            return false;
        price(s, b);
        if (!promising(s, b))
            return false;
        test_alone(s, b, &changed);
        for (size_t k = 0; k < s->n; k++) {
            if (!is_free(s, b, k))
                changed |= shave_axis(s, b, k);
        }
        if (!changed)
            return true;
    }
    return narrow_rules(s, b);
}

/* --- corner and children -------------------------------------------------------- */

static bool try_corner(struct search *s, const struct box *b)
{
    uint16_t index[RECOURSE_LEVERS_MAX];

    memcpy(s->mask, s->g->full, s->g->words * sizeof *s->mask);
    for (size_t a = 0; a < s->g->axes; a++)
        index[a] = (uint16_t)s->g->axis[a].own;
    for (size_t k = 0; k < s->n; k++) {
        const struct axis *x = axis_at(s, k);
        uint16_t i = nearest_index(x, b, s->axis[k]);
        index[s->axis[k]] = i;
        mask_narrow(x, s->mask, i, i);
    }
    if (misses(s, mask_score(s->g, s->mask)))
        return false;
    return trial_point(s->t, index);
}

/* The axis whose staying near costs the score most; n when all are single. */
static size_t choose_axis(struct search *s, const struct box *b)
{
    size_t best = s->n;
    double worst = -INFINITY;

    chain(s, b, false, s->before, s->after);
    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        if (b->low[a] == b->high[a])
            continue;
        if (s->must[k])
            return k;
        size_t near = nearest_index(axis_at(s, k), b, a);
        double bound = bound_with(s, s->before, s->after, k, near, near);
        if (best == s->n || bound > worst) {
            best = k;
            worst = bound;
        }
    }
    return best;
}

static status split(struct search *s, const struct box *b, struct error *e)
{
    size_t k = choose_axis(s, b);

    if (k == s->n)
        return ST_OK;
    size_t a = s->axis[k], own = axis_at(s, k)->own;
    size_t low = b->low[a], high = b->high[a];
    if (is_free(s, b, k)) {
        if (!s->must[k])
            TRY(push(s, b, a, own, own, e));
        if (low < own)
            TRY(push(s, b, a, low, own - 1, e));
        return high > own ? push(s, b, a, own + 1, high, e) : ST_OK;
    }
    size_t middle = (low + high) / 2; /* the near part gets the odd one out */
    if (high < own && (low + high) % 2 == 0)
        middle--;
    if (middle < low)
        middle = low;
    TRY(push(s, b, a, low, middle, e));
    return push(s, b, a, middle + 1, high, e);
}

static status search_start(struct search *s, struct error *e)
{
    struct arena *a = s->t->s->boxes;
    size_t axes = s->g->axes, w = s->g->words;
    struct box root = {0};

    for (size_t i = 0; i < axes; i++) {
        if (s->g->axis[i].count > 1)
            s->axis[s->n++] = (uint8_t)i;
    }
    size_t chain_words = (s->n + 1) * w;
    uint64_t *room = arena_new_array(a, uint64_t, 4 * chain_words + w);
    root.low = arena_new_array(a, uint16_t, 2 * axes);
    if (room == NULL || root.low == NULL)
        return arena_error(a, e);
    s->before = room;
    s->after = room + chain_words;
    s->before_own = room + 2 * chain_words;
    s->after_own = room + 3 * chain_words;
    s->mask = room + 4 * chain_words;
    root.high = root.low + axes;
    for (size_t i = 0; i < axes; i++) {
        const struct axis *x = &s->g->axis[i];
        bool open = s->t->open[i];
        root.low[i] = (uint16_t)(open ? 0 : x->own);
        root.high[i] = (uint16_t)(open ? x->count - 1 : x->own);
    }
    return push(s, &root, 0, root.low[0], root.high[0], e);
}

static void conclude(struct trial *t, double open_cost, bool exhausted)
{
    const struct best_plan *p = &t->best;

    if (exhausted) {
        t->status = p->found ? RECOURSE_PROVEN_SMALLEST : RECOURSE_IMPOSSIBLE;
        t->lower = p->found ? p->cost : (double)INFINITY;
        return;
    }
    t->lower = p->found ? fmin(p->cost, open_cost) : open_cost;
    if (!p->found)
        t->status = RECOURSE_UNDECIDED;
    else if (t->lower == p->cost)
        t->status = RECOURSE_PROVEN_SMALLEST;
    else if ((p->cost - t->lower) * 100 <= t->lower * RECOURSE_WITHIN_MAX)
        t->status = RECOURSE_WITHIN;
    else
        t->status = RECOURSE_FOUND;
}

status trial_search(struct trial *t, struct error *e)
{
    struct search s = {.t = t, .g = t->g};

    if (s.g->axes == 0) {
        conclude(t, 0, true);
        return ST_OK;
    }
    TRY(search_start(&s, e));
    while (s.count > 0 && promising(&s, &s.heap[0])) {
        if (t->nodes >= t->r->p.node_budget) {
            conclude(t, s.heap[0].cost, false);
            return ST_OK;
        }
        struct box b = pop(&s);
        t->nodes++;
        if (narrow(&s, &b) && !try_corner(&s, &b) && promising(&s, &b))
            TRY(split(&s, &b, e));
    }
    conclude(t, 0, true);
    return ST_OK;
}
