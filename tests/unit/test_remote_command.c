/* Commands that are well, slow, wrong and dead. The command is this program
 * itself, called with the name of its habit. */
#include "support/remote_case.h"

#include "base/num.h"
#include "syntax/token.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the command --------------------------------------------------------- */

static char *read_line(FILE *in, size_t *length)
{
    static char *line;
    static size_t room;
    ssize_t n = getline(&line, &room, in);
    *length = n < 0 ? 0 : (size_t)n;
    return n < 0 ? NULL : line;
}

/* Numbers of the line, in order; null becomes -8 (an answer of its own). */
static size_t numbers_of(const char *p, double *x, size_t most)
{
    size_t n = 0;
    while (*p != '\0' && n < most) {
        char *end;
        if (strncmp(p, "null", 4) == 0) {
            x[n++] = -8;
            p += 4;
            continue;
        }
        bool digit = (*p >= '0' && *p <= '9') || *p == '-';
        if (!digit) {
            p++;
            continue;
        }
        x[n++] = strtod(p, &end);
        p = end;
    }
    return n;
}

static bool seen_before(const char *mark)
{
    bool is = access(mark, F_OK) == 0;
    FILE *f = fopen(mark, "w");
    if (f != NULL)
        (void)fclose(f);
    return is;
}

static void answer_batch(const char *habit, const char *line)
{
    static double x[3000000];
    size_t n = numbers_of(line, x, sizeof x / sizeof *x) / CASE_INPUTS;
    size_t rows = n;
    if (strcmp(habit, "short") == 0)
        rows--;
    if (strcmp(habit, "long") == 0)
        rows++;
    (void)printf("{\"note\": [1, {\"outputs\": 2}], \"outputs\":[");
    for (size_t i = 0; i < rows; i++) {
        const char *comma = i > 0 ? "," : "";
        bool second = i == 1;
        if (second && strcmp(habit, "nan") == 0)
            (void)printf("%s[NaN]", comma);
        else if (second && strcmp(habit, "infinite") == 0)
            (void)printf("%s[1e999]", comma);
        else if (second && strcmp(habit, "null") == 0)
            (void)printf("%s[null]", comma);
        else if (second && strcmp(habit, "wide") == 0)
            (void)printf("%s[1,2]", comma);
        else if (second && strcmp(habit, "empty") == 0)
            (void)printf("%s[]", comma);
        else if (second && strcmp(habit, "word") == 0)
            (void)printf("%s[\"0.5\"]", comma);
        else
            (void)printf("%s[%.17g]", comma, case_answer(x + 3 * (i % n)));
    }
    (void)printf("]}\n");
    if (strcmp(habit, "twice") == 0)
        (void)printf("{\"outputs\":[]}\n");
    (void)fflush(stdout);
}

static int open_files(void)
{
    int n = 0;
    DIR *d = opendir("/proc/self/fd");
    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        (void)closedir(d);
    return n - 3; /* . .. and the folder itself */
}

static int be_command(const char *habit, const char *mark)
{
    size_t length, batch = 0;
    char *line;
    (void)setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    if (strcmp(habit, "files") == 0 && open_files() != 3) {
        (void)fprintf(stderr, "%d files are open\n", open_files());
        return 9;
    }
    if (strcmp(habit, "talks") == 0)
        for (int i = 0; i < 100000; i++)
            (void)fprintf(stderr, "loading part %d of the model\n", i);
    if (strcmp(habit, "deaf") == 0) {
        (void)close(0);
        (void)sleep(30);
    }
    while ((line = read_line(stdin, &length)) != NULL) {
        batch++;
        if (strcmp(habit, "dies") == 0 ||
            (strcmp(habit, "dies once") == 0 && batch == 2 &&
             !seen_before(mark))) {
            (void)fprintf(stderr, "Traceback:\n\x1b[31mno such table\x1b[0m\n");
            return 3;
        }
        if (strcmp(habit, "killed") == 0)
            (void)raise(SIGKILL);
        if (strcmp(habit, "slow") == 0)
            (void)sleep(20);
        if (strcmp(habit, "text") == 0) {
            (void)printf("ready to serve\n");
            (void)fflush(stdout);
            continue;
        }
        if (strcmp(habit, "endless") == 0)
            for (;;)
                if (fwrite(line, 1, 10, stdout) != 10)
                    return 0;
        if (strcmp(habit, "cut") == 0) {
            (void)printf("{\"outputs\":[[0.");
            return 0;
        }
        answer_batch(habit, line);
    }
    return 0;
}

/* --- the tests ----------------------------------------------------------- */

static char here[4096];

static struct asked_case start(const char *habit, const char *mark,
                               struct remote_spec spec)
{
    struct asked_case c = {0};
    const char *command[] = {here, "--be", habit, mark, NULL};
    spec.command = command;
    check_ok(remote_service(&spec, &c.service, &c.about, &c.e), &c.e);
    return c;
}

static bool child_left(void)
{
    return !(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void test_good(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.batch_rows = 100;
    for (size_t copies = 1; copies <= 3; copies++) {
        spec.copies = copies;
        struct asked_case c = start("good", "", spec);
        case_all_right(&c, 1);
        case_all_right(&c, 1234);
        struct service_bill b = case_bill(&c);
        assert_int_equal(b.rows, 1235);
        assert_int_equal(b.requests, 14);
        assert_int_equal(b.restarts, 0);
        assert_string_equal(c.service->kind, "command");
        case_close(&c);
        assert_false(child_left());
    }
}

/* More than any pipe holds, both ways. */
static void test_large(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.batch_rows = 200000;
    struct asked_case c = start("good", "", spec);
    case_all_right(&c, 200000);
    case_close(&c);
}

static void test_equal_rows(void **state)
{
    (void)state;
    struct asked_case c = start("good", "", case_spec(REMOTE_COMMAND));
    double x[12] = {1, 2, 3, 1, 2, 3, NAN, 2, 3, -NAN, 2, 3}, out[4];
    check_ok(case_ask(&c, x, 4, out), &c.e);
    assert_true(out[0] == out[1] && out[2] == out[3] && out[2] != out[0]);
    check_close(out[2], 0.5 - 1 - 2.0 / 16 + 3.0 / 32, 1e-15, 0);
    struct service_bill b = case_bill(&c);
    assert_int_equal(b.rows, 2);
    assert_int_equal(b.repeated, 2);
    case_close(&c);
}

static void test_missing_number(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    struct remote_input in[3];
    memcpy(in, case_input, sizeof in);
    in[0].has_missing = true;
    in[0].missing = 4;
    spec.input = in;
    struct asked_case c = start("good", "", spec);
    double x[3] = {NAN, 2, 3}, same[3] = {4, 2, 3}, out[1];
    check_ok(case_ask(&c, x, 1, out), &c.e);
    check_close(out[0], case_answer(same), 1e-15, 0);
    double wrong[6] = {1, 2, 3, 1, 2, 3.5};
    check_fails(case_ask(&c, wrong, 2, out), &c.e, ST_DATA,
                "row 2: input \"late\" is no whole number");
    wrong[5] = INFINITY;
    check_fails(case_ask(&c, wrong, 2, out), &c.e, ST_DATA,
                "row 2: input \"late\" is infinite");
    case_close(&c);
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *habit;
        status class;
        const char *says;
    } wrong[] = {
        {"short", ST_DATA, "row 4: the command answered 3 of 4 rows, and none "
                           "for this one"},
        {"long", ST_DATA, "row 4: the command answered more rows than the 4"},
        {"nan", ST_DATA, "row 2: the command gave an answer that cannot be "
                         "read, at character"},
        {"infinite", ST_DATA, "row 2: the command "},
        {"null", ST_DATA, "row 2: the command answered null where a number"},
        {"wide", ST_DATA, "row 2: the command answered 2 numbers, and 1 for"},
        {"empty", ST_DATA, "row 2: the command answered 0 numbers, too few"},
        {"word", ST_DATA, "row 2: the command answered a string where"},
        {"text", ST_DATA, "row 1: the command gave an answer that cannot"},
        {"dies", ST_SYSTEM, "ended with status 3 before it answered, twice; it "
                            "said \"[31mno such table?[0m\""},
        {"killed", ST_SYSTEM, "was ended by signal 9 before it answered, "
                              "twice"},
        {"cut", ST_SYSTEM, "ended with status 0 before it answered, twice"},
        {"slow", ST_SYSTEM, "gave no answer within 0.3 seconds"},
        {"endless", ST_LIMIT, "an answer without end"},
    };
    double *x = case_rows(4), out[4];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct remote_spec spec = case_spec(REMOTE_COMMAND);
        spec.seconds = strcmp(wrong[i].habit, "slow") == 0 ? 0.3 : 20;
        struct asked_case c = start(wrong[i].habit, "", spec);
        for (size_t k = 0; k < 4; k++)
            out[k] = -1;
        check_fails(case_ask(&c, x, 4, out), &c.e, wrong[i].class,
                    wrong[i].says);
        for (size_t k = 0; k < 4; k++)
            assert_true(out[k] == -1); /* nothing of it became a number */
        assert_int_equal(case_bill(&c).rows, 0);
        case_close(&c);
        assert_false(child_left());
    }
    free(x);
}

static void test_not_asked_again(void **state)
{
    (void)state;
    struct asked_case c = start("dies", "", case_spec(REMOTE_COMMAND));
    double *x = case_rows(1), out[1];
    assert_int_equal(case_ask(&c, x, 1, out), ST_SYSTEM);
    check_fails(case_ask(&c, x, 1, out), &c.e, ST_SYSTEM,
                "is not started again");
    assert_int_equal(case_bill(&c).restarts, 1);
    free(x);
    case_close(&c);
}

static void test_restart(void **state)
{
    (void)state;
    char mark[] = "/tmp/candor-test-XXXXXX";
    int fd = mkstemp(mark);
    assert_true(fd >= 0);
    (void)close(fd);
    (void)unlink(mark);
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.batch_rows = 50;
    struct asked_case c = start("dies once", mark, spec);
    case_all_right(&c, 500);
    assert_int_equal(case_bill(&c).restarts, 1);
    case_close(&c);
    (void)unlink(mark);
    assert_false(child_left());
}

static void test_twice(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    struct asked_case c = start("twice", "", spec);
    double *x = case_rows(2), out[2];
    status s = case_ask(&c, x, 2, out);
    if (s == ST_OK) /* the second line came later: the next call finds it */
        s = case_ask(&c, x, 2, out);
    check_fails(s, &c.e, ST_DATA, "more than one line for one batch");
    free(x);
    case_close(&c);
}

static void test_files(void **state)
{
    (void)state;
    int spare = dup(1); /* of ours, open across the call */
    struct asked_case c = start("files", "", case_spec(REMOTE_COMMAND));
    case_all_right(&c, 5);
    case_close(&c);
    (void)close(spare);
}

static void test_talks(void **state)
{
    (void)state;
    struct asked_case c = start("talks", "", case_spec(REMOTE_COMMAND));
    case_all_right(&c, 5);
    case_close(&c);
}

/* A command that reads nothing: no signal, a word. */
static void test_deaf(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.seconds = 5;
    spec.batch_rows = 200000;
    struct asked_case c = start("deaf", "", spec);
    double *x = case_rows(200000), *out = malloc(200000 * sizeof *out);
    check_fails(case_ask(&c, x, 200000, out), &c.e, ST_SYSTEM,
                "did not end by itself and was killed before it answered");
    free(x);
    free(out);
    case_close(&c);
    assert_false(child_left());
}

static void test_not_there(void **state)
{
    (void)state;
    struct asked_case c = {0};
    const char *command[] = {"/no/such/program", NULL};
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.command = command;
    check_ok(remote_service(&spec, &c.service, &c.about, &c.e), &c.e);
    double *x = case_rows(1), out[1];
    check_fails(case_ask(&c, x, 1, out), &c.e, ST_SYSTEM,
                "cannot start the model's command /no/such/program");
    free(x);
    case_close(&c);
}

static void test_words(void **state)
{
    (void)state;
    static const char *const words[] = {"car", "a \"house\"\n"};
    const char *const texts[] = {"pay \\ back", "pay \\ back"};
    const struct remote_input in[2] = {
        {.name = "purpose", .kind = FEATURE_CATEGORY, .words = words,
         .word_count = 2},
        {.name = "letter", .kind = FEATURE_TEXT}};
    const char *command[] = {
        "sh", "-c",
        "while IFS= read -r l; do printf '%s\\n' \"$l\" | awk \"$0\"; done",
        "{ n = gsub(/\\\\u0022house\\\\u0022\\\\u000a/, \"\"); "
               "m = gsub(/pay \\\\u005c back/, \"\"); k = gsub(/null/, \"\");"
               "print \"{\\\"outputs\\\":[[\" n \"],[\" m \"],[\" k \"]]}\" }", NULL};
    struct remote_spec spec = {.kind = REMOTE_COMMAND, .input = in,
                               .inputs = 2, .outputs = 1, .command = command};
    struct asked_case c = {0};
    check_ok(remote_service(&spec, &c.service, &c.about, &c.e), &c.e);
    const double x[8] = {1, 0, 0, 1, NAN, NAN, 1, 1}; /* 4 is 1 again */
    double out[4];
    const struct model_rows rows = {x, 4, texts, 2};
    check_ok(c.service->answers(c.service->self, &rows, 2, out, 1, &c.e), &c.e);
    check_close(out[0], 1, 0, 0);
    check_close(out[1], 2, 0, 0);
    check_close(out[2], 2, 0, 0);
    check_close(out[3], 1, 0, 0);
    const double unseen[2] = {CATEGORY_UNSEEN, 0};
    const struct model_rows one = {unseen, 1, texts, 2};
    check_fails(c.service->answers(c.service->self, &one, 2, out, 1, &c.e),
                &c.e, ST_DATA, "row 1: input \"purpose\" holds a word that is "
                               "not listed");
    case_close(&c);
}

struct worker {
    struct asked_case *c;
    pthread_t thread;
    bool right;
};

static void *work(void *self)
{
    struct worker *w = self;
    double *x = case_rows(700), *out = malloc(700 * sizeof *out);
    struct error e;
    w->right = true;
    for (size_t k = 0; k < 20; k++) {
        const struct model_rows rows = {.value = x + 3 * k, .n = 600};
        if (w->c->service->answers(w->c->service->self, &rows, 3, out, 1,
                                   &e) != ST_OK)
            w->right = false;
        for (size_t i = 0; i < 600; i++)
            if (out[i] != case_answer(x + 3 * (i + k)))
                w->right = false;
    }
    free(x);
    free(out);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    spec.copies = 2;
    spec.batch_rows = 100;
    struct asked_case c = start("good", "", spec);
    struct worker w[4];
    for (size_t i = 0; i < 4; i++) {
        w[i].c = &c;
        assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        (void)pthread_join(w[i].thread, NULL);
        assert_true(w[i].right);
    }
    case_close(&c);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--be") == 0)
        return be_command(argv[2], argv[3]);
    ssize_t n = readlink("/proc/self/exe", here, sizeof here - 1);
    if (n <= 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_equal_rows),
        cmocka_unit_test(test_missing_number),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_not_asked_again),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_talks),
        cmocka_unit_test(test_deaf),
        cmocka_unit_test(test_not_there),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests_name("remote_command", tests, NULL, NULL);
}
