#include "check.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"
#include "table/table.h"

#include <sqlite3.h>
#include <unistd.h>

static char path[64];

/* A file of this text, under one name that the next call reuses. */
static const char *file_of(const char *suffix, const char *text, size_t length)
{
    (void)snprintf(path, sizeof path, "/tmp/candor-table-%ld%s", (long)getpid(),
                   suffix);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, length, f), length);
    assert_int_equal(fclose(f), 0);
    return path;
}

static const struct column_spec three[] = {
    {.name = "n", .type = COLUMN_NUMBER, .high = 1000, .low = -1000},
    {.name = "word", .type = COLUMN_TEXT, .required = true},
    {.name = "day", .type = COLUMN_DATE}};

/* All rows as "ORDINAL@LINE n word day;" and errors as "!ROW@LINE,COL name
 * text;" in the order of the blocks. */
static status trace(struct table_spec *spec, struct buf *out, struct error *e)
{
    struct table *t = NULL;
    const struct block *b = NULL;
    buf_clear(out);
    status s = table_open(spec, &t, e);
    while (s == ST_OK && (s = table_next(t, &b, e)) == ST_OK && b != NULL) {
        for (size_t i = 0; i < b->rows; i++) {
            buf_printf(out, "%lld@%ld ", b->ordinal[i], b->line[i]);
            buf_put_double(out, b->number[0][i]);
            buf_printf(out, " %s %s;", b->text[1][i],
                       b->text[2][i] == NULL ? "-" : b->text[2][i]);
        }
        size_t errors;
        const struct row_error *r = table_errors(t, &errors);
        for (size_t i = 0; i < errors; i++)
            buf_printf(out, "!%lld@%ld,%ld %s %s;", r[i].row, r[i].line,
                       r[i].column, r[i].name == NULL ? "-" : r[i].name,
                       r[i].text);
    }
    table_free(t);
    return s;
}

static const char sample[] =
    "word,n,extra,day\n"
    "a, 1.5 ,x,2024-02-29\n"
    "b,\"1,234\",x,2024-01-01\n"
    "c,\"1,5\",x,\n"
    "d,abc,x,\n"
    "e,TRUE,x,NA\n"
    "f,F\n"
    ",2,x,\n"
    "g,1,x,2023-02-29\n"
    "h,5000,x,\n"
    "i,inf,x,\n"
    "j,nan,x,\n"
    "\"k\nl\",,x,\n"
    "m\xff,1,x,\n"
    "n,3,x,,\n"
    "last,4,x,";

static const char expected[] =
    "1@2 1.5 a 2024-02-29;5@6 1 e -;11@12 nan j -;12@13 nan k\nl -;"
    "15@17 4 last -;"
    "!2@3,3 n \"1,234\" has thousands separators, which are not read: write "
    "the digits without them;"
    "!3@4,3 n \"1,5\" has a decimal comma where a number with a point was "
    "expected;"
    "!4@5,3 n \"abc\" where a number was expected;"
    "!6@7,1 - 2 fields where the table has 4 columns;"
    "!7@8,1 word no value where one is required;"
    "!8@9,7 day \"2023-02-29\" where a date was expected, as YYYY-MM-DD;"
    "!9@10,3 n \"5000\" is above 1000;"
    "!10@11,3 n \"inf\" where a finite number was expected;"
    "!13@15,2 - bytes that are not UTF-8;"
    "!14@16,1 - 5 fields where the table has 4 columns;";

static void reads_csv_with_row_errors(void **state)
{
    (void)state;
    struct table_spec spec = {.column = three, .columns = 3};
    struct buf out = BUF_INIT(100000);
    struct error e;
    spec.location = file_of(".csv", sample, sizeof sample - 1);
    check_ok(trace(&spec, &out, &e), &e);
    assert_string_equal(buf_text(&out), expected);
    spec.block_rows = 1;
    check_ok(trace(&spec, &out, &e), &e);
    assert_int_equal(out.length, sizeof expected - 1);
    (void)unlink(path);
    buf_free(&out);
}

static void names_missing_columns(void **state)
{
    (void)state;
    struct table_spec spec = {.column = three, .columns = 3};
    struct table *t = NULL;
    struct error e;
    static const char near[] = "words,n,day\n1,2,3\n";
    spec.location = file_of(".csv", near, sizeof near - 1);
    check_fails(table_open(&spec, &t, &e), &e, ST_DATA,
                "no column \"word\" (did you mean \"words\"?)");
    static const char far[] = "zebra,n,day\n1,2,3\n";
    spec.location = file_of(".csv", far, sizeof far - 1);
    check_fails(table_open(&spec, &t, &e), &e, ST_DATA,
                "no column \"word\"; it has \"zebra\", \"n\", \"day\"");
    static const char twice[] = "word,n,day,n\n1,2,3,4\n";
    spec.location = file_of(".csv", twice, sizeof twice - 1);
    check_fails(table_open(&spec, &t, &e), &e, ST_DATA,
                "two columns have the name \"n\"");
    spec.location = file_of(".csv", "", 0);
    check_fails(table_open(&spec, &t, &e), &e, ST_DATA, "empty");
    spec.location = "/no/such.csv";
    check_fails(table_open(&spec, &t, &e), &e, ST_SYSTEM, "/no/such.csv");
    (void)unlink(file_of(".csv", "", 0));
}

static void reads_json_lines(void **state)
{
    (void)state;
    static const char text[] =
        "{\"n\":1.5,\"word\":\"a\",\"day\":\"2024-01-02\",\"o\":{\"x\":[1]}}\n"
        "\n"
        "{\"word\":\"b\\u00e9\",\"n\":null}\r\n"
        "{\"word\":\"c\",\"n\":{\"x\":1}}\n"
        "{\"word\":\"d\",\"n\":\"x\"}\n"
        "{\"word\":\"e\",\n"
        "[1]\n"
        "{\"n\":2}\n"
        "{\"n\":3,\"n\":4,\"word\":\"f\"}\n"
        "{\"n\":true,\"word\":5}";
    struct table_spec spec = {.column = three, .columns = 3};
    struct buf out = BUF_INIT(100000);
    struct error e;
    spec.location = file_of(".jsonl", text, sizeof text - 1);
    check_ok(trace(&spec, &out, &e), &e);
    assert_string_equal(
        buf_text(&out),
        "1@1 1.5 a 2024-01-02;2@3 nan b\xc3\xa9 -;9@10 1 5 -;"
        "!3@4,17 n an object where a number was expected;"
        "!4@5,17 n \"x\" where a number was expected;"
        "!5@6,13 - the text ends where a key in quotes was expected;"
        "!6@7,1 - an array where an object was expected;"
        "!7@8,1 word no value where one is required;"
        "!8@9,8 - the key \"n\" stands twice;");
    (void)unlink(path);
    buf_free(&out);
}

static void reads_sqlite(void **state)
{
    (void)state;
    struct table_spec spec = {.column = three, .columns = 3};
    struct buf out = BUF_INIT(100000);
    struct error e;
    char location[128];
    sqlite3 *db = NULL;
    (void)file_of(".db", "", 0);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "CREATE TABLE \"my \"\"rows\"(n, word TEXT, day);"
                         "INSERT INTO \"my \"\"rows\" VALUES (0.1,'a',NULL),"
                         "(7,'b','2024-01-02'),(x'00','c',NULL),"
                         "('TRUE',0.25,'NA'),(1,NULL,NULL);",
                     NULL, NULL, NULL),
        SQLITE_OK);
    (void)sqlite3_close(db);
    (void)snprintf(location, sizeof location, "sqlite:%s?my \"rows", path);
    spec.location = location;
    check_ok(trace(&spec, &out, &e), &e);
    assert_string_equal(buf_text(&out),
                        "1@0 0.1 a -;2@0 7 b 2024-01-02;4@0 1 0.25 -;"
                        "!3@0,0 n a blob where a number was expected;"
                        "!5@0,0 word no value where one is required;");
    (void)snprintf(location, sizeof location, "sqlite:%s?rows; DROP", path);
    check_fails(trace(&spec, &out, &e), &e, ST_DATA,
                "no table \"rows; DROP\"; it has \"my \"rows\"");
    (void)snprintf(location, sizeof location, "sqlite:%s", path);
    check_fails(trace(&spec, &out, &e), &e, ST_ARGUMENT, "sqlite:FILE?TABLE");
    (void)snprintf(location, sizeof location, "sqlite:/no/such?t");
    check_fails(trace(&spec, &out, &e), &e, ST_SYSTEM, "/no/such");
    (void)unlink(path);
    buf_free(&out);
}

static void hashes_while_reading(void **state)
{
    (void)state;
    static const struct column_spec one[] = {{.name = "a"}};
    struct table_spec spec = {.column = one, .columns = 1, .hash = true};
    struct table *t = NULL;
    const struct block *b = NULL;
    struct error e;
    spec.location = file_of(".csv", "a\n1\n", 4);
    check_ok(table_open(&spec, &t, &e), &e);
    assert_null(table_sha256(t));
    do {
        check_ok(table_next(t, &b, &e), &e);
    } while (b != NULL);
    char sha[SHA256_HEX];
    check_ok(sha256_of("a\n1\n", 4, sha, &e), &e);
    assert_string_equal(table_sha256(t), sha);
    assert_int_equal(table_rows_seen(t), 1);
    table_free(t);
    (void)unlink(path);
}

static const struct {
    const char *file;
    long rows;
    size_t columns;
    bool no_header;
} sets[] = {{"german_worded.csv", 1000, 21, false},
            {"german_coded_noheader.csv", 1000, 21, true},
            {"hmda_boston.csv", 2380, 15, false},
            {"credit_spain.csv", 4454, 15, false},
            {"resume_callbacks.csv", 4870, 30, false},
            {"attrition.csv", 1470, 32, false},
            {"stroke.csv", 5110, 12, false},
            {"heart.csv", 918, 11, false},
            {"solas_hmda.csv", 9768, 12, false},
            {"simucredit.csv", 20000, 10, false},
            {"taiwan_cr_bom.csv", 30000, 25, false},
            {"taiwan.csv", 30000, 24, false},
            {"ricci.csv", 118, 5, false},
            {"student_math.csv", 395, 33, false}};

static void looks_at_real_tables(void **state)
{
    (void)state;
    const char *data = shared_data();
    if (data == NULL)
        skip();
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        char file[4096];
        struct table_look *l = NULL;
        struct error e;
        size_t columns;
        long long rows;
        (void)snprintf(file, sizeof file, "%s/datasets/%s", data, sets[i].file);
        struct table_spec spec = {.location = file,
                                  .no_header = sets[i].no_header};
        check_ok(table_look(&spec, SIZE_MAX, &l, &e), &e);
        const struct column_look *c = table_look_columns(l, &columns, &rows);
        if (rows != sets[i].rows || columns != sets[i].columns)
            fail_msg("%s: %lld rows, %zu columns", sets[i].file, rows, columns);
        assert_non_null(c[0].name);
        table_look_free(l);
    }
}

/* The two copies of one set, one of them CR only behind a byte-order mark. */
static void reads_the_trap_as_the_plain_copy(void **state)
{
    (void)state;
    const char *data = shared_data();
    if (data == NULL)
        skip();
    static const struct column_spec a[] = {{.name = "LIMIT_BAL"},
                                           {.name = "BILL_AMT3"},
                                           {.name = "AGE"}};
    double sum[2][3] = {{0}};
    for (int k = 0; k < 2; k++) {
        char file[4096];
        (void)snprintf(file, sizeof file, "%s/datasets/%s", data,
                       k == 0 ? "taiwan.csv" : "taiwan_cr_bom.csv");
        struct table_spec spec = {.location = file, .column = a, .columns = 3};
        struct table *t = NULL;
        const struct block *b = NULL;
        struct error e;
        size_t errors;
        check_ok(table_open(&spec, &t, &e), &e);
        for (;;) {
            check_ok(table_next(t, &b, &e), &e);
            if (b == NULL)
                break;
            (void)table_errors(t, &errors);
            assert_int_equal(errors, 0);
            for (int c = 0; c < 3; c++)
                for (size_t i = 0; i < b->rows; i++)
                    sum[k][c] += b->number[c][i];
        }
        assert_int_equal(table_rows_seen(t), 30000);
        table_free(t);
    }
    for (int c = 0; c < 3; c++)
        check_close(sum[1][c], sum[0][c], 0, 0);
}

static void survives_no_memory(void **state)
{
    (void)state;
    static const char lines[] = "{\"n\":1,\"word\":\"a\",\"day\":null}\n";
    struct buf out = BUF_INIT(100000);
    struct error e;
    struct table_spec spec = {.column = three, .columns = 3};
    buf_puts(&out, "room for the trace, so that only the reader allocates: it "
                   "takes a few hundred bytes in all, and no more than that");
    for (int k = 0; k < 2; k++) {
        spec.location = k == 0 ? file_of(".csv", sample, 60)
                               : file_of(".jsonl", lines, sizeof lines - 1);
        size_t n = 1;
        for (;; n++) {
            (void)mem_fail_at(n);
            status s = trace(&spec, &out, &e);
            (void)mem_fail_at(0);
            if (s == ST_OK)
                break;
            assert_int_equal(s, ST_MEMORY);
            assert_true(n < 200);
        }
        assert_true(n > 10);
        (void)unlink(path);
    }
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_csv_with_row_errors),
        cmocka_unit_test(names_missing_columns),
        cmocka_unit_test(reads_json_lines),
        cmocka_unit_test(reads_sqlite),
        cmocka_unit_test(hashes_while_reading),
        cmocka_unit_test(looks_at_real_tables),
        cmocka_unit_test(reads_the_trap_as_the_plain_copy),
        cmocka_unit_test(survives_no_memory)};
    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}
