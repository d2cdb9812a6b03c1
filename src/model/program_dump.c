/* Programs as text, for people. */
#include "model/program_in.h"

struct dumper {
    const struct program *p;
    struct buf *out;
    size_t from, cap;
};

static bool full(const struct dumper *d)
{
    return d->cap != 0 && d->out->length - d->from > d->cap;
}

/* Runs of places as "r3…r7". */
static void put_list(const struct dumper *d, const uint32_t *of, size_t n)
{
    for (size_t i = 0; i < n && !full(d);) {
        size_t end = i + 1;
        while (end < n && of[end] == of[end - 1] + 1)
            end++;
        buf_puts(d->out, i > 0 ? ", " : "");
        if (of[i] == NO_SLOT)
            buf_puts(d->out, "nothing");
        else if (end - i > 2)
            buf_printf(d->out, "r%u…r%u", of[i], of[end - 1]);
        else {
            buf_printf(d->out, "r%u", of[i]);
            end = i + 1;
        }
        i = end;
    }
}

static void put_outs(const struct dumper *d, const struct step *s)
{
    put_list(d, d->p->list + s->out, s->outs);
    buf_puts(d->out, " = ");
}

static void put_call(const struct dumper *d, const struct step *s,
                     const char *what, size_t lists)
{
    put_outs(d, s);
    buf_printf(d->out, "%s%s(", what, s->single ? " in single precision " : "");
    for (size_t i = 0; i < lists; i++) {
        buf_puts(d->out, i > 0 ? "; " : "");
        put_list(d, d->p->list + s->in + i * (s->ins / lists),
                 s->ins / lists);
    }
    buf_puts(d->out, ")");
}

static void put_numbers(const struct dumper *d, const struct step *s)
{
    if (s->p == 0.0 && s->q == 0.0)
        return;
    buf_puts(d->out, " with ");
    buf_put_double(d->out, s->p);
    buf_puts(d->out, ", ");
    buf_put_double(d->out, s->q);
}

/* One line an output. */
static void put_affine(const struct dumper *d, const struct step *s)
{
    const struct affine_data *a = s->data;
    const uint32_t *in = d->p->list + s->in, *to = d->p->list + s->out;
    for (uint32_t o = 0; o < s->outs && !full(d); o++) {
        buf_printf(d->out, "%sr%u =", o > 0 ? "\n  " : "", to[o]);
        for (uint32_t i = 0; i < s->ins && !full(d); i++) {
            buf_puts(d->out, i > 0 ? " + " : " ");
            buf_put_double(d->out, a->weight[(size_t)o * s->ins + i]);
            buf_printf(d->out, " × r%u", in[i]);
        }
        if (a->bias != NULL) {
            buf_puts(d->out, " + ");
            buf_put_double(d->out, a->bias[o]);
        }
        buf_puts(d->out, s->single ? " in single precision" : "");
    }
}

static void put_lines(const struct dumper *d, const struct step *s)
{
    const struct lines_data *l = s->data;
    put_call(d, s, "lines", 1);
    for (size_t i = 0; i < l->knots && !full(d); i++) {
        buf_puts(d->out, i > 0 ? ", " : " through ");
        buf_put_double(d->out, l->x[i]);
        buf_puts(d->out, ": ");
        buf_put_double(d->out, l->y[i]);
    }
}

static void put_intervals(const struct dumper *d, const struct step *s)
{
    const struct intervals_data *v = s->data;
    put_call(d, s, "intervals", 1);
    for (size_t i = 0; i < v->n && !full(d); i++) {
        buf_puts(d->out, i > 0 ? ", " : " ");
        buf_puts(d->out, v->of[i].low_open ? "(" : "[");
        buf_put_double(d->out, v->of[i].low);
        buf_puts(d->out, ", ");
        buf_put_double(d->out, v->of[i].high);
        buf_puts(d->out, v->of[i].high_open ? "): " : "]: ");
        buf_put_double(d->out, v->of[i].value);
    }
    buf_puts(d->out, ", else ");
    buf_put_double(d->out, v->otherwise);
}

static void put_forest(const struct dumper *d, const struct step *s)
{
    const struct model *m = ((const struct forest_data *)s->data)->forest;
    put_call(d, s, "forest", 1);
    buf_printf(d->out, " of %zu trees, %zu leaves", m->trees, m->leaves);
}

static void put_tokens(const struct dumper *d, const struct step *s)
{
    const struct tokens_data *t = s->data;
    put_call(d, s, "words", 1);
    for (size_t i = 0; i < t->runs && !full(d); i++) {
        buf_puts(d->out, i > 0 ? ", \"" : " \"");
        for (size_t w = 0; w < t->run[i].words; w++)
            buf_printf(d->out, "%s%s", w > 0 ? " " : "",
                       names_at(t->word, t->run[i].word[w]));
        buf_puts(d->out, "\"");
    }
}

static void put_table(const struct dumper *d, const struct step *s)
{
    put_call(d, s, "table", 1);
    buf_printf(d->out, " of %zu rows",
               ((const struct table_data *)s->data)->rows);
}

static void put_step(const struct dumper *d, const struct step *s)
{
    switch (s->kind) {
    case STEP_CONSTANT:
        put_outs(d, s);
        buf_put_double(d->out, s->p);
        break;
    case STEP_MAP:
        put_call(d, s, program_map_word((enum program_map)s->f), 1);
        put_numbers(d, s);
        break;
    case STEP_PAIR:
        put_call(d, s, program_pair_word((enum program_pair)s->f), 2);
        break;
    case STEP_CHOOSE: put_call(d, s, "choose", 4); break;
    case STEP_AFFINE: put_affine(d, s); break;
    case STEP_REDUCE:
        put_call(d, s, program_reduce_word((enum program_reduce)s->f), 1);
        break;
    case STEP_GROUP:
        put_call(d, s, program_group_word((enum program_group)s->f), 1);
        break;
    case STEP_LINES: put_lines(d, s); break;
    case STEP_INTERVALS: put_intervals(d, s); break;
    case STEP_TABLE: put_table(d, s); break;
    case STEP_WORDS: put_call(d, s, "words of codes", 1); break;
    case STEP_FOREST: put_forest(d, s); break;
    case STEP_TOKENS: put_tokens(d, s); break;
    }
    buf_putc(d->out, '\n');
}

void program_dump(const struct model *m, struct buf *out, size_t cap)
{
    const struct program *p = m->program;
    struct dumper d = {p, out, out->length, cap};
    for (size_t f = 0; f < p->features && !full(&d); f++)
        if (p->input_slot[f] != NO_SLOT)
            buf_printf(out, "r%u = input %zu: %s\n", p->input_slot[f], f,
                       m->feature[f].name);
    for (size_t i = 0; i < p->steps && !full(&d); i++)
        put_step(&d, &p->step[i]);
    for (size_t o = 0; o < p->outputs && !full(&d); o++)
        buf_printf(out, "output %zu = r%u\n", o, p->output[o]);
}
