/* kernel/routing_rule.h: the part of routing_body.h that depends on the number
 * of quadrature nodes, included once for each RULE (0: any number). */
#define PASTE_(x, y) x##_##y
#define PASTE(x, y) PASTE_(x, y)
#define AT_RULE(x) PASTE(x, RULE)
#if RULE == 0
#define ROOM ROUTING_NODES_MAX
#define NODES_OF(n) const int nodes = (int)(n)
#else
#define ROOM RULE
#define NODES_OF(n)                                                            \
    (void)(n);                                                                 \
    enum { nodes = RULE }
#endif
/* A copy that no store can alias. */
#define HERE                                                                   \
    const struct pass here = *pass;                                            \
    const struct pass *const x = &here
#define NODES_T                                                                \
    lanes t[ROOM];                                                             \
    EACH_NODE t[q] = lanes_all(x->rule->t[q])
#define EACH_SIDE UNROLL for (int g = 0; g < SIDE; g++)
#define EACH_SIDE_ROLLED                                                       \
    _Pragma("GCC unroll 1") for (int g = 0; g < SIDE; g++)
#define EACH_NODE for (int q = 0; q < nodes; q++)

INLINE float *AT_RULE(slot_at)(const struct pass *x, uint32_t slot,
                                      int nodes)
{
    return x->slot + (size_t)slot * (size_t)nodes * WIDTH;
}
#define SLOT(s) AT_RULE(slot_at)(x, s, nodes)
#define NODE(p, q) ((p) + (q) * WIDTH + g * LANES)

INLINE void AT_RULE(down)(const struct pass *pass,
                          const struct routing_edge *r, size_t count,
                          bool both, size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        const float *c = SLOT(r->slot);
        float *a = SLOT(r->a), *b = SLOT(r->b);
        const struct held s = hold(x, &r->s);

        EACH_SIDE {
            lanes way = held_way(&s, g);

            EACH_NODE {
                lanes whole = lanes_load(NODE(c, q));
                lanes first = lanes_mul(whole, lanes_fma(way, t[q], s.share));
                lanes_store(NODE(a, q), first);
                if (both)
                    lanes_store(NODE(b, q), lanes_sub(whole, first));
            }
        }
    }
}

INLINE void AT_RULE(up)(const struct pass *pass, const struct routing_edge *r,
                        size_t count, bool leaf, size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        float *c = SLOT(r->slot);
        const float *a = SLOT(r->a), *b = SLOT(r->b);
        const struct held s = hold(x, &r->s);
        lanes other = lanes_all(r->leaf);

        EACH_SIDE {
            lanes way = held_way(&s, g), sum = lanes_all(0.0f);

            EACH_NODE {
                lanes f = lanes_fma(way, t[q], s.share);
                lanes h = leaf ? other : lanes_load(NODE(b, q));
                lanes d = lanes_sub(lanes_load(NODE(a, q)), h);
                sum = lanes_fma(lanes_load(NODE(c, q)), d, sum);
                lanes_store(NODE(c, q), lanes_fma(d, f, h));
            }
            held_add(&s, g, way, sum);
        }
    }
}

INLINE void AT_RULE(up_one)(const struct pass *pass,
                            const struct routing_edge_one *r, size_t count,
                            size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        float *c = SLOT(r->e.slot);
        const float *a = SLOT(r->e.a);
        const struct held s = hold(x, &r->e.s), below = hold(x, &r->b);

        EACH_SIDE {
            lanes way = held_way(&s, g), h1 = held_way(&below, g);
            lanes sum = lanes_all(0.0f), m0 = lanes_all(0.0f);

            EACH_NODE {
                lanes f = lanes_fma(way, t[q], s.share);
                lanes whole = lanes_load(NODE(c, q));
                lanes h = lanes_fma(h1, t[q], below.share);
                lanes d = lanes_sub(lanes_load(NODE(a, q)), h);
                sum = lanes_fma(whole, d, sum);
                m0 = lanes_add(m0, lanes_fnma(whole, f, whole));
                lanes_store(NODE(c, q), lanes_fma(d, f, h));
            }
            held_add(&below, g, h1, m0);
            held_add(&s, g, way, sum);
        }
    }
}

/* The factor of a repeated player at node q: picks of constants. */
INLINE lanes AT_RULE(factor)(flags in, flags left, const float *f,
                                    lanes z)
{
    lanes inside = lanes_pick(left, lanes_all(f[0]), lanes_all(f[1]));
    return lanes_pick(in, inside, z);
}

INLINE const struct routing_repeat *
AT_RULE(next)(const struct routing_repeat *r, int nodes)
{
    return (const void *)((const char *)r + routing_repeat_bytes((size_t)nodes));
}

INLINE void AT_RULE(down_repeat)(const struct pass *pass,
                                        const struct routing_repeat *r,
                                        size_t count, size_t n)
{
    NODES_OF(n);
    HERE;
    for (; count > 0; count--, r = AT_RULE(next)(r, nodes)) {
        const float *k = (const float *)(const void *)(r + 1);

        const float *c = SLOT(r->e.slot);
        float *a = SLOT(r->e.a), *b = SLOT(r->e.b);

        EACH_SIDE_ROLLED {
            flags left = goes(x, &r->e.s, g), in = follows(x, r, g);
            lanes z = lanes_all(r->e.s.share);

            EACH_NODE {
                lanes f = AT_RULE(factor)(in, left, k + 3 * q, z);
                lanes whole = lanes_load(NODE(c, q));
                lanes first = lanes_mul(whole, f);
                lanes_store(NODE(a, q), first);
                lanes_store(NODE(b, q), lanes_sub(whole, first));
            }
        }
    }
}

enum AT_RULE(below) { AT_RULE(BOTH), AT_RULE(ONE_LEAF), AT_RULE(TWO_LEAVES) };

INLINE void AT_RULE(up_repeat)(const struct pass *pass,
                                      const struct routing_repeat *r,
                                      size_t count, enum AT_RULE(below) below,
                                      size_t n)
{
    NODES_OF(n);
    HERE;
    for (; count > 0; count--, r = AT_RULE(next)(r, nodes)) {
        const float *k = (const float *)(const void *)(r + 1);

        float *c = SLOT(r->e.slot);
        const float *a = SLOT(r->e.a), *b = SLOT(r->e.b);

        EACH_SIDE_ROLLED {
            flags left = goes(x, &r->e.s, g), in = follows(x, r, g);
            lanes z = lanes_all(r->e.s.share), sum = lanes_all(0.0f);
            lanes way = lanes_pick(in, choose(left, &r->e.s), sum);

            EACH_NODE {
                lanes f = AT_RULE(factor)(in, left, k + 3 * q, z);
                lanes h = below == AT_RULE(BOTH) ? lanes_load(NODE(b, q))
                                                 : lanes_all(r->e.leaf);
                lanes first = below == AT_RULE(TWO_LEAVES)
                                  ? lanes_all(r->first_leaf)
                                  : lanes_load(NODE(a, q));
                lanes d = lanes_sub(first, h);
                lanes w = lanes_mul(lanes_load(NODE(c, q)),
                                    lanes_all(k[3 * q + 2]));
                sum = lanes_fma(w, d, sum);
                lanes_store(NODE(c, q), lanes_fma(d, f, h));
            }
            contribute(x, r->e.s.target, g, way, sum);
        }
    }
}

INLINE void AT_RULE(ones)(const struct pass *pass,
                                 const struct routing_one *r, size_t count,
                                 size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        float *c = SLOT(r->slot);

        EACH_SIDE_ROLLED {
            lanes m0 = lanes_load(NODE(c, 0)), h1;

            for (int q = 1; q < nodes; q++)
                m0 = lanes_add(m0, lanes_load(NODE(c, q)));
            last_one(x, &r->s, g, m0, &h1);
            EACH_NODE lanes_store(NODE(c, q),
                                  lanes_fma(h1, t[q],
                                            lanes_all(r->s.share)));
        }
    }
}

INLINE void AT_RULE(twos)(const struct pass *pass,
                                 const struct routing_two *r, size_t count,
                                 bool three, size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        float *c = SLOT(r->slot);

        EACH_SIDE_ROLLED {
            lanes m0 = lanes_load(NODE(c, 0)), h1, h2;
            lanes m1 = lanes_mul(m0, t[0]);

            for (int q = 1; q < nodes; q++) {
                lanes whole = lanes_load(NODE(c, q));
                m0 = lanes_add(m0, whole);
                m1 = lanes_fma(whole, t[q], m1);
            }
            if (three)
                last_three(x, r, g, m0, m1, &h1, &h2);
            else
                last_two(x, r, g, m0, m1, &h1, &h2);
            EACH_NODE {
                lanes_store(NODE(c, q),
                            lanes_fma(t[q], lanes_fma(t[q], h2, h1),
                                      lanes_all(r->base)));
            }
        }
    }
}

INLINE void AT_RULE(highs)(const struct pass *pass,
                           const struct routing_high *r, size_t count,
                           enum routing_kind kind, size_t n)
{
    NODES_OF(n);
    HERE;
    NODES_T;
    for (; count > 0; count--, r++) {
        float *c = SLOT(r->slot);

        EACH_SIDE_ROLLED {
            lanes m[3], h[3];

            m[0] = lanes_load(NODE(c, 0));
            m[1] = lanes_mul(m[0], t[0]);
            m[2] = lanes_mul(m[1], t[0]);
            for (int q = 1; q < nodes; q++) {
                lanes whole = lanes_load(NODE(c, q));
                lanes first = lanes_mul(whole, t[q]);
                m[0] = lanes_add(m[0], whole);
                m[1] = lanes_add(m[1], first);
                m[2] = lanes_fma(first, t[q], m[2]);
            }
            last_high(x, r, g, kind, m, h);
            EACH_NODE {
                lanes f = lanes_fma(t[q], h[2], h[1]);
                f = lanes_fma(t[q], f, h[0]);
                lanes_store(NODE(c, q),
                            lanes_fma(t[q], f, lanes_all(r->base)));
            }
        }
    }
}

#define HIGH(kind)                                                             \
    case kind:                                                                 \
        AT_RULE(highs)(x, r, count, kind, n);                                  \
        return (const struct routing_high *)r + count

static const void *AT_RULE(run)(const struct pass *x,
                                       const struct routing_run *run, size_t n)
{
    const void *r = run + 1;
    size_t count = run->count;

    switch ((enum routing_kind)run->kind) {
    case ROUTING_DOWN:
        AT_RULE(down)(x, r, count, true, n);
        return (const struct routing_edge *)r + count;
    case ROUTING_DOWN_FIRST:
        AT_RULE(down)(x, r, count, false, n);
        return (const struct routing_edge *)r + count;
    case ROUTING_UP:
        AT_RULE(up)(x, r, count, false, n);
        return (const struct routing_edge *)r + count;
    case ROUTING_UP_LEAF:
        AT_RULE(up)(x, r, count, true, n);
        return (const struct routing_edge *)r + count;
    case ROUTING_UP_ONE:
        AT_RULE(up_one)(x, r, count, n);
        return (const struct routing_edge_one *)r + count;
    case ROUTING_ONE:
        AT_RULE(ones)(x, r, count, n);
        return (const struct routing_one *)r + count;
    case ROUTING_TWO:
        AT_RULE(twos)(x, r, count, false, n);
        return (const struct routing_two *)r + count;
    case ROUTING_THREE:
        AT_RULE(twos)(x, r, count, true, n);
        return (const struct routing_two *)r + count;
    HIGH(ROUTING_TWO_LEAF);
    HIGH(ROUTING_TWO_ONE);
    HIGH(ROUTING_TWO_TWO);
    HIGH(ROUTING_THREE_LEAF);
    HIGH(ROUTING_THREE_ONE);
    HIGH(ROUTING_THREE_TWO);
    HIGH(ROUTING_THREE_THREE);
    case ROUTING_DOWN_REPEAT:
        AT_RULE(down_repeat)(x, r, count, n);
        break;
    case ROUTING_UP_REPEAT:
        AT_RULE(up_repeat)(x, r, count, AT_RULE(BOTH), n);
        break;
    case ROUTING_UP_REPEAT_LEAF:
        AT_RULE(up_repeat)(x, r, count, AT_RULE(ONE_LEAF), n);
        break;
    case ROUTING_PAIR_REPEAT:
        AT_RULE(up_repeat)(x, r, count, AT_RULE(TWO_LEAVES), n);
        break;
    case ROUTING_KINDS:
        break;
    }
    return (const char *)r + count * routing_repeat_bytes(n);
}

static void AT_RULE(tree)(const struct pass *b, const struct routing_code *c,
                          const unsigned char *byte)
{
    struct pass y = *b;
    const struct pass *x = &y;
    const void *run = byte + c->first;
    NODES_OF(c->nodes);

    y.rule = b->rule + nodes;
    EACH_SIDE_ROLLED
        EACH_NODE lanes_store(NODE(SLOT(0), q),
                              lanes_all(x->rule->weight[q]));
    for (uint32_t i = 0; i < c->runs; i++)
        run = AT_RULE(run)(x, run, (size_t)nodes);
}

#undef PASTE_
#undef PASTE
#undef AT_RULE
#undef ROOM
#undef NODES_OF
#undef EACH_SIDE
#undef EACH_SIDE_ROLLED
#undef EACH_NODE
#undef HERE
#undef HIGH
#undef NODES_T
#undef SLOT
#undef NODE
#undef RULE
