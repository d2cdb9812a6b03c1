#include "model/monotone.h"

#include "base/arena.h"
#include "base/num.h"
#include "base/text.h"

#include <math.h>

/* Trees with more leaves than this are not looked at: pairs are compared. */
enum { LEAVES_MAX = 1024 };

bool monotone_declared(const struct model *m, int *direction)
{
    const char *at = NULL;
    size_t count = 0;
    for (size_t i = 0; i < m->parameters; i++)
        if (text_equal(m->parameter_name[i], "monotone_constraints"))
            at = m->parameter_value[i];
    while (at != NULL && *at != '\0') {
        at += strspn(at, "(), ");
        size_t n = strcspn(at, "(), ");
        long long value = 0;
        if (n == 0)
            break;
        if (count == m->features || !num_parse_int(at, n, &value) ||
            value < -1 || value > 1)
            return false;
        direction[count++] = (int)value;
        at += n;
    }
    return count > 0 && count == m->features;
}

/* The way from the root to a leaf, as one step a split. */
struct way {
    int32_t step[514]; /* nodes; a step left is its number, right is ~number */
    size_t steps;
    double value;
};

struct span {
    double low, high;
};

static struct span span_of(const struct model *m, const struct tree *t,
                           const struct way *w, int32_t feature)
{
    struct span s = {-(double)INFINITY, (double)INFINITY};
    for (size_t i = 0; i < w->steps; i++) {
        bool left = w->step[i] >= 0;
        const struct node *n = &t->node[left ? w->step[i] : ~w->step[i]];
        if (n->feature != feature || n->categorical)
            continue;
        if (left)
            s.high = fmin(s.high, n->threshold);
        else
            s.low = fmax(s.low, n->threshold);
    }
    (void)m;
    return s;
}

/* Could one row, but for `feature`, reach both leaves? Categories and missing
 * values are not followed: a doubt is a no. */
static bool meet(const struct model *m, const struct tree *t,
                 const struct way *a, const struct way *b, int32_t feature)
{
    for (int side = 0; side < 2; side++) {
        const struct way *w = side == 0 ? a : b;
        for (size_t i = 0; i < w->steps; i++) {
            bool left = w->step[i] >= 0;
            const struct node *n = &t->node[left ? w->step[i] : ~w->step[i]];
            if (n->categorical || n->missing == MISSING_ZERO)
                return false;
            if (n->feature == feature)
                continue;
            struct span x = span_of(m, t, a, n->feature);
            struct span y = span_of(m, t, b, n->feature);
            if (!(fmax(x.low, y.low) < fmin(x.high, y.high)))
                return false;
        }
    }
    return true;
}

static size_t ways_of(const struct tree *t, struct way *way)
{
    struct way open = {.steps = 0};
    size_t leaves = 0;
    for (int32_t at = 0;;) {
        const struct node *n = &t->node[at];
        if (n->feature >= 0) {
            open.step[open.steps++] = at;
            at = n->left;
            continue;
        }
        way[leaves] = open;
        way[leaves++].value = n->value * t->weight;
        while (open.steps > 0 && open.step[open.steps - 1] < 0)
            open.steps--;
        if (open.steps == 0)
            return leaves;
        int32_t up = open.step[open.steps - 1];
        open.step[open.steps - 1] = ~up;
        at = t->node[up].right;
    }
}

static bool tree_turns(const struct model *m, const struct tree *t,
                       struct way *way, int32_t feature, int direction,
                       double *by)
{
    size_t leaves = ways_of(t, way);
    for (size_t i = 0; i < leaves; i++)
        for (size_t j = 0; j < leaves; j++) {
            struct span a = span_of(m, t, &way[i], feature);
            struct span b = span_of(m, t, &way[j], feature);
            double rise = (way[j].value - way[i].value) * direction;
            if (!(a.high <= b.low) || !(a.low < a.high) || !(b.low < b.high) ||
                rise >= 0.0 || !meet(m, t, &way[i], &way[j], feature))
                continue;
            *by = -rise;
            return true;
        }
    return false;
}

bool monotone_broken(const struct model *m, size_t feature, int direction,
                     long *tree, double *by)
{
    struct way *way = mem_array(LEAVES_MAX, sizeof *way);
    bool broken = false;
    for (size_t i = 0; way != NULL && !broken && i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        if (t->linear || t->leaf_count > LEAVES_MAX || t->depth > 512)
            continue;
        broken = tree_turns(m, t, way, (int32_t)feature, direction, by);
        *tree = (long)i;
    }
    mem_free(way);
    return broken;
}
