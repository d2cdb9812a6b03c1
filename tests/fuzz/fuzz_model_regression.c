/* Any bytes as a model of format regression-table: a model or an error, and a
 * model must predict, describe and print itself. */
#include "fuzz/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_model("regression-table", data, size);
    return 0;
}
