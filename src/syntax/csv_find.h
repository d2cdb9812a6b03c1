/* syntax/csv_find.h: what the CSV reader asks of raw bytes. */
#ifndef CANDOR_SYNTAX_CSV_FIND_H
#define CANDOR_SYNTAX_CSV_FIND_H

#include <stddef.h>

/* The one of , ; tab | that cuts most of the first records into as many fields
 * as the first; then the one that cuts it into most. ',' when none does. */
char csv_find_delimiter(const char *bytes, size_t length);
/* Line ends: CR LF counts one. */
long csv_count_lines(const char *bytes, size_t length);
/* As utf8_check, fast where the text is ASCII. */
size_t csv_check_utf8(const char *bytes, size_t length);

#endif
