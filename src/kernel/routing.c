#include "kernel/routing_builder.h"

#include "kernel/quadrature.h"

#include <float.h>
#include <string.h>

enum { CHUNK_BYTES = 384 * 1024 };

void *grown_add(struct grown *g, size_t count, size_t size)
{
    if (count > g->room - g->count) {
        size_t room = 2 * g->room + count + 64;
        void *data = mem_grow(g->data, g->room * size, room * size, 1);

        if (data == NULL)
            return NULL;
        g->data = data;
        g->room = room;
    }
    void *made = (char *)g->data + g->count * size;
    memset(made, 0, count * size);
    g->count += count;
    return made;
}

struct routing_builder *routing_builder_new(size_t columns, size_t players,
                                            size_t outputs, size_t most_nodes)
{
    struct routing_builder *b = mem_array(1, sizeof *b);

    if (b == NULL)
        return NULL;
    b->cap = most_nodes < ROUTING_NODES_MAX ? most_nodes : ROUTING_NODES_MAX;
    b->deep_cap = b->cap;
    if (most_nodes == 0) {
        b->cap = ROUTING_NODES;
        b->deep_cap = ROUTING_NODES + 1;
    }
    b->columns = columns;
    b->players = players;
    b->outputs = outputs;
    b->p = mem_array(1, sizeof *b->p);
    b->local = mem_array(players * outputs + 1, sizeof *b->local);
    b->rounding = mem_array(outputs + 1, sizeof *b->rounding);
    b->truncation = mem_array(players * outputs + 1, sizeof *b->truncation);
    if (b->p == NULL || b->local == NULL || b->rounding == NULL ||
        b->truncation == NULL) {
        routing_builder_free(b);
        return NULL;
    }
    b->p->columns = columns;
    b->p->targets = players * outputs;
    return b;
}

void routing_builder_free(struct routing_builder *b)
{
    if (b == NULL)
        return;
    mem_free(b->byte.data);
    mem_free(b->code.data);
    mem_free(b->chunk.data);
    mem_free(b->target.data);
    mem_free(b->range.data);
    mem_free(b->local);
    mem_free(b->rounding);
    mem_free(b->truncation);
    routing_free(b->p);
    mem_free(b);
}

static status need_rule(struct routing_builder *b, size_t nodes,
                        struct error *e)
{
    double weight[ROUTING_NODES_MAX];

    if (b->has_rule[nodes])
        return ST_OK;
    TRY(quadrature_legendre(nodes, b->t[nodes], weight, e));
    for (size_t q = 0; q < nodes; q++) {
        b->rule[nodes].t[q] = (float)b->t[nodes][q];
        b->rule[nodes].weight[q] = (float)weight[q];
    }
    b->has_rule[nodes] = true;
    return ST_OK;
}

static void close_chunk(struct routing_builder *b)
{
    const struct routing_chunk *c = b->chunk.data;
    const uint32_t *target = b->target.data;

    if (b->chunk.count == 0)
        return;
    c += b->chunk.count - 1;
    for (size_t i = 0; i < c->targets; i++)
        b->local[target[c->target + i]] = 0;
    if (b->p->chunk_targets < c->targets)
        b->p->chunk_targets = c->targets;
}

/* A chunk ends when it has its trees or would no longer stay in cache. */
static status open_chunk(struct routing_builder *b, struct error *e)
{
    struct routing_chunk *c = b->chunk.data;
    size_t trees = b->code.count;

    if (b->chunk.count > 0) {
        c += b->chunk.count - 1;
        const struct routing_code *code = b->code.data;
        if (trees - c->tree < ROUTING_CHUNK_TREES &&
            b->byte.count - code[c->tree].first < CHUNK_BYTES)
            return ST_OK;
        close_chunk(b);
    }
    c = grown_add(&b->chunk, 1, sizeof *c);
    if (c == NULL)
        return error_memory(e);
    c->tree = trees;
    c->target = b->target.count;
    return ST_OK;
}

/* How far apart the leaves of one tree are. */
static double spread(const struct routing_node *node, size_t count)
{
    double low = DBL_MAX, high = -DBL_MAX;

    for (size_t i = 0; i < count; i++) {
        if (node[i].left >= 0)
            continue;
        low = node[i].value < low ? node[i].value : low;
        high = node[i].value > high ? node[i].value : high;
    }
    return high > low ? high - low : 0;
}

static status add_tree(struct routing_work *w, struct error *e)
{
    struct routing_builder *b = w->b;

    TRY(routing_shape(w, e));
    if (w->live[0].shape == SHAPE_LEAF)
        return ST_OK;
    size_t exact = (w->deepest + 1) / 2;
    size_t cap = w->deepest > ROUTING_DEEP ? b->deep_cap : b->cap;
    size_t nodes = exact < cap ? exact : cap;
    w->nodes = (uint32_t)nodes;
    TRY(need_rule(b, nodes, e));
    TRY(open_chunk(b, e));
    TRY(routing_emit(w, e));
    struct routing_chunk *c = b->chunk.data;
    c[b->chunk.count - 1].trees++;
    if (nodes < exact)
        TRY(routing_miss(w, b->truncation, e));
    if (b->p->most_nodes < nodes)
        b->p->most_nodes = nodes;
    for (size_t i = 0; i < w->count; i++)
        b->p->splits += w->live[i].shape != SHAPE_LEAF;
    b->rounding[w->output] += ROUTING_ROUNDING * spread(w->node, w->count);
    if (b->byte.count > INT32_MAX || b->range.count > INT32_MAX)
        return error_set(e, ST_LIMIT,
                         "the program of these trees is beyond 2 GiB");
    return ST_OK;
}

status routing_tree(struct routing_builder *b, const struct routing_node *node,
                    size_t count, uint32_t output, struct error *e)
{
    struct routing_work w = {.b = b, .node = node, .count = count};

    if (count == 0 || output >= b->outputs || count > INT32_MAX)
        return error_bug(e, "a tree outside the contract of routing.h");
    w.output = output;
    w.live = mem_array(count, sizeof *w.live);
    w.queue = mem_array(count, sizeof *w.queue);
    status s = w.live == NULL || w.queue == NULL ? error_memory(e)
                                                 : add_tree(&w, e);
    mem_free(w.live);
    mem_free(w.queue);
    return s;
}

/* The array passes to the program. */
static void *taken(struct grown *g)
{
    void *data = g->data;
    *g = (struct grown){NULL, 0, 0};
    return data;
}

status routing_finish(struct routing_builder *b, struct routing **out,
                      struct error *e)
{
    struct routing *p = b->p;

    *out = NULL;
    if (p == NULL)
        return error_bug(e, "a builder is finished once");
    close_chunk(b);
    p->rule = mem_array(ROUTING_NODES_MAX + 1, sizeof *p->rule);
    if (p->rule == NULL)
        return error_memory(e);
    memcpy(p->rule, b->rule, sizeof b->rule);
    for (size_t i = 0; i < p->targets; i++)
        p->truncation = b->truncation[i] > p->truncation ? b->truncation[i]
                                                         : p->truncation;
    for (size_t i = 0; i < b->outputs; i++)
        p->rounding = b->rounding[i] > p->rounding ? b->rounding[i]
                                                   : p->rounding;
    p->trees = b->code.count;
    p->chunks = b->chunk.count;
    p->memory = sizeof *p + b->byte.room +
                b->code.room * sizeof(struct routing_code) +
                b->target.room * sizeof(uint32_t) +
                b->range.room * sizeof(struct routing_range);
    p->code = taken(&b->code);
    p->chunk = taken(&b->chunk);
    p->target = taken(&b->target);
    p->range = taken(&b->range);
    p->byte = taken(&b->byte);
    b->p = NULL;
    *out = p;
    return ST_OK;
}

void routing_free(struct routing *p)
{
    if (p == NULL)
        return;
    mem_free(p->rule);
    mem_free(p->code);
    mem_free(p->chunk);
    mem_free(p->target);
    mem_free(p->range);
    mem_free(p->byte);
    mem_free(p);
}

size_t routing_targets(const struct routing *p)
{
    return p->targets;
}

size_t routing_trees(const struct routing *p)
{
    return p->trees;
}

size_t routing_splits(const struct routing *p)
{
    return p->splits;
}

size_t routing_bytes(const struct routing *p)
{
    return p->memory;
}

size_t routing_most_nodes(const struct routing *p)
{
    return p->most_nodes;
}

double routing_truncation(const struct routing *p)
{
    return p->truncation;
}

double routing_bound(const struct routing *p)
{
    return p->truncation + p->rounding;
}
