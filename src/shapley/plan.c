#include "shapley/plan.h"

#include "base/arena.h"
#include "kernel/simd.h"
#include "shapley/engine.h"

static const char *const words[PLAN_KERNELS] = {
    [PLAN_ADDITIVE] = "one table an input",
    [PLAN_REGISTERS] = "pattern tables in registers",
    [PLAN_TABLES] = "pattern tables",
    [PLAN_QUADRATURE] = "quadrature",
    [PLAN_LISTS] = "lists of patterns",
};

const char *plan_kernel_word(enum plan_kernel k)
{
    return words[k];
}

/* Costs of a reference machine (docs/PERFORMANCE.md): reading a value into a
 * byte, writing one, a step of one reference row, and how much slower the other
 * levels are. */
static const double read_cost = 8e-9, write_cost = 1.5e-9;
static const double reference_cost = 0.5e-9, strict_leaf_cost = 40e-9;
static const double slower[] = {
    [SIMD_SCALAR] = 30, [SIMD_AVX2] = 2.5, [SIMD_AVX512] = 1};

static void strict_plan(const struct explain_request *r, size_t games,
                        struct explain_plan *out)
{
    const struct model *m = r->model;
    enum plan_kernel k = r->estimator->needs_reference ? PLAN_LISTS
                                                       : PLAN_QUADRATURE;
    double rows = 1;

    memset(out->leaves, 0, sizeof out->leaves);
    out->leaves[k] = m->leaves;
    out->table_bytes = out->resident_bytes = 0;
    out->passes = 1;
    out->block = 64;
    for (size_t i = 0; i < (r->estimator->needs_reference ? games : 0); i++)
        rows += (double)r->reference[i].count;
    out->row_seconds = strict_leaf_cost * (double)(m->leaves * games);
    out->prepare_seconds = rows * (double)m->leaves * 5e-9;
}

static void float_plan(const struct explain_request *r, size_t games,
                       const struct engine_count *c, struct explain_plan *out)
{
    const struct model *m = r->model;
    double rows = 0, tables = c->build_work * 1e-9 * (double)games;
    double values = (double)(games * m->outputs * (m->features + 1));

    memcpy(out->leaves, c->leaves, sizeof out->leaves);
    out->columns = c->columns;
    out->table_bytes = c->table_bytes;
    out->resident_bytes = c->resident ? c->table_bytes : 0;
    out->passes = c->resident ? 1 : c->runs;
    out->block = c->resident ? ENGINE_ROWS : ENGINE_PASS_ROWS;
    out->scratch_bytes = ENGINE_ROWS * (c->columns + 8 * c->targets) +
                         (c->resident ? 0 : 2 * ENGINE_RUN);
    for (size_t i = 0; i < (r->estimator->needs_reference ? games : 0); i++)
        rows += (double)r->reference[i].count;
    tables += rows * (double)c->steps * reference_cost;
    out->row_seconds = (c->table_work * 1e-9 + write_cost * values) *
                           slower[simd_level()] +
                       read_cost * (double)c->columns;
    if (c->resident)
        out->prepare_seconds = tables;
    else
        out->row_seconds += tables / ENGINE_PASS_ROWS;
}

status shapley_plan(const struct explain_request *r, struct explain_plan *out,
                    struct error *e)
{
    const struct model *m = r->model;
    size_t games = r->estimator->needs_reference ? r->references : 1;
    struct explain_request own = *r;
    struct engine_count c;
    char why[ESTIMATOR_WHY_MAX];

    memset(out, 0, sizeof *out);
    if (!r->estimator->supports(m, why))
        return error_set(e, ST_UNSUPPORTED,
                         "%s contributions are not possible: the model has %s",
                         r->estimator->name, why);
    if (r->estimator->needs_reference && r->references == 0)
        return error_set(e, ST_ARGUMENT, "%s contributions need a reference",
                         r->estimator->name);
    uint32_t *player = mem_array(m->features + 1, sizeof *player);
    if (player == NULL)
        return error_memory(e);
    for (size_t f = 0; f < m->features; f++)
        player[f] = r->player != NULL ? r->player[f] : (uint32_t)f;
    size_t players = r->player != NULL ? r->players : m->features;
    own.memory = r->memory > 0 ? r->memory : (size_t)1 << 30;
    status s = engine_count(&own, player, players, &c, e);
    mem_free(player);
    if (s != ST_OK)
        return s;
    out->simd = simd_word(simd_level());
    out->unused_players = players - c.targets / (games * m->outputs);
    float_plan(r, games, &c, out);
    if (r->mode == EXPLAIN_STRICT || !r->estimator->has_float ||
        m->has_linear_leaves ||
        (!c.resident && r->rows > 0 && r->rows < ENGINE_FEW))
        strict_plan(r, games, out);
    return ST_OK;
}
