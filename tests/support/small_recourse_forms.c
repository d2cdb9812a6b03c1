#include "support/small_recourse.h"

#include "check.h"

static size_t placed(const size_t *place, size_t f)
{
    return place != NULL ? place[f] : f;
}

static void put_node(struct builder *b, const struct model *m,
                     const struct node *n, const size_t *place, double share)
{
    struct error e = {0};

    if (n->feature < 0) {
        check_ok(builder_leaf(b, n->value * share, n->cover, &e), &e);
        return;
    }
    long f = (long)placed(place, (size_t)n->feature);
    if (n->categorical)
        check_ok(builder_category_split(
                     b, f, m->set_bits + n->set_first, n->set_words,
                     n->set_goes_left, n->left, n->right, n->default_left,
                     (enum node_missing)n->missing, n->cover, &e),
                 &e);
    else
        check_ok(builder_split(b, f, n->threshold, n->left, n->right,
                               n->default_left, (enum node_missing)n->missing,
                               n->cover, &e),
                 &e);
}

static void put_tree(struct builder *b, const struct model *m, size_t tree,
                     const size_t *place, double share)
{
    struct error e = {0};
    const struct tree *t = &m->tree[tree];

    check_ok(builder_tree(b, t->output, t->weight, &e), &e);
    for (uint32_t k = 0; k < t->node_count; k++)
        put_node(b, m, &t->node[k], place, share);
    check_ok(builder_tree_end(b, &e), &e);
}

static void put_zero(struct builder *b)
{
    struct error e = {0};

    check_ok(builder_tree(b, 0, 1, &e), &e);
    check_ok(builder_split(b, 0, 0.125, 1, 2, true, MISSING_NAN, 2, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_leaf(b, 0, 1, &e), &e);
    check_ok(builder_tree_end(b, &e), &e);
}

static void put_features(struct builder *b, const struct model *m,
                         const size_t *place)
{
    struct error e = {0};

    for (size_t f = 0; f < m->features; f++) {
        size_t from = 0;
        char name[24];
        while (placed(place, from) != f)
            from++;
        (void)snprintf(name, sizeof name, "f%zu", f);
        check_ok(builder_feature(b, name, m->feature[from].kind, &e), &e);
    }
}

struct model *model_in_form(const struct model *m, enum model_form form,
                            const size_t *place)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 28);
    struct model *out = NULL;

    assert_non_null(b);
    builder_library(b, m->library, "test", "0");
    builder_link(b, m->link, m->link_scale);
    assert_int_equal(m->combine, COMBINE_SUM);
    builder_combine(b, COMBINE_SUM, 1);
    builder_objective(b, "test");
    check_ok(builder_outputs(b, m->outputs, &e), &e);
    put_features(b, m, place);
    for (size_t i = 0; i < m->trees; i++) {
        size_t t = form == FORM_BACKWARDS ? m->trees - 1 - i : i;
        if (form == FORM_TWICE) {
            put_tree(b, m, t, place, 0.5);
            put_tree(b, m, t, place, 0.5);
        } else if (form == FORM_PARTS) {
            put_tree(b, m, t, place, 0.25);
            put_tree(b, m, t, place, 0.75);
        } else {
            put_tree(b, m, t, place, 1);
        }
    }
    if (form == FORM_ZERO)
        put_zero(b);
    check_ok(builder_base(b, m->base, m->outputs, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &out, &e), &e);
    builder_free(b);
    return out;
}

void small_copy(const struct small *c, struct small *out)
{
    *out = *c;
    out->p.score = out->score;
    out->p.lever = out->lever;
    out->p.formula = out->formula;
    out->p.rule = out->rule;
    for (size_t i = 0; i < SMALL_LEVERS; i++) {
        struct recourse_lever *l = &out->lever[i];
        l->effect = out->effect[i];
        l->code = l->code != NULL ? out->code[i] : NULL;
        l->sample = l->sample != NULL ? out->sample[i] : NULL;
        l->price = l->price != NULL ? out->price[i] : NULL;
    }
    for (size_t k = 0; k < 3; k++) {
        struct recourse_rule *r = &out->rule[k];
        r->term = r->term != NULL ? out->term[k] : NULL;
        r->lever = r->lever != NULL ? out->member[k] : NULL;
    }
    for (size_t s = 1; s < out->p.scores; s++)
        out->score[s].quantity = out->map[s];
}
