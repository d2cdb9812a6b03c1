#include "batch/numbers.h"

#include "base/arena.h"
#include "batch/levers.h"
#include "batch/line.h"
#include "batch/rows.h"

#include <math.h>
#include <stdio.h>

struct searching {
    struct session *s;
    struct levers levers;
    struct recourse_scratch **scratch; /* [threads] */
    double *margin;                    /* [threads][outputs] */
};

static void put_changes(struct json_writer *w, const struct searching *c,
                        const struct recourse_plan *plan)
{
    const struct project *p = c->s->project;
    json_array(w);
    for (size_t i = 0; i < plan->changes; i++) {
        const struct recourse_change *ch = &plan->change[i];
        const struct lever *lever = &p->lever[c->levers.lever_of[ch->lever]];
        json_object(w);
        json_put_string(w, "lever", lever->key != NULL ? lever->key : lever->input);
        json_put_number(w, "from", ch->from);
        json_put_number(w, "to", ch->to);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_status(struct line *l, const struct recourse_plan *plan)
{
    char text[96];
    if (plan->status == RECOURSE_WITHIN)
        (void)snprintf(text, sizeof text, "within %.0f%% of smallest",
                       ceil(plan->gap * 100));
    else
        (void)snprintf(text, sizeof text, "%s",
                       recourse_status_word(plan->status));
    line_text(l, "status", text);
}

static void put_changes_cell(struct line *l, const struct searching *c,
                             const struct recourse_plan *plan, struct error *e)
{
    if (!l->csv) {
        json_key(&l->w, "changes");
        put_changes(&l->w, c, plan);
        return;
    }
    struct buf cell = BUF_INIT(65536);
    struct json_writer w = json_start(&cell, 0);
    put_changes(&w, c, plan);
    if (json_end(&w, e) == ST_OK)
        line_text(l, "changes", buf_text(&cell));
    buf_free(&cell);
}

static void put_alternatives(struct line *l, const struct searching *c,
                             const struct recourse_result *r)
{
    json_key(&l->w, "alternatives");
    json_array(&l->w);
    for (size_t i = 0; i < r->alternatives; i++) {
        const struct recourse_plan *plan = &r->alternative[i];
        if (plan->changes == 0)
            continue;
        json_object(&l->w);
        json_put_string(&l->w, "status", recourse_status_word(plan->status));
        json_put_number(&l->w, "cost", recourse_cost_shown(plan->cost));
        json_key(&l->w, "changes");
        put_changes(&l->w, c, plan);
        json_object_end(&l->w);
    }
    json_array_end(&l->w);
}

static status recourse_line(void *context, size_t worker,
                            const struct row_in *in, struct buf *out,
                            struct error *e)
{
    struct searching *c = context;
    const struct project *p = c->s->project;
    double *margin = c->margin + worker * c->s->model->outputs;
    model_margin_native(c->s->model, in->row, margin);
    double score = project_score(p, margin[p->model.output]);
    struct line l;
    line_begin(&l, out, c->s->request->csv);
    line_int(&l, "row", in->ordinal);
    line_text(&l, "id", in->id);
    struct recourse_result r = {0};
    bool met = project_approves(p, score);
    if (met)
        line_text(&l, "status", "cutoff met");
    else
        TRY(recourse_solve(c->levers.recourse, c->scratch[worker], in->row, &r,
                           e));
    bool plan = !met && r.plan.changes > 0;
    if (!met)
        put_status(&l, &r.plan);
    line_number(&l, "cost", plan ? recourse_cost_shown(r.plan.cost)
                                  : (double)NAN);
    put_changes_cell(&l, c, &r.plan, e);
    line_number(&l, "score", plan ? project_score(p, r.plan.margin) : score);
    if (!l.csv)
        put_alternatives(&l, c, &r);
    line_number(&l, "gap", plan ? r.plan.gap : (double)NAN);
    line_int(&l, "nodes", r.plan.nodes);
    return line_end(&l, e);
}

static status open_search(struct searching *c, struct error *e)
{
    struct session *s = c->s;
    if (!s->project->model.has_cutoff)
        return error_set(e, ST_ARGUMENT, "recourse needs model.cutoff");
    TRY(levers_open(s, &c->levers, e));
    if (c->levers.recourse == NULL)
        return error_set(e, ST_ARGUMENT,
                         "recourse needs levers that the model reads");
    size_t threads = pool_threads(s->pool);
    c->margin = mem_array(threads * s->model->outputs, sizeof *c->margin);
    c->scratch = mem_array(threads, sizeof *c->scratch);
    if (c->margin == NULL || c->scratch == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(recourse_scratch_new(c->levers.recourse, &c->scratch[i], e));
    return ST_OK;
}

int numbers_recourse(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, &s);
    if (code != EXIT_DONE)
        return code;
    struct searching c = {.s = &s};
    struct error e = {.class = ST_OK};
    status st = open_search(&c, &e);
    if (st == ST_OK) {
        code = rows_run(&s, request->csv
                            ? "row,id,status,cost,changes,score,gap,nodes\n"
                            : NULL, recourse_line, &c);
    } else {
        host_error(host, &e);
        code = st == ST_UNSUPPORTED ? EXIT_MODEL : exit_of_data(&e);
    }
    for (size_t i = 0; c.scratch != NULL && i < pool_threads(s.pool); i++)
        recourse_scratch_free(c.scratch[i]);
    mem_free(c.scratch);
    mem_free(c.margin);
    levers_close(&c.levers);
    session_close(&s);
    return code;
}
