/* What a change costs: tables that rise, samples that are there. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

static void check_points(const struct checking *c, const struct lever *l)
{
    char change[NUM_TEXT_MAX];
    for (size_t i = 0; i < l->cost_points; i++) {
        const struct cost_point *x = &l->cost_point[i], *before = x - 1;
        const char *wrong = NULL;
        (void)num_shortest(x->change, change);
        if (x->word != NULL)
            wrong = "moves numbers, so costs is a list of [change, cost]";
        else if (!(x->change > 0))
            wrong = "lists a change that is not above 0 in costs";
        else if (x->cost < 0)
            wrong = "lists a cost below 0";
        else if (i > 0 && x->change <= before->change)
            wrong = "lists changes in costs that do not rise";
        else if (i > 0 && x->cost < before->cost)
            wrong = "lists costs that fall: a larger change never costs less";
        if (wrong == NULL)
            continue;
        fault_recourse(c, &l->cost_point, l->place, "lever \"%s\" %s%s%s%s",
                       l->key, wrong, x->word != NULL ? "" : " (at ",
                       x->word != NULL ? "" : change,
                       x->word != NULL ? "" : ")");
        return;
    }
}

static void check_word_costs(const struct checking *c, const struct lever *l)
{
    const char *const *word;
    size_t words = l->words;
    word = l->word;
    if (words == 0)
        words = quantity_words(c->p, l->feature, &word);
    if (l->ordered)
        fault_recourse(c, &l->cost_by, l->place,
                       "lever \"%s\" counts the places of its ordered words, "
                       "so cost_by table does not apply",
                       l->key);
    for (size_t i = 0; i < l->cost_points; i++) {
        const struct cost_point *x = &l->cost_point[i];
        if (x->word == NULL || x->cost < 0)
            fault_recourse(c, &l->cost_point, l->place,
                           x->word == NULL
                               ? "lever \"%s\" moves between words, so costs "
                                 "is an object of words and costs"
                               : "lever \"%s\" lists a cost below 0",
                           l->key);
        if (x->word == NULL)
            return;
    }
    for (size_t i = 0; i < words; i++) {
        size_t k = 0;
        while (k < l->cost_points &&
               strcmp(l->cost_point[k].word, word[i]) != 0)
            k++;
        if (k == l->cost_points)
            fault_recourse(c, &l->cost_point, l->place,
                           "lever \"%s\" may take the word \"%s\", for which "
                           "costs has no cost",
                           l->key, word[i]);
    }
    for (size_t k = 0; k < l->cost_points; k++) {
        char hint[160];
        size_t i = 0;
        while (i < words && strcmp(l->cost_point[k].word, word[i]) != 0)
            i++;
        if (i == words)
            fault_recourse(c, &l->cost_point, l->place,
                           "costs of lever \"%s\" names the word \"%s\", which "
                           "it may not take%s",
                           l->key, l->cost_point[k].word,
                           nearest_of(l->cost_point[k].word, word, words,
                                      hint));
    }
}

static void check_percentile(const struct checking *c, const struct lever *l)
{
    const struct project *p = c->p;
    const char *wrong = NULL;
    if (l->category || l->waitings > 0)
        wrong = "moves no number of people, so cost_by percentile does not "
                "apply";
    else if (p->reference_a.spec.location == NULL &&
             p->reference_b.spec.location == NULL)
        wrong = "costs by percentile, and data.reference names no people to "
                "count";
    if (wrong != NULL)
        fault_recourse(c, &l->cost_by, l->place, "lever \"%s\" %s", l->key,
                       wrong);
}

static void check_missing(const struct checking *c, const struct lever *l)
{
    bool known = !isnan(l->known_cost), missing = !isnan(l->missing_cost);
    if ((known || missing) && (l->waitings > 0 || l->indicators > 0))
        fault_recourse(c, known ? &l->known_cost : &l->missing_cost, l->place,
                       "lever \"%s\" has no missing value: known_cost and "
                       "missing_cost are for inputs and columns",
                       l->key);
}

void recourse_check_costs(const struct checking *c, const struct lever *l)
{
    check_missing(c, l);
    if (l->ordered && !l->category)
        fault_recourse(c, &l->ordered, l->place,
                       "lever \"%s\" moves numbers, which need no order",
                       l->key);
    if (l->cost_by != COST_BY_TABLE && l->cost_points > 0)
        fault_recourse(c, &l->cost_point, l->place,
                       "lever \"%s\" lists costs: say \"cost_by\": \"table\"",
                       l->key);
    else if (l->cost_by == COST_BY_TABLE && l->cost_points == 0)
        fault_recourse(c, &l->cost_by, l->place,
                       "lever \"%s\" costs by a table: give costs", l->key);
    else if (l->cost_by == COST_BY_TABLE && l->category)
        check_word_costs(c, l);
    else if (l->cost_by == COST_BY_TABLE)
        check_points(c, l);
    else if (l->cost_by == COST_BY_PERCENTILE)
        check_percentile(c, l);
}
