/* A proof log without its marks, against a lender of two trees; the marks are
 * made here, so that what lies behind them is reached. Whatever is not the
 * plan's true cost, 1.75, must be refused. */
#include "../../proofcheck/check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void put_marked(FILE *f, const char *text)
{
    char hex[65];
    memset(hex, '0', 64);
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        sha256_text(hex, 64, text, n, hex);
        fwrite(text, 1, n, f);
        fprintf(f, " #%.8s\n", hex);
        text += n + (text[n] == '\n');
    }
}

static void check(struct run *r, const char *path)
{
    struct tally t = {0};
    struct decision d;
    struct problem *p = read_project(r, "tests/fuzz/proof", NULL);
    struct log *l = log_open(r, path, p);
    struct state *c = check_new(r, p, l);
    while (log_decision(r, l, p, &d)) {
        check_decision(c, &d, &t);
        if (strcmp(d.status, "impossible") == 0 ||
            (d.proven && d.claim > 1.75) ||
            (strcmp(d.status, "smallest") == 0 && d.cost != 1.75))
            __builtin_trap();
        pool_clear(r->row);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static struct run run;
    char *text = malloc(length + 1), path[64];
    int fd = memfd_create("log", 0);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (text != NULL && f != NULL) {
        memcpy(text, bytes, length);
        text[length] = '\0';
        put_marked(f, text);
        fflush(f);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (run_begin(&run) && setjmp(run.away) == 0)
            check(&run, path);
        run_end(&run);
    }
    if (f != NULL)
        fclose(f);
    free(text);
    return 0;
}
