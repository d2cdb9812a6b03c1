/* Tallies of parts of a table into one. */
#include "measure/global_in.h"

static bool same_columns(const struct global *a, const struct global *b)
{
    if ((a->column == NULL) != (b->column == NULL))
        return false;
    for (size_t p = 0; a->column != NULL && p < a->players; p++) {
        const struct global_column *x = &a->column[p], *y = &b->column[p];
        if (x->kind != y->kind || x->feature != y->feature ||
            x->bins != y->bins || x->edges != y->edges)
            return false;
        for (size_t k = 0; k < x->edges; k++)
            if (x->edge[k] < y->edge[k] || x->edge[k] > y->edge[k])
                return false;
    }
    return true;
}

static bool same_shape(const struct global *a, const struct global *b)
{
    bool same = a->players == b->players && a->columns == b->columns &&
                a->groups == b->groups && a->pairs == b->pairs &&
                a->ranges == b->ranges && a->group_bins == b->group_bins &&
                a->exponent == b->exponent;
    for (size_t c = 0; same && c < a->columns; c++)
        same = a->codes[c] == b->codes[c];
    return same && same_columns(a, b);
}

static void merge_cells(struct global_cell *into,
                        const struct global_cell *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        into[i].sum += from[i].sum;
        into[i].absolute += from[i].absolute;
        into[i].square += from[i].square;
    }
}

static void merge_ranges(struct global *into, const struct global *from)
{
    size_t sets = into->group_bins ? into->groups : 1;
    for (size_t i = 0; i < sets * into->ranges; i++) {
        struct global_range *a = &into->range[i];
        const struct global_range *b = &from->range[i];
        a->n += b->n;
        a->sum += b->sum;
        a->square += b->square;
        a->least = b->least < a->least ? b->least : a->least;
        a->most = b->most > a->most ? b->most : a->most;
        a->low = b->low < a->low ? b->low : a->low;
        a->high = b->high > a->high ? b->high : a->high;
    }
}

status global_merge(struct global *into, const struct global *from,
                    struct error *e)
{
    if (!same_shape(into, from))
        return error_bug(e, "global tallies of different shapes");
    for (size_t i = 0; i < into->groups; i++) {
        into->n[i] += from->n[i];
        into->paired[i] += from->paired[i];
    }
    merge_cells(into->cell, from->cell, into->groups * into->players);
    merge_cells(into->pair, from->pair, into->groups * into->pairs);
    merge_ranges(into, from);
    return ST_OK;
}
