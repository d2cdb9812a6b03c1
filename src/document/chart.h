/* document/chart.h: charts as scenes. A kind is one file (chart_KIND.c) and one
 * row in chart.c. The engine fills chart_data from facts; a drawer places marks
 * and measures every text, so that labels stay inside and never overlap. */
#ifndef CANDOR_DOCUMENT_CHART_H
#define CANDOR_DOCUMENT_CHART_H

#include "document/scene.h"
#include "language/language.h"

/* One plotted row. Numbers are NaN, texts NULL where the template gave none. */
struct chart_row {
    const char *label;  /* printed */
    const char *note;   /* the fact's own value, printed, beside the label */
    const char *series; /* group of a line or a small multiple */
    const char *text;   /* printed form of value */
    const char *count;  /* printed n */
    double value, low, high, x, y, n;
    bool marked;        /* small N: hollow */
    bool reference;     /* the reference row of a forest */
};

struct chart_data {
    const struct chart_row *rows;
    size_t count;
    const struct chart_row *bins; /* second list: rug, histogram; or NULL */
    size_t bin_count;
    /* Scalars, NaN when not given. */
    double cutoff, cutoff_y, base, total, reference, limit;
    const char *cutoff_label, *base_label, *total_label, *reference_label;
    const char *limit_label, *diagonal_label;
    const char *x_title, *y_title, *count_title, *value_title;
    const char *for_label, *against_label, *low_label, *high_label;
    bool percent_x, percent_y; /* ticks are shares printed as percentages */
    bool diagonal, steps;
    double width;              /* of the figure, points */
    double text_size;          /* of labels, points; 0: as documents usually have */
    const struct language *language;
    text_width measure;
    void *measure_self;
    struct arena *arena;
};

typedef status (*chart_draw)(const struct chart_data *d, struct scene **out,
                             struct error *e);

struct chart_kind {
    const char *name;
    const char *needs; /* roles that must be given: words of "label value …" */
    chart_draw draw;
};
extern const struct chart_kind chart_kinds[];
extern const size_t chart_kind_count;
const struct chart_kind *chart_find(const char *name); /* NULL: none */

#endif
