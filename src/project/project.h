/* project/project.h: candor.json, read, checked and typed. Every key has one row
 * in project/keys.def: that row makes the check, the default, `candor help
 * config` and docs/PROJECT-FILE.md. All paths here are resolved against the
 * project's folder. Strings are NULL when the key is absent; nothing is
 * invented. */
#ifndef CANDOR_PROJECT_PROJECT_H
#define CANDOR_PROJECT_PROJECT_H

#include "base/text.h"
#include "project/recourse.h"
#include "table/table.h"

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
    const char *id_column, *label_column, *date_column;
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
    /* numbers cut into bands at low <= x < high: "under 62", "62 and over" */
    const double *cuts;
    const char *const *band_name;
    size_t band_count;
    size_t cut_count;             /* bands = cuts + 1 */
    struct place place;
};

enum format_style { PRINT_NUMBER, PRINT_INTEGER, PRINT_MONEY, PRINT_PERCENT,
                    PRINT_MONTHS, PRINT_YEARS, PRINT_WORD, PRINT_YES_NO };

enum feature_source { SOURCE_NONE, SOURCE_APPLICANT, SOURCE_OWN_RECORDS,
                      SOURCE_BUREAU, SOURCE_THIRD_PARTY, SOURCE_DERIVED };

enum quantity_kind { QUANTITY_INPUT, QUANTITY_COLUMN, QUANTITY_CODE,
                     QUANTITY_MONTHS, QUANTITY_DERIVED };

enum direction { DIRECTION_ANY, DIRECTION_HIGHER_BETTER,
                 DIRECTION_LOWER_BETTER };

/* Pieces of a text that play for themselves. */
enum text_shown { TEXT_SHOWN_NONE, TEXT_SHOWN_WORDS,
                    TEXT_SHOWN_SENTENCES };

struct project_feature {
    const char *input;            /* the model's name */
    const char *column;           /* the tables' name */
    const char *name;             /* plain name, translated below */
    struct translated label;
    const char *unit;
    enum feature_source source;
    enum direction expected;
    bool prohibited;              /* a prohibited basis or a listed proxy */
    const char *basis;            /* which one: "age", "sex", …, "proxy" */
    const char *factor_key;       /* as declared here; see factor */
    long factor;                  /* index in factors, -1: none */
    enum feature_kind kind;       /* for models elsewhere: what is sent */
    double missing_as;            /* the same: NaN, or a missing value's number */
    bool has_missing_as;
    enum format_style style;
    int decimals;
    bool has_range;
    double low, high;
    const char *const *missing;   /* words that mean missing */
    size_t missing_count;
    const char *missing_rule;     /* declared text */
    enum text_shown text_players; /* of a text: shown for and against */
    const char *text_instead;     /* for a piece left out; NULL: nothing */
    /* shown words for category values */
    const char *const *word;
    const struct translated *word_label;
    size_t words;
    enum quantity_kind quantity;
    long formula;                 /* in recourse.derived, -1: none gives it */
    long lever;                   /* that moves it, -1: none */
    size_t at;                    /* in a row of quantities; set by project_bind */
    long model_feature;           /* set by project_bind; -1: the model has none */
    bool scored;                  /* some tree reads it; set by project_bind */
    struct place place;
};

struct factor {
    const char *key;
    struct translated name;       /* "Balances against card limits" */
    struct translated reason;     /* the text of a notice */
    const char *hmda_code;        /* 1…9 or NULL */
    bool inquiries;               /* FCRA: the fifth key factor */
    const char *const *covers;    /* declared inputs */
    size_t covers_count;
    const char *const *code;      /* reason codes of a scorecard */
    size_t codes;
    const size_t *feature;        /* features it covers, in the file's order */
    size_t features;
    struct place place;
};

struct rule {                     /* automatic denial (knock-out), comment 9(b)(2)-8 */
    const char *key;
    const char *column;           /* in the decisions table */
    const char *op;               /* "<" "<=" ">" ">=" "=" "!=" "in" "missing" */
    bool has_number;              /* else "=" and "!=" compare with word[0] */
    double number;
    const char *const *word;
    size_t words;
    struct translated reason;
    struct translated name;
    const char *hmda_code;
    struct place place;
};

struct bureau {                   /* a consumer reporting agency */
    const char *key, *name, *telephone, *address[4];
    bool nationwide;              /* then the telephone is toll-free */
    struct place place;
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
    const char *age;              /* years; read for E23 alone, never printed */
};

enum reasons_variant { REASONS_GIVEN, REASONS_RIGHT_TO };
enum score_disclosed { DISCLOSED_UNSAID, DISCLOSED_NONE, DISCLOSED_BUREAU,
                       DISCLOSED_OWN };

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
    const char *reasons_override; /* why more than four; printed in the twin */
    const char *method;           /* "A" (default) or "B" */
    double near_cutoff_width;     /* δ of "slightly above", on the scale */
    double agreement_level;       /* WARN below this A-vs-B top-4 overlap, 0…1 */
    double tolerance;             /* residual allowed, share of the largest |phi| */
    double own_score_low, own_score_high; /* OWN: the range that is printed */
    bool has_own_score_low, has_own_score_high;
    bool automated;               /* solely automated */
    const char *human_role;       /* what people did, in words */
    bool show_loan_terms;
    const char *business;         /* "consumer", "small", "large" (E19, E22) */
    bool strict;
    const char *templates;        /* a user's own folder, or NULL */
    bool age_attested;            /* empirically derived system, E23 */
    size_t small_n;               /* 30 */
};

/* Contributions of a model that no exact estimator takes (shapley/estimate.h). */
enum estimate_who { PLAYERS_FACTORS, PLAYERS_INPUTS };
enum estimate_until { UNTIL_BUDGET, UNTIL_ORDER };
enum estimate_uncertain { UNCERTAIN_MARK, UNCERTAIN_BLOCK };
struct project_estimate {
    size_t reference_rows;        /* of each population */
    enum estimate_who players;
    long evaluations;             /* coalitions; 0: 20 for each player */
    enum estimate_until until;
    double confidence;
    long extra_evaluations;       /* to make an order certain; -1: as many again */
    enum estimate_uncertain uncertain;
    long exact_rows;              /* rows of a listed model that exact
                                     contributions of a decision may cost */
    long seed;
    size_t card_rows;             /* 0: no contributions on the card */
    size_t text_words;            /* more: sentences */
    long text_evaluations;        /* versions of a text; 0: 20 for each piece */
};

/* What ranks the reasons: contributions, or the points that a scorecard's own
 * reason codes say were lost (model/scorecard.h). */
enum reasons_by { REASONS_BY_SHAPLEY, REASONS_BY_POINTS };

/* card: the declared and attested parts, path → statement. Every path of the
 * key table has an entry, in the card's order, so that the card can count
 * what was not provided: text NULL and items 0 stand for that. */
struct card_statement {
    const char *path;             /* "intended_use.users" */
    const char *title;            /* one line: what belongs there */
    struct statement s;
};
struct card_list {                /* findings, changes, limits, hyper-parameters … */
    const char *path, *title;
    const struct statement *item;
    size_t items;
    struct place place;
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
    const char *lead_key, *train_key, *paper; /* declared; resolved below */
    long main_evaluation;  /* the split that the card leads with; -1: none */
    long train_evaluation; /* -1: none */
    struct group_column *group;
    size_t groups;
    struct project_feature *feature;     /* in the file's order; then others */
    size_t features;
    size_t quantities;                   /* >= features: project/recourse.h */
    const long *of_model;                /* [model features] → feature, -1 */
    struct factor *factor;               /* declared order breaks ties */
    size_t factors;
    struct rule *rule;
    size_t rules;
    struct lever *lever;
    size_t levers;
    struct project_recourse recourse;
    struct project_estimate estimate;
    enum reasons_by reasons_by;
    struct bureau *bureau;
    size_t bureaus;
    struct decision_columns column;
    struct project_documents documents;
    const char *const *language;         /* BCP 47; [0] is the first; never none */
    size_t languages;
    struct card_statement *card;
    size_t cards;
    struct card_list *card_list;
    size_t card_lists;
    long errors_allowed;                 /* bad rows before exit 4; -1: any */
    bool bound;                          /* project_bind went well */
    struct places *places;               /* places of values; project room only */
};

/* ERROR: no command can use the project. BLOCK: score, explain and recourse
 * work, documents do not. MARK: documents show the gap. WARN: worth a look. */
enum fault_severity { FAULT_ERROR, FAULT_BLOCK, FAULT_MARK, FAULT_WARN };

struct fault {
    enum fault_severity severity;
    const char *gate;             /* id of the row in reasons/gates.def, or NULL */
    const char *citation;         /* or NULL */
    struct error error;
};
enum { FAULTS_MAX = 100 }; /* errors, and as many others */
struct fault_list {
    struct fault *fault;
    size_t count, room;
    size_t beyond;                /* faults met after the hundredth */
    bool lost;                    /* memory for one could not be had */
};
void fault_list_free(struct fault_list *f);
size_t fault_list_count(const struct fault_list *f, enum fault_severity s);

/* Reads and checks everything that needs no model; then project_bind checks
 * it against the model (every input mapped, factors complete, levers allowed).
 * Faults are appended to `faults`. Both fail when one is an ERROR: the first of
 * them is in e. `path`: the file, or the folder that holds candor.json. */
MUST_USE status project_read(const char *path, struct project **out,
                             struct fault_list *faults, struct error *e);
/* The same from memory; folder is where its paths start. */
MUST_USE status project_parse(const char *bytes, size_t length,
                              const char *name, const char *folder,
                              struct project **out, struct fault_list *faults,
                              struct error *e);
MUST_USE status project_bind(struct project *p, const struct model *m,
                             struct fault_list *faults, struct error *e);
void project_free(struct project *p); /* NULL is fine */

/* -1: not there. */
long project_find_feature(const struct project *p, const char *input);
/* What remote_open needs of a project whose model is elsewhere, or whose file
 * ONNX Runtime is to compute (`library`: its path, NULL: the project's). Inputs
 * are the features, in the file's order. Its texts live as long as the project. */
struct remote_spec;
MUST_USE status project_elsewhere_spec(const struct project *p,
                                       const char *library,
                                       struct remote_spec *out,
                                       struct error *e);
long project_find_factor(const struct project *p, const char *key);
/* text in a language, or NULL where it is missing: no other language steps in. */
const char *translated_text(const struct translated *t, size_t language);
/* NULL for a path that the key table does not have. */
const struct card_statement *project_card(const struct project *p,
                                          const char *path);
const struct card_list *project_card_list(const struct project *p,
                                          const char *path);

/* Table columns that rows of a table need for the model, and the way from a
 * block to model rows. The map's columns stand first in the table_spec; extra
 * ones follow. m and p must outlive it. Needs a bound project. */
struct input_map;
MUST_USE status input_map_new(const struct project *p, const struct model *m,
                              struct input_map **out, struct error *e);
size_t input_map_columns(const struct input_map *map,
                         const struct column_spec **columns);
/* row[model features] of block row i. An input without a feature is missing. A
 * text is its place in input_map_texts; equal texts have one place. */
void input_map_row(const struct input_map *map, const struct block *b,
                   size_t i, double *row);
/* All texts that rows made so far hold (model_rows.text): the list only grows,
 * and nothing in it moves. 0 and NULL where the model reads none. */
size_t input_map_texts(const struct input_map *map, const char *const **text);
/* Rows of quantities (project/recourse.h) need further columns: numbers that
 * the model does not read. They stand behind the map's own, or anywhere. */
size_t input_map_further(const struct input_map *map,
                         const struct column_spec **columns);
/* row[recourse.width] of block row i; the first further column stands at
 * `first` of the block. Its head is what input_map_row gives. */
void input_map_quantities(const struct input_map *map, const struct block *b,
                          size_t i, size_t first, double *row);
/* What no column holds: words of one-hot groups, from their indicators; missing
 * where not exactly one is 1 (or none, for the word that has none). Results of
 * formulas that are no inputs stay missing: recourse computes them. */
void input_map_complete(const struct input_map *map, double *row);
/* Rows while the table is read (table_branch): the map's columns, with
 * `quantities` the further ones (rows are then to be completed), and `extras`
 * that stay columns. Free the form's place with mem_free. */
MUST_USE status input_map_form(const struct input_map *map, bool quantities,
                               size_t extras, struct table_form *out,
                               struct error *e);
void input_map_free(struct input_map *map); /* NULL is fine */

/* margin ↔ the project's scale, for the project's output; needs a bound
 * project. Points are rounded to the scale's decimals, half away from zero.
 * NaN where the link has no such form: softmax needs all margins, see
 * project_score_of. project_margin gives the margin of an unrounded score. */
double project_score(const struct project *p, double margin);
double project_margin(const struct project *p, double score);
/* margin[outputs]: every link. */
double project_score_of(const struct project *p, const struct model *m,
                        const double *margin);
/* False without a cutoff: look at has_cutoff first. */
bool project_approves(const struct project *p, double score);

/* `candor init`: a first project as text, every gap named as a comment
 * "// GAP: …" and left absent. Files below out_path's folder are written
 * relative to it, others in full. The table is read for names and kinds. */
MUST_USE status project_init(const char *model_path, const struct model *m,
                             const char *table_location, const char *out_path,
                             struct buf *text, struct error *e);
/* The same for a model elsewhere, whose inputs are guessed from the table:
 * "command:PROGRAM ARGUMENT…", "http(s)://HOST/v2/models/NAME" (open inference),
 * another http(s) address (MLflow), or "scores:COLUMN". False: none of these. */
bool project_init_is_elsewhere(const char *what);
MUST_USE status project_init_elsewhere(const char *what,
                                       const char *table_location,
                                       const char *out_path, struct buf *text,
                                       struct error *e);
/* `candor help config [key]` and the page in docs, from the key table. An
 * unknown key gets the nearest one; false then. */
bool project_help(const char *key_or_null, struct buf *out, bool markdown);

#endif
