/* A project's levers, formulas, rules and scores as a recourse problem: what
 * lands where. The sample model, with projects written here. */
#include "check.h"

#include "base/buf.h"
#include "batch/levers.h"

#include <math.h>

struct desk {
    struct session s;
    struct levers l;
    struct error e;
};

static struct model *load(const char *path)
{
    struct error e = {0};
    struct model *m = NULL;
    check_ok(session_model(path, NULL, TREES_ALL, &m, &e), &e);
    return m;
}

/* ' becomes ". */
static void quoted(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        buf_putc(out, *text == '\'' ? '"' : *text);
}

/* The sample's model with every input as it is called; `rest` behind. */
static status open_desk(struct desk *d, const char *model, const char *rest)
{
    struct buf text = BUF_INIT(1 << 16);
    memset(d, 0, sizeof *d);
    d->s.model = load("samples/credit/model.json");
    buf_puts(&text, "{\"model\": {\"file\": \"model.json\"");
    quoted(&text, model);
    buf_puts(&text, "}, \"features\": [");
    for (size_t j = 0; j < d->s.model->features; j++) {
        const struct model_feature *f = &d->s.model->feature[j];
        buf_printf(&text, "%s{\"input\": \"%s\"", j > 0 ? ", " : "", f->name);
        for (size_t k = 0; k < f->word_count; k++)
            buf_printf(&text, "%s\"%s\"%s", k == 0 ? ", \"words\": [" : ", ",
                       f->words[k], k + 1 == f->word_count ? "]" : "");
        buf_puts(&text, "}");
    }
    buf_puts(&text, "], ");
    quoted(&text, rest);
    buf_puts(&text, "}");
    status s = project_parse(buf_text(&text), text.length, "candor.json",
                             "samples/credit", &d->s.project, &d->s.faults,
                             &d->e);
    buf_free(&text);
    if (s == ST_OK)
        s = project_bind(d->s.project, d->s.model, &d->s.faults, &d->e);
    if (s == ST_OK)
        s = input_map_new(d->s.project, d->s.model, &d->s.map, &d->e);
    return s;
}

static void close_desk(struct desk *d)
{
    levers_close(&d->l);
    input_map_free(d->s.map);
    model_free(d->s.model);
    project_free(d->s.project);
    fault_list_free(&d->s.faults);
}

#define POINTS                                                                 \
    ", 'orientation': 'higher is worse', 'cutoff': 640, 'scale': {'kind': "    \
    "'points', 'pdo': 40, 'at_score': 660, 'at_odds': 12}"

static const struct recourse_problem *describe(struct desk *d,
                                               const char *rest,
                                               bool decline)
{
    struct levers_options options = {.decline = decline};
    check_ok(open_desk(d, POINTS, rest), &d->e);
    check_ok(levers_describe(&d->s, &options, &d->l, &d->e), &d->e);
    assert_non_null(d->l.problem);
    assert_null(d->l.recourse);
    return d->l.problem;
}

static size_t input(const struct desk *d, const char *name)
{
    long at = model_find_feature(d->s.model, name);
    assert_true(at >= 0);
    return (size_t)at;
}

static size_t quantity(const struct recourse_problem *p, const char *name)
{
    for (size_t i = 0; i < p->quantities; i++)
        if (strcmp(p->quantity_name[i], name) == 0)
            return i;
    fail_msg("no quantity %s", name);
    return 0;
}

#define ALL_KINDS                                                              \
    "'levers': ["                                                              \
    "{'input': 'utilization', 'direction': 'down', 'low': 0.05, 'high': 5, 'step': 0.05, " \
    "'cost': 2, 'scale': 0.2, 'fixed_cost': 0.3, 'known_cost': 0.7}, "         \
    "{'key': 'pay', 'column': 'payment', 'direction': 'down', 'low': 0, "      \
    "'high': 5000, 'step': 5, 'decimals': 0}, "                                              \
    "{'key': 'kind', 'inputs': {'none': null, 'one': 'collections', 'many': "  \
    "'open_accounts'}, 'words': ['none', 'many']}, "                           \
    "{'key': 'wait', 'waiting': [{'input': 'employment_months', 'high': 600}, " \
    "{'input': 'inquiries_6m', 'rate': -0.5, 'low': 0}], 'high': 24, 'step': " \
    "3}, "                                                                     \
    "{'key': 'home', 'input': 'housing', 'words': ['rent', 'own'], 'ordered': " \
    "true, 'direction': 'up', 'missing_cost': 4}, "                            \
    "{'key': 'amount', 'input': 'amount_requested', 'loan_term': true, 'low': " \
    "0, 'high': 9000, 'step': 500}]"

static void check_waiting(const struct recourse_lever *l, size_t employment)
{
    assert_true(l->quantity == RECOURSE_NO_QUANTITY);
    assert_int_equal(l->direction, RECOURSE_UP);
    assert_true(l->integer);
    check_close(l->low, 0, 0, 0);
    check_close(l->high, 24, 0, 0);
    check_close(l->step, 3, 0, 0);
    assert_int_equal(l->decimals, 0);
    assert_int_equal(l->effects, 2);
    assert_int_equal(l->effect[0].kind, RECOURSE_ADD);
    assert_int_equal(l->effect[0].quantity, employment);
    check_close(l->effect[0].rate, 1, 0, 0);
    check_close(l->effect[0].high, 600, 0, 0);
    assert_true(isinf(l->effect[0].low) && l->effect[0].low < 0);
    check_close(l->effect[1].rate, -0.5, 0, 0);
    check_close(l->effect[1].low, 0, 0, 0);
}

static void levers_of_every_kind(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p =
        describe(&d, ALL_KINDS ", 'recourse': {'columns': ['rent']}", false);
    const struct recourse_lever *l = p->lever;
    assert_int_equal(p->levers, 5); /* a term of the loan is left out */
    assert_int_equal(p->quantities, d.s.model->features + 3);

    assert_string_equal(l[0].name, "utilization");
    assert_int_equal(l[0].quantity, input(&d, "utilization"));
    assert_int_equal(l[0].direction, RECOURSE_DOWN);
    check_close(l[0].low, 0.05, 0, 0);
    check_close(l[0].high, 5, 0, 0);
    check_close(l[0].step, 0.05, 0, 0);
    assert_int_equal(l[0].decimals, 2);
    assert_int_equal(l[0].cost, RECOURSE_SCALE);
    check_close(l[0].weight, 2, 0, 0);
    check_close(l[0].scale, 0.2, 0, 0);
    check_close(l[0].fixed, 0.3, 0, 0);
    check_close(l[0].known_cost, 0.7, 0, 0);
    check_close(l[0].missing_cost, -1, 0, 0);
    assert_null(l[0].code);

    assert_int_equal(l[1].quantity, quantity(p, "payment"));
    assert_true(l[1].quantity >= d.s.model->features);
    assert_int_equal(l[1].decimals, 0);
    assert_int_equal(l[1].effects, 0);

    assert_int_equal(l[2].quantity, quantity(p, "kind"));
    assert_int_equal(l[2].codes, 2);
    check_close(l[2].code[0], 0, 0, 0);
    check_close(l[2].code[1], 2, 0, 0);
    assert_int_equal(l[2].effects, 2);
    assert_int_equal(l[2].effect[0].kind, RECOURSE_INDICATE);
    assert_int_equal(l[2].effect[0].quantity, input(&d, "collections"));
    check_close(l[2].effect[0].code, 1, 0, 0);
    assert_int_equal(l[2].effect[1].quantity, input(&d, "open_accounts"));
    check_close(l[2].effect[1].code, 2, 0, 0);

    check_waiting(&l[3], input(&d, "employment_months"));

    size_t home = input(&d, "housing");
    assert_int_equal(l[4].quantity, home);
    assert_true(l[4].ordered);
    assert_int_equal(l[4].direction, RECOURSE_UP);
    check_close(l[4].code[0],
                model_category_code(d.s.model, home, "rent", 4), 0, 0);
    check_close(l[4].code[1], model_category_code(d.s.model, home, "own", 3),
                0, 0);
    check_close(l[4].missing_cost, 4, 0, 0);
    assert_int_equal(d.l.lever_of[4], 4);
    close_desk(&d);
}

static void formulas_and_rules(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p = describe(
        &d,
        ALL_KINDS
        ", 'recourse': {'derived': [{'input': 'payment_to_income', 'ratio': "
        "['all', 'income_monthly'], 'times': 0.5, 'decimals': 3}, {'input': "
        "'all', 'sum': ['payment', 'rent']}], 'columns': ['rent'], 'order': "
        "[{'lower': 'inquiries_6m', 'upper': 'inquiries_12m'}], 'linear': "
        "[{'name': 'room', 'terms': [{'input': 'all'}, {'input': "
        "'income_monthly', 'times': -0.5}], 'most': -100}], 'if_then': [{'if': "
        "{'input': 'utilization', 'high': 0.3}, 'then': {'input': 'kind', "
        "'word': 'many'}}], 'at_most_one': [{'levers': ['amount', 'pay']}, "
        "{'levers': ['kind', 'wait', 'amount']}], 'most_changes': 2, "
        "'node_budget': 77, 'alternatives': 1}",
        false);
    assert_int_equal(p->most_changes, 2);
    assert_int_equal(p->node_budget, 77);
    assert_int_equal(p->alternatives, 1);
    assert_int_equal(p->formulas, 2);
    const struct recourse_formula *f = p->formula;
    assert_int_equal(f[0].quantity, input(&d, "payment_to_income"));
    assert_int_equal(f[0].op, RECOURSE_RATIO);
    assert_int_equal(f[0].a, quantity(p, "all"));
    assert_int_equal(f[0].b, input(&d, "income_monthly"));
    check_close(f[0].factor, 0.5, 0, 0);
    assert_int_equal(f[0].decimals, 3);
    assert_int_equal(f[1].op, RECOURSE_SUM);
    assert_int_equal(f[1].b, quantity(p, "rent"));
    assert_int_equal(f[1].decimals, -1);

    /* the first at-most-one rule has one lever left and binds nothing */
    assert_int_equal(p->rules, 4);
    const struct recourse_rule *r = p->rule;
    assert_int_equal(r[0].kind, RECOURSE_LINEAR);
    assert_string_equal(r[0].name, "inquiries_6m at most inquiries_12m");
    assert_int_equal(r[0].terms, 2);
    assert_int_equal(r[0].term[0].quantity, input(&d, "inquiries_6m"));
    check_close(r[0].term[1].coefficient, -1, 0, 0);
    check_close(r[0].most, 0, 0, 0);
    assert_string_equal(r[1].name, "room");
    check_close(r[1].term[1].coefficient, -0.5, 0, 0);
    check_close(r[1].most, -100, 0, 0);
    assert_int_equal(r[2].kind, RECOURSE_IF_THEN);
    assert_int_equal(r[2].when.quantity, input(&d, "utilization"));
    assert_true(isinf(r[2].when.low));
    check_close(r[2].when.high, 0.3, 0, 0);
    assert_int_equal(r[2].then.quantity, quantity(p, "kind"));
    check_close(r[2].then.low, 2, 0, 0);
    check_close(r[2].then.high, 2, 0, 0);
    assert_int_equal(r[3].kind, RECOURSE_AT_MOST_ONE);
    assert_int_equal(r[3].levers, 2);
    assert_int_equal(r[3].lever[0], 2);
    assert_int_equal(r[3].lever[1], 3);
    close_desk(&d);
}

#define ONE "'levers': [{'input': 'utilization', 'direction': 'down', 'low': 0}]"

/* 40 points double the odds, and a higher margin is worse. */
static double margin_at(const struct desk *d, double points)
{
    return project_margin(d->s.project, points);
}

static void bands_margins_and_the_other_side(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p = describe(&d, ONE, false);
    assert_int_equal(p->scores, 1);
    assert_int_equal(p->score[0].accept, RECOURSE_AT_MOST);
    check_close(p->score[0].cutoff, margin_at(&d, 639.5), 1e-14, 0);
    assert_true(p->score[0].native && p->score[0].guard >= 0);
    check_close(p->margin, 0, 0, 0);
    assert_true(isinf(p->lever[0].high) && p->lever[0].high > 0);
    double cutoff = p->score[0].cutoff;
    close_desk(&d);

    p = describe(&d, ONE ", 'recourse': {'band': {'low': 650, 'high': 680}, "
                         "'margin': 10}",
                 false);
    assert_int_equal(p->scores, 2);
    check_close(p->score[0].cutoff, margin_at(&d, 649.5), 1e-14, 0);
    assert_int_equal(p->score[1].accept, RECOURSE_AT_LEAST);
    check_close(p->score[1].cutoff, margin_at(&d, 680.5), 1e-14, 0);
    assert_string_equal(p->score[1].name, "band");
    check_close(p->margin, log(2) / 4, 1e-12, 0);
    close_desk(&d);

    /* a band that reaches below the cutoff does not lower it */
    p = describe(&d, ONE ", 'recourse': {'band': {'low': 600, 'high': 680}}",
                 false);
    check_close(p->score[0].cutoff, margin_at(&d, 639.5), 1e-14, 0);
    close_desk(&d);

    p = describe(&d, ONE ", 'recourse': {'band': {'high': 680}, 'margin': 10}",
                 true);
    assert_int_equal(p->scores, 1);
    assert_int_equal(p->score[0].accept, RECOURSE_AT_LEAST);
    assert_true(p->score[0].cutoff > cutoff);
    check_close(p->score[0].cutoff, cutoff, 1e-15, 0);
    assert_int_equal(p->lever[0].direction, RECOURSE_BOTH);
    check_close(p->margin, 0, 0, 0);
    close_desk(&d);

    /* time runs one way in an audit too, and terms of the loan count */
    p = describe(&d, ALL_KINDS ", 'recourse': {'columns': ['rent']}", true);
    assert_int_equal(p->levers, 6);
    assert_int_equal(p->lever[3].direction, RECOURSE_UP);
    close_desk(&d);
}

/* --- tables and other models ------------------------------------------- */

#define TABLES                                                                 \
    ", 'data': {'reference': {'B': {'name': 'all', 'file': 'train.csv'}}}"

static void costs_by_table_and_by_people(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p = describe(
        &d,
        "'levers': [{'input': 'utilization', 'cost_by': 'percentile', "
        "'direction': 'down', 'low': 0}, {'input': 'savings_balance', "
        "'cost_by': 'table', 'costs': [[100, 0.5], [1000, 2]]}, {'key': 'home', "
        "'input': 'housing', 'words': ['rent', 'own'], 'cost_by': 'table', "
        "'costs': {'own': 3, 'rent': 1}}]" TABLES,
        false);
    const struct recourse_lever *l = p->lever;
    assert_int_equal(l[0].cost, RECOURSE_PERCENTILE);
    assert_true(l[0].samples > 6000 && l[0].samples <= 7000);
    for (size_t i = 1; i < l[0].samples; i++)
        assert_true(l[0].sample[i - 1] <= l[0].sample[i]);
    assert_int_equal(l[1].cost, RECOURSE_TABLE);
    assert_int_equal(l[1].prices, 2);
    check_close(l[1].price[1].change, 1000, 0, 0);
    check_close(l[1].price[1].cost, 2, 0, 0);
    assert_int_equal(l[2].prices, 2); /* in the order of its words */
    check_close(l[2].price[0].cost, 1, 0, 0);
    check_close(l[2].price[1].cost, 3, 0, 0);
    close_desk(&d);
}

static void ordinary_people_are_a_score(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p = describe(
        &d,
        ONE TABLES ", 'recourse': {'plausibility': {'reference': 'B', 'share': "
                   "0.05, 'trees': 20}}",
        false);
    assert_int_equal(p->scores, 2);
    const struct recourse_score *s = &p->score[1];
    assert_ptr_equal(s->model, isolation_model(d.l.ordinary));
    assert_int_equal(s->model->trees, 20);
    assert_int_equal(s->accept, RECOURSE_AT_LEAST);
    assert_false(s->native);
    check_close(s->cutoff, isolation_cutoff(d.l.ordinary, 0.05), 0, 0);
    for (size_t j = 0; j < s->model->features; j++) {
        const struct model_feature *f = &d.s.model->feature[s->quantity[j]];
        assert_true(f->used && f->kind != FEATURE_CATEGORY);
        assert_string_equal(s->model->feature[j].name, f->name);
    }
    close_desk(&d);
}

static void another_model_reads_by_name(void **state)
{
    (void)state;
    struct desk d;
    const struct recourse_problem *p = describe(
        &d,
        ONE ", 'recourse': {'scores': [{'name': 'second', 'file': "
            "'model-lightgbm.txt', 'orientation': 'higher is worse', "
            "'cutoff': 0.2}]}",
        false);
    assert_int_equal(p->scores, 2);
    const struct recourse_score *s = &p->score[1];
    assert_string_equal(s->name, "second");
    assert_int_equal(s->accept, RECOURSE_AT_MOST);
    check_close(s->cutoff, log(0.2 / 0.8), 1e-12, 0);
    assert_true(s->native);
    for (size_t j = 0; j < s->model->features; j++)
        assert_string_equal(s->model->feature[j].name,
                            p->quantity_name[s->quantity[j]]);
    close_desk(&d);
}

static void models_that_cannot_be_read(void **state)
{
    (void)state;
    struct desk d;
    status s = open_desk(&d, POINTS,
                         "'recourse': {'scores': [{'name': 'second', 'file': "
                         "'nowhere.json', 'orientation': 'higher is worse', "
                         "'cutoff': 0.2}]}");
    check_fails(s, &d.e, ST_ARGUMENT,
                "the model of score \"second\" cannot be read: ");
    assert_int_equal(d.e.line, 1);
    assert_true(d.e.column > 100);
    close_desk(&d);
    s = open_desk(&d, POINTS,
                  "'recourse': {'scores': [{'name': 'second', 'file': "
                  "'../claims/model.txt', 'orientation': 'higher is worse', "
                  "'cutoff': 0.2, 'scale': {'kind': 'margin'}}]}");
    check_fails(s, &d.e, ST_ARGUMENT, "score \"second\" reads the input \"");
    close_desk(&d);
}

/* --- rows -------------------------------------------------------------- */

static void rows_of_quantities(void **state)
{
    (void)state;
    enum { FEW = 5 };
    struct desk d;
    const struct column_spec *own, *more;
    check_ok(open_desk(&d, POINTS, ALL_KINDS ", 'recourse': {'columns': ["
                                             "'rent']}"),
             &d.e);
    size_t n = input_map_columns(d.s.map, &own);
    assert_int_equal(input_map_further(d.s.map, &more), 2);
    assert_string_equal(more[0].name, "rent");
    assert_string_equal(more[1].name, "payment");
    double other[FEW] = {0}, rent[FEW] = {500, 500, 500, NAN, 500};
    double one[FEW] = {1, 0, 1, NAN, 0.5}, many[FEW] = {0, 0, 1, 0, 0};
    const char *words[FEW] = {"own", "own", "own", "own", "own"};
    const double *number[64];
    const char *const *text[64];
    for (size_t c = 0; c < n + 2; c++) {
        bool word = c < n && own[c].type == COLUMN_TEXT;
        const double *which = c == n ? rent : other;
        if (c < n && strcmp(own[c].name, "collections") == 0)
            which = one;
        if (c < n && strcmp(own[c].name, "open_accounts") == 0)
            which = many;
        number[c] = word ? NULL : which;
        text[c] = word ? words : NULL;
    }
    struct block b = {.rows = FEW, .number = number, .text = text};
    const double code[FEW] = {1, 0, NAN, NAN, NAN};
    size_t at_code = 0, at_rent = 0, width = d.s.project->recourse.width;
    for (size_t q = 0; q < d.s.project->quantities; q++) {
        const struct project_feature *f = &d.s.project->feature[q];
        at_code = f->quantity == QUANTITY_CODE ? f->at : at_code;
        at_rent = strcmp(f->input, "rent") == 0 ? f->at : at_rent;
    }
    double row[64];
    assert_int_equal(width, d.s.model->features + 3);
    for (size_t i = 0; i < FEW; i++) {
        input_map_quantities(d.s.map, &b, i, n, row);
        check_close(row[at_code], code[i], 0, 0);
        check_close(row[at_rent], rent[i], 0, 0);
        check_close(row[input(&d, "collections")], one[i], 0, 0);
    }
    close_desk(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levers_of_every_kind),
        cmocka_unit_test(formulas_and_rules),
        cmocka_unit_test(bands_margins_and_the_other_side),
        cmocka_unit_test(costs_by_table_and_by_people),
        cmocka_unit_test(ordinary_people_are_a_score),
        cmocka_unit_test(another_model_reads_by_name),
        cmocka_unit_test(models_that_cannot_be_read),
        cmocka_unit_test(rows_of_quantities),
    };
    return cmocka_run_group_tests_name("batch_levers", tests, NULL, NULL);
}
