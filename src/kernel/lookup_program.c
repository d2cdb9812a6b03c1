#include "kernel/lookup_in.h"

/* Units' indices are built from indices of shared paths: a step where the paths
 * of units part has its index in a slot. Bit d of an index belongs to the
 * step of depth d on the unit's longest path, so slots serve every unit. */

struct work {
    const struct lookup_step *step;
    uint32_t *use;     /* units whose chain passes the step */
    uint32_t *top;     /* the largest use of a child */
    uint32_t *slot;
    struct lookup_part *out;
};

static void test_add(struct work *w, uint32_t s, unsigned bit)
{
    struct lookup_part *p = w->out;
    p->test[p->tests++] = (struct lookup_test){
        w->step[s].column, w->step[s].limit, (uint8_t)(1U << bit)};
}

/* Adds the tests of the chain's steps below the nearest step with a slot, that
 * at position `last` included; returns the slot. */
static uint32_t chain_tests(struct work *w, const uint32_t *chain, size_t last,
                            bool self)
{
    size_t first = last + 1;
    uint32_t from = LOOKUP_NONE;
    while (first > 0) {
        uint32_t s = chain[first - 1];
        if (w->slot[s] != LOOKUP_NONE && !(self && first == last + 1)) {
            from = w->slot[s];
            break;
        }
        first--;
    }
    for (size_t i = first; i <= last; i++)
        test_add(w, chain[i], (unsigned)i);
    return from;
}

static void count_uses(struct work *w, const struct lookup_plan *plan)
{
    for (size_t i = 0; i < plan->units; i++)
        for (unsigned k = 0; k < plan->unit[i].chain; k++)
            w->use[plan->unit[i].step[k]]++;
    for (size_t i = 0; i < plan->units; i++)
        for (unsigned k = 1; k < plan->unit[i].chain; k++) {
            uint32_t p = plan->unit[i].step[k - 1];
            uint32_t u = w->use[plan->unit[i].step[k]];
            if (u > w->top[p])
                w->top[p] = u;
        }
}

/* The op of a slot, for the first unit that needs it; slots above come first
 * because a chain is walked from its root. */
static void slot_ops(struct work *w, const struct lookup_unit *u)
{
    for (unsigned k = 0; k < u->chain; k++) {
        uint32_t s = u->step[k];
        if (w->use[s] < 2 || w->use[s] == w->top[s] ||
            w->slot[s] != LOOKUP_NONE)
            continue;
        struct lookup_part *p = w->out;
        uint32_t first = (uint32_t)p->tests;
        w->slot[s] = (uint32_t)p->slots++;
        uint32_t from = chain_tests(w, u->step, k, true);
        p->op[p->ops++] = (struct lookup_op){
            from, w->slot[s], false, first, (uint32_t)p->tests - first};
    }
}

static void unit_op(struct work *w, const struct lookup_unit *u, uint32_t to)
{
    struct lookup_part *p = w->out;
    uint32_t first = (uint32_t)p->tests;
    uint32_t from = chain_tests(w, u->step, u->chain - 1U, false);
    for (unsigned i = u->chain; i < u->bits; i++)
        test_add(w, u->step[i], i);
    p->op[p->ops++] = (struct lookup_op){from, to, true, first,
                                         (uint32_t)p->tests - first};
}

static status program(struct work *w, size_t steps,
                      const struct lookup_plan *plan, struct error *e)
{
    struct lookup_part *p = w->out;
    w->use = mem_array(steps, sizeof *w->use);
    w->top = mem_array(steps, sizeof *w->top);
    w->slot = mem_array(steps, sizeof *w->slot);
    p->op = mem_array(plan->units * 2, sizeof *p->op);
    p->test = mem_array(plan->units * 2 * LOOKUP_WIDE, sizeof *p->test);
    if (w->use == NULL || w->top == NULL || w->slot == NULL || p->op == NULL ||
        p->test == NULL)
        return error_memory(e);
    for (size_t i = 0; i < steps; i++)
        w->slot[i] = LOOKUP_NONE;
    count_uses(w, plan);
    for (size_t i = 0; i < plan->units; i++) {
        slot_ops(w, &plan->unit[i]);
        unit_op(w, &plan->unit[i], (uint32_t)i);
    }
    p->units = plan->units;
    return ST_OK;
}

status lookup_program(const struct lookup_step *step, size_t steps,
                      const struct lookup_plan *plan, struct lookup_part *out,
                      struct error *e)
{
    struct work w = {step, NULL, NULL, NULL, out};
    status s = plan->units == 0 ? ST_OK : program(&w, steps, plan, e);
    mem_free(w.use);
    mem_free(w.top);
    mem_free(w.slot);
    return s;
}
