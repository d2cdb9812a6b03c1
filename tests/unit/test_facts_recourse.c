/* What a page may say of a plan: ranges only where proven, time that passes, the
 * five statuses, limits in words. */
#include "check.h"

#include "document/template.h"
#include "facts/decision_parts.h"

#include <math.h>

enum { UTILIZATION, INQUIRIES, SAVINGS, WAITING, LEVERS };

static const char *const folders[] = {"templates"};
static const char *const languages[] = {"en-US"};
static const struct waiting grows[] = {{.input = "months"}};
static struct project_feature feature[LEVERS] = {
    {.input = "utilization", .name = "Balances", .style = PRINT_PERCENT,
     .decimals = 2},
    {.input = "inquiries", .name = "Inquiries", .style = PRINT_INTEGER,
     .model_feature = 1},
    {.input = "savings", .name = "Savings", .style = PRINT_MONEY,
     .decimals = -1, .model_feature = 2},
    {.input = "wait", .name = "Waiting", .style = PRINT_MONTHS,
     .model_feature = -1}};
static struct lever lever[LEVERS] = {
    {.key = "utilization", .input = "utilization", .feature = UTILIZATION},
    {.key = "inquiries", .input = "inquiries", .feature = INQUIRIES},
    {.key = "savings", .input = "savings", .feature = SAVINGS},
    {.key = "wait", .waiting = grows, .waitings = 1, .feature = WAITING}};
static const size_t lever_of[LEVERS] = {0, 1, 2, 3};
static const struct recourse_lever searched[LEVERS] = {
    {.quantity = 0, .direction = RECOURSE_DOWN, .low = 0.05, .high = INFINITY},
    {.quantity = 1, .direction = RECOURSE_DOWN, .low = -INFINITY, .high = 40},
    {.quantity = 2, .direction = RECOURSE_UP, .low = 0, .high = 20000},
    {.quantity = RECOURSE_NO_QUANTITY, .low = 0, .high = 24}};

struct stage {
    struct arena *arena;
    struct language *language;
    struct schema *schema;
    struct project project;
    struct model model;
    struct model_feature model_feature[3];
    struct recourse_problem problem;
    struct recourse_limits limits;
    struct recourse_found found;
    struct decision_findings f;
    struct facts_maker maker;
    const struct fact *root;
};

static struct stage *open_stage(void)
{
    struct error e = {.class = ST_OK};
    struct stage *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->arena = arena_new(1 << 22);
    check_ok(language_open(folders, 1, "en-US", &s->language, &e), &e);
    check_ok(schema_new(schema_decision_rows, schema_decision_count, &s->schema,
                        &e), &e);
    s->model.feature = s->model_feature;
    s->model.features = 3;
    s->project.feature = feature;
    s->project.features = LEVERS;
    s->project.lever = lever;
    s->project.levers = LEVERS;
    s->project.language = languages;
    s->project.languages = 1;
    s->project.documents.currency = "USD";
    s->project.model.higher_is_better = true;
    s->project.model.scale.decimals = 2;
    s->project.recourse.most_changes = 3;
    s->problem = (struct recourse_problem){.lever = searched,
                                           .levers = LEVERS};
    s->limits = (struct recourse_limits){.problem = &s->problem,
                                         .lever_of = lever_of,
                                         .id = "0123456789ab"};
    s->found.limits = &s->limits;
    s->found.result.nearest_lever = -1;
    s->f = (struct decision_findings){.project = &s->project,
                                      .model = &s->model,
                                      .recourse = &s->found};
    return s;
}

static void close_stage(struct stage *s)
{
    arena_free(s->arena);
    language_free(s->language);
    schema_free(s->schema);
    free(s);
}

static void change(struct recourse_plan *p, struct recourse_stretches *around,
                   size_t which, double from, double to,
                   struct region_stretch stretch)
{
    p->change[p->changes] = (struct recourse_change){which, from, to, 0.5};
    around->of[p->changes++] = stretch;
    p->cost += 0.5;
}

static void tell(struct stage *s)
{
    struct error e = {.class = ST_OK};
    facts_begin(&s->maker, s->arena, s->language, s->schema);
    decision_recourse(&s->maker, &s->f);
    check_ok(facts_finish(&s->maker, &e), &e);
    s->root = fact_child(s->maker.root, "recourse");
    assert_non_null(s->root);
}

/* The n-th item of a list, from 0. */
static const struct fact *item(const struct fact *g, const char *name, size_t n)
{
    for (const struct fact *x = g->first; x != NULL; x = x->next)
        if (strcmp(x->name, name) == 0 && n-- == 0)
            return x;
    return NULL;
}

static void prints(const struct fact *g, const char *name, const char *want)
{
    const struct fact *x = fact_child(g, name);
    assert_non_null(x);
    assert_string_equal(x->printed, want);
}

static void says(const struct fact *change_, const char *direction,
                 const char *to)
{
    assert_non_null(change_);
    prints(change_, "direction", direction);
    prints(change_, "to", to);
}

static void ranges_are_told_where_proven(void **state)
{
    (void)state;
    struct stage *s = open_stage();
    struct recourse_plan *p = &s->found.result.plan;
    p->status = RECOURSE_PROVEN_SMALLEST;
    change(p, &s->found.plan, UTILIZATION, 0.8, 0.4,
           (struct region_stretch){0.05, 0.4, .or_less = true});
    change(p, &s->found.plan, INQUIRIES, 5, 2,
           (struct region_stretch){-INFINITY, 2, .or_less = true});
    change(p, &s->found.plan, SAVINGS, 100, 1250,
           (struct region_stretch){1250, 20000, .or_more = true});
    tell(s);
    says(item(s->root, "change", 0), "down", "40%");
    says(item(s->root, "change", 1), "fewer", "2");
    says(item(s->root, "change", 2), "up", "$1,250");
    prints(item(s->root, "change", 0), "from", "80%");
    prints(s->root, "status", "proven smallest change");
    prints(s->root, "waits", "no");
    prints(s->root, "limits", "0123456789ab");
    close_stage(s);
}

static void nothing_is_told_beyond_them(void **state)
{
    (void)state;
    struct stage *s = open_stage();
    struct recourse_plan *p = &s->found.result.plan;
    p->status = RECOURSE_FOUND;
    p->gap = (double)INFINITY;
    change(p, &s->found.plan, UTILIZATION, 0.8, 0.4,
           (struct region_stretch){0.35, 0.4, .or_less = false});
    change(p, &s->found.plan, SAVINGS, 100, 1250,
           (struct region_stretch){1250, 1250, .or_more = false});
    /* or_less of a value that rises says nothing about the plan */
    change(p, &s->found.plan, INQUIRIES, 1, 2,
           (struct region_stretch){0, 2, .or_less = true});
    tell(s);
    says(item(s->root, "change", 0), "between", "40%");
    prints(item(s->root, "change", 0), "low", "35%");
    prints(item(s->root, "change", 0), "high", "40%");
    says(item(s->root, "change", 1), "exact", "$1,250");
    says(item(s->root, "change", 2), "between", "2");
    prints(s->root, "status", "found, not proven");
    assert_null(fact_child(s->root, "gap"));
    close_stage(s);
}

static void time_passes_by_itself(void **state)
{
    (void)state;
    struct stage *s = open_stage();
    struct recourse_plan *p = &s->found.result.plan;
    p->status = RECOURSE_WITHIN;
    p->gap = 0.021;
    change(p, &s->found.plan, WAITING, 0, 6,
           (struct region_stretch){6, 24, .or_more = true});
    s->found.result.nearest_lever = WAITING;
    tell(s);
    says(item(s->root, "change", 0), "wait-alone", "6 months");
    prints(item(s->root, "change", 0), "fact", "Time passing");
    assert_int_equal(fact_child(item(s->root, "change", 0), "from")->kind,
                     FACT_MISSING);
    prints(s->root, "waits", "yes");
    prints(s->root, "status", "within 3% of smallest");
    prints(s->root, "within", "3%");
    assert_null(fact_child(s->root, "nearest"));
    close_stage(s);
}

static void other_plans_and_the_nearest(void **state)
{
    (void)state;
    struct stage *s = open_stage();
    struct recourse_result *r = &s->found.result;
    const struct region_stretch none = {2, 2, false, false};
    r->plan.status = RECOURSE_PROVEN_SMALLEST;
    change(&r->plan, &s->found.plan, INQUIRIES, 5, 2, none);
    change(&r->plan, &s->found.plan, SAVINGS, 5, 2, none);
    r->alternatives = 3;
    change(&r->alternative[0], &s->found.alternative[0], UTILIZATION, 1, 0.5,
           none);
    change(&r->alternative[1], &s->found.alternative[1], INQUIRIES, 5, 1, none);
    r->disjoint[0] = true;
    s->found.another[0] = s->found.another[1] = true;
    r->alternative[2].status = RECOURSE_IMPOSSIBLE; /* ends the list */
    r->safer_asked = true;
    s->project.recourse.margin = 0.25;
    change(&r->safer, &s->found.safer, INQUIRIES, 5, 1, none);
    change(&r->safer, &s->found.safer, SAVINGS, 5, 2, none);
    r->safer.cost = 1.5;
    r->nearest_lever = UTILIZATION;
    r->nearest_value = 0.05;
    tell(s);
    prints(item(s->root, "alternative", 0), "way", "another");
    prints(item(s->root, "alternative", 1), "way", "other");
    assert_null(item(s->root, "alternative", 2));
    prints(fact_child(s->root, "safer"), "by", "0.25");
    prints(fact_child(s->root, "safer"), "more", "0.5");
    prints(fact_child(s->root, "nearest"), "to", "5%");
    r->nearest_enough = true; /* then it says nothing new */
    /* what the plan does and more is no other way */
    s->found.another[1] = false;
    tell(s);
    assert_null(item(s->root, "alternative", 1));
    assert_null(fact_child(s->root, "nearest"));
    close_stage(s);
}

static void limits_are_listed(void **state)
{
    (void)state;
    struct stage *s = open_stage();
    s->found.result.plan.status = RECOURSE_IMPOSSIBLE;
    s->found.result.missing[SAVINGS] = true;
    tell(s);
    static const char *const kind[] = {"down-to", "down", "up-to", "wait"};
    for (size_t i = 0; i < LEVERS; i++)
        prints(item(s->root, "limit", i), "kind", kind[i]);
    prints(item(s->root, "limit", 0), "low", "5%");
    prints(item(s->root, "limit", 2), "high", "$20,000");
    prints(item(s->root, "limit", 2), "missing", "yes");
    prints(item(s->root, "limit", 3), "high", "2 years");
    prints(s->root, "status", "proven impossible within the listed limits");
    assert_null(item(s->root, "change", 0));
    s->found.failed = true;
    s->found.result.plan.status = RECOURSE_UNDECIDED;
    (void)snprintf(s->found.why, sizeof s->found.why, "a division by zero");
    tell(s);
    prints(s->root, "status", "not decided in time");
    prints(s->root, "why", "a division by zero");
    close_stage(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_told_where_proven),
        cmocka_unit_test(nothing_is_told_beyond_them),
        cmocka_unit_test(time_passes_by_itself),
        cmocka_unit_test(other_plans_and_the_nearest),
        cmocka_unit_test(limits_are_listed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
