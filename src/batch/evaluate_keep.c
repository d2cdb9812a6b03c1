/* Rows kept for probes, evenly spaced by position. */
#include "batch/evaluate_in.h"

#include <string.h>

enum { KEEP_BYTES_MAX = 48 << 20 };

status keep_open(struct keep *k, size_t cap, size_t width, struct error *e)
{
    size_t most = KEEP_BYTES_MAX / ((width + 1) * sizeof(double));
    if (cap > most)
        cap = most < 2 ? 2 : most;
    *k = (struct keep){.cap = cap - cap % 2, .width = width, .stride = 1};
    k->row = mem_array(k->cap * width + 1, sizeof *k->row);
    k->target = mem_array(k->cap, sizeof *k->target);
    k->label = mem_array(k->cap, sizeof *k->label);
    if (k->row != NULL && k->target != NULL && k->label != NULL)
        return ST_OK;
    keep_close(k);
    return error_memory(e);
}

void keep_close(struct keep *k)
{
    mem_free(k->row);
    mem_free(k->target);
    mem_free(k->label);
    memset(k, 0, sizeof *k);
}

static void halve(struct keep *k)
{
    for (size_t i = 1; 2 * i < k->count; i++) {
        memcpy(k->row + i * k->width, k->row + 2 * i * k->width,
               k->width * sizeof *k->row);
        k->target[i] = k->target[2 * i];
        k->label[i] = k->label[2 * i];
    }
    k->count = (k->count + 1) / 2;
    k->stride *= 2;
}

void keep_add(struct keep *k, const double *row, uint8_t label, double target)
{
    unsigned long long at = k->seen++;
    if (k->cap == 0 || at % k->stride != 0)
        return;
    if (k->count == k->cap) {
        halve(k);
        if (at % k->stride != 0)
            return;
    }
    memcpy(k->row + k->count * k->width, row, k->width * sizeof *row);
    k->target[k->count] = target;
    k->label[k->count++] = label;
}
