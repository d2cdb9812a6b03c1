#include "batch/score_alone.h"

#include "batch/line.h"
#include "batch/rows.h"

#include <stdio.h>

enum { BLOCK = 1024, LINES_MOST = 16 << 20, SHOWN = 10 };

struct alone {
    struct session *s;
    struct table *table;
    struct lines_out lines;
    struct buf text;
    size_t id, score;        /* columns; id SIZE_MAX: none */
    unsigned long long done; /* rows that can be read */
    long long bad;
};

static void say_bad(struct alone *a, const struct row_error *r)
{
    if (a->bad++ < SHOWN)
        host_say(a->s->host, SEVERITY_WARNING,
                 "row %lld left out, line %ld column %ld: %s%s%s", r->row,
                 r->line, r->column, r->name != NULL ? r->name : "",
                 r->name != NULL ? ": " : "", r->text);
}

static status put_row(struct alone *a, const struct block *b, size_t i,
                      struct error *e)
{
    const struct project *p = a->s->project;
    double score = b->number[a->score][i];
    const char *id = a->id == SIZE_MAX ? NULL : b->text[a->id][i];
    char number[24];
    struct line l;
    if (id == NULL) {
        (void)snprintf(number, sizeof number, "%lld", b->ordinal[i]);
        id = number;
    }
    if (!session_wants(a->s, id))
        return ST_OK;
    line_begin(&l, &a->text, a->s->request->csv);
    line_int(&l, "row", b->ordinal[i]);
    line_text(&l, "id", id);
    line_number(&l, "margin", project_margin(p, score));
    line_number(&l, "score", score);
    if (p->model.has_cutoff)
        line_text(&l, "decision", project_approves(p, score) ? "approved"
                                                             : "declined");
    TRY(line_end(&l, e));
    buf_putc(&a->text, '\n');
    return ST_OK;
}

static status put_block(struct alone *a, const struct block *b,
                        struct error *e)
{
    unsigned long long limit = a->s->request->limit;
    size_t n = 0;
    const struct row_error *bad = table_errors(a->table, &n);
    for (size_t i = 0; i < n; i++)
        say_bad(a, &bad[i]);
    buf_clear(&a->text);
    for (size_t i = 0; i < b->rows && (limit == 0 || a->done < limit); i++) {
        TRY(put_row(a, b, i, e));
        a->done++;
    }
    TRY(buf_status(&a->text, e));
    return lines_put(&a->lines, buf_text(&a->text), a->text.length, e);
}

static status open_scores(struct alone *a, struct error *e)
{
    const struct project *p = a->s->project;
    const struct column_spec *own;
    const char *id = p->column.id != NULL ? p->column.id
                                          : p->decisions.id_column;
    struct column_spec extra[2] = {
        {.name = p->model.elsewhere.score_column, .type = COLUMN_NUMBER,
         .required = true},
        {.name = id, .type = COLUMN_TEXT}};
    a->score = input_map_columns(a->s->map, &own);
    a->id = id == NULL ? SIZE_MAX : a->score + 1;
    unsigned long long limit = a->s->request->limit;
    size_t rows = limit > 0 && limit < BLOCK ? (size_t)limit : BLOCK;
    return session_decisions(a->s, extra, id == NULL ? 1 : 2, rows, &a->table,
                             e);
}

static status put_all(struct alone *a, const char *header, struct error *e)
{
    unsigned long long limit = a->s->request->limit;
    const struct block *b = NULL;
    TRY(open_scores(a, e));
    TRY(lines_open(a->s, &a->lines, e));
    if (header != NULL)
        TRY(lines_put(&a->lines, header, strlen(header), e));
    while (limit == 0 || a->done < limit) {
        TRY(table_next(a->table, &b, e));
        if (b == NULL)
            break;
        TRY(put_block(a, b, e));
    }
    return lines_close(&a->lines, e);
}

int score_alone(struct session *s, const char *header)
{
    struct error e = {.class = ST_OK};
    struct alone a = {.s = s, .lines = {s, NULL}, .text = BUF_INIT(LINES_MOST)};
    status st = put_all(&a, header, &e);
    if (st != ST_OK)
        sink_free(a.lines.sink);
    table_free(a.table);
    buf_free(&a.text);
    if (st != ST_OK) {
        host_error(s->host, &e);
        return exit_of_data(&e);
    }
    if (a.bad > 0)
        host_say(s->host, SEVERITY_WARNING, "%lld row%s could not be read",
                 a.bad, a.bad == 1 ? "" : "s");
    session_tell_ids(s);
    long errors = s->project->errors_allowed;
    return errors >= 0 && a.bad > errors ? EXIT_DATA : EXIT_DONE;
}
