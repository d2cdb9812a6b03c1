#include "base/arena.h"
#include "measure/reason_report.h"

#include <math.h>

status reason_report_new(size_t factors, struct reason_report **out,
                         struct error *e)
{
    if (factors > REPORT_FACTORS_MAX)
        return error_set(e, ST_LIMIT, "%zu factors; at most %d are reported",
                         factors, REPORT_FACTORS_MAX);
    struct reason_report *r = mem_array(1, sizeof *r);
    if (r != NULL) {
        r->factors = factors;
        r->rank = mem_array(factors * REASONS_RANKED + 1, sizeof *r->rank);
    }
    if (r == NULL || r->rank == NULL) {
        reason_report_free(r);
        return error_memory(e);
    }
    *out = r;
    return ST_OK;
}

void reason_report_free(struct reason_report *r)
{
    if (r == NULL)
        return;
    mem_free(r->rank);
    mem_free(r);
}

static size_t first_four(size_t count)
{
    return count < REASONS_RANKED ? count : REASONS_RANKED;
}

/* A residual that is no number must stay visible, whatever comes after. */
static void raise_residual(struct reason_report *r, double residual)
{
    if (!isnan(r->residual_max) && !(residual <= r->residual_max))
        r->residual_max = residual;
}

static void compare(struct reason_report *r, const struct reason_case *c)
{
    size_t a = first_four(c->a_count), b = first_four(c->b_count), both = 0;
    if (a == 0 || b == 0)
        return;
    for (size_t i = 0; i < a; i++)
        for (size_t j = 0; j < b; j++)
            both += c->a[i] == c->b[j] ? 1 : 0;
    size_t most = a > b ? a : b;
    r->compared += 1.0;
    r->same_first += c->a[0] == c->b[0] ? 1.0 : 0.0;
    r->same_set += both == most ? 1.0 : 0.0;
    moments_add(&r->overlap, (double)both / (double)most);
}

status reason_report_add(struct reason_report *r, const struct reason_case *c,
                         struct error *e)
{
    const size_t *printed = c->printed_is_b ? c->b : c->a;
    size_t count = first_four(c->printed_is_b ? c->b_count : c->a_count);
    for (size_t i = 0; i < count; i++)
        if (printed[i] >= r->factors)
            return error_bug(e, "a reason outside the declared factors");
    for (size_t i = 0; i < count; i++)
        r->rank[printed[i] * REASONS_RANKED + i] += 1.0;
    r->declines += 1.0;
    r->without_adverse += count == 0 ? 1.0 : 0.0;
    if (c->shortfall > 0.0)
        moments_add(&r->coverage, c->covered / c->shortfall);
    raise_residual(r, c->residual);
    compare(r, c);
    return ST_OK;
}

status reason_report_merge(struct reason_report *into,
                           const struct reason_report *from, struct error *e)
{
    if (into->factors != from->factors)
        return error_bug(e, "reason reports of different factors");
    for (size_t i = 0; i < into->factors * REASONS_RANKED; i++)
        into->rank[i] += from->rank[i];
    into->declines += from->declines;
    into->without_adverse += from->without_adverse;
    into->compared += from->compared;
    into->same_first += from->same_first;
    into->same_set += from->same_set;
    moments_merge(&into->overlap, &from->overlap);
    moments_merge(&into->coverage, &from->coverage);
    raise_residual(into, from->residual_max);
    return ST_OK;
}

struct estimate reason_share(const struct reason_report *r, size_t factor,
                             size_t rank)
{
    return estimate_share(r->rank[factor * REASONS_RANKED + rank], r->declines);
}

struct estimate reason_share_any(const struct reason_report *r, size_t factor)
{
    double sum = 0.0;
    for (size_t i = 0; i < REASONS_RANKED; i++)
        sum += r->rank[factor * REASONS_RANKED + i];
    return estimate_share(sum, r->declines);
}

struct estimate reason_agreement_first(const struct reason_report *r)
{
    return estimate_share(r->same_first, r->compared);
}

struct estimate reason_agreement_set(const struct reason_report *r)
{
    return estimate_share(r->same_set, r->compared);
}

struct estimate reason_overlap(const struct reason_report *r)
{
    return moments_mean(&r->overlap);
}

struct estimate reason_coverage(const struct reason_report *r)
{
    return moments_mean(&r->coverage);
}
