/* document/program.h: a compiled template. Shared by the compiler and the
 * runner; nobody else includes it. Everything lives in the template's arena and
 * never changes after loading. */
#ifndef CANDOR_DOCUMENT_PROGRAM_H
#define CANDOR_DOCUMENT_PROGRAM_H

#include "document/chart.h"
#include "document/expr.h"
#include "document/template.h"
#include "facts/build.h"

/* Text with values in it: an attribute, or the content of a meta element. */
struct piece {
    const char *literal; /* or NULL: */
    const struct expr *expr;
    struct piece *next;
};

struct arg_use {
    const char *name;
    struct piece *value;  /* attribute arg.NAME */
    struct op *content;   /* or child c:arg */
    struct arg_use *next;
};

struct message_use {
    const struct expr *select; /* NULL: one message */
    const char **words;        /* of select */
    size_t word_count;         /* 1 without select */
    long *index;               /* [word * language_count + language] */
    struct arg_use *args;
    size_t arg_count;
    const char *key;
};

struct format_use { /* c:number, c:date */
    const struct expr *value;
    struct number_form form;
    bool date;
};

struct legal_use {
    const char *text;
    struct arg_use *args;
    size_t arg_count;
};

/* X(NAME, attribute) — paths from one item of a chart's list. */
#define CHART_ROLES(X)                                                         \
    X(LABEL, "label") X(NOTE, "note") X(SERIES, "series") X(VALUE, "value")    \
    X(LOW, "low") X(HIGH, "high") X(X, "x") X(Y, "y") X(N, "n")                \
    X(BIN_X, "bin-x") X(BIN_N, "bin-n")
/* X(NAME, attribute) — paths to one fact. */
#define CHART_SCALARS(X)                                                       \
    X(CUTOFF, "cutoff") X(CUTOFF_Y, "cutoff-y") X(BASE, "base")                \
    X(TOTAL, "total") X(REFERENCE, "reference") X(LIMIT, "limit")
/* X(field, attribute) — message keys; fields of struct chart_data. */
#define CHART_WORDS(X)                                                         \
    X(cutoff_label, "cutoff-label") X(base_label, "base-label")                \
    X(total_label, "total-label") X(reference_label, "reference-label")        \
    X(limit_label, "limit-label") X(diagonal_label, "diagonal-label")          \
    X(x_title, "x-title") X(y_title, "y-title") X(count_title, "count-title")  \
    X(value_title, "value-title") X(for_label, "for-label")                    \
    X(against_label, "against-label") X(low_label, "low-label")                \
    X(high_label, "high-label")

enum chart_role {
#define X(name, word) ROLE_##name,
    CHART_ROLES(X)
#undef X
    ROLE_COUNT
};
enum chart_scalar {
#define X(name, word) SCALAR_##name,
    CHART_SCALARS(X)
#undef X
    SCALAR_COUNT
};
enum chart_word {
#define X(field, word) WORD_##field,
    CHART_WORDS(X)
#undef X
    WORD_COUNT
};

struct chart_use {
    const struct chart_kind *kind;
    const struct expr *data, *bins;
    const struct expr *roles[ROLE_COUNT];
    const struct expr *scalars[SCALAR_COUNT];
    const struct message_use *words[WORD_COUNT];
    const struct message_use *heads[ROLE_COUNT];
    const struct message_use *alt;
    struct piece *id;
    bool figure, table, percent_x, percent_y, diagonal, steps;
    int columns;
    struct op *caption;
};

enum op_kind { OP_NODE, OP_TEXT, OP_EXPR, OP_IF, OP_FOR, OP_MESSAGE,
               OP_FORMAT, OP_LEGAL, OP_CHART };

struct op {
    enum op_kind kind;
    const char *source; /* file */
    long line;
    /* NODE */
    enum node_kind node;
    const char *classes, *lang;
    struct piece *id, *href, *alt, *bar;
    enum cell_scope scope;
    int columns_spanned;
    /* TEXT */
    const char *text;
    /* EXPR, IF (NULL: otherwise), FOR */
    const struct expr *expr;
    long limit;           /* FOR: -1 none */
    struct op *otherwise; /* IF: the next branch */
    struct message_use *message;
    struct format_use *format;
    struct legal_use *legal;
    struct chart_use *chart;
    struct op *first, *next;
};

enum meta { META_KIND, META_DATE, META_AUTHOR, META_SUBJECT, META_FOOT_LEFT,
            META_TITLE, META_COUNT };

struct template {
    struct arena *arena;
    const char *name;
    const struct language **languages;
    size_t language_count;
    struct op *meta[META_COUNT]; /* content as inline ops; NULL: none */
    struct op *body;
    size_t op_count;
};

#endif
