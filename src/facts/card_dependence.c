/* How an input's contribution goes with its value, over all rows explained. */
#include "facts/card_parts.h"

enum { DEPENDENCE_INPUTS = 10 };

static void add_bin(struct card_maker *c, struct fact *item, size_t input,
                    size_t k)
{
    const struct global *g = c->f->probe.input;
    struct global_bin bin = global_bin(g, 0, input, k);
    struct estimate mean = global_bin_mean(g, 0, input, k);
    const struct model_feature *mf = &c->f->model->feature[input];
    if (bin.n <= 0)
        return;
    struct fact *f = facts_item(&c->m, item, "bin");
    if (bin.missing || bin.other)
        (void)facts_text(&c->m, f, "kind", bin.missing ? "missing" : "other");
    else if (mf->kind == FEATURE_CATEGORY)
        (void)facts_text(&c->m, f, "label", card_word_label(c, input, bin.low));
    else {
        card_value(c, f, "from", input, bin.low);
        card_value(c, f, "to", input, bin.high);
    }
    struct fact *x = facts_number(&c->m, f, "contribution", mean.value,
                                  card_effect_form(c, mean.value, true));
    facts_n(&c->m, x, bin.n);
    if (card_bounded(mean))
        facts_interval(&c->m, x, mean.low, mean.high, mean.method);
    if (bin.n > 1)
        (void)facts_number(&c->m, f, "sd", bin.sd,
                           card_effect_form(c, bin.sd, false));
}

void card_dependence(struct card_maker *c, struct fact *g)
{
    const struct card_probe *p = &c->f->probe;
    size_t told = 0;
    for (size_t i = 0; i < c->f->model->features && told < DEPENDENCE_INPUTS;
         i++) {
        size_t input = p->input_order[i];
        if (!c->f->model->feature[input].used)
            continue;
        struct fact *item = facts_item(&c->m, g, "dependence");
        told++;
        card_input(c, item, input);
        for (size_t k = 0; k < global_bins(p->input, input); k++)
            add_bin(c, item, input, k);
    }
}
