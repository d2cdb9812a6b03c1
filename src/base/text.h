/* base/text.h: UTF-8, words, nearest key. */
#ifndef CANDOR_BASE_TEXT_H
#define CANDOR_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes one code point; returns bytes used, 0 when the text is not UTF-8
 * (overlong forms, surrogates and values above U+10FFFF included). */
size_t utf8_decode(const char *text, size_t length, uint32_t *point);
size_t utf8_encode(uint32_t point, char out[4]);
/* Offset of the first byte that is not UTF-8; `length` when all is well. */
size_t utf8_check(const char *text, size_t length);

bool text_equal(const char *a, const char *b);           /* NULL equals NULL */
bool text_equal_fold(const char *a, size_t a_length, const char *b); /* ASCII case */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* The candidate nearest to `word` by edit distance (transpositions count one),
 * or NULL when none is near enough to suggest. */
const char *text_nearest(const char *word, const char *const *candidates,
                         size_t count);

/* A plain date, proleptic Gregorian. Parsed from YYYY-MM-DD only. */
struct date {
    int year, month, day;
};
bool date_parse(const char *text, size_t length, struct date *out);
long date_days(struct date d); /* days since 1970-01-01 */
struct date date_from_days(long days);
struct date date_add_months(struct date d, int months); /* clamps the day */
void date_print(struct date d, char out[11]);
bool date_valid(struct date d);

#endif
