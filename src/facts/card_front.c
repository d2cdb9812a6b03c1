/* Cover, summary, decision process: who, what for, how it decides. */
#include "facts/card_parts.h"

#include "base/num.h"
#include "facts/decision_parts.h"

#include <string.h>

static void add_lines(struct card_maker *c, struct fact *g,
                      const char *const *line, size_t most)
{
    for (size_t i = 0; i < most; i++)
        if (line[i] != NULL && line[i][0] != '\0')
            (void)facts_text(&c->m, facts_item(&c->m, g, "line"), "text",
                             line[i]);
}

void card_cover(struct card_maker *c)
{
    const struct project *p = c->p;
    const struct institution *in = &p->institution;
    struct fact *g = facts_group(&c->m, c->m.root, "document");
    if (p->model.id != NULL)
        (void)facts_text(&c->m, g, "id",
                         p->model.version == NULL
                             ? p->model.id
                             : arena_format(c->m.arena, "%s-%s", p->model.id,
                                            p->model.version));
    else
        (void)facts_missing(&c->m, g, "id", "model.id is not given");
    card_iso(c, g, "date", p->documents.date);
    (void)card_word(c, g, "generator",
                    arena_format(c->m.arena, "candor %s", c->f->version));
    (void)card_word(c, g, "language", language_tag(c->m.language));
    g = facts_group(&c->m, c->m.root, "institution");
    (void)facts_text(&c->m, g, "name", in->name);
    add_lines(c, g, in->address, sizeof in->address / sizeof *in->address);
    (void)facts_text(&c->m, g, "telephone", in->telephone);
    card_declared(c, "cover");
}

static const char *kind_word(enum card_kind kind)
{
    static const char *const word[] = {"other", "binary", "regression",
                                       "classes"};
    return word[kind];
}

static void add_headline(struct card_maker *c, struct fact *g,
                         const struct card_split *s)
{
    if (s->has_performance) {
        const struct performance *p = &s->performance;
        (void)card_estimate(c, g, "auc", p->auc, AS_DECIMAL(3));
        (void)card_rate(c, g, "event-rate", p->event_rate);
        if (p->has_cutoff)
            (void)card_rate(c, g, "approval", p->confusion.approval);
        else
            card_na(c, g, "approval", "no-cutoff");
    } else {
        card_na(c, g, "auc", "not a model of an event");
    }
    if (s->has_regression) {
        const struct regression *r = &s->regression;
        (void)card_estimate(c, g, "rmse", r->rmse, card_digits(r->rmse.value));
        (void)card_estimate(c, g, "r2", r->r2, AS_DECIMAL(3));
    }
    if (s->has_classes)
        (void)card_rate(c, g, "accuracy", s->classes.accuracy);
}

void card_summary(struct card_maker *c)
{
    const struct card_split *s = card_lead(c);
    card_declared(c, "summary");
    struct fact *g = facts_group(&c->m, c->m.root, "summary");
    (void)card_word(c, g, "kind", kind_word(c->f->kind));
    card_yes(c, g, "decides", c->f->has_cutoff);
    if (s == NULL) {
        (void)facts_missing(&c->m, g, "split", "no evaluation table");
        return;
    }
    (void)facts_text(&c->m, g, "split", card_split_name(s));
    const char *from = s->table->period_from, *to = s->table->period_to;
    card_iso(c, g, "from", from != NULL ? from : s->first);
    card_iso(c, g, "to", to != NULL ? to : s->last);
    (void)card_count(c, g, "rows", s->rows);
    add_headline(c, g, s);
}

/* --- process --- */

static void add_test(struct card_maker *c, struct fact *item,
                     const struct rule *r)
{
    struct buf text = BUF_INIT(4096);
    char number[NUM_TEXT_MAX];
    buf_puts(&text, r->op);
    if (r->has_number) {
        (void)num_shortest(r->number, number);
        buf_printf(&text, " %s", number);
    }
    for (size_t i = 0; i < r->words; i++)
        buf_printf(&text, "%s %s", i > 0 ? "," : "", r->word[i]);
    (void)facts_text(&c->m, item, "test", buf_text(&text));
    buf_free(&text);
}

static void add_rule(struct card_maker *c, struct fact *g,
                     const struct rule *r)
{
    struct fact *item = facts_item(&c->m, g, "rule");
    (void)facts_text(&c->m, item, "key", r->key);
    (void)facts_text(&c->m, item, "name",
                     translated_text(&r->name, c->language));
    (void)facts_text(&c->m, item, "column", r->column);
    add_test(c, item, r);
    (void)facts_text(&c->m, item, "reason",
                     translated_text(&r->reason, c->language));
    if (r->hmda_code != NULL)
        (void)facts_text(&c->m, item, "hmda", r->hmda_code);
}

static void add_reference(struct card_maker *c, struct fact *g, int k)
{
    const struct reference_info *r = c->f->reference[k];
    if (r == NULL)
        return;
    struct fact *item = facts_item(&c->m, g, "reference");
    (void)card_word(c, item, "method", k == METHOD_A ? "A" : "B");
    (void)facts_text(&c->m, item, "name", r->name);
    (void)facts_text(&c->m, item, "description", r->description);
    (void)card_count(c, item, "rows", (double)r->rows);
    (void)facts_number(&c->m, item, "mean", r->mean_margin,
                       AS_UNIT(3, "margin"));
    card_iso(c, item, "from", r->period_from);
    card_iso(c, item, "to", r->period_to);
    (void)card_word(c, item, "sha256", r->sha256);
}

void card_process(struct card_maker *c)
{
    const struct project *p = c->p;
    card_declared(c, "process");
    struct fact *g = facts_group(&c->m, c->m.root, "process");
    size_t read = 0;
    for (size_t j = 0; j < c->f->model->features; j++)
        read += c->f->model->feature[j].used;
    (void)facts_text(&c->m, g, "human-role", p->documents.human_role);
    (void)card_count(c, g, "inputs", (double)read);
    (void)card_count(c, g, "factors", (double)p->factors);
    (void)card_count(c, g, "rules", (double)p->rules);
    for (size_t i = 0; i < p->rules; i++)
        add_rule(c, g, &p->rule[i]);
    struct fact *reasons = facts_group(&c->m, g, "reasons");
    if (c->f->has_cutoff && p->factors > 0) {
        (void)facts_text(&c->m, reasons, "method",
                         p->documents.method != NULL ? p->documents.method
                                                     : "A");
        facts_declared(&c->m,
                       card_count(c, reasons, "most",
                                  (double)p->documents.most_reasons),
                       "documents.most_reasons");
    } else {
        card_na(c, reasons, "method", "no reasons are made");
    }
    for (int k = 0; k < METHODS; k++)
        add_reference(c, g, k);
}
