/* ModelVerification: rows with the results that the file's maker had. A model
 * that candor would read otherwise is refused, row and line named. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"
#include "model/evaluate.h"

#include <math.h>

enum { FIELDS_MAX = 4096 };

/* A column of the table: an input, or a result to be met. */
struct column {
    const struct xml_node *node;
    const char *cell;       /* its column's name */
    long feature;           /* -1: none */
    const struct pmml_data *data;
    bool probability, value; /* what is compared */
    const char *class_name;
    double precision, zero;
};

struct check {
    struct pmml *p;
    const struct model *m;
    struct column *column;
    size_t columns;
    double *row, *margin, *answer;
    size_t rows, compared;
};

/* What an output's name stands for. */
static void find_output(const struct pmml *p, const char *name,
                        struct column *c)
{
    const struct pmml_data *target = pmml_target_field(p, p->model);
    const struct xml_node *output = xml_child(p->model, "Output");
    if (target != NULL && text_equal(target->name, name))
        c->value = true;
    for (const struct xml_node *f =
             output == NULL ? NULL : xml_child(output, "OutputField");
         f != NULL; f = xml_sibling(f, "OutputField")) {
        const char *feature = xml_value(f, "feature");
        if (!text_equal(xml_value(f, "name"), name))
            continue;
        c->value = feature == NULL || text_equal(feature, "predictedValue");
        c->probability = text_equal(feature, "probability");
        c->class_name = xml_value(f, "value");
        if (text_equal(feature, "transformedValue"))
            c->value = pmml_transformed(p);
    }
}

static status read_column(struct check *k, const struct xml_node *n,
                          struct column *c, struct error *e)
{
    const char *name = NULL;
    c->node = n;
    c->feature = -1;
    TRY(pmml_text(k->p, n, "field", &name, e));
    c->cell = xml_value(n, "column");
    c->cell = c->cell == NULL ? name : c->cell;
    TRY(pmml_number(k->p, n, "precision", 1e-6, &c->precision, e));
    TRY(pmml_number(k->p, n, "zeroThreshold", 1e-16, &c->zero, e));
    long at = names_find(k->p->index, name, strlen(name));
    if (at >= 0 && k->p->data[at].feature >= 0) {
        c->data = &k->p->data[at];
        c->feature = c->data->feature;
    } else {
        find_output(k->p, name, c);
    }
    return ST_OK;
}

static double input_of(const struct check *k, const struct column *c,
                       const char *text)
{
    double x = 0.0;
    if (*text == '\0')
        return (double)NAN;
    if (c->data->categorical)
        return model_category_code(k->m, (size_t)c->feature, text,
                                   strlen(text));
    return num_parse(text, strlen(text), &x) ? x : (double)NAN;
}

/* The probability of a class by what the model answers. */
static bool probability_of(const struct check *k, const char *name, double *out)
{
    const char *const *names = NULL;
    size_t n = 0;
    const struct model *m = k->m;
    if (m->outputs > 1) {
        for (size_t i = 0; i < m->outputs && m->class_names != NULL; i++)
            if (text_equal(m->class_names[i], name)) {
                *out = k->answer[i];
                return true;
            }
        return false;
    }
    if (pmml_classes(k->p, k->p->model, &names, &n, NULL) != ST_OK || n != 2)
        return false;
    size_t event = pmml_event_of(k->p, names);
    *out = text_equal(name, names[event]) ? k->answer[0] : 1.0 - k->answer[0];
    return text_equal(name, names[0]) || text_equal(name, names[1]);
}

/* The class that a row is told to have must have the greatest probability. */
static bool is_winner(const struct check *k, const char *name, bool *known)
{
    const char *const *names = NULL;
    size_t n = 0;
    double own = 0.0, other = 0.0, best = -INFINITY;
    (void)!pmml_classes(k->p, k->p->model, &names, &n, NULL);
    *known = n > 0 && probability_of(k, name, &own);
    for (size_t i = 0; i < n && *known; i++)
        if (probability_of(k, names[i], &other))
            best = fmax(best, other);
    return own >= best;
}

static bool meets(const struct column *c, double expected, double is)
{
    if (fabs(expected) <= c->zero)
        return fabs(is) <= c->zero || fabs(is) <= c->precision;
    return fabs(is - expected) <= c->precision * fabs(expected);
}

static status differs(const struct check *k, const struct column *c,
                      const struct xml_node *row, const char *text, double is,
                      struct error *e)
{
    return pmml_fault(k->p, row, e, ST_FORMAT,
                      "the file's own check fails: row %zu of "
                      "ModelVerification has %.60s for \"%.60s\", candor "
                      "computes %.17g", k->rows, text,
                      xml_value(c->node, "field"), is);
}

static status compare(struct check *k, const struct column *c,
                      const struct xml_node *row, const char *text,
                      struct error *e)
{
    double expected = 0.0, is = NAN;
    bool known = false;
    bool classes = text_equal(xml_value(k->p->model, "functionName"),
                              "classification") && !pmml_transformed(k->p);
    if (c->value && classes) {
        bool wins = is_winner(k, text, &known);
        k->compared += known;
        return !known || wins ? ST_OK
                              : differs(k, c, row, text, k->answer[0], e);
    }
    if (!num_parse(text, strlen(text), &expected))
        return ST_OK;
    if (c->value)
        is = k->answer[0];
    else if (c->class_name == NULL || !probability_of(k, c->class_name, &is))
        return ST_OK;
    k->compared++;
    return meets(c, expected, is) ? ST_OK : differs(k, c, row, text, is, e);
}

static status check_row(struct check *k, const struct xml_node *row,
                        struct error *e)
{
    struct model_rows one = {.value = k->row, .n = 1};
    k->rows++;
    for (size_t i = 0; i < k->m->features; i++)
        k->row[i] = NAN;
    for (size_t i = 0; i < k->columns; i++) {
        const struct column *c = &k->column[i];
        const struct xml_node *cell = pmml_cell(row, c->cell);
        if (c->feature >= 0 && cell != NULL)
            k->row[c->feature] = input_of(k, c, cell->text);
    }
    TRY(model_evaluate(k->m, &one, true, k->margin, e));
    (void)model_answer(k->m, k->margin, k->answer);
    for (size_t i = 0; i < k->columns; i++) {
        const struct column *c = &k->column[i];
        const struct xml_node *cell = pmml_cell(row, c->cell);
        if ((c->value || c->probability) && cell != NULL &&
            *cell->text != '\0')
            TRY(compare(k, c, row, cell->text, e));
    }
    return ST_OK;
}

static status read_columns(struct check *k, const struct xml_node *fields,
                           struct error *e)
{
    size_t n = fields == NULL ? 0 : xml_count(fields, "VerificationField");
    if (n > FIELDS_MAX)
        return pmml_fault(k->p, fields, e, ST_LIMIT,
                          "more than %d VerificationFields", FIELDS_MAX);
    k->column = arena_new_array(k->p->arena, struct column, n + 1);
    k->row = arena_new_array(k->p->arena, double, k->m->features);
    k->margin = arena_new_array(k->p->arena, double, k->m->outputs * 2);
    if (k->column == NULL || k->row == NULL || k->margin == NULL)
        return arena_error(k->p->arena, e);
    k->answer = k->margin + k->m->outputs;
    for (const struct xml_node *f =
             n == 0 ? NULL : xml_child(fields, "VerificationField");
         f != NULL; f = xml_sibling(f, "VerificationField"))
        TRY(read_column(k, f, &k->column[k->columns++], e));
    return ST_OK;
}

status pmml_verify(struct pmml *p, const struct model *m, struct error *e)
{
    const struct xml_node *all = xml_child(p->model, "ModelVerification");
    const struct xml_node *table =
        all == NULL ? NULL : xml_child(all, "InlineTable");
    struct check k = {.p = p, .m = m};
    if (table == NULL)
        return ST_OK;
    TRY(read_columns(&k, xml_child(all, "VerificationFields"), e));
    for (const struct xml_node *row = xml_child(table, "row"); row != NULL;
         row = xml_sibling(row, "row"))
        TRY(check_row(&k, row, e));
    return ST_OK;
}
