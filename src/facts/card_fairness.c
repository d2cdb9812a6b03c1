/* Groups and intersections, without verdicts. */
#include "facts/card_parts.h"

#include <math.h>

static const char *code_name(const struct card_group *g, size_t code)
{
    return g->name[code];
}

static const char *row_name(struct card_maker *c, const struct card_group *g,
                            const struct fairness_row *r)
{
    if (g->second == SIZE_MAX)
        return code_name(g, r->code);
    return arena_format(c->m.arena, "%s \xC3\x97 %s", code_name(g, r->code),
                        g->second_name[r->second]);
}

/* A sided count of ratios that are told apart from 1. */
struct ratios {
    size_t compared, below, above;
};

static void add_rates(struct card_maker *c, struct fact *item,
                      const struct fairness_row *r)
{
    (void)card_count(c, item, "selected", r->selected);
    (void)card_rate(c, item, "selection", r->selection);
    (void)card_estimate(c, item, "ratio-reference", r->ratio_reference,
                        AS_DECIMAL(2));
    (void)card_estimate(c, item, "ratio-best", r->ratio_best, AS_DECIMAL(2));
    (void)card_rate(c, item, "difference", r->difference);
    (void)card_rate(c, item, "tpr", r->tpr);
    (void)card_rate(c, item, "fpr", r->fpr);
    (void)card_rate(c, item, "ppv", r->ppv);
}

static void add_row(struct card_maker *c, struct fact *table,
                    const struct card_group *g, const struct fairness_row *r)
{
    bool events = c->f->kind != CARD_REGRESSION;
    struct fact *item = facts_item(&c->m, table, "row");
    (void)facts_text(&c->m, item, "name", row_name(c, g, r));
    card_yes(c, item, "is-reference", r->is_reference);
    card_yes(c, item, "is-best", r->is_best);
    card_yes(c, item, "small", r->small);
    struct fact *n = card_count(c, item, "rows", r->n);
    if (r->small)
        facts_mark(&c->m, n, "small-n");
    (void)card_rate(c, item, "share", r->share);
    if (events) {
        (void)card_count(c, item, "known", r->known);
        (void)card_count(c, item, "events", r->events);
        (void)card_rate(c, item, "base-rate", r->base_rate);
    }
    if (c->f->has_cutoff)
        add_rates(c, item, r);
    else
        card_na(c, item, "selection", "no-cutoff");
    (void)card_estimate(c, item, "mean-difference", r->mean_difference,
                        AS_SIGNED(2));
    if (events) {
        (void)card_estimate(c, item, "auc", r->auc, AS_DECIMAL(3));
        (void)card_estimate(c, item, "calibration", r->calibration,
                            AS_SIGNED(4));
    }
    if (c->p->model.orientation == ORIENTATION_UNSAID) {
        card_na(c, item, "scoring", "no side of the score is better");
        return;
    }
    (void)card_rate(c, item, "scoring", r->scoring);
    (void)card_estimate(c, item, "scoring-ratio", r->scoring_ratio,
                        AS_DECIMAL(2));
}

static void add_different(struct card_maker *c, struct fact *fairness,
                          const char *column, const char *name,
                          struct estimate ratio, struct ratios *count)
{
    count->compared++;
    if (card_holds(ratio, 1))
        return;
    bool below = ratio.high < 1;
    count->below += below;
    count->above += !below;
    struct fact *item = facts_item(&c->m, fairness, "different");
    (void)facts_text(&c->m, item, "column", column);
    (void)facts_text(&c->m, item, "name", name);
    (void)card_word(c, item, "side", below ? "below" : "above");
    (void)card_estimate(c, item, "ratio", ratio, AS_DECIMAL(2));
}

static const char *column_name(const struct card_maker *c, size_t column)
{
    const struct group_column *g = &c->p->group[column];
    return g->name != NULL ? g->name : g->column;
}

static void add_head(struct card_maker *c, struct fact *item,
                     const struct card_group *g)
{
    const struct fairness *f = &g->fairness;
    const struct group_column *first = &c->p->group[g->column];
    const char *name = column_name(c, g->column), *column = first->column;
    const char *basis = first->basis;
    if (g->second != SIZE_MAX) {
        const struct group_column *second = &c->p->group[g->second];
        name = arena_format(c->m.arena, "%s \xC3\x97 %s", name,
                            column_name(c, g->second));
        column = arena_format(c->m.arena, "%s, %s", column, second->column);
        if (basis != NULL && second->basis != NULL &&
            !text_equal(basis, second->basis))
            basis = arena_format(c->m.arena, "%s, %s", basis, second->basis);
    }
    (void)facts_text(&c->m, item, "name", name);
    (void)facts_text(&c->m, item, "column", column);
    (void)facts_text(&c->m, item, "basis", basis);
    if (f->reference < f->rows)
        (void)facts_text(&c->m, item, "reference",
                         row_name(c, g, &f->row[f->reference]));
    if (f->best < f->rows && c->f->has_cutoff)
        (void)facts_text(&c->m, item, "best",
                         row_name(c, g, &f->row[f->best]));
    (void)card_count(c, item, "rows", f->n);
    (void)card_count(c, item, "unknown", f->unknown);
    if (isfinite(f->median))
        card_score(c, item, "median", f->median);
    (void)card_count(c, item, "ties", f->median_ties);
}

static void add_table(struct card_maker *c, struct fact *fairness,
                      const char *list, const struct card_group *g)
{
    struct fact *item = facts_item(&c->m, fairness, list);
    const struct fairness *f = &g->fairness;
    add_head(c, item, g);
    for (size_t i = 0; i < f->rows; i++)
        add_row(c, item, g, &f->row[i]);
    card_group_reasons(c, item, g);
}

/* Groups whose ratio is told apart from 1. */
static void add_differences(struct card_maker *c, struct fact *fairness,
                            const struct card_group *g, struct ratios *count)
{
    for (size_t i = 0; i < g->fairness.rows; i++) {
        const struct fairness_row *r = &g->fairness.row[i];
        if (!r->is_reference && card_bounded(r->ratio_reference))
            add_different(c, fairness, column_name(c, g->column),
                          row_name(c, g, r), r->ratio_reference, count);
    }
}

static const char *reference_label(struct card_maker *c, const char *name)
{
    struct buf text = BUF_INIT(256);
    long key = language_find(c->m.language, "card.group.reference");
    const char *label = name;
    if (key >= 0 && language_say(c->m.language, (size_t)key, NULL, 0, &text,
                                 &c->m.failure) == ST_OK)
        label = arena_format(c->m.arena, "%s %s", name, buf_text(&text));
    buf_free(&text);
    return label;
}

/* All groups in one list, for the chart. */
static void add_ratios(struct card_maker *c, struct fact *fairness,
                       const struct card_group *g)
{
    for (size_t i = 0; i < g->fairness.rows; i++) {
        const struct fairness_row *r = &g->fairness.row[i];
        const char *name = row_name(c, g, r);
        if (!r->ratio_reference.computable)
            continue;
        struct fact *item = facts_item(&c->m, fairness, "ratio");
        (void)facts_text(&c->m, item, "name",
                         r->is_reference ? reference_label(c, name) : name);
        (void)card_word(c, item, "role",
                        r->is_reference ? "reference" : "other");
        (void)card_estimate(c, item, "ratio", r->ratio_reference,
                            AS_DECIMAL(2));
    }
}

static void find_lowest(const struct card_group *g,
                        const struct card_group **group,
                        const struct fairness_row **lowest)
{
    for (size_t i = 0; i < g->fairness.rows; i++) {
        const struct fairness_row *r = &g->fairness.row[i];
        if (r->is_reference || r->small || !r->ratio_reference.computable)
            continue;
        if (*lowest == NULL || r->ratio_reference.value <
                                   (*lowest)->ratio_reference.value) {
            *group = g;
            *lowest = r;
        }
    }
}

static void add_lowest(struct card_maker *c, struct fact *fairness)
{
    const struct card_group *group = NULL;
    const struct fairness_row *lowest = NULL;
    for (size_t i = 0; i < c->f->groups; i++)
        find_lowest(&c->f->group[i], &group, &lowest);
    for (size_t i = 0; i < c->f->intersections; i++)
        find_lowest(&c->f->intersection[i], &group, &lowest);
    if (lowest == NULL)
        return;
    struct fact *g = facts_group(&c->m, fairness, "lowest");
    (void)facts_text(&c->m, g, "name", row_name(c, group, lowest));
    (void)card_estimate(c, g, "ratio", lowest->ratio_reference,
                        AS_DECIMAL(2));
}

static void add_comparison(struct card_maker *c, struct fact *g,
                           struct ratios *count)
{
    for (size_t i = 0; i < c->f->groups; i++)
        add_differences(c, g, &c->f->group[i], count);
    add_lowest(c, g);
    for (size_t i = 0; i < c->f->groups; i++)
        add_ratios(c, g, &c->f->group[i]);
    (void)facts_number(&c->m, g, "even", 1, AS_DECIMAL(1));
    (void)facts_number(&c->m, g, "four-fifths", 0.8, AS_DECIMAL(1));
}

static void add_finding(struct card_maker *c, struct fact *g,
                        const struct ratios *r)
{
    if (!c->f->has_cutoff) {
        card_na(c, g, "finding", "no-cutoff");
        return;
    }
    size_t outside = r->below + r->above;
    (void)card_count(c, g, "ratios", (double)r->compared);
    (void)card_count(c, g, "outside", (double)outside);
    (void)card_count(c, g, "below", (double)r->below);
    (void)card_count(c, g, "above", (double)r->above);
    (void)card_word(c, g, "finding", r->compared == 0 ? "cannot-tell"
                                     : outside > 0    ? "some"
                                                      : "none");
}

void card_fairness(struct card_maker *c)
{
    struct ratios count = {0};
    card_declared(c, "fairness");
    struct fact *g = facts_group(&c->m, c->m.root, "fairness");
    (void)card_count(c, g, "columns", (double)c->f->groups);
    if (c->f->groups == 0 || card_lead(c) == NULL) {
        (void)facts_missing(&c->m, g, "split",
                            "no group columns, or no evaluation table");
        (void)card_word(c, g, "finding", "cannot-tell");
        return;
    }
    (void)facts_text(&c->m, g, "split", card_split_name(card_lead(c)));
    (void)card_count(c, g, "limit", (double)c->p->documents.small_n);
    for (size_t i = 0; i < c->f->groups; i++)
        add_table(c, g, "group", &c->f->group[i]);
    for (size_t i = 0; i < c->f->intersections; i++)
        add_table(c, g, "intersection", &c->f->intersection[i]);
    if (c->f->has_cutoff)
        add_comparison(c, g, &count);
    add_finding(c, g, &count);
}
