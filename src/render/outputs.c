#include "render/outputs.h"

#include <string.h>

static status html(struct renderer *r, const struct document *d,
                   struct buf *out, struct error *e)
{
    (void)r;
    return render_html(d, out, e);
}

static const struct output outputs[] = {
    {"html", "text/html", false, html},
    {"pdf", "application/pdf", true, render_pdf},
};

size_t output_count(void)
{
    return sizeof outputs / sizeof outputs[0];
}

const struct output *output_at(size_t i)
{
    return &outputs[i];
}

const struct output *output_find(const char *name)
{
    for (size_t i = 0; i < output_count(); i++)
        if (strcmp(outputs[i].name, name) == 0)
            return &outputs[i];
    return NULL;
}
