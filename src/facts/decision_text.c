/* A text with what its words or sentences did. What people wrote is printed as
 * it stands but for signs that would change how the page reads: control
 * characters and marks of direction. */
#include "facts/decision_parts.h"
#include "facts/inputs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EXCERPT_BYTES = 90, STRONGEST_MOST = 8 };
/* Shares of the largest value from which a piece is marked, and in bold. */
#define MARK_SHARE 0.15
#define STRONG_SHARE 0.4

/* --- safe text ------------------------------------------------------------- */

/* Marks of direction, joiners that hide letters, byte order, tags; private and
 * unassigned planes are left to the fonts. */
static bool is_hidden(uint32_t c)
{
    return c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}


/* Bytes that are no UTF-8 become U+FFFD. */
static void put_safe(struct buf *out, const char *text, size_t length,
                     size_t *left_out)
{
    while (length > 0) {
        uint32_t c = 0;
        size_t n = utf8_decode(text, length, &c);
        if (n == 0) {
            buf_puts(out, "\xef\xbf\xbd");
            (*left_out)++;
            n = 1;
        } else if (is_hidden(c)) {
            (*left_out)++;
        } else if (is_control(c)) {
            bool blank = c == '\n' || c == '\r' || c == '\t' || c == 0x2028 ||
                         c == 0x2029;
            *left_out += !blank;
            buf_putc(out, ' ');
        } else {
            buf_put(out, text, n);
        }
        text += n;
        length -= n;
    }
}

/* The text's beginning, cut at a blank where there is one. */
struct fact *decision_excerpt(struct facts_maker *m, struct fact *parent,
                              const char *name, const char *text)
{
    struct buf out = BUF_INIT(4 * EXCERPT_BYTES + 64);
    size_t left_out = 0, length = strlen(text), n = length;
    if (length > EXCERPT_BYTES) {
        for (n = EXCERPT_BYTES; n > EXCERPT_BYTES / 2 && text[n] != ' ';)
            n--;
        if (text[n] != ' ')
            n = EXCERPT_BYTES;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
    }
    buf_puts(&out, "\xe2\x80\x9c");
    put_safe(&out, text, n, &left_out);
    buf_puts(&out, n < length ? " \xe2\x80\xa6\xe2\x80\x9d" : "\xe2\x80\x9d");
    struct fact *f = facts_printed(m, parent, name, buf_text(&out),
                                   buf_text(&out));
    buf_free(&out);
    return f;
}

const char *decision_text_of(const struct decision_findings *f, size_t feature)
{
    long at = f->project->feature[feature].model_feature;
    if (at < 0 || f->row == NULL ||
        f->model->feature[at].kind != FEATURE_TEXT || isnan(f->row[at]) ||
        f->row[at] >= (double)f->word_count)
        return NULL;
    return f->words[(size_t)f->row[at]];
}

/* --- pieces ---------------------------------------------------------------- */

struct telling {
    struct facts_maker *m;
    const struct decision_findings *f;
    const struct decision_text *t;
    double scale, smallest, largest;
    struct number_form form;
    size_t left_out;
    struct buf text;
};

static const char *side_of(const struct telling *g,
                           const struct decision_text_piece *p)
{
    double size = fabs(p->value);
    if (size * g->scale < g->smallest || size < MARK_SHARE * g->largest)
        return "none";
    if (!g->t->exact && p->low <= 0 && p->high >= 0)
        return "unclear";
    return p->value > 0 ? "for" : "against";
}

/* Text from one place to another as a fact, where there is any. */
static void add_text(struct telling *g, struct fact *item, const char *name,
                     size_t from, size_t end)
{
    buf_clear(&g->text);
    put_safe(&g->text, g->t->text + from, end - from, &g->left_out);
    const char *text = buf_text(&g->text);
    if (text[strspn(text, " ")] != '\0')
        (void)facts_printed(g->m, item, name, text, text);
    else if (*text != '\0' && strcmp(name, "before") == 0)
        (void)facts_boolean(g->m, item, "apart", true);
}

/* What stands between two pieces: up to its last line end, and behind that. */
static void add_between(struct telling *g, struct fact *item, size_t from,
                        size_t end)
{
    size_t line = end;
    while (line > from && g->t->text[line - 1] != '\n' &&
           g->t->text[line - 1] != '\r')
        line--;
    add_text(g, item, "before", from, line > from ? line : end);
    if (line == from)
        return;
    (void)facts_boolean(g->m, item, "line", true);
    add_text(g, item, "lead", line, end);
}

static void add_value(struct telling *g, struct fact *item,
                      const struct decision_text_piece *p)
{
    struct fact *x = facts_number(g->m, item, "points", p->value * g->scale,
                                  g->form);
    facts_computed(g->m, x, g->t->exact
                                ? "Shapley value of leaving it out"
                                : "estimated Shapley value of leaving it out");
    if (!g->t->exact)
        facts_interval(g->m, x, p->low * g->scale, p->high * g->scale,
                       "estimate");
}

static void add_piece(struct telling *g, struct fact *parent, size_t i,
                      size_t from)
{
    const struct decision_text_piece *p = &g->t->piece[i];
    struct fact *item = facts_item(g->m, parent, "piece");
    const char *side = side_of(g, p);
    if (p->first > from)
        add_between(g, item, from, p->first);
    add_text(g, item, "text", p->first, p->end);
    (void)facts_text(g->m, item, "side", side);
    (void)facts_boolean(g->m, item, "strong",
                        strcmp(side, "none") != 0 &&
                            fabs(p->value) >= STRONG_SHARE * g->largest);
    (void)facts_number(g->m, item, "first", (double)p->first, AS_COUNT);
    (void)facts_number(g->m, item, "end", (double)p->end, AS_COUNT);
    add_value(g, item, p);
}

/* --- the strongest --------------------------------------------------------- */

static bool same(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char x = a[i], y = b[i];
        x = x >= 'A' && x <= 'Z' ? (char)(x - 'A' + 'a') : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y - 'A' + 'a') : y;
        if (x != y)
            return false;
    }
    return true;
}

/* Whether a piece before i says the same: it is named once. */
static bool said(const struct decision_text *t, size_t i)
{
    const struct decision_text_piece *b = &t->piece[i];
    for (size_t j = 0; j < i; j++) {
        const struct decision_text_piece *a = &t->piece[j];
        size_t n = b->end - b->first;
        if (a->end - a->first == n &&
            fabs(a->value - b->value) < 1e-12 &&
            same(t->text + a->first, t->text + b->first, n))
            return true;
    }
    return false;
}

static size_t strongest(const struct telling *g, size_t *order)
{
    const struct decision_text *t = g->t;
    size_t n = 0;
    for (size_t i = 0; i < t->pieces; i++) {
        const char *side = side_of(g, &t->piece[i]);
        if ((strcmp(side, "for") != 0 && strcmp(side, "against") != 0) ||
            said(t, i))
            continue;
        double size = fabs(t->piece[i].value);
        size_t at = n < STRONGEST_MOST ? n++ : STRONGEST_MOST;
        for (; at > 0 && fabs(t->piece[order[at - 1]].value) < size; at--)
            if (at < STRONGEST_MOST)
                order[at] = order[at - 1];
        if (at < STRONGEST_MOST)
            order[at] = i;
    }
    return n;
}

static void add_strongest(struct telling *g, struct fact *parent)
{
    size_t order[STRONGEST_MOST];
    size_t n = strongest(g, order);
    for (size_t k = 0; k < n; k++) {
        const struct decision_text_piece *p = &g->t->piece[order[k]];
        struct fact *item = facts_item(g->m, parent, "strongest");
        add_text(g, item, "text", p->first, p->end);
        (void)facts_text(g->m, item, "side", p->value > 0 ? "for" : "against");
        add_value(g, item, p);
    }
}

/* --- all of it ------------------------------------------------------------- */

static void add_how(struct telling *g, struct fact *item)
{
    const struct decision_text *t = g->t;
    (void)facts_text(g->m, item, "players", t->sentences ? "sentences" : "words");
    (void)facts_number(g->m, item, "pieces", (double)t->pieces, AS_COUNT);
    (void)facts_boolean(g->m, item, "exact", t->exact);
    (void)facts_text(g->m, item, "method",
                     t->method != NULL ? t->method : "sum of single words");
    if (!t->exact)
        (void)facts_number(g->m, item, "confidence", t->confidence,
                           AS_PERCENT(0));
    (void)facts_number(g->m, item, "evaluations", (double)t->evaluations,
                       AS_COUNT);
    (void)facts_number(g->m, item, "all", t->all, AS_UNIT(-1, "margin"));
    (void)facts_number(g->m, item, "none", t->none, AS_UNIT(-1, "margin"));
    (void)facts_number(g->m, item, "total", (t->all - t->none) * g->scale,
                       g->form);
}

static void add_input(struct telling *g, struct fact *parent)
{
    const struct decision_text *t = g->t;
    const struct project *p = g->f->project;
    struct fact *item = facts_item(g->m, parent, "input");
    long at = p->of_model[t->feature];
    (void)facts_text(g->m, item, "input", p->feature[at].input);
    (void)facts_text(g->m, item, "name",
                     inputs_name(p, (size_t)at, g->f->language));
    buf_clear(&g->text);
    size_t unused = 0;
    put_safe(&g->text, t->text, strlen(t->text), &unused);
    (void)facts_printed(g->m, item, "text", t->text, buf_text(&g->text));
    add_how(g, item);
    g->largest = 0;
    for (size_t i = 0; i < t->pieces; i++)
        g->largest = fmax(g->largest, fabs(t->piece[i].value));
    size_t from = 0;
    bool marked = false, open = false;
    for (size_t i = 0; i < t->pieces; i++) {
        add_piece(g, item, i, from);
        const char *side = side_of(g, &t->piece[i]);
        marked = marked || strcmp(side, "none") != 0;
        open = open || strcmp(side, "unclear") == 0;
        from = t->piece[i].end;
    }
    add_text(g, item, "after", from, strlen(t->text));
    (void)facts_boolean(g->m, item, "marked", marked);
    (void)facts_boolean(g->m, item, "unclear", open);
    (void)facts_number(g->m, item, "left-out", (double)g->left_out,
                       AS_COUNT);
    add_strongest(g, item);
}

void decision_texts(struct facts_maker *m, const struct decision_findings *f)
{
    if (f->texts == 0)
        return;
    const struct project_scale *s = &f->project->model.scale;
    bool points = s->kind == SCALE_POINTS;
    struct telling g = {.m = m, .f = f, .scale = points ? fabs(s->factor) : 1,
                        .smallest = points ? 0.5 : 0.005,
                        .form = points ? AS_SIGNED(0) : AS_SIGNED(2),
                        .text = BUF_INIT(4 << 20)};
    struct fact *parent = facts_group(m, m->root, "text");
    for (size_t i = 0; i < f->texts; i++) {
        g.t = &f->text[i];
        g.left_out = 0;
        add_input(&g, parent);
    }
    buf_free(&g.text);
}
