#include "batch/decide.h"

#include "base/arena.h"
#include "batch/ask.h"
#include "batch/decide_estimate.h"
#include "batch/decide_points.h"
#include "batch/decide_scores.h"
#include "batch/portfolio.h"
#include "batch/texts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void describe_reference(const struct reference *r,
                               struct reference_info *out)
{
    if (r->table == NULL)
        return;
    *out = (struct reference_info){
        .name = r->table->name, .description = r->table->description,
        .sha256 = r->sha256[0] != '\0' ? r->sha256 : NULL, .rows = r->count,
        .mean_margin = r->mean_margin, .period_from = r->table->period_from,
        .period_to = r->table->period_to};
}

static void run_gates(struct bench *b)
{
    const struct project *p = b->session->project;
    struct run_facts f = {.model_sha256 = b->session->model->sha256};
    for (int k = 0; k < METHODS; k++) {
        const struct reference *r = &b->references.of[k];
        f.reference_rows[k] = r->table == NULL ? -1 : (long long)r->count;
        f.reference_mean[k] = r->mean_margin;
    }
    struct date day = {1970, 1, 1};
    if (p->documents.date != NULL)
        (void)date_parse(p->documents.date, strlen(p->documents.date), &day);
    f.pack = kit_packs_on(b->kit, day);
    gates_run(p, &f, &b->gates);
}

status bench_open(const struct session *s, const struct kit *kit,
                  struct bench *out, struct error *e)
{
    memset(out, 0, sizeof *out);
    out->session = s;
    out->kit = kit;
    TRY(references_open(s, &out->references, e));
    for (int k = 0; k < METHODS; k++)
        describe_reference(&out->references.of[k], &out->info[k]);
    if (points_check(s, e) != ST_OK) {
        bench_close(out);
        return e->class;
    }
    out->recourse = s->project->documents.explanation;
    bool audited = kit->card != NULL && s->project->recourse.audit_rows > 0;
    status st = out->recourse || audited
                    ? levers_open(s, NULL, &out->levers, e)
                    : ST_OK;
    if (st == ST_OK && out->levers.recourse != NULL)
        st = seeking_open(s, &out->levers, false, &out->seeking, e);
    if (st == ST_UNSUPPORTED)
        st = ST_OK; /* no recourse for this model: documents say nothing */
    if (st != ST_OK) {
        bench_close(out);
        return st;
    }
    run_gates(out);
    return ST_OK;
}

void bench_close(struct bench *b)
{
    references_close(&b->references);
    seeking_close(&b->seeking);
    levers_close(&b->levers);
}

struct decider {
    const struct bench *bench;
    struct decision_reader *reader;
    struct reasons *reasons;
    struct explain_scratch *explain;
    struct seeker *seeker;
    struct recourse_audit *audit; /* of what it found */
    double *row, *margin;      /* row[recourse.width]: of quantities */
    struct column_spec *column; /* the reader's, then those of quantities */
    size_t read_columns, columns;
    double *phi, *residual;    /* [games][outputs][features + 1], without */
    double *oriented[METHODS]; /* [features] */
    double *block_row, *block_phi; /* of decider_fast_block rows */
    struct estimates *estimates; /* NULL: exact, or none */
    struct points *points;
    struct texts *texts;
    struct estimate_bill bill; /* of both */
    const char *unfit; /* the row at hand: why it cannot be explained */
    bool answered; /* the row at hand */
};

enum { FAST_ROWS = 64, FAST_BYTES = 8 << 20 };

/* Doubles that one row's contributions take, all outputs of all games. */
static size_t wide_of(const struct bench *b)
{
    const struct explainer *x = b->references.explainer;
    const struct model *m = b->session->model;
    return x == NULL ? 0 : shapley_games(x) * m->outputs * (m->features + 1);
}

size_t decider_fast(const struct bench *b)
{
    const struct explainer *x = b->references.explainer;
    bool fast = x != NULL && shapley_mode(x) == EXPLAIN_FLOAT;
    return fast ? shapley_games(x) * b->session->model->features : 0;
}

size_t decider_fast_block(const struct bench *b)
{
    size_t bytes = (wide_of(b) + b->session->model->features) * sizeof(double);
    size_t most = FAST_BYTES / (bytes + 1);
    return most < 1 ? 1 : most < FAST_ROWS ? most : FAST_ROWS;
}

static status make_numbers(struct decider *d, struct error *e)
{
    const struct bench *b = d->bench;
    const struct model *m = b->session->model;
    size_t wide = wide_of(b);
    size_t block = decider_fast(b) > 0 ? decider_fast_block(b) : 0;
    d->row = mem_array(b->session->project->recourse.width + 1, sizeof(double));
    d->margin = mem_array(m->outputs, sizeof(double));
    d->residual = mem_array(METHODS * m->outputs, sizeof(double));
    d->phi = mem_array(wide + 1, sizeof(double));
    d->block_row = mem_array(block * m->features + 1, sizeof(double));
    d->block_phi = mem_array(block * wide + 1, sizeof(double));
    bool fine = d->row != NULL && d->margin != NULL && d->residual != NULL &&
                d->phi != NULL && d->block_row != NULL && d->block_phi != NULL;
    for (int k = 0; k < METHODS; k++) {
        d->oriented[k] = mem_array(m->features, sizeof(double));
        fine = fine && d->oriented[k] != NULL;
    }
    return fine ? ST_OK : error_memory(e);
}

/* Quantities that no model reads are asked for where recourse is searched. */
static status list_columns(struct decider *d, struct error *e)
{
    const struct column_spec *read, *further;
    size_t more = input_map_further(d->bench->session->map, &further);
    more = d->bench->levers.recourse != NULL ? more : 0;
    d->read_columns = decision_reader_columns(d->reader, &read);
    d->columns = d->read_columns + more;
    d->column = mem_array(d->columns + 1, sizeof *d->column);
    if (d->column == NULL)
        return error_memory(e);
    if (d->read_columns > 0)
        memcpy(d->column, read, d->read_columns * sizeof *read);
    memcpy(d->column + d->read_columns, further, more * sizeof *further);
    return ST_OK;
}

static status make(struct decider *d, struct error *e)
{
    const struct bench *b = d->bench;
    TRY(make_numbers(d, e));
    TRY(estimates_new(b->session, &b->references, &d->estimates, e));
    TRY(points_new(b->session, &d->points, e));
    TRY(texts_new(b->session, &d->texts, e));
    TRY(decision_reader_new(b->session->project, &d->reader, e));
    TRY(list_columns(d, e));
    TRY(reasons_new(b->session->project, &d->reasons, e));
    if (b->references.explainer != NULL)
        TRY(shapley_scratch_new(b->references.explainer, &d->explain, e));
    if (b->levers.recourse == NULL || !b->recourse)
        return ST_OK;
    TRY(seeker_new(&b->seeking, &d->seeker, e));
    return seeking_audit(&b->seeking, 0, NULL, &d->audit, e);
}

status decider_new(const struct bench *b, struct decider **out, struct error *e)
{
    struct decider *d = mem_array(1, sizeof *d);
    if (d == NULL)
        return error_memory(e);
    d->bench = b;
    status st = make(d, e);
    if (st != ST_OK) {
        decider_free(d);
        return st;
    }
    *out = d;
    return ST_OK;
}

void decider_free(struct decider *d)
{
    if (d == NULL)
        return;
    decision_reader_free(d->reader);
    reasons_free(d->reasons);
    seeker_free(d->seeker);
    recourse_audit_free(d->audit);
    shapley_scratch_free(d->explain);
    estimates_free(d->estimates);
    points_free(d->points);
    texts_free(d->texts);
    for (int k = 0; k < METHODS; k++)
        mem_free(d->oriented[k]);
    mem_free(d->phi);
    mem_free(d->block_row);
    mem_free(d->block_phi);
    mem_free(d->row);
    mem_free(d->column);
    mem_free(d->margin);
    mem_free(d->residual);
    mem_free(d);
}

struct recourse_audit *decider_audit(struct decider *d)
{
    return d->audit;
}

const struct estimate_bill *decider_bill(struct decider *d)
{
    d->bill = d->estimates != NULL ? *estimates_bill(d->estimates)
                                   : (struct estimate_bill){0};
    texts_bill(d->texts, &d->bill);
    return d->bill.coalitions == 0 ? NULL : &d->bill;
}

bool decider_asks(const struct bench *b)
{
    enum model_kind k = b->session->model->kind;
    return k == MODEL_PROGRAM || k == MODEL_REMOTE;
}

status decider_scores(struct decider *d, const struct block *block,
                      const bool *wanted, size_t from, size_t n,
                      double *margin, struct error *e)
{
    return scores_ask(d->bench->session, d->reader, block, wanted, from, n,
                      margin, e);
}

size_t decider_columns(const struct decider *d,
                       const struct column_spec **columns)
{
    *columns = d->column;
    return d->columns;
}

status decider_fast_rows(struct decider *d, const struct block *block,
                         const size_t *row, size_t n, double *fast,
                         struct error *e)
{
    const struct bench *b = d->bench;
    const struct model *m = b->session->model;
    size_t features = m->features, each = decider_fast(b);
    size_t output = b->session->project->model.output;
    for (size_t i = 0; i < n; i++)
        input_map_row(b->session->map, block, row[i],
                      d->block_row + i * features);
    TRY(shapley_explain(b->references.explainer, d->explain, d->block_row, n,
                        d->block_phi, NULL, e));
    for (size_t i = 0; i < n; i++)
        for (size_t g = 0; g * features < each; g++)
            memcpy(fast + row[i] * each + g * features,
                   d->block_phi + i * wide_of(b) +
                       (g * m->outputs + output) * (features + 1),
                   features * sizeof *fast);
    return ST_OK;
}

/* Contributions to the project's output in game g. */
static const double *phi_of(const struct decider *d, size_t g)
{
    const struct session *s = d->bench->session;
    return d->phi + (g * s->model->outputs + s->project->model.output) *
                        (s->model->features + 1);
}

/* The fast kernels' answer held against the strict one of game g. */
static status check(const struct decider *d, size_t g, const double *fast,
                    struct decision *decision, struct error *e)
{
    const struct explainer *x = d->bench->references.explainer;
    const struct model *m = d->bench->session->model;
    const double *strict = phi_of(d, g);
    size_t features = m->features;
    double found = 0;
    double bound = shapley_bound(x, g, game_largest(m, x, d->phi, g));
    for (size_t i = 0; i < features; i++) {
        double difference = fabs(fast[g * features + i] - strict[i]);
        if (!(difference <= found))
            found = difference; /* and stays when it is no number */
    }
    if (!(found <= bound))
        return error_set(e, ST_BUG,
                         "the contributions of this row by the fast kernels "
                         "differ from the strict ones by %g, more than the "
                         "bound %g that they state", found, bound);
    decision->checked = true;
    decision->difference = fmax(decision->difference, found);
    decision->bound = fmax(decision->bound, bound);
    return ST_OK;
}

/* By both populations, oriented. */
static status explain(struct decider *d, const double *fast,
                      struct decision *decision, struct error *e)
{
    const struct session *s = d->bench->session;
    const struct references *r = &d->bench->references;
    size_t features = s->model->features, output = s->project->model.output;
    if (r->explainer == NULL)
        return ST_OK;
    TRY(shapley_explain_strict(r->explainer, d->explain, d->row, d->phi,
                               d->residual, e));
    for (int k = 0; k < METHODS; k++) {
        if (r->game[k] < 0)
            continue;
        size_t g = (size_t)r->game[k];
        const double *phi = phi_of(d, g);
        double residual = d->residual[g * s->model->outputs + output];
        reasons_orient(s->project, phi, features, d->oriented[k]);
        if (fabs(residual) > fabs(decision->residual))
            decision->residual = residual;
        for (size_t i = 0; i < features; i++)
            decision->largest = fmax(decision->largest, fabs(phi[i]));
        if (fast != NULL)
            TRY(check(d, g, fast, decision, e));
    }
    return ST_OK;
}

static status search(struct decider *d, struct finding *f, struct error *e)
{
    const struct bench *b = d->bench;
    const struct decision *decision = &f->decision;
    bool by_score = decision->component == FAILED_SCORE ||
                    decision->component == FAILED_BOTH;
    if (d->seeker == NULL || !by_score ||
        project_approves(b->session->project, decision->score))
        return ST_OK;
    TRY(seeker_row(d->seeker, d->row, &f->recourse, e));
    f->facts.recourse = &f->recourse;
    return seeker_count(d->seeker, d->row, &f->recourse, d->reasons, NULL,
                        d->audit, e);
}

static void gate(struct decider *d, struct finding *f)
{
    const struct bench *b = d->bench;
    const struct project *p = b->session->project;
    struct date day = {1970, 1, 1};
    (void)decision_notice_date(p, &f->decision, &day);
    struct pack_status pack = kit_packs_on(b->kit, day);
    struct recourse_outcome outcome = {
        .asked = f->facts.recourse != NULL,
        .scores_only = b->session->model->kind == MODEL_SCORES,
        .rescored_differently = f->recourse.result.plan.guard_changed};
    gates_decision(p, &f->decision, d->reasons, &outcome, &pack, 0, &f->gates);
    f->refused = f->gates.blocked || b->gates.blocked;
}

static void link_facts(struct decider *d, struct finding *f)
{
    const struct bench *b = d->bench;
    f->facts.project = b->session->project;
    f->facts.model = b->session->model;
    f->facts.schema = b->kit->schema;
    f->facts.decision = &f->decision;
    f->facts.agency = b->kit->agency;
    f->facts.agency_name = b->kit->agency_name;
    f->facts.pack = b->kit->pack_info;
    f->facts.packs = b->kit->packs;
    f->facts.gates = &f->gates;
    f->facts.version = CANDOR_VERSION;
    for (int k = 0; k < METHODS; k++)
        f->facts.reference[k] = b->info[k].name != NULL ? &b->info[k] : NULL;
}

/* The score that decides is the deployed model's own; of a table of scores, the
 * row's. */
static status settle(struct decider *d, const double *margin,
                     struct decision *decision, struct error *e)
{
    const struct session *s = d->bench->session;
    const struct project *p = s->project;
    if (s->model->kind == MODEL_SCORES) {
        bool has = decision->has_declared_score;
        double score = has ? decision->declared_score : (double)NAN;
        decision_settle(p, decision, project_margin(p, score), score);
        return ST_OK;
    }
    struct asked_rows one = {.map = s->map, .row = d->row, .n = 1};
    if (margin != NULL)
        memcpy(d->margin, margin, s->model->outputs * sizeof *margin);
    else
        TRY(ask_margins(s->model, &one, true, d->margin, e));
    decision_settle(p, decision, d->margin[p->model.output],
                    project_score_of(p, s->model, d->margin));
    return ST_OK;
}

static status compute(struct decider *d, const double *fast, struct finding *f,
                      struct error *e)
{
    const struct session *s = d->bench->session;
    const double *oriented[METHODS] = {NULL, NULL};
    TRY(explain(d, fast, &f->decision, e));
    bool some = d->bench->references.explainer != NULL;
    for (int k = 0; k < METHODS; k++) {
        long game = d->bench->references.game[k];
        if (game < 0 || !some)
            continue;
        oriented[k] = d->oriented[k];
        f->facts.phi[k] = phi_of(d, (size_t)game);
    }
    reasons_find(d->reasons, s->project, oriented[METHOD_A],
                 oriented[METHOD_B], s->model->features, f->decision.fired,
                 f->decision.component);
    return ST_OK;
}

/* An incomplete application is not scored: nothing was decided by it. */
static status score(struct decider *d, const struct block *block, size_t i,
                    const double *margin, const double *fast,
                    struct finding *f, struct error *e)
{
    const struct session *s = d->bench->session;
    const struct column_spec *own;
    size_t first = input_map_columns(s->map, &own);
    if (d->bench->levers.recourse != NULL)
        input_map_quantities(s->map, block, i, first + d->read_columns, d->row);
    else
        input_map_row(s->map, block, i, d->row);
    TRY(settle(d, margin, &f->decision, e));
    d->answered = !isnan(f->decision.margin) || s->model->kind == MODEL_SCORES;
    if (!d->answered)
        return ST_OK;
    TRY(d->estimates != NULL
            ? estimates_row(d->estimates, d->row, &f->facts, d->reasons,
                            &f->decision, e)
            : compute(d, fast, f, e));
    points_take(d->points, s, d->row, d->reasons);
    decision_disclose_own(s->project, &f->decision, d->reasons, 0);
    f->facts.reasons = d->reasons;
    f->facts.row = d->row;
    f->facts.word_count = input_map_texts(s->map, &f->facts.words);
    return texts_row(d->texts, d->row, &f->facts, &d->unfit, e);
}

static status no_answer(const struct decider *d, const struct block *block,
                        size_t i, struct row_error *bad)
{
    *bad = (struct row_error){.row = block->ordinal[i], .line = block->line[i]};
    (void)snprintf(bad->text, sizeof bad->text, "%s",
                   d->unfit != NULL ? d->unfit : ASK_NO_ANSWER);
    return ST_OK;
}

status decider_row(struct decider *d, const struct block *block, size_t i,
                   const double *margin, const double *fast,
                   struct finding *f, struct row_error *bad, bool *usable,
                   struct error *e)
{
    const struct column_spec *own;
    memset(f, 0, sizeof *f);
    d->unfit = NULL;
    size_t first = input_map_columns(d->bench->session->map, &own);
    *usable = decision_read(d->reader, block, i, first, &f->decision, bad);
    if (!*usable)
        return ST_OK;
    link_facts(d, f);
    if (f->decision.action == ACTION_INCOMPLETE) {
        const struct session *s = d->bench->session;
        reasons_find(d->reasons, s->project, NULL, NULL, s->model->features,
                     NULL, FAILED_NONE);
    } else {
        TRY(score(d, block, i, margin, fast, f, e));
        *usable = d->answered && d->unfit == NULL;
        if (!*usable)
            return no_answer(d, block, i, bad);
        TRY(search(d, f, e));
    }
    gate(d, f);
    return ST_OK;
}
