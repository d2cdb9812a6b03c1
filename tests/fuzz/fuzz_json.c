/* The first byte chooses the limits. */
#include "syntax/token.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    struct memory_stream m = {(const char *)bytes + 1, length - 1, 0};
    struct token_limits limits = {.depth = bytes[0] & 1 ? 8 : 0,
                                  .string = bytes[0] & 2 ? 20 : 0,
                                  .bytes = bytes[0] & 4 ? 300 : 0,
                                  .infinities = (bytes[0] & 8) != 0,
                                  .comments = (bytes[0] & 16) != 0};
    struct tokens *t = NULL;
    struct token token = {0};
    struct error e;
    size_t seen = 0;
    status s = tokens_open_json(stream_of_memory(&m, "input"), &limits, &t, &e);
    while (s == ST_OK && (s = tokens_next(t, &token, &e)) == ST_OK &&
           token.kind != TOKEN_END) {
        if ((bytes[0] & 32) != 0 && seen++ % 7 == 6)
            s = tokens_skip(t, &e);
        else if (token.kind == TOKEN_STRING && token.text[token.length] != 0)
            __builtin_trap();
    }
    if (t != NULL && s == ST_OK)
        (void)tokens_fault(t, &e, ST_FORMAT, "at the end");
    tokens_free(t);
    return 0;
}
