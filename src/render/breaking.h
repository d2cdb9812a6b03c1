/* render/breaking.h: a paragraph broken as a whole into lines, ragged right.
 *
 * Every set of lines has a cost; the least one wins (Knuth and Plass, "Breaking
 * paragraphs into lines", 1981, with the demerits below in place of theirs,
 * because nothing stretches here). Ties go to the lines that are fuller first.
 * Cost of a line of natural width w in a measure m:
 *     BREAK_LINE                           each line, so that none is wasted
 *   + 10000 ((m - w) / m)²                 but not for a last line
 *   + the penalty of the break at its end  but not for a last line
 *   + BREAK_SHORT_LAST (1 - w / s)         a last line with w < s = 0.2 m, when
 *                                          it is not the only line
 *   + BREAK_OVERFULL (w - m)/m + as much   when a single piece is wider than m
 * A line that ends in a forced break is a last line. */
#ifndef CANDOR_RENDER_BREAKING_H
#define CANDOR_RENDER_BREAKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BREAK_NEVER 1e9
#define BREAK_FORCED (-1e9)
#define BREAK_LINE 400.0
#define BREAK_SHORT_LAST 500.0
#define BREAK_OVERFULL 1e6

/* A piece of text and what follows it. */
struct break_item {
    double width;   /* of the piece */
    double space;   /* between it and the next piece; not there at a line end */
    double penalty; /* of a line end after it, ≥ 0, BREAK_NEVER, BREAK_FORCED */
};

/* Working memory, one for each item and one more. */
struct break_node {
    double cost, start; /* start: where a line after this break begins */
    uint32_t from;      /* first item of the line that ends here */
    uint32_t previous;  /* the break before, as an index of nodes */
};

/* Writes to ends[] the index after the last item of each line, at most n of
 * them; returns their number (0 for n = 0). */
size_t break_lines(const struct break_item *items, size_t n, double measure,
                   struct break_node *nodes, uint32_t *ends);

/* The cost above of one line that holds items [from, to). */
double break_line_cost(const struct break_item *items, size_t n, size_t from,
                       size_t to, double measure);

/* What may follow a character, by the classes of UAX #14 that documents in
 * running text need (SP, ZW, BA, HY, SY, ID, CL, OP, NS, GL, WJ). */
enum break_after {
    AFTER_NEVER,
    AFTER_SPACE,     /* after white space */
    AFTER_MARK,      /* after a hyphen, dash or slash */
    AFTER_IDEOGRAPH, /* between ideographs, or after U+200B */
    AFTER_EMERGENCY  /* inside a word, at a place a reader can bear */
};

/* Length in bytes of the first piece of text: up to the first opportunity, its
 * spaces included. *spaces: bytes of white space at its end. *after: what kind
 * of opportunity ended it; AFTER_NEVER at the end of the text when no space
 * ends it (the caller knows what follows). before: the code point before text,
 * or 0. text is UTF-8; length > 0. */
size_t break_next(const char *text, size_t length, uint32_t before,
                  size_t *spaces, enum break_after *after);
/* For text wider than its column: bytes up to the next place where a word may
 * be cut: after _ . / @ : and between characters, never before a mark that
 * combines. *good: after one of those signs. */
size_t break_cut(const char *text, size_t length, bool *good);
bool break_ideographs(uint32_t before, uint32_t after);

#endif
