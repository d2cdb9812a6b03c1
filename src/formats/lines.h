/* formats/lines.h: text lines of a stream with LF, CRLF or CR ends, whatever
 * the file's own byte offsets say. One line is held at a time. */
#ifndef CANDOR_FORMATS_LINES_H
#define CANDOR_FORMATS_LINES_H

#include "base/buf.h"
#include "base/stream.h"

enum { LINE_MAX_BYTES = 256 * 1024 * 1024, LINES_WINDOW = 65536 };

struct lines {
    struct stream in;
    struct buf line;       /* 0-terminated, without its end */
    long number;           /* of that line, from 1 */
    long long offset;      /* of its first byte */
    size_t at, have;
    long long read;
    bool ended, skip_lf;
    char window[LINES_WINDOW];
};

void lines_start(struct lines *l, struct stream in);
void lines_free(struct lines *l);
/* False in *more at the end; a last line without an end counts. */
MUST_USE status lines_next(struct lines *l, bool *more, struct error *e);
/* An error at the present line, excerpt included; returns the class. */
status lines_fault(const struct lines *l, struct error *e, status class,
                   const char *format, ...) PRINTF(4, 5);

#endif
