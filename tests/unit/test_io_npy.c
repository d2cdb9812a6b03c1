#include "check.h"

#include "base/buf.h"
#include "io/npy.h"
#include "io/source.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void load(const char *path, struct buf *out)
{
    struct error e;
    *out = BUF_INIT(1 << 20);
    assert_int_equal(file_load(path, out, NULL, &e), ST_OK);
}

/* Byte for byte what numpy's documented format 1.0 asks for. */
static void bytes_of_an_array(void **state)
{
    (void)state;
    char folder[] = "/tmp/candor-npy-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a.npy", folder);
    struct npy *n = NULL;
    struct error e;
    size_t axis[] = {3};
    float rows[] = {1, -2, 0.5f, 4, 5, 6};
    assert_int_equal(npy_open(path, 0600, NPY_FLOAT32, axis, 1, &n, &e), ST_OK);
    assert_int_equal(npy_put(n, rows, 1, &e), ST_OK);
    assert_int_equal(npy_put(n, rows + 3, 1, &e), ST_OK);
    assert_false(file_exists(path));
    assert_int_equal(npy_close(n, &e), ST_OK);
    struct buf b;
    load(path, &b);
    assert_int_equal(b.length, NPY_HEADER + sizeof rows);
    assert_memory_equal(b.data, "\x93NUMPY\x01\x00\x76\x00", 10);
    static const char head[] = "{'descr': '<f4', 'fortran_order': False, "
                               "'shape': (2, 3), }";
    assert_memory_equal(b.data + 10, head, sizeof head - 1);
    for (size_t i = 10 + sizeof head - 1; i < NPY_HEADER - 1; i++)
        assert_int_equal(b.data[i], ' ');
    assert_int_equal(b.data[NPY_HEADER - 1], '\n');
    static const unsigned char first[] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0};
    assert_memory_equal(b.data + NPY_HEADER, first, sizeof first);
    buf_free(&b);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void other_shapes(void **state)
{
    (void)state;
    char folder[] = "/tmp/candor-npy-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a.npy", folder);
    struct npy *n = NULL;
    struct error e;
    struct buf b;
    int64_t ordinal[] = {1, 258, -1};
    assert_int_equal(npy_open(path, 0600, NPY_INT64, NULL, 0, &n, &e), ST_OK);
    assert_int_equal(npy_put(n, ordinal, 3, &e), ST_OK);
    assert_int_equal(npy_close(n, &e), ST_OK);
    load(path, &b);
    assert_non_null(strstr(b.data + 10, "'<i8'"));
    assert_non_null(strstr(b.data + 10, "'shape': (3,), }"));
    static const unsigned char second[] = {2, 1, 0, 0, 0, 0, 0, 0};
    assert_memory_equal(b.data + NPY_HEADER + 8, second, sizeof second);
    buf_free(&b);
    size_t axis[] = {999999999, 99999, 2};
    assert_int_equal(npy_open(path, 0600, NPY_FLOAT64, axis, 3, &n, &e), ST_OK);
    assert_int_equal(npy_close(n, &e), ST_OK);
    load(path, &b);
    assert_int_equal(b.length, NPY_HEADER);
    assert_non_null(strstr(b.data + 10,
                           "'<f8', 'fortran_order': False, 'shape': "
                           "(0, 999999999, 99999, 2), }"));
    buf_free(&b);
    (void)unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void whole_or_not_at_all(void **state)
{
    (void)state;
    char folder[] = "/tmp/candor-npy-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/a.npy", folder);
    struct npy *n = NULL;
    struct error e;
    double x = 1;
    assert_int_equal(npy_open(path, 0600, NPY_FLOAT64, NULL, 0, &n, &e), ST_OK);
    assert_int_equal(npy_put(n, &x, 1, &e), ST_OK);
    npy_free(n);
    assert_int_equal(rmdir(folder), 0); /* nothing was left */
    assert_int_equal(npy_open("-", 0600, NPY_FLOAT64, NULL, 0, &n, &e),
                     ST_ARGUMENT);
    assert_non_null(strstr(e.text, "plain file"));
    size_t axis[] = {1000000000};
    assert_int_equal(npy_open(path, 0600, NPY_FLOAT64, axis, 1, &n, &e),
                     ST_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_of_an_array),
                                       cmocka_unit_test(other_shapes),
                                       cmocka_unit_test(whole_or_not_at_all)};
    return cmocka_run_group_tests_name("io/npy", tests, NULL, NULL);
}
