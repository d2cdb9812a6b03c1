/* The maker: registers are numbered as steps come. What a step computes is
 * elsewhere (program_run.c and the step_ files). */
#include "model/program_in.h"

#include "model/builder.h"

enum { LISTS_MAX = 128 << 20 };

struct program_maker *program_maker_new(size_t memory_cap)
{
    struct program_maker *k = mem_array(1, sizeof *k);
    if (k == NULL)
        return NULL;
    k->cap = memory_cap;
    k->arena = arena_new(memory_cap);
    k->word = names_new();
    if (k->arena == NULL || k->word == NULL) {
        program_maker_free(k);
        return NULL;
    }
    return k;
}

static void free_data(const struct step *step, size_t steps)
{
    for (size_t i = 0; i < steps; i++) {
        if (step[i].kind == STEP_FOREST)
            model_free(((const struct forest_data *)step[i].data)->forest);
        if (step[i].kind == STEP_TOKENS) {
            const struct tokens_data *t = step[i].data;
            names_free(t->word);
            mem_free(t->run);
            mem_free(t->first);
        }
    }
}

void program_maker_free(struct program_maker *k)
{
    if (k == NULL)
        return;
    free_data(k->step, k->steps);
    mem_free(k->step);
    mem_free(k->list);
    mem_free(k->maker_step);
    mem_free(k->token_step);
    names_free(k->word);
    arena_free(k->arena);
    mem_free(k);
}

void program_free(struct program *p)
{
    if (p == NULL)
        return;
    free_data(p->step, p->steps);
    mem_free(p->step);
    mem_free(p->list);
    mem_free(p->input_slot);
    mem_free(p->output);
    for (size_t o = 0; p->parts != NULL && o < p->outputs; o++)
        mem_free(p->parts[o].part);
    mem_free(p->parts);
    mem_free(p->term);
    mem_free(p->part_step);
    arena_free(p->arena);
    mem_free(p);
}

static status limit(struct error *e, const char *what, size_t most)
{
    return error_set(e, ST_LIMIT, "a model of more than %zu %s", most, what);
}

static status room(struct program_maker *k, void *list, size_t *have,
                   size_t need, size_t size, struct error *e)
{
    if (need <= *have)
        return ST_OK;
    size_t before = *have * size;
    if (need > k->cap / size || k->used - before > k->cap - need * size)
        return error_set(e, ST_LIMIT,
                         "the model needs more memory than the cap of %zu "
                         "bytes allows", k->cap);
    TRY(mem_room(list, have, need, size, e));
    k->used += *have * size - before;
    return ST_OK;
}

status maker_constants(struct program_maker *k, size_t count, struct error *e)
{
    if (count > PROGRAM_CONSTANTS_MAX - k->constants)
        return limit(e, "numbers in weights and tables",
                     PROGRAM_CONSTANTS_MAX);
    k->constants += count;
    return ST_OK;
}

status maker_keep(struct program_maker *k, const void *from, size_t count,
                  size_t size, void *out, struct error *e)
{
    void *copy = arena_array(k->arena, count == 0 ? 1 : count, size);
    if (copy == NULL)
        return arena_error(k->arena, e);
    if (count > 0)
        memcpy(copy, from, count * size);
    memcpy(out, &copy, sizeof copy);
    return ST_OK;
}

status maker_step(struct program_maker *k, const struct step *s, const reg *in,
                  size_t ins, size_t outs, reg *out, struct error *e)
{
    if (k->steps >= PROGRAM_STEPS_MAX)
        return limit(e, "steps", PROGRAM_STEPS_MAX);
    if (outs > PROGRAM_REGISTERS_MAX - k->registers)
        return limit(e, "intermediate values", PROGRAM_REGISTERS_MAX);
    if (ins > LISTS_MAX || k->lists + ins + outs > LISTS_MAX)
        return limit(e, "uses of intermediate values", LISTS_MAX);
    for (size_t i = 0; i < ins; i++)
        if (in[i] >= k->registers)
            return error_bug(e, "a step reads a register that is not there");
    TRY(room(k, &k->step, &k->step_room, k->steps + 1, sizeof *k->step, e));
    TRY(room(k, &k->list, &k->list_room, k->lists + ins + outs,
             sizeof *k->list, e));
    TRY(room(k, &k->maker_step, &k->register_room, k->registers + outs,
             sizeof *k->maker_step, e));
    struct step *to = &k->step[k->steps++];
    *to = *s;
    to->in = k->lists;
    to->ins = (uint32_t)ins;
    to->out = k->lists + ins;
    to->outs = (uint32_t)outs;
    if (ins > 0)
        memcpy(k->list + k->lists, in, ins * sizeof *in);
    for (size_t i = 0; i < outs; i++) {
        uint32_t r = (uint32_t)k->registers++;
        k->maker_step[r] = (uint32_t)k->steps;
        k->list[to->out + i] = r;
        out[i] = r;
    }
    k->lists += ins + outs;
    return ST_OK;
}

status program_inputs(struct program_maker *k, size_t features, struct error *e)
{
    if (k->registers > 0)
        return error_bug(e, "inputs of a program come first and once");
    if (features > MODEL_FEATURES_MAX)
        return limit(e, "inputs", MODEL_FEATURES_MAX);
    TRY(room(k, &k->maker_step, &k->register_room, features,
             sizeof *k->maker_step, e));
    for (size_t f = 0; f < features; f++)
        k->maker_step[f] = 0;
    k->registers = k->features = features;
    return ST_OK;
}

status program_word(struct program_maker *k, const char *word, double *number,
                    struct error *e)
{
    long at = names_add(k->word, word, strlen(word));
    if (at < 0)
        return error_memory(e);
    *number = (double)at;
    return ST_OK;
}

status program_constant(struct program_maker *k, double value, reg *out,
                        struct error *e)
{
    struct step s = {.kind = STEP_CONSTANT, .p = value};
    return maker_step(k, &s, NULL, 0, 1, out, e);
}

status program_map(struct program_maker *k, enum program_map f, double p,
                   double q, bool single, const reg *in, size_t n, reg *out,
                   struct error *e)
{
    struct step s = {.kind = STEP_MAP, .f = (uint8_t)f, .single = single,
                     .p = p, .q = q};
    return maker_step(k, &s, in, n, n, out, e);
}

/* Lists one after the other, as a step keeps them. */
static status joined(struct program_maker *k, const struct step *s,
                     const reg *const *list, size_t lists, size_t n, reg *out,
                     struct error *e)
{
    reg *in = mem_array(lists * n + 1, sizeof *in);
    if (in == NULL)
        return error_memory(e);
    for (size_t i = 0; i < lists && n > 0; i++)
        memcpy(in + i * n, list[i], n * sizeof *in);
    status made = maker_step(k, s, in, lists * n, n, out, e);
    mem_free(in);
    return made;
}

status program_pair(struct program_maker *k, enum program_pair f, bool single,
                    const reg *x, const reg *y, size_t n, reg *out,
                    struct error *e)
{
    struct step s = {.kind = STEP_PAIR, .f = (uint8_t)f, .single = single};
    return joined(k, &s, (const reg *const[]){x, y}, 2, n, out, e);
}

status program_choose(struct program_maker *k, const reg *condition,
                      const reg *yes, const reg *no, const reg *unknown,
                      size_t n, reg *out, struct error *e)
{
    struct step s = {.kind = STEP_CHOOSE};
    return joined(k, &s, (const reg *const[]){condition, yes, no, unknown}, 4,
                  n, out, e);
}

status program_reduce(struct program_maker *k, enum program_reduce f,
                      bool single, const reg *in, size_t n, reg *out,
                      struct error *e)
{
    struct step s = {.kind = STEP_REDUCE, .f = (uint8_t)f, .single = single};
    if (n == 0)
        return error_bug(e, "a reduction of no registers");
    return maker_step(k, &s, in, n, 1, out, e);
}

status program_group(struct program_maker *k, enum program_group f, bool single,
                     const reg *in, size_t n, reg *out, struct error *e)
{
    struct step s = {.kind = STEP_GROUP, .f = (uint8_t)f, .single = single};
    if (n == 0)
        return error_bug(e, "a group of no registers");
    return maker_step(k, &s, in, n, n, out, e);
}

static status keep_floats(struct program_maker *k, const double *from,
                          size_t n, const float **out, struct error *e)
{
    float *copy = arena_new_array(k->arena, float, n == 0 ? 1 : n);
    if (copy == NULL)
        return arena_error(k->arena, e);
    for (size_t i = 0; i < n; i++)
        copy[i] = (float)from[i];
    *out = copy;
    return ST_OK;
}

status program_affine(struct program_maker *k, const double *weight,
                      const double *bias, bool single, const reg *in,
                      size_t ins, size_t outs, reg *out, struct error *e)
{
    struct affine_data *d = arena_new_one(k->arena, struct affine_data);
    if (d == NULL)
        return arena_error(k->arena, e);
    if (ins == 0 || outs == 0 || ins > PROGRAM_CONSTANTS_MAX / outs)
        return limit(e, "numbers in weights and tables",
                     PROGRAM_CONSTANTS_MAX);
    TRY(maker_constants(k, ins * outs + outs, e));
    TRY(maker_keep(k, weight, ins * outs, sizeof *weight, &d->weight, e));
    if (bias != NULL)
        TRY(maker_keep(k, bias, outs, sizeof *bias, &d->bias, e));
    if (single) {
        TRY(keep_floats(k, weight, ins * outs, &d->weight_single, e));
        if (bias != NULL)
            TRY(keep_floats(k, bias, outs, &d->bias_single, e));
    }
    struct step s = {.kind = STEP_AFFINE, .single = single, .data = d};
    return maker_step(k, &s, in, ins, outs, out, e);
}
