/* Contributions and pairs as JSON Lines or CSV. */
#include "batch/explain.h"
#include "batch/explain_pen.h"

#include "base/arena.h"
#include "batch/line.h"
#include "shapley/interact.h"

#include <stdio.h>

struct printing {
    struct pen_texts player;
    char *estimator;       /* as it stands in each line */
    struct pen_texts game; /* reference names */
    size_t top, pairs;     /* how many of each are printed */
    size_t room;           /* bytes of a line without its id */
};

static size_t order_by_size(const double *phi, size_t n, size_t most,
                            size_t *order)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (used == most && !(fabs(phi[i]) > fabs(phi[order[used - 1]])))
            continue;
        size_t at = used < most ? used++ : used - 1;
        while (at > 0 && fabs(phi[order[at - 1]]) < fabs(phi[i])) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return used;
}

static void put_players(struct pen *p, const struct explaining *x,
                        size_t *order, const double *phi)
{
    const struct printing *f = x->form;
    bool top = f->top > 0;
    size_t n = top ? order_by_size(phi, x->players, f->top, order)
                   : x->players;
    if (!p->csv)
        pen_char(p, '{');
    for (size_t i = 0; i < n; i++) {
        size_t at = top ? order[i] : i;
        if (i > 0)
            pen_char(p, ',');
        if (!p->csv || top) {
            pen_nth(p, &f->player, at);
            pen_char(p, p->csv ? ',' : ':');
        }
        pen_number(p, phi[at]);
    }
    if (!p->csv)
        pen_char(p, '}');
}

static void put_pair(struct pen *p, const struct explaining *x, size_t at,
                     double value, bool names)
{
    const struct printing *f = x->form;
    if (!p->csv)
        pen_char(p, '[');
    if (names) {
        pen_nth(p, &f->player, x->pair[at].i);
        pen_char(p, ',');
        pen_nth(p, &f->player, x->pair[at].j);
        pen_char(p, ',');
    }
    pen_number(p, value);
    if (!p->csv)
        pen_char(p, ']');
}

static void put_pairs(struct pen *p, const struct explaining *x,
                      size_t *order, const double *value)
{
    const struct printing *f = x->form;
    bool all = x->s->request->interactions == SIZE_MAX;
    size_t n = all ? x->pairs
                   : pairs_largest(x->pair, value, x->pairs, false, f->pairs,
                                   order);
    if (!p->csv)
        pen_char(p, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            pen_char(p, ',');
        size_t at = all ? i : order[i];
        put_pair(p, x, at, value[at], !p->csv || !all);
    }
    if (!p->csv)
        pen_char(p, ']');
    /* cells of pairs that this row does not have */
    for (size_t i = n; p->csv && i < f->pairs; i++)
        pen_put(p, ",,,", i > 0 ? 3 : 2);
}

/* One game's members, from the base on. */
static void put_game(struct pen *p, const struct explaining *x,
                     const struct explained *r, size_t *order, size_t place,
                     size_t game)
{
    size_t outputs = x->outputs, width = x->players + 1;
    const double *phi = r->phi + place * x->values + game * outputs * width;
    bool array = outputs > 1 && !p->csv;
    if (!p->csv)
        pen_word(p, "\"base\":");
    for (size_t o = 0; o < outputs; o++) {
        pen_put(p, array && o == 0 ? "[" : ",", o > 0 || array);
        pen_number(p, phi[o * width + x->players]);
    }
    pen_put(p, "]", array);
    pen_put(p, p->csv ? "," : ",\"contributions\":", p->csv ? 1 : 17);
    for (size_t o = 0; o < outputs; o++) {
        pen_put(p, array && o == 0 ? "[" : ",", o > 0 || array);
        put_players(p, x, order, phi + o * width);
    }
    pen_put(p, "]", array);
    if (x->pairs > 0)
        pen_put(p, p->csv ? "," : ",\"interactions\":", p->csv ? 1 : 16);
    for (size_t o = 0; x->pairs > 0 && o < outputs; o++) {
        pen_put(p, array && o == 0 ? "[" : ",", o > 0 || array);
        put_pairs(p, x, order,
                  r->pairs + ((place * x->games + game) * outputs + o) *
                                 x->pairs);
    }
    pen_put(p, "]", array && x->pairs > 0);
    pen_put(p, p->csv ? "," : ",\"residual\":", p->csv ? 1 : 12);
    pen_outputs(p, r->residual + (place * x->games + game) * outputs, outputs);
    if (p->csv)
        return;
    /* exact in strict mode; else what float states for this row */
    pen_word(p, ",\"error\":");
    pen_number(p, x->real ? explain_bound(x, game, phi) : (double)NAN);
}

static void put_line(struct pen *p, struct explaining *x, size_t worker,
                     const struct explained *r, size_t i)
{
    const struct printing *f = x->form;
    struct explain_worker *w = &x->worker[worker];
    bool csv = p->csv, several = x->games > 1;
    pen_put(p, "{\"row\":", csv ? 0 : 7);
    pen_int(p, r->in->ordinal[i]);
    pen_put(p, csv ? "," : ",\"id\":", csv ? 1 : 6);
    pen_quoted(p, r->in->id[i]);
    pen_put(p, csv ? "," : ",\"estimator\":", csv ? 1 : 13);
    pen_put(p, f->estimator, strlen(f->estimator));
    if (!several) {
        pen_put(p, csv ? "," : ",\"reference\":", csv ? 1 : 13);
        if (x->set.games > 0)
            pen_nth(p, &f->game, 0);
        else
            pen_put(p, "null", csv ? 0 : 4);
    }
    explain_margin(x, worker, r, i, w->margin);
    pen_put(p, csv ? "," : ",\"margin\":", csv ? 1 : 10);
    pen_outputs(p, w->margin, x->outputs);
    if (x->set.estimator->on_answer) {
        size_t n = model_answer(x->s->model, w->margin, w->margin + x->outputs);
        pen_put(p, csv ? "," : ",\"answer\":", csv ? 1 : 10);
        pen_outputs(p, w->margin + x->outputs, n);
    }
    pen_char(p, ',');
    if (several && !csv)
        pen_word(p, "\"games\":[");
    for (size_t g = 0; g < x->games; g++) {
        if (g > 0)
            pen_char(p, ',');
        if (several && !csv) {
            pen_word(p, "{\"reference\":");
            pen_nth(p, &f->game, g);
            pen_char(p, ',');
        }
        put_game(p, x, r, w->order, r->at[i], g);
        if (several && !csv)
            pen_char(p, '}');
    }
    pen_put(p, "]", several && !csv);
    pen_put(p, csv ? "\n" : "}\n", csv ? 1 : 2);
}

static status put(struct explaining *x, size_t worker,
                  const struct explained *r, struct buf *out,
                  struct error *e)
{
    const struct printing *f = x->form;
    struct pen p = {.out = out, .real = x->real, .csv = x->s->request->csv};
    for (size_t i = 0; i < r->in->rows; i++) {
        if (!pen_begin(&p, f->room + 6 * strlen(r->in->id[i])))
            break;
        put_line(&p, x, worker, r, i);
        pen_end(&p);
    }
    return buf_status(out, e);
}

/* --- CSV's first line -------------------------------------------------------- */

static void head_of(struct buf *head, const struct explaining *x, size_t game,
                    const char *name, size_t outputs)
{
    struct buf text = BUF_INIT(1 << 20);
    if (x->games > 1)
        buf_printf(&text, "%s:", x->set.word[game]);
    buf_puts(&text, name);
    if (outputs == 1)
        head_name(head, buf_text(&text));
    else
        head_outputs(head, buf_text(&text), outputs);
    buf_free(&text);
}

static void head_numbered(struct buf *head, const struct explaining *x,
                          size_t game, const char *const *word, size_t words,
                          size_t n)
{
    char text[64];
    for (size_t i = 1; i <= n; i++)
        for (size_t k = 0; k < words; k++) {
            (void)snprintf(text, sizeof text, "%s_%zu", word[k], i);
            head_of(head, x, game, text, 1);
        }
}

static void head_pairs(struct buf *head, const struct explaining *x,
                       size_t game)
{
    static const char *const word[] = {"pair_a", "pair_b", "interaction"};
    const struct printing *f = x->form;
    struct buf text = BUF_INIT(1 << 20);
    if (x->s->request->interactions != SIZE_MAX) {
        head_numbered(head, x, game, word, 3, f->pairs);
        return;
    }
    for (size_t i = 0; i < x->pairs; i++) {
        buf_clear(&text);
        buf_printf(&text, "%s*%s", x->set.players.name[x->pair[i].i],
                   x->set.players.name[x->pair[i].j]);
        head_of(head, x, game, buf_text(&text), 1);
    }
    buf_free(&text);
}

static void head_game(struct buf *head, const struct explaining *x, size_t game)
{
    static const char *const word[] = {"input", "contribution"};
    const struct printing *f = x->form;
    head_of(head, x, game, "base", x->outputs);
    for (size_t o = 0; o < x->outputs; o++) {
        if (f->top > 0) {
            head_numbered(head, x, game, word, 2, f->top);
            continue;
        }
        for (size_t i = 0; i < x->players; i++)
            head_of(head, x, game, x->set.players.name[i], 1);
    }
    for (size_t o = 0; x->pairs > 0 && o < x->outputs; o++)
        head_pairs(head, x, game);
    head_of(head, x, game, "residual", x->outputs);
}

static void make_head(const struct explaining *x, struct buf *head)
{
    head_name(head, "row");
    head_name(head, "id");
    head_name(head, "estimator");
    if (x->games == 1)
        head_name(head, "reference");
    head_outputs(head, "margin", x->outputs);
    if (x->set.estimator->on_answer)
        head_outputs(head, "answer",
                     x->s->model->link == LINK_ARGMAX ? 1 : x->outputs);
    for (size_t g = 0; g < x->games; g++)
        head_game(head, x, g);
    buf_putc(head, '\n');
}

static status prepare(const struct explaining *x, struct printing *f,
                      struct error *e)
{
    const struct request *r = x->s->request;
    const char *game[EXPLAIN_GAMES_MAX];
    for (size_t g = 0; g < x->set.games; g++)
        game[g] = x->set.reference[g].name;
    f->top = r->top < x->players ? r->top : x->players;
    f->top = r->top == 0 ? 0 : f->top;
    f->pairs = r->interactions < x->pairs ? r->interactions : x->pairs;
    TRY(pen_texts_open(&f->player, x->set.players.name, x->players, r->csv, e));
    TRY(pen_texts_open(&f->game, game, x->set.games, r->csv, e));
    f->estimator = mem_array(strlen(x->set.estimator->name) + 3, 1);
    if (f->estimator == NULL)
        return error_memory(e);
    (void)snprintf(f->estimator, strlen(x->set.estimator->name) + 3,
                   r->csv ? "%s" : "\"%s\"", x->set.estimator->name);
    size_t number = NUM_TEXT_MAX + 1;
    size_t each = 200 + f->game.longest + 3 * number +
                  x->players * (f->player.longest + number + 2) +
                  f->pairs * (2 * f->player.longest + number + 6);
    f->room = 200 + f->game.longest + x->outputs * 2 * number +
              x->games * x->outputs * each;
    return ST_OK;
}

int explain_lines(struct explaining *x)
{
    struct printing f = {.top = 0};
    struct error e = {.class = ST_OK};
    struct buf head = BUF_INIT((size_t)256 << 20);
    status st = prepare(x, &f, &e);
    x->form = &f;
    if (st == ST_OK && x->s->request->csv)
        make_head(x, &head);
    int code = explain_written(x, put, &head, st, &e);
    buf_free(&head);
    pen_texts_close(&f.player);
    pen_texts_close(&f.game);
    mem_free(f.estimator);
    return code;
}
