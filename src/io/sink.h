/* io/sink.h: bytes out, whole or not at all. A file is written under a hidden
 * name in its own folder (.NAME.….part), checked at every write, synced, and
 * only then given its name; whatever fails leaves the old file as it was and
 * nothing beside it. */
#ifndef CANDOR_IO_SINK_H
#define CANDOR_IO_SINK_H

#include "base/error.h"

enum { SINK_PUBLIC = 0644, SINK_PRIVATE = 0600 }; /* the umask applies */

struct sink;

/* "-" is standard output: not atomic, but every write is checked. A path that
 * is a device or a pipe is written in place. */
MUST_USE status sink_open(const char *path, unsigned mode, struct sink **out,
                          struct error *e);
MUST_USE status sink_write(struct sink *s, const void *bytes, size_t n,
                           struct error *e);
/* Writes over bytes that were written before, `at` bytes from the start, and
 * nothing else moves. ARGUMENT where there is no going back: standard output, a
 * device, a pipe. */
MUST_USE status sink_patch(struct sink *s, long long at, const void *bytes,
                           size_t n, struct error *e);
/* Makes the file visible and durable. Ends the sink, whatever it returns. */
MUST_USE status sink_close(struct sink *s, struct error *e);
/* Gives up: removes what was written. NULL is fine; not after sink_close. */
void sink_free(struct sink *s);
MUST_USE status file_save(const char *path, unsigned mode, const void *bytes,
                          size_t n, struct error *e);

/* Many small files in one or more folders of one file system: each is written
 * under its hidden name, then one sync covers all, then all get their names,
 * and one more sync makes those durable.
 * One thread a group; groups do not disturb each other. */
struct sink_group;
struct sink_group *sink_group_new(void); /* NULL: no memory */
MUST_USE status sink_group_save(struct sink_group *g, const char *path,
                                unsigned mode, const void *bytes, size_t n,
                                struct error *e);
size_t sink_group_count(const struct sink_group *g);
/* Gives up the files saved after the first `count`. */
void sink_group_cut(struct sink_group *g, size_t count);
/* Names all; the group is empty and usable again. On failure before the first
 * rename nothing is left; after it, what was named stays and the rest goes. */
MUST_USE status sink_group_close(struct sink_group *g, struct error *e);
void sink_group_free(struct sink_group *g); /* gives up what was not closed */

/* Makes a folder and those above it (mode 0777 less the umask). */
MUST_USE status folder_make(const char *path, struct error *e);
/* Names in a folder without . and .., in byte order;
 * folder_list_free releases them. */
MUST_USE status folder_list(const char *path, char ***names, size_t *count,
                            struct error *e);
void folder_list_free(char **names, size_t count);
/* A hidden name of an unfinished file, as a killed run leaves behind. */
bool sink_is_part(const char *name);
/* Removes such files from a folder; other names are not touched. */
MUST_USE status folder_sweep(const char *path, size_t *removed,
                             struct error *e);

#endif
