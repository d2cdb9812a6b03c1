#include "measure/classes.h"

#include "measure/calibration.h"
#include "measure/macro.h"
#include "measure/ranking.h"

#include <math.h>

static status check(const struct class_rows *rows, struct error *e)
{
    if (rows->classes < 2 || rows->classes > CLASSES_MAX)
        return error_set(e, ST_LIMIT, "%zu classes; 2 … %d are measured",
                         rows->classes, CLASSES_MAX);
    for (size_t i = 0; i < rows->n; i++) {
        if (rows->actual[i] >= rows->classes)
            return error_set(e, ST_DATA, "row %zu: class %u of %zu", i + 1,
                             (unsigned)rows->actual[i], rows->classes);
        for (size_t k = 0; k < rows->classes; k++)
            if (!isfinite(rows->probability[i * rows->classes + k]))
                return error_set(e, ST_DATA,
                                 "row %zu: probability %zu is not a finite number",
                                 i + 1, k + 1);
    }
    return ST_OK;
}

static size_t largest(const double *p, size_t classes)
{
    size_t best = 0;
    for (size_t k = 1; k < classes; k++)
        if (p[k] > p[best])
            best = k;
    return best;
}

static void count(const struct class_rows *rows, struct class_report *out,
                  double *row, double *column)
{
    struct moments loss = {0};
    double hits = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        const double *p = rows->probability + i * rows->classes;
        size_t actual = rows->actual[i], said = largest(p, rows->classes);
        out->confusion[actual * rows->classes + said] += 1.0;
        row[actual] += 1.0;
        column[said] += 1.0;
        hits += actual == said ? 1.0 : 0.0;
        moments_add(&loss, -log(fmin(fmax(p[actual], CALIBRATION_CLIP),
                                     1.0 - CALIBRATION_CLIP)));
    }
    out->accuracy = rows->n > 0 ? estimate_share(hits, (double)rows->n)
                                : estimate_missing(0.0, "empty");
    out->log_loss = moments_mean(&loss);
}

static status rest(const struct class_rows *rows, size_t k, double *score,
                   uint8_t *label, struct class_measure *m, struct error *e)
{
    struct ranking *r = NULL;
    for (size_t i = 0; i < rows->n; i++) {
        score[i] = rows->probability[i * rows->classes + k];
        label[i] = rows->actual[i] == k ? 1 : 0;
    }
    TRY(ranking_new(score, label, NULL, rows->n, &r, e));
    m->auc = ranking_auc(r);
    ranking_free(r);
    return ST_OK;
}

static status each_auc(const struct class_rows *rows, struct class_report *out,
                       struct error *e)
{
    double *score = mem_array(rows->n + 1, sizeof *score), sum = 0.0, there = 0.0;
    uint8_t *label = mem_array(rows->n + 1, sizeof *label);
    status s = score != NULL && label != NULL ? ST_OK : error_memory(e);
    for (size_t k = 0; k < rows->classes && s == ST_OK; k++) {
        s = rest(rows, k, score, label, &out->of[k], e);
        if (s == ST_OK && out->of[k].auc.computable) {
            sum += out->of[k].auc.value;
            there += 1.0;
        }
    }
    mem_free(score);
    mem_free(label);
    out->macro_auc = there > 0.0 ? estimate_exact(sum / there, (double)rows->n)
                                 : estimate_missing((double)rows->n, "one-class");
    return s;
}

status classes_of(const struct class_rows *rows, struct arena *a,
                  struct class_report *out, struct error *e)
{
    double row[CLASSES_MAX] = {0.0}, column[CLASSES_MAX] = {0.0};
    size_t k = rows->classes;
    TRY(check(rows, e));
    *out = (struct class_report){.n = (double)rows->n, .classes = k};
    out->confusion = arena_new_array(a, double, k * k);
    out->of = arena_new_array(a, struct class_measure, k);
    if (out->confusion == NULL || out->of == NULL)
        return arena_error(a, e);
    count(rows, out, row, column);
    for (size_t c = 0; c < k; c++) {
        double hit = out->confusion[c * k + c];
        out->of[c].n = row[c];
        out->of[c].predicted = column[c];
        out->of[c].precision = estimate_share(hit, column[c]);
        out->of[c].recall = estimate_share(hit, row[c]);
        out->of[c].f1 = macro_f1_of(hit, column[c] - hit, row[c] - hit);
    }
    out->macro_precision = macro_of(out->confusion, row, column, k, MACRO_PRECISION);
    out->macro_recall = macro_of(out->confusion, row, column, k, MACRO_RECALL);
    out->macro_f1 = macro_of(out->confusion, row, column, k, MACRO_F1);
    return each_auc(rows, out, e);
}
