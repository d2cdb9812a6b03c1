/* Models: XGBoost's JSON and LightGBM's text; and what they say of a row. */
#include "check.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 1 << 28 };

bool below(const struct model *m, double x, double threshold)
{
    return m->xgboost ? (float)x < (float)threshold : x <= threshold;
}

bool goes_left(const struct node *n, double x)
{
    if (n->is_set && isnan(x))
        return !n->set_left && n->missing_left;
    if (n->is_set) {
        double code = n->set_left ? trunc(x) : trunc((double)(float)x);
        bool in =
            code > -1 && x > -1 && code < 32.0 * n->words &&
            (n->set[(unsigned)code / 32] >> ((unsigned)code % 32) & 1) != 0;
        return n->set_left ? in : (float)x < 0 || !in;
    }
    if (isnan(x) || (n->zero_missing && fabs(x) <= (double)1e-35F))
        return n->missing_left;
    return n->float_less ? (float)x < (float)n->threshold : x <= n->threshold;
}

void model_sums(const struct model *m, int output, const int *map,
                const double *quantity, double *exact, double *native)
{
    double sum = 0, own = m->base[output];
    if (m->xgboost)
        own = (double)(float)own;
    for (int i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        const struct node *n = t->node;
        if (t->output != output)
            continue;
        while (n->feature >= 0) {
            int q = map[n->feature];
            n = t->node + (goes_left(n, q < 0 ? (double)NAN : quantity[q])
                               ? n->left
                               : n->right);
        }
        sum += t->weight * n->value;
        own = m->xgboost
                  ? (double)((float)own + (float)n->value * (float)t->weight)
                  : own + n->value;
    }
    *exact = m->base[output] + 1 / m->rounds * sum;
    *native = own / m->rounds;
}

double model_code(const struct model *m, int feature, const char *word)
{
    double unknown = m->xgboost ? -1 : (double)NAN, x, y;
    char **known = m->word[feature];
    if (known == NULL)
        return number(word, &x) ? x : unknown;
    for (int i = 0; i < m->words[feature]; i++)
        if (strcmp(known[i], word) == 0)
            return i;
    for (int i = 0; number(word, &x) && i < m->words[feature]; i++)
        if (number(known[i], &y) && x == y)
            return i;
    return unknown;
}

static void check_shape(struct run *r, const struct model *m)
{
    for (int i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        char *met = take(r, r->row, (long)(t->nodes) + 1, 1);
        if (t->output < 0 || t->output >= m->outputs)
            refuse(r, "the model's tree %d is of no output", i);
        for (int k = 0; k < t->nodes; k++) {
            const struct node *n = &t->node[k];
            if (n->feature >= m->features)
                refuse(r, "the model's tree %d reads no input", i);
            for (int s = 0; n->feature >= 0 && s < 2; s++) {
                int child = s ? n->left : n->right;
                if (child <= 0 || child >= t->nodes || met[child]++)
                    refuse(r, "the model's tree %d is no tree", i);
            }
            if (n->feature < 0 && !isfinite(n->value))
                refuse(r, "the model's tree %d has a leaf without a value", i);
        }
    }
    pool_clear(r->row);
}

/* --- XGBoost
 * ------------------------------------------------------------------------ */

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

static void read_xgboost(struct run *r, const char *text, struct model *m,
                         bool best)
{
    cJSON *all = cJSON_Parse(text);
    const cJSON *learner = member(all, "learner");
    const cJSON *booster = member(learner, "gradient_booster");
    const cJSON *objective = member(member(learner, "objective"), "name");
    const cJSON *param = member(learner, "learner_model_param");
    const cJSON *dart = member(booster, "weight_drop"), *e;
    const cJSON *inner = member(booster, "gbtree");
    const cJSON *trees = member(inner != NULL ? member(inner, "model")
                                              : member(booster, "model"),
                                "trees");
    const cJSON *base = member(param, "base_score"), *names;
    int n = cJSON_GetArraySize(trees), count = 0, i = 0;
    if (!cJSON_IsString(objective) || trees == NULL || !cJSON_IsString(base)) {
        cJSON_Delete(all);
        refuse(r, "the model is no XGBoost JSON file");
    }
    m->xgboost = true;
    m->rounds = 1;
    const cJSON *body =
        inner != NULL ? member(inner, "model") : member(booster, "model");
    const cJSON *classes = member(param, "num_class"),
                *targets = member(param, "num_target");
    const cJSON *features = member(param, "num_feature");
    long k =
        cJSON_IsString(classes) ? strtol(classes->valuestring, NULL, 10) : 0;
    long g =
        cJSON_IsString(targets) ? strtol(targets->valuestring, NULL, 10) : 0;
    m->outputs = (int)(k > g ? k : g) < 1 ? 1 : (int)(k > g ? k : g);
    m->features = cJSON_IsString(features)
                      ? (int)strtol(features->valuestring, NULL, 10)
                      : 0;
    m->base = NEW(r, r->files, m->outputs, double);
    m->name = NEW(r, r->files, m->features + 1, char *);
    m->category = NEW(r, r->files, m->features + 1, bool);
    m->word = NEW(r, r->files, m->features + 1, char **);
    m->words = NEW(r, r->files, m->features + 1, int);
    const char *at = base->valuestring + (base->valuestring[0] == '[');
    for (i = 0; i < m->outputs; i++) {
        char *end;
        double score = strtod(at, &end);
        m->base[i] = end == at && i > 0
                         ? m->base[0]
                         : base_margin(objective->valuestring, score, &m->link);
        at = *end == ',' ? end + 1 : end;
    }
    if (strncmp(objective->valuestring, "multi:", 6) == 0)
        m->link = '?';
    names = member(learner, "feature_names");
    e = names == NULL ? NULL : names->child;
    for (i = 0; i < m->features; i++) {
        char plain[32];
        snprintf(plain, sizeof plain, "f%d", i);
        const char *name = cJSON_IsString(e) ? e->valuestring : plain;
        m->name[i] = copy_text(r, name, strlen(name));
        e = e == NULL ? NULL : e->next;
    }
    names = member(learner, "feature_types");
    e = names == NULL ? NULL : names->child;
    for (i = 0; i < m->features && e != NULL; i++, e = e->next)
        m->category[i] = cJSON_IsString(e) && e->valuestring[0] == 'c';
    m->tree = NEW(r, r->files, n + 1, struct tree);
    double *info = numbers(r, member(body, "tree_info"), &count);
    i = 0;
    for (e = trees->child; e != NULL; e = e->next, i++) {
        m->tree[i].weight = 1;
        m->tree[i].output = i < count ? (int)info[i] : 0;
        xgboost_tree(r, e, &m->tree[i]);
    }
    m->trees = n;
    double *drop = numbers(r, dart, &count);
    for (i = 0; i < n && i < count; i++)
        m->tree[i].weight = (double)(float)drop[i];
    xgboost_words(r, m, member(member(body, "cats"), "enc"));
    const cJSON *parallel =
        member(member(body, "gbtree_model_param"), "num_parallel_tree");
    if (best)
        xgboost_best(learner, m,
                     cJSON_IsString(parallel)
                         ? (int)strtol(parallel->valuestring, NULL, 10)
                         : 1);
    for (i = 0; i < n; i++)
        for (k = 0; k < m->tree[i].nodes; k++)
            if (m->tree[i].node[k].is_set &&
                m->tree[i].node[k].feature < m->features)
                m->category[m->tree[i].node[k].feature] = true;
    cJSON_Delete(all);
}

/* --- LightGBM ------------------------------------------------------------ */

/* The text behind "key=" in a block of lines; "" when it is not there. */
static const char *value_of(struct run *r, const char *block, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = block; at != NULL && *at != '\0';) {
        const char *end = strchr(at, '\n');
        if (strncmp(at, key, n) == 0 && at[n] == '=') {
            size_t length =
                end == NULL ? strlen(at + n + 1) : (size_t)(end - at) - n - 1;
            return copy_text(r, at + n + 1, length);
        }
        at = end == NULL ? NULL : end + 1;
    }
    return "";
}

static double *list_of(struct run *r, const char *block, const char *key,
                       int *n)
{
    const char *text = value_of(r, block, key);
    double *x = NEW(r, r->files, strlen(text) / 2 + 2, double);
    char *end;
    *n = 0;
    for (double v = strtod(text, &end); end != text; v = strtod(text, &end)) {
        x[(*n)++] = v;
        text = end;
    }
    return x;
}

static void lightgbm_tree(struct run *r, const char *block, struct tree *t)
{
    static const char *const key[] = {
        "split_feature", "threshold",  "decision_type",  "left_child",
        "right_child",   "leaf_value", "cat_boundaries", "cat_threshold"};
    double *x[8];
    int n[8], leaves = (int)strtol(value_of(r, block, "num_leaves"), NULL, 10);
    for (int k = 0; k < 8; k++)
        x[k] = list_of(r, block, key[k], &n[k]);
    if (strtol(value_of(r, block, "is_linear"), NULL, 10) != 0)
        refuse(r, "the model has linear leaves, which proofs do not cover");
    for (int k = 0; k < 5 && leaves > 1; k++)
        if (n[k] != leaves - 1)
            refuse(r, "the model has a tree whose lists differ in length");
    if (leaves < 1 || leaves > MANY || n[5] != leaves)
        refuse(r, "the model has a tree whose lists differ in length");
    int splits = leaves - 1;
    struct node *node = NEW(r, r->files, 2 * leaves, struct node);
    for (int i = 0; i < splits; i++) {
        int kind = (int)x[2][i], l = (int)x[3][i], h = (int)x[4][i];
        struct node *o = &node[i];
        *o = (struct node){.feature = (int)x[0][i],
                           .threshold = x[1][i] + 0.0,
                           .left = l >= 0 ? l : splits - 1 - l,
                           .right = h >= 0 ? h : splits - 1 - h,
                           .is_set = kind & 1,
                           .set_left = true,
                           .zero_missing = (kind >> 2) == 1};
        o->missing_left =
            (kind >> 2) == 0 ? 0 <= o->threshold : (kind & 2) != 0;
        if (!o->is_set)
            continue;
        int set = (int)x[1][i], from, to;
        if (set < 0 || set + 1 >= n[6])
            refuse(r, "the model has a category split out of place");
        from = (int)x[6][set], to = (int)x[6][set + 1];
        if (from < 0 || to < from || to > n[7])
            refuse(r, "the model has a category split out of place");
        uint32_t *bits = NEW(r, r->files, to - from + 1, uint32_t);
        for (int k = from; k < to; k++)
            bits[k - from] = (uint32_t)x[7][k];
        o->set = bits;
        o->words = (unsigned)(to - from);
        o->zero_missing = false;
    }
    for (int i = 0; i < leaves; i++)
        node[splits + i] = (struct node){
            .feature = -1, .left = -1, .right = -1, .value = x[5][i]};
    t->node = node;
    t->nodes = splits + leaves;
}

static int words_in(const char *text)
{
    int n = 0;
    for (const char *at = text + strspn(text, " "); *at != '\0'; n++) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    return n;
}

static bool says(const char *text, const char *word)
{
    size_t n = strcspn(text, " ");
    return strlen(word) == n && strncmp(text, word, n) == 0;
}

static void lightgbm_words(struct run *r, const char *text, struct model *m)
{
    const char *line = strstr(text, "\npandas_categorical:");
    const char *named = strstr(text, "[categorical_feature:");
    cJSON *all = line == NULL ? NULL : cJSON_Parse(line + 20);
    char *at = named == NULL ? NULL : strchr(named, ':') + 1, *end;
    const cJSON *list = all == NULL ? NULL : all->child;
    for (; at != NULL && list != NULL; list = list->next) {
        long f = strtol(at, &end, 10);
        int n = cJSON_GetArraySize(list), i = 0;
        if (end == at || f < 0 || f >= m->features)
            break;
        at = *end == ',' ? end + 1 : end;
        m->word[f] = NEW(r, r->files, n + 1, char *);
        m->words[f] = n;
        for (const cJSON *e = list->child; e != NULL; e = e->next, i++) {
            char number_text[64];
            snprintf(number_text, sizeof number_text, "%.17g", e->valuedouble);
            const char *word = cJSON_IsString(e) ? e->valuestring
                               : cJSON_IsBool(e)
                                   ? (cJSON_IsTrue(e) ? "True" : "False")
                                   : number_text;
            m->word[f][i] = copy_text(r, word, strlen(word));
        }
    }
    cJSON_Delete(all);
}

static void read_lightgbm(struct run *r, char *text, struct model *m)
{
    char *trees = strstr(text, "\nTree="),
         *end = strstr(text, "\nend of trees");
    size_t head = trees == NULL ? 0 : (size_t)(trees - text);
    if (trees == NULL || end == NULL)
        refuse(r, "the model is no LightGBM text file");
    const char *top = copy_text(r, text, head + 1);
    m->outputs =
        (int)strtol(value_of(r, top, "num_tree_per_iteration"), NULL, 10);
    m->outputs = m->outputs < 1 ? 1 : m->outputs;
    const char *names = value_of(r, top, "feature_names");
    m->features = words_in(names);
    m->base = NEW(r, r->files, m->outputs, double);
    m->name = NEW(r, r->files, m->features + 1, char *);
    m->category = NEW(r, r->files, m->features + 1, bool);
    m->word = NEW(r, r->files, m->features + 1, char **);
    m->words = NEW(r, r->files, m->features + 1, int);
    for (int i = 0; i < m->features; i++) {
        names += strspn(names, " ");
        size_t n = strcspn(names, " ");
        m->name[i] = copy_text(r, names, n);
        names += n;
    }
    const char *objective = value_of(r, top, "objective");
    const char *sigmoid = strstr(objective, "sigmoid:");
    m->link_scale = sigmoid == NULL ? 1 : strtod(sigmoid + 8, NULL);
    m->link = says(objective, "binary") || says(objective, "multiclassova") ||
                      says(objective, "cross_entropy")
                  ? 'l'
              : says(objective, "poisson") || says(objective, "gamma") ||
                      says(objective, "tweedie")
                  ? 'e'
              : says(objective, "multiclass") ||
                      strstr(objective, "sqrt") != NULL ||
                      says(objective, "cross_entropy_lambda")
                  ? '?'
                  : 'i';
    int room = 0;
    for (char *at = trees; at != NULL; at = strstr(at + 1, "\nTree="))
        room++;
    m->tree = NEW(r, r->files, room + 1, struct tree);
    for (char *at = trees; at != NULL && at < end;) {
        char *next = strstr(at + 1, "\nTree=");
        size_t n = (size_t)((next == NULL || next > end ? end : next) - at);
        m->tree[m->trees].weight = 1;
        m->tree[m->trees].output = m->trees % m->outputs;
        lightgbm_tree(r, copy_text(r, at, n), &m->tree[m->trees++]);
        at = next;
    }
    m->rounds =
        strstr(top, "\naverage_output") != NULL ? m->trees / m->outputs : 1;
    for (int i = 0; i < m->trees; i++)
        for (int k = 0; k < m->tree[i].nodes; k++)
            if (m->tree[i].node[k].is_set &&
                m->tree[i].node[k].feature < m->features)
                m->category[m->tree[i].node[k].feature] = true;
    lightgbm_words(r, end, m);
    for (int f = 0; f < m->features; f++)
        m->category[f] |= m->word[f] != NULL;
}

struct model *read_model(struct run *r, const char *path, const char *trees)
{
    struct model *m = NEW(r, r->files, 1, struct model);
    size_t n;
    char *text = whole_file(r, path, &n, m->sha);
    bool best = trees != NULL && strcmp(trees, "best iteration") == 0;
    m->link_scale = 1;
    if (n > 4 && strncmp(text, "tree", 4) == 0 && !best)
        read_lightgbm(r, text, m);
    else if (n > 1 && text[0] == '{' &&
             (text[1] == 'L' || text[1] == '#' || text[1] == '\0' ||
              text[1] == 'i'))
        refuse(r,
               "%s is XGBoost's UBJSON: save the model as JSON to check proofs",
               path);
    else if (n > 1 && text[strspn(text, " \n\r\t")] == '{')
        read_xgboost(r, text, m, best);
    else
        refuse(r, "%s is neither XGBoost JSON nor a LightGBM text model%s",
               path, best ? " that can be cut at its best iteration" : "");
    check_shape(r, m);
    return m;
}
