/* Which reasons the declined rows of each group get. */
#include "facts/card_parts.h"

#include <math.h>

enum { LEADING = 3 };

static size_t printed_method(const struct card_maker *c)
{
    return text_equal(c->p->documents.method, "B") ? METHOD_B : METHOD_A;
}

/* The factors printed most often in a group, ties in declared order. */
static size_t leading(const struct card_maker *c, size_t group,
                      size_t order[LEADING])
{
    const struct global_reasons *r = c->f->reasons.groups;
    size_t n = 0, m = printed_method(c);
    for (size_t k = 0; k < c->p->factors; k++) {
        double share = global_reason_any(r, group, m, k).value;
        if (!(share > 0) ||
            (n == LEADING &&
             share <= global_reason_any(r, group, m, order[n - 1]).value))
            continue;
        size_t at = n < LEADING ? n++ : LEADING - 1;
        while (at > 0 &&
               global_reason_any(r, group, m, order[at - 1]).value < share) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
    return n;
}

static const char *factor_name(const struct card_maker *c, size_t k)
{
    return translated_text(&c->p->factor[k].name, c->language);
}

/* Counts, so that groups can be put together again. */
static void add_counts(struct card_maker *c, struct fact *item, size_t group)
{
    const struct global_reasons *r = c->f->reasons.groups;
    size_t m = printed_method(c);
    double n = global_reasons_n(r, group);
    for (size_t k = 0; k < c->p->factors; k++) {
        struct fact *f = facts_item(&c->m, item, "factor");
        struct estimate any = global_reason_any(r, group, m, k);
        struct estimate first = global_reason_share(r, group, m, k, 0);
        (void)facts_text(&c->m, f, "key", c->p->factor[k].key);
        (void)card_count(c, f, "any", round(any.value * n));
        (void)card_count(c, f, "first", round(first.value * n));
    }
}

void card_group_reasons(struct card_maker *c, struct fact *table,
                        const struct card_group *g)
{
    const struct global_reasons *r = c->f->reasons.groups;
    size_t order[LEADING];
    if (!c->f->reasons.made || r == NULL || g->second != SIZE_MAX)
        return;
    for (size_t i = 0; i < g->fairness.rows; i++) {
        size_t code = g->fairness.row[i].code;
        size_t group = global_reasons_group(r, g->column, code);
        double n = global_reasons_n(r, group);
        struct fact *item = facts_item(&c->m, table, "reason");
        (void)facts_text(&c->m, item, "name", g->name[code]);
        (void)card_count(c, item, "declines", n);
        if (n <= 0)
            continue;
        (void)card_rate(c, item, "agreement-first",
                        global_reason_same_first(r, group));
        size_t found = leading(c, group, order);
        for (size_t k = 0; k < found; k++) {
            struct fact *f = facts_item(&c->m, item, "leading");
            (void)facts_text(&c->m, f, "key", c->p->factor[order[k]].key);
            (void)facts_text(&c->m, f, "name", factor_name(c, order[k]));
            (void)card_rate(c, f, "any",
                            global_reason_any(r, group, printed_method(c),
                                              order[k]));
        }
        add_counts(c, item, group);
    }
}
