/* tests/support/altered.h: a small model text with one part replaced, loaded.
 * For tests that go through many forms and refusals of one format. */
#ifndef CANDOR_TESTS_ALTERED_H
#define CANDOR_TESTS_ALTERED_H

#include "formats/formats.h"

/* `find` must be in the text (NULL: nothing is replaced). */
status altered_load(const char *text, const char *find, const char *replace,
                    enum trees_used trees, struct model **out,
                    struct error *e);
struct model *altered_model(const char *text, const char *find,
                            const char *replace);
/* The margin of output k for a row. */
double margin_of(const struct model *m, const double *row, size_t k);

#endif
