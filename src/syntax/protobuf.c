/* The wire format: tag, then a varint, eight or four bytes, or a length. */
#include "syntax/protobuf.h"

#include <stdio.h>

struct protobuf protobuf_open(const void *bytes, size_t length,
                              const char *source)
{
    return (struct protobuf){bytes, 0, length, 0, source};
}

status protobuf_fault(const struct protobuf *p, size_t offset, struct error *e,
                      status class, const char *format, ...)
{
    struct place place = {p->source, 0, 0, (long long)offset};
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return error_at(e, class, &place, "%s", text);
}

/* At most ten bytes, the last of which holds one bit. */
static status varint(const struct protobuf *p, size_t *at, size_t end,
                     uint64_t *out, struct error *e)
{
    uint64_t value = 0;
    size_t from = *at;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (*at >= end)
            return protobuf_fault(p, from, e, ST_SYNTAX,
                                  "the bytes end inside a number");
        unsigned char b = p->bytes[(*at)++];
        if (shift == 63 && b > 1)
            break;
        value |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80) {
            *out = value;
            return ST_OK;
        }
    }
    return protobuf_fault(p, from, e, ST_SYNTAX,
                          "a number of more than 64 bits");
}

static status fixed(const struct protobuf *p, size_t *at, size_t end,
                    size_t width, uint64_t *out, struct error *e)
{
    if (end - *at < width)
        return protobuf_fault(p, *at, e, ST_SYNTAX,
                              "the bytes end inside a number of %zu bytes",
                              width);
    *out = 0;
    for (size_t i = 0; i < width; i++)
        *out |= (uint64_t)p->bytes[*at + i] << (8 * i);
    *at += width;
    return ST_OK;
}

static status span(struct protobuf *p, struct protobuf_field *f,
                   struct error *e)
{
    uint64_t length = 0;
    TRY(varint(p, &p->at, p->end, &length, e));
    if (length > p->end - p->at)
        return protobuf_fault(p, f->offset, e, ST_SYNTAX,
                              "field %u says it has %llu bytes, and %zu are "
                              "left", (unsigned)f->number,
                              (unsigned long long)length, p->end - p->at);
    f->bytes = p->bytes + p->at;
    f->start = p->at;
    f->length = (size_t)length;
    p->at += f->length;
    return ST_OK;
}

status protobuf_next(struct protobuf *p, struct protobuf_field *f, bool *more,
                     struct error *e)
{
    uint64_t tag = 0;
    *more = p->at < p->end;
    *f = (struct protobuf_field){.offset = p->at};
    if (!*more)
        return ST_OK;
    TRY(varint(p, &p->at, p->end, &tag, e));
    if (tag >> 3 == 0 || tag >> 3 > 536870911)
        return protobuf_fault(p, f->offset, e, ST_SYNTAX,
                              "%llu is no number of a field",
                              (unsigned long long)(tag >> 3));
    f->number = (uint32_t)(tag >> 3);
    f->wire = (enum protobuf_wire)(tag & 7);
    switch (tag & 7) {
    case PROTOBUF_VARINT:
        return varint(p, &p->at, p->end, &f->value, e);
    case PROTOBUF_FIXED64:
        return fixed(p, &p->at, p->end, 8, &f->value, e);
    case PROTOBUF_FIXED32:
        return fixed(p, &p->at, p->end, 4, &f->value, e);
    case PROTOBUF_BYTES:
        return span(p, f, e);
    default:
        return protobuf_fault(p, f->offset, e, ST_UNSUPPORTED,
                              "field %u has wire type %u, which is none that "
                              "is in use", (unsigned)f->number,
                              (unsigned)(tag & 7));
    }
}

static const char *wire_word(enum protobuf_wire wire)
{
    switch (wire) {
    case PROTOBUF_VARINT:
        return "a whole number";
    case PROTOBUF_BYTES:
        return "bytes";
    case PROTOBUF_FIXED32:
        return "a number of four bytes";
    default:
        return "a number of eight bytes";
    }
}

status protobuf_expect(const struct protobuf *p,
                       const struct protobuf_field *f, enum protobuf_wire wire,
                       const char *what, struct error *e)
{
    if (f->wire == wire)
        return ST_OK;
    return protobuf_fault(p, f->offset, e, ST_FORMAT, "%s must be %s, not %s",
                          what, wire_word(wire), wire_word(f->wire));
}

status protobuf_enter(const struct protobuf *p, const struct protobuf_field *f,
                      struct protobuf *inner, struct error *e)
{
    TRY(protobuf_expect(p, f, PROTOBUF_BYTES, "a message", e));
    if (p->depth >= PROTOBUF_DEPTH_MAX)
        return protobuf_fault(p, f->offset, e, ST_LIMIT,
                              "messages lie in each other more than %d deep",
                              PROTOBUF_DEPTH_MAX);
    *inner = (struct protobuf){p->bytes, f->start, f->start + f->length,
                               p->depth + 1, p->source};
    return ST_OK;
}

static size_t width_of(enum protobuf_wire wire)
{
    return wire == PROTOBUF_FIXED32 ? 4 : wire == PROTOBUF_FIXED64 ? 8 : 0;
}

status protobuf_count(const struct protobuf *p, const struct protobuf_field *f,
                      enum protobuf_wire element, size_t *count,
                      struct error *e)
{
    size_t width = width_of(element), n = 0;
    *count = 1;
    if (f->wire == element)
        return ST_OK;
    TRY(protobuf_expect(p, f, PROTOBUF_BYTES, "a list of numbers", e));
    if (width > 0 && f->length % width != 0)
        return protobuf_fault(p, f->offset, e, ST_FORMAT,
                              "a list of numbers of %zu bytes has %zu bytes",
                              width, f->length);
    if (width > 0) {
        *count = f->length / width;
        return ST_OK;
    }
    for (size_t i = 0; i < f->length; i++)
        n += f->bytes[i] < 0x80;
    *count = n;
    return ST_OK;
}

status protobuf_element(const struct protobuf *p,
                        const struct protobuf_field *f,
                        enum protobuf_wire element, size_t *at,
                        uint64_t *value, struct error *e)
{
    if (f->wire != PROTOBUF_BYTES) {
        *value = f->value;
        return ST_OK;
    }
    size_t from = f->start + *at, end = f->start + f->length;
    size_t width = width_of(element);
    TRY(width > 0 ? fixed(p, &from, end, width, value, e)
                  : varint(p, &from, end, value, e));
    *at = from - f->start;
    return ST_OK;
}
