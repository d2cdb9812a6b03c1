/* syntax/xml.h: a pull reader of XML 1.0 over libxml2's push parser, fed a
 * window at a time: no tree of libxml2's is made, places are exact.
 *
 * It reads the stream it is given and nothing else: a document type (and with
 * it every entity but the five of XML) is refused, no file and no network is
 * ever opened, nothing is printed. Namespaces are passed over: elements and
 * attributes are known by their local names; xmlns itself is no attribute.
 * Comments, processing instructions and blank text are left out. One reader a
 * thread; any number of them at once. */
#ifndef CANDOR_SYNTAX_XML_H
#define CANDOR_SYNTAX_XML_H

#include "base/stream.h"

#include <stdint.h>

enum xml_kind {
    XML_END,   /* after the root's end tag; given again if asked */
    XML_OPEN,  /* <name …>; <name/> gives OPEN and CLOSE */
    XML_CLOSE,
    XML_TEXT   /* character data, in pieces of any size, not only blanks */
};

struct xml_attribute {
    const char *name;  /* local name */
    const char *value; /* UTF-8, entities resolved */
};

/* Valid until the next call with the same reader. */
struct xml_event {
    enum xml_kind kind;
    const char *name; /* OPEN, CLOSE: local name */
    const char *space; /* OPEN, CLOSE: the namespace's address; NULL: none */
    const char *text; /* TEXT */
    size_t length;
    const struct xml_attribute *attribute; /* OPEN */
    size_t attributes;
    struct place place; /* where its tag ends, or its text */
};

/* 0 anywhere: the default said. Beyond one: LIMIT that names it. */
struct xml_limits {
    size_t depth;      /* 250 open elements */
    size_t attributes; /* 256 of one element */
    size_t name;       /* 1,000 bytes of a name */
    size_t text;       /* 10,000,000 bytes of a value or a piece of text */
    long long bytes;   /* 4 GB in all */
};

struct xml_reader;

MUST_USE status xml_open(struct stream in, const struct xml_limits *limits,
                         struct xml_reader **out, struct error *e);
void xml_free(struct xml_reader *x); /* NULL is fine */
/* SYNTAX with line and column; after an error every call gives it again. */
MUST_USE status xml_next(struct xml_reader *x, struct xml_event *out,
                         struct error *e);

/* The whole document as a tree, for formats whose parts name each other
 * backwards and forwards. Held in an arena: its cap is the tree's cap. */
struct xml_node {
    const char *name;
    const struct xml_attribute *attribute;
    uint32_t attributes;
    uint32_t line, column;
    const char *text; /* its own character data, blanks cut at both ends; "" */
    const struct xml_node *parent, *child, *next;
};

/* drop: elements of that name are left out with all they hold; NULL: none. */
struct arena;
MUST_USE status xml_tree(struct stream in, const struct xml_limits *limits,
                         const char *drop, struct arena *a,
                         const struct xml_node **root, struct error *e);
/* NULL: it has no such attribute. */
const char *xml_value(const struct xml_node *n, const char *attribute);
/* The first child of that name (NULL: any), the next sibling of that name. */
const struct xml_node *xml_child(const struct xml_node *n, const char *name);
const struct xml_node *xml_sibling(const struct xml_node *n, const char *name);
size_t xml_count(const struct xml_node *n, const char *name);
bool xml_is(const struct xml_node *n, const char *name);
/* A tree is never deeper than limits.depth: walking it by recursion is safe. */

#endif
