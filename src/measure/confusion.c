#include "measure/confusion.h"

#include "measure/macro.h"

#include <math.h>

void confusion_count(const struct sample *s, const struct cutoff *c,
                     struct confusion *out)
{
    double cell[2][2] = {{0.0, 0.0}, {0.0, 0.0}}; /* [label][flagged] */
    *out = (struct confusion){0};
    for (size_t i = 0; i < s->n; i++) {
        bool flagged = cutoff_flags(c, s->score[i]);
        out->selected += flagged == c->favourable_above ? 1.0 : 0.0;
        if (s->label[i] <= 1)
            cell[s->label[i]][flagged ? 1 : 0] += 1.0;
    }
    out->all = (double)s->n;
    out->tp = cell[1][1];
    out->fn = cell[1][0];
    out->fp = cell[0][1];
    out->tn = cell[0][0];
    confusion_finish(c, out);
}

static struct estimate matthews(const struct confusion *c)
{
    double f = c->tp + c->fp, a = c->tp + c->fn, u = c->tn + c->fn,
           b = c->tn + c->fp;
    if (!(f > 0.0 && a > 0.0 && u > 0.0 && b > 0.0))
        return estimate_missing(c->n, "zero-denominator");
    double d = sqrt(f) * sqrt(a) * sqrt(u) * sqrt(b);
    double m = (c->tp * c->tn - c->fp * c->fn) / d;
    double cell[4] = {c->tp, c->tn, c->fp, c->fn};
    double slope[4] = {c->tn / d - m / 2.0 * (1.0 / f + 1.0 / a),
                       c->tp / d - m / 2.0 * (1.0 / b + 1.0 / u),
                       -c->fn / d - m / 2.0 * (1.0 / f + 1.0 / b),
                       -c->fp / d - m / 2.0 * (1.0 / a + 1.0 / u)};
    /* Slopes are by counts; MCC does not change when all counts scale, so their
     * mean over the cells is 0 and the variance is this sum. */
    double variance = 0.0;
    for (int i = 0; i < 4; i++)
        variance += cell[i] * slope[i] * slope[i];
    return estimate_normal(m, sqrt(variance), c->n, "delta", -1.0, 1.0);
}

void confusion_finish(const struct cutoff *c, struct confusion *out)
{
    double events = out->tp + out->fn, others = out->fp + out->tn;
    double flagged = out->tp + out->fp, clear = out->fn + out->tn;
    out->n = events + others;
    out->approval = estimate_share(out->selected, out->all);
    out->event_rate = estimate_share(events, out->n);
    out->event_rate_selected = c->favourable_above
                                   ? estimate_share(out->tp, flagged)
                                   : estimate_share(out->fn, clear);
    out->tpr = out->recall[1] = estimate_share(out->tp, events);
    out->fnr = estimate_share(out->fn, events);
    out->fpr = estimate_share(out->fp, others);
    out->tnr = out->recall[0] = estimate_share(out->tn, others);
    out->ppv = out->precision[1] = estimate_share(out->tp, flagged);
    out->npv = out->precision[0] = estimate_share(out->tn, clear);
    out->accuracy = estimate_share(out->tp + out->tn, out->n);
    out->f1[1] = macro_f1_of(out->tp, out->fp, out->fn);
    out->f1[0] = macro_f1_of(out->tn, out->fn, out->fp);
    double cell[4] = {out->tn, out->fp, out->fn, out->tp};
    double row[2] = {others, events}, column[2] = {clear, flagged};
    out->macro_f1 = macro_of(cell, row, column, 2, MACRO_F1);
    out->macro_precision = macro_of(cell, row, column, 2, MACRO_PRECISION);
    out->macro_recall = macro_of(cell, row, column, 2, MACRO_RECALL);
    out->mcc = matthews(out);
}
