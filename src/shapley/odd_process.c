#include "shapley/odd_process.h"

#include "kernel/dense.h"

#include <math.h>

/* Observations that choose ρ; with more, one ρ is used for all of them. */
#define CHOOSING_MAX ((size_t)288)
/* Of the largest variance, keeps near-copies of an observation solvable. */
#define JITTER 1e-10
#define LIKELY 1e-3 /* a ρ of less weight is left out */

/* s² by what coverage was measured on random networks and forests (docs/
 * NUMERICS.md): about five pairs a player are chosen so well that each is far
 * from the others and its error, left out, larger than those of the values. */
#define NARROW_PAIRS 5.0 /* a player */
#define NARROW_BY 0.13   /* there; nothing at half and at twice as many */

/* The grid: variance of all parities of degree 3 over that of degree 1, and of
 * degree 5 over degree 3; with a weak prior on the first. */
static const double shares[ODD_SHARES] = {1e-6, 1e-3, 3e-3, 1e-2, 3e-2,
                                          0.1,  0.3,  1,    3};
static const double decays[ODD_DECAYS] = {0.01, 0.05, 0.2, 0.8, 3};
#define LIKELY_SHARE 0.08
#define SHARE_DECADES 2.0

/* One ρ on the first `size` observations. */
struct level {
    size_t size;       /* 0: not made */
    double *inverse;   /* [size][size] U⁻ᵀ of K */
    double *reach;     /* [size][n] U⁻ᵀ cov(o, φ) */
    double *log_root;  /* [size] logs of U's diagonal */
};

/* What one ρ says of the values when `known` observations are there. */
struct beginning {
    struct beginning *next;
    size_t known;
    const struct level *level;
    double *posterior; /* [n][n], s² = 1 */
    double *leave;     /* [known] diagonal of K⁻¹ */
    double *map;       /* [n][known] */
    double log_root;   /* ½ log |K| */
};

struct odd_process {
    struct arena *arena;
    struct pair_plan plan;
    struct odd_kernel kernel[ODD_GRID];
    struct level choosing[ODD_GRID], whole[ODD_GRID];
    struct beginning *first[ODD_GRID];
    bool made;
};

struct odd_process *odd_process_new(void)
{
    return mem_array(1, sizeof(struct odd_process));
}

void odd_process_free(struct odd_process *o)
{
    if (o == NULL)
        return;
    arena_free(o->arena);
    mem_free(o);
}

status odd_process_plan(struct odd_process *o, size_t players, size_t pairs,
                        uint64_t seed, const struct pair_plan **out,
                        struct error *e)
{
    *out = &o->plan;
    if (o->made && o->plan.players == players && o->plan.pairs >= pairs &&
        o->plan.seed == seed)
        return ST_OK;
    arena_free(o->arena);
    memset(o, 0, sizeof *o);
    o->arena = arena_new((size_t)4 << 30);
    if (o->arena == NULL)
        return error_memory(e);
    TRY(odd_design_make(o->arena, players, pairs, seed, &o->plan, e));
    for (size_t g = 0; g < ODD_GRID; g++)
        TRY(odd_kernel_make(o->arena, players, shares[g / ODD_DECAYS],
                            decays[g % ODD_DECAYS], &o->kernel[g], e));
    o->made = true;
    return ST_OK;
}

/* cov(φ_i, o(S)): a player outside S counts one −1 less among the others. */
static double cross(const struct odd_kernel *k, const struct pair_plan *p,
                    size_t observation, size_t i)
{
    const uint64_t *set = p->set + observation * p->words;
    size_t out = p->players - p->size[observation];

    return set_has(set, i) ? k->cross[out] : -k->cross[out - 1];
}

static status make_level(struct odd_process *o, const struct odd_kernel *k,
                         size_t size, struct level *l, struct error *e)
{
    const struct pair_plan *p = &o->plan;
    size_t n = p->players, words = p->words;
    double *u = mem_array(size * size, sizeof *u);

    l->inverse = arena_array(o->arena, size * size, sizeof *l->inverse);
    l->reach = arena_new_array(o->arena, double, size * n);
    l->log_root = arena_new_array(o->arena, double, size);
    if (u == NULL || l->inverse == NULL || l->reach == NULL ||
        l->log_root == NULL) {
        mem_free(u);
        return error_memory(e);
    }
    for (size_t i = 0; i < size; i++) {
        for (size_t j = i; j < size; j++)
            u[i * size + j] = k->same[odd_differ(p->set + i * words,
                                                 p->set + j * words, words)];
        u[i * size + i] += JITTER * k->same[0];
        for (size_t j = 0; j < n; j++)
            l->reach[i * n + j] = cross(k, p, i, j);
    }
    if (!dense_factor(u, size, size)) {
        mem_free(u);
        return error_bug(e, "a prior covariance is not positive definite");
    }
    dense_inverse_factor(u, size, size, l->inverse);
    dense_forward(u, size, size, l->reach, n, n);
    for (size_t i = 0; i < size; i++)
        l->log_root[i] = log(u[i * size + i]);
    mem_free(u);
    l->size = size;
    return ST_OK;
}

/* The level of grid point g that holds so many observations. */
static status find_level(struct odd_process *o, size_t g, size_t known,
                         const struct level **out, struct error *e)
{
    size_t room = o->plan.pairs + 1;
    bool few = known <= CHOOSING_MAX;
    struct level *l = few ? &o->choosing[g] : &o->whole[g];

    *out = l;
    if (l->size != 0)
        return ST_OK;
    return make_level(o, &o->kernel[g],
                      few && room > CHOOSING_MAX ? CHOOSING_MAX : room, l, e);
}

static status make_beginning(struct odd_process *o, size_t g, size_t known,
                             struct beginning *b, struct error *e)
{
    const struct odd_kernel *k = &o->kernel[g];
    const struct level *l = b->level;
    size_t n = o->plan.players;
    double *less = arena_new_array(o->arena, double, n * n);

    b->known = known;
    b->posterior = arena_new_array(o->arena, double, n * n);
    b->leave = arena_new_array(o->arena, double, known);
    b->map = arena_array(o->arena, n * known, sizeof *b->map);
    if (less == NULL || b->posterior == NULL || b->leave == NULL ||
        b->map == NULL)
        return arena_error(o->arena, e);
    dense_gram(l->reach, n, l->reach, n, known, n, n, less, n);
    dense_gram(l->reach, n, l->inverse, l->size, known, n, known, b->map,
               known);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            b->posterior[i * n + j] = (i == j ? k->own : k->mixed) -
                                      less[i * n + j];
    }
    for (size_t r = 0; r < known; r++) {
        const double *row = l->inverse + r * l->size;

        b->log_root += l->log_root[r];
        for (size_t c = 0; c <= r; c++)
            b->leave[c] += row[c] * row[c];
    }
    return ST_OK;
}

static status find_beginning(struct odd_process *o, size_t g, size_t known,
                             struct beginning **out, struct error *e)
{
    struct beginning *b;

    for (b = o->first[g]; b != NULL && b->known != known;)
        b = b->next;
    *out = b;
    if (b != NULL)
        return ST_OK;
    *out = b = arena_new_one(o->arena, struct beginning);
    if (b == NULL)
        return arena_error(o->arena, e);
    TRY(find_level(o, g, known, &b->level, e));
    TRY(make_beginning(o, g, known, b, e));
    b->next = o->first[g];
    o->first[g] = b;
    return ST_OK;
}

/* One game seen through one ρ. */
struct view {
    struct beginning *b;
    double *turned;    /* [known] U⁻ᵀ o */
    double *value;     /* [n] */
    double scale;      /* s² */
    double likely;     /* log of the marginal likelihood, prior included */
    double weight;
};

static void look(const struct pair_values *v, const struct beginning *b,
                 double share, struct view *w)
{
    const struct level *l = b->level;
    double sum = 0, off = log10(share / LIKELY_SHARE) / SHARE_DECADES;
    size_t n = v->n, known = b->known;

    for (size_t r = 0; r < known; r++) {
        const double *row = l->inverse + r * l->size;
        double a[4] = {0, 0, 0, 0};
        size_t c = 0;

        for (; c + 4 <= r + 1; c += 4) {
            for (size_t i = 0; i < 4; i++)
                a[i] += row[c + i] * v->odd[c + i];
        }
        for (; c <= r; c++)
            a[0] += row[c] * v->odd[c];
        w->turned[r] = (a[0] + a[1]) + (a[2] + a[3]);
        sum += w->turned[r] * w->turned[r];
    }
    w->scale = fmax(sum / (double)known, 1e-300);
    w->likely = -0.5 * (double)known * log(w->scale) - b->log_root -
                0.5 * off * off;
    for (size_t i = 0; i < n; i++)
        w->value[i] = 0;
    for (size_t r = 0; r < known; r++) {
        for (size_t i = 0; i < n; i++)
            w->value[i] += l->reach[r * n + i] * w->turned[r];
    }
}

/* Each pair left out in turn: mean squared error, and the s² it speaks for. */
static void leave_out(const struct view *w, double *alpha, double *error,
                      double *scale)
{
    const struct level *l = w->b->level;
    size_t known = w->b->known;

    memset(alpha, 0, known * sizeof *alpha);
    for (size_t r = 0; r < known; r++) {
        const double *row = l->inverse + r * l->size;

        for (size_t c = 0; c <= r; c++)
            alpha[c] += row[c] * w->turned[r];
    }
    *error = *scale = 0;
    for (size_t p = 1; p < known; p++) {
        double r = alpha[p] / w->b->leave[p];

        *error += r * r;
        *scale += alpha[p] * r;
    }
    *error /= (double)(known - 1);
    *scale /= (double)(known - 1);
}

static double narrower(double pairs)
{
    double off = pairs < NARROW_PAIRS ? 2 * (1 - pairs / NARROW_PAIRS)
                                      : pairs / NARROW_PAIRS - 1;

    return 1 - NARROW_BY * fmax(1 - off, 0);
}

/* The mixture over the grid; `scale` times each s². */
static void mix(const struct view *view, size_t n, size_t known, double scale,
                struct fit *f)
{
    const struct view *w = view;

    for (; w < view + ODD_GRID; w++) {
        if (w->weight <= 0)
            continue;
        for (size_t i = 0; i < n; i++)
            f->value[i] += w->weight * w->value[i];
        for (size_t i = 0; i < n * known; i++)
            f->map[i] += w->weight * w->b->map[i];
    }
    for (w = view; w < view + ODD_GRID; w++) {
        if (w->weight <= 0)
            continue;
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++)
                f->covariance[i * n + j] +=
                    w->weight *
                    (w->scale * scale * w->b->posterior[i * n + j] +
                     (w->value[i] - f->value[i]) * (w->value[j] - f->value[j]));
        }
    }
}

/* Weights over the grid; returns the likeliest. */
static size_t weigh(struct view *view)
{
    size_t best = 0;
    double sum = 0;

    for (size_t g = 1; g < ODD_GRID; g++)
        best = view[g].likely > view[best].likely ? g : best;
    for (size_t g = 0; g < ODD_GRID; g++) {
        double weight = exp(view[g].likely - view[best].likely);

        view[g].weight = weight >= LIKELY ? weight : 0;
        sum += view[g].weight;
    }
    for (size_t g = 0; g < ODD_GRID; g++)
        view[g].weight /= sum;
    return best;
}

/* Σ values = 2 o(N) holds but for the jitter. */
static void settle(const struct pair_values *v, struct fit *f)
{
    double rest = 2 * v->odd[0];

    for (size_t i = 0; i < v->n; i++)
        rest -= f->value[i];
    for (size_t i = 0; i < v->n; i++)
        f->value[i] += rest / (double)v->n;
}

status odd_process_fit(struct odd_process *o, struct arena *a,
                       const struct pair_values *v, struct fit *f,
                       struct error *e)
{
    size_t n = v->n, known = v->known, best;
    size_t choosing = known < CHOOSING_MAX ? known : CHOOSING_MAX;
    struct view view[ODD_GRID] = {0};
    double *alpha = arena_new_array(a, double, known), scale;

    *f = (struct fit){.freedom = (double)known - 1};
    f->value = arena_new_array(a, double, n);
    f->map = arena_array(a, n * known, sizeof *f->map);
    f->covariance = arena_new_array(a, double, n * n);
    if (alpha == NULL || f->value == NULL || f->map == NULL ||
        f->covariance == NULL)
        return arena_error(a, e);
    for (size_t g = 0; g < ODD_GRID; g++) {
        view[g].turned = arena_new_array(a, double, known);
        view[g].value = arena_new_array(a, double, n);
        if (view[g].turned == NULL || view[g].value == NULL)
            return arena_error(a, e);
        TRY(find_beginning(o, g, choosing, &view[g].b, e));
        look(v, view[g].b, shares[g / ODD_DECAYS], &view[g]);
    }
    best = weigh(view);
    if (choosing < known) {
        for (size_t g = 0; g < ODD_GRID; g++)
            view[g].weight = g == best ? 1 : 0;
        TRY(find_beginning(o, best, known, &view[best].b, e));
        look(v, view[best].b, shares[best / ODD_DECAYS], &view[best]);
    }
    leave_out(&view[best], alpha, &f->held_out, &scale);
    scale *= narrower((double)(known - 1) / (double)n);
    mix(view, n, known, scale / view[best].scale, f);
    settle(v, f);
    return ST_OK;
}
