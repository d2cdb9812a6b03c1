/* formats/pmml.h: what the files of the PMML reader share.
 *
 * The document is a tree (syntax/xml.h). Everything is compiled, on first use,
 * to registers of one program (model/program.h): a field of the data
 * dictionary, a derived field, a predicate, a model. What is never used is
 * never compiled, and so never refused. Where the whole model is a sum of trees
 * over plain fields, pmml_forest makes a FOREST of it instead.
 *
 * Values: a number is itself, truth is 1 or 0, a word is its number in the
 * program's one list of words; NaN is missing. An invalid value for which the
 * file wants no result makes the model's outputs NaN (pmml.poison). */
#ifndef CANDOR_FORMATS_PMML_H
#define CANDOR_FORMATS_PMML_H

#include "base/arena.h"
#include "formats/formats.h"
#include "model/builder.h"
#include "model/program.h"
#include "syntax/xml.h"

enum {
    PMML_CALLS_MAX = 64,        /* functions within functions */
    PMML_EXPRESSIONS_MAX = 1 << 20, /* compiled in all */
    PMML_TREE_DEPTH = 250       /* open elements of a file */
};

enum pmml_kind { PMML_NUMBER, PMML_TRUTH, PMML_WORD };

/* What a word register can be, in the order of the file. */
struct pmml_words {
    const char *const *word;
    size_t count;
    bool open; /* any other word may come, too */
};

struct pmml_value {
    reg r;
    enum pmml_kind kind;
    bool single;            /* dataType float */
    bool whole;             /* an integer constant: goes with single, too */
    bool constant;          /* number, or text for a WORD, is what it is */
    double number;          /* NaN: the constant "missing" */
    const char *text;
    const struct pmml_words *words; /* WORD: NULL when anything may come */
};

enum pmml_invalid { INVALID_RETURN, INVALID_AS_IS, INVALID_AS_MISSING,
                    INVALID_AS_VALUE };

/* A field of the data dictionary. */
struct pmml_data {
    const char *name;
    const struct xml_node *node; /* DataField */
    enum pmml_kind kind;
    bool single;            /* dataType float: inputs are rounded to float32 */
    bool categorical;       /* its feature's values in a row are codes of
                               `listed`: words, truth, numbers with values */
    const char *refused;    /* a dataType nobody reads (dates), or NULL */
    struct pmml_words valid;   /* property valid; open: none are declared */
    struct pmml_words missing; /* property missing: they mean a missing value */
    struct pmml_words listed;  /* what feature `feature` calls its words: valid,
                                  missing, invalid and, when none are declared
                                  or others are let be, what the model itself
                                  speaks of */
    long feature;           /* place among the model's inputs; -1: none */
    struct pmml_words invalid; /* property invalid */
    bool as_is;             /* the top MiningSchema lets invalid values be */
    bool limited;           /* some value can be invalid: valid or invalid
                               words or intervals are declared */
};

struct pmml_scope;          /* names → values; see pmml_scope_new */

struct pmml {
    const char *source;
    const struct xml_node *root;
    struct arena *arena;
    struct builder *b;
    struct program_maker *k; /* inputs are declared: the fields with feature ≥ 0,
                                in the order of the data dictionary */
    struct pmml_data *data;
    size_t fields, features;
    bool rapid;              /* RapidMiner wrote it */
    struct names *index;     /* name → data */
    struct names *functions; /* DefineFunction by name */
    const struct xml_node **function;
    struct pmml_scope *global; /* data fields, TransformationDictionary */
    struct pmml_scope *top;    /* of the top model */
    struct pmml_scope *scopes; /* all of them, for their end */
    size_t expressions, calls; /* counted against the caps */
    reg *poison;             /* 0, or NaN where the whole result is to be NaN:
                                added to every output at the end */
    size_t poisons, poison_room;
    const struct xml_node *model; /* the top model element */
    struct pmml_memo *memo;  /* results of functions by their arguments */
};

/* SOURCE:LINE:COLUMN: <Element>: text. */
status pmml_fault(const struct pmml *p, const struct xml_node *n,
                  struct error *e, status class, const char *format, ...)
    PRINTF(5, 6);
/* "<Name> is not supported", by line. */
status pmml_refuse(const struct pmml *p, const struct xml_node *n,
                   struct error *e);
/* An attribute that must be there. */
MUST_USE status pmml_text(const struct pmml *p, const struct xml_node *n,
                          const char *attribute, const char **out,
                          struct error *e);
/* A number; absent: `otherwise`, or an error when that is NaN. Finite. */
MUST_USE status pmml_number(const struct pmml *p, const struct xml_node *n,
                            const char *attribute, double otherwise,
                            double *out, struct error *e);
/* One of a list of words ending in NULL; absent: `otherwise`. */
MUST_USE status pmml_choice(const struct pmml *p, const struct xml_node *n,
                            const char *attribute, const char *const *words,
                            int otherwise, int *out, struct error *e);
/* A row's cell of an InlineTable; a column may be named with a prefix. */
const struct xml_node *pmml_cell(const struct xml_node *row,
                                 const char *column);
/* The values of an <Array>, its quoting undone. In the arena. */
MUST_USE status pmml_array(const struct pmml *p, const struct xml_node *array,
                           const char *const **out, size_t *count,
                           struct error *e);

/* Reads the data dictionary; tells the builder and the maker the inputs. */
MUST_USE status pmml_dictionary(struct pmml *p, struct error *e);
/* Adds words to the fields that declare none, or let others be. */
MUST_USE status pmml_gather(struct pmml *p, const bool *marked,
                            struct error *e);

/* --- fields ------------------------------------------------------------- */

/* The fields a model sees: its MiningSchema over what `outer` knows (NULL:
 * p->global), then its LocalTransformations. Nothing is compiled yet. */
MUST_USE status pmml_scope_new(struct pmml *p, const struct xml_node *model,
                               struct pmml_scope *outer,
                               struct pmml_scope **out, struct error *e);
/* The data fields and the TransformationDictionary: p->global. */
MUST_USE status pmml_scope_global(struct pmml *p, struct error *e);
/* An empty scope that sees nothing outside: a function's parameters. */
MUST_USE status pmml_scope_bare(struct pmml *p, struct pmml_scope **out,
                                struct error *e);
void pmml_scopes_free(struct pmml *p);
/* A step's value NaN makes every output NaN. */
MUST_USE status pmml_poison(struct pmml *p, reg r, struct error *e);
/* The value of a DerivedField (or OutputField) n by its expression, as its own
 * dataType says. */
MUST_USE status pmml_derived(struct pmml *p, struct pmml_scope *s,
                             const struct xml_node *n,
                             const struct xml_node *body,
                             struct pmml_value *out, struct error *e);
/* A data field's value after its MiningField (NULL: as it stands). */
MUST_USE status pmml_input(struct pmml *p, const struct pmml_data *d,
                           const struct xml_node *mining,
                           struct pmml_value *out, struct error *e);
/* What a MiningField does to a value that came from an outer scope: outliers
 * and missing values; what is invalid was settled where the field came in. */
MUST_USE status pmml_treat(struct pmml *p, const struct xml_node *mining,
                           struct pmml_value *v, struct error *e);
MUST_USE status pmml_invalid(const struct pmml *p,
                             const struct xml_node *mining,
                             enum pmml_invalid *out, struct error *e);
/* The LinearNorm children, orig ascending, at least two. In the arena. */
MUST_USE status pmml_knots(struct pmml *p, const struct xml_node *n,
                           double **x, double **y, size_t *count,
                           struct error *e);
/* An <Interval>; its value is left alone. */
MUST_USE status pmml_interval(struct pmml *p, const struct xml_node *n,
                              struct program_interval *out, struct error *e);
/* The number of a word that is none of the file's; an unseen number. */
#define PMML_UNSEEN_WORD "\x01unseen"
#define PMML_UNSEEN_NUMBER 0x1p1000
/* Another value by name: an output field of an earlier segment. */
MUST_USE status pmml_scope_add(struct pmml *p, struct pmml_scope *s,
                               const char *name, const struct pmml_value *v,
                               struct error *e);
/* The value of a field, treated as the MiningSchema says; compiled on first
 * use. `at` is who asks, for errors: an unknown name is a FORMAT error. */
MUST_USE status pmml_field(struct pmml *p, struct pmml_scope *s,
                           const char *name, const struct xml_node *at,
                           struct pmml_value *out, struct error *e);
/* The data field behind a name when a value reaches the model as it stands in
 * the row, seen from a scope of the top model's or below: no outliers, no number
 * that can be invalid; a missing one may be replaced (pmml_filled); a word may be missing (one of
 * data->missing too, which the caller minds), and a word not listed is outside
 * every set. NULL where steps are needed between, or no such field. */
const struct pmml_data *pmml_plain(const struct pmml *p,
                                   const struct pmml_scope *s,
                                   const char *name);
/* Has a word that is not valid no answer (returnInvalid)? */
bool pmml_closed(const struct pmml *p, const struct pmml_scope *s,
                 const char *name);
/* The MiningField whose missingValueReplacement a missing value of a plain field
 * becomes: the outermost that has one. NULL: it stays missing. */
const struct xml_node *pmml_filled(const struct pmml_scope *s,
                                   const char *name);
/* Has a missing value no answer (missingValueTreatment returnInvalid)? */
bool pmml_needed(const struct pmml *p, const struct pmml_scope *s,
                 const char *name);
/* The number that a literal of the file is for a value of that kind: a word's
 * number, 1 or 0 for truth, else the parsed number; an error by line. */
MUST_USE status pmml_literal(struct pmml *p, enum pmml_kind kind,
                             const char *text, const struct xml_node *at,
                             double *out, struct error *e);
/* The code of a word among the feature's words; -1: not there. Numbers compare
 * by value. */
long pmml_code(const struct pmml_data *d, const char *word);

/* --- expressions -------------------------------------------------------- */

bool pmml_is_expression(const struct xml_node *n);
/* The same where a result of that dataType is wanted (NULL: none is). */
MUST_USE status pmml_express(struct pmml *p, struct pmml_scope *s,
                             const struct xml_node *n, const char *type,
                             struct pmml_value *out, struct error *e);
MUST_USE status pmml_map_values(struct pmml *p, struct pmml_scope *s,
                                const struct xml_node *n, const char *type,
                                struct pmml_value *out, struct error *e);
MUST_USE status pmml_discretize(struct pmml *p, struct pmml_scope *s,
                                const struct xml_node *n, const char *type,
                                struct pmml_value *out, struct error *e);
/* An <Apply>: built-in functions, the file's own, SAS's. */
MUST_USE status pmml_apply(struct pmml *p, struct pmml_scope *s,
                           const struct xml_node *n, struct pmml_value *out,
                           struct error *e);
/* A function of words, on all the words its argument can be: *is false: no such
 * function. */
MUST_USE status pmml_apply_words(struct pmml *p, const struct xml_node *n,
                                 const char *function,
                                 const struct pmml_value *in, size_t ins,
                                 bool *is, struct pmml_value *out,
                                 struct error *e);
/* DefineFunctions by name, and a call of one (*is false: none of that name). */
MUST_USE status pmml_functions(struct pmml *p, struct error *e);
MUST_USE status pmml_call(struct pmml *p, const struct xml_node *at,
                          const char *name, const struct pmml_value *in,
                          size_t ins, bool *is, struct pmml_value *out,
                          struct error *e);
MUST_USE status pmml_constant_value(struct pmml *p, const char *text,
                                    const char *type,
                                    const struct xml_node *at,
                                    struct pmml_value *out, struct error *e);
/* f of one register, with no parameters. */
MUST_USE status pmml_map(struct pmml *p, enum program_map f, reg in, reg *out,
                         struct error *e);
/* Fills a missing value: attribute mapMissingTo or the like, when given. */
MUST_USE status pmml_fill(struct pmml *p, const struct xml_node *n,
                          const char *attribute, struct pmml_value *v,
                          struct error *e);
void pmml_memo_free(struct pmml *p);
/* A result remembered under any bytes: false: none yet. */
bool pmml_recall(const struct pmml *p, const void *key, size_t length,
                 struct pmml_value *out);
MUST_USE status pmml_remember(struct pmml *p, const void *key, size_t length,
                              const struct pmml_value *v, struct error *e);
/* The value as one of another kind: truth as 1 and 0, words as the numbers they
 * spell (else missing), a constant anew; a number stays one where a word is
 * wanted, since its literals are compared as numbers. */
MUST_USE status pmml_as(struct pmml *p, enum pmml_kind kind,
                        const struct xml_node *at, struct pmml_value *v,
                        struct error *e);
/* What a dataType is kept as; false: none that is read (dates). */
bool pmml_kind_of(const char *type, enum pmml_kind *kind, bool *single);
/* Constant, FieldRef, NormContinuous, NormDiscrete, Discretize, MapValues,
 * Apply; whatever else is refused by name and line. */
MUST_USE status pmml_expression(struct pmml *p, struct pmml_scope *s,
                                const struct xml_node *n,
                                struct pmml_value *out, struct error *e);
bool pmml_is_predicate(const struct xml_node *n);
/* SimplePredicate, SimpleSetPredicate, CompoundPredicate (surrogate too), True,
 * False → 1, 0 or NaN (unknown). */
MUST_USE status pmml_predicate(struct pmml *p, struct pmml_scope *s,
                               const struct xml_node *n, reg *out,
                               struct error *e);
MUST_USE status pmml_constant(struct pmml *p, double x, reg *out,
                              struct error *e);

/* --- models ------------------------------------------------------------- */

/* What a model element says of a row. */
struct pmml_result {
    bool classification;
    size_t classes;        /* in the order of the target's values, else of the
                              file */
    const char *const *class_name;
    reg *probability;      /* [classes] */
    const reg *score;      /* [classes] whose softmax they are; NULL: unknown */
    /* A regression: value = link(margin). Of two classes: the probability of
     * class 1 = link(margin), a log-odds where the link is LOGISTIC. */
    reg margin;
    enum model_link link;
    double link_scale;
    struct pmml_value value; /* a regression's; of a classification the class of
                                the greatest probability, after pmml_winner */
    bool has_value;
    struct pmml_scope *scope; /* the model's own */
};

/* Any model element: the scope is made, the result is before Targets, then
 * Targets is applied. */
MUST_USE status pmml_model(struct pmml *p, const struct xml_node *model,
                           struct pmml_scope *outer, struct pmml_result *out,
                           struct error *e);
/* Fills out->value for a classification. */
MUST_USE status pmml_winner(struct pmml *p, struct pmml_result *r,
                            struct error *e);
/* A regression known by its margin: value = link(margin). */
MUST_USE status pmml_of_margin(struct pmml *p, reg margin,
                               enum model_link link, double scale,
                               struct pmml_result *out, struct error *e);
/* link(margin) as a step. What pmml_of_classes later finds to be a logistic
 * gives its margin back exactly. */
MUST_USE status pmml_link(struct pmml *p, enum model_link link, double scale,
                          reg margin, reg *out, struct error *e);
/* Logistics of n registers at once. */
MUST_USE status pmml_logistics(struct pmml *p, bool single, const reg *margin,
                               size_t n, reg *out, struct error *e);
/* softmax of scores, found again by pmml_of_classes. */
MUST_USE status pmml_softmax(struct pmml *p, bool single, const reg *score,
                             size_t n, reg *out, struct error *e);
/* Two classes, of which class 1 has the probability link(margin). */
MUST_USE status pmml_of_event(struct pmml *p, const char *const *names,
                              reg margin, enum model_link link, double scale,
                              struct pmml_result *out, struct error *e);
/* The link for the other class, where there is one (pmml_mirrored): 1 − link(x) =
 * other(−x). */
bool pmml_mirrored(enum model_link link);
enum model_link pmml_other_link(enum model_link link);
/* For K probabilities (K ≥ 2); names and registers are copied. Two classes:
 * the margin is found as exactly as the registers' making allows, from class 1
 * alone. */
MUST_USE status pmml_of_classes(struct pmml *p, const char *const *names,
                                size_t classes, const reg *probability,
                                const reg *score, struct pmml_result *out,
                                struct error *e);
/* Adds the model's Output fields to a scope (for the segments after it); r->scope
 * gets them, too. Those that candor does not read are left out. */
MUST_USE status pmml_output_fields(struct pmml *p, const struct xml_node *model,
                                   struct pmml_result *r,
                                   struct pmml_scope *into, struct error *e);
/* Of two classes (or their names' order): which one the model's single output
 * speaks of: the one whose probability alone the top model's Output asks for,
 * else the second. For pmml_forest, too; it tells the builder's parameters. */
MUST_USE status pmml_event(struct pmml *p, const char *const *names,
                           size_t *event, struct error *e);
size_t pmml_event_of(const struct pmml *p, const char *const *names);
/* Whether the top model's answer is an Output field computed from the result
 * (transformedValue): then it is no forest. */
bool pmml_transformed(const struct pmml *p);
/* The target's data field: the model's, else the top model's; NULL: none. */
const struct pmml_data *pmml_target_field(const struct pmml *p,
                                          const struct xml_node *model);
/* The target's classes in order: its DataField's valid values; 0 of them when
 * none are declared. */
MUST_USE status pmml_classes(const struct pmml *p, const struct xml_node *model,
                             const char *const **names, size_t *count,
                             struct error *e);

/* Targets of a regression: value = max(min(…)) × factor + constant, cast. */
struct pmml_target {
    double low, high;      /* ±infinity: none; applied first */
    double factor, constant;
    int cast;              /* 0 none, 1 round, 2 ceiling, 3 floor */
    bool trivial;
};
MUST_USE status pmml_target(const struct pmml *p, const struct xml_node *model,
                            struct pmml_target *out, struct error *e);

/* below[i] = P(class i or below), i < classes − 1 → out[classes]. */
MUST_USE status pmml_cumulated(struct pmml *p, const reg *below,
                               size_t classes, reg *out, struct error *e);

/* Is this RegressionModel nothing but a link: each table one number's line?
 * What boosted trees of two or more classes end with. For each class, in
 * pmml_classes' order: field NULL means a constant. */
enum pmml_normal { NORMAL_NONE, NORMAL_SIMPLEMAX, NORMAL_SOFTMAX, NORMAL_LOGIT,
                   NORMAL_PROBIT, NORMAL_CLOGLOG, NORMAL_EXP, NORMAL_LOGLOG,
                   NORMAL_CAUCHIT };
struct pmml_line {
    const char *class_name; /* NULL: regression */
    const char *field;
    double coefficient, intercept;
};
MUST_USE status pmml_regression_lines(struct pmml *p,
                                      const struct xml_node *model, bool *is,
                                      enum pmml_normal *normal,
                                      const struct pmml_line **line,
                                      size_t *lines, struct error *e);

bool pmml_is_model(const struct xml_node *n);
/* The top model's result → program, outputs, link, classes in p->b. */
MUST_USE status pmml_outputs(struct pmml *p, struct pmml_result *r,
                             struct error *e);

/* The rows of the file's ModelVerification, if it has any: FORMAT when the model
 * does not give what they say, to the precision they say. */
MUST_USE status pmml_verify(struct pmml *p, const struct model *m,
                            struct error *e);

/* The model elements; `s` is the model's own scope. */
MUST_USE status pmml_regression(struct pmml *p, const struct xml_node *model,
                                struct pmml_scope *s, struct pmml_result *out,
                                struct error *e);
MUST_USE status pmml_general(struct pmml *p, const struct xml_node *model,
                             struct pmml_scope *s, struct pmml_result *out,
                             struct error *e);
MUST_USE status pmml_network(struct pmml *p, const struct xml_node *model,
                             struct pmml_scope *s, struct pmml_result *out,
                             struct error *e);
/* pmml_tree.c, pmml_mining.c, pmml_scorecard.c */
MUST_USE status pmml_tree(struct pmml *p, const struct xml_node *model,
                          struct pmml_scope *s, struct pmml_result *out,
                          struct error *e);
MUST_USE status pmml_mining(struct pmml *p, const struct xml_node *model,
                            struct pmml_scope *s, struct pmml_result *out,
                            struct error *e);
MUST_USE status pmml_scorecard(struct pmml *p, const struct xml_node *model,
                               struct pmml_scope *s, struct pmml_result *out,
                               struct error *e);
/* pmml_mining.c: the top model as a FOREST in p->b (trees, base, link,
 * outputs, class names, scorecard), when it is one; *done false and the builder
 * untouched when it is not. Features are p->data's, already in the builder. */
MUST_USE status pmml_forest(struct pmml *p, bool *done, struct error *e);

#endif
