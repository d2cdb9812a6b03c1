/* Formulas and rules. */
#include "read_project.h"

void read_formulas(struct project *x)
{
    static const char *const kind[] = {"sum", "difference", "product", "ratio"};
    struct problem *p = x->p;
    const cJSON *list = json_get(x->recourse, "derived");
    int n = cJSON_GetArraySize(list), done = 0;
    struct formula *all = NEW(x->r, x->r->files, n + 1, struct formula);
    char *placed = take(x->r, x->r->files, (long)(n) + 1, 1);
    p->formula = NEW(x->r, x->r->files, n + 1, struct formula);
    for (int i = 0; i < n; i++) {
        const cJSON *e = cJSON_GetArrayItem(list, i);
        for (int k = 0; k < 4; k++) {
            const cJSON *two = json_get(e, kind[k]);
            if (cJSON_GetArraySize(two) == 2)
                all[i] = (struct formula){
                    .op = "+-*/"[k],
                    .a = must_have(
                        x, json_text(cJSON_GetArrayItem(two, 0), "", NULL)),
                    .b = must_have(
                        x, json_text(cJSON_GetArrayItem(two, 1), "", NULL))};
        }
        all[i].quantity = must_have(x, json_text(e, "input", NULL));
        all[i].times = json_real(e, "times", 1);
        all[i].decimals = (int)json_real(e, "decimals", -1);
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
    const char *word = json_text(j, "word", NULL);
    *q = must_have(x, json_text(j, "input", NULL));
    *low = word != NULL ? code_of(x, *q, word) : json_real(j, "low", -INFINITY);
    *high = word != NULL ? *low : json_real(j, "high", INFINITY);
}

static struct rule *new_rule(struct project *x, char kind, int terms)
{
    struct rule *k = &x->p->rule[x->p->rules++];
    *k = (struct rule){.kind = kind, .terms = terms};
    k->term = NEW(x->r, x->r->files, terms + 1, int);
    k->times = NEW(x->r, x->r->files, terms + 1, double);
    return k;
}

void read_rules(struct project *x)
{
    const cJSON *order = json_get(x->recourse, "order"),
                *linear = json_get(x->recourse, "linear");
    const cJSON *if_then = json_get(x->recourse, "if_then"),
                *one = json_get(x->recourse, "at_most_one");
    struct problem *p = x->p;
    p->rule = NEW(x->r, x->r->files,
                  cJSON_GetArraySize(order) + cJSON_GetArraySize(linear) +
                      cJSON_GetArraySize(if_then) + cJSON_GetArraySize(one) + 1,
                  struct rule);
    for (const cJSON *e = order == NULL ? NULL : order->child; e != NULL;
         e = e->next) {
        struct rule *k = new_rule(x, 'l', 2);
        k->term[0] = must_have(x, json_text(e, "lower", NULL));
        k->term[1] = must_have(x, json_text(e, "upper", NULL));
        k->times[0] = 1, k->times[1] = -1;
    }
    for (const cJSON *e = linear == NULL ? NULL : linear->child; e != NULL;
         e = e->next) {
        const cJSON *terms = json_get(e, "terms");
        struct rule *k = new_rule(x, 'l', cJSON_GetArraySize(terms));
        int i = 0;
        k->most = json_real(e, "most", NAN);
        for (const cJSON *t = terms == NULL ? NULL : terms->child; t != NULL;
             t = t->next, i++) {
            k->term[i] = must_have(x, json_text(t, "input", NULL));
            k->times[i] = json_real(t, "times", 1);
        }
    }
    for (const cJSON *e = if_then == NULL ? NULL : if_then->child; e != NULL;
         e = e->next) {
        struct rule *k = new_rule(x, 'i', 0);
        condition(x, json_get(e, "if"), &k->when, &k->when_low, &k->when_high);
        condition(x, json_get(e, "then"), &k->then, &k->then_low,
                  &k->then_high);
    }
    for (const cJSON *e = one == NULL ? NULL : one->child; e != NULL;
         e = e->next) {
        char **keys = json_texts(x->r, json_get(e, "levers"));
        struct rule *k =
            new_rule(x, 'o', cJSON_GetArraySize(json_get(e, "levers")));
        k->terms = 0;
        for (int i = 0; keys != NULL && keys[i] != NULL; i++)
            for (int a = 0; a < p->levers; a++)
                if (strcmp(p->lever[a].key, keys[i]) == 0)
                    k->term[k->terms++] = a;
        p->rules -= k->terms < 2;
    }
}
