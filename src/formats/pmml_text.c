/* Faults, attributes and arrays of a PMML file. */
#include "base/num.h"
#include "base/text.h"
#include "formats/pmml.h"

#include <math.h>
#include <stdio.h>

status pmml_fault(const struct pmml *p, const struct xml_node *n,
                  struct error *e, status class, const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct place at = {p->source, 0, 0, -1};
    if (n == NULL)
        return error_at(e, class, &at, "%s", text);
    at.line = (long)n->line;
    at.column = (long)n->column;
    return error_at(e, class, &at, "<%.60s>: %s", n->name, text);
}

status pmml_refuse(const struct pmml *p, const struct xml_node *n,
                   struct error *e)
{
    return pmml_fault(p, n, e, ST_UNSUPPORTED, "this element is not supported");
}

status pmml_text(const struct pmml *p, const struct xml_node *n,
                 const char *attribute, const char **out, struct error *e)
{
    *out = xml_value(n, attribute);
    if (*out == NULL)
        return pmml_fault(p, n, e, ST_FORMAT, "the attribute %s is missing",
                          attribute);
    return ST_OK;
}

status pmml_number(const struct pmml *p, const struct xml_node *n,
                   const char *attribute, double otherwise, double *out,
                   struct error *e)
{
    const char *text = xml_value(n, attribute);
    if (text == NULL && !isnan(otherwise)) {
        *out = otherwise;
        return ST_OK;
    }
    if (text == NULL)
        TRY(pmml_text(p, n, attribute, &text, e));
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", *text) != NULL) {
        text++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL)
        length--;
    if (!num_parse(text, length, out) || !isfinite(*out))
        return pmml_fault(p, n, e, ST_FORMAT,
                          "%s is \"%.40s\": a finite number is expected",
                          attribute, text);
    return ST_OK;
}

static status none_such(const struct pmml *p, const struct xml_node *n,
                        const char *attribute, const char *text,
                        const char *const *words, struct error *e)
{
    char list[240];
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 0; words[i] != NULL; i++) {
        int more = snprintf(list + used, sizeof list - used, "%s%s",
                            i == 0 ? "" : ", ", words[i]);
        if (more < 0 || (size_t)more >= sizeof list - used)
            break;
        used += (size_t)more;
    }
    return pmml_fault(p, n, e, ST_UNSUPPORTED,
                      "%s=\"%.40s\" is not supported; candor reads %s",
                      attribute, text, list);
}

status pmml_choice(const struct pmml *p, const struct xml_node *n,
                   const char *attribute, const char *const *words,
                   int otherwise, int *out, struct error *e)
{
    const char *text = xml_value(n, attribute);
    *out = otherwise;
    if (text == NULL)
        return ST_OK;
    for (int i = 0; words[i] != NULL; i++)
        if (text_equal_fold(text, strlen(text), words[i])) {
            *out = i;
            return ST_OK;
        }
    return none_such(p, n, attribute, text, words, e);
}

const struct xml_node *pmml_cell(const struct xml_node *row,
                                 const char *column)
{
    const char *colon = strrchr(column, ':');
    return xml_child(row, colon == NULL ? column : colon + 1);
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One entry that begins at *text: words in quotes may hold blanks, and a quote
 * behind a backslash. */
static char *next_entry(const struct pmml *p, const char **text)
{
    const char *at = *text;
    bool quoted = *at == '"';
    size_t length = 0;
    at += quoted;
    for (const char *c = at; *c != '\0' && (quoted ? *c != '"' : !blank(*c));
         c++, length++)
        if (quoted && c[0] == '\\' && c[1] == '"')
            c++;
    char *out = arena_alloc(p->arena, length + 1);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (quoted && at[0] == '\\' && at[1] == '"')
            at++;
        out[i] = *at++;
    }
    at += quoted && *at == '"';
    *text = at;
    return out;
}

status pmml_array(const struct pmml *p, const struct xml_node *array,
                  const char *const **out, size_t *count, struct error *e)
{
    size_t n = 0, room = 0;
    const char **list = NULL;
    status s = ST_OK;
    for (const char *at = array->text; s == ST_OK;) {
        while (blank(*at))
            at++;
        if (*at == '\0')
            break;
        s = MEM_ROOM(list, room, n + 1, e);
        if (s == ST_OK && (list[n++] = next_entry(p, &at)) == NULL)
            s = arena_error(p->arena, e);
    }
    const char **kept = NULL;
    if (s == ST_OK) {
        kept = arena_new_array(p->arena, const char *, n + 1);
        if (kept == NULL)
            s = arena_error(p->arena, e);
        else if (n > 0)
            memcpy(kept, list, n * sizeof *list);
    }
    mem_free(list);
    *out = kept;
    *count = n;
    return s;
}
