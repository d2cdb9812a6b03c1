/* ONNX: small graphs of tests/data/onnx against what ONNX Runtime answered,
 * the reference folders against scikit-learn, and what is refused. */
#include "check.h"
#include "model/evaluate.h"
#include "support/oracle.h"
#include "syntax/protobuf.h"

#include "base/num.h"

#include <dirent.h>

enum { CELLS = 64, OUTPUTS = 16 };

static status load(const char *bytes, size_t length, struct model **out,
                   struct error *e)
{
    struct memory_stream memory = {bytes, length, 0};
    struct format_options options = {.memory_cap = (size_t)64 << 20};
    *out = NULL;
    return model_load(stream_of_memory(&memory, "graph.onnx"), &options, out,
                      e);
}

/* --- protobuf --------------------------------------------------------------- */

static void wire(void **state)
{
    (void)state;
    static const char bytes[] = "\x08\x96\x01\x12\x03" "abc\x1d\0\0\x80\x3f"
                                "\x21\0\0\0\0\0\0\xf0\x3f";
    struct protobuf p = protobuf_open(bytes, sizeof bytes - 1, "x");
    struct protobuf_field f;
    struct error e = {0};
    bool more;
    check_ok(protobuf_next(&p, &f, &more, &e), &e);
    assert_int_equal(f.value, 150);
    check_ok(protobuf_next(&p, &f, &more, &e), &e);
    assert_int_equal(f.length, 3);
    assert_memory_equal(f.bytes, "abc", 3);
    check_ok(protobuf_next(&p, &f, &more, &e), &e);
    check_close(protobuf_float(f.value), 1.0, 0.0, 0.0);
    check_ok(protobuf_next(&p, &f, &more, &e), &e);
    check_close(protobuf_double(f.value), 1.0, 0.0, 0.0);
    check_ok(protobuf_next(&p, &f, &more, &e), &e);
    assert_false(more);
}

static void wire_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        status class;
        const char *say;
    } bad[] = {
        {"\x08\x80", 2, ST_SYNTAX, "end inside a number"},
        {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10, ST_SYNTAX, "are left"},
        {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11, ST_SYNTAX,
         "more than 64 bits"},
        {"\x0b", 1, ST_UNSUPPORTED, "wire type 3"},
        {"\x02\x00", 2, ST_SYNTAX, "number of a field"},
        {"\x1d\x01", 2, ST_SYNTAX, "number of 4 bytes"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct protobuf p = protobuf_open(bad[i].bytes, bad[i].length, "x");
        struct protobuf_field f;
        struct error e = {0};
        bool more;
        check_fails(protobuf_next(&p, &f, &more, &e), &e, bad[i].class,
                    bad[i].say);
        assert_true(e.offset >= 0);
    }
}

/* --- graphs with the runtime's answers -------------------------------------- */

static size_t numbers(char **at, double *out)
{
    size_t n = 0;
    char *end = *at + strcspn(*at, "|\n");
    while (*at < end) {
        size_t length = strcspn(*at, "\t|\n");
        assert_true(n < CELLS);
        out[n] = (double)NAN;
        if (length > 0)
            assert_true(num_parse(*at, length, &out[n]));
        n++;
        *at += length + 1;
    }
    *at = end + (*end == '|' ? 2 : *end == '\n' ? 1 : 0);
    return n;
}

static void compare_row(const struct model *m, const double *row,
                        const double *want, size_t wants, const char *name)
{
    double margin[OUTPUTS], answer[OUTPUTS], scale = 1e-3;
    struct error e = {0};
    assert_true(m->outputs <= OUTPUTS);
    for (size_t k = 0; k < wants; k++)
        scale = fmax(scale, fabs(want[k]));
    for (int native = 0; native < 2; native++) {
        struct model_rows rows = {row, 1, NULL, 0};
        check_ok(model_evaluate(m, &rows, native != 0, margin, &e), &e);
        size_t n = model_answer(m, margin, answer);
        size_t skip = n == 1 && wants == 2 ? 1 : 0; /* the event alone */
        assert_int_equal(n + skip, wants);
        for (size_t k = 0; k < n; k++)
            if (fabs(answer[k] - want[k + skip]) > 3e-5 * scale)
                fail_msg("%s: %.9g, the runtime says %.9g", name, answer[k],
                         want[k + skip]);
    }
}

static size_t compare(const char *name)
{
    char path[1024];
    size_t length = 0, unused = 0, rows = 0;
    struct model *m = NULL;
    struct error e = {0};
    char *bytes = slurp(path_join(path, sizeof path, "tests/data/onnx", name),
                        &length);
    assert_non_null(bytes);
    check_ok(load(bytes, length, &m, &e), &e);
    assert_string_equal(m->format, "ONNX");
    (void)snprintf(path + strlen(path) - 4, 5, "tsv");
    char *text = slurp(path, &unused), *at = text;
    assert_non_null(text);
    while (*at != '\0') {
        double row[CELLS], want[CELLS];
        size_t cells = numbers(&at, row);
        size_t wants = numbers(&at, want);
        assert_int_equal(cells, m->features);
        compare_row(m, row, want, wants, name);
        rows++;
    }
    bool trees = strncmp(name, "trees", 5) == 0;
    if (!trees)
        assert_int_equal(m->kind, MODEL_PROGRAM);
    model_free(m);
    free(text);
    free(bytes);
    return rows;
}

static void graphs(void **state)
{
    (void)state;
    size_t files = 0, rows = 0;
    DIR *d = opendir("tests/data/onnx");
    assert_non_null(d);
    for (struct dirent *entry; (entry = readdir(d)) != NULL;)
        if (strstr(entry->d_name, ".onnx") != NULL) {
            rows += compare(entry->d_name);
            files++;
        }
    closedir(d);
    print_message("# %zu graphs, %zu rows\n", files, rows);
    assert_true(files >= 30 && rows >= 200);
}

/* --- reference folders ------------------------------------------------------- */

static void one_folder(const char *name)
{
    struct oracle o;
    double worst = 0.0;
    oracle_load(&o, name, "model.onnx");
    assert_int_equal(o.model->outputs, 1);
    for (size_t i = 0; i < o.rows.rows; i++) {
        struct model_rows rows = {grid_row(&o.rows, i), 1, NULL, 0};
        struct error e = {0};
        double margin, answer;
        check_ok(model_evaluate(o.model, &rows, false, &margin, &e), &e);
        (void)model_answer(o.model, &margin, &answer);
        double want = grid_row(&o.predictions, i)[2];
        worst = fmax(worst, fabs(answer - want));
    }
    print_message("# %s: probability %.1e\n", name, worst);
    check_close(worst, 0.0, 0.0, 1e-6);
    bool trees = strstr(name, "taiwan") != NULL;
    assert_int_equal(o.model->kind, trees ? MODEL_FOREST : MODEL_PROGRAM);
    oracle_free(&o);
}

static void folders(void **state)
{
    (void)state;
    char **names = NULL;
    size_t count = oracle_names("sk_", &names), seen = 0;
    if (count == 0)
        skip();
    for (size_t i = 0; i < count; i++) {
        char path[1100];
        (void)snprintf(path, sizeof path, "%s/models/%s/model.onnx",
                       shared_data(), names[i]);
        FILE *f = fopen(path, "rb");
        if (f == NULL)
            continue;
        (void)fclose(f);
        one_folder(names[i]);
        seen++;
    }
    oracle_names_free(names, count);
    assert_true(seen >= 5);
}

/* --- refusals ----------------------------------------------------------------- */

/* A field of bytes, shorter than 128. */
static size_t field(char *to, int number, const char *bytes, size_t n)
{
    to[0] = (char)(number << 3 | 2);
    to[1] = (char)n;
    memcpy(to + 2, bytes, n);
    return n + 2;
}

/* A graph X → op → y, with an input of a shape, without one, or none. */
static size_t small_graph(char *out, const char *op, int inputs)
{
    static const char shape[] = "\x0a\x0c\x08\x01\x12\x08\x0a\x00\x0a\x04\x08"
                                "\x02\x12\x00";
    char node[64], graph[120], input[40];
    size_t n = field(node, 1, "X", 1), g = 0, i = field(input, 1, "X", 1);
    n += field(node + n, 2, "y", 1);
    n += field(node + n, 3, "the one", 7);
    n += field(node + n, 4, op, strlen(op));
    if (inputs > 1)
        i += field(input + i, 2, shape, sizeof shape - 1);
    g += field(graph + g, 1, node, n);
    if (inputs > 0)
        g += field(graph + g, 11, input, i);
    g += field(graph + g, 12, "\x0a\x01y", 3);
    memcpy(out, "\x08\x09", 2);
    return 2 + field(out + 2, 7, graph, g);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        int inputs;
        const char *say;
    } bad[] = {{"Relu", 0, "no inputs"},
               {"Relu", 1, "how long dimension 1"},
               {"Conv", 2, "--onnxruntime"},
               {"Conv", 2, "\"the one\" (Conv)"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char bytes[160];
        size_t n = small_graph(bytes, bad[i].op, bad[i].inputs);
        struct model *m = NULL;
        struct error e = {0};
        assert_int_not_equal(load(bytes, n, &m, &e), ST_OK);
        assert_null(m);
        if (strstr(e.text, bad[i].say) == NULL)
            fail_msg("\"%s\" lacks \"%s\"", e.text, bad[i].say);
    }
    char bytes[160];
    struct model *m = NULL;
    struct error e = {0};
    size_t n = small_graph(bytes, "Relu", 2);
    check_ok(load(bytes, n, &m, &e), &e);
    assert_int_equal(m->features, 2);
    assert_string_equal(m->feature[1].name, "f1");
    model_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wire),    cmocka_unit_test(wire_refusals),
        cmocka_unit_test(graphs),  cmocka_unit_test(folders),
        cmocka_unit_test(refusals)};
    return cmocka_run_group_tests_name("formats onnx", tests, NULL, NULL);
}
