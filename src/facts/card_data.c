/* Data and the feature dictionary. */
#include "facts/card_parts.h"

#include "facts/inputs.h"

#include <math.h>

static void add_split(struct card_maker *c, struct fact *g,
                      const struct card_split *s)
{
    struct fact *item = facts_item(&c->m, g, "split");
    const char *from = s->table->period_from, *to = s->table->period_to;
    card_split_head(c, item, s);
    (void)facts_text(&c->m, item, "description", s->table->description);
    (void)card_count(c, item, "rows", s->rows);
    (void)card_count(c, item, "bad", s->bad);
    (void)card_count(c, item, "known", s->known);
    (void)card_count(c, item, "unknown", s->rows - s->known);
    if (c->f->kind == CARD_REGRESSION) {
        struct estimate mean = moments_mean(&s->target);
        (void)card_estimate(c, item, "mean", mean, card_digits(mean.value));
    } else if (c->f->kind == CARD_BINARY) {
        (void)card_count(c, item, "events", s->events);
        (void)card_rate(c, item, "event-rate",
                        estimate_share(s->events, s->known));
    }
    card_iso(c, item, "from", from != NULL ? from : s->first);
    card_iso(c, item, "to", to != NULL ? to : s->last);
    struct fact *f = card_count(c, item, "repeated", s->repeated);
    if (s->repeated_capped)
        facts_mark(&c->m, f, "lower bound");
    if (s->rows > 0)
        (void)card_share(c, item, "repeated-share", s->repeated / s->rows);
    if (s->has_ids)
        (void)card_count(c, item, "repeated-ids", s->repeated_ids);
    else
        card_na(c, item, "repeated-ids", "no column of ids");
    (void)card_word(c, item, "sha256", s->sha256);
}

struct troubles {
    size_t constant, empty, missing, outliers, unseen;
};

static struct estimate missing_share(const struct card_column *x)
{
    return x->category ? x->words.missing_share : x->number.missing_share;
}

static void add_numbers(struct card_maker *c, struct fact *item, size_t input,
                        const struct column_report *r, struct troubles *t)
{
    const char *const name[] = {"low", "p05", "median", "mean",
                                "p95", "high", "sd"};
    const double value[] = {r->low, r->p05, r->median, r->mean,
                            r->p95, r->high, r->sd};
    struct fact *f = card_count(c, item, "distinct", r->distinct);
    if (!r->exact)
        facts_mark(&c->m, f, "lower bound");
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        card_value(c, item, name[i], input, value[i]);
    f = card_count(c, item, "outliers", r->outliers);
    if (!r->exact)
        facts_mark(&c->m, f, "approximate");
    card_yes(c, item, "constant", r->constant);
    card_yes(c, item, "empty", r->empty);
    t->constant += r->constant;
    t->empty += r->empty;
    t->missing += r->missing > 0;
    t->outliers += r->outliers > 0;
}

static void add_words(struct card_maker *c, struct fact *item,
                      const struct category_report *r, struct troubles *t)
{
    (void)card_count(c, item, "distinct", r->distinct);
    card_yes(c, item, "constant", r->constant);
    card_yes(c, item, "empty", r->distinct <= 0);
    (void)card_rate(c, item, "unseen", r->unseen_share);
    t->constant += r->constant;
    t->empty += r->distinct <= 0;
    t->missing += r->missing > 0;
    t->unseen += r->unseen > 0;
}

static void add_quality(struct card_maker *c, struct fact *g,
                        const struct card_split *s)
{
    struct troubles t = {0};
    const struct card_split *train = card_train(c);
    (void)facts_text(&c->m, g, "split", card_split_name(s));
    (void)card_count(c, g, "rows", s->rows);
    for (size_t j = 0; j < c->f->model->features; j++) {
        if (c->f->model->feature[j].kind == FEATURE_TEXT)
            continue; /* no number says where a text lies */
        const struct card_column *x = &s->column[j];
        struct fact *item = facts_item(&c->m, g, "feature");
        card_input(c, item, j);
        card_yes(c, item, "category", x->category);
        (void)card_count(c, item, "rows",
                         x->category ? x->words.n : x->number.n);
        (void)card_rate(c, item, "missing", missing_share(x));
        if (train != NULL)
            (void)card_rate(c, item, "missing-train",
                            missing_share(&train->column[j]));
        if (x->category)
            add_words(c, item, &x->words, &t);
        else
            add_numbers(c, item, j, &x->number, &t);
    }
    (void)card_count(c, g, "constant", (double)t.constant);
    (void)card_count(c, g, "empty", (double)t.empty);
    (void)card_count(c, g, "with-missing", (double)t.missing);
    (void)card_count(c, g, "with-outliers", (double)t.outliers);
    (void)card_count(c, g, "with-unseen", (double)t.unseen);
}

void card_data(struct card_maker *c)
{
    card_declared(c, "data");
    struct fact *g = facts_group(&c->m, c->m.root, "data");
    for (size_t i = 0; i < c->f->splits; i++)
        add_split(c, g, &c->f->split[i]);
    const struct card_split *lead = card_lead(c);
    if (lead != NULL && lead->sha256 != NULL)
        (void)card_word(c, g, "hash",
                        arena_copy(c->m.arena, lead->sha256, 12));
    else
        (void)facts_missing(&c->m, g, "hash", "no evaluation table");
    if (lead != NULL)
        add_quality(c, facts_group(&c->m, g, "quality"), lead);
}

/* --- the dictionary --- */

static const char *type_of(const struct model_feature *f)
{
    switch (f->kind) {
    case FEATURE_NUMBER:
        break;
    case FEATURE_INTEGER:
        return "integer";
    case FEATURE_INDICATOR:
        return "indicator";
    case FEATURE_CATEGORY:
        return "category";
    case FEATURE_TEXT:
        return "text";
    }
    return "number";
}

static const char *const source_words[] = {
    NULL, "applicant", "own-records", "bureau", "third-party", "derived"};
static const char *const direction_words[] = {"any", "higher-is-better",
                                              "lower-is-better"};

static void declared_text(struct card_maker *c, struct fact *item,
                          const char *name, const char *text)
{
    struct fact *f = facts_text(&c->m, item, name, text);
    if (f->kind == FACT_TEXT)
        facts_declared(&c->m, f, "features");
}

static void declared_bound(struct card_maker *c, struct fact *item,
                           const char *name, const struct project_feature *f,
                           double x)
{
    if (!isfinite(x) || (!f->has_range && x >= 0 && x <= 0)) {
        card_na(c, item, name, "no bound declared");
        return;
    }
    card_value(c, item, name, (size_t)f->model_feature, x);
    struct fact *fact = fact_child(item, name);
    if (fact != NULL && fact->kind == FACT_NUMBER)
        facts_declared(&c->m, fact, "features");
}

static void add_factor(struct card_maker *c, struct fact *item,
                       const struct project_feature *f)
{
    if (f->factor < 0) {
        if (c->p->factors > 0)
            (void)facts_missing(&c->m, item, "factor", "not declared");
        else
            card_na(c, item, "factor", "the project has no reason factors");
        return;
    }
    const struct factor *factor = &c->p->factor[f->factor];
    declared_text(c, item, "factor", factor->key);
    declared_text(c, item, "reason",
                  translated_text(&factor->reason, c->language));
}

static void add_category_words(struct card_maker *c, struct fact *item,
                               const struct project_feature *f)
{
    for (size_t i = 0; i < f->words; i++) {
        struct fact *word = facts_item(&c->m, item, "word");
        declared_text(c, word, "word", f->word[i]);
        declared_text(c, word, "text",
                      translated_text(&f->word_label[i], c->language));
    }
}

/* In the splits whose inputs were tallied. */
static bool never_missing(const struct card_maker *c, size_t input)
{
    const struct card_split *split[] = {card_lead(c), card_train(c)};
    if (split[0] == NULL)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (split[i] == NULL)
            continue;
        const struct card_column *x = &split[i]->column[input];
        if ((x->category ? x->words.missing : x->number.missing) > 0)
            return false;
    }
    return true;
}

static void add_feature(struct card_maker *c, const struct project_feature *f,
                        size_t index)
{
    const struct model_feature *mf = &c->f->model->feature[f->model_feature];
    struct fact *item = facts_item(&c->m, c->m.root, "feature");
    (void)card_word(c, item, "input", f->input);
    declared_text(c, item, "name", inputs_name(c->p, index, c->language));
    declared_text(c, item, "column", f->column != NULL ? f->column : f->input);
    (void)card_word(c, item, "type", type_of(mf));
    if (f->unit != NULL)
        declared_text(c, item, "unit", f->unit);
    else
        card_na(c, item, "unit", "no unit declared");
    declared_bound(c, item, "low", f, f->low);
    declared_bound(c, item, "high", f, f->high);
    declared_text(c, item, "source", source_words[f->source]);
    if (f->missing_rule == NULL && never_missing(c, (size_t)f->model_feature))
        card_na(c, item, "missing-rule", "never missing in the tables");
    else
        declared_text(c, item, "missing-rule", f->missing_rule);
    declared_text(c, item, "direction", direction_words[f->expected]);
    card_yes(c, item, "prohibited", f->prohibited);
    if (f->basis != NULL)
        declared_text(c, item, "basis", f->basis);
    add_factor(c, item, f);
    card_yes(c, item, "used", mf->used);
    add_category_words(c, item, f);
}

void card_features(struct card_maker *c)
{
    size_t count = 0, prohibited = 0;
    struct fact *g = facts_group(&c->m, c->m.root, "features");
    for (size_t i = 0; i < c->p->features; i++) {
        const struct project_feature *f = &c->p->feature[i];
        if (f->model_feature < 0)
            continue;
        add_feature(c, f, i);
        count++;
        prohibited += f->prohibited;
    }
    (void)card_count(c, g, "count", (double)count);
    (void)card_count(c, g, "prohibited", (double)prohibited);
}
