/* MessageFormat patterns: parsed once to parts, said by walking them. ICU's C
 * interface knows no named arguments, so only its plural rules are used. */
#include "language/inside.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

struct parser {
    struct arena *arena;
    struct message *message;
    const struct place *where;
    struct error *e;
    const char *at;
    bool pseudo;
    struct buf text; /* the literal being gathered */
    size_t letters;  /* of literals outside branches */
};

static status fault(struct parser *p, const char *what)
{
    size_t at = (size_t)(p->at - p->message->pattern);
    status s = error_at(p->e, ST_SYNTAX, p->where, "message \"%s\": %s",
                        p->message->key, what);
    error_excerpt(p->e, p->message->pattern, strlen(p->message->pattern), at, 1);
    return s;
}

static struct part *add_part(struct parser *p, struct part ***tail,
                             enum part_kind kind)
{
    struct part *x = arena_new_one(p->arena, struct part);
    if (x == NULL)
        return NULL;
    x->kind = kind;
    **tail = x;
    *tail = &x->next;
    return x;
}

static status flush(struct parser *p, struct part ***tail)
{
    if (p->text.length == 0)
        return buf_status(&p->text, p->e);
    struct part *x = add_part(p, tail, PART_TEXT);
    if (x == NULL)
        return arena_error(p->arena, p->e);
    struct buf other = BUF_INIT(LANGUAGE_MESSAGE_MAX * 8);
    const struct buf *from = &p->text;
    if (p->pseudo) {
        pseudo_text(p->text.data, p->text.length, &other);
        from = &other;
    }
    x->length = from->length;
    x->text = arena_copy(p->arena, buf_text(from), from->length);
    buf_free(&other);
    status s = x->text == NULL ? arena_error(p->arena, p->e)
                               : buf_status(&p->text, p->e);
    buf_clear(&p->text);
    return s;
}

static void blanks(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t')
        p->at++;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* A word of name characters, or "" when there is none. */
static const char *word(struct parser *p)
{
    blanks(p);
    const char *from = p->at;
    while (name_char(*p->at))
        p->at++;
    const char *w = arena_copy(p->arena, from, (size_t)(p->at - from));
    blanks(p);
    return w == NULL ? "" : w;
}

static int arg_index(struct parser *p, const char *name, bool number)
{
    struct message *m = p->message;
    int i = 0;
    while (i < m->arg_count && strcmp(m->args[i], name) != 0)
        i++;
    if (i == m->arg_count) {
        if (i == LANGUAGE_ARGS_MAX)
            return -1;
        m->args[m->arg_count++] = name;
    }
    m->numbers[i] = m->numbers[i] || number;
    return i;
}

static status parts(struct parser *p, struct part **first, int depth,
                    bool in_plural);

static status branch_head(struct parser *p, struct branch *b, bool plural)
{
    blanks(p);
    if (plural && *p->at == '=') {
        const char *from = ++p->at;
        while (name_char(*p->at) || *p->at == '.')
            p->at++;
        b->exact = true;
        if (!num_parse(from, (size_t)(p->at - from), &b->number))
            return fault(p, "a number is expected after '='");
        blanks(p);
        b->word = "=";
    } else {
        b->word = word(p);
    }
    if (*b->word == '\0')
        return fault(p, "a branch's word is expected here");
    if (*p->at != '{')
        return fault(p, "'{' is expected after a branch's word");
    p->at++;
    return ST_OK;
}

static status branches(struct parser *p, struct part *x, int depth)
{
    bool plural = x->kind != PART_SELECT, other = false;
    struct branch **tail = &x->branches;
    blanks(p);
    while (*p->at != '}') {
        if (*p->at == '\0')
            return fault(p, "the message ends inside its branches");
        struct branch *b = arena_new_one(p->arena, struct branch);
        if (b == NULL)
            return arena_error(p->arena, p->e);
        TRY(branch_head(p, b, plural));
        TRY(parts(p, &b->first, depth + 1, plural));
        if (*p->at != '}')
            return fault(p, "'}' is expected at the end of a branch");
        p->at++;
        other = other || strcmp(b->word, "other") == 0;
        *tail = b;
        tail = &b->next;
        blanks(p);
    }
    if (!other)
        return fault(p, "the branch \"other\" is missing");
    return ST_OK;
}

static status offset(struct parser *p, struct part *x)
{
    blanks(p);
    if (strncmp(p->at, "offset:", 7) != 0)
        return ST_OK;
    const char *w;
    p->at += 7;
    w = word(p);
    if (!num_parse(w, strlen(w), &x->offset))
        return fault(p, "a number is expected after offset:");
    return ST_OK;
}

static status typed(struct parser *p, struct part *x, int depth)
{
    const char *type = word(p);
    bool comma = *p->at == ',';
    if (strcmp(type, "number") == 0) {
        x->kind = PART_NUMBER;
        if (comma) {
            p->at++;
            const char *style = word(p);
            if (strcmp(style, "integer") == 0)
                x->kind = PART_INTEGER;
            else if (strcmp(style, "percent") == 0)
                x->kind = PART_PERCENT;
            else
                return fault(p, "a number's style is integer or percent");
        }
        return ST_OK;
    }
    if (strcmp(type, "plural") == 0)
        x->kind = PART_PLURAL;
    else if (strcmp(type, "selectordinal") == 0)
        x->kind = PART_ORDINAL;
    else if (strcmp(type, "select") == 0)
        x->kind = PART_SELECT;
    else
        return fault(p, "an argument's type is number, plural, selectordinal "
                        "or select");
    if (!comma)
        return fault(p, "',' and branches are expected here");
    p->at++;
    if (x->kind != PART_SELECT)
        TRY(offset(p, x));
    return branches(p, x, depth);
}

static status argument(struct parser *p, struct part ***tail, int depth)
{
    TRY(flush(p, tail));
    p->at++;
    struct part *x = add_part(p, tail, PART_ARG);
    if (x == NULL)
        return arena_error(p->arena, p->e);
    const char *name = word(p);
    if (*name == '\0')
        return fault(p, "an argument's name is expected after '{'");
    if (*p->at == ',') {
        p->at++;
        TRY(typed(p, x, depth));
    }
    if (*p->at != '}')
        return fault(p, "'}' is expected at the end of an argument");
    p->at++;
    x->arg = arg_index(p, name, x->kind != PART_ARG && x->kind != PART_SELECT);
    return x->arg < 0 ? fault(p, "too many arguments") : ST_OK;
}

/* An apostrophe quotes only before { } or #; two are one. */
static void apostrophe(struct parser *p, bool in_plural)
{
    char next = p->at[1];
    if (next == '\'') {
        buf_putc(&p->text, '\'');
        p->at += 2;
        return;
    }
    if (next != '{' && next != '}' && !(next == '#' && in_plural)) {
        buf_putc(&p->text, '\'');
        p->at++;
        return;
    }
    for (p->at++; *p->at != '\0'; p->at++) {
        if (*p->at == '\'' && p->at[1] == '\'') {
            p->at++;
        } else if (*p->at == '\'') {
            p->at++;
            return;
        }
        buf_putc(&p->text, *p->at);
    }
}

static status parts(struct parser *p, struct part **first, int depth,
                    bool in_plural)
{
    struct part **tail = first;
    if (depth > LANGUAGE_DEPTH_MAX)
        return fault(p, "branches are nested too deeply");
    while (*p->at != '\0' && !(*p->at == '}' && depth > 0)) {
        if (*p->at == '{') {
            TRY(argument(p, &tail, depth));
        } else if (*p->at == '}') {
            return fault(p, "'}' without '{'; write '}' in apostrophes");
        } else if (*p->at == '#' && in_plural) {
            TRY(flush(p, &tail));
            if (add_part(p, &tail, PART_HASH) == NULL)
                return arena_error(p->arena, p->e);
            p->at++;
        } else if (*p->at == '\'') {
            apostrophe(p, in_plural);
        } else {
            p->letters += depth == 0;
            buf_putc(&p->text, *p->at++);
        }
    }
    return flush(p, &tail);
}

/* ⟦ … ~~~⟧ around what was parsed. */
static status bracket(struct parser *p)
{
    struct message *m = p->message;
    struct part *open = arena_new_one(p->arena, struct part);
    struct part *close = arena_new_one(p->arena, struct part);
    size_t pad = p->letters * 2 / 5 + 1;
    char *tail = arena_alloc(p->arena, pad + 4);
    if (open == NULL || close == NULL || tail == NULL)
        return arena_error(p->arena, p->e);
    memset(tail, '~', pad);
    memcpy(tail + pad, "\xe2\x9f\xa7", 3);
    *open = (struct part){.kind = PART_TEXT, .text = "\xe2\x9f\xa6", .length = 3};
    *close = (struct part){.kind = PART_TEXT, .text = tail, .length = pad + 3};
    struct part *first = NULL;
    memcpy(&first, &m->first, sizeof first);
    open->next = first;
    struct part *last = open;
    while (last->next != NULL)
        last = last->next;
    last->next = close;
    m->first = open;
    return ST_OK;
}

status message_parse(struct arena *a, struct message *m, bool pseudo,
                     const struct place *where, struct error *e)
{
    struct parser p = {a, m, where, e, m->pattern, pseudo,
                       BUF_INIT(LANGUAGE_MESSAGE_MAX), 0};
    struct part *first = NULL;
    status s = parts(&p, &first, 0, false);
    m->first = first;
    if (s == ST_OK && pseudo)
        s = bracket(&p);
    buf_free(&p.text);
    return s;
}
