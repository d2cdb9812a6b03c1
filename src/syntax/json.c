#include "syntax/reader.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

status json_fault(const struct tokens *t, size_t at, size_t length,
                  struct error *e, status class, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct place p = reader_place(t, at);
    (void)error_at(e, class, &p, "%s", text);
    reader_excerpt(t, at, length, e);
    return class;
}

/* "x" or "byte 0x07", for messages about a character that should not be. */
static const char *show(char c, char text[16])
{
    unsigned char u = (unsigned char)c;
    if (u >= 0x20 && u < 0x7f)
        (void)snprintf(text, 16, "'%c'", c);
    else
        (void)snprintf(text, 16, "byte 0x%02x", u);
    return text;
}

static status unexpected(const struct tokens *t, const char *wanted,
                         struct error *e)
{
    const struct window *w = &t->w;
    if (w->at == w->end)
        return json_fault(t, w->at, 1, e, ST_SYNTAX,
                          "the text ends where %s was expected", wanted);
    char found[16];
    return json_fault(t, w->at, 1, e, ST_SYNTAX, "%s where %s was expected",
                      show(w->data[w->at], found), wanted);
}

static status skip_comment(struct tokens *t, struct error *e)
{
    struct window *w = &t->w;
    w->mark = w->at;
    TRY(window_need(w, 2, e));
    if (w->data[w->at + 1] != '/')
        return unexpected(t, "a comment beginning with //", e);
    for (;;) {
        while (w->at < w->end && w->data[w->at] != '\n') {
            t->trailing += ((unsigned char)w->data[w->at] & 0xc0) == 0x80;
            w->at++;
        }
        w->mark = w->at;
        if (w->at < w->end || w->ended)
            return ST_OK;
        TRY(window_more(w, e));
    }
}

/* Stops at the next character of meaning, or at the end of the input. */
static status skip_blanks(struct tokens *t, struct error *e)
{
    struct window *w = &t->w;
    for (;;) {
        char c = w->data[w->at];
        if (c == ' ' || c == '\t' || c == '\r') {
            w->at++;
        } else if (c == '\n') {
            w->at++;
            t->line++;
            t->line_start = window_offset(w, w->at);
            t->trailing = 0;
        } else if (c == '/' && t->limits.comments) {
            TRY(skip_comment(t, e));
        } else if (c == '\0' && w->at == w->end && !w->ended) {
            w->mark = w->at;
            TRY(window_more(w, e));
        } else {
            w->mark = w->at;
            return ST_OK;
        }
    }
}

static void count_trailing(struct tokens *t, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        t->trailing += ((unsigned char)t->w.data[i] & 0xc0) == 0x80;
}

static bool hex4(const char *p, uint32_t *out)
{
    uint32_t x = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return false;
        x = x << 4 | digit;
    }
    *out = x;
    return true;
}

/* One escape at p (its backslash), inside a text that ends at `end` with a
 * quote. Returns bytes used, 0 when it is wrong. */
static size_t unescape(const char *p, const char *end, char out[4], size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    *n = 1;
    if (p[1] != 'u') {
        const char *at = p[1] == '\0' ? NULL : strchr(from, p[1]);
        if (at == NULL)
            return 0;
        out[0] = to[at - from];
        return 2;
    }
    uint32_t point, low;
    if (end - p < 6 || !hex4(p + 2, &point))
        return 0;
    size_t used = 6;
    if (point >= 0xd800 && point <= 0xdbff) {
        if (end - p < 12 || p[6] != '\\' || p[7] != 'u' || !hex4(p + 8, &low) ||
            low < 0xdc00 || low > 0xdfff)
            return 0;
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        used = 12;
    } else if (point >= 0xdc00 && point <= 0xdfff) {
        return 0;
    }
    *n = utf8_encode(point, out);
    return used;
}

static status unescape_all(struct tokens *t, size_t from, size_t to,
                           struct token *out, struct error *e)
{
    const char *data = t->w.data;
    buf_clear(&t->scratch);
    while (from < to) {
        const char *back = memchr(data + from, '\\', to - from);
        size_t plain = back == NULL ? to - from : (size_t)(back - data) - from;
        buf_put(&t->scratch, data + from, plain);
        from += plain;
        if (from == to)
            break;
        char piece[4];
        size_t n, used = unescape(data + from, data + to, piece, &n);
        if (used == 0)
            return json_fault(t, from, 2, e, ST_SYNTAX,
                              "an escape that JSON does not know");
        buf_put(&t->scratch, piece, n);
        from += used;
    }
    TRY(buf_status(&t->scratch, e));
    out->text = buf_text(&t->scratch);
    out->length = t->scratch.length;
    return ST_OK;
}

/* Moves the cursor to the closing quote; tells what lies between. */
static status scan_string(struct tokens *t, bool *escapes, bool *high,
                          struct error *e)
{
    struct window *w = &t->w;
    for (w->at = w->mark + 1;;) {
        unsigned char c = (unsigned char)w->data[w->at];
        if (c >= 0x20 && c != '"' && c != '\\') {
            *high |= c >= 0x80;
            w->at++;
        } else if (c == '"') {
            return ST_OK;
        } else if (w->at == w->end ||
                   (c == '\\' && w->at + 1 == w->end)) {
            if (w->ended)
                return json_fault(t, w->mark, 1, e, ST_SYNTAX,
                                  "a string that is never closed");
            TRY(window_more(w, e));
        } else if (c == '\\') {
            *escapes = true;
            /* what is escaped is checked later; a line end is not passed */
            w->at += (unsigned char)w->data[w->at + 1] < 0x20 ? 1 : 2;
        } else {
            return json_fault(t, w->at, 1, e, ST_SYNTAX,
                              c == '\n' || c == '\r'
                                  ? "a line end inside a string"
                                  : "a control character inside a string");
        }
    }
}

static status read_string(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    bool escapes = false, high = false;
    TRY(scan_string(t, &escapes, &high, e));
    size_t from = w->mark + 1, to = w->at;
    if (to - from > t->limits.string)
        return json_fault(t, w->mark, 1, e, ST_LIMIT,
                          "a string of more than %zu bytes", t->limits.string);
    if (high) {
        size_t bad = from + utf8_check(w->data + from, to - from);
        if (bad < to)
            return json_fault(t, bad, 1, e, ST_SYNTAX,
                              "bytes that are not UTF-8");
    }
    if (escapes) {
        TRY(unescape_all(t, from, to, out, e));
    } else {
        out->text = w->data + from;
        out->length = to - from;
        reader_terminate(t);
    }
    out->place = reader_place(t, w->mark);
    if (high)
        count_trailing(t, from, to);
    w->at++;
    return ST_OK;
}

/* A number being read: mantissa times ten to the scale, while it fits. */
struct digits {
    uint64_t mantissa;
    int count, scale;
    bool fraction;
};

static const char *scan_digits(const char *p, struct digits *d, int step)
{
    for (; *p >= '0' && *p <= '9'; p++) {
        if (d->count < 19) {
            d->mantissa = d->mantissa * 10 + (uint64_t)(*p - '0');
            d->count += d->mantissa != 0;
        } else {
            d->count = 20; /* the exact value is read the slow way */
        }
        d->scale += step;
    }
    return p;
}

/* Follows the grammar of RFC 8259 §6; NULL with the place in *bad. */
static const char *scan_number(const char *p, struct digits *d,
                               const char **bad)
{
    if (*p == '-')
        p++;
    *bad = p;
    if (*p == '0')
        p++;
    else if (*p >= '1' && *p <= '9')
        p = scan_digits(p, d, 0);
    else
        return NULL;
    if (*p == '.') {
        d->fraction = true;
        *bad = ++p;
        p = scan_digits(p, d, -1);
        if (p == *bad)
            return NULL;
    }
    if ((*p | 0x20) == 'e') {
        d->fraction = true;
        p++;
        bool minus = *p == '-';
        if (*p == '-' || *p == '+')
            p++;
        *bad = p;
        int exponent = 0;
        for (; *p >= '0' && *p <= '9'; p++)
            if (exponent < 100000)
                exponent = exponent * 10 + (*p - '0');
        if (p == *bad)
            return NULL;
        d->scale += minus ? -exponent : exponent;
    }
    return p;
}

static status take_number(struct tokens *t, const struct digits *d,
                          struct token *out, struct error *e)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                    1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
                                    1e18, 1e19, 1e20, 1e21, 1e22};
    bool negative = out->text[0] == '-';
    out->is_integer = false;
    out->integer = 0;
    if (!d->fraction)
        out->is_integer = num_parse_int(out->text, out->length, &out->integer);
    /* Clinger's fast path: both factors are exact, so one rounding. */
    if (d->count <= 19 && d->mantissa <= UINT64_C(1) << 53 &&
        d->scale >= -22 && d->scale <= 22) {
        double x = (double)d->mantissa;
        x = d->scale < 0 ? x / powers[-d->scale] : x * powers[d->scale];
        out->number = negative ? -x : x;
        return ST_OK;
    }
    if (!num_parse(out->text, out->length, &out->number))
        return json_fault(t, t->w.mark, out->length, e, ST_LIMIT,
                          "a number of %zu characters", out->length);
    return ST_OK;
}

static bool ends_value(char c)
{
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' ||
           c == '\r' || c == '\t' || c == '\0' || c == ':' || c == '/';
}

static status read_number(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    struct digits d;
    const char *end, *bad;
    for (;;) {
        d = (struct digits){0, 0, 0, false};
        end = scan_number(w->data + w->mark, &d, &bad);
        const char *reached = end == NULL ? bad : end;
        if (reached != w->data + w->end || w->ended)
            break;
        TRY(window_more(w, e));
    }
    if (end == NULL || !ends_value(*end)) {
        w->at = (size_t)((end == NULL ? bad : end) - w->data);
        return unexpected(t, end == NULL ? "a digit" : "a comma or a bracket",
                          e);
    }
    out->kind = TOKEN_NUMBER;
    out->text = w->data + w->mark;
    out->length = (size_t)(end - out->text);
    out->place = reader_place(t, w->mark);
    w->at = w->mark + out->length;
    return take_number(t, &d, out, e);
}

static const struct {
    const char *text;
    enum token_kind kind;
    double number;
    bool extension;
} literals[] = {{"true", TOKEN_TRUE, 0, false},
                {"false", TOKEN_FALSE, 0, false},
                {"null", TOKEN_NULL, 0, false},
                {"NaN", TOKEN_NUMBER, (double)NAN, true},
                {"Infinity", TOKEN_NUMBER, (double)INFINITY, true},
                {"-Infinity", TOKEN_NUMBER, -(double)INFINITY, true}};

static status read_literal(struct tokens *t, struct token *out,
                           struct error *e)
{
    struct window *w = &t->w;
    TRY(window_need(w, sizeof "-Infinity", e));
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        size_t n = strlen(literals[i].text);
        if (strncmp(w->data + w->at, literals[i].text, n) != 0 ||
            !ends_value(w->data[w->at + n]))
            continue;
        if (literals[i].extension && !t->limits.infinities)
            return json_fault(t, w->at, n, e, ST_SYNTAX,
                              "%s is not a number of JSON", literals[i].text);
        out->kind = literals[i].kind;
        out->number = literals[i].number;
        out->is_integer = false;
        out->text = w->data + w->at;
        out->length = n;
        out->place = reader_place(t, w->at);
        w->at += n;
        return ST_OK;
    }
    return unexpected(t, "a value", e);
}

static status read_value(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    char c = w->data[w->at];
    t->expect = EXPECT_AFTER_VALUE;
    if (c == '{' || c == '[') {
        TRY(reader_push(t, c, e));
        out->kind = c == '{' ? TOKEN_BEGIN_OBJECT : TOKEN_BEGIN_ARRAY;
        out->text = "";
        out->length = 0;
        out->place = reader_place(t, w->at);
        w->at++;
        t->expect = c == '{' ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
        return ST_OK;
    }
    if (c == '"') {
        out->kind = TOKEN_STRING;
        return read_string(t, out, e);
    }
    if (c == '-') {
        TRY(window_need(w, 2, e));
        if (w->data[w->at + 1] == 'I')
            return read_literal(t, out, e);
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(t, out, e);
    return read_literal(t, out, e);
}

static status read_key(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    if (w->data[w->at] != '"')
        return unexpected(t, "a key in quotes", e);
    out->kind = TOKEN_KEY;
    TRY(read_string(t, out, e));
    t->expect = EXPECT_VALUE;
    return ST_OK;
}

static status close_bracket(struct tokens *t, struct token *out,
                            struct error *e)
{
    struct window *w = &t->w;
    char open = t->frame[t->depth - 1].open;
    if (w->data[w->at] != (open == '{' ? '}' : ']'))
        return unexpected(t, open == '{' ? "a comma or }" : "a comma or ]", e);
    t->depth--;
    out->kind = open == '{' ? TOKEN_END_OBJECT : TOKEN_END_ARRAY;
    out->text = "";
    out->length = 0;
    out->place = reader_place(t, w->at);
    w->at++;
    t->expect = EXPECT_AFTER_VALUE;
    return ST_OK;
}

/* The colon is read just before the value it introduces, so that a key's text
 * stays in the window until then. */
static status pass_colon(struct tokens *t, struct error *e)
{
    if (t->w.data[t->w.at] != ':')
        return unexpected(t, "a colon", e);
    t->w.at++;
    return skip_blanks(t, e);
}

status json_next(struct tokens *t, struct token *out, struct error *e)
{
    struct window *w = &t->w;
    TRY(skip_blanks(t, e));
    char c = w->data[w->at];
    switch (t->expect) {
    case EXPECT_VALUE:
        if (t->depth > 0 && t->last.kind == TOKEN_KEY)
            TRY(pass_colon(t, e));
        return read_value(t, out, e);
    case EXPECT_VALUE_OR_END:
        return c == ']' ? close_bracket(t, out, e) : read_value(t, out, e);
    case EXPECT_KEY_OR_END:
        return c == '}' ? close_bracket(t, out, e) : read_key(t, out, e);
    case EXPECT_AFTER_VALUE:
        break;
    }
    if (t->depth == 0) {
        if (w->at != w->end)
            return unexpected(t, "the end", e);
        *out = (struct token){.kind = TOKEN_END, .text = "",
                              .place = reader_place(t, w->at)};
        return ST_OK;
    }
    if (c != ',')
        return close_bracket(t, out, e);
    w->at++;
    TRY(skip_blanks(t, e));
    return t->frame[t->depth - 1].open == '{' ? read_key(t, out, e)
                                              : read_value(t, out, e);
}
