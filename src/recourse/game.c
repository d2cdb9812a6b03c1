/* One row's game: each tree is walked once with what the levers can reach, so
 * that most leaves vanish; what is left becomes bit masks. */
#include "recourse/walk.h"

static status walk_trees(struct walk *w, struct tree_leaves *trees,
                         struct leaf *room, struct error *e)
{
    const struct recourse *r = w->r;
    struct game *g = w->g;

    for (size_t i = 0; i < r->trees; i++) {
        const struct model *m = r->p.model;
        uint32_t t = r->tree[i];
        struct tree_leaves *out = &trees[g->trees];
        w->tree = &m->tree[t];
        w->rank = r->rank + r->first_node[t];
        w->scale = r->sign * w->tree->weight * m->combine_scale;
        w->out = out;
        *out = (struct tree_leaves){room, 0};
        TRY(walk_tree(w, e));
        if (out->leaves == 1) {
            g->constant += out->leaf[0].score;
            continue;
        }
        out->leaf = arena_new_array(w->a, struct leaf, out->leaves);
        if (out->leaf == NULL)
            return arena_error(w->a, e);
        memcpy(out->leaf, room, out->leaves * sizeof *room);
        g->trees++;
    }
    TRY(merge_axes(w, trees, g->trees, e));
    return fill_masks(w, trees, e);
}

status game_make(const struct recourse *r, const double *row, struct arena *a,
                 struct game *out, struct error *e)
{
    struct walk w = {.r = r, .row = row, .a = a, .g = out};
    uint32_t largest = 1;

    *out = (struct game){.axes = r->p.levers};
    out->constant = r->sign * r->p.model->base[r->p.output];
    out->axis = arena_new_array(a, struct axis, out->axes + 1);
    struct tree_leaves *trees =
        arena_new_array(a, struct tree_leaves, r->trees + 1);
    if (out->axis == NULL || trees == NULL)
        return arena_error(a, e);
    for (size_t i = 0; i < out->axes; i++)
        TRY(axis_make(r, i, row[r->p.lever[i].quantity], a, &out->axis[i], e));
    for (size_t i = 0; i < r->trees; i++) {
        uint32_t n = r->p.model->tree[r->tree[i]].leaf_count;
        largest = n > largest ? n : largest;
    }
    struct leaf *room = arena_new_array(a, struct leaf, largest);
    if (room == NULL)
        return arena_error(a, e);
    TRY(walk_start(&w, e));
    return walk_trees(&w, trees, room, e);
}
