/* Contributions → ranked factors and principal reasons; rows → decisions. */
#include "check.h"

#include "reasons/decision.h"

static struct project *project_of(const char *documents, const char *rest)
{
    char text[4000];
    struct project *p = NULL;
    struct fault_list faults = {0};
    struct error e = {0};
    static const long of_model[] = {0, 1, 2, 3, 4};
    (void)snprintf(
        text, sizeof text,
        "{\"model\": {\"file\": \"m\", \"orientation\": \"higher is worse\", "
        "\"cutoff\": 0, \"scale\": {\"kind\": \"margin\"}}, "
        "\"features\": [{\"input\": \"a\"}, {\"input\": \"b\"}, {\"input\": "
        "\"c\"}, {\"input\": \"d\"}, {\"input\": \"e\"}], "
        "\"factors\": [{\"key\": \"ab\", \"features\": [\"a\", \"b\"], "
        "\"reason\": \"AB\", \"hmda\": \"1\"}, {\"key\": \"c\", \"features\": "
        "[\"c\"], \"reason\": \"C\"}, {\"key\": \"d\", \"features\": [\"d\"], "
        "\"reason\": \"D\"}, {\"key\": \"e\", \"features\": [\"e\"], "
        "\"reason\": \"E\"}], "
        "\"rules\": [{\"key\": \"open\", \"column\": \"bk\", \"op\": \"in\", "
        "\"words\": [\"yes\"], \"reason\": \"Bankruptcy\", \"hmda\": 9}, "
        "{\"key\": \"low\", \"column\": \"inc\", \"op\": \"<\", \"number\": "
        "10, \"reason\": \"Too little\"}], "
        "\"bureaus\": [{\"key\": \"x\"}, {\"key\": \"y\"}], "
        "\"documents\": {%s}%s}",
        documents, rest);
    check_ok(project_parse(text, strlen(text), "candor.json", "", &p, &faults,
                           &e),
             &e);
    fault_list_free(&faults);
    p->of_model = of_model;
    return p;
}

static void shortfalls_rank_and_group(void **state)
{
    (void)state;
    struct project *p = project_of("\"most_reasons\": 2", "");
    struct reasons *r = NULL;
    struct error e = {0};
    /* a model of the bad: a positive contribution counts against */
    const double phi[] = {0.5, -0.2, 0.3, -1, 0.7}; /* ab .3, c .3, d -1, e .7 */
    const double phi_b[] = {0.1, 0.3, 0.2, -1, -0.1}; /* ab .4, c .2 */
    double a[5], b[5];
    check_ok(reasons_new(p, &r, &e), &e);
    reasons_orient(p, phi, 5, a);
    reasons_orient(p, phi_b, 5, b);
    check_close(a[0], -0.5, 0, 0);
    reasons_find(r, p, a, b, 5, NULL, FAILED_SCORE);
    assert_int_equal(r->method, METHOD_A);
    assert_int_equal(r->adverse[METHOD_A], 3);
    assert_int_equal(r->ranked[METHOD_A][0], 3);
    /* .5 - .2 is .3 in doubles as well: the declared order decides */
    assert_int_equal(r->ranked[METHOD_A][1], 0);
    assert_int_equal(r->ranked[METHOD_A][2], 1);
    assert_int_equal(r->factor[2].rank[METHOD_A], 0);
    check_close(r->factor[0].shortfall[METHOD_A], 0.3, 1e-15, 0);
    assert_int_equal(r->adverse[METHOD_B], 2);
    assert_int_equal(r->overlap, 2);
    assert_int_equal(r->compared, 3);
    assert_false(r->same_first);
    check_close(r->total[METHOD_A], -0.3, 1e-12, 0);
    check_close(r->unmapped[METHOD_A], 0, 0, 0);
    assert_int_equal(r->reasons, 2);
    assert_int_equal(r->reason[0].index, 3);
    assert_int_equal(r->reason[1].rank, 2);
    assert_string_equal(r->reason[1].hmda_code, "1");
    assert_string_equal(reason_text(p, &r->reason[0], 0), "E");
    check_close(r->covered, (0.7 + 0.3) / (0.7 + 0.3 + 0.3), 1e-12, 0);
    reasons_free(r);
    project_free(p);
}

static void rules_stand_first_within_the_cap(void **state)
{
    (void)state;
    struct project *p = project_of("\"most_reasons\": 2, \"method\": \"B\"", "");
    struct reasons *r = NULL;
    struct error e = {0};
    const bool both[] = {true, true}, second[] = {false, true};
    const double a[] = {-1, 0, -2, 0, 0}, b[] = {-2, 0, -1, 0, 0};
    check_ok(reasons_new(p, &r, &e), &e);
    reasons_find(r, p, a, b, 5, second, FAILED_BOTH);
    assert_int_equal(r->reasons, 2);
    assert_int_equal(r->rule_reasons, 1);
    assert_int_equal(r->reason[0].kind, REASON_RULE);
    assert_int_equal(r->reason[0].index, 1);
    assert_int_equal(r->reason[1].kind, REASON_FACTOR);
    assert_int_equal(r->reason[1].index, 0); /* method B */
    reasons_find(r, p, a, b, 5, both, FAILED_RULES);
    assert_int_equal(r->reasons, 2);
    assert_string_equal(r->reason[0].hmda_code, "9");
    check_close(r->covered, 0, 0, 0);
    p->documents.most_reasons = 1;
    reasons_find(r, p, a, b, 5, both, FAILED_BOTH);
    assert_int_equal(r->reasons, 1);
    assert_int_equal(r->left_out, 1);
    reasons_find(r, p, a, NULL, 5, NULL, FAILED_SCORE);
    assert_false(r->has[METHOD_B]);
    assert_int_equal(r->reasons, 0);
    reasons_find(r, p, a, b, 5, both, FAILED_JUDGMENT);
    assert_int_equal(r->reasons, 0);
    reasons_free(r);
    project_free(p);
}

/* 10,000 random contributions against a sort that knows nothing of ours. */
static void ranks_are_contiguous(void **state)
{
    (void)state;
    struct project *p = project_of("", "");
    struct reasons *r = NULL;
    struct error e = {0};
    uint64_t seed = 7;
    check_ok(reasons_new(p, &r, &e), &e);
    for (int n = 0; n < 10000; n++) {
        double phi[5];
        size_t positive = 0, seen = 0;
        for (int j = 0; j < 5; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            phi[j] = (double)(seed >> 60) - 7; /* few values: many ties */
        }
        reasons_find(r, p, phi, phi, 5, NULL, FAILED_SCORE);
        for (size_t i = 0; i < r->factors; i++) {
            const struct factor_shortfall *x = &r->factor[i];
            size_t better = 0;
            for (size_t k = 0; k < r->factors; k++) {
                double y = r->factor[k].shortfall[METHOD_A];
                better += y > x->shortfall[METHOD_A] ||
                          (y == x->shortfall[METHOD_A] && k < i);
            }
            positive += x->shortfall[METHOD_A] > 0;
            seen += x->rank[METHOD_A] > 0;
            if (x->shortfall[METHOD_A] > 0)
                assert_int_equal(x->rank[METHOD_A], better + 1);
        }
        assert_int_equal(seen, positive);
        assert_int_equal(r->adverse[METHOD_A], positive);
        assert_int_equal(r->overlap, r->compared);
        for (size_t k = 0; k < r->reasons; k++)
            assert_int_equal(r->reason[k].rank, k + 1);
    }
    reasons_free(r);
    project_free(p);
}

static void rules_fire(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b"};
    struct rule r = {.op = "in", .word = words, .words = 2};
    assert_true(rule_fires(&r, false, 0, "b"));
    assert_false(rule_fires(&r, false, 0, "c"));
    assert_false(rule_fires(&r, false, 0, NULL));
    r.op = "!=";
    r.words = 1;
    assert_true(rule_fires(&r, false, 0, "b"));
    assert_false(rule_fires(&r, false, 0, "a"));
    r.op = "missing";
    assert_true(rule_fires(&r, false, 0, NULL));
    assert_true(rule_fires(&r, true, NAN, NULL));
    assert_false(rule_fires(&r, true, 1, NULL));
    static const struct {
        const char *op;
        bool below, at, above;
    } ops[] = {{"<", true, false, false}, {"<=", true, true, false},
               {">", false, false, true}, {">=", false, true, true},
               {"=", false, true, false}, {"!=", true, false, true}};
    r.has_number = true;
    r.number = 5;
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        r.op = ops[i].op;
        assert_int_equal(rule_fires(&r, true, 4, NULL), ops[i].below);
        assert_int_equal(rule_fires(&r, true, 5, NULL), ops[i].at);
        assert_int_equal(rule_fires(&r, true, 6, NULL), ops[i].above);
        assert_false(rule_fires(&r, true, NAN, NULL));
    }
}

#define COLUMNS                                                                \
    ", \"data\": {\"columns\": {\"id\": \"id\", \"action\": \"act\", "         \
    "\"failed_component\": \"fc\", \"application_date\": \"app\", "            \
    "\"missing_items\": \"mi\", \"bureau\": \"bu\", \"bureau_score\": \"bs\", " \
    "\"third_party\": \"tp\"}}"

/* One row, cells in the reader's order: id act app fc mi bu bs tp, rules. */
static bool read_row(struct project *p, const char *const cells[10],
                     struct decision *d, struct row_error *bad,
                     struct decision_reader **keep)
{
    static double numbers[16];
    static const double *number[16];
    static const char *const *text[16];
    static const long long ordinal[] = {7};
    static const long line[] = {8};
    const struct column_spec *spec;
    struct error e = {0};
    check_ok(decision_reader_new(p, keep, &e), &e);
    size_t n = decision_reader_columns(*keep, &spec);
    assert_int_equal(n, 10);
    for (size_t c = 0; c < n; c++) {
        number[c] = &numbers[c];
        text[c] = &cells[c];
        if (spec[c].type == COLUMN_NUMBER)
            numbers[c] = cells[c] == NULL ? (double)NAN : strtod(cells[c], NULL);
    }
    struct block b = {1, 7, ordinal, line, number, text};
    return decision_read(*keep, &b, 0, 0, d, bad);
}

static void rows_become_decisions(void **state)
{
    (void)state;
    struct project *p = project_of("", COLUMNS);
    struct decision_reader *reader = NULL;
    struct decision d;
    struct row_error bad;
    const char *const cells[] = {"A-1", "denied", "2026-09-01", NULL,
                                 " proof of income | |lease", "y|x", "650",
                                 "Yes", "yes", "9"};
    assert_true(read_row(p, cells, &d, &bad, &reader));
    assert_string_equal(d.id, "A-1");
    assert_int_equal(d.row, 7);
    assert_int_equal(d.action, ACTION_DENIED);
    assert_true(d.has_application_date && d.component_computed);
    assert_int_equal(d.missing_items, 2);
    assert_string_equal(d.missing_item[0], "proof of income");
    assert_string_equal(d.missing_item[1], "lease");
    assert_int_equal(d.bureaus, 2);
    assert_int_equal(d.bureau[0], 1);
    assert_true(d.has_bureau_score && d.third_party);
    assert_int_equal(d.rules_fired, 2);
    decision_settle(p, &d, 1, 1); /* margin scale, higher is worse: failed */
    assert_int_equal(d.component, FAILED_BOTH);
    decision_settle(p, &d, -1, -1);
    d.component_computed = true;
    decision_settle(p, &d, -1, -1);
    assert_int_equal(d.component, FAILED_RULES);
    decision_reader_free(reader);
    project_free(p);
}

static void bad_rows_say_why(void **state)
{
    (void)state;
    static const struct {
        size_t cell;
        const char *text, *message;
    } cases[] = {
        {1, "refused",
         "the action is \"refused\", expected approved, denied, counteroffer, "
         "incomplete, terminated, changed or limit refused"},
        {2, "2026-13-01",
         "the application date is \"2026-13-01\", expected a date YYYY-MM-DD"},
        {3, "model",
         "the failed component is \"model\", expected score, rules, both, "
         "judgmental or nothing"},
        {5, "x|z", "the agency is \"z\", expected a key of bureaus"},
        {5, "x|x|x|x|x|x|x|x|x",
         "the agency is \"x|x|x|x|x|x|x|x|x\", expected at most 8 agencies"},
        {7, "perhaps", "the third party is \"perhaps\", expected yes or no"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *cells[] = {"A", "denied", NULL, NULL, NULL,
                               "x", NULL, "no", "no", "90"};
        struct project *p = project_of("", COLUMNS);
        struct decision_reader *reader = NULL;
        struct decision d;
        struct row_error bad;
        cells[cases[i].cell] = cases[i].text;
        assert_false(read_row(p, cells, &d, &bad, &reader));
        assert_string_equal(bad.text, cases[i].message);
        assert_int_equal(bad.line, 8);
        assert_non_null(bad.name);
        decision_reader_free(reader);
        project_free(p);
    }
}

static void computed_actions(void **state)
{
    (void)state;
    struct project *p = project_of("", "");
    struct decision d = {.action_computed = true, .component_computed = true};
    decision_settle(p, &d, 1, 1);
    assert_int_equal(d.action, ACTION_DENIED);
    assert_int_equal(d.component, FAILED_SCORE);
    d = (struct decision){.action_computed = true, .component_computed = true};
    decision_settle(p, &d, -1, -1);
    assert_int_equal(d.action, ACTION_APPROVED);
    assert_int_equal(d.component, FAILED_NONE);
    project_free(p);
}

static void date_of(bool has, struct date d, const char *expected)
{
    char text[11] = "none";
    if (has)
        date_print(d, text);
    assert_string_equal(text, expected);
}

static void time_limits(void **state)
{
    (void)state;
    struct project *p = project_of("\"date\": \"2026-01-31\"", "");
    struct date out = {0};
    struct decision d = {.action = ACTION_DENIED,
                         .has_application_date = true,
                         .application_date = {2026, 1, 15},
                         .has_decision_date = true,
                         .decision_date = {2026, 1, 20}};
    date_of(decision_due(&d, &out), out, "2026-02-14");
    d.action = ACTION_TERMINATED;
    date_of(decision_due(&d, &out), out, "2026-02-19");
    d.action = ACTION_INCOMPLETE;
    date_of(decision_due(&d, &out), out, "2026-02-14");
    date_of(decision_counteroffer_due(&d, &out), out, "none");
    d.action = ACTION_COUNTEROFFER;
    date_of(decision_counteroffer_due(&d, &out), out, "2026-04-20");
    date_of(decision_retain_until(p, &d, &out), out, "2028-02-29");
    p->documents.business = "small";
    date_of(decision_retain_until(p, &d, &out), out, "2027-01-31");
    p->documents.business = "large";
    date_of(decision_retain_until(p, &d, &out), out, "2026-04-01");
    d.has_notice_date = true;
    d.notice_date = (struct date){2026, 2, 1};
    date_of(decision_notice_date(p, &d, &out), out, "2026-02-01");
    d.has_application_date = false;
    date_of(decision_due(&d, &out), out, "none");
    project_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shortfalls_rank_and_group),
        cmocka_unit_test(rules_stand_first_within_the_cap),
        cmocka_unit_test(ranks_are_contiguous),
        cmocka_unit_test(rules_fire),
        cmocka_unit_test(rows_become_decisions),
        cmocka_unit_test(bad_rows_say_why),
        cmocka_unit_test(computed_actions),
        cmocka_unit_test(time_limits),
    };
    return cmocka_run_group_tests_name("reasons_find", tests, NULL, NULL);
}
