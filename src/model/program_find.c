/* Steps that look a row's values up. */
#include "model/program_in.h"

#include "model/tokens.h"

#include <math.h>

/* The piece of the line that holds x: the last knot not beyond it. */
static size_t piece_of(const struct lines_data *d, double x)
{
    size_t low = 0, high = d->knots - 1;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (d->x[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double on_lines(const struct lines_data *d, double x)
{
    size_t last = d->knots - 1;
    if (isnan(x))
        return d->if_missing;
    bool under = x < d->x[0], over = x > d->x[last];
    if ((under || over) && d->beyond == BEYOND_HOLD)
        return under ? d->y[0] : d->y[last];
    if ((under || over) && d->beyond == BEYOND_MISSING)
        return (double)NAN;
    size_t i = piece_of(d, x);
    if (x == d->x[i + 1])
        return d->y[i + 1];
    return d->y[i] + (x - d->x[i]) / (d->x[i + 1] - d->x[i]) *
                         (d->y[i + 1] - d->y[i]);
}

void step_lines(const struct block *b, const struct step *s)
{
    const double *x = lane(b, b->p->list[s->in]);
    double *out = lane(b, b->p->list[s->out]);
    for (size_t l = 0; l < b->n; l++)
        out[l] = on_lines(s->data, x[l]);
}

static double in_intervals(const struct intervals_data *d, double x)
{
    if (isnan(x))
        return d->if_missing;
    for (size_t i = 0; i < d->n; i++) {
        const struct program_interval *v = &d->of[i];
        bool above = v->low_open ? x > v->low : x >= v->low;
        bool below = v->high_open ? x < v->high : x <= v->high;
        if (above && below)
            return v->value;
    }
    return d->otherwise;
}

void step_intervals(const struct block *b, const struct step *s)
{
    const double *x = lane(b, b->p->list[s->in]);
    double *out = lane(b, b->p->list[s->out]);
    for (size_t l = 0; l < b->n; l++)
        out[l] = in_intervals(s->data, x[l]);
}

static int compare_key(const struct table_data *d, uint32_t row,
                       const double *x)
{
    for (size_t i = 0; i < d->ins; i++) {
        double key = d->keys[row * d->ins + i];
        if (key != x[i])
            return key < x[i] ? -1 : 1;
    }
    return 0;
}

/* The first of equal rows; rows: none. */
static size_t find_row(const struct table_data *d, const double *x)
{
    size_t low = 0, high = d->rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_key(d, d->order[middle], x) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < d->rows && compare_key(d, d->order[low], x) == 0
               ? d->order[low] : d->rows;
}

void step_table(const struct block *b, const struct step *s)
{
    const struct table_data *d = s->data;
    const uint32_t *in = b->p->list + s->in, *to = b->p->list + s->out;
    for (size_t l = 0; l < b->n; l++) {
        bool missing = false;
        for (size_t i = 0; i < d->ins; i++) {
            b->spare[i] = lane(b, in[i])[l];
            missing |= isnan(b->spare[i]);
        }
        size_t row = missing ? d->rows : find_row(d, b->spare);
        double other = missing ? d->if_missing : d->otherwise;
        for (size_t o = 0; o < d->outs; o++)
            lane(b, to[o])[l] =
                row < d->rows ? d->values[row * d->outs + o] : other;
    }
}

void step_words(const struct block *b, const struct step *s)
{
    const struct words_data *d = s->data;
    const double *x = lane(b, b->p->list[s->in]);
    double *out = lane(b, b->p->list[s->out]);
    for (size_t l = 0; l < b->n; l++) {
        bool known = x[l] >= 0.0 && x[l] < (double)d->count;
        out[l] = known ? d->number[(size_t)x[l]] : d->otherwise;
    }
}

static void forest_row(const struct block *b, const struct step *s, size_t l,
                       double *row)
{
    const uint32_t *in = b->p->list + s->in;
    for (uint32_t i = 0; i < s->ins; i++)
        row[i] = in[i] == NO_SLOT ? 0.0 : lane(b, in[i])[l];
}

void step_forest(const struct block *b, const struct step *s)
{
    const struct forest_data *d = s->data;
    const struct model *m = d->forest;
    const uint32_t *to = b->p->list + s->out;
    double *row = b->spare, *margin = b->spare + s->ins;
    for (size_t l = 0; l < b->n; l++) {
        forest_row(b, s, l, row);
        if (d->native)
            model_margin_native(m, row, margin);
        else
            model_margin(m, row, margin);
        for (size_t o = 0; o < m->outputs; o++)
            lane(b, to[o])[l] = margin[o];
        for (size_t t = 0; d->leaves && t < m->trees; t++)
            lane(b, to[m->outputs + t])[l] =
                (double)tree_leaf(m, &m->tree[t], row);
    }
}

void term_tree(const struct block *b, const struct step *s, uint32_t tree,
               double coefficient, double *sum)
{
    const struct forest_data *d = s->data;
    const struct model *m = d->forest;
    const struct tree *t = &m->tree[tree];
    double scale = coefficient * m->combine_scale * t->weight;
    double *row = b->spare;
    for (size_t l = 0; l < b->n; l++) {
        forest_row(b, s, l, row);
        const struct node *leaf = &t->node[tree_leaf(m, t, row)];
        sum[l] += scale * leaf_value(m, leaf, row);
    }
}

/* One run of words at word `at` of the text's numbers. */
static bool run_stands(const struct token_run *r, const long *word, size_t at,
                       size_t words)
{
    if (r->words > words - at)
        return false;
    for (size_t i = 0; i < r->words; i++)
        if (word[at + i] != (long)r->word[i])
            return false;
    return true;
}

static void count_runs(const struct block *b, const struct step *s, size_t l,
                       const long *word, size_t words)
{
    const struct tokens_data *d = s->data;
    const uint32_t *to = b->p->list + s->out;
    for (size_t at = 0; at < words; at++) {
        if (word[at] < 0)
            continue;
        for (uint32_t i = d->first[word[at]]; i > 0; i = d->run[i - 1].next) {
            const struct token_run *r = &d->run[i - 1];
            double *out = &lane(b, to[r->out])[l];
            if (run_stands(r, word, at, words))
                *out = r->binary ? 1.0 : *out + 1.0;
        }
    }
}

static status count_text(const struct block *b, const struct step *s, size_t l,
                         const char *text, struct error *e)
{
    const struct tokens_data *d = s->data;
    size_t length = strlen(text), words = 0, from = 0;
    struct text_span span;
    char *copy = mem_string(text);
    long *word = mem_array(length + 1, sizeof *word);
    if (copy == NULL || word == NULL) {
        mem_free(copy);
        mem_free(word);
        return error_memory(e);
    }
    tokens_lower(copy, length);
    while (tokens_word(copy, length, &from, &span))
        word[words++] = names_find(d->word, copy + span.first,
                                   span.end - span.first);
    count_runs(b, s, l, word, words);
    mem_free(copy);
    mem_free(word);
    return ST_OK;
}

status step_tokens(const struct block *b, const struct step *s,
                   struct error *e)
{
    const struct model_rows *rows = b->rows;
    const double *x = lane(b, b->p->list[s->in]);
    const uint32_t *to = b->p->list + s->out;
    for (uint32_t o = 0; o < s->outs; o++)
        memset(lane(b, to[o]), 0, b->width * sizeof(double));
    for (size_t l = 0; l < b->n; l++) {
        if (rows->text == NULL || !(x[l] >= 0.0) ||
            !(x[l] < (double)rows->texts))
            continue;
        TRY(count_text(b, s, l, rows->text[(size_t)x[l]], e));
    }
    return ST_OK;
}
