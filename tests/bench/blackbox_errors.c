/* What intervals and certain orders are worth, on random games of 14 players
 * known in full (support/games.h):
 *   blackbox_errors coverage KIND GAMES FIRST-SEED REFERENCES SAMPLES METHOD
 *   blackbox_errors order    KIND GAMES FIRST-SEED REFERENCES SAMPLES K
 * KIND: tanh, relu, trees. coverage: a line for 5, 10, 20 and 40 evaluations a
 * player: share of values inside their 95 % interval, relative squared error.
 * order: runs until the first K are in certain order, at most 40 evaluations a
 * player: share of runs in which what is said to be certain is wrong, share whose
 * order is wrong at all, evaluations; and the same for fixed numbers. */
#include "support/games.c" /* a bench links the library alone */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 14, DRAWS = 4 };

static struct known_game *game_of(char **argv, size_t i)
{
    enum known_kind kind = strcmp(argv[2], "tanh") == 0   ? KNOWN_TANH
                           : strcmp(argv[2], "relu") == 0 ? KNOWN_RELU
                                                          : KNOWN_TREES;

    return known_game_new(kind, N, strtoul(argv[5], NULL, 10),
                          strtoul(argv[4], NULL, 10) + i);
}

static void run(struct known_game *g, const struct estimate_request *r,
                struct estimate_scratch *s, struct estimated_game *out)
{
    struct asked_game asked = known_game_asked(g);
    struct error e = {0};

    if (estimate_game(&asked, r, s, out, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.text);
        exit(1);
    }
}

static void coverage(char **argv, size_t games)
{
    static const size_t times[] = {5, 10, 20, 40};
    double in[4] = {0}, error[4] = {0}, values = 0, chi[4] = {0};
    size_t trees[4] = {0};
    struct estimate_scratch *s[4];

    for (size_t b = 0; b < 4; b++)
        s[b] = estimate_scratch_new();
    for (size_t i = 0; i < games; i++) {
        struct known_game *g = game_of(argv, i);

        for (size_t d = 0; d < DRAWS; d++) {
            known_game_draw(g, strtoul(argv[6], NULL, 10), d + 1);
            if (d > 0 && g->samples == g->references)
                break;
            values += N;
            for (size_t b = 0; b < 4; b++) {
                struct estimate_request r = {.evaluations = times[b] * N,
                                             .confidence = 0.95,
                                             .seed = i / 10 + 1};
                struct estimated_game out;
                double square = 0, off = 0;

                r.method = estimation_find(argv[7]);
                run(g, &r, s[b], &out);
                trees[b] += strcmp(out.method->name, "tree-proxy") == 0;
                for (size_t p = 0; p < N; p++) {
                    double x = g->phi[p];

                    in[b] += x >= out.low[p] && x <= out.high[p];
                    off += (x - out.value[p]) * (x - out.value[p]);
                    square += x * x;
                    chi[b] += (x - out.value[p]) * (x - out.value[p]) /
                              (out.se[p] * out.se[p]);
                }
                error[b] += off / square;
            }
        }
        known_game_free(g);
    }
    for (size_t b = 0; b < 4; b++) {
        printf("%s %zun inside %.4f of %.0f, error %.3g, rms z %.2f, trees "
               "%zu\n", argv[2], times[b], in[b] / values, values,
               error[b] / values * N, sqrt(chi[b] / values), trees[b]);
        estimate_scratch_free(s[b]);
    }
}

/* How many of the first places by the estimate are the true ones. */
static size_t right_places(const struct known_game *g,
                           const struct estimated_game *out, size_t first)
{
    bool used[N] = {false}, gone[N] = {false};

    for (size_t k = 0; k < first; k++) {
        size_t said = 0, is = 0;

        while (used[said])
            said++;
        while (gone[is])
            is++;
        for (size_t i = 0; i < N; i++) {
            if (!used[i] && out->value[i] > out->value[said])
                said = i;
            if (!gone[i] && g->phi[i] > g->phi[is])
                is = i;
        }
        if (said != is)
            return k;
        used[said] = gone[is] = true;
    }
    return first;
}

static void order(char **argv, size_t games)
{
    static const size_t times[] = {5, 7, 10, 14, 20, 28, 40};
    size_t first = strtoul(argv[7], NULL, 10);
    double wrong = 0, missed = 0, all = 0, spent = 0, runs = 0;
    double fixed[7] = {0};
    struct estimate_scratch *s = estimate_scratch_new(), *f[7];

    for (size_t b = 0; b < 7; b++)
        f[b] = estimate_scratch_new();
    for (size_t i = 0; i < games; i++) {
        struct known_game *g = game_of(argv, i);

        for (size_t d = 0; d < DRAWS; d++) {
            struct estimate_request r = {.evaluations = 40 * N,
                                         .until_order = true,
                                         .largest_first = true, .first = first,
                                         .confidence = 0.95,
                                         .seed = i / 10 + 1};
            struct estimated_game out;
            size_t right;

            known_game_draw(g, strtoul(argv[6], NULL, 10), d + 1);
            if (d > 0 && g->samples == g->references)
                break;
            run(g, &r, s, &out);
            right = right_places(g, &out, first);
            wrong += right < out.certain;
            missed += right < first;
            all += out.certain == first;
            spent += (double)out.evaluations;
            runs += 1;
            r.until_order = false;
            for (size_t b = 0; b < 7; b++) {
                r.evaluations = times[b] * N;
                run(g, &r, f[b], &out);
                fixed[b] += right_places(g, &out, first) < first;
            }
        }
        known_game_free(g);
    }
    printf("%s K %zu: %.0f runs, certain wrong %.4f, any wrong %.4f, certain "
           "in full %.3f, evaluations %.1fn; fixed:", argv[2], first, runs,
           wrong / runs, missed / runs, all / runs, spent / runs / N);
    for (size_t b = 0; b < 7; b++) {
        printf(" %zun %.4f", times[b], fixed[b] / runs);
        estimate_scratch_free(f[b]);
    }
    printf("\n");
    estimate_scratch_free(s);
}

int main(int argc, char **argv)
{
    size_t games;

    if (argc != 8)
        return 2;
    games = strtoul(argv[3], NULL, 10);
    if (strcmp(argv[1], "order") == 0)
        order(argv, games);
    else
        coverage(argv, games);
    return 0;
}
