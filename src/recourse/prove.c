/* The proof as the search goes: every cut is a split with one side refuted. */
#include "recourse/price.h"

enum { BLOCK_NODES = 1024 };

struct proof_block {
    struct proof_block *next;
    size_t used;
    struct proof_node node[BLOCK_NODES];
};

/* An open node is a split without parts. */
static struct proof_node *new_node(struct prover *p)
{
    if (p->block == NULL || p->block->used == BLOCK_NODES) {
        struct proof_block *b = arena_new_one(p->a, struct proof_block);
        if (b == NULL) {
            p->full = true;
            return NULL;
        }
        b->next = p->block;
        p->block = b;
    }
    struct proof_node *n = &p->block->node[p->block->used++];
    n->kind = PROOF_SPLIT;
    return n;
}

status prover_start(struct prover *p, struct arena *a, struct error *e)
{
    *p = (struct prover){.a = a};
    p->root = new_node(p);
    return p->root == NULL ? arena_error(a, e) : ST_OK;
}

static void set_leaf(struct proof_node *n, enum proof_kind kind, size_t which)
{
    if (n == NULL)
        return;
    n->kind = (uint8_t)kind;
    n->which = (uint16_t)which;
}

/* Turns an open node into a split; both parts are open, or NULL. */
static struct proof_parts split_node(struct search *s, struct proof_node *n,
                                     size_t axis, size_t position)
{
    struct prover *p = s->t->prover;

    if (n == NULL)
        return (struct proof_parts){NULL, NULL, NULL};
    struct proof_node *near = new_node(p), *far = new_node(p);
    if (near == NULL || far == NULL)
        return (struct proof_parts){NULL, NULL, NULL};
    n->lever = (uint8_t)axis;
    n->value = s->space->axis[axis].value[position];
    n->near = near;
    n->far = far;
    return (struct proof_parts){near, far, far}; /* near, far */
}

static void refute_far(struct search *s, struct box *b, size_t axis,
                       size_t position, enum proof_kind kind, size_t which)
{
    struct proof_parts p = split_node(s, b->hole, axis, position);

    set_leaf(p.below, kind, which);
    b->hole = p.own;
}

static void refute_near(struct search *s, struct box *b, size_t axis,
                        size_t position, enum proof_kind kind, size_t which)
{
    struct proof_parts p = split_node(s, b->hole, axis, position);

    set_leaf(p.own, kind, which);
    b->hole = p.below;
}

void prove_leaf(struct search *s, struct box *b, enum proof_kind kind,
                size_t which)
{
    (void)s;
    set_leaf(b->hole, kind, which);
}

void prove_high(struct search *s, struct box *b, size_t a, size_t high,
                enum proof_kind kind, size_t which)
{
    size_t own = s->space->axis[a].own;

    if (b->hole != NULL) {
        if (b->high[a] > own)
            refute_far(s, b, a, (high > own ? high : own) + 1, kind, which);
        if (high < own && (b->high[a] >= own || b->high[a] > high))
            refute_near(s, b, a, high, kind, which);
    }
    b->high[a] = (uint16_t)high;
}

void prove_low(struct search *s, struct box *b, size_t a, size_t low,
               enum proof_kind kind, size_t which)
{
    size_t own = s->space->axis[a].own;

    if (b->hole != NULL) {
        if (b->low[a] < own)
            refute_far(s, b, a, (low < own ? low : own) - 1, kind, which);
        if (low > own)
            refute_near(s, b, a, low, kind, which);
    }
    b->low[a] = (uint16_t)low;
}

void prove_stay(struct search *s, struct box *b)
{
    struct proof_node *n = b->hole == NULL ? NULL : new_node(s->t->prover);

    if (n != NULL) {
        b->hole->kind = PROOF_STAY;
        b->hole->near = n;
    }
    b->hole = n;
}

void prove_alone(struct search *s, struct box *b, size_t k, bool up)
{
    size_t a = s->axis[k], own = axis_at(s, k)->own;

    if (b->hole == NULL) {
        if (up)
            b->high[a] = (uint16_t)own;
        else
            b->low[a] = (uint16_t)own;
        return;
    }
    struct proof_parts p = split_node(s, b->hole, a, up ? own + 1 : own - 1);
    struct box far = *b;
    enum proof_kind why = s->why;
    uint16_t which = s->which;
    far.hole = p.below;
    b->hole = p.own;
    bool plain = excess_with(s, &s->whole, k, up ? own + 1 : b->low[a],
                             up ? b->high[a] : own - 1) > 0;
    bool open = false;
    for (size_t i = 0; i < s->n; i++)
        open |= i != k && is_free(s, b, i) &&
                b->low[s->axis[i]] < b->high[s->axis[i]];
    if (!plain && open)
        prove_stay(s, &far);
    set_leaf(far.hole, plain ? s->why : why, plain ? s->which : which);
    if (up)
        b->high[a] = (uint16_t)own;
    else
        b->low[a] = (uint16_t)own;
}

struct proof_parts prove_three(struct search *s, struct box *b, size_t k)
{
    struct proof_parts out = {b->hole, NULL, NULL};
    size_t a = s->axis[k], own = axis_at(s, k)->own;

    if (out.own != NULL && b->high[a] > own) {
        struct proof_parts p = split_node(s, out.own, a, own + 1);
        out.above = p.below;
        out.own = p.own;
    }
    if (out.own != NULL && b->low[a] < own) {
        struct proof_parts p = split_node(s, out.own, a, own - 1);
        out.below = p.below;
        out.own = p.own;
    }
    return out;
}

struct proof_parts prove_two(struct search *s, struct box *b, size_t k,
                             size_t middle)
{
    size_t a = s->axis[k];
    bool up = b->low[a] > axis_at(s, k)->own;
    struct proof_parts p = split_node(s, b->hole, a, up ? middle + 1 : middle);

    if (up)
        return (struct proof_parts){NULL, p.own, p.below};
    return (struct proof_parts){NULL, p.below, p.own};
}

/* Which of the axes from k on that must move do: forced so far. */
static void musts_below(struct search *s, struct box *b, size_t k,
                        size_t forced)
{
    if (forced > s->t->most_changes) {
        set_leaf(b->hole, PROOF_COUNT, 0);
        return;
    }
    while (k < s->n && !s->must[k])
        k++;
    if (k == s->n || b->hole == NULL)
        return;
    struct proof_parts p = prove_three(s, b, k);
    set_leaf(p.own, (enum proof_kind)s->reason[k].kind, s->reason[k].which);
    b->hole = p.below;
    musts_below(s, b, k + 1, forced + 1);
    b->hole = p.above;
    musts_below(s, b, k + 1, forced + 1);
}

void prove_musts(struct search *s, struct box *b)
{
    struct box copy = *b;

    if (copy.hole != NULL)
        musts_below(s, &copy, 0, b->forced);
}

/* Trees that the search bounds together, so that a checker can as well. */
static status write_groups(const struct search *s, struct recourse_proof *out,
                           struct error *e)
{
    const struct trial *t = s->t;
    const struct game *g = s->g;
    struct proof_group *to =
        arena_new_array(t->prover->a, struct proof_group, g->groups + 1);

    if (to == NULL)
        return arena_error(t->prover->a, e);
    for (size_t i = 0; i < g->groups; i++) {
        const struct group *x = &g->group[i];
        if (x->trees > 1 || s->pricer != NULL) /* prices name groups */
            to[out->groups++] = (struct proof_group){
                (uint16_t)x->score, (uint16_t)x->trees, x->tree};
    }
    out->group = to;
    return ST_OK;
}

status prove_finish(const struct search *s, struct recourse_proof *out,
                    struct error *e)
{
    const struct prover *p = s->t->prover;

    if (p->full)
        return arena_error(p->a, e);
    out->root = p->root;
    out->leaves = 0;
    for (struct proof_block *b = p->block; b != NULL; b = b->next) {
        for (size_t i = 0; i < b->used; i++) {
            struct proof_node *n = &b->node[i];
            if (n->kind == PROOF_SPLIT && n->near == NULL)
                n->kind = PROOF_COST;
            out->leaves += n->kind != PROOF_SPLIT && n->kind != PROOF_STAY;
        }
    }
    TRY(write_groups(s, out, e));
    return s->pricer == NULL ? ST_OK : price_prove(s, p->a, out, e);
}
