/* Every gate fires where it must and is silent where it must; the checklist
 * follows. A gate of gates.def that no case makes fire fails the test. */
#include "support/gate_scene.h"

static void judge(struct scene *s)
{
    struct reasons_estimate a = {s->a, s->a, s->a, 0, s->certain};
    struct reasons_code code = {s->code, 1};
    if (s->estimated)
        reasons_find_estimated(s->r, s->p, &a, NULL, s->d.fired,
                               s->d.component);
    else
        reasons_find(s->r, s->p, s->a, s->only_a ? NULL : s->b, 4, s->d.fired,
                     s->d.component);
    if (s->code != NULL)
        reasons_take_codes(s->r, s->p, &code, 1);
    gates_decision(s->p, &s->d, s->r, &s->o, &s->pack, s->language, &s->list);
}

static bool fired(const struct gate_list *list, enum gate_id g)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->fired[i].gate == g)
            return true;
    return false;
}

SPOIL(pack, s->pack.present = false)
SPOIL(altered, s->pack.altered = true)
SPOIL(expired, s->pack.expired = true)
SPOIL(agency, s->pack.agency_known = false)
SPOIL(applicant, s->d.applicant_address[0] = NULL)
SPOIL(dates, s->d.has_application_date = false)
SPOIL(order, s->d.decision_date.year = 2025)
SPOIL(late, s->d.application_date.month = 8)
SPOIL(no_score, s->d.has_score = false)
SPOIL(differs, (s->d.has_declared_score = true, s->d.declared_score = 1.001))
SPOIL(additivity, s->d.residual = 1e-5)
SPOIL(contradiction, s->d.score = 0)
SPOIL(nothing_failed, (s->d.score = -1, s->d.component = FAILED_NONE))
SPOIL(approved, (s->d.action = ACTION_APPROVED, s->d.component = FAILED_NONE))
SPOIL(not_told, (s->fired[0] = true, s->d.rules_fired = 1))
SPOIL(no_rule, s->d.component = FAILED_RULES)
SPOIL(beyond, (s->fired[0] = true, s->d.rules_fired = 1,
               s->d.component = FAILED_BOTH, s->p->documents.most_reasons = 0))
SPOIL(judgment, s->d.component = FAILED_JUDGMENT)
SPOIL(no_b, (s->p->documents.method = "B", s->only_a = true))
SPOIL(no_adverse, memset(s->a, 0, sizeof s->a))
SPOIL(scores_only, s->o.scores_only = true)
SPOIL(open_order, (s->estimated = true,
                   s->p->estimate.uncertain = UNCERTAIN_BLOCK))
SPOIL(marked_order, s->estimated = true)
SPOIL(code, s->code = "77")
SPOIL(no_reason, s->d.component = FAILED_NONE)
SPOIL(text, s->p->factor[0].reason.text = NULL)
SPOIL(prohibited, (s->p->feature[2].prohibited = true,
                   s->p->feature[2].basis = "sex"))
SPOIL(age, (s->p->feature[2].prohibited = true,
            s->p->feature[2].basis = "age"))
SPOIL(age_62, (spoil_age(s), s->p->documents.age_attested = true,
               s->d.has_age = true, s->d.age = 62))
SPOIL(age_unknown, (spoil_age(s), s->p->documents.age_attested = true))
SPOIL(input, s->p->feature[0].scored = false)
SPOIL(terms, s->d.action = ACTION_COUNTEROFFER)
SPOIL(items, (s->d.action = ACTION_INCOMPLETE, s->d.component = FAILED_NONE))
SPOIL(both, (s->d.action = ACTION_INCOMPLETE, s->d.missing_items = 1,
             s->d.has_reply_by = true,
             s->d.reply_by = (struct date){2026, 11, 1}))
SPOIL(bureau, s->p->bureau[0].telephone = NULL)
SPOIL(unsaid, s->d.bureaus = 0)
SPOIL(range, s->d.has_bureau_high = false)
SPOIL(outside, s->d.bureau_score = 900)
SPOIL(no_factors, s->d.bureau_factors = 0)
SPOIL(six, s->d.bureau_factors = 6)
SPOIL(five, s->d.bureau_factor[1] = "Utilization")
SPOIL(agreement, (s->b[0] = s->b[1] = s->b[2] = 1))
SPOIL(one, s->only_a = true)
SPOIL(rescored, (s->o.asked = true, s->o.rescored_differently = true))
SPOIL(fixed, (s->o.asked = true, s->o.unchangeable = true))

static const char *const only_spanish[] = {"es-US"};
SPOIL(english, (s->p->language = only_spanish, s->p->languages = 1))

static const struct {
    enum gate_id gate;
    void (*spoil)(struct scene *s);
    const char *detail;
} cases[] = {
    {GATE_PACK_MISSING, spoil_pack, ""},
    {GATE_PACK_ALTERED, spoil_altered, ""},
    {GATE_PACK_EXPIRED, spoil_expired, ""},
    {GATE_AGENCY, spoil_agency, "bank"},
    {GATE_APPLICANT, spoil_applicant, ""},
    {GATE_DATES_MISSING, spoil_dates, ""},
    {GATE_DATES_ORDER, spoil_order,
     "decided before the application was complete"},
    {GATE_LATE, spoil_late, "it was due on 2026-09-19"},
    {GATE_SCORE_MISSING, spoil_no_score, ""},
    {GATE_SCORE_DIFFERS, spoil_differs, "the row says 1.001, the model gives 1"},
    {GATE_ADDITIVITY, spoil_additivity, "residual 1e-05"},
    {GATE_CONTRADICTION, spoil_contradiction, "score 0"},
    {GATE_CONTRADICTION, spoil_nothing_failed, "score -1"},
    {GATE_APPROVED_BELOW, spoil_approved, ""},
    {GATE_RULE_NOT_TOLD, spoil_not_told, ""},
    {GATE_RULE_NONE, spoil_no_rule, ""},
    {GATE_RULES_BEYOND, spoil_beyond, ""},
    {GATE_JUDGMENT, spoil_judgment, ""},
    {GATE_REFERENCE_DECISION, spoil_no_b, ""},
    {GATE_NO_ADVERSE, spoil_no_adverse, ""},
    {GATE_SCORES_ONLY, spoil_scores_only, ""},
    {GATE_ORDER_OPEN, spoil_open_order, "at a confidence of 0.95"},
    {GATE_ORDER_MARKED, spoil_marked_order, "at a confidence of 0.95"},
    {GATE_REASON_CODE, spoil_code, "77"},
    {GATE_NO_REASON, spoil_no_reason, ""},
    {GATE_TEXT_MISSING, spoil_text, "f"},
    {GATE_PROHIBITED, spoil_prohibited, "years (sex)"},
    {GATE_PROHIBITED, spoil_age, "years (age)"},
    {GATE_AGE_62, spoil_age_62, "years"},
    {GATE_AGE_62, spoil_age_unknown, "years"},
    {GATE_REASON_INPUT, spoil_input, "f"},
    {GATE_COUNTEROFFER_TERMS, spoil_terms, ""},
    {GATE_INCOMPLETE_ITEMS, spoil_items, ""},
    {GATE_INCOMPLETE_SCORE, spoil_both, ""},
    {GATE_BUREAU, spoil_bureau, "b"},
    {GATE_BUREAU_UNSAID, spoil_unsaid, "debt"},
    {GATE_BUREAU_SCORE, spoil_range, ""},
    {GATE_BUREAU_SCORE, spoil_outside, ""},
    {GATE_KEY_FACTORS, spoil_no_factors, ""},
    {GATE_KEY_FACTORS_MANY, spoil_six, "6, more than 5"},
    {GATE_KEY_FACTORS_MANY, spoil_five, "5, more than 4"},
    {GATE_AGREEMENT, spoil_agreement, "0 of 3"},
    {GATE_ONE_METHOD, spoil_one, ""},
    {GATE_RECOURSE_RESCORED, spoil_rescored, ""},
    {GATE_RECOURSE_FIXED, spoil_fixed, ""},
    {GATE_ENGLISH, spoil_english, ""},
};

static void in_order_nothing_fires(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    judge(&s);
    for (size_t i = 0; i < s.list.count; i++)
        print_error("fired: %s\n", gate_at(s.list.fired[i].gate)->id);
    assert_int_equal(s.list.count, 0);
    assert_false(s.list.blocked);
    for (int c = 0; c < CHECKS; c++)
        assert_int_not_equal(s.list.check[c], CHECK_FAIL);
    assert_int_equal(s.list.check[CHECK_E1], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_E10], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_E13], CHECK_NOT_APPLICABLE);
    assert_int_equal(s.list.check[CHECK_E16], CHECK_NOT_APPLICABLE);
    assert_int_equal(s.list.check[CHECK_E21], CHECK_NOT_APPLICABLE);
    assert_int_equal(s.list.check[CHECK_F3], CHECK_OPEN);
    assert_int_equal(s.list.check[CHECK_F6], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_F9], CHECK_NOT_APPLICABLE);
    gates_document(&s.list, CHECK_F3, true);
    assert_int_equal(s.list.check[CHECK_F3], CHECK_PASS);
    gates_document(&s.list, CHECK_F4, false);
    assert_int_equal(s.list.check[CHECK_F4], CHECK_FAIL);
    gates_document(&s.list, CHECK_F9, true);
    assert_int_equal(s.list.check[CHECK_F9], CHECK_NOT_APPLICABLE);
    tear_down(&s);
}

static void each_change_fires_its_gate(void **state)
{
    (void)state;
    bool met[GATES] = {false};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene s;
        const struct gate *g = gate_at(cases[i].gate);
        bool here = false;
        set_up(&s);
        cases[i].spoil(&s);
        judge(&s);
        for (size_t k = 0; k < s.list.count; k++)
            if (s.list.fired[k].gate == cases[i].gate) {
                here = true;
                assert_string_equal(s.list.fired[k].detail, cases[i].detail);
            }
        if (!here)
            print_error("gate %s did not fire\n", g->id);
        assert_true(here);
        if (g->severity == GATE_BLOCK)
            assert_true(s.list.blocked);
        for (int c = 0; c < CHECKS; c++)
            if (strcmp(check_at((enum check_id)c)->id, g->check) == 0)
                assert_int_equal(s.list.check[c], CHECK_FAIL);
        met[cases[i].gate] = true;
        tear_down(&s);
    }
    for (int g = 0; g < GATES; g++)
        if (gate_at((enum gate_id)g)->scope == SCOPE_DECISION && !met[g]) {
            print_error("no case for gate %s\n", gate_at((enum gate_id)g)->id);
            fail();
        }
}

/* Warnings alone never block. */
static void warnings_do_not_block(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    spoil_late(&s);
    spoil_rescored(&s);
    judge(&s);
    assert_int_equal(s.list.count, 2);
    assert_false(s.list.blocked);
    tear_down(&s);
}

/* Age below 62 in an attested system may be scored, and then it is told. */
static void attested_age_is_allowed(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    spoil_age_62(&s);
    s.d.age = 61;
    judge(&s);
    assert_int_equal(s.list.count, 0);
    assert_int_equal(s.r->reason[2].index, 2);
    tear_down(&s);
}

/* The ranking of a prohibited factor stays what it is. */
static void prohibited_is_never_reranked(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    s.p->feature[0].prohibited = true;
    s.p->feature[0].basis = "race";
    judge(&s);
    assert_true(fired(&s.list, GATE_PROHIBITED));
    assert_int_equal(s.r->reason[0].index, 0);
    tear_down(&s);
}

/* Checks that depend on the kind of decision. */
static void checks_apply_where_they_must(void **state)
{
    (void)state;
    struct scene s;
    set_up(&s);
    spoil_both(&s);
    s.d.component = FAILED_NONE;
    judge(&s);
    assert_int_equal(s.list.count, 0);
    assert_int_equal(s.list.check[CHECK_E16], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_E4], CHECK_NOT_APPLICABLE);
    assert_int_equal(s.list.check[CHECK_F2], CHECK_NOT_APPLICABLE);
    tear_down(&s);
    set_up(&s);
    s.d.action = ACTION_COUNTEROFFER;
    s.d.counteroffer = "less";
    s.d.third_party = true;
    s.language = 1;
    s.fired[0] = true;
    s.d.rules_fired = 1;
    s.d.component = FAILED_BOTH;
    s.p->documents.business = "small";
    judge(&s);
    assert_int_equal(s.list.count, 0);
    assert_int_equal(s.list.check[CHECK_E13], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_E17], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_E19], CHECK_OPEN);
    assert_int_equal(s.list.check[CHECK_E21], CHECK_PASS);
    assert_int_equal(s.list.check[CHECK_F8], CHECK_OPEN);
    tear_down(&s);
    set_up(&s);
    s.p->documents.disclosed = DISCLOSED_NONE;
    judge(&s);
    assert_int_equal(s.list.check[CHECK_F6], CHECK_NOT_APPLICABLE);
    assert_int_equal(s.list.check[CHECK_F9], CHECK_OPEN);
    tear_down(&s);
}

static void the_tables_are_sound(void **state)
{
    (void)state;
    for (int g = 0; g < GATES; g++) {
        const struct gate *x = gate_at((enum gate_id)g);
        bool known = x->check[0] == '\0';
        assert_ptr_equal(gate_find(x->id), x);
        assert_true(strlen(x->citation) > 8 && strlen(x->what) > 8 &&
                    strlen(x->remedy) > 8);
        for (int c = 0; c < CHECKS; c++)
            known = known ||
                    strcmp(check_at((enum check_id)c)->id, x->check) == 0;
        assert_true(known);
    }
    assert_null(gate_find("nothing"));
    /* gates that the project room names by their text */
    static const char *const named[] = {
        "creditor",         "agency",       "pack-missing", "decisions",
        "applicant",        "dates-missing", "document-date", "model-name",
        "reference-unnamed", "one-method",  "score-missing", "rights-contact",
        "reasons-many",     "reasons-override", "score-unsaid", "bureau",
        "card-section",     "reason-text",  "factor-map",   "model-hash"};
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        assert_non_null(gate_find(named[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order_nothing_fires),
        cmocka_unit_test(each_change_fires_its_gate),
        cmocka_unit_test(warnings_do_not_block),
        cmocka_unit_test(attested_age_is_allowed),
        cmocka_unit_test(prohibited_is_never_reranked),
        cmocka_unit_test(checks_apply_where_they_must),
        cmocka_unit_test(the_tables_are_sound),
    };
    return cmocka_run_group_tests_name("reasons_gates", tests, NULL, NULL);
}
