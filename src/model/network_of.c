/* The steps in order, then the layers they were. */
#include "model/network_in.h"

#include <stdio.h>

/* --- words ---------------------------------------------------------------------- */

static double number_of(const struct form *x, double code)
{
    const struct words_data *d;

    if (x->kind == FORM_CODE)
        return code;
    d = x->words->data;
    bool known = code >= 0 && code < (double)d->count;
    return known ? d->number[(size_t)code] : d->otherwise;
}

/* The first row of a table of one key. */
static double looked_up(const struct table_data *d, size_t out, double key)
{
    if (isnan(key))
        return d->if_missing;
    for (size_t i = 0; i < d->rows; i++)
        if (d->keys[i] == key)
            return d->values[i * d->outs + out];
    return d->otherwise;
}

static double word_value(const struct step *s, size_t out, double number)
{
    if (s->kind == STEP_TABLE)
        return looked_up(s->data, out, number);
    return isnan(number) ? number : number == s->p ? 1.0 : 0.0; /* EQUALS_P */
}

/* A step on a word: a value a word. */
static void word_step(struct reading *r, const struct step *s,
                      const struct form *x, size_t out, struct form *to)
{
    size_t words = r->m->feature[x->feature].word_count;
    double *value = arena_new_array(r->scratch, double, words + 1);

    if (value == NULL) {
        *to = (struct form){.kind = FORM_NONE};
        return;
    }
    for (size_t w = 0; w < words; w++)
        value[w] = word_value(s, out, number_of(x, (double)w));
    *to = network_words(r, x, value,
                        word_value(s, out, number_of(x, CATEGORY_UNSEEN)),
                        word_value(s, out, number_of(x, (double)NAN)));
}

static bool is_word(const struct form *x)
{
    return x->kind == FORM_CODE || x->kind == FORM_WORD;
}

/* --- steps ------------------------------------------------------------------------ */

static void map_step(struct reading *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;

    for (uint32_t i = 0; i < s->outs; i++) {
        struct form x = r->form[in[i]];
        if (is_word(&x) && s->f == MAP_EQUALS_P)
            word_step(r, s, &x, 0, &r->out[i]);
        else
            r->out[i] = network_map(r, s, &x);
    }
    for (uint32_t i = 0; i < s->outs; i++)
        r->form[to[i]] = r->out[i];
}

static void pair_step(struct reading *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;

    for (uint32_t i = 0; i < s->outs; i++)
        r->out[i] = network_pair(r, s, &r->form[in[i]],
                                 &r->form[in[s->outs + i]]);
    for (uint32_t i = 0; i < s->outs; i++)
        r->form[to[i]] = r->out[i];
}

static void choose_step(struct reading *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;
    uint32_t n = s->outs;

    for (uint32_t i = 0; i < n; i++)
        r->out[i] = network_choose(r, &r->form[in[i]], &r->form[in[n + i]],
                                   &r->form[in[2 * n + i]]);
    for (uint32_t i = 0; i < n; i++)
        r->form[to[i]] = r->out[i];
}

static void refuse(struct reading *r, const struct step *s, const char *why)
{
    const uint32_t *to = r->p->list + s->out;

    if (r->why[0] == '\0')
        (void)snprintf(r->why, sizeof r->why, "%s", why);
    for (uint32_t i = 0; i < s->outs; i++)
        r->form[to[i]] = (struct form){.kind = FORM_NONE};
}

static void table_step(struct reading *r, const struct step *s)
{
    const struct table_data *d = s->data;
    const uint32_t *to = r->p->list + s->out;
    struct form x = r->form[r->p->list[s->in]];

    if (d->ins != 1 || !is_word(&x)) {
        refuse(r, s, "a table looks up more than one word");
        return;
    }
    for (uint32_t o = 0; o < s->outs; o++)
        word_step(r, s, &x, o, &r->form[to[o]]);
}

static void read_step(struct reading *r, const struct step *s)
{
    const uint32_t *in = r->p->list + s->in, *to = r->p->list + s->out;

    r->single |= s->single;
    switch (s->kind) {
    case STEP_CONSTANT:
        r->form[to[0]] = (struct form){.kind = FORM_AFFINE, .level = ANY_LEVEL,
                                       .constant = s->p,
                                       .variable = NO_VARIABLE};
        return;
    case STEP_MAP: map_step(r, s); return;
    case STEP_PAIR: pair_step(r, s); return;
    case STEP_AFFINE: network_affine(r, s); return;
    case STEP_TABLE: table_step(r, s); return;
    case STEP_WORDS:
        r->form[to[0]] = (struct form){.kind = FORM_WORD,
                                       .feature = r->form[in[0]].feature,
                                       .words = s};
        return;
    case STEP_REDUCE:
        if (s->f == REDUCE_SUM || s->f == REDUCE_MEAN)
            r->form[to[0]] =
                network_sum(r, s, s->f == REDUCE_SUM ? 1 : 1 / (double)s->ins);
        else
            refuse(r, s, program_reduce_word((enum program_reduce)s->f));
        return;
    case STEP_GROUP:
        refuse(r, s, program_group_word((enum program_group)s->f));
        return;
    case STEP_CHOOSE: choose_step(r, s); return;
    case STEP_LINES: refuse(r, s, "lines between knots"); return;
    case STEP_INTERVALS: refuse(r, s, "intervals"); return;
    case STEP_FOREST: refuse(r, s, "trees"); return;
    case STEP_TOKENS: refuse(r, s, "the words of a text"); return;
    }
}

static bool read_steps(struct reading *r)
{
    const struct program *p = r->p;
    uint32_t most = 1;

    for (size_t i = 0; i < p->steps; i++)
        most = p->step[i].outs > most ? p->step[i].outs : most;
    r->form = arena_new_array(r->scratch, struct form, p->slots + 1);
    r->out = arena_new_array(r->scratch, struct form, most);
    if (r->form == NULL || r->out == NULL)
        return false;
    for (size_t f = 0; f < p->features; f++) {
        if (p->input_slot[f] == NO_SLOT)
            continue;
        bool words = r->m->feature[f].kind == FEATURE_CATEGORY;
        r->form[p->input_slot[f]] =
            words ? (struct form){.kind = FORM_CODE, .feature = (uint32_t)f}
                  : network_number(r, f);
    }
    for (size_t i = 0; i < p->steps; i++)
        read_step(r, &p->step[i]);
    return true;
}

/* --- layers ------------------------------------------------------------------------ */

/* used: which of the values before are kept; NULL: all. */
static bool write_layer(struct reading *r, const struct form *row, size_t rows,
                        size_t before, const bool *used, bool relu,
                        struct network_layer *out)
{
    double *weight = arena_new_array(r->a, double, rows * before + 1);
    double *bias = arena_new_array(r->a, double, rows + 1);
    double *all = arena_new_array(r->scratch, double, before + 1);
    bool *bends = arena_new_array(r->a, bool, rows + 1);
    size_t at = 0, in = 0;

    if (weight == NULL || bias == NULL || bends == NULL || all == NULL)
        return false;
    for (size_t i = 0; i < before; i++)
        in += used == NULL || used[i];
    for (size_t i = 0; i < rows; i++) {
        const struct form *x = &row[i];
        bias[i] = x->constant;
        bends[i] = relu;
        memset(all, 0, before * sizeof *all);
        if (x->level != ANY_LEVEL && x->variable != NO_VARIABLE)
            all[x->variable] = x->scale;
        else if (x->level != ANY_LEVEL && x->count > 0)
            memcpy(all, x->coefficient, x->count * sizeof *all);
        for (size_t k = 0; k < before; k++)
            if (used == NULL || used[k])
                weight[at++] = all[k];
    }
    *out = (struct network_layer){in, rows, weight, bias, bends};
    return true;
}

/* Inputs that nothing computes with go: a missing one would be felt. */
static void keep_used(struct reading *r)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->layer[0].count; i++)
        if (r->used[i])
            r->input[kept++] = r->input[i];
    r->layer[0].count = kept;
}

static bool outputs_of(struct reading *r, struct form *out, size_t *level)
{
    *level = ANY_LEVEL;
    for (size_t o = 0; o < r->p->outputs; o++) {
        out[o] = r->form[r->p->output[o]];
        if (out[o].kind != FORM_AFFINE)
            return false;
        if (out[o].level == ANY_LEVEL)
            continue;
        if (*level != ANY_LEVEL && out[o].level != *level)
            return false;
        network_use(r, &out[o]);
        *level = out[o].level;
    }
    return *level != ANY_LEVEL;
}

static bool write_network(struct reading *r, struct network *out)
{
    size_t level, outputs = r->p->outputs;
    struct form *last = arena_new_array(r->scratch, struct form, outputs + 1);

    if (last == NULL || !outputs_of(r, last, &level))
        return false;
    struct network_layer *l =
        arena_new_array(r->a, struct network_layer, level + 1);
    if (l == NULL)
        return false;
    for (size_t i = 0; i < level; i++)
        if (!write_layer(r, r->layer[i + 1].row, r->layer[i + 1].count,
                         r->layer[i].count, i == 0 ? r->used : NULL, true,
                         &l[i]))
            return false;
    if (!write_layer(r, last, outputs, r->layer[level].count,
                     level == 0 ? r->used : NULL, false, &l[level]))
        return false;
    keep_used(r);
    *out = (struct network){.input = r->input, .inputs = r->layer[0].count,
                            .layer = l, .layers = level + 1,
                            .single = r->single};
    return true;
}

bool network_of(const struct model *m, struct arena *a, struct network *out,
                char *why, size_t why_size)
{
    struct reading r = {.m = m, .p = m->program, .a = a};
    bool good = false;

    if (m->kind == MODEL_PROGRAM) {
        r.scratch = arena_new(NETWORK_SCRATCH);
        good = r.scratch != NULL && read_steps(&r) && write_network(&r, out);
        arena_free(r.scratch);
    }
    if (!good)
        (void)snprintf(why, why_size, "%s",
                       r.why[0] != '\0' ? r.why : "it has no such layers");
    return good;
}
