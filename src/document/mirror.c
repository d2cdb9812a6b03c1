/* The facts as an XML tree for libxml2, made when an expression first needs it. */
#include "document/expr.h"

#include <stdint.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <string.h>

enum { STEPS_MAX = 2000000 }; /* of one evaluation: no expression runs away */

struct pair {
    const struct fact *fact;
    xmlNodePtr node;
};

struct mirror {
    xmlDocPtr doc;
    xmlXPathContextPtr context;
    struct pair *pairs; /* open addressing by address; never walked in order */
    size_t room;
};

void mirror_free(struct mirror *m)
{
    if (m == NULL)
        return;
    xmlXPathFreeContext(m->context);
    xmlFreeDoc(m->doc);
    mem_free(m->pairs);
    mem_free(m);
}

static size_t slot_of(const struct mirror *m, const struct fact *f)
{
    size_t at = ((size_t)(uintptr_t)f >> 4) * 0x9e3779b97f4a7c15u;
    at = (at >> 20) & (m->room - 1);
    while (m->pairs[at].fact != NULL && m->pairs[at].fact != f)
        at = (at + 1) & (m->room - 1);
    return at;
}

static size_t count_facts(const struct fact *f)
{
    size_t n = 1;
    for (const struct fact *c = f->first; c != NULL; c = c->next)
        n += count_facts(c);
    return n;
}

static bool add_attributes(xmlNodePtr node, const struct fact *f,
                           struct arena *a)
{
    static const char *const words[] = {
        "",
#define X(name, word) word,
        FACT_ATTRIBUTES(X)
#undef X
    };
    for (int i = 1; i < ATTR_COUNT; i++) {
        const char *text =
            ref_text((struct fact_ref){f, (enum fact_attribute)i}, a);
        if (text != NULL &&
            xmlNewProp(node, (const xmlChar *)words[i], (const xmlChar *)text) == NULL)
            return false;
    }
    return true;
}

static bool add_node(struct mirror *m, xmlNodePtr parent, const struct fact *f,
                     struct arena *a)
{
    xmlNodePtr node = xmlNewDocNode(m->doc, NULL, (const xmlChar *)f->name, NULL);
    if (node == NULL)
        return false;
    if (parent == NULL)
        (void)xmlDocSetRootElement(m->doc, node);
    else if (xmlAddChild(parent, node) == NULL) {
        xmlFreeNode(node);
        return false;
    }
    union {
        const struct fact *fact;
        void *pointer;
    } link = {.fact = f};
    node->_private = link.pointer;
    m->pairs[slot_of(m, f)] = (struct pair){f, node};
    if (f->kind != FACT_GROUP) {
        if (!add_attributes(node, f, a))
            return false;
        xmlNodePtr text = xmlNewDocText(m->doc, (const xmlChar *)f->printed);
        if (text == NULL || xmlAddChild(node, text) == NULL)
            return false;
    }
    for (const struct fact *c = f->first; c != NULL; c = c->next)
        if (!add_node(m, node, c, a))
            return false;
    return true;
}

static void quiet(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

static struct mirror *mirror_new(const struct fact *root, struct arena *a)
{
    struct mirror *m = mem_array(1, sizeof *m);
    if (m == NULL)
        return NULL;
    size_t n = count_facts(root);
    for (m->room = 64; m->room < 2 * n;)
        m->room *= 2;
    m->pairs = mem_array(m->room, sizeof *m->pairs);
    m->doc = xmlNewDoc((const xmlChar *)"1.0");
    bool good = m->pairs != NULL && m->doc != NULL && add_node(m, NULL, root, a);
    m->context = good ? xmlXPathNewContext(m->doc) : NULL;
    if (m->context == NULL) {
        mirror_free(m);
        return NULL;
    }
    m->context->error = quiet;
    m->context->opLimit = STEPS_MAX;
    return m;
}

static enum fact_attribute attribute_named(const char *name)
{
    static const char *const words[] = {
        "",
#define X(name, word) word,
        FACT_ATTRIBUTES(X)
#undef X
    };
    for (int i = 1; i < ATTR_COUNT; i++)
        if (strcmp(words[i], name) == 0)
            return (enum fact_attribute)i;
    return ATTR_NONE;
}

/* Text nodes stand for their fact; the document itself for the root. */
static struct fact_ref ref_of(const struct scope *s, xmlNodePtr node)
{
    if (node->type == XML_ATTRIBUTE_NODE)
        return (struct fact_ref){node->parent->_private,
                                 attribute_named((const char *)node->name)};
    if (node->type == XML_TEXT_NODE)
        node = node->parent;
    if (node->type != XML_ELEMENT_NODE)
        return (struct fact_ref){s->root, ATTR_NONE};
    return (struct fact_ref){node->_private, ATTR_NONE};
}

static status take_nodes(const struct scope *s, xmlNodeSetPtr set,
                         struct value *out, struct error *e)
{
    *out = (struct value){.kind = VALUE_NODES};
    if (set == NULL || set->nodeNr <= 0)
        return ST_OK;
    xmlXPathNodeSetSort(set);
    size_t n = (size_t)set->nodeNr;
    struct fact_ref *refs = arena_new_array(s->scratch, struct fact_ref, n);
    if (refs == NULL)
        return arena_error(s->scratch, e);
    for (size_t i = 0; i < n; i++)
        refs[i] = ref_of(s, set->nodeTab[i]);
    out->nodes = refs;
    out->count = n;
    return ST_OK;
}

static status take(const struct scope *s, xmlXPathObjectPtr o,
                   struct value *out, struct error *e)
{
    switch (o->type) {
    case XPATH_NODESET:
        return take_nodes(s, o->nodesetval, out, e);
    case XPATH_BOOLEAN:
        *out = (struct value){.kind = VALUE_BOOLEAN, .truth = o->boolval != 0};
        return ST_OK;
    case XPATH_NUMBER:
        *out = (struct value){.kind = VALUE_NUMBER, .number = o->floatval};
        return ST_OK;
    case XPATH_STRING:
        *out = (struct value){.kind = VALUE_TEXT};
        out->text = arena_string(s->scratch, (const char *)o->stringval);
        return out->text == NULL ? arena_error(s->scratch, e) : ST_OK;
    default:
        return error_bug(e, "an XPath value of no known kind");
    }
}

status expr_value_mirror(const struct expr *x, const struct scope *s,
                         struct value *out, struct error *e)
{
    if (*s->mirror == NULL)
        *s->mirror = mirror_new(s->root, s->scratch);
    struct mirror *m = *s->mirror;
    if (m == NULL)
        return error_memory(e);
    m->context->opCount = 0;
    m->context->node = m->pairs[slot_of(m, s->current)].node;
    m->context->proximityPosition = (int)s->position;
    m->context->contextSize = (int)s->last;
    xmlXPathCompExprPtr compiled =
        xmlXPathCtxtCompile(m->context, (const xmlChar *)x->source);
    xmlXPathObjectPtr o =
        compiled == NULL ? NULL : xmlXPathCompiledEval(compiled, m->context);
    xmlXPathFreeCompExpr(compiled);
    if (o == NULL)
        return error_set(e, ST_DATA, "\"%s\" cannot be evaluated", x->source);
    status st = take(s, o, out, e);
    xmlXPathFreeObject(o);
    return st;
}
