/* Messages, legal texts and formats: what gives words. */
#include "document/compile.h"

#include "base/num.h"

#include <string.h>

static bool xml_blank(const xmlNode *n)
{
    return n->type == XML_COMMENT_NODE || xmlIsBlankNode(n);
}

static status add_arg(struct compiler *c, const xmlNode *n,
                      struct arg_use **first, size_t *count, const char *name,
                      struct arg_use **out)
{
    struct arg_use **tail = first;
    for (; *tail != NULL; tail = &(*tail)->next)
        if (strcmp((*tail)->name, name) == 0)
            return compile_fault(c, n, name, "argument \"%s\" stands twice", name);
    if (++*count > LANGUAGE_ARGS_MAX)
        return compile_fault(c, n, name, "more than %d arguments",
                             LANGUAGE_ARGS_MAX);
    struct arg_use *a = *out = arena_new_one(c->t->arena, struct arg_use);
    if (a == NULL || (a->name = arena_string(c->t->arena, name)) == NULL)
        return arena_error(c->t->arena, c->e);
    *tail = a;
    return ST_OK;
}

status compile_args(struct compiler *c, const xmlNode *n,
                    struct arg_use **first, size_t *count)
{
    static const char *const allowed[] = {"name", NULL};
    struct arg_use *a;
    for (const xmlAttr *x = n->properties; x != NULL; x = x->next) {
        const char *name = (const char *)x->name;
        if (!text_starts(name, "arg."))
            continue;
        TRY(add_arg(c, n, first, count, name + 4, &a));
        const char *text = attribute(c, n, name);
        TRY(compile_pieces(c, n, text == NULL ? "" : text, false, &a->value));
    }
    for (const xmlNode *k = n->children; k != NULL; k = k->next) {
        if (xml_blank(k))
            continue;
        if (!is_candor(k, "arg"))
            return compile_fault(c, k, (const char *)k->name,
                                 "<c:%s> holds c:arg only", (const char *)n->name);
        TRY(only_attributes(c, k, allowed));
        const char *name = attribute(c, k, "name");
        if (name == NULL)
            return compile_fault(c, k, "arg", "<c:arg> needs name");
        TRY(add_arg(c, k, first, count, name, &a));
        TRY(compile_children(c, k, NODE_SPAN, &a->content));
    }
    return ST_OK;
}

/* Whether an argument can be counted by a plural. */
static bool countable(struct compiler *c, const struct arg_use *a)
{
    const struct piece *p = a->value;
    if (p == NULL || p->next != NULL || p->expr == NULL)
        return false;
    const struct expr *x = p->expr;
    if (x->op != EX_PATH)
        return x->op != EX_LITERAL;
    struct expr_type t;
    size_t at;
    if (expr_check(x, c->world->schema, c->context, &t, &at, NULL) != ST_OK)
        return false;
    return t.node == NULL || t.attribute == ATTR_N ||
           t.attribute == ATTR_LOW || t.attribute == ATTR_HIGH ||
           ((t.attribute == ATTR_NONE || t.attribute == ATTR_VALUE) &&
            schema_kind(t.node) == FACT_NUMBER);
}

static const struct arg_use *arg_named(const struct message_use *m,
                                       const char *name)
{
    for (const struct arg_use *a = m->args; a != NULL; a = a->next)
        if (strcmp(a->name, name) == 0)
            return a;
    return NULL;
}

/* The arguments a chart makes ready by itself. */
static bool is_ready(const char *name)
{
    static const char *const names[] = {
        "count", "first", "last", "first-value", "last-value", "least", "most",
        "least-value", "most-value",
#define X(name, word) word,
        CHART_SCALARS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static status check_message(struct compiler *c, const xmlNode *n,
                            const struct message_use *m,
                            const struct language *l, long index,
                            const char *key, bool ready)
{
    bool number;
    const char *name;
    size_t i = 0;
    for (; (name = language_argument(l, (size_t)index, i, &number)) != NULL; i++) {
        const struct arg_use *a = arg_named(m, name);
        if (a == NULL && ready && is_ready(name))
            continue;
        if (a == NULL)
            return compile_fault(c, n, key, "message \"%s\" (%s) needs arg.%s",
                                 key, language_tag(l), name);
        if (number && !countable(c, a))
            return compile_fault(c, n, name, "message \"%s\" (%s) counts {%s}: "
                                 "give it exactly one number", key,
                                 language_tag(l), name);
    }
    return ST_OK;
}

/* An argument that no language's message names is a mistake too. */
static status check_unused(struct compiler *c, const xmlNode *n,
                           const struct message_use *m)
{
    for (const struct arg_use *a = m->args; a != NULL; a = a->next) {
        bool used = c->t->language_count == 0;
        for (size_t w = 0; w < m->word_count && !used; w++)
            for (size_t k = 0; k < c->t->language_count && !used; k++) {
                long at = m->index[w * c->t->language_count + k];
                const char *name;
                for (size_t i = 0; (name = language_argument(
                         c->t->languages[k], (size_t)at, i, NULL)) != NULL; i++)
                    used = used || strcmp(name, a->name) == 0;
            }
        if (!used)
            return compile_fault(c, n, a->name, "message \"%s\" names no {%s}",
                                 m->key, a->name);
    }
    return ST_OK;
}

static status find_messages(struct compiler *c, const xmlNode *n,
                            struct message_use *m, bool ready)
{
    size_t k = c->t->language_count;
    m->index = arena_new_array(c->t->arena, long, m->word_count * k + 1);
    if (m->index == NULL)
        return arena_error(c->t->arena, c->e);
    for (size_t w = 0; w < m->word_count; w++) {
        const char *key = m->select == NULL
                              ? m->key
                              : arena_format(c->t->arena, "%s%s", m->key, m->words[w]);
        if (key == NULL)
            return arena_error(c->t->arena, c->e);
        for (size_t i = 0; i < k; i++) {
            const struct language *l = c->t->languages[i];
            long at = language_find(l, key);
            m->index[w * k + i] = at;
            if (at < 0) {
                const char *near = language_nearest(l, key);
                return compile_fault(c, n, m->key, "language %s has no message "
                                     "\"%s\"%s%s%s", language_tag(l), key,
                                     near == NULL ? "" : " (did you mean \"",
                                     near == NULL ? "" : near,
                                     near == NULL ? "" : "\"?)");
            }
            TRY(check_message(c, n, m, l, at, key, ready));
        }
    }
    return ready ? ST_OK : check_unused(c, n, m);
}

static status split_words(struct compiler *c, const xmlNode *n,
                          struct message_use *m, char *of)
{
    enum { WORDS_MAX = 64 };
    m->words = arena_new_array(c->t->arena, const char *, WORDS_MAX);
    if (m->words == NULL)
        return arena_error(c->t->arena, c->e);
    m->word_count = 0;
    for (char *p = of; *p != '\0';) {
        size_t skip = strspn(p, " \t\r\n");
        p += skip;
        size_t length = strcspn(p, " \t\r\n");
        if (length == 0)
            break;
        if (m->word_count == WORDS_MAX)
            return compile_fault(c, n, "of", "more than %d words", WORDS_MAX);
        m->words[m->word_count++] = arena_copy(c->t->arena, p, length);
        p += length;
    }
    if (m->word_count == 0)
        return compile_fault(c, n, "of", "of lists the words that select may give");
    return ST_OK;
}

status compile_message(struct compiler *c, const xmlNode *n, struct op **out)
{
    static const char *const allowed[] = {"key", "select", "of", "arg.", NULL};
    TRY(only_attributes(c, n, allowed));
    struct op *o = *out = op_new(c, n, OP_MESSAGE);
    struct message_use *m = arena_new_one(c->t->arena, struct message_use);
    if (o == NULL || m == NULL)
        return arena_error(c->t->arena, c->e);
    o->message = m;
    m->key = attribute(c, n, "key");
    m->word_count = 1;
    const char *select = attribute(c, n, "select"), *of = attribute(c, n, "of");
    if (m->key == NULL)
        return compile_fault(c, n, "message", "<c:message> needs key");
    if ((select == NULL) != (of == NULL))
        return compile_fault(c, n, "message", "select and of stand together");
    if (select != NULL) {
        TRY(compile_expr(c, n, select, strlen(select), &m->select, NULL));
        char *words = arena_string(c->t->arena, of);
        if (words == NULL)
            return arena_error(c->t->arena, c->e);
        TRY(split_words(c, n, m, words));
    }
    TRY(compile_args(c, n, &m->args, &m->arg_count));
    return find_messages(c, n, m, false);
}

status compile_key(struct compiler *c, const xmlNode *n, const char *key,
                   bool ready, struct message_use **out)
{
    struct message_use *m = *out = arena_new_one(c->t->arena, struct message_use);
    if (m == NULL)
        return arena_error(c->t->arena, c->e);
    m->key = key;
    m->word_count = 1;
    if (ready) {
        for (const xmlAttr *x = n->properties; x != NULL; x = x->next) {
            const char *name = (const char *)x->name;
            struct arg_use *a;
            if (!text_starts(name, "arg."))
                continue;
            TRY(add_arg(c, n, &m->args, &m->arg_count, name + 4, &a));
            const char *text = attribute(c, n, name);
            TRY(compile_pieces(c, n, text == NULL ? "" : text, false, &a->value));
        }
    }
    return find_messages(c, n, m, ready);
}

/* --- legal ---------------------------------------------------------------- */

static bool text_names(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = text; (p = strchr(p, '{')) != NULL; p++)
        if (strncmp(p + 1, name, n) == 0 && p[1 + n] == '}')
            return true;
    return false;
}

static status check_legal_args(struct compiler *c, const xmlNode *n,
                               const struct legal_use *l)
{
    for (const struct arg_use *a = l->args; a != NULL; a = a->next)
        if (!text_names(l->text, a->name))
            return compile_fault(c, n, a->name, "the text names no {%s}", a->name);
    for (const char *p = l->text; (p = strchr(p, '{')) != NULL; p++) {
        size_t length = strcspn(p + 1, "}");
        bool given = false;
        for (const struct arg_use *a = l->args; a != NULL; a = a->next)
            given = given || (strlen(a->name) == length &&
                              memcmp(a->name, p + 1, length) == 0);
        if (!given)
            return compile_fault(c, n, "legal", "the text needs arg.%.*s",
                                 (int)(length < 60 ? length : 60), p + 1);
    }
    return ST_OK;
}

status compile_legal(struct compiler *c, const xmlNode *n, struct op **out)
{
    static const char *const allowed[] = {"pack", "key", "arg.", NULL};
    TRY(only_attributes(c, n, allowed));
    struct op *o = *out = op_new(c, n, OP_LEGAL);
    struct legal_use *l = arena_new_one(c->t->arena, struct legal_use);
    const char *pack = attribute(c, n, "pack"), *key = attribute(c, n, "key");
    if (o == NULL || l == NULL)
        return arena_error(c->t->arena, c->e);
    if (pack == NULL || key == NULL)
        return compile_fault(c, n, "legal", "<c:legal> needs pack and key");
    o->legal = l;
    const struct pack *p = NULL;
    for (size_t i = 0; i < c->world->pack_count; i++)
        if (strcmp(pack_key(c->world->packs[i]), pack) == 0)
            p = c->world->packs[i];
    if (p == NULL)
        return compile_fault(c, n, pack, "no legal pack \"%s\"", pack);
    const char *text = pack_text(p, key, NULL);
    if (text == NULL)
        return compile_fault(c, n, key, "pack %s has no text \"%s\"", pack, key);
    l->text = arena_string(c->t->arena, text);
    if (l->text == NULL)
        return arena_error(c->t->arena, c->e);
    TRY(compile_args(c, n, &l->args, &l->arg_count));
    return check_legal_args(c, n, l);
}

/* --- formats --------------------------------------------------------------- */

static status read_style(struct compiler *c, const xmlNode *n,
                         struct number_form *form)
{
    static const char *const styles[] = {"decimal", "signed", "percent", "money",
                                         "months", "years", "ordinal"};
    enum { COUNT = sizeof styles / sizeof *styles };
    const char *style = attribute(c, n, "style");
    const char *decimals = attribute(c, n, "decimals");
    long long d = -1;
    int i = 0;
    while (style != NULL && i < COUNT && strcmp(styles[i], style) != 0)
        i++;
    if (i == COUNT)
        return compile_fault(c, n, style, "style is decimal, signed, percent, "
                             "money, months, years or ordinal");
    if (decimals != NULL && (!num_parse_int(decimals, strlen(decimals), &d) ||
                             d < 0 || d > 15))
        return compile_fault(c, n, decimals, "decimals is 0 to 15");
    form->style = (enum number_style)i;
    form->decimals = (int)d;
    form->currency = attribute(c, n, "currency");
    if ((form->style == STYLE_MONEY) != (form->currency != NULL) ||
        (form->currency != NULL && strlen(form->currency) != 3))
        return compile_fault(c, n, "number", "style=\"money\" and a currency of "
                             "three letters stand together");
    return ST_OK;
}

status compile_format(struct compiler *c, const xmlNode *n, struct op **out)
{
    static const char *const number[] = {"value", "decimals", "style",
                                         "currency", NULL};
    static const char *const date[] = {"value", NULL};
    struct op *o = *out = op_new(c, n, OP_FORMAT);
    struct format_use *f = arena_new_one(c->t->arena, struct format_use);
    if (o == NULL || f == NULL)
        return arena_error(c->t->arena, c->e);
    o->format = f;
    f->date = is_candor(n, "date");
    TRY(only_attributes(c, n, f->date ? date : number));
    if (!f->date)
        TRY(read_style(c, n, &f->form));
    const char *value = attribute(c, n, "value");
    if (value == NULL)
        return compile_fault(c, n, (const char *)n->name, "<c:%s> needs value",
                             (const char *)n->name);
    return compile_expr(c, n, value, strlen(value), &f->value, NULL);
}
