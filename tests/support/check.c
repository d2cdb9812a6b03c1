#include "check.h"

#include <sys/stat.h>

void check_close_at(double actual, double expected, double relative, double absolute,
                    const char *what, const char *file, int line)
{
    if (actual == expected || (isnan(actual) && isnan(expected)))
        return;
    if (fabs(actual - expected) <= absolute + relative * fabs(expected))
        return;
    print_error("%s:%d: %s is %.17g, expected %.17g (off by %.3g)\n", file,
                line, what, actual, expected, actual - expected);
    _fail(file, line);
}

void check_ok_at(status s, const struct error *e, const char *what,
                 const char *file, int line)
{
    if (s == ST_OK)
        return;
    print_error("%s:%d: %s: %s: %s:%ld:%ld: %s\n", file, line, what,
                status_word(s), e == NULL ? "" : e->source,
                e == NULL ? 0 : e->line, e == NULL ? 0 : e->column,
                e == NULL ? "" : e->text);
    _fail(file, line);
}

void check_fails_at(status s, const struct error *e, status class,
                    const char *fragment, const char *what, const char *file,
                    int line)
{
    if (s == class && strstr(e->text, fragment) != NULL)
        return;
    print_error("%s:%d: %s gave %s \"%s\", expected %s \"…%s…\"\n", file, line,
                what, status_word(s), s == ST_OK ? "" : e->text,
                status_word(class), fragment);
    _fail(file, line);
}

const char *shared_data(void)
{
    static char path[4096];
    const char *told = getenv("CANDOR_TEST_DATA");
    (void)snprintf(path, sizeof path, "%s",
                   told != NULL ? told : "../shared/data");
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode) ? path : NULL;
}

const char *path_join(char *out, size_t room, const char *a, const char *b)
{
    (void)snprintf(out, room, "%s/%s", a, b);
    return out;
}

char *slurp(const char *path, size_t *length)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    (void)fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    char *text = malloc((size_t)n + 1);
    if (text != NULL) {
        size_t got = fread(text, 1, (size_t)n, f);
        text[got] = '\0';
        if (length != NULL)
            *length = got;
    }
    (void)fclose(f);
    return text;
}
