/* What a decision's documents may say. The order of the tree is the order of
 * its twin: who, what was decided, why, what was used, what would have changed
 * it, how it was checked. */
#include "facts/decision.h"

#include "base/num.h"
#include "facts/decision_parts.h"
#include "facts/inputs.h"

#include <math.h>
#include <string.h>

const char *notice_form(const struct project *p, const struct decision *d)
{
    if (d->action == ACTION_INCOMPLETE)
        return "incomplete";
    if (!action_adverse(d->action))
        return NULL;
    if (d->action == ACTION_COUNTEROFFER)
        return "counteroffer";
    return p->documents.variant == REASONS_RIGHT_TO ? "right" : "denial";
}

static void add_lines(struct facts_maker *m, struct fact *parent,
                      const char *const *line, size_t most)
{
    for (size_t i = 0; i < most; i++)
        if (line[i] != NULL && line[i][0] != '\0')
            (void)facts_text(m, facts_item(m, parent, "line"), "text", line[i]);
}

static void add_date(struct facts_maker *m, struct fact *parent,
                     const char *name, bool has, struct date d)
{
    if (has)
        (void)facts_date(m, parent, name, d);
    else
        (void)facts_missing(m, parent, name, "not in the decisions table");
}

void decision_iso(struct facts_maker *m, struct fact *parent,
                    const char *name, const char *iso)
{
    struct date d;
    bool has = iso != NULL && date_parse(iso, strlen(iso), &d);
    add_date(m, parent, name, has, has ? d : (struct date){1, 1, 1});
}

static void add_document(struct facts_maker *m,
                         const struct decision_findings *f)
{
    struct fact *g = facts_group(m, m->root, "document");
    struct date day = {0};
    bool has = decision_notice_date(f->project, f->decision, &day);
    add_date(m, g, "date", has, day);
    char *id = arena_format(m->arena, "%s-N1", f->decision->id);
    (void)facts_text(m, g, "notice-id", id);
    id = arena_format(m->arena, "%s-E1", f->decision->id);
    (void)facts_text(m, g, "explanation-id", id);
    (void)facts_text(m, g, "generator",
                     arena_format(m->arena, "candor %s", f->version));
    (void)facts_text(m, g, "language", language_tag(m->language));
}

static void add_institution(struct facts_maker *m,
                            const struct decision_findings *f)
{
    const struct institution *in = &f->project->institution;
    struct fact *g = facts_group(m, m->root, "institution");
    (void)facts_text(m, g, "name", in->name);
    add_lines(m, g, in->address, sizeof in->address / sizeof *in->address);
    (void)facts_text(m, g, "telephone", in->telephone);
    (void)facts_text(m, g, "agency", f->agency);
    (void)facts_text(m, g, "agency-name", f->agency_name);
    struct fact *c = facts_group(m, g, "contact");
    (void)facts_text(m, c, "name", in->contact_name);
    (void)facts_text(m, c, "telephone", in->contact_telephone);
    (void)facts_text(m, c, "hours", in->contact_hours);
    add_lines(m, c, in->contact_address,
              sizeof in->contact_address / sizeof *in->contact_address);
}

static const char *ground_of(const struct decision *d)
{
    if (!action_adverse(d->action))
        return "approved";
    switch (d->component) {
    case FAILED_RULES:
        return "rules";
    case FAILED_BOTH:
        return "both";
    case FAILED_JUDGMENT:
        return "judgmental";
    case FAILED_NONE:
    case FAILED_SCORE:
        break;
    }
    return "score";
}

static void add_rules(struct facts_maker *m, struct fact *g,
                      const struct decision_findings *f)
{
    const struct decision *d = f->decision;
    size_t fired = 0;
    for (size_t i = 0; d->fired != NULL && i < f->project->rules; i++) {
        if (!d->fired[i])
            continue;
        const struct rule *r = &f->project->rule[i];
        struct fact *item = facts_item(m, g, "rule");
        (void)facts_text(m, item, "name", translated_text(&r->name, f->language));
        (void)facts_text(m, item, "text",
                         translated_text(&r->reason, f->language));
        fired++;
    }
    facts_computed(m, facts_number(m, g, "rules", (double)fired, AS_COUNT),
                   "rules of the project on the row");
}

static void add_duties(struct facts_maker *m, struct fact *g,
                       const struct decision_findings *f)
{
    struct date due = {0}, until = {0}, sent = {0};
    bool has_due = decision_due(f->decision, &due);
    bool has_sent = decision_notice_date(f->project, f->decision, &sent);
    if (has_due)
        facts_computed(m, facts_date(m, g, "due", due), "12 CFR 1002.9(a)(1)");
    else
        (void)facts_missing(m, g, "due", "the date it runs from is missing");
    (void)facts_boolean(m, g, "late",
                        has_due && has_sent && date_days(sent) > date_days(due));
    if (decision_retain_until(f->project, f->decision, &until))
        facts_computed(m, facts_date(m, g, "retain-until", until),
                       "12 CFR 1002.12(b)");
    else
        (void)facts_missing(m, g, "retain-until", "no notice date");
}

static void add_decision(struct facts_maker *m,
                         const struct decision_findings *f)
{
    const struct decision *d = f->decision;
    const struct project_documents *doc = &f->project->documents;
    struct fact *g = facts_group(m, m->root, "decision");
    (void)facts_text(m, g, "id", d->id);
    (void)facts_word(m, g, "action", action_word(d->action),
                     arena_format(m->arena, "action.%s", action_word(d->action)));
    (void)facts_text(m, g, "ground", ground_of(d));
    add_date(m, g, "date", d->has_decision_date, d->decision_date);
    add_date(m, g, "application-date", d->has_application_date,
             d->application_date);
    (void)facts_text(m, g, "request", d->request);
    (void)facts_number(m, g, "amount", d->has_amount ? d->amount : (double)NAN,
                       AS_MONEY(doc->currency));
    (void)facts_number(m, g, "term", d->has_term ? d->term : (double)NAN,
                       AS_UNIT(0, "months"));
    (void)facts_boolean(m, g, "automated", doc->automated);
    (void)facts_text(m, g, "reviewer", d->reviewer);
    (void)facts_text(m, g, "human-role", doc->human_role);
    (void)facts_text(m, g, "counteroffer", d->counteroffer);
    for (size_t i = 0; i < d->missing_items; i++)
        (void)facts_text(m, facts_item(m, g, "missing"), "text",
                         d->missing_item[i]);
    add_date(m, g, "reply-by", d->has_reply_by, d->reply_by);
    add_rules(m, g, f);
    add_duties(m, g, f);
    struct fact *n = facts_group(m, m->root, "notice");
    const char *form = notice_form(f->project, d);
    if (form == NULL)
        (void)facts_not_applicable(m, n, "form", "no notice is owed");
    else
        (void)facts_text(m, n, "form", form);
    (void)facts_boolean(m, n, "scored",
                        action_adverse(d->action) && d->has_score &&
                            (d->component == FAILED_SCORE ||
                             d->component == FAILED_BOTH));
}

static const char *const scale_words[] = {"margin", "probability", "points"};

struct number_form decision_score_form(const struct project *p)
{
    const struct project_scale *s = &p->model.scale;
    if (s->kind == SCALE_PROBABILITY)
        return AS_PERCENT(s->decimals > 2 ? s->decimals - 2 : 0);
    return AS_UNIT(s->decimals, s->kind == SCALE_POINTS ? "points" : "margin");
}

static void add_score(struct facts_maker *m, const struct decision_findings *f)
{
    const struct project *p = f->project;
    const struct decision *d = f->decision;
    struct fact *g = facts_group(m, m->root, "score");
    (void)facts_boolean(m, g, "used", d->has_score);
    if (!d->has_score)
        return;
    struct number_form form = decision_score_form(p);
    (void)facts_number(m, g, "value", d->score, form);
    facts_declared(m, facts_number(m, g, "cutoff",
                                   p->model.has_cutoff ? p->model.cutoff
                                                       : (double)NAN, form),
                   "model.cutoff");
    (void)facts_number(m, g, "distance", fabs(d->score - p->model.cutoff), form);
    (void)facts_boolean(m, g, "passes", project_approves(p, d->score));
    (void)facts_text(m, g, "scale", scale_words[p->model.scale.kind]);
    (void)facts_text(m, g, "rule", p->model.decides == DECIDES_AT_LEAST
                                       ? "least" : "most");
    (void)facts_number(m, g, "margin", d->margin, AS_UNIT(-1, "margin"));
    (void)facts_number(m, g, "residual", d->residual, AS_UNIT(-1, "margin"));
    bool estimated = f->estimate[METHOD_A] != NULL ||
                     f->estimate[METHOD_B] != NULL;
    if (!estimated && f->phi[METHOD_A] == NULL && f->phi[METHOD_B] == NULL)
        return;
    (void)facts_text(m, g, "precision", estimated ? "estimate" : "strict");
    if (!d->checked)
        return;
    (void)facts_number(m, g, "check", d->difference, AS_UNIT(-1, "margin"));
    (void)facts_number(m, g, "bound", d->bound, AS_UNIT(-1, "margin"));
}

static void add_bureau_score(struct facts_maker *m, struct fact *g,
                             const struct decision_findings *f)
{
    const struct decision *d = f->decision;
    struct fact *s = facts_group(m, g, "score");
    bool used = d->has_bureau_score && d->bureaus > 0 &&
                f->project->documents.disclosed >= DISCLOSED_BUREAU;
    (void)facts_boolean(m, s, "used", used);
    if (!used)
        return;
    bool own = f->project->documents.disclosed == DISCLOSED_OWN;
    (void)facts_boolean(m, s, "own", own);
    (void)facts_number(m, s, "value", d->bureau_score,
                       own ? decision_score_form(f->project) : AS_COUNT);
    (void)facts_number(m, s, "low", d->bureau_score_low,
                       own ? decision_score_form(f->project) : AS_COUNT);
    (void)facts_number(m, s, "high", d->bureau_score_high,
                       own ? decision_score_form(f->project) : AS_COUNT);
    add_date(m, s, "date", d->has_bureau_score_date, d->bureau_score_date);
    (void)facts_text(m, s, "provider", d->bureau_score_provider);
    for (size_t i = 0; i < d->bureau_factors; i++)
        (void)facts_text(m, facts_item(m, s, "factor"), "text",
                         d->bureau_factor[i]);
}

static void add_report(struct facts_maker *m,
                       const struct decision_findings *f)
{
    const struct decision *d = f->decision;
    struct fact *g = facts_group(m, m->root, "report");
    bool owed = action_adverse(d->action);
    (void)facts_boolean(m, g, "used", owed && d->bureaus > 0);
    (void)facts_number(m, g, "count", (double)d->bureaus, AS_COUNT);
    for (size_t i = 0; i < d->bureaus; i++) {
        const struct bureau *b = &f->project->bureau[d->bureau[i]];
        struct fact *item = facts_item(m, g, "bureau");
        (void)facts_text(m, item, "name", b->name);
        add_lines(m, item, b->address, sizeof b->address / sizeof *b->address);
        (void)facts_text(m, item, "telephone", b->telephone);
        (void)facts_boolean(m, item, "nationwide", b->nationwide);
    }
    (void)facts_boolean(m, g, "third-party", owed && d->third_party);
    add_bureau_score(m, g, f);
}

static void add_model(struct facts_maker *m, const struct decision_findings *f)
{
    const struct project_model *pm = &f->project->model;
    struct fact *g = facts_group(m, m->root, "model");
    (void)facts_text(m, g, "id", pm->id);
    (void)facts_text(m, g, "name", pm->name);
    (void)facts_text(m, g, "version", pm->version);
    (void)facts_text(m, g, "hash",
                     arena_copy(m->arena, f->model->sha256, 12));
    facts_computed(m, facts_text(m, g, "sha256", f->model->sha256), "SHA-256");
}

static void add_checks(struct facts_maker *m,
                       const struct decision_findings *f)
{
    for (size_t i = 0; f->gates != NULL && i < f->gates->count; i++) {
        const struct gate *gate = gate_at(f->gates->fired[i].gate);
        struct fact *item = facts_item(m, m->root, "gate");
        (void)facts_text(m, item, "id", gate->id);
        (void)facts_text(m, item, "severity", gate_severity_word(gate->severity));
        (void)facts_text(m, item, "citation", gate->citation);
        if (f->gates->fired[i].detail[0] != '\0')
            (void)facts_text(m, item, "detail", f->gates->fired[i].detail);
    }
    for (int i = 0; f->gates != NULL && i < CHECKS; i++) {
        const struct check *check = check_at((enum check_id)i);
        struct fact *item = facts_item(m, m->root, "check");
        (void)facts_text(m, item, "id", check->id);
        (void)facts_text(m, item, "citation", check->citation);
        (void)facts_text(m, item, "result",
                         check_result_word(f->gates->check[i]));
    }
    for (size_t i = 0; i < f->packs; i++) {
        struct fact *item = facts_item(m, m->root, "pack");
        (void)facts_text(m, item, "key", f->pack[i].key);
        (void)facts_text(m, item, "sha256", f->pack[i].sha256);
        (void)facts_text(m, item, "from", f->pack[i].from);
    }
}

status facts_decision(const struct decision_findings *f,
                      const struct language *l, struct arena *a,
                      struct fact **out, struct error *e)
{
    struct facts_maker m;
    facts_begin(&m, a, l, f->schema);
    add_document(&m, f);
    add_institution(&m, f);
    struct fact *person = facts_group(&m, m.root, "applicant");
    (void)facts_text(&m, person, "name", f->decision->applicant_name);
    add_lines(&m, person, f->decision->applicant_address, 4);
    add_decision(&m, f);
    add_score(&m, f);
    decision_reasons(&m, f);
    decision_counted(&m, f);
    decision_texts(&m, f);
    decision_used(&m, f);
    add_report(&m, f);
    decision_recourse(&m, f);
    add_model(&m, f);
    add_checks(&m, f);
    *out = m.root;
    return facts_finish(&m, e);
}
