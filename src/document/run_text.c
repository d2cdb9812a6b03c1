/* Values and words in running text. */
#include "document/run.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

/* Stands for an argument with markup while its message is put together. */
enum { SLOT_OPEN = 1, SLOT_CLOSE = 2 };

status put_gap(struct run *r, const char *text)
{
    struct doc_node *n, *outer = r->at;
    TRY(flush_text(r));
    TRY(run_node(r, NODE_SPAN, &n));
    n->classes = "mark";
    r->at = n;
    TRY(put_running(r, text));
    TRY(flush_text(r));
    r->at = outer;
    return ST_OK;
}

status put_shown(struct run *r, const struct shown *s)
{
    return s->gap ? put_gap(r, s->text) : put_running(r, s->text);
}

static double ref_number(struct fact_ref ref)
{
    const struct fact *f = ref.fact;
    switch (ref.attribute) {
    case ATTR_NONE:
    case ATTR_VALUE:
        return f->kind == FACT_NUMBER ? f->number : (double)NAN;
    case ATTR_LOW:
        return f->has_interval ? f->low : (double)NAN;
    case ATTR_HIGH:
        return f->has_interval ? f->high : (double)NAN;
    case ATTR_N:
        return f->has_n ? f->n : (double)NAN;
    default:
        return NAN;
    }
}

/* What does not apply is no gap: it is plain, without the mark colour. */
static bool is_gap(const struct fact *f)
{
    bool applies = f->method == NULL || strcmp(f->method, "n/a") != 0;
    return f->marked || (f->kind == FACT_MISSING && applies);
}

static void show_ref(struct run *r, struct fact_ref ref, struct shown *out)
{
    const char *text = ref_text(ref, r->scratch);
    out->text = text == NULL ? "" : text;
    out->number = ref_number(ref);
    out->gap = ref.attribute == ATTR_NONE && is_gap(ref.fact);
}

status show_expr(struct run *r, const struct expr *x, struct shown *out)
{
    struct fact_ref ref;
    struct value v;
    *out = (struct shown){"", NAN, false};
    if (x->plain) {
        if (expr_plain(x, r->in->facts, r->current, &ref))
            show_ref(r, ref, out);
        return ST_OK;
    }
    TRY(run_value(r, x, &v));
    if (v.kind == VALUE_NODES) {
        if (v.count > 0)
            show_ref(r, v.nodes[0], out);
        return ST_OK;
    }
    out->text = value_text(&v, r->scratch);
    if (v.kind == VALUE_NUMBER)
        out->number = v.number;
    return ST_OK;
}

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

/* Without the control characters that stand for slots. */
static const char *cleaned(struct run *r, const char *text)
{
    if (!has_control(text))
        return text;
    char *own = arena_string(r->scratch, text);
    for (char *p = own; p != NULL && *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = ' ';
    return own == NULL ? "" : own;
}

status show_pieces(struct run *r, const struct piece *p, const char **out)
{
    struct buf text = BUF_INIT(1024 * 1024);
    struct shown s;
    status st = ST_OK;
    for (; p != NULL && st == ST_OK; p = p->next) {
        if (p->literal != NULL) {
            buf_puts(&text, p->literal);
            continue;
        }
        st = show_expr(r, p->expr, &s);
        if (st == ST_OK)
            buf_puts(&text, cleaned(r, s.text));
    }
    if (st == ST_OK)
        st = buf_status(&text, r->e);
    if (st == ST_OK) {
        *out = arena_copy(r->arena, buf_text(&text), text.length);
        if (*out == NULL)
            st = arena_error(r->arena, r->e);
    }
    buf_free(&text);
    return st;
}

static status fill_arg(struct run *r, const struct arg_use *a, size_t i,
                       bool plain, struct message_arg *out, struct shown *gap)
{
    const struct piece *p = a->value;
    bool single = p != NULL && p->next == NULL && p->expr != NULL;
    struct shown s = {"", NAN, false};
    if (single)
        TRY(show_expr(r, p->expr, &s));
    else if (a->content == NULL)
        TRY(show_pieces(r, p, &s.text));
    s.text = cleaned(r, s.text);
    *out = (struct message_arg){a->name, s.text, s.number};
    *gap = s;
    if (!plain && (s.gap || a->content != NULL)) {
        out->text = arena_format(r->scratch, "%c%zu%c", SLOT_OPEN, i, SLOT_CLOSE);
        if (out->text == NULL)
            return arena_error(r->scratch, r->e);
    }
    return ST_OK;
}

/* The message as text, with slots in the place of marked-up arguments. */
static status fill_args(struct run *r, const struct arg_use *a, bool plain,
                        struct message_arg *out, struct shown *gaps)
{
    for (size_t i = 0; a != NULL; a = a->next, i++)
        TRY(fill_arg(r, a, i, plain, &out[i], &gaps[i]));
    return ST_OK;
}

static status put_slots(struct run *r, char *text, const struct arg_use *args,
                        const struct shown *gaps)
{
    for (char *slot; (slot = strchr(text, SLOT_OPEN)) != NULL;) {
        char *end = strchr(slot, SLOT_CLOSE);
        long long which = 0;
        if (end == NULL ||
            !num_parse_int(slot + 1, (size_t)(end - slot - 1), &which))
            return error_bug(r->e, "a slot without its number");
        *slot = '\0';
        TRY(put_running(r, text));
        const struct arg_use *a = args;
        for (long long i = 0; i < which && a != NULL; i++)
            a = a->next;
        if (a == NULL)
            return error_bug(r->e, "a slot of no argument");
        if (a->content != NULL)
            TRY(run_ops(r, a->content));
        else
            TRY(put_gap(r, gaps[which].text));
        text = end + 1;
    }
    return put_running(r, text);
}

static status choose_message(struct run *r, const struct message_use *m,
                             size_t *message)
{
    size_t word = 0;
    if (m->select != NULL) {
        struct shown s;
        TRY(show_expr(r, m->select, &s));
        while (word < m->word_count && strcmp(m->words[word], s.text) != 0)
            word++;
        if (word == m->word_count)
            return error_set(r->e, ST_DATA, "message \"%s\": no branch for the "
                             "word \"%.60s\"", m->key, s.text);
    }
    *message = (size_t)m->index[word * r->t->language_count + r->language];
    return ST_OK;
}

status run_message(struct run *r, const struct message_use *m)
{
    struct message_arg args[LANGUAGE_ARGS_MAX];
    struct shown gaps[LANGUAGE_ARGS_MAX];
    size_t message;
    TRY(choose_message(r, m, &message));
    TRY(fill_args(r, m->args, false, args, gaps));
    struct buf text = BUF_INIT(1024 * 1024);
    status s = language_say(r->in->language, message, args, m->arg_count, &text,
                            r->e);
    if (s == ST_OK)
        s = buf_status(&text, r->e);
    r->held++;
    if (s == ST_OK && text.length > 0)
        s = put_slots(r, text.data, m->args, gaps);
    r->held--;
    reset_scratch(r);
    buf_free(&text);
    return s;
}

status message_text(struct run *r, const struct message_use *m,
                    const struct message_arg *extra, size_t extra_count,
                    const char **out)
{
    enum { ROOM = 2 * LANGUAGE_ARGS_MAX };
    struct message_arg args[ROOM];
    struct shown gaps[LANGUAGE_ARGS_MAX];
    size_t message, n = m->arg_count;
    TRY(choose_message(r, m, &message));
    TRY(fill_args(r, m->args, true, args, gaps));
    for (size_t i = 0; i < extra_count && n < ROOM; i++)
        args[n++] = extra[i];
    struct buf text = BUF_INIT(1024 * 1024);
    status s = language_say(r->in->language, message, args, n, &text, r->e);
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

status run_legal(struct run *r, const struct legal_use *l)
{
    struct message_arg args[LANGUAGE_ARGS_MAX];
    struct shown gaps[LANGUAGE_ARGS_MAX];
    TRY(fill_args(r, l->args, false, args, gaps));
    struct buf text = BUF_INIT(1024 * 1024);
    status s = language_fill(l->text, args, l->arg_count, &text, r->e);
    if (s == ST_OK)
        s = buf_status(&text, r->e);
    r->held++;
    if (s == ST_OK && text.length > 0)
        s = put_slots(r, text.data, l->args, gaps);
    r->held--;
    reset_scratch(r);
    buf_free(&text);
    return s;
}

static void put_form(const struct language *l, double x,
                     const struct number_form *form, struct buf *out)
{
    switch (form->style) {
    case STYLE_DECIMAL:
        language_number(l, x, form->decimals, out);
        break;
    case STYLE_SIGNED:
        language_signed(l, x, form->decimals, out);
        break;
    case STYLE_PERCENT:
        language_percent(l, x, form->decimals, out);
        break;
    case STYLE_MONEY:
        language_money(l, x, form->currency, form->decimals, out);
        break;
    case STYLE_MONTHS:
        language_months(l, (long)(fabs(x) < 1e9 ? x : 0), out);
        break;
    case STYLE_YEARS:
        language_years(l, x, form->decimals < 0 ? 0 : form->decimals, out);
        break;
    case STYLE_ORDINAL:
        language_ordinal(l, (long)(fabs(x) < 1e9 ? x : 0), out);
        break;
    }
}

status run_format(struct run *r, const struct format_use *f)
{
    struct shown s;
    struct date d;
    double x;
    TRY(show_expr(r, f->value, &s));
    struct buf text = BUF_INIT(4096);
    if (f->date && date_parse(s.text, strlen(s.text), &d))
        language_date(r->in->language, d, &text);
    else if (!f->date && !isnan(s.number))
        put_form(r->in->language, s.number, &f->form, &text);
    else if (!f->date && num_parse(s.text, strlen(s.text), &x))
        put_form(r->in->language, x, &f->form, &text);
    else
        s.gap = true;
    status st = buf_status(&text, r->e);
    if (st == ST_OK && text.length == 0) {
        /* nothing to format: the language's word for a missing value */
        st = *s.text != '\0' && !f->date
                 ? ST_OK : language_say_needed(r->in->language, MESSAGE_MISSING,
                                               NULL, 0, &text, r->e);
        if (st == ST_OK)
            st = put_gap(r, text.length == 0 ? s.text : buf_text(&text));
    } else if (st == ST_OK) {
        st = put_running(r, buf_text(&text));
    }
    buf_free(&text);
    return st;
}
