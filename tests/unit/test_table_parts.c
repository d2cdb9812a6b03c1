/* A table read in parts gives what it gives row by row, whatever the parts. */
#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/text.h"
#include "syntax/csv.h"
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t step(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void save(char *path, const struct buf *b)
{
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(write(fd, buf_text(b), b->length) == (ssize_t)b->length);
    (void)close(fd);
}

/* Cells of every kind, faulty ones among them. */
static void put_any_cell(struct buf *b, uint64_t *seed)
{
    static const char *const cells[] = {
        "", "1", "-2.5", "3e2", " 7 ", "NA", "nan", "inf", "1e999", "true", "F",
        "-999", "abc", "\"12\"", "\"a b\"", "\"x,y\"", "\"say \"\"hi\"\"\"",
        "\"two\nlines\"", "\"tail\"x", "a\"b", "1\"", "\xc3\xa9t\xc3\xa9",
        "\xff", "\"\xc3\xa9\"", "\"\xff\"", "1,2", "0x1", "+4", ".5", "5.",
        "1e", "\"\"", "9007199254740993", "0.1234567890123456789", "\"\r\n\""};
    uint64_t pick = step(seed);
    if (pick % 3 == 0) {
        buf_printf(b, "%.*g", 1 + (int)(pick >> 8 & 15),
                   (double)(int64_t)step(seed) * 1e-15);
        return;
    }
    buf_puts(b, cells[(pick >> 8) % (sizeof cells / sizeof *cells)]);
    if (pick >> 60 == 0)
        buf_putc(b, '\0');
}

static void put_any_table(struct buf *b, uint64_t seed)
{
    static const char *const ends[] = {"\n", "\r\n", "\r", "\n\n", "\r\n \n"};
    bool mixed = seed % 3 == 0;
    if (seed % 5 == 0)
        buf_puts(b, "\xef\xbb\xbf");
    buf_puts(b, "n,word,rest\n");
    size_t rows = (size_t)(step(&seed) % 60);
    for (size_t i = 0; i < rows; i++) {
        size_t cells = step(&seed) % 9 == 0 ? (size_t)(seed >> 8) % 5 + 1 : 3;
        for (size_t j = 0; j < cells; j++) {
            if (j > 0)
                buf_putc(b, ',');
            put_any_cell(b, &seed);
        }
        buf_puts(b, ends[mixed ? (step(&seed) >> 5) % 5 : 0]);
    }
    if (seed % 7 == 0)
        buf_puts(b, "1,last,\"open");
    else if (seed % 7 == 1)
        buf_puts(b, "1,last,x");
}

/* The same rows by the reader of records alone, as lines of text. */
static void by_records(const struct buf *b, struct buf *out)
{
    struct memory_stream m = {buf_text(b), b->length, 0};
    struct csv *csv = NULL;
    const struct csv_record *r = NULL;
    struct csv_options options = {.delimiter = ','};
    struct error e = {.class = ST_OK};
    assert_int_equal(csv_open(stream_of_memory(&m, "t"), &options, &csv, &e), 0);
    status s = csv_next(csv, &r, &e);
    for (long long row = 1; (s = csv_next(csv, &r, &e)) == ST_OK && r != NULL;
         row++) {
        if (r->bad >= 0 || r->fields != 3) {
            struct place p = csv_place(csv, r->bad >= 0 ? (size_t)r->bad : 0);
            buf_printf(out, "%lld bad %ld:%ld\n", row, p.line, p.column);
            continue;
        }
        const char *text = r->field[0].text;
        size_t n = r->field[0].length;
        for (; !r->field[0].quoted && n > 0 && *text == ' '; n--)
            text++;
        while (!r->field[0].quoted && n > 0 && text[n - 1] == ' ')
            n--;
        double x = (double)NAN;
        static const char *const none[] = {"", "NA", "N/A", "NaN", "null",
                                           "-999"};
        bool missing = false, good = true;
        for (size_t i = 0; i < 6; i++)
            missing |= strlen(none[i]) == n && memcmp(none[i], text, n) == 0;
        if (!missing && !num_parse(text, n, &x)) {
            bool yes = text_equal_fold(text, n, "true") ||
                       text_equal_fold(text, n, "t");
            good = yes || text_equal_fold(text, n, "false") ||
                   text_equal_fold(text, n, "f");
            x = yes;
        }
        if (!good || isinf(x)) {
            struct place p = csv_place(csv, r->field[0].at);
            buf_printf(out, "%lld bad %ld:%ld\n", row, p.line, p.column);
            continue;
        }
        buf_printf(out, "%lld %ld %.17g\n", row, r->line, isnan(x) ? -1e300 : x);
    }
    if (s != ST_OK)
        buf_printf(out, "%d %ld:%ld\n", (int)s, e.line, e.column);
    csv_free(csv);
}

static const char *const none[] = {"-999"};

static void by_parts(const char *path, size_t rows, bool formed,
                     struct buf *out)
{
    struct column_spec column[] = {
        {.name = "n", .missing = none, .missing_count = 1},
        {.name = "word", .type = COLUMN_TEXT}};
    struct table_spec spec = {.location = path, .format = TABLE_CSV,
                              .delimiter = ',', .column = column, .columns = 2,
                              .block_rows = rows};
    size_t place[] = {1, SIZE_MAX};
    struct table_form form = {.width = 2, .place = place};
    struct table *t = NULL, *part[2] = {NULL, NULL};
    struct error e = {.class = ST_OK};
    assert_int_equal(table_open(&spec, &t, &e), ST_OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(table_branch(t, rows, formed ? &form : NULL, &part[i],
                                      &e), ST_OK);
    status s = ST_OK;
    bool got = true;
    while (s == ST_OK && got) {
        bool some[2] = {false, false};
        status begun[2];
        struct error fault[2] = {{.class = ST_OK}, {.class = ST_OK}};
        for (size_t i = 0; i < 2; i++)
            begun[i] = i == 1 && (begun[0] != ST_OK || !some[0])
                           ? ST_OK
                           : table_begin(part[i], rows, &some[i], &fault[i]);
        const struct block *b[2] = {NULL, NULL};
        for (size_t i = 2; i-- > 0;) /* the later one first */
            if (begun[i] == ST_OK && some[i])
                begun[i] = table_finish(part[i], &b[i], &fault[i]);
        for (size_t i = 0; i < 2 && s == ST_OK; i++) {
            size_t n = 0, k = 0;
            const struct row_error *r = table_errors(part[i], &n);
            for (size_t j = 0; b[i] != NULL && (j < b[i]->rows || k < n);) {
                if (k < n && (j == b[i]->rows ||
                              r[k].row < b[i]->ordinal[j])) {
                    buf_printf(out, "%lld bad %ld:%ld\n", r[k].row, r[k].line,
                               r[k].column);
                    k++;
                    continue;
                }
                double x = formed ? table_rows(part[i])[2 * j + 1]
                                  : b[i]->number[0][j];
                if (formed)
                    assert_true(isnan(table_rows(part[i])[2 * j]));
                buf_printf(out, "%lld %ld %.17g\n", b[i]->ordinal[j],
                           b[i]->line[j], isnan(x) ? -1e300 : x);
                j++;
            }
            s = begun[i];
            e = fault[i];
            got = some[i];
        }
    }
    if (s != ST_OK)
        buf_printf(out, "%d %ld:%ld\n", (int)s, e.line, e.column);
    table_free(part[0]);
    table_free(part[1]);
    table_free(t);
}

/* Rows of the piece that ended in an error are not given: what there is of
 * them must begin the other's text. */
static void same_or_cut(const struct buf *all, const struct buf *some)
{
    const char *a = buf_text(all), *b = buf_text(some);
    if (strcmp(a, b) == 0)
        return;
    const char *last = strrchr(a, '\n');
    assert_non_null(last);
    size_t same = 0;
    while (a[same] == b[same] && a[same] != '\0')
        same++;
    while (same > 0 && b[same - 1] != '\n')
        same--;
    /* the rest of b is the one line of the error that ends a */
    const char *tail = b + same;
    size_t n = strlen(tail), whole = strlen(a);
    if (tail[0] == '\0' || whole < n || strcmp(a + whole - n, tail) != 0 ||
        strchr(tail, '\n') != tail + n - 1 || strchr(tail, ' ') == NULL ||
        strtol(tail, NULL, 10) != ST_SYNTAX)
        fail_msg("by records:\n%s\nin parts:\n%s", a, b);
}

static void parts_are_the_rows(void **state)
{
    (void)state;
    uint64_t seed = 424242;
    for (int round = 0; round < 1500; round++) {
        struct buf text = BUF_INIT(1 << 20), all = BUF_INIT(1 << 20);
        put_any_table(&text, step(&seed));
        by_records(&text, &all);
        char path[] = "/tmp/candor-test-XXXXXX";
        save(path, &text);
        static const size_t sizes[] = {1, 2, 7, 1000};
        for (size_t i = 0; i < 4; i++) {
            struct buf some = BUF_INIT(1 << 20);
            by_parts(path, sizes[i], round % 2 == 0, &some);
            same_or_cut(&all, &some);
            buf_free(&some);
        }
        (void)unlink(path);
        buf_free(&text);
        buf_free(&all);
    }
}

/* More than a window and more than a cut, with records that are longer. */
static void long_tables(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 28), all = BUF_INIT(1 << 28);
    buf_puts(&text, "n,word,rest\n");
    for (int i = 0; i < 60000; i++) {
        buf_printf(&text, "%d.5,word %d,", i, i);
        for (int j = 0; i % 30000 == 29999 && j < 500000; j++)
            buf_puts(&text, "eleven byte");
        buf_puts(&text, i % 100 == 7 ? "\"a\r\n\"\r\n" : "some more text\n");
    }
    by_records(&text, &all);
    char path[] = "/tmp/candor-test-XXXXXX";
    save(path, &text);
    static const size_t sizes[] = {1000, 100000};
    for (size_t i = 0; i < 2; i++) {
        struct buf some = BUF_INIT(1 << 28);
        by_parts(path, sizes[i], true, &some);
        assert_int_equal(some.length, all.length);
        assert_memory_equal(some.data, all.data, all.length);
        buf_free(&some);
    }
    (void)unlink(path);
    buf_free(&text);
    buf_free(&all);
}

/* JSON Lines: keys in another order, missing, twice, blank lines. */
/* Lines of many shapes, and what a reader must make of each. */
static void make_lines(struct buf *text, struct buf *all)
{
    uint64_t seed = 99;
    buf_puts(text, "{\"n\":0,\"word\":\"a\"}\n");
    buf_puts(all, "1 1 0\n");
    long line = 1;
    for (long long row = 2; row < 3000; row++) {
        uint64_t pick = step(&seed);
        double x = (double)(int64_t)pick * 1e-12;
        line++;
        if (pick % 11 == 0) {
            buf_puts(text, " \t\n");
            line++;
        }
        if (pick % 13 == 0) {
            buf_puts(text, "{\"n\":1,\"n\":2}\r\n");
            buf_printf(all, "%lld bad %ld:8\n", row, line);
        } else if (pick % 4 == 0) {
            buf_printf(text, "{\"other\":[1,{}],\"word\":null}\n");
            buf_printf(all, "%lld %ld %.17g\n", row, line, -1e300);
        } else {
            buf_printf(text, pick % 3 == 0
                                  ? "{\"word\":\"b\", \"n\" : %.17g}\n"
                                  : "{\"n\":%.17g,\"word\":\"b\"}\n", x);
            buf_printf(all, "%lld %ld %.17g\n", row, line, x);
        }
    }
}

/* Rows and errors in the order of the table. */
static void tell_block(const struct table *t, const struct block *b,
                       struct buf *some)
{
    size_t n, k = 0;
    const struct row_error *r = table_errors(t, &n);
    for (size_t j = 0; j < b->rows || k < n;) {
        if (k < n && (j == b->rows || r[k].row < b->ordinal[j])) {
            buf_printf(some, "%lld bad %ld:%ld\n", r[k].row, r[k].line,
                       r[k].column);
            k++;
            continue;
        }
        double x = b->number[0][j];
        buf_printf(some, "%lld %ld %.17g\n", b->ordinal[j], b->line[j],
                   isnan(x) ? -1e300 : x);
        j++;
    }
}

static void lines_in_parts(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 24), all = BUF_INIT(1 << 24);
    make_lines(&text, &all);
    char path[] = "/tmp/candor-test-XXXXXX.jsonl";
    int fd = mkstemps(path, 6);
    assert_true(write(fd, text.data, text.length) == (ssize_t)text.length);
    (void)close(fd);
    struct column_spec column = {.name = "n"};
    struct table_spec spec = {.location = path, .column = &column, .columns = 1};
    static const size_t sizes[] = {1, 64, 5000};
    for (size_t i = 0; i < 3; i++) {
        struct buf some = BUF_INIT(1 << 24);
        struct table *t = NULL;
        const struct block *b;
        struct error e;
        spec.block_rows = sizes[i];
        assert_int_equal(table_open(&spec, &t, &e), ST_OK);
        while (table_next(t, &b, &e) == ST_OK && b != NULL)
            tell_block(t, b, &some);
        assert_string_equal(buf_text(&some), buf_text(&all));
        table_free(t);
        buf_free(&some);
    }
    (void)unlink(path);
    buf_free(&text);
    buf_free(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_are_the_rows),
                                       cmocka_unit_test(long_tables),
                                       cmocka_unit_test(lines_in_parts)};
    return cmocka_run_group_tests_name("table/parts", tests, NULL, NULL);
}
