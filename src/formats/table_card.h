/* formats/table_card.h: a scorecard between its lines and its trees. */
#ifndef CANDOR_FORMATS_TABLE_CARD_H
#define CANDOR_FORMATS_TABLE_CARD_H

#include "formats/table_bin.h"
#include "model/builder.h"
#include "model/scorecard.h"

struct card_bin {
    double points, baseline, cover;
    const char *reason; /* NULL: none of its own */
    bool has_baseline;
    long line;
};

struct card_leaf {
    double low, high; /* numbers; words: the bin's piece list says them */
    size_t bin;       /* SIZE_MAX: none */
};

/* One characteristic. */
struct table_card {
    const struct table_lines *t;
    struct arena *arena;
    const char *name;
    struct card_bin *bin;
    size_t bins;
    struct table_piece *piece;
    size_t pieces, piece_room;
    size_t missing, other;       /* bins, SIZE_MAX: none */
    bool words;                  /* a category, else numbers */
    bool strict;                 /* missing values are none of all others */
    const char **word;           /* [code] */
    size_t *word_bin;            /* [code] */
    size_t word_count;
    struct card_leaf *leaf;      /* numbers: adjoining, ascending */
    size_t leaves;
    struct scorecard_code *code; /* [leaves of the tree], in their order */
    size_t codes;
};

/* table_card_bins.c: pieces sorted into words, or into intervals that leave
 * nothing out and never overlap. */
MUST_USE status table_card_bins(struct table_card *c, struct error *e);
/* table_card_tree.c: the input and its tree; codes in the order of leaves. */
MUST_USE status table_card_tree(struct table_card *c, struct builder *b,
                                size_t feature, struct error *e);
/* The link of a name ("logit", …); false: there is none of that name. */
bool table_link(const char *name, enum model_link *out);

#endif
