#include "base/arena.h"
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
};

struct sink_group *sink_group_new(void)
{
    return mem_array(1, sizeof(struct sink_group));
}

size_t sink_group_count(const struct sink_group *g)
{
    return g->count;
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

void sink_group_cut(struct sink_group *g, size_t count)
{
    for (size_t i = count; i < g->count; i++) {
        if (g->pair[i].part != NULL)
            (void)unlink(g->pair[i].part);
        mem_free(g->pair[i].part);
        mem_free(g->pair[i].path);
        g->pair[i] = (struct pair){NULL, NULL};
    }
    if (count < g->count)
        g->count = count;
}

/* One sync of the file system covers all files, and their names: a folder each
 * would cost one sync each. */
static status sync_all(const char *path, struct error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return error_system(e, "cannot open %s", path);
    status s = syncfs(fd) == 0 ? ST_OK
                               : error_system(e, "cannot write %s", path);
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
    return sync_all(g->pair[0].path, e);
}

status sink_group_close(struct sink_group *g, struct error *e)
{
    status s = ST_OK;
    if (g->count > 0)
        s = sync_all(g->pair[0].part, e);
    if (s == ST_OK && g->count > 0)
        s = name_all(g, e);
    sink_group_cut(g, 0);
    return s;
}

void sink_group_free(struct sink_group *g)
{
    if (g == NULL)
        return;
    sink_group_cut(g, 0);
    mem_free(g->pair);
    mem_free(g);
}
