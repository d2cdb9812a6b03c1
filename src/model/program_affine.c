/* Weighted sums: the kernel's lines are the block's registers. */
#include "model/program_in.h"

#include "kernel/lanes.h"

void step_affine(const struct block *b, const struct step *s)
{
    const struct affine_data *d = s->data;
    struct lanes_lists l = {.line = b->slot, .stride = b->width,
                            .lanes = b->width, .in = b->p->list + s->in,
                            .out = b->p->list + s->out, .ins = s->ins,
                            .outs = s->outs};
    if (s->single)
        lanes_affine_single(&l, d->weight_single, d->bias_single,
                            (float *)b->spare);
    else
        lanes_affine(&l, d->weight, d->bias);
}
