/* CSV as a table: a header of names (or columns counted from 1), then rows of
 * as many fields. */
#include "base/arena.h"
#include "io/source.h"
#include "syntax/csv.h"
#include "table/inside.h"

#include <stdio.h>
#include <string.h>

struct csv_table {
    struct source *source;
    struct csv *csv;
    struct arena *arena;     /* names */
    const char **names;
    size_t columns;
    const struct csv_record *record;
    bool held;               /* without a header the first record is a row */
    bool branch;             /* names are another's */
};

#define NAMES_CAP ((size_t)256 << 20)

static void close_csv(void *self)
{
    struct csv_table *t = self;
    csv_free(t->csv);
    source_free(t->source);
    arena_free(t->arena);
    mem_free(t);
}

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && (**text == ' ' || **text == '\t')) {
        ++*text;
        --*length;
    }
    while (*length > 0 &&
           ((*text)[*length - 1] == ' ' || (*text)[*length - 1] == '\t'))
        --*length;
}

static status take_names(struct csv_table *t, bool no_header, struct error *e)
{
    const struct csv_record *r = t->record;
    t->columns = r->fields;
    t->names = arena_new_array(t->arena, const char *, r->fields);
    if (t->names == NULL)
        return arena_error(t->arena, e);
    for (size_t i = 0; i < r->fields; i++) {
        const char *text = r->field[i].text;
        size_t length = r->field[i].length;
        if (!r->field[i].quoted)
            trim(&text, &length);
        t->names[i] = no_header ? arena_format(t->arena, "%zu", i + 1)
                                : arena_copy(t->arena, text, length);
        if (t->names[i] == NULL)
            return arena_error(t->arena, e);
    }
    t->held = no_header;
    return ST_OK;
}

static status begin(struct csv_table *t, const struct table_spec *spec,
                    struct error *e)
{
    struct csv_options options = {.delimiter = spec->delimiter};
    TRY(source_open(spec->location, 0, spec->hash, &t->source, e));
    struct stream in = source_stream(t->source);
    TRY(csv_open(in, &options, &t->csv, e));
    TRY(csv_next(t->csv, &t->record, e));
    if (t->record == NULL) {
        struct place p = {in.name, 0, 0, -1};
        return error_at(e, ST_DATA, &p, "the table is empty");
    }
    if (t->record->bad >= 0 && !spec->no_header)
        return csv_fault(t->csv, (size_t)t->record->bad, 1, e, ST_DATA,
                         "%s in the header", t->record->why);
    TRY(take_names(t, spec->no_header, e));
    return table_check_names(t->names, t->columns, in.name, e);
}

static status open_csv(const struct table_spec *spec, void **self,
                       struct error *e)
{
    struct csv_table *t = mem_array(1, sizeof *t);
    if (t == NULL)
        return error_memory(e);
    t->arena = arena_new(NAMES_CAP);
    status s = t->arena == NULL ? error_memory(e) : begin(t, spec, e);
    if (s != ST_OK) {
        close_csv(t);
        return s;
    }
    *self = t;
    return ST_OK;
}

static const char *const *names_of(void *self, size_t *count)
{
    struct csv_table *t = self;
    *count = t->columns;
    return t->names;
}

static status next_row(void *self, struct table_row *row, struct error *e)
{
    struct csv_table *t = self;
    if (!t->held)
        TRY(csv_next(t->csv, &t->record, e));
    t->held = false;
    const struct csv_record *r = t->record;
    row->got = r != NULL;
    row->fault[0] = '\0';
    if (r == NULL)
        return ST_OK;
    row->line = r->line;
    if (r->bad >= 0) {
        (void)snprintf(row->fault, sizeof row->fault, "%s", r->why);
        row->place = csv_place(t->csv, (size_t)r->bad);
    } else if (r->fields != t->columns) {
        (void)snprintf(row->fault, sizeof row->fault,
                       "%zu field%s where the table has %zu columns", r->fields,
                       r->fields == 1 ? "" : "s", t->columns);
        row->place = csv_place(t->csv, 0);
    }
    return ST_OK;
}

static void cell_of(void *self, size_t column, struct table_cell *out)
{
    struct csv_table *t = self;
    const struct csv_field *f = &t->record->field[column];
    *out = (struct table_cell){
        .text = f->text, .length = f->length, .quoted = f->quoted};
    if (!f->quoted)
        trim(&out->text, &out->length);
}

static struct place place_of(void *self, size_t column)
{
    struct csv_table *t = self;
    return csv_place(t->csv, t->record->field[column].at);
}

static const char *sha256_of_csv(void *self)
{
    struct csv_table *t = self;
    return source_sha256(t->source);
}

/* Delimiters that are no part of a number, a word or a line. */
static bool is_plain(char delimiter)
{
    return memchr(",;\t|", delimiter, 4) != NULL;
}

static status branch_csv(void *self, void **out, struct error *e)
{
    struct csv_table *t = self;
    *out = NULL;
    if (csv_single(t->csv) || !is_plain(csv_delimiter(t->csv)))
        return ST_OK;
    struct csv_table *b = mem_array(1, sizeof *b);
    if (b == NULL)
        return error_memory(e);
    b->columns = t->columns;
    b->branch = true;
    status s = csv_branch(t->csv, &b->csv, e);
    if (s != ST_OK) {
        close_csv(b);
        return s;
    }
    *out = b;
    return ST_OK;
}

static status cut_csv(void *self, size_t rows, struct table_cut *out,
                      struct error *e)
{
    struct csv_table *t = self;
    struct csv_cut cut;
    if (t->held)
        csv_back(t->csv);
    t->held = false;
    TRY(csv_cut(t->csv, rows, &cut, e));
    *out = (struct table_cut){cut.bytes, cut.length, cut.rows, cut.line,
                              cut.offset};
    return ST_OK;
}

static void feed_csv(void *branch, const struct table_cut *piece)
{
    struct csv_table *t = branch;
    csv_feed(t->csv, piece->bytes, piece->length, piece->line, piece->offset);
}

static bool quick_csv(void *branch, struct table *into, long *line)
{
    struct csv_table *t = branch;
    const char *end, *p = csv_rest(t->csv, &end);
    if (p == NULL)
        return false;
    const char *to = table_quick_csv(into, p, end, csv_delimiter(t->csv));
    if (to == NULL)
        return false;
    *line = csv_pass(t->csv, to);
    return true;
}

const struct table_source table_csv = {
    .name = "csv",
    .open = open_csv,
    .names = names_of,
    .next = next_row,
    .cell = cell_of,
    .place = place_of,
    .sha256 = sha256_of_csv,
    .close = close_csv,
    .branch = branch_csv,
    .cut = cut_csv,
    .feed = feed_csv,
    .quick = quick_csv,
};
