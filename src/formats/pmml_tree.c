/* Planned trees into a forest, and TreeModel as registers. */
#include "base/num.h"
#include "formats/pmml_tree.h"

#include <math.h>

/* The double whose float32 is at most `cut`, and no larger one: an input that
 * is rounded first, compared by a forest that does not round. */
static double widened(double cut)
{
    float here = (float)cut, next = nextafterf(here, INFINITY);
    if (isinf(next))
        return (double)FLT_MAX_ROUNDS_TO_ITSELF;
    double middle = cut + ((double)next - cut) / 2.0;
    while (num_float(middle) > cut)
        middle = nextafter(middle, -(double)INFINITY);
    return middle;
}

static status emit_node(struct builder *b, const struct pmml_rules *r,
                        const struct pmml_split *n, const double *value,
                        bool covers, bool float_cuts, struct error *e)
{
    double cover = covers ? n->cover : 0.0;
    if (n->left < 0)
        return builder_leaf(b, value[n->outcome], cover, e);
    const struct pmml_variable *v = &r->v->of[n->variable];
    if (v->words)
        return builder_category_split(b, (long)n->variable, n->bits,
                                      (v->codes + 31) / 32, false, n->left,
                                      n->right, n->missing_left, MISSING_NAN,
                                      cover, e);
    double cut = n->cut;
    if (v->single && !float_cuts && isfinite(cut))
        cut = widened(cut);
    return builder_split(b, (long)n->variable, cut, n->left, n->right,
                         n->missing_left, MISSING_NAN, cover, e);
}

status pmml_plan_emit(struct builder *b, const struct pmml_rules *r,
                      const struct pmml_plan *plan, size_t output,
                      double weight, const double *value, bool float_cuts,
                      struct error *e)
{
    bool covers = plan->node[0].has_cover;
    TRY(builder_tree(b, output, weight, e));
    for (size_t i = 0; i < plan->count; i++)
        TRY(emit_node(b, r, &plan->node[i], value, covers, float_cuts, e));
    return builder_tree_end(b, e);
}
