/* One row's game: space, walk, groups, masks. */
#include "recourse/relax.h"
#include "recourse/walk.h"

static void limits_make(struct game *g, const struct engine *n)
{
    for (size_t s = 0; s < g->parts; s++) {
        double spread = 0;
        for (size_t i = 0; i < g->groups; i++) {
            const struct group *k = &g->group[i];
            if (k->score == s)
                spread += k->value[k->leaves - 1] - k->value[0];
        }
        g->limit[s] = n->score[s].cut + n->score[s].room;
        g->weight[s] = spread > 0 ? 1 / spread : 1;
    }
}

status game_make(const struct recourse *r, struct arena *a, struct game *out,
                 struct error *e)
{
    struct walk w = {.r = r, .engine = r->engine, .a = a, .g = out};

    *out = (struct game){.space = out->space, .parts = r->engine->scores};
    if (r->engine->relaxed)
        return relax_make(r, a, out, e);
    TRY(routes_make(&w, e));
    TRY(walk_trees(&w, e));
    TRY(merge_groups(&w, e));
    TRY(cells_number(&w, e));
    TRY(fill_masks(&w, e));
    TRY(cells_drop(&w, e));
    out->limit = arena_new_array(a, double, out->parts);
    out->weight = arena_new_array(a, double, out->parts);
    if (out->limit == NULL || out->weight == NULL)
        return arena_error(a, e);
    limits_make(out, r->engine);
    return ST_OK;
}
