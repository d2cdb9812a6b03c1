/* syntax/json_write.h: JSON into a buffer, compact or indented. Commas and
 * escapes are the writer's work; a call out of order, a NaN or an infinity, or
 * text that is not UTF-8 sets a fault that json_end reports. Only ", \ and
 * control characters are escaped. */
#ifndef CANDOR_SYNTAX_JSON_WRITE_H
#define CANDOR_SYNTAX_JSON_WRITE_H

#include "base/buf.h"

enum { JSON_DEPTH_MAX = 64 };

struct json_writer {
    struct buf *out;
    int indent;          /* blanks a level; 0: one line */
    int depth;
    char open[JSON_DEPTH_MAX]; /* '{' or '[' */
    bool some[JSON_DEPTH_MAX + 1]; /* a member was written at this depth */
    bool keyed;          /* a key waits for its value */
    const char *fault;   /* NULL: none */
};

/* Starts one value; what out holds already stays. */
struct json_writer json_start(struct buf *out, int indent);
/* Fails with BUG (order, brackets), NUMERIC (NaN, infinity), DATA (UTF-8) or
 * with the buffer's own failure. Adds no line end. */
MUST_USE status json_end(struct json_writer *w, struct error *e);

void json_object(struct json_writer *w);
void json_object_end(struct json_writer *w);
void json_array(struct json_writer *w);
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_string(struct json_writer *w, const char *text); /* NULL: null */
void json_text(struct json_writer *w, const char *text, size_t length);
void json_number(struct json_writer *w, double x); /* shortest, reads back */
void json_int(struct json_writer *w, long long x);
void json_bool(struct json_writer *w, bool x);
void json_null(struct json_writer *w);
/* One finished value, put as it is. */
void json_raw(struct json_writer *w, const char *text, size_t length);

/* key and value in one call */
void json_put_string(struct json_writer *w, const char *key, const char *text);
void json_put_number(struct json_writer *w, const char *key, double x);
void json_put_int(struct json_writer *w, const char *key, long long x);
void json_put_bool(struct json_writer *w, const char *key, bool x);

#endif
