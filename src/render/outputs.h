/* render/outputs.h: the table of outputs. A new output is one file and one row
 * in outputs.c. */
#ifndef CANDOR_RENDER_OUTPUTS_H
#define CANDOR_RENDER_OUTPUTS_H

#include "render/render.h"

struct output {
    const char *name;       /* as in a project file; also the file's suffix */
    const char *media_type;
    bool paged;             /* needs a renderer with fonts */
    status (*render)(struct renderer *r, const struct document *d,
                     struct buf *out, struct error *e);
};

size_t output_count(void);
const struct output *output_at(size_t i);
/* NULL: no output of this name. */
const struct output *output_find(const char *name);

#endif
