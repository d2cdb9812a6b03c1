/* facts/schema.h: every fact that a template may name, in one table.
 *
 * A row is a path below the root with [] after a list's name
 * ("performance/split[]/auc"), the kind, the unit and one line of description
 * (docs are generated from it). Groups are not written: every prefix of a path is
 * one. Rows stand in facts/schema_card.c and facts/schema_decision.c. */
#ifndef CANDOR_FACTS_SCHEMA_H
#define CANDOR_FACTS_SCHEMA_H

#include "facts/tree.h"

struct schema_row {
    const char *path;
    enum fact_kind kind;
    const char *unit; /* or NULL */
    const char *what;
};

struct schema;
struct schema_node; /* one name of one path: a group, a list's item or a value */

/* Of the two tables below; make one a run and share it: it never changes. */
MUST_USE status schema_builtin(struct schema **out, struct error *e);
/* BUG when two rows contradict each other. Rows are kept, not copied. */
MUST_USE status schema_new(const struct schema_row *rows, size_t count,
                           struct schema **out, struct error *e);
void schema_free(struct schema *s);

size_t schema_count(const struct schema *s);
const struct schema_row *schema_row_at(const struct schema *s, size_t i);

const struct schema_node *schema_root(const struct schema *s);
/* NULL: no child of that name. */
const struct schema_node *schema_child(const struct schema_node *n,
                                       const char *name, size_t length);
/* The same, looked for first at `last` and behind it: whoever gives facts in
 * the schema's order pays nothing. last: a child of n, or NULL. */
const struct schema_node *schema_child_near(const struct schema_node *n,
                                            const struct schema_node *last,
                                            const char *name);
const char *schema_name(const struct schema_node *n);
const struct schema_node *schema_parent(const struct schema_node *n);
bool schema_is_list(const struct schema_node *n);
/* GROUP for groups and items that have children. */
enum fact_kind schema_kind(const struct schema_node *n);
/* The child's name nearest to a misspelt one, or NULL. */
const char *schema_nearest(const struct schema_node *n, const char *name);

/* The rows of the two tables. */
extern const struct schema_row schema_card_rows[];
extern const size_t schema_card_count;
extern const struct schema_row schema_decision_rows[];
extern const size_t schema_decision_count;

#endif
