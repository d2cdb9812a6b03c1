/* Trees that read the same levers are multiplied out: their joint leaves are
 * the intersections of their reaches, so that the bound inside a group is
 * exact. */
#include "recourse/walk.h"

enum { TRIES = 8 };

/* A group's reaches by reader, for masks_meet. */
struct rows {
    size_t row;           /* entries of a reader; 0: not made yet */
    uint16_t *low, *high; /* [readers][row] */
};

/* Two groups side by side. */
struct pair {
    const struct group *a, *b;
    const struct rows *rows_a, *rows_b;
    uint32_t readers;
    uint16_t *reader;     /* of both, ascending */
    int16_t *in_a, *in_b; /* place in each; −1 */
    uint32_t sides;       /* shared readers of plain intervals */
    struct masks_sides *side;
    uint32_t others; /* shared readers of another kind */
    uint16_t *other_a, *other_b;
    uint64_t bits[WORD_LEAVES]; /* leaves of b that meet each of a */
};

static bool sets_meet(const struct walk *w, const struct reach *x,
                      const struct reach *y, size_t words)
{
    const uint64_t *p = w->pool + x->set, *q = w->pool + y->set;

    for (size_t i = 0; i < words; i++) {
        if ((p[i] & q[i]) != 0)
            return true;
    }
    return false;
}

static bool is_plain(const struct walk *w, size_t reader)
{
    enum reader_kind kind = w->g->reader[reader].kind;

    return kind == READER_INTERVAL ||
           (kind == READER_FORMULA && w->start[reader].set == 0);
}

/* Readers that are not plain. */
static bool meet(const struct walk *w, size_t reader, const struct reach *x,
                 const struct reach *y)
{
    uint16_t low = x->low > y->low ? x->low : y->low;
    uint16_t high = x->high < y->high ? x->high : y->high;

    if (w->g->reader[reader].kind == READER_SET)
        return sets_meet(w, x, y, w->set_words[reader]);
    return low <= high || (x->set != 0 && y->set != 0);
}

static status rows_make(struct walk *w, const struct group *g, struct rows *out,
                        struct error *e)
{
    size_t n = g->readers;

    if (out->row != 0)
        return ST_OK;
    out->row = g->leaves <= MASKS_ROW ? MASKS_ROW : WORD_LEAVES;
    out->low = arena_new_array(w->a, uint16_t, 2 * n * out->row);
    if (out->low == NULL)
        return arena_error(w->a, e);
    out->high = out->low + n * out->row;
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < out->row; i++)
            out->low[r * out->row + i] = UINT16_MAX;
        for (size_t i = 0; i < g->leaves; i++) {
            out->low[r * out->row + i] = g->reach[i * n + r].low;
            out->high[r * out->row + i] = g->reach[i * n + r].high;
        }
    }
    return ST_OK;
}

static void share(const struct walk *w, struct pair *p, uint32_t i, uint32_t k)
{
    const struct rows *x = p->rows_a, *y = p->rows_b;

    if (is_plain(w, p->a->reader[i])) {
        p->side[p->sides++] =
            (struct masks_sides){x->low + i * x->row, x->high + i * x->row,
                                 y->low + k * y->row, y->high + k * y->row};
        return;
    }
    p->other_a[p->others] = (uint16_t)i;
    p->other_b[p->others++] = (uint16_t)k;
}

static void pair_up(const struct walk *w, struct pair *p, const struct group *a,
                    const struct group *b)
{
    uint32_t i = 0, k = 0;

    p->a = a;
    p->b = b;
    p->readers = p->sides = p->others = 0;
    while (i < a->readers || k < b->readers) {
        uint32_t n = p->readers++;
        bool take_a =
            k == b->readers || (i < a->readers && a->reader[i] <= b->reader[k]);
        bool take_b =
            i == a->readers || (k < b->readers && b->reader[k] <= a->reader[i]);
        p->reader[n] = take_a ? a->reader[i] : b->reader[k];
        if (take_a && take_b)
            share(w, p, i, k);
        p->in_a[n] = take_a ? (int16_t)i++ : -1;
        p->in_b[n] = take_b ? (int16_t)k++ : -1;
    }
}

static uint64_t meet_others(const struct walk *w, const struct pair *p,
                            size_t i)
{
    const struct reach *x = p->a->reach + i * p->a->readers;
    uint64_t kept = 0;

    for (uint64_t m = p->bits[i]; m != 0; m &= m - 1) {
        size_t k = (size_t)__builtin_ctzll(m);
        const struct reach *y = p->b->reach + k * p->b->readers;
        bool in = true;
        for (uint32_t s = 0; s < p->others && in; s++)
            in = meet(w, p->a->reader[p->other_a[s]], &x[p->other_a[s]],
                      &y[p->other_b[s]]);
        kept |= (uint64_t)in << k;
    }
    return kept;
}

/* Joint leaves, as long as a word holds them. */
static size_t joint_leaves(const struct walk *w, struct pair *p)
{
    uint64_t full = ~(uint64_t)0 >> (WORD_LEAVES - p->b->leaves);
    size_t n = masks_meet(p->side, p->sides, p->a->leaves, p->rows_b->row, full,
                          p->others > 0 ? SIZE_MAX : WORD_LEAVES, p->bits);

    if (p->others == 0)
        return n;
    n = 0;
    for (size_t i = 0; i < p->a->leaves && n <= WORD_LEAVES; i++) {
        p->bits[i] = meet_others(w, p, i);
        n += (size_t)__builtin_popcountll(p->bits[i]);
    }
    return n;
}

static status intersect(struct walk *w, size_t reader, const struct reach *x,
                        const struct reach *y, struct reach *out,
                        struct error *e)
{
    out->low = x->low > y->low ? x->low : y->low;
    out->high = x->high < y->high ? x->high : y->high;
    out->set = x->set != 0 && y->set != 0;
    if (w->g->reader[reader].kind != READER_SET)
        return ST_OK;
    size_t words = w->set_words[reader];
    uint32_t from = x->set, with = y->set;
    TRY(set_new(w, words, &out->set, e));
    for (size_t i = 0; i < words; i++)
        w->pool[out->set + i] = w->pool[from + i] & w->pool[with + i];
    return ST_OK;
}

static status joint_leaf(struct walk *w, const struct pair *p, size_t i,
                         size_t k, struct group *out, struct error *e)
{
    const struct reach *x = p->a->reach + i * p->a->readers;
    const struct reach *y = p->b->reach + k * p->b->readers;
    struct reach *to = out->reach + (size_t)out->leaves * out->readers;

    out->value[out->leaves++] = p->a->value[i] + p->b->value[k];
    for (uint32_t n = 0; n < p->readers; n++) {
        if (p->in_a[n] >= 0 && p->in_b[n] >= 0)
            TRY(intersect(w, p->reader[n], &x[p->in_a[n]], &y[p->in_b[n]],
                          &to[n], e));
        else
            to[n] = p->in_a[n] >= 0 ? x[p->in_a[n]] : y[p->in_b[n]];
    }
    return ST_OK;
}

static status multiply(struct walk *w, const struct pair *p, size_t leaves,
                       struct group *out, struct error *e)
{
    struct group g = {.score = p->a->score,
                      .readers = p->readers,
                      .mask = p->a->mask | p->b->mask,
                      .trees = p->a->trees + p->b->trees};

    g.tree = arena_new_array(w->a, uint32_t, g.trees);
    g.reader = arena_new_array(w->a, uint16_t, g.readers);
    g.value = arena_new_array(w->a, double, leaves);
    g.reach = arena_new_array(w->a, struct reach, leaves * g.readers);
    if (g.tree == NULL || g.reader == NULL || g.value == NULL ||
        g.reach == NULL)
        return arena_error(w->a, e);
    memcpy(g.tree, p->a->tree, p->a->trees * sizeof *g.tree);
    memcpy(g.tree + p->a->trees, p->b->tree, p->b->trees * sizeof *g.tree);
    memcpy(g.reader, p->reader, g.readers * sizeof *g.reader);
    for (size_t i = 0; i < p->a->leaves; i++) {
        for (uint64_t m = p->bits[i]; m != 0; m &= m - 1)
            TRY(joint_leaf(w, p, i, (size_t)__builtin_ctzll(m), &g, e));
    }
    *out = g;
    return ST_OK;
}

/* --- which with which ----------------------------------------------------- */

enum pass { PASS_SUBSET, PASS_ONE_MORE, PASS_SMALL, PASSES };

static bool worth_a_try(const struct group *a, const struct group *b,
                        enum pass pass)
{
    uint64_t extra_a = a->mask & ~b->mask, extra_b = b->mask & ~a->mask;

    if (a->score != b->score || a->leaves > WORD_LEAVES ||
        b->leaves > WORD_LEAVES)
        return false;
    if (pass == PASS_SUBSET)
        return extra_a == 0 || extra_b == 0;
    if (pass == PASS_ONE_MORE)
        return (extra_a & (extra_a - 1)) == 0 || (extra_b & (extra_b - 1)) == 0;
    return (size_t)a->leaves * b->leaves <= WORD_LEAVES;
}

/* Multiplies group i into one of those after it, when there is one. */
static status place(struct walk *w, struct pair *p, struct rows *rows, size_t i,
                    enum pass pass, struct error *e)
{
    struct group *list = w->g->group;
    int tries = 0;

    for (size_t k = i + 1; k < w->g->groups && tries < TRIES; k++) {
        if (list[k].leaves == 0 || !worth_a_try(&list[i], &list[k], pass))
            continue;
        tries++;
        TRY(rows_make(w, &list[i], &rows[i], e));
        TRY(rows_make(w, &list[k], &rows[k], e));
        p->rows_a = &rows[i];
        p->rows_b = &rows[k];
        pair_up(w, p, &list[i], &list[k]);
        size_t joint = joint_leaves(w, p);
        if (joint > WORD_LEAVES)
            continue;
        TRY(multiply(w, p, joint, &list[k], e));
        rows[k].row = 0;
        list[i].leaves = 0; /* gone */
        return ST_OK;
    }
    return ST_OK;
}

static int by_leaves(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? -1 : 1;
    if (x->leaves != y->leaves)
        return x->leaves < y->leaves ? -1 : 1;
    return (x->tree[0] > y->tree[0]) - (x->tree[0] < y->tree[0]);
}

static status pair_room(struct walk *w, struct pair *p, struct error *e)
{
    size_t room = w->g->readers + 1;

    p->reader = arena_new_array(w->a, uint16_t, 3 * room);
    p->in_a = arena_new_array(w->a, int16_t, 2 * room);
    p->side = arena_new_array(w->a, struct masks_sides, room);
    if (p->reader == NULL || p->in_a == NULL || p->side == NULL)
        return arena_error(w->a, e);
    p->other_a = p->reader + room;
    p->other_b = p->other_a + room;
    p->in_b = p->in_a + room;
    return ST_OK;
}

status merge_groups(struct walk *w, struct error *e)
{
    struct game *g = w->g;
    struct pair p = {0};
    struct rows *rows = arena_new_array(w->a, struct rows, g->groups + 1);

    if (rows == NULL)
        return arena_error(w->a, e);
    TRY(pair_room(w, &p, e));
    for (enum pass pass = PASS_SUBSET; pass < PASSES; pass++) {
        size_t kept = 0;
        qsort(g->group, g->groups, sizeof *g->group, by_leaves);
        memset(rows, 0, g->groups * sizeof *rows);
        for (size_t i = 0; i < g->groups; i++)
            TRY(place(w, &p, rows, i, pass, e));
        for (size_t i = 0; i < g->groups; i++) {
            if (g->group[i].leaves > 0)
                g->group[kept++] = g->group[i];
        }
        g->groups = kept;
    }
    return ST_OK;
}
