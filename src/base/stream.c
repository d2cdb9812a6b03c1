#include "base/stream.h"

#include <string.h>

static long read_memory(void *self, void *out, size_t n, struct error *e)
{
    (void)e;
    struct memory_stream *m = self;
    size_t left = m->length - m->at;
    if (n > left)
        n = left;
    if (n > 0)
        memcpy(out, m->bytes + m->at, n);
    m->at += n;
    return (long)n;
}

struct stream stream_of_memory(struct memory_stream *m, const char *name)
{
    return (struct stream){m, read_memory, name};
}
