/* The checklist: a duty that does not apply says so, one that a fired gate
 * failed fails, one that only the finished document can show stays open. */
#include "reasons/checks.h"

#include <string.h>

/* A score is shown when one is disclosed and reports were used (an own one was
 * put in the bureau's place by decision_disclose_own); a row without a score says that none exists (F9). */
bool checks_score_shown(const struct project *p, const struct decision *d)
{
    bool some = d->has_bureau_score || d->has_bureau_score_date ||
                d->bureau_factors > 0;
    bool said = p->documents.disclosed == DISCLOSED_BUREAU ||
                p->documents.disclosed == DISCLOSED_OWN;
    return said && d->bureaus > 0 && some && action_adverse(d->action);
}

struct view {
    const struct project *p;
    const struct decision *d;
    size_t language;
};

static bool applies_notice(const struct view *v)
{
    return v->p->documents.notice && v->d->action != ACTION_APPROVED;
}

static bool applies_adverse(const struct view *v)
{
    return v->p->documents.notice && action_adverse(v->d->action);
}

static bool applies_reasons_given(const struct view *v)
{
    return applies_adverse(v) && v->p->documents.variant == REASONS_GIVEN;
}

static bool applies_scored(const struct view *v)
{
    return applies_adverse(v) && (v->d->component == FAILED_SCORE ||
                                  v->d->component == FAILED_BOTH);
}

static bool applies_rules_fired(const struct view *v)
{
    return applies_adverse(v) && v->d->rules_fired > 0;
}

static bool applies_report_used(const struct view *v)
{
    return applies_adverse(v) && v->d->bureaus > 0;
}

static bool applies_incomplete(const struct view *v)
{
    return applies_notice(v) && v->d->action == ACTION_INCOMPLETE;
}

static bool applies_counteroffer(const struct view *v)
{
    return applies_notice(v) && v->d->action == ACTION_COUNTEROFFER;
}

static bool applies_business(const struct view *v)
{
    return applies_notice(v) && !text_equal(v->p->documents.business,
                                            "consumer");
}

static bool applies_foreign(const struct view *v)
{
    const char *tag = v->p->language[v->language];
    return applies_notice(v) && !text_equal(tag, "en") &&
           !text_starts(tag, "en-");
}

static bool applies_score_shown(const struct view *v)
{
    return applies_report_used(v) && checks_score_shown(v->p, v->d);
}

static bool applies_no_score(const struct view *v)
{
    return applies_report_used(v) && !checks_score_shown(v->p, v->d);
}

static bool applies_third_party(const struct view *v)
{
    return applies_adverse(v) && v->d->third_party;
}

static const struct {
    struct check check;
    bool (*applies)(const struct view *v);
} checks[] = {
#define CHECK(name, id, applies, document, cite, text)                         \
    {{id, cite, text, document}, applies_##applies},
#include "reasons/checks.def"
#undef CHECK
};

const struct check *check_at(enum check_id id)
{
    return &checks[id].check;
}

const char *check_result_word(enum check_result r)
{
    static const char *const word[] = {"not applicable", "pass", "fail",
                                       "open"};
    return word[r];
}

static bool failed(const struct gate_list *list, const char *check)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(gate_at(list->fired[i].gate)->check, check) == 0)
            return true;
    return false;
}

void checks_fill(const struct project *p, const struct decision *d,
                 size_t language, struct gate_list *out)
{
    struct view v = {p, d, language};
    for (int c = 0; c < CHECKS; c++)
        out->check[c] = failed(out, checks[c].check.id) ? CHECK_FAIL
                        : !checks[c].applies(&v)        ? CHECK_NOT_APPLICABLE
                        : checks[c].check.on_document   ? CHECK_OPEN
                                                        : CHECK_PASS;
}

void gates_document(struct gate_list *list, enum check_id check, bool passed)
{
    if (list->check[check] == CHECK_NOT_APPLICABLE && passed)
        return;
    if (!passed)
        list->check[check] = CHECK_FAIL;
    else if (list->check[check] == CHECK_OPEN)
        list->check[check] = CHECK_PASS;
}
