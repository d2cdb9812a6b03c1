/* Terms of an output put together: those of the same inputs, or of some of
 * another's, are one part. */
#include "model/program_open.h"

#include <stdlib.h>

/* Beyond these an output is one part. */
enum { TERMS_MAX = 4 << 20, WITHIN_MAX = 2000 };
#define OPEN_WORK_MAX 4.0e9

/* By size of the set descending, then set: equal sets stand together, a set
 * that holds another before it. */
static int by_set(const void *a, const void *b, void *with)
{
    const struct term *x = a, *y = b;
    size_t n, m;
    (void)sets_at(with, x->set, &n);
    (void)sets_at(with, y->set, &m);
    if (n != m)
        return n > m ? -1 : 1;
    if (x->set != y->set)
        return x->set < y->set ? -1 : 1;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct term *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->tree != y->tree)
        return x->tree < y->tree ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

/* Small sets join the first larger one that holds them. */
static void join_sets(struct opening *g)
{
    uint32_t distinct[WITHIN_MAX];
    size_t n = 0;
    for (size_t i = 0; i < g->mines;) {
        uint32_t set = g->mine[i].set, into = set;
        size_t end = i;
        for (size_t k = 0; set != 0 && k < n && into == set; k++)
            if (sets_within(g->sets, set, distinct[k]))
                into = distinct[k];
        if (into == set && set != 0 && n < WITHIN_MAX)
            distinct[n++] = set;
        for (; end < g->mines && g->mine[end].set == set; end++)
            continue;
        for (; i < end; i++)
            g->mine[i].set = into;
    }
}

/* Marks the steps that a register, or a tree's forest step, needs. */
static void need(struct opening *g, uint32_t step, size_t *top)
{
    if (step == 0 || g->seen[step - 1] == g->round)
        return;
    g->seen[step - 1] = g->round;
    g->stack[(*top)++] = step - 1;
}

/* A tree is looked up where its forest would run, without running it. */
static void need_tree(struct opening *g, const struct term *t, size_t *top)
{
    const struct step *s = &g->p->step[t->at - 1];
    const struct model *m = ((const struct forest_data *)s->data)->forest;
    const struct tree *tree = &m->tree[t->tree - 1];
    for (uint32_t i = 0; i < tree->node_count; i++) {
        const struct node *n = &tree->node[i];
        if (n->feature >= 0)
            need(g, g->writer[opening_at(g, s->in + (size_t)n->feature)], top);
        for (uint32_t j = 0; j < n->linear_count; j++) {
            int32_t f = m->linear[n->linear_first + j].feature;
            need(g, g->writer[opening_at(g, s->in + (size_t)f)], top);
        }
    }
}

static int ascending(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static status part_steps(struct opening *g, struct part *part,
                         struct error *e)
{
    struct program *p = g->p;
    size_t top = 0;
    g->round++;
    for (size_t i = 0; i < part->terms; i++) {
        const struct term *t = &p->term[part->term + i];
        if (t->tree > 0)
            need_tree(g, t, &top);
        else
            need(g, t->at, &top);
    }
    part->step = g->part_steps;
    for (size_t done = 0; done < top; done++) {
        const struct step *s = &p->step[g->stack[done]];
        for (uint32_t i = 0; i < s->ins; i++)
            if (opening_at(g, s->in + i) != NO_SLOT)
                need(g, g->writer[opening_at(g, s->in + i)], &top);
    }
    TRY(MEM_ROOM(p->part_step, g->step_room, g->part_steps + top + 1, e));
    memcpy(p->part_step + part->step, g->stack, top * sizeof *g->stack);
    qsort(p->part_step + part->step, top, sizeof *p->part_step, ascending);
    part->steps = top;
    g->part_steps += top;
    return ST_OK;
}

static status keep_part(struct opening *g, struct parts *to, size_t from,
                        size_t end, struct error *e)
{
    struct program *p = g->p;
    struct part *part = &to->part[to->count];
    size_t n;
    TRY(MEM_ROOM(p->term, g->term_room, g->terms + (end - from) + 1, e));
    memcpy(p->term + g->terms, g->mine + from, (end - from) * sizeof *p->term);
    part->term = g->terms;
    part->terms = end - from;
    g->terms += end - from;
    qsort(p->term + part->term, part->terms, sizeof *p->term, by_place);
    TRY(part_steps(g, part, e));
    const uint32_t *of = sets_at(g->sets, g->mine[from].set, &n);
    uint32_t *copy = arena_new_array(p->arena, uint32_t, n + 1);
    if (copy == NULL)
        return arena_error(p->arena, e);
    if (n > 0)
        memcpy(copy, of, n * sizeof *copy);
    part->view = (struct program_part){copy, n, (uint32_t)to->count};
    to->count++;
    return ST_OK;
}

static status open_output(struct opening *g, size_t o, uint32_t r,
                          struct error *e)
{
    struct parts *to = &g->p->parts[o];
    if ((double)g->p->outputs * (double)g->registers > OPEN_WORK_MAX)
        TRY(opening_whole(g, r, e));
    else
        TRY(opening_terms(g, r, &to->constant, e));
    if (g->terms + g->mines > TERMS_MAX) {
        to->constant = 0.0;
        TRY(opening_whole(g, r, e));
    }
    if (g->mines > 0) {
        qsort_r(g->mine, g->mines, sizeof *g->mine, by_set, g->sets);
        join_sets(g);
        qsort_r(g->mine, g->mines, sizeof *g->mine, by_set, g->sets);
    }
    size_t parts = 0;
    for (size_t i = 0; i < g->mines; i++)
        parts += i == 0 || g->mine[i].set != g->mine[i - 1].set;
    to->part = mem_array(parts + 1, sizeof *to->part);
    if (to->part == NULL)
        return error_memory(e);
    for (size_t i = 0; i < g->mines;) {
        size_t end = i + 1;
        while (end < g->mines && g->mine[end].set == g->mine[i].set)
            end++;
        TRY(keep_part(g, to, i, end, e));
        i = end;
    }
    return ST_OK;
}

static status open_all(struct opening *g, const reg *outputs, struct error *e)
{
    struct program *p = g->p;
    uint32_t most = 0;
    for (size_t i = 0; i < p->steps; i++)
        most = p->step[i].ins > most ? p->step[i].ins : most;
    g->set = mem_array(g->registers + 1, sizeof *g->set);
    g->gathered = mem_array((size_t)most + 1, sizeof *g->gathered);
    g->worth = mem_array(g->registers + 1, sizeof *g->worth);
    g->wanted = mem_array(g->registers + 1, sizeof *g->wanted);
    g->seen = mem_array(p->steps + 1, sizeof *g->seen);
    g->stack = mem_array(p->steps + 1, sizeof *g->stack);
    p->parts = mem_array(p->outputs, sizeof *p->parts);
    if (g->set == NULL || g->gathered == NULL || g->worth == NULL ||
        g->wanted == NULL || g->seen == NULL || g->stack == NULL ||
        p->parts == NULL)
        return error_memory(e);
    for (uint32_t f = 0; f < p->features; f++)
        TRY(sets_one(g->sets, f, &g->set[f], e));
    for (size_t i = 0; i < p->steps; i++)
        TRY(opening_sets(g, &p->step[i], e));
    for (size_t o = 0; o < p->outputs; o++)
        TRY(open_output(g, o, outputs[o], e));
    return ST_OK;
}

status parts_open(struct program *p, const uint32_t *writer, size_t registers,
                  const reg *outputs, struct error *e)
{
    struct opening g = {.p = p, .writer = writer, .registers = registers};
    TRY(sets_new(p->features, &g.sets, e));
    status s = open_all(&g, outputs, e);
    sets_free(g.sets);
    mem_free(g.set);
    mem_free(g.gathered);
    mem_free(g.worth);
    mem_free(g.wanted);
    mem_free(g.mine);
    mem_free(g.seen);
    mem_free(g.stack);
    return s;
}

/* A part that reads no input is a number, taken from one row of missing values. */
static status fold(struct program *p, struct parts *of, struct error *e)
{
    size_t left = 0;
    double *row = mem_array(p->features + 1, sizeof *row);
    struct model_rows rows = {.value = row, .n = 1};
    if (row == NULL)
        return error_memory(e);
    status s = ST_OK;
    for (size_t i = 0; s == ST_OK && i < of->count; i++) {
        double value = 0.0;
        if (of->part[i].view.features > 0) {
            of->part[left] = of->part[i];
            of->part[left].view.id = (uint32_t)left;
            left++;
            continue;
        }
        s = part_run(p, &of->part[i], &rows, &value, e);
        of->constant += value;
    }
    mem_free(row);
    of->count = left;
    return s;
}

status parts_close(struct program *p, const uint32_t *slot_of, struct error *e)
{
    for (size_t o = 0; o < p->outputs; o++) {
        const struct parts *of = &p->parts[o];
        for (size_t i = 0; i < of->count; i++)
            for (size_t t = 0; t < of->part[i].terms; t++) {
                struct term *term = &p->term[of->part[i].term + t];
                if (term->tree == 0)
                    term->slot = slot_of[term->slot];
            }
    }
    for (size_t o = 0; o < p->outputs; o++)
        TRY(fold(p, &p->parts[o], e));
    return ST_OK;
}

status program_parts(const struct program *p, size_t output, struct arena *a,
                     const struct program_part **out, size_t *parts,
                     double *constant, struct error *e)
{
    if (output >= p->outputs)
        return error_bug(e, "a program has no such output");
    const struct parts *of = &p->parts[output];
    struct program_part *view =
        arena_new_array(a, struct program_part, of->count + 1);
    if (view == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < of->count; i++)
        view[i] = of->part[i].view;
    *out = view;
    *parts = of->count;
    *constant = of->constant;
    return ST_OK;
}
