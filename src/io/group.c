#include "base/arena.h"
#include "base/hash.h"
#include "io/part.h"
#include "io/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct pair {
    char *part, *path;
};

struct sink_group {
    struct pair *pair;
    size_t count, room;
    struct names *folder; /* those to be synced */
};

struct sink_group *sink_group_new(void)
{
    struct sink_group *g = mem_array(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->folder = names_new();
    if (g->folder == NULL) {
        mem_free(g);
        return NULL;
    }
    return g;
}

size_t sink_group_count(const struct sink_group *g)
{
    return g->count;
}

static status note_folder(struct sink_group *g, const char *path,
                          struct error *e)
{
    char *folder = part_folder(path);
    long at = folder == NULL ? -1 : names_add(g->folder, folder, strlen(folder));
    mem_free(folder);
    return at < 0 ? error_memory(e) : ST_OK;
}

static status make_pair(struct sink_group *g, const char *path,
                        struct pair **out, struct error *e)
{
    if (g->count == g->room) {
        size_t room = g->room == 0 ? 64 : g->room * 2;
        struct pair *p = mem_grow(g->pair, g->room, room, sizeof *p);
        if (p == NULL)
            return error_memory(e);
        g->pair = p;
        g->room = room;
    }
    TRY(note_folder(g, path, e));
    struct pair *p = &g->pair[g->count];
    p->path = mem_string(path);
    p->part = NULL;
    *out = p;
    return p->path == NULL ? error_memory(e) : ST_OK;
}

status sink_group_save(struct sink_group *g, const char *path, unsigned mode,
                       const void *bytes, size_t n, struct error *e)
{
    struct pair *p = NULL;
    TRY(make_pair(g, path, &p, e));
    int fd = -1;
    status s = part_open(path, mode, &p->part, &fd, e);
    if (s == ST_OK) {
        s = part_write(fd, path, bytes, n, e);
        if (close(fd) != 0 && s == ST_OK)
            s = error_system(e, "cannot write %s", path);
        if (s != ST_OK)
            (void)unlink(p->part);
    }
    if (s != ST_OK) {
        mem_free(p->part);
        mem_free(p->path);
        *p = (struct pair){NULL, NULL};
        return s;
    }
    g->count++;
    return ST_OK;
}

static void forget(struct sink_group *g)
{
    for (size_t i = 0; i < g->count; i++) {
        if (g->pair[i].part != NULL)
            (void)unlink(g->pair[i].part);
        mem_free(g->pair[i].part);
        mem_free(g->pair[i].path);
        g->pair[i] = (struct pair){NULL, NULL};
    }
    g->count = 0;
}

/* One sync for the contents of all files. */
static status sync_contents(const struct sink_group *g, struct error *e)
{
    int fd = open(g->pair[0].part, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return error_system(e, "cannot open %s", g->pair[0].part);
    status s = syncfs(fd) == 0
                   ? ST_OK
                   : error_system(e, "cannot write %s", g->pair[0].path);
    (void)close(fd);
    return s;
}

static status name_all(struct sink_group *g, struct error *e)
{
    for (size_t i = 0; i < g->count; i++) {
        struct pair *p = &g->pair[i];
        if (rename(p->part, p->path) != 0)
            return error_system(e, "cannot name %s", p->path);
        mem_free(p->part);
        p->part = NULL;
    }
    for (size_t i = 0; i < names_count(g->folder); i++)
        TRY(part_sync_folder(names_at(g->folder, i), e));
    return ST_OK;
}

status sink_group_close(struct sink_group *g, struct error *e)
{
    status s = ST_OK;
    if (g->count > 0)
        s = sync_contents(g, e);
    if (s == ST_OK)
        s = name_all(g, e);
    forget(g);
    return s;
}

void sink_group_free(struct sink_group *g)
{
    if (g == NULL)
        return;
    forget(g);
    mem_free(g->pair);
    names_free(g->folder);
    mem_free(g);
}
