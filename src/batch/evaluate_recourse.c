#include "batch/evaluate_recourse.h"

#include "batch/evaluate_explaining.h"

#include <string.h>

/* --- rows --- */

void chosen_open(struct chosen *c, size_t cap, size_t width)
{
    *c = (struct chosen){.cap = cap, .width = width};
}

void chosen_close(struct chosen *c)
{
    mem_free(c->key);
    mem_free(c->row);
    mem_free(c->group);
    memset(c, 0, sizeof *c);
}

static bool later(const struct chosen_key *a, const struct chosen_key *b)
{
    return a->hash != b->hash ? a->hash > b->hash : a->row > b->row;
}

static void sink_down(struct chosen *c, size_t i)
{
    for (;;) {
        size_t most = i, left = 2 * i + 1;
        for (size_t k = left; k < left + 2 && k < c->count; k++)
            if (later(&c->key[k], &c->key[most]))
                most = k;
        if (most == i)
            return;
        struct chosen_key t = c->key[i];
        c->key[i] = c->key[most];
        c->key[most] = t;
        i = most;
    }
}

static void rise(struct chosen *c, size_t i)
{
    while (i > 0 && later(&c->key[i], &c->key[(i - 1) / 2])) {
        struct chosen_key t = c->key[i];
        c->key[i] = c->key[(i - 1) / 2];
        c->key[(i - 1) / 2] = t;
        i = (i - 1) / 2;
    }
}

static status grow(struct chosen *c, struct error *e)
{
    if (c->count < c->room)
        return ST_OK;
    size_t room = c->room == 0 ? 64 : 2 * c->room;
    room = room < c->cap ? room : c->cap;
    void *key = mem_grow(c->key, c->room, room, sizeof *c->key);
    if (key != NULL)
        c->key = key;
    void *row = mem_grow(c->row, c->room * c->width, room * c->width,
                         sizeof *c->row);
    if (row != NULL)
        c->row = row;
    void *group = mem_grow(c->group, c->room * SAMPLE_GROUPS_MAX,
                           room * SAMPLE_GROUPS_MAX, sizeof *c->group);
    if (group != NULL)
        c->group = group;
    if (key == NULL || row == NULL || group == NULL)
        return error_memory(e);
    c->room = room;
    return ST_OK;
}

status chosen_add(struct chosen *c, uint64_t hash, double **row,
                  uint16_t **group, struct error *e)
{
    struct chosen_key k = {hash, c->seen++, c->count};
    *row = NULL;
    *group = NULL;
    if (c->cap == 0)
        return ST_OK;
    if (c->count < c->cap) {
        TRY(grow(c, e));
        c->key[c->count++] = k;
        rise(c, c->count - 1);
    } else {
        if (later(&k, &c->key[0]))
            return ST_OK;
        k.at = c->key[0].at;
        c->key[0] = k;
        sink_down(c, 0);
    }
    *row = c->row + k.at * c->width;
    *group = c->group + k.at * SAMPLE_GROUPS_MAX;
    return ST_OK;
}

/* --- searches --- */

struct searcher { /* one thread's */
    struct seeker *seeker;
    struct recourse_audit *audit;
    double failed;
};

struct auditing {
    struct evaluating *v;
    struct explaining *x;       /* NULL: no reasons */
    struct searcher *hand;      /* [threads] */
};

bool evaluate_audits(const struct evaluating *v)
{
    return v->bench->levers.recourse != NULL && v->out->has_cutoff &&
           v->s->project->recourse.audit_rows > 0;
}

/* Row i of the task: searched, and counted with its reasons. */
static status search_row(const struct auditing *a, struct searcher *h,
                         struct hand *explained, size_t i, size_t at,
                         struct error *e)
{
    const struct chosen *c = &a->v->chosen;
    const double *row = c->row + at * c->width;
    const struct reasons *reasons = NULL;
    struct recourse_found found;
    TRY(seeker_row(h->seeker, row, &found, e));
    h->failed += found.failed;
    if (explained != NULL) {
        TRY(hand_reasons(a->x, explained, i, e));
        reasons = explained->reasons;
    }
    return seeker_count(h->seeker, row, &found, reasons,
                        c->group + at * SAMPLE_GROUPS_MAX, h->audit, e);
}

static status search_task(void *context, size_t worker, size_t index,
                          struct error *e)
{
    const struct auditing *a = context;
    const struct chosen *c = &a->v->chosen;
    struct hand *explained = a->x == NULL ? NULL : &a->x->hand[worker];
    size_t features = a->v->s->model->features;
    size_t from = index * EXPLAIN_TASK, n = c->count - from;
    n = n < EXPLAIN_TASK ? n : EXPLAIN_TASK;
    if (explained != NULL) {
        for (size_t i = 0; i < n; i++)
            memcpy(explained->row + i * features,
                   c->row + c->key[from + i].at * c->width,
                   features * sizeof *c->row);
        TRY(hand_explain(a->x, explained, n, e));
    }
    for (size_t i = 0; i < n; i++)
        TRY(search_row(a, &a->hand[worker], explained, i, c->key[from + i].at,
                       e));
    return ST_OK;
}

static status open_hands(struct auditing *a, struct error *e)
{
    const struct evaluating *v = a->v;
    const struct seeking *k = &v->bench->seeking;
    size_t codes[SAMPLE_GROUPS_MAX], all = 0, columns = v->groups;
    for (size_t g = 0; g < v->groups; g++)
        all += codes[g] = evaluate_codes(v, g);
    if (all >= AUDIT_GROUPS)
        columns = 0; /* too many to be told apart */
    a->hand = mem_array(pool_threads(v->s->pool), sizeof *a->hand);
    if (a->hand == NULL)
        return error_memory(e);
    for (size_t i = 0; i < pool_threads(v->s->pool); i++) {
        TRY(seeker_new(k, &a->hand[i].seeker, e));
        TRY(seeking_audit(k, columns, codes, &a->hand[i].audit, e));
    }
    a->v->out->recourse.columns = columns;
    return ST_OK;
}

static void close_hands(struct auditing *a)
{
    size_t threads = pool_threads(a->v->s->pool);
    for (size_t i = 0; a->hand != NULL && i < threads; i++) {
        seeker_free(a->hand[i].seeker);
        recourse_audit_free(a->hand[i].audit);
    }
    mem_free(a->hand);
}

static status gather(struct auditing *a, struct error *e)
{
    struct card_recourse *out = &a->v->out->recourse;
    for (size_t i = 0; i < pool_threads(a->v->s->pool); i++) {
        out->failed += a->hand[i].failed;
        if (i > 0)
            TRY(recourse_audit_merge(a->hand[0].audit, a->hand[i].audit, e));
    }
    out->audit = a->hand[0].audit;
    a->hand[0].audit = NULL;
    out->made = true;
    out->reasons = a->x != NULL;
    return ST_OK;
}

status evaluate_recourse(struct evaluating *v, struct explaining *x,
                         struct error *e)
{
    struct card_recourse *out = &v->out->recourse;
    struct auditing a = {.v = v};
    if (x != NULL && x->of[ASK_REASONS] != NULL)
        a.x = x;
    if (!evaluate_audits(v) || out->why != NULL)
        return ST_OK;
    out->declined = v->declined_rows;
    out->limits = &v->bench->seeking.limits;
    status st = open_hands(&a, e);
    if (st == ST_OK)
        st = pool_run(v->s->pool, search_task, &a,
                      (v->chosen.count + EXPLAIN_TASK - 1) / EXPLAIN_TASK, e);
    if (st == ST_OK)
        st = gather(&a, e);
    close_hands(&a);
    if (st != ST_OK)
        error_note(e, "auditing recourse of declined rows");
    return st;
}
