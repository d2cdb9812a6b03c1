/* What would have changed it: plans in the words and ranges that a page may
 * print, the limits that they were found within, and what is not known. */
#include "facts/decision_parts.h"
#include "model/evaluate.h"
#include "facts/inputs.h"

#include "base/num.h"

#include <math.h>

static const char *const status_words[] = {"proven", "within", "found",
                                           "impossible", "undecided"};

/* What facts of one decision's recourse are made of. */
struct planner {
    struct facts_maker *m;
    const struct decision_findings *f;
    const struct recourse_found *found;
};

static const struct lever *lever_of(const struct planner *p, size_t lever)
{
    const struct recourse_limits *l = p->found->limits;
    return &p->f->project->lever[l->lever_of[lever]];
}

static const struct recourse_lever *searched(const struct planner *p,
                                             size_t lever)
{
    return &p->found->limits->problem->lever[lever];
}

static void add_status(struct planner *p, struct fact *g,
                       const struct recourse_plan *plan)
{
    struct facts_maker *m = p->m;
    const char *word = status_words[plan->status];
    if (plan->status == RECOURSE_WITHIN) {
        struct buf text = BUF_INIT(256), percent = BUF_INIT(64);
        double gap = ceil(plan->gap * 100) / 100;
        language_percent(m->language, gap, 0, &percent);
        struct message_arg arg = {"percent", buf_text(&percent), (double)NAN};
        long key = language_find(m->language, "recourse.status.within");
        if (key >= 0 && language_say(m->language, (size_t)key, &arg, 1, &text,
                                     &m->failure) == ST_OK)
            (void)facts_printed(m, g, "status", word, buf_text(&text));
        (void)facts_number(m, g, "within", gap, AS_PERCENT(0));
        buf_free(&text);
        buf_free(&percent);
        return;
    }
    (void)facts_word(m, g, "status", word,
                     arena_format(m->arena, "recourse.status.%s", word));
}

/* --- changes --- */

static void add_value(struct planner *p, struct fact *item, const char *name,
                      size_t lever, double x)
{
    const struct lever *l = lever_of(p, lever);
    if (l->waitings == 0) {
        (void)facts_input(p->m, item, name, p->f->project, p->f->model,
                          p->f->language, l->feature, x);
        return;
    }
    char raw[NUM_TEXT_MAX];
    struct buf text = BUF_INIT(256);
    (void)num_shortest(x, raw);
    language_months(p->m->language, lround(x), &text);
    (void)facts_printed(p->m, item, name, raw, buf_text(&text));
    buf_free(&text);
}

static bool is_count(const struct planner *p, size_t lever)
{
    const struct lever *l = lever_of(p, lever);
    return p->f->project->feature[l->feature].style == PRINT_INTEGER;
}

/* How a change is told. A range is told only where all of it passes. */
static const char *way_of(const struct planner *p,
                          const struct recourse_change *c,
                          const struct region_stretch *s, bool alone)
{
    const struct recourse_lever *l = searched(p, c->lever);
    if (lever_of(p, c->lever)->waitings > 0)
        return alone ? "wait-alone" : "wait";
    if (l->code != NULL || isnan(c->to) || isnan(c->from))
        return "exact";
    if (s->or_more && c->to > c->from)
        return "up";
    if (s->or_less && c->to < c->from)
        return is_count(p, c->lever) ? "fewer" : "down";
    return s->low < s->high ? "between" : "exact";
}

static void add_change(struct planner *p, struct fact *g,
                       const struct recourse_change *c,
                       const struct region_stretch *s, bool alone)
{
    struct fact *item = facts_item(p->m, g, "change");
    const struct lever *l = lever_of(p, c->lever);
    const char *way = way_of(p, c, s, alone);
    bool wait = l->waitings > 0;
    (void)facts_text(p->m, item, "lever", l->key);
    if (wait)
        (void)facts_word(p->m, item, "fact", "waiting", "recourse.waiting");
    else
        (void)facts_text(p->m, item, "fact",
                         inputs_name(p->f->project, l->feature,
                                     p->f->language));
    if (wait)
        (void)facts_not_applicable(p->m, item, "from", "time passes by itself");
    else
        add_value(p, item, "from", c->lever, c->from);
    /* the bound of a range that is told, else the plan's own value */
    add_value(p, item, "to", c->lever,
              way[0] == 'u' ? s->low
              : way[0] == 'd' || way[0] == 'f' ? s->high
                                               : c->to);
    (void)facts_text(p->m, item, "direction", way);
    if (way[0] == 'b') {
        add_value(p, item, "low", c->lever, s->low);
        add_value(p, item, "high", c->lever, s->high);
    }
    if (!isnan(c->to))
        (void)facts_number(p->m, item, "raw", c->to, AS_DECIMAL(-1));
    (void)facts_number(p->m, item, "cost", recourse_cost_shown(c->cost),
                       AS_DECIMAL(-1));
}

static void add_changes(struct planner *p, struct fact *g,
                        const struct recourse_plan *plan,
                        const struct recourse_stretches *s)
{
    (void)facts_number(p->m, g, "changes", (double)plan->changes, AS_COUNT);
    if (plan->changes == 0)
        return;
    (void)facts_number(p->m, g, "cost", recourse_cost_shown(plan->cost),
                       AS_DECIMAL(-1));
    if (isfinite(plan->gap))
        (void)facts_number(p->m, g, "gap", plan->gap, AS_PERCENT(1));
    (void)facts_number(p->m, g, "score",
                       project_score(p->f->project, plan->margin),
                       decision_score_form(p->f->project));
    for (size_t i = 0; i < plan->changes; i++)
        add_change(p, g, &plan->change[i], &s->of[i], plan->changes == 1);
}

/* --- other plans --- */

static void add_alternatives(struct planner *p, struct fact *g)
{
    const struct recourse_result *r = &p->found->result;
    for (size_t k = 0; k < r->alternatives; k++) {
        if (!p->found->another[k])
            continue;
        struct fact *item = facts_item(p->m, g, "alternative");
        add_status(p, item, &r->alternative[k]);
        (void)facts_text(p->m, item, "way",
                         r->disjoint[k] ? "another" : "other");
        add_changes(p, item, &r->alternative[k], &p->found->alternative[k]);
    }
}

static void add_safer(struct planner *p, struct fact *g)
{
    const struct recourse_result *r = &p->found->result;
    if (!r->safer_asked)
        return;
    struct fact *item = facts_group(p->m, g, "safer");
    add_status(p, item, &r->safer);
    facts_declared(p->m, facts_number(p->m, item, "by",
                                      p->f->project->recourse.margin,
                                      decision_score_form(p->f->project)),
                   "recourse.margin");
    add_changes(p, item, &r->safer, &p->found->safer);
    if (r->safer.changes > 0 && r->plan.changes > 0)
        (void)facts_number(p->m, item, "more",
                           recourse_cost_shown(r->safer.cost - r->plan.cost),
                           AS_DECIMAL(-1));
}

/* The change that alone comes nearest, where a page may name it: not waiting,
 * not when it is the plan itself, nor when a limit other than the cutoff keeps
 * it from being one. */
static void add_nearest(struct planner *p, struct fact *g)
{
    const struct recourse_result *r = &p->found->result;
    if (r->nearest_lever < 0 || r->plan.changes == 1 || r->nearest_enough ||
        lever_of(p, (size_t)r->nearest_lever)->waitings > 0 ||
        project_approves(p->f->project,
                         project_score(p->f->project, r->nearest_margin)))
        return;
    size_t lever = (size_t)r->nearest_lever;
    const struct lever *l = lever_of(p, lever);
    struct fact *item = facts_group(p->m, g, "nearest");
    (void)facts_text(p->m, item, "fact",
                     inputs_name(p->f->project, l->feature, p->f->language));
    add_value(p, item, "to", lever, r->nearest_value);
    (void)facts_number(p->m, item, "score",
                       project_score(p->f->project, r->nearest_margin),
                       decision_score_form(p->f->project));
}

/* --- limits --- */

/* Which of a lever's limits a page has to name: a lever that only goes down is
 * not limited by its highest value. */
static const char *limit_kind(const struct planner *p, size_t lever)
{
    const struct recourse_lever *l = searched(p, lever);
    if (lever_of(p, lever)->waitings > 0)
        return isfinite(l->high) ? "wait" : "wait-any";
    if (l->code != NULL)
        return "words";
    bool low = isfinite(l->low) && l->direction != RECOURSE_UP;
    bool high = isfinite(l->high) && l->direction != RECOURSE_DOWN;
    if (l->direction == RECOURSE_DOWN)
        return low ? "down-to" : "down";
    if (l->direction == RECOURSE_UP)
        return high ? "up-to" : "up";
    return low && high ? "between" : low ? "least" : high ? "most" : "any";
}

static void add_words(struct planner *p, struct fact *item, size_t lever)
{
    const struct recourse_lever *l = searched(p, lever);
    for (size_t k = 0; k < l->codes; k++)
        add_value(p, facts_item(p->m, item, "word"), "text", lever, l->code[k]);
}

static void add_limit(struct planner *p, struct fact *g, size_t lever)
{
    const struct recourse_lever *r = searched(p, lever);
    const struct lever *l = lever_of(p, lever);
    if (r->frozen)
        return;
    struct fact *item = facts_item(p->m, g, "limit");
    const char *kind = limit_kind(p, lever);
    if (l->waitings > 0)
        (void)facts_word(p->m, item, "fact", "waiting", "recourse.waiting");
    else
        (void)facts_text(p->m, item, "fact",
                         inputs_name(p->f->project, l->feature,
                                     p->f->language));
    (void)facts_text(p->m, item, "kind", kind);
    if (r->code != NULL) {
        add_words(p, item, lever);
        return;
    }
    if (isfinite(r->low) && l->waitings == 0)
        add_value(p, item, "low", lever, r->low);
    if (isfinite(r->high))
        add_value(p, item, "high", lever, r->high);
    (void)facts_boolean(p->m, item, "missing", p->found->result.missing[lever]);
}

static void add_rule(struct planner *p, struct fact *g, const char *name)
{
    if (name != NULL)
        (void)facts_text(p->m, facts_item(p->m, g, "rule"), "name", name);
}

/* An order rule without a name is told by the names of its two facts. */
static void add_order(struct planner *p, struct fact *g,
                      const struct order_rule *r)
{
    const struct project *project = p->f->project;
    struct buf text = BUF_INIT(4096);
    const struct message_arg names[] = {
        {"lower", inputs_name(project, r->feature_a, p->f->language),
         (double)NAN},
        {"upper", inputs_name(project, r->feature_b, p->f->language),
         (double)NAN}};
    long key = language_find(p->m->language, "recourse.order");
    if (r->name != NULL)
        add_rule(p, g, r->name);
    else if (key >= 0 && language_say(p->m->language, (size_t)key, names, 2,
                                      &text, &p->m->failure) == ST_OK)
        add_rule(p, g, buf_text(&text));
    buf_free(&text);
}

/* What the lender named. */
static void add_rules(struct planner *p, struct fact *g)
{
    const struct project_recourse *r = &p->f->project->recourse;
    for (size_t i = 0; i < r->orders; i++)
        add_order(p, g, &r->order[i]);
    for (size_t i = 0; i < r->linears; i++)
        add_rule(p, g, r->linear[i].name);
    for (size_t i = 0; i < r->if_thens; i++)
        add_rule(p, g, r->if_then[i].name);
    for (size_t i = 0; i < r->at_most_ones; i++)
        add_rule(p, g, r->at_most_one[i].name);
    for (size_t i = 0; i < r->scores; i++)
        add_rule(p, g, r->score[i].name);
    if (r->plausibility.table != NULL)
        facts_declared(p->m, facts_number(p->m, g, "unusual",
                                          r->plausibility.share,
                                          AS_PERCENT(0)),
                       "recourse.plausibility.share");
}

static void add_limits(struct planner *p, struct fact *g)
{
    const struct project_recourse *r = &p->f->project->recourse;
    const struct recourse_problem *q = p->found->limits->problem;
    (void)facts_text(p->m, g, "limits", p->found->limits->id);
    if (r->valid_until != NULL)
        facts_declared(p->m, (decision_iso(p->m, g, "valid-until",
                                           r->valid_until),
                              fact_child(g, "valid-until")),
                       "recourse.valid_until");
    size_t free = 0; /* no page speaks of more changes than facts can make */
    for (size_t i = 0; i < q->levers; i++)
        free += !q->lever[i].frozen;
    size_t most = free > 0 && free < r->most_changes ? free : r->most_changes;
    facts_declared(p->m, facts_number(p->m, g, "most", (double)most, AS_COUNT),
                   "recourse.most_changes");
    (void)facts_number(p->m, g, "levers", (double)q->levers, AS_COUNT);
    (void)facts_number(p->m, g, "rules", (double)q->rules, AS_COUNT);
    for (size_t i = 0; i < q->levers; i++)
        add_limit(p, g, i);
    add_rules(p, g);
}

static bool waits(const struct planner *p)
{
    const struct recourse_plan *plan = &p->found->result.plan;
    for (size_t i = 0; i < plan->changes; i++)
        if (lever_of(p, plan->change[i].lever)->waitings > 0)
            return true;
    return false;
}

/* Nothing is known of such a model between the points that it was asked. */
static bool is_elsewhere(const struct recourse_limits *l)
{
    bool elsewhere = false;
    for (size_t i = 0; i < l->problem->scores; i++)
        elsewhere |= !model_is_local(l->problem->score[i].model);
    return elsewhere;
}

void decision_recourse(struct facts_maker *m, const struct decision_findings *f)
{
    struct fact *g = facts_group(m, m->root, "recourse");
    (void)facts_boolean(m, g, "asked", f->recourse != NULL);
    if (f->recourse == NULL)
        return;
    struct planner p = {m, f, f->recourse};
    const struct recourse_result *r = &f->recourse->result;
    add_status(&p, g, &r->plan);
    if (f->recourse->failed)
        (void)facts_text(m, g, "why", f->recourse->why);
    (void)facts_boolean(m, g, "waits", waits(&p));
    (void)facts_number(m, g, "nodes", (double)r->plan.nodes, AS_COUNT);
    (void)facts_boolean(m, g, "elsewhere", is_elsewhere(f->recourse->limits));
    (void)facts_boolean(m, g, "guard-changed", r->plan.guard_changed);
    add_changes(&p, g, &r->plan, &f->recourse->plan);
    add_alternatives(&p, g);
    add_safer(&p, g);
    add_nearest(&p, g);
    add_limits(&p, g);
}
