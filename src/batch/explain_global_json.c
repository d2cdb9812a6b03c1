/* The one document of `candor explain --global`. */
#include "batch/explain_global.h"

#include "syntax/json_write.h"

#include <math.h>

enum { PAIRS_SHOWN = 20 };

static void put_real(struct json_writer *w, const char *key, double x)
{
    json_key(w, key);
    if (isfinite(x))
        json_number(w, x);
    else
        json_null(w);
}

static void put_estimate(struct json_writer *w, const char *key,
                         struct estimate x)
{
    json_key(w, key);
    json_object(w);
    put_real(w, "value", x.computable ? x.value : (double)NAN);
    put_real(w, "low", x.low);
    put_real(w, "high", x.high);
    json_object_end(w);
}

/* The group's column and value; both null for all rows. */
static void put_group(struct json_writer *w, const struct globaling *g,
                      size_t column, size_t code, double n)
{
    const char *name = NULL, *value = NULL;
    if (column < g->columns) {
        const struct global_column *own = &g->column[column];
        name = own->column->column;
        value = own->column->cut_count == 0 ? names_at(own->word, code)
                : code < own->column->band_count
                    ? own->column->band_name[code]
                    : NULL;
    }
    json_put_string(w, "column", name);
    json_put_string(w, "value", value);
    json_put_int(w, "rows", (long long)n);
}

static size_t values_of(const struct globaling *g, size_t column)
{
    const struct global_column *own = &g->column[column];
    return own->column->cut_count > 0 ? own->codes : names_count(own->word);
}

static void put_players(struct json_writer *w, const struct globaling *g,
                        const struct global *t, size_t group, size_t *order)
{
    const struct explaining *x = g->x;
    global_order(t, group, order);
    json_key(w, "players");
    json_array(w);
    for (size_t i = 0; i < x->players; i++) {
        json_object(w);
        json_put_string(w, "player", x->set.players.name[order[i]]);
        put_estimate(w, "mean_absolute", global_absolute(t, group, order[i]));
        put_estimate(w, "mean", global_mean(t, group, order[i]));
        json_object_end(w);
    }
    json_array_end(w);
}

/* Main effects are no interactions. */
static void put_pairs(struct json_writer *w, const struct globaling *g,
                      const struct global *t, size_t group, size_t *order)
{
    const struct explaining *x = g->x;
    size_t wanted = x->s->request->interactions, shown = 0;
    size_t most = wanted == SIZE_MAX ? PAIRS_SHOWN : wanted;
    if (x->pairs == 0)
        return;
    size_t n = global_pair_order(t, group, x->pairs, order);
    json_key(w, "interactions");
    json_array(w);
    for (size_t i = 0; i < n && shown < most; i++) {
        const struct explain_pair *p = &x->pair[order[i]];
        if (p->i == p->j)
            continue;
        shown++;
        json_object(w);
        json_key(w, "pair");
        json_array(w);
        json_string(w, x->set.players.name[p->i]);
        json_string(w, x->set.players.name[p->j]);
        json_array_end(w);
        put_estimate(w, "mean_absolute", global_pair(t, group, order[i]));
        put_estimate(w, "mean", global_pair_mean(t, group, order[i]));
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_one_group(struct json_writer *w, const struct globaling *g,
                          const struct global *t, size_t column, size_t code,
                          size_t *order)
{
    size_t group = column < g->columns ? global_group(t, column, code) : 0;
    double n = global_n(t, group);
    json_object(w);
    put_group(w, g, column, code, n);
    if (n > 0) {
        put_players(w, g, t, group, order);
        put_pairs(w, g, t, group, order);
    }
    json_object_end(w);
}

static void put_groups(struct json_writer *w, const struct globaling *g,
                       const struct global *t, size_t *order)
{
    json_key(w, "groups");
    json_array(w);
    put_one_group(w, g, t, g->columns, 0, order);
    for (size_t c = 0; c < g->columns; c++)
        for (size_t k = 0; k < values_of(g, c); k++)
            put_one_group(w, g, t, c, k, order);
    json_array_end(w);
}

static void put_bin(struct json_writer *w, const struct globaling *g,
                    const struct global *t, size_t player, size_t i)
{
    const struct global_player *p = &g->player[player];
    const struct model_feature *f = &g->x->s->model->feature[p->feature];
    struct global_bin b = global_bin(t, 0, player, i);
    if (b.n <= 0)
        return;
    json_object(w);
    json_put_int(w, "rows", (long long)b.n);
    if (b.missing)
        json_put_bool(w, "missing", true);
    else if (b.other)
        json_put_bool(w, "other", true);
    else if (p->kind == GLOBAL_CATEGORY && f->words != NULL &&
             i < f->word_count)
        json_put_string(w, "word", f->words[i]);
    put_real(w, "low", b.low);
    put_real(w, "high", b.high);
    put_estimate(w, "mean", global_bin_mean(t, 0, player, i));
    put_real(w, "sd", b.sd);
    put_real(w, "least", b.least);
    put_real(w, "most", b.most);
    json_object_end(w);
}

static void put_dependence(struct json_writer *w, const struct globaling *g,
                           const struct global *t)
{
    json_key(w, "dependence");
    json_array(w);
    for (size_t p = 0; p < g->x->players; p++) {
        size_t bins = global_bins(t, p);
        if (bins == 0)
            continue;
        json_object(w);
        json_put_string(w, "player", g->x->set.players.name[p]);
        json_key(w, "bins");
        json_array(w);
        for (size_t i = 0; i < bins; i++)
            put_bin(w, g, t, p, i);
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void put_games(struct json_writer *w, const struct globaling *g)
{
    const struct explaining *x = g->x;
    size_t output = x->s->project->model.output;
    json_key(w, "games");
    json_array(w);
    for (size_t k = 0; k < x->games; k++) {
        const struct global *t = g->hand[0].game[k];
        const char *name = shapley_reference_name(x->explainer, k);
        json_object(w);
        json_put_string(w, "reference", name[0] != '\0' ? name : NULL);
        json_put_number(w, "base", shapley_base(x->explainer, k, output));
        put_groups(w, g, t, x->worker[0].order);
        put_dependence(w, g, t);
        json_object_end(w);
    }
    json_array_end(w);
}

/* --- the reason report ----------------------------------------------------------- */

static void put_factor(struct json_writer *w, const struct globaling *g,
                       size_t group, size_t method, size_t factor)
{
    const struct global_reasons *r = g->hand[0].reasons;
    struct estimate any = global_reason_any(r, group, method, factor);
    if (!any.computable || any.value <= 0)
        return;
    json_object(w);
    json_put_string(w, "factor", g->reasoning.name[factor]);
    put_estimate(w, "any", any);
    json_key(w, "by_rank");
    json_array(w);
    for (size_t k = 0; k < GLOBAL_RANKS; k++) {
        double share = global_reason_share(r, group, method, factor, k).value;
        json_number(w, isfinite(share) ? share : 0);
    }
    json_array_end(w);
    json_object_end(w);
}

static void put_reason_group(struct json_writer *w, const struct globaling *g,
                             size_t column, size_t code)
{
    const struct global_reasons *r = g->hand[0].reasons;
    size_t group = column < g->columns ? global_reasons_group(r, column, code)
                                       : 0;
    json_object(w);
    put_group(w, g, column, code, global_reasons_n(r, group));
    json_key(w, "methods");
    json_object(w);
    for (size_t k = 0; k < g->x->games; k++) {
        char method[2] = {g->reasoning.method[k], '\0'};
        size_t at = method[0] == 'A' ? METHOD_A : METHOD_B;
        json_key(w, method);
        json_object(w);
        json_put_int(w, "given",
                     (long long)global_reasons_given(r, group, at));
        json_key(w, "factors");
        json_array(w);
        for (size_t i = 0; i < g->reasoning.factors; i++)
            put_factor(w, g, group, at, i);
        json_array_end(w);
        json_object_end(w);
    }
    json_object_end(w);
    if (g->x->games == METHODS) {
        put_estimate(w, "same_first", global_reason_same_first(r, group));
        put_estimate(w, "same_set", global_reason_same_set(r, group));
    }
    json_object_end(w);
}

static void put_reasons(struct json_writer *w, const struct globaling *g)
{
    json_key(w, "reasons");
    if (!g->reasons) {
        json_null(w);
        return;
    }
    json_object(w);
    json_put_string(w, "of", g->x->s->project->model.has_cutoff
                                 ? "rows that the score declines"
                                 : "all rows: the project has no cutoff");
    json_key(w, "groups");
    json_array(w);
    put_reason_group(w, g, g->columns, 0);
    for (size_t c = 0; c < g->columns; c++)
        for (size_t k = 0; k < values_of(g, c); k++)
            put_reason_group(w, g, c, k);
    json_array_end(w);
    json_object_end(w);
}

static void put_head(struct json_writer *w, const struct explaining *x)
{
    const struct explain_tally *t = &x->tally;
    const struct project_model *m = &x->s->project->model;
    json_put_string(w, "candor", CANDOR_VERSION);
    json_put_string(w, "model_sha256", x->s->model->sha256);
    json_put_string(w, "estimator", x->set.estimator->name);
    json_put_int(w, "output", (long long)m->output);
    json_put_string(w, "precision", x->real ? "float" : "strict");
    json_put_int(w, "rows", (long long)t->rows);
    if (!x->real)
        return;
    json_key(w, "held_against_strict");
    json_object(w);
    json_put_int(w, "rows", (long long)t->checked);
    json_put_number(w, "largest_error", t->error);
    json_put_number(w, "stated_bound", t->bound);
    json_put_int(w, "rows_decided_in_strict", (long long)t->strict);
    json_object_end(w);
}

static void put_beyond(struct json_writer *w, const struct globaling *g)
{
    json_key(w, "columns_with_more_values");
    json_array(w);
    for (size_t c = 0; c < g->columns; c++)
        if (g->column[c].beyond)
            json_string(w, g->column[c].column->column);
    json_array_end(w);
}

status global_document(const struct globaling *g, struct buf *out,
                       struct error *e)
{
    struct json_writer w = json_start(out, 1);
    json_object(&w);
    put_head(&w, g->x);
    put_beyond(&w, g);
    put_games(&w, g);
    put_reasons(&w, g);
    json_object_end(&w);
    TRY(json_end(&w, e));
    buf_putc(out, '\n');
    return buf_status(out, e);
}
