/* Fields of a row on their way into the model: invalid values, outliers, missing
 * values, as the MiningSchema says. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

/* A table of one key from words or numbers of a field to numbers. */
struct lookup {
    double *key, *value;
    size_t rows;
};

static status lookup_room(struct pmml *p, size_t rows, struct lookup *l,
                          struct error *e)
{
    *l = (struct lookup){arena_new_array(p->arena, double, rows + 1),
                         arena_new_array(p->arena, double, rows + 1), 0};
    return l->key == NULL || l->value == NULL ? arena_error(p->arena, e)
                                              : ST_OK;
}

static status lookup_step(struct pmml *p, const struct lookup *l,
                          double otherwise, double if_missing, reg in,
                          reg *out, struct error *e)
{
    return program_table(p->k, l->key, l->rows, 1, l->value, 1, otherwise,
                         if_missing, &in, out, e);
}

/* Where in `listed` the parts begin: valid, then missing, then invalid, then
 * words that only the model speaks of. */
static bool is_missing_code(const struct pmml_data *d, size_t code)
{
    return code >= d->valid.count &&
           code < d->valid.count + d->missing.count;
}

static bool is_valid_code(const struct pmml_data *d, size_t code)
{
    if (code < d->valid.count || is_missing_code(d, code))
        return true;
    return d->valid.open &&
           code >= d->valid.count + d->missing.count + d->invalid.count;
}

status pmml_poison(struct pmml *p, reg r, struct error *e)
{
    TRY(MEM_ROOM(p->poison, p->poison_room, p->poisons + 1, e));
    p->poison[p->poisons++] = r;
    return ST_OK;
}

status pmml_invalid(const struct pmml *p, const struct xml_node *mining,
                    enum pmml_invalid *out, struct error *e)
{
    static const char *const words[] = {"returnInvalid", "asIs", "asMissing",
                                        "asValue", NULL};
    int choice = INVALID_RETURN;
    if (mining != NULL)
        TRY(pmml_choice(p, mining, "invalidValueTreatment", words,
                        INVALID_RETURN, &choice, e));
    *out = (enum pmml_invalid)choice;
    return ST_OK;
}

static status code_value(struct pmml *p, const struct pmml_data *d,
                         const char *word, double *out, struct error *e)
{
    if (d->kind == PMML_TRUTH) {
        *out = text_equal_fold(word, strlen(word), "true") ||
                       text_equal(word, "1")
                   ? 1.0 : 0.0;
        return ST_OK;
    }
    return pmml_literal(p, d->kind, word, d->node, out, e);
}

/* A field of words of which the file names none: present or missing. */
static status present_or_not(struct pmml *p, reg in, double other, reg *r,
                             struct error *e)
{
    reg gone, nan, word;
    TRY(pmml_map(p, MAP_IS_MISSING, in, &gone, e));
    TRY(pmml_constant(p, NAN, &nan, e));
    TRY(pmml_constant(p, other, &word, e));
    return program_choose(p->k, &gone, &nan, &word, &word, 1, r, e);
}

/* Codes of a row → what they stand for. */
static status decode(struct pmml *p, const struct pmml_data *d,
                     const struct xml_node *mining, reg *r, struct error *e)
{
    enum pmml_invalid treat;
    struct lookup value, bad;
    double other = PMML_UNSEEN_NUMBER;
    reg in = (reg)d->feature, poison;
    TRY(pmml_invalid(p, mining, &treat, e));
    if (d->kind == PMML_WORD)
        TRY(program_word(p->k, PMML_UNSEEN_WORD, &other, e));
    if (treat == INVALID_AS_MISSING && d->limited)
        other = NAN;
    if (treat == INVALID_AS_VALUE) {
        const char *text = NULL;
        TRY(pmml_text(p, mining, "invalidValueReplacement", &text, e));
        TRY(pmml_literal(p, d->kind, text, mining, &other, e));
    }
    if (d->listed.count == 0)
        return present_or_not(p, in, other, r, e);
    TRY(lookup_room(p, d->listed.count, &value, e));
    TRY(lookup_room(p, d->listed.count, &bad, e));
    for (size_t i = 0; i < d->listed.count; i++) {
        bool valid = is_valid_code(d, i);
        value.key[i] = bad.key[i] = (double)i;
        bad.value[i] = valid ? 0.0 : (double)NAN;
        if (is_missing_code(d, i))
            value.value[i] = NAN;
        else if (!valid && treat != INVALID_AS_IS && treat != INVALID_RETURN)
            value.value[i] = other;
        else
            TRY(code_value(p, d, d->listed.word[i], &value.value[i], e));
        value.rows = bad.rows = i + 1;
    }
    TRY(lookup_step(p, &value, other, NAN, in, r, e));
    if (treat != INVALID_RETURN || !d->limited)
        return ST_OK;
    TRY(lookup_step(p, &bad, d->valid.open ? 0.0 : (double)NAN, 0.0, in,
                    &poison, e));
    return pmml_poison(p, poison, e);
}

status pmml_interval(struct pmml *p, const struct xml_node *n,
                     struct program_interval *out, struct error *e)
{
    static const char *const closures[] = {"openClosed", "openOpen",
                                           "closedOpen", "closedClosed", NULL};
    int closure = 3;
    TRY(pmml_choice(p, n, "closure", closures, 3, &closure, e));
    TRY(pmml_number(p, n, "leftMargin", -INFINITY, &out->low, e));
    TRY(pmml_number(p, n, "rightMargin", INFINITY, &out->high, e));
    out->low_open = closure < 2;
    out->high_open = closure == 1 || closure == 2;
    return ST_OK;
}

/* The numbers that are valid, as intervals. */
static status valid_intervals(struct pmml *p, const struct pmml_data *d,
                              double inside, struct program_interval **out,
                              size_t *count, struct error *e)
{
    size_t most = xml_count(d->node, "Interval") + d->valid.count, n = 0;
    struct program_interval *of =
        arena_new_array(p->arena, struct program_interval, most + 1);
    if (of == NULL)
        return arena_error(p->arena, e);
    for (const struct xml_node *i = xml_child(d->node, "Interval"); i != NULL;
         i = xml_sibling(i, "Interval")) {
        TRY(pmml_interval(p, i, &of[n], e));
        of[n++].value = inside;
    }
    for (size_t i = 0; i < d->valid.count; i++, n++) {
        TRY(pmml_literal(p, PMML_NUMBER, d->valid.word[i], d->node,
                         &of[n].low, e));
        of[n].high = of[n].low;
        of[n].value = inside;
    }
    if (n == 0) /* values are named that are invalid, and no others */
        of[n++] = (struct program_interval){-INFINITY, INFINITY, false, false,
                                            inside};
    *out = of;
    *count = n;
    return ST_OK;
}

/* Values that mean "missing" become so. */
static status drop_values(struct pmml *p, const struct pmml_data *d,
                          const struct pmml_words *w, reg *r, struct error *e)
{
    reg nan;
    TRY(pmml_constant(p, NAN, &nan, e));
    for (size_t i = 0; i < w->count; i++) {
        double x = 0.0;
        reg same;
        TRY(pmml_literal(p, PMML_NUMBER, w->word[i], d->node, &x, e));
        TRY(program_map(p->k, MAP_EQUALS_P, x, 0.0, false, r, 1, &same, e));
        TRY(program_choose(p->k, &same, &nan, r, &nan, 1, r, e));
    }
    return ST_OK;
}

/* Numbers that are invalid by name. */
static status bar_values(struct pmml *p, const struct pmml_data *d,
                         enum pmml_invalid treat, reg *r, struct error *e)
{
    struct lookup bad;
    reg poison;
    if (d->invalid.count == 0)
        return ST_OK;
    if (treat == INVALID_AS_MISSING)
        return drop_values(p, d, &d->invalid, r, e);
    if (treat == INVALID_AS_VALUE)
        return pmml_fault(p, d->node, e, ST_UNSUPPORTED,
                          "invalid Values of a number that asValue replaces");
    TRY(lookup_room(p, d->invalid.count, &bad, e));
    for (; bad.rows < d->invalid.count; bad.rows++) {
        TRY(pmml_literal(p, PMML_NUMBER, d->invalid.word[bad.rows], d->node,
                         &bad.key[bad.rows], e));
        bad.value[bad.rows] = NAN;
    }
    TRY(lookup_step(p, &bad, 0.0, 0.0, *r, &poison, e));
    return pmml_poison(p, poison, e);
}

static status limit_number(struct pmml *p, const struct pmml_data *d,
                           const struct xml_node *mining, reg *r,
                           struct error *e)
{
    enum pmml_invalid treat;
    struct program_interval *of = NULL;
    size_t n = 0;
    reg valid, other, nan;
    TRY(pmml_invalid(p, mining, &treat, e));
    if (!d->limited || treat == INVALID_AS_IS)
        return ST_OK;
    TRY(bar_values(p, d, treat, r, e));
    TRY(valid_intervals(p, d, treat == INVALID_RETURN ? 0.0 : 1.0, &of, &n,
                        e));
    if (treat == INVALID_RETURN) {
        TRY(program_intervals(p->k, of, n, NAN, 0.0, *r, &valid, e));
        return pmml_poison(p, valid, e);
    }
    TRY(pmml_constant(p, NAN, &nan, e));
    other = nan;
    if (treat == INVALID_AS_VALUE) {
        double x = 0.0;
        TRY(pmml_number(p, mining, "invalidValueReplacement", NAN, &x, e));
        TRY(pmml_constant(p, x, &other, e));
    }
    TRY(program_intervals(p->k, of, n, 0.0, NAN, *r, &valid, e));
    return program_choose(p->k, &valid, r, &other, &nan, 1, r, e);
}

static status outliers(struct pmml *p, const struct xml_node *mining, reg *r,
                       struct error *e)
{
    static const char *const words[] = {"asIs", "asMissingValues",
                                        "asExtremeValues", NULL};
    int choice = 0;
    struct program_interval in = {-INFINITY, INFINITY, false, false, 1.0};
    reg inside, nan;
    TRY(pmml_choice(p, mining, "outliers", words, 0, &choice, e));
    if (choice == 0)
        return ST_OK;
    TRY(pmml_number(p, mining, "lowValue", -INFINITY, &in.low, e));
    TRY(pmml_number(p, mining, "highValue", INFINITY, &in.high, e));
    if (!(in.low <= in.high))
        return pmml_fault(p, mining, e, ST_FORMAT,
                          "lowValue is above highValue");
    if (choice == 2)
        return program_map(p->k, MAP_CLAMP, in.low, in.high, false, r, 1, r,
                           e);
    TRY(pmml_constant(p, NAN, &nan, e));
    TRY(program_intervals(p->k, &in, 1, 0.0, NAN, *r, &inside, e));
    return program_choose(p->k, &inside, r, &nan, &nan, 1, r, e);
}

status pmml_treat(struct pmml *p, const struct xml_node *mining,
                  struct pmml_value *v, struct error *e)
{
    const char *fill = xml_value(mining, "missingValueReplacement");
    double x = 0.0;
    if (v->kind == PMML_NUMBER)
        TRY(outliers(p, mining, &v->r, e));
    if (fill != NULL) {
        TRY(pmml_literal(p, v->kind, fill, mining, &x, e));
        if (v->single && v->kind == PMML_NUMBER)
            x = num_float(x);
        v->constant = false;
        return program_map(p->k, MAP_FILL, x, 0.0, false, &v->r, 1, &v->r, e);
    }
    if (text_equal(xml_value(mining, "missingValueTreatment"),
                   "returnInvalid")) {
        reg gone, nan, zero;
        TRY(program_map(p->k, MAP_IS_MISSING, 0.0, 0.0, false, &v->r, 1, &gone,
                        e));
        TRY(pmml_constant(p, NAN, &nan, e));
        TRY(pmml_constant(p, 0.0, &zero, e));
        TRY(program_choose(p->k, &gone, &nan, &zero, &zero, 1, &gone, e));
        return pmml_poison(p, gone, e);
    }
    return ST_OK;
}

status pmml_input(struct pmml *p, const struct pmml_data *d,
                  const struct xml_node *mining, struct pmml_value *out,
                  struct error *e)
{
    const struct xml_node *at = mining == NULL ? d->node : mining;
    if (d->refused != NULL)
        return pmml_fault(p, d->node, e, ST_UNSUPPORTED,
                          "dataType=\"%.40s\" of \"%.60s\" is not supported",
                          d->refused, d->name);
    if (d->feature < 0)
        return pmml_fault(p, at, e, ST_FORMAT,
                          "\"%.60s\" is no active field of the MiningSchema",
                          d->name);
    *out = (struct pmml_value){.r = (reg)d->feature, .kind = d->kind,
                               .single = d->single};
    if (d->categorical) {
        TRY(decode(p, d, mining, &out->r, e));
        if (d->kind == PMML_WORD)
            out->words = &d->listed;
    } else {
        if (d->single)
            TRY(program_map(p->k, MAP_FLOAT32, 0.0, 0.0, false, &out->r, 1,
                            &out->r, e));
        TRY(drop_values(p, d, &d->missing, &out->r, e));
        TRY(limit_number(p, d, mining, &out->r, e));
    }
    return mining == NULL ? ST_OK : pmml_treat(p, mining, out, e);
}
