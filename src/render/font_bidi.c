/* render/font_bidi.c: directions of characters, after UAX #9 rules W1 to W7,
 * N1, N2, I1, I2 and L1. Explicit embeddings, overrides and isolates do not
 * occur in documents made from facts and are taken as neutral. */
#include "render/font_internal.h"

enum bidi_class { L, R, AL, EN, AN, ES, ET, CS, NSM, BN, WS, ON };

static bool is_arabic(hb_script_t s)
{
    return s == HB_SCRIPT_ARABIC || s == HB_SCRIPT_SYRIAC ||
           s == HB_SCRIPT_THAANA || s == HB_SCRIPT_HANIFI_ROHINGYA;
}

static bool in(uint32_t p, uint32_t low, uint32_t high)
{
    return p >= low && p <= high;
}

static enum bidi_class class_of(const struct run_char *c)
{
    uint32_t p = c->point;
    hb_unicode_funcs_t *u = hb_unicode_funcs_get_default();
    if (p == 0x200E)
        return L;
    if (p == 0x200F)
        return R;
    if (p == 0x061C)
        return AL;
    if (c->ignorable)
        return BN;
    if (c->mark)
        return NSM;
    if (c->space)
        return p == 0xA0 || p == 0x202F ? CS : WS;
    if (in(p, '0', '9') || in(p, 0x6F0, 0x6F9) || in(p, 0x2070, 0x2079) ||
        in(p, 0x2080, 0x2089) || p == 0xB2 || p == 0xB3 || p == 0xB9)
        return EN;
    if (in(p, 0x660, 0x669) || p == 0x66B || p == 0x66C || p == 0x6DD)
        return AN;
    if (p == '+' || p == '-' || p == 0x2212 || p == 0x207A || p == 0x207B)
        return ES;
    if (p == ',' || p == '.' || p == '/' || p == ':' || p == 0x60C ||
        p == 0x2044)
        return CS;
    hb_unicode_general_category_t g = hb_unicode_general_category(u, p);
    if (p == '#' || p == '%' || p == 0xB0 || p == 0xB1 || p == 0x66A ||
        in(p, 0x2030, 0x2034) ||
        g == HB_UNICODE_GENERAL_CATEGORY_CURRENCY_SYMBOL)
        return ET;
    if (g >= HB_UNICODE_GENERAL_CATEGORY_LOWERCASE_LETTER &&
        g <= HB_UNICODE_GENERAL_CATEGORY_UPPERCASE_LETTER) {
        if (is_arabic(c->script))
            return AL;
        return hb_script_get_horizontal_direction(c->script) ==
               HB_DIRECTION_RTL ? R : L;
    }
    return g == HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER ||
           g == HB_UNICODE_GENERAL_CATEGORY_LETTER_NUMBER ? L : ON;
}

/* W1 to W3: marks and numbers after the letters they follow. */
static void resolve_numbers(struct run_char *c, size_t n, enum bidi_class base)
{
    enum bidi_class before = base, strong = base;
    for (size_t i = 0; i < n; i++) {
        if (c[i].bidi == NSM)
            c[i].bidi = (uint8_t)before;
        if (c[i].bidi == EN && strong == AL)
            c[i].bidi = AN;
        if (c[i].bidi == L || c[i].bidi == R || c[i].bidi == AL)
            strong = c[i].bidi;
        if (c[i].bidi != BN)
            before = c[i].bidi;
    }
    for (size_t i = 0; i < n; i++)
        if (c[i].bidi == AL)
            c[i].bidi = R;
}

/* W4 to W7: separators and terminators take the side of their numbers. */
static void resolve_separators(struct run_char *c, size_t n,
                               enum bidi_class base)
{
    for (size_t i = 1; i + 1 < n; i++) {
        if (c[i].bidi == ES && c[i - 1].bidi == EN && c[i + 1].bidi == EN)
            c[i].bidi = EN;
        if (c[i].bidi == CS && c[i - 1].bidi == c[i + 1].bidi &&
            (c[i - 1].bidi == EN || c[i - 1].bidi == AN))
            c[i].bidi = c[i - 1].bidi;
    }
    for (size_t i = 0; i < n; i++) {
        size_t end = i;
        while (end < n && c[end].bidi == ET)
            end++;
        if (end == i)
            continue;
        bool joins = (i > 0 && c[i - 1].bidi == EN) ||
                     (end < n && c[end].bidi == EN);
        for (; i < end; i++)
            c[i].bidi = joins ? EN : ON;
        i--;
    }
    enum bidi_class strong = base;
    for (size_t i = 0; i < n; i++) {
        if (c[i].bidi == L || c[i].bidi == R)
            strong = c[i].bidi;
        if (c[i].bidi == EN && strong == L)
            c[i].bidi = L;
    }
}

static bool is_neutral(uint8_t class)
{
    return class == ES || class == CS || class == BN || class == WS ||
           class == ON;
}

/* N1, N2: neutrals between equal sides take that side, else the paragraph's. */
static void resolve_neutrals(struct run_char *c, size_t n, enum bidi_class base)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_neutral(c[i].bidi))
            continue;
        size_t end = i;
        while (end < n && is_neutral(c[end].bidi))
            end++;
        enum bidi_class left = i == 0 ? base : c[i - 1].bidi == L ? L : R;
        enum bidi_class right = end == n ? base : c[end].bidi == L ? L : R;
        for (; i < end; i++)
            c[i].bidi = (uint8_t)(left == right ? left : base);
        i--;
    }
}

void bidi_levels(struct run_char *chars, size_t n, bool rtl)
{
    enum bidi_class base = rtl ? R : L;
    uint8_t base_level = rtl ? 1 : 0;
    bool any = rtl;
    for (size_t i = 0; i < n; i++) {
        enum bidi_class class = class_of(&chars[i]);
        chars[i].bidi = (uint8_t)class;
        chars[i].side = class == L ? 1 : class == R || class == AL ? -1 : 0;
        any = any || chars[i].side < 0 || class == AN;
    }
    if (!any) {
        for (size_t i = 0; i < n; i++)
            chars[i].level = 0;
        return;
    }
    resolve_numbers(chars, n, base);
    resolve_separators(chars, n, base);
    resolve_neutrals(chars, n, base);
    for (size_t i = 0; i < n; i++) {
        uint8_t class = chars[i].bidi;
        if (base_level == 0)
            chars[i].level = class == R ? 1 : class == L ? 0 : 2;
        else
            chars[i].level = class == R ? 1 : 2;
    }
    for (size_t i = n; i > 0 && (chars[i - 1].space ||
                                 chars[i - 1].ignorable); i--)
        chars[i - 1].level = base_level;
}
