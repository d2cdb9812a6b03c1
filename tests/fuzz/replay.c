/* Runs a fuzz target without a fuzzer: every file given, and with
 * `-mutate N SEED` N mutations of each, the same ones each time. The last line
 * says how many inputs were run. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum { LONGEST = 64 * 1024, FILES_MOST = 10000 };

struct input {
    const char *name;
    uint8_t *bytes;
    size_t length;
};

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static size_t below(uint64_t *seed, size_t n)
{
    return n == 0 ? 0 : (size_t)(next(seed) % n);
}

static bool load(const char *name, struct input *out)
{
    FILE *f = fopen(name, "rb");
    if (f == NULL)
        return false;
    out->name = name;
    out->bytes = malloc(LONGEST);
    out->length = out->bytes == NULL ? 0 : fread(out->bytes, 1, LONGEST, f);
    bool good = out->bytes != NULL && ferror(f) == 0;
    (void)fclose(f);
    return good;
}

static void flip_bits(uint8_t *b, size_t n, uint64_t *seed)
{
    for (size_t k = 1 + below(seed, 8); k > 0 && n > 0; k--)
        b[below(seed, n)] ^= (uint8_t)(1u << below(seed, 8));
}

/* A piece of another input, or of this one, over or between. */
static size_t splice(uint8_t *b, size_t n, const struct input *from,
                     uint64_t *seed)
{
    size_t start = below(seed, from->length), at = below(seed, n + 1);
    size_t piece = 1 + below(seed, from->length - start > 2000
                                       ? 2000 : from->length - start);
    if (from->length == 0 || at + piece > LONGEST)
        return n;
    if (below(seed, 2) == 0 && n + piece <= LONGEST) {
        memmove(b + at + piece, b + at, n - at);
        memcpy(b + at, from->bytes + start, piece);
        return n + piece;
    }
    memcpy(b + at, from->bytes + start, piece);
    return at + piece > n ? at + piece : n;
}

static size_t repeat(uint8_t *b, size_t n, uint64_t *seed)
{
    size_t start = below(seed, n);
    size_t piece = n - start > 64 ? 1 + below(seed, 64) : n - start;
    for (size_t k = 1 + below(seed, 40); k > 0; k--) {
        if (n + piece > LONGEST)
            return n;
        memmove(b + start + piece, b + start, n - start);
        n += piece;
    }
    return n;
}

static size_t edit_number(uint8_t *b, size_t n, uint64_t *seed)
{
    static const char *const numbers[] = {
        "-1", "0", "1e999", "9223372036854775807", "-9223372036854775808",
        "4294967296", "NaN", "1e-400", "0.0000000000000000000001", "2147483648",
        "00", "99999999999999999999999999999999", "-0", ".5", "1,234", "inf"};
    size_t at = below(seed, n), end;
    while (at < n && (b[at] < '0' || b[at] > '9'))
        at++;
    for (end = at; end < n && b[end] >= '0' && b[end] <= '9'; end++)
        ;
    const char *text = numbers[below(seed, sizeof numbers / sizeof *numbers)];
    size_t length = strlen(text);
    if (at == n || n - (end - at) + length > LONGEST)
        return n;
    memmove(b + at + length, b + end, n - end);
    memcpy(b + at, text, length);
    return n - (end - at) + length;
}

static size_t extreme_bytes(uint8_t *b, size_t n, uint64_t *seed)
{
    static const uint8_t values[] = {0, 0xff, 0x7f, 0x80, 1, '"', '[', '{'};
    size_t at = below(seed, n), piece = 1 + below(seed, 8);
    uint8_t v = values[below(seed, sizeof values)];
    for (size_t i = at; i < n && i < at + piece; i++)
        b[i] = v;
    return n;
}

static size_t cut(uint8_t *b, size_t n, uint64_t *seed)
{
    if (below(seed, 2) == 0)
        return below(seed, n + 1);
    size_t at = below(seed, n), piece = below(seed, n - at + 1);
    memmove(b + at, b + at + piece, n - at - piece);
    return n - piece;
}

static size_t mutate(uint8_t *b, size_t n, const struct input *inputs,
                     size_t count, uint64_t *seed)
{
    for (size_t k = 1 + below(seed, 4); k > 0; k--) {
        switch (below(seed, 6)) {
        case 0:
            flip_bits(b, n, seed);
            break;
        case 1:
            n = splice(b, n, &inputs[below(seed, count)], seed);
            break;
        case 2:
            n = cut(b, n, seed);
            break;
        case 3:
            n = repeat(b, n, seed);
            break;
        case 4:
            n = edit_number(b, n, seed);
            break;
        default:
            n = extreme_bytes(b, n, seed);
            break;
        }
    }
    return n;
}

/* An exact allocation, so that a read past the end is seen. */
static bool run(const uint8_t *bytes, size_t length)
{
    uint8_t *exact = malloc(length == 0 ? 1 : length);
    if (exact == NULL)
        return false;
    memcpy(exact, bytes, length);
    (void)LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    return true;
}

static size_t replay(const struct input *inputs, size_t count, long mutations,
                     uint64_t seed)
{
    static uint8_t work[LONGEST];
    size_t done = 0;
    for (size_t i = 0; i < count; i++) {
        done += run(inputs[i].bytes, inputs[i].length);
        for (long k = 0; k < mutations; k++) {
            uint64_t s = seed + 0x9e3779b97f4a7c15u * (uint64_t)(k + 1) + i;
            (void)next(&s);
            memcpy(work, inputs[i].bytes, inputs[i].length);
            size_t n = mutate(work, inputs[i].length, inputs, count, &s);
            done += run(work, n);
        }
    }
    return done;
}

int main(int argc, char **argv)
{
    static struct input inputs[FILES_MOST];
    size_t count = 0;
    long mutations = 0;
    uint64_t seed = 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-mutate") == 0 && i + 2 < argc) {
            mutations = strtol(argv[i + 1], NULL, 10);
            seed = strtoull(argv[i + 2], NULL, 10) + 1;
            i += 2;
        } else if (count < FILES_MOST && load(argv[i], &inputs[count])) {
            count++;
        } else {
            (void)fprintf(stderr, "cannot read %s\n", argv[i]);
            return 2;
        }
    }
    (void)printf("%zu inputs\n", replay(inputs, count, mutations, seed));
    for (size_t i = 0; i < count; i++)
        free(inputs[i].bytes);
    return 0;
}
