/* Running a program over facts: the document tree. */
#include "document/run.h"

#include <math.h>
#include <string.h>

enum { SCRATCH_CAP = 256 * 1024 * 1024, TEXT_CAP = 1024 * 1024 };

status run_place(struct run *r, status s)
{
    if (s != ST_OK && r->e != NULL && r->e->source[0] == '\0' && r->op != NULL) {
        (void)snprintf(r->e->source, sizeof r->e->source, "%s", r->op->source);
        r->e->line = r->op->line;
    }
    return s;
}

status run_node(struct run *r, enum node_kind kind, struct doc_node **out)
{
    if (++r->nodes > DOCUMENT_NODES_MAX)
        return error_set(r->e, ST_LIMIT, "a document of more than %d parts",
                         DOCUMENT_NODES_MAX);
    *out = doc_append(r->arena, r->at, kind);
    return *out == NULL ? arena_error(r->arena, r->e) : ST_OK;
}

status flush_text(struct run *r)
{
    struct doc_node *n;
    if (r->text.length == 0)
        return buf_status(&r->text, r->e);
    TRY(buf_status(&r->text, r->e));
    TRY(run_node(r, NODE_TEXT, &n));
    n->text = arena_copy(r->arena, r->text.data, r->text.length);
    buf_clear(&r->text);
    r->last_text = n;
    return n->text == NULL ? arena_error(r->arena, r->e) : ST_OK;
}

/* Control characters of hostile data become blanks: no page can show them. */
status put_running(struct run *r, const char *text)
{
    const char *from = text;
    for (const char *p = text;; p++) {
        unsigned char c = (unsigned char)*p;
        if (c > ' ' && c != 0x7f) {
            r->blank = false;
            continue;
        }
        bool drop = c == '\0' || r->blank;
        if (p > from)
            buf_put(&r->text, from, (size_t)(p - from));
        if (!drop)
            buf_putc(&r->text, ' ');
        if (c == '\0')
            break;
        r->blank = true;
        from = p + 1;
    }
    return ST_OK;
}

static void remove_node(struct doc_node *n)
{
    struct doc_node *up = n->parent, *before = NULL;
    for (struct doc_node *c = up->first; c != n; c = c->next)
        before = c;
    if (before == NULL)
        up->first = n->next;
    else
        before->next = n->next;
    if (up->last == n)
        up->last = before;
}

/* Ends the inline content that stands in r->at. */
static status end_inline(struct run *r)
{
    if (r->text.length > 0 && r->text.data[r->text.length - 1] == ' ')
        r->text.data[--r->text.length] = '\0';
    bool cut = r->text.length == 0;
    TRY(flush_text(r));
    struct doc_node *n = r->last_text;
    if (cut && n != NULL) {
        size_t length = strlen(n->text);
        if (length > 0 && n->text[length - 1] == ' ') {
            n->text = arena_copy(r->arena, n->text, length - 1);
            if (n->text == NULL)
                return arena_error(r->arena, r->e);
            if (length == 1)
                remove_node(n);
        }
    }
    r->last_text = NULL;
    r->blank = true;
    return ST_OK;
}

static status run_attributes(struct run *r, const struct op *o,
                             struct doc_node *n)
{
    /* copies: a document may outlive its template */
    if (o->classes != NULL)
        n->classes = arena_string(r->arena, o->classes);
    if (o->lang != NULL)
        n->lang = arena_string(r->arena, o->lang);
    if ((o->classes != NULL && n->classes == NULL) ||
        (o->lang != NULL && n->lang == NULL))
        return arena_error(r->arena, r->e);
    n->scope = o->scope;
    n->columns_spanned = o->columns_spanned;
    if (o->id != NULL)
        TRY(show_pieces(r, o->id, &n->id));
    if (o->href != NULL)
        TRY(show_pieces(r, o->href, &n->href));
    if (o->alt != NULL)
        TRY(show_pieces(r, o->alt, &n->alt));
    if (o->bar != NULL) {
        const char *text;
        double x;
        TRY(show_pieces(r, o->bar, &text));
        x = NAN;
        if (o->bar->expr != NULL && o->bar->next == NULL) {
            struct shown s;
            TRY(show_expr(r, o->bar->expr, &s));
            x = s.number;
        }
        n->bar = x > 1 ? 1 : x > 0 ? x : 0;
    }
    return ST_OK;
}

static bool safe_href(const char *href)
{
    static const char *const starts[] = {"#", "http://", "https://", "mailto:",
                                         "tel:"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(href, starts[i]))
            return true;
    return false;
}

static status run_element(struct run *r, const struct op *o)
{
    struct doc_node *n, *outer = r->at;
    bool block = doc_is_block(o->node);
    TRY(block ? end_inline(r) : flush_text(r));
    TRY(run_node(r, o->node, &n));
    TRY(run_attributes(r, o, n));
    if (n->href != NULL && !safe_href(n->href))
        return error_set(r->e, ST_DATA, "\"%.80s\" is no address a document may "
                         "link to", n->href);
    r->at = n;
    if (block || o->node == NODE_BR)
        r->blank = true;
    TRY(run_ops(r, o->first));
    TRY(block ? end_inline(r) : flush_text(r));
    r->at = outer;
    return ST_OK;
}

void reset_scratch(struct run *r)
{
    /* the mirror keeps nothing there, loops copy their facts */
    if (r->held == 0)
        arena_reset(r->scratch);
}

status run_value(struct run *r, const struct expr *x, struct value *out)
{
    struct scope s = {r->in->facts, r->current, r->position, r->last,
                      r->scratch, &r->mirror};
    return expr_value(x, &s, out, r->e);
}

static status run_if(struct run *r, const struct op *o)
{
    for (; o != NULL; o = o->otherwise) {
        struct fact_ref ref;
        struct value v = {.kind = VALUE_BOOLEAN, .truth = true};
        if (o->expr != NULL && o->expr->plain) {
            v.truth = expr_plain(o->expr, r->in->facts, r->current, &ref);
        } else if (o->expr != NULL) {
            r->op = o;
            TRY(run_value(r, o->expr, &v));
        }
        bool yes = value_truth(&v);
        reset_scratch(r);
        if (yes)
            return run_ops(r, o->first);
    }
    return ST_OK;
}

static status run_each(struct run *r, const struct op *o,
                       const struct fact *const *items, size_t count)
{
    struct run outer = *r;
    for (size_t i = 0; i < count; i++) {
        r->current = items[i];
        r->position = i + 1;
        r->last = count;
        TRY(run_ops(r, o->first));
    }
    r->current = outer.current;
    r->position = outer.position;
    r->last = outer.last;
    return ST_OK;
}

static status run_for(struct run *r, const struct op *o)
{
    struct value v;
    TRY(run_value(r, o->expr, &v));
    if (v.kind != VALUE_NODES)
        return error_bug(r->e, "a loop over no nodes");
    size_t count = v.count;
    if (o->limit >= 0 && count > (size_t)o->limit)
        count = (size_t)o->limit;
    const struct fact **items = mem_array(count + 1, sizeof *items);
    if (items == NULL)
        return error_memory(r->e);
    for (size_t i = 0; i < count; i++)
        items[i] = v.nodes[i].fact;
    reset_scratch(r);
    status s = run_each(r, o, items, count);
    mem_free(items);
    return s;
}

static status run_expr(struct run *r, const struct op *o)
{
    struct shown s;
    TRY(show_expr(r, o->expr, &s));
    TRY(put_shown(r, &s));
    reset_scratch(r);
    return ST_OK;
}

static status run_one(struct run *r, const struct op *o)
{
    switch (o->kind) {
    case OP_NODE:
        return run_element(r, o);
    case OP_TEXT:
        return put_running(r, o->text);
    case OP_EXPR:
        return run_expr(r, o);
    case OP_IF:
        return run_if(r, o);
    case OP_FOR:
        return run_for(r, o);
    case OP_MESSAGE:
        return run_message(r, o->message);
    case OP_FORMAT:
        return run_format(r, o->format);
    case OP_LEGAL:
        return run_legal(r, o->legal);
    case OP_CHART:
        TRY(end_inline(r));
        return run_chart(r, o->chart);
    }
    return error_bug(r->e, "an op of no kind");
}

status run_ops(struct run *r, const struct op *o)
{
    for (; o != NULL; o = o->next) {
        r->op = o;
        TRY(run_place(r, run_one(r, o)));
    }
    return ST_OK;
}

/* --- the document ---------------------------------------------------------- */

static void put_plain(const struct doc_node *n, struct buf *out)
{
    if (n->kind == NODE_TEXT)
        buf_puts(out, n->text);
    for (const struct doc_node *c = n->first; c != NULL; c = c->next)
        put_plain(c, out);
}

/* A head part as plain text. */
static status run_meta(struct run *r, enum meta which, const char **out)
{
    struct doc_node *holder = doc_append(r->arena, NULL, NODE_P);
    struct buf text = BUF_INIT(TEXT_CAP);
    *out = NULL;
    if (r->t->meta[which] == NULL)
        return ST_OK;
    if (holder == NULL)
        return arena_error(r->arena, r->e);
    r->at = holder;
    r->blank = true;
    TRY(run_ops(r, r->t->meta[which]->first));
    TRY(end_inline(r));
    put_plain(holder, &text);
    status s = buf_status(&text, r->e);
    if (s == ST_OK) {
        *out = arena_copy(r->arena, buf_text(&text), text.length);
        if (*out == NULL)
            s = arena_error(r->arena, r->e);
    }
    buf_free(&text);
    return s;
}

static status needed_text(struct run *r, enum language_needed which,
                          const char **out)
{
    static const struct message_arg pages[] = {{"page", "{0}", NAN},
                                               {"pages", "{1}", NAN}};
    struct buf text = BUF_INIT(TEXT_CAP);
    status s = language_say_needed(r->in->language, which, pages, 2, &text, r->e);
    if (s == ST_OK)
        s = buf_status(&text, r->e);
    if (s == ST_OK) {
        *out = arena_copy(r->arena, buf_text(&text), text.length);
        if (*out == NULL)
            s = arena_error(r->arena, r->e);
    }
    buf_free(&text);
    return s;
}

static status fill_document(struct run *r, struct document *d)
{
    struct date date;
    TRY(run_meta(r, META_TITLE, &d->title));
    TRY(run_meta(r, META_KIND, &d->kind));
    TRY(run_meta(r, META_DATE, &d->date));
    TRY(run_meta(r, META_AUTHOR, &d->author));
    TRY(run_meta(r, META_SUBJECT, &d->subject));
    TRY(run_meta(r, META_FOOT_LEFT, &d->foot_left));
    TRY(needed_text(r, MESSAGE_PAGE, &d->foot_page));
    TRY(needed_text(r, MESSAGE_CONTINUED, &d->continued));
    if (*d->title == '\0')
        return error_set(r->e, ST_DATA, "the document's title is empty");
    if (!date_parse(d->date, strlen(d->date), &date))
        return error_set(r->e, ST_DATA, "the document's date is \"%.40s\"; "
                         "YYYY-MM-DD is expected", d->date);
    if (d->author == NULL)
        d->author = "";
    if (d->foot_left == NULL)
        d->foot_left = "";
    d->body = doc_append(r->arena, NULL, NODE_BODY);
    if (d->body == NULL)
        return arena_error(r->arena, r->e);
    r->at = d->body;
    r->blank = true;
    return run_ops(r, r->t->body->first);
}

status template_run(const struct template *t, const struct template_inputs *in,
                    struct arena *arena, struct document **out,
                    struct error *e)
{
    struct run r = {.t = t, .in = in, .arena = arena, .e = e,
                    .text = BUF_INIT(TEXT_CAP), .current = in->facts,
                    .position = 1, .last = 1};
    if (e != NULL)
        e->source[0] = '\0';
    while (r.language < t->language_count &&
           t->languages[r.language] != in->language)
        r.language++;
    if (r.language == t->language_count)
        return error_set(e, ST_BUG, "template %s was not loaded for language %s",
                         t->name, language_tag(in->language));
    struct document *d = arena_new_one(arena, struct document);
    r.scratch = arena_new(SCRATCH_CAP);
    status s = d == NULL          ? arena_error(arena, e)
               : r.scratch == NULL ? error_memory(e)
                                   : ST_OK;
    if (s == ST_OK) {
        d->arena = arena;
        d->lang = arena_string(arena, language_tag(in->language));
        d->letter_size = in->letter_size;
        d->large_print = in->large_print;
        s = d->lang == NULL ? arena_error(arena, e) : fill_document(&r, d);
    }
    if (s != ST_OK)
        error_note(e, "making a document from template %s", t->name);
    mirror_free(r.mirror);
    arena_free(r.scratch);
    buf_free(&r.text);
    if (s == ST_OK)
        *out = d;
    return s;
}
