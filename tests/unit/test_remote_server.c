/* Servers that are well, busy, wrong and gone (support/fake_server.c). */
#include "support/fake_server.h"
#include "support/remote_case.h"

#define TOKEN_PART "s3cr3t-t0"
#define TOKEN TOKEN_PART "k3n-of-tests"

struct server_case {
    struct asked_case c;
    struct fake_server *fake;
    char url[64];
};

static struct server_case begin(const char *habit, struct remote_spec spec)
{
    struct server_case s = {0};
    s.fake = fake_server_start(habit, s.url);
    assert_non_null(s.fake);
    spec.url = s.url;
    if (spec.kind == REMOTE_OPEN_INFERENCE) {
        spec.model_name = "loan";
        spec.output_name = "predict_proba";
    }
    if (spec.seconds == 0)
        spec.seconds = 10;
    check_ok(remote_service(&spec, &s.c.service, &s.c.about, &s.c.e), &s.c.e);
    return s;
}

static void finish(struct server_case *s)
{
    case_close(&s->c);
    fake_server_stop(s->fake);
}

static void test_good(void **state)
{
    (void)state;
    static const char *const habits[] = {"good", "chunked"};
    for (size_t h = 0; h < 2; h++)
        for (size_t k = 0; k < 2; k++) {
            struct remote_spec spec =
                case_spec(k == 0 ? REMOTE_OPEN_INFERENCE : REMOTE_MLFLOW);
            spec.batch_rows = 500;
            struct server_case s = begin(habits[h], spec);
            case_all_right(&s.c, 1);
            case_all_right(&s.c, 2222);
            assert_int_equal(case_bill(&s.c).requests, 6);
            assert_int_equal(fake_server_requests(s.fake), 6);
            assert_int_equal(fake_server_connections(s.fake), 1);
            assert_null(strstr(fake_server_last(s.fake), "Authorization"));
            finish(&s);
        }
}

static void test_what_is_sent(void **state)
{
    (void)state;
    double x[6] = {1, 0.1, 3, -2.5e-7, 1e22, 0}, out[2];
    struct remote_spec spec = case_spec(REMOTE_OPEN_INFERENCE);
    spec.model_version = "v1";
    spec.input_name = "x";
    struct server_case s = begin("good", spec);
    check_ok(case_ask(&s.c, x, 2, out), &s.c.e);
    const char *last = fake_server_last(s.fake);
    assert_non_null(strstr(last, "POST /v2/models/loan/versions/v1/infer HTTP"));
    assert_non_null(strstr(
        last, "\r\n\r\n{\"inputs\":[{\"name\":\"x\",\"shape\":[2,3],"
              "\"datatype\":\"FP64\",\"data\":[1,0.1,3,-2.5e-07,1e+22,0]}],"
              "\"outputs\":[{\"name\":\"predict_proba\"}]}"));
    finish(&s);
    s = begin("good", case_spec(REMOTE_MLFLOW));
    x[3] = NAN;
    check_ok(case_ask(&s.c, x, 1, out), &s.c.e);
    last = fake_server_last(s.fake);
    assert_non_null(strstr(last, "POST /invocations HTTP"));
    assert_non_null(strstr(
        last, "\r\n\r\n{\"dataframe_split\":{\"columns\":[\"income\",\"debt\","
              "\"late\"],\"data\":[[1.0,0.1,3]]}}"));
    assert_int_not_equal(case_ask(&s.c, x, 2, out), ST_OK);
    assert_non_null(strstr(fake_server_last(s.fake), "[null,1e+22,0]"));
    finish(&s);
}

static void test_column_tensors(void **state)
{
    (void)state;
    static const char *const words[] = {"car", "house"};
    const struct remote_input in[2] = {
        {.name = "income", .kind = FEATURE_NUMBER},
        {.name = "purpose", .kind = FEATURE_CATEGORY, .words = words,
         .word_count = 2}};
    struct remote_spec spec = case_spec(REMOTE_OPEN_INFERENCE);
    spec.input = in;
    spec.inputs = 2;
    struct asked_case c = {0};
    spec.url = "http://127.0.0.1:9";
    spec.model_name = "loan";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "input \"purpose\" is a word");
    spec.column_tensors = true;
    struct server_case s = begin("unknown", spec);
    const double x[4] = {5, 0, 6, 1};
    double out[2];
    const struct model_rows rows = {.value = x, .n = 2};
    assert_int_not_equal(s.c.service->answers(s.c.service->self, &rows, 2, out,
                                              1, &s.c.e), ST_OK);
    assert_non_null(strstr(
        fake_server_last(s.fake),
        "\"inputs\":[{\"name\":\"income\",\"shape\":[2,1],\"datatype\":"
        "\"FP64\",\"data\":[5.0,6.0]},{\"name\":\"purpose\",\"shape\":[2,1],"
        "\"datatype\":\"BYTES\",\"parameters\":{\"content_type\":\"str\"},"
        "\"data\":[\"car\",\"house\"]}]"));
    finish(&s);
}

static void test_missing(void **state)
{
    (void)state;
    struct server_case s = begin("good", case_spec(REMOTE_OPEN_INFERENCE));
    double x[6] = {1, 2, 3, 1, NAN, 3}, out[2];
    check_fails(case_ask(&s.c, x, 2, out), &s.c.e, ST_DATA,
                "row 2: input \"debt\" is missing");
    assert_int_equal(fake_server_requests(s.fake), 0);
    finish(&s);
}

static void test_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *habit;
        status class;
        const char *says;
        size_t requests;
    } wrong[] = {
        {"short", ST_DATA, "answered 3", 1},
        {"long", ST_DATA, "answered ", 1},
        {"nan", ST_DATA, "row 2: the server 127.0.0.1:", 1},
        {"null", ST_DATA, "row 2: the server 127.0.0.1:", 1},
        {"html", ST_DATA, "row 1: the server 127.0.0.1:", 1},
        {"error", ST_DATA, "answered 500: Internal ?[31mServer Error", 1},
        {"unknown", ST_SYSTEM, "answered 404: {\"error\":\"no loan\"}", 1},
        {"redirect", ST_SYSTEM, "answered 302 and sends elsewhere, to "
                                "elsewhere.test, where candor does not go", 1},
        {"busy", ST_SYSTEM, "answered 503: {\"error\":\"no room\"}; asked 3 "
                            "times", 3},
        {"wait long", ST_SYSTEM, "asks to wait 600 seconds", 1},
        {"gone", ST_SYSTEM, "cannot be asked: ", 3},
        {"slow", ST_SYSTEM, "gave no answer within 1 seconds", 1},
        {"endless", ST_LIMIT, "sent an answer without end", 1},
        {"cut", ST_SYSTEM, "cannot be asked: ", 3},
    };
    double *x = case_rows(4), out[4];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        for (size_t k = 0; k < 2; k++) {
            struct remote_spec spec =
                case_spec(k == 0 ? REMOTE_OPEN_INFERENCE : REMOTE_MLFLOW);
            spec.retries = 2;
            spec.seconds = strcmp(wrong[i].habit, "slow") == 0 ? 1 : 20;
            struct server_case s = begin(wrong[i].habit, spec);
            for (size_t j = 0; j < 4; j++)
                out[j] = -1;
            check_fails(case_ask(&s.c, x, 4, out), &s.c.e, wrong[i].class,
                        wrong[i].says);
            for (size_t j = 0; j < 4; j++)
                assert_true(out[j] == -1);
            assert_int_equal(fake_server_requests(s.fake), wrong[i].requests);
            assert_int_equal(case_bill(&s.c).rows, 0);
            finish(&s);
        }
    free(x);
}

static void test_again(void **state)
{
    (void)state;
    static const char *const habits[] = {"busy once", "wait", "gone once"};
    for (size_t h = 0; h < 3; h++) {
        struct server_case s = begin(habits[h],
                                     case_spec(REMOTE_OPEN_INFERENCE));
        long long before = now_ms();
        case_all_right(&s.c, 40);
        if (h == 1)
            assert_true(now_ms() - before >= 1000);
        assert_int_equal(case_bill(&s.c).retries, 1);
        assert_int_equal(case_bill(&s.c).requests, 2);
        finish(&s);
    }
}

static void test_nobody(void **state)
{
    (void)state;
    struct server_case s = begin("good", case_spec(REMOTE_MLFLOW));
    fake_server_stop(s.fake);
    double *x = case_rows(1), out[1];
    check_fails(case_ask(&s.c, x, 1, out), &s.c.e, ST_SYSTEM,
                "cannot be asked: ");
    assert_int_equal(case_bill(&s.c).retries, 3);
    free(x);
    case_close(&s.c);
}

static void test_version(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_OPEN_INFERENCE);
    spec.batch_rows = 10;
    struct server_case s = begin("version", spec);
    double *x = case_rows(20), out[20];
    check_fails(case_ask(&s.c, x, 20, out), &s.c.e, ST_DATA,
                "answered as version \"v2\" of the model, not as \"v1\"");
    finish(&s);
    spec.model_version = "v3";
    s = begin("good", spec);
    check_fails(case_ask(&s.c, x, 20, out), &s.c.e, ST_DATA,
                "answered as version \"v1\" of the model, not as \"v3\"");
    free(x);
    finish(&s);
}

static bool told(const struct error *e)
{
    if (strstr(e->text, TOKEN_PART) != NULL || strstr(e->excerpt, TOKEN_PART) != NULL)
        return true;
    for (int i = 0; i < e->notes; i++)
        if (strstr(e->note[i], TOKEN_PART) != NULL)
            return true;
    return false;
}

static void test_token(void **state)
{
    (void)state;
    static const char *const habits[] = {"good", "tells", "tells a part",
                                         "tells well", "redirect", "html"};
    assert_int_equal(setenv("CANDOR_TEST_TOKEN", TOKEN, 1), 0);
    for (size_t h = 0; h < 6; h++) {
        struct remote_spec spec = case_spec(REMOTE_OPEN_INFERENCE);
        spec.token_variable = "CANDOR_TEST_TOKEN";
        struct server_case s = begin(habits[h], spec);
        double *x = case_rows(3), out[3];
        status st = case_ask(&s.c, x, 3, out);
        assert_int_equal(st == ST_OK, h == 0);
        assert_non_null(strstr(fake_server_last(s.fake),
                               "Authorization: Bearer " TOKEN "\r\n"));
        assert_false(told(&s.c.e));
        assert_null(strstr(s.c.service->where, TOKEN));
        assert_int_equal(fake_server_requests(s.fake), 1);
        free(x);
        finish(&s);
    }
    assert_int_equal(setenv("CANDOR_TEST_TOKEN", "two\r\nlines", 1), 0);
    struct remote_spec spec = case_spec(REMOTE_MLFLOW);
    struct asked_case c = {0};
    spec.url = "https://example.org";
    spec.token_variable = "CANDOR_TEST_TOKEN";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "holds something that is no token");
}

static void test_connections(void **state)
{
    (void)state;
    struct remote_spec spec = case_spec(REMOTE_OPEN_INFERENCE);
    spec.batch_rows = 50;
    spec.connections = 3;
    struct server_case s = begin("good", spec);
    case_all_right(&s.c, 3000);
    assert_int_equal(case_bill(&s.c).requests, 60);
    assert_true(fake_server_connections(s.fake) <= 3);
    finish(&s);
}

/* A proxy of the environment is for other machines. */
static void test_proxy(void **state)
{
    (void)state;
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
    struct server_case s = begin("good", case_spec(REMOTE_MLFLOW));
    case_all_right(&s.c, 10);
    finish(&s);
    (void)unsetenv("http_proxy");
}

static void test_specs(void **state)
{
    (void)state;
    struct asked_case c = {0};
    struct remote_spec spec = case_spec(REMOTE_COMMAND);
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "a command is empty");
    spec.copies = 1000;
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "at most 256 copies");
    spec = case_spec(REMOTE_OPEN_INFERENCE);
    spec.url = "ftp://localhost";
    spec.model_name = "loan";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "http:// or https://");
    spec.url = "http://me:secret@localhost/";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "holds a name or password");
    spec.url = "http://example.org/";
    spec.token_variable = "CANDOR_NO_TOKEN";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "https:// alone");
    spec.url = "https://example.org/";
    check_fails(remote_service(&spec, &c.service, &c.about, &c.e), &c.e,
                ST_ARGUMENT, "CANDOR_NO_TOKEN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_column_tensors),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_wrong),
        cmocka_unit_test(test_again),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_version),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_specs),
    };
    return cmocka_run_group_tests_name("remote_server", tests, NULL, NULL);
}
