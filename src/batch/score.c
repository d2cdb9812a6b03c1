#include "batch/numbers.h"

#include "base/arena.h"
#include "batch/line.h"
#include "batch/rows.h"


struct scoring {
    struct session *s;
    double *margin, *answer; /* [threads][outputs] */
};

static status score_line(void *context, size_t worker, const struct row_in *in,
                         struct buf *out, struct error *e)
{
    struct scoring *c = context;
    const struct session *s = c->s;
    size_t k = s->model->outputs;
    double *margin = c->margin + worker * k, *answer = c->answer + worker * k;
    /* as the deployed model says it: its library's own arithmetic */
    model_margin_native(s->model, in->row, margin);
    struct line l;
    line_begin(&l, out, s->request->csv);
    line_int(&l, "row", in->ordinal);
    line_text(&l, "id", in->id);
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
    return line_end(&l, e);
}

int numbers_score(const struct host *host, const struct request *request)
{
    struct session s;
    int code = session_open(host, request, false, &s);
    if (code != EXIT_DONE)
        return code;
    size_t k = s.model->outputs, threads = pool_threads(s.pool);
    struct scoring c = {&s, mem_array(threads * k, sizeof(double)),
                        mem_array(threads * k, sizeof(double))};
    struct buf head = BUF_INIT(1 << 20);
    head_name(&head, "row");
    head_name(&head, "id");
    head_outputs(&head, "margin", k);
    head_outputs(&head, "score",
                 s.model->link == LINK_ARGMAX ? 1 : k);
    if (k == 1 && s.project->model.has_cutoff)
        head_name(&head, "decision");
    buf_putc(&head, '\n');
    code = c.margin == NULL || c.answer == NULL
               ? EXIT_IO
               : rows_run(&s, request->csv ? buf_text(&head) : NULL, score_line,
                          &c);
    buf_free(&head);
    mem_free(c.margin);
    mem_free(c.answer);
    session_close(&s);
    return code;
}
