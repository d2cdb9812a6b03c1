/* A table or view of an SQLite file, read-only. Nothing of the file is run but
 * one SELECT of one existing name. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/text.h"
#include "io/source.h"
#include "table/source.h"

#include <sqlite3.h>

#include <stdio.h>
#include <string.h>

static const char prefix[] = "sqlite:";

struct base_table {
    char *file, *table;
    sqlite3 *db;
    sqlite3_stmt *rows;
    const char **names;
    size_t columns;
    long long row;
    char hex[SHA256_HEX];
};

static void close_base(void *self)
{
    struct base_table *b = self;
    (void)sqlite3_finalize(b->rows);
    (void)sqlite3_close(b->db);
    mem_free(b->names);
    mem_free(b->file);
    mem_free(b->table);
    mem_free(b);
}

static status fault(const struct base_table *b, const char *what,
                    struct error *e)
{
    struct place p = {b->file, 0, 0, -1};
    return error_at(e, ST_DATA, &p, "%s: %s", what, sqlite3_errmsg(b->db));
}

/* sqlite:FILE?TABLE into its parts. */
static status split(struct base_table *b, const char *location, struct error *e)
{
    const char *file = text_starts(location, prefix)
                           ? location + sizeof prefix - 1 : location;
    const char *mark = strrchr(file, '?');
    if (mark == NULL || mark == file || mark[1] == '\0')
        return error_set(e, ST_ARGUMENT,
                         "\"%s\" where sqlite:FILE?TABLE was expected",
                         location);
    b->file = mem_string(file);
    b->table = mem_string(mark + 1);
    if (b->file == NULL || b->table == NULL)
        return error_memory(e);
    b->file[mark - file] = '\0';
    return ST_OK;
}

static status no_table(const struct base_table *b, struct error *e)
{
    sqlite3_stmt *s = NULL;
    char list[400] = "";
    size_t used = 0;
    if (sqlite3_prepare_v2(b->db, "SELECT name FROM sqlite_master WHERE type IN "
                           "('table','view') ORDER BY name LIMIT 6", -1, &s,
                           NULL) != SQLITE_OK)
        return fault(b, "cannot read the database", e);
    while (sqlite3_step(s) == SQLITE_ROW && used < sizeof list - 60) {
        int n = snprintf(list + used, sizeof list - used, "%s\"%.40s\"",
                         used == 0 ? "" : ", ",
                         (const char *)sqlite3_column_text(s, 0));
        used += n > 0 ? (size_t)n : 0;
    }
    (void)sqlite3_finalize(s);
    struct place p = {b->file, 0, 0, -1};
    return error_at(e, ST_DATA, &p, "the database has no table \"%.100s\"%s%s",
                    b->table, used > 0 ? "; it has " : "", list);
}

static status check_table(const struct base_table *b, struct error *e)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(b->db, "SELECT 1 FROM sqlite_master WHERE "
                                  "type IN ('table','view') AND name = ?1",
                                  -1, &s, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(s, 1, b->table, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    (void)sqlite3_finalize(s);
    if (code == SQLITE_ROW)
        return ST_OK;
    return code == SQLITE_DONE ? no_table(b, e)
                               : fault(b, "cannot read the database", e);
}

/* The name in double quotes, its own doubled. */
static status select_rows(struct base_table *b, struct error *e)
{
    struct buf sql = BUF_INIT(64 * 1024);
    buf_puts(&sql, "SELECT * FROM \"");
    for (const char *p = b->table; *p != '\0'; p++) {
        if (*p == '"')
            buf_putc(&sql, '"');
        buf_putc(&sql, *p);
    }
    buf_putc(&sql, '"');
    status s = buf_status(&sql, e);
    if (s == ST_OK && sqlite3_prepare_v2(b->db, sql.data, -1, &b->rows, NULL) !=
                          SQLITE_OK)
        s = fault(b, "cannot read the table", e);
    buf_free(&sql);
    return s;
}

static status begin(struct base_table *b, const struct table_spec *spec,
                    struct error *e)
{
    TRY(split(b, spec->location, e));
    if (!file_exists(b->file))
        return error_set(e, ST_SYSTEM, "there is no file %s", b->file);
    if (sqlite3_open_v2(b->file, &b->db, SQLITE_OPEN_READONLY, NULL) !=
        SQLITE_OK)
        return fault(b, "cannot open the database", e);
    /* views of the file may not call functions with effects */
    (void)sqlite3_db_config(b->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    TRY(check_table(b, e));
    TRY(select_rows(b, e));
    b->columns = (size_t)sqlite3_column_count(b->rows);
    b->names = mem_array(b->columns, sizeof *b->names);
    if (b->names == NULL)
        return error_memory(e);
    for (size_t i = 0; i < b->columns; i++) {
        b->names[i] = sqlite3_column_name(b->rows, (int)i);
        if (b->names[i] == NULL)
            return error_memory(e);
    }
    return table_check_names(b->names, b->columns, b->file, e);
}

static status open_base(const struct table_spec *spec, void **self,
                        struct error *e)
{
    struct base_table *b = mem_array(1, sizeof *b);
    if (b == NULL)
        return error_memory(e);
    status s = begin(b, spec, e);
    if (s != ST_OK) {
        close_base(b);
        return s;
    }
    *self = b;
    return ST_OK;
}

static const char *const *names_of(void *self, size_t *count)
{
    struct base_table *b = self;
    *count = b->columns;
    return b->names;
}

static status next_row(void *self, struct table_row *row, struct error *e)
{
    struct base_table *b = self;
    int code = sqlite3_step(b->rows);
    row->got = code == SQLITE_ROW;
    row->line = 0;
    row->fault[0] = '\0';
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fault(b, "cannot read the next row", e);
    b->row++;
    return ST_OK;
}

static void take_text(struct base_table *b, int column, struct table_cell *out)
{
    out->text = (const char *)sqlite3_column_text(b->rows, column);
    out->length = (size_t)sqlite3_column_bytes(b->rows, column);
    if (out->text == NULL)
        out->text = "";
    if (utf8_check(out->text, out->length) < out->length)
        out->fault = "a text that is not UTF-8";
    else if (memchr(out->text, 0, out->length) != NULL)
        out->fault = "a text with a zero byte";
}

static void cell_of(void *self, size_t column, struct table_cell *out)
{
    struct base_table *b = self;
    int c = (int)column;
    *out = (struct table_cell){.text = "", .quoted = true};
    switch (sqlite3_column_type(b->rows, c)) {
    case SQLITE_NULL:
        out->missing = true;
        return;
    case SQLITE_FLOAT:
        out->is_number = true;
        out->number = sqlite3_column_double(b->rows, c);
        return;
    case SQLITE_BLOB:
        out->fault = "a blob";
        return;
    default: /* whole numbers too: their text is exact */
        take_text(b, c, out);
        return;
    }
}

static struct place place_of(void *self, size_t column)
{
    (void)column;
    struct base_table *b = self;
    return (struct place){b->file, 0, 0, -1};
}

/* Of the file as it lies on the disk. */
static const char *sha256_of_base(void *self)
{
    struct base_table *b = self;
    struct source *s = NULL;
    char piece[4096];
    if (b->hex[0] != '\0')
        return b->hex;
    if (source_open(b->file, 0, true, &s, NULL) != ST_OK)
        return NULL;
    struct stream in = source_stream(s);
    long n;
    do {
        n = in.read(in.self, piece, sizeof piece, NULL);
    } while (n > 0);
    if (n == 0)
        (void)snprintf(b->hex, sizeof b->hex, "%s", source_sha256(s));
    source_free(s);
    return n == 0 ? b->hex : NULL;
}

const struct table_source table_sqlite = {
    .name = "sqlite",
    .open = open_base,
    .names = names_of,
    .next = next_row,
    .cell = cell_of,
    .place = place_of,
    .sha256 = sha256_of_base,
    .close = close_base,
};
