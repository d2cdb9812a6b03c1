/* The scores that a plan must pass, and their limits on the margin. */
#include "read_project.h"

/* A score on the project's scale → the margin. A limit on printed points counts
 * half a unit more, from either side. */
static double margin_of(struct run *r, const struct model *m, const cJSON *j,
                        double score, bool least)
{
    bool points = json_is(j, "scale.kind", "points"),
         better = json_is(j, "orientation", "higher is better");
    if (json_is(j, "scale.kind", "margin"))
        return score;
    if (points) {
        double decimals = json_real(j, "scale.decimals", -1);
        double factor = json_real(j, "scale.pdo", NAN) / log(2.0);
        double offset = json_real(j, "scale.at_score", NAN) -
                        factor * log(json_real(j, "scale.at_odds", NAN));
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
        if (scale != 1)
            error += unit * fmax(fabs(most), fabs(least));
        error += unit * (fmax(fabs(high), fabs(low)) + error);
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
    const char *name = json_text(j, "output", NULL);
    double n = 0;
    if (m->outputs == 1 && name == NULL)
        return 0;
    if (name == NULL || !number(name, &n) || n < 0 || n >= m->outputs)
        refuse(x->r, "model.output must be a class number to check proofs");
    return (int)n;
}

static bool least_of(const cJSON *j)
{
    return json_is(j, "scale.kind", "points") ||
           json_is(j, "orientation", "higher is better");
}

void read_scores(struct project *x)
{
    struct problem *p = x->p;
    struct run *r = x->r;
    const cJSON *j = json_get(x->json, "model");
    struct model *m = x->model;
    bool up = json_is(j, "orientation", "higher is better"),
         turned = least_of(j) && !up;
    int output = output_of(x, m, j);
    int *identity = NEW(r, r->files, m->features + 1, int);
    for (int f = 0; f < m->features; f++)
        identity[f] = f;
    if (json_get(j, "cutoff") == NULL)
        refuse(r, "the project has no model.cutoff");
    double cutoff =
        margin_of(r, m, j, json_real(j, "cutoff", NAN), least_of(j));
    p->decided = cutoff;
    double band[2] = {NAN, NAN};
    if (json_get(x->recourse, "band.low") != NULL)
        band[turned] =
            margin_of(r, m, j, json_real(x->recourse, "band.low", NAN), true);
    if (json_get(x->recourse, "band.high") != NULL)
        band[!turned] =
            margin_of(r, m, j, json_real(x->recourse, "band.high", NAN), false);
    if (isfinite(band[!up]) && (up ? band[0] > cutoff : band[1] < cutoff))
        cutoff = band[!up];
    put_score(p, m, identity, output, up, cutoff);
    if (isfinite(band[up]))
        put_score(p, m, identity, output, !up, band[up]);
    if (json_get(x->recourse, "plausibility") != NULL) {
        int *column;
        double least;
        struct model *forest = read_isolation(x, &column, &least);
        put_score(p, forest, column, 0, true, least);
        p->score[p->scores - 1].guard = 0; /* its sums are exact */
    }
    const cJSON *list = json_get(x->recourse, "scores");
    for (const cJSON *e = list == NULL ? NULL : list->child; e != NULL;
         e = e->next) {
        if (p->scores == SCORES)
            refuse(r, "more than %d scores", SCORES);
        struct model *other =
            read_model(r, beside(r, x->folder, json_text(e, "file", "")),
                       json_text(e, "trees", NULL));
        int *map = NEW(r, r->files, other->features + 1, int);
        for (int f = 0; f < other->features; f++)
            map[f] = quantity_of(x, other->name[f]);
        put_score(
            p, other, map, output_of(x, other, e),
            json_is(e, "orientation", "higher is better"),
            margin_of(r, other, e, json_real(e, "cutoff", NAN), least_of(e)));
    }
}
