/* The table of keys, and what is made from it. */
#include "check.h"

#include "base/buf.h"
#include "project/keys.h"

static void the_table_of_keys_is_sound(void **state)
{
    (void)state;
    assert_true(key_count() <= 512);
    for (size_t i = 0; i < key_count(); i++) {
        const struct key *k = &keys[i];
        assert_ptr_equal(key_find(k->in, k->name, strlen(k->name)), k);
        assert_true(strlen(k->help) >= 4);
        assert_true((k->words != NULL) ==
                    (k->kind == KEY_WORD || k->kind == KEY_CHOICE));
        assert_false((k->flags & KEY_REQUIRED) && k->fallback != NULL);
    }
}

/* docs/PROJECT-FILE.md is what the table says. ACCEPT=1 writes it. */
static void the_page_is_not_stale(void **state)
{
    (void)state;
    struct buf page = BUF_INIT(1 << 20);
    size_t length;
    assert_true(project_help(NULL, &page, true));
    if (getenv("ACCEPT") != NULL && strcmp(getenv("ACCEPT"), "1") == 0) {
        FILE *f = fopen("docs/PROJECT-FILE.md", "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(page.data, 1, page.length, f), page.length);
        assert_int_equal(fclose(f), 0);
    }
    char *disk = slurp("docs/PROJECT-FILE.md", &length);
    assert_non_null(disk);
    assert_string_equal(disk, buf_text(&page));
    free(disk);
    buf_free(&page);
}

static void help_finds_keys(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(1 << 20);
    assert_true(project_help("features.input", &out, false));
    assert_string_equal(buf_text(&out),
                        "features[].input\n    the model's name for it\n"
                        "    type: a text\n    required\n");
    buf_clear(&out);
    assert_true(project_help("documents.method", &out, false));
    assert_string_equal(buf_text(&out),
                        "documents.method\n    method that ranks the reasons; "
                        "both are computed\n    type: one of \"A\", \"B\"\n"
                        "    default: \"A\"\n");
    buf_clear(&out);
    assert_false(project_help("model.cutof", &out, false));
    assert_string_equal(buf_text(&out), "no key \"model.cutof\" (did you mean "
                                        "\"model.cutoff\"?)\n");
    buf_clear(&out);
    assert_true(project_help("model.scale", &out, false));
    assert_non_null(strstr(buf_text(&out), "model.scale.pdo\n"));
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_keys_is_sound),
        cmocka_unit_test(the_page_is_not_stale),
        cmocka_unit_test(help_finds_keys),
    };
    return cmocka_run_group_tests_name("project_help", tests, NULL, NULL);
}
