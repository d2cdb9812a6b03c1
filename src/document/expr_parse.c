/* XPath 1.0's grammar (section 3) by recursive descent. */
#include "document/expr.h"

#include <libxml/xpath.h>
#include <string.h>

struct parse {
    struct arena *arena;
    const char *text, *at;
    int depth;
    struct error *e;
};

static status fault(struct parse *p, const char *what)
{
    return error_set(p->e, ST_SYNTAX, "%s", what);
}

static void blanks(struct parse *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static bool take(struct parse *p, const char *token)
{
    size_t n = strlen(token);
    blanks(p);
    if (strncmp(p->at, token, n) != 0)
        return false;
    p->at += n;
    return true;
}

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool name_more(char c)
{
    return name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static size_t name_length(const char *s)
{
    size_t n = 0;
    if (!name_start(*s))
        return 0;
    while (name_more(s[n]))
        n++;
    return n;
}

/* A word operator stands only where an operand has just ended. */
static bool take_word(struct parse *p, const char *word)
{
    size_t n = strlen(word);
    blanks(p);
    if (name_length(p->at) != n || strncmp(p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

static struct expr *make(struct parse *p, enum expr_op op)
{
    struct expr *x = arena_new_one(p->arena, struct expr);
    if (x != NULL) {
        x->op = op;
        x->at = (size_t)(p->at - p->text);
    }
    return x;
}

static status parse_or(struct parse *p, struct expr **out);

static status predicates(struct parse *p, struct expr **tail)
{
    while (take(p, "[")) {
        TRY(parse_or(p, tail));
        if (!take(p, "]"))
            return fault(p, "']' is expected");
        tail = &(*tail)->next;
    }
    return ST_OK;
}

static enum fact_attribute attribute_of(const char *name, size_t n)
{
    static const char *const words[] = {
        "",
#define X(name, word) word,
        FACT_ATTRIBUTES(X)
#undef X
    };
    for (int i = 1; i < ATTR_COUNT; i++)
        if (strlen(words[i]) == n && memcmp(words[i], name, n) == 0)
            return (enum fact_attribute)i;
    return ATTR_COUNT;
}

static enum axis axis_of(const char *name, size_t n)
{
    static const struct {
        const char *word;
        enum axis axis;
    } axes[] = {{"child", AXIS_CHILD}, {"attribute", AXIS_ATTRIBUTE},
                {"self", AXIS_SELF}, {"parent", AXIS_PARENT},
                {"descendant-or-self", AXIS_DESCENDANT},
                {"descendant", AXIS_OTHER}, {"ancestor", AXIS_OTHER},
                {"ancestor-or-self", AXIS_OTHER},
                {"following-sibling", AXIS_OTHER},
                {"preceding-sibling", AXIS_OTHER}, {"following", AXIS_OTHER},
                {"preceding", AXIS_OTHER}};
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
        if (strlen(axes[i].word) == n && memcmp(axes[i].word, name, n) == 0)
            return axes[i].axis;
    return (enum axis)-1;
}

static status node_test(struct parse *p, struct step *s)
{
    blanks(p);
    if (take(p, "*"))
        return ST_OK;
    size_t n = name_length(p->at);
    if (n == 0)
        return fault(p, "a fact's name is expected here");
    s->name = arena_copy(p->arena, p->at, n);
    s->length = n;
    if (s->name == NULL)
        return arena_error(p->arena, p->e);
    const char *from = p->at;
    p->at += n;
    if (s->axis == AXIS_ATTRIBUTE) {
        s->attribute = attribute_of(s->name, n);
        if (s->attribute == ATTR_COUNT) {
            p->at = from;
            return fault(p, "facts have the attributes @value @low @high @n "
                            "@missing @mark @origin @unit only");
        }
    }
    if (!take(p, "("))
        return ST_OK;
    if (!take(p, ")") || (strcmp(s->name, "node") != 0 &&
                          strcmp(s->name, "text") != 0))
        return fault(p, "a node test is a name, *, node() or text()");
    if (strcmp(s->name, "text") == 0)
        s->axis = AXIS_OTHER;
    s->name = NULL;
    return ST_OK;
}

static status one_step(struct parse *p, struct step **tail)
{
    struct step *s = arena_new_one(p->arena, struct step);
    if (s == NULL)
        return arena_error(p->arena, p->e);
    *tail = s;
    if (take(p, "..")) {
        s->axis = AXIS_PARENT;
        return ST_OK;
    }
    blanks(p);
    if (*p->at == '.' && !(p->at[1] >= '0' && p->at[1] <= '9')) {
        p->at++;
        s->axis = AXIS_SELF;
        return ST_OK;
    }
    if (take(p, "@")) {
        s->axis = AXIS_ATTRIBUTE;
    } else {
        size_t n = name_length(p->at);
        if (n > 0 && p->at[n] == ':' && p->at[n + 1] == ':') {
            s->axis = axis_of(p->at, n);
            if (s->axis == (enum axis)-1)
                return fault(p, "an axis of XPath is expected here");
            p->at += n + 2;
        }
    }
    TRY(node_test(p, s));
    return predicates(p, &s->predicates);
}

static status relative_path(struct parse *p, struct step **tail)
{
    for (;;) {
        TRY(one_step(p, tail));
        tail = &(*tail)->next;
        if (take(p, "//")) {
            struct step *s = arena_new_one(p->arena, struct step);
            if (s == NULL)
                return arena_error(p->arena, p->e);
            s->axis = AXIS_DESCENDANT;
            *tail = s;
            tail = &s->next;
        } else if (!take(p, "/")) {
            return ST_OK;
        }
    }
}

static status location_path(struct parse *p, struct expr **out)
{
    struct expr *x = *out = make(p, EX_PATH);
    if (x == NULL)
        return arena_error(p->arena, p->e);
    struct step **tail = &x->steps;
    if (take(p, "//")) {
        x->absolute = true;
        struct step *s = arena_new_one(p->arena, struct step);
        if (s == NULL)
            return arena_error(p->arena, p->e);
        s->axis = AXIS_DESCENDANT;
        *tail = s;
        tail = &s->next;
    } else if (take(p, "/")) {
        x->absolute = true;
        blanks(p);
        if (name_length(p->at) == 0 && *p->at != '*' && *p->at != '.' &&
            *p->at != '@')
            return ST_OK;
    }
    return relative_path(p, tail);
}

static status call(struct parse *p, struct expr **out, size_t n)
{
    struct expr *x = *out = make(p, EX_CALL);
    if (x == NULL || (x->text = arena_copy(p->arena, p->at, n)) == NULL)
        return arena_error(p->arena, p->e);
    p->at += n;
    (void)take(p, "(");
    struct expr **tail = &x->args;
    if (take(p, ")"))
        return ST_OK;
    for (int i = 0; i < EXPR_ARGS_MAX; i++) {
        TRY(parse_or(p, tail));
        tail = &(*tail)->next;
        if (take(p, ")"))
            return ST_OK;
        if (!take(p, ","))
            return fault(p, "',' or ')' is expected");
    }
    return fault(p, "too many arguments");
}

static status literal(struct parse *p, struct expr **out)
{
    struct expr *x = *out = make(p, EX_LITERAL);
    char quote = *p->at++;
    const char *end = strchr(p->at, quote);
    if (end == NULL)
        return fault(p, "a text is not closed");
    if (x == NULL ||
        (x->text = arena_copy(p->arena, p->at, (size_t)(end - p->at))) == NULL)
        return arena_error(p->arena, p->e);
    p->at = end + 1;
    return ST_OK;
}

static status number(struct parse *p, struct expr **out)
{
    struct expr *x = *out = make(p, EX_NUMBER);
    size_t n = strspn(p->at, "0123456789");
    if (p->at[n] == '.')
        n += 1 + strspn(p->at + n + 1, "0123456789");
    char digits[64];
    if (x == NULL)
        return arena_error(p->arena, p->e);
    if (n >= sizeof digits)
        return fault(p, "a number has too many digits");
    memcpy(digits, p->at, n);
    digits[n] = '\0';
    x->number = xmlXPathCastStringToNumber((const xmlChar *)digits);
    p->at += n;
    return ST_OK;
}

/* FilterExpr, or a location path when no primary stands here. */
static status filter_or_path(struct parse *p, struct expr **out)
{
    blanks(p);
    char c = *p->at;
    size_t n = name_length(p->at);
    const char *after = p->at + n;
    while (*after == ' ')
        after++;
    bool is_call = n > 0 && *after == '(' &&
                   !(n == 4 && (memcmp(p->at, "node", 4) == 0 ||
                                memcmp(p->at, "text", 4) == 0));
    struct expr *primary = NULL;
    if (c == '\'' || c == '"') {
        TRY(literal(p, &primary));
    } else if ((c >= '0' && c <= '9') ||
               (c == '.' && p->at[1] >= '0' && p->at[1] <= '9')) {
        TRY(number(p, &primary));
    } else if (c == '$') {
        return fault(p, "templates have no variables");
    } else if (is_call) {
        TRY(call(p, &primary, n));
    } else if (take(p, "(")) {
        TRY(parse_or(p, &primary));
        if (!take(p, ")"))
            return fault(p, "')' is expected");
    } else {
        return location_path(p, out);
    }
    *out = primary;
    blanks(p);
    if (*p->at != '[' && *p->at != '/')
        return ST_OK;
    struct expr *x = *out = make(p, EX_FILTER);
    if (x == NULL)
        return arena_error(p->arena, p->e);
    x->left = primary;
    TRY(predicates(p, &x->predicates));
    if (take(p, "//"))
        return fault(p, "'//' after an expression in brackets is not supported");
    return take(p, "/") ? relative_path(p, &x->steps) : ST_OK;
}

static status parse_union(struct parse *p, struct expr **out)
{
    TRY(filter_or_path(p, out));
    while (take(p, "|")) {
        struct expr *x = make(p, EX_UNION);
        if (x == NULL)
            return arena_error(p->arena, p->e);
        x->left = *out;
        *out = x;
        TRY(filter_or_path(p, &x->right));
    }
    return ST_OK;
}

static status parse_unary(struct parse *p, struct expr **out)
{
    bool negative = false, any = false;
    while (take(p, "-")) {
        negative = !negative;
        any = true;
    }
    if (!any)
        return parse_union(p, out);
    struct expr *x = make(p, EX_NEG);
    struct expr *y = make(p, EX_NEG);
    if (x == NULL || y == NULL)
        return arena_error(p->arena, p->e);
    *out = x;
    if (!negative) { /* twice: still makes a number of its operand */
        x->left = y;
        x = y;
    }
    return parse_union(p, &x->left);
}

static const struct level {
    int rank;
    const char *token;
    bool word;
    enum expr_op op;
} levels[] = {
    {0, "or", true, EX_OR},     {1, "and", true, EX_AND},
    {2, "=", false, EX_EQ},     {2, "!=", false, EX_NE},
    {3, "<=", false, EX_LE},    {3, ">=", false, EX_GE},
    {3, "<", false, EX_LT},     {3, ">", false, EX_GT},
    {4, "+", false, EX_ADD},    {4, "-", false, EX_SUB},
    {5, "*", false, EX_MUL},    {5, "div", true, EX_DIV},
    {5, "mod", true, EX_MOD},
};
enum { RANKS = 6 };

static bool operator_here(struct parse *p, int rank, enum expr_op *op)
{
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i].rank == rank &&
            (levels[i].word ? take_word(p, levels[i].token)
                            : take(p, levels[i].token))) {
            *op = levels[i].op;
            return true;
        }
    return false;
}

static status parse_rank(struct parse *p, int rank, struct expr **out)
{
    if (rank == RANKS)
        return parse_unary(p, out);
    TRY(parse_rank(p, rank + 1, out));
    enum expr_op op;
    while (operator_here(p, rank, &op)) {
        struct expr *x = make(p, op);
        if (x == NULL)
            return arena_error(p->arena, p->e);
        x->left = *out;
        *out = x;
        TRY(parse_rank(p, rank + 1, &x->right));
    }
    return ST_OK;
}

static status parse_or(struct parse *p, struct expr **out)
{
    if (++p->depth > EXPR_DEPTH_MAX)
        return fault(p, "the expression is nested too deeply");
    status s = parse_rank(p, 0, out);
    p->depth--;
    return s;
}

static status second_opinion(const char *text, struct error *e)
{
    xmlXPathContextPtr c = xmlXPathNewContext(NULL);
    if (c == NULL)
        return error_memory(e);
    c->error = NULL;
    xmlXPathCompExprPtr compiled = xmlXPathCtxtCompile(c, (const xmlChar *)text);
    bool good = compiled != NULL;
    xmlXPathFreeCompExpr(compiled);
    xmlXPathFreeContext(c);
    return good ? ST_OK
                : error_set(e, ST_SYNTAX, "not an XPath expression");
}

static void quiet(void *context, const xmlError *error)
{
    (void)context;
    (void)error;
}

status expr_parse(struct arena *a, const char *text, size_t length,
                  struct expr **out, size_t *at, struct error *e)
{
    *at = 0;
    if (length > EXPR_BYTES_MAX)
        return error_set(e, ST_LIMIT, "an expression of more than %d bytes",
                         EXPR_BYTES_MAX);
    char *own = arena_copy(a, text, length);
    if (own == NULL)
        return arena_error(a, e);
    struct parse p = {a, own, own, 0, e};
    status s = strlen(own) != length ? fault(&p, "a zero byte")
                                     : parse_or(&p, out);
    blanks(&p);
    if (s == ST_OK && *p.at != '\0')
        s = fault(&p, "the expression should end here");
    *at = (size_t)(p.at - own);
    if (s != ST_OK)
        return s;
    (*out)->source = own;
    (*out)->length = length;
    expr_mark_native(*out);
    xmlSetStructuredErrorFunc(NULL, (xmlStructuredErrorFunc)(void (*)(void))quiet);
    s = second_opinion(own, e);
    xmlSetStructuredErrorFunc(NULL, NULL);
    return s;
}
