/* recourse/proof.h: why no plan costs less than a claim.
 *
 * A proof is a binary tree over boxes of lever values. The root is everything
 * the levers may do. A split cuts a box in two, so the two parts cover it by
 * construction; a leaf says why nothing in its box is a plan cheaper than the
 * claim. Whoever checks it walks the tree once and tests each leaf by itself:
 * no search, no order, no trust in the one who wrote it.
 *
 * Splits, in terms of the lever's values and the person's own value:
 *   value above own   near: below it; far: that value and above
 *   value below own   near: above it; far: that value and below
 *   listed levers (categories, missing states): candidates stand own first, then
 *   by cost, then as listed; near: before the value; far: the value and after
 * The own value itself is never split at. For levers outside formulas and rules
 * only thresholds matter, so every value between two candidates does what the
 * nearer one does and costs more.
 *
 * A stay is for a box in which K levers are off their own value: the others
 * stay, since moving one more is more than K.
 *
 * Leaves:
 *   SCORE   score `which` misses its cutoff: the sum over groups of the best
 *           leaf, or joint leaf, that the box reaches is beyond it
 *   COST    the cheapest corner costs the claim or more
 *   COUNT   more than K levers are off their own value
 *   RULE    rule `which` is broken everywhere in the box
 *   FORMULA no point of the box can be computed (division by zero)
 *   POINT   one reachable leaf in every tree, and the corner is refused by a
 *           guard or by the library's own sum
 *   PRICE   the Lagrangian bound of price set `which` reaches the claim
 *
 * Price sets (Fisher 1981): μ >= 0 a score, and shares: group g takes
 * share(g, lever, position) of the lever's cost, 0 at the own value and never
 * falling away from it. A set bounds a box when at no value of a lever there,
 * Σ over g of share has risen by more since near than the cost has (that the sum
 * stays below the cost is not enough: near may cost more than its shares). With
 * near(l) its value of lever l nearest to own,
 *   bound = Σ cost(near(l)) + Σ_g min over reachable joint leaves of
 *             [ μ × leaf + Σ_l share(g, l, leaf's nearest in the box)
 *                              − share(g, l, near(l)) ] − μ × limit
 * with scores oriented so that a plan needs score <= limit. */
#ifndef CANDOR_RECOURSE_PROOF_H
#define CANDOR_RECOURSE_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum proof_kind {
    PROOF_SPLIT, PROOF_STAY, PROOF_SCORE, PROOF_COST, PROOF_COUNT, PROOF_RULE,
    PROOF_FORMULA, PROOF_POINT, PROOF_PRICE
};

struct proof_node {
    uint8_t kind;               /* enum proof_kind */
    uint8_t lever;              /* SPLIT */
    uint16_t which;             /* SCORE, RULE, PRICE */
    double value;               /* SPLIT; NaN: the missing state */
    const struct proof_node *near, *far; /* SPLIT; STAY: near alone */
};

/* Trees whose joint leaves are bounded together, by score. Trees in no group
 * stand alone. */
struct proof_group {
    uint16_t score;
    uint16_t trees;
    const uint32_t *tree;       /* [trees]: indices in the score's model */
};

struct proof_share {
    uint32_t group;             /* index in proof.group */
    uint16_t lever;
    double value;               /* from this value on, away from own … */
    double add;                 /* … the group's share is that much larger */
};

struct proof_price {
    const double *mu;           /* [scores] */
    const struct proof_share *share;
    size_t shares;
};

struct recourse_proof {
    const struct proof_node *root; /* NULL: none recorded */
    double claim;               /* no plan costs less; INFINITY: there is none */
    const struct proof_group *group;
    size_t groups;
    const struct proof_price *price;
    size_t prices;
    long leaves;
};

#endif
