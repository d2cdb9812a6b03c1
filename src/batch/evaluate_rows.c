/* Rows of an evaluation table. Blocks go to the pool twice: rows are scored by
 * runs of rows, inputs tallied a column a task; what must follow the order of
 * rows (groups, repeated rows, kept rows) is done between. */
#include "batch/ask.h"
#include "batch/evaluate_reading.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

enum { CLASS_DOUBLES_MAX = 16 << 20 };

static bool is_event(const struct project_table *t, const char *text)
{
    const char *event = t->label_event != NULL ? t->label_event : "1";
    double a, b;
    if (strcmp(text, event) == 0)
        return true;
    if (num_parse(text, strlen(text), &a) &&
        num_parse(event, strlen(event), &b))
        return a >= b && a <= b;
    return strcmp(event, "1") == 0 &&
           text_equal_fold(text, strlen(text), "true");
}

/* A class by its name, else by its number; CODE_UNKNOWN: neither. */
static uint16_t class_of(const struct model *m, const char *text)
{
    long long number;
    for (size_t k = 0; m->class_names != NULL && k < m->outputs; k++)
        if (strcmp(m->class_names[k], text) == 0)
            return (uint16_t)k;
    if (num_parse_int(text, strlen(text), &number) && number >= 0 &&
        (size_t)number < m->outputs)
        return (uint16_t)number;
    return CODE_UNKNOWN;
}

static void read_outcome(struct reading *r, size_t i)
{
    struct scored *b = &r->b;
    const struct evaluating *v = r->v;
    b->label[i] = LABEL_UNKNOWN;
    b->target[i] = (double)NAN;
    b->actual[i] = CODE_UNKNOWN;
    if (r->label == SIZE_MAX)
        return;
    if (v->out->kind == CARD_REGRESSION) {
        b->target[i] = r->block->number[r->label][i];
        return;
    }
    const char *text = r->block->text[r->label][i];
    if (text == NULL)
        return;
    if (v->out->kind != CARD_CLASSES) {
        b->label[i] = is_event(r->t, text);
        return;
    }
    b->actual[i] = class_of(v->s->model, text);
    if (b->actual[i] != CODE_UNKNOWN)
        b->label[i] = b->actual[i] == v->s->project->model.output;
}

static void read_period(struct reading *r, size_t i)
{
    r->b.period[i] = CODE_UNKNOWN;
    const char *text = r->date == SIZE_MAX ? NULL : r->block->text[r->date][i];
    struct date d;
    if (text == NULL || !date_parse(text, strlen(text), &d))
        return;
    long quarter = (d.year - 1900L) * 4 + (d.month - 1) / 3;
    if (quarter >= 0 && quarter < CODES_MAX)
        r->b.period[i] = (uint16_t)quarter;
}

static status ask_task(struct reading *r, size_t from, size_t n,
                       struct error *e)
{
    const struct model *m = r->v->s->model;
    const struct project *p = r->v->s->project;
    for (size_t i = from; r->given != SIZE_MAX && i < from + n; i++)
        r->b.margin[i] = project_margin(p, r->block->number[r->given][i]);
    if (r->given != SIZE_MAX)
        return ST_OK;
    struct asked_rows ask = {.map = r->v->s->map,
                             .row = r->b.row + from * m->features,
                             .n = n,
                             .ordinal = r->block->ordinal + from,
                             .line = r->block->line + from};
    if (r->id != SIZE_MAX)
        ask.id = (const char *const *)r->block->text[r->id] + from;
    return ask_margins(m, &ask, true, r->b.margin + from * m->outputs, e);
}

static status score_task(void *context, size_t worker, size_t index,
                         struct error *e)
{
    struct reading *r = context;
    struct evaluating *v = r->v;
    struct scored *b = &r->b;
    const struct model *m = v->s->model;
    size_t from = index * r->task, n = r->block->rows - from;
    n = n < r->task ? n : r->task;
    (void)worker;
    for (size_t i = from; i < from + n; i++)
        input_map_row(v->s->map, r->block, i, b->row + i * m->features);
    TRY(ask_task(r, from, n, e));
    for (size_t i = from; i < from + n; i++) {
        const double *row = b->row + i * m->features;
        struct said said = {.answer = b->answer + i * m->outputs};
        evaluate_say(v, b->margin + i * m->outputs, &said);
        b->score[i] = said.score;
        b->probability[i] = said.probability;
        read_outcome(r, i);
        read_period(r, i);
        b->hash[i] = 0;
        for (size_t j = 0; j < m->features; j++)
            b->hash[i] = row_hash_number(b->hash[i], row[j]);
    }
    return ST_OK;
}

static status column_task(void *context, size_t worker, size_t index,
                          struct error *e)
{
    struct reading *r = context;
    (void)worker;
    return tally_block(r->v, index, &r->tally[index], r->b.row, r->block->rows,
                       r->split->is_lead ? r->b.slot : NULL, e);
}

/* --- in the order of rows --- */

static status group_code(struct reading *r, size_t g, size_t i, uint16_t *out,
                         struct error *e)
{
    const struct group_column *c = &r->v->s->project->group[g];
    *out = CODE_UNKNOWN;
    if (c->cut_count > 0) {
        double x = r->block->number[r->group[g]][i];
        size_t band = 0;
        while (band < c->cut_count && x >= c->cuts[band])
            band++;
        if (!isnan(x))
            *out = (uint16_t)band;
        return ST_OK;
    }
    const char *text = r->block->text[r->group[g]][i];
    if (text == NULL)
        return ST_OK;
    long code = names_add(r->v->group[g], text, strlen(text));
    if (code < 0)
        return error_memory(e);
    if (code >= EVALUATE_VALUES)
        return error_set(e, ST_LIMIT,
                         "the group column %s has more than %d values; cut it "
                         "into bands (data.groups, cuts)", c->column,
                         EVALUATE_VALUES);
    *out = (uint16_t)code;
    return ST_OK;
}

static uint16_t slot_of(struct reading *r, uint16_t period)
{
    if (period == CODE_UNKNOWN)
        return CODE_UNKNOWN;
    size_t n = r->split->slots;
    for (size_t k = n; k-- > 0;)
        if (r->slots[k] == period)
            return (uint16_t)k;
    if (n == EVALUATE_SLOTS)
        return CODE_UNKNOWN;
    r->slots[n] = period;
    r->split->slots = n + 1;
    return (uint16_t)n;
}

static void note_day(struct reading *r, size_t i)
{
    const char *text = r->date == SIZE_MAX ? NULL : r->block->text[r->date][i];
    struct date d;
    if (text == NULL || !date_parse(text, strlen(text), &d))
        return;
    long day = date_days(d);
    if (day < r->first_day)
        r->first_day = day;
    if (day > r->last_day)
        r->last_day = day;
}

static status note_id(struct reading *r, size_t i, struct error *e)
{
    const char *id = r->id == SIZE_MAX ? NULL : r->block->text[r->id][i];
    if (id == NULL)
        return ST_OK;
    return row_set_add(r->ids, row_hash_text(0, id, strlen(id)), e);
}

static status make_room(struct reading *r, struct error *e)
{
    if (r->known < r->room)
        return ST_OK;
    size_t room = r->room == 0 ? 4096 : r->room + r->room / 2;
    if (r->v->out->kind == CARD_REGRESSION) {
        double *p = mem_grow(r->predicted, r->room, room, sizeof *p);
        if (p == NULL)
            return error_memory(e);
        r->predicted = p;
        double *a = mem_grow(r->actual, r->room, room, sizeof *a);
        if (a == NULL)
            return error_memory(e);
        r->actual = a;
    } else {
        size_t k = r->v->s->model->outputs;
        double *p = mem_grow(r->class_answer, r->room * k, room * k, sizeof *p);
        if (p == NULL)
            return error_memory(e);
        r->class_answer = p;
        uint16_t *a = mem_grow(r->class_actual, r->room, room, sizeof *a);
        if (a == NULL)
            return error_memory(e);
        r->class_actual = a;
    }
    r->room = room;
    return ST_OK;
}

/* Outcomes that are no events are kept beside the sample. */
static status keep_outcome(struct reading *r, size_t i, struct error *e)
{
    const struct scored *b = &r->b;
    size_t k = r->v->s->model->outputs;
    if (r->v->out->kind == CARD_REGRESSION) {
        if (!isfinite(b->target[i]))
            return ST_OK;
        TRY(make_room(r, e));
        r->predicted[r->known] = b->score[i];
        r->actual[r->known++] = b->target[i];
        moments_add(&r->split->target, b->target[i]);
        return ST_OK;
    }
    if (r->v->out->kind != CARD_CLASSES || b->actual[i] == CODE_UNKNOWN)
        return ST_OK;
    if ((r->known + 1) * k > CLASS_DOUBLES_MAX)
        return error_set(e, ST_LIMIT,
                         "%zu rows of %zu classes are more than a card "
                         "measures; name a table with a sample of them",
                         r->known, k);
    TRY(make_room(r, e));
    memcpy(r->class_answer + r->known * k, b->answer + i * k,
           k * sizeof *b->answer);
    r->class_actual[r->known++] = b->actual[i];
    return ST_OK;
}

/* A declined row, for the audit of recourse: by the hash of its id, else of its
 * inputs. */
static status choose(struct reading *r, size_t i, const uint16_t *group,
                     struct error *e)
{
    struct evaluating *v = r->v;
    const char *id = r->id == SIZE_MAX ? NULL : r->block->text[r->id][i];
    uint64_t hash = id == NULL ? r->b.hash[i] : row_hash_text(0, id, strlen(id));
    double *row;
    uint16_t *groups;
    if (r->further == SIZE_MAX)
        return ST_OK;
    TRY(chosen_add(&v->chosen, hash, &row, &groups, e));
    if (row == NULL)
        return ST_OK;
    input_map_quantities(v->s->map, r->block, i, r->further, row);
    input_map_complete(v->s->map, row);
    memcpy(groups, group, SAMPLE_GROUPS_MAX * sizeof *groups);
    return ST_OK;
}

static status one_row(struct reading *r, size_t i, struct error *e)
{
    struct evaluating *v = r->v;
    const struct scored *b = &r->b;
    struct sample_row row = {b->score[i], b->probability[i], b->label[i],
                             b->period[i], {0}};
    for (size_t g = 0; g < r->sample->shape.groups; g++)
        TRY(group_code(r, g, i, &row.group[g], e));
    TRY(sample_add(r->sample, &row, e));
    TRY(row_set_add(r->rows, b->hash[i], e));
    TRY(note_id(r, i, e));
    note_day(r, i);
    TRY(keep_outcome(r, i, e));
    if (!r->split->is_lead)
        return ST_OK;
    b->slot[i] = slot_of(r, b->period[i]);
    const double *input = b->row + i * v->s->model->features;
    keep_add(&v->probe, input, b->label[i], b->target[i]);
    if (v->out->has_cutoff && !cutoff_selects(&v->out->cutoff, b->score[i])) {
        v->declined_rows += 1;
        keep_add(&v->declined, input, b->label[i], b->target[i]);
        return choose(r, i, row.group, e);
    }
    return ST_OK;
}

/* A row that the model has no answer for. */
static status leave_out(struct reading *r, struct error *e)
{
    struct evaluating *v = r->v;
    size_t at = r->sample->n + v->no_answers;
    r->split->bad += 1;
    if (!r->split->is_lead)
        return ST_OK;
    TRY(MEM_ROOM(v->no_answer, v->no_answer_room, v->no_answers + 1, e));
    v->no_answer[v->no_answers++] = at;
    return ST_OK;
}

static status one_block(struct reading *r, struct error *e)
{
    struct pool *pool = r->v->s->pool;
    size_t rows = r->block->rows;
    r->task = ask_is_remote(r->v->s->model) ? ASK_ROWS : EVALUATE_TASK;
    TRY(pool_run(pool, score_task, r, (rows + r->task - 1) / r->task, e));
    for (size_t i = 0; i < rows; i++) {
        if (isnan(r->b.score[i])) {
            TRY(leave_out(r, e));
            continue;
        }
        status st = one_row(r, i, e);
        if (st != ST_OK) {
            error_note(e, "measuring row %lld (line %ld)", r->block->ordinal[i],
                       r->block->line[i]);
            return st;
        }
    }
    return r->tally == NULL
               ? ST_OK
               : pool_run(pool, column_task, r, r->v->s->model->features, e);
}

status evaluate_blocks(struct reading *r, struct error *e)
{
    const struct host *host = r->v->s->host;
    unsigned long long done = 0;
    for (;;) {
        TRY(table_next(r->table, &r->block, e));
        size_t bad = 0;
        (void)table_errors(r->table, &bad);
        r->split->bad += (double)bad;
        if (r->block == NULL)
            return ST_OK;
        TRY(one_block(r, e));
        done += r->block->rows;
        if (host->progress != NULL)
            host->progress(host->self, "rows measured", done, 0);
    }
}
