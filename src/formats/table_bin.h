/* formats/table_bin.h: what stands in the bin column of a scorecard. */
#ifndef CANDOR_FORMATS_TABLE_BIN_H
#define CANDOR_FORMATS_TABLE_BIN_H

#include "formats/table_lines.h"

enum table_piece_kind {
    PIECE_RANGE,  /* every number from low to high, both included */
    PIECE_NUMBER, /* one number; the word it is written as */
    PIECE_WORD,
    PIECE_MISSING,
    PIECE_ELSE
};

struct table_piece {
    enum table_piece_kind kind;
    double low, high;  /* open ends are the nearest double inside */
    const char *word;
    bool dash;         /* "5 - 10" */
    size_t bin;
    long line;
};

struct table_bin {
    struct table_piece *piece;
    size_t pieces;
};

/* A bin is one piece, or several with %,% or | between. FORMAT: an empty
 * interval, an empty bin, the bare word "special". */
MUST_USE status table_bin_parse(const struct table_lines *t,
                                const struct table_line *line,
                                struct table_bin *out, struct error *e);

#endif
