/* A whole XML document as a tree in an arena. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"
#include "syntax/xml.h"

#include <string.h>

enum { NAMES_KEPT = 4096 };

struct open_node {
    struct xml_node *node;
    struct xml_node *last; /* its newest child */
    size_t text;           /* where its text began */
};

struct planter {
    struct xml_reader *x;
    struct arena *arena;
    const char *drop;
    size_t dropping;       /* open elements that are left out */
    struct open_node *open;
    size_t depth, room;
    struct buf text;       /* of all open elements, inner ones last */
    struct names *names;   /* names are few: each is kept once */
    const char **name;
    size_t name_room;
    struct xml_node *root;
};

/* A hostile file may have any number of names: those beyond some are copied. */
static const char *name_of(struct planter *p, const char *name,
                           struct error *e)
{
    size_t length = strlen(name);
    long at = names_find(p->names, name, length);
    if (at >= 0)
        return p->name[at];
    char *copy = arena_copy(p->arena, name, length);
    if (copy == NULL || names_count(p->names) >= NAMES_KEPT)
        return copy;
    if (MEM_ROOM(p->name, p->name_room, names_count(p->names) + 1, e) != ST_OK)
        return NULL;
    at = names_add(p->names, name, length);
    if (at < 0)
        return NULL;
    p->name[at] = copy;
    return copy;
}

static status take_attributes(struct planter *p, const struct xml_event *v,
                              struct xml_node *n, struct error *e)
{
    if (v->attributes == 0)
        return ST_OK;
    struct xml_attribute *a =
        arena_new_array(p->arena, struct xml_attribute, v->attributes);
    if (a == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < v->attributes; i++) {
        a[i].name = name_of(p, v->attribute[i].name, e);
        a[i].value = arena_string(p->arena, v->attribute[i].value);
        if (a[i].name == NULL || a[i].value == NULL)
            return arena_error(p->arena, e);
    }
    n->attribute = a;
    n->attributes = (uint32_t)v->attributes;
    return ST_OK;
}

static status open_one(struct planter *p, const struct xml_event *v,
                       struct error *e)
{
    if (p->dropping > 0 || (p->drop != NULL && text_equal(v->name, p->drop))) {
        p->dropping++;
        return ST_OK;
    }
    struct xml_node *n = arena_new_one(p->arena, struct xml_node);
    if (n == NULL)
        return arena_error(p->arena, e);
    n->name = name_of(p, v->name, e);
    if (n->name == NULL)
        return arena_error(p->arena, e);
    n->line = (uint32_t)v->place.line;
    n->column = (uint32_t)v->place.column;
    n->text = "";
    TRY(take_attributes(p, v, n, e));
    TRY(MEM_ROOM(p->open, p->room, p->depth + 1, e));
    if (p->depth > 0) {
        struct open_node *above = &p->open[p->depth - 1];
        n->parent = above->node;
        if (above->last == NULL)
            above->node->child = n;
        else
            above->last->next = n;
        above->last = n;
    } else {
        p->root = n;
    }
    p->open[p->depth++] = (struct open_node){n, NULL, p->text.length};
    return ST_OK;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static status close_one(struct planter *p, struct error *e)
{
    if (p->dropping > 0) {
        p->dropping--;
        return ST_OK;
    }
    struct open_node *o = &p->open[--p->depth];
    size_t from = o->text, to = p->text.length;
    while (from < to && blank(p->text.data[from]))
        from++;
    while (to > from && blank(p->text.data[to - 1]))
        to--;
    if (to > from) {
        o->node->text = arena_copy(p->arena, p->text.data + from, to - from);
        if (o->node->text == NULL)
            return arena_error(p->arena, e);
    }
    p->text.length = o->text;
    return ST_OK;
}

static status plant(struct planter *p, struct error *e)
{
    for (;;) {
        struct xml_event v;
        TRY(xml_next(p->x, &v, e));
        switch (v.kind) {
        case XML_END:
            return ST_OK;
        case XML_OPEN:
            TRY(open_one(p, &v, e));
            break;
        case XML_CLOSE:
            TRY(close_one(p, e));
            break;
        case XML_TEXT:
            if (p->dropping == 0)
                buf_put(&p->text, v.text, v.length);
            TRY(buf_status(&p->text, e));
            break;
        }
    }
}

status xml_tree(struct stream in, const struct xml_limits *limits,
                const char *drop, struct arena *a,
                const struct xml_node **root, struct error *e)
{
    struct planter p = {.arena = a, .drop = drop,
                        .text = BUF_INIT((size_t)64 << 20),
                        .names = names_new()};
    status s = p.names == NULL ? error_memory(e)
                               : xml_open(in, limits, &p.x, e);
    if (s == ST_OK)
        s = plant(&p, e);
    xml_free(p.x);
    names_free(p.names);
    mem_free(p.name);
    mem_free(p.open);
    buf_free(&p.text);
    if (s == ST_OK && p.root == NULL)
        s = error_set(e, ST_FORMAT, "the root element is the one left out");
    *root = s == ST_OK ? p.root : NULL;
    return s;
}

const char *xml_value(const struct xml_node *n, const char *attribute)
{
    for (uint32_t i = 0; i < n->attributes; i++)
        if (strcmp(n->attribute[i].name, attribute) == 0)
            return n->attribute[i].value;
    return NULL;
}

static const struct xml_node *seek(const struct xml_node *n, const char *name)
{
    while (n != NULL && name != NULL && strcmp(n->name, name) != 0)
        n = n->next;
    return n;
}

const struct xml_node *xml_child(const struct xml_node *n, const char *name)
{
    return seek(n->child, name);
}

const struct xml_node *xml_sibling(const struct xml_node *n, const char *name)
{
    return seek(n->next, name);
}

size_t xml_count(const struct xml_node *n, const char *name)
{
    size_t count = 0;
    for (n = seek(n->child, name); n != NULL; n = seek(n->next, name))
        count++;
    return count;
}

bool xml_is(const struct xml_node *n, const char *name)
{
    return strcmp(n->name, name) == 0;
}
