/* candor's own elements: branches, loops, fragments. */
#include "document/compile.h"

#include "base/num.h"

#include <string.h>

static status needed(struct compiler *c, const xmlNode *n, const char *name,
                     const char **out)
{
    *out = attribute(c, n, name);
    if (*out == NULL)
        return compile_fault(c, n, (const char *)n->name, "<c:%s> needs %s",
                             (const char *)n->name, name);
    return ST_OK;
}

static status compile_test(struct compiler *c, const xmlNode *n,
                           const struct expr **out)
{
    static const char *const allowed[] = {"test", NULL};
    const char *test;
    TRY(only_attributes(c, n, allowed));
    TRY(needed(c, n, "test", &test));
    TRY(compile_expr(c, n, test, strlen(test), out, NULL));
    if (expr_is_constant(*out))
        return compile_fault(c, n, test, "this test never changes, so a branch "
                             "can never be taken");
    return ST_OK;
}

static status compile_if(struct compiler *c, const xmlNode *n,
                         enum node_kind parent, struct op **out)
{
    struct op *o = *out = op_new(c, n, OP_IF);
    if (o == NULL)
        return arena_error(c->t->arena, c->e);
    TRY(compile_test(c, n, &o->expr));
    return compile_children(c, n, parent, &o->first);
}

static status repeated(struct compiler *c, const xmlNode *n,
                       const struct op *first, const struct expr *x)
{
    for (const struct op *o = first; o != NULL; o = o->otherwise)
        if (o->expr != NULL && strcmp(o->expr->source, x->source) == 0)
            return compile_fault(c, n, x->source, "an earlier branch has the "
                                 "same test, so this one can never be taken");
    return ST_OK;
}

static status compile_choose(struct compiler *c, const xmlNode *n,
                             enum node_kind parent, struct op **out)
{
    static const char *const none[] = {NULL};
    struct op **tail = out;
    bool ended = false;
    TRY(only_attributes(c, n, none));
    for (const xmlNode *k = n->children; k != NULL; k = k->next) {
        if (k->type == XML_COMMENT_NODE || xmlIsBlankNode(k))
            continue;
        bool otherwise = is_candor(k, "otherwise");
        if (!otherwise && !is_candor(k, "when"))
            return compile_fault(c, k, (const char *)k->name,
                                 "<c:choose> holds c:when and c:otherwise");
        if (ended)
            return compile_fault(c, k, (const char *)k->name,
                                 "nothing can stand after c:otherwise");
        struct op *o = op_new(c, k, OP_IF);
        if (o == NULL)
            return arena_error(c->t->arena, c->e);
        if (otherwise)
            TRY(only_attributes(c, k, none));
        else
            TRY(compile_test(c, k, &o->expr));
        if (!otherwise)
            TRY(repeated(c, k, *out, o->expr));
        *tail = o;
        tail = &o->otherwise;
        ended = otherwise;
        TRY(compile_children(c, k, parent, &o->first));
    }
    if (*out == NULL || (*out)->expr == NULL)
        return compile_fault(c, n, "choose", "<c:choose> needs a c:when");
    return ST_OK;
}

static status compile_for(struct compiler *c, const xmlNode *n,
                          enum node_kind parent, struct op **out)
{
    static const char *const allowed[] = {"each", "limit", NULL};
    struct op *o = *out = op_new(c, n, OP_FOR);
    const char *each, *limit = attribute(c, n, "limit");
    struct expr_type type;
    if (o == NULL)
        return arena_error(c->t->arena, c->e);
    TRY(only_attributes(c, n, allowed));
    TRY(needed(c, n, "each", &each));
    TRY(compile_expr(c, n, each, strlen(each), &o->expr, &type));
    if (!type.is_path || type.attribute != ATTR_NONE ||
        (type.node != NULL && !schema_is_list(type.node)))
        return compile_fault(c, n, each, "\"%s\" is no list", each);
    long long most = -1;
    if (limit != NULL && (!num_parse_int(limit, strlen(limit), &most) ||
                          most < 1 || most > 1000000))
        return compile_fault(c, n, limit, "limit is a number from 1");
    o->limit = (long)most;
    const struct schema_node *outer = c->context;
    c->context = type.node;
    TRY(compile_children(c, n, parent, &o->first));
    c->context = outer;
    return ST_OK;
}

status compile_include(struct compiler *c, const xmlNode *n,
                       enum node_kind parent, struct op ***tail)
{
    static const char *const allowed[] = {"file", NULL};
    static const char *const none[] = {NULL};
    const char *name;
    TRY(only_attributes(c, n, allowed));
    TRY(needed(c, n, "file", &name));
    const char *const folders[] = {c->t->name, "shared"};
    struct file *f = NULL, *outer = c->file;
    bool found;
    TRY(source_find(c, folders, 2, name, &f, &found));
    if (!found)
        return compile_fault(c, n, name, "no fragment \"%s\" in %s/ or shared/ "
                             "(a plain file name)", name, c->t->name);
    if (c->includes >= TEMPLATE_INCLUDES_MAX)
        return compile_fault(c, n, name, "fragments include each other more than "
                             "%d deep", TEMPLATE_INCLUDES_MAX);
    f->from = outer;
    c->file = f;
    c->includes++;
    xmlDocPtr doc;
    TRY(source_parse(c, f, &doc));
    const xmlNode *root = xmlDocGetRootElement(doc);
    struct op *first = NULL;
    status s = is_candor(root, "fragment")
                   ? only_attributes(c, root, none)
                   : compile_fault(c, root, (const char *)root->name,
                                   "a fragment's root is <c:fragment>");
    if (s == ST_OK)
        s = compile_children(c, root, parent, &first);
    xmlFreeDoc(doc);
    TRY(s);
    c->file = outer;
    c->includes--;
    **tail = first;
    while (**tail != NULL)
        *tail = &(**tail)->next;
    return ST_OK;
}

static status compile_contents(struct compiler *c, const xmlNode *n,
                               enum node_kind parent, struct op **out)
{
    static const char *const none[] = {NULL};
    TRY(only_attributes(c, n, none));
    if (!holds(parent, NODE_NAV))
        return compile_fault(c, n, "contents", "<c:contents> cannot stand inside "
                             "<%s>", doc_element(parent));
    struct op *o = *out = op_new(c, n, OP_NODE);
    if (o == NULL)
        return arena_error(c->t->arena, c->e);
    o->node = NODE_NAV;
    o->classes = "contents";
    return ST_OK;
}

static status inline_only(struct compiler *c, const xmlNode *n,
                          enum node_kind parent)
{
    if (holds_text(parent))
        return ST_OK;
    return compile_fault(c, n, (const char *)n->name,
                         "<c:%s> gives text, which cannot stand directly in <%s>",
                         (const char *)n->name, doc_element(parent));
}

static status compile_by_name(struct compiler *c, const xmlNode *n,
                              enum node_kind parent, struct op **out)
{
    const char *name = (const char *)n->name;
    if (strcmp(name, "if") == 0)
        return compile_if(c, n, parent, out);
    if (strcmp(name, "choose") == 0)
        return compile_choose(c, n, parent, out);
    if (strcmp(name, "for") == 0)
        return compile_for(c, n, parent, out);
    if (strcmp(name, "contents") == 0)
        return compile_contents(c, n, parent, out);
    if (strcmp(name, "chart") == 0) {
        if (!holds(parent, NODE_FIGURE))
            return compile_fault(c, n, "chart", "<c:chart> cannot stand inside "
                                 "<%s>", doc_element(parent));
        return compile_chart(c, n, out);
    }
    TRY(inline_only(c, n, parent));
    if (strcmp(name, "message") == 0)
        return compile_message(c, n, out);
    if (strcmp(name, "legal") == 0)
        return compile_legal(c, n, out);
    return compile_format(c, n, out);
}

status compile_candor(struct compiler *c, const xmlNode *n,
                      enum node_kind parent, struct op ***tail)
{
    static const char *const names[] = {"if", "choose", "for", "include",
                                        "message", "number", "date", "legal",
                                        "contents", "chart"};
    enum { COUNT = sizeof names / sizeof *names };
    const char *name = (const char *)n->name;
    size_t i = 0;
    while (i < COUNT && strcmp(names[i], name) != 0)
        i++;
    if (i == COUNT) {
        const char *near = text_nearest(name, names, COUNT);
        return compile_fault(c, n, name, "no element <c:%s> here%s%s%s", name,
                             near == NULL ? "" : " (did you mean <c:",
                             near == NULL ? "" : near, near == NULL ? "" : ">?)");
    }
    if (strcmp(name, "include") == 0)
        return compile_include(c, n, parent, tail);
    struct op *o = NULL;
    TRY(compile_by_name(c, n, parent, &o));
    **tail = o;
    *tail = &o->next;
    return ST_OK;
}
