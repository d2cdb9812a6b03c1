/* Memory, refusal, files, numbers. */
#include "check.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 20 };
#define FILE_MOST ((size_t)4 << 30)

void refuse(struct run *r, const char *format, ...)
{
    va_list args;
    size_t n = 0;
    if (r->file != NULL && r->line > 0)
        n = (size_t)snprintf(r->message, sizeof r->message / 2,
                             "%s:%ld: ", r->file, r->line);
    n = n < sizeof r->message / 2 ? n : sizeof r->message / 2 - 1;
    va_start(args, format);
    vsnprintf(r->message + n, sizeof r->message - n, format, args);
    va_end(args);
    longjmp(r->away, 1);
}

/* --- memory ------------------------------------------------------------ */

struct chunk {
    struct chunk *next;
    size_t used, room;
    max_align_t data[];
};
struct pool {
    struct chunk *first, *now;
};

struct pool *pool_new(void)
{
    return calloc(1, sizeof(struct pool));
}

/* Keeps the chunks for what comes next. */
void pool_clear(struct pool *p)
{
    for (struct chunk *c = p->first; c != NULL; c = c->next)
        c->used = 0;
    p->now = p->first;
}

void pool_free(struct pool *p)
{
    struct chunk *next = NULL;
    for (struct chunk *c = p == NULL ? NULL : p->first; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    free(p);
}

static struct chunk *new_chunk(struct run *r, struct pool *p, size_t n)
{
    size_t room = n > CHUNK ? n : CHUNK;
    struct chunk *c = malloc(sizeof *c + room);
    if (c == NULL)
        refuse(r, "out of memory");
    *c = (struct chunk){NULL, 0, room};
    struct chunk **end = &p->first;
    while (*end != NULL)
        end = &(*end)->next;
    return *end = c;
}

void *take(struct run *r, struct pool *p, long count, size_t size)
{
    if (count < 0 || (size_t)count > ((size_t)1 << 40) / size)
        refuse(r, "out of memory");
    size_t n = ((size_t)count * size + sizeof(max_align_t)) &
               ~(sizeof(max_align_t) - 1);
    while (p->now != NULL && p->now->room - p->now->used < n)
        p->now = p->now->next;
    if (p->now == NULL)
        p->now = new_chunk(r, p, n);
    void *at = (char *)p->now->data + p->now->used;
    p->now->used += n;
    return memset(at, 0, n);
}

void *grow(struct run *r, void *old, size_t bytes)
{
    void *more = realloc(old, bytes);
    if (more == NULL)
        refuse(r, "out of memory");
    return more;
}

char *copy_text(struct run *r, const char *text, size_t n)
{
    char *copy = take(r, r->files, (long)n + 1, 1);
    return memcpy(copy, text, n);
}

bool run_begin(struct run *r)
{
    *r = (struct run){.files = pool_new(), .row = pool_new()};
    return r->files != NULL && r->row != NULL;
}

void run_end(struct run *r)
{
    log_close(r->log);
    table_close(r->table);
    for (int i = 0; i < r->jsons; i++)
        cJSON_Delete(r->json[i]);
    pool_free(r->files);
    pool_free(r->row);
}

/* --- files and numbers ------------------------------------------------- */

void sha256_text(const void *a, size_t n, const void *b, size_t m, char hex[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[32], small[1024], *both = small;
    const void *all = a;
    if (m > 0) {
        both = n + m > sizeof small ? malloc(n + m) : small;
        if (both == NULL)
            abort();
        memcpy(both, a, n);
        memcpy(both + n, b, m);
        all = both;
    }
    SHA256(all, n + m, digest);
    if (both != small)
        free(both);
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[64] = '\0';
}

char *whole_file(struct run *r, const char *path, size_t *length, char sha[65])
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    size_t n = 0, room = 0;
    if (f == NULL)
        refuse(r, "cannot open %s: %s", path, strerror(errno));
    do {
        if (n == room) {
            room = room == 0 ? 1 << 16 : 2 * room;
            char *more = room > FILE_MOST ? NULL : realloc(text, room + 1);
            if (more == NULL) {
                fclose(f);
                free(text);
                refuse(r, "%s is too large", path);
            }
            text = more;
        }
        size_t got = fread(text + n, 1, room - n, f);
        n += got;
        if (got == 0)
            break;
    } while (true);
    bool bad = ferror(f) != 0;
    fclose(f);
    if (bad) {
        free(text);
        refuse(r, "cannot read %s", path);
    }
    char *kept = take(r, r->files, (long)n + 1, 1);
    memcpy(kept, text, n);
    free(text);
    if (sha != NULL)
        sha256_text(kept, n, "", 0, sha);
    *length = n;
    return kept;
}

bool number(const char *text, double *out)
{
    char *end;
    if (*text == '\0' || strchr(" \t\n\v\f\r", *text) != NULL ||
        strpbrk(text, "xXpP") != NULL)
        return false;
    *out = strtod(text, &end);
    return *end == '\0';
}
