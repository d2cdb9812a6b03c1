/* All rows added up in one pass: how much each player weighs, how that goes with
 * its value, which pairs act together, which reasons come first; for all rows
 * and for each value of the group columns that the table has. */
#include "batch/explain_global.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NO_GROUP = UINT16_MAX };

/* --- rows ---------------------------------------------------------------------- */

static status group_of(struct globaling *g, size_t c, size_t i, uint16_t *out,
                       struct error *e)
{
    struct global_column *own = &g->column[c];
    const struct group_column *column = own->column;
    size_t at = g->first_extra + g->has_id + c;
    *out = NO_GROUP;
    if (column->cut_count > 0) {
        double v = g->block->number[at][i];
        size_t band = 0;
        while (band < column->cut_count && v >= column->cuts[band])
            band++;
        if (!isnan(v))
            *out = (uint16_t)band;
        return ST_OK;
    }
    const char *word = g->block->text[at][i];
    if (word == NULL)
        return ST_OK;
    long code = names_find(own->word, word, strlen(word));
    if (code < 0 && names_count(own->word) == GLOBAL_WORDS)
        own->beyond = true;
    else if (code < 0)
        code = names_add(own->word, word, strlen(word));
    if (code < 0 && !own->beyond)
        return error_memory(e);
    if (code >= 0)
        *out = (uint16_t)code;
    return ST_OK;
}

static status add_reasons(struct globaling *g, size_t worker,
                          const struct explained *r, struct error *e)
{
    struct explaining *x = g->x;
    const struct project *p = x->s->project;
    double *margin = x->worker[worker].margin;
    for (size_t i = 0; i < r->in->rows; i++) {
        struct explain_found found;
        struct global_reason_row row = {
            .group = g->columns > 0
                         ? g->hand[worker].group + i * g->columns
                         : NULL};
        explain_margin(x, worker, r, i, margin);
        if (p->model.has_cutoff &&
            project_approves(p, project_score_of(p, x->s->model, margin)))
            continue;
        TRY(explain_find(x, worker, r, i, &found, e));
        for (size_t k = 0; k < x->games; k++) {
            size_t method = g->reasoning.method[k] == 'A' ? METHOD_A : METHOD_B;
            row.factor[method] = found.factor[k];
            row.count[method] = found.count[k];
        }
        TRY(global_reasons_add(g->hand[worker].reasons, &row, e));
    }
    return ST_OK;
}

/* Rows that repeat share a place, so they are added one by one. */
static status add_game(struct globaling *g, size_t worker,
                       const struct explained *r, size_t game, size_t from,
                       size_t n, struct error *e)
{
    const struct explaining *x = g->x;
    struct global_hand *h = &g->hand[worker];
    size_t place = r->at[from], output = x->s->project->model.output;
    size_t width = x->s->model->features;
    const uint16_t *group = h->group + from * g->columns;
    struct global_rows rows = {
        .n = n,
        .phi = r->phi + place * x->values +
               (game * x->outputs + output) * (x->players + 1),
        .phi_stride = x->values,
        .row = r->in->row + from * width,
        .width = width,
        .group = g->columns > 0 ? group : NULL};
    TRY(global_add(h->game[game], &rows, e));
    if (x->pairs == 0)
        return ST_OK;
    size_t stride = x->games * x->outputs * x->pairs;
    return global_add_pairs(h->game[game],
                            r->pairs + place * stride +
                                (game * x->outputs + output) * x->pairs,
                            stride, rows.group, n, e);
}

static status add_task(struct globaling *g, size_t worker,
                       const struct explained *r, struct error *e)
{
    size_t rows = r->in->rows;
    bool distinct = r->at[rows - 1] == rows - 1;
    for (size_t k = 0; k < g->x->games; k++) {
        if (distinct) {
            TRY(add_game(g, worker, r, k, 0, rows, e));
            continue;
        }
        for (size_t i = 0; i < rows; i++)
            TRY(add_game(g, worker, r, k, i, 1, e));
    }
    return g->reasons ? add_reasons(g, worker, r, e) : ST_OK;
}

static status one_task(void *context, size_t worker, size_t index,
                       struct error *e)
{
    struct globaling *g = context;
    struct explaining *x = g->x;
    struct global_hand *h = &g->hand[worker];
    size_t from = index * x->task_rows, to = from + x->task_rows, n = 0;
    to = to > g->block->rows ? g->block->rows : to;
    for (size_t i = from; i < to; i++) {
        const char *id = g->has_id ? g->block->text[g->first_extra][i] : NULL;
        char number[24] = "";
        if (id == NULL && x->s->ids_given)
            (void)snprintf(number, sizeof number, "%lld", g->block->ordinal[i]);
        if (!session_wants(x->s, id != NULL ? id : number))
            continue;
        h->ordinal[n] = g->block->ordinal[i];
        h->line[n] = g->block->line[i];
        h->id[n] = "";
        for (size_t c = 0; c < g->columns; c++)
            h->group[n * g->columns + c] = g->group[i * g->columns + c];
        input_map_row(x->s->map, g->block, i, h->row + n * x->s->model->features);
        n++;
    }
    struct rows_in in = {n, x->s->model->features, h->row, h->id, h->ordinal,
                         h->line};
    struct explained r;
    if (n == 0)
        return ST_OK;
    TRY(explain_task(x, worker, &in, &r, e));
    return add_task(g, worker, &r, e);
}

static status take_block(struct globaling *g, struct block *part,
                         unsigned long long *done, struct error *e)
{
    const struct host *host = g->x->s->host;
    unsigned long long limit = g->x->s->request->limit;
    if (limit > 0 && *done + part->rows > limit)
        part->rows = (size_t)(limit - *done);
    g->block = part;
    for (size_t i = 0; i < part->rows; i++)
        for (size_t c = 0; c < g->columns; c++)
            TRY(group_of(g, c, i, &g->group[i * g->columns + c], e));
    size_t each = g->x->task_rows;
    TRY(pool_run(g->x->s->pool, one_task, g, (part->rows + each - 1) / each,
                 e));
    *done += part->rows;
    if (host->progress != NULL)
        host->progress(host->self, "rows", *done, limit);
    return ST_OK;
}

static status read_rows(struct globaling *g, struct table *t, struct error *e)
{
    unsigned long long done = 0, limit = g->x->s->request->limit;
    do {
        const struct block *b;
        size_t bad = 0;
        TRY(table_next(t, &b, e));
        (void)table_errors(t, &bad);
        g->bad += bad;
        if (b == NULL)
            break;
        struct block part = *b;
        TRY(take_block(g, &part, &done, e));
    } while (limit == 0 || done < limit);
    return ST_OK;
}

static status read_table(struct globaling *g, struct error *e)
{
    const struct session *s = g->x->s;
    const struct project *p = s->project;
    const char *id = p->column.id != NULL ? p->column.id
                                          : p->decisions.id_column;
    struct column_spec extra[GLOBAL_COLUMNS + 1];
    const struct column_spec *own;
    size_t extras = 0;
    g->first_extra = input_map_columns(s->map, &own);
    g->has_id = id != NULL;
    if (g->has_id)
        extra[extras++] = (struct column_spec){.name = id, .type = COLUMN_TEXT};
    for (size_t c = 0; c < g->columns; c++) {
        const struct group_column *column = g->column[c].column;
        extra[extras++] = (struct column_spec){
            .name = column->column,
            .type = column->cut_count > 0 ? COLUMN_NUMBER : COLUMN_TEXT};
    }
    struct table *t;
    TRY(session_decisions(s, extra, extras, GLOBAL_TASKS * g->x->task_rows, &t,
                          e));
    status st = read_rows(g, t, e);
    table_free(t);
    return st;
}

static status merge(struct globaling *g, struct error *e)
{
    struct global_hand *first = &g->hand[0];
    for (size_t i = 1; i < pool_threads(g->x->s->pool); i++) {
        for (size_t k = 0; k < g->x->games; k++)
            TRY(global_merge(first->game[k], g->hand[i].game[k], e));
        if (g->reasons)
            TRY(global_reasons_merge(first->reasons, g->hand[i].reasons, e));
    }
    return ST_OK;
}

static status put_document(struct globaling *g, struct error *e)
{
    struct buf out = BUF_INIT((size_t)1 << 30);
    struct lines_out lines = {g->x->s, NULL};
    status st = global_document(g, &out, e);
    if (st == ST_OK)
        st = lines_open(g->x->s, &lines, e);
    if (st == ST_OK)
        st = lines_put(&lines, buf_text(&out), out.length, e);
    if (st == ST_OK)
        st = lines_close(&lines, e);
    else
        sink_free(lines.sink);
    buf_free(&out);
    return st;
}

int explain_global(struct explaining *x)
{
    struct globaling g = {.x = x};
    struct error e = {.class = ST_OK};
    status st = global_open(&g, &e);
    if (st == ST_OK)
        st = read_table(&g, &e);
    explain_add_up(x);
    if (st == ST_OK)
        st = merge(&g, &e);
    if (st == ST_OK)
        st = put_document(&g, &e);
    global_close(&g);
    if (st != ST_OK) {
        host_error(x->s->host, &e);
        return exit_of_data(&e);
    }
    if (g.bad > 0)
        host_say(x->s->host, SEVERITY_WARNING, "%llu row%s could not be read",
                 g.bad, g.bad == 1 ? "" : "s");
    session_tell_ids(x->s);
    explain_tell(x);
    long allowed = x->s->project->errors_allowed;
    return allowed >= 0 && g.bad > (unsigned long long)allowed ? EXIT_DATA
                                                               : EXIT_DONE;
}
