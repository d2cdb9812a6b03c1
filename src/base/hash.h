/* base/hash.h: SHA-256 (FIPS 180-4, by libcrypto) and a fast table hash. */
#ifndef CANDOR_BASE_HASH_H
#define CANDOR_BASE_HASH_H

#include "base/error.h"

#include <stdint.h>

enum { SHA256_HEX = 65 };

struct sha256;
struct sha256 *sha256_new(void); /* NULL: no memory */
void sha256_put(struct sha256 *h, const void *bytes, size_t n);
void sha256_hex(struct sha256 *h, char out[SHA256_HEX]); /* ends it */
void sha256_free(struct sha256 *h);
MUST_USE status sha256_of(const void *bytes, size_t n, char out[SHA256_HEX],
                          struct error *e);

/* FNV-1a folded; stable across machines, not for hostile keys. */
uint64_t hash_bytes(const void *bytes, size_t n);

/* Text → index, insertion order kept. Keys are copied. */
struct names;
struct names *names_new(void);
void names_free(struct names *n);
/* Index of the name, adding it when new. -1: no memory. */
long names_add(struct names *n, const char *text, size_t length);
/* -1: not there. */
long names_find(const struct names *n, const char *text, size_t length);
const char *names_at(const struct names *n, size_t index);
size_t names_count(const struct names *n);

#endif
