#include "shapley/late.h"

#include <stdatomic.h>

struct late {
    const struct estimator *estimator;
    const struct model *model;
    size_t games, memory;
    struct arena *arena;
    struct explain_reference *reference; /* NULL: the estimator has none */
    _Atomic(struct game *) game[EXPLAIN_GAMES_MAX];
};

static status copy_references(struct late *l, const struct explain_request *r,
                              struct error *e)
{
    size_t features = r->model->features;

    l->reference =
        arena_new_array(l->arena, struct explain_reference, r->references);
    if (l->reference == NULL)
        return arena_error(l->arena, e);
    for (size_t i = 0; i < r->references; i++) {
        const struct explain_reference *from = &r->reference[i];
        double *rows =
            arena_new_array(l->arena, double, from->count * features + 1);

        l->reference[i].name = arena_string(l->arena, from->name);
        if (rows == NULL || l->reference[i].name == NULL)
            return arena_error(l->arena, e);
        memcpy(rows, from->rows, from->count * features * sizeof *rows);
        l->reference[i].rows = rows;
        l->reference[i].count = from->count;
    }
    return ST_OK;
}

status late_new(const struct explain_request *r, size_t memory,
                struct late **out, struct error *e)
{
    struct late *l = mem_array(1, sizeof *l);

    *out = NULL;
    if (l == NULL)
        return error_memory(e);
    l->estimator = r->estimator;
    l->model = r->model;
    l->games = r->references > 0 ? r->references : 1;
    l->memory = memory;
    l->arena = arena_new(SIZE_MAX / 2);
    status s = l->arena == NULL ? error_memory(e) : ST_OK;
    if (s == ST_OK && r->references > 0)
        s = copy_references(l, r, e);
    if (s != ST_OK) {
        late_free(l);
        return s;
    }
    *out = l;
    return ST_OK;
}

void late_free(struct late *l)
{
    if (l == NULL)
        return;
    for (size_t i = 0; i < l->games; i++)
        game_free(atomic_load(&l->game[i]));
    arena_free(l->arena);
    mem_free(l);
}

status late_game(struct late *l, size_t k, const uint32_t *player,
                 size_t players, const struct game **out, struct error *e)
{
    struct game *made = NULL, *was = atomic_load(&l->game[k]);

    *out = was;
    if (was != NULL)
        return ST_OK;
    TRY(game_new(l->estimator, l->model, player, players,
                 l->reference != NULL ? &l->reference[k] : NULL,
                 l->memory / l->games, NULL, &made, e));
    if (!atomic_compare_exchange_strong(&l->game[k], &was, made)) {
        game_free(made);
        made = was;
    }
    *out = made;
    return ST_OK;
}

const char *late_name(const struct late *l, size_t k)
{
    return l->reference != NULL ? l->reference[k].name : "";
}

size_t late_count(const struct late *l, size_t k)
{
    return l->reference != NULL ? l->reference[k].count : 0;
}

size_t late_bytes(const struct late *l)
{
    return arena_used(l->arena);
}
