#include "model/scorecard.h"

#include <string.h>

/* Index of a leaf among the leaves of its tree, in the order of nodes. */
static size_t place_of(const struct tree *t, uint32_t leaf)
{
    size_t n = 0;
    for (uint32_t i = 0; i < leaf; i++)
        n += t->node[i].feature < 0;
    return n;
}

static struct scorecard_reason reason_of(const struct model *m, size_t i,
                                         const double *row)
{
    const struct scorecard *c = m->scorecard;
    const struct tree *t = &m->tree[i];
    uint32_t leaf = tree_leaf(m, t, row);
    const struct scorecard_code *code = &c->code[i][place_of(t, leaf)];
    double partial = leaf_value(m, &t->node[leaf], row) * t->weight *
                     m->combine_scale;
    double loss = c->points == POINTS_ABOVE ? partial - code->baseline
                                            : code->baseline - partial;
    return (struct scorecard_reason){i, code->code, loss, partial};
}

static bool is_met(const struct scorecard_reason *out, size_t n,
                   const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(out[i].code, code) == 0)
            return true;
    return false;
}

/* The largest loss that is smaller than, or stands behind, what was taken. */
static bool next_reason(const struct model *m, const double *row,
                        const struct scorecard_reason *before,
                        struct scorecard_reason *out)
{
    bool some = false;
    for (size_t i = 0; i < m->scorecard->characteristics; i++) {
        struct scorecard_reason r = reason_of(m, i, row);
        bool behind = before == NULL || r.loss < before->loss ||
                      (r.loss <= before->loss &&
                       i > before->characteristic);
        if (r.code == NULL || !behind || (some && r.loss <= out->loss))
            continue;
        *out = r;
        some = true;
    }
    return some;
}

size_t scorecard_reasons(const struct model *m, const double *row,
                         bool lost_only, struct scorecard_reason *out,
                         size_t most)
{
    struct scorecard_reason last, next;
    const struct scorecard_reason *before = NULL;
    size_t n = 0;
    if (m->scorecard == NULL || m->scorecard->code == NULL)
        return 0;
    while (n < most && next_reason(m, row, before, &next)) {
        last = next;
        before = &last;
        if (lost_only && !(next.loss > 0))
            break;
        if (is_met(out, n, next.code))
            continue;
        next.loss = next.loss > 0 ? next.loss : 0;
        out[n++] = next;
    }
    return n;
}
