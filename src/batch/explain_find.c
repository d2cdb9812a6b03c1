/* The first reasons of a row by methods A and B. Where float cannot tell which
 * comes first, the row is decided on strict values, the very ones that a notice
 * rests on. */
#include "batch/explain.h"

#include "base/arena.h"
#include "reasons/leading.h"

#include <string.h>

/* True: within the bound of another order. */
static bool find(const struct explaining *x, struct explain_worker *w,
                 const struct explained *r, size_t place,
                 struct explain_found *out)
{
    const struct explain_reasoning *f = x->reasoning;
    size_t width = x->players + 1, output = x->s->project->model.output;
    bool doubtful = false;
    for (size_t g = 0; g < x->games; g++) {
        const double *game = r->phi + place * x->values + g * x->outputs * width;
        double *shortfall = w->shortfall + g * f->factors;
        out->shortfall[g] = shortfall;
        out->factor[g] = w->order + g * f->most;
        leading_shortfalls(f->factor_of, x->players, game + output * width,
                           x->s->project->model.higher_is_better, shortfall,
                           f->factors);
        out->count[g] = leading_factors(shortfall, f->factors, f->most,
                                        out->factor[g]);
        if (x->real && !w->strict[place])
            doubtful = doubtful ||
                       leading_doubtful(shortfall, f->factors, f->most,
                                        out->factor[g], out->count[g],
                                        f->parts, explain_bound(x, g, game));
    }
    return doubtful;
}

status explain_find(struct explaining *x, size_t worker,
                    const struct explained *r, size_t i,
                    struct explain_found *out, struct error *e)
{
    struct explain_worker *w = &x->worker[worker];
    size_t place = r->at[i], each = x->games * x->outputs;
    if (find(x, w, r, place, out)) {
        w->strict[place] = true;
        TRY(shapley_explain_strict(x->explainer, w->scratch,
                                   r->in->row + i * x->s->model->features,
                                   r->phi + place * x->values,
                                   w->residual + place * each, e));
        (void)find(x, w, r, place, out);
    }
    w->tally.strict += w->strict[place];
    return ST_OK;
}

/* A project without factors: each input is one. */
static status map_factors(const struct explaining *x,
                          struct explain_reasoning *f, struct error *e)
{
    const struct project *p = x->s->project;
    const struct model *m = x->s->model;
    bool own = p->factors > 0;
    f->factors = own ? p->factors : m->features;
    f->factor_of = mem_array(m->features + 1, sizeof *f->factor_of);
    f->parts = mem_array(f->factors + 1, sizeof *f->parts);
    f->name = mem_array(f->factors + 1, sizeof *f->name);
    if (f->factor_of == NULL || f->parts == NULL || f->name == NULL)
        return error_memory(e);
    for (size_t j = 0; j < m->features; j++) {
        long of = p->of_model[j];
        f->factor_of[j] = !own ? (long)j : of < 0 ? -1 : p->feature[of].factor;
        if (f->factor_of[j] >= 0)
            f->parts[f->factor_of[j]] += m->feature[j].used;
    }
    for (size_t i = 0; i < f->factors; i++)
        f->name[i] = own ? p->factor[i].key : m->feature[i].name;
    return ST_OK;
}

status explain_reasoning_open(struct explaining *x, size_t most,
                              struct explain_reasoning *f, struct error *e)
{
    TRY(map_factors(x, f, e));
    f->most = most < f->factors ? most : f->factors;
    for (size_t g = 0; g < x->games; g++)
        f->method[g] = x->set.word[g][0];
    for (size_t i = 0; i < pool_threads(x->s->pool); i++) {
        struct explain_worker *w = &x->worker[i];
        mem_free(w->shortfall);
        mem_free(w->order);
        w->shortfall = mem_array(METHODS * f->factors + 1, sizeof(double));
        w->order = mem_array(METHODS * f->most + x->players + x->pairs + 1,
                             sizeof *w->order);
        if (w->shortfall == NULL || w->order == NULL)
            return error_memory(e);
    }
    x->reasoning = f;
    return ST_OK;
}

void explain_reasoning_close(struct explain_reasoning *f)
{
    mem_free(f->name);
    mem_free(f->factor_of);
    mem_free(f->parts);
}
