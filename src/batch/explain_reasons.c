/* The first reasons of each row by methods A and B, as lines. */
#include "batch/explain.h"
#include "batch/explain_pen.h"

#include "batch/line.h"

#include <ctype.h>
#include <stdio.h>

struct printing {
    struct explain_reasoning reasoning;
    struct pen_texts factor;
    size_t room;           /* bytes of a line without its id */
};

static double largest_residual(const struct explaining *x,
                               const struct explained *r, size_t place)
{
    double most = 0;
    for (size_t g = 0; g < x->games; g++) {
        double one = r->residual[(place * x->games + g) * x->outputs +
                                 x->s->project->model.output];
        most = fabs(one) > fabs(most) ? one : most;
    }
    return most;
}

static void put_method(struct pen *p, const struct explaining *x, size_t game,
                       const struct explain_found *found)
{
    const struct printing *f = x->form;
    if (!p->csv) {
        pen_char(p, '"');
        pen_char(p, x->reasoning->method[game]);
        pen_word(p, "\":[");
    }
    for (size_t i = 0; i < found->count[game]; i++) {
        size_t at = found->factor[game][i];
        if (p->csv || i > 0)
            pen_char(p, ',');
        pen_put(p, "[", !p->csv);
        pen_nth(p, &f->factor, at);
        pen_char(p, ',');
        pen_number(p, found->shortfall[game][at]);
        pen_put(p, "]", !p->csv);
    }
    for (size_t i = found->count[game]; p->csv && i < x->reasoning->most; i++)
        pen_word(p, ",,");
    pen_put(p, "]", !p->csv);
}

static void put_line(struct pen *p, struct explaining *x, size_t worker,
                     const struct explained *r, size_t i,
                     const struct explain_found *found)
{
    bool csv = p->csv, strict = x->worker[worker].strict[r->at[i]] || !x->real;
    double *margin = x->worker[worker].margin;
    pen_put(p, "{\"row\":", csv ? 0 : 7);
    pen_int(p, r->in->ordinal[i]);
    pen_put(p, csv ? "," : ",\"id\":", csv ? 1 : 6);
    pen_quoted(p, r->in->id[i]);
    explain_margin(x, worker, r, i, margin);
    pen_put(p, csv ? "," : ",\"margin\":", csv ? 1 : 10);
    pen_number(p, margin[x->s->project->model.output]);
    pen_put(p, ",\"reasons\":{", csv ? 0 : 12);
    for (size_t g = 0; g < x->games; g++) {
        pen_put(p, ",", g > 0 && !csv);
        put_method(p, x, g, found);
    }
    pen_put(p, csv ? "," : "},\"residual\":", csv ? 1 : 13);
    pen_number(p, largest_residual(x, r, r->at[i]));
    pen_put(p, csv ? "," : ",\"precision\":\"", csv ? 1 : 14);
    pen_put(p, strict ? "strict" : "float", strict ? 6 : 5);
    pen_put(p, csv ? "\n" : "\"}\n", csv ? 1 : 3);
}

static status put(struct explaining *x, size_t worker,
                  const struct explained *r, struct buf *out,
                  struct error *e)
{
    const struct printing *f = x->form;
    struct pen p = {.out = out, .real = x->real, .csv = x->s->request->csv};
    struct explain_found found;
    for (size_t i = 0; i < r->in->rows; i++) {
        TRY(explain_find(x, worker, r, i, &found, e));
        if (!pen_begin(&p, f->room + 6 * strlen(r->in->id[i])))
            break;
        put_line(&p, x, worker, r, i, &found);
        pen_end(&p);
    }
    return buf_status(out, e);
}

static void make_head(const struct explaining *x, struct buf *head)
{
    const struct explain_reasoning *f = x->reasoning;
    char text[64];
    head_name(head, "row");
    head_name(head, "id");
    head_name(head, "margin");
    for (size_t g = 0; g < x->games; g++)
        for (size_t i = 1; i <= f->most; i++) {
            int method = tolower((unsigned char)f->method[g]);
            (void)snprintf(text, sizeof text, "reason_%c_%zu", method, i);
            head_name(head, text);
            (void)snprintf(text, sizeof text, "shortfall_%c_%zu", method, i);
            head_name(head, text);
        }
    head_name(head, "residual");
    head_name(head, "precision");
    buf_putc(head, '\n');
}

static status prepare(struct explaining *x, struct printing *f,
                      struct error *e)
{
    struct explain_reasoning *r = &f->reasoning;
    TRY(explain_reasoning_open(x, x->s->request->reasons, r, e));
    TRY(pen_texts_open(&f->factor, r->name, r->factors, x->s->request->csv, e));
    f->room = 200 + 3 * NUM_TEXT_MAX +
              METHODS * (8 + r->most * (f->factor.longest + NUM_TEXT_MAX + 5));
    return ST_OK;
}

int explain_reasons(struct explaining *x)
{
    struct printing f = {.room = 0};
    struct error e = {.class = ST_OK};
    struct buf head = BUF_INIT((size_t)16 << 20);
    status st = prepare(x, &f, &e);
    x->form = &f;
    if (st == ST_OK)
        make_head(x, &head);
    int code = explain_written(x, put, &head, st, &e);
    buf_free(&head);
    pen_texts_close(&f.factor);
    explain_reasoning_close(&f.reasoning);
    return code;
}
