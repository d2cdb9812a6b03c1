/* io/part.h: the hidden file that becomes the named one. */
#ifndef CANDOR_IO_PART_H
#define CANDOR_IO_PART_H

#include "base/error.h"

/* Makes a new hidden file beside `path`; *name is its path, to be freed. */
MUST_USE status part_open(const char *path, unsigned mode, char **name, int *fd,
                          struct error *e);
/* Every byte, or an error naming `path`. */
MUST_USE status part_write(int fd, const char *path, const void *bytes,
                           size_t n, struct error *e);
/* The folder that holds a path, to be freed; NULL: no memory. */
char *part_folder(const char *path);
/* Makes a folder's entries durable. */
MUST_USE status part_sync_folder(const char *folder, struct error *e);

#endif
