/* The first byte chooses CSV or JSON Lines and the options; the rest is the
 * table, read through a file in memory. */
#include "table/table.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_all(const struct table_spec *spec)
{
    struct table *t = NULL;
    const struct block *b = NULL;
    struct error e;
    size_t missing = 0;
    status s = table_open(spec, &t, &e);
    while (s == ST_OK && (s = table_next(t, &b, &e)) == ST_OK && b != NULL) {
        size_t errors;
        (void)table_errors(t, &errors);
        for (size_t i = 0; i < b->rows; i++) {
            missing += b->number[0][i] != b->number[0][i];
            if (b->text[1][i] == NULL) /* the column is required */
                __builtin_trap();
        }
    }
    if (s == ST_OK && (table_sha256(t) == NULL ||
                       missing > (size_t)table_rows_seen(t)))
        __builtin_trap();
    table_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct column_spec columns[] = {
        {.name = "n", .type = COLUMN_NUMBER, .low = -10, .high = 1e6},
        {.name = "word", .type = COLUMN_TEXT, .required = true},
        {.name = "day", .type = COLUMN_DATE}};
    if (length == 0)
        return 0;
    int fd = memfd_create("table", 0);
    if (fd < 0 || write(fd, bytes + 1, length - 1) != (ssize_t)length - 1)
        return 0;
    char path[40];
    (void)snprintf(path, sizeof path, "/dev/fd/%d", fd);
    struct table_spec spec = {.location = path, .column = columns, .columns = 3,
                              .block_rows = 1 + bytes[0] % 5, .hash = true};
    spec.format = bytes[0] & 64 ? TABLE_JSON_LINES : TABLE_CSV;
    if ((bytes[0] & 32) != 0) {
        spec.no_header = true;
        columns[0].name = "1";
        columns[1].name = "2";
        columns[2].name = "3";
    }
    read_all(&spec);
    struct table_look *look = NULL;
    struct error e;
    if (table_look(&spec, 100, &look, &e) == ST_OK)
        table_look_free(look);
    (void)close(fd);
    return 0;
}
