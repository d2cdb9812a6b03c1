/* project/reading.h: what the files of this room share while a project is read.
 *
 * Every value that lands in the project leaves its place under
 * the address it landed at, so that a check made later still points at it. */
#ifndef CANDOR_PROJECT_READING_H
#define CANDOR_PROJECT_READING_H

#include "base/arena.h"
#include "project/keys.h"
#include "syntax/config.h"

enum {
    KEYS_MAX = 512,
    QUANTITIES_MORE = LEVERS_MAX + 2 * RECOURSE_LIST_MAX,
    LIST_MAX = 100000,        /* elements of one array */
    LANGUAGES_MAX = 16,
    PROJECT_ARENA_CAP = 256 * 1024 * 1024
};

struct source_text {
    const char *name, *bytes;
    size_t length;
};

struct landing {
    const void *at;
    struct place place;
};

struct places {
    struct source_text source[4];
    size_t sources;
    struct landing *landing;
    size_t landings, room;
};

/* Places of nodes that a CSV became. */
struct sheet_place {
    const cJSON *node;
    struct place place;
};
struct sheet {
    cJSON *root;
    struct sheet_place *place;
    size_t places, room, cursor;
};

struct reading {
    struct project *p;
    struct arena *arena;
    struct fault_list *faults;
    const struct config *config; /* of the file being read */
    struct sheet *sheet;         /* or of the CSV */
    const char *source;          /* its name, as long as the project lives */
    char path[400];
    bool no_memory;
};

/* --- faults.c --- */
void places_free(struct places *l);
void places_source(struct places *l, const char *name, const char *bytes,
                   size_t length);
/* False: no memory. */
bool places_land(struct places *l, const void *at, struct place place);
/* Where the value at this address was read; otherwise `or_else`. */
struct place place_of(const struct places *l, const void *at,
                          struct place or_else);
void fault_put(const struct places *l, struct fault_list *list,
               enum fault_severity severity, const char *gate,
               struct place place, const char *format, ...) PRINTF(6, 7);
/* Ends a pass: ST_OK, or the first ERROR, copied to e. */
MUST_USE status fault_list_end(const struct fault_list *list, struct error *e);

/* --- parse.c --- */
struct place node_place(const struct reading *r, const cJSON *node);
struct place node_key_place(const struct reading *r, const cJSON *node);
void node_fault(struct reading *r, const cJSON *node, const char *format, ...)
    PRINTF(3, 4);
void key_group_read(struct reading *r, enum key_group group, const cJSON *object,
                 void *base);
const char *node_kind(const cJSON *node);
/* " (did you mean …?)" or "". */
const char *nearest_of(const char *word, const char *const *known, size_t count,
                       char out[160]);

/* --- values.c --- */
void key_value(struct reading *r, const struct key *k, const cJSON *node,
                 void *base);
const char *value_keep(struct reading *r, const char *text);
void *value_array(struct reading *r, size_t count, size_t size);
void value_fault(struct reading *r, const struct key *k, const cJSON *node);
void apply_default(struct reading *r, const struct key *k, void *base);
const char *project_path(struct reading *r, const char *text, bool location);
bool project_language_tag(const char *text);
long project_language_find(const struct project *p, const char *tag);

/* --- values_levers.c --- */
void value_inputs(struct reading *r, const struct key *k, const cJSON *node,
                  struct lever *l);
void value_costs(struct reading *r, const struct key *k, const cJSON *node,
                 struct lever *l);

/* --- lists.c --- */
void key_list(struct reading *r, const struct key *k, const cJSON *node,
                void *base);
void key_sheet(struct reading *r, const struct key *k, const cJSON *node,
                 void *base);
void key_statement(struct reading *r, const struct key *k, const cJSON *node);
void cards_prepare(struct reading *r);

/* --- sheet.c --- */
/* CSV with columns named like the group's keys → an array of objects. Unknown
 * columns and unreadable records are faults. */
MUST_USE status sheet_read(struct reading *r, enum key_group group,
                           const struct source_text *source,
                           struct sheet *out, struct error *e);
void sheet_free(struct sheet *s);

/* --- quantities.c, levers.c, rules.c, limits.c --- */
/* What a check of recourse works on. */
struct checking {
    struct project *p;
    struct fault_list *faults;
};
void fault_recourse(const struct checking *c, const void *at,
                    struct place or_else, const char *format, ...)
    PRINTF(4, 5);
/* All quantities, those that the model does not read behind the features.
 * False: a fault that leaves the others without sense. */
bool quantities_list(const struct checking *c);
/* Index of a quantity by name; -1: told as a fault. `what` names it. */
long quantity_named(const struct checking *c, const char *what,
                    const char *name, const void *at, struct place place);
/* The prohibited basis or proxy that a quantity is, or NULL. */
const char *quantity_basis(const struct project *p, size_t quantity);
/* Words that a quantity can be; 0: it is a number. */
size_t quantity_words(const struct project *p, size_t quantity,
                      const char *const **words);
/* Range of values that people and plans can have, as declared; ±INFINITY. */
void quantity_range(const struct project *p, size_t quantity, double *low,
                    double *high);
/* Values of a lever's grid within low … high, at least one? */
double lever_step(const struct project *p, const struct lever *l);
bool lever_has_value(const struct project *p, const struct lever *l, double low,
                     double high);
/* "0.5 to 3", "at least 3", … */
const char *range_text(double low, double high, char out[120]);

/* One lever may move a quantity, no formula as well, and nobody's basis. */
void lever_claim(const struct checking *c, size_t lever, size_t quantity,
                 const void *at, struct place place);
void lever_indicators(const struct checking *c, size_t lever);
void lever_waiting(const struct checking *c, size_t lever);
void recourse_check_levers(const struct checking *c);
void recourse_check_costs(const struct checking *c, const struct lever *l);
void recourse_check_formulas(const struct checking *c);
void recourse_check_rules(const struct checking *c);
void recourse_check_limits(const struct checking *c);
void project_check_recourse(struct project *p, struct fault_list *faults);
void project_bind_recourse(struct project *p, const struct model *m,
                           struct fault_list *faults);
void recourse_free_scores(struct project *p);

/* --- check.c, lint.c --- */
void project_check(struct project *p, struct fault_list *faults);
int default_decimals(enum format_style style);
void project_check_texts(struct project *p, struct fault_list *faults);
void project_check_documents(struct project *p, struct fault_list *faults);
/* NULL: fine; else why the text is no specific reason. */
const char *reason_fault(const char *language, const char *text);
/* The prohibited basis or proxy that a plain name speaks of, or NULL. */
const char *basis_of_name(const char *name);

/* --- elsewhere.c --- */
void project_check_elsewhere(struct project *p, struct fault_list *faults);

/* --- init.c --- */
enum { INIT_ROWS = 10000 }; /* of a table, looked at */
struct table_look;
void init_string(struct buf *out, const char *text);
void init_pair(struct buf *out, const char *key, const char *text);
/* where: the lines of keys that say where the model is. */
MUST_USE status init_write(const struct model *m, const char *where,
                           bool elsewhere, const struct table_look *look,
                           const char *table_location, const char *out_path,
                           struct buf *text, struct error *e);

/* --- init_levers.c --- */
void init_levers(struct buf *out);

/* --- init_card.c: nothing is put for a model that is no scorecard --- */
/* The rest of the model's object, after its last pair. */
void init_card_model(struct buf *out, const struct model *m);
/* The factor of an input, after its last pair. */
void init_card_factor(struct buf *out, const struct model *m, size_t input);
/* The list of factors, as a pair of the project with its comma. */
void init_card_factors(struct buf *out, const struct model *m);
/* Any model: a comment on splits beyond the values low to high of a table. */
void init_card_outside(struct buf *out, const struct model *m, size_t input,
                       double low, double high);

/* --- scale.c --- */
/* m: the project's own model, or that of a further score (then its name is the
 * score's). */
void project_check_scale(struct project *p, struct project_model *m,
                         struct fault_list *faults);
void project_bind_scale(struct project *p, struct project_model *m,
                        const struct model *read, struct fault_list *faults);
double scale_margin(const struct project_model *m, double score);
/* The margin at which a score is at least (at most) this one as printed. */
double scale_limit(const struct project_model *m, double score, bool least);

/* --- bind.c --- */
/* model.output as a number; `text` NULL: the first. False: told. */
void project_bind_output(struct project *p, struct project_model *pm,
                         const struct model *m, struct fault_list *faults);

#endif
