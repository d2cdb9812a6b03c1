/* Further limits of plans: plausibility, other scores, a band, a margin. */
#include "project/reading.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static struct project_table *table_of(struct project *p, const char *key)
{
    if (strcmp(key, "A") == 0)
        return p->reference_a.spec.location != NULL ? &p->reference_a : NULL;
    if (strcmp(key, "B") == 0)
        return p->reference_b.spec.location != NULL ? &p->reference_b : NULL;
    for (size_t i = 0; i < p->evaluations; i++)
        if (text_equal(p->evaluation[i].key, key))
            return &p->evaluation[i];
    return NULL;
}

static void check_plausibility(const struct checking *c)
{
    struct project *p = c->p;
    struct project_plausibility *l = &p->recourse.plausibility;
    struct place none = {p->file, 0, 0, -1};
    const void *set = &l->reference;
    struct place place = place_of(p->places, set, none);
    if (l->reference == NULL) {
        /* settings without a table are an oversight, not a wish for none */
        const void *other[] = {&l->share, &l->trees, &l->seed};
        for (size_t i = 0; i < sizeof other / sizeof *other; i++)
            if (place_of(p->places, other[i], none).line > 0) {
                fault_recourse(c, other[i], none,
                               "recourse.plausibility needs a reference: the "
                               "key of the table that says who is ordinary");
                return;
            }
        return;
    }
    l->table = table_of(p, l->reference);
    if (l->table == NULL) {
        const char *known[LEVERS_MAX + 2];
        char hint[160];
        size_t count = 0;
        if (p->reference_a.spec.location != NULL)
            known[count++] = "A";
        if (p->reference_b.spec.location != NULL)
            known[count++] = "B";
        for (size_t i = 0; i < p->evaluations && i < LEVERS_MAX; i++)
            if (p->evaluation[i].key != NULL)
                known[count++] = p->evaluation[i].key;
        fault_recourse(c, set, place,
                       "recourse.plausibility.reference is \"%s\", but neither "
                       "data.reference nor data.evaluation has that key%s",
                       l->reference,
                       nearest_of(l->reference, known, count, hint));
    }
    char share[NUM_TEXT_MAX];
    (void)num_shortest(l->share, share);
    if (!(l->share > 0) || !(l->share < 1))
        fault_recourse(c, &l->share, place,
                       "recourse.plausibility.share is %s, but must be above 0 "
                       "and below 1",
                       share);
}

static void check_score(const struct checking *c, struct second_score *s)
{
    s->model.name = s->name;
    if (!s->model.has_cutoff)
        fault_recourse(c, NULL, s->place,
                       "score \"%s\" needs the cutoff that a plan must reach",
                       s->name);
    else
        project_check_scale(c->p, &s->model, c->faults);
}

static void check_band(const struct checking *c)
{
    const struct project *p = c->p;
    const struct project_recourse *r = &p->recourse;
    struct place none = {p->file, 0, 0, -1};
    char text[120];
    if (!r->has_band_low && !r->has_band_high)
        return;
    const void *at = r->has_band_low ? (const void *)&r->band_low
                                     : (const void *)&r->band_high;
    bool up = p->model.decides == DECIDES_AT_LEAST;
    if (!p->model.has_cutoff) {
        fault_recourse(c, at, none,
                       "recourse.band is on the scale of model.cutoff, which "
                       "is missing");
        return;
    }
    if (r->has_band_low && r->has_band_high && r->band_low >= r->band_high)
        fault_recourse(c, at, none,
                       "recourse.band is empty: %s, and low must be below high",
                       range_text(r->band_low, r->band_high, text));
    else if (up ? r->has_band_high && r->band_high < p->model.cutoff
                : r->has_band_low && r->band_low > p->model.cutoff)
        fault_recourse(c, at, none,
                       "recourse.band lies beyond the cutoff, where people are "
                       "declined");
}

static void check_valid_until(const struct checking *c)
{
    const struct project *p = c->p;
    struct date until, made;
    const char *last = p->recourse.valid_until, *date = p->documents.date;
    if (last != NULL && date != NULL &&
        date_parse(last, strlen(last), &until) &&
        date_parse(date, strlen(date), &made) &&
        date_days(until) < date_days(made))
        fault_recourse(c, &p->recourse.valid_until, PLACE_NONE,
                       "recourse.valid_until is %s, before documents.date, %s",
                       last, date);
}

void recourse_check_limits(const struct checking *c)
{
    struct project_recourse *r = &c->p->recourse;
    check_valid_until(c);
    check_plausibility(c);
    check_band(c);
    if (r->margin > 0 && !c->p->model.has_cutoff)
        fault_recourse(c, &r->margin, PLACE_NONE,
                       "recourse.margin is beyond model.cutoff, which is "
                       "missing");
    if (r->scores > SECOND_SCORES_MAX) {
        fault_recourse(c, &r->score, PLACE_NONE,
                       "recourse.scores holds %zu, more than %d", r->scores,
                       (int)SECOND_SCORES_MAX);
        return;
    }
    for (size_t i = 0; i < r->scores; i++)
        check_score(c, &r->score[i]);
}
