/* model/tokens.h: words and sentences of a text, one definition for models that
 * count words and for people who read them. No library, no locale.
 *
 * A word is a longest run of letters, digits and underscores: ASCII ones, and
 * every other code point but the blanks, punctuation, symbols and emoji of
 * Unicode's common blocks (tokens.c lists them). Each Han, Hiragana and Katakana
 * sign is a word by itself, because such texts have no blanks. An apostrophe or a
 * hyphen ends a word. Words are equal when their bytes are after A–Z became a–z;
 * other scripts keep their case.
 *
 * A sentence ends behind . ! ? … 。 ！ ？ ؟ । (and further such marks, closing
 * quotes and brackets) when a blank or the end follows, behind 。！？ at once, and
 * at an empty line; a full stop behind a single capital or between digits does not
 * end one. Sentences have no blanks at their ends, and those without a word join
 * the one before.
 *
 * Bytes that are not UTF-8 are taken one by one as blanks. */
#ifndef CANDOR_MODEL_TOKENS_H
#define CANDOR_MODEL_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

struct text_span {
    size_t first, end; /* bytes first … end of the text */
};

/* The next one that begins at *from or later; *from moves behind it. False: none
 * is left. */
bool tokens_word(const char *text, size_t length, size_t *from,
                 struct text_span *out);
bool tokens_sentence(const char *text, size_t length, size_t *from,
                     struct text_span *out);

/* ASCII letters made small, in place. */
void tokens_lower(char *text, size_t length);

#endif
