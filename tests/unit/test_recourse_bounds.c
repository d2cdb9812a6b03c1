/* Bounds of random boxes: never above what a point of the box scores, exact at
 * points, and inside a group exact for the whole box. */
#include "support/recourse_case.h"

#include "kernel/simd.h"
#include "recourse/price.h"

struct play {
    const struct instance *c;
    struct recourse *r;
    struct recourse_scratch *s;
    struct game g;
    struct trial t;
    struct search search;
    uint16_t low[RECOURSE_LEVERS_MAX], high[RECOURSE_LEVERS_MAX];
    struct box box;
};

static void start(struct play *p, const struct instance *c)
{
    struct error e = {0};

    p->c = c;
    check_ok(one_prepare(&c->p, &p->r, &e), &e);
    check_ok(recourse_scratch_new(p->r, &p->s, &e), &e);
    check_ok(space_make(p->r, c->row, p->s->row, &p->g.space, &e), &e);
    check_ok(game_make(p->r, p->s->row, &p->g, &e), &e);
    p->t = (struct trial){.r = p->r,
                          .g = &p->g,
                          .s = p->s,
                          .open = ~(uint64_t)0,
                          .most_changes = 3};
    check_ok(search_start(&p->search, &p->t, &e), &e);
    p->box = (struct box){.low = p->low, .high = p->high};
}

static void stop(struct play *p)
{
    recourse_scratch_free(p->s);
    recourse_free(p->r);
}

static void draw_box(struct random *r, struct play *p)
{
    for (size_t a = 0; a < p->g.space.axes; a++) {
        size_t n = p->g.space.axis[a].count;
        size_t i = random_below(r, n), k = random_below(r, n);
        p->low[a] = (uint16_t)(i < k ? i : k);
        p->high[a] = (uint16_t)(i < k ? k : i);
    }
}

static void draw_point(struct random *r, const struct play *p, uint16_t *index)
{
    for (size_t a = 0; a < p->g.space.axes; a++)
        index[a] =
            (uint16_t)(p->low[a] +
                       random_below(r, (size_t)(p->high[a] - p->low[a]) + 1));
}

static double score_at(struct play *p, const uint16_t *index)
{
    double margin, native;

    trial_point_sums(&p->t, index, &margin, &native);
    return p->r->engine->score[0].sign * margin;
}

static double bound_of(struct play *p)
{
    view_begin(&p->search, &p->search.whole, &p->box, false, true);
    view_end(&p->search, &p->search.whole);
    return view_excess(&p->search, &p->search.whole) / p->g.weight[0] +
           p->g.limit[0];
}

static void sound(struct play *p, struct random *r)
{
    uint16_t index[RECOURSE_LEVERS_MAX];

    for (int i = 0; i < 10; i++) {
        draw_box(r, p);
        double bound = bound_of(p);
        for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
            if (simd_force((enum simd_level)level))
                assert_true(bound_of(p) == bound);
        }
        for (int k = 0; k < 20; k++) {
            draw_point(r, p, index);
            double score = score_at(p, index);
            assert_true(bound <= score + 1e-9);
            check_close(point_score(&p->search, index, 0), score, 0, 1e-9);
        }
        for (size_t k = 0; k < p->search.n; k++) {
            size_t a = p->search.axis[k];
            struct play q = *p;
            q.box = (struct box){.low = q.low, .high = q.high};
            (void)bound_of(p);
            double with = excess_with(&p->search, &p->search.whole, k,
                                      p->low[a], p->low[a]);
            q.high[a] = q.low[a];
            view_begin(&p->search, &p->search.own, &q.box, false, true);
            assert_true(with == view_excess(&p->search, &p->search.own));
        }
    }
}

/* The best sum of a group's trees over all points of the box. */
static double enumerate(struct play *p, const struct group *g, size_t axis,
                        uint16_t *index)
{
    double best = INFINITY, sum = 0;

    if (axis == p->g.space.axes) {
        const struct engine_score *s = &p->r->engine->score[0];
        assert_true(space_point(&p->g.space, index, p->s->quantity));
        for (uint32_t i = 0; i < g->trees; i++) {
            const struct tree *t = &s->model->tree[g->tree[i]];
            sum += s->sign * t->weight * s->model->combine_scale *
                   t->node[tree_leaf(s->model, t, p->s->quantity)].value;
        }
        return sum;
    }
    for (size_t i = p->low[axis]; i <= p->high[axis]; i++) {
        index[axis] = (uint16_t)i;
        best = fmin(best, enumerate(p, g, axis + 1, index));
    }
    return best;
}

static void joint(struct play *p, struct random *r, int *merged, int *wide)
{
    uint16_t index[RECOURSE_LEVERS_MAX];
    double points = 1;

    draw_box(r, p);
    for (size_t a = 0; a < p->g.space.axes; a++)
        points *= p->high[a] - p->low[a] + 1;
    if (points > 3000)
        return;
    (void)bound_of(p);
    const uint64_t *all = p->search.whole.all;
    for (size_t i = 0; i < p->g.groups; i++) {
        const struct group *g = &p->g.group[i];
        uint32_t w = g->first_word;
        while (all[w] == 0)
            w++;
        assert_true(w < g->first_word + g->words);
        double best =
            p->g.value[p->g.offset[w] + (size_t)__builtin_clzll(all[w])];
        check_close(best, enumerate(p, g, 0, index), 0, 1e-9);
        *merged += g->trees > 1;
        *wide += g->words > 1;
    }
}

/* Cheapest point of the box that the score lets pass. */
static double cheapest(struct play *p, size_t axis, double cost,
                       uint16_t *index)
{
    double best = INFINITY;

    if (axis == p->g.space.axes)
        return score_at(p, index) <= p->r->engine->score[0].cut
                   ? cost
                   : (double)INFINITY;
    for (size_t i = p->low[axis]; i <= p->high[axis]; i++) {
        index[axis] = (uint16_t)i;
        best =
            fmin(best, cheapest(p, axis + 1,
                                cost + p->g.space.axis[axis].cost[i], index));
    }
    return best;
}

/* What shares of a step's cost groups have never sums to more than it. */
static void check_shares(struct play *p)
{
    struct recourse_proof proof = {.root = NULL};
    struct error e = {0};

    check_ok(price_prove(&p->search, p->s->row, &proof, &e), &e);
    for (size_t a = 0; a < p->g.space.axes; a++) {
        const struct axis *x = &p->g.space.axis[a];
        for (size_t i = 0; i < x->count; i++) {
            double sum = 0;
            if (i == x->own)
                continue;
            size_t before = i > x->own ? i - 1 : i + 1;
            for (size_t k = 0; k < proof.price->shares; k++) {
                const struct proof_share *h = &proof.price->share[k];
                if (h->lever == a && h->value == x->value[i])
                    sum += h->add;
            }
            assert_true(sum <= (x->cost[i] - x->cost[before]) * (1 + 1e-12));
        }
    }
}

static void priced(struct play *p, struct random *r, int *beyond)
{
    struct error e = {0};
    uint16_t index[RECOURSE_LEVERS_MAX];

    check_ok(price_start(&p->search, &e), &e);
    if (p->search.pricer == NULL)
        return;
    check_shares(p);
    for (int i = 0; i < 10; i++) {
        double points = 1;
        draw_box(r, p);
        for (size_t a = 0; a < p->g.space.axes; a++)
            points *= p->high[a] - p->low[a] + 1;
        if (points > 3000)
            continue;
        view_begin(&p->search, &p->search.whole, &p->box, false, true);
        price_box(&p->search, &p->box);
        double bound = price_bound(&p->search, &p->box);
        assert_true(bound <= cheapest(p, 0, 0, index));
        *beyond += bound > p->box.cost;
    }
}

static void random_boxes(void **state)
{
    struct random r = {31};
    int merged = 0, wide = 0, beyond = 0;
    enum simd_level best = simd_level();

    (void)state;
    for (int i = 0; i < 600; i++) {
        struct instance c;
        static struct play p;
        draw(&r, &c, i);
        if (draw_cutoff(&r, &c)) {
            start(&p, &c);
            sound(&p, &r);
            for (int k = 0; k < 5; k++)
                joint(&p, &r, &merged, &wide);
            priced(&p, &r, &beyond);
            stop(&p);
        }
        model_free(c.m);
    }
    assert_true(simd_force(best));
    assert_true(merged > 500 && wide > 20 && beyond > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_boxes)};

    return cmocka_run_group_tests_name("recourse bounds", tests, NULL, NULL);
}
