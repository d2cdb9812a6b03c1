/* Saying a parsed message. */
#include "language/inside.h"

#include <math.h>
#include <string.h>

struct speech {
    const struct language *l;
    const struct message *m;
    const struct message_arg *args[LANGUAGE_ARGS_MAX];
    struct buf *out;
    struct error *e;
};

/* The number a plural in force counts, for '#'. */
struct counted {
    const struct message_arg *arg;
    double offset;
};

static status number_of(struct speech *s, int arg, double *x)
{
    /* a missing value has a text only: plurals take "other" for it */
    *x = s->args[arg]->number;
    if (!isnan(*x) || s->args[arg]->text != NULL)
        return ST_OK;
    return error_set(s->e, ST_DATA, "message \"%s\" counts {%s}, not a number",
                     s->m->key, s->m->args[arg]);
}

static void put_arg(struct speech *s, const struct message_arg *a)
{
    if (a->text != NULL)
        buf_puts(s->out, a->text);
    else
        language_number(s->l, a->number, -1, s->out);
}

static void put_hash(struct speech *s, const struct counted *c)
{
    if (c->offset != 0 && !isnan(c->arg->number))
        language_number(s->l, c->arg->number - c->offset, -1, s->out);
    else
        put_arg(s, c->arg);
}

static const struct part *plural_branch(struct speech *s, const struct part *p,
                                        double x)
{
    const struct branch *other = NULL;
    for (const struct branch *b = p->branches; b != NULL; b = b->next)
        if (b->exact && b->number == x)
            return b->first;
    char word[16] = "other";
    if (!isnan(x))
        plural_word(s->l, p->kind == PART_ORDINAL, x - p->offset, word);
    for (const struct branch *b = p->branches; b != NULL; b = b->next) {
        if (!b->exact && strcmp(b->word, word) == 0)
            return b->first;
        if (strcmp(b->word, "other") == 0)
            other = b;
    }
    return other == NULL ? NULL : other->first;
}

static const struct part *select_branch(struct speech *s, const struct part *p)
{
    const char *text = s->args[p->arg]->text;
    const struct branch *other = NULL;
    for (const struct branch *b = p->branches; b != NULL; b = b->next) {
        if (text != NULL && strcmp(b->word, text) == 0)
            return b->first;
        if (strcmp(b->word, "other") == 0)
            other = b;
    }
    return other == NULL ? NULL : other->first;
}

static status say_number(struct speech *s, const struct part *p)
{
    double x;
    TRY(number_of(s, p->arg, &x));
    const char *text = s->args[p->arg]->text;
    if (text != NULL && (p->kind == PART_NUMBER || isnan(x))) {
        buf_puts(s->out, text);
        return ST_OK;
    }
    if (p->kind == PART_PERCENT)
        language_percent(s->l, x, 0, s->out);
    else
        language_number(s->l, x, p->kind == PART_INTEGER ? 0 : -1, s->out);
    return ST_OK;
}

static status say(struct speech *s, const struct part *p,
                  const struct counted *c)
{
    for (; p != NULL; p = p->next) {
        double x;
        switch (p->kind) {
        case PART_TEXT:
            buf_put(s->out, p->text, p->length);
            break;
        case PART_ARG:
            put_arg(s, s->args[p->arg]);
            break;
        case PART_HASH:
            put_hash(s, c);
            break;
        case PART_PLURAL:
        case PART_ORDINAL: {
            TRY(number_of(s, p->arg, &x));
            struct counted inner = {s->args[p->arg], p->offset};
            TRY(say(s, plural_branch(s, p, x), &inner));
            break;
        }
        case PART_SELECT:
            TRY(say(s, select_branch(s, p), c));
            break;
        case PART_NUMBER:
        case PART_INTEGER:
        case PART_PERCENT:
            TRY(say_number(s, p));
            break;
        }
    }
    return ST_OK;
}

status language_say(const struct language *l, size_t message,
                    const struct message_arg *args, size_t count,
                    struct buf *out, struct error *e)
{
    struct speech s = {.l = l, .m = &l->messages[message], .out = out, .e = e};
    for (int i = 0; i < s.m->arg_count; i++) {
        size_t k = 0;
        while (k < count && strcmp(args[k].name, s.m->args[i]) != 0)
            k++;
        if (k == count)
            return error_set(e, ST_BUG, "message \"%s\" needs {%s}, not given",
                             s.m->key, s.m->args[i]);
        s.args[i] = &args[k];
    }
    static const struct message_arg none = {"", "", 0};
    struct counted nothing = {&none, 0};
    return say(&s, s.m->first, &nothing);
}

status language_fill(const char *text, const struct message_arg *args,
                     size_t count, struct buf *out, struct error *e)
{
    for (const char *open; (open = strchr(text, '{')) != NULL;) {
        const char *close = strchr(open, '}');
        if (close == NULL)
            break;
        size_t n = (size_t)(close - open - 1), k = 0;
        while (k < count && (strlen(args[k].name) != n ||
                             memcmp(args[k].name, open + 1, n) != 0))
            k++;
        if (k == count)
            return error_set(e, ST_FORMAT, "the text needs {%.*s}, not given",
                             (int)(n > 60 ? 60 : n), open + 1);
        buf_put(out, text, (size_t)(open - text));
        if (args[k].text != NULL)
            buf_puts(out, args[k].text);
        else
            buf_put_double(out, args[k].number);
        text = close + 1;
    }
    buf_puts(out, text);
    return ST_OK;
}
