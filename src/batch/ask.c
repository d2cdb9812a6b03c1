#include "batch/ask.h"

#include "model/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ask_is_remote(const struct model *m)
{
    return m->kind == MODEL_REMOTE;
}

/* "row 7: …" of a call → the row's own name. */
static status name_row(const struct asked_rows *rows, status st,
                       struct error *e)
{
    static const char head[] = "row ";
    char *end = NULL;
    if (e == NULL || strncmp(e->text, head, sizeof head - 1) != 0)
        return st;
    unsigned long long at = strtoull(e->text + sizeof head - 1, &end, 10);
    if (at == 0 || at > rows->n || *end != ':')
        return st;
    char rest[ERROR_TEXT_MAX], line[32] = "";
    (void)snprintf(rest, sizeof rest, "%s", end + 1);
    if (rows->ordinal == NULL)
        return st;
    if (rows->line != NULL && rows->line[at - 1] > 0)
        (void)snprintf(line, sizeof line, ", line %ld", rows->line[at - 1]);
    const char *id = rows->id == NULL ? NULL : rows->id[at - 1];
    (void)snprintf(e->text, sizeof e->text, "row %lld (%s%.80s%s%s):%.480s",
                   rows->ordinal[at - 1], id != NULL ? "id \"" : "no id",
                   id != NULL ? id : "", id != NULL ? "\"" : "", line, rest);
    return st;
}

status ask_margins(const struct model *m, const struct asked_rows *rows,
                   bool native, double *margin, struct error *e)
{
    for (size_t from = 0; from < rows->n; from += ASK_ROWS) {
        size_t n = rows->n - from < ASK_ROWS ? rows->n - from : ASK_ROWS;
        struct asked_rows part = {
            rows->map, rows->row + from * m->features, n,
            rows->ordinal == NULL ? NULL : rows->ordinal + from,
            rows->line == NULL ? NULL : rows->line + from,
            rows->id == NULL ? NULL : rows->id + from};
        struct model_rows ask = {.value = part.row, .n = n};
        if (rows->map != NULL)
            ask.texts = input_map_texts(rows->map, &ask.text);
        status st = model_evaluate(m, &ask, native, margin + from * m->outputs,
                                   e);
        if (st != ST_OK)
            return name_row(&part, st, e);
    }
    return ST_OK;
}
