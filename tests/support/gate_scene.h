/* A denied decision with everything in order, which one change spoils. */
#ifndef CANDOR_TESTS_GATE_SCENE_H
#define CANDOR_TESTS_GATE_SCENE_H

#include "check.h"

#include "reasons/gates.h"

static const char PROJECT[] =
    "{\"institution\": {\"name\": \"Harbor\", \"address\": \"1 Quay\", "
    "\"creditor_class\": \"bank\", \"contact\": {\"name\": \"Desk\", "
    "\"telephone\": \"1\", \"address\": \"1 Quay\"}},"
    "\"model\": {\"file\": \"m\", \"id\": \"m\", \"orientation\": \"higher is "
    "worse\", \"cutoff\": 0, \"scale\": {\"kind\": \"margin\"}},"
    "\"data\": {\"decisions\": {\"file\": \"d\"}, \"columns\": {\"id\": "
    "\"id\", \"bureau\": \"b\", \"applicant_name\": \"n\", "
    "\"applicant_address\": \"a\", \"application_date\": \"d\"}, "
    "\"reference\": {\"A\": {\"name\": \"near\", \"file\": \"a\"}, \"B\": "
    "{\"name\": \"all\", \"file\": \"b\"}}},"
    "\"features\": [{\"input\": \"income\", \"factor\": \"f\", \"source\": "
    "\"applicant\"}, {\"input\": \"debt\", \"factor\": \"g\", \"source\": "
    "\"bureau\"}, {\"input\": \"years\", \"factor\": \"h\"}, {\"input\": "
    "\"more\", \"factor\": \"i\"}],"
    "\"factors\": [{\"key\": \"f\", \"reason\": {\"en-US\": \"Income\", "
    "\"es-US\": \"Ingresos\"}}, {\"key\": \"g\", \"reason\": {\"en-US\": "
    "\"Debt\", \"es-US\": \"Deudas\"}}, {\"key\": \"h\", \"reason\": "
    "{\"en-US\": \"Years\", \"es-US\": \"Antigüedad\"}}, {\"key\": \"i\", "
    "\"reason\": {\"en-US\": \"More\", \"es-US\": \"Más\"}}],"
    "\"rules\": [{\"key\": \"r\", \"column\": \"c\", \"op\": \"missing\", "
    "\"reason\": {\"en-US\": \"Bankruptcy\", \"es-US\": \"Quiebra\"}}],"
    "\"bureaus\": [{\"key\": \"b\", \"name\": \"B\", \"address\": \"x\", "
    "\"telephone\": \"1\"}],"
    "\"documents\": {\"notice\": true, \"card\": true, \"languages\": "
    "[\"en-US\", \"es-US\"], \"date\": \"2026-10-01\", \"packs\": \"us\", "
    "\"score_disclosed\": \"bureau\"}}";

struct scene {
    struct project *p;
    struct decision d;
    struct reasons *r;
    struct recourse_outcome o;
    struct pack_status pack;
    struct run_facts run;
    struct card_facts card;
    size_t language;
    double a[4], b[4];
    bool fired[1];
    bool only_a;
    bool estimated;     /* a is an estimate; the order of its first `certain` */
    size_t certain;     /* places is certain */
    const char *code;   /* of a scorecard, which gives the reason; NULL: none */
    struct gate_list list;
};

static inline void set_up(struct scene *s)
{
    static const long of_model[] = {0, 1, 2, 3};
    struct fault_list faults = {0};
    struct error e = {0};
    *s = (struct scene){
        .d = {.id = "A",
              .action = ACTION_DENIED,
              .applicant_name = "Ann",
              .applicant_address = {"1 Street"},
              .has_application_date = true,
              .application_date = {2026, 9, 20},
              .has_decision_date = true,
              .decision_date = {2026, 9, 25},
              .bureaus = 1,
              .has_bureau_score = true,
              .has_bureau_low = true,
              .has_bureau_high = true,
              .has_bureau_score_date = true,
              .bureau_score = 650,
              .bureau_score_low = 300,
              .bureau_score_high = 850,
              .bureau_score_date = {2026, 9, 21},
              .bureau_score_provider = "B",
              .bureau_factor = {"Balances", "Inquiries", "Age of accounts",
                                "Few accounts", "Late payments", "More"},
              .bureau_factors = 5,
              .component = FAILED_SCORE,
              .has_score = true,
              .margin = 1,
              .score = 1,
              .largest = 1},
        .pack = {.present = true, .agency_known = true},
        .run = {.model_sha256 = "x", .reference_rows = {100, 100},
                .pack = {.present = true, .agency_known = true}},
        .card = {.reference_rows = {100, 100}},
        .a = {-3, -2, -1, 1},
        .b = {-3, -2, 1, -1}};
    check_ok(project_parse(PROJECT, strlen(PROJECT), "candor.json", "", &s->p,
                           &faults, &e),
             &e);
    assert_int_equal(fault_list_count(&faults, FAULT_BLOCK), 0);
    fault_list_free(&faults);
    s->p->of_model = of_model;
    for (size_t i = 0; i < 4; i++) {
        s->p->feature[i].scored = true;
        s->p->feature[i].model_feature = (long)i;
    }
    check_ok(reasons_new(s->p, &s->r, &e), &e);
    s->d.fired = s->fired;
}

static inline void tear_down(struct scene *s)
{
    reasons_free(s->r);
    project_free(s->p);
}

/* One spoiling change a gate. */
#define SPOIL(name, body)                                                      \
    static void spoil_##name(struct scene *s)                                  \
    {                                                                          \
        body;                                                                  \
    }

#endif
