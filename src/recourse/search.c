/* Best-first search over boxes. The cheapest box is narrowed as far as the
 * bounds and the rules allow, its cheapest corner tried, and the rest split. */
#include "recourse/price.h"

static bool earlier(const struct box *a, const struct box *b)
{
    if (a->bound != b->bound)
        return a->bound < b->bound;
    if (a->forced != b->forced)
        return a->forced < b->forced;
    return a->order < b->order;
}

enum { VISIT_BOXES = 3 }; /* that one visit pushes, at most */

static size_t heap_room(const struct search *s)
{
    return s->room * 2 + 256;
}

static status grow(struct search *s, struct error *e)
{
    size_t room = heap_room(s);
    struct box *heap = arena_new_array(s->t->s->boxes, struct box, room);

    if (heap == NULL)
        return arena_error(s->t->s->boxes, e);
    if (s->count > 0)
        memcpy(heap, s->heap, s->count * sizeof *heap);
    s->heap = heap;
    s->room = room;
    return ST_OK;
}

static status push(struct search *s, const struct box *from, size_t axis,
                   size_t low, size_t high, struct proof_node *hole,
                   struct error *e)
{
    size_t axes = s->space->axes;
    struct box b = {.order = s->births, .hole = hole, .bound = from->bound};

    b.low = arena_new_array(s->t->s->boxes, uint16_t, 2 * axes);
    if (b.low == NULL)
        return arena_error(s->t->s->boxes, e);
    b.high = b.low + axes;
    memcpy(b.low, from->low, axes * sizeof *b.low);
    memcpy(b.high, from->high, axes * sizeof *b.high);
    b.low[axis] = (uint16_t)low;
    b.high[axis] = (uint16_t)high;
    if (unwanted(s, &b))
        return ST_OK;
    s->births++;
    if (s->count == s->room)
        TRY(grow(s, e));
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

/* --- corner and children -------------------------------------------------- */

static enum point try_corner(struct search *s, const struct box *b,
                             uint16_t *index)
{
    for (size_t a = 0; a < s->space->axes; a++)
        index[a] = nearest_index(&s->space->axis[a], b, a);
    s->refused = false;
    if (point_excess(s, index) > 0)
        return s->why == PROOF_FORMULA ? POINT_BROKEN : POINT_REFUSED;
    enum point p = trial_point(s->t, index);
    s->refused = p == POINT_REFUSED;
    return p;
}

/* Axes that what the corner breaks depends on; 0: no rule. */
static uint64_t broken_axes(const struct search *s, const uint16_t *index)
{
    uint64_t moved = 0;

    for (size_t a = 0; a < s->space->axes; a++)
        moved |= (uint64_t)(index[a] != s->space->axis[a].own) << a;
    if (s->t->one_of != 0 && (moved & s->t->one_of) == 0)
        return s->t->one_of;
    for (size_t k = 0; k < s->t->aparts; k++) {
        if ((moved & s->t->apart[k]) == s->t->apart[k])
            return s->t->apart[k];
    }
    for (size_t k = 0; k < s->space->rules; k++) {
        if (!space_rule_possible(s->space, k, index, index))
            return s->space->rule_axes[k];
    }
    return 0;
}

/* The axis whose staying near costs the score most, among `of` when one of
 * those is open; n when all are single. */
static size_t choose_axis(const struct search *s, const struct box *b,
                          uint64_t of)
{
    size_t best = s->n;
    bool listed = false;

    for (size_t k = 0; k < s->n; k++) {
        size_t a = s->axis[k];
        bool in = (of >> a & 1) != 0;
        if (b->low[a] == b->high[a] || (listed && !in))
            continue;
        if (best == s->n || (in && !listed) || s->near[k] > s->near[best])
            best = k;
        listed |= in;
    }
    return best;
}

static status split(struct search *s, struct box *b, size_t k, struct error *e)
{
    size_t a = s->axis[k], own = axis_at(s, k)->own;
    size_t low = b->low[a], high = b->high[a];
    struct proof_parts p;

    if (is_free(s, b, k)) {
        p = prove_three(s, b, k);
        if (s->must[k]) {
            struct box gone = {.hole = p.own};
            prove_leaf(s, &gone, (enum proof_kind)s->reason[k].kind,
                       s->reason[k].which);
        } else {
            TRY(push(s, b, a, own, own, p.own, e));
        }
        if (low < own)
            TRY(push(s, b, a, low, own - 1, p.below, e));
        return high > own ? push(s, b, a, own + 1, high, p.above, e) : ST_OK;
    }
    size_t middle = (low + high) / 2; /* the near part gets the odd one out */
    if (high < own && (low + high) % 2 == 0)
        middle--;
    p = prove_two(s, b, k, middle);
    TRY(push(s, b, a, low, middle, p.below, e));
    return push(s, b, a, middle + 1, high, p.above, e);
}

static void prove_broken(struct search *s, struct box *b, const uint16_t *index)
{
    for (size_t k = 0; k < s->space->rules; k++) {
        if (!space_rule_possible(s->space, k, index, index)) {
            prove_leaf(s, b, PROOF_RULE, s->space->rule[k]);
            return;
        }
    }
    prove_leaf(s, b, PROOF_FORMULA, 0);
}

/* The corner is no plan: what else the box may hold. */
static status look_further(struct search *s, struct box *b, enum point corner,
                           const uint16_t *index, struct error *e)
{
    uint64_t of = corner == POINT_BROKEN ? broken_axes(s, index) : 0;
    size_t must = s->n, k;

    if (corner == POINT_REFUSED && s->refused) {
        view_begin(s, &s->whole, b, false, false);
        if (one_leaf(s, &s->whole)) {
            prove_leaf(s, b, PROOF_POINT, 0);
            return ST_OK;
        }
    }
    for (size_t i = 0; i < s->n && must == s->n; i++) {
        if (s->must[i] && is_free(s, b, i) &&
            b->low[s->axis[i]] < b->high[s->axis[i]])
            must = i;
    }
    k = must < s->n ? must : choose_axis(s, b, of);
    if (k < s->n)
        return split(s, b, k, e);
    /* A single point. */
    if (corner == POINT_BROKEN)
        prove_broken(s, b, index);
    else
        prove_leaf(s, b, s->refused ? PROOF_POINT : s->why, s->which);
    return ST_OK;
}

static status visit(struct search *s, struct box *b, struct error *e)
{
    uint16_t index[RECOURSE_LEVERS_MAX];

    if (!narrow(s, b))
        return ST_OK;
    enum point corner = try_corner(s, b, index);
    if (corner == POINT_TAKEN || corner == POINT_NO_BETTER) {
        prove_leaf(s, b, PROOF_COST, 0);
        return ST_OK;
    }
    return look_further(s, b, corner, index, e);
}

/* --- one search ----------------------------------------------------------- */

status search_start(struct search *s, struct trial *t, struct error *e)
{
    *s = (struct search){.t = t, .g = t->g, .space = &t->g->space};
    for (size_t a = 0; a < s->space->axes; a++) {
        if ((t->open >> a & 1) != 0 && s->space->axis[a].count > 1)
            s->axis[s->n++] = (uint8_t)a;
    }
    if (t->most_changes > PRICE_CHANGES && t->g->relax == NULL)
        s->until_priced = PRICE_NODES;
    return bounds_make(s, t->s->boxes, e);
}

/* The boxes that the budget leaves: their cost, or their price, is the reason
 * why they hold nothing below the proven bound. */
static void close_open(struct search *s)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->heap[i].cost < s->t->lower)
            prove_leaf(s, &s->heap[i], PROOF_PRICE, 0);
    }
}

static status push_root(struct search *s, struct error *e)
{
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    struct box root = {.low = low, .high = high};

    for (size_t a = 0; a < s->space->axes; a++)
        low[a] = high[a] = (uint16_t)s->space->axis[a].own;
    for (size_t k = 0; k < s->n; k++) {
        low[s->axis[k]] = 0;
        high[s->axis[k]] = (uint16_t)(axis_at(s, k)->count - 1);
    }
    return push(s, &root, 0, low[0], high[0],
                s->t->prover == NULL ? NULL : s->t->prover->root, e);
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

/* So much memory is taken, or would be when the heap next grows, that boxes
 * left open are better than none at all. */
static bool crowded(const struct search *s)
{
    const struct trial *t = s->t;
    size_t boxes = arena_used(t->s->boxes);

    if (s->count + VISIT_BOXES > s->room)
        boxes += heap_room(s) * sizeof *s->heap;
    return boxes > ENOUGH_MEMORY ||
           (t->prover != NULL && arena_used(t->prover->a) > ENOUGH_MEMORY);
}

status trial_search(struct trial *t, struct search *s, struct error *e)
{
    if (s->space->axes == 0) {
        conclude(t, 0, true);
        return ST_OK;
    }
    TRY(push_root(s, e));
    while (s->count > 0 && promising(s, &s->heap[0])) {
        if (t->nodes >= t->budget || crowded(s)) {
            conclude(t, s->heap[0].bound, false);
            close_open(s);
            return ST_OK;
        }
        struct box b = pop(s);
        t->nodes++;
        if (--s->until_priced == 0)
            TRY(price_start(s, e));
        TRY(visit(s, &b, e));
    }
    conclude(t, 0, true);
    close_open(s);
    return ST_OK;
}
