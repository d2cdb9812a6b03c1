/* measure/classes.h: models with several classes. The prediction is the class
 * of the largest probability, the lowest index on ties. */
#ifndef CANDOR_MEASURE_CLASSES_H
#define CANDOR_MEASURE_CLASSES_H

#include "base/arena.h"
#include "measure/estimate.h"

#include <stdint.h>

enum { CLASSES_MAX = 256 };

struct class_rows {
    size_t n, classes;
    const uint16_t *actual;     /* [n] < classes */
    const double *probability;  /* [n * classes], rows together, finite */
};

struct class_measure {
    double n, predicted;        /* rows of that class; predicted as it */
    struct estimate precision, recall, f1; /* as in measure/confusion.h */
    struct estimate auc;        /* this class against the rest, DeLong */
};

struct class_report {
    double n;
    size_t classes;
    double *confusion;          /* [actual * classes + predicted] counts */
    struct class_measure *of;   /* [classes] */
    struct estimate accuracy;   /* Wilson */
    struct estimate macro_precision, macro_recall, macro_f1; /* delta */
    struct estimate macro_auc;  /* mean of the computable ones; no interval */
    struct estimate log_loss;   /* mean -ln p(actual), clipped; Student */
};

MUST_USE status classes_of(const struct class_rows *rows, struct arena *a,
                           struct class_report *out, struct error *e);

#endif
