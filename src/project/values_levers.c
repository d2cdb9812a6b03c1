/* Values that only levers have: indicators of words, tables of costs. */
#include "project/reading.h"

#include <math.h>

void value_inputs(struct reading *r, const struct key *k,
                       const cJSON *node, struct lever *l)
{
    size_t count = 0, n = (size_t)cJSON_GetArraySize(node);
    const cJSON *item;
    if (!cJSON_IsObject(node) || n > LIST_MAX) {
        value_fault(r, k, node);
        return;
    }
    struct indicator *list = value_array(r, n, sizeof *list);
    if (list == NULL)
        return;
    cJSON_ArrayForEach(item, node) {
        if (!cJSON_IsString(item) && !cJSON_IsNull(item)) {
            node_fault(r, item, "%s.%s must be the name of an input, or null, "
                       "not %s", r->path, item->string, node_kind(item));
            return;
        }
        list[count].word = value_keep(r, item->string);
        list[count++].input =
            cJSON_IsNull(item) ? NULL : value_keep(r, item->valuestring);
    }
    l->indicator = list;
    l->indicators = count;
}

static bool read_cost(struct reading *r, const cJSON *item, bool word,
                      struct cost_point *to)
{
    const cJSON *change = cJSON_GetArrayItem(item, 0);
    const cJSON *cost = word ? item : cJSON_GetArrayItem(item, 1);
    if (word ? !cJSON_IsNumber(item)
             : cJSON_GetArraySize(item) != 2 || !cJSON_IsArray(item) ||
                   !cJSON_IsNumber(change) || !cJSON_IsNumber(cost)) {
        node_fault(r, item, "%s must hold %s", r->path,
                   word ? "a number for each word"
                        : "pairs of numbers, [change, cost]");
        return false;
    }
    *to = (struct cost_point){
        .change = word ? 0 : change->valuedouble,
        .word = word ? value_keep(r, item->string) : NULL,
        .cost = cost->valuedouble};
    if (isfinite(to->change) && isfinite(to->cost))
        return true;
    node_fault(r, item, "%s holds a number that is not finite", r->path);
    return false;
}

void value_costs(struct reading *r, const struct key *k,
                      const cJSON *node, struct lever *l)
{
    size_t count = 0, n = (size_t)cJSON_GetArraySize(node);
    const cJSON *item;
    if ((!cJSON_IsArray(node) && !cJSON_IsObject(node)) || n > LIST_MAX) {
        value_fault(r, k, node);
        return;
    }
    struct cost_point *list = value_array(r, n, sizeof *list);
    if (list == NULL)
        return;
    cJSON_ArrayForEach(item, node)
        if (!read_cost(r, item, cJSON_IsObject(node), &list[count++]))
            return;
    l->cost_point = list;
    l->cost_points = count;
}
