#include "check.h"

#include "base/buf.h"
#include "io/sink.h"
#include "io/source.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[200];
    return path_join(path, sizeof path, folder, name);
}

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/candor-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int drop_folder(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static size_t count_names(void)
{
    char **names = NULL;
    size_t count = 0;
    struct error e;
    check_ok(folder_list(folder, &names, &count, &e), &e);
    folder_list_free(names, count);
    return count;
}

static void saves_and_loads(void **state)
{
    (void)state;
    struct error e;
    struct buf b = BUF_INIT(1000);
    char sha[SHA256_HEX];
    check_ok(file_save(in_folder("a"), SINK_PRIVATE, "abc", 3, &e), &e);
    check_ok(file_load(in_folder("a"), &b, sha, &e), &e);
    assert_string_equal(buf_text(&b), "abc");
    assert_string_equal(sha, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
    struct stat info;
    assert_int_equal(stat(in_folder("a"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    check_ok(file_save(in_folder("a"), SINK_PRIVATE, "new", 3, &e), &e);
    buf_clear(&b);
    check_ok(file_load(in_folder("a"), &b, NULL, &e), &e);
    assert_string_equal(buf_text(&b), "new");
    assert_int_equal(count_names(), 1);
    buf_free(&b);
    b = BUF_INIT(2);
    check_fails(file_load(in_folder("a"), &b, NULL, &e), &e, ST_LIMIT,
                "longer than the allowed 2");
    buf_free(&b);
    b = BUF_INIT(3);
    check_ok(file_load(in_folder("a"), &b, NULL, &e), &e);
    buf_free(&b);
}

static void gives_up_cleanly(void **state)
{
    (void)state;
    struct error e;
    struct sink *s = NULL;
    size_t before = count_names();
    check_ok(sink_open(in_folder("b"), SINK_PUBLIC, &s, &e), &e);
    check_ok(sink_write(s, "half", 4, &e), &e);
    assert_int_equal(count_names(), before + 1);
    assert_false(file_exists(in_folder("b")));
    sink_free(s);
    assert_int_equal(count_names(), before);
}

static void names_what_fails(void **state)
{
    (void)state;
    struct error e;
    struct source *in = NULL;
    struct sink *out = NULL;
    struct buf b = BUF_INIT(1000);
    check_fails(source_open("/no/such", 0, false, &in, &e), &e, ST_SYSTEM,
                "cannot open /no/such: No such file");
    check_fails(source_open("/", 0, false, &in, &e), &e, ST_SYSTEM,
                "Is a directory");
    check_fails(sink_open("/no/such", SINK_PUBLIC, &out, &e), &e, ST_SYSTEM,
                "cannot write /no/such: No such file");
    check_fails(sink_open(folder, SINK_PUBLIC, &out, &e), &e, ST_SYSTEM,
                "Is a directory");
    if (access("/dev/full", W_OK) == 0)
        check_fails(file_save("/dev/full", SINK_PUBLIC, "x", 1, &e), &e,
                    ST_SYSTEM, "cannot write /dev/full: No space left");
    check_fails(folder_make("/dev/null/x", &e), &e, ST_SYSTEM, "/dev/null");
    buf_free(&b);
}

static void refuses_a_read_only_folder(void **state)
{
    (void)state;
    struct error e;
    if (geteuid() == 0)
        skip(); /* root writes anyway */
    assert_int_equal(chmod(folder, 0500), 0);
    status s = file_save(in_folder("c"), SINK_PUBLIC, "x", 1, &e);
    assert_int_equal(chmod(folder, 0700), 0);
    check_fails(s, &e, ST_SYSTEM, "Permission denied");
}

static void leaves_nothing_half(void **state)
{
    (void)state;
    struct error e;
    size_t before = count_names();
    struct sink_group *g = sink_group_new();
    check_ok(sink_group_save(g, in_folder("d1"), SINK_PRIVATE, "x", 1, &e), &e);
    check_fails(sink_group_save(g, in_folder("none/d2"), SINK_PRIVATE, "x", 1,
                                &e), &e, ST_SYSTEM, "none/d2");
    assert_int_equal(sink_group_count(g), 1);
    check_ok(sink_group_save(g, in_folder("d3"), SINK_PRIVATE, "x", 1, &e), &e);
    sink_group_cut(g, 1);
    assert_int_equal(sink_group_count(g), 1);
    assert_int_equal(count_names(), before + 1);
    sink_group_free(g);
    assert_int_equal(count_names(), before);
}

/* A full disk: the limit on a file's size stands in for it. */
static void cleans_up_after_a_full_disk(void **state)
{
    (void)state;
    struct error e;
    size_t before = count_names();
    check_ok(file_save(in_folder("old"), SINK_PUBLIC, "old", 3, &e), &e);
    struct rlimit old, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = 1000;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    static const char bytes[5000];
    struct sink_group *g = sink_group_new();
    struct error f;
    status one = file_save(in_folder("old"), SINK_PUBLIC, bytes, 5000, &e);
    status many = sink_group_save(g, in_folder("new"), SINK_PUBLIC, bytes, 5000,
                                  &f);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    (void)signal(SIGXFSZ, SIG_DFL);
    check_fails(one, &e, ST_SYSTEM, "/old: File too large");
    check_fails(many, &f, ST_SYSTEM, "/new: File too large");
    sink_group_free(g);
    assert_int_equal(count_names(), before + 1);
    struct buf b = BUF_INIT(100);
    check_ok(file_load(in_folder("old"), &b, NULL, &e), &e);
    assert_string_equal(buf_text(&b), "old");
    buf_free(&b);
}

static void saves_many(void **state)
{
    (void)state;
    struct error e;
    struct sink_group *g = sink_group_new();
    enum { FILES = 500 };
    check_ok(folder_make(in_folder("many/deep"), &e), &e);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < FILES; i++) {
            char name[64];
            (void)snprintf(name, sizeof name, "many/deep/%04d", i);
            check_ok(sink_group_save(g, in_folder(name), SINK_PRIVATE, name,
                                     strlen(name), &e), &e);
        }
        check_ok(sink_group_close(g, &e), &e);
        assert_int_equal(sink_group_count(g), 0);
    }
    check_ok(sink_group_close(g, &e), &e);
    sink_group_free(g);
    char **names = NULL;
    size_t count = 0;
    check_ok(folder_list(in_folder("many/deep"), &names, &count, &e), &e);
    assert_int_equal(count, FILES);
    for (size_t i = 1; i < count; i++)
        assert_true(strcmp(names[i - 1], names[i]) < 0);
    folder_list_free(names, count);
}

static void sweeps_what_a_killed_run_left(void **state)
{
    (void)state;
    struct error e;
    size_t removed = 0;
    check_ok(file_save(in_folder("keep"), SINK_PUBLIC, "x", 1, &e), &e);
    check_ok(file_save(in_folder(".card.pdf.123.0.part"), SINK_PUBLIC, "x", 1,
                       &e), &e);
    size_t before = count_names();
    check_ok(folder_sweep(folder, &removed, &e), &e);
    assert_int_equal(removed, 1);
    assert_int_equal(count_names(), before - 1);
    assert_true(file_exists(in_folder("keep")));
}

static void keeps_a_source_in_its_cap(void **state)
{
    (void)state;
    struct error e;
    struct source *s = NULL;
    char piece[100];
    check_ok(file_save(in_folder("long"), SINK_PUBLIC,
                       "0123456789", 10, &e), &e);
    check_ok(source_open(in_folder("long"), 9, true, &s, &e), &e);
    struct stream in = source_stream(s);
    assert_int_equal(in.read(in.self, piece, 5, &e), 5);
    assert_int_equal(in.read(in.self, piece, 5, &e), -1);
    assert_int_equal(e.class, ST_LIMIT);
    source_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saves_and_loads),
        cmocka_unit_test(gives_up_cleanly),
        cmocka_unit_test(names_what_fails),
        cmocka_unit_test(refuses_a_read_only_folder),
        cmocka_unit_test(leaves_nothing_half),
        cmocka_unit_test(cleans_up_after_a_full_disk),
        cmocka_unit_test(saves_many),
        cmocka_unit_test(sweeps_what_a_killed_run_left),
        cmocka_unit_test(keeps_a_source_in_its_cap)};
    return cmocka_run_group_tests_name("io/files", tests, make_folder,
                                       drop_folder);
}
