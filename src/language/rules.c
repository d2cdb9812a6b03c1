/* What ICU knows of a tag, read once and kept as UTF-8. */
#include "language/inside.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/unumberformatter.h>
#include <unicode/ustring.h>

static status icu_fault(const struct language *l, UErrorCode code,
                        struct error *e)
{
    return error_set(e, ST_UNSUPPORTED, "language %s: ICU says %s", l->tag,
                     u_errorName(code));
}

/* Any space beside a percent sign becomes the narrow no-break one; bidi marks
 * go. */
static void narrow(const UChar *from, int32_t length, char out[SYMBOL_MAX])
{
    UChar kept[SYMBOL_MAX];
    int32_t n = 0;
    for (int32_t i = 0; i < length && n < SYMBOL_MAX / 4; i++) {
        if (from[i] == 0x200e || from[i] == 0x200f || from[i] == 0x61c)
            continue;
        kept[n++] = u_isspace(from[i]) || from[i] == 0xa0 ? 0x202f : from[i];
    }
    UErrorCode code = U_ZERO_ERROR;
    u_strToUTF8(out, SYMBOL_MAX, NULL, kept, n, &code);
    out[SYMBOL_MAX - 1] = '\0';
}

static void symbol(const UNumberFormat *f, UNumberFormatSymbol which,
                   char out[SYMBOL_MAX], UErrorCode *code)
{
    UChar text[SYMBOL_MAX];
    int32_t n = unum_getSymbol(f, which, text, SYMBOL_MAX / 4, code);
    u_strToUTF8(out, SYMBOL_MAX, NULL, text, n, code);
}

/* How many digits must stand before the last group ("1234" in Spanish). Only the
 * newer formatter obeys it, and neither tells it: see what becomes of 1234. */
static int group_least(const char *locale, UErrorCode *code)
{
    static const UChar skeleton[] = {0};
    UChar text[32];
    UNumberFormatter *f = unumf_openForSkeletonAndLocale(skeleton, 0, locale, code);
    UFormattedNumber *r = unumf_openResult(code);
    unumf_formatInt(f, 1234, r, code);
    int32_t n = unumf_resultToString(r, text, 32, code);
    unumf_closeResult(r);
    unumf_close(f);
    return n > 4 ? 1 : 2;
}

static void number_rules(struct language *l, UErrorCode *code)
{
    struct rules *r = &l->rules;
    UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, l->locale, NULL, code);
    if (U_FAILURE(*code))
        return;
    symbol(f, UNUM_DECIMAL_SEPARATOR_SYMBOL, r->decimal, code);
    symbol(f, UNUM_GROUPING_SEPARATOR_SYMBOL, r->group, code);
    r->group_first = unum_getAttribute(f, UNUM_GROUPING_SIZE);
    r->group_rest = unum_getAttribute(f, UNUM_SECONDARY_GROUPING_SIZE);
    if (r->group_rest <= 0)
        r->group_rest = r->group_first;
    r->group_least = group_least(l->locale, code);
    char zero[SYMBOL_MAX];
    symbol(f, UNUM_ZERO_DIGIT_SYMBOL, zero, code);
    uint32_t point = '0';
    utf8_decode(zero, strlen(zero), &point);
    r->ascii_digits = point == '0';
    for (uint32_t i = 0; i < 10; i++)
        r->digits[i][utf8_encode(point + i, r->digits[i])] = '\0';
    unum_close(f);
}

static void percent_rules(struct language *l, UErrorCode *code)
{
    UNumberFormat *f = unum_open(UNUM_PERCENT, NULL, 0, l->locale, NULL, code);
    if (U_FAILURE(*code))
        return;
    UChar text[SYMBOL_MAX];
    int32_t n = unum_getTextAttribute(f, UNUM_POSITIVE_PREFIX, text,
                                      SYMBOL_MAX / 4, code);
    narrow(text, n, l->rules.percent_before);
    n = unum_getTextAttribute(f, UNUM_POSITIVE_SUFFIX, text, SYMBOL_MAX / 4,
                              code);
    narrow(text, n, l->rules.percent_after);
    unum_close(f);
}

static const char *kept(struct language *l, const UChar *text, int32_t n,
                        UErrorCode *code)
{
    char utf8[256];
    u_strToUTF8(utf8, sizeof utf8, NULL, text, n, code);
    char *s = U_FAILURE(*code) ? NULL : arena_string(l->arena, utf8);
    if (s == NULL && U_SUCCESS(*code))
        *code = U_MEMORY_ALLOCATION_ERROR;
    return s;
}

static void date_rules(struct language *l, UErrorCode *code)
{
    static const UChar utc[] = {'U', 'T', 'C', 0};
    char locale[ULOC_FULLNAME_CAPACITY + 32];
    (void)snprintf(locale, sizeof locale, "%.*s", ULOC_FULLNAME_CAPACITY,
                   l->locale);
    uloc_setKeywordValue("calendar", "gregorian", locale, sizeof locale, code);
    UDateFormat *f =
        udat_open(UDAT_NONE, UDAT_LONG, locale, utc, 3, NULL, 0, code);
    if (U_FAILURE(*code))
        return;
    UChar text[128];
    int32_t n = udat_toPattern(f, false, text, 128, code);
    l->rules.date_pattern = kept(l, text, n, code);
    for (int i = 0; i < MONTHS; i++) {
        n = udat_getSymbols(f, UDAT_MONTHS, i, text, 128, code);
        l->rules.months[i] = kept(l, text, n, code);
        n = udat_getSymbols(f, UDAT_SHORT_MONTHS, i, text, 128, code);
        l->rules.short_months[i] = kept(l, text, n, code);
    }
    udat_close(f);
}

/* Only what language_date can print. */
static status check_date_pattern(const struct language *l, struct error *e)
{
    bool quoted = false;
    for (const char *p = l->rules.date_pattern; *p != '\0'; p++) {
        if (*p == '\'')
            quoted = !quoted;
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z');
        if (!quoted && letter && strchr("yMLd", *p) == NULL)
            return error_set(e, ST_UNSUPPORTED,
                             "language %s: dates of the form %s", l->tag,
                             l->rules.date_pattern);
    }
    return ST_OK;
}

status rules_read(struct language *l, struct error *e)
{
    UErrorCode code = U_ZERO_ERROR;
    char locale[ULOC_FULLNAME_CAPACITY];
    int32_t parsed = 0;
    uloc_forLanguageTag(l->rules_tag, locale, sizeof locale, &parsed, &code);
    if (U_FAILURE(code) || (size_t)parsed != strlen(l->rules_tag) ||
        parsed == 0)
        return error_set(e, ST_UNSUPPORTED,
                         "\"%s\" is no language tag (such as en-US)", l->tag);
    l->locale = arena_string(l->arena, locale);
    if (l->locale == NULL)
        return arena_error(l->arena, e);
    number_rules(l, &code);
    percent_rules(l, &code);
    date_rules(l, &code);
    struct rules *r = &l->rules;
    r->cardinal = uplrules_openForType(l->locale, UPLURAL_TYPE_CARDINAL, &code);
    r->ordinal = uplrules_openForType(l->locale, UPLURAL_TYPE_ORDINAL, &code);
    r->all_of = ulistfmt_openForType(l->locale, ULISTFMT_TYPE_AND,
                                     ULISTFMT_WIDTH_WIDE, &code);
    r->one_of = ulistfmt_openForType(l->locale, ULISTFMT_TYPE_OR,
                                     ULISTFMT_WIDTH_WIDE, &code);
    if (U_FAILURE(code))
        return icu_fault(l, code, e);
    return check_date_pattern(l, e);
}

void rules_free(struct rules *r)
{
    if (r->cardinal != NULL)
        uplrules_close(r->cardinal);
    if (r->ordinal != NULL)
        uplrules_close(r->ordinal);
    if (r->all_of != NULL)
        ulistfmt_close(r->all_of);
    if (r->one_of != NULL)
        ulistfmt_close(r->one_of);
}

void plural_word(const struct language *l, bool ordinal, double x, char out[16])
{
    UChar word[16];
    UErrorCode code = U_ZERO_ERROR;
    int32_t n = uplrules_select(ordinal ? l->rules.ordinal : l->rules.cardinal,
                                x, word, 16, &code);
    u_strToUTF8(out, 16, NULL, word, n, &code);
    if (U_FAILURE(code))
        memcpy(out, "other", 6);
}

/* The currency's text before and after the digits, and its decimals; kept for
 * the thread's last few, since they depend on the locale alone. */
struct money_rule {
    char locale[40], currency[4];
    char before[2][SYMBOL_MAX], after[2][SYMBOL_MAX]; /* [negative] */
    int decimals;
};

static void affix(const UNumberFormat *f, UNumberFormatTextAttribute which,
                  char out[SYMBOL_MAX], UErrorCode *code)
{
    UChar text[SYMBOL_MAX];
    int32_t n = unum_getTextAttribute(f, which, text, SYMBOL_MAX / 4, code);
    for (int32_t i = 0; i < n && i < SYMBOL_MAX; i++)
        if (text[i] == '-')
            text[i] = 0x2212;
    u_strToUTF8(out, SYMBOL_MAX, NULL, text, n, code);
}

static bool money_rule_read(const struct language *l, const char *currency,
                            struct money_rule *m)
{
    UErrorCode code = U_ZERO_ERROR;
    UNumberFormat *f =
        unum_open(UNUM_CURRENCY, NULL, 0, l->locale, NULL, &code);
    if (U_FAILURE(code))
        return false;
    UChar iso[4] = {0};
    for (int i = 0; i < 3 && currency[i] != '\0'; i++)
        iso[i] = (UChar)(unsigned char)currency[i];
    unum_setTextAttribute(f, UNUM_CURRENCY_CODE, iso, 3, &code);
    affix(f, UNUM_POSITIVE_PREFIX, m->before[0], &code);
    affix(f, UNUM_POSITIVE_SUFFIX, m->after[0], &code);
    affix(f, UNUM_NEGATIVE_PREFIX, m->before[1], &code);
    affix(f, UNUM_NEGATIVE_SUFFIX, m->after[1], &code);
    m->decimals = unum_getAttribute(f, UNUM_MIN_FRACTION_DIGITS);
    unum_close(f);
    (void)snprintf(m->locale, sizeof m->locale, "%s", l->locale);
    (void)snprintf(m->currency, sizeof m->currency, "%s", currency);
    return U_SUCCESS(code);
}

void language_money(const struct language *l, double x, const char *currency,
                    int decimals, struct buf *out)
{
    static _Thread_local struct money_rule last;
    if (strcmp(last.locale, l->locale) != 0 ||
        strncmp(last.currency, currency, 3) != 0) {
        struct money_rule fresh = {0};
        if (strlen(currency) != 3 || strlen(l->locale) >= sizeof fresh.locale ||
            !money_rule_read(l, currency, &fresh)) {
            language_number(l, x, decimals, out);
            buf_printf(out, "\xc2\xa0%s", currency);
            return;
        }
        last = fresh;
    }
    if (decimals < 0)
        decimals = x == (double)(long long)x && last.decimals > 0
                       ? 0 : last.decimals;
    struct buf digits = BUF_INIT(512);
    bool negative;
    put_digits(&l->rules, x, decimals, &digits, &negative);
    buf_puts(out, last.before[negative]);
    buf_puts(out, buf_text(&digits));
    buf_puts(out, last.after[negative]);
    buf_free(&digits);
}

status language_list(const struct language *l, const char *const *items,
                     size_t count, bool either, struct buf *out,
                     struct error *e)
{
    enum { ITEMS_MAX = 64, ROOM = 8192 };
    static const UChar empty[1] = {0};
    if (count == 0)
        return ST_OK;
    UChar *text = mem_array(2 * (size_t)ROOM, sizeof *text);
    if (text == NULL)
        return error_memory(e);
    const UChar *at[ITEMS_MAX];
    int32_t lengths[ITEMS_MAX], used = 0;
    UErrorCode code = U_ZERO_ERROR;
    for (size_t i = 0; i < count && i < ITEMS_MAX && U_SUCCESS(code); i++) {
        at[i] = *items[i] == '\0' ? empty : text + used;
        u_strFromUTF8(text + used, ROOM - used, &lengths[i], items[i], -1,
                      &code);
        used += lengths[i];
    }
    char *utf8 = buf_reserve(out, 4 * (size_t)ROOM);
    if (count > ITEMS_MAX || U_FAILURE(code) || utf8 == NULL) {
        mem_free(text);
        return error_set(e, ST_LIMIT, "a list of more than %d words or %d "
                         "letters", ITEMS_MAX, ROOM);
    }
    int32_t n = ulistfmt_format(either ? l->rules.one_of : l->rules.all_of, at,
                                lengths, (int32_t)count, text + ROOM, ROOM,
                                &code);
    int32_t bytes = 0;
    u_strToUTF8(utf8, 4 * ROOM, &bytes, text + ROOM, n, &code);
    mem_free(text);
    if (U_FAILURE(code))
        return icu_fault(l, code, e);
    out->length += (size_t)bytes;
    out->data[out->length] = '\0';
    return ST_OK;
}
