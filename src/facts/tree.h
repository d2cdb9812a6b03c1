/* facts/tree.h: the facts of one document, or of one decision.
 *
 * A tree of named values. A group has children; a value has a kind, a number or
 * text, the printed form in the document's language, an origin, and where it is
 * an estimate its N and interval. The JSON twin is this tree; templates see it
 * as XML: the element's name is the fact's name, its text the printed form, and
 * its attributes are
 *     value  the raw value (shortest decimal, ISO date, true/false, text)
 *     low high   printed interval bounds;  n   printed count
 *     missing="1" for a value that was not provided (text: the language's word)
 *     mark="1" for a value that is printed but marked (small N, …)
 *     origin  C computed, D declared, A attested
 * A list is a group whose children share one name. One arena a tree. */
#ifndef CANDOR_FACTS_TREE_H
#define CANDOR_FACTS_TREE_H

#include "base/arena.h"

enum fact_kind {
    FACT_GROUP,
    FACT_TEXT,
    FACT_NUMBER,
    FACT_DATE,
    FACT_BOOLEAN,
    FACT_MISSING
};

enum fact_origin { ORIGIN_NONE, ORIGIN_COMPUTED, ORIGIN_DECLARED,
                   ORIGIN_ATTESTED };

struct schema_node;

struct fact {
    const char *name;
    enum fact_kind kind;
    enum fact_origin origin;
    double number;          /* NUMBER, BOOLEAN (0 or 1) */
    const char *text;       /* TEXT, DATE (ISO); else NULL */
    const char *printed;    /* what a page shows; never NULL for a value */
    const char *unit;       /* or NULL */
    bool has_interval, has_n, marked;
    double low, high, n;
    const char *printed_low, *printed_high, *printed_n;
    const char *method;     /* of the interval or the value; or NULL */
    const char *source;     /* where a declared value stands; or NULL */
    const char *by, *at;    /* attested: who, when (ISO) */
    const char *why;        /* missing, not applicable or marked: reason */
    int style, decimals;    /* NUMBER: how it was printed (facts/build.h); the
                               unit of money is its currency */
    const struct schema_node *node; /* what the schema says of it, or NULL */
    struct fact *parent, *first, *last, *next;
};

/* The XML/JSON path of a fact, "performance/split[2]/auc". */
void fact_path(const struct fact *f, struct buf *out);
/* Direct child by name, or NULL. */
struct fact *fact_child(const struct fact *f, const char *name);

#endif
