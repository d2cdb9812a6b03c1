/* Which kernel takes which leaves, and which trees make a run. Costs are ns a
 * row, measured once (docs/PERFORMANCE.md) and counted here, so that the same
 * model is always laid out the same way. */
#include "shapley/engine_in.h"
#include "shapley/plan.h"

static const double lookup_cost[ENGINE_LOOKUP_BITS + 1] = {
    0.020, 0.020, 0.020, 0.020, 0.020, 0.020, 0.020, 0.06, 0.15,
};
#define STEP_COST 0.03
#define ROUTE_COST 0.22  /* a split */
#define WIDE_COST 2.5    /* a block of gather */
#define LIST_COST 400.0  /* a leaf beyond all tables */
#define BUILD_COST 0.6   /* an entry of a table */

static bool single_column(const struct engine *g, size_t i, uint32_t *column)
{
    const struct tree *t = &g->model->tree[i];
    const uint32_t *of = g->columns.of + g->columns.first_node[i];

    if (t->node[0].feature < 0)
        return false;
    *column = of[0];
    for (uint32_t j = 0; j < t->node_count; j++) {
        if (t->node[j].feature >= 0 && of[j] != *column)
            return false;
    }
    return true;
}

/* Splits above some leaf that no table takes. */
static size_t routed_splits(const struct tree *t, uint32_t at,
                            const uint8_t *taken)
{
    const struct node *n = &t->node[at];

    if (n->feature < 0)
        return 0;
    size_t below = routed_splits(t, (uint32_t)n->left, taken) +
                   routed_splits(t, (uint32_t)n->right, taken);
    bool open = (t->node[n->left].feature < 0 && !taken[n->left]) ||
                (t->node[n->right].feature < 0 && !taken[n->right]);
    return below > 0 || open ? below + 1 : 0;
}

static void mark(const struct tree *t, uint32_t at, uint8_t as, uint8_t *taken)
{
    const struct node *n = &t->node[at];

    taken[at] = as;
    if (n->feature < 0)
        return;
    mark(t, (uint32_t)n->left, as, taken);
    mark(t, (uint32_t)n->right, as, taken);
}

static void mark_block(const struct tree *t, const struct tree_blocks *b,
                       const struct block *k, uint8_t as, uint8_t *taken)
{
    const struct node *n = &t->node[k->node];

    if (blocks_is_leaf(b, (uint32_t)n->left))
        mark(t, (uint32_t)n->left, as, taken);
    if (blocks_is_leaf(b, (uint32_t)n->right))
        mark(t, (uint32_t)n->right, as, taken);
}

void engine_mark_beyond(const struct tree *t, const struct tree_blocks *b,
                        uint8_t *taken)
{
    for (size_t i = 0; i < b->blocks; i++)
        if (b->block[i].step == BLOCK_NONE)
            mark_block(t, b, &b->block[i], 0, taken);
}

/* Leaves of blocks of at most `most` bits are taken by tables. */
void engine_mark_taken(const struct tree *t, const struct tree_blocks *b,
                       size_t most, uint8_t *taken)
{
    memset(taken, 0, t->node_count);
    for (size_t i = 0; i < b->blocks; i++)
        if (b->block[i].step != BLOCK_NONE && b->block[i].bits <= most)
            mark_block(t, b, &b->block[i], 1, taken);
}

static double table_cost(const struct tree_blocks *b)
{
    double sum = STEP_COST * (double)b->steps;

    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        if (k->term == BLOCK_NONE)
            continue;
        sum += !engine_is_wide(b, k)
                   ? lookup_cost[k->bits] * k->players
                   : WIDE_COST;
    }
    return sum;
}

/* Path-dependent: how many bits tables may take of this tree. */
static status choose_bits(struct engine *g, size_t i, struct tree_blocks *b,
                          uint8_t *taken, struct error *e)
{
    const struct tree *t = &g->model->tree[i];
    double best = 0;
    static const uint8_t bits[] = {0, 6, 7, 8};

    for (size_t j = 0; j < sizeof bits; j++) {
        double cost = 0;
        memset(taken, 0, t->node_count);
        if (bits[j] > 0) {
            TRY(blocks_of_tree(g->model, i, &g->columns, g->player, bits[j], b,
                               e));
            engine_mark_taken(t, b, bits[j], taken);
            cost = table_cost(b);
        }
        size_t left = routed_splits(t, 0, taken);
        cost += ROUTE_COST * (double)left;
        if (j == 0 || cost < best) {
            best = cost;
            g->plan[i].most_bits = bits[j];
            g->plan[i].routed = left > 0;
        }
        if (left == 0)
            break;
    }
    return ST_OK;
}

static void count_tables(struct engine *g, const struct tree_blocks *b,
                         size_t *bytes)
{
    struct engine_count *c = &g->count;

    for (size_t i = 0; i < b->blocks; i++) {
        const struct block *k = &b->block[i];
        if (k->term == BLOCK_NONE)
            continue;
        size_t entries = (size_t)k->players << k->bits;
        *bytes += !engine_is_wide(b, k)
                      ? lookup_bytes_of(k->players, k->bits)
                      : sizeof(float) * GATHER_WIDTH << k->bits;
        c->tables += k->players;
        c->build_work += BUILD_COST * (double)entries;
    }
    c->steps += b->steps;
    c->table_work += table_cost(b) * (double)g->games;
}

static size_t leaves_below(const struct tree *t, uint32_t at)
{
    const struct node *n = &t->node[at];

    return n->feature < 0 ? 1
                          : leaves_below(t, (uint32_t)n->left) +
                                leaves_below(t, (uint32_t)n->right);
}

static size_t block_leaves(const struct tree *t, const struct tree_blocks *b,
                           const struct block *k)
{
    const struct node *n = &t->node[k->node];
    size_t sum = 0;

    if (blocks_is_leaf(b, (uint32_t)n->left))
        sum += leaves_below(t, (uint32_t)n->left);
    if (blocks_is_leaf(b, (uint32_t)n->right))
        sum += leaves_below(t, (uint32_t)n->right);
    return sum;
}

static void count_leaves(struct engine *g, size_t i,
                         const struct tree_blocks *b)
{
    const struct tree *t = &g->model->tree[i];
    size_t rest = t->leaf_count; /* leaves that cost nothing stay */

    for (size_t j = 0; j < b->blocks; j++) {
        const struct block *k = &b->block[j];
        enum plan_kernel kernel =
            k->step == BLOCK_NONE
                ? g->interventional ? PLAN_LISTS : PLAN_QUADRATURE
            : k->bits <= 6 && !engine_is_wide(b, k) ? PLAN_REGISTERS
                           : PLAN_TABLES;
        size_t leaves = block_leaves(t, b, k);
        g->count.leaves[kernel] += leaves;
        rest -= leaves;
        if (kernel == PLAN_LISTS)
            g->count.table_work += LIST_COST * (double)g->games;
    }
    g->count.leaves[PLAN_ADDITIVE] += rest;
}

static status plan_tree(struct engine *g, size_t i, struct tree_blocks *b,
                        uint8_t *taken, size_t *bytes, struct error *e)
{
    struct tree_plan *p = &g->plan[i];
    const struct tree *t = &g->model->tree[i];
    uint32_t column;

    *bytes = 0;
    p->additive = single_column(g, i, &column);
    if (p->additive || t->node[0].feature < 0) {
        g->count.leaves[PLAN_ADDITIVE] += t->leaf_count;
        return ST_OK;
    }
    p->most_bits = BLOCK_BITS;
    if (!g->interventional)
        TRY(choose_bits(g, i, b, taken, e));
    if (p->most_bits == 0) {
        memset(taken, 0, t->node_count);
        g->count.leaves[PLAN_QUADRATURE] += t->leaf_count;
    } else {
        TRY(blocks_of_tree(g->model, i, &g->columns, g->player, p->most_bits,
                           b, e));
        engine_mark_taken(t, b, p->most_bits, taken);
        count_leaves(g, i, b);
        count_tables(g, b, bytes);
    }
    if (p->routed) {
        size_t splits = routed_splits(t, 0, taken);
        g->count.routed_splits += splits;
        g->count.table_work += ROUTE_COST * (double)splits;
    }
    return ST_OK;
}

static status plan_trees(struct engine *g, struct tree_blocks *b,
                         uint8_t *taken, struct error *e)
{
    size_t n = g->model->trees;
    struct engine_run *open = NULL;

    for (size_t i = 0; i < n; i++) {
        size_t bytes;
        TRY(plan_tree(g, i, b, taken, &bytes, e));
        if (open == NULL || (open->bytes + bytes > ENGINE_RUN && open->bytes)) {
            open = &g->run[g->runs++];
            open->first = (uint32_t)i;
        }
        open->trees++;
        open->bytes += bytes;
        g->count.table_bytes += bytes * g->games;
    }
    return ST_OK;
}

status engine_layout(struct engine *g, size_t memory, struct error *e)
{
    const struct model *m = g->model;
    struct tree_blocks b = {0};
    uint32_t most = 0;

    for (size_t i = 0; i < m->trees; i++)
        most = m->tree[i].node_count > most ? m->tree[i].node_count : most;
    uint8_t *taken = mem_array((size_t)most + 1, 1);
    g->plan = arena_new_array(g->arena, struct tree_plan, m->trees + 1);
    g->run = arena_new_array(g->arena, struct engine_run, m->trees + 1);
    status s = ST_OK;
    if (taken == NULL)
        s = error_memory(e);
    else if (g->plan == NULL || g->run == NULL)
        s = arena_error(g->arena, e);
    if (s == ST_OK)
        s = plan_trees(g, &b, taken, e);
    blocks_free(&b);
    mem_free(taken);
    g->count.columns = g->columns.count;
    g->count.targets = g->targets * g->games;
    g->count.runs = g->runs;
    g->count.resident = g->count.table_bytes <= memory;
    return s;
}
