/* What must hold between the values of a project, without a model. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

long project_find_feature(const struct project *p, const char *input)
{
    for (size_t i = 0; i < p->features; i++)
        if (p->feature[i].input != NULL &&
            strcmp(p->feature[i].input, input) == 0)
            return (long)i;
    return -1;
}

long project_find_factor(const struct project *p, const char *key)
{
    for (size_t i = 0; i < p->factors; i++)
        if (p->factor[i].key != NULL && strcmp(p->factor[i].key, key) == 0)
            return (long)i;
    return -1;
}

const char *translated_text(const struct translated *t, size_t language)
{
    return t->text == NULL ? NULL : t->text[language];
}

static void fault_here(struct project *p, struct fault_list *faults,
                       const void *at, struct place place, const char *text)
{
    fault_put(p->places, faults, FAULT_ERROR, NULL,
              place_of(p->places, at, place), "%s", text);
}

int default_decimals(enum format_style style)
{
    return style == PRINT_NUMBER ? 2 : 0;
}

static void check_feature(struct project *p, struct fault_list *faults,
                          struct project_feature *f)
{
    f->prohibited = f->basis != NULL;
    f->factor = f->model_feature = f->formula = f->lever = -1;
    if (f->column == NULL)
        f->column = f->input;
    if (f->decimals < 0)
        f->decimals = default_decimals(f->style);
    f->has_range = !isnan(f->low) || !isnan(f->high);
    if (f->low > f->high)
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &f->low, f->place),
                  "the range of feature \"%s\" is empty: low is above high",
                  f->input == NULL ? "" : f->input);
    if (f->words > 0 && f->style != PRINT_WORD && f->style != PRINT_YES_NO)
        f->style = PRINT_WORD;
}

/* A feature may name its factor and a factor its features; both must agree. */
static bool settle_factor(struct project *p, struct fault_list *faults,
                          struct project_feature *f, size_t factor,
                          struct place place)
{
    if (f->factor >= 0 && f->factor != (long)factor) {
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" belongs to two factors, \"%s\" and \"%s\"",
                  f->input, p->factor[f->factor].key, p->factor[factor].key);
        return false;
    }
    f->factor = (long)factor;
    return true;
}

static void link_feature(struct project *p, struct fault_list *faults,
                         struct project_feature *f)
{
    if (f->factor_key == NULL || f->input == NULL)
        return;
    struct place place = place_of(p->places, &f->factor_key, f->place);
    long at = project_find_factor(p, f->factor_key);
    if (at >= 0) {
        (void)settle_factor(p, faults, f, (size_t)at, place);
        return;
    }
    char hint[160] = "";
    size_t count = 0;
    const char **known = mem_array(p->factors + 1, sizeof *known);
    for (size_t i = 0; known != NULL && i < p->factors; i++)
        if (p->factor[i].key != NULL)
            known[count++] = p->factor[i].key;
    if (known != NULL)
        (void)nearest_of(f->factor_key, known, count, hint);
    mem_free(known);
    fault_put(p->places, faults, FAULT_ERROR, NULL, place,
              "feature \"%s\" names the factor \"%s\", which is not declared%s",
              f->input, f->factor_key, hint);
}

static bool link_factors(struct project *p, struct fault_list *faults)
{
    for (size_t i = 0; i < p->features; i++)
        link_feature(p, faults, &p->feature[i]);
    for (size_t i = 0; i < p->factors; i++)
        for (size_t j = 0; j < p->factor[i].covers_count; j++) {
            const char *input = p->factor[i].covers[j];
            struct place place = place_of(
                p->places, &p->factor[i].covers, p->factor[i].place);
            long at = project_find_feature(p, input);
            if (at >= 0)
                (void)settle_factor(p, faults, &p->feature[at], i, place);
            else
                fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                          "factor \"%s\" covers the input \"%s\", which is no "
                          "feature",
                          p->factor[i].key == NULL ? "" : p->factor[i].key,
                          input);
        }
    for (size_t i = 0; i < p->factors; i++) {
        size_t *list = arena_new_array(p->arena, size_t, p->features + 1);
        if (list == NULL)
            return false;
        p->factor[i].feature = list;
        for (size_t j = 0; j < p->features; j++)
            if (p->feature[j].factor == (long)i)
                list[p->factor[i].features++] = j;
    }
    return true;
}

static void check_rule(struct project *p, struct fault_list *faults,
                       struct rule *u)
{
    if (u->op == NULL)
        return;
    bool missing = strcmp(u->op, "missing") == 0, in = strcmp(u->op, "in") == 0;
    bool equal = strcmp(u->op, "=") == 0 || strcmp(u->op, "!=") == 0;
    const char *wrong = NULL;
    if (missing && (u->has_number || u->words > 0))
        wrong = "a rule with op \"missing\" compares with nothing: leave "
                "number and words out";
    else if (in && (u->words == 0 || u->has_number))
        wrong = "a rule with op \"in\" needs words, and no number";
    else if (equal && u->has_number == (u->words > 0))
        wrong = "a rule with op \"=\" or \"!=\" needs a number or one word";
    else if (equal && u->words > 1)
        wrong = "a rule with op \"=\" or \"!=\" takes one word; use \"in\" "
                "for several";
    else if (!missing && !in && !equal && (!u->has_number || u->words > 0))
        wrong = "a rule that compares by size needs a number, and no words";
    if (wrong != NULL)
        fault_here(p, faults, &u->op, u->place, wrong);
}

static void check_table(struct project *p, struct fault_list *faults,
                        struct project_table *t)
{
    struct date from, to;
    if (t->spec.location == NULL)
        return;
    if (t->period_from != NULL && t->period_to != NULL &&
        date_parse(t->period_from, strlen(t->period_from), &from) &&
        date_parse(t->period_to, strlen(t->period_to), &to) &&
        date_days(from) > date_days(to))
        fault_here(p, faults, &t->period_to, t->place,
                   "the period of a table ends before it begins");
    if (t->label_event != NULL && t->label_column == NULL)
        fault_here(p, faults, &t->label_event, t->place,
                   "a table names an event but no label column");
}

static void check_reference(struct project *p, struct fault_list *faults,
                            struct project_table *t, const char *key)
{
    t->key = key;
    if (t->spec.location != NULL && t->name == NULL)
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &t->spec.location, t->place),
                  "data.reference.%s has no name: reasons never come from an "
                  "unnamed population",
                  key);
    check_table(p, faults, t);
}

static long find_split(struct project *p, struct fault_list *faults,
                       const char *const *key, const char *what)
{
    if (*key == NULL)
        return -1;
    for (size_t i = 0; i < p->evaluations; i++)
        if (text_equal(p->evaluation[i].key, *key))
            return (long)i;
    fault_put(p->places, faults, FAULT_ERROR, NULL,
              place_of(p->places, key, PLACE_NONE),
              "%s is \"%s\", but no table of data.evaluation has that key",
              what, *key);
    return -1;
}

static void check_tables(struct project *p, struct fault_list *faults)
{
    check_table(p, faults, &p->decisions);
    p->decisions.key = p->decisions.spec.location != NULL ? "decisions" : NULL;
    check_reference(p, faults, &p->reference_a, "A");
    check_reference(p, faults, &p->reference_b, "B");
    for (size_t i = 0; i < p->evaluations; i++) {
        struct project_table *t = &p->evaluation[i];
        check_table(p, faults, t);
        if (t->key == NULL)
            fault_here(p, faults, &t->spec.location, t->place,
                       "a table of data.evaluation needs a key: train, test, "
                       "…");
        else if (t->name == NULL)
            t->name = t->key;
        for (size_t j = 0; t->key != NULL && j < i; j++)
            if (text_equal(p->evaluation[j].key, t->key))
                fault_put(p->places, faults, FAULT_ERROR, NULL,
                          place_of(p->places, &t->key, t->place),
                          "the key \"%s\" stands twice in data.evaluation",
                          t->key);
    }
    p->main_evaluation = find_split(p, faults, &p->lead_key, "data.lead");
    p->train_evaluation = find_split(p, faults, &p->train_key, "data.train");
    for (size_t i = 0; i < p->evaluations; i++) {
        bool train = text_equal(p->evaluation[i].key, "train");
        if (p->train_evaluation < 0 && p->train_key == NULL && train)
            p->train_evaluation = (long)i;
        if (p->main_evaluation < 0 && p->lead_key == NULL && !train &&
            (long)i != p->train_evaluation)
            p->main_evaluation = (long)i;
    }
    if (p->main_evaluation < 0 && p->lead_key == NULL && p->evaluations > 0)
        p->main_evaluation = 0;
}

static void check_group(struct project *p, struct fault_list *faults,
                        struct group_column *g)
{
    if (g->name == NULL)
        g->name = g->column;
    if (g->band_count != (g->cut_count == 0 ? 0 : g->cut_count + 1))
        fault_here(p, faults, &g->band_name, g->place,
                   "a group cut into bands needs one name more than cuts");
    for (size_t i = 1; i < g->cut_count; i++)
        if (g->cuts[i] <= g->cuts[i - 1])
            fault_here(p, faults, &g->cuts, g->place,
                       "cuts must rise from one to the next");
}

static void check_options(struct project *p, struct fault_list *faults)
{
    struct project_documents *d = &p->documents;
    for (size_t i = 0; i < p->languages; i++)
        if (!project_language_tag(p->language[i]))
            fault_put(p->places, faults, FAULT_ERROR, NULL,
                      place_of(p->places, &p->language, PLACE_NONE),
                      "\"%s\" is no language tag (BCP 47) like en-US",
                      p->language[i]);
    for (size_t i = 0; d->currency != NULL && i < 4; i++)
        if ((i < 3) != (d->currency[i] >= 'A' && d->currency[i] <= 'Z')) {
            fault_here(p, faults, &d->currency, PLACE_NONE,
                       "documents.currency must be three capital letters "
                       "(ISO 4217): USD, EUR, …");
            break;
        }
    d->letter_size = text_equal(p->paper, "letter");
    if (p->model.sha256 != NULL &&
        (strlen(p->model.sha256) != 64 ||
         strspn(p->model.sha256, "0123456789abcdef") != 64))
        fault_here(p, faults, &p->model.sha256, PLACE_NONE,
                   "model.sha256 must be 64 digits 0-9 and a-f");
}

void project_check(struct project *p, struct fault_list *faults)
{
    for (size_t i = 0; i < p->features; i++)
        check_feature(p, faults, &p->feature[i]);
    if (!link_factors(p, faults)) {
        fault_here(p, faults, NULL, PLACE_NONE, "out of memory");
        return;
    }
    for (size_t i = 0; i < p->rules; i++)
        check_rule(p, faults, &p->rule[i]);
    for (size_t i = 0; i < p->groups; i++)
        check_group(p, faults, &p->group[i]);
    check_tables(p, faults);
    check_options(p, faults);
    project_check_elsewhere(p, faults);
    project_check_scale(p, &p->model, faults);
    project_check_recourse(p, faults);
    project_check_texts(p, faults);
    project_check_documents(p, faults);
}
