/* Outputs as sums. From the last step to the first, what a register is worth to
 * an output is handed to the registers that it adds up, as long as it reads more
 * than one input; what is left are terms. */
#include "model/program_open.h"

static status element_sets(struct opening *g, const struct step *s,
                           struct error *e)
{
    uint32_t lists = s->ins / s->outs;
    for (uint32_t o = 0; o < s->outs; o++) {
        uint32_t of[4];
        for (uint32_t i = 0; i < lists; i++)
            of[i] = g->set[opening_at(g, s->in + i * s->outs + o)];
        TRY(sets_union(g->sets, of, lists, &g->set[opening_at(g, s->out + o)], e));
    }
    return ST_OK;
}

status opening_sets(struct opening *g, const struct step *s,
                        struct error *e)
{
    if (s->kind == STEP_MAP || s->kind == STEP_PAIR || s->kind == STEP_CHOOSE)
        return element_sets(g, s, e);
    uint32_t all, n = 0;
    for (uint32_t i = 0; i < s->ins; i++)
        if (opening_at(g, s->in + i) != NO_SLOT)
            g->gathered[n++] = g->set[opening_at(g, s->in + i)];
    TRY(sets_union(g->sets, g->gathered, n, &all, e));
    for (uint32_t o = 0; o < s->outs; o++)
        g->set[opening_at(g, s->out + o)] = all;
    return ST_OK;
}

static void give(struct opening *g, uint32_t r, double worth)
{
    if (worth == 0.0)
        return;
    g->worth[r] += worth;
    g->wanted[r] = true;
}

static bool is_constant(const struct opening *g, uint32_t r, double *value)
{
    if (g->writer[r] == 0)
        return false;
    const struct step *s = &g->p->step[g->writer[r] - 1];
    *value = s->p;
    return s->kind == STEP_CONSTANT;
}

/* Hands on what element o is worth; false: it is no sum. */
static bool open_pair(struct opening *g, const struct step *s, uint32_t o,
                      double worth)
{
    uint32_t x = opening_at(g, s->in + o), y = opening_at(g, s->in + s->outs + o);
    double c;
    switch (s->f) {
    case PAIR_ADD:
    case PAIR_SUBTRACT:
        give(g, x, worth);
        give(g, y, s->f == PAIR_ADD ? worth : -worth);
        return true;
    case PAIR_MULTIPLY:
        if (is_constant(g, y, &c))
            give(g, x, worth * c);
        else if (is_constant(g, x, &c))
            give(g, y, worth * c);
        else
            return false;
        return true;
    case PAIR_DIVIDE:
        if (!is_constant(g, y, &c) || c == 0.0)
            return false;
        give(g, x, worth / c);
        return true;
    default:
        return false;
    }
}

static bool open_map(struct opening *g, const struct step *s, uint32_t o,
                     double worth, double *constant)
{
    uint32_t x = opening_at(g, s->in + o);
    switch (s->f) {
    case MAP_COPY:
    case MAP_FLOAT32: give(g, x, worth); return true;
    case MAP_NEGATE: give(g, x, -worth); return true;
    case MAP_SCALE:
        give(g, x, worth * s->p);
        *constant += worth * s->q;
        return true;
    default: return false;
    }
}

static bool open_affine(struct opening *g, const struct step *s, uint32_t o,
                        double worth, double *constant)
{
    const struct affine_data *d = s->data;
    for (uint32_t i = 0; i < s->ins; i++)
        give(g, opening_at(g, s->in + i), worth * d->weight[o * s->ins + i]);
    if (d->bias != NULL)
        *constant += worth * d->bias[o];
    return true;
}

static status add_term(struct opening *g, const struct term *t,
                       struct error *e)
{
    TRY(MEM_ROOM(g->mine, g->mine_room, g->mines + 1, e));
    g->mine[g->mines++] = *t;
    return ST_OK;
}

static status tree_set(struct opening *g, const struct step *s,
                       const struct tree *t, uint32_t *out, struct error *e)
{
    const struct model *m = ((const struct forest_data *)s->data)->forest;
    uint32_t set = 0;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];
        uint32_t of[2] = {set, 0};
        if (n->feature >= 0) {
            of[1] = g->set[opening_at(g, s->in + (uint32_t)n->feature)];
            TRY(sets_union(g->sets, of, 2, &set, e));
        }
        for (uint32_t j = 0; j < n->linear_count; j++) {
            int32_t f = m->linear[n->linear_first + j].feature;
            of[0] = set;
            of[1] = g->set[opening_at(g, s->in + (uint32_t)f)];
            TRY(sets_union(g->sets, of, 2, &set, e));
        }
    }
    *out = set;
    return ST_OK;
}

static status open_forest(struct opening *g, uint32_t at, uint32_t output,
                          double worth, double *constant, struct error *e)
{
    const struct step *s = &g->p->step[at];
    const struct model *m = ((const struct forest_data *)s->data)->forest;
    *constant += worth * m->base[output];
    for (size_t t = 0; t < m->trees; t++) {
        if (m->tree[t].output != output)
            continue;
        struct term term = {.coefficient = worth, .at = at + 1,
                            .tree = (uint32_t)t + 1};
        TRY(tree_set(g, s, &m->tree[t], &term.set, e));
        TRY(add_term(g, &term, e));
    }
    return ST_OK;
}

static bool open_sum(struct opening *g, const struct step *s, double worth)
{
    if (s->f != REDUCE_SUM && s->f != REDUCE_MEAN)
        return false;
    if (s->f == REDUCE_MEAN)
        worth /= (double)s->ins;
    for (uint32_t i = 0; i < s->ins; i++)
        give(g, opening_at(g, s->in + i), worth);
    return true;
}

static status open_register(struct opening *g, uint32_t at, uint32_t o,
                            double worth, double *constant, struct error *e)
{
    const struct step *s = &g->p->step[at];
    uint32_t r = opening_at(g, s->out + o);
    size_t reads;
    bool opened = false;
    (void)sets_at(g->sets, g->set[r], &reads);
    if (s->kind == STEP_CONSTANT) {
        *constant += worth * s->p;
        return ST_OK;
    }
    if (reads > 1 && s->kind == STEP_PAIR)
        opened = open_pair(g, s, o, worth);
    else if (reads > 1 && s->kind == STEP_MAP)
        opened = open_map(g, s, o, worth, constant);
    else if (reads > 1 && s->kind == STEP_AFFINE)
        opened = open_affine(g, s, o, worth, constant);
    else if (reads > 1 && s->kind == STEP_REDUCE)
        opened = open_sum(g, s, worth);
    else if (reads > 1 && s->kind == STEP_FOREST &&
             o < ((const struct forest_data *)s->data)->forest->outputs)
        return open_forest(g, at, o, worth, constant, e);
    if (opened)
        return ST_OK;
    struct term t = {.coefficient = worth, .at = at + 1, .slot = r,
                     .set = g->set[r]};
    return add_term(g, &t, e);
}

status opening_whole(struct opening *g, uint32_t r, struct error *e)
{
    struct term t = {.coefficient = 1.0, .at = g->writer[r], .slot = r,
                     .set = g->set[r]};
    g->mines = 0;
    return add_term(g, &t, e);
}

status opening_terms(struct opening *g, uint32_t r, double *constant,
                         struct error *e)
{
    struct program *p = g->p;
    g->mines = 0;
    *constant = 0.0;
    memset(g->worth, 0, g->registers * sizeof *g->worth);
    memset(g->wanted, 0, g->registers * sizeof *g->wanted);
    give(g, r, 1.0);
    for (uint32_t at = g->writer[r]; at-- > 0;) {
        const struct step *s = &p->step[at];
        for (uint32_t o = 0; o < s->outs; o++) {
            uint32_t x = p->list[s->out + o];
            if (g->wanted[x])
                TRY(open_register(g, at, o, g->worth[x], constant, e));
        }
    }
    for (uint32_t f = 0; f < p->features; f++) {
        struct term t = {.coefficient = g->worth[f], .slot = f,
                         .set = g->set[f]};
        if (g->wanted[f])
            TRY(add_term(g, &t, e));
    }
    return ST_OK;
}

