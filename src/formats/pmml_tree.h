/* formats/pmml_tree.h: what the files of PMML's trees, ensembles and scorecards
 * share. A tree of the file is run symbolically: its own rules decide on what is
 * known of each variable so far, and where that does not suffice a binary node
 * is made and the rules go on knowing more. What comes out is a binary tree
 * that answers as the rules do, missing values and unknown words included.
 *
 * Variables are the model's inputs as they stand in the row (a forest of the
 * whole model) or registers of a program (a forest inside one). */
#ifndef CANDOR_FORMATS_PMML_TREE_H
#define CANDOR_FORMATS_PMML_TREE_H

#include "formats/pmml.h"

enum pmml_truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN,
                  TRUTH_OPEN /* what is known does not decide it */ };

struct pmml_variable {
    const struct pmml_data *data; /* an input; NULL: a register */
    reg r;
    bool single;            /* an input that is rounded to float32 first */
    bool words;             /* an input of category codes */
    size_t codes;           /* words: how many */
    const uint32_t *absent; /* words: codes that mean missing; [codes] bits */
    bool closed;            /* a word that is not listed has no answer */
    bool needed;            /* nor has a missing value */
    /* Found while planning: no answer then. */
    bool missing_refused, unseen_refused;
    bool used;
};

struct pmml_variables {
    struct pmml *p;
    bool inputs;            /* variable i is input i; else registers, as met */
    bool opaque;            /* registers: a compound predicate is one register */
    bool steps;             /* registers: nothing but test.truth is made */
    struct pmml_variable *of;
    size_t count, room;
};

enum pmml_test_kind { TEST_TRUE, TEST_FALSE, TEST_ATOM, TEST_AND, TEST_OR,
                      TEST_XOR, TEST_SURROGATE };

/* A predicate. An atom of numbers is true in (−∞, cut 0] if `first`, and turns
 * at each cut; one of words is true where `holds` has the code. */
struct pmml_test {
    enum pmml_test_kind kind;
    const struct pmml_test *const *part;
    size_t parts;
    size_t atoms;            /* in it: what asking it costs */
    size_t variable;
    const double *cut;
    size_t cuts;
    bool first;
    const uint32_t *holds;
    bool unseen;             /* its truth for words that are not listed */
    enum pmml_truth missing; /* its truth for a missing value */
    reg truth;               /* variables.steps: 1, 0 or missing */
};

MUST_USE status pmml_inputs_of(struct pmml *p, struct pmml_variables *v,
                               struct error *e);
/* *fits false: it needs steps before it can be a test of inputs. */
MUST_USE status pmml_test(struct pmml_variables *v, struct pmml_scope *s,
                          const struct xml_node *n,
                          const struct pmml_test **out, bool *fits,
                          struct error *e);
/* The predicate among an element's children; NULL with an error. */
MUST_USE status pmml_predicate_of(const struct pmml *p,
                                  const struct xml_node *n,
                                  const struct xml_node **out,
                                  struct error *e);

/* What is known of a variable on the way down: a present value lies in
 * (low, high] or is one of `code` or is unseen; it may also be missing. */
struct pmml_region {
    double low, high;
    bool present, unseen, missing;
    uint32_t *code;
};

/* Of an atom of numbers: the index of the piece that holds the values just above
 * x, and of the one that holds x. */
size_t pmml_piece_above(const struct pmml_test *t, double x);
size_t pmml_piece_of(const struct pmml_test *t, double x);
/* The truth of a test there; OPEN: *ask is the atom that is in doubt. */
enum pmml_truth pmml_test_truth(const struct pmml_test *t,
                                const struct pmml_region *known,
                                const struct pmml_variable *of,
                                const struct pmml_test **ask);

/* What a place where the rules end says. */
struct pmml_outcome {
    bool null;              /* no answer */
    bool counted;           /* cover is known */
    double cover;
    const double *value;    /* [values of the plan] */
    long winner;            /* classification: the score's class; -1: none */
};

enum pmml_strategy { MISSING_VALUE_NONE, MISSING_VALUE_LAST,
                     MISSING_VALUE_NULL, MISSING_VALUE_DEFAULT,
                     MISSING_VALUE_WEIGHTED, MISSING_VALUE_AGGREGATE };

struct pmml_rule {          /* a Node, or a characteristic and its attributes */
    const struct xml_node *at;
    const struct pmml_test *test;
    const struct pmml_rule *const *child;
    size_t children;
    long default_child;     /* -1: none */
    uint32_t outcome;       /* index into the rules' outcomes */
    const double *counts;   /* classification: records by class, or NULL */
    const double *confidence;
};

struct pmml_rules {
    struct pmml_variables *v;
    const struct pmml_rule *root; /* its own test is asked first */
    enum pmml_strategy strategy;
    bool last_when_none;    /* noTrueChildStrategy */
    size_t values;          /* classes, or 1 */
    struct pmml_outcome *outcome; /* outcome 0 is: no answer */
    size_t outcomes, outcome_room;
};

MUST_USE status pmml_rules_outcome(struct pmml_rules *r,
                                   const struct pmml_outcome *o, uint32_t *at,
                                   struct error *e);
/* A TreeModel's rules; values are probabilities of these classes, or with none
 * of them the score. *fits as above. */
MUST_USE status pmml_tree_rules(struct pmml_variables *v, struct pmml_scope *s,
                                const struct xml_node *model,
                                const char *const *classes, size_t count,
                                struct pmml_rules *out, bool *fits,
                                struct error *e);
/* The classes that a tree itself speaks of, in the order of the file. */
MUST_USE status pmml_tree_classes(struct pmml *p, const struct xml_node *model,
                                  const char *const **names, size_t *count,
                                  struct error *e);

struct pmml_split {
    int32_t left, right;    /* -1: an end */
    uint32_t variable;
    uint32_t outcome;
    double cut;
    const uint32_t *bits;   /* words: these go right */
    bool missing_left;
    bool has_cover;
    double cover;
};

struct pmml_plan {
    struct pmml_split *node; /* node 0 is the root */
    size_t count, room;
    bool null;               /* some end has no answer */
    bool dropped;            /* inputs: some rows without an answer are left
                                to the forest's refusal */
};

/* *fits false: it would grow too large, or (inputs) a present value without an
 * answer cannot be told by a forest. The plan is in the arena. */
MUST_USE status pmml_plan_make(struct pmml_rules *r, struct pmml_plan *out,
                               bool *fits, struct error *e);
/* One tree of a forest; value[outcome] is what each outcome adds. float_cuts:
 * the forest compares in float32, all inputs being single. */
MUST_USE status pmml_plan_emit(struct builder *b, const struct pmml_rules *r,
                               const struct pmml_plan *plan, size_t output,
                               double weight, const double *value,
                               bool float_cuts, struct error *e);
/* The same as a forest inside the program: value[outcomes][outs] → out[outs];
 * NaN where the outcome is null. */
MUST_USE status pmml_plan_registers(struct pmml *p, const struct pmml_rules *r,
                                    const struct pmml_plan *plan,
                                    const double *value, size_t outs, reg *out,
                                    struct error *e);
/* The same without a plan, by steps alone; outs as there. votes: the answer is 1
 * for the class with the most. */
MUST_USE status pmml_tree_steps(struct pmml *p, const struct pmml_rules *r,
                                const double *value, size_t outs, bool votes,
                                reg *out, struct error *e);
/* A TreeModel as registers: with classes their probabilities (votes: 1 for the
 * node's score), else the score. Tried as a binary tree with compound predicates
 * taken apart, then with each as one register, then as steps. */
MUST_USE status pmml_tree_registers(struct pmml *p, struct pmml_scope *s,
                                    const struct xml_node *model,
                                    const char *const *classes, size_t count,
                                    bool votes, reg *out, struct error *e);
/* A classification by shares of records or votes. */
MUST_USE status pmml_of_shares(struct pmml *p, const char *const *names,
                               size_t count, const reg *share,
                               struct pmml_result *out, struct error *e);

#endif
