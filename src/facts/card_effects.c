/* Effects of the leading inputs, their direction, the model under stress. */
#include "facts/card_parts.h"

#include <math.h>
#include <string.h>

static const char *shape_of(const struct card_effect *x)
{
    const struct effect *e = &x->effect;
    bool rises = true, falls = true;
    double slack = 1e-9 * fmax(1.0, e->range);
    if (x->dependence)
        return "words";
    if (e->range <= slack)
        return "flat";
    for (size_t i = 1; i < e->points; i++) {
        double step = e->point[i].value - e->point[i - 1].value;
        rises = rises && step >= -slack;
        falls = falls && step <= slack;
    }
    return rises ? "rises" : falls ? "falls" : "mixed";
}

const char *card_word_label(const struct card_maker *c, size_t input,
                            double code)
{
    const struct model_feature *mf = &c->f->model->feature[input];
    long at = c->p->of_model[input];
    if (!(code >= 0) || code >= (double)mf->word_count)
        return NULL;
    const char *word = mf->words[(size_t)code];
    for (size_t i = 0; at >= 0 && i < c->p->feature[at].words; i++)
        if (strcmp(c->p->feature[at].word[i], word) == 0) {
            const char *label = translated_text(
                &c->p->feature[at].word_label[i], c->language);
            return label != NULL ? label : word;
        }
    return word;
}

static void add_point(struct card_maker *c, struct fact *item,
                      const struct card_effect *x,
                      const struct effect_point *p)
{
    struct fact *f;
    if (x->dependence) {
        (void)card_count(c, item, "at", p->at);
        (void)facts_text(&c->m, item, "label", card_word_label(c, x->input, p->at));
    } else {
        card_value(c, item, "at", x->input, p->at);
    }
    f = facts_number(&c->m, item, "effect", p->value,
                     card_effect_form(c, p->value, true));
    facts_n(&c->m, f, p->n);
    facts_interval(&c->m, f, p->low, p->high,
                   x->dependence ? "student" : "delta");
    if (p->thin)
        facts_mark(&c->m, f, "thin");
    card_yes(c, item, "thin", p->thin);
}

static bool add_monotone(struct card_maker *c, struct fact *item,
                         const struct card_monotone *x)
{
    const struct project_feature *f = &c->p->feature[x->feature];
    const struct monotonicity *m = &x->found;
    size_t input = (size_t)f->model_feature;
    bool holds = m->steps_against <= 0;
    card_input(c, item, input);
    (void)facts_text(&c->m, item, "direction",
                     f->expected == DIRECTION_HIGHER_BETTER
                         ? "higher-is-better"
                         : "lower-is-better");
    (void)card_count(c, item, "rows", m->rows);
    (void)card_count(c, item, "grid", (double)m->grid);
    card_yes(c, item, "holds", holds);
    (void)card_rate(c, item, "violating", m->share);
    (void)card_count(c, item, "steps", m->steps);
    (void)card_count(c, item, "against", m->steps_against);
    if (holds) {
        card_na(c, item, "largest", "no step against the direction");
        return true;
    }
    (void)facts_number(&c->m, item, "largest", m->largest,
                       card_effect_form(c, m->largest, false));
    card_value(c, item, "from", input, m->largest_from);
    card_value(c, item, "to", input, m->largest_to);
    return false;
}

static void card_monotone_checks(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    size_t holding = 0;
    for (size_t i = 0; i < p->monotones; i++)
        holding += add_monotone(c, facts_item(&c->m, g, "monotone"),
                                &p->monotone[i]);
    (void)card_count(c, g, "monotone-declared", (double)p->monotones);
    (void)card_count(c, g, "monotone-holding", (double)holding);
}

void card_effects(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    for (size_t i = 0; i < p->effects; i++) {
        const struct card_effect *x = &p->effect[i];
        if (x->effect.points == 0)
            continue; /* one value or none: nothing to draw */
        struct fact *item = facts_item(&c->m, g, "effect");
        card_input(c, item, x->input);
        (void)card_word(c, item, "method",
                        x->dependence ? "dependence" : "ale");
        (void)card_count(c, item, "rows", x->effect.present);
        (void)card_count(c, item, "missing", x->effect.missing);
        (void)facts_number(&c->m, item, "range", x->effect.range,
                           card_effect_form(c, x->effect.range, false));
        (void)card_word(c, item, "shape", shape_of(x));
        for (size_t k = 0; k < x->effect.points; k++)
            add_point(c, facts_item(&c->m, item, "point"), x,
                      &x->effect.point[k]);
        for (size_t k = 0; !x->dependence && k < 9; k++)
            card_value(c, facts_item(&c->m, item, "rug"), "at", x->input,
                       x->effect.rug[k]);
    }
    card_monotone_checks(c, g);
}

/* --- robustness --- */

static void add_stress(struct card_maker *c, struct fact *g, const char *name,
                       size_t input, const struct stress *x)
{
    struct fact *item = facts_item(&c->m, g, name);
    card_input(c, item, input);
    (void)card_count(c, item, "touched", x->touched);
    if (c->f->kind == CARD_REGRESSION) {
        card_na(c, item, "auc", "not a model of an event");
        card_na(c, item, "change", "not a model of an event");
    } else {
        (void)card_estimate(c, item, "auc", x->auc, AS_DECIMAL(3));
        (void)card_estimate(c, item, "change", x->change, AS_SIGNED(4));
    }
    (void)card_estimate(c, item, "moved", x->moved,
                        card_effect_form(c, x->moved.value, false));
    (void)card_rate(c, item, "flipped", x->flipped);
}

static const char *robust_word(const struct card_probe *p)
{
    bool some = false, sensitive = false;
    for (size_t i = 0; i < p->stresses; i++) {
        const struct estimate *all[] = {&p->stress[i].missing.change,
                                        &p->stress[i].noise.change};
        for (size_t k = 0; k < 2; k++) {
            some = some || card_bounded(*all[k]);
            sensitive = sensitive || (card_bounded(*all[k]) &&
                                      all[k]->high < 0);
        }
    }
    return !some ? "cannot-tell" : sensitive ? "sensitive" : "robust";
}

static void add_worst_stress(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    const struct card_stress *worst = NULL;
    for (size_t i = 0; i < p->stresses; i++) {
        const struct card_stress *x = &p->stress[i];
        if (x->missing.change.computable &&
            (worst == NULL ||
             x->missing.change.value < worst->missing.change.value))
            worst = x;
    }
    if (worst == NULL || c->f->kind == CARD_REGRESSION)
        return;
    struct fact *w = facts_group(&c->m, g, "worst");
    (void)facts_text(&c->m, w, "name", card_input_name(c, worst->input));
    (void)card_estimate(c, w, "change", worst->missing.change, AS_SIGNED(4));
}

static void add_ranges(struct card_maker *c, struct fact *g)
{
    const struct card_split *lead = card_lead(c), *train = card_train(c);
    size_t outside = 0;
    for (size_t j = 0; j < c->f->model->features; j++) {
        const struct card_column *x = &lead->column[j];
        if (x->category || !x->has_drift)
            continue;
        double present = x->number.n - x->number.missing;
        struct fact *item = facts_item(&c->m, g, "range");
        card_input(c, item, j);
        (void)card_count(c, item, "below", x->below);
        (void)card_count(c, item, "above", x->above);
        (void)card_rate(c, item, "outside",
                        estimate_share(x->below + x->above, present));
        card_value(c, item, "low", j, train->column[j].number.low);
        card_value(c, item, "high", j, train->column[j].number.high);
        outside += x->below + x->above > 0;
    }
    (void)card_count(c, g, "outside", (double)outside);
}

void card_robustness(struct card_maker *c)
{
    const struct card_probe *p = &c->f->probe;
    const struct card_split *lead = card_lead(c);
    struct fact *g = facts_group(&c->m, c->m.root, "robustness");
    if (lead == NULL || p->probed <= 0) {
        (void)facts_missing(&c->m, g, "split", "no evaluation table");
        return;
    }
    (void)facts_text(&c->m, g, "split", card_split_name(lead));
    (void)card_count(c, g, "rows", p->probed);
    (void)card_share(c, g, "noise", p->noise);
    (void)facts_number(&c->m, g, "seed", (double)p->seed, AS_DECIMAL(-1));
    if (c->f->kind == CARD_REGRESSION)
        card_na(c, g, "finding", "not a model of an event");
    else
        (void)card_word(c, g, "finding", robust_word(p));
    add_worst_stress(c, g);
    for (size_t i = 0; i < p->stresses; i++)
        if (p->stress[i].has_missing)
            add_stress(c, g, "missing", p->stress[i].input,
                       &p->stress[i].missing);
    for (size_t i = 0; i < p->stresses; i++)
        if (p->stress[i].has_noise)
            add_stress(c, g, "noise-on", p->stress[i].input,
                       &p->stress[i].noise);
    if (card_train(c) != NULL && lead != card_train(c))
        add_ranges(c, g);
    const struct stability *t = &lead->stability;
    if (lead->has_stability && t->worst_auc < t->periods &&
        c->f->kind != CARD_REGRESSION) {
        struct fact *w = facts_group(&c->m, g, "period");
        card_period(c, w, "name", t->period[t->worst_auc].period);
        (void)card_estimate(c, w, "auc", t->period[t->worst_auc].auc,
                            AS_DECIMAL(3));
    }
}
