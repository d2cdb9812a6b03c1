/* Any bytes as a model of format onnx: a model or an error, and a model must
 * predict, describe and print itself. */
#include "fuzz/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_model("onnx", data, size);
    return 0;
}
