/* Ranges, ticks at 1, 2, 5 x 10^n, and how their numbers print. */
#include "document/chart_draw.h"

#include "base/num.h"

#define LARGEST_PLAIN 1e7 /* beyond it numbers print as m x 10^n */
#define LEAST_PLAIN 1e-4

void range_add(struct range *r, double x)
{
    x = plotted(x);
    if (isnan(x))
        return;
    r->lo = isnan(r->lo) ? x : fmin(r->lo, x);
    r->hi = isnan(r->hi) ? x : fmax(r->hi, x);
}

double at(const struct scale *s, double x)
{
    double share = (x - s->lo) / (s->hi - s->lo);
    if (!(share > 0.0))
        share = 0.0;
    if (share > 1.0)
        share = 1.0;
    return s->from + share * (s->to - s->from);
}

static void widen(struct range *r)
{
    if (isnan(r->lo)) {
        r->lo = 0.0;
        r->hi = 1.0;
    }
    double size = fmax(fabs(r->lo), fabs(r->hi));
    if (r->hi - r->lo > 1e-9 * size)
        return;
    if (size > 0.0) {
        r->lo -= 0.1 * size;
        r->hi += 0.1 * size;
    } else {
        r->hi = 1.0;
    }
}

/* Least 1, 2 or 5 x 10^n that is at least x. */
static double nice_step(double x)
{
    double power = pow(10.0, floor(log10(x)));
    static const double steps[] = {1.0, 2.0, 5.0, 10.0};
    for (int i = 0; i < 4; i++)
        if (steps[i] * power >= x * (1.0 - 1e-9))
            return steps[i] * power;
    return 10.0 * power;
}

static struct ticks fill_ticks(const struct range *r, double step)
{
    struct ticks t = {.count = 0, .step = step};
    double first = ceil(r->lo / step - 1e-6);
    double last = floor(r->hi / step + 1e-6);
    for (double i = first; i <= last && t.count < TICKS_MAX; i += 1.0)
        t.at[t.count++] = i * step;
    return t;
}

static int held(int most)
{
    return most < 2 ? 2 : most > TICKS_MAX - 1 ? TICKS_MAX - 1 : most;
}

struct ticks nice_ticks(struct range *r, int most)
{
    widen(r);
    double step = nice_step((r->hi - r->lo) / held(most));
    struct ticks t = fill_ticks(r, step);
    while (t.count > (size_t)held(most)) {
        step = nice_step(step * 1.5);
        t = fill_ticks(r, step);
    }
    return t;
}

struct ticks whole_ticks(struct range *r, int most)
{
    widen(r);
    double step = nice_step((r->hi - r->lo) / held(most));
    for (;; step = nice_step(step * 1.5)) {
        struct range grown = {floor(r->lo / step + 1e-6) * step,
                              ceil(r->hi / step - 1e-6) * step};
        struct ticks t = fill_ticks(&grown, step);
        if (t.count > (size_t)held(most) && t.count > 3)
            continue; /* around zero it takes three */
        *r = grown;
        return t;
    }
}

/* --- printing ------------------------------------------------------------- */

static void put_number(const struct canvas *c, double x, int decimals,
                       bool percent, struct buf *b)
{
    if (c->d->language != NULL) {
        if (percent)
            language_percent(c->d->language, x, decimals, b);
        else
            language_number(c->d->language, x, decimals, b);
        return;
    }
    char text[NUM_TEXT_MAX * 9];
    num_fixed(percent ? 100.0 * x : x, decimals, text);
    buf_puts(b, text);
    if (percent)
        buf_putc(b, '%');
}

static void put_power(int power, struct buf *b)
{
    static const char *const digits[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",
        "\xe2\x81\xb4", "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7",
        "\xe2\x81\xb8", "\xe2\x81\xb9"};
    unsigned p = (unsigned)(power < 0 ? -power : power);
    buf_puts(b, "\xc2\xa0\xc3\x97\xc2\xa0");
    buf_puts(b, "10");
    if (power < 0)
        buf_puts(b, "\xe2\x81\xbb");
    if (p >= 100)
        buf_puts(b, digits[p / 100 % 10]);
    if (p >= 10)
        buf_puts(b, digits[p / 10 % 10]);
    buf_puts(b, digits[p % 10]);
}

static const char *kept(struct canvas *c, struct buf *b)
{
    const char *text = arena_string(c->arena, buf_text(b));
    buf_free(b);
    if (text != NULL)
        return text;
    canvas_lost(c);
    return "";
}

/* Power of ten of the first digit. */
static int power_of(double x)
{
    return x == 0.0 ? 0 : (int)floor(log10(fabs(x)) + 1e-9);
}

/* Decimals that tell multiples of step apart. */
static int decimals_of(double step)
{
    int n = -power_of(step);
    return n < 0 ? 0 : n > 12 ? 12 : n;
}

const char *tick_text(struct canvas *c, const struct ticks *t, size_t i,
                      bool percent)
{
    struct buf b = BUF_INIT(4096);
    double x = t->at[i], last = t->at[t->count - 1];
    double most = fmax(fabs(t->at[0]), fabs(last));
    double unit = percent ? 100.0 : 1.0;
    if (most * unit >= LARGEST_PLAIN || t->step * unit < LEAST_PLAIN) {
        int power = power_of(most * unit);
        double ten = pow(10.0, power);
        if (x == 0.0) {
            put_number(c, 0.0, 0, percent, &b);
        } else {
            put_number(c, x * unit / ten, decimals_of(t->step * unit / ten),
                       false, &b);
            put_power(power, &b);
            if (percent)
                buf_putc(&b, '%');
        }
    } else {
        put_number(c, x, decimals_of(t->step * unit), percent, &b);
    }
    return kept(c, &b);
}

const char *number_text(struct canvas *c, double x)
{
    struct buf b = BUF_INIT(4096);
    int power = power_of(x);
    if (fabs(x) >= LARGEST_PLAIN || (x != 0.0 && fabs(x) < LEAST_PLAIN)) {
        put_number(c, x / pow(10.0, power), 2, false, &b);
        put_power(power, &b);
    } else {
        int decimals = 2 - power_of(fmax(fabs(x), c->most));
        put_number(c, x, decimals < 0 ? 0 : decimals, false, &b);
    }
    return kept(c, &b);
}

double ticks_width(struct canvas *c, const struct ticks *t, bool percent)
{
    double w = 0.0;
    for (size_t i = 0; i < t->count; i++)
        w = fmax(w, wide_of(c, tick_text(c, t, i, percent), c->small, false));
    return w;
}
