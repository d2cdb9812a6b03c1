/* Groups become words: leaves in order of value, the best in the top bit, and
 * for each reader's cells the leaves that they reach. */
#include "recourse/walk.h"

struct ranked {
    double value;
    uint32_t leaf;
};

static int by_value(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->leaf > y->leaf) - (x->leaf < y->leaf);
}

static status sort_leaves(struct walk *w, struct group *g, struct ranked *room,
                          struct error *e)
{
    size_t n = g->readers;
    double *value = arena_new_array(w->a, double, g->leaves);
    struct reach *reach = arena_new_array(w->a, struct reach, g->leaves * n);

    if (value == NULL || reach == NULL)
        return arena_error(w->a, e);
    for (uint32_t i = 0; i < g->leaves; i++)
        room[i] = (struct ranked){g->value[i], i};
    qsort(room, g->leaves, sizeof *room, by_value);
    for (uint32_t i = 0; i < g->leaves; i++) {
        value[i] = room[i].value;
        memcpy(reach + i * n, g->reach + room[i].leaf * n, n * sizeof *reach);
    }
    g->value = value;
    g->reach = reach;
    return ST_OK;
}

static int by_part(const void *a, const void *b)
{
    const struct group *x = a, *y = b;
    bool wx = x->leaves > WORD_LEAVES, wy = y->leaves > WORD_LEAVES;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    if (wx != wy)
        return wx ? 1 : -1;
    if (x->mask != y->mask)
        return x->mask < y->mask ? -1 : 1;
    return (x->tree[0] > y->tree[0]) - (x->tree[0] < y->tree[0]);
}

static size_t whole_blocks(size_t words)
{
    return (words + MASKS_LANES - 1) / MASKS_LANES * MASKS_LANES;
}

/* Gives each group its words and each score its part. */
static status place_groups(struct walk *w, struct error *e)
{
    struct game *g = w->g;
    size_t at = 0, i = 0;

    g->parts = w->engine->scores;
    g->part = arena_new_array(w->a, struct masks_part, g->parts);
    struct masks_wide *wide =
        arena_new_array(w->a, struct masks_wide, g->groups + 1);
    if (g->part == NULL || wide == NULL)
        return arena_error(w->a, e);
    for (size_t s = 0; s < g->parts; s++) {
        struct masks_part *p = &g->part[s];
        p->first = at;
        for (; i < g->groups && g->group[i].score == s &&
               g->group[i].leaves <= WORD_LEAVES;
             i++) {
            g->group[i].words = 1;
            g->group[i].first_word = (uint32_t)at++;
        }
        p->end = at = whole_blocks(at);
        p->wide = wide;
        for (; i < g->groups && g->group[i].score == s; i++) {
            struct group *x = &g->group[i];
            x->words = (x->leaves + WORD_LEAVES - 1) / WORD_LEAVES;
            x->first_word = (uint32_t)at;
            *wide++ = (struct masks_wide){x->first_word, x->words};
            p->wides++;
            at += x->words;
        }
        at = whole_blocks(at);
    }
    g->words = at;
    return ST_OK;
}

static uint64_t full_word(const struct group *g, uint32_t word)
{
    uint32_t left = g->leaves - word * WORD_LEAVES;

    return left >= WORD_LEAVES ? ~(uint64_t)0 : ~(~(uint64_t)0 >> left);
}

static status fill_values(struct walk *w, struct error *e)
{
    struct game *g = w->g;
    size_t leaves = 1, most = 1;

    for (size_t i = 0; i < g->groups; i++) {
        leaves += g->group[i].leaves;
        most = g->group[i].leaves > most ? g->group[i].leaves : most;
    }
    struct ranked *room = arena_new_array(w->a, struct ranked, most);
    g->value = arena_new_array(w->a, double, leaves + WORD_LEAVES);
    g->offset = arena_new_array(w->a, uint64_t, g->words + 1);
    g->full = arena_new_array(w->a, uint64_t, g->words + 1);
    if (room == NULL || g->value == NULL || g->offset == NULL ||
        g->full == NULL)
        return arena_error(w->a, e);
    for (size_t v = 0; v < g->words; v++)
        g->full[v] = (uint64_t)1 << 63; /* words of no group: value[0], 0 */
    leaves = 1;
    for (size_t i = 0; i < g->groups; i++) {
        struct group *x = &g->group[i];
        TRY(sort_leaves(w, x, room, e));
        memcpy(g->value + leaves, x->value, x->leaves * sizeof *g->value);
        for (uint32_t k = 0; k < x->words; k++) {
            g->full[x->first_word + k] = full_word(x, k);
            g->offset[x->first_word + k] = leaves + k * WORD_LEAVES;
        }
        leaves += x->leaves;
    }
    for (size_t s = 0; s < g->parts; s++) {
        g->part[s].value = g->value;
        g->part[s].offset = g->offset;
    }
    return ST_OK;
}

/* --- rows of masks -------------------------------------------------------- */

static size_t levels_of(size_t cells)
{
    size_t n = 1;

    while ((size_t)1 << n <= cells)
        n++;
    return n;
}

static status rows_make(struct walk *w, struct reader *r, struct error *e)
{
    struct game *g = w->g;
    size_t row = g->words, rows = r->cells;

    if (r->kind == READER_SET)
        rows *= levels_of(r->cells);
    r->from = arena_new_array(w->a, uint64_t, rows * row + 1);
    if (r->from == NULL)
        return arena_error(w->a, e);
    if (r->kind == READER_SET)
        return ST_OK;
    r->to = arena_new_array(w->a, uint64_t, rows * row + 1);
    r->missing = r->kind != READER_FORMULA
                     ? NULL
                     : arena_new_array(w->a, uint64_t, row + 1);
    if (r->to == NULL || (r->kind == READER_FORMULA && r->missing == NULL))
        return arena_error(w->a, e);
    /* Groups that do not read it keep all their leaves. */
    memcpy(r->from, g->full, row * sizeof *r->from);
    memcpy(r->to + (rows - 1) * row, g->full, row * sizeof *r->to);
    if (r->missing != NULL)
        memcpy(r->missing, g->full, row * sizeof *r->missing);
    return ST_OK;
}

static void clear_group(const struct game *g, struct reader *r,
                        const struct group *x)
{
    for (uint32_t v = x->first_word; v < x->first_word + x->words; v++) {
        r->from[v] = 0;
        if (r->kind == READER_SET)
            continue;
        r->to[(r->cells - 1) * g->words + v] = 0;
        if (r->missing != NULL)
            r->missing[v] = 0;
    }
}

/* A set's positions are those before candidates are dropped. */
static void set_leaf(const struct walk *w, struct reader *r,
                     const struct reach *y, size_t word, uint64_t bit)
{
    size_t row = w->g->words;

    if (r->kind == READER_SET) {
        size_t count = w->g->space.axis[r->axis].count;
        for (size_t i = 0; i < count; i++) {
            if (w->pool[y->set + i / 64] >> i % 64 & 1)
                r->from[r->cell[i] * row + word] |= bit;
        }
        return;
    }
    if (y->low <= y->high) {
        r->from[y->low * row + word] |= bit;
        r->to[y->high * row + word] |= bit;
    }
    if (r->missing != NULL && y->set != 0)
        r->missing[word] |= bit;
}

static void fill_groups(struct walk *w)
{
    struct game *g = w->g;

    for (size_t i = 0; i < g->groups; i++) {
        const struct group *x = &g->group[i];
        for (uint32_t n = 0; n < x->readers; n++) {
            struct reader *r = &g->reader[x->reader[n]];
            clear_group(g, r, x);
            for (uint32_t k = 0; k < x->leaves; k++)
                set_leaf(w, r, &x->reach[k * x->readers + n],
                         x->first_word + k / WORD_LEAVES,
                         (uint64_t)1 << (63 - k % WORD_LEAVES));
        }
    }
}

static void add_up(const struct game *g, struct reader *r)
{
    size_t row = g->words, n = r->cells;

    if (r->kind == READER_SET) {
        uint64_t *below = r->from;
        for (size_t step = 1; 2 * step <= n; step *= 2) {
            uint64_t *level = below + n * row;
            for (size_t c = 0; c + 2 * step <= n; c++) {
                for (size_t v = 0; v < row; v++)
                    level[c * row + v] =
                        below[c * row + v] | below[(c + step) * row + v];
            }
            below = level;
        }
        return;
    }
    for (size_t c = 1; c < n; c++) {
        uint64_t *restrict up = r->from + c * row;
        uint64_t *restrict down = r->to + (n - 1 - c) * row;
        for (size_t v = 0; v < row; v++) {
            up[v] |= up[v - row];
            down[v] |= down[v + row];
        }
    }
}

/* For sets: groups that do not read the axis keep their leaves in every cell.
 */
static void fill_unread(const struct walk *w, size_t reader, bool *read)
{
    const struct game *g = w->g;
    struct reader *r = &g->reader[reader];

    memset(read, 0, g->words * sizeof *read);
    for (size_t i = 0; i < g->groups; i++) {
        const struct group *x = &g->group[i];
        bool reads = false;
        for (uint32_t n = 0; n < x->readers; n++)
            reads |= x->reader[n] == reader;
        for (uint32_t v = 0; v < x->words; v++)
            read[x->first_word + v] = reads;
    }
    for (size_t c = 0; c < r->cells; c++) {
        for (size_t v = 0; v < g->words; v++) {
            if (!read[v])
                r->from[c * g->words + v] = g->full[v];
        }
    }
}

status fill_masks(struct walk *w, struct error *e)
{
    struct game *g = w->g;

    qsort(g->group, g->groups, sizeof *g->group, by_part);
    TRY(place_groups(w, e));
    TRY(fill_values(w, e));
    bool *read = arena_new_array(w->a, bool, g->words + 1);
    if (read == NULL)
        return arena_error(w->a, e);
    for (size_t i = 0; i < g->readers; i++)
        TRY(rows_make(w, &g->reader[i], e));
    fill_groups(w);
    for (size_t i = 0; i < g->readers; i++) {
        if (g->reader[i].kind == READER_SET)
            fill_unread(w, i, read);
        add_up(g, &g->reader[i]);
    }
    return ST_OK;
}
