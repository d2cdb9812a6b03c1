#include "syntax/xml.h"

#include "base/arena.h"
#include "base/buf.h"

#include <libxml/parser.h>
#include <stdint.h>
#include <string.h>

enum {
    WINDOW = 16384,
    DEPTH = 250,
    ATTRIBUTES = 256,
    NAME = 1000,
    TEXT = 10 * 1000 * 1000,
    HELD = 64 * 1024 * 1024 /* events of one window, texts included */
};
#define TOTAL (4LL << 30)

/* An event as it waits: texts are places in `texts`. */
struct waiting {
    enum xml_kind kind;
    size_t name, space, text, length; /* SIZE_MAX: none */
    size_t first, attributes;
    long line, column;
};

struct pair {
    size_t name, value;
};

struct xml_reader {
    struct stream in;
    struct xml_limits limit;
    xmlParserCtxtPtr context;
    struct waiting *event;
    size_t events, event_room, at;
    struct pair *pair;
    size_t pairs, pair_room;
    struct xml_attribute *given; /* of the event handed out last */
    size_t given_room;
    struct buf texts;
    size_t depth;
    long long bytes;
    bool begun, ended;
    status failed;
    struct error fault;
};

static void stop(struct xml_reader *x)
{
    xmlStopParser(x->context);
}

static struct place here(const struct xml_reader *x)
{
    struct place p = {x->in.name, 0, 0, -1};
    if (x->context != NULL && x->context->input != NULL) {
        p.line = x->context->input->line;
        p.column = x->context->input->col;
    }
    return p;
}

/* A fault met while libxml2 calls: kept, told when the events before it are
 * used up. */
static void fault(struct xml_reader *x, status class, const char *text,
                  size_t limit)
{
    if (x->failed != ST_OK)
        return;
    struct place p = here(x);
    x->failed = class;
    if (limit > 0)
        (void)error_at(&x->fault, class, &p, "%s: more than %zu", text, limit);
    else
        (void)error_at(&x->fault, class, &p, "%s", text);
    stop(x);
}

static size_t keep(struct xml_reader *x, const void *text, size_t length)
{
    size_t at = x->texts.length;
    buf_put(&x->texts, text, length);
    buf_put(&x->texts, "", 1);
    return at;
}

static struct waiting *add(struct xml_reader *x, enum xml_kind kind)
{
    struct error ignored;
    if (x->failed != ST_OK)
        return NULL;
    if (MEM_ROOM(x->event, x->event_room, x->events + 1, &ignored) != ST_OK) {
        fault(x, ST_MEMORY, "out of memory", 0);
        return NULL;
    }
    struct place p = here(x);
    struct waiting *w = &x->event[x->events++];
    *w = (struct waiting){kind, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0, x->pairs, 0,
                          p.line, p.column};
    return w;
}

/* An event that could not be kept whole is taken back. */
static void settle(struct xml_reader *x)
{
    if (x->texts.failed != ST_OK)
        fault(x, x->texts.failed, "the texts of one window are too much", 0);
    if (x->failed != ST_OK)
        x->events--;
}

static void name_it(struct xml_reader *x, struct waiting *w,
                    const xmlChar *name, const xmlChar *space)
{
    size_t length = strlen((const char *)name);
    if (length > x->limit.name)
        fault(x, ST_LIMIT, "bytes of an element's name", x->limit.name);
    w->name = keep(x, name, length);
    if (space != NULL && strlen((const char *)space) <= x->limit.text)
        w->space = keep(x, space, strlen((const char *)space));
}

static void take_attribute(struct xml_reader *x, const xmlChar **a)
{
    struct error ignored;
    size_t name = strlen((const char *)a[0]), value = (size_t)(a[4] - a[3]);
    if (name > x->limit.name) {
        fault(x, ST_LIMIT, "bytes of an attribute's name", x->limit.name);
        return;
    }
    if (value > x->limit.text) {
        fault(x, ST_LIMIT, "bytes of an attribute", x->limit.text);
        return;
    }
    if (MEM_ROOM(x->pair, x->pair_room, x->pairs + 1, &ignored) != ST_OK) {
        fault(x, ST_MEMORY, "out of memory", 0);
        return;
    }
    struct pair *p = &x->pair[x->pairs++];
    p->name = keep(x, a[0], name);
    p->value = keep(x, a[3], value);
}

static void on_open(void *self, const xmlChar *name, const xmlChar *prefix,
                    const xmlChar *space, int spaces, const xmlChar **spaced,
                    int attributes, int defaulted, const xmlChar **attribute)
{
    struct xml_reader *x = self;
    (void)prefix;
    (void)spaces;
    (void)spaced;
    (void)defaulted;
    if (++x->depth > x->limit.depth) {
        fault(x, ST_LIMIT, "elements within elements", x->limit.depth);
        return;
    }
    if ((size_t)attributes > x->limit.attributes) {
        fault(x, ST_LIMIT, "attributes of one element", x->limit.attributes);
        return;
    }
    struct waiting *w = add(x, XML_OPEN);
    if (w == NULL)
        return;
    w->attributes = (size_t)attributes;
    name_it(x, w, name, space);
    for (int i = 0; i < attributes && x->failed == ST_OK; i++)
        take_attribute(x, attribute + i * 5);
    settle(x);
}

static void on_close(void *self, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *space)
{
    struct xml_reader *x = self;
    (void)prefix;
    x->depth--;
    struct waiting *w = add(x, XML_CLOSE);
    if (w == NULL)
        return;
    name_it(x, w, name, space);
    settle(x);
}

static void on_text(void *self, const xmlChar *text, int length)
{
    struct xml_reader *x = self;
    size_t n = (size_t)length, blank = 0;
    while (blank < n && memchr(" \t\r\n", text[blank], 4) != NULL)
        blank++;
    /* A blank piece between two others is part of them. */
    if (blank == n &&
        (x->events == 0 || x->event[x->events - 1].kind != XML_TEXT))
        return;
    if (n > x->limit.text) {
        fault(x, ST_LIMIT, "bytes of text in one piece", x->limit.text);
        return;
    }
    struct waiting *w = add(x, XML_TEXT);
    if (w == NULL)
        return;
    w->text = keep(x, text, n);
    w->length = n;
    settle(x);
}

static void on_type(void *self, const xmlChar *name, const xmlChar *public,
                    const xmlChar *system)
{
    (void)name;
    (void)public;
    (void)system;
    fault(self, ST_UNSUPPORTED,
          "a document type (<!DOCTYPE …>) is refused, since it can define "
          "entities: remove it", 0);
}

/* Only the five entities of XML itself exist; libxml2 knows those. */
static xmlEntityPtr no_entity(void *self, const xmlChar *name)
{
    (void)self;
    (void)name;
    return NULL;
}

static const xmlSAXHandler handlers = {
    .internalSubset = on_type,
    .getEntity = no_entity,
    .characters = on_text,
    .cdataBlock = on_text,
    .ignorableWhitespace = on_text,
    .startElementNs = on_open,
    .endElementNs = on_close,
    .initialized = XML_SAX2_MAGIC,
};

static status begin(struct xml_reader *x, struct error *e)
{
    xmlInitParser();
    xmlSAXHandler h = handlers;
    x->context = xmlCreatePushParserCtxt(&h, x, NULL, 0, NULL);
    if (x->context == NULL)
        return error_memory(e);
    /* Without NOENT libxml2 gives "&#38;" for an ampersand in an attribute. No
     * entity but XML's own five can be met: see on_type and no_entity. */
    (void)xmlCtxtUseOptions(x->context, XML_PARSE_NONET | XML_PARSE_NOENT |
                                            XML_PARSE_NOERROR |
                                            XML_PARSE_NOWARNING |
                                            XML_PARSE_COMPACT);
    return ST_OK;
}

#define DEFAULT(field, value)                                                  \
    if (x->limit.field == 0)                                                   \
        x->limit.field = (value)

status xml_open(struct stream in, const struct xml_limits *limits,
                struct xml_reader **out, struct error *e)
{
    struct xml_reader *x = mem_array(1, sizeof *x);
    if (x == NULL)
        return error_memory(e);
    x->in = in;
    x->texts = BUF_INIT(HELD);
    if (limits != NULL)
        x->limit = *limits;
    DEFAULT(depth, DEPTH);
    DEFAULT(attributes, ATTRIBUTES);
    DEFAULT(name, NAME);
    DEFAULT(text, TEXT);
    DEFAULT(bytes, TOTAL);
    status s = begin(x, e);
    if (s != ST_OK) {
        xml_free(x);
        return s;
    }
    *out = x;
    return ST_OK;
}

void xml_free(struct xml_reader *x)
{
    if (x == NULL)
        return;
    if (x->context != NULL)
        xmlFreeParserCtxt(x->context);
    mem_free(x->event);
    mem_free(x->pair);
    mem_free(x->given);
    buf_free(&x->texts);
    mem_free(x);
}

/* What libxml2 found wrong, in one line without its line end. */
static void take_fault(struct xml_reader *x)
{
    if (x->failed != ST_OK)
        return;
    const xmlError *f = xmlCtxtGetLastError(x->context);
    struct place p = here(x);
    char text[200] = "it is not well-formed XML";
    if (f != NULL && f->message != NULL) {
        size_t n = strcspn(f->message, "\n");
        n = n < sizeof text - 1 ? n : sizeof text - 1;
        memcpy(text, f->message, n);
        text[n] = '\0';
        if (f->line > 0)
            p.line = f->line;
    }
    x->failed = f != NULL && f->code == XML_ERR_NO_MEMORY ? ST_MEMORY
                                                          : ST_SYNTAX;
    /* libxml2's own cap on what one tag may take, by its words. */
    if (strstr(text, "Huge input lookup") != NULL) {
        x->failed = ST_LIMIT;
        (void)snprintf(text, sizeof text, "one tag of more than %d bytes",
                       TEXT);
    }
    (void)error_at(&x->fault, x->failed, &p, "%s", text);
}

static status feed(struct xml_reader *x, struct error *e)
{
    char window[WINDOW];
    long got = x->in.read(x->in.self, window, sizeof window, e);
    if (got < 0) {
        x->failed = e == NULL ? ST_SYSTEM : e->class;
        if (e != NULL)
            x->fault = *e;
        return x->failed;
    }
    x->bytes += got;
    if (x->bytes > x->limit.bytes) {
        fault(x, ST_LIMIT, "bytes in all", (size_t)x->limit.bytes);
        return ST_OK;
    }
    x->ended = got == 0;
    int code = xmlParseChunk(x->context, window, (int)got, x->ended);
    /* A warning, or a namespace that is not declared, is no fault. */
    if (code != XML_ERR_OK && !x->context->wellFormed)
        take_fault(x);
    return ST_OK;
}

static const char *text_at(const struct xml_reader *x, size_t at)
{
    return at == SIZE_MAX ? NULL : x->texts.data + at;
}

static status hand_out(struct xml_reader *x, struct xml_event *out,
                       struct error *e)
{
    const struct waiting *w = &x->event[x->at++];
    *out = (struct xml_event){
        .kind = w->kind, .name = text_at(x, w->name),
        .space = text_at(x, w->space), .text = text_at(x, w->text),
        .length = w->length, .attributes = w->attributes,
        .place = {x->in.name, w->line, w->column, -1}};
    if (w->attributes == 0)
        return ST_OK;
    TRY(MEM_ROOM(x->given, x->given_room, w->attributes, e));
    for (size_t i = 0; i < w->attributes; i++) {
        const struct pair *p = &x->pair[w->first + i];
        x->given[i] = (struct xml_attribute){text_at(x, p->name),
                                             text_at(x, p->value)};
    }
    out->attribute = x->given;
    return ST_OK;
}

status xml_next(struct xml_reader *x, struct xml_event *out, struct error *e)
{
    while (x->at == x->events) {
        if (x->failed != ST_OK) {
            if (e != NULL)
                *e = x->fault;
            return x->failed;
        }
        if (x->ended) {
            *out = (struct xml_event){.kind = XML_END, .place = here(x)};
            return ST_OK;
        }
        x->events = x->at = x->pairs = 0;
        buf_clear(&x->texts);
        TRY(feed(x, e));
    }
    return hand_out(x, out, e);
}
