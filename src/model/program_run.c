/* Blocks of rows through the steps. Registers lie one after the other, each a
 * run of `width` doubles, so that the loops over rows are over neighbours. What
 * a lane gives does not depend on the other lanes nor on how many there are. */
#include "model/program_in.h"

#include "base/num.h"

#include <math.h>

typedef void run_step(const struct block *b, const struct step *s);

static void step_constant(const struct block *b, const struct step *s)
{
    double *out = lane(b, b->p->list[s->out]);
    for (size_t l = 0; l < b->width; l++)
        out[l] = s->p;
}

static run_step *const runs[] = {
    [STEP_CONSTANT] = step_constant, [STEP_MAP] = step_map,
    [STEP_PAIR] = step_pair,         [STEP_CHOOSE] = step_choose,
    [STEP_AFFINE] = step_affine,     [STEP_REDUCE] = step_reduce,
    [STEP_GROUP] = step_group,       [STEP_LINES] = step_lines,
    [STEP_INTERVALS] = step_intervals, [STEP_TABLE] = step_table,
    [STEP_WORDS] = step_words,       [STEP_FOREST] = step_forest,
};

static void load(const struct block *b)
{
    const struct program *p = b->p;
    const double *row = b->rows->value + b->first * p->features;
    for (size_t f = 0; f < p->features; f++) {
        if (p->input_slot[f] == NO_SLOT)
            continue;
        double *to = lane(b, p->input_slot[f]);
        for (size_t l = 0; l < b->n; l++)
            to[l] = row[l * p->features + f];
        for (size_t l = b->n; l < b->width; l++)
            to[l] = to[0];
    }
}

static void add_term(const struct block *b, const struct term *t, double *sum)
{
    if (t->tree > 0) {
        term_tree(b, &b->p->step[t->at - 1], t->tree - 1, t->coefficient, sum);
        return;
    }
    const double *x = lane(b, t->slot);
    for (size_t l = 0; l < b->width; l++)
        sum[l] += t->coefficient * x[l];
}

status block_run(const struct block *b, const uint32_t *steps, size_t n,
                 const struct term *term, size_t terms, double *sum,
                 struct error *e)
{
    const struct program *p = b->p;
    size_t next = 0;
    load(b);
    for (size_t i = 0; i < n; i++) {
        size_t at = steps != NULL ? steps[i] : i;
        const struct step *s = &p->step[at];
        for (; next < terms && term[next].at < at + 1; next++)
            add_term(b, &term[next], sum);
        if (s->kept && !b->anew)
            continue;
        if (s->kind == STEP_TOKENS)
            TRY(step_tokens(b, s, e));
        else
            runs[s->kind](b, s);
    }
    for (; next < terms; next++)
        add_term(b, &term[next], sum);
    return ST_OK;
}

static size_t block_width(const struct program *p, size_t n)
{
    size_t width = n < LANES ? (n + LANES_STEP - 1) / LANES_STEP * LANES_STEP
                             : LANES;
    while (width > LANES_STEP &&
           p->slots > PROGRAM_SCRATCH_MAX / sizeof(double) / width)
        width -= LANES_STEP;
    return width;
}

/* Blocks of a row or two of a small program stand in `small`. */
static status block_new(const struct program *p, const struct model_rows *rows,
                        struct block *b, double small[BLOCK_SMALL],
                        struct error *e)
{
    *b = (struct block){.p = p, .rows = rows,
                        .width = block_width(p, rows->n)};
    size_t slots = p->slots * b->width;
    size_t all = slots +
                 (p->scratch_ins + p->scratch_outs + 4) * b->width;
    b->slot = small;
    if (all <= BLOCK_SMALL)
        memset(small, 0, all * sizeof *small);
    else
        b->heap = b->slot = mem_array(all, sizeof *b->slot);
    if (b->slot == NULL)
        return error_memory(e);
    b->spare = b->slot + slots;
    return ST_OK;
}

static void block_move(struct block *b, size_t first, size_t width)
{
    size_t left = b->rows->n - first, before = b->width;
    b->first = first;
    b->n = left < width ? left : width;
    b->width = (b->n + LANES_STEP - 1) / LANES_STEP * LANES_STEP;
    b->anew = first == 0 || b->width != before;
}

status program_run(const struct program *p, const struct model_rows *rows,
                   double *out, struct error *e)
{
    struct block b;
    double small[BLOCK_SMALL];
    if (rows->n == 0)
        return ST_OK;
    TRY(block_new(p, rows, &b, small, e));
    status s = ST_OK;
    size_t width = b.width;
    for (size_t first = 0; s == ST_OK && first < rows->n; first += width) {
        block_move(&b, first, width);
        s = block_run(&b, NULL, p->steps, NULL, 0, NULL, e);
        for (size_t o = 0; o < p->outputs; o++) {
            const double *x = lane(&b, p->output[o]);
            for (size_t l = 0; l < b.n; l++)
                out[(first + l) * p->outputs + o] = x[l];
        }
    }
    mem_free(b.heap);
    return s;
}

status part_run(const struct program *p, const struct part *part,
                const struct model_rows *rows, double *out, struct error *e)
{
    struct block b;
    double small[BLOCK_SMALL];
    double sum[LANES];
    if (rows->n == 0)
        return ST_OK;
    TRY(block_new(p, rows, &b, small, e));
    status s = ST_OK;
    size_t width = b.width;
    for (size_t first = 0; s == ST_OK && first < rows->n; first += width) {
        block_move(&b, first, width);
        memset(sum, 0, sizeof sum);
        s = block_run(&b, p->part_step + part->step, part->steps,
                      p->term + part->term, part->terms, sum, e);
        memcpy(out + first, sum, b.n * sizeof *out);
    }
    mem_free(b.heap);
    return s;
}

status program_part_values(const struct program *p, size_t output,
                           uint32_t part, const struct model_rows *rows,
                           double *out, struct error *e)
{
    if (output >= p->outputs || part >= p->parts[output].count)
        return error_bug(e, "a program has no such part");
    return part_run(p, &p->parts[output].part[part], rows, out, e);
}

size_t program_features(const struct program *p)
{
    return p->features;
}

size_t program_outputs(const struct program *p)
{
    return p->outputs;
}

bool program_reads(const struct program *p, size_t feature)
{
    return p->input_slot[feature] != NO_SLOT;
}

size_t program_steps(const struct program *p)
{
    return p->steps;
}
