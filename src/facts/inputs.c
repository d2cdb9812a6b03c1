#include "facts/inputs.h"

#include "base/num.h"

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

static struct number_form form_of(const struct project *p,
                                  const struct project_feature *f)
{
    switch (f->style) {
    case PRINT_MONEY:
        return AS_MONEY(p->documents.currency);
    case PRINT_PERCENT:
        return AS_PERCENT(f->decimals > 2 ? f->decimals - 2 : 0);
    case PRINT_MONTHS:
        return AS_MONTHS;
    case PRINT_YEARS:
        return (struct number_form){STYLE_YEARS, f->decimals, NULL, "years"};
    case PRINT_INTEGER:
        return AS_UNIT(0, f->unit);
    case PRINT_NUMBER:
    case PRINT_WORD:
    case PRINT_YES_NO:
        break;
    }
    return AS_UNIT(f->decimals, f->unit);
}

struct fact *facts_input(struct facts_maker *m, struct fact *parent,
                         const char *name, const struct project *p,
                         const struct model *model, size_t language,
                         size_t feature, double value)
{
    const struct project_feature *f = &p->feature[feature];
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
    struct number_form form = form_of(p, f);
    facts_print_number(m->language, value, form, &text);
    if (form.style == STYLE_DECIMAL && f->unit != NULL)
        buf_printf(&text, " %s", f->unit);
    struct fact *fact = facts_printed(m, parent, name, raw, buf_text(&text));
    buf_free(&text);
    return fact;
}

static const char *const source_words[] = {
    NULL, "applicant", "own-records", "bureau", "third-party", "derived"};

void inputs_add_used(struct facts_maker *m, struct fact *parent,
                     const struct decision_findings *f, size_t feature,
                     double contribution)
{
    const struct project *p = f->project;
    const struct project_feature *pf = &p->feature[feature];
    struct fact *item = facts_item(m, parent, "fact");
    (void)facts_text(m, item, "input", pf->input);
    (void)facts_text(m, item, "name", inputs_name(p, feature, f->language));
    double value = inputs_value(p, feature, f->row);
    (void)facts_input(m, item, "value", p, f->model, f->language, feature, value);
    (void)facts_number(m, item, "raw", value, AS_DECIMAL(-1));
    if (pf->source == SOURCE_NONE)
        (void)facts_missing(m, item, "source", "not declared");
    else
        (void)facts_word(m, item, "source", source_words[pf->source],
                         arena_format(m->arena, "source.%s",
                                      source_words[pf->source]));
    bool small = isnan(contribution) || fabs(contribution) < 1e-9;
    (void)facts_text(m, item, "effect",
                     small ? "none" : contribution > 0 ? "for" : "against");
    if (!isnan(contribution))
        facts_computed(m, facts_number(m, item, "contribution", contribution,
                                       AS_UNIT(-1, "margin")),
                       "interventional Shapley value");
}
