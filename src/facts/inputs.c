#include "facts/inputs.h"

#include "base/num.h"
#include "facts/decision_parts.h"

#include <math.h>
#include <string.h>

const char *inputs_name(const struct project *p, size_t feature,
                        size_t language)
{
    const struct project_feature *f = &p->feature[feature];
    const char *text = translated_text(&f->label, language);
    if (text != NULL)
        return text;
    return f->name != NULL ? f->name : f->input;
}

double inputs_value(const struct project *p, size_t feature, const double *row)
{
    long at = p->feature[feature].model_feature;
    return row == NULL || at < 0 ? (double)NAN : row[at];
}

/* A category's own word, or the declared words for it. */
static const char *word_of(const struct project *p, const struct model *model,
                           size_t language, size_t feature, double code)
{
    const struct project_feature *f = &p->feature[feature];
    if (f->quantity == QUANTITY_CODE) /* a one-hot group's own words */
        return code >= 0 && code < (double)f->words ? f->word[(size_t)code]
                                                    : NULL;
    if (f->model_feature < 0)
        return NULL;
    const struct model_feature *mf = &model->feature[f->model_feature];
    if (mf->words == NULL || !(code >= 0) || code >= (double)mf->word_count)
        return NULL;
    const char *word = mf->words[(size_t)code];
    for (size_t i = 0; i < f->words; i++)
        if (strcmp(f->word[i], word) == 0) {
            const char *label = translated_text(&f->word_label[i], language);
            return label != NULL ? label : word;
        }
    return word;
}

static void print_number(const struct language *l, const struct project *p,
                         const struct project_feature *f, double x,
                         struct buf *out)
{
    switch (f->style) {
    case PRINT_MONEY:
        language_money(l, x, p->documents.currency, -1, out);
        return;
    case PRINT_PERCENT:
        language_percent(l, x, f->decimals > 2 ? f->decimals - 2 : 0, out);
        return;
    case PRINT_MONTHS:
        language_months(l, lround(x), out);
        return;
    case PRINT_YEARS:
        language_years(l, x, f->decimals, out);
        return;
    case PRINT_INTEGER:
    case PRINT_NUMBER:
    case PRINT_WORD:
    case PRINT_YES_NO:
        break;
    }
    language_number(l, x, f->style == PRINT_INTEGER ? 0 : f->decimals, out);
    if (f->unit != NULL)
        buf_printf(out, " %s", f->unit);
}

struct fact *facts_input(struct facts_maker *m, struct fact *parent,
                         const char *name, const struct project *p,
                         const struct model *model, size_t language,
                         size_t feature, double value)
{
    const struct project_feature *f = &p->feature[feature];
    if (isnan(value) && f->missing_rule != NULL)
        return facts_printed(m, parent, name, "missing", f->missing_rule);
    if (isnan(value))
        return facts_missing(m, parent, name, "missing in the table");
    const char *word = word_of(p, model, language, feature, value);
    char raw[NUM_TEXT_MAX];
    (void)num_shortest(value, raw);
    if (word != NULL)
        return facts_printed(m, parent, name, raw, word);
    if (value == CATEGORY_UNSEEN && f->model_feature >= 0 &&
        model->feature[f->model_feature].kind == FEATURE_CATEGORY)
        return facts_word(m, parent, name, raw, "format.other-value");
    if (f->style == PRINT_YES_NO)
        return facts_word(m, parent, name, raw,
                          value != 0 ? "format.yes" : "format.no");
    struct buf text = BUF_INIT(256);
    print_number(m->language, p, f, value, &text);
    struct fact *fact = facts_printed(m, parent, name, raw, buf_text(&text));
    buf_free(&text);
    return fact;
}

static const char *const source_words[] = {
    NULL, "applicant", "own-records", "bureau", "third-party", "derived"};

void inputs_add_used(struct facts_maker *m, struct fact *parent,
                     const struct decision_findings *f, size_t feature,
                     const struct used_effect *u)
{
    const struct project *p = f->project;
    const struct project_feature *pf = &p->feature[feature];
    struct fact *item = facts_item(m, parent, "fact");
    (void)facts_text(m, item, "input", pf->input);
    (void)facts_text(m, item, "name", inputs_name(p, feature, f->language));
    double value = inputs_value(p, feature, f->row);
    const char *text = decision_text_of(f, feature);
    if (text != NULL) {
        (void)decision_excerpt(m, item, "value", text);
        (void)facts_not_applicable(m, item, "raw", "it is a text");
    } else {
        (void)facts_input(m, item, "value", p, f->model, f->language, feature,
                          value);
        (void)facts_number(m, item, "raw", value, AS_DECIMAL(-1));
    }
    if (pf->source == SOURCE_NONE)
        (void)facts_missing(m, item, "source", "not declared");
    else
        (void)facts_word(m, item, "source", source_words[pf->source],
                         arena_format(m->arena, "source.%s",
                                      source_words[pf->source]));
    static const char *const effect[] = {"against", "none", "for", "unclear",
                                         "unknown"};
    (void)facts_text(m, item, "effect", effect[u->effect]);
    if (isnan(u->contribution))
        return;
    struct fact *x = facts_number(m, item, "contribution", u->contribution,
                                  AS_UNIT(-1, "margin"));
    bool exact = isnan(u->low);
    facts_computed(m, x, exact ? "interventional Shapley value"
                               : "estimated interventional Shapley value");
    if (!exact)
        facts_interval(m, x, u->low, u->high, "estimate");
}
