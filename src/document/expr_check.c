/* What an expression may name, known before any row is read. */
#include "document/expr.h"

#include <string.h>

struct check {
    const struct schema *schema;
    size_t *at;
    struct error *e;
};

static const struct {
    const char *name;
    int least, most;
} functions[] = {
    {"last", 0, 0}, {"position", 0, 0}, {"count", 1, 1}, {"string", 0, 1},
    {"concat", 2, EXPR_ARGS_MAX}, {"starts-with", 2, 2}, {"contains", 2, 2},
    {"substring-before", 2, 2}, {"substring-after", 2, 2}, {"substring", 2, 3},
    {"string-length", 0, 1}, {"normalize-space", 0, 1}, {"translate", 3, 3},
    {"boolean", 1, 1}, {"not", 1, 1}, {"true", 0, 0}, {"false", 0, 0},
    {"number", 0, 1}, {"sum", 1, 1}, {"floor", 1, 1}, {"ceiling", 1, 1},
    {"round", 1, 1}, {"name", 0, 1}, {"local-name", 0, 1},
};

static status check_any(struct check *c, const struct expr *x,
                        const struct schema_node *context, bool known,
                        struct expr_type *type);

static status unknown_fact(struct check *c, const struct expr *x,
                           const struct schema_node *node, const char *name)
{
    const char *near = schema_nearest(node, name);
    *c->at = x->at;
    if (near == NULL)
        return error_set(c->e, ST_FORMAT, "no fact \"%s\" here", name);
    return error_set(c->e, ST_FORMAT, "no fact \"%s\" here (did you mean "
                     "\"%s\"?)", name, near);
}

static bool anywhere(const struct schema *s, const char *name)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < schema_count(s); i++)
        for (const char *p = schema_row_at(s, i)->path; *p != '\0';) {
            size_t m = strcspn(p, "/[");
            if (m == n && memcmp(p, name, n) == 0)
                return true;
            p += strcspn(p, "/");
            p += *p == '/';
        }
    return false;
}

static status check_list(struct check *c, const struct expr *x,
                         const struct schema_node *context, bool known)
{
    for (; x != NULL; x = x->next) {
        struct expr_type t;
        TRY(check_any(c, x, context, known, &t));
    }
    return ST_OK;
}

/* One step from *node; *known falls when the place is no longer one. */
static status check_step(struct check *c, const struct expr *x,
                         const struct step *s, const struct schema_node **node,
                         bool *known, bool *at_document)
{
    switch (s->axis) {
    case AXIS_CHILD:
        if (*at_document) {
            *at_document = false;
            *node = schema_root(c->schema);
            if (s->name != NULL && strcmp(s->name, "facts") != 0) {
                *c->at = x->at;
                return error_set(c->e, ST_FORMAT, "the root is /facts");
            }
        } else if (s->name == NULL) {
            *known = false;
        } else if (*known) {
            const struct schema_node *child =
                schema_child(*node, s->name, s->length);
            if (child == NULL)
                return unknown_fact(c, x, *node, s->name);
            *node = child;
        } else if (!anywhere(c->schema, s->name)) {
            return unknown_fact(c, x, schema_root(c->schema), s->name);
        }
        return ST_OK;
    case AXIS_ATTRIBUTE:
        *c->at = x->at;
        if (*at_document || (*known && s->name != NULL &&
                             schema_kind(*node) == FACT_GROUP))
            return error_set(c->e, ST_FORMAT,
                             "a group has no @%s", s->name == NULL ? "*" : s->name);
        return ST_OK;
    case AXIS_PARENT:
        *c->at = x->at;
        if (*known && schema_parent(*node) == NULL)
            return error_set(c->e, ST_FORMAT, "nothing stands above /facts");
        if (*known)
            *node = schema_parent(*node);
        return ST_OK;
    case AXIS_SELF:
        return ST_OK;
    case AXIS_DESCENDANT:
    case AXIS_OTHER:
        *known = *at_document = false;
        return ST_OK;
    }
    return ST_OK;
}

static status check_steps(struct check *c, const struct expr *x,
                          const struct schema_node *node, bool known,
                          bool at_document, struct expr_type *type)
{
    for (const struct step *s = x->steps; s != NULL; s = s->next) {
        TRY(check_step(c, x, s, &node, &known, &at_document));
        TRY(check_list(c, s->predicates, node, known));
        if (s->axis == AXIS_ATTRIBUTE)
            type->attribute = s->attribute;
    }
    type->is_path = true;
    type->node = known && !at_document ? node : NULL;
    return ST_OK;
}

static bool gives_number(const struct expr *x)
{
    static const char *const names[] = {"count", "number", "sum", "position",
                                        "last", "floor", "ceiling", "round",
                                        "string-length"};
    if (x->op == EX_NUMBER || (x->op >= EX_ADD && x->op <= EX_NEG))
        return true;
    for (size_t i = 0; x->op == EX_CALL && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], x->text) == 0)
            return true;
    return false;
}

static bool is_printed_number(const struct expr_type *t)
{
    return t->is_path && t->node != NULL && t->attribute == ATTR_NONE &&
           schema_kind(t->node) == FACT_NUMBER;
}

static bool is_printed_count(const struct expr_type *t)
{
    return t->attribute == ATTR_N || t->attribute == ATTR_LOW ||
           t->attribute == ATTR_HIGH;
}

static status check_compare(struct check *c, const struct expr *x,
                            const struct expr_type *l, const struct expr_type *r)
{
    bool order = x->op >= EX_LT && x->op <= EX_GE;
    bool bad = (is_printed_number(l) && (order || gives_number(x->right))) ||
               (is_printed_number(r) && (order || gives_number(x->left))) ||
               (order && (is_printed_count(l) || is_printed_count(r)));
    if (!bad)
        return ST_OK;
    *c->at = x->at;
    return error_set(c->e, ST_FORMAT, "this compares a printed form; write "
                     "/@value after the fact to compare its number");
}

static status check_call(struct check *c, const struct expr *x,
                         const struct schema_node *context, bool known)
{
    int n = 0;
    for (const struct expr *a = x->args; a != NULL; a = a->next)
        n++;
    *c->at = x->at;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i].name, x->text) != 0)
            continue;
        if (n < functions[i].least || n > functions[i].most)
            return error_set(c->e, ST_FORMAT, "%s() does not take %d arguments",
                             x->text, n);
        bool nodes = strcmp(x->text, "count") == 0 || strcmp(x->text, "sum") == 0;
        if (nodes && x->args->op != EX_PATH && x->args->op != EX_UNION &&
            x->args->op != EX_FILTER)
            return error_set(c->e, ST_FORMAT, "%s() takes a path", x->text);
        return check_list(c, x->args, context, known);
    }
    return error_set(c->e, ST_FORMAT, "no function %s()", x->text);
}

static bool is_nodes(const struct expr *x)
{
    return x->op == EX_PATH || x->op == EX_UNION || x->op == EX_FILTER;
}

static status check_any(struct check *c, const struct expr *x,
                        const struct schema_node *context, bool known,
                        struct expr_type *type)
{
    struct expr_type l = {0}, r = {0};
    *type = (struct expr_type){0};
    switch (x->op) {
    case EX_LITERAL:
    case EX_NUMBER:
        return ST_OK;
    case EX_CALL:
        return check_call(c, x, context, known);
    case EX_PATH:
        return check_steps(c, x, context, known, x->absolute, type);
    case EX_FILTER:
        TRY(check_any(c, x->left, context, known, &l));
        *c->at = x->at;
        if (!is_nodes(x->left))
            return error_set(c->e, ST_FORMAT, "[ ] and / follow a path only");
        TRY(check_list(c, x->predicates, l.node, l.node != NULL));
        return check_steps(c, x, l.node, l.node != NULL, false, type);
    case EX_NEG:
        return check_any(c, x->left, context, known, &l);
    default:
        TRY(check_any(c, x->left, context, known, &l));
        TRY(check_any(c, x->right, context, known, &r));
        *c->at = x->at;
        if (x->op == EX_UNION && !(is_nodes(x->left) && is_nodes(x->right)))
            return error_set(c->e, ST_FORMAT, "| joins paths only");
        if (x->op == EX_UNION)
            type->is_path = true;
        return x->op >= EX_EQ && x->op <= EX_GE ? check_compare(c, x, &l, &r)
                                                : ST_OK;
    }
}

status expr_check(const struct expr *x, const struct schema *s,
                  const struct schema_node *context, struct expr_type *type,
                  size_t *at, struct error *e)
{
    struct check c = {s, at, e};
    *at = x->at;
    return check_any(&c, x, context, context != NULL, type);
}

bool expr_is_constant(const struct expr *x)
{
    if (x == NULL)
        return true;
    if (x->op == EX_PATH || x->op == EX_FILTER)
        return false;
    if (x->op == EX_CALL) {
        bool asks = strcmp(x->text, "position") == 0 ||
                    strcmp(x->text, "last") == 0 ||
                    (x->args == NULL && strcmp(x->text, "true") != 0 &&
                     strcmp(x->text, "false") != 0);
        if (asks)
            return false;
        for (const struct expr *a = x->args; a != NULL; a = a->next)
            if (!expr_is_constant(a))
                return false;
        return true;
    }
    return expr_is_constant(x->left) && expr_is_constant(x->right);
}
