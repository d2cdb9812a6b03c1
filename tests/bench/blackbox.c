/* Black-box estimates of games of 14 players known in full, for blackbox.py:
 * blackbox METHOD EVALUATIONS SEEDS FILE…
 * METHOD: a name of estimation_find, or chosen. A file: doubles [games][2^14].
 * Prints a line a file: name, mean over games and seeds of the squared error
 * over the mean square of the exact values, share of values inside their
 * interval, milliseconds a game. */
#include "support/games.c" /* a bench links the library alone */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PLAYERS = 14 };

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

struct sums {
    double error, inside, values, seconds, games;
};

static void one(struct known_game *g, const struct estimate_request *r,
                struct estimate_scratch *s, struct sums *to)
{
    struct asked_game asked = known_game_asked(g);
    struct estimated_game out;
    struct error e = {0};
    double from = now(), error = 0, square = 0;

    if (estimate_game(&asked, r, s, &out, &e) != ST_OK) {
        fprintf(stderr, "blackbox: %s\n", e.text);
        exit(1);
    }
    to->seconds += now() - from;
    for (size_t i = 0; i < PLAYERS; i++) {
        double d = out.value[i] - g->phi[i];

        error += d * d;
        square += g->phi[i] * g->phi[i];
        to->inside += g->phi[i] >= out.low[i] && g->phi[i] <= out.high[i];
        to->values += 1;
    }
    to->error += error / square;
    to->games += 1;
}

static void file(const char *path, struct estimate_request r, size_t seeds)
{
    const size_t all = (size_t)1 << PLAYERS;
    FILE *f = fopen(path, "rb");
    double *value = malloc(all * sizeof *value);
    struct sums sums = {0}, first = {0};
    struct known_game *game[64];
    size_t games = 0;

    if (f == NULL || value == NULL)
        exit(1);
    while (games < 64 && fread(value, sizeof *value, all, f) == all)
        game[games++] = known_game_of(value, PLAYERS);
    fclose(f);
    free(value);
    for (size_t seed = 1; seed <= seeds; seed++) {
        struct estimate_scratch *s = estimate_scratch_new();

        r.seed = seed;
        one(game[0], &r, s, &first); /* factors are shared by the others */
        for (size_t i = 0; i < games; i++)
            one(game[i], &r, s, &sums);
        estimate_scratch_free(s);
    }
    printf("%s %.6g %.4f %.4f %.2f\n", strrchr(path, '/') + 1,
           sums.error / sums.games, sums.inside / sums.values,
           1e3 * sums.seconds / sums.games, 1e3 * first.seconds / first.games);
    for (size_t i = 0; i < games; i++)
        known_game_free(game[i]);
}

int main(int argc, char **argv)
{
    struct estimate_request r = {.confidence = 0.95};

    if (argc < 5)
        return 2;
    if (strcmp(argv[1], "chosen") != 0 &&
        (r.method = estimation_find(argv[1])) == NULL)
        return 2;
    r.evaluations = strtoul(argv[2], NULL, 10);
    for (int i = 4; i < argc; i++)
        file(argv[i], r, strtoul(argv[3], NULL, 10));
    return 0;
}
