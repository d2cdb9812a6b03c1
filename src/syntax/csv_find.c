#include "syntax/csv_find.h"

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { RECORDS = 32 };

/* How often the delimiter stands outside quotes in each of the first records;
 * returns how many records were counted. A record cut by the end of the bytes
 * counts only when it is the first. */
static size_t count_records(const char *p, size_t n, char delimiter,
                            size_t count[RECORDS])
{
    size_t records = 0, here = 0, bytes = 0;
    bool quoted = false, fresh = true;
    for (size_t i = 0; i < n && records < RECORDS; i++) {
        char c = p[i];
        if (quoted) {
            quoted = c != '"';
        } else if (c == '"' && (fresh || p[i - 1] == '"')) {
            quoted = true;
        } else if (c == '\n' || c == '\r') {
            if (bytes > 0)
                count[records++] = here;
            here = bytes = 0;
            fresh = true;
            continue;
        } else if (c == delimiter) {
            here++;
            bytes++;
            fresh = true;
            continue;
        }
        fresh = false;
        bytes++;
    }
    if (records == 0 && bytes > 0)
        count[records++] = here;
    return records;
}

char csv_find_delimiter(const char *bytes, size_t length)
{
    static const char candidates[] = ",;\t|";
    char best = ',';
    size_t best_same = 0, best_fields = 0;
    for (size_t k = 0; candidates[k] != '\0'; k++) {
        size_t count[RECORDS];
        size_t records = count_records(bytes, length, candidates[k], count);
        if (records == 0 || count[0] == 0)
            continue;
        size_t same = 0;
        for (size_t i = 0; i < records; i++)
            same += count[i] == count[0];
        if (same > best_same || (same == best_same && count[0] > best_fields)) {
            best = candidates[k];
            best_same = same;
            best_fields = count[0];
        }
    }
    return best;
}

long csv_count_lines(const char *bytes, size_t length)
{
    long lines = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            lines++;
        else if (bytes[i] == '\r' && (i + 1 == length || bytes[i + 1] != '\n'))
            lines++;
    }
    return lines;
}

size_t csv_check_utf8(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint64_t eight;
        while (length - at >= sizeof eight) {
            memcpy(&eight, bytes + at, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) != 0)
                break;
            at += sizeof eight;
        }
        uint32_t point;
        for (int i = 0; i < 8 && at < length; i++) {
            size_t used = utf8_decode(bytes + at, length - at, &point);
            if (used == 0)
                return at;
            at += used;
        }
    }
    return length;
}
