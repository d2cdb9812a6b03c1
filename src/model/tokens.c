#include "model/tokens.h"

#include "base/text.h"

/* What is no part of a word beyond ASCII: blanks, punctuation, symbols. */
static const uint32_t breaks[][2] = {
    {0x80, 0xa9},       {0xab, 0xb1},       {0xb4, 0xb4},
    {0xb6, 0xb8},       {0xbb, 0xbf},       {0xd7, 0xd7},
    {0xf7, 0xf7},       {0x2c2, 0x2df},     {0x37e, 0x37e},
    {0x387, 0x387},     {0x55a, 0x55f},     {0x589, 0x58a},
    {0x5be, 0x5be},     {0x5c0, 0x5c0},     {0x5c3, 0x5c3},
    {0x5c6, 0x5c6},     {0x5f3, 0x5f4},     {0x60c, 0x60d},
    {0x61b, 0x61f},     {0x66a, 0x66d},     {0x6d4, 0x6d4},
    {0x700, 0x70d},     {0x964, 0x965},     {0x970, 0x970},
    {0xe2f, 0xe2f},     {0xe4f, 0xe4f},     {0xe5a, 0xe5b},
    {0x104a, 0x104f},   {0x10fb, 0x10fb},   {0x1360, 0x1368},
    {0x1680, 0x1680},   {0x17d4, 0x17db},   {0x1800, 0x180a},
    {0x2000, 0x203e},   {0x2041, 0x2053},   {0x2055, 0x206f},
    {0x20a0, 0x20cf},   {0x2190, 0x245f},   {0x2500, 0x2bff},
    {0x2e00, 0x2e7f},   {0x3000, 0x3004},   {0x3008, 0x3020},
    {0x3030, 0x3030},   {0x303d, 0x303f},   {0x30fb, 0x30fb},
    {0xd800, 0xf8ff},   {0xfd3e, 0xfd3f},   {0xfe10, 0xfe1f},
    {0xfe30, 0xfe6f},   {0xfeff, 0xfeff},   {0xff01, 0xff0f},
    {0xff1a, 0xff20},   {0xff3b, 0xff40},   {0xff5b, 0xff65},
    {0xffe0, 0xffff},   {0x1f000, 0x1faff}, {0xe0000, 0x10ffff},
};

/* Signs of scripts without blanks, each a word by itself. */
static const uint32_t alone[][2] = {
    {0x3005, 0x3007},   {0x3021, 0x3029},   {0x3041, 0x309f},
    {0x30a1, 0x30fa},   {0x30fc, 0x30ff},   {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},   {0xf900, 0xfaff},   {0xff66, 0xff9f},
    {0x20000, 0x323af},
};

static bool holds(const uint32_t (*of)[2], size_t n, uint32_t point)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (of[middle][1] < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && point >= of[low][0];
}

#define HOLDS(of, point) holds((of), sizeof(of) / sizeof *(of), (point))

enum sort_of { OTHER, LETTER, ALONE };

static enum sort_of sort_of(uint32_t c)
{
    if (c < 0x80)
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                       (c >= 'A' && c <= 'Z') || c == '_'
                   ? LETTER : OTHER;
    if (HOLDS(alone, c))
        return ALONE;
    return HOLDS(breaks, c) ? OTHER : LETTER;
}

/* One code point; a byte that is none counts as a blank. */
static size_t next_point(const char *text, size_t length, size_t at,
                         uint32_t *point)
{
    size_t used = utf8_decode(text + at, length - at, point);
    if (used > 0)
        return used;
    *point = ' ';
    return 1;
}

bool tokens_word(const char *text, size_t length, size_t *from,
                 struct text_span *out)
{
    size_t at = *from;
    bool inside = false;
    while (at < length) {
        uint32_t c = 0;
        size_t used = next_point(text, length, at, &c);
        enum sort_of sort = sort_of(c);
        if (inside && sort != LETTER)
            break;
        if (!inside && sort != OTHER) {
            inside = true;
            out->first = at;
        }
        at += used;
        if (sort == ALONE)
            break;
    }
    *from = at;
    out->end = at;
    return inside;
}

static bool is_blank(uint32_t c)
{
    return c <= ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200b) ||
           c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x3000;
}

static bool ends_wide(uint32_t c)
{
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61;
}

static bool ends(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x203c ||
           (c >= 0x2047 && c <= 0x2049) || c == 0x61f || c == 0x6d4 ||
           c == 0x964 || c == 0x965 || c == 0x589 || c == 0x1362 ||
           ends_wide(c);
}

static bool closes(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' ||
           c == 0xbb || c == 0x2019 || c == 0x201c || c == 0x201d ||
           c == 0x203a || c == 0x300d || c == 0x300f || c == 0xff09;
}

struct sentence {
    const char *text;
    size_t length;
    size_t word_first, word_end; /* the last word so far */
    bool word, open;             /* any word; the last one is still open */
};

static void note_point(struct sentence *s, size_t at, size_t used, uint32_t c)
{
    bool letter = sort_of(c) != OTHER;
    if (letter && !s->open)
        s->word_first = at;
    if (letter)
        s->word_end = at + used;
    s->word |= letter;
    s->open = letter;
}

/* "J. Smith", "3. 5": the full stop is part of what it follows. */
static bool is_mark(const struct sentence *s, size_t at, uint32_t c)
{
    if (c != '.' || s->word_end != at)
        return true;
    uint32_t only = 0;
    size_t used = next_point(s->text, s->length, s->word_first, &only);
    bool capital = only >= 'A' && only <= 'Z';
    return s->word_first + used != s->word_end || !capital;
}

static bool empty_line(const struct sentence *s, size_t at)
{
    if (s->text[at] != '\n')
        return false;
    for (at++; at < s->length; at++) {
        if (s->text[at] == '\n')
            return true;
        if (s->text[at] != ' ' && s->text[at] != '\t' && s->text[at] != '\r')
            return false;
    }
    return false;
}

/* Where the sentence ends that a mark at `at` may end; 0: it goes on. */
static size_t end_behind(const struct sentence *s, size_t at)
{
    bool wide = false;
    while (at < s->length) {
        uint32_t c = 0;
        size_t used = next_point(s->text, s->length, at, &c);
        if (!ends(c) && !closes(c))
            return wide || is_blank(c) ? at : 0;
        wide |= ends_wide(c);
        at += used;
    }
    return at;
}

static size_t skip_blanks(const char *text, size_t length, size_t at)
{
    while (at < length) {
        uint32_t c = 0;
        size_t used = next_point(text, length, at, &c);
        if (!is_blank(c))
            break;
        at += used;
    }
    return at;
}

static size_t find_end(struct sentence *s, size_t at)
{
    while (at < s->length) {
        uint32_t c = 0;
        size_t used = next_point(s->text, s->length, at, &c);
        if (s->word && empty_line(s, at))
            return at;
        if (s->word && ends(c) && is_mark(s, at, c)) {
            size_t end = end_behind(s, at);
            if (end > 0)
                return end;
        }
        note_point(s, at, used, c);
        at += used;
    }
    return at;
}

/* What follows without any word belongs to the sentence before. */
static bool word_left(const char *text, size_t length, size_t at)
{
    struct text_span span;
    return tokens_word(text, length, &at, &span);
}

bool tokens_sentence(const char *text, size_t length, size_t *from,
                     struct text_span *out)
{
    size_t at = skip_blanks(text, length, *from);
    struct sentence s = {.text = text, .length = length};
    if (at == length || (*from > 0 && !word_left(text, length, at))) {
        *from = length;
        return false;
    }
    out->first = at;
    size_t end = find_end(&s, at);
    if (!word_left(text, length, end))
        end = length;
    *from = end;
    while (end > at && (unsigned char)text[end - 1] <= ' ')
        end--;
    out->end = end;
    return true;
}

void tokens_lower(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] - 'A' + 'a');
}
