/* A problem of one score and order rules, flat. */
#ifndef CANDOR_TESTS_ONE_SCORE_H
#define CANDOR_TESTS_ONE_SCORE_H

#include "recourse/recourse.h"

struct one_order {
    size_t feature_a, feature_b;
};

struct one_score {
    const struct model *model;
    size_t output;
    enum recourse_accept accept;
    double cutoff, guard;
    const struct recourse_lever *lever;
    size_t levers;
    const struct one_order *order;
    size_t orders, most_changes, most_candidates, alternatives;
    long node_budget;
    bool prove;
    double (*reread)(void *context, size_t lever, double value);
    void *reread_context;
};

static inline status one_prepare(const struct one_score *p,
                                 struct recourse **out, struct error *e)
{
    struct recourse_term term[2 * RECOURSE_RULES_MAX];
    struct recourse_rule rule[RECOURSE_RULES_MAX] = {{.name = NULL}};
    struct recourse_score score = {.model = p->model, .output = p->output,
                                   .accept = p->accept, .cutoff = p->cutoff,
                                   .guard = p->guard, .native = true};
    struct recourse_problem q = {.score = &score, .scores = 1,
                                 .quantities = p->model->features,
                                 .lever = p->lever, .levers = p->levers,
                                 .rule = rule, .rules = p->orders,
                                 .most_changes = p->most_changes,
                                 .node_budget = p->node_budget,
                                 .most_candidates = p->most_candidates,
                                 .alternatives = p->alternatives,
                                 .prove = p->prove,
                                 .reread = p->reread,
                                 .reread_context = p->reread_context};

    for (size_t i = 0; i < p->orders; i++) {
        term[2 * i] = (struct recourse_term){p->order[i].feature_a, 1};
        term[2 * i + 1] = (struct recourse_term){p->order[i].feature_b, -1};
        rule[i].kind = RECOURSE_LINEAR;
        rule[i].term = &term[2 * i];
        rule[i].terms = 2;
    }
    return recourse_prepare(&q, out, e);
}

#endif
