#include "shapley/blocks.h"

#include "base/arena.h"

#include <math.h>

/* A player on the path from the root to the present node. */
struct path_slot {
    struct block_slot slot;
    uint16_t fail; /* its bit, where its conditions are joined in one */
};

struct blocks_room {
    const struct model *model;
    const struct tree *tree;
    const struct columns *columns;
    const uint32_t *player;
    uint32_t first;           /* place of the tree's node 0 in flat arrays */
    double scale;
    size_t most;
    bool plain;
    bool *uniform;            /* [nodes]: all leaves below are equal */
    double *value;            /* [nodes]: that leaf's value */
    uint32_t *depth, *end;    /* [nodes]; [blocks]: behind its subtree */
    int32_t *slot_of;         /* [players] */
    struct path_slot *path;   /* [depth] */
    size_t nodes, depths, players, ends;
    size_t step_room, block_room, term_room, slot_room, player_room;
};

/* Where the walk stands. */
struct stand {
    uint32_t step;  /* BLOCK_NONE at the root */
    uint32_t bits;  /* given out */
    uint32_t slots; /* players on the path */
    bool beyond;    /* more bits than there may be */
};

double blocks_left_share(const struct tree *t, const struct node *n)
{
    double left = t->node[n->left].cover, right = t->node[n->right].cover;
    double sum = left + right;

    return sum > 0 ? left / sum : 0.5;
}

bool blocks_is_leaf(const struct tree_blocks *b, uint32_t node)
{
    return b->room->uniform[node];
}

static bool player_below(const struct blocks_room *w, uint32_t at,
                         uint32_t player)
{
    const struct node *n = &w->tree->node[at];

    if (w->uniform[at])
        return false;
    return w->player[n->feature] == player ||
           player_below(w, (uint32_t)n->left, player) ||
           player_below(w, (uint32_t)n->right, player);
}

static status add_step(struct tree_blocks *b, uint32_t parent, uint32_t at,
                       uint16_t bit, bool when_left, struct error *e)
{
    struct blocks_room *w = b->room;
    uint16_t above = parent == BLOCK_NONE ? 0 : b->step[parent].mask;
    bool joined = parent != BLOCK_NONE && b->step[parent].joined;

    TRY(MEM_ROOM(b->step, w->step_room, b->steps + 1, e));
    b->step[b->steps++] = (struct block_step){
        .parent = parent,
        .column = w->columns->of[w->first + at],
        .bit = bit,
        .mask = (uint16_t)(above | bit),
        .limit = w->columns->limit[w->first + at],
        .when_left = when_left,
        .joined = joined || (above & bit) != 0,
    };
    return ST_OK;
}

static status add_term(struct tree_blocks *b, double value, uint32_t slots,
                       struct error *e)
{
    struct blocks_room *w = b->room;
    struct block *k = &b->block[b->blocks - 1];

    if (value == 0 || slots == 0)
        return ST_OK;
    TRY(MEM_ROOM(b->slot, w->slot_room, b->slots + slots, e));
    TRY(MEM_ROOM(b->term, w->term_room, b->terms + 1, e));
    for (uint32_t s = 0; s < slots; s++)
        b->slot[b->slots + s] = w->path[s].slot;
    b->term[b->terms] = (struct block_term){value, slots, (uint32_t)b->slots,
                                            k->term};
    k->term = (uint32_t)b->terms++;
    b->slots += slots;
    return ST_OK;
}

static status add_block(struct tree_blocks *b, uint32_t at, uint32_t step,
                        uint32_t bits, uint32_t slots, struct error *e)
{
    struct blocks_room *w = b->room;

    TRY(MEM_ROOM(b->block, w->block_room, b->blocks + 1, e));
    TRY(MEM_ROOM(w->end, w->ends, b->blocks + 1, e));
    TRY(MEM_ROOM(b->player, w->player_room, b->players + slots, e));
    b->block[b->blocks] = (struct block){
        .node = at,
        .step = step,
        .bits = bits,
        .players = slots,
        .first_player = (uint32_t)b->players,
        .term = BLOCK_NONE,
        .host = (uint32_t)b->blocks,
    };
    for (uint32_t s = 0; s < slots; s++)
        b->player[b->players++] = w->path[s].slot.player;
    b->blocks++;
    w->end[b->blocks - 1] = (uint32_t)b->blocks;
    return ST_OK;
}

static status walk(struct tree_blocks *b, uint32_t at, struct stand in,
                   struct error *e);

/* The slot's condition below one edge. A bit that is the comparison itself
 * joins the others; a bit of failing is all there is. */
static void take_edge(struct path_slot *s, const struct path_slot *was,
                      bool raw, uint16_t bit, bool left, double share)
{
    *s = *was;
    s->slot.share *= left ? share : 1 - share;
    if (raw) {
        s->slot.mask |= bit;
        if (left)
            s->slot.want |= bit;
    } else {
        s->slot.mask = s->fail = bit;
        s->slot.want = 0;
    }
}

struct split_here {
    uint32_t at, slot;
    bool repeat, raw;
    uint16_t bit;
    double share;
    struct path_slot was;
    struct stand below; /* but for its step */
};

static double value_at(const struct tree_blocks *b, int32_t node)
{
    return b->room->value[node] * b->room->scale;
}

/* The block of a split whose comparison is a bit of the index. */
static status raw_block(struct tree_blocks *b, const struct split_here *h,
                        uint32_t step, struct error *e)
{
    struct blocks_room *w = b->room;
    const struct node *n = &w->tree->node[h->at];
    struct path_slot *own = &w->path[h->slot];
    bool left = w->uniform[n->left], right = w->uniform[n->right];
    double first = value_at(b, n->left), second = value_at(b, n->right);

    take_edge(own, &h->was, true, h->bit, true, h->share);
    TRY(add_block(b, h->at, step, h->below.bits, h->below.slots, e));
    b->leaves += (size_t)left + right;
    if (left && right && !h->repeat) {
        TRY(add_term(b, first - second, h->below.slots, e));
        return add_term(b, second, h->below.slots - 1, e);
    }
    if (left)
        TRY(add_term(b, first, h->below.slots, e));
    take_edge(own, &h->was, true, h->bit, false, h->share);
    return right ? add_term(b, second, h->below.slots, e) : ST_OK;
}

static status walk_raw(struct tree_blocks *b, const struct split_here *h,
                       uint32_t parent, struct error *e)
{
    struct blocks_room *w = b->room;
    const struct node *n = &w->tree->node[h->at];
    struct stand in = h->below;
    size_t block = b->blocks;

    TRY(add_step(b, parent, h->at, h->bit, true, e));
    in.step = (uint32_t)b->steps - 1;
    bool some = w->uniform[n->left] || w->uniform[n->right];
    if (some)
        TRY(raw_block(b, h, in.step, e));
    for (int side = 0; side < 2; side++) {
        int32_t child = side == 0 ? n->left : n->right;

        take_edge(&w->path[h->slot], &h->was, true, h->bit, side == 0,
                  h->share);
        if (!w->uniform[child])
            TRY(walk(b, (uint32_t)child, in, e));
    }
    if (some)
        w->end[block] = (uint32_t)b->blocks;
    return ST_OK;
}

/* Each side has its own step, which sets the bit where the side is not taken. */
static status walk_edges(struct tree_blocks *b, const struct split_here *h,
                         uint32_t parent, struct error *e)
{
    struct blocks_room *w = b->room;
    const struct node *n = &w->tree->node[h->at];
    struct stand in = h->below;

    for (int side = 0; side < 2; side++) {
        int32_t child = side == 0 ? n->left : n->right;

        if (w->uniform[child] && w->value[child] == 0) {
            b->leaves++;
            continue;
        }
        TRY(add_step(b, parent, h->at, h->bit, side != 0, e));
        in.step = (uint32_t)b->steps - 1;
        take_edge(&w->path[h->slot], &h->was, false, h->bit, side == 0,
                  h->share);
        if (!w->uniform[child]) {
            TRY(walk(b, (uint32_t)child, in, e));
            continue;
        }
        TRY(add_block(b, h->at, in.step, in.bits, in.slots, e));
        TRY(add_term(b, value_at(b, child), in.slots, e));
        b->leaves++;
    }
    return ST_OK;
}

/* Leaves with more bits than there may be. */
static status walk_beyond(struct tree_blocks *b, const struct split_here *h,
                          struct error *e)
{
    struct blocks_room *w = b->room;
    const struct node *n = &w->tree->node[h->at];
    struct stand in = h->below;

    in.step = BLOCK_NONE;
    in.beyond = true;
    if (w->uniform[n->left] || w->uniform[n->right])
        TRY(add_block(b, h->at, BLOCK_NONE, in.bits, in.slots, e));
    for (int side = 0; side < 2; side++) {
        int32_t child = side == 0 ? n->left : n->right;

        if (!w->uniform[child])
            TRY(walk(b, (uint32_t)child, in, e));
    }
    return ST_OK;
}

static status walk(struct tree_blocks *b, uint32_t at, struct stand in,
                   struct error *e)
{
    struct blocks_room *w = b->room;
    const struct node *n = &w->tree->node[at];
    uint32_t left = (uint32_t)n->left, right = (uint32_t)n->right;
    uint32_t player = w->player[n->feature];
    struct split_here h = {.at = at, .below = in};

    h.repeat = w->slot_of[player] >= 0;
    h.slot = h.repeat ? (uint32_t)w->slot_of[player] : in.slots;
    if (!h.repeat) {
        w->path[h.slot] = (struct path_slot){.slot = {player, 0, 0, 1.0}};
        w->slot_of[player] = (int32_t)in.slots;
        h.below.slots++;
    }
    h.was = w->path[h.slot];
    h.share = blocks_left_share(w->tree, n);
    h.raw = w->plain || (w->uniform[left] && w->uniform[right]) ||
            (!h.repeat && !player_below(w, left, player) &&
             !player_below(w, right, player));
    bool fresh = h.raw || !h.repeat;
    h.below.bits += fresh;
    unsigned bit = 1U << (in.bits < 15 ? in.bits : 15);
    h.bit = fresh ? (uint16_t)bit : h.was.fail;
    status s;
    if (in.beyond || h.below.bits > w->most)
        s = walk_beyond(b, &h, e);
    else if (h.raw)
        s = walk_raw(b, &h, in.step, e);
    else
        s = walk_edges(b, &h, in.step, e);
    w->path[h.slot] = h.was;
    if (!h.repeat)
        w->slot_of[player] = -1;
    return s;
}

/* Does the index of `below` still hold the bits of `above` as they were? */
static bool keeps_index(const struct tree_blocks *b, uint32_t above,
                        uint32_t below)
{
    uint16_t mask = b->step[above].mask;

    for (uint32_t s = below; s != BLOCK_NONE; s = b->step[s].parent) {
        if (s == above)
            return true;
        if ((b->step[s].bit & mask) != 0)
            return false;
    }
    return false;
}

static void move_terms(struct tree_blocks *b, struct block *from,
                       struct block *to)
{
    uint32_t *last = &to->term;

    while (*last != BLOCK_NONE)
        last = &b->term[*last].next;
    *last = from->term;
    from->term = BLOCK_NONE;
    from->host = to->host;
}

/* Blocks whose bits one below has too need no table of their own. */
static void find_hosts(struct tree_blocks *b)
{
    for (size_t i = b->blocks; i-- > 0;) {
        struct block *k = &b->block[i], *best = NULL;

        if (k->step == BLOCK_NONE)
            continue;
        for (size_t j = i + 1; j < b->room->end[i]; j++) {
            struct block *d = &b->block[j];

            if (d->step == BLOCK_NONE || d->host != j ||
                (best != NULL && d->bits >= best->bits) ||
                !keeps_index(b, k->step, d->step))
                continue;
            best = d;
        }
        if (best != NULL)
            move_terms(b, k, best);
    }
}

static status make_room(struct tree_blocks *b, const struct model *m,
                        const struct tree *t, struct error *e)
{
    if (b->room == NULL) {
        b->room = mem_array(1, sizeof *b->room);
        if (b->room == NULL)
            return error_memory(e);
    }
    struct blocks_room *w = b->room;
    size_t nodes = t->node_count, had[3] = {w->nodes, w->nodes, w->nodes};
    TRY(MEM_ROOM(w->uniform, had[0], nodes, e));
    TRY(MEM_ROOM(w->value, had[1], nodes, e));
    TRY(MEM_ROOM(w->depth, had[2], nodes, e));
    w->nodes = had[2];
    TRY(MEM_ROOM(w->path, w->depths, m->max_depth + 1, e));
    return ST_OK;
}

static status slots_of_players(struct blocks_room *w, const struct model *m,
                               const uint32_t *player, struct error *e)
{
    size_t most = 0;

    if (w->slot_of != NULL && w->player == player && w->model == m)
        return ST_OK;
    for (size_t f = 0; f < m->features; f++)
        most = player[f] > most ? player[f] : most;
    TRY(MEM_ROOM(w->slot_of, w->players, most + 1, e));
    for (size_t p = 0; p < w->players; p++)
        w->slot_of[p] = -1;
    return ST_OK;
}

double blocks_shift(const struct tree *t)
{
    double low = INFINITY, high = -INFINITY;

    for (uint32_t i = 0; i < t->node_count; i++) {
        if (t->node[i].feature >= 0)
            continue;
        low = fmin(low, t->node[i].value);
        high = fmax(high, t->node[i].value);
    }
    return low > 0 ? low : high < 0 ? high : 0;
}

/* Equal leaves join; returns the comparisons on the longest path then. */
static uint32_t measure(struct blocks_room *w)
{
    const struct tree *t = w->tree;
    uint32_t deepest = 0;
    double shift = blocks_shift(t);

    for (uint32_t i = t->node_count; i-- > 0;) {
        const struct node *n = &t->node[i];

        w->uniform[i] = true;
        w->value[i] = n->value - shift;
        if (n->feature < 0)
            continue;
        w->uniform[i] = w->uniform[n->left] && w->uniform[n->right] &&
                        w->value[n->left] == w->value[n->right];
        w->value[i] = w->value[n->left];
    }
    w->depth[0] = 0;
    for (uint32_t i = 0; i < t->node_count; i++) {
        const struct node *n = &t->node[i];

        if (w->uniform[i])
            deepest = w->depth[i] > deepest ? w->depth[i] : deepest;
        if (n->feature < 0)
            continue;
        w->depth[n->left] = w->depth[n->right] =
            w->depth[i] + !w->uniform[i];
    }
    return deepest;
}

status blocks_of_tree(const struct model *m, size_t i,
                      const struct columns *c, const uint32_t *player,
                      size_t most_bits, struct tree_blocks *b,
                      struct error *e)
{
    b->steps = b->blocks = b->terms = b->slots = b->players = b->leaves = 0;
    TRY(make_room(b, m, &m->tree[i], e));
    struct blocks_room *w = b->room;
    TRY(slots_of_players(w, m, player, e));
    w->model = m;
    w->tree = &m->tree[i];
    w->columns = c;
    w->player = player;
    w->first = c->first_node[i];
    w->scale = m->tree[i].weight * m->combine_scale;
    w->most = most_bits;
    w->plain = measure(w) <= BLOCK_PLAIN || most_bits <= BLOCK_PLAIN;
    if (w->uniform[0])
        return ST_OK;
    struct stand root = {.step = BLOCK_NONE};
    TRY(walk(b, 0, root, e));
    find_hosts(b);
    return ST_OK;
}

void blocks_free(struct tree_blocks *b)
{
    struct blocks_room *w = b->room;

    mem_free(b->step);
    mem_free(b->block);
    mem_free(b->term);
    mem_free(b->slot);
    mem_free(b->player);
    if (w != NULL) {
        mem_free(w->uniform);
        mem_free(w->value);
        mem_free(w->depth);
        mem_free(w->end);
        mem_free(w->slot_of);
        mem_free(w->path);
    }
    mem_free(w);
    memset(b, 0, sizeof *b);
}
