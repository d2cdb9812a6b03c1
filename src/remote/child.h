/* remote/child.h: one process that is spoken to by three pipes. It leads a
 * process group of its own, so that ending it ends what it started; of our
 * descriptors it has the three alone. */
#ifndef CANDOR_REMOTE_CHILD_H
#define CANDOR_REMOTE_CHILD_H

#include "base/buf.h"

#include <poll.h>
#include <sys/types.h>

enum { CHILD_TAIL = 2048 };

struct child {
    pid_t pid; /* 0: none runs */
    int in, out, aside;
    char tail[CHILD_TAIL]; /* the last it said aside */
    size_t tail_length;
};

MUST_USE status child_start(struct child *c, const char *const *command,
                            const char *folder, struct error *e);
/* Closes the pipes, lets it end for a moment (`gently`), then kills it; how it
 * ended goes to `how` ("ended with status 3"), if that is wanted. */
void child_end(struct child *c, bool gently, char *how, size_t room);
/* Bytes written; 0: none fit now; -1: it reads no more. Never a signal. */
long child_write(struct child *c, const char *bytes, size_t length);
/* Bytes read into out; 0: none now; -1: the end; -2: out is full. */
long child_read(struct child *c, struct buf *out);
/* Keeps the tail of what it says aside. */
void child_listen(struct child *c);
/* The last line of it, or "". */
void child_said(const struct child *c, char *line, size_t room);

#endif
