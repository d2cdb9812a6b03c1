/* document/pack.h: statutory texts, locked.
 *
 * templates/packs/KEY/pack.json:
 *   {"key","jurisdiction","language","effective_from","effective_to" (or null),
 *    "source","texts":{name:{"text","citation"}},
 *    "agencies":{class:{"name","address","citation"}}}
 * templates/packs/LOCK holds one line a file as sha256sum writes it:
 *   HEX, two spaces, KEY/pack.json
 * A pack whose bytes differ from its line, or which has no line, is refused. */
#ifndef CANDOR_DOCUMENT_PACK_H
#define CANDOR_DOCUMENT_PACK_H

#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"

struct pack;

enum pack_state {
    PACK_GOOD,
    PACK_ALTERED, /* hash differs, or no line in LOCK */
    PACK_EARLY,   /* not yet in force on that date */
    PACK_EXPIRED
};

/* Folders are tried in order (a user's own first); the LOCK is the one in the
 * folder that holds the pack. DATA when altered, SYNTAX or FORMAT when it does
 * not read. *state tells which for a gate (may be NULL). */
MUST_USE status pack_load(const char *const *folders, size_t folder_count,
                          const char *key, struct pack **out,
                          enum pack_state *state, struct error *e);
void pack_free(struct pack *p);
enum pack_state pack_valid_on(const struct pack *p, struct date d);
/* Fails with DATA (text says from when to when it was in force) unless GOOD. */
MUST_USE status pack_check(const struct pack *p, struct date d,
                           struct error *e);

const char *pack_key(const struct pack *p);
const char *pack_jurisdiction(const struct pack *p);
const char *pack_language(const struct pack *p);
const char *pack_source(const struct pack *p);
const char *pack_sha256(const struct pack *p);
const char *pack_from(const struct pack *p); /* ISO */
const char *pack_to(const struct pack *p);   /* ISO, or NULL: open */
/* NULL: no such text. */
const char *pack_text(const struct pack *p, const char *name,
                      const char **citation);
size_t pack_text_count(const struct pack *p);
const char *pack_text_name(const struct pack *p, size_t i);
struct pack_agency {
    const char *class, *name, *address, *citation;
};
/* NULL: no such class of creditor. */
const struct pack_agency *pack_agency(const struct pack *p, const char *class);
size_t pack_agency_count(const struct pack *p);
const struct pack_agency *pack_agency_at(const struct pack *p, size_t i);

#endif
