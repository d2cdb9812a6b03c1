/* Numbers and dates by the rules that were read; no ICU call on these ways. */
#include "language/inside.h"

#include "base/num.h"

#include <math.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"
#define DASH "\xe2\x80\x93"

static void put_digit(const struct rules *r, char c, struct buf *out)
{
    if (r->ascii_digits)
        buf_putc(out, c);
    else
        buf_puts(out, r->digits[c - '0']);
}

static void put_whole(const struct rules *r, const char *digits, size_t n,
                      struct buf *out)
{
    size_t first = r->group_first > 0 ? (size_t)r->group_first : 0;
    size_t rest = r->group_rest > 0 ? (size_t)r->group_rest : first;
    bool grouped = first > 0 && n >= first + (size_t)r->group_least;
    for (size_t i = 0; i < n; i++) {
        size_t left = n - i; /* digits from here on */
        if (grouped && i > 0 && left >= first && (left - first) % rest == 0)
            buf_puts(out, r->group);
        put_digit(r, digits[i], out);
    }
}

static int shortest_decimals(double x)
{
    int d = num_decimals(x);
    return d < 15 ? d : 15;
}

/* The digits without their sign. */
static size_t take_digits(double x, int decimals, char text[NUM_TEXT_MAX * 9])
{
    if (decimals >= 0)
        return num_fixed(x, decimals > 15 ? 15 : decimals, text);
    size_t n = num_shortest(x, text);
    const char *point = memchr(text, '.', n);
    bool plain = memchr(text, 'e', n) == NULL &&
                 (point == NULL || text + n - point <= 15);
    return plain ? n : num_fixed(x, shortest_decimals(x), text);
}

void put_digits(const struct rules *r, double x, int decimals, struct buf *out,
                bool *negative)
{
    char text[NUM_TEXT_MAX * 9];
    size_t n = take_digits(fabs(x), decimals, text);
    *negative = x < 0 && strspn(text, "0.") < n;
    const char *point = memchr(text, '.', n);
    size_t whole = point == NULL ? n : (size_t)(point - text);
    put_whole(r, text, whole, out);
    if (whole == n)
        return;
    buf_puts(out, r->decimal);
    for (size_t i = whole + 1; i < n; i++)
        put_digit(r, text[i], out);
}

static bool put_special(double x, struct buf *out)
{
    if (isnan(x))
        buf_puts(out, "NaN");
    else if (isinf(x))
        buf_puts(out, x < 0 ? MINUS "\xe2\x88\x9e" : "\xe2\x88\x9e");
    else
        return false;
    return true;
}

/* Sign in front of what put_digits appends: it is known only afterwards. */
static void put_number(const struct rules *r, double x, int decimals, bool plus,
                       const char *before, const char *after, struct buf *out)
{
    if (put_special(x, out))
        return;
    size_t start = out->length;
    bool negative;
    put_digits(r, x, decimals, out, &negative);
    bool zero = out->failed == ST_OK && x > 0 && plus &&
                strpbrk(out->data + start, "123456789") == NULL &&
                r->ascii_digits;
    const char *sign = negative ? MINUS : plus && x > 0 && !zero ? "+" : "";
    size_t sign_length = strlen(sign) + strlen(before);
    if (sign_length > 0 && buf_reserve(out, sign_length) != NULL) {
        memmove(out->data + start + sign_length, out->data + start,
                out->length - start + 1);
        memcpy(out->data + start, sign, strlen(sign));
        memcpy(out->data + start + strlen(sign), before, strlen(before));
        out->length += sign_length;
    }
    buf_puts(out, after);
}

void language_number(const struct language *l, double x, int decimals,
                     struct buf *out)
{
    put_number(&l->rules, x, decimals, false, "", "", out);
}

void language_signed(const struct language *l, double x, int decimals,
                     struct buf *out)
{
    put_number(&l->rules, x, decimals, true, "", "", out);
}

void language_percent(const struct language *l, double x, int decimals,
                      struct buf *out)
{
    double hundred = x * 100;
    if (decimals < 0) {
        /* 0.07 * 100 is not 7: the printed form follows the share's digits */
        int d = shortest_decimals(x);
        decimals = d > 2 ? d - 2 : 0;
    }
    put_number(&l->rules, hundred, decimals, false, l->rules.percent_before,
               l->rules.percent_after, out);
}

void language_date(const struct language *l, struct date d, struct buf *out)
{
    const struct rules *r = &l->rules;
    bool quoted = false;
    for (const char *p = r->date_pattern; *p != '\0';) {
        size_t run = 1;
        while (p[run] == *p && !quoted)
            run++;
        bool known = d.month >= 1 && d.month <= MONTHS;
        char text[24];
        if (*p == '\'') {
            quoted = !quoted;
            run = 1;
            text[0] = '\0';
        } else if (!quoted && *p == 'y') {
            (void)snprintf(text, sizeof text, "%d", d.year);
        } else if (!quoted && *p == 'd') {
            (void)snprintf(text, sizeof text, "%0*d", run > 2 ? 2 : (int)run, d.day);
        } else if (!quoted && (*p == 'M' || *p == 'L') && run < 3) {
            (void)snprintf(text, sizeof text, "%0*d", (int)run, d.month);
        } else if (!quoted && (*p == 'M' || *p == 'L') && known) {
            buf_puts(out, run == 3 ? r->short_months[d.month - 1]
                                   : r->months[d.month - 1]);
            text[0] = '\0';
        } else {
            buf_put(out, p, run);
            text[0] = '\0';
        }
        for (const char *c = text; *c != '\0'; c++)
            if (*c >= '0' && *c <= '9')
                put_digit(r, *c, out);
            else
                buf_putc(out, *c);
        p += run;
    }
}

/* The needed messages were checked to name nothing but these arguments, so
 * only memory can fail, and the buffer keeps that. */
static void say_count(const struct language *l, enum language_needed which,
                      const struct message_arg *args, size_t n, struct buf *out)
{
    status s = language_say_needed(l, which, args, n, out, NULL);
    if (s != ST_OK && out->failed == ST_OK)
        out->failed = s;
}

void language_months(const struct language *l, long months, struct buf *out)
{
    long years = months / 12, rest = months % 12;
    struct message_arg one = {"count", NULL, (double)months};
    if (months < 12 || months < 0) {
        say_count(l, MESSAGE_MONTHS, &one, 1, out);
    } else if (rest == 0) {
        one.number = (double)years;
        say_count(l, MESSAGE_YEARS, &one, 1, out);
    } else {
        struct message_arg two[] = {{"years", NULL, (double)years},
                                    {"months", NULL, (double)rest}};
        say_count(l, MESSAGE_YEARS_MONTHS, two, 2, out);
    }
}

void language_years(const struct language *l, double years, int decimals,
                    struct buf *out)
{
    struct buf text = BUF_INIT(512);
    language_number(l, years, decimals, &text);
    struct message_arg one = {"count", buf_text(&text), years};
    say_count(l, MESSAGE_YEARS, &one, 1, out);
    buf_free(&text);
}

void language_ordinal(const struct language *l, long n, struct buf *out)
{
    struct message_arg one = {"count", NULL, (double)n};
    say_count(l, MESSAGE_ORDINAL, &one, 1, out);
}

void language_range(const struct language *l, double low, double high,
                    int decimals, struct buf *out)
{
    language_number(l, low, decimals, out);
    /* a dash against a minus cannot be read */
    bool apart = low < 0 || high < 0;
    buf_puts(out, apart ? " " DASH " " : DASH);
    language_number(l, high, decimals, out);
}
