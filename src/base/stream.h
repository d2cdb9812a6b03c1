/* base/stream.h: where bytes come from, as readers see it. io makes them of
 * files, memory and standard input; syntax and formats only ever read. */
#ifndef CANDOR_BASE_STREAM_H
#define CANDOR_BASE_STREAM_H

#include "base/error.h"

struct stream {
    void *self;
    /* Reads up to n bytes: the count, 0 at the end, -1 with e filled. */
    long (*read)(void *self, void *out, size_t n, struct error *e);
    const char *name; /* for messages; outlives the stream */
};

/* A stream over memory that the caller keeps alive. */
struct memory_stream {
    const char *bytes;
    size_t length, at;
};
struct stream stream_of_memory(struct memory_stream *m, const char *name);

#endif
