/* Expressions, and text with values in it. */
#include "document/compile.h"

#include <string.h>

status compile_expr(struct compiler *c, const xmlNode *n, const char *text,
                    size_t length, const struct expr **out,
                    struct expr_type *type)
{
    struct expr *x = NULL;
    struct expr_type t = {0};
    size_t at = 0;
    char *own = arena_copy(c->t->arena, text, length);
    if (own == NULL)
        return arena_error(c->t->arena, c->e);
    status s = expr_parse(c->t->arena, text, length, &x, &at, c->e);
    if (s == ST_OK)
        s = expr_check(x, c->world->schema, c->context, &t, &at, c->e);
    if (s != ST_OK)
        return compile_place(c, n, own, at, s);
    *out = x;
    if (type != NULL)
        *type = t;
    return ST_OK;
}

/* Letters of any script, roughly: enough to tell a sentence from punctuation. */
static bool is_letter(uint32_t p)
{
    return (p >= 'a' && p <= 'z') || (p >= 'A' && p <= 'Z') || p == 0xaa ||
           p == 0xb5 || p == 0xba ||
           (p >= 0xc0 && p < 0x2000 && p != 0xd7 && p != 0xf7) ||
           (p >= 0x2c00 && p < 0x2e00) || (p >= 0x3040 && p < 0xfe00) ||
           p >= 0x10000;
}

static status no_words(struct compiler *c, const xmlNode *n, const char *text,
                       size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t point = 0;
        size_t k = utf8_decode(text + i, length - i, &point);
        if (k == 0)
            return compile_fault(c, n, NULL, "not UTF-8");
        if (is_letter(point)) {
            char word[64];
            size_t m = strcspn(text + i, " \t\r\n{");
            m = m < sizeof word - 1 ? m : sizeof word - 1;
            memcpy(word, text + i, m);
            word[m] = '\0';
            return compile_fault(c, n, word, "words belong to the language "
                                 "file: write <c:message key=\"...\"/>");
        }
        i += k;
    }
    return ST_OK;
}

static status add_piece(struct compiler *c, struct piece ***tail,
                        const char *literal, size_t length,
                        const struct expr *x)
{
    struct piece *p = arena_new_one(c->t->arena, struct piece);
    if (p == NULL)
        return arena_error(c->t->arena, c->e);
    p->expr = x;
    if (x == NULL) {
        p->literal = arena_copy(c->t->arena, literal, length);
        if (p->literal == NULL)
            return arena_error(c->t->arena, c->e);
    }
    **tail = p;
    *tail = &p->next;
    return ST_OK;
}

/* Where }} closes, not counting one inside an XPath text. */
static const char *close_of(const char *p)
{
    char quote = 0;
    for (; *p != '\0'; p++) {
        if (quote != 0) {
            if (*p == quote)
                quote = 0;
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (p[0] == '}' && p[1] == '}') {
            return p;
        }
    }
    return NULL;
}

status compile_pieces(struct compiler *c, const xmlNode *n, const char *text,
                      bool words, struct piece **out)
{
    struct piece **tail = out;
    *out = NULL;
    for (;;) {
        const char *open = strstr(text, "{{");
        size_t length = open == NULL ? strlen(text) : (size_t)(open - text);
        if (!words)
            TRY(no_words(c, n, text, length));
        if (length > 0)
            TRY(add_piece(c, &tail, text, length, NULL));
        if (open == NULL)
            return ST_OK;
        const char *close = close_of(open + 2);
        if (close == NULL)
            return compile_fault(c, n, "{{", "'{{' is not closed by '}}'");
        const struct expr *x;
        const char *from = open + 2, *to = close;
        while (from < to && strchr(" \t\r\n", *from) != NULL)
            from++;
        while (to > from && strchr(" \t\r\n", to[-1]) != NULL)
            to--;
        TRY(compile_expr(c, n, from, (size_t)(to - from), &x, NULL));
        if (x->op == EX_LITERAL && !words)
            TRY(no_words(c, n, x->text, strlen(x->text)));
        TRY(add_piece(c, &tail, NULL, 0, x));
        text = close + 2;
    }
}

status compile_text(struct compiler *c, const xmlNode *n, struct op ***tail)
{
    struct piece *first;
    TRY(compile_pieces(c, n, (const char *)n->content, false, &first));
    for (struct piece *p = first; p != NULL; p = p->next) {
        struct op *o = op_new(c, n, p->expr != NULL ? OP_EXPR : OP_TEXT);
        if (o == NULL)
            return arena_error(c->t->arena, c->e);
        o->text = p->literal;
        o->expr = p->expr;
        **tail = o;
        *tail = &o->next;
    }
    return ST_OK;
}
