/* Levers: what each moves, within which limits and for which cost. */
#include "read_project.h"

static void read_words(struct project *x, const cJSON *j, struct lever *l)
{
    struct run *r = x->r;
    int q = l->quantity, n = 0;
    char **words = json_texts(r, json_get(j, "words"));
    const cJSON *labels =
        x->feature[q] == NULL ? NULL : json_get(x->feature[q], "words");
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
        const cJSON *cost = json_get(j, "costs");
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
    const cJSON *list = json_get(j, "costs"),
                *b = json_get(x->json, "data.reference.B");
    l->by = json_is(j, "cost_by", "table")        ? 't'
            : json_is(j, "cost_by", "percentile") ? 'p'
                                                  : 's';
    l->weight = json_real(j, "cost", 1);
    l->scale = json_real(j, "scale", 1);
    l->fixed = json_real(j, "fixed_cost", 0);
    l->known = json_real(j, "known_cost", -1);
    l->missing = json_real(j, "missing_cost", -1);
    if (l->by == 't' && l->code == NULL) {
        int n = cJSON_GetArraySize(list);
        l->change = NEW(r, r->files, n + 1, double);
        l->price = NEW(r, r->files, n + 1, double);
        for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
             e = e->next) {
            l->change[l->prices] = json_real(cJSON_GetArrayItem(e, 0), "", NAN);
            l->price[l->prices++] =
                json_real(cJSON_GetArrayItem(e, 1), "", NAN);
        }
        if (n == 0)
            refuse(r, "lever \"%s\" has no costs", l->key);
    }
    if (l->by != 'p')
        return;
    if (json_text(b, "file", NULL) == NULL || l->code != NULL ||
        l->quantity < 0)
        refuse(r,
               "lever \"%s\": proofs are checked with shares of reference B's "
               "numbers only",
               l->key);
    const char *name = x->name[l->quantity];
    l->sample = table_numbers(
        r, beside(r, x->folder, json_text(b, "file", "")),
        json_text(b, "delimiter", NULL), !json_flag(b, "no_header"),
        json_texts(r, json_get(b, "missing")),
        json_text(x->feature[l->quantity], "column", name), &l->samples);
    if (l->samples == 0)
        refuse(r, "lever \"%s\": reference B has no values of it", l->key);
    qsort(l->sample, (size_t)l->samples, sizeof *l->sample, ascending);
}

static void read_effects(struct project *x, const cJSON *j, struct lever *l)
{
    struct run *r = x->r;
    const cJSON *group = json_get(j, "inputs"), *list = json_get(j, "waiting");
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
                            must_have(x, json_text(e, "input", NULL)),
                            json_real(e, "rate", 1),
                            json_real(e, "low", -INFINITY),
                            json_real(e, "high", INFINITY),
                            0};
}

static void read_lever(struct project *x, const cJSON *j, struct lever *l)
{
    const char *of = json_text(j, "input", json_text(j, "column", NULL));
    bool waits = json_get(j, "waiting") != NULL,
         integer = json_flag(j, "integer") || waits;
    double step = json_real(j, "step", 0);
    l->key = json_text(j, "key", of == NULL ? "" : of);
    l->quantity = waits        ? -1
                  : of != NULL ? must_have(x, of)
                               : must_have(x, l->key);
    l->direction = waits || json_is(j, "direction", "up") ? 1
                   : json_is(j, "direction", "down")      ? -1
                                                          : 0;
    l->low = json_real(j, "low", waits ? 0 : -INFINITY);
    l->high = json_real(j, "high", INFINITY);
    l->decimals = waits ? 0 : x->decimals[l->quantity];
    l->ordered = json_flag(j, "ordered");
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
    return !json_flag(j, "loan_term") ||
           json_flag(x->json, "documents.show_loan_terms");
}

void read_levers(struct project *x)
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
