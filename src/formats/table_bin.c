#include "formats/table_bin.h"

#include "base/num.h"
#include "base/text.h"

#include <math.h>

struct slice {
    const char *text;
    size_t length;
};

static struct slice trimmed(const char *text, size_t length)
{
    while (length > 0 && text[0] == ' ') {
        text++;
        length--;
    }
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return (struct slice){text, length};
}

static bool starts(struct slice s, const char *with)
{
    size_t n = strlen(with);
    return s.length >= n && memcmp(s.text, with, n) == 0;
}

/* A number or an infinity, but not "nan". */
static bool number_of(struct slice s, double *out)
{
    bool minus = starts(s, "-\xE2\x88\x9E"), plus = starts(s, "+\xE2\x88\x9E");
    if ((minus || plus) && s.length == 4) {
        *out = minus ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    if (starts(s, "\xE2\x88\x9E") && s.length == 3) {
        *out = (double)INFINITY;
        return true;
    }
    return num_parse(s.text, s.length, out) && !isnan(*out);
}

static double above(double x, bool open)
{
    return open && isfinite(x) ? nextafter(x, (double)INFINITY) : x;
}

static double below(double x, bool open)
{
    return open && isfinite(x) ? nextafter(x, -(double)INFINITY) : x;
}

/* "[0, 10)", "]0;10]", "(-inf,3.5]" */
static bool bracketed(struct slice s, struct table_piece *p)
{
    double low = 0.0, high = 0.0;
    if (s.length < 5 || memchr("[(]", s.text[0], 3) == NULL ||
        memchr("])[", s.text[s.length - 1], 3) == NULL)
        return false;
    size_t at = 1;
    while (at < s.length - 1 && s.text[at] != ',' && s.text[at] != ';')
        at++;
    if (at >= s.length - 1 ||
        !number_of(trimmed(s.text + 1, at - 1), &low) ||
        !number_of(trimmed(s.text + at + 1, s.length - at - 2), &high))
        return false;
    p->low = above(low, s.text[0] != '[');
    p->high = below(high, s.text[s.length - 1] != ']');
    return true;
}

/* "<= 5", ">5", "≥ 5", "= 5" */
static bool compared(struct slice s, struct table_piece *p)
{
    static const struct {
        const char *sign;
        bool up, open, equal;
    } signs[] = {{"<=", false, false, false}, {">=", true, false, false},
                 {"==", false, false, true},  {"\xE2\x89\xA4", false, false, false},
                 {"\xE2\x89\xA5", true, false, false}, {"<", false, true, false},
                 {">", true, true, false},    {"=", false, false, true}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i].sign);
        double x = 0.0;
        if (!starts(s, signs[i].sign))
            continue;
        if (!number_of(trimmed(s.text + n, s.length - n), &x) || isinf(x))
            return false;
        p->low = signs[i].up ? above(x, signs[i].open) : -(double)INFINITY;
        p->high = signs[i].up ? (double)INFINITY : below(x, signs[i].open);
        if (signs[i].equal) {
            p->kind = PIECE_NUMBER;
            p->low = p->high = x;
            p->word += strspn(p->word, "= ");
        }
        return true;
    }
    return false;
}

/* "5 - 10", "5–10", "5 to 10" */
static bool dashed(struct slice s, struct table_piece *p)
{
    static const char *const dashes[] = {"-", "\xE2\x80\x93", "\xE2\x80\x94",
                                         " to "};
    for (size_t at = 1; at < s.length; at++)
        for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
            size_t n = strlen(dashes[i]);
            struct slice rest = {s.text + at, s.length - at};
            if (starts(rest, dashes[i]) &&
                number_of(trimmed(s.text, at), &p->low) &&
                number_of(trimmed(rest.text + n, rest.length - n), &p->high)) {
                p->dash = true;
                return true;
            }
        }
    return false;
}

/* "0,5" as "0.5" where the table has decimal commas; NULL: no memory. */
static const char *with_points(const struct table_lines *t, const char *text)
{
    char *copy = arena_string(t->arena, text);
    for (char *at = copy; at != NULL && t->comma && *at != '\0'; at++)
        if (*at == ',')
            *at = '.';
    return copy;
}

/* A number, a comparison or two numbers with a dash. */
static bool plain_piece(struct slice s, struct table_piece *p)
{
    if (number_of(s, &p->low) && isfinite(p->low)) {
        p->kind = PIECE_NUMBER;
        p->high = p->low;
        return true;
    }
    return compared(s, p) || dashed(s, p);
}

static status one_piece(const struct table_lines *t,
                        const struct table_line *line, struct slice s,
                        struct table_piece *p, struct error *e)
{
    static const char *const missing[] = {"missing", "NA", "NaN", "null", "n/a",
                                          "none given", NULL};
    static const char *const others[] = {"else", "other", "others", "otherwise",
                                         "default", "all other", NULL};
    *p = (struct table_piece){.kind = PIECE_RANGE, .line = line->line};
    p->word = arena_copy(t->arena, s.text, s.length);
    struct slice point = {p->word == NULL ? NULL : with_points(t, p->word),
                          s.length};
    if (point.text == NULL)
        return arena_error(t->arena, e);
    if (s.length == 0)
        return table_lines_fault(t, line->line, e, ST_FORMAT,
                                 "an empty bin of \"%.60s\": write missing, "
                                 "else, an interval or words",
                                 line->cell[TABLE_NAME]);
    if (table_lines_among(p->word, missing))
        p->kind = PIECE_MISSING;
    else if (table_lines_among(p->word, others))
        p->kind = PIECE_ELSE;
    else if (text_equal_fold(s.text, s.length, "special"))
        return table_lines_fault(t, line->line, e, ST_FORMAT,
                                 "the bin \"special\" does not say which "
                                 "values are special: write them, as in "
                                 "-999 | -998");
    else if (!bracketed(s, p) && !plain_piece(point, p))
        p->kind = PIECE_WORD;
    if (p->kind == PIECE_RANGE && !(p->low <= p->high))
        return table_lines_fault(t, line->line, e, ST_FORMAT,
                                 "the interval %.60s holds no number", p->word);
    return ST_OK;
}

/* Length up to the next separator between pieces, and the separator's own. */
static size_t piece_end(const char *text, size_t *gap)
{
    static const char between[] = "%,%";
    const char *bar = strchr(text, '|'), *other = strstr(text, between);
    const char *end = bar;
    *gap = 1;
    if (other != NULL && (bar == NULL || other < bar)) {
        end = other;
        *gap = strlen(between);
    }
    if (end == NULL)
        *gap = 0;
    return end == NULL ? strlen(text) : (size_t)(end - text);
}

status table_bin_parse(const struct table_lines *t,
                       const struct table_line *line, struct table_bin *out,
                       struct error *e)
{
    const char *text = line->cell[TABLE_BIN];
    size_t most = 1, gap = 0;
    for (const char *at = text; *at != '\0'; at++)
        most += *at == '|' || *at == '%';
    out->pieces = 0;
    out->piece = arena_new_array(t->arena, struct table_piece, most);
    if (out->piece == NULL)
        return arena_error(t->arena, e);
    for (;;) {
        size_t n = piece_end(text, &gap);
        TRY(one_piece(t, line, trimmed(text, n), &out->piece[out->pieces++],
                      e));
        if (gap == 0)
            return ST_OK;
        text += n + gap;
    }
}
