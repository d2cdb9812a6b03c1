#include "support/altered.h"

#include "check.h"

status altered_load(const char *text, const char *find, const char *replace,
                    enum trees_used trees, struct model **out,
                    struct error *e)
{
    size_t length = strlen(text);
    char *copy = NULL;
    if (find != NULL) {
        const char *at = strstr(text, find);
        if (at == NULL)
            fail_msg("\"%s\" is not in the text", find);
        size_t head = (size_t)(at - text), room = length + strlen(replace) + 1;
        copy = malloc(room);
        (void)snprintf(copy, room, "%.*s%s%s", (int)head, text, replace,
                       at + strlen(find));
        text = copy;
        length = strlen(text);
    }
    struct memory_stream memory = {text, length, 0};
    struct format_options options = {.trees = trees};
    status s = model_load(stream_of_memory(&memory, "small"), &options, out, e);
    free(copy);
    return s;
}

struct model *altered_model(const char *text, const char *find,
                            const char *replace)
{
    struct error e = {0};
    struct model *m = NULL;
    check_ok(altered_load(text, find, replace, TREES_ALL, &m, &e), &e);
    return m;
}

double margin_of(const struct model *m, const double *row, size_t k)
{
    double margin[16];
    assert_true(m->outputs <= 16);
    model_margin(m, row, margin);
    return margin[k];
}
