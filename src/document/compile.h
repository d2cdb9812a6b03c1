/* document/compile.h: what the compiler's files share. */
#ifndef CANDOR_DOCUMENT_COMPILE_H
#define CANDOR_DOCUMENT_COMPILE_H

#include "document/program.h"

#include <libxml/tree.h>

#define HTML_SPACE "http://www.w3.org/1999/xhtml"
#define TEMPLATE_SPACE "urn:candor:template"

struct file {
    const char *source; /* for messages */
    const char *bytes;
    size_t length;
    struct file *from;  /* who includes it */
};

struct compiler {
    struct template *t;
    const struct template_world *world;
    struct file *file;
    const struct schema_node *context; /* of the current fact; NULL: unknown */
    int depth, includes;
    struct error *e;
};

/* ST_FORMAT at a node, with the line that holds `needle` (or the node's line
 * when NULL or not found). Returns its class. */
status compile_fault(struct compiler *c, const xmlNode *n, const char *needle,
                     const char *format, ...) PRINTF(4, 5);
/* Adds place and excerpt to an error made elsewhere. */
status compile_place(struct compiler *c, const xmlNode *n, const char *needle,
                     size_t skip, status s);

bool is_html(const xmlNode *n);
bool is_candor(const xmlNode *n, const char *name);
/* The attribute without namespace, in the arena; NULL: not there. */
const char *attribute(struct compiler *c, const xmlNode *n, const char *name);
/* Refuses attributes that are not in the NULL-ended list; names that end in '.'
 * or begin with '*' stand for every name with that start or end. */
status only_attributes(struct compiler *c, const xmlNode *n,
                       const char *const *names);
struct op *op_new(struct compiler *c, const xmlNode *n, enum op_kind kind);

/* Expressions and texts. */
status compile_expr(struct compiler *c, const xmlNode *n, const char *text,
                    size_t length, const struct expr **out,
                    struct expr_type *type);
/* words: letters outside {{ }} are refused. */
status compile_pieces(struct compiler *c, const xmlNode *n, const char *text,
                      bool words, struct piece **out);
status compile_text(struct compiler *c, const xmlNode *n, struct op ***tail);

/* The children of n, inside an element of `parent`. */
status compile_children(struct compiler *c, const xmlNode *n,
                        enum node_kind parent, struct op **first);
status compile_candor(struct compiler *c, const xmlNode *n,
                      enum node_kind parent, struct op ***tail);
status compile_include(struct compiler *c, const xmlNode *n,
                       enum node_kind parent, struct op ***tail);
status compile_message(struct compiler *c, const xmlNode *n, struct op **out);
/* A message without select, by key; extra: names of arguments the runner adds. */
status compile_key(struct compiler *c, const xmlNode *n, const char *key,
                   bool ready, struct message_use **out);
status compile_args(struct compiler *c, const xmlNode *n,
                    struct arg_use **first, size_t *count);
status compile_legal(struct compiler *c, const xmlNode *n, struct op **out);
status compile_format(struct compiler *c, const xmlNode *n, struct op **out);
status compile_chart(struct compiler *c, const xmlNode *n, struct op **out);

/* Which classes an element may have, and whether it holds another. */
bool class_allowed(enum node_kind k, const char *word, size_t length);
bool holds(enum node_kind parent, enum node_kind child);
bool holds_text(enum node_kind k);

/* Reads a file of the template's folders into the arena, parses it. */
status source_find(struct compiler *c, const char *const *subfolders,
                   size_t subfolder_count, const char *name,
                   struct file **out, bool *found);
status source_parse(struct compiler *c, const struct file *f, xmlDocPtr *out);

#endif
