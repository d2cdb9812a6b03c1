/* document/expr.h: XPath 1.0 over facts. Parsed once to a tree; the tree is
 * checked against the schema, runs natively where it can, and otherwise as text
 * by libxml2 over a mirror of the facts. Both give the same answers. */
#ifndef CANDOR_DOCUMENT_EXPR_H
#define CANDOR_DOCUMENT_EXPR_H

#include "base/arena.h"
#include "base/buf.h"
#include "facts/schema.h"
#include "facts/tree.h"

enum { EXPR_BYTES_MAX = 4096, EXPR_DEPTH_MAX = 64, EXPR_ARGS_MAX = 16 };

enum expr_op {
    EX_OR, EX_AND, EX_EQ, EX_NE, EX_LT, EX_LE, EX_GT, EX_GE,
    EX_ADD, EX_SUB, EX_MUL, EX_DIV, EX_MOD, EX_NEG, EX_UNION,
    EX_PATH, EX_FILTER, EX_LITERAL, EX_NUMBER, EX_CALL
};

enum axis { AXIS_CHILD, AXIS_ATTRIBUTE, AXIS_SELF, AXIS_PARENT,
            AXIS_DESCENDANT, /* what // stands for */
            AXIS_OTHER };

/* X(NAME, attribute) — what a fact's element carries. */
#define FACT_ATTRIBUTES(X)                                                     \
    X(VALUE, "value")                                                          \
    X(LOW, "low")                                                              \
    X(HIGH, "high")                                                            \
    X(N, "n")                                                                  \
    X(MISSING, "missing")                                                      \
    X(MARK, "mark")                                                            \
    X(ORIGIN, "origin")                                                        \
    X(UNIT, "unit")

enum fact_attribute {
    ATTR_NONE, /* the element itself */
#define X(name, word) ATTR_##name,
    FACT_ATTRIBUTES(X)
#undef X
    ATTR_COUNT
};

struct expr;
struct step {
    enum axis axis;
    const char *name; /* NULL: any */
    size_t length;
    enum fact_attribute attribute; /* AXIS_ATTRIBUTE */
    struct expr *predicates;       /* by next */
    struct step *next;
};

struct expr {
    enum expr_op op;
    struct expr *left, *right; /* NEG: left; FILTER: left is the primary */
    struct expr *args, *next;  /* CALL */
    struct expr *predicates;   /* FILTER */
    struct step *steps;
    bool absolute;
    const char *text;          /* LITERAL, CALL's name */
    double number;
    bool native;  /* whole tree runs natively */
    bool plain;   /* PATH of names, . and .., perhaps an @ at the end */
    size_t at, length; /* bytes in the source, for messages */
    const char *source; /* the whole text, at the top only */
};

/* Parses; *at is the byte of a fault. libxml2 compiles it too, as a second
 * opinion. */
MUST_USE status expr_parse(struct arena *a, const char *text, size_t length,
                           struct expr **out, size_t *at, struct error *e);

/* Where an expression stands: a known place of the schema, or not known (after
 * * or //). */
struct expr_type {
    const struct schema_node *node; /* NULL: no path, or not known */
    enum fact_attribute attribute;
    bool is_path;
};
/* Refuses facts and attributes that are not there, unknown functions, and
 * comparisons of printed forms. context NULL: unknown. */
MUST_USE status expr_check(const struct expr *x, const struct schema *s,
                           const struct schema_node *context,
                           struct expr_type *type, size_t *at, struct error *e);
bool expr_is_constant(const struct expr *x);
/* Sets native and plain of the whole tree. */
void expr_mark_native(struct expr *x);

/* --- evaluation ---------------------------------------------------------- */

struct fact_ref {
    const struct fact *fact;
    enum fact_attribute attribute;
};
enum value_kind { VALUE_NODES, VALUE_TEXT, VALUE_NUMBER, VALUE_BOOLEAN };
struct value {
    enum value_kind kind;
    const struct fact_ref *nodes;
    size_t count;
    const char *text;
    double number;
    bool truth;
};

struct mirror;
struct scope {
    const struct fact *root, *current;
    size_t position, last;
    struct arena *scratch;  /* values live here */
    struct mirror **mirror; /* made on first need; mirror_free */
};

MUST_USE status expr_value(const struct expr *x, const struct scope *s,
                           struct value *out, struct error *e);
/* Only natively: BUG when the expression is not native. For tests. */
MUST_USE status expr_value_native(const struct expr *x, const struct scope *s,
                                  struct value *out, struct error *e);
/* Only by libxml2. For tests, and for what is not native. */
MUST_USE status expr_value_mirror(const struct expr *x, const struct scope *s,
                                  struct value *out, struct error *e);
void mirror_free(struct mirror *m);

/* First node of a plain path; NULL when there is none. */
bool expr_plain(const struct expr *x, const struct fact *root,
                const struct fact *current, struct fact_ref *out);

const char *value_text(const struct value *v, struct arena *a);
double value_number(const struct value *v, struct arena *a);
bool value_truth(const struct value *v);
/* NULL: the fact has no such attribute. */
const char *ref_text(struct fact_ref r, struct arena *a);

#endif
