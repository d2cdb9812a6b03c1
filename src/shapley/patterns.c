#include "shapley/patterns.h"

status pattern_weights_new(struct arena *a, size_t most,
                           struct pattern_weights *out, struct error *e)
{
    size_t side = most + 1;
    double *w = arena_new_array(a, double, side * side);

    if (w == NULL)
        return arena_error(a, e);
    for (size_t b = 0; b < side; b++)
        w[b] = 1.0 / (double)(b + 1);
    for (size_t i = 1; i < side; i++) {
        for (size_t b = 0; b < side; b++)
            w[i * side + b] =
                w[(i - 1) * side + b] * (double)i / (double)(i + b + 1);
    }
    out->most = most;
    out->integral = w;
    return ST_OK;
}

/* below[set][b]: reference rows whose failing set has b slots, all in `set`. */
static void count_below(double *below, size_t slots,
                        const struct pattern_list *list)
{
    size_t sets = (size_t)1 << slots, side = slots + 1;

    memset(below, 0, sets * side * sizeof *below);
    for (size_t i = 0; i < list->count; i++) {
        size_t set = (size_t)list->set[i * list->words];

        below[set * side + (size_t)__builtin_popcountll(set)] +=
            (double)list->rows[i];
    }
    for (size_t s = 0; s < slots; s++) {
        for (size_t set = 0; set < sets; set++) {
            if ((set >> s & 1) == 0)
                continue;
            double *to = below + set * side;
            const double *from = below + (set ^ (size_t)1 << s) * side;
            for (size_t b = 0; b < side; b++)
                to[b] += from[b];
        }
    }
}

void pattern_table_add(double *table, size_t slots, size_t flip, double value,
                       const struct pattern_list *list,
                       const struct pattern_weights *w, double *room)
{
    size_t all = ((size_t)1 << slots) - 1, side = slots + 1;

    count_below(room, slots, list);
    for (size_t fails = 0; fails <= all; fails++) {
        size_t holds = all ^ fails, a = (size_t)__builtin_popcountll(fails);
        const double *in = room + holds * side;
        double *out = table + (fails ^ flip) * slots;
        double against = 0;

        for (size_t b = 0; a > 0 && b + a <= slots; b++)
            against += in[b] * pattern_integral(w, a - 1, b);
        for (size_t s = 0; s < slots; s++) {
            if (fails >> s & 1) {
                out[s] -= value * against;
                continue;
            }
            const double *without = room + (holds ^ (size_t)1 << s) * side;
            double with = 0;
            for (size_t b = 1; b + a <= slots; b++)
                with += (in[b] - without[b]) * pattern_integral(w, a, b - 1);
            out[s] += value * with;
        }
    }
}

static size_t bucket_of(const struct pattern_list *list, size_t i)
{
    return (size_t)(list->set[i * list->words] & (PATTERN_BUCKETS - 1));
}

status pattern_list_unit(struct arena *a, size_t slots, double value,
                         const struct pattern_list *list,
                         struct pattern_unit *out, struct error *e)
{
    uint32_t at[PATTERN_BUCKETS];
    size_t words = list->words;

    out->slots = (uint32_t)slots;
    out->value = value;
    out->list.count = list->count;
    out->list.words = words;
    out->list.set = arena_new_array(a, uint64_t, list->count * words);
    out->list.rows = arena_new_array(a, uint32_t, list->count);
    out->bucket = arena_new_array(a, uint32_t, PATTERN_BUCKETS + 1);
    if (out->list.set == NULL || out->list.rows == NULL || out->bucket == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < list->count; i++)
        out->bucket[bucket_of(list, i) + 1]++;
    for (size_t b = 0; b < PATTERN_BUCKETS; b++) {
        at[b] = out->bucket[b];
        out->bucket[b + 1] += out->bucket[b];
    }
    for (size_t i = 0; i < list->count; i++) {
        uint32_t to = at[bucket_of(list, i)]++;

        out->list.rows[to] = list->rows[i];
        memcpy(out->list.set + to * words, list->set + i * words,
               words * sizeof *list->set);
    }
    return ST_OK;
}

static void add_table(const struct pattern_unit *u, uint64_t fails,
                      const uint32_t *player, double *phi)
{
    const double *t = u->table + (size_t)fails * u->slots;

    for (uint32_t s = 0; s < u->slots; s++)
        phi[player[s]] += t[s];
}

/* Patterns of one bucket; returns what each slot of the row's own failing set
 * loses. */
static double add_bucket(const struct pattern_unit *u, size_t bucket,
                         const uint64_t *fails, size_t a,
                         const struct pattern_weights *w,
                         const uint32_t *player, double *phi)
{
    const struct pattern_list *l = &u->list;
    double against = 0;

    for (uint32_t i = u->bucket[bucket]; i < u->bucket[bucket + 1]; i++) {
        const uint64_t *set = l->set + i * l->words;
        uint64_t common = 0;
        size_t b = 0;

        for (size_t k = 0; k < l->words; k++) {
            common |= set[k] & fails[k];
            b += (size_t)__builtin_popcountll(set[k]);
        }
        if (common != 0)
            continue;
        double times = (double)l->rows[i] * u->value;
        if (a > 0)
            against += times * pattern_integral(w, a - 1, b);
        if (b == 0)
            continue;
        double with = times * pattern_integral(w, a, b - 1);
        for (size_t k = 0; k < l->words; k++) {
            for (uint64_t m = set[k]; m != 0; m &= m - 1)
                phi[player[k * 64 + (size_t)__builtin_ctzll(m)]] += with;
        }
    }
    return against;
}

static void add_list(const struct pattern_unit *u, const uint64_t *fails,
                     const struct pattern_weights *w, const uint32_t *player,
                     double *phi)
{
    size_t open = ~(size_t)fails[0] & (PATTERN_BUCKETS - 1), bucket = open;
    size_t a = 0;
    double against = 0;

    if (u->slots < PATTERN_BUCKET_BITS)
        bucket = open &= ((size_t)1 << u->slots) - 1;
    for (size_t k = 0; k < u->list.words; k++)
        a += (size_t)__builtin_popcountll(fails[k]);
    /* All subsets of the slots that hold, largest first. */
    for (;;) {
        against += add_bucket(u, bucket, fails, a, w, player, phi);
        if (bucket == 0)
            break;
        bucket = (bucket - 1) & open;
    }
    if (against == 0)
        return;
    for (size_t k = 0; k < u->list.words; k++) {
        for (uint64_t m = fails[k]; m != 0; m &= m - 1)
            phi[player[k * 64 + (size_t)__builtin_ctzll(m)]] -= against;
    }
}

void pattern_unit_add(const struct pattern_unit *u, const uint64_t *fails,
                      const struct pattern_weights *w, const uint32_t *player,
                      double *phi)
{
    if (u->table != NULL)
        add_table(u, fails[0], player, phi);
    else
        add_list(u, fails, w, player, phi);
}
