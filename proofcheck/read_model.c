/* Models, whatever their file; and what they say of a row. */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
