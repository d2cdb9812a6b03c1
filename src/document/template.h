/* document/template.h: XHTML templates; docs/TEMPLATES.md defines the language.
 *
 * Loading reads, checks and compiles; the program is then immutable and shared
 * by all threads. Running fills a struct document in the caller's arena. */
#ifndef CANDOR_DOCUMENT_TEMPLATE_H
#define CANDOR_DOCUMENT_TEMPLATE_H

#include "document/pack.h"
#include "document/tree.h"
#include "facts/schema.h"
#include "facts/tree.h"
#include "language/language.h"

enum {
    TEMPLATE_BYTES_MAX = 1024 * 1024, /* of one file */
    TEMPLATE_DEPTH_MAX = 64,          /* of elements */
    TEMPLATE_INCLUDES_MAX = 8,        /* nested */
    TEMPLATE_NODES_MAX = 200000,      /* of one program */
    DOCUMENT_NODES_MAX = 1000000,     /* of one document */
    ALT_MAX = 250                     /* letters of an alternative text */
};

struct template;

/* What a template is checked against. */
struct template_world {
    const char *const *folders; /* searched in order: a user's own first */
    size_t folder_count;
    const struct schema *schema;
    const struct language *const *languages; /* each must have every message */
    size_t language_count;
    const struct pack *const *packs;
    size_t pack_count;
};

/* Loads FOLDER/NAME/NAME.xhtml. Errors name file, line and excerpt. */
MUST_USE status template_load(const struct template_world *w, const char *name,
                              struct template **out, struct error *e);
/* The same from memory; `source` names it. Includes are searched as above. */
MUST_USE status template_compile(const struct template_world *w,
                                 const char *name, const char *bytes,
                                 size_t length, const char *source,
                                 struct template **out, struct error *e);
void template_free(struct template *t);
const char *template_name(const struct template *t);

struct template_inputs {
    const struct fact *facts;      /* the root, named "facts" */
    const struct language *language; /* one of the world's */
    text_width width;              /* needed by charts; NULL: a rough table */
    void *width_self;
    bool letter_size, large_print;
};
/* The document lives in the arena. Fails with DATA where the facts do not fit
 * the template (a word outside a c:message's list, an empty chart). */
MUST_USE status template_run(const struct template *t,
                             const struct template_inputs *in,
                             struct arena *arena, struct document **out,
                             struct error *e);

/* A catalogue from its bytes; `source` names it in errors. */
MUST_USE status language_read(const char *tag, const char *json, size_t length,
                              const char *source, struct language **out,
                              struct error *e);
/* Reads FOLDER/languages/TAG.json from the first folder that has it. */
MUST_USE status language_open(const char *const *folders, size_t folder_count,
                              const char *tag, struct language **out,
                              struct error *e);

#endif
