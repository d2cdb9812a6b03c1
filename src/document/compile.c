/* Template files to programs: elements, head, body. */
#include "document/compile.h"

#include <libxml/parser.h>
#include <string.h>

enum { ARENA_CAP = 64 * 1024 * 1024 };

static bool in_space(const xmlNode *n, const char *space)
{
    return n->ns != NULL && n->ns->href != NULL &&
           strcmp((const char *)n->ns->href, space) == 0;
}

bool is_html(const xmlNode *n)
{
    return n->type == XML_ELEMENT_NODE && in_space(n, HTML_SPACE);
}

bool is_candor(const xmlNode *n, const char *name)
{
    return n->type == XML_ELEMENT_NODE && in_space(n, TEMPLATE_SPACE) &&
           (name == NULL || strcmp((const char *)n->name, name) == 0);
}

static const char *attr_text(struct compiler *c, const xmlAttr *a)
{
    xmlChar *text = xmlNodeListGetString(a->doc, a->children, 1);
    const char *own = arena_string(c->t->arena,
                                   text == NULL ? "" : (const char *)text);
    xmlFree(text);
    return own;
}

const char *attribute(struct compiler *c, const xmlNode *n, const char *name)
{
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next)
        if (a->ns == NULL && strcmp((const char *)a->name, name) == 0)
            return attr_text(c, a);
    return NULL;
}

static bool name_fits(const char *pattern, const char *name)
{
    size_t n = strlen(pattern);
    if (pattern[0] == '*')
        return text_ends(name, pattern + 1);
    if (n > 0 && pattern[n - 1] == '.')
        return strncmp(pattern, name, n) == 0 && name[n] != '\0';
    return strcmp(pattern, name) == 0;
}

status only_attributes(struct compiler *c, const xmlNode *n,
                       const char *const *names)
{
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
        const char *name = (const char *)a->name;
        bool known = false;
        size_t count = 0;
        for (; names[count] != NULL; count++)
            known = known || (a->ns == NULL && name_fits(names[count], name));
        if (known)
            continue;
        const char *near = text_nearest(name, names, count);
        return compile_fault(c, n, name,
                             "<%s> has no attribute \"%s\"%s%s%s",
                             (const char *)n->name, name,
                             near == NULL ? "" : " (did you mean \"",
                             near == NULL ? "" : near,
                             near == NULL ? "" : "\"?)");
    }
    return ST_OK;
}

struct op *op_new(struct compiler *c, const xmlNode *n, enum op_kind kind)
{
    if (++c->t->op_count > TEMPLATE_NODES_MAX)
        return NULL;
    struct op *o = arena_new_one(c->t->arena, struct op);
    if (o == NULL)
        return NULL;
    o->kind = kind;
    o->source = c->file->source;
    o->line = xmlGetLineNo(n);
    o->limit = -1;
    o->columns_spanned = 1;
    return o;
}

static status check_classes(struct compiler *c, const xmlNode *n,
                            enum node_kind k, const char *classes)
{
    for (const char *p = classes; *p != '\0';) {
        size_t length = strcspn(p, " ");
        if (length > 0 && !class_allowed(k, p, length)) {
            char word[64];
            (void)snprintf(word, sizeof word, "%.*s", (int)(length < 60 ? length : 60), p);
            return compile_fault(c, n, word, "<%s> has no class \"%s\"",
                                 doc_element(k), word);
        }
        p += length + (p[length] == ' ');
    }
    return ST_OK;
}

static status check_href(struct compiler *c, const xmlNode *n,
                         const struct piece *p)
{
    static const char *const starts[] = {"#", "http://", "https://", "mailto:",
                                         "tel:"};
    if (p == NULL)
        return compile_fault(c, n, "<a", "<a> needs an href");
    if (p->literal == NULL)
        return ST_OK; /* a value: checked when it is known */
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (text_starts(p->literal, starts[i]))
            return ST_OK;
    return compile_fault(c, n, p->literal, "an href begins with #, http:, "
                         "https:, mailto: or tel:");
}

static status value_attribute(struct compiler *c, const xmlNode *n,
                              const char *name, bool words, struct piece **out)
{
    const char *text = attribute(c, n, name);
    *out = NULL;
    return text == NULL ? ST_OK : compile_pieces(c, n, text, words, out);
}

static status cell_attributes(struct compiler *c, const xmlNode *n,
                              struct op *o)
{
    const char *scope = attribute(c, n, "scope");
    const char *span = attribute(c, n, "colspan");
    if (o->node == NODE_TH) {
        if (scope == NULL)
            return compile_fault(c, n, "<th", "<th> needs scope=\"col\" or "
                                 "scope=\"row\"");
        if (strcmp(scope, "col") != 0 && strcmp(scope, "row") != 0)
            return compile_fault(c, n, scope, "scope is col or row");
        o->scope = strcmp(scope, "col") == 0 ? SCOPE_COLUMN : SCOPE_ROW;
    }
    if (span != NULL) {
        if (span[strspn(span, "0123456789")] != '\0' || strlen(span) > 2 ||
            *span == '\0' || *span == '0')
            return compile_fault(c, n, span, "colspan is 1 to 99");
        o->columns_spanned = *span - '0';
        if (span[1] != '\0')
            o->columns_spanned = o->columns_spanned * 10 + span[1] - '0';
    }
    return value_attribute(c, n, "bar", true, &o->bar);
}

static status node_attributes(struct compiler *c, const xmlNode *n,
                              struct op *o)
{
    static const char *const plain[] = {"class", "id", "lang", NULL};
    static const char *const link[] = {"class", "id", "lang", "href", NULL};
    static const char *const head[] = {"class", "id", "lang", "scope", "colspan", NULL};
    static const char *const cell[] = {"class", "id", "lang", "colspan", "bar", NULL};
    static const char *const figure[] = {"class", "id", "lang", "alt", NULL};
    TRY(only_attributes(c, n, o->node == NODE_A        ? link
                              : o->node == NODE_TH     ? head
                              : o->node == NODE_TD     ? cell
                              : o->node == NODE_FIGURE ? figure
                                                       : plain));
    o->classes = attribute(c, n, "class");
    o->lang = attribute(c, n, "lang");
    if (o->classes != NULL)
        TRY(check_classes(c, n, o->node, o->classes));
    TRY(value_attribute(c, n, "id", true, &o->id));
    TRY(value_attribute(c, n, "href", true, &o->href));
    TRY(value_attribute(c, n, "alt", false, &o->alt));
    if (o->node == NODE_A)
        TRY(check_href(c, n, o->href));
    if (o->node == NODE_FIGURE && o->alt == NULL)
        return compile_fault(c, n, "<figure", "<figure> needs alt; charts come "
                             "from <c:chart>");
    return cell_attributes(c, n, o);
}

static status compile_element(struct compiler *c, const xmlNode *n,
                              enum node_kind parent, struct op ***tail)
{
    const char *name = (const char *)n->name;
    int k = doc_kind_of(name);
    if (k < 0)
        return compile_fault(c, n, name, "no element <%s> in templates", name);
    if (!holds(parent, (enum node_kind)k))
        return compile_fault(c, n, name, "<%s> cannot stand inside <%s>", name,
                             doc_element(parent));
    struct op *o = op_new(c, n, OP_NODE);
    if (o == NULL)
        return arena_error(c->t->arena, c->e);
    o->node = (enum node_kind)k;
    TRY(node_attributes(c, n, o));
    **tail = o;
    *tail = &o->next;
    return compile_children(c, n, o->node, &o->first);
}

static status compile_one(struct compiler *c, const xmlNode *n,
                          enum node_kind parent, struct op ***tail)
{
    if (is_html(n))
        return compile_element(c, n, parent, tail);
    if (is_candor(n, NULL))
        return compile_candor(c, n, parent, tail);
    return compile_fault(c, n, (const char *)n->name,
                         "<%s> is in no namespace of templates (%s or %s)",
                         (const char *)n->name, HTML_SPACE, TEMPLATE_SPACE);
}

status compile_children(struct compiler *c, const xmlNode *n,
                        enum node_kind parent, struct op **first)
{
    struct op **tail = first;
    while (*tail != NULL)
        tail = &(*tail)->next;
    if (++c->depth > TEMPLATE_DEPTH_MAX)
        return compile_fault(c, n, NULL, "elements are nested more than %d deep",
                             TEMPLATE_DEPTH_MAX);
    for (const xmlNode *k = n->children; k != NULL; k = k->next) {
        switch (k->type) {
        case XML_ELEMENT_NODE:
            TRY(compile_one(c, k, parent, &tail));
            break;
        case XML_TEXT_NODE:
        case XML_CDATA_SECTION_NODE:
            if (holds_text(parent))
                TRY(compile_text(c, k, &tail));
            else if (!xmlIsBlankNode(k))
                return compile_fault(c, k, NULL, "text stands directly in <%s>; "
                                     "put it in a <p>", doc_element(parent));
            break;
        case XML_COMMENT_NODE:
            break;
        default:
            return compile_fault(c, n, NULL, "only elements, text and comments "
                                 "may stand in a template");
        }
    }
    c->depth--;
    return ST_OK;
}

/* --- head and the whole --------------------------------------------------- */

static const char *const meta_names[] = {"kind", "date", "author", "subject",
                                         "foot-left", NULL};

/* The content of a meta as inline ops: attribute or children. */
static status compile_meta(struct compiler *c, const xmlNode *n)
{
    static const char *const allowed[] = {"name", "content", NULL};
    TRY(only_attributes(c, n, allowed));
    const char *name = attribute(c, n, "name");
    int which = -1;
    for (int i = 0; name != NULL && meta_names[i] != NULL; i++)
        if (strcmp(meta_names[i], name) == 0)
            which = i;
    if (which < 0)
        return compile_fault(c, n, name, "meta names are kind, date, author, "
                             "subject and foot-left");
    struct op *o = op_new(c, n, OP_NODE);
    if (o == NULL)
        return arena_error(c->t->arena, c->e);
    o->node = NODE_P;
    if (c->t->meta[which] != NULL)
        return compile_fault(c, n, name, "meta \"%s\" stands twice", name);
    c->t->meta[which] = o;
    const char *content = attribute(c, n, "content");
    if (content == NULL)
        return compile_children(c, n, NODE_H1, &o->first);
    struct piece *p;
    TRY(compile_pieces(c, n, content, which == META_KIND, &p));
    struct op **tail = &o->first;
    for (; p != NULL; p = p->next) {
        struct op *x = op_new(c, n, p->expr != NULL ? OP_EXPR : OP_TEXT);
        if (x == NULL)
            return arena_error(c->t->arena, c->e);
        x->text = p->literal;
        x->expr = p->expr;
        *tail = x;
        tail = &x->next;
    }
    return ST_OK;
}

static status compile_head(struct compiler *c, const xmlNode *head)
{
    for (const xmlNode *n = head->children; n != NULL; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (is_html(n) && strcmp((const char *)n->name, "meta") == 0) {
            TRY(compile_meta(c, n));
        } else if (is_html(n) && strcmp((const char *)n->name, "title") == 0) {
            struct op *o = op_new(c, n, OP_NODE);
            if (o == NULL)
                return arena_error(c->t->arena, c->e);
            o->node = NODE_P;
            c->t->meta[META_TITLE] = o;
            TRY(compile_children(c, n, NODE_H1, &o->first));
        } else {
            return compile_fault(c, n, (const char *)n->name,
                                 "head holds title and meta only");
        }
    }
    if (c->t->meta[META_TITLE] == NULL || c->t->meta[META_KIND] == NULL ||
        c->t->meta[META_DATE] == NULL)
        return compile_fault(c, head, "<head", "head needs <title>, <meta "
                             "name=\"kind\"> and <meta name=\"date\">");
    return ST_OK;
}

static status compile_root(struct compiler *c, const xmlNode *root)
{
    static const char *const none[] = {NULL};
    const xmlNode *head = NULL, *body = NULL;
    if (!is_html(root) || strcmp((const char *)root->name, "html") != 0)
        return compile_fault(c, root, (const char *)root->name,
                             "the root is <html xmlns=\"%s\">", HTML_SPACE);
    for (const xmlNode *n = root->children; n != NULL; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (is_html(n) && strcmp((const char *)n->name, "head") == 0 &&
            head == NULL && body == NULL)
            head = n;
        else if (is_html(n) && strcmp((const char *)n->name, "body") == 0 &&
                 body == NULL)
            body = n;
        else
            return compile_fault(c, n, (const char *)n->name,
                                 "html holds one head, then one body");
    }
    if (head == NULL || body == NULL)
        return compile_fault(c, root, "<html", "html holds one head, then one body");
    TRY(only_attributes(c, body, none));
    TRY(compile_head(c, head));
    c->t->body = op_new(c, body, OP_NODE);
    if (c->t->body == NULL)
        return arena_error(c->t->arena, c->e);
    c->t->body->node = NODE_BODY;
    return compile_children(c, body, NODE_BODY, &c->t->body->first);
}

static struct template *template_blank(const struct template_world *w,
                                       const char *name)
{
    struct template *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->arena = arena_new(ARENA_CAP);
    if (t->arena != NULL) {
        t->name = arena_string(t->arena, name);
        t->languages = arena_new_array(t->arena, const struct language *,
                                       w->language_count + 1);
    }
    if (t->name == NULL || t->languages == NULL) {
        template_free(t);
        return NULL;
    }
    for (size_t i = 0; i < w->language_count; i++)
        t->languages[i] = w->languages[i];
    t->language_count = w->language_count;
    return t;
}

void template_free(struct template *t)
{
    if (t == NULL)
        return;
    arena_free(t->arena);
    mem_free(t);
}

const char *template_name(const struct template *t)
{
    return t->name;
}

static status compile_file(struct compiler *c)
{
    xmlDocPtr doc;
    if (c->file->length > TEMPLATE_BYTES_MAX)
        return error_set(c->e, ST_LIMIT, "%s: more than %d bytes",
                         c->file->source, TEMPLATE_BYTES_MAX);
    TRY(source_parse(c, c->file, &doc));
    status s = compile_root(c, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    if (s != ST_OK && s != ST_MEMORY && c->t->op_count > TEMPLATE_NODES_MAX)
        return error_set(c->e, ST_LIMIT, "%s: more than %d parts",
                         c->file->source, TEMPLATE_NODES_MAX);
    return s;
}

status template_compile(const struct template_world *w, const char *name,
                        const char *bytes, size_t length, const char *source,
                        struct template **out, struct error *e)
{
    xmlInitParser();
    struct template *t = template_blank(w, name);
    if (t == NULL)
        return error_memory(e);
    struct file f = {arena_string(t->arena, source),
                     arena_copy(t->arena, bytes, length), length, NULL};
    struct compiler c = {.t = t, .world = w, .file = &f, .e = e,
                         .context = schema_root(w->schema)};
    status s = f.source == NULL || f.bytes == NULL ? arena_error(t->arena, e)
                                                   : compile_file(&c);
    if (s != ST_OK) {
        template_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}

status template_load(const struct template_world *w, const char *name,
                     struct template **out, struct error *e)
{
    xmlInitParser();
    struct template *t = template_blank(w, name);
    if (t == NULL)
        return error_memory(e);
    struct compiler c = {.t = t, .world = w, .e = e,
                         .context = schema_root(w->schema)};
    char *file = arena_format(t->arena, "%s.xhtml", name);
    bool found = false;
    status s = file == NULL ? arena_error(t->arena, e)
                            : source_find(&c, &name, 1, file, &c.file, &found);
    if (s == ST_OK && !found)
        s = error_set(e, ST_ARGUMENT, "no template \"%s\": %s/%s.xhtml is in no "
                      "template folder", name, name, name);
    if (s == ST_OK)
        s = compile_file(&c);
    if (s != ST_OK) {
        template_free(t);
        return s;
    }
    *out = t;
    return ST_OK;
}
