/* One row's estimates: asked, gathered into groups, asked further where their
 * order stays open. */
#include "batch/estimating_in.h"

#include "base/arena.h"
#include "kernel/dist.h"
#include "shapley/mixed.h"

#include <math.h>
#include <string.h>

struct kept { /* of one game, until its next row */
    double *phi, *se, *low, *high;            /* [players] */
    double *group, *group_low, *group_high;   /* [groups] */
};

struct estimate_hand {
    const struct estimating *x;
    struct estimate_scratch *scratch;
    struct kept kept[EXPLAIN_GAMES_MAX];
    size_t *order;       /* [groups] */
    double *covariance;  /* [groups][groups] */
    struct estimate_memo memo, grown; /* of the rows first drawn; of all */
    struct estimate_joined joined;
    struct estimate_bill bill;
};

static status keep_open(const struct estimate_players *p, struct kept *k,
                        struct error *e)
{
    double **const all[] = {&k->phi, &k->se, &k->low, &k->high,
                            &k->group, &k->group_low, &k->group_high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        *all[i] = mem_array((i < 4 ? p->count : p->groups) + 1,
                            sizeof(double));
        if (*all[i] == NULL)
            return error_memory(e);
    }
    return ST_OK;
}

static void keep_close(struct kept *k)
{
    double *const all[] = {k->phi, k->se, k->low, k->high,
                           k->group, k->group_low, k->group_high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        mem_free(all[i]);
}

static status make(struct estimate_hand *h, struct error *e)
{
    const struct estimating *x = h->x;
    size_t groups = x->players->groups + 1;
    h->scratch = estimate_scratch_new();
    h->order = mem_array(groups, sizeof *h->order);
    h->covariance = mem_array(groups * groups, sizeof *h->covariance);
    if (h->scratch == NULL || h->order == NULL || h->covariance == NULL)
        return error_memory(e);
    for (size_t g = 0; g < x->games; g++)
        TRY(keep_open(x->players, &h->kept[g], e));
    return ST_OK;
}

status estimate_hand_new(const struct estimating *x,
                         struct estimate_hand **out, struct error *e)
{
    struct estimate_hand *h = mem_array(1, sizeof *h);
    if (h == NULL)
        return error_memory(e);
    h->x = x;
    status st = make(h, e);
    if (st != ST_OK) {
        estimate_hand_free(h);
        return st;
    }
    *out = h;
    return ST_OK;
}

void estimate_hand_free(struct estimate_hand *h)
{
    if (h == NULL)
        return;
    estimate_scratch_free(h->scratch);
    for (size_t g = 0; g < EXPLAIN_GAMES_MAX; g++)
        keep_close(&h->kept[g]);
    memo_close(&h->memo);
    memo_close(&h->grown);
    joined_close(&h->joined);
    mem_free(h->order);
    mem_free(h->covariance);
    mem_free(h);
}

const struct estimate_bill *estimate_hand_bill(const struct estimate_hand *h)
{
    return &h->bill;
}

/* --- groups ---------------------------------------------------------------- */

static double covariance_of(const struct estimated_game *v, size_t i, size_t j)
{
    double d = v->difference_se[i * v->players + j];
    return i == j ? v->se[i] * v->se[i]
                  : (v->se[i] * v->se[i] + v->se[j] * v->se[j] - d * d) / 2;
}

/* How many standard errors the intervals are wide, to each side. */
static double width_of(const struct estimated_game *v)
{
    size_t at = 0;
    for (size_t i = 1; i < v->players; i++)
        if (v->se[i] > v->se[at])
            at = i;
    return v->se[at] > 0 ? (v->high[at] - v->value[at]) / v->se[at] : 0;
}

static void add_up(struct estimate_hand *h, const struct estimated_game *v,
                   struct kept *k, struct estimated *out)
{
    const struct estimate_players *p = h->x->players;
    double width = width_of(v);
    memset(h->covariance, 0, p->groups * p->groups * sizeof *h->covariance);
    memset(k->group, 0, p->groups * sizeof *k->group);
    out->apart = 0;
    for (size_t i = 0; i < v->players; i++) {
        long g = p->group[i];
        *(g < 0 ? &out->apart : &k->group[g]) += v->value[i];
        for (size_t j = 0; g >= 0 && j < v->players; j++)
            if (p->group[j] >= 0)
                h->covariance[(size_t)g * p->groups + (size_t)p->group[j]] +=
                    covariance_of(v, i, j);
    }
    for (size_t g = 0; g < p->groups; g++) {
        double se = sqrt(fmax(0, h->covariance[g * p->groups + g]));
        k->group_low[g] = k->group[g] - width * se;
        k->group_high[g] = k->group[g] + width * se;
    }
}

/* Groups in the order that reasons have, ties as declared. */
static size_t sort_groups(const struct estimate_hand *h, const struct kept *k)
{
    const struct estimate_players *p = h->x->players;
    double sign = h->x->largest_first ? 1 : -1;
    for (size_t g = 0; g < p->groups; g++) {
        size_t at = g;
        while (at > 0 &&
               sign * k->group[h->order[at - 1]] < sign * k->group[g]) {
            h->order[at] = h->order[at - 1];
            at--;
        }
        h->order[at] = g;
    }
    return p->groups;
}

/* Each of the first K against all that stand behind it, all at once. */
static size_t certain_groups(const struct estimate_hand *h,
                             const struct estimated_game *v, const struct kept *k)
{
    size_t groups = h->x->players->groups, n = sort_groups(h, k);
    size_t first = h->x->first < n ? h->x->first : n, tests = 0;
    for (size_t i = 0; i < first; i++)
        tests += n - 1 - i;
    double tail = (1 - h->x->confidence) / 2;
    double width = width_of(v) *
                   dist_normal_quantile(1 - tail / (double)(tests + !tests)) /
                   dist_normal_quantile(1 - tail);
    for (size_t i = 0; i < first; i++)
        for (size_t j = i + 1; j < n; j++) {
            size_t a = h->order[i], b = h->order[j];
            double spread = h->covariance[a * groups + a] +
                            h->covariance[b * groups + b] -
                            2 * h->covariance[a * groups + b];
            double gap = fabs(k->group[a] - k->group[b]);
            bool apart = gap > width * sqrt(fmax(0, spread));
            /* an exact tie is no doubt: the declared order breaks it */
            if (!apart && (gap > 0 || spread > 0))
                return i;
        }
    return first;
}

/* --- asking ---------------------------------------------------------------- */

struct asking {
    struct mixed_game *game, *more; /* on the rows first drawn; on further ones */
    struct estimate_memo *memo;     /* of what is estimated from */
    struct estimate_request request;
    struct estimated_game value;
    size_t rows;
    size_t certain;
};

static status open_rows(const struct estimating *x, size_t game,
                        const double *row, size_t first, size_t count,
                        struct mixed_game **out, struct error *e)
{
    const struct estimate_population *p = &x->of[game];
    struct mixed_request r = {
        .model = x->model,
        .output = x->output,
        .row = row,
        .reference = p->row + first * x->model->features,
        .samples = count,
        .population = p->population,
        .player = x->players->of,
        .players = x->players->count};
    if (x->map != NULL)
        r.text_count = input_map_texts(x->map, &r.texts);
    return mixed_game_new(&r, out, e);
}

static status open_game(struct estimate_hand *h, size_t game,
                        const double *row, struct asking *a, struct error *e)
{
    TRY(open_rows(h->x, game, row, 0, a->rows, &a->game, e));
    a->memo = &h->memo;
    return memo_open(&h->memo, mixed_game_asked(a->game), e);
}

/* All rows that the draw may grow to. */
static status grow(struct estimate_hand *h, size_t game, const double *row,
                   struct asking *a, struct error *e)
{
    size_t count = h->x->of[game].count;
    TRY(open_rows(h->x, game, row, a->rows, count - a->rows, &a->more, e));
    joined_open(&h->joined, &h->memo, mixed_game_asked(a->more));
    a->rows = count;
    a->memo = &h->grown;
    return memo_open(&h->grown, &h->joined.game, e);
}

static void bill(struct estimate_hand *h, struct mixed_game *g)
{
    size_t asked = 0, equal = 0;
    if (g == NULL)
        return;
    mixed_game_bill(g, &asked, &equal);
    h->bill.asked += asked;
    h->bill.equal += equal;
    mixed_game_free(g);
}

static void close_game(struct estimate_hand *h, struct asking *a)
{
    if (a->game != NULL && a->memo != NULL)
        h->bill.coalitions += h->memo.count;
    bill(h, a->more);
    bill(h, a->game);
    a->game = a->more = NULL;
}

static status evaluate(struct estimate_hand *h, struct kept *k,
                       struct asking *a, struct estimated *out,
                       struct error *e)
{
    struct asked_game game = memo_game(a->memo);
    TRY(estimate_game(&game, &a->request, h->scratch, &a->value, e));
    add_up(h, &a->value, k, out);
    a->certain = h->x->players->whole && a->request.first > 0
                     ? a->value.certain
                     : certain_groups(h, &a->value, k);
    return ST_OK;
}

/* What leaves the order open: would it be settled were the reference rows the
 * whole population? Asks nothing that was not asked. */
static status rows_matter(struct estimate_hand *h, struct kept *k,
                          const struct asking *a, bool *yes, struct error *e)
{
    struct asking b = *a;
    struct estimated ignore;
    struct asked_game game = memo_game(a->memo);
    *yes = false;
    if (game.samples == game.population)
        return ST_OK;
    game.population = game.samples;
    b.request.until_order = false;
    b.request.evaluations = a->memo->count;
    TRY(estimate_game(&game, &b.request, h->scratch, &b.value, e));
    add_up(h, &b.value, k, &ignore);
    b.certain = certain_groups(h, &b.value, k);
    *yes = b.certain >= a->request.first;
    return ST_OK;
}

static status ask_more(struct estimate_hand *h, size_t game, const double *row,
                       struct kept *k, struct asking *a, struct estimated *out,
                       struct error *e)
{
    const struct estimating *x = h->x;
    const struct estimate_population *p = &x->of[game];
    bool rows = false;
    TRY(rows_matter(h, k, a, &rows, e));
    if (x->exact)
        rows = true;
    if (rows && p->count > a->rows) {
        TRY(grow(h, game, row, a, e));
    } else if (!x->exact) {
        a->request.evaluations += x->extra;
        a->request.until_order = true;
    } else {
        return ST_OK;
    }
    return evaluate(h, k, a, out, e);
}

static void keep(struct estimate_hand *h, size_t game, const struct asking *a,
                 struct estimated *out)
{
    struct kept *k = &h->kept[game];
    const struct estimated_game *v = &a->value;
    size_t bytes = v->players * sizeof(double);
    memcpy(k->phi, v->value, bytes);
    memcpy(k->se, v->se, bytes);
    memcpy(k->low, v->low, bytes);
    memcpy(k->high, v->high, bytes);
    out->game = game;
    out->phi = k->phi;
    out->se = k->se;
    out->low = k->low;
    out->high = k->high;
    out->group = k->group;
    out->group_low = k->group_low;
    out->group_high = k->group_high;
    out->base = v->base;
    out->all = v->all;
    out->method = v->method != NULL ? v->method->name : "";
    out->held_out = v->held_out;
    out->evaluations = v->evaluations;
    out->rows = a->rows;
    out->population = h->x->of[game].population;
    out->certain = a->certain;
    out->exact = v->exact;
}

status estimate_row(struct estimate_hand *h, size_t game, const double *row,
                    bool ordered, struct estimated *out, struct error *e)
{
    const struct estimating *x = h->x;
    struct kept *k = &h->kept[game];
    struct asking a = {.rows = x->of[game].rows};
    a.request = (struct estimate_request){
        .method = x->exact && !(ordered && x->until_order)
                      ? estimation_find("enumeration") : NULL,
        .evaluations = x->exact ? (size_t)1 << x->players->count
                                : x->evaluations,
        .until_order = ordered && x->until_order && x->players->whole,
        .largest_first = x->largest_first,
        .first = ordered ? x->first : 0,
        .confidence = x->confidence,
        .seed = x->seed};
    memset(out, 0, sizeof *out);
    status st = open_game(h, game, row, &a, e);
    if (st == ST_OK)
        st = evaluate(h, k, &a, out, e);
    if (st == ST_OK && ordered && a.certain < a.request.first && x->extra > 0)
        st = ask_more(h, game, row, k, &a, out, e);
    if (st == ST_OK)
        keep(h, game, &a, out);
    close_game(h, &a);
    h->bill.rows += game == 0;
    return st;
}
