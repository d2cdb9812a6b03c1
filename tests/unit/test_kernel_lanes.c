/* Every level gives the bits of the scalar twin, and that one what a plain loop
 * in the order of kernel/lanes.h gives. */
#include "check.h"

#include "kernel/lanes.h"
#include "kernel/simd.h"
#include "support/random_model.h"

enum { MOST = 21, LANES_MOST = 72, LINES = 2 * MOST };

struct scene {
    double line[LINES][LANES_MOST], weight[MOST * MOST], bias[MOST];
    float weight_single[MOST * MOST], bias_single[MOST];
    uint32_t in[MOST], out[MOST];
    struct lanes_lists l;
    bool biased;
};

static double number(struct random *r)
{
    double x = (random_unit(r) - 0.5) * pow(10.0, random_unit(r) * 6 - 3);

    if (random_chance(r, 0.02))
        return random_chance(r, 0.5) ? 0.0 : -0.0;
    return x;
}

static void draw(struct random *r, struct scene *s)
{
    s->l = (struct lanes_lists){
        .line = s->line[0], .stride = LANES_MOST, .in = s->in, .out = s->out,
        .lanes = LANES_GRAIN * (1 + random_below(r, LANES_MOST / LANES_GRAIN)),
        .ins = random_below(r, MOST + 1), .outs = random_below(r, MOST + 1)};
    s->biased = random_chance(r, 0.7);
    for (size_t k = 0; k < LINES; k++)
        for (size_t i = 0; i < LANES_MOST; i++)
            s->line[k][i] = random_chance(r, 0.01) ? (double)NAN : number(r);
    for (uint32_t i = 0; i < MOST; i++) {
        s->in[i] = (uint32_t)random_below(r, MOST);
        s->out[i] = MOST + (i * 8 + 3) % MOST;
        s->bias[i] = number(r);
        s->bias_single[i] = (float)s->bias[i];
    }
    for (size_t i = 0; i < MOST * MOST; i++) {
        s->weight[i] = number(r);
        s->weight_single[i] = (float)s->weight[i];
    }
}

static double expected(const struct scene *s, size_t o, size_t lane)
{
    double sum = 0.0;

    for (size_t i = 0; i < s->l.ins; i++) {
        double product = s->weight[o * s->l.ins + i] * s->line[s->in[i]][lane];
        sum += product;
    }
    return s->biased ? sum + s->bias[o] : sum;
}

static double expected_single(const struct scene *s, size_t o, size_t lane)
{
    float sum = 0.0F;

    for (size_t i = 0; i < s->l.ins; i++) {
        float product = s->weight_single[o * s->l.ins + i] *
                        (float)s->line[s->in[i]][lane];
        sum += product;
    }
    return (double)(s->biased ? sum + s->bias_single[o] : sum);
}

/* Equal bits, or two missing values. */
static void same(double a, double b)
{
    if (isnan(a) || isnan(b))
        assert_true(isnan(a) && isnan(b));
    else
        assert_memory_equal(&a, &b, sizeof a);
}

/* What was written, and that nothing else was. */
static void check_lines(const struct scene *s, const struct scene *before,
                        bool single)
{
    for (size_t o = 0; o < MOST; o++)
        for (size_t k = 0; k < LANES_MOST; k++) {
            bool written = o < s->l.outs && k < s->l.lanes;
            double wanted = !written ? before->line[s->out[o]][k]
                            : single ? expected_single(before, o, k)
                                     : expected(before, o, k);
            same(s->line[s->out[o]][k], wanted);
        }
}

static void sums(void **state)
{
    static struct scene s, before;
    static float room[(MOST + 1) * (LANES_MOST + 16)];
    struct random r = {21};
    enum simd_level best = simd_level();

    (void)state;
    for (int i = 0; i < 400; i++) {
        draw(&r, &before);
        assert_true(lanes_affine_room(before.l.ins, before.l.lanes) <=
                    sizeof room / sizeof *room);
        for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
            if (!simd_force((enum simd_level)level))
                continue;
            for (int single = 0; single < 2; single++) {
                s = before;
                s.l.line = s.line[0];
                if (single)
                    lanes_affine_single(&s.l, s.weight_single,
                                        s.biased ? s.bias_single : NULL, room);
                else
                    lanes_affine(&s.l, s.weight, s.biased ? s.bias : NULL);
                check_lines(&s, &before, single);
            }
        }
    }
    assert_true(simd_force(best));
}

struct simple {
    const double *x, *y, *z;
    double p, q;
};

/* The steps on one value, one after the other; `which` counts them. */
static double simple_at(const struct simple *s, size_t which, size_t k)
{
    double x = s->x[k], y = s->y[k];
    float a = (float)x, b = (float)y, product = (float)s->p * a;

    switch (which) {
    case 0: return x < 0.0 ? 0.0 : x;
    case 1: return (double)a;
    case 2: return s->p * x + s->q;
    case 3: return (double)(product + (float)s->q);
    case 4: return isnan(x) ? 1.0 : 0.0;
    case 5: return isnan(x) ? s->z[k] : x != 0.0 ? y : s->p;
    case 6: return x + y;
    case 7: return x - y;
    case 8: return x * y;
    case 9: return x / y;
    case 10: return (double)(a + b);
    case 11: return (double)(a - b);
    case 12: return (double)(a * b);
    default: return (double)(a / b);
    }
}

enum { SIMPLES = 14 };

static void simple_run(const struct simple *s, size_t which, double *out,
                       size_t n)
{
    double no[LANES_MOST];

    for (size_t k = 0; k < LANES_MOST; k++)
        no[k] = s->p;
    switch (which) {
    case 0: lanes_relu(s->x, out, n); break;
    case 1: lanes_round(s->x, out, n); break;
    case 2: lanes_scale(s->x, s->p, s->q, out, n); break;
    case 3:
        lanes_scale_single(s->x, (float)s->p, (float)s->q, out, n);
        break;
    case 4: lanes_missing(s->x, out, n); break;
    case 5: lanes_choose(s->x, s->y, no, s->z, out, n); break;
    default:
        if (which < 10)
            lanes_pair((enum lanes_pair)(which - 6), s->x, s->y, out, n);
        else
            lanes_pair_single((enum lanes_pair)(which - 10), s->x, s->y, out,
                              n);
    }
}

static void simple_steps(void **state)
{
    static struct scene s;
    struct random r = {22};
    enum simd_level best = simd_level();

    (void)state;
    for (int i = 0; i < 100; i++) {
        double out[LANES_MOST + 1];
        draw(&r, &s);
        struct simple of = {s.line[0], s.line[1], s.line[2], number(&r),
                            number(&r)};
        for (int level = SIMD_SCALAR; level <= SIMD_AVX512; level++) {
            if (!simd_force((enum simd_level)level))
                continue;
            for (size_t which = 0; which < SIMPLES; which++) {
                size_t n = random_below(&r, LANES_MOST + 1);
                out[n] = 7.0;
                simple_run(&of, which, out, n);
                for (size_t k = 0; k < n; k++)
                    same(out[k], simple_at(&of, which, k));
                assert_true(out[n] == 7.0);
            }
        }
    }
    assert_true(simd_force(best));
}

/* A line may be written where it was read. */
static void in_place(void **state)
{
    static struct scene s;
    struct random r = {23};
    double out[LANES_MOST];

    (void)state;
    draw(&r, &s);
    lanes_pair(LANES_MULTIPLY, s.line[0], s.line[1], out, LANES_MOST);
    lanes_pair(LANES_MULTIPLY, s.line[0], s.line[1], s.line[0], LANES_MOST);
    for (size_t k = 0; k < LANES_MOST; k++)
        same(s.line[0][k], out[k]);
    lanes_relu(out, out, LANES_MOST);
    for (size_t k = 0; k < LANES_MOST; k++)
        assert_false(out[k] < 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums),
        cmocka_unit_test(simple_steps),
        cmocka_unit_test(in_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
