#include "kernel/lookup_in.h"

/* Which steps share a unit. From the leaves up, every step has at most one open
 * unit below it; open units of its children are joined while the comparisons
 * of all of them, with the path above, fit a narrow index. */

struct open {
    uint32_t first, last; /* its homes, linked by next */
    uint32_t deepest;     /* the home with the longest path */
    uint32_t size;        /* its steps below the present one, that included */
};

struct work {
    const struct lookup_step *step;
    size_t steps;
    uint8_t *depth;     /* steps of the path */
    struct open *open;  /* [steps]; size 0: none */
    struct lookup_plan *out;
};

static void link_homes(struct work *w, struct open *to, const struct open *more)
{
    w->out->next[to->last] = more->first;
    to->last = more->last;
    if (w->depth[more->deepest] > w->depth[to->deepest])
        to->deepest = more->deepest;
}

static bool unit_holds(const struct lookup_unit *u, uint32_t step)
{
    for (unsigned i = 0; i < u->bits; i++)
        if (u->step[i] == step)
            return true;
    return false;
}

/* Path of the deepest home first, then what the other homes add. */
static void unit_close(struct work *w, const struct open *o)
{
    struct lookup_unit *u = &w->out->unit[w->out->units++];
    u->home = o->first;
    u->chain = u->bits = w->depth[o->deepest];
    uint32_t at = o->deepest;
    for (unsigned i = u->chain; i-- > 0; at = w->step[at].parent)
        u->step[i] = at;
    for (uint32_t h = o->first; h != LOOKUP_NONE; h = w->out->next[h]) {
        unsigned from = u->bits, more = 0;
        for (at = h; at != LOOKUP_ROOT && !unit_holds(u, at);
             at = w->step[at].parent)
            more++;
        at = h;
        for (unsigned i = from + more; i-- > from; at = w->step[at].parent)
            u->step[i] = at;
        u->bits = (uint8_t)(from + more);
    }
}

/* A child's open unit meets what is open at its parent. */
static void join_up(struct work *w, uint32_t parent, struct open *child)
{
    struct open *o = &w->open[parent];
    unsigned above = parent == LOOKUP_ROOT ? 0 : w->depth[parent];
    if (o->size == 0) {
        *o = *child;
        return;
    }
    if (above + o->size + child->size <= LOOKUP_NARROW) {
        link_homes(w, o, child);
        o->size += child->size;
        return;
    }
    if (child->size < o->size) { /* the smaller one may meet another yet */
        unit_close(w, o);
        *o = *child;
    } else {
        unit_close(w, child);
    }
}

static void plan_units(struct work *w, const uint8_t *has_table)
{
    for (size_t i = w->steps; i-- > 0;) {
        uint32_t s = (uint32_t)i;
        struct open *o = &w->open[s];
        if (has_table[s]) {
            struct open own = {s, s, s, 0};
            if (o->size == 0)
                *o = own;
            else
                link_homes(w, o, &own);
        } else if (o->size == 0) {
            continue;
        }
        o->size++;
        if (w->step[s].parent == LOOKUP_ROOT)
            unit_close(w, o);
        else
            join_up(w, w->step[s].parent, o);
    }
}

static status depths(const struct lookup_step *step, size_t steps,
                     uint8_t *depth, struct error *e)
{
    uint8_t *bits = mem_array(steps, 1);
    if (bits == NULL)
        return error_memory(e);
    status s = ST_OK;
    for (size_t i = 0; i < steps && s == ST_OK; i++) {
        uint32_t p = step[i].parent;
        uint8_t b = step[i].bit, above = 0;
        if (p != LOOKUP_ROOT && p < i)
            above = bits[p];
        else if (p != LOOKUP_ROOT)
            s = error_set(e, ST_ARGUMENT, "step %zu has a later parent", i);
        if (b == 0 || (b & (b - 1)) != 0 || (above & b) != 0)
            s = error_set(e, ST_ARGUMENT,
                          "step %zu: bit %u is not one that is free", i,
                          (unsigned)b);
        bits[i] = above | b;
        depth[i] = (uint8_t)(p == LOOKUP_ROOT || p >= i ? 1 : depth[p] + 1);
    }
    mem_free(bits);
    return s;
}

status lookup_plan_make(const struct lookup_step *step, size_t steps,
                        const uint8_t *has_table, struct lookup_plan *out,
                        struct error *e)
{
    *out = (struct lookup_plan){0};
    if (steps == 0)
        return ST_OK;
    struct work w = {step, steps, NULL, NULL, out};
    w.depth = mem_array(steps, 1);
    w.open = mem_array(steps, sizeof *w.open);
    out->next = mem_array(steps, sizeof *out->next);
    out->unit = mem_array(steps, sizeof *out->unit);
    status s = ST_OK;
    if (w.depth == NULL || w.open == NULL || out->next == NULL ||
        out->unit == NULL)
        s = error_memory(e);
    if (s == ST_OK)
        s = depths(step, steps, w.depth, e);
    if (s == ST_OK) {
        for (size_t i = 0; i < steps; i++)
            out->next[i] = LOOKUP_NONE;
        plan_units(&w, has_table);
    }
    mem_free(w.depth);
    mem_free(w.open);
    if (s != ST_OK)
        lookup_plan_free(out);
    return s;
}

void lookup_plan_free(struct lookup_plan *p)
{
    mem_free(p->unit);
    mem_free(p->next);
    *p = (struct lookup_plan){0};
}
