/* Template files: found in the folders, read with caps, parsed without network,
 * document types or entities; and where in them a fault stands. */
#include "document/compile.h"

#include "io/source.h"

#include <libxml/parser.h>
#include <string.h>

static const char *line_start(const struct file *f, long line)
{
    const char *p = f->bytes, *end = f->bytes + f->length;
    for (; line > 1 && p < end; line--) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        if (nl == NULL)
            return NULL;
        p = nl + 1;
    }
    return p < end ? p : NULL;
}

static size_t line_length(const struct file *f, const char *p)
{
    const char *nl = memchr(p, '\n', (size_t)(f->bytes + f->length - p));
    return nl == NULL ? (size_t)(f->bytes + f->length - p) : (size_t)(nl - p);
}

/* libxml2 knows the line where a start tag ends and a text node begins; the words
 * at fault may stand some lines above or below. */
static const char *find_needle(const struct file *f, long *line,
                               const char *needle)
{
    enum { AROUND = 30 };
    size_t n = strlen(needle);
    for (long d = 0; d <= AROUND; d++)
        for (int side = -1; side <= 1; side += 2) {
            const char *p = *line + side * d < 1 ? NULL
                                                 : line_start(f, *line + side * d);
            const char *at =
                p == NULL ? NULL : memmem(p, line_length(f, p), needle, n);
            if (at != NULL) {
                *line += side * d;
                return at;
            }
        }
    return NULL;
}

static void put_place(struct compiler *c, long line, const char *needle,
                      size_t skip)
{
    struct error *e = c->e;
    const struct file *f = c->file;
    if (e == NULL)
        return;
    const char *at = needle == NULL || *needle == '\0'
                         ? NULL : find_needle(f, &line, needle);
    (void)snprintf(e->source, sizeof e->source, "%s", f->source);
    e->line = line;
    e->column = 0;
    const char *start = line_start(f, line);
    if (start != NULL) {
        size_t column = at == NULL ? strspn(start, " \t") : (size_t)(at - start);
        size_t length = at == NULL ? 1 : strlen(needle);
        if (skip < length) {
            column += skip;
            length -= skip;
        }
        e->column = (long)column + 1;
        error_excerpt(e, start, line_length(f, start), column, length);
    }
    for (const struct file *up = f->from; up != NULL; up = up->from)
        error_note(e, "including it from %s", up->source);
}

status compile_place(struct compiler *c, const xmlNode *n, const char *needle,
                     size_t skip, status s)
{
    if (s != ST_OK)
        put_place(c, xmlGetLineNo(n), needle, skip);
    return s;
}

status compile_fault(struct compiler *c, const xmlNode *n, const char *needle,
                     const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)error_set(c->e, ST_FORMAT, "%s", text);
    return compile_place(c, n, needle, 0, ST_FORMAT);
}

static bool plain_name(const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
              (*p >= '0' && *p <= '9') || *p == '-' || *p == '_' ||
              (*p == '.' && p != name)))
            return false;
    return *name != '\0';
}

static status read_into(struct compiler *c, const char *path,
                        struct file **out)
{
    struct buf bytes = BUF_INIT(TEMPLATE_BYTES_MAX);
    status s = file_load(path, &bytes, NULL, c->e);
    struct file *f = arena_new_one(c->t->arena, struct file);
    if (s == ST_OK && f != NULL) {
        f->source = arena_string(c->t->arena, path);
        f->bytes = arena_copy(c->t->arena, buf_text(&bytes), bytes.length);
        f->length = bytes.length;
    }
    buf_free(&bytes);
    if (s == ST_OK && (f == NULL || f->source == NULL || f->bytes == NULL))
        s = arena_error(c->t->arena, c->e);
    *out = f;
    return s;
}

status source_find(struct compiler *c, const char *const *subfolders,
                   size_t subfolder_count, const char *name,
                   struct file **out, bool *found)
{
    *found = false;
    if (!plain_name(name))
        return ST_OK;
    for (size_t s = 0; s < subfolder_count; s++)
        for (size_t i = 0; i < c->world->folder_count; i++) {
            char *path = arena_format(c->t->arena, "%s/%s/%s",
                                      c->world->folders[i], subfolders[s], name);
            if (path == NULL)
                return arena_error(c->t->arena, c->e);
            if (file_exists(path)) {
                *found = true;
                return read_into(c, path, out);
            }
        }
    return ST_OK;
}

static status xml_fault(struct compiler *c, const xmlError *x)
{
    char text[200];
    (void)snprintf(text, sizeof text, "%s",
                   x == NULL || x->message == NULL ? "not XML" : x->message);
    text[strcspn(text, "\n")] = '\0';
    (void)error_set(c->e, ST_SYNTAX, "not well-formed: %s", text);
    long line = x == NULL ? 1 : x->line;
    put_place(c, line, NULL, 0);
    return ST_SYNTAX;
}

static void quiet(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

status source_parse(struct compiler *c, const struct file *f, xmlDocPtr *out)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_COMPACT;
    *out = NULL;
    if (memmem(f->bytes, f->length, "<!DOCTYPE", 9) != NULL) {
        (void)error_set(c->e, ST_SYNTAX, "templates have no document type; "
                        "remove <!DOCTYPE");
        put_place(c, 1, "<!DOCTYPE", 0);
        return ST_SYNTAX;
    }
    xmlParserCtxtPtr p = xmlNewParserCtxt();
    if (p == NULL)
        return error_memory(c->e);
    p->sax->serror = quiet;
    xmlDocPtr doc = xmlCtxtReadMemory(p, f->bytes, (int)f->length, NULL, "UTF-8",
                                      options);
    status s = ST_OK;
    if (doc == NULL || !p->wellFormed)
        s = xml_fault(c, xmlCtxtGetLastError(p));
    if (s != ST_OK)
        xmlFreeDoc(doc);
    else
        *out = doc;
    xmlFreeParserCtxt(p);
    return s;
}
