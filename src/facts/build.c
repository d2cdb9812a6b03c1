#include "facts/build.h"

#include <math.h>
#include <string.h>

enum { SCRATCH_CAP = 256 * 1024, FACTS_MAX = 4000000, DEPTH_MAX = 16 };

void facts_begin(struct facts_maker *m, struct arena *a,
                 const struct language *l, const struct schema *s)
{
    *m = (struct facts_maker){.arena = a, .language = l, .schema = s,
                              .scratch = BUF_INIT(SCRATCH_CAP)};
    m->spare.name = "spare";
    m->spare.printed = "";
    m->root = arena_new_one(a, struct fact);
    if (m->root == NULL) {
        (void)arena_error(a, &m->failure);
        m->root = &m->spare;
        return;
    }
    m->root->name = "facts";
    m->root->node = s == NULL ? NULL : schema_root(s);
}

status facts_finish(struct facts_maker *m, struct error *e)
{
    buf_free(&m->scratch);
    if (m->failure.class != ST_OK && e != NULL)
        *e = m->failure;
    return m->failure.class;
}

static bool failed(const struct facts_maker *m)
{
    return m->failure.class != ST_OK;
}

static void fail_memory(struct facts_maker *m)
{
    if (!failed(m))
        (void)arena_error(m->arena, &m->failure);
}

static const char *copy(struct facts_maker *m, const char *text)
{
    if (text == NULL || failed(m))
        return NULL;
    const char *s = arena_string(m->arena, text);
    if (s == NULL)
        fail_memory(m);
    return s;
}

/* What scratch holds, kept. */
static const char *keep(struct facts_maker *m)
{
    const char *s = "";
    if (!failed(m) && buf_status(&m->scratch, &m->failure) == ST_OK) {
        s = arena_copy(m->arena, buf_text(&m->scratch), m->scratch.length);
        if (s == NULL) {
            fail_memory(m);
            s = "";
        }
    }
    buf_clear(&m->scratch);
    return s;
}

static void fail_path(struct facts_maker *m, const struct fact *parent,
                      const char *name, const char *what)
{
    buf_clear(&m->scratch);
    fact_path(parent, &m->scratch);
    (void)error_set(&m->failure, ST_BUG, "fact \"%s%s%s\": %s",
                    buf_text(&m->scratch), parent->parent == NULL ? "" : "/",
                    name, what);
}

/* Refuses what the schema does not know. A missing value fits any kind. */
static void check(struct facts_maker *m, const struct fact *parent,
                  const char *name, const struct schema_node *n,
                  enum fact_kind kind, bool list)
{
    if (n == NULL)
        fail_path(m, parent, name, "not in the schema");
    else if (kind == FACT_GROUP && schema_is_list(n) != list)
        fail_path(m, parent, name, list ? "the schema has it as no list"
                                        : "the schema has it as a list");
    else if (kind != FACT_MISSING && schema_kind(n) != kind)
        fail_path(m, parent, name, "the schema has it as another kind");
}

static bool stands_there(const struct fact *parent,
                         const struct schema_node *n)
{
    for (const struct fact *c = parent->first; c != NULL; c = c->next)
        if (c->node == n)
            return true;
    return false;
}

static struct fact *add(struct facts_maker *m, struct fact *parent,
                        const char *name, enum fact_kind kind, bool list)
{
    if (failed(m) || parent == &m->spare)
        return &m->spare;
    const struct schema_node *n = NULL;
    if (m->schema != NULL) {
        const struct schema_node *last =
            parent->last == NULL ? NULL : parent->last->node;
        n = schema_child_near(parent->node, last, name);
        check(m, parent, name, n, kind, list);
        if (kind != FACT_GROUP && !failed(m) && !schema_is_list(n) &&
            stands_there(parent, n))
            fail_path(m, parent, name, "given twice");
    }
    if (++m->count > FACTS_MAX && !failed(m))
        (void)error_set(&m->failure, ST_LIMIT, "more than %d facts in one "
                        "document", FACTS_MAX);
    struct fact *f = failed(m) ? NULL : arena_new_one(m->arena, struct fact);
    const char *own = f == NULL   ? NULL
                      : n != NULL ? schema_name(n)
                                  : copy(m, name);
    if (own == NULL) {
        fail_memory(m);
        return &m->spare;
    }
    f->name = own;
    f->node = n;
    f->kind = kind;
    f->parent = parent;
    f->printed = "";
    if (parent->last == NULL)
        parent->first = f;
    else
        parent->last->next = f;
    parent->last = f;
    return f;
}

struct fact *facts_group(struct facts_maker *m, struct fact *parent,
                         const char *name)
{
    struct fact *f = failed(m) || parent == &m->spare
                         ? NULL : fact_child(parent, name);
    return f != NULL ? f : add(m, parent, name, FACT_GROUP, false);
}

struct fact *facts_item(struct facts_maker *m, struct fact *parent,
                        const char *name)
{
    return add(m, parent, name, FACT_GROUP, true);
}

static void print_number(struct facts_maker *m, double x,
                         struct number_form form)
{
    const struct language *l = m->language;
    struct buf *out = &m->scratch;
    switch (form.style) {
    case STYLE_DECIMAL:
        language_number(l, x, form.decimals, out);
        break;
    case STYLE_SIGNED:
        language_signed(l, x, form.decimals, out);
        break;
    case STYLE_PERCENT:
        language_percent(l, x, form.decimals, out);
        break;
    case STYLE_MONEY:
        language_money(l, x, form.currency, form.decimals, out);
        break;
    case STYLE_MONTHS:
        language_months(l, (long)x, out);
        break;
    case STYLE_YEARS:
        language_years(l, x, form.decimals, out);
        break;
    case STYLE_ORDINAL:
        language_ordinal(l, (long)x, out);
        break;
    }
}

/* Units that stand for a form, so that bounds print as their value did. */
static const char *unit_of(struct facts_maker *m, struct number_form form)
{
    if (form.style == STYLE_MONEY)
        return copy(m, form.currency);
    if (form.unit != NULL)
        return copy(m, form.unit);
    return form.style == STYLE_PERCENT ? "share" : NULL;
}

struct fact *facts_number(struct facts_maker *m, struct fact *parent,
                          const char *name, double x, struct number_form form)
{
    bool whole = form.style == STYLE_MONTHS || form.style == STYLE_ORDINAL;
    if (!isfinite(x) || (whole && fabs(x) > 1e9))
        return facts_missing(m, parent, name, "not computable");
    if (form.style == STYLE_MONEY && form.currency == NULL)
        form.style = STYLE_DECIMAL;
    struct fact *f = add(m, parent, name, FACT_NUMBER, false);
    if (f == &m->spare)
        return f;
    f->number = x;
    f->origin = ORIGIN_COMPUTED;
    f->unit = unit_of(m, form);
    print_number(m, x, form);
    f->printed = keep(m);
    f->style = (int)form.style;
    f->decimals = form.decimals;
    return f;
}

static bool is_blank(const char *text)
{
    while (text != NULL &&
           (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n'))
        text++;
    return text == NULL || *text == '\0';
}

static struct fact *add_text(struct facts_maker *m, struct fact *parent,
                             const char *name, enum fact_kind kind,
                             const char *raw)
{
    struct fact *f = add(m, parent, name, kind, false);
    if (f == &m->spare)
        return f;
    f->text = copy(m, raw);
    f->printed = f->text == NULL ? "" : f->text;
    f->origin = ORIGIN_DECLARED;
    return f;
}

struct fact *facts_text(struct facts_maker *m, struct fact *parent,
                        const char *name, const char *text)
{
    if (is_blank(text))
        return facts_missing(m, parent, name, "not provided");
    return add_text(m, parent, name, FACT_TEXT, text);
}

struct fact *facts_printed(struct facts_maker *m, struct fact *parent,
                           const char *name, const char *raw,
                           const char *printed)
{
    if (is_blank(printed))
        return facts_missing(m, parent, name, "not provided");
    struct fact *f = add_text(m, parent, name, FACT_TEXT, raw);
    const char *own = copy(m, printed);
    if (f != &m->spare && own != NULL)
        f->printed = own;
    return f;
}

struct fact *facts_word(struct facts_maker *m, struct fact *parent,
                        const char *name, const char *text, const char *message)
{
    if (failed(m))
        return &m->spare;
    long at = language_find(m->language, message);
    if (at < 0) {
        (void)error_set(&m->failure, ST_FORMAT,
                        "language %s has no message \"%s\"",
                        language_tag(m->language), message);
        return &m->spare;
    }
    if (language_say(m->language, (size_t)at, NULL, 0, &m->scratch,
                     &m->failure) != ST_OK)
        return &m->spare;
    const char *printed = keep(m);
    struct fact *f = add_text(m, parent, name, FACT_TEXT, text);
    if (f != &m->spare) {
        f->printed = printed;
        f->origin = ORIGIN_COMPUTED;
    }
    return f;
}

struct fact *facts_date(struct facts_maker *m, struct fact *parent,
                        const char *name, struct date d)
{
    if (!date_valid(d))
        return facts_missing(m, parent, name, "not a date");
    char iso[11];
    date_print(d, iso);
    struct fact *f = add_text(m, parent, name, FACT_DATE, iso);
    if (f == &m->spare)
        return f;
    language_date(m->language, d, &m->scratch);
    f->printed = keep(m);
    return f;
}

static void put_needed(struct facts_maker *m, enum language_needed which)
{
    struct error e;
    if (!failed(m) && language_say_needed(m->language, which, NULL, 0,
                                          &m->scratch, &e) != ST_OK)
        m->failure = e;
}

struct fact *facts_boolean(struct facts_maker *m, struct fact *parent,
                           const char *name, bool yes)
{
    struct fact *f = add(m, parent, name, FACT_BOOLEAN, false);
    if (f == &m->spare)
        return f;
    f->number = yes;
    f->origin = ORIGIN_COMPUTED;
    put_needed(m, yes ? MESSAGE_YES : MESSAGE_NO);
    f->printed = keep(m);
    return f;
}

static struct fact *add_missing(struct facts_maker *m, struct fact *parent,
                                const char *name, const char *why,
                                enum language_needed word)
{
    struct fact *f = add(m, parent, name, FACT_MISSING, false);
    if (f == &m->spare)
        return f;
    f->why = copy(m, why);
    put_needed(m, word);
    f->printed = keep(m);
    return f;
}

struct fact *facts_missing(struct facts_maker *m, struct fact *parent,
                           const char *name, const char *why)
{
    return add_missing(m, parent, name, why, MESSAGE_MISSING);
}

struct fact *facts_not_applicable(struct facts_maker *m, struct fact *parent,
                                  const char *name, const char *why)
{
    struct fact *f = add_missing(m, parent, name, why, MESSAGE_NOT_APPLICABLE);
    if (f != &m->spare)
        f->method = "n/a";
    return f;
}

static struct number_form form_of(const struct fact *f)
{
    return (struct number_form){(enum number_style)f->style, f->decimals,
                                f->unit, f->unit};
}

void facts_interval(struct facts_maker *m, struct fact *f, double low,
                    double high, const char *method)
{
    if (failed(m) || f == &m->spare || f->kind != FACT_NUMBER ||
        !isfinite(low) || !isfinite(high))
        return;
    f->has_interval = true;
    f->low = low;
    f->high = high;
    f->method = copy(m, method);
    print_number(m, low, form_of(f));
    f->printed_low = keep(m);
    print_number(m, high, form_of(f));
    f->printed_high = keep(m);
}

void facts_n(struct facts_maker *m, struct fact *f, double n)
{
    if (failed(m) || f == &m->spare || !isfinite(n))
        return;
    f->has_n = true;
    f->n = n;
    language_number(m->language, n, 0, &m->scratch);
    f->printed_n = keep(m);
}

void facts_mark(struct facts_maker *m, struct fact *f, const char *why)
{
    f->marked = f != &m->spare;
    f->why = copy(m, why);
}

void facts_computed(struct facts_maker *m, struct fact *f, const char *method)
{
    f->origin = ORIGIN_COMPUTED;
    if (method != NULL)
        f->method = copy(m, method);
}

void facts_declared(struct facts_maker *m, struct fact *f, const char *source)
{
    f->origin = ORIGIN_DECLARED;
    f->source = copy(m, source);
}

void facts_attested(struct facts_maker *m, struct fact *f, const char *by,
                    const char *at)
{
    f->origin = ORIGIN_ATTESTED;
    f->by = copy(m, by);
    f->at = copy(m, at);
}
