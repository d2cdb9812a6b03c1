/* A generalised linear model as a table: term, coefficient. */
#include "formats/table_glm.h"

#include "base/text.h"
#include "formats/rows.h"

#include <math.h>

static status set_link(struct table_glm *g, const struct table_line *line,
                       struct error *e)
{
    const char *value = line->cell[TABLE_COEFFICIENT];
    if (g->has_link)
        return table_lines_fault(&g->t, line->line, e, ST_FORMAT,
                                 "a second link");
    g->has_link = true;
    if (table_link(value, &g->link))
        return ST_OK;
    return table_lines_fault(&g->t, line->line, e, ST_UNSUPPORTED,
                             "the link \"%.60s\" is not known: identity, "
                             "logit, probit, cloglog, loglog, cauchit, log",
                             value);
}

/* R writes NA for a term that the others give already: it adds nothing. */
static status coefficient(const struct table_glm *g,
                          const struct table_line *line, double *out,
                          struct error *e)
{
    const char *cell = line->cell[TABLE_COEFFICIENT];
    *out = 0.0;
    if (text_equal(cell, "NA"))
        return ST_OK;
    if (table_lines_number(&g->t, cell, out) && isfinite(*out))
        return ST_OK;
    return table_lines_fault(&g->t, line->line, e, ST_FORMAT,
                             "the coefficient of \"%.60s\" must be a number, "
                             "not \"%.60s\"", line->cell[TABLE_NAME], cell);
}

static int by_factors(const void *a, const void *b)
{
    const struct glm_factor *x = a, *y = b;
    if (x->input != y->input)
        return x->input < y->input ? -1 : 1;
    if (x->function != y->function)
        return x->function < y->function ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->power != y->power)
        return x->power < y->power ? -1 : 1;
    bool words = x->word != NULL && y->word != NULL;
    return words ? strcmp(x->word, y->word) : 0;
}

static int by_term(const void *a, const void *b)
{
    const struct glm_term *x = a, *y = b;
    if (x->factors != y->factors)
        return x->factors < y->factors ? -1 : 1;
    for (size_t i = 0; i < x->factors; i++) {
        int order = by_factors(&x->factor[i], &y->factor[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* A term that stands twice is a slip of whoever wrote the table. */
static status check_once(const struct table_glm *g, struct error *e)
{
    struct glm_term *sorted = mem_array(g->terms + 1, sizeof *sorted);
    status s = ST_OK;
    if (sorted == NULL)
        return error_memory(e);
    if (g->terms > 0)
        memcpy(sorted, g->term, g->terms * sizeof *sorted);
    for (size_t i = 0; i < g->terms; i++)
        qsort(sorted[i].factor, sorted[i].factors, sizeof *sorted[i].factor,
              by_factors);
    qsort(sorted, g->terms, sizeof *sorted, by_term);
    for (size_t i = 1; i < g->terms && s == ST_OK; i++)
        if (by_term(&sorted[i - 1], &sorted[i]) == 0) {
            long one = sorted[i - 1].line, two = sorted[i].line;
            s = table_lines_fault(&g->t, one < two ? two : one, e, ST_FORMAT,
                                  "the same term as on line %ld",
                                  one < two ? one : two);
        }
    mem_free(sorted);
    return s;
}

static status read_term(struct table_glm *g, const struct table_line *line,
                        struct error *e)
{
    static const char *const intercepts[] = {"(intercept)", "intercept",
                                             "const", "constant", NULL};
    const char *name = line->cell[TABLE_NAME];
    struct glm_term *t = &g->term[g->terms];
    double value = 0.0;
    TRY(coefficient(g, line, &value, e));
    if (table_lines_among(name, intercepts)) {
        if (g->has_intercept)
            return table_lines_fault(&g->t, line->line, e, ST_FORMAT,
                                     "a second intercept");
        g->has_intercept = true;
        g->intercept = value;
        return ST_OK;
    }
    TRY(table_term(g, line, t, e));
    t->coefficient = value;
    for (size_t i = 0; i < t->factors; i++)
        if (t->factors == 1 && t->factor[i].function == GLM_LEVEL &&
            value == 0.0)
            g->input[t->factor[i].input].complete = true;
    g->terms++;
    return ST_OK;
}

static status read_terms(struct table_glm *g, struct error *e)
{
    g->term = mem_array(g->t.count + 1, sizeof *g->term);
    if (g->term == NULL)
        return error_memory(e);
    for (size_t i = 0; i < g->t.count; i++) {
        const struct table_line *line = &g->t.line[i];
        TRY(text_equal_fold(line->cell[TABLE_NAME],
                            strlen(line->cell[TABLE_NAME]), "link")
                ? set_link(g, line, e)
                : read_term(g, line, e));
    }
    if (!g->has_link)
        return error_set(e, ST_FORMAT,
                         "%s does not say its link: add a line link, logit "
                         "(or identity, log, probit, cloglog, loglog, cauchit)",
                         g->t.source);
    if (g->terms == 0)
        return error_set(e, ST_FORMAT, "%s has no term", g->t.source);
    return check_once(g, e);
}

static status read_glm(struct table_glm *g, struct stream in,
                       const struct format_options *options, struct model **out,
                       struct error *e)
{
    if (g->b == NULL || g->names == NULL)
        return error_memory(e);
    if (options->trees == TREES_BEST_ITERATION)
        return error_set(e, ST_ARGUMENT, "a regression has no iterations: use "
                         "all trees");
    TRY(table_lines_read(&g->t, in, TABLE_GLM, options->memory_cap, e));
    TRY(read_terms(g, e));
    builder_library(g->b, LIBRARY_TABLE, format_table_glm.title, "");
    builder_compare(g->b, COMPARE_AT_MOST_DOUBLE);
    builder_sum(g->b, SUM_DOUBLE);
    builder_link(g->b, g->link, 1.0);
    builder_objective(g->b, "regression");
    if (g->t.unread != NULL)
        TRY(builder_parameter(g->b, "columns not read", g->t.unread, e));
    TRY(builder_outputs(g->b, 1, e));
    TRY(table_glm_build(g, e));
    return builder_finish(g->b, 0, "", 0, out, e);
}

static status glm_load(struct stream in, const struct format_options *options,
                       struct model **out, struct error *e)
{
    struct table_glm g = {.link = LINK_IDENTITY};
    g.b = builder_new(options->memory_cap);
    g.names = names_new();
    status s = read_glm(&g, in, options, out, e);
    for (size_t i = 0; i < g.input_room; i++)
        names_free(g.input[i].words);
    mem_free(g.input);
    mem_free(g.term);
    table_lines_free(&g.t);
    names_free(g.names);
    builder_free(g.b);
    return s;
}

static int glm_sniff(const char *bytes, size_t length)
{
    char delimiter = ',';
    return table_lines_form(bytes, length, &delimiter) == TABLE_GLM ? 90 : 0;
}

const struct format format_table_glm = {
    "regression-table", "regression table", ".csv .tsv", glm_sniff, glm_load};
