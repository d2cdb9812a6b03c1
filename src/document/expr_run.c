/* The native way: XPath 1.0's rules on facts themselves. */
#include "document/expr.h"

#include "base/num.h"

#include <libxml/xpath.h>
#include <math.h>
#include <string.h>

struct nodes {
    struct fact_ref *items;
    size_t count, room;
};

static status push(struct nodes *n, struct arena *a, struct fact_ref r,
                   struct error *e)
{
    if (n->count == n->room) {
        size_t room = n->room == 0 ? 8 : n->room * 2;
        struct fact_ref *more = arena_new_array(a, struct fact_ref, room);
        if (more == NULL)
            return arena_error(a, e);
        if (n->count > 0)
            memcpy(more, n->items, n->count * sizeof *more);
        n->items = more;
        n->room = room;
    }
    n->items[n->count++] = r;
    return ST_OK;
}

static void put_group(const struct fact *f, struct buf *out)
{
    if (f->kind != FACT_GROUP)
        buf_puts(out, f->printed);
    for (const struct fact *c = f->first; c != NULL; c = c->next)
        put_group(c, out);
}

static const char *group_text(const struct fact *f, struct arena *a)
{
    struct buf text = BUF_INIT((size_t)1 << 24);
    put_group(f, &text);
    const char *s = arena_copy(a, buf_text(&text), text.length);
    buf_free(&text);
    return s == NULL ? "" : s;
}

static const char *raw_text(const struct fact *f, struct arena *a)
{
    if (f->kind == FACT_NUMBER) {
        char digits[NUM_TEXT_MAX];
        return arena_copy(a, digits, num_shortest(f->number, digits));
    }
    if (f->kind == FACT_BOOLEAN)
        return f->number != 0 ? "true" : "false";
    return f->kind == FACT_MISSING ? NULL : f->text;
}

const char *ref_text(struct fact_ref r, struct arena *a)
{
    static const char *const letters[] = {NULL, "C", "D", "A"};
    const struct fact *f = r.fact;
    if (r.attribute == ATTR_NONE)
        return f->kind == FACT_GROUP ? group_text(f, a) : f->printed;
    if (f->kind == FACT_GROUP)
        return NULL;
    switch (r.attribute) {
    case ATTR_VALUE:
        return raw_text(f, a);
    case ATTR_LOW:
        return f->printed_low;
    case ATTR_HIGH:
        return f->printed_high;
    case ATTR_N:
        return f->printed_n;
    case ATTR_MISSING:
        return f->kind == FACT_MISSING ? "1" : NULL;
    case ATTR_MARK:
        return f->marked ? "1" : NULL;
    case ATTR_ORIGIN:
        return letters[f->origin];
    case ATTR_UNIT:
        return f->unit;
    default:
        return NULL;
    }
}

bool expr_plain(const struct expr *x, const struct fact *root,
                const struct fact *current, struct fact_ref *out)
{
    const struct fact *f = current;
    const struct step *s = x->steps;
    if (x->absolute) { /* the check saw that it begins with /facts */
        f = root;
        s = s->next;
    }
    for (; s != NULL && f != NULL; s = s->next) {
        if (s->axis == AXIS_ATTRIBUTE) {
            *out = (struct fact_ref){f, s->attribute};
            /* a number's raw text is the one that needs an arena */
            return (s->attribute == ATTR_VALUE && f->kind == FACT_NUMBER) ||
                   ref_text(*out, NULL) != NULL;
        }
        if (s->axis == AXIS_CHILD)
            f = fact_child(f, s->name);
        else if (s->axis == AXIS_PARENT)
            f = f->parent;
    }
    *out = (struct fact_ref){f, ATTR_NONE};
    return f != NULL;
}

static status eval(const struct expr *x, const struct scope *s,
                   struct value *out, struct error *e);

static bool keeps(const struct value *v, size_t position)
{
    return v->kind == VALUE_NUMBER ? v->number == (double)position
                                   : value_truth(v);
}

static status filter(struct nodes *from, const struct expr *p,
                     const struct scope *s, size_t first, struct error *e)
{
    for (; p != NULL; p = p->next) {
        size_t kept = first, last = from->count - first;
        for (size_t i = first; i < from->count; i++) {
            struct scope inner = *s;
            struct value v;
            if (from->items[i].attribute != ATTR_NONE)
                return error_bug(e, "a predicate on an attribute");
            inner.current = from->items[i].fact;
            inner.position = i - first + 1;
            inner.last = last;
            TRY(eval(p, &inner, &v, e));
            if (keeps(&v, inner.position))
                from->items[kept++] = from->items[i];
        }
        from->count = kept;
    }
    return ST_OK;
}

static status step_from(struct nodes *to, const struct fact *f,
                        const struct step *t, const struct scope *s,
                        struct error *e)
{
    size_t first = to->count;
    switch (t->axis) {
    case AXIS_CHILD:
        for (const struct fact *c = f->first; c != NULL; c = c->next)
            if (t->name == NULL || strcmp(t->name, c->name) == 0)
                TRY(push(to, s->scratch, (struct fact_ref){c, ATTR_NONE}, e));
        break;
    case AXIS_ATTRIBUTE: {
        struct fact_ref r = {f, t->attribute};
        if (ref_text(r, s->scratch) != NULL)
            TRY(push(to, s->scratch, r, e));
        break;
    }
    case AXIS_SELF:
        TRY(push(to, s->scratch, (struct fact_ref){f, ATTR_NONE}, e));
        break;
    case AXIS_PARENT: {
        /* siblings share a parent, and a set holds it once */
        struct fact_ref r = {f->parent, ATTR_NONE};
        bool have = r.fact == NULL;
        for (size_t i = 0; i < to->count && !have; i++)
            have = to->items[i].fact == r.fact;
        if (!have)
            TRY(push(to, s->scratch, r, e));
        break;
    }
    default:
        return error_bug(e, "not a native axis");
    }
    return filter(to, t->predicates, s, first, e);
}

static status eval_path(const struct expr *x, const struct scope *s,
                        struct value *out, struct error *e)
{
    struct nodes now = {0};
    const struct step *t = x->steps;
    TRY(push(&now, s->scratch,
             (struct fact_ref){x->absolute ? s->root : s->current, ATTR_NONE}, e));
    if (x->absolute) {
        if (t->axis != AXIS_CHILD ||
            (t->name != NULL && strcmp(t->name, s->root->name) != 0))
            now.count = 0;
        TRY(filter(&now, t->predicates, s, 0, e));
        t = t->next;
    }
    for (; t != NULL; t = t->next) {
        struct nodes then = {0};
        for (size_t i = 0; i < now.count; i++)
            TRY(step_from(&then, now.items[i].fact, t, s, e));
        now = then;
    }
    *out = (struct value){.kind = VALUE_NODES, .nodes = now.items,
                          .count = now.count};
    return ST_OK;
}

const char *value_text(const struct value *v, struct arena *a)
{
    const char *s = "";
    xmlChar *made;
    switch (v->kind) {
    case VALUE_NODES:
        s = v->count == 0 ? "" : ref_text(v->nodes[0], a);
        break;
    case VALUE_TEXT:
        s = v->text;
        break;
    case VALUE_BOOLEAN:
        s = v->truth ? "true" : "false";
        break;
    case VALUE_NUMBER:
        made = xmlXPathCastNumberToString(v->number);
        s = made == NULL ? NULL : arena_string(a, (const char *)made);
        xmlFree(made);
        break;
    }
    return s == NULL ? "" : s;
}

static double text_number(const char *text)
{
    return xmlXPathCastStringToNumber((const xmlChar *)text);
}

double value_number(const struct value *v, struct arena *a)
{
    switch (v->kind) {
    case VALUE_NUMBER:
        return v->number;
    case VALUE_BOOLEAN:
        return v->truth ? 1 : 0;
    default:
        return text_number(value_text(v, a));
    }
}

bool value_truth(const struct value *v)
{
    switch (v->kind) {
    case VALUE_NODES:
        return v->count > 0;
    case VALUE_TEXT:
        return v->text[0] != '\0';
    case VALUE_NUMBER:
        return v->number != 0 && !isnan(v->number);
    default:
        return v->truth;
    }
}

static bool order(enum expr_op op, double l, double r)
{
    switch (op) {
    case EX_EQ:
        return l == r;
    case EX_NE:
        return l != r;
    case EX_LT:
        return l < r;
    case EX_LE:
        return l <= r;
    case EX_GT:
        return l > r;
    default:
        return l >= r;
    }
}

/* Two values of which none is a node set, or one node's text as VALUE_TEXT. */
static bool compare_atoms(enum expr_op op, const struct value *l,
                          const struct value *r, struct arena *a)
{
    if (op > EX_NE)
        return order(op, value_number(l, a), value_number(r, a));
    if (l->kind == VALUE_BOOLEAN || r->kind == VALUE_BOOLEAN)
        return order(op, value_truth(l), value_truth(r));
    if (l->kind == VALUE_NUMBER || r->kind == VALUE_NUMBER)
        return order(op, value_number(l, a), value_number(r, a));
    bool same = strcmp(l->text, r->text) == 0;
    return op == EX_EQ ? same : !same;
}

static struct value atom(const struct value *v, size_t i, struct arena *a)
{
    if (v->kind != VALUE_NODES)
        return *v;
    const char *s = ref_text(v->nodes[i], a);
    return (struct value){.kind = VALUE_TEXT, .text = s == NULL ? "" : s};
}

static bool compare(enum expr_op op, const struct value *l,
                    const struct value *r, struct arena *a)
{
    struct value truth;
    bool l_nodes = l->kind == VALUE_NODES, r_nodes = r->kind == VALUE_NODES;
    if (l_nodes && r->kind == VALUE_BOOLEAN) {
        truth = (struct value){.kind = VALUE_BOOLEAN, .truth = l->count > 0};
        return compare_atoms(op, &truth, r, a);
    }
    if (r_nodes && l->kind == VALUE_BOOLEAN) {
        truth = (struct value){.kind = VALUE_BOOLEAN, .truth = r->count > 0};
        return compare_atoms(op, l, &truth, a);
    }
    size_t n = l_nodes ? l->count : 1, m = r_nodes ? r->count : 1;
    for (size_t i = 0; i < n; i++) {
        struct value x = atom(l, i, a);
        for (size_t k = 0; k < m; k++) {
            struct value y = atom(r, k, a);
            if (compare_atoms(op, &x, &y, a))
                return true;
        }
    }
    return false;
}

static void set_number(struct value *v, double x)
{
    *v = (struct value){.kind = VALUE_NUMBER, .number = x};
}

static void set_truth(struct value *v, bool x)
{
    *v = (struct value){.kind = VALUE_BOOLEAN, .truth = x};
}

static status eval_call(const struct expr *x, const struct scope *s,
                        struct value *out, struct error *e)
{
    struct fact_ref self = {s->current, ATTR_NONE};
    struct value v = {.kind = VALUE_NODES, .nodes = &self, .count = 1};
    if (x->args != NULL)
        TRY(eval(x->args, s, &v, e));
    if (strcmp(x->text, "not") == 0)
        set_truth(out, !value_truth(&v));
    else if (strcmp(x->text, "boolean") == 0)
        set_truth(out, value_truth(&v));
    else if (strcmp(x->text, "true") == 0)
        set_truth(out, true);
    else if (strcmp(x->text, "false") == 0)
        set_truth(out, false);
    else if (strcmp(x->text, "count") == 0)
        set_number(out, (double)v.count);
    else if (strcmp(x->text, "position") == 0)
        set_number(out, (double)s->position);
    else if (strcmp(x->text, "last") == 0)
        set_number(out, (double)s->last);
    else if (strcmp(x->text, "number") == 0)
        set_number(out, value_number(&v, s->scratch));
    else if (strcmp(x->text, "string") == 0)
        *out = (struct value){.kind = VALUE_TEXT,
                              .text = value_text(&v, s->scratch)};
    else
        return error_bug(e, "not a native function");
    return ST_OK;
}

static status eval(const struct expr *x, const struct scope *s,
                   struct value *out, struct error *e)
{
    struct value l, r;
    switch (x->op) {
    case EX_LITERAL:
        *out = (struct value){.kind = VALUE_TEXT, .text = x->text};
        return ST_OK;
    case EX_NUMBER:
        set_number(out, x->number);
        return ST_OK;
    case EX_PATH:
        return eval_path(x, s, out, e);
    case EX_CALL:
        return eval_call(x, s, out, e);
    case EX_OR:
    case EX_AND:
        TRY(eval(x->left, s, &l, e));
        if (value_truth(&l) == (x->op == EX_OR)) {
            set_truth(out, x->op == EX_OR);
            return ST_OK;
        }
        TRY(eval(x->right, s, &r, e));
        set_truth(out, value_truth(&r));
        return ST_OK;
    default:
        if (x->op > EX_GE)
            return error_bug(e, "not a native operator");
        TRY(eval(x->left, s, &l, e));
        TRY(eval(x->right, s, &r, e));
        set_truth(out, compare(x->op, &l, &r, s->scratch));
        return ST_OK;
    }
}

status expr_value_native(const struct expr *x, const struct scope *s,
                         struct value *out, struct error *e)
{
    if (!x->native)
        return error_bug(e, "not a native expression");
    return eval(x, s, out, e);
}

status expr_value(const struct expr *x, const struct scope *s,
                  struct value *out, struct error *e)
{
    return x->native ? eval(x, s, out, e) : expr_value_mirror(x, s, out, e);
}
