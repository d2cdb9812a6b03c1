#include "kernel/routing_builder.h"

enum { PATH_MAX_SPLITS = 4096 };

/* One split above the present node. */
struct step {
    uint32_t player, column;
    uint8_t limit;
    bool left;
    double share;
};

struct path {
    struct routing_work *w;
    struct step *step;
    size_t length, distinct;
};

/* A split whose leaves agree decides nothing. Children follow their parents, so
 * backwards is upwards. */
static status fold(struct routing_work *w, struct error *e)
{
    for (size_t i = w->count; i-- > 0;) {
        const struct routing_node *n = &w->node[i];
        struct routing_live *v = &w->live[i];

        *v = (struct routing_live){.shape = SHAPE_LEAF, .value = n->value};
        if (n->left < 0)
            continue;
        uint32_t l = (uint32_t)n->left, r = (uint32_t)n->right;
        if (n->right < 0 || l <= i || r <= i || l >= w->count ||
            r >= w->count || n->column >= w->b->columns ||
            n->player >= w->b->players || !(n->share >= 0 && n->share <= 1))
            return error_bug(e, "a tree outside the contract of routing.h");
        const struct routing_live *a = &w->live[l], *c = &w->live[r];
        if (a->shape == SHAPE_LEAF && c->shape == SHAPE_LEAF &&
            a->value == c->value) {
            v->value = a->value;
            continue;
        }
        v->shape = SHAPE_INNER;
        v->first = l;
        v->second = r;
        v->share = n->share;
        w->live[l].parent = w->live[r].parent = (uint32_t)i;
    }
    return ST_OK;
}

static bool narrow(struct routing_range *r, const struct step *s)
{
    if (r->column != s->column * ROUTING_LANES)
        return false;
    if (s->left && s->limit == 0)
        *r = (struct routing_range){r->column, 1, 0};
    else if (s->left && r->high >= s->limit)
        r->high = s->limit - 1u;
    else if (!s->left && r->low < s->limit)
        r->low = s->limit;
    return true;
}

/* Where the splits of this player so far hold, one range a column. */
static status ranges_so_far(struct path *p, uint32_t player,
                            struct routing_live *v, struct error *e)
{
    struct grown *all = &p->w->b->range;

    v->before = 1;
    v->range = (uint32_t)all->count;
    for (size_t i = 0; i < p->length; i++) {
        const struct step *s = &p->step[i];
        struct routing_range *r = all->data;
        size_t k = v->range;

        if (s->player != player)
            continue;
        v->repeat = true;
        v->before *= s->share;
        while (k < all->count && !narrow(&r[k], s))
            k++;
        if (k < all->count)
            continue;
        r = grown_add(all, 1, sizeof *r);
        if (r == NULL)
            return error_memory(e);
        *r = (struct routing_range){s->column * ROUTING_LANES, 0, 255};
        (void)narrow(r, s);
        v->ranges++;
    }
    struct routing_range *r = all->data;
    for (size_t k = v->range; k < all->count; k++) {
        r[k].low *= 0x01010101u;
        r[k].high *= 0x01010101u;
    }
    return ST_OK;
}

static enum routing_shape shape_of(const struct routing_live *v,
                                   const struct routing_live *a,
                                   const struct routing_live *c)
{
    if (a->shape == SHAPE_LEAF)
        return v->repeat ? SHAPE_PAIR : SHAPE_ONE;
    if (v->repeat || a->shape > SHAPE_THREE)
        return SHAPE_INNER;
    if (a->shape > SHAPE_ONE)
        return SHAPE_HIGH;
    return c->shape == SHAPE_ONE ? SHAPE_THREE : SHAPE_TWO;
}

static void order(const struct routing_live *l, struct routing_live *v)
{
    uint32_t first = v->first;

    if (l[first].shape >= l[v->second].shape)
        return;
    v->first = v->second;
    v->second = first;
    v->swapped = !v->swapped;
    v->share = 1 - v->share;
}

static status classify(struct path *p, uint32_t at, struct error *e)
{
    struct routing_work *w = p->w;
    const struct routing_node *n = &w->node[at];
    struct routing_live *v = &w->live[at];

    if (v->shape == SHAPE_LEAF)
        return ST_OK;
    if (p->length == PATH_MAX_SPLITS)
        return error_set(e, ST_LIMIT, "a path of more than %d splits",
                         PATH_MAX_SPLITS);
    TRY(ranges_so_far(p, n->player, v, e));
    p->distinct += !v->repeat;
    if (p->distinct > w->deepest)
        w->deepest = p->distinct;
    struct step *s = &p->step[p->length++];
    for (int side = 0; side < 2; side++) {
        *s = (struct step){n->player, n->column, n->limit, side == 0,
                           side == 0 ? n->share : 1 - n->share};
        TRY(classify(p, (uint32_t)(side == 0 ? n->left : n->right), e));
    }
    p->length--;
    p->distinct -= !v->repeat;
    order(w->live, v);
    const struct routing_live *a = &w->live[v->first];
    const struct routing_live *c = &w->live[v->second];
    v->value = c->value + v->share * (a->value - c->value);
    v->shape = shape_of(v, a, c);
    v->slots = 1;
    if (v->shape == SHAPE_INNER)
        v->slots += a->slots + (c->shape == SHAPE_LEAF ? 1 : c->slots);
    return ST_OK;
}

status routing_shape(struct routing_work *w, struct error *e)
{
    TRY(fold(w, e));
    if (w->live[0].shape == SHAPE_LEAF)
        return ST_OK;
    size_t most = w->count < PATH_MAX_SPLITS ? w->count : PATH_MAX_SPLITS;
    struct path p = {w, mem_array(most, sizeof *p.step), 0, 0};
    if (p.step == NULL)
        return error_memory(e);
    status s = classify(&p, 0, e);
    mem_free(p.step);
    return s;
}
