#include "batch/explain_pen.h"

#include "base/arena.h"

void pen_int(struct pen *p, long long x)
{
    char text[24], *end = text + sizeof text, *from = end;
    unsigned long long rest = x < 0 ? 0ULL - (unsigned long long)x
                                    : (unsigned long long)x;
    do {
        *--from = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (x < 0)
        *--from = '-';
    pen_put(p, from, (size_t)(end - from));
}

static void json_char(struct pen *p, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *at = c == 0 ? NULL : strchr(from, c);
    if (at != NULL) {
        pen_char(p, '\\');
        pen_char(p, to[at - from]);
    } else if (c < 0x20) {
        static const char digit[] = "0123456789abcdef";
        pen_word(p, "\\u00");
        pen_char(p, digit[c >> 4]);
        pen_char(p, digit[c & 15]);
    } else {
        pen_char(p, (char)c);
    }
}

void pen_quoted(struct pen *p, const char *text)
{
    if (p->csv && strpbrk(text, ",\"\r\n") == NULL) {
        pen_put(p, text, strlen(text));
        return;
    }
    pen_char(p, '"');
    for (const char *c = text; *c != '\0'; c++) {
        if (!p->csv) {
            json_char(p, (unsigned char)*c);
            continue;
        }
        if (*c == '"')
            pen_char(p, '"');
        pen_char(p, *c);
    }
    pen_char(p, '"');
}

void pen_outputs(struct pen *p, const double *x, size_t n)
{
    bool array = n > 1 && !p->csv;
    if (array)
        pen_char(p, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            pen_char(p, ',');
        pen_number(p, x[i]);
    }
    if (array)
        pen_char(p, ']');
}

status pen_texts_open(struct pen_texts *t, const char *const *text,
                      size_t count, bool csv, struct error *e)
{
    *t = (struct pen_texts){.text = BUF_INIT((size_t)1 << 30)};
    t->at = mem_array(count + 1, sizeof *t->at);
    if (t->at == NULL)
        return error_memory(e);
    struct pen p = {.out = &t->text, .csv = csv};
    for (size_t i = 0; i < count; i++) {
        if (!pen_begin(&p, 6 * strlen(text[i]) + 2))
            return buf_status(&t->text, e);
        pen_quoted(&p, text[i]);
        pen_end(&p);
        t->at[i + 1] = t->text.length;
        size_t length = t->at[i + 1] - t->at[i];
        t->longest = length > t->longest ? length : t->longest;
    }
    return ST_OK;
}

void pen_texts_close(struct pen_texts *t)
{
    buf_free(&t->text);
    mem_free(t->at);
}
