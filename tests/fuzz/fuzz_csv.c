/* The first byte chooses delimiter and limits. */
#include "syntax/csv.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    struct memory_stream m = {(const char *)bytes + 1, length - 1, 0};
    struct csv_options o = {.delimiter = bytes[0] & 1 ? ';' : 0,
                            .columns = bytes[0] & 2 ? 4 : 0,
                            .field = bytes[0] & 4 ? 10 : 0,
                            .record = bytes[0] & 8 ? 100 : 0};
    struct csv *c = NULL;
    const struct csv_record *r = NULL;
    struct error e;
    size_t sum = 0;
    status s = csv_open(stream_of_memory(&m, "input"), &o, &c, &e);
    while (s == ST_OK && (s = csv_next(c, &r, &e)) == ST_OK && r != NULL) {
        for (size_t i = 0; i < r->fields; i++) {
            for (size_t k = 0; k < r->field[i].length; k++)
                sum += (unsigned char)r->field[i].text[k];
            sum += (size_t)csv_place(c, r->field[i].at).column;
        }
        if (r->bad >= 0)
            (void)csv_fault(c, (size_t)r->bad, 3, &e, ST_DATA, "%zu", sum);
    }
    csv_free(c);
    return 0;
}
