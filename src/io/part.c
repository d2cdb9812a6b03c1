#include "io/part.h"

#include "base/arena.h"
#include "base/text.h"
#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 100, NAME_KEPT = 200 };

static const char suffix[] = ".part";

/* .NAME.PROCESS.N.part: two processes, or a run after a killed one, never meet
 * in one hidden file. */
static char *part_name(const char *path, int n)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    size_t room = strlen(path) + 64;
    char *name = mem_array(room, 1);
    if (name != NULL)
        (void)snprintf(name, room, "%.*s.%.*s.%ld.%d%s", (int)folder, path,
                       NAME_KEPT, path + folder, (long)getpid(), n, suffix);
    return name;
}

status part_open(const char *path, unsigned mode, char **name, int *fd,
                 struct error *e)
{
    for (int n = 0; n < TRIES; n++) {
        *name = part_name(path, n);
        if (*name == NULL)
            return error_memory(e);
        *fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
        if (*fd >= 0)
            return ST_OK;
        mem_free(*name);
        *name = NULL;
        if (errno != EEXIST)
            break;
    }
    return error_system(e, "cannot write %s", path);
}

status part_write(int fd, const char *path, const void *bytes, size_t n,
                  struct error *e)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return error_system(e, "cannot write %s", path);
        p += put;
        n -= (size_t)put;
    }
    return ST_OK;
}

char *part_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = mem_string(slash == NULL ? "." : path);
    if (folder != NULL && slash != NULL)
        folder[slash == path ? 1 : slash - path] = '\0';
    return folder;
}

status part_sync_folder(const char *folder, struct error *e)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_system(e, "cannot open folder %s", folder);
    /* Some file systems cannot sync a folder and say so; nothing is lost. */
    bool failed = fsync(fd) != 0 && errno != EINVAL && errno != ENOTSUP;
    status s = failed ? error_system(e, "cannot sync folder %s", folder) : ST_OK;
    (void)close(fd);
    return s;
}

bool sink_is_part(const char *name)
{
    return name[0] == '.' && text_ends(name, suffix);
}
