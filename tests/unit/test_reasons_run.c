/* Gates of the run and of the card: each fires alone. */
#include "support/gate_scene.h"

SPOIL(run_table, s->p->decisions.spec.location = NULL)
SPOIL(run_date, s->p->documents.date = NULL)
SPOIL(run_model, s->p->model.id = NULL)
SPOIL(run_map, s->p->feature[3].factor = -1)
SPOIL(run_hash, s->p->model.sha256 = "y")
SPOIL(run_unnamed, s->p->reference_a.name = NULL)
SPOIL(run_empty, s->run.reference_rows[METHOD_A] = 0)
SPOIL(run_small, s->run.reference_rows[METHOD_A] = 29)
SPOIL(run_creditor, s->p->institution.address[0] = NULL)
SPOIL(run_agency, s->run.pack.agency_known = false)
SPOIL(run_pack, s->run.pack.present = false)
SPOIL(run_altered, s->run.pack.altered = true)
SPOIL(run_expired, s->run.pack.expired = true)
SPOIL(run_text, s->p->rule[0].reason.text = NULL)
SPOIL(run_rights, (s->p->documents.variant = REASONS_RIGHT_TO,
                   s->p->institution.contact_name = NULL))
SPOIL(run_unsaid, s->p->documents.disclosed = DISCLOSED_UNSAID)
SPOIL(run_many, s->p->documents.most_reasons = 5)
SPOIL(run_override, (s->p->documents.most_reasons = 5,
                     s->p->documents.reasons_override = "long"))
static const struct {
    enum gate_id gate;
    void (*spoil)(struct scene *s);
} run_cases[] = {
    {GATE_DECISIONS, spoil_run_table},
    {GATE_DOCUMENT_DATE, spoil_run_date},
    {GATE_MODEL_NAME, spoil_run_model},
    {GATE_FACTOR_MAP, spoil_run_map},
    {GATE_MODEL_HASH, spoil_run_hash},
    {GATE_REFERENCE_UNNAMED, spoil_run_unnamed},
    {GATE_REFERENCE_EMPTY, spoil_run_empty},
    {GATE_REFERENCE_SMALL, spoil_run_small},
    {GATE_CREDITOR, spoil_run_creditor},
    {GATE_AGENCY, spoil_run_agency},
    {GATE_PACK_MISSING, spoil_run_pack},
    {GATE_PACK_ALTERED, spoil_run_altered},
    {GATE_PACK_EXPIRED, spoil_run_expired},
    {GATE_REASON_TEXT, spoil_run_text},
    {GATE_RIGHTS_CONTACT, spoil_run_rights},
    {GATE_SCORE_UNSAID, spoil_run_unsaid},
    {GATE_REASONS_MANY, spoil_run_many},
    {GATE_REASONS_OVERRIDE, spoil_run_override},
};

static void each_run_gate_fires_alone(void **state)
{
    (void)state;
    bool met[GATES] = {false};
    struct scene s;
    set_up(&s);
    gates_run(s.p, &s.run, &s.list);
    assert_int_equal(s.list.count, 0);
    tear_down(&s);
    for (size_t i = 0; i < sizeof run_cases / sizeof *run_cases; i++) {
        set_up(&s);
        run_cases[i].spoil(&s);
        gates_run(s.p, &s.run, &s.list);
        if (s.list.count != 1 || s.list.fired[0].gate != run_cases[i].gate)
            print_error("%s: %zu fired\n", gate_at(run_cases[i].gate)->id,
                        s.list.count);
        assert_int_equal(s.list.count, 1);
        assert_int_equal(s.list.fired[0].gate, run_cases[i].gate);
        met[run_cases[i].gate] = true;
        tear_down(&s);
    }
    for (int g = 0; g < GATES; g++)
        if (gate_at((enum gate_id)g)->scope == SCOPE_RUN)
            assert_true(met[g]);
}

SPOIL(card_personal, s->card.personal_column = "email")
SPOIL(card_section, s->card.sections_empty = 2)
SPOIL(card_interval, s->card.intervals_missing = 1)
SPOIL(card_small, s->card.small_n = 3)
SPOIL(card_reference, s->card.reference_rows[METHOD_B] = 5)
static const struct {
    enum gate_id gate;
    void (*spoil)(struct scene *s);
    const char *detail;
} card_cases[] = {
    {GATE_CARD_PERSONAL, spoil_card_personal, "email"},
    {GATE_CARD_SECTION, spoil_card_section, "2"},
    {GATE_CARD_INTERVAL, spoil_card_interval, "1"},
    {GATE_CARD_SMALL, spoil_card_small, "3"},
    {GATE_CARD_REFERENCE, spoil_card_reference, ""},
};

static void each_card_gate_fires_alone(void **state)
{
    (void)state;
    bool met[GATES] = {false};
    struct scene s;
    set_up(&s);
    gates_card(s.p, &s.card, &s.list);
    assert_int_equal(s.list.count, 0);
    tear_down(&s);
    for (size_t i = 0; i < sizeof card_cases / sizeof *card_cases; i++) {
        set_up(&s);
        card_cases[i].spoil(&s);
        gates_card(s.p, &s.card, &s.list);
        assert_int_equal(s.list.count, 1);
        assert_int_equal(s.list.fired[0].gate, card_cases[i].gate);
        assert_string_equal(s.list.fired[0].detail, card_cases[i].detail);
        assert_int_equal(s.list.blocked, i == 0);
        met[card_cases[i].gate] = true;
        tear_down(&s);
    }
    for (int g = 0; g < GATES; g++)
        if (gate_at((enum gate_id)g)->scope == SCOPE_CARD)
            assert_true(met[g]);
}

static void personal_columns(void **state)
{
    (void)state;
    assert_true(column_is_personal("Email"));
    assert_true(column_is_personal("first_name"));
    assert_true(column_is_personal("date.of.birth"));
    assert_false(column_is_personal("income"));
    assert_false(column_is_personal("name_length"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_run_gate_fires_alone),
        cmocka_unit_test(each_card_gate_fires_alone),
        cmocka_unit_test(personal_columns),
    };
    return cmocka_run_group_tests_name("reasons_run", tests, NULL, NULL);
}
