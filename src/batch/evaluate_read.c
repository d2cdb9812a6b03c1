/* One evaluation table: opened, read, described, measured. */
#include "batch/evaluate_reading.h"
#include "batch/evaluate_recourse.h"

#include <math.h>
#include <string.h>

enum { BLOCK_MOST = 4096, BLOCK_DOUBLES = 1 << 20, EXTRAS = 17 };

static size_t add_column(struct column_spec *extra, size_t *n, size_t first,
                         const char *name, enum column_type type)
{
    if (name == NULL)
        return SIZE_MAX;
    extra[*n] = (struct column_spec){.name = name, .type = type};
    return first + (*n)++;
}

static status try_table(struct reading *r, bool audited, struct error *e)
{
    const struct evaluating *v = r->v;
    const struct column_spec *own, *further;
    struct column_spec extra[EXTRAS + RECOURSE_LIST_MAX + LEVERS_MAX];
    size_t n = 0, first = input_map_columns(v->s->map, &own);
    bool amount = v->out->kind == CARD_REGRESSION;
    r->label = add_column(extra, &n, first, r->t->label_column,
                          amount ? COLUMN_NUMBER : COLUMN_TEXT);
    r->date = add_column(extra, &n, first, r->t->date_column, COLUMN_DATE);
    r->id = add_column(extra, &n, first, r->t->id_column, COLUMN_TEXT);
    bool scores = v->s->model->kind == MODEL_SCORES;
    r->given = add_column(extra, &n, first,
                          scores ? v->s->project->model.elsewhere.score_column
                                 : NULL,
                          COLUMN_NUMBER);
    for (size_t g = 0; r->split->is_lead && g < v->groups; g++) {
        const struct group_column *c = &v->s->project->group[g];
        r->group[g] = add_column(extra, &n, first, c->column,
                                 c->cut_count > 0 ? COLUMN_NUMBER
                                                  : COLUMN_TEXT);
    }
    r->further = audited ? first + n : SIZE_MAX;
    size_t more = audited ? input_map_further(v->s->map, &further) : 0;
    for (size_t i = 0; i < more; i++)
        extra[n++] = further[i];
    struct table_spec spec = r->t->spec;
    spec.hash = true;
    return session_table(v->s, &spec, extra, n, r->block_rows, &r->table, e);
}

/* A table that lacks a column which recourse alone reads is measured all the
 * same; then there is no audit. */
static status open_table(struct reading *r, struct error *e)
{
    struct evaluating *v = r->v;
    bool audited = r->split->is_lead && evaluate_audits(v);
    struct error why = {.class = ST_OK};
    if (audited) {
        chosen_open(&v->chosen, v->s->project->recourse.audit_rows,
                    v->s->project->recourse.width);
        if (try_table(r, true, &why) == ST_OK)
            return ST_OK;
    }
    TRY(try_table(r, false, e));
    if (audited)
        v->out->recourse.why = arena_string(v->arena, why.text);
    return ST_OK;
}

static status open_numbers(struct reading *r, struct error *e)
{
    const struct model *m = r->v->s->model;
    struct scored *b = &r->b;
    size_t n = r->block_rows;
    b->row = mem_array(n * m->features + 1, sizeof *b->row);
    b->score = mem_array(n, sizeof *b->score);
    b->probability = mem_array(n, sizeof *b->probability);
    b->target = mem_array(n, sizeof *b->target);
    b->answer = mem_array(n * m->outputs, sizeof *b->answer);
    b->margin = mem_array(n * m->outputs, sizeof *b->margin);
    b->label = mem_array(n, sizeof *b->label);
    b->period = mem_array(n, sizeof *b->period);
    b->slot = mem_array(n, sizeof *b->slot);
    b->actual = mem_array(n, sizeof *b->actual);
    b->hash = mem_array(n, sizeof *b->hash);
    bool fine = b->row != NULL && b->score != NULL && b->probability != NULL &&
                b->target != NULL && b->answer != NULL && b->margin != NULL &&
                b->label != NULL && b->period != NULL && b->slot != NULL &&
                b->actual != NULL && b->hash != NULL;
    return fine ? ST_OK : error_memory(e);
}

static status open_tallies(struct reading *r, struct error *e)
{
    size_t n = r->v->s->model->features;
    if (!r->split->is_lead && !r->split->is_train)
        return ST_OK;
    r->tally = mem_array(n + 1, sizeof *r->tally);
    if (r->tally == NULL)
        return error_memory(e);
    for (size_t j = 0; j < n; j++)
        TRY(tally_open(r->v, j, &r->tally[j], e));
    return ST_OK;
}

static status open_reading(struct reading *r, struct error *e)
{
    const struct evaluating *v = r->v;
    size_t wide = v->s->model->features + v->s->model->outputs + 1;
    r->block_rows = BLOCK_DOUBLES / wide;
    if (r->block_rows > BLOCK_MOST)
        r->block_rows = BLOCK_MOST;
    if (r->block_rows < EVALUATE_TASK)
        r->block_rows = EVALUATE_TASK;
    struct sample_shape shape = {.probability = evaluate_has_probability(v),
                                 .period = r->t->date_column != NULL,
                                 .groups = r->split->is_lead ? v->groups : 0};
    r->first_day = 1L << 30;
    r->last_day = -(1L << 30);
    r->slots = arena_new_array(v->arena, uint16_t, EVALUATE_SLOTS);
    if (r->slots == NULL)
        return arena_error(v->arena, e);
    r->split->slot = r->slots;
    r->rows = row_set_new(0);
    r->ids = row_set_new(0);
    if (r->rows == NULL || r->ids == NULL)
        return error_memory(e);
    TRY(sample_new(&shape, &r->sample, e));
    TRY(open_numbers(r, e));
    TRY(open_tallies(r, e));
    return open_table(r, e);
}

static void close_scored(struct reading *r)
{
    struct scored *b = &r->b;
    void *const all[] = {b->row,    b->score, b->probability, b->target,
                         b->answer, b->margin, b->label,      b->period,
                         b->slot,   b->actual, b->hash};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(all[i]);
    memset(b, 0, sizeof *b);
}

static void close_reading(struct reading *r)
{
    for (size_t j = 0; r->tally != NULL && j < r->v->s->model->features; j++)
        tally_close(&r->tally[j]);
    mem_free(r->tally);
    close_scored(r);
    row_set_free(r->rows);
    row_set_free(r->ids);
    mem_free(r->predicted);
    mem_free(r->actual);
    mem_free(r->class_answer);
    mem_free(r->class_actual);
    table_free(r->table);
    sample_free(r->sample);
}

/* --- what the table was --- */

static char *day_text(struct arena *a, long day)
{
    char text[11];
    date_print(date_from_days(day), text);
    return arena_string(a, text);
}

static status describe(struct reading *r, struct error *e)
{
    struct card_split *split = r->split;
    struct arena *a = r->v->arena;
    split->rows = (double)r->sample->n;
    split->repeated = row_set_repeated(r->rows);
    split->repeated_capped = row_set_capped(r->rows);
    split->has_ids = r->id != SIZE_MAX;
    split->repeated_ids = row_set_repeated(r->ids);
    for (size_t i = 0; i < r->sample->n; i++) {
        split->known += r->sample->label[i] != LABEL_UNKNOWN;
        split->events += r->sample->label[i] == 1;
    }
    if (r->v->out->kind == CARD_REGRESSION)
        split->known = (double)r->known;
    if (r->first_day <= r->last_day) {
        split->first = day_text(a, r->first_day);
        split->last = day_text(a, r->last_day);
    }
    const char *sha256 = table_sha256(r->table);
    split->sha256 = sha256 == NULL ? NULL : arena_string(a, sha256);
    split->column = arena_new_array(a, struct card_column,
                                    r->v->s->model->features + 1);
    if (split->column == NULL)
        return arena_error(a, e);
    for (size_t j = 0; r->tally != NULL && j < r->v->s->model->features; j++)
        TRY(tally_report(r->v, j, &r->tally[j], split, e));
    return ST_OK;
}

static status measure(struct reading *r, struct error *e)
{
    struct evaluating *v = r->v;
    struct card_split *split = r->split;
    size_t k = v->s->model->outputs;
    TRY(describe(r, e));
    close_scored(r);
    if (v->out->kind == CARD_REGRESSION && r->known > 0) {
        split->has_regression = true;
        TRY(regression_of(r->predicted, r->actual, r->known, 10, v->arena,
                          &split->regression, e));
    }
    if (v->out->kind == CARD_CLASSES && r->known > 0) {
        struct class_rows rows = {r->known, k, r->class_actual,
                                  r->class_answer};
        split->has_classes = true;
        TRY(classes_of(&rows, v->arena, &split->classes, e));
    }
    TRY(evaluate_measure(v, split, r->sample, e));
    if (split->is_lead)
        TRY(evaluate_groups(v, r->sample, e));
    if (split->is_train) {
        v->base = r->sample;
        v->base_ready = true;
        r->sample = NULL;
    } else if (split->is_lead) {
        v->lead = r->sample;
        r->sample = NULL;
    }
    return ST_OK;
}

status evaluate_split(struct evaluating *v, size_t i, struct error *e)
{
    const struct project *p = v->s->project;
    struct reading r = {.v = v, .split = &v->out->split[i],
                        .t = &p->evaluation[i]};
    for (size_t g = 0; g < SAMPLE_GROUPS_MAX; g++)
        r.group[g] = SIZE_MAX;
    r.split->table = r.t;
    r.split->is_train = (long)i == v->out->train;
    r.split->is_lead = (long)i == v->out->lead;
    status st = open_reading(&r, e);
    if (st == ST_OK)
        st = evaluate_blocks(&r, e);
    if (st == ST_OK)
        st = measure(&r, e);
    close_reading(&r);
    if (st != ST_OK)
        error_note(e, "measuring the evaluation table %s",
                   r.t->name != NULL ? r.t->name : r.t->key);
    return st;
}
