/* Which reasons are given, by group and method: counts alone. */
#include "measure/global_in.h"

enum { REASONS_BYTES_MAX = 128 << 20 };

struct global_reasons {
    struct arena *arena;
    size_t factors, columns, groups;
    size_t start[GLOBAL_COLUMNS], codes[GLOBAL_COLUMNS];
    double *n;                      /* [groups] */
    double *given;                  /* [groups][GLOBAL_METHODS] */
    double *both, *first, *set;     /* [groups] */
    double *rank; /* [groups][GLOBAL_METHODS][factors][GLOBAL_RANKS] */
};

static status make(struct global_reasons *r, struct error *e)
{
    double bytes = (double)r->groups * (double)r->factors *
                   (GLOBAL_METHODS * GLOBAL_RANKS * sizeof(double));
    if (bytes > REASONS_BYTES_MAX / 2)
        return error_set(e, ST_LIMIT,
                         "reasons of %zu factors in %zu groups are more than "
                         "are counted; ask without groups", r->factors,
                         r->groups);
    r->n = arena_new_array(r->arena, double, r->groups);
    r->given = arena_new_array(r->arena, double, r->groups * GLOBAL_METHODS);
    r->both = arena_new_array(r->arena, double, r->groups);
    r->first = arena_new_array(r->arena, double, r->groups);
    r->set = arena_new_array(r->arena, double, r->groups);
    r->rank = arena_new_array(r->arena, double,
                              r->groups * GLOBAL_METHODS * r->factors *
                                      GLOBAL_RANKS + 1);
    bool fine = r->n != NULL && r->given != NULL && r->both != NULL &&
                r->first != NULL && r->set != NULL && r->rank != NULL;
    return fine ? ST_OK : arena_error(r->arena, e);
}

status global_reasons_new(size_t factors, size_t columns, const size_t *codes,
                          struct global_reasons **out, struct error *e)
{
    struct arena *a = arena_new(REASONS_BYTES_MAX);
    struct global_reasons *r =
        a == NULL ? NULL : arena_new_one(a, struct global_reasons);
    if (r == NULL) {
        arena_free(a);
        return error_memory(e);
    }
    r->arena = a;
    r->factors = factors;
    r->columns = columns;
    status st = global_layout(columns, codes, r->start, &r->groups, e);
    for (size_t c = 0; st == ST_OK && c < columns; c++)
        r->codes[c] = codes[c];
    if (st == ST_OK)
        st = make(r, e);
    if (st != ST_OK) {
        arena_free(a);
        return st;
    }
    *out = r;
    return ST_OK;
}

void global_reasons_free(struct global_reasons *r)
{
    if (r != NULL)
        arena_free(r->arena);
}

static size_t leading(size_t count)
{
    return count < GLOBAL_RANKS ? count : GLOBAL_RANKS;
}

static void add_to(struct global_reasons *r, size_t group,
                   const struct global_reason_row *row)
{
    size_t n[GLOBAL_METHODS], both = 0;
    r->n[group] += 1;
    for (size_t m = 0; m < GLOBAL_METHODS; m++) {
        n[m] = leading(row->count[m]);
        r->given[group * GLOBAL_METHODS + m] += n[m] > 0;
        double *rank = r->rank + (group * GLOBAL_METHODS + m) * r->factors *
                                     GLOBAL_RANKS;
        for (size_t k = 0; k < n[m]; k++)
            rank[row->factor[m][k] * GLOBAL_RANKS + k] += 1;
    }
    if (n[0] == 0 || n[1] == 0)
        return;
    for (size_t i = 0; i < n[0]; i++)
        for (size_t j = 0; j < n[1]; j++)
            both += row->factor[0][i] == row->factor[1][j];
    r->both[group] += 1;
    r->first[group] += row->factor[0][0] == row->factor[1][0];
    r->set[group] += n[0] == n[1] && both == n[0];
}

status global_reasons_add(struct global_reasons *r,
                          const struct global_reason_row *row,
                          struct error *e)
{
    for (size_t m = 0; m < GLOBAL_METHODS; m++)
        for (size_t k = 0; k < leading(row->count[m]); k++)
            if (row->factor[m][k] >= r->factors)
                return error_bug(e, "a reason outside the declared factors");
    add_to(r, 0, row);
    for (size_t c = 0; row->group != NULL && c < r->columns; c++)
        if (row->group[c] < r->codes[c])
            add_to(r, r->start[c] + row->group[c], row);
    return ST_OK;
}

static void add_all(double *into, const double *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        into[i] += from[i];
}

status global_reasons_merge(struct global_reasons *into,
                            const struct global_reasons *from,
                            struct error *e)
{
    bool same = into->factors == from->factors &&
                into->columns == from->columns &&
                into->groups == from->groups;
    for (size_t c = 0; same && c < into->columns; c++)
        same = into->codes[c] == from->codes[c];
    if (!same)
        return error_bug(e, "reason reports of different shapes");
    add_all(into->n, from->n, into->groups);
    add_all(into->given, from->given, into->groups * GLOBAL_METHODS);
    add_all(into->both, from->both, into->groups);
    add_all(into->first, from->first, into->groups);
    add_all(into->set, from->set, into->groups);
    add_all(into->rank, from->rank,
            into->groups * GLOBAL_METHODS * into->factors * GLOBAL_RANKS);
    return ST_OK;
}

double global_reasons_n(const struct global_reasons *r, size_t group)
{
    return r->n[group];
}

double global_reasons_given(const struct global_reasons *r, size_t group,
                            size_t method)
{
    return r->given[group * GLOBAL_METHODS + method];
}

size_t global_reasons_group(const struct global_reasons *r, size_t column,
                            size_t code)
{
    return r->start[column] + code;
}

static const double *ranks_of(const struct global_reasons *r, size_t group,
                              size_t method, size_t factor)
{
    return r->rank + ((group * GLOBAL_METHODS + method) * r->factors + factor) *
                         GLOBAL_RANKS;
}

struct estimate global_reason_share(const struct global_reasons *r,
                                    size_t group, size_t method, size_t factor,
                                    size_t rank)
{
    return estimate_share(ranks_of(r, group, method, factor)[rank],
                          r->n[group]);
}

struct estimate global_reason_any(const struct global_reasons *r, size_t group,
                                  size_t method, size_t factor)
{
    const double *rank = ranks_of(r, group, method, factor);
    double sum = 0;
    for (size_t k = 0; k < GLOBAL_RANKS; k++)
        sum += rank[k];
    return estimate_share(sum, r->n[group]);
}

struct estimate global_reason_same_first(const struct global_reasons *r,
                                         size_t group)
{
    return estimate_share(r->first[group], r->both[group]);
}

struct estimate global_reason_same_set(const struct global_reasons *r,
                                       size_t group)
{
    return estimate_share(r->set[group], r->both[group]);
}
