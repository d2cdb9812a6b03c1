/* tests/fuzz/model.h: what every model fuzzer does with its bytes. */
#ifndef CANDOR_TESTS_FUZZ_MODEL_H
#define CANDOR_TESTS_FUZZ_MODEL_H

#include "base/arena.h"
#include "formats/formats.h"
#include "model/describe.h"
#include "model/evaluate.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_MEMORY = 64 << 20, FUZZ_TEXT = 1 << 16 };

static inline void fuzz_predict(const struct model *m)
{
    static const double inputs[] = {0.0, 1.0, -1.5, 3e38, 1e300, -1e300};
    static const char *const texts[] = {"Paid late, so late: \xE6\x97\xA5!"};
    enum { KINDS = sizeof inputs / sizeof *inputs };
    double *row = calloc(m->features, sizeof *row);
    double *margin = calloc(m->outputs, sizeof *margin);
    double *answer = calloc(m->outputs, sizeof *answer);
    if (row == NULL || margin == NULL || answer == NULL)
        abort();
    for (size_t i = 0; i <= KINDS; i++) {
        for (size_t f = 0; f < m->features; f++) {
            row[f] = i == KINDS ? (double)NAN : inputs[(i + f) % KINDS];
            if (m->feature[f].kind == FEATURE_TEXT && i < KINDS)
                row[f] = 0.0;
        }
        struct error e = {0};
        struct model_rows rows = {row, 1, texts, 1};
        for (int native = 0; native < 2; native++)
            if (model_evaluate(m, &rows, native != 0, margin, &e) != ST_OK &&
                e.text[0] == '\0')
                abort();
        if (model_answer(m, margin, answer) > m->outputs)
            abort();
    }
    free(row);
    free(margin);
    free(answer);
}

static inline void fuzz_model(const char *format, const uint8_t *data,
                              size_t size)
{
    struct memory_stream memory = {(const char *)data, size, 0};
    struct format_options options = {.format = format,
                                     .memory_cap = FUZZ_MEMORY};
    struct error e = {0};
    struct model *m = NULL;
    if (model_load(stream_of_memory(&memory, "fuzz"), &options, &m, &e) !=
        ST_OK) {
        if (m != NULL || e.text[0] == '\0')
            abort(); /* a refusal says why and leaves nothing */
        return;
    }
    struct model_description d;
    struct arena *a = arena_new(FUZZ_MEMORY);
    struct buf text = BUF_INIT(FUZZ_TEXT * 16);
    fuzz_predict(m);
    if (a != NULL && model_describe(m, a, &d, &e) == ST_OK)
        model_describe_text(m, &d, &text);
    buf_clear(&text);
    (void)!model_dump(m, &text, FUZZ_TEXT, &e);
    buf_free(&text);
    arena_free(a);
    model_free(m);
}

#endif
