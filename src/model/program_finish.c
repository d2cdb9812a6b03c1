/* From a maker to a program: what no output needs is dropped, also single
 * registers of a step where its registers are independent; then registers get
 * slots, which are used again behind their last reader. */
#include "model/builder.h"
#include "model/program_in.h"

struct finishing {
    struct program_maker *k;
    struct program *p;
    bool *live;         /* [registers] */
    uint32_t *writer;   /* [registers]: 1 + the step that is left */
    uint32_t *slot;     /* [registers] */
    uint32_t *last;     /* [registers]: 1 + last step that reads it */
    uint32_t *spare;    /* free slots */
    size_t spares, kept;
};

/* Lists of `ins` that go register by register with the outs; 0: not so. */
static uint32_t lists_of(const struct step *s)
{
    switch (s->kind) {
    case STEP_MAP:
        return 1;
    case STEP_PAIR:
        return 2;
    case STEP_CHOOSE:
        return 4;
    default:
        return 0;
    }
}

static bool forest_reads(const struct step *s, size_t i)
{
    const struct forest_data *d = s->data;
    return d->forest->feature[i].used;
}

static void mark_reads(const struct finishing *g, const struct step *s)
{
    uint32_t lists = lists_of(s);
    const uint32_t *in = g->k->list + s->in, *out = g->k->list + s->out;
    for (uint32_t i = 0; i < s->ins; i++) {
        if (lists > 0 && !g->live[out[i % s->outs]])
            continue;
        if (s->kind != STEP_FOREST || forest_reads(s, i))
            g->live[in[i]] = true;
    }
}

static bool step_lives(const struct finishing *g, const struct step *s)
{
    const uint32_t *out = g->k->list + s->out;
    if (s->kind == STEP_TOKENS) {
        const struct tokens_data *d = s->data;
        for (size_t i = 0; i < d->runs; i++)
            if (g->live[d->run[i].out])
                return true;
        return false;
    }
    for (uint32_t i = 0; i < s->outs; i++)
        if (g->live[out[i]])
            return true;
    return false;
}

static status keep_rows(struct finishing *g, struct step *s,
                        const uint32_t *row, size_t rows, struct error *e)
{
    const struct affine_data *from = s->data;
    struct arena *a = g->k->arena;
    struct affine_data *to = arena_new_one(a, struct affine_data);
    double *w = arena_new_array(a, double, rows * s->ins);
    double *bias = arena_new_array(a, double, rows);
    float *wf = arena_new_array(a, float, rows * s->ins);
    float *bf = arena_new_array(a, float, rows);
    if (to == NULL || w == NULL || bias == NULL || wf == NULL || bf == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < rows; i++) {
        size_t at = row[i];
        memcpy(w + i * s->ins, from->weight + at * s->ins,
               s->ins * sizeof *w);
        bias[i] = from->bias != NULL ? from->bias[at] : 0.0;
        bf[i] = (float)bias[i];
        for (size_t j = 0; j < s->ins; j++)
            wf[i * s->ins + j] = (float)w[i * s->ins + j];
    }
    to->weight = w;
    to->bias = from->bias != NULL ? bias : NULL;
    to->weight_single = s->single ? wf : NULL;
    to->bias_single = s->single && from->bias != NULL ? bf : NULL;
    s->data = to;
    return ST_OK;
}

/* Copies what is left of a step's registers to the program's own list. */
static status keep_step(struct finishing *g, struct step *s, size_t *used,
                        uint32_t *row, struct error *e)
{
    uint32_t *to = g->p->list, lists = lists_of(s), outs = s->outs, left = 0;
    const uint32_t *in = g->k->list + s->in, *out = g->k->list + s->out;
    bool trims = lists > 0 || s->kind == STEP_AFFINE;
    size_t from = *used;
    for (uint32_t o = 0; o < outs; o++)
        if (!trims || g->live[out[o]])
            row[left++] = o;
    if (lists > 0) {
        for (uint32_t i = 0; i < lists; i++)
            for (uint32_t o = 0; o < left; o++)
                to[(*used)++] = in[i * outs + row[o]];
        s->ins = lists * left;
    } else {
        for (uint32_t i = 0; i < s->ins; i++)
            to[(*used)++] = s->kind == STEP_FOREST && !forest_reads(s, i)
                                ? NO_SLOT : in[i];
        if (trims && left < outs)
            TRY(keep_rows(g, s, row, left, e));
    }
    s->in = from;
    s->out = *used;
    s->outs = left;
    for (uint32_t o = 0; o < left; o++)
        to[(*used)++] = out[row[o]];
    if (s->kind == STEP_TOKENS) {
        const struct tokens_data *d = s->data;
        for (size_t i = 0; i < d->runs; i++) {
            to[(*used)++] = d->run[i].out;
            d->run[i].out = (uint32_t)i;
        }
        s->outs = (uint32_t)d->runs;
    }
    return ST_OK;
}

static void drop(struct step *s)
{
    if (s->kind == STEP_FOREST)
        model_free(((const struct forest_data *)s->data)->forest);
    if (s->kind == STEP_TOKENS) {
        const struct tokens_data *d = s->data;
        names_free(d->word);
        mem_free(d->run);
        mem_free(d->first);
    }
    *s = (struct step){.kind = STEP_CONSTANT};
}

static status keep_steps(struct finishing *g, const reg *outputs, size_t n,
                         struct error *e)
{
    struct program_maker *k = g->k;
    size_t used = 0, left = 0;
    uint32_t *row = mem_array(k->registers + 1, sizeof *row);
    if (row == NULL)
        return error_memory(e);
    for (size_t o = 0; o < n; o++)
        g->live[outputs[o]] = true;
    for (size_t i = k->steps; i-- > 0;)
        if (step_lives(g, &k->step[i]))
            mark_reads(g, &k->step[i]);
    status s = ST_OK;
    for (size_t i = 0; s == ST_OK && i < k->steps; i++) {
        if (!step_lives(g, &k->step[i])) {
            drop(&k->step[i]);
            continue;
        }
        struct step moved = k->step[i];
        s = keep_step(g, &moved, &used, row, e);
        if (s != ST_OK)
            break;
        k->step[i] = (struct step){.kind = STEP_CONSTANT};
        k->step[left++] = moved;
        for (uint32_t o = 0; o < moved.outs; o++)
            g->writer[g->p->list[moved.out + o]] = (uint32_t)left;
    }
    mem_free(row);
    g->p->steps = left;
    return s;
}

static uint32_t take_slot(struct finishing *g)
{
    return g->spares > 0 ? g->spare[--g->spares] : (uint32_t)g->p->slots++;
}

static void give_slot(struct finishing *g, uint32_t slot)
{
    g->spare[g->spares++] = slot;
}

static void find_last_readers(struct finishing *g, const reg *outputs, size_t n)
{
    const struct program *p = g->p;
    for (size_t i = 0; i < p->steps; i++)
        for (uint32_t j = 0; j < p->step[i].ins; j++) {
            uint32_t r = p->list[p->step[i].in + j];
            if (r != NO_SLOT)
                g->last[r] = (uint32_t)i + 1;
        }
    for (size_t o = 0; o < n; o++)
        g->last[outputs[o]] = UINT32_MAX;
}

/* A constant that is kept has a slot of its own, which blocks do not spoil. */
static bool is_kept(const struct finishing *g, reg r)
{
    return g->writer[r] > 0 && g->p->step[g->writer[r] - 1].kept;
}

static void keep_constant(struct finishing *g, struct step *s)
{
    s->kept = s->kind == STEP_CONSTANT && g->kept < CONSTANTS_KEPT;
    g->kept += s->kept;
}

static void place_step(struct finishing *g, size_t at)
{
    struct program *p = g->p;
    struct step *s = &p->step[at];
    uint32_t *in = p->list + s->in, *out = p->list + s->out;
    keep_constant(g, s);
    for (uint32_t o = 0; o < s->outs; o++)
        g->slot[out[o]] = s->kept ? (uint32_t)p->slots++ : take_slot(g);
    for (uint32_t o = 0; o < s->outs; o++)
        if (g->last[out[o]] == 0 && !s->kept)
            give_slot(g, g->slot[out[o]]);
    for (uint32_t i = 0; i < s->ins; i++) {
        uint32_t r = in[i];
        if (r == NO_SLOT)
            continue;
        if (g->last[r] == at + 1 && !is_kept(g, r)) {
            g->last[r] = UINT32_MAX;
            give_slot(g, g->slot[r]);
        }
        in[i] = g->slot[r];
    }
    for (uint32_t o = 0; o < s->outs; o++)
        out[o] = g->slot[out[o]];
    if (s->kind == STEP_FOREST)
        p->has_forest = true;
    p->scratch_ins = s->ins > p->scratch_ins ? s->ins : p->scratch_ins;
    p->scratch_outs = s->outs > p->scratch_outs ? s->outs : p->scratch_outs;
}

static status place(struct finishing *g, const reg *outputs, size_t n,
                    struct error *e)
{
    struct program *p = g->p;
    find_last_readers(g, outputs, n);
    for (size_t f = 0; f < p->features; f++) {
        bool read = g->last[f] != 0;
        p->input_slot[f] = read ? take_slot(g) : NO_SLOT;
        g->slot[f] = p->input_slot[f];
    }
    for (size_t i = 0; i < p->steps; i++)
        place_step(g, i);
    for (size_t o = 0; o < n; o++)
        p->output[o] = g->slot[outputs[o]];
    size_t most = PROGRAM_SCRATCH_MAX / (LANES_STEP * sizeof(double));
    if (p->slots > most)
        return error_set(e, ST_LIMIT,
                         "a model of %zu intermediate values at once, more "
                         "than %zu", p->slots, most);
    return ST_OK;
}

static status finish(struct finishing *g, const reg *outputs, size_t n,
                     struct error *e)
{
    struct program *p = g->p;
    size_t registers = g->k->registers;
    p->features = g->k->features;
    p->outputs = n;
    p->arena = g->k->arena;
    p->list = mem_array(g->k->lists + 1, sizeof *p->list);
    p->input_slot = mem_array(p->features + 1, sizeof *p->input_slot);
    p->output = mem_array(n + 1, sizeof *p->output);
    g->live = mem_array(registers + 1, sizeof *g->live);
    g->writer = mem_array(registers + 1, sizeof *g->writer);
    g->slot = mem_array(registers + 1, sizeof *g->slot);
    g->last = mem_array(registers + 1, sizeof *g->last);
    g->spare = mem_array(registers + 1, sizeof *g->spare);
    if (p->list == NULL || p->input_slot == NULL || p->output == NULL ||
        g->live == NULL || g->writer == NULL || g->slot == NULL ||
        g->last == NULL || g->spare == NULL)
        return error_memory(e);
    TRY(keep_steps(g, outputs, n, e));
    p->step = g->k->step;
    TRY(parts_open(p, g->writer, registers, outputs, e));
    TRY(place(g, outputs, n, e));
    return parts_close(p, g->slot, e);
}

/* Steps and arena are the maker's until all has gone well. */
static void hand_over(struct program_maker *k, struct program *p, bool well)
{
    if (well) {
        k->step = NULL;
        k->arena = NULL;
        k->steps = k->step_room = 0;
    } else {
        p->step = NULL;
        p->steps = 0;
        p->arena = NULL;
    }
}

status program_finish(struct program_maker *k, const reg *outputs, size_t n,
                      struct program **out, struct error *e)
{
    struct finishing g = {.k = k};
    if (n == 0 || n > MODEL_OUTPUTS_MAX)
        return error_set(e, ST_FORMAT, "a model of %zu outputs (1 to %d are "
                         "read)", n, MODEL_OUTPUTS_MAX);
    for (size_t o = 0; o < n; o++)
        if (outputs[o] >= k->registers)
            return error_bug(e, "an output is no register");
    g.p = mem_array(1, sizeof *g.p);
    if (g.p == NULL)
        return error_memory(e);
    status s = finish(&g, outputs, n, e);
    mem_free(g.live);
    mem_free(g.writer);
    mem_free(g.slot);
    mem_free(g.last);
    mem_free(g.spare);
    hand_over(k, g.p, s == ST_OK);
    if (s != ST_OK) {
        program_free(g.p);
        return s;
    }
    *out = g.p;
    return ST_OK;
}
