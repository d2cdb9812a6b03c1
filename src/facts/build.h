/* facts/build.h: making a tree of facts, one document's or one decision's.
 *
 * A facts_maker belongs to one thread and one arena. A failure sticks (no
 * memory, cap, a path that the schema does not know, a value of another kind
 * than the schema's, NaN given as a number): later calls do nothing and return a
 * harmless fact, facts_finish tells once. Printed forms are made here by the
 * language, so that page and twin show the same text. Names are the schema's
 * own, so the tree must not outlive it.
 *
 *     struct facts_maker m;
 *     facts_begin(&m, arena, language, schema);
 *     struct fact *split = facts_item(&m, m.root, "split");   // a list item
 *     struct fact *auc = facts_number(&m, split, "auc", 0.8123, AS_DECIMAL(3));
 *     facts_interval(&m, auc, 0.801, 0.823, "DeLong");
 *     facts_n(&m, auc, 11000);
 *     TRY(facts_finish(&m, e));
 */
#ifndef CANDOR_FACTS_BUILD_H
#define CANDOR_FACTS_BUILD_H

#include "base/buf.h"
#include "base/text.h"
#include "facts/schema.h"
#include "facts/tree.h"
#include "language/language.h"

enum number_style {
    STYLE_DECIMAL, /* fixed decimals; -1: shortest */
    STYLE_SIGNED,  /* with + and − */
    STYLE_PERCENT, /* 0.42 → 42% */
    STYLE_MONEY,   /* currency needed */
    STYLE_MONTHS,  /* 16 → 1 year 4 months */
    STYLE_YEARS,
    STYLE_ORDINAL
};

struct number_form {
    enum number_style style;
    int decimals;
    const char *currency; /* MONEY; copied */
    const char *unit;     /* kept beside the value, not printed; or NULL */
};

#define AS_DECIMAL(d) ((struct number_form){STYLE_DECIMAL, (d), NULL, NULL})
#define AS_SIGNED(d) ((struct number_form){STYLE_SIGNED, (d), NULL, NULL})
#define AS_PERCENT(d) ((struct number_form){STYLE_PERCENT, (d), NULL, NULL})
#define AS_MONEY(c) ((struct number_form){STYLE_MONEY, -1, (c), NULL})
#define AS_COUNT ((struct number_form){STYLE_DECIMAL, 0, NULL, NULL})
#define AS_MONTHS ((struct number_form){STYLE_MONTHS, 0, NULL, "months"})
#define AS_UNIT(d, u) ((struct number_form){STYLE_DECIMAL, (d), NULL, (u)})

struct facts_maker {
    struct arena *arena;
    const struct language *language;
    const struct schema *schema; /* NULL: nothing is checked */
    struct fact *root;           /* a group named "facts" */
    struct buf scratch;
    struct error failure;        /* class ST_OK while all is well */
    size_t count;
    struct fact spare;           /* what calls return after a failure */
};

void facts_begin(struct facts_maker *m, struct arena *a,
                 const struct language *l, const struct schema *s);
/* The first failure, or OK. Frees the scratch; the tree stays in the arena. */
MUST_USE status facts_finish(struct facts_maker *m, struct error *e);

/* The group of this name under parent, made when it is not there yet. */
struct fact *facts_group(struct facts_maker *m, struct fact *parent,
                         const char *name);
/* A new item of a list: a group, appended to its parent's children of that name. */
struct fact *facts_item(struct facts_maker *m, struct fact *parent,
                        const char *name);
/* Values. Texts are copied. A NULL or empty text makes a missing fact, NaN too
 * (why "not computable"). Origin: computed for numbers and booleans, declared for
 * text and dates, until facts_declared / facts_attested / facts_computed says. */
struct fact *facts_number(struct facts_maker *m, struct fact *parent,
                          const char *name, double x, struct number_form form);
struct fact *facts_text(struct facts_maker *m, struct fact *parent,
                        const char *name, const char *text);
/* A word of a closed list: `text` is the raw value templates test, `message` the
 * key whose text is printed. */
struct fact *facts_word(struct facts_maker *m, struct fact *parent,
                        const char *name, const char *text, const char *message);
/* A text whose printed form differs from the raw value. */
struct fact *facts_printed(struct facts_maker *m, struct fact *parent,
                           const char *name, const char *raw,
                           const char *printed);
struct fact *facts_date(struct facts_maker *m, struct fact *parent,
                        const char *name, struct date d);
struct fact *facts_boolean(struct facts_maker *m, struct fact *parent,
                           const char *name, bool yes);
/* Printed "not provided" in the language; `why` goes to the twin. */
struct fact *facts_missing(struct facts_maker *m, struct fact *parent,
                           const char *name, const char *why);
/* Printed "n/a"; kind MISSING too, but not counted as a gap. */
struct fact *facts_not_applicable(struct facts_maker *m, struct fact *parent,
                                  const char *name, const char *why);

/* What is known about a value. Bounds print as the value does. */
void facts_interval(struct facts_maker *m, struct fact *f, double low,
                    double high, const char *method);
void facts_n(struct facts_maker *m, struct fact *f, double n);
void facts_mark(struct facts_maker *m, struct fact *f, const char *why);
void facts_computed(struct facts_maker *m, struct fact *f, const char *method);
void facts_declared(struct facts_maker *m, struct fact *f, const char *source);
void facts_attested(struct facts_maker *m, struct fact *f, const char *by,
                    const char *at);

/* How many values of the tree are of each origin, and missing (not applicable
 * ones apart): page 2 of a card. */
struct facts_tally {
    size_t computed, declared, attested, missing, not_applicable;
};
struct facts_tally facts_count(const struct fact *root);

/* The JSON twin: groups are objects, lists arrays, values
 *   {"value":…,"printed":"…","unit":…,"kind":"C","n":…,"ci":[low,high],
 *    "method":…,"source":…,"by":…,"at":…,"marked":true,"missing_reason":…}
 * with keys left out where there is nothing; a missing value's "value" is null.
 * Numbers are numbers, in the shortest form that reads back. Members stand in
 * the order of the tree, one a line. The schema tells lists of one item from
 * groups; NULL: a name that stands once is no list. */
MUST_USE status facts_twin(const struct fact *root, const struct schema *schema,
                           struct buf *out, struct error *e);

#endif
