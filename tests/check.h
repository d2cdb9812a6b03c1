/* tests/check.h: cmocka with comparisons of doubles that are comparisons of
 * doubles (its own narrow to float), and the two places tests look for data. */
#ifndef CANDOR_TESTS_CHECK_H
#define CANDOR_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"

/* |actual - expected| <= absolute + relative |expected|; equal infinities and two NaNs
 * are close. */
void check_close_at(double actual, double expected, double relative, double absolute,
                    const char *what, const char *file, int line);
#define check_close(actual, expected, relative, absolute)                             \
    check_close_at((actual), (expected), (relative), (absolute), #actual, __FILE__,    \
                   __LINE__)
/* Fails with the error's text when the call does not return ST_OK. */
void check_ok_at(status s, const struct error *e, const char *what,
                 const char *file, int line);
#define check_ok(call, e) check_ok_at((call), (e), #call, __FILE__, __LINE__)
/* The call must fail with this class and a text that holds `fragment`. */
void check_fails_at(status s, const struct error *e, status class,
                    const char *fragment, const char *what, const char *file,
                    int line);
#define check_fails(call, e, class, fragment)                                  \
    check_fails_at((call), (e), (class), (fragment), #call, __FILE__, __LINE__)

/* The folder of shared data sets and reference models (CANDOR_TEST_DATA, else
 * ../shared/data beside the checkout), or NULL: then the test calls skip(). */
const char *shared_data(void);
/* A path below a folder, in a buffer of the caller's. */
const char *path_join(char *out, size_t room, const char *a, const char *b);
/* A whole file, malloc'ed, 0-terminated; NULL when it is not there. */
char *slurp(const char *path, size_t *length);

#endif
