#include "batch/decide_points.h"

#include "base/arena.h"
#include "model/scorecard.h"

struct points {
    struct scorecard_reason *found; /* [characteristics] */
    struct reasons_code *code;
    size_t most;
};

static bool asks(const struct session *s)
{
    return s->project->reasons_by == REASONS_BY_POINTS;
}

status points_check(const struct session *s, struct error *e)
{
    const struct scorecard *c = s->model->scorecard;
    if (!asks(s))
        return ST_OK;
    if (c == NULL)
        return error_set(e, ST_ARGUMENT,
                         "reasons.method is \"points\", and the model is no "
                         "scorecard: take \"shapley\"");
    if (c->code == NULL || !c->reasons)
        return error_set(e, ST_ARGUMENT,
                         "reasons.method is \"points\", and the scorecard has "
                         "no reason codes: take \"shapley\", or add them to "
                         "its file");
    return ST_OK;
}

status points_new(const struct session *s, struct points **out,
                  struct error *e)
{
    if (!asks(s))
        return ST_OK;
    struct points *p = mem_array(1, sizeof *p);
    if (p == NULL)
        return error_memory(e);
    p->most = s->model->scorecard->characteristics;
    p->found = mem_array(p->most + 1, sizeof *p->found);
    p->code = mem_array(p->most + 1, sizeof *p->code);
    if (p->found == NULL || p->code == NULL) {
        points_free(p);
        return error_memory(e);
    }
    *out = p;
    return ST_OK;
}

void points_free(struct points *p)
{
    if (p == NULL)
        return;
    mem_free(p->found);
    mem_free(p->code);
    mem_free(p);
}

void points_take(struct points *p, const struct session *s, const double *row,
                 struct reasons *r)
{
    if (p == NULL)
        return;
    size_t n = scorecard_reasons(s->model, row, true, p->found, p->most);
    for (size_t i = 0; i < n; i++)
        p->code[i] = (struct reasons_code){p->found[i].code, p->found[i].loss};
    reasons_take_codes(r, s->project, p->code, n);
}
