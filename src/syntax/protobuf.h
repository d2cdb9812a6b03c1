/* syntax/protobuf.h: a pull reader over Protocol Buffers' wire format that lies
 * in memory. It knows no schema: fields come in the order of the bytes, and
 * whoever asks says what a number means. Nothing is copied, nothing recurses;
 * a length is compared with what is left before it is believed. Groups (wire
 * types 3 and 4) are UNSUPPORTED. Texts are not checked to be UTF-8. */
#ifndef CANDOR_SYNTAX_PROTOBUF_H
#define CANDOR_SYNTAX_PROTOBUF_H

#include "base/error.h"

#include <stdint.h>

enum { PROTOBUF_DEPTH_MAX = 64 };

enum protobuf_wire {
    PROTOBUF_VARINT = 0,
    PROTOBUF_FIXED64 = 1,
    PROTOBUF_BYTES = 2,
    PROTOBUF_FIXED32 = 5
};

/* One message: bytes at … end of the whole input. */
struct protobuf {
    const unsigned char *bytes; /* the whole input */
    size_t at, end;
    size_t depth;
    const char *source; /* for messages */
};

struct protobuf_field {
    uint32_t number;
    enum protobuf_wire wire;
    uint64_t value;             /* VARINT, FIXED64, FIXED32 */
    const unsigned char *bytes; /* BYTES */
    size_t length;
    size_t offset;              /* of the field's tag in the input */
    size_t start;               /* BYTES: of its first byte */
};

struct protobuf protobuf_open(const void *bytes, size_t length,
                              const char *source);
/* The next field, or *more = false at the message's end. SYNTAX with the byte
 * offset where bytes end too soon or a tag is none. */
MUST_USE status protobuf_next(struct protobuf *p, struct protobuf_field *f,
                              bool *more, struct error *e);
/* The message in a field of bytes; LIMIT beyond PROTOBUF_DEPTH_MAX. */
MUST_USE status protobuf_enter(const struct protobuf *p,
                               const struct protobuf_field *f,
                               struct protobuf *inner, struct error *e);
/* The field must be of this wire type, else FORMAT names `what`. */
MUST_USE status protobuf_expect(const struct protobuf *p,
                                const struct protobuf_field *f,
                                enum protobuf_wire wire, const char *what,
                                struct error *e);
/* Numbers of a repeated field, packed or one a field. How many this field
 * holds (BYTES of fixed width: length / width); then one after another:
 * *at starts at 0. */
MUST_USE status protobuf_count(const struct protobuf *p,
                               const struct protobuf_field *f,
                               enum protobuf_wire element, size_t *count,
                               struct error *e);
MUST_USE status protobuf_element(const struct protobuf *p,
                                 const struct protobuf_field *f,
                                 enum protobuf_wire element, size_t *at,
                                 uint64_t *value, struct error *e);
/* Fills e with a class, the byte offset and the text; returns the class. */
status protobuf_fault(const struct protobuf *p, size_t offset, struct error *e,
                      status class, const char *format, ...) PRINTF(5, 6);

static inline double protobuf_float(uint64_t value)
{
    union {
        uint32_t bits;
        float number;
    } u = {.bits = (uint32_t)value};
    return (double)u.number;
}

static inline double protobuf_double(uint64_t value)
{
    union {
        uint64_t bits;
        double number;
    } u = {.bits = value};
    return u.number;
}

#endif
