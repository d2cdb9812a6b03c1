#include "model/model.h"

bool model_reads_value(const struct model *m, size_t feature)
{
    if (m->kind != MODEL_FOREST)
        return m->feature[feature].used;
    for (size_t i = 0; m->has_linear_leaves && i < m->trees; i++) {
        const struct tree *t = &m->tree[i];
        for (uint32_t k = 0; k < t->node_count; k++) {
            const struct node *n = &t->node[k];
            for (uint32_t j = 0; j < n->linear_count; j++)
                if ((size_t)m->linear[n->linear_first + j].feature == feature)
                    return true;
        }
    }
    return false;
}
