/* base/num.h: numbers and text, free of the process's locale. */
#ifndef CANDOR_BASE_NUM_H
#define CANDOR_BASE_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUM_TEXT_MAX = 40 };

/* Parses a whole text as a decimal number (optional sign, digits, fraction,
 * exponent; "inf", "infinity" and "nan" in any case). False when anything is
 * left over or nothing was read. Correctly rounded. */
bool num_parse(const char *text, size_t length, double *value);
/* The decimal number that text begins with, the same way: its length, or 0
 * where none begins (a word, a blank). Nothing at or behind `end` is looked at;
 * the end should lie 8 bytes or more behind the number, for speed. */
size_t num_scan(const char *text, const char *end, double *value);
bool num_parse_int(const char *text, size_t length, long long *value);
/* Shortest decimal that reads back to the same double; returns its length.
 * NaN, inf and -inf are written so; JSON writers must refuse them first. */
size_t num_shortest(double value, char text[NUM_TEXT_MAX]);
/* Shortest decimal that reads back to the same float32. */
size_t num_shortest_float(float value, char text[NUM_TEXT_MAX]);
/* Digits behind the point of that form, written without an exponent. */
int num_decimals(double value);
/* Fixed with `decimals` digits after the point, '.' as the mark, rounded half
 * to even on the exact binary value. */
size_t num_fixed(double value, int decimals, char text[NUM_TEXT_MAX * 9]);

/* float32 rounding as the producing library does it. */
static inline double num_float(double x)
{
    return (double)(float)x;
}

#endif
