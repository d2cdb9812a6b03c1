#include "base/hash.h"

#include "base/arena.h"

#include <openssl/evp.h>
#include <string.h>

struct sha256 {
    EVP_MD_CTX *ctx;
};

struct sha256 *sha256_new(void)
{
    struct sha256 *h = mem_array(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->ctx = EVP_MD_CTX_new();
    if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1) {
        sha256_free(h);
        return NULL;
    }
    return h;
}

void sha256_put(struct sha256 *h, const void *bytes, size_t n)
{
    (void)EVP_DigestUpdate(h->ctx, bytes, n);
}

void sha256_hex(struct sha256 *h, char out[SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    (void)EVP_DigestFinal_ex(h->ctx, sum, &n);
    for (unsigned i = 0; i < 32; i++) {
        out[2 * i] = digits[sum[i] >> 4];
        out[2 * i + 1] = digits[sum[i] & 15];
    }
    out[64] = '\0';
}

void sha256_free(struct sha256 *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    mem_free(h);
}

status sha256_of(const void *bytes, size_t n, char out[SHA256_HEX],
                 struct error *e)
{
    struct sha256 *h = sha256_new();
    if (h == NULL)
        return error_memory(e);
    sha256_put(h, bytes, n);
    sha256_hex(h, out);
    sha256_free(h);
    return ST_OK;
}

uint64_t hash_bytes(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

struct names {
    char **text;
    size_t *length;
    size_t count, room;
    long *slot; /* -1 empty */
    size_t slots;
};

struct names *names_new(void)
{
    return mem_array(1, sizeof(struct names));
}

void names_free(struct names *n)
{
    if (n == NULL)
        return;
    for (size_t i = 0; i < n->count; i++)
        mem_free(n->text[i]);
    mem_free(n->text);
    mem_free(n->length);
    mem_free(n->slot);
    mem_free(n);
}

static size_t find_slot(const struct names *n, const char *text, size_t length)
{
    size_t at = hash_bytes(text, length) & (n->slots - 1);
    while (n->slot[at] >= 0) {
        size_t i = (size_t)n->slot[at];
        if (n->length[i] == length && memcmp(n->text[i], text, length) == 0)
            break;
        at = (at + 1) & (n->slots - 1);
    }
    return at;
}

static bool grow_slots(struct names *n)
{
    size_t slots = n->slots == 0 ? 32 : n->slots * 2;
    long *slot = mem_array(slots, sizeof *slot);
    if (slot == NULL)
        return false;
    for (size_t i = 0; i < slots; i++)
        slot[i] = -1;
    mem_free(n->slot);
    n->slot = slot;
    n->slots = slots;
    for (size_t i = 0; i < n->count; i++)
        n->slot[find_slot(n, n->text[i], n->length[i])] = (long)i;
    return true;
}

static bool grow_names(struct names *n)
{
    size_t room = n->room == 0 ? 16 : n->room * 2;
    char **text = mem_grow(n->text, n->room, room, sizeof *text);
    if (text == NULL)
        return false;
    n->text = text;
    size_t *length = mem_grow(n->length, n->room, room, sizeof *length);
    if (length == NULL)
        return false;
    n->length = length;
    n->room = room;
    return true;
}

long names_find(const struct names *n, const char *text, size_t length)
{
    if (n->slots == 0)
        return -1;
    return n->slot[find_slot(n, text, length)];
}

long names_add(struct names *n, const char *text, size_t length)
{
    long known = names_find(n, text, length);
    if (known >= 0)
        return known;
    if ((n->count + 1) * 2 > n->slots && !grow_slots(n))
        return -1;
    if (n->count == n->room && !grow_names(n))
        return -1;
    char *copy = mem_array(length + 1, 1);
    if (copy == NULL)
        return -1;
    memcpy(copy, text, length);
    n->text[n->count] = copy;
    n->length[n->count] = length;
    n->slot[find_slot(n, text, length)] = (long)n->count;
    return (long)n->count++;
}

const char *names_at(const struct names *n, size_t index)
{
    return n->text[index];
}

size_t names_count(const struct names *n)
{
    return n->count;
}
