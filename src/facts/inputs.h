/* facts/inputs.h: model inputs as people read them. */
#ifndef CANDOR_FACTS_INPUTS_H
#define CANDOR_FACTS_INPUTS_H

#include "facts/decision.h"

/* Plain name in a language; the model's own where none is declared. */
const char *inputs_name(const struct project *p, size_t feature,
                        size_t language);
/* The feature's value in a model row; NaN when the model does not have it. */
double inputs_value(const struct project *p, size_t feature, const double *row);
/* UNCLEAR: an interval holds both signs; UNKNOWN: nothing was worked out. */
enum effect_kind { EFFECT_AGAINST, EFFECT_NONE, EFFECT_FOR, EFFECT_UNCLEAR,
                   EFFECT_UNKNOWN };
/* How an input counted, oriented. NaN: not known; an interval for estimates. */
struct used_effect {
    double contribution, low, high;
    enum effect_kind effect;
};
/* used/fact[]: name, value, source, effect. */
void inputs_add_used(struct facts_maker *m, struct fact *parent,
                     const struct decision_findings *f, size_t feature,
                     const struct used_effect *u);

#endif
