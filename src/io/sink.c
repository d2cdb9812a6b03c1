#include "io/sink.h"

#include "base/arena.h"
#include "base/text.h"
#include "io/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct sink {
    int fd;
    char *path; /* for messages and the rename */
    char *part; /* NULL: written in place */
    bool standard;
};

static bool is_special(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 &&
           (S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode) ||
            S_ISBLK(info.st_mode) || S_ISSOCK(info.st_mode));
}

/* Opens what a sink writes to: standard output, a device, a hidden file. */
static status open_target(struct sink *s, unsigned mode, struct error *e)
{
    struct stat info;
    if (s->standard) {
        s->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        return s->fd < 0 ? error_system(e, "cannot write standard output")
                         : ST_OK;
    }
    if (is_special(s->path)) {
        s->fd = open(s->path, O_WRONLY | O_CLOEXEC);
        return s->fd < 0 ? error_system(e, "cannot write %s", s->path) : ST_OK;
    }
    if (stat(s->path, &info) == 0 && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return error_system(e, "cannot write %s", s->path);
    }
    return part_open(s->path, mode, &s->part, &s->fd, e);
}

status sink_open(const char *path, unsigned mode, struct sink **out,
                 struct error *e)
{
    struct sink *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return error_memory(e);
    s->fd = -1;
    s->standard = text_equal(path, "-");
    s->path = mem_string(s->standard ? "standard output" : path);
    status result = s->path == NULL ? error_memory(e) : open_target(s, mode, e);
    if (result != ST_OK) {
        sink_free(s);
        return result;
    }
    *out = s;
    return ST_OK;
}

status sink_write(struct sink *s, const void *bytes, size_t n, struct error *e)
{
    return part_write(s->fd, s->path, bytes, n, e);
}

status sink_patch(struct sink *s, long long at, const void *bytes, size_t n,
                  struct error *e)
{
    const char *p = bytes;
    if (s->part == NULL)
        return error_set(e, ST_ARGUMENT,
                         "%s cannot be written out of order: give the name of a "
                         "plain file", s->path);
    while (n > 0) {
        ssize_t put = pwrite(s->fd, p, n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_system(e, "cannot write %s", s->path);
        p += put;
        at += put;
        n -= (size_t)put;
    }
    return ST_OK;
}

static status name_it(struct sink *s, struct error *e)
{
    if (rename(s->part, s->path) != 0)
        return error_system(e, "cannot name %s", s->path);
    mem_free(s->part);
    s->part = NULL;
    char *folder = part_folder(s->path);
    if (folder == NULL)
        return error_memory(e);
    status result = part_sync_folder(folder, e);
    mem_free(folder);
    return result;
}

status sink_close(struct sink *s, struct error *e)
{
    status result = ST_OK;
    int fd = s->fd;
    if (s->part != NULL && fsync(fd) != 0)
        result = error_system(e, "cannot write %s", s->path);
    s->fd = -1;
    if (close(fd) != 0 && result == ST_OK)
        result = error_system(e, "cannot write %s", s->path);
    if (result == ST_OK && s->part != NULL)
        result = name_it(s, e);
    sink_free(s);
    return result;
}

void sink_free(struct sink *s)
{
    if (s == NULL)
        return;
    if (s->fd >= 0)
        (void)close(s->fd);
    if (s->part != NULL)
        (void)unlink(s->part);
    mem_free(s->part);
    mem_free(s->path);
    mem_free(s);
}

status file_save(const char *path, unsigned mode, const void *bytes, size_t n,
                 struct error *e)
{
    struct sink *s = NULL;
    TRY(sink_open(path, mode, &s, e));
    status result = sink_write(s, bytes, n, e);
    if (result != ST_OK) {
        sink_free(s);
        return result;
    }
    return sink_close(s, e);
}
