#include "table/source.h"

#include "base/hash.h"
#include "base/num.h"
#include "base/text.h"

#include <string.h>

static const struct {
    enum table_format format;
    const struct table_source *source;
    const char *prefix;    /* of the location, or NULL */
    const char *suffix[3]; /* of the file's name */
} kinds[] = {
    {TABLE_SQLITE, &table_sqlite, "sqlite:", {NULL}},
    {TABLE_JSON_LINES, &table_json_lines, NULL, {".jsonl", ".ndjson", NULL}},
    {TABLE_CSV, &table_csv, NULL, {NULL}},
};

const struct table_source *table_source_for(const struct table_spec *spec)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (spec->format != TABLE_BY_NAME) {
            if (kinds[i].format == spec->format)
                return kinds[i].source;
            continue;
        }
        if (kinds[i].prefix != NULL &&
            text_starts(spec->location, kinds[i].prefix))
            return kinds[i].source;
        for (size_t k = 0; kinds[i].suffix[k] != NULL; k++)
            if (text_ends(spec->location, kinds[i].suffix[k]))
                return kinds[i].source;
    }
    return &table_csv;
}

status table_check_names(const char *const *names, size_t count,
                         const char *source, struct error *e)
{
    struct names *seen = names_new();
    if (seen == NULL)
        return error_memory(e);
    status s = ST_OK;
    for (size_t i = 0; i < count && s == ST_OK; i++) {
        size_t n = strlen(names[i]);
        struct place p = {source, 1, 0, -1};
        if (n == 0)
            continue;
        long before = (long)names_count(seen);
        long at = names_add(seen, names[i], n);
        if (at < 0)
            s = error_memory(e);
        else if (at < before)
            s = error_at(e, ST_DATA, &p,
                         "two columns have the name \"%.80s\"; rename one",
                         names[i]);
    }
    names_free(seen);
    return s;
}

static const char *const default_missing[] = {"", "NA", "N/A", "NaN", "null"};

static bool among(const char *const *words, size_t count, const char *text,
                  size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(words[i], text, length) == 0 && words[i][length] == '\0')
            return true;
    return false;
}

bool table_is_missing(const struct table_spec *spec,
                      const struct column_spec *column, const char *text,
                      size_t length)
{
    if (length == 0)
        return true;
    if (spec->missing != NULL
            ? among(spec->missing, spec->missing_count, text, length)
            : among(default_missing,
                    sizeof default_missing / sizeof *default_missing, text,
                    length))
        return true;
    return column != NULL &&
           among(column->missing, column->missing_count, text, length);
}

bool table_number(const char *text, size_t length, double *value)
{
    if (num_parse(text, length, value))
        return true;
    bool yes = text_equal_fold(text, length, "true") ||
               text_equal_fold(text, length, "t");
    bool no = text_equal_fold(text, length, "false") ||
              text_equal_fold(text, length, "f");
    *value = yes ? 1 : 0;
    return yes || no;
}
