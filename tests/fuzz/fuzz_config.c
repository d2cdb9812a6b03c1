#include "syntax/config.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct config *c = NULL;
    struct error e;
    if (config_parse((const char *)bytes, length, "candor.json", &c, &e) !=
        ST_OK)
        return 0;
    const cJSON *root = config_root(c), *node;
    (void)config_fault(c, root, &e, ST_FORMAT, "root");
    cJSON_ArrayForEach(node, root)
    {
        (void)config_fault(c, node, &e, ST_FORMAT, "value");
        (void)config_key_fault(c, node, &e, ST_FORMAT, "key");
        if (config_place(c, node).line < 1)
            __builtin_trap();
    }
    config_free(c);
    return 0;
}
