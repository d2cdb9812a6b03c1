/* candor explain for a model that can only be asked: each contribution with its
 * interval, and how it was found. A line a row and reference. */
#include "batch/explain.h"

#include "base/arena.h"
#include "batch/line.h"
#include "model/evaluate.h"
#include "shapley/estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TASK_ROWS = 4, ORDERED = 4 };

struct explain_estimating {
    struct session *s;
    struct explain_setting set;
    struct estimate_players players;
    struct estimating plan;
    struct estimate_hand **hand; /* [threads] */
    size_t **order;              /* [threads][players] */
    size_t top;                  /* players of a line */
    bool ordered;
};

bool explain_is_estimated(const struct session *s)
{
    const char *name = s->request->estimator;
    char why[ESTIMATOR_WHY_MAX];
    if (name != NULL && strcmp(name, "estimate") == 0)
        return true;
    if (s->model->kind == MODEL_SCORES)
        return true; /* which says that they cannot be */
    const struct estimator *x =
        estimator_find(name == NULL ? "interventional" : name);
    bool exact = x != NULL && model_is_local(s->model) &&
                 x->supports(s->model, why);
    return !exact && (name == NULL || strcmp(name, "interventional") == 0);
}

static status check(const struct session *s, struct error *e)
{
    const struct request *r = s->request;
    const char *form = r->npy ? "--format npy" : r->global ? "--global"
                       : r->interactions > 0   ? "--interactions"
                       : r->plan               ? "--plan"
                       : r->reasons > 0        ? "--reasons"
                                               : NULL;
    if (s->model->kind == MODEL_SCORES)
        return error_set(e, ST_UNSUPPORTED,
                         "only the scores of this model are known, so nothing "
                         "can be explained: name the model itself "
                         "(model.file, model.command, model.url)");
    if (form == NULL)
        return ST_OK;
    return error_set(e, ST_ARGUMENT,
                     "%s goes with exact contributions; those of this model "
                     "are estimates, which are printed as JSON Lines or CSV "
                     "with their intervals%s", form,
                     r->reasons > 0 ? " (candor run makes reasons of them; "
                                      "--groups factors adds them up)"
                                    : "");
}

/* Each player is a group, so that orders are of players. */
static status name_players(struct explain_estimating *x, struct error *e)
{
    const struct model *m = x->s->model;
    const struct explain_players *given = &x->set.players;
    struct estimate_players *p = &x->players;
    p->of = mem_array(m->features + 1, sizeof *p->of);
    p->group = mem_array(given->count + 1, sizeof *p->group);
    p->feature = mem_array(given->count + 1, sizeof *p->feature);
    if (p->of == NULL || p->group == NULL || p->feature == NULL)
        return error_memory(e);
    p->count = p->groups = given->count;
    p->whole = true;
    for (size_t i = 0; i < p->count; i++)
        p->group[i] = (long)i;
    for (size_t j = 0; j < m->features; j++)
        p->of[j] = given->of == NULL ? (uint32_t)j : given->of[j];
    return ST_OK;
}

static status open_hands(struct explain_estimating *x, struct error *e)
{
    size_t threads = pool_threads(x->s->pool);
    x->hand = mem_array(threads, sizeof *x->hand);
    x->order = mem_array(threads, sizeof *x->order);
    if (x->hand == NULL || x->order == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++) {
        TRY(estimate_hand_new(&x->plan, &x->hand[i], e));
        x->order[i] = mem_array(x->players.count + 1, sizeof **x->order);
        if (x->order[i] == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static status open_all(struct explain_estimating *x, struct error *e)
{
    const struct request *r = x->s->request;
    TRY(check(x->s, e));
    TRY(explain_set(x->s, &x->set, e));
    TRY(name_players(x, e));
    size_t first = r->top > 0 ? r->top : ORDERED;
    TRY(estimating_open(x->s, &x->players, x->set.reference, x->set.games,
                        first, &x->plan, e));
    x->ordered = x->plan.until_order;
    x->plan.extra = 0; /* what was asked for is what is spent */
    x->top = r->top > 0 && r->top < x->players.count ? r->top : 0;
    return open_hands(x, e);
}

static void close_all(struct explain_estimating *x)
{
    for (size_t i = 0; x->hand != NULL && i < pool_threads(x->s->pool); i++) {
        estimate_hand_free(x->hand[i]);
        mem_free(x->order[i]);
    }
    mem_free(x->hand);
    mem_free(x->order);
    estimating_close(&x->plan);
    estimate_players_close(&x->players);
    explain_unset(&x->set);
}

/* --- lines ------------------------------------------------------------------ */

static size_t largest(const struct explain_estimating *x, const double *phi,
                      size_t *order)
{
    size_t n = x->players.count;
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        while (x->top > 0 && at > 0 &&
               fabs(phi[order[at - 1]]) < fabs(phi[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return x->top > 0 ? x->top : n;
}

static void put_players(struct line *l, const struct explain_estimating *x,
                        const struct estimated *v, size_t *order)
{
    size_t n = largest(x, v->phi, order);
    if (!l->csv) {
        json_key(&l->w, "contributions");
        json_object(&l->w);
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = order[i];
        const char *name = x->set.players.name[at];
        if (l->csv && x->top > 0)
            line_text(l, "input", name);
        if (!l->csv) {
            json_key(&l->w, name);
            json_object(&l->w);
        }
        line_number(l, "value", v->phi[at]);
        line_number(l, "low", v->low[at]);
        line_number(l, "high", v->high[at]);
        if (!l->csv)
            json_object_end(&l->w);
    }
    if (!l->csv)
        json_object_end(&l->w);
}

static status put_line(const struct explain_estimating *x,
                       const struct rows_in *in, size_t i, size_t game,
                       const struct estimated *v, size_t *order,
                       struct buf *out, struct error *e)
{
    struct line l;
    double sum = v->base;
    for (size_t k = 0; k < x->players.count; k++)
        sum += v->phi[k];
    line_begin(&l, out, x->s->request->csv);
    line_int(&l, "row", in->ordinal[i]);
    line_text(&l, "id", in->id[i]);
    line_text(&l, "estimator", "estimate");
    line_text(&l, "reference", x->set.reference[game].name);
    line_number(&l, "margin", v->all);
    line_number(&l, "base", v->base);
    line_text(&l, "method", v->method);
    line_int(&l, "evaluations", (long long)v->evaluations);
    line_int(&l, "reference_rows", (long long)v->rows);
    line_int(&l, "population", (long long)v->population);
    line_number(&l, "confidence", x->plan.confidence);
    line_number(&l, "held_out", v->held_out);
    if (x->ordered)
        line_int(&l, "certain", (long long)v->certain);
    put_players(&l, x, v, order);
    line_number(&l, "residual", v->all - sum);
    TRY(line_end(&l, e));
    buf_putc(out, '\n');
    return ST_OK;
}

static status work(void *context, size_t worker, const struct rows_in *in,
                   struct buf *out, struct error *e)
{
    const struct explain_estimating *x = context;
    for (size_t i = 0; i < in->rows; i++)
        for (size_t g = 0; g < x->set.games; g++) {
            struct estimated v;
            const double *row = in->row + i * in->width;
            status st = estimate_row(x->hand[worker], g, row, x->ordered, &v,
                                     e);
            if (st != ST_OK) {
                error_note(e, "estimating row %lld (line %ld), id %.60s",
                           in->ordinal[i], in->line[i], in->id[i]);
                return st;
            }
            TRY(put_line(x, in, i, g, &v, x->order[worker], out, e));
        }
    return ST_OK;
}

static void make_head(const struct explain_estimating *x, struct buf *head)
{
    static const char *const first[] = {
        "row", "id", "estimator", "reference", "margin", "base", "method",
        "evaluations", "reference_rows", "population", "confidence",
        "held_out"};
    static const char *const part[] = {"", ":low", ":high"};
    struct buf text = BUF_INIT(1 << 20);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        head_name(head, first[i]);
    if (x->ordered)
        head_name(head, "certain");
    size_t n = x->top > 0 ? x->top : x->players.count;
    for (size_t i = 0; i < n; i++) {
        char own[64];
        (void)snprintf(own, sizeof own, "contribution_%zu", i + 1);
        const char *name = x->top > 0 ? own : x->set.players.name[i];
        if (x->top > 0) {
            char input[64];
            (void)snprintf(input, sizeof input, "input_%zu", i + 1);
            head_name(head, input);
        }
        for (size_t k = 0; k < 3; k++) {
            buf_clear(&text);
            buf_printf(&text, "%s%s", name, part[k]);
            head_name(head, buf_text(&text));
        }
    }
    head_name(head, "residual");
    buf_putc(head, '\n');
    buf_free(&text);
}

static void tell(const struct explain_estimating *x)
{
    struct estimate_bill b = {0};
    for (size_t i = 0; i < pool_threads(x->s->pool); i++) {
        const struct estimate_bill *own = estimate_hand_bill(x->hand[i]);
        b.rows += own->rows;
        b.asked += own->asked;
        b.equal += own->equal;
    }
    host_say(x->s->host, SEVERITY_NOTE,
             "%llu rows explained by estimates: %llu rows asked of the model "
             "(%llu equal ones once); intervals are at a confidence of %g",
             b.rows, b.asked, b.equal, x->plan.confidence);
}

int explain_estimates(struct session *s)
{
    struct explain_estimating x = {.s = s};
    struct error e = {.class = ST_OK};
    struct buf head = BUF_INIT((size_t)64 << 20);
    status st = open_all(&x, &e);
    int code = EXIT_DONE;
    if (st == ST_OK) {
        make_head(&x, &head);
        st = buf_status(&head, &e);
    }
    if (st == ST_OK) {
        struct rows_job job = {.work = work, .context = &x,
                               .header = s->request->csv ? buf_text(&head)
                                                         : NULL,
                               .task_rows = TASK_ROWS};
        code = rows_run_tasks(s, &job);
        if (code == EXIT_DONE)
            tell(&x);
    } else {
        host_error(s->host, &e);
        code = st == ST_UNSUPPORTED ? EXIT_MODEL : exit_of_data(&e);
    }
    buf_free(&head);
    close_all(&x);
    return code;
}
