/* The quantities of recourse: what levers, rules and formulas name. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void fault_recourse(const struct checking *c, const void *at,
                    struct place or_else, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fault_put(c->p->places, c->faults, FAULT_ERROR, NULL,
              place_of(c->p->places, at, or_else), "%s", text);
}

static long find(const struct project *p, const char *name)
{
    for (size_t i = 0; i < p->quantities; i++)
        if (p->feature[i].quantity != QUANTITY_MONTHS &&
            text_equal(p->feature[i].input, name))
            return (long)i;
    return -1;
}

/* " (did you mean …?)" among all quantities. */
static void put_hint(const struct project *p, const char *name, char hint[160])
{
    const char **known = mem_array(p->quantities + 1, sizeof *known);
    size_t count = 0;
    hint[0] = '\0';
    for (size_t i = 0; known != NULL && i < p->quantities; i++)
        if (p->feature[i].input != NULL &&
            p->feature[i].quantity != QUANTITY_MONTHS)
            known[count++] = p->feature[i].input;
    if (known != NULL)
        (void)nearest_of(name, known, count, hint);
    mem_free(known);
}

long quantity_named(const struct checking *c, const char *what,
                    const char *name, const void *at, struct place place)
{
    char hint[160];
    long found = find(c->p, name);
    if (found >= 0)
        return found;
    put_hint(c->p, name, hint);
    fault_recourse(c, at, place,
                   "%s names the input \"%s\", which is no feature%s", what,
                   name, hint);
    return -1;
}

const char *quantity_basis(const struct project *p, size_t quantity)
{
    const struct project_feature *f = &p->feature[quantity];
    const char *basis = f->basis;
    for (size_t i = 0;
         basis == NULL && f->label.text != NULL && i < p->languages; i++)
        if (f->label.text[i] != NULL)
            basis = basis_of_name(f->label.text[i]);
    if (basis == NULL && f->input != NULL)
        basis = basis_of_name(f->input);
    if (basis == NULL && f->column != NULL)
        basis = basis_of_name(f->column);
    return basis;
}

size_t quantity_words(const struct project *p, size_t quantity,
                      const char *const **words)
{
    *words = p->feature[quantity].word;
    return p->feature[quantity].words;
}

const char *range_text(double low, double high, char out[120])
{
    char from[NUM_TEXT_MAX], to[NUM_TEXT_MAX];
    (void)num_shortest(low, from);
    (void)num_shortest(high, to);
    bool below = !isfinite(low), above = !isfinite(high);
    (void)snprintf(out, 120, "%s%s%s",
                   below && above ? "any value"
                   : below        ? "at most "
                   : above        ? "at least "
                                  : from,
                   below || above ? "" : " to ",
                   below && above ? ""
                   : above        ? from
                                  : to);
    return out;
}

/* What the arithmetic of a formula makes of two ranges. */
static void formula_range(const struct project *p, const struct derived *d,
                          unsigned depth, double *low, double *high);

static void range_within(const struct project *p, size_t quantity,
                         unsigned depth, double *low, double *high)
{
    const struct project_feature *f = &p->feature[quantity];
    *low = isnan(f->low) ? -(double)INFINITY : f->low;
    *high = isnan(f->high) ? (double)INFINITY : f->high;
    if (f->lever >= 0) {
        const struct lever *l = &p->lever[f->lever];
        if (l->feature == quantity && l->has_low &&
            l->direction != LEVER_DOWN && isnan(f->low))
            *low = l->low;
        if (l->feature == quantity && l->has_high &&
            l->direction != LEVER_UP && isnan(f->high))
            *high = l->high;
    }
    if (f->formula >= 0 && isinf(*low) && isinf(*high) && depth > 0)
        formula_range(p, &p->recourse.derived[f->formula], depth - 1, low,
                      high);
}

static void widen(double x, double *low, double *high)
{
    x = isnan(x) ? 0 : x; /* 0 times infinity */
    *low = x < *low ? x : *low;
    *high = x > *high ? x : *high;
}

static void formula_range(const struct project *p, const struct derived *d,
                          unsigned depth, double *low, double *high)
{
    double a[2], b[2];
    range_within(p, d->a, depth, &a[0], &a[1]);
    range_within(p, d->b, depth, &b[0], &b[1]);
    if (d->op == DERIVED_RATIO && b[0] <= 0 && b[1] >= 0)
        return;
    *low = (double)INFINITY;
    *high = -(double)INFINITY;
    for (int i = 0; i < 4; i++) {
        double x = a[i / 2], y = b[i % 2];
        double r = d->op == DERIVED_SUM          ? x + y
                   : d->op == DERIVED_DIFFERENCE ? x - y
                   : d->op == DERIVED_PRODUCT    ? x * y
                                                 : x / y;
        if (isnan(r) && (d->op == DERIVED_SUM || d->op == DERIVED_DIFFERENCE)) {
            *low = -(double)INFINITY;
            *high = (double)INFINITY;
            return;
        }
        widen(r * d->times, low, high);
    }
}

void quantity_range(const struct project *p, size_t quantity, double *low,
                    double *high)
{
    range_within(p, quantity, RECOURSE_LIST_MAX, low, high);
}

/* --- those behind the features ----------------------------------------- */

static struct project_feature *add(const struct checking *c, const char *name,
                                   enum quantity_kind kind, struct place place)
{
    struct project *p = c->p;
    long there = find(p, name);
    if (kind != QUANTITY_MONTHS && there >= 0) {
        const struct project_feature *f = &p->feature[there];
        fault_recourse(c, NULL, place,
                       f->quantity == QUANTITY_INPUT
                           ? "\"%s\" is a feature already: the model reads it, "
                             "so name it as an input"
                           : "\"%s\" is the name of two quantities",
                       name);
        return NULL;
    }
    struct project_feature *f = &p->feature[p->quantities++];
    *f = (struct project_feature){.input = name, .column = name,
                                  .quantity = kind, .decimals = -1,
                                  .low = NAN, .high = NAN, .factor = -1,
                                  .formula = -1, .lever = -1,
                                  .model_feature = -1, .place = place};
    return f;
}

static bool add_columns(const struct checking *c)
{
    const struct project_recourse *r = &c->p->recourse;
    struct place none = {c->p->file, 0, 0, -1};
    struct place place = place_of(c->p->places, &r->column, none);
    for (size_t i = 0; i < r->columns; i++) {
        struct project_feature *f =
            add(c, r->column[i], QUANTITY_COLUMN, place);
        if (f == NULL)
            return false;
        f->decimals = 9;
    }
    return true;
}

/* The words of a one-hot group are its categories, each without a label. */
static bool add_words(const struct checking *c, const struct lever *l,
                      struct project_feature *f)
{
    const char **word =
        arena_new_array(c->p->arena, const char *, l->indicators + 1);
    struct translated *label =
        arena_new_array(c->p->arena, struct translated, l->indicators + 1);
    if (word == NULL || label == NULL)
        return false;
    for (size_t i = 0; i < l->indicators; i++)
        word[i] = l->indicator[i].word;
    f->word = word;
    f->word_label = label;
    f->words = l->indicators;
    f->style = PRINT_WORD;
    return true;
}

static bool add_of_lever(const struct checking *c, struct lever *l)
{
    struct project *p = c->p;
    long there = l->column != NULL ? find(p, l->column) : -1;
    struct project_feature *f = NULL;
    if (there >= 0 && p->feature[there].quantity == QUANTITY_COLUMN)
        f = &p->feature[there]; /* of recourse.columns */
    else if (l->column != NULL)
        f = add(c, l->column, QUANTITY_COLUMN,
                place_of(p->places, &l->column, l->place));
    else
        f = add(c, l->key, l->indicators > 0 ? QUANTITY_CODE : QUANTITY_MONTHS,
                place_of(p->places, &l->key, l->place));
    if (f == NULL)
        return false;
    l->feature = (size_t)(f - p->feature);
    f->label = l->label;
    f->name = l->name;
    f->unit = l->unit;
    f->style = l->waitings > 0 ? PRINT_MONTHS : (enum format_style)l->style;
    f->decimals = l->waitings > 0   ? 0
                  : l->decimals < 0 ? default_decimals(f->style)
                                    : l->decimals;
    return l->indicators == 0 || add_words(c, l, f);
}

bool quantities_list(const struct checking *c)
{
    struct project *p = c->p;
    struct project_recourse *r = &p->recourse;
    bool good = true;
    if (p->feature == NULL)
        p->feature =
            arena_new_array(p->arena, struct project_feature, QUANTITIES_MORE);
    if (p->feature == NULL) {
        fault_recourse(c, NULL, PLACE_NONE, "out of memory");
        return false;
    }
    p->quantities = p->features;
    good = add_columns(c);
    for (size_t i = 0; i < p->levers; i++) {
        struct lever *l = &p->lever[i];
        if (l->input == NULL && !add_of_lever(c, l))
            good = false;
    }
    for (size_t i = 0; good && i < r->deriveds; i++) {
        struct derived *d = &r->derived[i];
        long at = find(p, d->input);
        if (at < 0) {
            struct project_feature *f =
                add(c, d->input, QUANTITY_DERIVED, d->place);
            f->decimals = d->decimals < 0 ? 2 : d->decimals;
            at = (long)(f - p->feature);
        }
        d->quantity = (size_t)at;
    }
    return good;
}
