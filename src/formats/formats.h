/* formats/formats.h: bytes of a model file → model. One file a format, one row
 * in formats.c; the format is found by content, never by the file's name. */
#ifndef CANDOR_FORMATS_FORMATS_H
#define CANDOR_FORMATS_FORMATS_H

#include "base/stream.h"
#include "model/model.h"

enum trees_used { TREES_ALL, TREES_BEST_ITERATION };

struct format_options {
    const char *format;        /* a row's name, or NULL: find it by content */
    enum trees_used trees;     /* BEST_ITERATION without one named: an error */
    size_t memory_cap;         /* bytes; 0: FORMAT_MEMORY_DEFAULT */
};

#define FORMAT_MEMORY_DEFAULT ((size_t)4 << 30)

struct format {
    const char *name;     /* "xgboost-json" */
    const char *title;    /* "XGBoost JSON" */
    const char *suffixes; /* ".json" — for help only */
    /* 0…100, how sure this format is of the first bytes. */
    int (*sniff)(const char *bytes, size_t length);
    status (*load)(struct stream in, const struct format_options *options,
                   struct model **out, struct error *e);
};

extern const struct format *const formats[]; /* ends with NULL */

MUST_USE status model_load(struct stream in,
                           const struct format_options *options,
                           struct model **out, struct error *e);

#endif
