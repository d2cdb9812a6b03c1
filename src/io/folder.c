#include "base/arena.h"
#include "io/sink.h"
#include "io/source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static status make_one(const char *path, struct error *e)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && folder_exists(path)))
        return ST_OK;
    if (errno == EEXIST)
        errno = ENOTDIR;
    return error_system(e, "cannot make folder %s", path);
}

status folder_make(const char *path, struct error *e)
{
    if (*path == '\0' || folder_exists(path))
        return ST_OK;
    char *copy = mem_string(path);
    if (copy == NULL)
        return error_memory(e);
    status s = ST_OK;
    for (char *p = copy + 1; s == ST_OK && *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        if (!folder_exists(copy))
            s = make_one(copy, e);
        *p = '/';
    }
    if (s == ST_OK)
        s = make_one(path, e);
    mem_free(copy);
    return s;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static status add_name(char ***names, size_t *count, size_t *room,
                       const char *name, struct error *e)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 64 : *room * 2;
        char **p = mem_grow(*names, *room, more, sizeof *p);
        if (p == NULL)
            return error_memory(e);
        *names = p;
        *room = more;
    }
    (*names)[*count] = mem_string(name);
    if ((*names)[*count] == NULL)
        return error_memory(e);
    ++*count;
    return ST_OK;
}

static status read_names(DIR *folder, const char *path, char ***names,
                         size_t *count, struct error *e)
{
    size_t room = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL)
            return errno == 0 ? ST_OK : error_system(e, "cannot read %s", path);
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            TRY(add_name(names, count, &room, name, e));
    }
}

status folder_list(const char *path, char ***names, size_t *count,
                   struct error *e)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return error_system(e, "cannot open folder %s", path);
    char **list = NULL;
    size_t n = 0;
    status s = read_names(folder, path, &list, &n, e);
    (void)closedir(folder);
    if (s != ST_OK) {
        folder_list_free(list, n);
        return s;
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_bytes);
    *names = list;
    *count = n;
    return ST_OK;
}

void folder_list_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
}

static status remove_part(const char *folder, const char *name, struct error *e)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    char *path = mem_array(room, 1);
    if (path == NULL)
        return error_memory(e);
    (void)snprintf(path, room, "%s/%s", folder, name);
    status s = unlink(path) == 0 || errno == ENOENT
                   ? ST_OK
                   : error_system(e, "cannot remove %s", path);
    mem_free(path);
    return s;
}

status folder_sweep(const char *path, size_t *removed, struct error *e)
{
    char **names = NULL;
    size_t count = 0;
    TRY(folder_list(path, &names, &count, e));
    status s = ST_OK;
    *removed = 0;
    for (size_t i = 0; i < count && s == ST_OK; i++) {
        if (!sink_is_part(names[i]))
            continue;
        s = remove_part(path, names[i], e);
        *removed += s == ST_OK;
    }
    folder_list_free(names, count);
    return s;
}
