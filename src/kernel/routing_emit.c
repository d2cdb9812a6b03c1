#include "kernel/routing_builder.h"

enum { SEGMENT_SLOTS = 64 }; /* worked on level by level while c stays in L1 */

struct emit {
    struct routing_work *w;
    struct routing_code *code;
    size_t run;   /* byte of the open run + 1; 0: none */
    uint32_t top; /* free slots begin here */
};

static void *record(struct emit *m, enum routing_kind kind, size_t size)
{
    struct grown *byte = &m->w->b->byte;
    struct routing_run *r;

    if (m->run == 0 ||
        ((struct routing_run *)(void *)((char *)byte->data + m->run - 1))
                ->kind != (uint32_t)kind) {
        m->run = byte->count + 1;
        r = grown_add(byte, sizeof *r, 1);
        if (r == NULL)
            return NULL;
        r->kind = (uint32_t)kind;
        m->code->runs++;
    }
    void *made = grown_add(byte, size, 1);
    if (made == NULL)
        return NULL;
    r = (void *)((char *)byte->data + m->run - 1);
    r->count++;
    return made;
}

/* The target's place in the open chunk; false: no memory. */
static bool local_target(struct routing_builder *b, size_t target,
                         uint32_t *out)
{
    if (b->local[target] == 0) {
        struct routing_chunk *c =
            (struct routing_chunk *)b->chunk.data + b->chunk.count - 1;
        uint32_t *t = grown_add(&b->target, 1, sizeof *t);
        if (t == NULL)
            return false;
        *t = (uint32_t)target;
        b->local[target] = (uint32_t)++c->targets;
    }
    *out = b->local[target] - 1;
    return true;
}

/* yes and no are times `scale`; `share` is what the record wants there. */
static bool put_split(struct emit *m, uint32_t at, double scale, double share,
                      struct routing_split *s)
{
    const struct routing_node *n = &m->w->node[at];
    const struct routing_live *v = &m->w->live[at];
    double in = (1 - v->share) * scale, out = -v->share * scale;

    s->column = n->column * ROUTING_LANES;
    s->limit = n->limit * 0x01010101u;
    s->yes = (float)(v->swapped ? out : in);
    s->no = (float)(v->swapped ? in : out);
    s->share = (float)share;
    return local_target(m->w->b,
                        m->w->output * m->w->b->players + n->player,
                        &s->target);
}

static bool put_one(struct emit *m, uint32_t at, struct routing_split *s)
{
    const struct routing_live *l = m->w->live, *v = &l[at];

    return put_split(m, at, l[v->first].value - l[v->second].value, v->value,
                     s);
}

static bool emit_one(struct emit *m, uint32_t at)
{
    struct routing_one *r = record(m, ROUTING_ONE, sizeof *r);

    if (r == NULL)
        return false;
    r->slot = m->w->live[at].slot;
    return put_one(m, at, &r->s);
}

static bool put_two(struct emit *m, uint32_t at, struct routing_two *r)
{
    const struct routing_live *l = m->w->live, *v = &l[at];

    r->slot = v->slot;
    r->difference = (float)(l[v->first].value - l[v->second].value);
    r->base = (float)v->value;
    r->leaf = (float)l[v->second].value;
    return put_split(m, at, 1, v->share, &r->s) &&
           put_one(m, v->first, &r->a) &&
           (v->shape == SHAPE_TWO || put_one(m, v->second, &r->b));
}

static bool emit_two(struct emit *m, uint32_t at, enum routing_kind kind)
{
    struct routing_two *r = record(m, kind, sizeof *r);

    return r != NULL && put_two(m, at, r);
}

static enum routing_kind kind_last(const struct routing_live *l,
                                   const struct routing_live *v)
{
    static const enum routing_kind kinds[] = {
        [SHAPE_ONE] = ROUTING_ONE,       [SHAPE_TWO] = ROUTING_TWO,
        [SHAPE_THREE] = ROUTING_THREE,   [SHAPE_HIGH] = ROUTING_TWO_LEAF,
        [SHAPE_PAIR] = ROUTING_PAIR_REPEAT, [SHAPE_INNER] = ROUTING_KINDS};

    if (v->shape != SHAPE_HIGH)
        return kinds[v->shape];
    int kind = l[v->first].shape == SHAPE_THREE ? ROUTING_THREE_LEAF
                                                : ROUTING_TWO_LEAF;
    return (enum routing_kind)(kind + (int)l[v->second].shape);
}

static bool emit_high(struct emit *m, uint32_t at)
{
    const struct routing_live *l = m->w->live, *v = &l[at];
    const struct routing_live *a = &l[v->first], *c = &l[v->second];
    struct routing_high *r = record(m, kind_last(l, v), sizeof *r);

    if (r == NULL || !put_split(m, at, 1, v->share, &r->s) ||
        !put_two(m, v->first, &r->a))
        return false;
    r->slot = v->slot;
    r->difference = (float)(a->value - c->value);
    r->base = (float)v->value;
    if (c->shape == SHAPE_ONE)
        return put_one(m, v->second, &r->b.a);
    return c->shape == SHAPE_LEAF || put_two(m, v->second, &r->b);
}

static bool put_edge(struct emit *m, uint32_t at, struct routing_edge *r)
{
    const struct routing_live *l = m->w->live, *v = &l[at];

    r->slot = v->slot;
    r->a = l[v->first].slot;
    r->b = l[v->second].slot;
    r->leaf = (float)l[v->second].value;
    return put_split(m, at, 1, v->share, &r->s);
}

static bool emit_repeat(struct emit *m, uint32_t at, enum routing_kind kind)
{
    const struct routing_live *l = m->w->live, *v = &l[at];
    size_t nodes = m->w->nodes;
    struct routing_repeat *r = record(m, kind, routing_repeat_bytes(nodes));

    if (r == NULL)
        return false;
    r->first_leaf = (float)l[v->first].value;
    r->range = v->range;
    r->ranges = v->ranges;
    float *f = (float *)(void *)(r + 1);
    for (size_t q = 0; q < nodes; q++) {
        double t = m->w->b->t[nodes][q], u = 1 - t, p = v->before;
        double out = p * v->share * u / (p * u + t);
        double in = (p * v->share * u + t) / (p * u + t);

        f[3 * q] = (float)(v->swapped ? out : in);
        f[3 * q + 1] = (float)(v->swapped ? in : out);
        f[3 * q + 2] = (float)(p / ((p * u + t) * (p * u + t)));
    }
    return put_edge(m, at, &r->e);
}

static bool emit_edge(struct emit *m, uint32_t at, enum routing_kind kind)
{
    struct routing_edge *r;

    if (m->w->live[at].repeat)
        return emit_repeat(m, at, kind);
    if (kind == ROUTING_UP_ONE) {
        struct routing_edge_one *o = record(m, kind, sizeof *o);
        return o != NULL && put_edge(m, at, &o->e) &&
               put_one(m, m->w->live[at].second, &o->b);
    }
    r = record(m, kind, sizeof *r);
    return r != NULL && put_edge(m, at, r);
}

/* The second child is worked on together with its parent. */
static bool together(const struct routing_live *l, const struct routing_live *v)
{
    return l[v->second].shape == SHAPE_LEAF ||
           (l[v->second].shape == SHAPE_ONE && !v->repeat);
}

static enum routing_kind kind_down(const struct routing_live *l,
                                   const struct routing_live *v)
{
    if (v->repeat)
        return ROUTING_DOWN_REPEAT;
    return together(l, v) ? ROUTING_DOWN_FIRST : ROUTING_DOWN;
}

static enum routing_kind kind_up(const struct routing_live *l,
                                 const struct routing_live *v)
{
    if (l[v->second].shape == SHAPE_LEAF)
        return v->repeat ? ROUTING_UP_REPEAT_LEAF : ROUTING_UP_LEAF;
    if (v->repeat)
        return ROUTING_UP_REPEAT;
    return together(l, v) ? ROUTING_UP_ONE : ROUTING_UP;
}

static bool emit_last(struct emit *m, uint32_t at)
{
    switch (m->w->live[at].shape) {
    case SHAPE_ONE:
        return emit_one(m, at);
    case SHAPE_TWO:
        return emit_two(m, at, ROUTING_TWO);
    case SHAPE_THREE:
        return emit_two(m, at, ROUTING_THREE);
    case SHAPE_HIGH:
        return emit_high(m, at);
    case SHAPE_PAIR:
        return emit_repeat(m, at, ROUTING_PAIR_REPEAT);
    case SHAPE_LEAF:
    case SHAPE_INNER:
        break;
    }
    return true;
}

/* A slot for each live child, and one more beside a leaf. */
static void give_slots(struct emit *m, uint32_t at)
{
    struct routing_live *l = m->w->live, *v = &l[at];

    l[v->first].slot = m->top++;
    l[v->second].slot = m->top++;
    if (m->w->b->p->slots < m->top)
        m->w->b->p->slots = m->top;
}

static bool ready(const struct routing_live *l, const uint32_t *queue,
                  uint32_t at, bool down)
{
    const struct routing_live *v = &l[at];

    if (down)
        return at == queue[0] || l[v->parent].done;
    return l[v->first].done &&
           (l[v->second].done || together(l, v));
}

/* Records of the inner splits of a segment, parents first or children first,
 * as many of one kind in a row as are ready. */
static bool emit_inner(struct emit *m, const uint32_t *queue, size_t count,
                       bool down)
{
    struct routing_live *l = m->w->live;
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        l[queue[i]].done = l[queue[i]].shape != SHAPE_INNER;
        left += !l[queue[i]].done;
    }
    for (int kind = 0; left > 0; kind = (kind + 1) % ROUTING_KINDS) {
        for (size_t i = 0; i < count; i++) {
            uint32_t at = queue[down ? i : count - 1 - i];
            struct routing_live *v = &l[at];
            enum routing_kind k = down ? kind_down(l, v) : kind_up(l, v);

            if (v->done || (int)k != kind || !ready(l, queue, at, down))
                continue;
            if (!emit_edge(m, at, k))
                return false;
            v->done = true;
            left--;
        }
    }
    return true;
}

/* The nodes from `at` down, level by level, with slots given. */
static size_t enqueue(struct emit *m, uint32_t at)
{
    struct routing_live *l = m->w->live;
    uint32_t *queue = m->w->queue;
    size_t count = 1;

    queue[0] = at;
    for (size_t i = 0; i < count; i++) {
        struct routing_live *v = &l[queue[i]];

        if (v->shape != SHAPE_INNER)
            continue;
        give_slots(m, queue[i]);
        queue[count++] = v->first;
        if (!together(l, v))
            queue[count++] = v->second;
    }
    return count;
}

static bool emit_segment(struct emit *m, uint32_t at)
{
    const struct routing_live *l = m->w->live;
    const uint32_t *queue = m->w->queue;
    size_t count = enqueue(m, at);

    if (!emit_inner(m, queue, count, true))
        return false;
    for (enum routing_kind k = 0; k < ROUTING_KINDS; k++) {
        for (size_t i = 0; i < count; i++) {
            const struct routing_live *v = &l[queue[i]];
            if (v->shape != SHAPE_INNER && kind_last(l, v) == k &&
                !emit_last(m, queue[i]))
                return false;
        }
    }
    return emit_inner(m, queue, count, false);
}

static bool emit_below(struct emit *m, uint32_t at)
{
    struct routing_live *l = m->w->live, *v = &l[at];
    uint32_t top = m->top;
    bool ok;

    if (v->slots <= SEGMENT_SLOTS) {
        ok = emit_segment(m, at);
    } else {
        give_slots(m, at);
        ok = emit_edge(m, at, kind_down(l, v)) && emit_below(m, v->first) &&
             (together(l, v) || emit_below(m, v->second)) &&
             emit_edge(m, at, kind_up(l, v));
        v->done = true;
    }
    m->top = top;
    return ok;
}

status routing_emit(struct routing_work *w, struct error *e)
{
    struct routing_code *code = grown_add(&w->b->code, 1, sizeof *code);
    struct emit m = {w, code, 0, 1};

    if (code == NULL)
        return error_memory(e);
    *code = (struct routing_code){w->nodes, 0, w->b->byte.count};
    w->live[0].slot = 0;
    if (w->b->p->slots < 1)
        w->b->p->slots = 1;
    return emit_below(&m, 0) ? ST_OK : error_memory(e);
}
