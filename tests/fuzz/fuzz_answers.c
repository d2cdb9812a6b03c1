/* Answers of a command, of MLflow and of open inference: the first byte chooses
 * which, and how many rows were asked. What is taken must be finite numbers. */
#include "remote/inside.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    enum { ROWS = 4, OUTPUTS = 2 };
    static const size_t place[ROWS] = {0, 1, 2, 3};
    if (length == 0)
        return 0;
    const struct remote_spec spec = {
        .outputs = bytes[0] & 16 ? OUTPUTS : 1, .column = bytes[0] >> 5 & 1,
        .link = bytes[0] & 64 ? LINK_LOGISTIC : LINK_IDENTITY,
        .output_name = bytes[0] & 128 ? "p" : NULL};
    const struct asked asked = {&spec, NULL, place, ROWS};
    double out[ROWS * OUTPUTS] = {0};
    size_t width = 0;
    const struct answers to = {.a = &asked, .who = "the fake",
                               .rows = 1 + (bytes[0] >> 2 & 3),
                               .width = &width, .out = out};
    struct error e = {.class = ST_OK};
    char version[80];
    const char *text = (const char *)bytes + 1;
    status s = (bytes[0] & 3) == 0
                   ? answer_of_command(text, length - 1, &to, &e)
               : (bytes[0] & 3) == 1
                   ? answer_of_mlflow(text, length - 1, &to, &e)
                   : answer_of_inference(text, length - 1, &to, version, &e);
    if (s != ST_OK && e.text[0] == '\0')
        __builtin_trap();
    for (size_t i = 0; i < ROWS * OUTPUTS; i++)
        if (!isfinite(out[i]))
            __builtin_trap();
    return 0;
}
