/* The first reasons of each row by methods A and B. Where float cannot tell
 * which comes first, the row is decided on strict values, the very ones that a
 * notice rests on. */
#include "batch/explain.h"
#include "batch/explain_pen.h"

#include "base/arena.h"
#include "batch/line.h"
#include "reasons/leading.h"

#include <ctype.h>
#include <stdio.h>

struct reasoning {
    struct pen_texts factor;
    long *factor_of;       /* [features] */
    size_t *parts;         /* [factors] inputs that the model reads */
    size_t factors, most;
    char method[METHODS];  /* 'A', 'B': of each game */
    size_t room;
};

/* The found reasons of one row. */
struct found {
    size_t count[METHODS];
    const double *shortfall[METHODS];
    size_t *factor[METHODS];
};

static const double *phi_of(const struct explaining *x,
                            const struct explained *r, size_t place,
                            size_t game)
{
    return r->phi + place * x->values +
           (game * x->outputs + x->s->project->model.output) * (x->players + 1);
}

/* True: within the bound of another order. */
static bool find(const struct explaining *x, struct explain_worker *w,
                 const struct explained *r, size_t place, struct found *out)
{
    const struct reasoning *f = x->form;
    bool doubtful = false;
    for (size_t g = 0; g < x->games; g++) {
        const double *phi = phi_of(x, r, place, g);
        double *shortfall = w->shortfall + g * f->factors;
        out->shortfall[g] = shortfall;
        out->factor[g] = w->order + g * f->most;
        leading_shortfalls(f->factor_of, x->players, phi,
                           x->s->project->model.higher_is_better, shortfall,
                           f->factors);
        out->count[g] = leading_factors(shortfall, f->factors, f->most,
                                        out->factor[g]);
        if (!x->real || w->strict[place])
            continue;
        double bound = explain_bound(x, g, r->phi + place * x->values +
                                               g * x->outputs *
                                                   (x->players + 1));
        doubtful = doubtful ||
                   leading_doubtful(shortfall, f->factors, f->most,
                                    out->factor[g], out->count[g], f->parts,
                                    bound);
    }
    return doubtful;
}

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
                       const struct found *found)
{
    const struct reasoning *f = x->form;
    if (!p->csv) {
        pen_char(p, '"');
        pen_char(p, f->method[game]);
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
    for (size_t i = found->count[game]; p->csv && i < f->most; i++)
        pen_word(p, ",,");
    pen_put(p, "]", !p->csv);
}

static void put_line(struct pen *p, struct explaining *x, size_t worker,
                     const struct explained *r, size_t i,
                     const struct found *found)
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

/* Strict values take the place of this row's, so its twins have them too. */
static status decide_strictly(struct explaining *x, struct explain_worker *w,
                              const struct explained *r, size_t i,
                              struct error *e)
{
    size_t place = r->at[i], each = x->games * x->outputs;
    w->strict[place] = true;
    return shapley_explain_strict(x->explainer, w->scratch,
                                  r->in->row + i * x->s->model->features,
                                  r->phi + place * x->values,
                                  w->residual + place * each, e);
}

static status put(struct explaining *x, size_t worker,
                  const struct explained *r, struct buf *out,
                  struct explain_tally *t, struct error *e)
{
    const struct reasoning *f = x->form;
    struct explain_worker *w = &x->worker[worker];
    struct pen p = {.out = out, .real = x->real, .csv = x->s->request->csv};
    struct found found;
    for (size_t i = 0; i < r->in->rows; i++) {
        if (find(x, w, r, r->at[i], &found)) {
            TRY(decide_strictly(x, w, r, i, e));
            (void)find(x, w, r, r->at[i], &found);
        }
        t->strict += w->strict[r->at[i]];
        if (!pen_begin(&p, f->room + 6 * strlen(r->in->id[i])))
            break;
        put_line(&p, x, worker, r, i, &found);
        pen_end(&p);
    }
    return buf_status(out, e);
}

static void make_head(const struct explaining *x, struct buf *head)
{
    const struct reasoning *f = x->form;
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

/* A project without factors: each input is one. */
static status map_factors(const struct explaining *x, struct reasoning *f,
                          struct error *e)
{
    const struct project *p = x->s->project;
    const struct model *m = x->s->model;
    f->factors = p->factors > 0 ? p->factors : m->features;
    f->factor_of = mem_array(m->features + 1, sizeof *f->factor_of);
    f->parts = mem_array(f->factors + 1, sizeof *f->parts);
    const char **name = mem_array(f->factors + 1, sizeof *name);
    status st = f->factor_of == NULL || f->parts == NULL || name == NULL
                    ? error_memory(e)
                    : ST_OK;
    for (size_t j = 0; st == ST_OK && j < m->features; j++) {
        long of = p->of_model[j];
        f->factor_of[j] = p->factors == 0 ? (long)j
                          : of < 0        ? -1
                                          : p->feature[of].factor;
        if (f->factor_of[j] >= 0)
            f->parts[f->factor_of[j]] += m->feature[j].used;
    }
    for (size_t i = 0; st == ST_OK && i < f->factors; i++)
        name[i] = p->factors == 0 ? m->feature[i].name : p->factor[i].key;
    if (st == ST_OK)
        st = pen_texts_open(&f->factor, name, f->factors, x->s->request->csv,
                            e);
    mem_free(name);
    return st;
}

static status prepare(struct explaining *x, struct reasoning *f,
                      struct error *e)
{
    TRY(map_factors(x, f, e));
    size_t wanted = x->s->request->reasons;
    f->most = wanted < f->factors ? wanted : f->factors;
    /* explain_set lets A, B and A,B through */
    const char *list = x->s->request->reference;
    bool b_first = list != NULL ? strcmp(list, "B") == 0
                                : x->s->project->reference_a.spec.location ==
                                      NULL;
    f->method[0] = b_first ? 'B' : 'A';
    f->method[1] = 'B';
    f->room = 200 + 3 * NUM_TEXT_MAX +
              METHODS * (8 + f->most * (f->factor.longest + NUM_TEXT_MAX + 5));
    for (size_t i = 0; i < pool_threads(x->s->pool); i++) {
        struct explain_worker *w = &x->worker[i];
        mem_free(w->shortfall);
        mem_free(w->order);
        w->shortfall = mem_array(METHODS * f->factors + 1, sizeof(double));
        w->order = mem_array(METHODS * f->most + 1, sizeof *w->order);
        if (w->shortfall == NULL || w->order == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

int explain_reasons(struct explaining *x)
{
    struct reasoning f = {.most = 0};
    struct error e = {.class = ST_OK};
    struct buf head = BUF_INIT((size_t)16 << 20);
    int code;
    status st = prepare(x, &f, &e);
    x->form = &f;
    if (st == ST_OK) {
        make_head(x, &head);
        st = buf_status(&head, &e);
    }
    if (st == ST_OK) {
        struct explain_form form = {
            .put = put,
            .outputs = 1,
            .header = x->s->request->csv ? buf_text(&head) : NULL};
        code = explain_run(x, &form);
        if (code == EXIT_DONE)
            explain_tell(x);
    } else {
        host_error(x->s->host, &e);
        code = exit_of_data(&e);
    }
    buf_free(&head);
    pen_texts_close(&f.factor);
    mem_free(f.factor_of);
    mem_free(f.parts);
    return code;
}
