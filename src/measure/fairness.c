#include "measure/fairness.h"

#include "measure/ranking.h"
#include "measure/split.h"

#include <math.h>

struct counts { /* of one group, beside what fairness_row keeps */
    double tp, fp, fn, tn;
};

struct work {
    const struct sample *s;
    const struct fairness_options *o;
    struct fairness *out;
    struct counts *count; /* [rows] */
};

static status cell_codes(const struct sample *s, const struct fairness_options *o,
                         uint16_t **out, size_t *cells, struct error *e)
{
    size_t second = o->second >= 0 ? o->second_codes : 1;
    *cells = o->codes * second;
    if (o->column >= s->shape.groups ||
        (o->second >= 0 && (size_t)o->second >= s->shape.groups))
        return error_bug(e, "no such group column");
    if (o->codes > FAIRNESS_CELLS_MAX || second > FAIRNESS_CELLS_MAX ||
        *cells > FAIRNESS_CELLS_MAX)
        return error_set(e, ST_LIMIT,
                         "%zu × %zu groups; at most %d cells are measured",
                         o->codes, second, FAIRNESS_CELLS_MAX);
    uint16_t *code = mem_array(s->n + 1, sizeof *code);
    if (code == NULL)
        return error_memory(e);
    for (size_t i = 0; i < s->n; i++) {
        size_t a = s->group[o->column][i];
        size_t b = o->second >= 0 ? s->group[o->second][i] : 0;
        code[i] = a < o->codes && b < second ? (uint16_t)(a * second + b)
                                             : (uint16_t)CODE_UNKNOWN;
    }
    *out = code;
    return ST_OK;
}

static void count_row(const struct work *w, size_t i, struct fairness_row *r,
                      struct counts *c, struct moments *score,
                      struct moments *excess)
{
    const struct sample *s = w->s;
    double x = s->score[i], median = w->out->median;
    moments_add(score, x);
    if (w->o->higher_is_better ? x > median : x < median)
        r->above_median += 1.0;
    else if (x >= median && x <= median)
        r->at_median += 1.0;
    bool flagged = false;
    if (w->o->cutoff != NULL) {
        flagged = cutoff_flags(w->o->cutoff, x);
        r->selected += flagged == w->o->cutoff->favourable_above ? 1.0 : 0.0;
    }
    if (s->label[i] > 1)
        return;
    if (s->shape.probability)
        moments_add(excess, (double)s->label[i] - s->probability[i]);
    *(s->label[i] != 0 ? (flagged ? &c->tp : &c->fn)
                       : (flagged ? &c->fp : &c->tn)) += 1.0;
}

static void rates(const struct work *w, struct fairness_row *r,
                  const struct counts *c)
{
    bool cut = w->o->cutoff != NULL;
    struct estimate none = estimate_missing(r->n, "no-cutoff");
    r->known = c->tp + c->fp + c->fn + c->tn;
    r->events = c->tp + c->fn;
    r->share = estimate_share(r->n, w->out->n);
    r->base_rate = r->known > 0.0 ? estimate_share(r->events, r->known)
                                  : estimate_missing(0.0, "no-outcomes");
    r->selection = cut ? estimate_share(r->selected, r->n) : none;
    r->tpr = cut ? estimate_share(c->tp, c->tp + c->fn) : none;
    r->fpr = cut ? estimate_share(c->fp, c->fp + c->tn) : none;
    r->ppv = cut ? estimate_share(c->tp, c->tp + c->fp) : none;
    r->scoring = estimate_share(r->above_median, r->n);
}

static status one_group(const struct work *w, const struct split *parts,
                        size_t cell, struct fairness_row *r, struct counts *c,
                        struct error *e)
{
    const uint32_t *row = parts->row + parts->start[cell];
    size_t n = parts->start[cell + 1] - parts->start[cell];
    size_t second = w->o->second >= 0 ? w->o->second_codes : 1;
    size_t small = w->o->small_n != 0 ? w->o->small_n : FAIRNESS_SMALL_N;
    struct moments score = {0}, excess = {0};
    struct ranking *ranked = NULL;
    r->code = cell / second;
    r->second = cell % second;
    r->n = (double)n;
    r->small = n < small;
    for (size_t k = 0; k < n; k++)
        count_row(w, row[k], r, c, &score, &excess);
    rates(w, r, c);
    r->mean_score = score.mean;
    r->sd_score = moments_sd(&score);
    r->calibration = w->s->shape.probability
                         ? moments_mean(&excess)
                         : estimate_missing(r->n, "not-probability");
    TRY(ranking_new(w->s->score, w->s->label, row, n, &ranked, e));
    r->auc = ranking_auc(ranked);
    ranking_free(ranked);
    return ST_OK;
}

/* --- comparisons --- */

static size_t find_best(const struct fairness *f, bool scoring)
{
    size_t best = SIZE_MAX;
    for (int pass = 0; pass < 2 && best == SIZE_MAX; pass++)
        for (size_t i = 0; i < f->rows; i++) {
            const struct fairness_row *r = &f->row[i];
            const struct estimate *x = scoring ? &r->scoring : &r->selection;
            if (!x->computable || (pass == 0 && r->small))
                continue;
            const struct fairness_row *b = best == SIZE_MAX ? NULL : &f->row[best];
            if (b == NULL ||
                x->value > (scoring ? b->scoring.value : b->selection.value))
                best = i;
        }
    return best;
}

static size_t find_reference(const struct fairness *f,
                             const struct fairness_options *o)
{
    size_t second = o->second >= 0 ? o->second_codes : 1, largest = SIZE_MAX;
    for (size_t i = 0; i < f->rows; i++) {
        if (o->reference >= 0 &&
            f->row[i].code * second + f->row[i].second == (size_t)o->reference)
            return i;
        if (largest == SIZE_MAX || f->row[i].n > f->row[largest].n)
            largest = i;
    }
    return o->reference >= 0 ? SIZE_MAX : largest;
}

static struct estimate itself(double value, double n)
{
    struct estimate x = estimate_exact(value, n);
    x.why_not = "reference";
    return x;
}

static struct estimate mean_difference(const struct fairness_row *r,
                                       const struct fairness_row *ref)
{
    double n = r->n, m = ref->n;
    if (n < 2.0 || m < 2.0)
        return estimate_missing(n, "too-few");
    double pooled = sqrt(((n - 1.0) * r->sd_score * r->sd_score +
                          (m - 1.0) * ref->sd_score * ref->sd_score) /
                         (n + m - 2.0));
    if (!(pooled > 0.0))
        return estimate_missing(n, "constant");
    double d = (r->mean_score - ref->mean_score) / pooled;
    double se = sqrt((n + m) / (n * m) + d * d / (2.0 * (n + m)));
    return estimate_normal(d, se, n, "hedges", -(double)INFINITY,
                           (double)INFINITY);
}

static void compare_selection(struct fairness *f, struct fairness_row *r,
                              size_t i, bool cut)
{
    struct estimate none = estimate_missing(r->n, cut ? "empty" : "no-cutoff");
    const struct fairness_row *ref =
        f->reference == SIZE_MAX ? NULL : &f->row[f->reference];
    const struct fairness_row *best = f->best == SIZE_MAX ? NULL : &f->row[f->best];
    r->ratio_reference = r->ratio_best = r->difference = none;
    if (cut && ref != NULL) {
        r->ratio_reference =
            i == f->reference
                ? itself(1.0, r->n)
                : estimate_ratio(r->selected, r->n, ref->selected, ref->n);
        r->difference = i == f->reference ? itself(0.0, r->n)
                                          : estimate_difference(r->selected, r->n,
                                                                ref->selected,
                                                                ref->n);
    }
    if (cut && best != NULL)
        r->ratio_best = i == f->best ? itself(1.0, r->n)
                                     : estimate_ratio(r->selected, r->n,
                                                      best->selected, best->n);
}

static void compare(const struct work *w)
{
    struct fairness *f = w->out;
    f->reference = find_reference(f, w->o);
    f->best = find_best(f, false);
    f->best_scoring = find_best(f, true);
    for (size_t i = 0; i < f->rows; i++) {
        struct fairness_row *r = &f->row[i];
        r->is_reference = i == f->reference;
        r->is_best = i == f->best;
        compare_selection(f, r, i, w->o->cutoff != NULL);
        r->mean_difference =
            f->reference == SIZE_MAX ? estimate_missing(r->n, "empty")
            : r->is_reference        ? itself(0.0, r->n)
                                     : mean_difference(r, &f->row[f->reference]);
        const struct fairness_row *top = &f->row[f->best_scoring];
        r->scoring_ratio = i == f->best_scoring
                               ? itself(1.0, r->n)
                               : estimate_ratio(r->above_median, r->n,
                                                top->above_median, top->n);
    }
}

static status find_median(const struct sample *s, struct fairness *out,
                          struct error *e)
{
    /* All rows as one part: its rows ascend by score. */
    uint16_t *zero = mem_array(s->n + 1, sizeof *zero);
    struct split all;
    if (zero == NULL)
        return error_memory(e);
    status done = split_new(s->score, zero, s->n, 1, &all, e);
    mem_free(zero);
    TRY(done);
    out->median = (double)NAN;
    if (s->n > 0) {
        double a = s->score[all.row[(s->n - 1) / 2]];
        double b = s->score[all.row[s->n / 2]];
        out->median = a + (b - a) / 2.0;
    }
    split_free(&all);
    for (size_t i = 0; i < s->n; i++)
        if (s->score[i] >= out->median && s->score[i] <= out->median)
            out->median_ties += 1.0;
    return ST_OK;
}

static status all_groups(struct work *w, const struct split *parts,
                         struct arena *a, struct error *e)
{
    struct fairness *f = w->out;
    size_t used = 0;
    for (size_t c = 0; c < parts->codes; c++)
        used += parts->start[c + 1] > parts->start[c] ? 1 : 0;
    f->row = arena_new_array(a, struct fairness_row, used + 1);
    w->count = arena_new_array(a, struct counts, used + 1);
    if (f->row == NULL || w->count == NULL)
        return arena_error(a, e);
    for (size_t c = 0; c < parts->codes; c++) {
        if (parts->start[c + 1] == parts->start[c])
            continue;
        TRY(one_group(w, parts, c, &f->row[f->rows], &w->count[f->rows], e));
        f->rows++;
    }
    compare(w);
    return ST_OK;
}

status fairness_of(const struct sample *s, const struct fairness_options *o,
                   struct arena *a, struct fairness *out, struct error *e)
{
    struct work w = {s, o, out, NULL};
    struct split parts;
    uint16_t *code = NULL;
    size_t cells = 0;
    *out = (struct fairness){
        .reference = SIZE_MAX, .best = SIZE_MAX, .best_scoring = SIZE_MAX};
    TRY(find_median(s, out, e));
    TRY(cell_codes(s, o, &code, &cells, e));
    status done = split_new(s->score, code, s->n, cells, &parts, e);
    mem_free(code);
    TRY(done);
    out->unknown = parts.unknown;
    out->n = (double)s->n - parts.unknown;
    done = all_groups(&w, &parts, a, e);
    split_free(&parts);
    return done;
}
