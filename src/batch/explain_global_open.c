/* Opening and closing the pass that adds all rows up: group columns that the
 * table has, players, a hand for each thread. */
#include "batch/explain_global.h"

#include "base/text.h"

#include <string.h>

#define GLOBAL_ARENA ((size_t)1 << 30)

/* --- what the table has ------------------------------------------------------ */

static bool has_column(const struct table_look *look, const char *name)
{
    size_t n;
    long long rows;
    const struct column_look *c = table_look_columns(look, &n, &rows);
    for (size_t i = 0; i < n; i++)
        if (strcmp(c[i].name, name) == 0)
            return true;
    return false;
}

static status find_columns(struct globaling *g, struct error *e)
{
    const struct session *s = g->x->s;
    struct table_spec spec = s->project->decisions.spec;
    if (s->request->data != NULL)
        spec.location = s->request->data;
    if (s->request->data != NULL)
        spec.format = TABLE_BY_NAME;
    /* what comes through a pipe cannot be looked at twice */
    if (s->project->groups == 0 || spec.location == NULL ||
        strcmp(spec.location, "-") == 0)
        return ST_OK;
    struct table_look *look;
    TRY(table_look(&spec, 1, &look, e));
    for (size_t i = 0; i < s->project->groups; i++) {
        const struct group_column *c = &s->project->group[i];
        if (g->columns == GLOBAL_COLUMNS || !has_column(look, c->column))
            continue;
        struct global_column *own = &g->column[g->columns++];
        own->column = c;
        own->codes = c->cut_count > 0 ? c->cut_count + 1 : GLOBAL_WORDS;
        own->word = names_new();
    }
    table_look_free(look);
    return ST_OK;
}

/* Several inputs as one player have no value to set the contribution against. */
static status make_players(struct globaling *g, struct error *e)
{
    const struct explaining *x = g->x;
    const struct model *m = x->s->model;
    const struct explain_reference *r = &x->set.reference[0];
    bool rows = x->set.games > 0;
    struct global_player *of_input;
    TRY(portfolio_players(m, rows ? r->rows : NULL, rows ? r->count : 0,
                          g->arena, &of_input, e));
    g->player = arena_new_array(g->arena, struct global_player, x->players + 1);
    size_t *parts = arena_new_array(g->arena, size_t, x->players + 1);
    if (g->player == NULL || parts == NULL)
        return arena_error(g->arena, e);
    for (size_t f = 0; f < m->features; f++) {
        size_t p = x->set.players.of != NULL ? x->set.players.of[f] : f;
        g->player[p] = of_input[f];
        if (parts[p]++ > 0)
            g->player[p] = (struct global_player){.kind = GLOBAL_NONE};
    }
    return ST_OK;
}

static status open_hand(const struct globaling *g, struct global_hand *h,
                        struct error *e)
{
    const struct explaining *x = g->x;
    size_t output = x->s->project->model.output, n = x->task_rows;
    struct global_spec spec = {.players = x->players,
                               .player = g->player,
                               .columns = g->columns,
                               .pairs = x->pairs};
    const struct explain_reference *r = &x->set.reference[0];
    spec.largest = model_reach(x->s->model, output,
                               x->set.games > 0 ? r->rows : NULL,
                               x->set.games > 0 ? r->count : 0);
    for (size_t c = 0; c < g->columns; c++)
        spec.codes[c] = g->column[c].codes;
    for (size_t k = 0; k < x->games; k++)
        TRY(global_new(&spec, &h->game[k], e));
    if (g->reasons)
        TRY(global_reasons_new(g->reasoning.factors, g->columns, spec.codes,
                               &h->reasons, e));
    h->row = mem_array(n * x->s->model->features + 1, sizeof *h->row);
    h->ordinal = mem_array(n, sizeof *h->ordinal);
    h->id = mem_array(n, sizeof *h->id);
    h->line = mem_array(n, sizeof *h->line);
    h->group = mem_array(n * (g->columns + 1), sizeof *h->group);
    return h->row == NULL || h->ordinal == NULL || h->id == NULL ||
                   h->line == NULL || h->group == NULL
               ? error_memory(e)
               : ST_OK;
}

static bool are_methods(const struct explaining *x)
{
    if (x->set.games == 0 || x->games > METHODS || x->set.players.of != NULL)
        return false;
    for (size_t i = 0; i < x->set.games; i++)
        if (strcmp(x->set.word[i], "A") != 0 &&
            strcmp(x->set.word[i], "B") != 0)
            return false;
    return true;
}

status global_open(struct globaling *g, struct error *e)
{
    struct explaining *x = g->x;
    size_t threads = pool_threads(x->s->pool);
    g->arena = arena_new(GLOBAL_ARENA);
    if (g->arena == NULL)
        return error_memory(e);
    TRY(find_columns(g, e));
    TRY(make_players(g, e));
    g->reasons = are_methods(x);
    if (g->reasons)
        TRY(explain_reasoning_open(x, GLOBAL_RANKS, &g->reasoning, e));
    g->hand = mem_array(threads, sizeof *g->hand);
    g->group = mem_array(GLOBAL_TASKS * x->task_rows * (g->columns + 1),
                         sizeof *g->group);
    if (g->hand == NULL || g->group == NULL)
        return error_memory(e);
    for (size_t i = 0; i < threads; i++)
        TRY(open_hand(g, &g->hand[i], e));
    return ST_OK;
}

void global_close(struct globaling *g)
{
    size_t threads = pool_threads(g->x->s->pool);
    for (size_t i = 0; g->hand != NULL && i < threads; i++) {
        for (size_t k = 0; k < EXPLAIN_GAMES_MAX; k++)
            global_free(g->hand[i].game[k]);
        global_reasons_free(g->hand[i].reasons);
        mem_free(g->hand[i].row);
        mem_free(g->hand[i].ordinal);
        mem_free(g->hand[i].id);
        mem_free(g->hand[i].line);
        mem_free(g->hand[i].group);
    }
    for (size_t c = 0; c < g->columns; c++)
        names_free(g->column[c].word);
    mem_free(g->hand);
    mem_free(g->group);
    explain_reasoning_close(&g->reasoning);
    arena_free(g->arena);
}
