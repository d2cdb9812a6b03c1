/* XGBoost's models in JSON. */
#include "check.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const cJSON *member(const cJSON *j, const char *a)
{
    return j == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(j, a);
}

static double *numbers(struct run *r, const cJSON *j, int *n)
{
    *n = cJSON_GetArraySize(j);
    double *x = NEW(r, r->files, *n + 1, double);
    const cJSON *e = j == NULL ? NULL : j->child;
    for (int i = 0; i < *n; i++, e = e->next)
        x[i] = cJSON_IsNumber(e) ? e->valuedouble : cJSON_IsTrue(e) ? 1 : 0;
    return x;
}

static double base_margin(const char *objective, double score, char *link)
{
    static const char *const logit[] = {"binary:logistic", "reg:logistic",
                                        NULL};
    static const char *const logs[] = {"reg:gamma",     "reg:tweedie",
                                       "count:poisson", "survival:cox",
                                       "survival:aft",  NULL};
    static const char *const plain[] = {"reg:squarederror",
                                        "reg:linear",
                                        "reg:squaredlogerror",
                                        "reg:pseudohubererror",
                                        "reg:absoluteerror",
                                        "reg:quantileerror",
                                        "binary:logitraw",
                                        "rank:ndcg",
                                        "rank:map",
                                        "rank:pairwise",
                                        NULL};
    float x = (float)score;
    *link = '?';
    for (int i = 0; plain[i] != NULL; i++)
        *link = strcmp(plain[i], objective) == 0 ? 'i' : *link;
    for (int i = 0; logs[i] != NULL; i++)
        *link = strcmp(logs[i], objective) == 0 ? 'e' : *link;
    for (int i = 0; logit[i] != NULL; i++)
        *link = strcmp(logit[i], objective) == 0 ? 'l' : *link;
    return *link == 'l'   ? (double)(0.0F - logf(1.0F / x - 1.0F))
           : *link == 'e' ? (double)logf(x)
                          : (double)x;
}

static void xgboost_tree(struct run *r, const cJSON *j, struct tree *t)
{
    static const char *const key[] = {"left_children",    "right_children",
                                      "split_indices",    "split_conditions",
                                      "default_left",     "split_type",
                                      "categories_nodes", "categories_segments",
                                      "categories_sizes", "categories"};
    double *x[10];
    int n[10];
    for (int k = 0; k < 10; k++)
        x[k] = numbers(r, member(j, key[k]), &n[k]);
    for (int k = 1; k < 5; k++)
        if (n[k] != n[0] || n[0] < 1)
            refuse(r, "the model has a tree whose lists differ in length");
    struct node *node = NEW(r, r->files, n[0], struct node);
    for (int i = 0; i < n[0]; i++) {
        node[i] = (struct node){.feature = x[0][i] < 0 ? -1 : (int)x[2][i],
                                .left = (int)x[0][i],
                                .right = (int)x[1][i],
                                .threshold = (double)(float)x[3][i],
                                .value = (double)(float)x[3][i],
                                .missing_left = x[4][i] != 0,
                                .float_less = true};
        node[i].threshold += 0.0;
    }
    for (int i = 0; i < n[6]; i++) {
        int at = (int)x[6][i], from = (int)x[7][i], size = (int)x[8][i];
        if (at < 0 || at >= n[0] || from < 0 || size < 0 || from + size > n[9])
            refuse(r, "the model has a category split out of place");
        uint32_t *set = NEW(r, r->files, 1, uint32_t);
        unsigned words = 0;
        for (int k = from; k < from + size; k++)
            if (x[9][k] < 0 || x[9][k] > 1e6)
                refuse(r, "the model has a category out of range");
            else if ((unsigned)x[9][k] / 32 >= words)
                words = (unsigned)x[9][k] / 32 + 1;
        set = NEW(r, r->files, words + 1, uint32_t);
        for (int k = from; k < from + size; k++)
            set[(unsigned)x[9][k] / 32] |= 1U << ((unsigned)x[9][k] % 32);
        node[at].is_set = true;
        node[at].set = set;
        node[at].words = words;
    }
    t->node = node;
    t->nodes = n[0];
}

static void xgboost_words(struct run *r, struct model *m, const cJSON *enc)
{
    int f = 0;
    for (const cJSON *e = enc == NULL ? NULL : enc->child;
         e != NULL && f < m->features; e = e->next, f++) {
        int values, bounds;
        double *value = numbers(r, member(e, "values"), &values);
        double *bound = numbers(r, member(e, "offsets"), &bounds);
        int n = bounds > 0 ? bounds - 1 : values;
        if (n <= 0)
            continue;
        m->word[f] = NEW(r, r->files, n, char *);
        m->words[f] = n;
        for (int i = 0; i < n; i++) {
            char text[64];
            if (bounds == 0) {
                snprintf(text, sizeof text, "%.17g", value[i]);
                m->word[f][i] = copy_text(r, text, strlen(text));
                continue;
            }
            int from = (int)bound[i], to = (int)bound[i + 1];
            if (from < 0 || to < from || to > values)
                refuse(r, "the model's category words are out of place");
            m->word[f][i] = take(r, r->files, (long)(to - from) + 1, 1);
            for (int k = from; k < to; k++)
                m->word[f][i][k - from] = (char)(int)value[k];
        }
    }
}

static void xgboost_best(const cJSON *learner, struct model *m, int parallel)
{
    const cJSON *best = member(member(learner, "attributes"), "best_iteration");
    long keep =
        cJSON_IsString(best) ? strtol(best->valuestring, NULL, 10) + 1 : 0;
    int groups = m->outputs > 1 ? m->outputs : 1;
    if (keep > 0 && keep * groups * parallel < m->trees)
        m->trees = (int)(keep * groups * parallel);
}

/* A count that the file writes as text; 0: it has none. */
static long count_of(const cJSON *object, const char *name)
{
    const cJSON *x = member(object, name);
    return cJSON_IsString(x) ? strtol(x->valuestring, NULL, 10) : 0;
}

static void xgboost_base(struct run *r, struct model *m, const char *at,
                         const char *objective)
{
    m->base = NEW(r, r->files, m->outputs, double);
    at += at[0] == '[';
    for (int i = 0; i < m->outputs; i++) {
        char *end;
        double score = strtod(at, &end);
        m->base[i] = end == at && i > 0
                         ? m->base[0]
                         : base_margin(objective, score, &m->link);
        at = *end == ',' ? end + 1 : end;
    }
    if (strncmp(objective, "multi:", 6) == 0)
        m->link = '?';
}

/* Names, or f0, f1 … where the file has none; which are categories. */
static void xgboost_inputs(struct run *r, struct model *m, const cJSON *learner)
{
    const cJSON *list = member(learner, "feature_names");
    const cJSON *e = list == NULL ? NULL : list->child;
    m->name = NEW(r, r->files, m->features + 1, char *);
    m->category = NEW(r, r->files, m->features + 1, bool);
    m->word = NEW(r, r->files, m->features + 1, char **);
    m->words = NEW(r, r->files, m->features + 1, int);
    for (int i = 0; i < m->features; i++) {
        char plain[32];
        snprintf(plain, sizeof plain, "f%d", i);
        const char *name = cJSON_IsString(e) ? e->valuestring : plain;
        m->name[i] = copy_text(r, name, strlen(name));
        e = e == NULL ? NULL : e->next;
    }
    list = member(learner, "feature_types");
    e = list == NULL ? NULL : list->child;
    for (int i = 0; i < m->features && e != NULL; i++, e = e->next)
        m->category[i] = cJSON_IsString(e) && e->valuestring[0] == 'c';
}

static void xgboost_trees(struct run *r, struct model *m, const cJSON *trees,
                          const cJSON *output, const cJSON *weight)
{
    int n = cJSON_GetArraySize(trees), outputs = 0, weights = 0, i = 0;
    double *out = numbers(r, output, &outputs);
    double *drop = numbers(r, weight, &weights);
    m->tree = NEW(r, r->files, n + 1, struct tree);
    m->trees = n;
    for (const cJSON *e = trees->child; e != NULL; e = e->next, i++) {
        struct tree *t = &m->tree[i];
        t->weight = i < weights ? (double)(float)drop[i] : 1;
        t->output = i < outputs ? (int)out[i] : 0;
        xgboost_tree(r, e, t);
        for (int k = 0; k < t->nodes; k++)
            if (t->node[k].is_set && t->node[k].feature < m->features)
                m->category[t->node[k].feature] = true;
    }
}

void read_xgboost(struct run *r, const char *text, struct model *m, bool best)
{
    cJSON *all = cJSON_Parse(text);
    const cJSON *learner = member(all, "learner");
    const cJSON *booster = member(learner, "gradient_booster");
    const cJSON *objective = member(member(learner, "objective"), "name");
    const cJSON *param = member(learner, "learner_model_param");
    const cJSON *base = member(param, "base_score");
    const cJSON *inner = member(booster, "gbtree"); /* of dart */
    const cJSON *body = member(inner != NULL ? inner : booster, "model");
    const cJSON *trees = member(body, "trees");
    if (!cJSON_IsString(objective) || trees == NULL || !cJSON_IsString(base)) {
        cJSON_Delete(all);
        refuse(r, "the model is no XGBoost JSON file");
    }
    m->xgboost = true;
    m->rounds = 1;
    long classes = count_of(param, "num_class");
    long targets = count_of(param, "num_target");
    long outputs = classes > targets ? classes : targets;
    m->outputs = outputs < 1 ? 1 : (int)outputs;
    m->features = (int)count_of(param, "num_feature");
    xgboost_base(r, m, base->valuestring, objective->valuestring);
    xgboost_inputs(r, m, learner);
    xgboost_trees(r, m, trees, member(body, "tree_info"),
                  member(booster, "weight_drop"));
    xgboost_words(r, m, member(member(body, "cats"), "enc"));
    if (best) {
        long parallel =
            count_of(member(body, "gbtree_model_param"), "num_parallel_tree");
        xgboost_best(learner, m, parallel > 0 ? (int)parallel : 1);
    }
    cJSON_Delete(all);
}
