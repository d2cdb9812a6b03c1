#include "batch/numbers.h"

#include "base/arena.h"
#include "batch/ask.h"
#include "batch/line.h"
#include "batch/rows.h"
#include "batch/score_alone.h"

struct scoring {
    struct session *s;
    double *margin, *answer; /* [threads][task rows or 1][outputs] */
    size_t task_rows;
};

static status score_line(const struct scoring *c, const struct rows_in *in,
                         size_t i, const double *margin, double *answer,
                         struct buf *out, struct error *e)
{
    const struct session *s = c->s;
    size_t k = s->model->outputs;
    struct line l;
    line_begin(&l, out, s->request->csv);
    line_int(&l, "row", in->ordinal[i]);
    line_text(&l, "id", in->id[i]);
    line_outputs(&l, "margin", margin, k);
    if (k == 1) {
        double score = project_score(s->project, margin[0]);
        line_number(&l, "score", score);
        if (s->project->model.has_cutoff)
            line_text(&l, "decision",
                     project_approves(s->project, score) ? "approved"
                                                         : "declined");
    } else {
        size_t n = model_answer(s->model, margin, answer);
        line_outputs(&l, "score", answer, n);
    }
    TRY(line_end(&l, e));
    buf_putc(out, '\n');
    return ST_OK;
}

/* As the deployed model says it: its library's own arithmetic. */
static status score_rows(void *context, size_t worker,
                         const struct rows_in *in, struct buf *out,
                         struct error *e)
{
    struct scoring *c = context;
    size_t k = c->s->model->outputs;
    double *margin = c->margin + worker * c->task_rows * k;
    struct asked_rows rows = {c->s->map, in->row, in->rows, in->ordinal,
                              in->line, in->id};
    TRY(ask_margins(c->s->model, &rows, true, margin, e));
    for (size_t i = 0; i < in->rows; i++)
        TRY(score_line(c, in, i, margin + i * k, c->answer + worker * k, out,
                       e));
    return ST_OK;
}

int numbers_score(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, false, &s);
    if (code != EXIT_DONE)
        return code;
    size_t k = s.model->outputs, threads = pool_threads(s.pool);
    size_t task = ask_is_remote(s.model) ? ASK_ROWS : ROWS_TASK;
    struct scoring c = {&s, mem_array(threads * task * k, sizeof(double)),
                        mem_array(threads * k, sizeof(double)), task};
    struct buf head = BUF_INIT(1 << 20);
    head_name(&head, "row");
    head_name(&head, "id");
    head_outputs(&head, "margin", k);
    head_outputs(&head, "score",
                 s.model->link == LINK_ARGMAX ? 1 : k);
    if (k == 1 && s.project->model.has_cutoff)
        head_name(&head, "decision");
    buf_putc(&head, '\n');
    struct rows_job job = {.work = score_rows, .context = &c,
                           .header = request->csv ? buf_text(&head) : NULL,
                           .task_rows = task};
    if (s.model->kind == MODEL_SCORES)
        code = score_alone(&s, job.header);
    else
        code = c.margin == NULL || c.answer == NULL ? EXIT_IO
                                                    : rows_run_tasks(&s, &job);
    buf_free(&head);
    mem_free(c.margin);
    mem_free(c.answer);
    session_close(&s);
    return code;
}
