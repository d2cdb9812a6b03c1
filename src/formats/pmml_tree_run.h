/* formats/pmml_tree_run.h: the rules of a tree on what is known so far. */
#ifndef CANDOR_FORMATS_PMML_TREE_RUN_H
#define CANDOR_FORMATS_PMML_TREE_RUN_H

#include "formats/pmml_tree.h"

enum pmml_stop_kind { STOP_OPEN, /* `ask` is in doubt at rule, child */
                      STOP_RULE, /* the rule is entered */
                      STOP_END };

struct pmml_stop {
    enum pmml_stop_kind kind;
    const struct pmml_rule *rule;
    size_t child;
    uint32_t outcome;
    const struct pmml_test *ask;
};

struct pmml_run {
    struct pmml_rules *rules;
    struct pmml_region *known; /* by variable */
    uint32_t *nothing;         /* no code, as long as the longest */
    double *sum;               /* [values] while ends are gathered */
    double total;
    unsigned long long asked;  /* predicates, so far */
};

MUST_USE status pmml_run_start(struct pmml_run *run, struct pmml_rules *r,
                               struct error *e);
/* From a rule that is entered, its children before `child` being out; a NULL
 * rule: before the root. One step. */
MUST_USE status pmml_run_on(struct pmml_run *run, const struct pmml_rule *rule,
                            size_t child, struct pmml_stop *out,
                            struct error *e);

#endif
