#include "shapley/margins.h"

/* Children stand side by side; a leaf leads to itself. */
struct margin_node {
    uint32_t child;  /* left; right is the next one */
    uint32_t column; /* column << 8 | limit */
};

struct margin_tree {
    uint32_t first, depth, output;
};

struct margins {
    const struct model *model;
    size_t columns, nodes;
    struct margin_node *node;
    double *value; /* [nodes]: leaves, times the tree's weight */
    struct margin_tree *tree;
};

enum { MARGIN_ROWS = 64 };

static status allocate(struct margins *g, struct error *e)
{
    const struct model *m = g->model;

    for (size_t i = 0; i < m->trees; i++)
        g->nodes += m->tree[i].node_count;
    g->node = mem_array(g->nodes + 1, sizeof *g->node);
    g->value = mem_array(g->nodes + 1, sizeof *g->value);
    g->tree = mem_array(m->trees + 1, sizeof *g->tree);
    return g->node != NULL && g->value != NULL && g->tree != NULL
               ? ST_OK
               : error_memory(e);
}

/* place[old node]: where it stands, relative to the tree's first. */
static void fill_tree(struct margins *g, const struct columns *c, size_t i,
                      uint32_t first, uint32_t *place)
{
    const struct tree *t = &g->model->tree[i];
    uint32_t next = 1;

    g->tree[i] = (struct margin_tree){first, t->depth, t->output};
    place[0] = 0;
    for (uint32_t j = 0; j < t->node_count; j++) {
        const struct node *n = &t->node[j];
        struct margin_node *to = &g->node[first + place[j]];

        if (n->feature < 0) {
            /* limit 0: never left, and right of `child` is itself. */
            to->child = place[j] - 1;
            to->column = 0;
            g->value[first + place[j]] = t->weight * n->value;
            continue;
        }
        to->child = next;
        to->column = c->of[c->first_node[i] + j] << 8 |
                     c->limit[c->first_node[i] + j];
        place[n->left] = next++;
        place[n->right] = next++;
    }
}

status margins_new(const struct model *m, const struct columns *c,
                   struct margins **out, struct error *e)
{
    struct margins *g = mem_array(1, sizeof *g);
    uint32_t most = 0, first = 0;

    *out = NULL;
    if (g == NULL)
        return error_memory(e);
    g->model = m;
    g->columns = c->count;
    for (size_t i = 0; i < m->trees; i++)
        most = m->tree[i].node_count > most ? m->tree[i].node_count : most;
    uint32_t *place = mem_array((size_t)most + 1, sizeof *place);
    status s = place != NULL ? allocate(g, e) : error_memory(e);
    if (s == ST_OK && c->count >= (size_t)1 << 24)
        s = error_set(e, ST_LIMIT, "%zu byte columns, at most %d can be read",
                      c->count, 1 << 24);
    if (s != ST_OK) {
        mem_free(place);
        margins_free(g);
        return s;
    }
    for (size_t i = 0; i < m->trees; i++) {
        fill_tree(g, c, i, first, place);
        first += m->tree[i].node_count;
    }
    mem_free(place);
    *out = g;
    return ST_OK;
}

void margins_free(struct margins *m)
{
    if (m == NULL)
        return;
    mem_free(m->node);
    mem_free(m->value);
    mem_free(m->tree);
    mem_free(m);
}

size_t margins_bytes(const struct margins *m)
{
    return m->nodes * (sizeof *m->node + sizeof *m->value);
}

size_t margins_room(const struct margins *m)
{
    return MARGIN_ROWS * (m->columns + 1);
}

static void run_tree(const struct margins *m, const struct margin_tree *t,
                     const uint8_t *bytes, size_t rows, double *margin,
                     size_t pitch)
{
    const struct margin_node *node = m->node + t->first;
    const double *value = m->value + t->first;
    uint32_t at[MARGIN_ROWS] = {0};

    for (uint32_t d = 0; d < t->depth; d++) {
        for (size_t r = 0; r < rows; r++) {
            struct margin_node n = node[at[r]];
            uint8_t b = bytes[r * m->columns + (n.column >> 8)];
            at[r] = n.child + (b >= (uint8_t)n.column);
        }
    }
    for (size_t r = 0; r < rows; r++)
        margin[r * pitch + t->output] += value[at[r]];
}

void margins_run(const struct margins *m, const uint8_t *tile, size_t stride,
                 size_t n, void *room, double *margin, size_t pitch)
{
    const struct model *model = m->model;
    uint8_t *bytes = room;

    for (size_t from = 0; from < n; from += MARGIN_ROWS) {
        size_t rows = n - from < MARGIN_ROWS ? n - from : MARGIN_ROWS;
        double *out = margin + from * pitch;

        for (size_t c = 0; c < m->columns; c++) {
            for (size_t r = 0; r < rows; r++)
                bytes[r * m->columns + c] = tile[c * stride + from + r];
        }
        for (size_t r = 0; r < rows; r++)
            memset(out + r * pitch, 0, model->outputs * sizeof *out);
        for (size_t i = 0; i < model->trees; i++)
            run_tree(m, &m->tree[i], bytes, rows, out, pitch);
        for (size_t r = 0; r < rows; r++) {
            for (size_t o = 0; o < model->outputs; o++) {
                double *x = &out[r * pitch + o];
                *x = model->base[o] + model->combine_scale * *x;
            }
        }
    }
}
