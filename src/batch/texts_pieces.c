/* A text cut into its players, and what they add to a model of single words. */
#include "batch/texts_in.h"

#include "base/arena.h"
#include "model/tokens.h"

#include <string.h>

status text_cut(struct text_input *x, const char *text, bool sentences,
                size_t most, size_t *pieces, bool *fits, struct error *e)
{
    struct text_span span;
    size_t length = strlen(text), from = 0, n = 0;
    while (sentences ? tokens_sentence(text, length, &from, &span)
                     : tokens_word(text, length, &from, &span)) {
        if (n == most) {
            *fits = false;
            return ST_OK;
        }
        TRY(MEM_ROOM(x->piece, x->room, n + 1, e));
        x->piece[n++] = (struct text_piece){span.first, span.end};
    }
    *pieces = n;
    *fits = true;
    return ST_OK;
}

/* A sign that is a word whatever stands beside it: two of them are two. */
static bool stands_alone(const char *text, const struct text_piece *p)
{
    char twice[8];
    size_t n = p->end - p->first, from = 0;
    struct text_span word;
    if (n > sizeof twice / 2)
        return false;
    memcpy(twice, text + p->first, n);
    memcpy(twice + n, text + p->first, n);
    return tokens_word(twice, 2 * n, &from, &word) && word.end == n;
}

bool text_parted(const struct text_input *x, const char *text, size_t pieces,
                 const char *instead)
{
    struct text_span word;
    size_t from = 0;
    if (tokens_word(instead, strlen(instead), &from, &word))
        return false;
    bool joins = false; /* a piece of this run of neighbours that letters join */
    for (size_t i = 0; i < pieces; i++) {
        if (i == 0 || x->piece[i].first > x->piece[i - 1].end)
            joins = false;
        bool own = !stands_alone(text, &x->piece[i]);
        if (own && joins)
            return false;
        joins = joins || own;
    }
    return true;
}

/* How often the word stands in a piece. */
static size_t count(const char *text, const struct text_piece *p,
                    const char *word)
{
    size_t from = 0, n = 0, length = strlen(word), all = p->end - p->first;
    struct text_span span;
    while (tokens_word(text + p->first, all, &from, &span)) {
        const char *own = text + p->first + span.first;
        bool same = span.end - span.first == length;
        for (size_t i = 0; same && i < length; i++) {
            char c = own[i];
            c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
            same = c == word[i];
        }
        n += same;
    }
    return n;
}

static void add_word(struct text_input *x, const char *text, size_t pieces,
                     const struct program_text_word *w)
{
    size_t holders = 0;
    for (size_t i = 0; i < pieces; i++) {
        x->weight[i] = (double)count(text, &x->piece[i], w->word);
        holders += x->weight[i] > 0;
    }
    /* whichever of them comes first brings the word: each as often */
    for (size_t i = 0; i < pieces; i++) {
        if (x->weight[i] > 0)
            x->found[i].value += w->binary
                                     ? w->coefficient / (double)holders
                                     : w->coefficient * x->weight[i];
    }
}

status text_add_up(struct text_input *x, const char *text, size_t pieces,
                   struct error *e)
{
    TRY(MEM_ROOM(x->weight, x->weight_room, pieces + 1, e));
    for (size_t i = 0; i < x->added.words; i++)
        add_word(x, text, pieces, &x->added.word[i]);
    return ST_OK;
}
