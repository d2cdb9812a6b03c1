/* The recourse audit: what would have changed declined results, for all and by
 * group, and what reasons and plans have to do with each other. */
#include "facts/card_parts.h"
#include "model/evaluate.h"

#include <math.h>
#include <string.h>

struct auditor {
    struct card_maker *c;
    const struct card_recourse *r;
    const struct recourse_audit *a;
};

static struct auditor auditor_of(struct card_maker *c)
{
    return (struct auditor){c, &c->f->recourse, c->f->recourse.audit};
}

/* Nothing to divide by is no gap of the card: nobody had a plan, say. */
static void add_estimate(struct card_maker *c, struct fact *g,
                         const char *name, struct estimate x,
                         struct number_form form)
{
    if (x.computable)
        (void)card_estimate(c, g, name, x, form);
    else
        card_na(c, g, name, x.why_not);
}

static void add_share(struct card_maker *c, struct fact *g, const char *name,
                      double x, double n)
{
    add_estimate(c, g, name, estimate_share(x, n), AS_PERCENT(1));
}

static struct number_form cost_form(struct estimate x)
{
    return x.computable ? card_digits(x.value) : AS_DECIMAL(2);
}

static void add_answers(const struct auditor *u, struct fact *g)
{
    static const char *const words[] = {"proven", "within", "found",
                                        "impossible", "undecided"};
    struct card_maker *c = u->c;
    for (int k = 0; k < AUDIT_ANSWERS; k++) {
        enum audit_answer answer = (enum audit_answer)k;
        struct fact *item = facts_item(&c->m, g, "answer");
        card_said_word(c, item, "name", words[k],
                       arena_format(c->m.arena, "card.recourse.answer.%s",
                                    words[k]));
        (void)card_count(c, item, "count", audit_count(u->a, 0, answer));
        add_estimate(c, item, "share", audit_share(u->a, 0, answer),
                     AS_PERCENT(1));
    }
}

/* What a plan takes. */
static void add_sizes(const struct auditor *u, struct fact *g, size_t group)
{
    struct card_maker *c = u->c;
    struct estimate mean = audit_cost_mean(u->a, group);
    struct estimate median = audit_cost_median(u->a, group);
    add_estimate(c, g, "changes-mean", audit_changes_mean(u->a, group),
                 AS_DECIMAL(2));
    add_estimate(c, g, "cost-median", median, cost_form(median));
    add_estimate(c, g, "cost-mean", mean, cost_form(mean));
}

static void add_all(const struct auditor *u, struct fact *g)
{
    struct card_maker *c = u->c;
    double plans = audit_plans(u->a, 0);
    double high = audit_cost_quantile(u->a, 0, 0.9);
    (void)card_count(c, g, "plans", plans);
    add_estimate(c, g, "plan", audit_share_plan(u->a, 0), AS_PERCENT(1));
    add_answers(u, g);
    add_sizes(u, g, 0);
    if (isfinite(high))
        (void)facts_number(&c->m, g, "cost-p90", high, card_digits(high));
    for (size_t k = 1; k <= c->p->recourse.most_changes; k++) {
        double n = audit_changes(u->a, 0, k);
        if (n <= 0)
            continue;
        struct fact *item = facts_item(&c->m, g, "size");
        (void)card_count(c, item, "changes", (double)k);
        (void)card_count(c, item, "count", n);
        add_share(c, item, "share", n, plans);
    }
    (void)card_count(c, g, "guard-changed", audit_guard_changed(u->a));
    (void)card_count(c, g, "boxes", audit_boxes(u->a));
    card_yes(c, g, "elsewhere", !model_is_local(c->f->model));
}

static const char *lever_text(const struct card_maker *c, const struct lever *l)
{
    if (l->waitings > 0)
        return NULL; /* the language says "time passing" */
    const struct project_feature *f = &c->p->feature[l->feature];
    const char *text = translated_text(&f->label, c->language);
    return text != NULL ? text : f->name != NULL ? f->name : f->input;
}

static void add_levers(const struct auditor *u, struct fact *g)
{
    struct card_maker *c = u->c;
    const struct recourse_limits *l = u->r->limits;
    for (size_t i = 0; i < l->problem->levers; i++) {
        const struct lever *lever = &c->p->lever[l->lever_of[i]];
        struct fact *item = facts_item(&c->m, g, "lever");
        const char *name = lever_text(c, lever);
        (void)facts_text(&c->m, item, "key", lever->key);
        if (name != NULL)
            (void)facts_text(&c->m, item, "name", name);
        else
            card_said_word(c, item, "name", "waiting", "recourse.waiting");
        double n = audit_lever(u->a, l->lever_of[i]);
        (void)card_count(c, item, "count", n);
        add_share(c, item, "share", n, audit_plans(u->a, 0));
    }
}

/* --- groups --- */

static void add_row(const struct auditor *u, struct fact *g, struct fact *table,
                    const struct card_group *x, size_t code)
{
    struct card_maker *c = u->c;
    size_t group = audit_group(u->a, x->column, code);
    double n = audit_n(u->a, group);
    bool small = n < (double)c->p->documents.small_n;
    struct fact *item = facts_item(&c->m, table, "row");
    (void)facts_text(&c->m, item, "name", x->name[code]);
    card_yes(c, item, "small", small);
    struct fact *rows = card_count(c, item, "rows", n);
    if (small) {
        /* so few people could be told apart by what they would need */
        facts_mark(&c->m, rows, "small-n");
        return;
    }
    add_estimate(c, item, "plan", audit_share_plan(u->a, group), AS_PERCENT(1));
    add_estimate(c, item, "impossible",
                 audit_share(u->a, group, AUDIT_IMPOSSIBLE), AS_PERCENT(1));
    add_estimate(c, item, "undecided",
                 audit_share(u->a, group, AUDIT_UNDECIDED), AS_PERCENT(1));
    add_sizes(u, item, group);
    struct fact *bar = facts_item(&c->m, g, "compared");
    (void)facts_text(&c->m, bar, "name", x->name[code]);
    /* charts print the numbers of their intervals: in per cent */
    add_estimate(c, bar, "plan",
                 estimate_scaled(audit_share_plan(u->a, group), 100, 0),
                 AS_DECIMAL(1));
}

static void add_groups(const struct auditor *u, struct fact *g)
{
    struct card_maker *c = u->c;
    for (size_t k = 0; k < u->r->columns && k < c->f->groups; k++) {
        const struct card_group *x = &c->f->group[k];
        const struct group_column *column = &c->p->group[x->column];
        struct fact *table = facts_item(&c->m, g, "group");
        (void)facts_text(&c->m, table, "name",
                         column->name != NULL ? column->name : column->column);
        if (column->basis != NULL)
            (void)facts_text(&c->m, table, "basis", column->basis);
        for (size_t i = 0; i < x->fairness.rows; i++)
            add_row(u, g, table, x, x->fairness.row[i].code);
    }
}

/* --- reasons and defects --- */

static void add_factor(const struct auditor *u, struct fact *g, size_t k)
{
    struct card_maker *c = u->c;
    struct audit_reasons x = audit_reasons_of(u->a, k);
    if (x.given <= 0)
        return;
    struct fact *item = facts_item(&c->m, g, "factor");
    (void)facts_text(&c->m, item, "key", c->p->factor[k].key);
    (void)facts_text(&c->m, item, "name",
                     translated_text(&c->p->factor[k].name, c->language));
    (void)card_count(c, item, "given", x.given);
    card_yes(c, item, "movable", x.unmovable <= 0);
    (void)card_count(c, item, "without", x.unmovable + x.impossible);
    /* counts of so many factors are small: no intervals */
    if (x.planned > 0)
        (void)card_share(c, item, "unused", x.unused / x.planned);
}

static void add_reasons(const struct auditor *u, struct fact *g)
{
    struct card_maker *c = u->c;
    struct audit_reasons x = audit_reasons_all(u->a);
    if (!u->r->reasons || x.given <= 0)
        return;
    struct fact *r = facts_group(&c->m, g, "reasons");
    (void)card_count(c, r, "given", x.given);
    (void)card_count(c, r, "unmovable", x.unmovable);
    (void)card_count(c, r, "impossible", x.impossible);
    add_share(c, r, "without", x.unmovable + x.impossible, x.given);
    (void)card_count(c, r, "first", x.first);
    add_share(c, r, "first-without", x.first_without, x.first);
    (void)card_count(c, r, "planned", x.planned);
    add_share(c, r, "unused", x.unused, x.planned);
    for (size_t k = 0; k < c->p->factors; k++)
        add_factor(u, r, k);
}

/* Plans that go against what the project calls better. */
static void add_wrong(const struct auditor *u, struct fact *g)
{
    struct card_maker *c = u->c;
    size_t inputs = 0;
    for (size_t i = 0; i < c->p->features; i++) {
        double wrong = audit_wrong(u->a, i);
        const struct project_feature *f = &c->p->feature[i];
        if (wrong <= 0)
            continue;
        inputs++;
        struct fact *item = facts_item(&c->m, g, "wrong");
        const char *text = translated_text(&f->label, c->language);
        (void)facts_text(&c->m, item, "name",
                         text != NULL ? text
                         : f->name != NULL ? f->name
                                           : f->input);
        (void)card_word(c, item, "direction",
                        f->expected == DIRECTION_HIGHER_BETTER ? "down" : "up");
        (void)card_count(c, item, "plans", audit_moved(u->a, i));
        (void)card_count(c, item, "count", wrong);
        add_share(c, item, "share", wrong, audit_moved(u->a, i));
    }
    (void)card_count(c, g, "wrong-inputs", (double)inputs);
}

void card_recourse(struct card_maker *c, struct fact *parent)
{
    const struct auditor u = auditor_of(c);
    struct fact *g = facts_group(&c->m, parent, "recourse");
    card_yes(c, g, "made", u.r->made);
    if (!u.r->made) {
        if (u.r->why != NULL)
            (void)card_word(c, g, "why", u.r->why);
        return;
    }
    (void)facts_text(&c->m, g, "split", card_split_name(card_lead(c)));
    (void)card_count(c, g, "declined", u.r->declined);
    (void)card_count(c, g, "rows", audit_n(u.a, 0));
    (void)card_count(c, g, "failed", u.r->failed);
    (void)card_word(c, g, "limits", u.r->limits->id);
    facts_declared(&c->m, card_count(c, g, "most",
                                     (double)c->p->recourse.most_changes),
                   "recourse.most_changes");
    add_all(&u, g);
    add_levers(&u, g);
    add_groups(&u, g);
    add_reasons(&u, g);
    add_wrong(&u, g);
}
