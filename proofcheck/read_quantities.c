/* Quantities: what rows hold, and where it comes from. */
#include "read_project.h"

int quantity_of(const struct project *x, const char *name)
{
    for (int q = 0; q < x->p->quantities; q++)
        if (x->name[q] != NULL && strcmp(x->name[q], name) == 0)
            return q;
    return -1;
}

int must_have(const struct project *x, const char *name)
{
    int q = name == NULL ? -1 : quantity_of(x, name);
    if (q < 0)
        refuse(x->r, "there is no quantity \"%s\"", name == NULL ? "" : name);
    return q;
}

static int decimals_of(const cJSON *j)
{
    double d = json_real(j, "decimals", -1);
    if (d >= 0)
        return (int)d;
    return json_is(j, "format", "number") || json_get(j, "format") == NULL ? 2
                                                                           : 0;
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
    const cJSON *group = json_get(l, "inputs");
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
void read_quantities(struct project *x)
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
        const char *name = json_text(e, "input", "");
        int q = quantity_of(x, name);
        if (q < 0)
            continue;
        x->feature[q] = e;
        x->decimals[q] = decimals_of(e);
        add_input(x, q, q, json_text(e, "column", name),
                  json_texts(r, json_get(e, "missing")));
    }
    list = json_get(x->recourse, "columns");
    for (e = list == NULL ? NULL : list->child; e != NULL; e = e->next)
        if (cJSON_IsString(e))
            add_input(x, add_quantity(x, e->valuestring, 9), -1, e->valuestring,
                      NULL);
    for (e = x->levers == NULL ? NULL : x->levers->child; e != NULL;
         e = e->next) {
        const char *column = json_text(e, "column", NULL),
                   *key = json_text(e, "key", "");
        if (column != NULL && quantity_of(x, column) < 0)
            add_input(x, add_quantity(x, column, decimals_of(e)), -1, column,
                      NULL);
        else if (column != NULL)
            x->decimals[quantity_of(x, column)] = decimals_of(e);
        else if (json_get(e, "inputs") != NULL)
            add_onehot(x, e, add_quantity(x, key, 0));
    }
    list = json_get(x->recourse, "derived");
    for (e = list == NULL ? NULL : list->child; e != NULL; e = e->next)
        if (quantity_of(x, json_text(e, "input", "")) < 0)
            add_quantity(x, json_text(e, "input", ""), 9);
}

double code_of(const struct project *x, int q, const char *word)
{
    for (int i = 0; x->words[q] != NULL && x->words[q][i] != NULL; i++)
        if (strcmp(x->words[q][i], word) == 0)
            return i;
    return q < x->model->features ? model_code(x->model, q, word) : (double)NAN;
}
