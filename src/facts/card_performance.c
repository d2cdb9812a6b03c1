/* How well it tells events from others, split by split. */
#include "facts/card_parts.h"

#include <math.h>

static void add_probabilities(struct card_maker *c, struct fact *item,
                              const struct calibration *k)
{
    (void)card_estimate(c, item, "log-loss", k->log_loss, AS_DECIMAL(4));
    (void)card_estimate(c, item, "brier", k->brier, AS_DECIMAL(4));
    (void)card_estimate(c, item, "slope", k->slope, AS_DECIMAL(3));
    (void)card_estimate(c, item, "intercept", k->intercept, AS_SIGNED(3));
    (void)card_estimate(c, item, "in-the-large", k->in_the_large,
                        AS_SIGNED(3));
    (void)card_estimate(c, item, "observed-minus-expected",
                        k->observed_minus_expected, AS_SIGNED(4));
    (void)card_estimate(c, item, "ece", k->ece, AS_DECIMAL(4));
    double sum = 0, n = 0;
    for (size_t i = 0; i < k->bins; i++)
        if (k->bin[i].n > 0) {
            sum += k->bin[i].n * k->bin[i].expected;
            n += k->bin[i].n;
        }
    if (n > 0)
        (void)card_share(c, item, "expected", sum / n);
}

static void add_classes(struct card_maker *c, struct fact *g,
                        const struct confusion *x)
{
    static const char *const name[] = {"other", "event"};
    for (int k = 1; k >= 0; k--) {
        struct fact *item = facts_item(&c->m, g, "class");
        (void)card_word(c, item, "name", name[k]);
        (void)card_rate(c, item, "precision", x->precision[k]);
        (void)card_rate(c, item, "recall", x->recall[k]);
        (void)card_rate(c, item, "f1", x->f1[k]);
    }
}

static void add_confusion(struct card_maker *c, struct fact *g,
                          const struct confusion *x)
{
    (void)card_count(c, g, "tp", x->tp);
    (void)card_count(c, g, "fp", x->fp);
    (void)card_count(c, g, "tn", x->tn);
    (void)card_count(c, g, "fn", x->fn);
    (void)card_rate(c, g, "approval", x->approval);
    (void)card_rate(c, g, "event-rate-approved", x->event_rate_selected);
    (void)card_rate(c, g, "tpr", x->tpr);
    (void)card_rate(c, g, "fpr", x->fpr);
    (void)card_rate(c, g, "tnr", x->tnr);
    (void)card_rate(c, g, "fnr", x->fnr);
    (void)card_rate(c, g, "ppv", x->ppv);
    (void)card_rate(c, g, "npv", x->npv);
    (void)card_rate(c, g, "accuracy", x->accuracy);
    (void)card_estimate(c, g, "mcc", x->mcc, AS_DECIMAL(3));
    (void)card_rate(c, g, "macro-precision", x->macro_precision);
    (void)card_rate(c, g, "macro-recall", x->macro_recall);
    (void)card_rate(c, g, "macro-f1", x->macro_f1);
    add_classes(c, g, x);
}

static void add_split(struct card_maker *c, struct fact *g,
                      const struct card_split *s)
{
    const struct performance *p = &s->performance;
    struct fact *item = facts_item(&c->m, g, "split");
    card_split_head(c, item, s);
    (void)card_count(c, item, "rows", s->rows);
    (void)card_count(c, item, "known", p->n);
    (void)card_count(c, item, "events", p->events);
    (void)card_rate(c, item, "event-rate", p->event_rate);
    (void)card_estimate(c, item, "auc", p->auc, AS_DECIMAL(3));
    (void)card_estimate(c, item, "gini", p->gini, AS_DECIMAL(3));
    (void)card_estimate(c, item, "ks", p->ks, AS_DECIMAL(3));
    if (p->ks.computable)
        card_score(c, item, "ks-at", p->ks_at);
    (void)card_estimate(c, item, "pr-auc", p->average_precision,
                        AS_DECIMAL(3));
    add_probabilities(c, item, &p->calibration);
    if (p->has_cutoff)
        add_confusion(c, facts_group(&c->m, item, "at-cutoff"),
                      &p->confusion);
}

/* --- findings in words --- */

static const char *calibrated(const struct calibration *k)
{
    if (!card_bounded(k->in_the_large) || !card_bounded(k->slope))
        return "cannot-tell";
    if (k->in_the_large.low > 0)
        return "under";
    if (k->in_the_large.high < 0)
        return "over";
    return card_holds(k->slope, 1) ? "close" : "uneven";
}

static const char *ranks(struct estimate auc)
{
    if (!card_bounded(auc))
        return "cannot-tell";
    if (auc.low > 0.5)
        return "better-than-chance";
    return auc.high < 0.5 ? "worse" : "no-better";
}

static const char *against(const struct card_split *lead,
                           const struct card_split *train)
{
    if (train == NULL || lead == train || !train->has_performance)
        return "cannot-tell";
    struct estimate a = lead->performance.auc, b = train->performance.auc;
    if (!card_bounded(a) || !card_bounded(b))
        return "cannot-tell";
    if (a.high < b.low)
        return "lower";
    return a.low > b.high ? "higher" : "same";
}

static void add_calibration_words(struct card_maker *c, struct fact *g,
                                  const struct calibration *k)
{
    double largest = (double)NAN;
    size_t holding = 0;
    (void)card_word(c, g, "calibrated", calibrated(k));
    if (card_bounded(k->slope))
        card_yes(c, g, "slope-holds-one", card_holds(k->slope, 1));
    if (card_bounded(k->in_the_large))
        card_yes(c, g, "intercept-holds-zero", card_holds(k->in_the_large, 0));
    for (size_t i = 0; i < k->bins; i++) {
        const struct calibration_bin *b = &k->bin[i];
        if (!b->observed.computable)
            continue;
        double gap = fabs(b->observed.value - b->expected);
        if (!(gap <= largest))
            largest = gap;
        holding += card_holds(b->observed, b->expected);
    }
    if (isfinite(largest))
        (void)card_share(c, g, "largest-gap", largest);
    (void)card_count(c, g, "bins", (double)k->bins);
    (void)card_count(c, g, "bins-holding", (double)holding);
}

static void add_lead(struct card_maker *c, struct fact *g,
                     const struct card_split *s)
{
    const struct performance *p = &s->performance;
    (void)facts_text(&c->m, g, "name", card_split_name(s));
    (void)card_word(c, g, "ranks", ranks(p->auc));
    (void)card_word(c, g, "against-train", against(s, card_train(c)));
    if (p->calibration.bins > 0)
        add_calibration_words(c, g, &p->calibration);
    else
        (void)card_word(c, g, "calibrated", "cannot-tell");
    if (p->ks.computable)
        card_score(c, g, "ks-at", p->ks_at);
    card_lead_curves(c, g, s);
}

static const char *const kind_words[] = {"none", "binary", "regression",
                                         "classes"};

/* Without outcomes of both kinds nothing of a model of events is measured. */
static const char *measured_kind(const struct card_maker *c,
                                 const struct card_split *lead)
{
    enum card_kind kind = c->f->kind;
    bool measured = false;
    if (lead != NULL && kind == CARD_BINARY)
        measured = lead->has_performance &&
                   lead->performance.curve.points > 0;
    else if (lead != NULL)
        measured = lead->has_regression || lead->has_classes;
    return kind_words[measured ? kind : CARD_NONE];
}

void card_performance(struct card_maker *c)
{
    const struct card_split *lead = card_lead(c);
    struct fact *g = facts_group(&c->m, c->m.root, "performance");
    (void)card_word(c, g, "kind", measured_kind(c, lead));
    (void)card_count(c, g, "splits", (double)c->f->splits);
    if (c->f->has_cutoff) {
        (void)facts_number(&c->m, g, "cutoff", c->p->model.cutoff,
                           card_score_form(c));
        (void)card_word(c, g, "event-side",
                        c->f->cutoff.favourable_above ? "approved"
                                                      : "declined");
    } else {
        card_na(c, g, "cutoff", "no-cutoff");
    }
    for (size_t i = 0; i < c->f->splits; i++)
        if (c->f->split[i].has_performance)
            add_split(c, g, &c->f->split[i]);
    if (lead != NULL && lead->has_performance)
        add_lead(c, facts_group(&c->m, g, "lead"), lead);
    card_amounts(c, g);
    card_classes(c, g);
}
