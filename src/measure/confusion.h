/* measure/confusion.h: what the cutoff does. Flagged is the prediction "event".
 * Rates are Wilson; a rate whose denominator is 0 is "zero-denominator". */
#ifndef CANDOR_MEASURE_CONFUSION_H
#define CANDOR_MEASURE_CONFUSION_H

#include "measure/estimate.h"
#include "measure/sample.h"

struct confusion {
    double tp, fp, tn, fn;       /* rows with known outcome */
    double n;                    /* their sum */
    double selected, all;        /* favourable side; all rows, outcome or not */
    struct estimate approval;    /* selected / all */
    struct estimate event_rate;  /* events / n */
    struct estimate event_rate_selected; /* events among the favourable side */
    struct estimate tpr, fpr, tnr, fnr;  /* of events, of others */
    struct estimate ppv, npv;
    struct estimate accuracy;
    /* Class 1 is the event: precision = PPV, recall = TPR. Class 0: NPV, TNR. */
    struct estimate precision[2], recall[2];
    /* F1 = 2 TP / (2 TP + FP + FN) = 2 J / (1 + J), J = TP / (TP + FP + FN):
     * Wilson's interval of J, mapped. */
    struct estimate f1[2];
    struct estimate macro_f1;    /* mean of both; delta (Takahashi et al. 2022) */
    struct estimate macro_precision, macro_recall; /* delta */
    struct estimate mcc;         /* Matthews 1975; delta; [-1, 1] */
};

void confusion_count(const struct sample *s, const struct cutoff *c,
                     struct confusion *out);
/* Fills the estimates from tp, fp, tn, fn, selected, all, given already. */
void confusion_finish(const struct cutoff *c, struct confusion *out);

#endif
