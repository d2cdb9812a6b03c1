/* What models say: links, probabilities, Targets. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>

static const struct {
    enum model_link link;
    enum program_map map;
} links[] = {{LINK_LOGISTIC, MAP_LOGISTIC}, {LINK_EXP, MAP_EXP},
             {LINK_PROBIT, MAP_NORMAL_CDF}, {LINK_CLOGLOG, MAP_CLOGLOG_INVERSE},
             {LINK_LOGLOG, MAP_LOGLOG_INVERSE},
             {LINK_CAUCHIT, MAP_CAUCHIT_INVERSE}};

/* How a register was made, for whoever wants its making undone. */
struct origin {
    char kind;
    reg r;
};

static status note(struct pmml *p, char kind, reg made, reg from, size_t size,
                   struct error *e)
{
    struct origin key;
    struct pmml_value v = {.r = from, .number = (double)size};
    memset(&key, 0, sizeof key);
    key.kind = kind;
    key.r = made;
    return pmml_remember(p, &key, sizeof key, &v, e);
}

static bool noted(const struct pmml *p, char kind, reg made,
                  struct pmml_value *v)
{
    struct origin key;
    memset(&key, 0, sizeof key);
    key.kind = kind;
    key.r = made;
    return pmml_recall(p, &key, sizeof key, v);
}

struct small_step {
    enum program_map f;
    double p, q;
};

static status run_steps(struct pmml *p, const struct small_step *step,
                        size_t n, reg *r, struct error *e)
{
    for (size_t i = 0; i < n; i++)
        TRY(program_map(p->k, step[i].f, step[i].p, step[i].q, false, r, 1, r,
                        e));
    return ST_OK;
}

/* The links that are no step of their own. */
static status in_steps(struct pmml *p, enum model_link link, double scale,
                       reg *r, struct error *e)
{
    const struct small_step power[] = {{MAP_POWER, 1.0 / scale, 0.0}};
    const struct small_step inverse[] = {{MAP_RECIPROCAL, 0.0, 0.0}};
    const struct small_step complement[] = {{MAP_EXPM1, 0.0, 0.0},
                                            {MAP_NEGATE, 0.0, 0.0}};
    const struct small_step binomial[] = {{MAP_NEGATE, 0.0, 0.0},
                                          {MAP_EXPM1, 0.0, 0.0},
                                          {MAP_SCALE, scale, 0.0},
                                          {MAP_RECIPROCAL, 0.0, 0.0}};
    const struct small_step odds[] = {{MAP_SCALE, scale, 1.0},
                                      {MAP_POWER, -1.0 / scale, 0.0},
                                      {MAP_SCALE, 1.0, 1.0},
                                      {MAP_RECIPROCAL, 0.0, 0.0}};
    switch (link) {
    case LINK_POWER:
        return run_steps(p, power, 1, r, e);
    case LINK_INVERSE:
        return run_steps(p, inverse, 1, r, e);
    case LINK_LOG_COMPLEMENT:
        return run_steps(p, complement, 2, r, e);
    case LINK_NEGATIVE_BINOMIAL:
        return run_steps(p, binomial, 4, r, e);
    case LINK_ODDS_POWER:
        return run_steps(p, odds, 4, r, e);
    default:
        return error_bug(e, "a link that PMML has not");
    }
}

status pmml_link(struct pmml *p, enum model_link link, double scale,
                 reg margin, reg *out, struct error *e)
{
    *out = margin;
    if (link == LINK_IDENTITY)
        return ST_OK;
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i].link == link) {
            TRY(pmml_map(p, links[i].map, margin, out, e));
            return link == LINK_LOGISTIC ? note(p, 'l', *out, margin, 0, e)
                                         : ST_OK;
        }
    return in_steps(p, link, scale, out, e);
}

status pmml_logistics(struct pmml *p, bool single, const reg *margin, size_t n,
                      reg *out, struct error *e)
{
    reg *in = arena_new_array(p->arena, reg, n);
    if (in == NULL)
        return arena_error(p->arena, e);
    memcpy(in, margin, n * sizeof *in);
    TRY(program_map(p->k, MAP_LOGISTIC, 0.0, 0.0, single, in, n, out, e));
    for (size_t i = 0; i < n; i++)
        TRY(note(p, 'l', out[i], in[i], 0, e));
    return ST_OK;
}

status pmml_softmax(struct pmml *p, bool single, const reg *score, size_t n,
                    reg *out, struct error *e)
{
    reg *in = arena_new_array(p->arena, reg, n);
    if (in == NULL)
        return arena_error(p->arena, e);
    memcpy(in, score, n * sizeof *in);
    TRY(program_group(p->k, GROUP_SOFTMAX, single, in, n, out, e));
    for (size_t i = 0; i < n; i++) {
        /* The group is told by its first register and its size. */
        TRY(note(p, 's', out[i], in[i], 0, e));
        TRY(note(p, 'g', out[i], out[0], n, e));
    }
    return ST_OK;
}

bool pmml_mirrored(enum model_link link)
{
    return link == LINK_LOGISTIC || link == LINK_PROBIT ||
           link == LINK_CAUCHIT || link == LINK_CLOGLOG || link == LINK_LOGLOG;
}

enum model_link pmml_other_link(enum model_link link)
{
    return link == LINK_CLOGLOG  ? LINK_LOGLOG
           : link == LINK_LOGLOG ? LINK_CLOGLOG
                                 : link;
}

status pmml_of_margin(struct pmml *p, reg margin, enum model_link link,
                      double scale, struct pmml_result *out, struct error *e)
{
    *out = (struct pmml_result){.margin = margin, .link = link,
                                .link_scale = scale, .has_value = true};
    out->value.kind = PMML_NUMBER;
    return pmml_link(p, link, scale, margin, &out->value.r, e);
}

static status classes_room(struct pmml *p, const char *const *names,
                           size_t classes, struct pmml_result *out,
                           struct error *e)
{
    const char **name = arena_new_array(p->arena, const char *, classes);
    *out = (struct pmml_result){.classification = true, .classes = classes,
                                .link = LINK_LOGISTIC, .link_scale = 1.0};
    out->probability = arena_new_array(p->arena, reg, classes);
    if (name == NULL || out->probability == NULL)
        return arena_error(p->arena, e);
    memcpy(name, names, classes * sizeof *name);
    out->class_name = name;
    return ST_OK;
}

status pmml_of_event(struct pmml *p, const char *const *names, reg margin,
                     enum model_link link, double scale,
                     struct pmml_result *out, struct error *e)
{
    reg minus;
    TRY(classes_room(p, names, 2, out, e));
    out->margin = margin;
    out->link = link;
    out->link_scale = scale;
    TRY(pmml_link(p, link, scale, margin, &out->probability[1], e));
    if (!pmml_mirrored(link))
        return program_map(p->k, MAP_SCALE, -1.0, 1.0, false,
                           &out->probability[1], 1, &out->probability[0], e);
    TRY(pmml_map(p, MAP_NEGATE, margin, &minus, e));
    return pmml_link(p, pmml_other_link(link), scale, minus,
                     &out->probability[0], e);
}

/* The scores, if all of them together went through one softmax. */
static status find_scores(struct pmml *p, const reg *probability, size_t n,
                          const reg **out, struct error *e)
{
    struct pmml_value group, v, first = {0};
    *out = NULL;
    reg *score = arena_new_array(p->arena, reg, n);
    if (score == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < n; i++) {
        if (!noted(p, 'g', probability[i], &group) ||
            !noted(p, 's', probability[i], &v) || group.number != (double)n)
            return ST_OK;
        if (i > 0 && group.r != first.r)
            return ST_OK;
        first = group;
        score[i] = v.r;
    }
    *out = score;
    return ST_OK;
}

/* The log-odds of a probability of which nothing is known. */
static status log_odds(struct pmml *p, reg probability, reg *out,
                       struct error *e)
{
    reg rest;
    TRY(program_map(p->k, MAP_SCALE, -1.0, 1.0, false, &probability, 1, &rest,
                    e));
    TRY(pmml_map(p, MAP_LOG, probability, out, e));
    TRY(pmml_map(p, MAP_LOG, rest, &rest, e));
    return program_pair(p->k, PAIR_SUBTRACT, false, out, &rest, 1, out, e);
}

static status find_margin(struct pmml *p, struct pmml_result *r,
                          struct error *e)
{
    struct pmml_value v;
    if (r->score != NULL)
        return program_pair(p->k, PAIR_SUBTRACT, false, &r->score[1],
                            &r->score[0], 1, &r->margin, e);
    if (noted(p, 'l', r->probability[1], &v)) {
        r->margin = v.r;
        return ST_OK;
    }
    return log_odds(p, r->probability[1], &r->margin, e);
}

status pmml_of_classes(struct pmml *p, const char *const *names,
                       size_t classes, const reg *probability,
                       const reg *score, struct pmml_result *out,
                       struct error *e)
{
    if (classes < 2)
        return error_set(e, ST_UNSUPPORTED,
                         "%s: a classification of fewer than two classes",
                         p->source);
    TRY(classes_room(p, names, classes, out, e));
    memcpy(out->probability, probability, classes * sizeof *probability);
    if (score == NULL) {
        TRY(find_scores(p, probability, classes, &out->score, e));
    } else {
        reg *kept = arena_new_array(p->arena, reg, classes);
        if (kept == NULL)
            return arena_error(p->arena, e);
        memcpy(kept, score, classes * sizeof *kept);
        out->score = kept;
    }
    return classes == 2 ? find_margin(p, out, e) : ST_OK;
}

status pmml_winner(struct pmml *p, struct pmml_result *r, struct error *e)
{
    double *key = arena_new_array(p->arena, double, r->classes * 2);
    bool number = true;
    reg best;
    if (r->has_value)
        return ST_OK;
    if (key == NULL)
        return arena_error(p->arena, e);
    double *value = key + r->classes, x = 0.0;
    for (size_t i = 0; i < r->classes; i++)
        number = number && num_parse(r->class_name[i],
                                     strlen(r->class_name[i]), &x);
    enum pmml_kind kind = number ? PMML_NUMBER : PMML_WORD;
    for (size_t i = 0; i < r->classes; i++) {
        key[i] = (double)i;
        TRY(pmml_literal(p, kind, r->class_name[i], p->model, &value[i], e));
    }
    TRY(program_reduce(p->k, REDUCE_ARGMAX, false, r->probability, r->classes,
                       &best, e));
    r->value = (struct pmml_value){.kind = kind};
    r->has_value = true;
    return program_table(p->k, key, r->classes, 1, value, 1, NAN, NAN, &best,
                         &r->value.r, e);
}

status pmml_target(const struct pmml *p, const struct xml_node *model,
                   struct pmml_target *out, struct error *e)
{
    static const char *const casts[] = {"none", "round", "ceiling", "floor",
                                        NULL};
    const struct xml_node *all = xml_child(model, "Targets");
    const struct xml_node *t = all == NULL ? NULL : xml_child(all, "Target");
    *out = (struct pmml_target){-INFINITY, INFINITY, 1.0, 0.0, 0, true};
    if (t == NULL)
        return ST_OK;
    TRY(pmml_number(p, t, "min", -INFINITY, &out->low, e));
    TRY(pmml_number(p, t, "max", INFINITY, &out->high, e));
    TRY(pmml_number(p, t, "rescaleFactor", 1.0, &out->factor, e));
    TRY(pmml_number(p, t, "rescaleConstant", 0.0, &out->constant, e));
    TRY(pmml_choice(p, t, "castInteger", casts, 0, &out->cast, e));
    out->trivial = isinf(out->low) && isinf(out->high) && out->factor == 1.0 &&
                   out->constant == 0.0 && out->cast == 0;
    return ST_OK;
}
