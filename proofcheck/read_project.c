/* The project file: what it asks of recourse. */
#include "check.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { NAMES = 4096 };

/* What is read on the way to a problem. */
struct project {
    struct run *r;
    struct problem *p;
    cJSON *json;
    const char *folder;
    struct model *model;
    const cJSON *features, *levers, *recourse;
    char *name[NAMES]; /* of quantities; NULL: a one-hot lever's, … */
    const cJSON *feature[NAMES]; /* … feature that it is, if any */
    char **words[NAMES];         /* of one-hot levers, ends with NULL */
    int decimals[NAMES];
};

/* --- JSON
 * ------------------------------------------------------------------------ */

/* "a.b" below j. */
static const cJSON *get(const cJSON *j, const char *path)
{
    char step[64];
    while (j != NULL && *path != '\0') {
        size_t n = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)n, path);
        j = cJSON_GetObjectItemCaseSensitive(j, step);
        path += n + (path[n] == '.');
    }
    return j;
}

static const char *text(const cJSON *j, const char *path, const char *otherwise)
{
    j = get(j, path);
    return cJSON_IsString(j) ? j->valuestring : otherwise;
}

static double real(const cJSON *j, const char *path, double otherwise)
{
    j = get(j, path);
    return cJSON_IsNumber(j) ? j->valuedouble : otherwise;
}

static bool flag(const cJSON *j, const char *path)
{
    return cJSON_IsTrue(get(j, path));
}

static bool is(const cJSON *j, const char *path, const char *word)
{
    const char *t = text(j, path, NULL);
    return t != NULL && strcmp(t, word) == 0;
}

/* Texts of an array; NULL where there is none. */
static char **texts(struct run *r, const cJSON *j)
{
    int n = cJSON_GetArraySize(j), i = 0;
    if (!cJSON_IsArray(j))
        return NULL;
    char **list = NEW(r, r->files, n + 1, char *);
    for (const cJSON *e = j->child; e != NULL; e = e->next)
        if (cJSON_IsString(e))
            list[i++] = e->valuestring;
    return list;
}

static cJSON *parse(struct run *r, const char *path, char sha[65])
{
    size_t n;
    char *t = whole_file(r, path, &n, sha);
    bool inside = false;
    for (char *c = t; *c != '\0'; c++) {
        if (inside && *c == '\\' && c[1] != '\0')
            c++;
        else if (*c == '"')
            inside = !inside;
        else if (!inside && c[0] == '/' && c[1] == '/')
            while (*c != '\0' && *c != '\n')
                *c++ = ' ';
        if (*c == '\0')
            break;
    }
    cJSON *j = cJSON_Parse(t);
    if (j == NULL)
        refuse(r, "%s is no JSON file", path);
    return j;
}

static char *beside(struct run *r, const char *folder, const char *file)
{
    if (*file == '/' || strncmp(file, "sqlite:", 7) == 0)
        return copy_text(r, file, strlen(file));
    size_t n = strlen(folder) + strlen(file) + 2;
    char *path = take(r, r->files, (long)n, 1);
    snprintf(path, n, "%s/%s", folder, file);
    return path;
}

/* A list, or the name of a JSON file that holds it. */
static const cJSON *sheet(struct project *x, const char *key)
{
    const cJSON *j = get(x->json, key);
    if (!cJSON_IsString(j))
        return j;
    if (strstr(j->valuestring, ".json") == NULL)
        refuse(x->r,
               "%s stands in \"%s\": proofs are checked with JSON lists only",
               key, j->valuestring);
    return parse(x->r, beside(x->r, x->folder, j->valuestring), NULL);
}

/* --- scores
 * ------------------------------------------------------------------------ */

/* A score on the project's scale → the margin. A limit on printed points counts
 * half a unit more, from either side. */
static double margin_of(struct run *r, const struct model *m, const cJSON *j,
                        double score, bool least)
{
    bool points = is(j, "scale.kind", "points"),
         better = is(j, "orientation", "higher is better");
    if (is(j, "scale.kind", "margin"))
        return score;
    if (points) {
        double decimals = real(j, "scale.decimals", -1);
        double factor = real(j, "scale.pdo", NAN) / log(2.0);
        double offset = real(j, "scale.at_score", NAN) -
                        factor * log(real(j, "scale.at_odds", NAN));
        double unit = 1;
        for (int i = 0; i < decimals; i++)
            unit *= 10;
        score += (least ? -0.5 : 0.5) / unit;
        double slope = m->link == 'i' ? 1 : m->link_scale;
        return (score - offset) / factor /
               ((better ? 1.0 : -1.0) * slope * 1.0);
    }
    switch (m->link) {
    case 'i':
        return score;
    case 'l':
        return log(score / (1.0 - score)) / m->link_scale;
    case 'e':
        return log(score);
    }
    refuse(r, "the cutoff stands on an answer that proofs do not cover: use "
              "\"margin\"");
}

/* Largest difference between the library's own sum and the exact one: one
 * rounding of the running sum a tree, and one of a weighted leaf. */
static double guard_of(const struct score *k)
{
    const struct model *m = k->model;
    double unit = m->xgboost ? 0x1p-24 : 0x1p-53;
    double high = m->base[k->output], low = high, error = unit * fabs(high);
    for (int i = 0; i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        double scale = t->weight * (1 / m->rounds), most = -INFINITY,
               least = INFINITY;
        for (int n = 0; n < t->nodes && t->output == k->output; n++) {
            if (t->node[n].feature >= 0)
                continue;
            most = fmax(most, t->node[n].value * scale);
            least = fmin(least, t->node[n].value * scale);
        }
        if (t->output != k->output)
            continue;
        high += most;
        low += least;
        error += unit * fmax(fabs(high), fabs(low));
        if (scale != 1)
            error += unit * fmax(fabs(most), fabs(least));
    }
    return error;
}

/* Two sums of n + 16 doubles differ by less, whatever their order. */
static double room_of(const struct score *k)
{
    double all = fabs(k->cutoff) + fabs(k->model->base[k->output]);
    for (int i = 0; i < k->model->trees; i++) {
        const struct tree *t = &k->model->tree[i];
        double most = 0;
        for (int n = 0; n < t->nodes; n++)
            if (t->node[n].feature < 0)
                most = fmax(most, fabs(t->weight * t->node[n].value /
                                       k->model->rounds));
        all += t->output == k->output ? most : 0;
    }
    return 2 * (k->model->trees + 16) * 0x1p-53 * all;
}

static void put_score(struct problem *p, struct model *m, int *quantity,
                      int output, bool least, double cutoff)
{
    struct score *k = &p->score[p->scores++];
    *k = (struct score){m, quantity, output, least ? -1 : 1, cutoff, 0, 0};
    k->guard = guard_of(k);
    k->room = room_of(k);
}

static int output_of(const struct project *x, const struct model *m,
                     const cJSON *j)
{
    const char *name = text(j, "output", NULL);
    double n = 0;
    if (m->outputs == 1 && name == NULL)
        return 0;
    if (name == NULL || !number(name, &n) || n < 0 || n >= m->outputs)
        refuse(x->r, "model.output must be a class number to check proofs");
    return (int)n;
}

static int quantity_of(const struct project *x, const char *name)
{
    for (int q = 0; q < x->p->quantities; q++)
        if (x->name[q] != NULL && strcmp(x->name[q], name) == 0)
            return q;
    return -1;
}

static int must_have(const struct project *x, const char *name)
{
    int q = name == NULL ? -1 : quantity_of(x, name);
    if (q < 0)
        refuse(x->r, "there is no quantity \"%s\"", name == NULL ? "" : name);
    return q;
}

static bool least_of(const cJSON *j)
{
    return is(j, "scale.kind", "points") ||
           is(j, "orientation", "higher is better");
}

static void read_scores(struct project *x)
{
    struct problem *p = x->p;
    struct run *r = x->r;
    const cJSON *j = get(x->json, "model");
    struct model *m = x->model;
    bool up = is(j, "orientation", "higher is better"),
         turned = least_of(j) && !up;
    int output = output_of(x, m, j);
    int *identity = NEW(r, r->files, m->features + 1, int);
    for (int f = 0; f < m->features; f++)
        identity[f] = f;
    if (get(j, "cutoff") == NULL)
        refuse(r, "the project has no model.cutoff");
    double cutoff = margin_of(r, m, j, real(j, "cutoff", NAN), least_of(j));
    double band[2] = {NAN, NAN};
    if (get(x->recourse, "band.low") != NULL)
        band[turned] =
            margin_of(r, m, j, real(x->recourse, "band.low", NAN), true);
    if (get(x->recourse, "band.high") != NULL)
        band[!turned] =
            margin_of(r, m, j, real(x->recourse, "band.high", NAN), false);
    if (isfinite(band[!up]) && (up ? band[0] > cutoff : band[1] < cutoff))
        cutoff = band[!up];
    put_score(p, m, identity, output, up, cutoff);
    if (isfinite(band[up]))
        put_score(p, m, identity, output, !up, band[up]);
    if (get(x->recourse, "plausibility") != NULL)
        refuse(r, "recourse.plausibility is fitted to a table: its proofs are "
                  "not checked");
    const cJSON *list = get(x->recourse, "scores");
    for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
         e = e->next) {
        if (p->scores == SCORES)
            refuse(r, "more than %d scores", SCORES);
        struct model *other =
            read_model(r, beside(r, x->folder, text(e, "file", "")),
                       text(e, "trees", NULL));
        int *map = NEW(r, r->files, other->features + 1, int);
        for (int f = 0; f < other->features; f++)
            map[f] = quantity_of(x, other->name[f]);
        put_score(p, other, map, output_of(x, other, e),
                  is(e, "orientation", "higher is better"),
                  margin_of(r, other, e, real(e, "cutoff", NAN), least_of(e)));
    }
}

/* --- quantities
 * ------------------------------------------------------------------------ */

static int decimals_of(const cJSON *j)
{
    double d = real(j, "decimals", -1);
    if (d >= 0)
        return (int)d;
    return is(j, "format", "number") || get(j, "format") == NULL ? 2 : 0;
}

static int add_quantity(struct project *x, const char *name, int decimals)
{
    int q = x->p->quantities++;
    if (q >= NAMES)
        refuse(x->r, "more than %d quantities", NAMES);
    x->name[q] = copy_text(x->r, name, strlen(name));
    x->decimals[q] = decimals;
    return q;
}

static void add_input(struct project *x, int quantity, int feature,
                      const char *column, char **missing)
{
    struct problem *p = x->p;
    int c = table_column(p->table, column);
    if (c < 0)
        refuse(x->r, "the table has no column \"%s\"", column);
    p->input[p->inputs++] = (struct input){c, quantity, feature, missing};
}

static void add_onehot(struct project *x, const cJSON *l, int q)
{
    struct run *r = x->r;
    const cJSON *group = get(l, "inputs");
    int n = cJSON_GetArraySize(group), i = 0;
    struct onehot *h = &x->p->onehot[x->p->onehots++];
    *h = (struct onehot){q, n, NEW(r, r->files, n + 1, int)};
    x->words[q] = NEW(r, r->files, n + 1, char *);
    for (const cJSON *e = group->child; e != NULL; e = e->next, i++) {
        h->indicator[i] = cJSON_IsString(e) ? must_have(x, e->valuestring) : -1;
        x->words[q][i] = e->string;
    }
}

/* The model's inputs; then columns, one-hot groups and results that it does not
 * read, in the order of the project. */
static void read_quantities(struct project *x)
{
    struct problem *p = x->p;
    struct run *r = x->r;
    const cJSON *list, *e;
    int room = x->model->features + NAMES;
    p->input = NEW(r, r->files, room, struct input);
    p->onehot = NEW(r, r->files, LEVERS, struct onehot);
    if (x->model->features > NAMES)
        refuse(r, "the model has more than %d inputs", NAMES);
    for (int f = 0; f < x->model->features; f++)
        add_quantity(x, x->model->name[f], 2);
    for (e = x->features == NULL ? NULL : x->features->child; e != NULL;
         e = e->next) {
        const char *name = text(e, "input", "");
        int q = quantity_of(x, name);
        if (q < 0)
            continue;
        x->feature[q] = e;
        x->decimals[q] = decimals_of(e);
        add_input(x, q, q, text(e, "column", name),
                  texts(r, get(e, "missing")));
    }
    list = get(x->recourse, "columns");
    for (e = list == NULL ? NULL : list->child; e != NULL; e = e->next)
        if (cJSON_IsString(e))
            add_input(x, add_quantity(x, e->valuestring, 9), -1, e->valuestring,
                      NULL);
    for (e = x->levers == NULL ? NULL : x->levers->child; e != NULL;
         e = e->next) {
        const char *column = text(e, "column", NULL), *key = text(e, "key", "");
        if (column != NULL && quantity_of(x, column) < 0)
            add_input(x, add_quantity(x, column, decimals_of(e)), -1, column,
                      NULL);
        else if (column != NULL)
            x->decimals[quantity_of(x, column)] = decimals_of(e);
        else if (get(e, "inputs") != NULL)
            add_onehot(x, e, add_quantity(x, key, 0));
    }
    list = get(x->recourse, "derived");
    for (e = list == NULL ? NULL : list->child; e != NULL; e = e->next)
        if (quantity_of(x, text(e, "input", "")) < 0)
            add_quantity(x, text(e, "input", ""), 9);
}

static double code_of(const struct project *x, int q, const char *word)
{
    for (int i = 0; x->words[q] != NULL && x->words[q][i] != NULL; i++)
        if (strcmp(x->words[q][i], word) == 0)
            return i;
    return q < x->model->features ? model_code(x->model, q, word) : (double)NAN;
}

/* --- levers -------------------------------------------------------------- */

static void read_words(struct project *x, const cJSON *j, struct lever *l)
{
    struct run *r = x->r;
    int q = l->quantity, n = 0;
    char **words = texts(r, get(j, "words"));
    const cJSON *labels =
        x->feature[q] == NULL ? NULL : get(x->feature[q], "words");
    if (words == NULL)
        words = x->words[q];
    if (words == NULL && cJSON_GetArraySize(labels) > 0) {
        words = NEW(r, r->files, cJSON_GetArraySize(labels) + 1, char *);
        for (const cJSON *e = labels->child; e != NULL; e = e->next)
            words[n++] = cJSON_IsString(e) && e->string == NULL ? e->valuestring
                                                                : e->string;
        n = 0;
    }
    if (words == NULL && q < x->model->features && x->model->word[q] != NULL) {
        words = NEW(r, r->files, x->model->words[q] + 1, char *);
        memcpy(words, x->model->word[q],
               (size_t)x->model->words[q] * sizeof *words);
    }
    while (words != NULL && words[n] != NULL)
        n++;
    l->code = NEW(r, r->files, n + 1, double);
    l->price = NEW(r, r->files, n + 1, double);
    l->codes = n;
    for (int i = 0; i < n; i++) {
        const cJSON *cost = get(j, "costs");
        cost = cJSON_IsObject(cost)
                   ? cJSON_GetObjectItemCaseSensitive(cost, words[i])
                   : NULL;
        l->code[i] = code_of(x, q, words[i]);
        l->price[i] = cJSON_IsNumber(cost) ? cost->valuedouble : 0;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void read_costs(struct project *x, const cJSON *j, struct lever *l)
{
    struct run *r = x->r;
    const cJSON *list = get(j, "costs"), *b = get(x->json, "data.reference.B");
    l->by = is(j, "cost_by", "table")        ? 't'
            : is(j, "cost_by", "percentile") ? 'p'
                                             : 's';
    l->weight = real(j, "cost", 1);
    l->scale = real(j, "scale", 1);
    l->fixed = real(j, "fixed_cost", 0);
    l->known = real(j, "known_cost", -1);
    l->missing = real(j, "missing_cost", -1);
    if (l->by == 't' && l->code == NULL) {
        int n = cJSON_GetArraySize(list);
        l->change = NEW(r, r->files, n + 1, double);
        l->price = NEW(r, r->files, n + 1, double);
        for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
             e = e->next) {
            l->change[l->prices] = real(cJSON_GetArrayItem(e, 0), "", NAN);
            l->price[l->prices++] = real(cJSON_GetArrayItem(e, 1), "", NAN);
        }
        if (n == 0)
            refuse(r, "lever \"%s\" has no costs", l->key);
    }
    if (l->by != 'p')
        return;
    if (text(b, "file", NULL) == NULL || l->code != NULL || l->quantity < 0)
        refuse(r,
               "lever \"%s\": proofs are checked with shares of reference B's "
               "numbers only",
               l->key);
    const char *name = x->name[l->quantity];
    l->sample = table_numbers(r, beside(r, x->folder, text(b, "file", "")),
                              text(b, "delimiter", NULL), !flag(b, "no_header"),
                              texts(r, get(b, "missing")),
                              text(x->feature[l->quantity], "column", name),
                              &l->samples);
    if (l->samples == 0)
        refuse(r, "lever \"%s\": reference B has no values of it", l->key);
    qsort(l->sample, (size_t)l->samples, sizeof *l->sample, ascending);
}

static void read_effects(struct project *x, const cJSON *j, struct lever *l)
{
    struct run *r = x->r;
    const cJSON *group = get(j, "inputs"), *list = get(j, "waiting");
    l->effect = NEW(r, r->files,
                    cJSON_GetArraySize(group) + cJSON_GetArraySize(list) + 1,
                    struct effect);
    int i = 0;
    for (const cJSON *e = group == NULL ? NULL : group->child; e != NULL;
         e = e->next, i++)
        if (cJSON_IsString(e))
            l->effect[l->effects++] =
                (struct effect){'i', must_have(x, e->valuestring), 0, 0, 0, i};
    for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
         e = e->next)
        l->effect[l->effects++] =
            (struct effect){'a',
                            must_have(x, text(e, "input", NULL)),
                            real(e, "rate", 1),
                            real(e, "low", -INFINITY),
                            real(e, "high", INFINITY),
                            0};
}

static void read_lever(struct project *x, const cJSON *j, struct lever *l)
{
    const char *of = text(j, "input", text(j, "column", NULL));
    bool waits = get(j, "waiting") != NULL,
         integer = flag(j, "integer") || waits;
    double step = real(j, "step", 0);
    l->key = text(j, "key", of == NULL ? "" : of);
    l->quantity = waits        ? -1
                  : of != NULL ? must_have(x, of)
                               : must_have(x, l->key);
    l->direction = waits || is(j, "direction", "up") ? 1
                   : is(j, "direction", "down")      ? -1
                                                     : 0;
    l->low = real(j, "low", waits ? 0 : -INFINITY);
    l->high = real(j, "high", INFINITY);
    l->decimals = waits ? 0 : x->decimals[l->quantity];
    l->ordered = flag(j, "ordered");
    static const double tenth[] = {1,    1e-1, 1e-2, 1e-3, 1e-4,
                                   1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
    l->unit = step > 0  ? step
              : integer ? 1
                        : tenth[l->decimals < 9 ? l->decimals : 9];
    if (!waits &&
        (x->words[l->quantity] != NULL ||
         (l->quantity < x->model->features && x->model->category[l->quantity])))
        read_words(x, j, l);
    read_effects(x, j, l);
    read_costs(x, j, l);
}

/* Terms of the loan only where documents may name them. */
static bool usable(const struct project *x, const cJSON *j)
{
    return !flag(j, "loan_term") || flag(x->json, "documents.show_loan_terms");
}

static void read_levers(struct project *x)
{
    struct problem *p = x->p;
    p->lever = NEW(x->r, x->r->files, LEVERS, struct lever);
    for (const cJSON *e = x->levers == NULL ? NULL : x->levers->child;
         e != NULL; e = e->next) {
        if (!usable(x, e))
            continue;
        if (p->levers == LEVERS)
            refuse(x->r, "more than %d levers", LEVERS);
        read_lever(x, e, &p->lever[p->levers++]);
    }
}

/* --- formulas and rules
 * ------------------------------------------------------------------------ */

static void read_formulas(struct project *x)
{
    static const char *const kind[] = {"sum", "difference", "product", "ratio"};
    struct problem *p = x->p;
    const cJSON *list = get(x->recourse, "derived");
    int n = cJSON_GetArraySize(list), done = 0;
    struct formula *all = NEW(x->r, x->r->files, n + 1, struct formula);
    char *placed = take(x->r, x->r->files, (long)(n) + 1, 1);
    p->formula = NEW(x->r, x->r->files, n + 1, struct formula);
    for (int i = 0; i < n; i++) {
        const cJSON *e = cJSON_GetArrayItem(list, i);
        for (int k = 0; k < 4; k++) {
            const cJSON *two = get(e, kind[k]);
            if (cJSON_GetArraySize(two) == 2)
                all[i] = (struct formula){
                    .op = "+-*/"[k],
                    .a = must_have(x,
                                   text(cJSON_GetArrayItem(two, 0), "", NULL)),
                    .b = must_have(x,
                                   text(cJSON_GetArrayItem(two, 1), "", NULL))};
        }
        all[i].quantity = must_have(x, text(e, "input", NULL));
        all[i].times = real(e, "times", 1);
        all[i].decimals = (int)real(e, "decimals", -1);
    }
    for (int before = -1; done < n && done != before;) {
        before = done;
        for (int i = 0; i < n; i++) { /* operands first */
            bool ready = !placed[i];
            for (int k = 0; k < n; k++)
                ready &= placed[k] || (all[k].quantity != all[i].a &&
                                       all[k].quantity != all[i].b);
            if (ready) {
                p->formula[done++] = all[i];
                placed[i] = 1;
            }
        }
    }
    p->formulas = done;
    if (done < n)
        refuse(x->r, "formulas run in a circle");
}

static void condition(struct project *x, const cJSON *j, int *q, double *low,
                      double *high)
{
    const char *word = text(j, "word", NULL);
    *q = must_have(x, text(j, "input", NULL));
    *low = word != NULL ? code_of(x, *q, word) : real(j, "low", -INFINITY);
    *high = word != NULL ? *low : real(j, "high", INFINITY);
}

static struct rule *new_rule(struct project *x, char kind, int terms)
{
    struct rule *k = &x->p->rule[x->p->rules++];
    *k = (struct rule){.kind = kind, .terms = terms};
    k->term = NEW(x->r, x->r->files, terms + 1, int);
    k->times = NEW(x->r, x->r->files, terms + 1, double);
    return k;
}

static void read_rules(struct project *x)
{
    const cJSON *order = get(x->recourse, "order"),
                *linear = get(x->recourse, "linear");
    const cJSON *if_then = get(x->recourse, "if_then"),
                *one = get(x->recourse, "at_most_one");
    struct problem *p = x->p;
    p->rule = NEW(x->r, x->r->files,
                  cJSON_GetArraySize(order) + cJSON_GetArraySize(linear) +
                      cJSON_GetArraySize(if_then) + cJSON_GetArraySize(one) + 1,
                  struct rule);
    for (const cJSON *e = order == NULL ? NULL : order->child; e != NULL;
         e = e->next) {
        struct rule *k = new_rule(x, 'l', 2);
        k->term[0] = must_have(x, text(e, "lower", NULL));
        k->term[1] = must_have(x, text(e, "upper", NULL));
        k->times[0] = 1, k->times[1] = -1;
    }
    for (const cJSON *e = linear == NULL ? NULL : linear->child; e != NULL;
         e = e->next) {
        const cJSON *terms = get(e, "terms");
        struct rule *k = new_rule(x, 'l', cJSON_GetArraySize(terms));
        int i = 0;
        k->most = real(e, "most", NAN);
        for (const cJSON *t = terms == NULL ? NULL : terms->child; t != NULL;
             t = t->next, i++) {
            k->term[i] = must_have(x, text(t, "input", NULL));
            k->times[i] = real(t, "times", 1);
        }
    }
    for (const cJSON *e = if_then == NULL ? NULL : if_then->child; e != NULL;
         e = e->next) {
        struct rule *k = new_rule(x, 'i', 0);
        condition(x, get(e, "if"), &k->when, &k->when_low, &k->when_high);
        condition(x, get(e, "then"), &k->then, &k->then_low, &k->then_high);
    }
    for (const cJSON *e = one == NULL ? NULL : one->child; e != NULL;
         e = e->next) {
        char **keys = texts(x->r, get(e, "levers"));
        struct rule *k = new_rule(x, 'o', cJSON_GetArraySize(get(e, "levers")));
        k->terms = 0;
        for (int i = 0; keys != NULL && keys[i] != NULL; i++)
            for (int a = 0; a < p->levers; a++)
                if (strcmp(p->lever[a].key, keys[i]) == 0)
                    k->term[k->terms++] = a;
        p->rules -= k->terms < 2;
    }
}

struct problem *read_project(struct run *r, const char *path, const char *table)
{
    struct project *x = NEW(r, r->files, 1, struct project);
    struct stat about;
    char *folder = copy_text(r, path, strlen(path)), *file = folder;
    x->r = r;
    x->p = NEW(r, r->files, 1, struct problem);
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        file = beside(r, folder, "candor.json");
    else
        folder =
            strrchr(path, '/') == NULL
                ? copy_text(r, ".", 1)
                : copy_text(r, path, (size_t)(strrchr(path, '/') - path) + 1);
    x->folder = folder;
    x->json = parse(r, file, x->p->sha);
    x->features = sheet(x, "features");
    x->levers = sheet(x, "levers");
    x->recourse = get(x->json, "recourse");
    x->model = read_model(r, beside(r, folder, text(x->json, "model.file", "")),
                          text(x->json, "model.trees", NULL));
    const cJSON *d = get(x->json, "data.decisions");
    x->p->table = table_open(
        r, table != NULL ? table : beside(r, folder, text(d, "file", "")),
        text(d, "delimiter", NULL), !flag(d, "no_header"),
        texts(r, get(d, "missing")));
    const char *id = text(x->json, "data.columns.id", text(d, "id", NULL));
    x->p->id_column = id == NULL ? -1 : table_column(x->p->table, id);
    x->p->changes = (int)real(x->recourse, "most_changes", 3);
    read_quantities(x);
    read_scores(x);
    read_levers(x);
    read_formulas(x);
    read_rules(x);
    make_grids(r, x->p);
    return x->p;
}
