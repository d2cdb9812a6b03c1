/* project/project.h: candor.json, read, checked and typed. Every key has one row
 * in project/keys.c: that row makes the check, the default, `candor help config`
 * and docs/PROJECT-FILE.md. All paths here are resolved against the project's
 * folder. Strings are NULL when the key is absent; nothing is invented. */
#ifndef CANDOR_PROJECT_PROJECT_H
#define CANDOR_PROJECT_PROJECT_H

#include "base/text.h"
#include "formats/formats.h"
#include "model/model.h"
#include "table/table.h"

/* A declared text with who says so: plain string in the file → DECLARED; an
 * object {"text", "by", "at"} → attested by a named person on a date. */
struct statement {
    const char *text;
    const char *by, *at; /* both set: attested */
    struct place place;
};

struct translated { /* text for each language; index in project->language */
    const char *const *text; /* [languages], NULL where missing */
};

enum scale_kind { SCALE_MARGIN, SCALE_PROBABILITY, SCALE_POINTS };
enum decides { DECIDES_AT_LEAST, DECIDES_AT_MOST }; /* approved when score … cutoff */

struct project_scale {
    enum scale_kind kind;
    /* points = offset + factor × (log-odds of good); from PDO, a reference
     * score and its odds (good : bad): factor = pdo / ln 2, offset = score -
     * factor ln odds. Rounded to `decimals` when printed and decided. */
    double pdo, at_score, at_odds;
    double factor, offset;
    int decimals;
};

struct project_model {
    const char *file;
    const char *format;
    enum trees_used trees;
    const char *id, *name, *version, *owner, *purpose;
    size_t output;             /* which output of a multi-class model */
    bool higher_is_better;     /* orientation of the model's margin for the person */
    double cutoff;             /* on `scale` */
    bool has_cutoff;
    double cutoff_margin;      /* the same on the margin */
    struct project_scale scale;
};


struct institution {
    const char *name, *telephone;
    const char *address[5];
    const char *creditor_class;   /* key of the agency table in the legal pack */
    const char *contact_name, *contact_telephone, *contact_hours;
    const char *contact_address[5];
};

struct project_table {
    const char *name;             /* as documents call it: "near cutoff" */
    const char *key;              /* as the file calls it */
    struct table_spec spec;       /* location, delimiter, missing words; no columns */
    const char *id_column, *label_column, *date_column, *weight_column;
    const char *label_event;      /* the word or number that is the event */
    const char *period_from, *period_to; /* ISO, declared */
    const char *description;
    size_t minimum_rows;          /* reference: fewer blocks */
    struct place place;
};

struct group_column {             /* a protected attribute in evaluation tables */
    const char *column, *name;    /* "race", "Race" */
    const char *reference;        /* value that ratios compare with; NULL: largest */
    const char *basis;            /* "self-reported", "BISG", … how obtained */
    const char *const *order;     /* values in printing order, or NULL */
    size_t order_count;
    /* numbers cut into bands: "under 62", "62 and over" */
    const double *cuts;
    const char *const *band_name;
    size_t cut_count;             /* bands = cuts + 1 */
};

enum format_style { STYLE_NUMBER, STYLE_INTEGER, STYLE_MONEY, STYLE_PERCENT,
                    STYLE_MONTHS, STYLE_YEARS, STYLE_WORD, STYLE_YES_NO };

enum feature_source { SOURCE_NONE, SOURCE_APPLICANT, SOURCE_OWN_RECORDS,
                      SOURCE_BUREAU, SOURCE_THIRD_PARTY, SOURCE_DERIVED };

enum direction { DIRECTION_ANY, DIRECTION_HIGHER_BETTER,
                 DIRECTION_LOWER_BETTER };

struct project_feature {
    const char *input;            /* the model's name */
    const char *column;           /* the tables' name */
    const char *name;             /* plain name, translated below */
    struct translated label;
    const char *unit;
    enum feature_source source;
    enum direction expected;
    bool prohibited;              /* a prohibited basis or a listed proxy */
    const char *basis;            /* which one: "age", "sex", … */
    long factor;                  /* index in factors, -1: none */
    enum format_style style;
    int decimals;
    bool has_range;
    double low, high;
    const char *const *missing;   /* words that mean missing */
    size_t missing_count;
    const char *missing_rule;     /* declared text */
    /* shown words for category values */
    const char *const *word;
    const char *const *word_label;
    size_t words;
    struct place place;
};

struct factor {
    const char *key;
    struct translated name;       /* "Balances against card limits" */
    struct translated reason;     /* the text of a notice */
    const char *hmda_code;        /* 1…9 or NULL */
    bool inquiries;               /* FCRA: the fifth key factor */
    const size_t *feature;        /* features it covers */
    size_t features;
    struct place place;
};

struct rule {                     /* automatic denial (knock-out), comment 9(b)(2)-8 */
    const char *key;
    const char *column;           /* in the decisions table */
    const char *op;               /* "<" "<=" ">" ">=" "=" "!=" "in" "missing" */
    double number;
    const char *const *word;
    size_t words;
    struct translated reason;
    struct translated name;
    const char *hmda_code;
    struct place place;
};

enum lever_direction { LEVER_BOTH, LEVER_UP, LEVER_DOWN };

struct lever {
    const char *key;
    size_t feature;
    enum lever_direction direction;
    bool has_low, has_high;
    double low, high, step;       /* step 0: no grid (refused for printing) */
    double cost;                  /* cost of one `scale` of change */
    double scale;                 /* > 0 */
    double fixed_cost;            /* for changing at all */
    bool integer, category;
    const char *const *word;      /* category: allowed words, in order */
    size_t words;
    bool loan_term;               /* printed only when the project allows it */
    struct place place;
};

struct order_rule {               /* value(a) <= value(b) in every plan */
    size_t feature_a, feature_b;
    struct place place;
};

struct bureau {                   /* a consumer reporting agency */
    const char *key, *name, *telephone, *address[4];
    bool nationwide;              /* then the telephone is toll-free */
};

/* Columns of the decisions table that documents need. Each is a column name or
 * NULL; values given for all rows at once stand in `defaults`. */
struct decision_columns {
    const char *id, *applicant_name, *applicant_address[4];
    const char *action;           /* denied, approved, counteroffer, incomplete, … */
    const char *application_date, *decision_date, *notice_date;
    const char *request;          /* what was asked for, in words */
    const char *amount, *term;
    const char *failed_component; /* score, rules, both, judgmental */
    const char *score;            /* the score that decided, to be checked */
    const char *counteroffer;     /* terms in words */
    const char *missing_items;    /* incomplete: items separated by | */
    const char *reply_by;         /* incomplete: date */
    const char *bureau;           /* keys separated by | */
    const char *bureau_score, *bureau_score_date, *bureau_score_low,
        *bureau_score_high, *bureau_score_provider, *bureau_factors;
    const char *third_party;      /* F8: yes/no */
    const char *reviewer;         /* a person who took part, role */
    const char *language;
};

enum reasons_variant { REASONS_GIVEN, REASONS_RIGHT_TO };
enum score_disclosed { DISCLOSED_NONE, DISCLOSED_BUREAU, DISCLOSED_OWN };

struct project_documents {
    bool notice, explanation, card;
    const char *date;             /* ISO: the date printed on documents */
    const char *pack[8];          /* jurisdiction packs by key: "us-ecoa-fcra" */
    size_t packs;
    bool letter_size, large_print;
    const char *currency;         /* ISO 4217 */
    enum reasons_variant variant; /* C-5 when RIGHT_TO */
    enum score_disclosed disclosed;
    size_t most_reasons;          /* 4 unless an override says why */
    const char *reasons_override;
    const char *method;           /* "A" (default) or "B" */
    double near_cutoff_width;     /* δ of "slightly above", on the scale */
    double agreement_level;       /* WARN below this A-vs-B top-4 overlap */
    bool automated;               /* solely automated */
    const char *human_role;       /* what people did, in words */
    bool show_loan_terms;
    size_t most_changes;          /* K, 3 */
    long node_budget;
    bool strict;
    const char *templates;        /* a user's own folder, or NULL */
    bool system_fonts;            /* HTML */
    bool age_attested;            /* empirically derived system, E23 */
    size_t small_n;               /* 30 */
};

/* card: the declared and attested parts, path → statement (keys.c lists them) */
struct card_statement {
    const char *path;             /* "intended_use.users" */
    struct statement s;
};
struct card_list {                /* findings, changes, limits, hyper-parameters … */
    const char *path;
    const struct statement *item;
    size_t items;
};

struct project {
    struct arena *arena;
    const char *file, *folder;
    char sha256[SHA256_HEX];
    struct institution institution;
    struct project_model model;
    struct project_table decisions;      /* .key NULL: none */
    struct project_table reference_a, reference_b;
    struct project_table *evaluation;    /* train, test, out of time, in order */
    size_t evaluations;
    long main_evaluation;                /* the split that the card leads with */
    long train_evaluation;
    struct group_column *group;
    size_t groups;
    struct project_feature *feature;     /* in the file's order */
    size_t features;
    const long *of_model;                /* [model features] → feature, -1 */
    struct factor *factor;               /* declared order breaks ties */
    size_t factors;
    struct rule *rule;
    size_t rules;
    struct lever *lever;
    size_t levers;
    struct order_rule *order;
    size_t orders;
    struct bureau *bureau;
    size_t bureaus;
    struct decision_columns column;
    struct project_documents documents;
    const char *const *language;         /* BCP 47; [0] is the first */
    size_t languages;
    struct card_statement *card;
    size_t cards;
    struct card_list *card_list;
    size_t card_lists;
    long errors_allowed;                 /* bad rows before exit 4; -1: any */
};

/* Reads and checks everything that needs no model; then project_bind checks
 * it against the model (every input mapped, factors complete, levers allowed).
 * All faults found are appended to `faults` (up to 100); the first is in e. */
struct fault_list;
MUST_USE status project_read(const char *path, struct project **out,
                             struct fault_list *faults, struct error *e);
MUST_USE status project_bind(struct project *p, const struct model *m,
                             struct fault_list *faults, struct error *e);
void project_free(struct project *p);

struct fault_list {
    struct error *fault;
    size_t count, room;
};
void fault_list_free(struct fault_list *f);

/* Table columns that rows of `t` need for the model, and the way from a block
 * to model rows. columns[] ends in the extra ones the caller adds. */
struct input_map;
MUST_USE status input_map_new(const struct project *p, const struct model *m,
                              struct input_map **out, struct error *e);
size_t input_map_columns(const struct input_map *map,
                         const struct column_spec **columns);
/* row[model features] of block row i. The map's columns stand first. */
void input_map_row(const struct input_map *map, const struct block *b,
                   size_t i, double *row);
void input_map_free(struct input_map *map);

/* margin ↔ the project's scale, for the project's output. */
double project_score(const struct project *p, double margin);
double project_margin(const struct project *p, double score);
bool project_approves(const struct project *p, double score);

/* `candor init`: a first project as text, every gap named. */
MUST_USE status project_init(const char *model_path, const struct model *m,
                             const char *table_location, const char *out_path,
                             struct buf *text, struct error *e);
/* `candor help config` and the page in docs, from the key table. */
void project_help(const char *key_or_null, struct buf *out, bool markdown);

#endif
