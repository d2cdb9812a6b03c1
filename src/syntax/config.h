/* syntax/config.h: a file that people write: UTF-8 JSON with // comments, as a
 * cJSON tree in which every node and key knows its place. Refused: duplicate
 * keys, more than 64 open brackets, more than 16 MB. */
#ifndef CANDOR_SYNTAX_CONFIG_H
#define CANDOR_SYNTAX_CONFIG_H

#include "base/error.h"

#include <cJSON.h>

enum { CONFIG_DEPTH_MAX = 64, CONFIG_BYTES_MAX = 16 * 1024 * 1024 };

struct config;

/* bytes and name are copied. */
MUST_USE status config_parse(const char *bytes, size_t length, const char *name,
                             struct config **out, struct error *e);
void config_free(struct config *c); /* NULL is fine; frees the tree */
const cJSON *config_root(const struct config *c);
const char *config_name(const struct config *c);

/* Where a node's value begins, and its key. A node of another tree, or an array
 * element's or the root's key: the value's place; unknown: PLACE_NONE. */
struct place config_place(const struct config *c, const cJSON *node);
struct place config_key_place(const struct config *c, const cJSON *node);

/* Fills e with class, text, place, the line and a caret under the value, or
 * under the key; returns the class. */
status config_fault(const struct config *c, const cJSON *node, struct error *e,
                    status class, const char *format, ...) PRINTF(5, 6);
status config_key_fault(const struct config *c, const cJSON *node,
                        struct error *e, status class, const char *format, ...)
    PRINTF(5, 6);

#endif
