#include "batch/reference.h"

#include "base/arena.h"
#include "batch/ask.h"
#include "model/evaluate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *name_of(const struct project_table *t)
{
    return t->name != NULL ? t->name : t->key != NULL ? t->key : "unnamed";
}

static bool is_near(const struct project *p, double score)
{
    if (!project_approves(p, score))
        return false;
    return fabs(score - p->model.cutoff) <= p->documents.near_cutoff_width;
}

struct filling {
    const struct session *s;
    struct reference *r;
    bool near_cutoff;
    bool quantities;
    size_t width;   /* of a row */
    size_t room;
    double *asked;  /* [rows][features] of one block, side by side */
    double *margin; /* [rows][outputs] */
    size_t block_room;
    double sum;
};

static status make_room(struct filling *f, struct error *e)
{
    if (f->r->count < f->room)
        return ST_OK;
    size_t room = f->room == 0 ? 1024 : f->room * 2;
    size_t most = REFERENCE_BYTES_MAX / (f->width * sizeof(double) + 1);
    if (f->r->count >= most)
        return error_set(e, ST_LIMIT,
                         "the reference population %s has more than %zu rows; "
                         "name a table with a sample of it",
                         name_of(f->r->table), most);
    if (room > most)
        room = most;
    double *rows = mem_grow(f->r->rows, f->room * f->width, room * f->width,
                            sizeof *rows);
    if (rows == NULL)
        return error_memory(e);
    f->r->rows = rows;
    f->room = room;
    return ST_OK;
}

static status ask_block(struct filling *f, const struct block *b,
                        struct error *e)
{
    const struct model *m = f->s->model;
    if (b->rows == 0)
        return ST_OK;
    if (b->rows > f->block_room) {
        mem_free(f->asked);
        mem_free(f->margin);
        f->asked = mem_array(b->rows * m->features + 1, sizeof *f->asked);
        f->margin = mem_array(b->rows * m->outputs + 1, sizeof *f->margin);
        f->block_room = b->rows;
    }
    if (f->asked == NULL || f->margin == NULL)
        return error_memory(e);
    for (size_t i = 0; i < b->rows; i++)
        input_map_row(f->s->map, b, i, f->asked + i * m->features);
    struct asked_rows rows = {.map = f->s->map, .row = f->asked,
                              .n = b->rows, .ordinal = b->ordinal, .line = b->line};
    return ask_margins(m, &rows, false, f->margin, e);
}

/* Some models have no answer where an input is missing. */
static void note_no_answer(struct reference *r, const struct block *b,
                           size_t i)
{
    if (r->bad_rows++ > 0)
        return;
    r->first_bad = (struct row_error){.row = b->ordinal[i],
                                      .line = b->line[i]};
    (void)snprintf(r->first_bad.text, sizeof r->first_bad.text, "%s",
                   ASK_NO_ANSWER);
}

static status take_block(struct filling *f, const struct block *b,
                         struct error *e)
{
    const struct project *p = f->s->project;
    const struct model *m = f->s->model;
    const struct column_spec *own;
    size_t first = input_map_columns(f->s->map, &own);
    TRY(ask_block(f, b, e));
    for (size_t i = 0; i < b->rows; i++) {
        TRY(make_room(f, e));
        double *row = f->r->rows + f->r->count * f->width;
        if (f->quantities)
            input_map_quantities(f->s->map, b, i, first, row);
        else
            input_map_row(f->s->map, b, i, row);
        double margin = f->margin[i * m->outputs + p->model.output];
        if (isnan(margin)) {
            note_no_answer(f->r, b, i);
            continue;
        }
        if (f->near_cutoff && !is_near(p, project_score(p, margin)))
            continue;
        f->sum += margin;
        f->r->count++;
    }
    return ST_OK;
}

/* The name may belong to the table, which is closed before it is told. */
static void keep_bad(struct reference *r, const struct row_error *bad)
{
    r->first_bad = *bad;
    r->first_bad.name = NULL;
    (void)snprintf(r->first_bad.text, sizeof r->first_bad.text, "%.60s%s%.120s",
                   bad->name != NULL ? bad->name : "",
                   bad->name != NULL ? ": " : "", bad->text);
}

static status read_all(struct filling *f, struct table *t, struct error *e)
{
    const struct block *b;
    for (;;) {
        TRY(table_next(t, &b, e));
        size_t bad = 0;
        const struct row_error *errors = table_errors(t, &bad);
        if (bad > 0 && f->r->bad_rows == 0)
            keep_bad(f->r, &errors[0]);
        f->r->bad_rows += (long long)bad;
        if (b == NULL)
            break;
        TRY(take_block(f, b, e));
    }
    const char *sha256 = table_sha256(t);
    if (sha256 != NULL)
        memcpy(f->r->sha256, sha256, SHA256_HEX);
    if (f->r->count > 0)
        f->r->mean_margin = f->sum / (double)f->r->count;
    return ST_OK;
}

static status load(const struct session *s, const struct project_table *table,
                   bool near_cutoff, bool quantities, struct reference *out,
                   struct error *e)
{
    const struct column_spec *further;
    size_t more = input_map_further(s->map, &further);
    memset(out, 0, sizeof *out);
    out->table = table;
    struct filling f = {.s = s, .r = out, .near_cutoff = near_cutoff,
                        .quantities = quantities,
                        .width = quantities ? s->project->recourse.width
                                            : s->model->features};
    struct table *t = NULL;
    struct table_spec spec = table->spec;
    spec.hash = true;
    status st = session_table(s, &spec, further, quantities ? more : 0,
                              ask_is_remote(s->model) ? ASK_ROWS : 0, &t, e);
    if (st == ST_OK)
        st = read_all(&f, t, e);
    table_free(t);
    mem_free(f.asked);
    mem_free(f.margin);
    if (st != ST_OK) {
        error_note(e, "reading the reference population %s", name_of(table));
        reference_free(out);
    }
    return st;
}

status reference_load(const struct session *s,
                      const struct project_table *table, bool near_cutoff,
                      struct reference *out, struct error *e)
{
    return load(s, table, near_cutoff, false, out, e);
}

status reference_load_quantities(const struct session *s,
                                 const struct project_table *table,
                                 bool near_cutoff, struct reference *out,
                                 struct error *e)
{
    return load(s, table, near_cutoff, true, out, e);
}

void reference_free(struct reference *r)
{
    mem_free(r->rows);
    memset(r, 0, sizeof *r);
}

/* A model that no exact estimator takes is asked, where it answers. */
static status estimate(const struct session *s, struct references *r,
                       const struct explain_reference *population,
                       size_t games, struct error *e)
{
    TRY(estimate_players_open(s, &r->players, e));
    TRY(estimating_open(s, &r->players, population, games,
                        s->project->documents.most_reasons, &r->estimating,
                        e));
    r->estimated = true;
    return ST_OK;
}

static status prepare(const struct session *s, struct references *r,
                      struct error *e)
{
    const struct estimator *estimator = estimator_find("interventional");
    struct explain_reference population[METHODS];
    char why[ESTIMATOR_WHY_MAX];
    size_t games = 0;
    for (int k = 0; k < METHODS; k++) {
        if (r->of[k].count == 0)
            continue;
        population[games] = (struct explain_reference){
            name_of(r->of[k].table), r->of[k].rows, r->of[k].count};
        r->game[k] = (long)games++;
    }
    if (games == 0)
        return ST_OK;
    if (!model_is_local(s->model) || !estimator->supports(s->model, why))
        return estimate(s, r, population, games, e);
    struct explain_request request = {.model = s->model,
                                      .estimator = estimator,
                                      .reference = population,
                                      .references = games,
                                      .mode = EXPLAIN_FLOAT};
    TRY(shapley_prepare(&request, &r->explainer, e));
    if (estimating_spares(s, r->explainer) == 0) {
        if (s->request->evaluations > 0 || s->request->until != NULL)
            host_say(s->host, SEVERITY_WARNING,
                     "contributions of this model are exact: --evaluations and "
                     "--until change nothing");
        return ST_OK;
    }
    estimating_tell_spared(s, r->explainer);
    shapley_free(r->explainer);
    r->explainer = NULL;
    return estimate(s, r, population, games, e);
}

status references_open(const struct session *s, struct references *out,
                       struct error *e)
{
    memset(out, 0, sizeof *out);
    const struct project *p = s->project;
    const struct project_table *table[METHODS] = {&p->reference_a,
                                                  &p->reference_b};
    status st = ST_OK;
    for (int k = 0; k < METHODS; k++) {
        out->game[k] = -1;
        bool near_cutoff = k == METHOD_A && p->model.has_cutoff;
        /* with scores alone there is nothing to compare */
        if (st == ST_OK && table[k]->spec.location != NULL &&
            s->model->kind != MODEL_SCORES)
            st = reference_load(s, table[k], near_cutoff, &out->of[k], e);
    }
    if (st == ST_OK)
        st = prepare(s, out, e);
    if (st != ST_OK)
        references_close(out);
    return st;
}

void references_close(struct references *r)
{
    shapley_free(r->explainer);
    estimating_close(&r->estimating);
    estimate_players_close(&r->players);
    for (int k = 0; k < METHODS; k++)
        reference_free(&r->of[k]);
    memset(r, 0, sizeof *r);
}
