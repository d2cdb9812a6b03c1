/* io/source.h: bytes in. A path, or "-" for standard input, as a stream with a
 * cap; nothing is read before it is asked for. */
#ifndef CANDOR_IO_SOURCE_H
#define CANDOR_IO_SOURCE_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/stream.h"

struct source;

/* cap: bytes after which reading is a LIMIT error, 0: none. hash: keep the
 * SHA-256 of what is read. A folder, a missing or unreadable file is SYSTEM and
 * named. */
MUST_USE status source_open(const char *path, long long cap, bool hash,
                            struct source **out, struct error *e);
/* The stream lives as long as the source; its name is the path, or "standard
 * input". */
struct stream source_stream(struct source *s);
long long source_bytes(const struct source *s); /* read so far */
/* Of all that was read; NULL when not asked for. Reading must have ended. */
const char *source_sha256(struct source *s);
void source_free(struct source *s); /* NULL is fine */

/* Appends a whole file to out, whose cap holds. sha256 may be NULL. */
MUST_USE status file_load(const char *path, struct buf *out,
                          char sha256[SHA256_HEX], struct error *e);
bool file_exists(const char *path);   /* a regular file */
bool folder_exists(const char *path);

#endif
