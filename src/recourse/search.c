/* Best-first search over boxes. The cheapest box is narrowed as far as the bound
 * and the rules allow, its cheapest corner tried, and the rest split. */
#include "recourse/search.h"

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
