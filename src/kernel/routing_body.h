/* kernel/routing_body.h: the kernel, included once by each variant with
 * ROUTING_SET (0 scalar, 2, 512), SIDE (vectors side by side), UNROLL (a pragma
 * for the short loops over them) and NAME(x). */
#include "kernel/routing_lanes.h"
#include "kernel/routing_program.h"

enum { WIDTH = SIDE * LANES };

/* One pass: WIDTH rows of a block. */
struct pass {
    const uint8_t *byte;
    float *slot, *phi;
    const struct routing_range *range;
    const struct routing_rule *rule;
};

INLINE flags goes(const struct pass *x, const struct routing_split *s,
                         int g)
{
    return flags_less(x->byte + s->column + g * LANES, s->limit);
}

INLINE lanes choose(flags k, const struct routing_split *s)
{
    return lanes_pick(k, lanes_all(s->yes), lanes_all(s->no));
}

/* What a record says of its split, once for all vectors side by side. */
struct held {
    const uint8_t *byte;
    float *phi;
    uint32_t limit;
    lanes yes, no, share;
};

INLINE struct held hold(const struct pass *x, const struct routing_split *s)
{
    return (struct held){x->byte + s->column,
                         x->phi + (size_t)s->target * WIDTH,
                         s->limit,
                         lanes_all(s->yes),
                         lanes_all(s->no),
                         lanes_all(s->share)};
}

INLINE lanes held_way(const struct held *s, int g)
{
    return lanes_pick(flags_less(s->byte + g * LANES, s->limit), s->yes, s->no);
}

INLINE void held_add(const struct held *s, int g, lanes factor, lanes sum)
{
    float *p = s->phi + g * LANES;
    lanes_store(p, lanes_fma(factor, sum, lanes_load(p)));
}

INLINE void contribute(const struct pass *x, uint32_t target, int g,
                              lanes factor, lanes sum)
{
    float *p = x->phi + (size_t)target * WIDTH + g * LANES;
    lanes_store(p, lanes_fma(factor, sum, lanes_load(p)));
}

INLINE flags follows(const struct pass *x,
                            const struct routing_repeat *r, int g)
{
    const struct routing_range *a = x->range + r->range;
    flags k = flags_within(x->byte + a->column + g * LANES, a->low, a->high);

    for (uint32_t i = 1; i < r->ranges; i++) {
        a++;
        k = flags_and(k, flags_within(x->byte + a->column + g * LANES, a->low,
                                      a->high));
    }
    return k;
}

/* Height 1 and 2 in moments; h1 and h2 receive the coefficients of t and t². */
INLINE void last_one(const struct pass *x, const struct routing_split *s,
                            int g, lanes m0, lanes *h1)
{
    *h1 = choose(goes(x, s, g), s);
    contribute(x, s->target, g, *h1, m0);
}

INLINE void last_two(const struct pass *x, const struct routing_two *r,
                            int g, lanes m0, lanes m1, lanes *h1, lanes *h2)
{
    lanes way = choose(goes(x, &r->s, g), &r->s), d0 = lanes_all(r->difference);
    lanes z = lanes_all(r->s.share), d1;

    last_one(x, &r->a, g, lanes_fma(way, m1, lanes_mul(z, m0)), &d1);
    contribute(x, r->s.target, g, way, lanes_fma(d1, m1, lanes_mul(d0, m0)));
    *h1 = lanes_fma(z, d1, lanes_mul(way, d0));
    *h2 = lanes_mul(way, d1);
}

INLINE void last_three(const struct pass *x, const struct routing_two *r,
                              int g, lanes m0, lanes m1, lanes *h1, lanes *h2)
{
    lanes way = choose(goes(x, &r->s, g), &r->s), d0 = lanes_all(r->difference);
    lanes z = lanes_all(r->s.share), a0, a1, b1, d1;

    a0 = lanes_fma(way, m1, lanes_mul(z, m0));
    last_one(x, &r->a, g, a0, &a1);
    last_one(x, &r->b, g, lanes_sub(m0, a0), &b1);
    d1 = lanes_sub(a1, b1);
    contribute(x, r->s.target, g, way, lanes_fma(d1, m1, lanes_mul(d0, m0)));
    *h1 = lanes_fma(z, d1, lanes_fma(way, d0, b1));
    *h2 = lanes_mul(way, d1);
}

/* Height 3: h receives the coefficients of t, t² and t³. */
INLINE void last_high(const struct pass *x, const struct routing_high *r, int g,
                      enum routing_kind kind, const lanes m[3], lanes h[3])
{
    bool three = kind >= ROUTING_THREE_LEAF;
    enum routing_kind below = kind - (three ? ROUTING_THREE_LEAF
                                            : ROUTING_TWO_LEAF);
    lanes way = choose(goes(x, &r->s, g), &r->s), z = lanes_all(r->s.share);
    lanes a0 = lanes_fma(way, m[1], lanes_mul(z, m[0]));
    lanes a1 = lanes_fma(way, m[2], lanes_mul(z, m[1]));
    lanes b0 = lanes_sub(m[0], a0), b1 = lanes_sub(m[1], a1);
    lanes d0 = lanes_all(r->difference), d1, d2, e1, e2;

    if (three)
        last_three(x, &r->a, g, a0, a1, &d1, &d2);
    else
        last_two(x, &r->a, g, a0, a1, &d1, &d2);
    e1 = e2 = lanes_all(0.0f);
    if (below == 1)
        last_one(x, &r->b.a, g, b0, &e1);
    else if (below == 2)
        last_two(x, &r->b, g, b0, b1, &e1, &e2);
    else if (below == 3)
        last_three(x, &r->b, g, b0, b1, &e1, &e2);
    if (below >= 1)
        d1 = lanes_sub(d1, e1);
    if (below >= 2)
        d2 = lanes_sub(d2, e2);
    h[0] = lanes_fma(z, d1, lanes_mul(way, d0));
    h[1] = lanes_fma(z, d2, lanes_mul(way, d1));
    h[2] = lanes_mul(way, d2);
    if (below >= 1)
        h[0] = lanes_add(h[0], e1);
    if (below >= 2)
        h[1] = lanes_add(h[1], e2);
    contribute(x, r->s.target, g, way,
               lanes_fma(d2, m[2], lanes_fma(d1, m[1], lanes_mul(d0, m[0]))));
}

#define RULE 1
#include "kernel/routing_rule.h"
#define RULE 2
#include "kernel/routing_rule.h"
#define RULE 3
#include "kernel/routing_rule.h"
#define RULE 4
#include "kernel/routing_rule.h"
#define RULE 5
#include "kernel/routing_rule.h"
#define RULE 0
#include "kernel/routing_rule.h"

const size_t NAME(routing_width) = WIDTH;

void NAME(routing_tree)(const struct routing_block *b,
                        const struct routing_code *c, const unsigned char *byte)
{
    struct pass x = {b->byte, b->slot, b->phi, b->range, b->rule};

    for (size_t at = 0; at < ROUTING_LANES; at += WIDTH) {
        switch (c->nodes) {
        case 1:
            tree_1(&x, c, byte);
            break;
        case 2:
            tree_2(&x, c, byte);
            break;
        case 3:
            tree_3(&x, c, byte);
            break;
        case 4:
            tree_4(&x, c, byte);
            break;
        case 5:
            tree_5(&x, c, byte);
            break;
        default:
            tree_0(&x, c, byte);
            break;
        }
        x.byte += WIDTH;
        x.phi += b->targets * WIDTH;
    }
}
