#include "render/breaking.h"

#include "base/text.h"

static bool is_space(uint32_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' ||
           (c >= 0x2000 && c <= 0x200a && c != 0x2007) || c == 0x3000;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_ideograph(uint32_t c)
{
    return (c >= 0x2e80 && c <= 0x303f) || (c >= 0x3040 && c <= 0x31ff) ||
           (c >= 0x3220 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe4f) ||
           (c >= 0xff01 && c <= 0xff60) || (c >= 0x20000 && c <= 0x3fffd);
}

static bool in(uint32_t c, const uint32_t *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (set[i] == c)
            return true;
    return false;
}

/* May not begin a line: closing marks, small kana, prolongation. */
static bool clings_left(uint32_t c)
{
    static const uint32_t set[] = {
        0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015,
        0x3017, 0x3019, 0x301b, 0x301c, 0x301e, 0x301f, 0x303b, 0x3041, 0x3043,
        0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308e, 0x309b,
        0x309c, 0x309d, 0x309e, 0x30a0, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9,
        0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30ee, 0x30f5, 0x30f6, 0x30fb, 0x30fc,
        0x30fd, 0x30fe, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f,
        0xff3d, 0xff5d, 0xff5e, 0xff60, '!', ')', ',', '.', ':', ';', '?', ']',
        '}', '%', 0xbb, 0x2019, 0x201d, 0x2026, 0x203a};
    return in(c, set, sizeof set / sizeof set[0]);
}

/* May not end a line: opening brackets and quotes. */
static bool clings_right(uint32_t c)
{
    static const uint32_t set[] = {0x3008, 0x300a, 0x300c, 0x300e, 0x3010,
                                   0x3014, 0x3016, 0x3018, 0x301a, 0x301d,
                                   0xff08, 0xff3b, 0xff5b, 0xff5f, '(',
                                   '[',    '{',    0xab,   0x2018, 0x201c};
    return in(c, set, sizeof set / sizeof set[0]);
}

static bool is_glue(uint32_t c)
{
    return c == 0xa0 || c == 0x202f || c == 0x2007 || c == 0x2060 ||
           c == 0xfeff || c == 0x2011;
}

/* Combines with the character before it. */
static bool combines(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x483 && c <= 0x489) ||
           (c >= 0x591 && c <= 0x5bd) || (c >= 0x610 && c <= 0x61a) ||
           (c >= 0x64b && c <= 0x65f) || (c >= 0x900 && c <= 0xdff &&
           ((c & 0x7f) < 4 || ((c & 0x7f) >= 0x3a && (c & 0x7f) <= 0x57))) ||
           (c >= 0xe31 && c <= 0xe3a) || (c >= 0xe47 && c <= 0xe4e) ||
           (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
           (c >= 0x200c && c <= 0x200f) || (c >= 0x20d0 && c <= 0x20ff) ||
           (c >= 0xfe00 && c <= 0xfe2f) || c == 0xad || c == 0x2060 ||
           (c >= 0x1f3fb && c <= 0x1f3ff) || (c >= 0xe0100 && c <= 0xe01ef);
}

bool break_ideographs(uint32_t before, uint32_t after)
{
    if (before == 0x200b)
        return true;
    if (!is_ideograph(before) && !is_ideograph(after))
        return false;
    return !is_glue(before) && !is_glue(after) && !combines(after) &&
           !clings_left(after) && !clings_right(before) && before != 0;
}

/* A hyphen or dash ends a piece between letters; inside numbers, telephone
 * numbers, ranges and before punctuation it does not. */
static bool mark_breaks(uint32_t before, uint32_t c, uint32_t after)
{
    if (c != '-' && c != 0x2010 && c != 0x2013 && c != 0x2014 && c != '/')
        return false;
    if (before == 0 || after == 0 || is_digit(after) || is_glue(after) ||
        is_space(after) || clings_left(after) || after == c)
        return false;
    if (c == '/')
        return before != '/' && before != ':' && after != '/';
    return !is_space(before) && !is_glue(before) && before != '-';
}

size_t break_next(const char *text, size_t length, uint32_t before,
                  size_t *spaces, enum break_after *after)
{
    size_t at = 0;
    *spaces = 0;
    *after = AFTER_NEVER;
    while (at < length) {
        uint32_t c = (unsigned char)text[at];
        size_t n = 1;
        /* The common case, a letter followed by a letter, costs two tests. */
        if (c >= 0x80) {
            n = utf8_decode(text + at, length - at, &c);
            n = n == 0 ? 1 : n;
        }
        at += n;
        if (is_space(c)) {
            *spaces += n;
            *after = AFTER_SPACE;
            before = c;
            if (at < length && !is_space((unsigned char)text[at]))
                return at;
            continue;
        }
        *spaces = 0;
        *after = AFTER_NEVER;
        if (at == length)
            return at;
        uint32_t next = (unsigned char)text[at];
        if (c < 0x80 && next < 0x80 && c != '-' && c != '/') {
            before = c;
            continue;
        }
        if (next >= 0x80)
            (void)utf8_decode(text + at, length - at, &next);
        if (break_ideographs(c, next)) {
            *after = AFTER_IDEOGRAPH;
            return at;
        }
        if (mark_breaks(before, c, next)) {
            *after = AFTER_MARK;
            return at;
        }
        before = c;
    }
    return at;
}

size_t break_cut(const char *text, size_t length, bool *good)
{
    size_t at = 0;
    uint32_t c = 0;
    *good = false;
    while (at < length) {
        if (at > 0) {
            uint32_t next = 0;
            (void)utf8_decode(text + at, length - at, &next);
            if (!combines(next) && !is_space(next) && c != 0x200d)
                break;
        }
        size_t n = utf8_decode(text + at, length - at, &c);
        at += n == 0 ? 1 : n;
    }
    *good = c == '_' || c == '.' || c == '/' || c == '@' || c == ':' ||
            c == '-';
    return at;
}
