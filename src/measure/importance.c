#include "measure/importance.h"

#include "base/arena.h"

#include <math.h>

status importance_new(size_t count, struct importance **out, struct error *e)
{
    struct importance *i = mem_array(1, sizeof *i);
    if (i != NULL) {
        i->count = count;
        i->absolute = mem_array(count + 1, sizeof *i->absolute);
        i->plain = mem_array(count + 1, sizeof *i->plain);
    }
    if (i == NULL || i->absolute == NULL || i->plain == NULL) {
        importance_free(i);
        return error_memory(e);
    }
    *out = i;
    return ST_OK;
}

void importance_free(struct importance *i)
{
    if (i == NULL)
        return;
    mem_free(i->absolute);
    mem_free(i->plain);
    mem_free(i);
}

void importance_add(struct importance *i, const double *contribution)
{
    for (size_t k = 0; k < i->count; k++) {
        moments_add(&i->absolute[k], fabs(contribution[k]));
        moments_add(&i->plain[k], contribution[k]);
    }
}

status importance_merge(struct importance *into, const struct importance *from,
                        struct error *e)
{
    if (into->count != from->count)
        return error_bug(e, "importance of different factors");
    for (size_t k = 0; k < into->count; k++) {
        moments_merge(&into->absolute[k], &from->absolute[k]);
        moments_merge(&into->plain[k], &from->plain[k]);
    }
    return ST_OK;
}

struct estimate importance_of(const struct importance *i, size_t which)
{
    return moments_mean(&i->absolute[which]);
}

void importance_order(const struct importance *i, size_t *order)
{
    for (size_t k = 0; k < i->count; k++) {
        size_t at = k;
        while (at > 0 &&
               i->absolute[order[at - 1]].mean < i->absolute[k].mean) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
}
