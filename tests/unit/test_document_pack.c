#include "check.h"

#include "document/pack.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *const built_in[] = {"templates"};

static void the_built_in_pack_is_locked_and_dated(void **state)
{
    (void)state;
    struct pack *p = NULL;
    struct error e;
    enum pack_state st;
    const char *cite = NULL;
    check_ok(pack_load(built_in, 1, "us-ecoa-fcra", &p, &st, &e), &e);
    assert_int_equal(st, PACK_GOOD);
    assert_string_equal(pack_language(p), "en-US");
    assert_int_equal(strlen(pack_sha256(p)), 64);
    const char *notice = pack_text(p, "ecoa-notice", &cite);
    assert_non_null(strstr(notice, "capacity to enter into a binding contract"));
    assert_string_equal(cite, "12 CFR 1002.9(b)(1)");
    assert_non_null(strstr(pack_text(p, "ecoa-notice-scoring", NULL),
                           "age (with certain limited exceptions);"));
    assert_null(pack_text(p, "nothing", NULL));
    assert_non_null(strstr(pack_agency(p, "federal-credit-union")->address, "22314"));
    assert_null(pack_agency(p, "bank"));
    assert_int_equal(pack_valid_on(p, (struct date){2026, 10, 14}), PACK_GOOD);
    assert_int_equal(pack_valid_on(p, (struct date){2024, 3, 19}), PACK_EARLY);
    check_fails(pack_check(p, (struct date){2020, 1, 1}, &e), &e, ST_DATA,
                "in force from 2024-03-20");
    pack_free(p);
}

static void write_text(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char small[] =
    "{\"key\":\"a\",\"jurisdiction\":\"X\",\"language\":\"en\",\"effective_from\":"
    "\"2020-01-01\",\"effective_to\":\"2021-12-31\",\"source\":\"s\",\"texts\":"
    "{\"t\":{\"text\":\"T {x}\",\"citation\":\"c\"}}}";

struct place_to_write {
    char folder[64], pack[128], lock[128];
};

static void open_place(struct place_to_write *w)
{
    char path[128];
    (void)snprintf(w->folder, sizeof w->folder, "/tmp/candor-pack-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    (void)snprintf(path, sizeof path, "%s/packs", w->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/packs/a", w->folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(w->pack, sizeof w->pack, "%s/packs/a/pack.json", w->folder);
    (void)snprintf(w->lock, sizeof w->lock, "%s/packs/LOCK", w->folder);
}

static void close_place(struct place_to_write *w)
{
    char path[128];
    (void)unlink(w->pack);
    (void)unlink(w->lock);
    (void)snprintf(path, sizeof path, "%s/packs/a", w->folder);
    (void)rmdir(path);
    (void)snprintf(path, sizeof path, "%s/packs", w->folder);
    (void)rmdir(path);
    (void)rmdir(w->folder);
}

static void lock(const struct place_to_write *w, const char *text)
{
    char hex[SHA256_HEX], line[256];
    struct error e;
    check_ok(sha256_of(text, strlen(text), hex, &e), &e);
    (void)snprintf(line, sizeof line, "%s  a/pack.json\n", hex);
    write_text(w->lock, line);
}

static status load(const struct place_to_write *w, struct pack **p,
                   enum pack_state *st, struct error *e)
{
    const char *folders[] = {w->folder};
    *p = NULL;
    return pack_load(folders, 1, "a", p, st, e);
}

static void altered_and_expired_packs_are_told_apart(void **state)
{
    (void)state;
    struct place_to_write w;
    struct pack *p;
    struct error e;
    enum pack_state st;
    open_place(&w);
    write_text(w.pack, small);
    lock(&w, small);
    check_ok(load(&w, &p, &st, &e), &e);
    assert_int_equal(pack_valid_on(p, (struct date){2021, 12, 31}), PACK_GOOD);
    assert_int_equal(pack_valid_on(p, (struct date){2022, 1, 1}), PACK_EXPIRED);
    check_fails(pack_check(p, (struct date){2022, 1, 1}, &e), &e, ST_DATA,
                "to 2021-12-31");
    pack_free(p);
    /* one byte of the text */
    char changed[sizeof small];
    memcpy(changed, small, sizeof small);
    *strstr(changed, "T {x}") = 'U';
    write_text(w.pack, changed);
    check_fails(load(&w, &p, &st, &e), &e, ST_DATA, "altered");
    assert_int_equal(st, PACK_ALTERED);
    write_text(w.lock, "");
    check_fails(load(&w, &p, &st, &e), &e, ST_DATA, "not reviewed");
    assert_int_equal(st, PACK_ALTERED);
    close_place(&w);
}

static void packs_of_another_shape_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fragment;
    } cases[] = {
        {"[]", "expected"},
        {"{\"key\":\"b\"}", "its key is not"},
        {"{\"key\":\"a\"}", "are needed"},
        {"{\"colour\":\"a\"}", "unknown key"},
        {"{\"key\":\"a\",\"jurisdiction\":\"X\",\"language\":\"en\",\"source\":\"s\","
         "\"effective_from\":\"soon\",\"texts\":{}}", "YYYY-MM-DD"},
        {"{\"texts\":{\"t\":{\"text\":\"x\"}}}", "no text or citation"},
        {"{\"agencies\":{\"t\":{\"name\":\"x\"}}}", "no name, address"},
    };
    struct place_to_write w;
    open_place(&w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pack *p;
        struct error e;
        write_text(w.pack, cases[i].text);
        lock(&w, cases[i].text);
        check_fails(load(&w, &p, NULL, &e), &e, ST_FORMAT, cases[i].fragment);
        assert_null(p);
    }
    struct pack *p;
    struct error e;
    check_fails(pack_load(built_in, 1, "../a", &p, NULL, &e), &e, ST_ARGUMENT,
                "no legal pack");
    close_place(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_pack_is_locked_and_dated),
        cmocka_unit_test(altered_and_expired_packs_are_told_apart),
        cmocka_unit_test(packs_of_another_shape_are_refused),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
