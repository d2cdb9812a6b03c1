#include "syntax/reader.h"

#include "base/num.h"

#include <stdint.h>

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

bool json_ends_value(char c)
{
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' ||
           c == '\r' || c == '\t' || c == '\0' || c == ':' || c == '/';
}

status json_number_token(struct tokens *t, struct token *out, struct error *e)
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
    if (end == NULL || !json_ends_value(*end)) {
        w->at = (size_t)((end == NULL ? bad : end) - w->data);
        return json_unexpected(t, end == NULL ? "a digit" : "a comma or a bracket",
                          e);
    }
    out->kind = TOKEN_NUMBER;
    out->text = w->data + w->mark;
    out->length = (size_t)(end - out->text);
    out->place = reader_place(t, w->mark);
    w->at = w->mark + out->length;
    return take_number(t, &d, out, e);
}
