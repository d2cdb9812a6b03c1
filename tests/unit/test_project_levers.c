/* Levers, rules and limits of recourse in candor.json: every message with its
 * place, and what good ones become. */
#include "check.h"

#include "base/buf.h"
#include "project/project.h"

#define HEAD                                                                   \
    "{\n  'model': {'file': 'm', 'orientation': 'higher is better', 'cutoff': " \
    "0.5},\n  'features': [{'input': 'a', 'low': 0, 'high': 10}, {'input': "   \
    "'b'}, {'input': 'w', 'words': ['x', 'y']}, {'input': 'h1'}, {'input': "   \
    "'h2'}, {'input': 'age'}, {'input': 'is_female'}],\n  "

/* ' becomes ", and ^ the place that is left out and told. */
static void write_project(const char *rest, struct buf *out, long *line,
                          long *column)
{
    const char *part[] = {HEAD, rest, "\n}\n"};
    long l = 1, c = 1;
    *line = *column = 0;
    for (int i = 0; i < 3; i++)
        for (const char *t = part[i]; *t != '\0'; t++) {
            if (*t == '^') {
                *line = l;
                *column = c;
                continue;
            }
            buf_putc(out, *t == '\'' ? '"' : *t);
            c = *t == '\n' ? 1 : c + ((*t & 0xc0) != 0x80);
            l += *t == '\n';
        }
}

static const struct {
    const char *text, *message;
} faulty[] = {
#include "unit/project_levers.def"
};

static bool told(const struct fault_list *faults, const char *message,
                 long line, long column)
{
    for (size_t i = 0; i < faults->count; i++) {
        const struct error *e = &faults->fault[i].error;
        if (faults->fault[i].severity == FAULT_ERROR &&
            strcmp(e->text, message) == 0 && e->line == line &&
            e->column == column)
            return true;
    }
    return false;
}

static void every_fault_is_told_at_its_place(void **state)
{
    (void)state;
    int missed = 0;
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        struct buf text = BUF_INIT(8192);
        struct fault_list faults = {0};
        struct error e = {0};
        struct project *p = NULL;
        long line, column;
        write_project(faulty[i].text, &text, &line, &column);
        status s = project_parse(buf_text(&text), text.length, "candor.json",
                                 "", &p, &faults, &e);
        bool good = s == ST_ARGUMENT &&
                    told(&faults, faulty[i].message, line, column);
        missed += !good;
        if (!good) {
            print_error("expected %ld:%ld %s\n", line, column,
                        faulty[i].message);
            for (size_t k = 0; k < faults.count; k++)
                print_error("found    %ld:%ld %s\n",
                            faults.fault[k].error.line,
                            faults.fault[k].error.column,
                            faults.fault[k].error.text);
        }
        project_free(p);
        fault_list_free(&faults);
        buf_free(&text);
    }
    assert_int_equal(missed, 0);
}

static struct project *good(const char *rest, struct fault_list *faults)
{
    struct buf text = BUF_INIT(8192);
    struct error e = {0};
    struct project *p = NULL;
    long line, column;
    write_project(rest, &text, &line, &column);
    check_ok(project_parse(buf_text(&text), text.length, "candor.json", "", &p,
                           faults, &e),
             &e);
    buf_free(&text);
    return p;
}

static long named(const struct project *p, const char *name)
{
    for (size_t i = 0; i < p->quantities; i++)
        if (strcmp(p->feature[i].input, name) == 0)
            return (long)i;
    return -1;
}

static void quantities_stand_behind_the_features(void **state)
{
    (void)state;
    struct fault_list faults = {0};
    struct project *p = good(
        "'levers': [{'column': 'balance', 'name': 'Card balance', 'format': "
        "'money', 'low': 0, 'high': 9000, 'step': 50}, {'key': 'home', 'inputs': {'own': "
        "'h1', 'rent': 'h2', 'other': null}}, {'key': 'wait', 'waiting': "
        "[{'input': 'age', 'rate': 0.5, 'high': 99}, {'input': 'b'}], 'high': "
        "24}], 'recourse': {'columns': ['limit', 'balance'], 'derived': "
        "[{'input': 'a', 'ratio': ['balance', 'limit'], 'decimals': 2}, "
        "{'input': 'free', 'difference': ['limit', 'balance']}]}",
        &faults);
    long balance = named(p, "balance"), limit = named(p, "limit");
    long home = named(p, "home"), wait = named(p, "wait");
    long spare = named(p, "free");
    assert_int_equal(p->features, 7);
    assert_int_equal(p->quantities, 12);
    assert_true(balance >= 7 && limit >= 7 && home >= 7 && wait >= 7);
    assert_int_equal(p->feature[balance].quantity, QUANTITY_COLUMN);
    assert_int_equal(p->feature[balance].style, PRINT_MONEY);
    assert_int_equal(p->feature[balance].lever, 0);
    assert_string_equal(translated_text(&p->feature[balance].label, 0),
                        "Card balance");
    assert_int_equal(p->feature[limit].quantity, QUANTITY_COLUMN);
    assert_int_equal(p->feature[limit].lever, -1);
    assert_int_equal(p->feature[home].quantity, QUANTITY_CODE);
    assert_int_equal(p->feature[home].words, 3);
    assert_true(p->lever[1].category);
    assert_int_equal(p->lever[1].words, 3);
    assert_int_equal(p->lever[1].indicator[1].quantity, 4);
    assert_null(p->lever[1].indicator[2].input);
    assert_int_equal(p->feature[wait].quantity, QUANTITY_MONTHS);
    assert_int_equal(p->feature[wait].style, PRINT_MONTHS);
    assert_int_equal(p->lever[2].direction, LEVER_UP);
    check_close(p->lever[2].low, 0, 0, 0);
    check_close(p->lever[2].waiting[0].rate, 0.5, 0, 0);
    check_close(p->lever[2].waiting[1].rate, 1, 0, 0);
    assert_int_equal(p->feature[spare].quantity, QUANTITY_DERIVED);
    assert_int_equal(p->feature[spare].formula, 1);
    assert_int_equal(p->feature[0].formula, 0);
    assert_int_equal(p->recourse.derived[0].a, balance);
    assert_int_equal(p->recourse.derived[0].b, limit);
    project_free(p);
    fault_list_free(&faults);
}

static void rules_and_costs_land(void **state)
{
    (void)state;
    struct fault_list faults = {0};
    struct project *p = good(
        "'levers': [{'input': 'a', 'cost_by': 'table', 'costs': [[1, 0.5], [3, "
        "2]], 'known_cost': 0.25}, {'input': 'w', 'ordered': true, "
        "'direction': 'up'}, {'input': 'b', 'key': 'bravo', 'low': 0, 'high': "
        "9}], 'data': {'evaluation': [{'key': 'train', 'file': 't'}]}, "
        "'recourse': {'linear': [{'name': 'sum', 'terms': [{'input': 'a', "
        "'times': 2}, {'input': 'b'}], 'most': 12}], 'if_then': [{'if': "
        "{'input': 'w', 'word': 'y'}, 'then': {'input': 'a', 'high': 4}}], "
        "'at_most_one': [{'levers': ['bravo', 'a']}], 'plausibility': "
        "{'reference': 'train', 'share': 0.1, 'trees': 50, 'seed': 3}, "
        "'margin': 0.1, 'band': {'low': 0.6}, 'alternatives': 3, "
        "'most_changes': 64, 'radius': true, 'valid_until': '2027-01-31', "
        "'audit_rows': 0}",
        &faults);
    const struct project_recourse *r = &p->recourse;
    assert_int_equal(p->lever[0].cost_by, COST_BY_TABLE);
    assert_int_equal(p->lever[0].cost_points, 2);
    check_close(p->lever[0].cost_point[1].cost, 2, 0, 0);
    check_close(p->lever[0].known_cost, 0.25, 0, 0);
    assert_true(isnan(p->lever[0].missing_cost));
    assert_true(p->lever[1].ordered);
    assert_int_equal(r->linear[0].terms, 2);
    assert_int_equal(r->linear[0].term[1].quantity, 1);
    check_close(r->linear[0].term[1].times, 1, 0, 0);
    assert_int_equal(r->if_then[0].when.quantity, 2);
    assert_false(r->if_then[0].then.has_low);
    assert_int_equal(r->at_most_one[0].index[0], 2);
    assert_ptr_equal(r->plausibility.table, &p->evaluation[0]);
    assert_int_equal(r->plausibility.trees, 50);
    assert_true(r->has_band_low && !r->has_band_high && r->radius);
    assert_int_equal(r->most_changes, 64);
    assert_int_equal(r->audit_rows, 0);
    assert_string_equal(r->valid_until, "2027-01-31");
    project_free(p);
    fault_list_free(&faults);
}

static void levers_stand_in_a_sheet_too(void **state)
{
    (void)state;
    static const char sheet[] = "build/levers-test.csv";
    struct fault_list faults = {0};
    FILE *f = fopen(sheet, "wb");
    assert_non_null(f);
    (void)fputs("key,input,column,cost_by,costs,inputs,low,name\n"
                "a,a,,table,1=0.5|2.5=2,,,\n"
                "w,w,,table,x=1|y=2,,,\n"
                "k,,,,,own=h1|rent=h2|other=,,Home\n"
                "p,,pay,,,,0,Payments\n",
                f);
    assert_int_equal(fclose(f), 0);
    struct project *p = good("'levers': 'build/levers-test.csv'", &faults);
    const struct lever *l = p->lever;
    assert_int_equal(p->levers, 4);
    assert_int_equal(l[0].cost_points, 2);
    check_close(l[0].cost_point[1].change, 2.5, 0, 0);
    check_close(l[0].cost_point[1].cost, 2, 0, 0);
    assert_string_equal(l[1].cost_point[1].word, "y");
    assert_int_equal(l[2].indicators, 3);
    assert_string_equal(l[2].indicator[1].input, "h2");
    assert_null(l[2].indicator[2].input);
    assert_string_equal(l[3].column, "pay");
    project_free(p);

    f = fopen(sheet, "wb");
    assert_non_null(f);
    (void)fputs("input,cost_by,costs\na,table,1=0.5|2=x\n", f);
    assert_int_equal(fclose(f), 0);
    struct error e = {0};
    struct buf text = BUF_INIT(8192);
    long line, column;
    write_project("'levers': 'build/levers-test.csv'", &text, &line, &column);
    check_fails(project_parse(buf_text(&text), text.length, "candor.json", "",
                              &p, &faults, &e),
                &e, ST_ARGUMENT,
                "levers[0].costs must hold pairs of numbers, [change, cost]");
    assert_int_equal(e.line, 2);
    assert_int_equal(e.column, 9);
    buf_free(&text);
    fault_list_free(&faults);
    (void)remove(sheet);
}

/* What is said of none of them must not be refused either. */
static void what_can_be_kept_is_let_through(void **state)
{
    (void)state;
    static const char *const rest[] = {
        "'levers': [{'input': 'a', 'low': 3, 'high': 3}]",
        "'levers': [{'input': 'a', 'low': 0.1, 'high': 0.3, 'step': 0.1}]",
        "'levers': [{'key': 'k', 'waiting': [{'input': 'age', 'rate': -1}], "
        "'high': 9}]",
        "'recourse': {'linear': [{'terms': [{'input': 'b', 'times': -1}], "
        "'most': -1e9}]}",
        "'recourse': {'if_then': [{'if': {'input': 'a', 'low': 1}, 'then': "
        "{'input': 'a', 'low': 11}}]}",
        "'recourse': {'if_then': [{'if': {'input': 'b', 'low': 1}, 'then': "
        "{'input': 'b', 'high': 0}}]}",
        "'recourse': {'derived': [{'input': 'q', 'ratio': ['a', 'b']}, "
        "{'input': 'b', 'sum': ['h1', 'h2']}], 'linear': [{'terms': [{'input': "
        "'q'}], 'most': -5}]}",
        "'recourse': {'band': {'low': 0.2, 'high': 0.7}}",
        "'levers': [{'input': 'a', 'cost_by': 'table', 'costs': [[1, 2], [2, "
        "2]]}]",
    };
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        struct fault_list faults = {0};
        project_free(good(rest[i], &faults));
        assert_int_equal(faults.count, 0);
        fault_list_free(&faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_fault_is_told_at_its_place),
        cmocka_unit_test(quantities_stand_behind_the_features),
        cmocka_unit_test(rules_and_costs_land),
        cmocka_unit_test(levers_stand_in_a_sheet_too),
        cmocka_unit_test(what_can_be_kept_is_let_through),
    };
    return cmocka_run_group_tests_name("project_levers", tests, NULL, NULL);
}
