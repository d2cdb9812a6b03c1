/* Values of a card: estimates, scores, inputs. */
#include "facts/card_parts.h"

#include "facts/inputs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct fact *card_word(struct card_maker *c, struct fact *parent,
                       const char *name, const char *word)
{
    struct fact *f = facts_text(&c->m, parent, name, word);
    if (f->kind == FACT_TEXT)
        facts_computed(&c->m, f, NULL);
    return f;
}

void card_said_word(struct card_maker *c, struct fact *parent,
                    const char *name, const char *word, const char *message)
{
    if (language_find(c->m.language, message) >= 0)
        (void)facts_word(&c->m, parent, name, word, message);
    else
        (void)card_word(c, parent, name, word);
}

struct fact *card_count(struct card_maker *c, struct fact *parent,
                        const char *name, double x)
{
    return facts_number(&c->m, parent, name, x, AS_COUNT);
}

struct fact *card_share(struct card_maker *c, struct fact *parent,
                        const char *name, double x)
{
    return facts_number(&c->m, parent, name, x, AS_PERCENT(1));
}

void card_yes(struct card_maker *c, struct fact *parent, const char *name,
              bool yes)
{
    (void)facts_boolean(&c->m, parent, name, yes);
}

void card_na(struct card_maker *c, struct fact *parent, const char *name,
             const char *why)
{
    (void)facts_not_applicable(&c->m, parent, name, why);
}

bool card_bounded(struct estimate a)
{
    return a.computable && isfinite(a.low) && isfinite(a.high);
}

bool card_holds(struct estimate a, double x)
{
    return card_bounded(a) && a.low <= x && x <= a.high;
}

/* A figure of the reference group about itself has nothing to be uncertain
 * about, and some measures have no closed form: neither is a gap. */
static bool interval_is_owed(struct estimate x)
{
    return x.why_not != NULL && strcmp(x.why_not, "reference") != 0 &&
           strcmp(x.why_not, "no-closed-form") != 0;
}

struct fact *card_estimate(struct card_maker *c, struct fact *parent,
                           const char *name, struct estimate x,
                           struct number_form form)
{
    if (!x.computable || !isfinite(x.value)) {
        const char *why = x.why_not != NULL ? x.why_not : "not computable";
        if (strcmp(why, "no-cutoff") == 0 ||
            strcmp(why, "not-probability") == 0)
            return facts_not_applicable(&c->m, parent, name, why);
        c->counts.intervals_missing++;
        return facts_missing(&c->m, parent, name, why);
    }
    struct fact *f = facts_number(&c->m, parent, name, x.value, form);
    facts_n(&c->m, f, x.n);
    if (card_bounded(x))
        facts_interval(&c->m, f, x.low, x.high, x.method);
    else if (interval_is_owed(x))
        c->counts.intervals_missing++;
    facts_computed(&c->m, f, x.method);
    if (x.n < (double)c->p->documents.small_n) {
        facts_mark(&c->m, f, "small-n");
        c->counts.small_n++;
    }
    return f;
}

struct fact *card_rate(struct card_maker *c, struct fact *parent,
                       const char *name, struct estimate x)
{
    return card_estimate(c, parent, name, x, AS_PERCENT(1));
}

struct number_form card_digits(double x)
{
    double size = fabs(x);
    int whole = size >= 1e-12 && isfinite(size) ? (int)floor(log10(size)) : 0;
    int decimals = 3 - whole;
    return AS_DECIMAL(decimals < 0 ? 0 : decimals > 8 ? 8 : decimals);
}

struct number_form card_effect_form(const struct card_maker *c, double x,
                                    bool is_signed)
{
    int decimals = c->f->kind == CARD_REGRESSION ? card_digits(x).decimals : 3;
    return (struct number_form){is_signed ? STYLE_SIGNED : STYLE_DECIMAL,
                                decimals, NULL, "margin"};
}

void card_iso(struct card_maker *c, struct fact *parent, const char *name,
              const char *iso)
{
    struct date d;
    if (iso != NULL && date_parse(iso, strlen(iso), &d))
        (void)facts_date(&c->m, parent, name, d);
    else
        (void)facts_missing(&c->m, parent, name, "no date given");
}

void card_period(struct card_maker *c, struct fact *parent, const char *name,
                 uint16_t code)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%d Q%d", 1900 + code / 4, code % 4 + 1);
    (void)card_word(c, parent, name, text);
}

/* --- scores --- */

static bool is_answer(const struct card_maker *c)
{
    return c->f->kind == CARD_REGRESSION;
}

double card_scaled(const struct card_maker *c, double measured)
{
    if (!isfinite(measured))
        return (double)NAN;
    if (is_answer(c) || c->f->kind == CARD_CLASSES)
        return measured;
    return project_score(c->p, measured);
}

double card_linear(const struct card_maker *c, double measured)
{
    const struct project_scale *s = &c->p->model.scale;
    if (is_answer(c) || c->f->kind == CARD_CLASSES || s->kind != SCALE_POINTS)
        return measured;
    double unit = project_margin(c->p, s->offset + s->factor);
    return s->offset + s->factor * (measured / unit);
}

const char *card_linear_word(const struct card_maker *c)
{
    if (is_answer(c))
        return "answer";
    bool points = c->p->model.scale.kind == SCALE_POINTS &&
                  c->f->kind == CARD_BINARY;
    return points ? "points" : "margin";
}

struct number_form card_score_form(const struct card_maker *c)
{
    return AS_DECIMAL(c->p->model.scale.decimals);
}

void card_score(struct card_maker *c, struct fact *parent, const char *name,
                double measured)
{
    double x = card_scaled(c, measured);
    if (isfinite(x))
        (void)facts_number(&c->m, parent, name, x,
                           is_answer(c) ? card_digits(x) : card_score_form(c));
    else
        card_na(c, parent, name, "open end");
}

/* --- inputs --- */

const char *card_input_name(const struct card_maker *c, size_t input)
{
    long at = c->p->of_model[input];
    return at < 0 ? c->f->model->feature[input].name
                  : inputs_name(c->p, (size_t)at, c->language);
}

void card_input(struct card_maker *c, struct fact *item, size_t input)
{
    (void)card_word(c, item, "input", c->f->model->feature[input].name);
    (void)facts_text(&c->m, item, "name", card_input_name(c, input));
}

void card_value(struct card_maker *c, struct fact *parent, const char *name,
                size_t input, double x)
{
    long at = c->p->of_model[input];
    struct number_form form = card_digits(x);
    if (isfinite(x) && x >= round(x) && x <= round(x))
        form = AS_DECIMAL(0);
    if (at >= 0) {
        const struct project_feature *f = &c->p->feature[at];
        if (f->style == PRINT_MONEY)
            form = AS_MONEY(c->p->documents.currency);
        else if (f->style == PRINT_PERCENT)
            form = AS_PERCENT(f->decimals > 2 ? f->decimals - 2 : 0);
        else if (f->decimals >= 0)
            form = AS_DECIMAL(f->decimals);
        form.unit = form.unit == NULL && f->style == PRINT_MONTHS ? "months"
                                                                  : f->unit;
    }
    (void)facts_number(&c->m, parent, name, x, form);
}

/* --- splits --- */

const char *card_split_name(const struct card_split *s)
{
    return s->table->name != NULL ? s->table->name : s->table->key;
}

const struct card_split *card_lead(const struct card_maker *c)
{
    return c->f->lead < 0 ? NULL : &c->f->split[c->f->lead];
}

const struct card_split *card_train(const struct card_maker *c)
{
    return c->f->train < 0 ? NULL : &c->f->split[c->f->train];
}

void card_split_head(struct card_maker *c, struct fact *item,
                     const struct card_split *s)
{
    const char *key = s->table->key;
    (void)facts_text(&c->m, item, "key", key != NULL ? key : s->table->name);
    (void)facts_text(&c->m, item, "name", card_split_name(s));
    (void)card_word(c, item, "role", s->is_lead    ? "lead"
                                     : s->is_train ? "train"
                                                   : "other");
}
