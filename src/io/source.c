#include "io/source.h"

#include "base/arena.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct source {
    int fd;
    char *name;
    long long cap, bytes;
    struct sha256 *hash;
    bool hashed;
    char hex[SHA256_HEX];
};

static long read_source(void *self, void *out, size_t n, struct error *e)
{
    struct source *s = self;
    ssize_t got;
    do {
        got = read(s->fd, out, n);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        (void)error_system(e, "cannot read %s", s->name);
        return -1;
    }
    s->bytes += got;
    if (s->cap > 0 && s->bytes > s->cap) {
        (void)error_set(e, ST_LIMIT, "%s is longer than the allowed %lld bytes",
                        s->name, s->cap);
        return -1;
    }
    if (s->hash != NULL)
        sha256_put(s->hash, out, (size_t)got);
    return (long)got;
}

static status open_file(const char *path, int *fd, struct error *e)
{
    struct stat info;
    *fd = open(path, O_RDONLY | O_CLOEXEC);
    if (*fd < 0)
        return error_system(e, "cannot open %s", path);
    if (fstat(*fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        (void)close(*fd);
        errno = EISDIR;
        return error_system(e, "cannot read %s", path);
    }
    return ST_OK;
}

status source_open(const char *path, long long cap, bool hash,
                   struct source **out, struct error *e)
{
    bool standard = text_equal(path, "-");
    int fd = STDIN_FILENO;
    if (!standard)
        TRY(open_file(path, &fd, e));
    struct source *s = mem_array(1, sizeof *s);
    if (s == NULL) {
        if (!standard)
            (void)close(fd);
        return error_memory(e);
    }
    s->fd = fd;
    s->cap = cap;
    s->name = mem_string(standard ? "standard input" : path);
    if (hash)
        s->hash = sha256_new();
    if (s->name == NULL || (hash && s->hash == NULL)) {
        source_free(s);
        return error_memory(e);
    }
    *out = s;
    return ST_OK;
}

struct stream source_stream(struct source *s)
{
    return (struct stream){s, read_source, s->name};
}

long long source_bytes(const struct source *s)
{
    return s->bytes;
}

const char *source_sha256(struct source *s)
{
    if (s->hash == NULL)
        return NULL;
    if (!s->hashed)
        sha256_hex(s->hash, s->hex);
    s->hashed = true;
    return s->hex;
}

void source_free(struct source *s)
{
    if (s == NULL)
        return;
    if (s->fd != STDIN_FILENO)
        (void)close(s->fd);
    sha256_free(s->hash);
    mem_free(s->name);
    mem_free(s);
}

static status load(struct stream in, struct buf *out, struct error *e)
{
    enum { STEP = 64 * 1024 };
    char piece[4096];
    for (;;) {
        /* Near the cap the last bytes go through a small piece, so that a file
         * of exactly the cap is not refused for want of room to see its end. */
        bool roomy = out->cap - out->length >= STEP;
        char *to = roomy ? buf_reserve(out, STEP) : piece;
        if (to == NULL)
            return buf_status(out, e);
        long n = in.read(in.self, to, roomy ? (size_t)STEP : sizeof piece, e);
        if (n < 0)
            return e == NULL ? ST_SYSTEM : e->class;
        if (n == 0)
            return ST_OK;
        if (!roomy) {
            buf_put(out, piece, (size_t)n);
        } else {
            out->length += (size_t)n;
            out->data[out->length] = '\0';
        }
        if (out->failed == ST_LIMIT)
            return error_set(e, ST_LIMIT,
                             "%s is longer than the allowed %zu bytes", in.name,
                             out->cap);
    }
}

status file_load(const char *path, struct buf *out, char sha256[SHA256_HEX],
                 struct error *e)
{
    struct source *s = NULL;
    TRY(source_open(path, 0, sha256 != NULL, &s, e));
    status result = load(source_stream(s), out, e);
    if (result == ST_OK && sha256 != NULL)
        memcpy(sha256, source_sha256(s), SHA256_HEX);
    source_free(s);
    return result;
}

bool file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool folder_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}
