/* facts/card_parts.h: the sections of a card; only this room. */
#ifndef CANDOR_FACTS_CARD_PARTS_H
#define CANDOR_FACTS_CARD_PARTS_H

#include "facts/card.h"

struct card_maker {
    struct facts_maker m;
    const struct card_findings *f;
    const struct project *p;
    size_t language;
    struct card_counts counts;
};

/* --- values --- */
struct fact *card_word(struct card_maker *c, struct fact *parent,
                       const char *name, const char *word);
/* A word that the language prints where it has the message. */
void card_said_word(struct card_maker *c, struct fact *parent,
                    const char *name, const char *word, const char *message);
struct fact *card_count(struct card_maker *c, struct fact *parent,
                        const char *name, double x);
struct fact *card_share(struct card_maker *c, struct fact *parent,
                        const char *name, double x);
/* With n, interval, method; marked when few rows stand behind a rate. */
struct fact *card_estimate(struct card_maker *c, struct fact *parent,
                           const char *name, struct estimate x,
                           struct number_form form);
struct fact *card_rate(struct card_maker *c, struct fact *parent,
                       const char *name, struct estimate x);
/* As many digits as make four that count. */
struct number_form card_digits(double x);
/* Contributions and effects: on the margin, or the amount itself. */
struct number_form card_effect_form(const struct card_maker *c, double x,
                                    bool is_signed);
void card_yes(struct card_maker *c, struct fact *parent, const char *name,
              bool yes);
void card_na(struct card_maker *c, struct fact *parent, const char *name,
             const char *why);
void card_iso(struct card_maker *c, struct fact *parent, const char *name,
              const char *iso);
/* "2024 Q1" of a period's code. */
void card_period(struct card_maker *c, struct fact *parent, const char *name,
                 uint16_t code);

/* --- scores --- */
/* A measured score on the project's scale, rounded as scores are. */
double card_scaled(const struct card_maker *c, double measured);
/* The same unrounded, where the scale is linear in the measured score; else
 * the measured score itself. */
double card_linear(const struct card_maker *c, double measured);
const char *card_linear_word(const struct card_maker *c);
struct number_form card_score_form(const struct card_maker *c);
void card_score(struct card_maker *c, struct fact *parent, const char *name,
                double measured);

/* --- inputs --- */
const char *card_input_name(const struct card_maker *c, size_t input);
void card_input(struct card_maker *c, struct fact *item, size_t input);
/* A category as documents call it; NULL: no word has this code. */
const char *card_word_label(const struct card_maker *c, size_t input,
                            double code);
/* A value of an input, or a mean of such values. */
void card_value(struct card_maker *c, struct fact *parent, const char *name,
                size_t input, double x);

/* --- splits --- */
const char *card_split_name(const struct card_split *s);
const struct card_split *card_lead(const struct card_maker *c); /* or NULL */
const struct card_split *card_train(const struct card_maker *c);
void card_split_head(struct card_maker *c, struct fact *item,
                     const struct card_split *s);
/* Does the interval hold x? False without one. */
bool card_holds(struct estimate a, double x);
bool card_bounded(struct estimate a);

/* --- sections, in the card's order --- */
void card_declared(struct card_maker *c, const char *section);
void card_cover(struct card_maker *c);
void card_summary(struct card_maker *c);
void card_completeness(struct card_maker *c);
void card_process(struct card_maker *c);
void card_data(struct card_maker *c);
void card_features(struct card_maker *c);
void card_model(struct card_maker *c);
void card_performance(struct card_maker *c);
void card_lead_curves(struct card_maker *c, struct fact *g,
                      const struct card_split *s);
void card_amounts(struct card_maker *c, struct fact *g);
void card_classes(struct card_maker *c, struct fact *g);
void card_stability(struct card_maker *c);
void card_explainability(struct card_maker *c);
void card_dependence(struct card_maker *c, struct fact *g);
void card_group_reasons(struct card_maker *c, struct fact *table,
                        const struct card_group *g);
void card_effects(struct card_maker *c, struct fact *g);
void card_reason_report(struct card_maker *c, struct fact *g);
void card_recourse(struct card_maker *c, struct fact *explainability);
void card_fairness(struct card_maker *c);
void card_robustness(struct card_maker *c);
void card_regulation(struct card_maker *c);
void card_appendix(struct card_maker *c);
void card_gates(struct card_maker *c);

#endif
