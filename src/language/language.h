/* language/language.h: how a language says things. The only door to ICU.
 *
 * A language is a tag (BCP 47) and a catalogue: flat JSON, key → message in
 * ICU's MessageFormat syntax. Nothing changes after loading, so all threads
 * share one. Numbers, dates and lists are formed by the rules that ICU holds for
 * the tag, read once at load; a number's digits come from base/num.h (half to
 * even on the exact binary value), never from a C locale.
 *
 * Messages understand
 *     {name}                                       the argument's text
 *     {name, number} {name, number, integer} {name, number, percent}
 *     {name, plural, =0 {…} one {…} other {… # …}}    also offset:N
 *     {name, selectordinal, one {#st} … other {#th}}
 *     {name, select, word {…} other {…}}
 * and '' for an apostrophe, '{' … '}' quoted for literal braces. */
#ifndef CANDOR_LANGUAGE_LANGUAGE_H
#define CANDOR_LANGUAGE_LANGUAGE_H

#include "base/buf.h"
#include "base/text.h"

enum {
    LANGUAGE_BYTES_MAX = 4 * 1024 * 1024, /* of one catalogue */
    LANGUAGE_MESSAGES_MAX = 20000,
    LANGUAGE_MESSAGE_MAX = 16 * 1024, /* bytes of one message */
    LANGUAGE_DEPTH_MAX = 8,           /* plurals in plurals */
    LANGUAGE_ARGS_MAX = 24 /* distinct arguments of one message */
};

struct language;

/* One message of a catalogue. Texts are copied. document/template.h reads the
 * JSON (syntax stands on this room's own floor, so it cannot be read here). */
struct language_entry {
    const char *key, *text;
    struct place place;
};

/* Fails with SYNTAX at the entry's place on a key twice, a key of other letters
 * than a-z 0-9 . - or a message that does not parse or lacks "other"; with FORMAT
 * when one of LANGUAGE_NEEDED is missing or names other arguments than it has,
 * and with UNSUPPORTED when ICU has no rules for the tag. */
MUST_USE status language_new(const char *tag,
                             const struct language_entry *entries,
                             size_t count, const char *source,
                             struct language **out, struct error *e);
/* The pseudo-language "qps": every message of `from` bracketed ⟦…⟧, its letters
 * replaced by accented look-alikes and lengthened by about 40 %. Numbers and
 * dates stay as in `from`. */
MUST_USE status language_pseudo(const struct language *from,
                                struct language **out, struct error *e);
void language_free(struct language *l);

const char *language_tag(const struct language *l);

/* Messages that C itself asks for; every catalogue has them.
 * X(NAME, key, arguments) */
#define LANGUAGE_NEEDED(X)                                                     \
    X(MISSING, "format.missing", "")            /* "not provided" */           \
    X(YES, "format.yes", "")                                                   \
    X(NO, "format.no", "")                                                     \
    X(NOT_APPLICABLE, "format.not-applicable", "")                             \
    X(MONTHS, "format.months", "count")         /* plural */                   \
    X(YEARS, "format.years", "count")           /* plural */                   \
    X(YEARS_MONTHS, "format.years-months", "years months")                     \
    X(ORDINAL, "format.ordinal", "count")       /* selectordinal */            \
    X(PAGE, "page.count", "page pages")         /* "Page {page} of {pages}" */ \
    X(CONTINUED, "table.continued", "")

enum language_needed {
#define X(name, key, arguments) MESSAGE_##name,
    LANGUAGE_NEEDED(X)
#undef X
    MESSAGES_NEEDED
};

/* --- messages ------------------------------------------------------------ */

struct message_arg {
    const char *name;
    const char *text; /* shown for {name} and #; NULL: the number, formatted */
    double number;    /* for plural and number; NaN: none */
};

/* Index of a message, for language_say; -1: no such key. Indices differ from
 * language to language. */
long language_find(const struct language *l, const char *key);
size_t language_count(const struct language *l);
const char *language_key(const struct language *l, size_t message);
/* The nearest key to a misspelt one, or NULL. */
const char *language_nearest(const struct language *l, const char *key);
/* The i-th argument a message names, in order of first use; NULL after the
 * last. *number tells whether it must be a number (plural, number). */
const char *language_argument(const struct language *l, size_t message,
                              size_t i, bool *number);
/* Appends the message. Fails with BUG when an argument it names is not given,
 * with DATA when a counted one has neither text nor number. A counted argument
 * with a text and no number (a missing value) takes the branch "other". */
MUST_USE status language_say(const struct language *l, size_t message,
                             const struct message_arg *args, size_t count,
                             struct buf *out, struct error *e);
/* The message of a needed key. */
MUST_USE status language_say_needed(const struct language *l,
                                    enum language_needed which,
                                    const struct message_arg *args,
                                    size_t count, struct buf *out,
                                    struct error *e);
/* {name} replaced in a text that is not a catalogue's (a legal pack's): only
 * {name}, nothing else is special. FORMAT when a name has no argument. */
MUST_USE status language_fill(const char *text, const struct message_arg *args,
                              size_t count, struct buf *out, struct error *e);

/* --- numbers, dates, lists: appended to out ------------------------------- */

/* Grouped digits, the language's decimal mark, U+2212 for minus. decimals 0…15;
 * -1: as many as the shortest form that reads back has (at most 15). A value that
 * rounds to zero has no sign. NaN prints "NaN", infinities ∞. */
void language_number(const struct language *l, double x, int decimals,
                     struct buf *out);
/* The same with + before a value that rounds above zero. */
void language_signed(const struct language *l, double x, int decimals,
                     struct buf *out);
/* x = 0.42 → "42%", or with U+202F before the sign where the language wants a
 * space. */
void language_percent(const struct language *l, double x, int decimals,
                      struct buf *out);
/* Currency: ISO 4217. decimals -1: the currency's own, none when x is whole. */
void language_money(const struct language *l, double x, const char *currency,
                    int decimals, struct buf *out);
/* "October 14, 2026". */
void language_date(const struct language *l, struct date d, struct buf *out);
/* Whole months: 16 → "1 year 4 months", 5 → "5 months", 24 → "2 years". */
void language_months(const struct language *l, long months, struct buf *out);
void language_years(const struct language *l, double years, int decimals,
                    struct buf *out);
void language_ordinal(const struct language *l, long n, struct buf *out);
/* "a, b and c" as the language joins; `either`: "a, b or c". */
MUST_USE status language_list(const struct language *l,
                              const char *const *items, size_t count,
                              bool either, struct buf *out, struct error *e);
/* The language's range: low–high with an en dash (U+2013). */
void language_range(const struct language *l, double low, double high,
                    int decimals, struct buf *out);

#endif
