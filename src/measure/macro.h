/* measure/macro.h: figures of a whole confusion matrix of k classes, with
 * delta-method intervals over its multinomial cells (Takahashi et al. 2022).
 * Means run over the classes that occur, actual or predicted; an undefined
 * precision or recall of such a class counts 0, as scikit-learn counts it. */
#ifndef CANDOR_MEASURE_MACRO_H
#define CANDOR_MEASURE_MACRO_H

#include "measure/estimate.h"

enum macro_kind { MACRO_PRECISION, MACRO_RECALL, MACRO_F1 };

/* cell[actual * k + predicted]; row[k], column[k] its sums. */
struct estimate macro_of(const double *cell, const double *row,
                         const double *column, size_t k, enum macro_kind kind);
/* F1 of one class from its counts, by Wilson's interval of TP/(TP+FP+FN). */
struct estimate macro_f1_of(double tp, double fp, double fn);

#endif
