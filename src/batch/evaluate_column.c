/* One input in one split: what is wrong with it, and how it moved. */
#include "batch/evaluate_in.h"

#include <math.h>

static bool by_code(const struct model *m, size_t feature)
{
    return m->feature[feature].kind == FEATURE_CATEGORY &&
           m->feature[feature].words != NULL;
}

status tally_open(const struct evaluating *v, size_t feature,
                  struct tallying *t, struct error *e)
{
    const struct model *m = v->s->model;
    if (!by_code(m, feature)) {
        t->quality = column_quality_new();
        return t->quality == NULL ? error_memory(e) : ST_OK;
    }
    t->codes = m->feature[feature].word_count;
    t->code = mem_array(t->codes + 1, sizeof *t->code);
    return t->code == NULL ? error_memory(e) : ST_OK;
}

void tally_close(struct tallying *t)
{
    column_quality_free(t->quality);
    mem_free(t->code);
    for (size_t i = 0; i < EVALUATE_SLOTS; i++)
        mem_free(t->period[i]);
    *t = (struct tallying){.quality = NULL};
}

static status add_value(struct tallying *t, double x, struct error *e)
{
    t->rows += 1;
    if (t->quality != NULL)
        return column_quality_add(t->quality, x, e);
    if (isnan(x))
        t->missing += 1;
    else if (x >= 0 && x < (double)t->codes)
        t->code[(size_t)x] += 1;
    else
        t->unseen += 1;
    return ST_OK;
}

static status add_drift(const struct base_column *b, struct tallying *t,
                        double x, uint16_t slot, struct error *e)
{
    size_t cell = drift_cell(&b->bins, x);
    t->counts[cell] += 1;
    t->below += x < b->low;
    t->above += x > b->high;
    if (slot >= EVALUATE_SLOTS)
        return ST_OK;
    if (t->period[slot] == NULL)
        t->period[slot] = mem_array(EVALUATE_CELLS, sizeof **t->period);
    if (t->period[slot] == NULL)
        return error_memory(e);
    t->period[slot][cell] += 1;
    return ST_OK;
}

status tally_block(const struct evaluating *v, size_t feature,
                   struct tallying *t, const double *row, size_t n,
                   const uint16_t *slot, struct error *e)
{
    size_t wide = v->s->model->features;
    const struct base_column *b =
        v->base_ready && v->column[feature].usable ? &v->column[feature] : NULL;
    for (size_t i = 0; i < n; i++) {
        double x = row[i * wide + feature];
        TRY(add_value(t, x, e));
        if (b != NULL)
            TRY(add_drift(b, t, x, slot == NULL ? CODE_UNKNOWN : slot[i], e));
    }
    return ST_OK;
}

/* What the training split leaves for the others. */
static status be_base(struct evaluating *v, size_t feature, struct tallying *t,
                      const struct card_column *c, struct error *e)
{
    struct base_column *b = &v->column[feature];
    b->low = b->high = (double)NAN;
    bool text = v->s->model->feature[feature].kind == FEATURE_TEXT;
    b->usable = !text && (!c->category || t->codes <= CODES_MAX);
    if (!b->usable)
        return ST_OK;
    if (c->category) {
        double missing = t->missing;
        TRY(drift_bins_of_codes(t->code, t->codes, &b->bins, e));
        for (size_t k = 0; k < t->codes; k++)
            b->counts[drift_cell(&b->bins, (double)k)] += t->code[k];
        b->counts[drift_cell(&b->bins, CATEGORY_UNSEEN)] += t->unseen;
        b->counts[b->bins.count + 1] += missing;
        return ST_OK;
    }
    struct tally *tally = column_quality_tally(t->quality);
    drift_bins_of_tally(tally, &b->bins);
    drift_count_tally(&b->bins, tally, b->counts);
    b->low = c->number.low;
    b->high = c->number.high;
    return ST_OK;
}

static status report_drift(struct evaluating *v, size_t feature,
                           const struct tallying *t, struct card_split *split,
                           struct error *e)
{
    const struct base_column *b = &v->column[feature];
    struct card_column *c = &split->column[feature];
    size_t cells = drift_cells(&b->bins);
    c->has_drift = true;
    c->below = t->below;
    c->above = t->above;
    c->drift = drift_psi(b->counts, t->counts, cells);
    c->period = arena_new_array(v->arena, struct drift, split->slots + 1);
    if (c->period == NULL)
        return arena_error(v->arena, e);
    static const double none[EVALUATE_CELLS];
    for (size_t i = 0; i < split->slots; i++)
        c->period[i] = drift_psi(
            b->counts, t->period[i] != NULL ? t->period[i] : none, cells);
    return ST_OK;
}

status tally_report(struct evaluating *v, size_t feature, struct tallying *t,
                    struct card_split *split, struct error *e)
{
    struct card_column *c = &split->column[feature];
    c->category = t->quality == NULL;
    if (!c->category) {
        column_report_of(t->quality, &c->number);
    } else {
        /* the code behind the last stands for all words never met */
        t->code[t->codes] = t->unseen;
        bool *met = mem_array(t->codes + 1, sizeof *met);
        if (met == NULL)
            return error_memory(e);
        for (size_t k = 0; k < t->codes; k++)
            met[k] = true;
        category_report_of(t->code, t->codes + 1, t->missing, met, &c->words);
        mem_free(met);
    }
    if (v->base_ready)
        return v->column[feature].usable
                   ? report_drift(v, feature, t, split, e)
                   : ST_OK;
    return split->is_train ? be_base(v, feature, t, c, e) : ST_OK;
}
