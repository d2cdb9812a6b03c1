/* The recourse bench's problem files: what recourse.c describes, read into the
 * contract's own structures. */
#ifndef CANDOR_BENCH_RECOURSE_PROBLEM_H
#define CANDOR_BENCH_RECOURSE_PROBLEM_H

#include "base/num.h"
#include "formats/formats.h"
#include "io/source.h"
#include "recourse/recourse.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(call)                                                            \
    do {                                                                       \
        if ((call) != ST_OK) {                                                 \
            fprintf(stderr, "recourse: %s\n", e.text);                         \
            exit(1);                                                           \
        }                                                                      \
    } while (0)

enum { WORDS_MAX = 2048, EFFECTS_MAX = 32, CODES_MAX = 64,
       LINE_MAX_BYTES = 16384 };

struct problem {
    struct recourse_problem p;
    struct recourse_score score[RECOURSE_SCORES_MAX];
    struct recourse_lever lever[RECOURSE_LEVERS_MAX];
    struct recourse_effect effect[RECOURSE_LEVERS_MAX][EFFECTS_MAX];
    double code[RECOURSE_LEVERS_MAX][CODES_MAX];
    struct recourse_formula formula[RECOURSE_FORMULAS_MAX];
    struct recourse_rule rule[RECOURSE_RULES_MAX];
    struct recourse_term term[RECOURSE_RULES_MAX][RECOURSE_LEVERS_MAX];
    size_t member[RECOURSE_RULES_MAX][RECOURSE_LEVERS_MAX];
    struct model *model[RECOURSE_SCORES_MAX];
    struct recourse *prepared;
};

struct statement {
    char *word[WORDS_MAX];
    size_t words;
};

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "recourse: %s %s\n", what, name);
    exit(1);
}

static double number(const struct statement *s, size_t i)
{
    double x = 0;
    if (i >= s->words || !num_parse(s->word[i], strlen(s->word[i]), &x))
        fail("a number is wanted in a line that begins with", s->word[0]);
    return x;
}

static size_t whole(const struct statement *s, size_t i)
{
    double x = number(s, i);
    return x < 0 ? RECOURSE_NO_QUANTITY : (size_t)x;
}

static size_t which(const struct statement *s, size_t i, const char *const *of)
{
    for (size_t k = 0; i < s->words && of[k] != NULL; k++)
        if (strcmp(s->word[i], of[k]) == 0)
            return k;
    fail("not understood:", i < s->words ? s->word[i] : s->word[0]);
    return 0;
}

static struct model *load(const char *path)
{
    struct error e = {.class = ST_OK};
    struct source *source = NULL;
    struct model *m = NULL;
    CHECK(source_open(path, 0, false, &source, &e));
    CHECK(model_load(source_stream(source),
                     &(struct format_options){.trees = TREES_ALL}, &m, &e));
    source_free(source);
    return m;
}

static const char *const passes[] = {"most", "least", NULL};

static void read_score(struct problem *b, const struct statement *s)
{
    bool own = strcmp(s->word[0], "pass") == 0;
    size_t k = own ? 0 : b->p.scores++;
    struct recourse_score *score = &b->score[k];
    if (!own)
        b->model[k] = load(s->word[1]);
    score->model = b->model[k];
    score->accept = (enum recourse_accept)which(s, own ? 1 : 2, passes);
    score->cutoff = number(s, own ? 2 : 3);
    score->guard = own && s->words > 3 ? number(s, 3)
                                       : recourse_guard(b->model[k], 0);
    score->native = own;
    if (!own && s->words > 4) {
        size_t *q = calloc(b->model[k]->features, sizeof *q);
        for (size_t f = 0; q != NULL && f < b->model[k]->features; f++)
            q[f] = whole(s, 4 + f);
        score->quantity = q;
    }
}

static void read_lever(struct problem *b, const struct statement *s)
{
    static const char *const ways[] = {"both", "up", "down", NULL};
    b->lever[b->p.levers++] = (struct recourse_lever){
        .quantity = whole(s, 1),
        .direction = (enum recourse_direction)which(s, 2, ways),
        .low = number(s, 3), .high = number(s, 4), .step = number(s, 5),
        .decimals = (int)number(s, 6), .weight = number(s, 7),
        .scale = number(s, 8), .fixed = number(s, 9),
        .known_cost = -1, .missing_cost = -1};
}

static void read_part(struct problem *b, const struct statement *s)
{
    size_t i = b->p.levers - 1;
    struct recourse_lever *l = &b->lever[i];
    if (strcmp(s->word[0], "codes") == 0) {
        l->ordered = strcmp(s->word[1], "ordered") == 0;
        l->code = b->code[i];
        for (size_t k = 2; k < s->words && l->codes < CODES_MAX; k++)
            b->code[i][l->codes++] = number(s, k);
    } else if (strcmp(s->word[0], "missing") == 0) {
        l->known_cost = number(s, 1);
        l->missing_cost = number(s, 2);
    } else if (l->effects < EFFECTS_MAX) {
        struct recourse_effect *x = &b->effect[i][l->effects++];
        bool add = strcmp(s->word[0], "add") == 0;
        *x = (struct recourse_effect){
            .kind = add ? RECOURSE_ADD : RECOURSE_INDICATE,
            .quantity = whole(s, 1)};
        if (add) {
            x->rate = number(s, 2);
            x->low = number(s, 3);
            x->high = number(s, 4);
        } else {
            x->code = number(s, 2);
        }
        l->effect = b->effect[i];
    }
}

static void read_formula(struct problem *b, const struct statement *s)
{
    static const char *const ops[] = {"sum", "difference", "product", "ratio",
                                      NULL};
    b->formula[b->p.formulas++] = (struct recourse_formula){
        .quantity = whole(s, 1), .op = (enum recourse_operator)which(s, 2, ops),
        .a = whole(s, 3), .b = whole(s, 4), .factor = number(s, 5),
        .decimals = (int)number(s, 6)};
}

static void read_rule(struct problem *b, const struct statement *s)
{
    size_t i = b->p.rules++;
    struct recourse_rule *r = &b->rule[i];
    if (strcmp(s->word[0], "linear") == 0) {
        r->kind = RECOURSE_LINEAR;
        r->most = number(s, 1);
        r->term = b->term[i];
        for (size_t k = 2; k + 1 < s->words; k += 2)
            b->term[i][r->terms++] =
                (struct recourse_term){whole(s, k), number(s, k + 1)};
    } else if (strcmp(s->word[0], "when") == 0) {
        r->kind = RECOURSE_IF_THEN;
        r->when = (struct recourse_range){whole(s, 1), number(s, 2),
                                          number(s, 3)};
        r->then = (struct recourse_range){whole(s, 5), number(s, 6),
                                          number(s, 7)};
    } else {
        r->kind = RECOURSE_AT_MOST_ONE;
        r->lever = b->member[i];
        for (size_t k = 1; k < s->words; k++)
            b->member[i][r->levers++] = whole(s, k);
    }
}

static void obey(struct problem *b, const struct statement *s)
{
    static const char *const verbs[] = {
        "model", "pass", "also", "changes", "budget", "alternatives", "margin",
        "prove", "cap", "lever", "codes", "missing", "add", "indicate",
        "formula", "linear", "when", "one", NULL};
    struct recourse_problem *p = &b->p;
    switch (which(s, 0, verbs)) {
    case 0:
        b->model[0] = load(s->word[1]);
        p->quantities = whole(s, 2);
        p->scores = 1;
        break;
    case 1: case 2: read_score(b, s); break;
    case 3: p->most_changes = whole(s, 1); break;
    case 4: p->node_budget = (long)number(s, 1); break;
    case 5: p->alternatives = whole(s, 1); break;
    case 6: p->margin = number(s, 1); break;
    case 7: p->prove = number(s, 1) > 0; break;
    case 8: p->most_candidates = whole(s, 1); break;
    case 9: read_lever(b, s); break;
    case 10: case 11: case 12: case 13: read_part(b, s); break;
    case 14: read_formula(b, s); break;
    default: read_rule(b, s); break;
    }
}

static void read_problem(struct problem *b, const char *path)
{
    char text[LINE_MAX_BYTES];
    struct error e = {.class = ST_OK};
    FILE *f = fopen(path, "r");
    if (f == NULL)
        fail("cannot read", path);
    while (fgets(text, sizeof text, f) != NULL) {
        struct statement s = {.words = 0};
        char *rest = NULL;
        for (char *w = strtok_r(text, " \n", &rest);
             w != NULL && s.words < WORDS_MAX; w = strtok_r(NULL, " \n", &rest))
            s.word[s.words++] = w;
        if (s.words > 0)
            obey(b, &s);
    }
    (void)fclose(f);
    b->p.score = b->score;
    b->p.lever = b->lever;
    b->p.formula = b->formula;
    b->p.rule = b->rule;
    CHECK(recourse_prepare(&b->p, &b->prepared, &e));
}

#endif
