#include "render_samples.h"

#include "check.h"

#include <ctype.h>

struct parser {
    struct arena *a;
    const char *p;
};

static struct scene *bars(struct arena *a)
{
    static const struct {
        const char *name, *value;
        double by;
    } facts[] = {{"Balances against card limits", "78 %", -31},
                 {"Inquiries, last 6 months", "5", -20},
                 {"Oldest account", "1 year 4 months", -14},
                 {"Income against amount asked", "31 %", -10},
                 {"Late payments, last 2 years", "none", 16},
                 {"Time in current job", "6 years", 10}};
    struct scene *s = scene_new(a, 475, 160);
    struct mark *m;
    double axis = 300, row = 0;
    for (size_t i = 0; i < 6; i++, row += 24) {
        m = scene_add(a, s, MARK_TEXT);
        m->x = 0, m->y = row + 16, m->text = facts[i].name, m->size = 9;
        m->fill = COLOUR_INK;
        m = scene_add(a, s, MARK_TEXT);
        m->x = 140, m->y = row + 16, m->text = facts[i].value, m->size = 9;
        m->fill = COLOUR_MUTED;
        m = scene_add(a, s, MARK_RECT);
        double by = facts[i].by * 3.5;
        m->x = by < 0 ? axis + by : axis, m->x2 = by < 0 ? axis : axis + by;
        m->y = row + 7, m->y2 = row + 19;
        m->fill = by < 0 ? COLOUR_AGAINST : COLOUR_FOR;
    }
    m = scene_add(a, s, MARK_LINE);
    m->x = m->x2 = axis, m->y = 0, m->y2 = 150;
    m->stroke = COLOUR_INK, m->stroke_width = 0.75;
    return s;
}

static struct scene *curve(struct arena *a)
{
    struct scene *s = scene_new(a, 225, 180);
    for (int i = 0; i <= 4; i++) {
        struct mark *m = scene_add(a, s, MARK_LINE);
        m->x = 28, m->x2 = 200, m->y = m->y2 = 10 + 37.5 * i;
        m->stroke = COLOUR_RULE, m->stroke_width = 0.5;
        m = scene_add(a, s, MARK_TEXT);
        static const char *const ticks[] = {"100", "75", "50", "25", "0"};
        m->x = 24, m->y = 13 + 37.5 * i, m->size = 8, m->text = ticks[i];
        m->anchor = ANCHOR_END, m->fill = COLOUR_MUTED;
    }
    struct mark *m = scene_add(a, s, MARK_PATH);
    double *xy = arena_new_array(a, double, 42);
    for (int i = 0; i <= 20; i++) {
        xy[2 * i] = 28 + 8.6 * i;
        xy[2 * i + 1] = 160 - 150 * pow(i / 20.0, 0.35);
    }
    m->points = xy, m->point_count = 21;
    m->stroke = COLOUR_ACCENT, m->stroke_width = 1.5;
    m = scene_add(a, s, MARK_LINE);
    m->x = 28, m->y = 160, m->x2 = 200, m->y2 = 10, m->dashed = true;
    m->stroke = COLOUR_MUTED, m->stroke_width = 0.75;
    m = scene_add(a, s, MARK_DOT);
    m->x = 79, m->y = 58, m->radius = 3, m->fill = COLOUR_AGAINST;
    m = scene_add(a, s, MARK_TEXT);
    m->x = 84, m->y = 66, m->text = "cutoff 640", m->size = 8;
    m->fill = COLOUR_INK;
    return s;
}

static void attribute(struct parser *k, struct doc_node *n, const char *name,
                      size_t length, const char *value)
{
    (void)k;
    const struct {
        const char *name;
        const char **to;
    } texts[] = {{"class", &n->classes}, {"id", &n->id}, {"href", &n->href},
                 {"lang", &n->lang}, {"alt", &n->alt}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strlen(texts[i].name) == length &&
            memcmp(texts[i].name, name, length) == 0)
            *texts[i].to = value;
    if (strncmp(name, "scope", length) == 0)
        n->scope = strcmp(value, "row") == 0 ? SCOPE_ROW : SCOPE_COLUMN;
    if (strncmp(name, "colspan", length) == 0)
        n->columns_spanned = (int)strtol(value, NULL, 10);
    if (strncmp(name, "data-bar", length) == 0)
        n->bar = strtod(value, NULL);
    if (strncmp(name, "data-scene", length) == 0)
        n->scene = strcmp(value, "bars") == 0 ? bars(k->a) : curve(k->a);
}

static void text(struct parser *k, struct doc_node *parent)
{
    char *out = arena_alloc(k->a, strlen(k->p) + 1);
    size_t n = 0;
    while (*k->p != '\0' && *k->p != '<') {
        bool space = isspace((unsigned char)*k->p) != 0;
        if (!space || n == 0 || out[n - 1] != ' ')
            out[n++] = space ? ' ' : *k->p;
        k->p++;
    }
    if (n == 0 || (n == 1 && out[0] == ' ' && doc_is_block(parent->kind) &&
                   (parent->last == NULL || doc_is_block(parent->last->kind))))
        return;
    struct doc_node *t = doc_append(k->a, parent, NODE_TEXT);
    t->text = out;
}

static void element(struct parser *k, struct doc_node *parent);

static void content(struct parser *k, struct doc_node *n)
{
    while (*k->p != '\0' && strncmp(k->p, "</", 2) != 0) {
        if (*k->p == '<')
            element(k, n);
        else
            text(k, n);
    }
}

static void element(struct parser *k, struct doc_node *parent)
{
    size_t n = strcspn(k->p + 1, " />");
    char *name = arena_copy(k->a, k->p + 1, n);
    int kind = doc_kind_of(name);
    if (kind < 0)
        fail_msg("no element <%s>", name);
    struct doc_node *e = doc_append(k->a, parent, (enum node_kind)kind);
    e->columns_spanned = 1;
    k->p += 1 + n;
    while (*k->p == ' ') {
        const char *at = ++k->p;
        size_t length = strcspn(at, "=");
        const char *value = at + length + 2;
        size_t size = strcspn(value, "'");
        attribute(k, e, at, length, arena_copy(k->a, value, size));
        k->p = value + size + 1;
    }
    if (*k->p == '/') {
        k->p += 2;
        return;
    }
    k->p++;
    content(k, e);
    if (strncmp(k->p, "</", 2) != 0 || strncmp(k->p + 2, name, n) != 0)
        fail_msg("<%s> is not closed at: %.40s", name, k->p);
    k->p += n + 3;
}

struct document *doc_parse(struct arena *a, const char *kind,
                           const char *markup)
{
    struct document *d = arena_new_one(a, struct document);
    d->arena = a;
    d->lang = "en-US";
    d->title = "A sample";
    d->author = "Harbor Valley Credit Union";
    d->date = "2026-10-14";
    d->kind = kind;
    d->letter_size = true;
    d->foot_left = "Notice HV-2026-004417-N1 \xc2\xb7 model credit-risk 3.2";
    d->foot_page = "Page {0} of {1}";
    d->continued = "continued";
    d->body = doc_append(a, NULL, NODE_BODY);
    struct parser k = {a, markup};
    content(&k, d->body);
    return d;
}
