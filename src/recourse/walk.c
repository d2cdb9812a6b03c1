/* Each tree is walked once with all that the levers reach; most leaves vanish.
 */
#include "recourse/walk.h"

static status walk_node(struct walk *w, uint32_t at, struct error *e);

static void add_leaf(struct walk *w, double value)
{
    size_t n = w->g->readers;

    w->value[w->leaves] = value;
    memcpy(w->reach + w->leaves * n, w->state, n * sizeof *w->state);
    w->leaves++;
    for (size_t i = 0; i < n; i++)
        w->seen[i] |= w->touched[i] > 0;
}

/* Both ways, with what each leaves of the reader. */
static status both_ways(struct walk *w, uint32_t at, size_t reader,
                        const struct reach *left, const struct reach *right,
                        struct error *e)
{
    struct reach kept = w->state[reader];

    w->touched[reader]++;
    w->state[reader] = *left;
    TRY(walk_node(w, at + 1, e));
    w->state[reader] = *right;
    TRY(walk_node(w, w->engine->score[w->score].knot[at].right, e));
    w->state[reader] = kept;
    w->touched[reader]--;
    return ST_OK;
}

static status walk_interval(struct walk *w, uint32_t at,
                            const struct route *route, struct error *e)
{
    const struct knot *k = &w->engine->score[w->score].knot[at];
    struct reach s = w->state[route->reader], low = s, high = s;
    uint16_t split = route->split[k->rank];
    bool up = route->kind == ROUTE_UP;

    if (s.high < split)
        return walk_node(w, up ? at + 1 : k->right, e);
    if (s.low >= split)
        return walk_node(w, up ? k->right : at + 1, e);
    w->live[route->reader][split] = true;
    low.high = (uint16_t)(split - 1);
    high.low = split;
    return both_ways(w, at, route->reader, up ? &low : &high, up ? &high : &low,
                     e);
}

static bool is_empty(const struct reach *x)
{
    return x->low > x->high && x->set == 0;
}

static status walk_formula(struct walk *w, uint32_t at,
                           const struct route *route, struct error *e)
{
    const struct knot *k = &w->engine->score[w->score].knot[at];
    struct reach s = w->state[route->reader], left = s, right = s;

    if (k->special) /* a range is on both sides of a set */
        return both_ways(w, at, route->reader, &s, &s, e);
    if (s.high > k->rank)
        left.high = (uint16_t)k->rank;
    if (s.low <= k->rank)
        right.low = (uint16_t)(k->rank + 1);
    left.set = s.set != 0 && k->default_left;
    right.set = s.set != 0 && !k->default_left;
    if (is_empty(&right))
        return walk_node(w, at + 1, e);
    if (is_empty(&left))
        return walk_node(w, k->right, e);
    w->live[route->reader][k->rank + 1] = true;
    return both_ways(w, at, route->reader, &left, &right, e);
}

/* --- sets ----------------------------------------------------------------- */

static status left_of(struct walk *w, uint32_t at, const struct route *route,
                      uint64_t **out, struct error *e)
{
    const struct engine_score *s = &w->engine->score[w->score];
    const struct knot *k = &s->knot[at];
    size_t words = w->set_words[route->reader];
    uint64_t **kept =
        k->special ? out : &route->left[2 * k->rank + k->default_left];

    if (!k->special && *kept != NULL) {
        *out = *kept;
        return ST_OK;
    }
    *kept = arena_new_array(w->a, uint64_t, words);
    if (*kept == NULL)
        return arena_error(w->a, e);
    size_t count = (size_t)w->start[route->reader].high + 1;
    for (size_t i = 0; i < count; i++) {
        if (node_goes_left(s->model, s->node[at], route->column[i]))
            (*kept)[i / 64] |= (uint64_t)1 << i % 64;
    }
    *out = *kept;
    return ST_OK;
}

static void mark_live(struct walk *w, size_t reader, const uint64_t *left,
                      const uint64_t *right)
{
    size_t count = (size_t)w->start[reader].high + 1;

    for (size_t i = 1; i < count; i++) {
        bool l = left[i / 64] >> i % 64 & 1, r = right[i / 64] >> i % 64 & 1;
        bool pl = left[(i - 1) / 64] >> (i - 1) % 64 & 1;
        bool pr = right[(i - 1) / 64] >> (i - 1) % 64 & 1;
        if ((l && pr) || (r && pl))
            w->live[reader][i] = true;
    }
}

static status walk_set(struct walk *w, uint32_t at, const struct route *route,
                       struct error *e)
{
    size_t words = w->set_words[route->reader];
    struct reach left = w->state[route->reader], right = left;
    uint64_t *goes, any_left = 0, any_right = 0;

    TRY(left_of(w, at, route, &goes, e));
    const uint64_t *now = w->pool + left.set;
    for (size_t i = 0; i < words; i++) {
        any_left |= now[i] & goes[i];
        any_right |= now[i] & ~goes[i];
    }
    if (any_right == 0)
        return walk_node(w, at + 1, e);
    if (any_left == 0)
        return walk_node(w, w->engine->score[w->score].knot[at].right, e);
    uint32_t from = left.set;
    TRY(set_new(w, words, &left.set, e));
    TRY(set_new(w, words, &right.set, e));
    for (size_t i = 0; i < words; i++) {
        uint64_t x = w->pool[from + i];
        w->pool[left.set + i] = x & goes[i];
        w->pool[right.set + i] = x & ~goes[i];
    }
    mark_live(w, route->reader, w->pool + left.set, w->pool + right.set);
    return both_ways(w, at, route->reader, &left, &right, e);
}

static status walk_node(struct walk *w, uint32_t at, struct error *e)
{
    const struct engine_score *s = &w->engine->score[w->score];
    const struct route *routes = w->route[w->score];

    for (;;) {
        const struct knot *k = &s->knot[at];
        if (k->quantity < 0) {
            add_leaf(w, k->value);
            return ST_OK;
        }
        const struct route *route = &routes[k->quantity];
        if (route->kind == ROUTE_FORMULA)
            return walk_formula(w, at, route, e);
        if (route->kind == ROUTE_SET)
            return walk_set(w, at, route, e);
        if (route->kind != ROUTE_FIXED)
            return walk_interval(w, at, route, e);
        bool left = k->special
                        ? node_goes_left(s->model, s->node[at], route->value)
                    : route->missing ? k->default_left
                                     : route->bin <= k->rank;
        at = left ? at + 1 : k->right;
    }
}

/* --- one tree after another ----------------------------------------------- */

static status keep_tree(struct walk *w, uint32_t tree, struct error *e)
{
    struct game *g = w->g;
    struct group *x = &g->group[g->groups];
    size_t n = 0;

    for (size_t i = 0; i < g->readers; i++)
        n += w->seen[i];
    *x = (struct group){
        .score = (uint32_t)w->score, .trees = 1, .leaves = (uint32_t)w->leaves};
    x->tree = arena_new_array(w->a, uint32_t, 1);
    x->reader = arena_new_array(w->a, uint16_t, n);
    x->value = arena_new_array(w->a, double, w->leaves);
    x->reach = arena_new_array(w->a, struct reach, w->leaves * n);
    if (x->tree == NULL || x->reader == NULL || x->value == NULL ||
        x->reach == NULL)
        return arena_error(w->a, e);
    x->tree[0] = tree;
    memcpy(x->value, w->value, w->leaves * sizeof *x->value);
    for (size_t i = 0; i < g->readers; i++) {
        if (!w->seen[i])
            continue;
        x->mask |= (uint64_t)1 << i % 64;
        for (size_t k = 0; k < w->leaves; k++)
            x->reach[k * n + x->readers] = w->reach[k * g->readers + i];
        x->reader[x->readers++] = (uint16_t)i;
    }
    g->groups++;
    return ST_OK;
}

static status walk_score(struct walk *w, struct error *e)
{
    const struct engine_score *s = &w->engine->score[w->score];
    struct game *g = w->g;

    g->constant[w->score] = s->constant;
    for (size_t i = 0; i < s->trees; i++) {
        memset(w->seen, 0, g->readers * sizeof *w->seen);
        w->leaves = 0;
        TRY(walk_node(w, s->root[i], e));
        if (w->leaves == 1)
            g->constant[w->score] += w->value[0];
        else
            TRY(keep_tree(w, s->tree[i], e));
    }
    return ST_OK;
}

status walk_trees(struct walk *w, struct error *e)
{
    struct game *g = w->g;
    size_t n = g->readers + 1, leaves = w->engine->most_leaves, trees = 0;

    for (size_t i = 0; i < w->engine->scores; i++)
        trees += w->engine->score[i].trees;
    g->group = arena_new_array(w->a, struct group, trees + 1);
    g->constant = arena_new_array(w->a, double, w->engine->scores);
    w->state = arena_new_array(w->a, struct reach, n);
    w->touched = arena_new_array(w->a, uint16_t, n);
    w->seen = arena_new_array(w->a, bool, n);
    w->value = arena_new_array(w->a, double, leaves);
    w->reach = arena_new_array(w->a, struct reach, leaves * n);
    if (g->group == NULL || g->constant == NULL || w->state == NULL ||
        w->touched == NULL || w->seen == NULL || w->value == NULL ||
        w->reach == NULL)
        return arena_error(w->a, e);
    memcpy(w->state, w->start, g->readers * sizeof *w->state);
    for (w->score = 0; w->score < w->engine->scores; w->score++)
        TRY(walk_score(w, e));
    return ST_OK;
}
