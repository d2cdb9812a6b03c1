/* LightGBM's text models. */
#include "check.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 1 << 28 };

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

void read_lightgbm(struct run *r, char *text, struct model *m)
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
