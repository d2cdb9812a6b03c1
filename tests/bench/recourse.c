/* Times recourse: `recourse PROBLEM ROWS.f64 FIRST COUNT THREADS`. PROBLEM is
 * text, one statement a line, numbers plain, "inf" and "nan" among them:
 *   model FILE QUANTITIES          quantities >= features of the model
 *   pass most|least CUTOFF [GUARD] without a guard recourse_guard()'s
 *   also FILE most|least CUTOFF INDEX...   a further score, by quantity
 *   changes K · budget BOXES · alternatives N · margin X · prove 1 · cap POINTS
 *   lever QUANTITY both|up|down LOW HIGH STEP DECIMALS WEIGHT SCALE FIXED
 *         QUANTITY -1: none; then, of the last lever:
 *   codes ordered|free CODE...
 *   missing KNOWN-COST MISSING-COST
 *   add QUANTITY RATE LOW HIGH · indicate QUANTITY CODE
 *   formula QUANTITY sum|difference|product|ratio A B FACTOR DECIMALS
 *   linear MOST QUANTITY COEFFICIENT ...
 *   when QUANTITY LOW HIGH then QUANTITY LOW HIGH
 *   one LEVER...
 * Prints a line a row: ordinal, status (0 proven, 1 within, 2 found, 3
 * impossible, 4 undecided, 9 refused), cost, lower bound, boxes, seconds of the
 * thread's processor time, margin, native margin, 1 where the guard changed the
 * answer, and the changes as LEVER=TEXT joined by commas, TEXT being the printed
 * decimals; then "|" and the changes of each alternative. The last line: "all
 * SECONDS BUSIEST MEMORY": by the clock, of the busiest thread, peak kB.
 *
 * `recourse points PROBLEM ROWS.f64 FIRST COUNT N` draws N random plans a row;
 * none that costs less than the proven bound may pass: prints how many did cost
 * less and how many of those passed.
 */
#include "recourse_problem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

enum { THREADS_MAX = 16, RECOURSE_REFUSED = 9 };

struct bench {
    struct problem problem;
    const double *rows;
    size_t first, count;
    atomic_size_t next;
    char **line; /* [count] what is printed of each row */
    double busy[THREADS_MAX];
};

static double now(clockid_t clock)
{
    struct timespec t;
    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const double *read_rows(const struct bench *b, const char *path)
{
    FILE *f = fopen(path, "rb");
    size_t row = b->problem.p.quantities * sizeof(double);
    double *out = malloc(b->count * row + 1);
    if (f == NULL || out == NULL ||
        fseek(f, (long)(b->first * row), SEEK_SET) != 0 ||
        fread(out, row, b->count, f) != b->count)
        fail("cannot read enough rows of", path);
    (void)fclose(f);
    return out;
}

/* --- rows ------------------------------------------------------------------ */

static void put_plan(FILE *f, const struct bench *b,
                     const struct recourse_plan *plan)
{
    char text[NUM_TEXT_MAX * 9];
    for (size_t i = 0; i < plan->changes; i++) {
        const struct recourse_change *c = &plan->change[i];
        int decimals = b->problem.lever[c->lever].decimals;
        if (isnan(c->to))
            (void)snprintf(text, sizeof text, "nan");
        else
            (void)num_fixed(c->to, decimals < 0 ? 0 : decimals, text);
        fprintf(f, "%s%zu=%s", i > 0 ? "," : "", c->lever, text);
    }
    if (plan->changes == 0)
        fputc('-', f);
}

static void solve_row(struct bench *b, struct recourse_scratch *s, size_t i)
{
    struct recourse_result *r = calloc(1, sizeof *r);
    struct error e = {.class = ST_OK};
    size_t bytes = 0;
    FILE *f = open_memstream(&b->line[i], &bytes);
    if (r == NULL || f == NULL)
        fail("no memory for", "a row");
    double start = now(CLOCK_THREAD_CPUTIME_ID);
    status made = recourse_solve(b->problem.prepared, s,
                                 b->rows + i * b->problem.p.quantities, r, &e);
    double spent = now(CLOCK_THREAD_CPUTIME_ID) - start;
    const struct recourse_plan *p = &r->plan;
    if (made != ST_OK) {
        fprintf(f, "%zu %d 0 0 0 %.9f 0 0 0 - # %s\n", b->first + i,
                RECOURSE_REFUSED, spent, e.text);
    } else {
        fprintf(f, "%zu %d %.17g %.17g %ld %.9f %.17g %.17g %d ", b->first + i,
                (int)p->status, p->cost, p->lower, p->nodes, spent, p->margin,
                p->native, (int)p->guard_changed);
        put_plan(f, b, p);
        for (size_t a = 0; a < r->alternatives; a++) {
            fputs(" | ", f);
            put_plan(f, b, &r->alternative[a]);
        }
        fputc('\n', f);
    }
    (void)fclose(f);
    free(r);
}

struct worker {
    struct bench *b;
    size_t thread;
};

static void *work(void *self)
{
    const struct worker *w = self;
    struct bench *b = w->b;
    struct error e = {.class = ST_OK};
    struct recourse_scratch *s = NULL;
    CHECK(recourse_scratch_new(b->problem.prepared, &s, &e));
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->count;)
        solve_row(b, s, i);
    recourse_scratch_free(s);
    b->busy[w->thread] = now(CLOCK_THREAD_CPUTIME_ID);
    return NULL;
}

static void run(struct bench *b, size_t threads)
{
    struct worker w[THREADS_MAX];
    pthread_t id[THREADS_MAX];
    struct rusage usage;
    double start = now(CLOCK_MONOTONIC), busiest = 0;
    for (size_t t = 0; t < threads; t++) {
        w[t] = (struct worker){b, t};
        if (pthread_create(&id[t], NULL, work, &w[t]) != 0)
            fail("no thread for", "rows");
    }
    for (size_t t = 0; t < threads; t++) {
        (void)pthread_join(id[t], NULL);
        busiest = fmax(busiest, b->busy[t]);
    }
    double spent = now(CLOCK_MONOTONIC) - start;
    for (size_t i = 0; i < b->count; i++)
        fputs(b->line[i], stdout);
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("all %.6g %.6g %ld\n", spent, busiest, usage.ru_maxrss);
}

/* --- random points --------------------------------------------------------- */

static double unit(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Another value of a number lever, on its grid and in its limits; NaN: none. */
static double other_value(const struct recourse_lever *l, double own,
                          double span, uint64_t *state)
{
    char text[NUM_TEXT_MAX * 9];
    double step = l->step > 0 ? l->step : pow(10, -l->decimals);
    double x = own + (2 * unit(state) - 1) * span * l->scale;
    size_t n = num_fixed(floor(x / step) * step, l->decimals, text);
    if (l->code != NULL || !num_parse(text, n, &x) || x < l->low ||
        x > l->high || (x > own && l->direction == RECOURSE_DOWN) ||
        (x < own && l->direction == RECOURSE_UP))
        return (double)NAN;
    return x;
}

/* A random plan of a few levers; its cost. */
static double random_plan(const struct bench *b, const double *row, double span,
                          struct recourse_plan *plan, uint64_t *state)
{
    size_t most = b->problem.p.most_changes, levers = b->problem.p.levers;
    size_t wanted = 1 + (size_t)(unit(state) * (double)(most < 4 ? most : 4));
    double cost = 0;
    plan->changes = 0;
    size_t start = (size_t)(unit(state) * (double)levers);
    for (size_t i = start; i < levers && plan->changes < wanted; i++) {
        const struct recourse_lever *l = &b->problem.lever[i];
        if (l->quantity == RECOURSE_NO_QUANTITY || isnan(row[l->quantity]) ||
            unit(state) < 0.3)
            continue;
        double own = row[l->quantity], to = other_value(l, own, span, state);
        if (isnan(to) || to == own)
            continue;
        plan->change[plan->changes++] = (struct recourse_change){
            i, own, to, recourse_cost(l, own, to)};
        cost += recourse_cost(l, own, to);
    }
    return cost;
}

static bool all_pass(const struct bench *b, const double *row)
{
    double margin[64], native[64], own[512];
    for (size_t k = 0; k < b->problem.p.scores; k++) {
        const struct recourse_score *s = &b->problem.score[k];
        for (size_t f = 0; f < s->model->features && f < 512; f++)
            own[f] = row[s->quantity != NULL ? s->quantity[f] : f];
        model_margin(s->model, own, margin);
        model_margin_native(s->model, own, native);
        double sign = s->accept == RECOURSE_AT_MOST ? 1 : -1;
        if (sign * margin[s->output] > sign * s->cutoff - s->guard ||
            (s->native && sign * native[s->output] > sign * s->cutoff))
            return false;
    }
    return true;
}

static void try_points(struct bench *b, size_t points)
{
    struct error e = {.class = ST_OK};
    struct recourse_scratch *s = NULL;
    struct recourse_result *r = calloc(1, sizeof *r);
    struct recourse_plan *plan = calloc(1, sizeof *plan);
    double *after = calloc(b->problem.p.quantities, sizeof *after);
    uint64_t state = 1;
    size_t tried = 0, passed = 0;
    if (r == NULL || plan == NULL || after == NULL || b->problem.p.rules > 0)
        fail("random points are for problems without", "rules");
    CHECK(recourse_scratch_new(b->problem.prepared, &s, &e));
    for (size_t i = 0; i < b->count; i++) {
        const double *row = b->rows + i * b->problem.p.quantities;
        CHECK(recourse_solve(b->problem.prepared, s, row, r, &e));
        for (size_t k = 0; k < points; k++) {
            double span = r->plan.changes > 0 ? r->plan.cost : 4;
            double cost = random_plan(b, row, span, plan, &state);
            if (plan->changes == 0 || cost >= r->plan.lower)
                continue;
            recourse_apply(b->problem.prepared, row, plan, after);
            tried++;
            passed += all_pass(b, after);
        }
    }
    printf("%zu %zu\n", tried, passed);
    recourse_scratch_free(s);
    free(r);
    free(plan);
    free(after);
}

int main(int argc, char **argv)
{
    static struct bench b;
    bool points = argc == 7 && strcmp(argv[1], "points") == 0;
    char **word = points ? argv + 2 : argv + 1;
    if (argc != 6 && !points)
        fail("usage: recourse [points] PROBLEM ROWS.f64 FIRST COUNT",
             "THREADS|N");
    read_problem(&b.problem, word[0]);
    b.first = (size_t)strtoull(word[2], NULL, 10);
    b.count = (size_t)strtoull(word[3], NULL, 10);
    size_t last = (size_t)strtoull(word[4], NULL, 10);
    b.rows = read_rows(&b, word[1]);
    b.line = calloc(b.count + 1, sizeof *b.line);
    if (points)
        try_points(&b, last);
    else if (b.line != NULL && last >= 1 && last <= THREADS_MAX)
        run(&b, last);
    recourse_free(b.problem.prepared);
    return 0;
}
