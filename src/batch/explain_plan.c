/* candor explain --plan: what it would take, said before anything is done. */
#include "batch/explain.h"

#include "shapley/plan.h"
#include "syntax/json_write.h"

#include <stdio.h>

/* Read as the run would read it, so that a missing column is told now. */
static status count_rows(const struct session *s, unsigned long long *rows,
                         bool *known, struct error *e)
{
    const struct request *r = s->request;
    const char *location = r->data != NULL ? r->data
                                           : s->project->decisions.spec.location;
    *known = r->rows > 0 || (location != NULL && location[0] != '\0' &&
                             !(location[0] == '-' && location[1] == '\0'));
    *rows = r->rows;
    if (!*known || r->rows > 0)
        return ST_OK;
    struct table *t;
    TRY(session_decisions(s, NULL, 0, 0, &t, e));
    const struct block *b;
    status st;
    do {
        st = table_next(t, &b, e);
    } while (st == ST_OK && b != NULL);
    *rows = (unsigned long long)table_rows_seen(t);
    table_free(t);
    if (r->limit > 0 && *rows > r->limit)
        *rows = r->limit;
    return st;
}

struct planned {
    const struct explain_setting *set;
    struct explain_plan plan;
    unsigned long long rows;
    bool known;
    size_t threads, reference_rows;
    double seconds; /* of the explaining itself */
};

static const char *precision(const struct explain_setting *set)
{
    bool real = set->request.mode == EXPLAIN_FLOAT && set->estimator->has_float;
    return real ? "float" : "strict";
}

static void put_json(struct json_writer *w, const struct planned *p)
{
    const struct explain_plan *plan = &p->plan;
    json_object(w);
    json_put_string(w, "estimator", p->set->estimator->name);
    json_put_string(w, "precision", precision(p->set));
    json_put_string(w, "simd", plan->simd);
    json_put_int(w, "games", (long long)(p->set->games > 0 ? p->set->games : 1));
    json_put_int(w, "players", (long long)p->set->players.count);
    json_put_int(w, "unused_players", (long long)plan->unused_players);
    json_put_int(w, "reference_rows", (long long)p->reference_rows);
    json_key(w, "leaves");
    json_object(w);
    for (int k = 0; k < PLAN_KERNELS; k++)
        json_put_int(w, plan_kernel_word((enum plan_kernel)k),
                     (long long)plan->leaves[k]);
    json_object_end(w);
    json_put_int(w, "columns", (long long)plan->columns);
    json_put_int(w, "table_bytes", (long long)plan->table_bytes);
    json_put_int(w, "resident_bytes", (long long)plan->resident_bytes);
    json_put_int(w, "scratch_bytes", (long long)plan->scratch_bytes);
    json_put_int(w, "passes", (long long)plan->passes);
    json_put_int(w, "threads", (long long)p->threads);
    json_key(w, "rows");
    if (p->known)
        json_int(w, (long long)p->rows);
    else
        json_null(w);
    json_put_number(w, "prepare_seconds", plan->prepare_seconds);
    json_put_number(w, "row_seconds", plan->row_seconds);
    json_key(w, "seconds");
    if (p->known)
        json_number(w, p->seconds);
    else
        json_null(w);
    json_object_end(w);
}

static void put_text(struct buf *out, const struct planned *p)
{
    const struct explain_plan *plan = &p->plan;
    size_t all = 0;
    for (int k = 0; k < PLAN_KERNELS; k++)
        all += plan->leaves[k];
    buf_printf(out, "estimator   %s, %s, %s\n", p->set->estimator->name,
               precision(p->set), plan->simd);
    buf_printf(out, "players     %zu, of which the model never reads %zu\n",
               p->set->players.count, plan->unused_players);
    for (size_t g = 0; g < p->set->games; g++)
        buf_printf(out, "reference   %s: %zu rows\n",
                   p->set->reference[g].name, p->set->reference[g].count);
    for (int k = 0; k < PLAN_KERNELS; k++)
        if (plan->leaves[k] > 0)
            buf_printf(out, "kernel      %s: %zu leaves, %.1f %%\n",
                       plan_kernel_word((enum plan_kernel)k), plan->leaves[k],
                       100 * (double)plan->leaves[k] / (double)all);
    buf_printf(out, "tables      %.1f MB, %.1f MB at once, in %zu pass%s\n",
               (double)plan->table_bytes / 1048576,
               (double)plan->resident_bytes / 1048576, plan->passes,
               plan->passes == 1 ? "" : "es of each task");
    buf_printf(out, "scratch     %.1f MB a thread, %zu thread%s\n",
               (double)plan->scratch_bytes / 1048576, p->threads,
               p->threads == 1 ? "" : "s");
    if (p->known)
        buf_printf(out,
                   "time        about %.2g s to prepare, %.2g s for %llu rows, "
                   "reading and printing not counted\n",
                   plan->prepare_seconds, p->seconds - plan->prepare_seconds,
                   p->rows);
    else
        buf_printf(out,
                   "time        about %.2g s to prepare and %.2g s a million "
                   "rows; give --rows N for a table from a pipe\n",
                   plan->prepare_seconds,
                   1e6 * plan->row_seconds / (double)p->threads);
}

static status tell(struct session *s, const struct planned *p, struct error *e)
{
    struct buf out = BUF_INIT(1 << 20);
    status st = ST_OK;
    if (s->request->json) {
        struct json_writer w = json_start(&out, 0);
        put_json(&w, p);
        st = json_end(&w, e);
        buf_putc(&out, '\n');
    } else {
        put_text(&out, p);
    }
    if (st == ST_OK)
        st = buf_status(&out, e);
    if (st == ST_OK)
        st = host_write(s->host, buf_text(&out), out.length, e);
    buf_free(&out);
    return st;
}

static status plan(struct session *s, struct planned *p,
                   struct explain_setting *set, struct error *e)
{
    TRY(explain_set(s, set, e));
    TRY(count_rows(s, &p->rows, &p->known, e));
    set->request.rows = (size_t)p->rows;
    TRY(shapley_plan(&set->request, &p->plan, e));
    p->threads = pool_threads(s->pool);
    for (size_t g = 0; g < set->games; g++)
        p->reference_rows += set->reference[g].count;
    p->seconds = p->plan.prepare_seconds +
                 (double)p->rows * p->plan.row_seconds / (double)p->threads;
    return tell(s, p, e);
}

int explain_plan(struct session *s)
{
    struct explain_setting set = {.games = 0};
    struct planned p = {.set = &set};
    struct error e = {.class = ST_OK};
    status st = plan(s, &p, &set, &e);
    explain_unset(&set);
    if (st == ST_OK)
        return EXIT_DONE;
    host_error(s->host, &e);
    return st == ST_UNSUPPORTED ? EXIT_MODEL : exit_of_data(&e);
}
