/* render/font_runs.c: a text cut into characters that know their script, their
 * direction and the face that has them. */
#include "render/font_internal.h"

#include "base/text.h"

bool point_is_space(uint32_t p)
{
    return p == ' ' || p == 0xA0 || p == 0x1680 ||
           (p >= 0x2000 && p <= 0x200A) || p == 0x202F || p == 0x205F ||
           p == 0x3000;
}

bool point_is_ignorable(uint32_t p)
{
    static const uint32_t ranges[][2] = {
        {0xAD, 0xAD}, {0x34F, 0x34F}, {0x61C, 0x61C}, {0x115F, 0x1160},
        {0x17B4, 0x17B5}, {0x180B, 0x180E}, {0x200B, 0x200F},
        {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
        {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}};
    if (p < 0xAD)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (p >= ranges[i][0] && p <= ranges[i][1])
            return true;
    return false;
}

static status decode(const char *text, size_t length, struct run_char *chars,
                     size_t *count, struct error *e)
{
    hb_unicode_funcs_t *u = hb_unicode_funcs_get_default();
    size_t n = 0;
    for (size_t at = 0; at < length; n++) {
        struct run_char *c = &chars[n];
        size_t used = utf8_decode(text + at, length - at, &c->point);
        if (used == 0)
            return error_set(e, ST_DATA, "a text is not UTF-8 at its byte %zu",
                             at);
        if (c->point < 0x20 || (c->point >= 0x7F && c->point < 0xA0) ||
            c->point == 0x2028 || c->point == 0x2029)
            return error_set(e, ST_ARGUMENT, "the control character U+%04X "
                             "cannot be printed", (unsigned)c->point);
        c->offset = (uint32_t)at;
        c->space = point_is_space(c->point);
        c->ignorable = point_is_ignorable(c->point);
        if (c->point < 0x80) {
            bool letter = (c->point | 32) >= 'a' && (c->point | 32) <= 'z';
            c->script = letter ? HB_SCRIPT_LATIN : HB_SCRIPT_COMMON;
        } else {
            hb_unicode_general_category_t g =
                hb_unicode_general_category(u, c->point);
            c->mark = g == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
                      g == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
                      g == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK;
            c->script = hb_unicode_script(u, c->point);
        }
        at += used;
    }
    *count = n;
    return ST_OK;
}

/* Characters of no script take the one before, or else the one after. */
static void resolve_scripts(struct run_char *c, size_t n)
{
    hb_script_t last = HB_SCRIPT_COMMON;
    size_t open = 0;
    for (size_t i = 0; i < n; i++) {
        if (c[i].script != HB_SCRIPT_COMMON &&
            c[i].script != HB_SCRIPT_INHERITED &&
            c[i].script != HB_SCRIPT_UNKNOWN) {
            for (; last == HB_SCRIPT_COMMON && open < i; open++)
                c[open].script = c[i].script;
            last = c[i].script;
        } else {
            c[i].script = last;
        }
    }
}

static bool has(const struct face *f, uint32_t p)
{
    if (hb_set_has(f->chars, p))
        return true;
    if (p == 0x2011)
        return hb_set_has(f->chars, 0x2010);
    if (point_is_space(p))
        return hb_set_has(f->chars, ' ');
    hb_codepoint_t a = 0, b = 0;
    return hb_unicode_decompose(hb_unicode_funcs_get_default(), p, &a, &b) &&
           has(f, a) && (b == 0 || has(f, b));
}

static bool has_all(const struct face *f, const struct run_char *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!c[i].ignorable && !has(f, c[i].point))
            return false;
    return true;
}

static bool serves(const struct face *f, hb_script_t script)
{
    for (size_t i = 0; i < f->script_count; i++)
        if (f->scripts[i] == script)
            return true;
    return f->script_count == 0;
}

enum { NO_FACE = FONT_FACES_MAX };

/* The first face with all of a cluster: the text face, then its regular, then
 * fallbacks of the script, then any; bold before regular when bold is asked. */
static size_t find_face(const struct font_set *set, enum font_style style,
                        const struct run_char *c, size_t n)
{
    bool bold = style == FONT_BOLD || style == FONT_BOLD_ITALIC;
    if (has_all(&set->faces[set->text[style]], c, n))
        return set->text[style];
    if (has_all(&set->faces[set->text[FONT_REGULAR]], c, n))
        return set->text[FONT_REGULAR];
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < set->face_count; i++) {
            const struct face *f = &set->faces[i];
            if (!f->fallback || f->bold ||
                (any == 0 && !serves(f, c->script)) || !has_all(f, c, n))
                continue;
            /* A family's bold row follows its regular one. */
            const struct face *next = f + 1;
            if (bold && i + 1 < set->face_count && next->bold &&
                text_equal(next->row->family, f->row->family) &&
                has_all(next, c, n))
                return i + 1;
            return i;
        }
    return NO_FACE;
}

static status no_font(const struct run_char *c, const char *text, size_t length,
                      struct error *e)
{
    size_t end = c->offset + 4 < length ? c->offset + 4 : length;
    uint32_t point = 0;
    size_t used = utf8_decode(text + c->offset, end - c->offset, &point);
    return error_set(e, ST_DATA, "no font has the character U+%04X (%.*s)",
                     (unsigned)c->point, (int)used, text + c->offset);
}

static status choose_faces(const struct font_set *set, enum font_style style,
                           const char *text, size_t length, struct run_char *c,
                           size_t n, struct error *e)
{
    size_t last = set->text[style];
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && (c[end].mark || c[end].ignorable))
            end++;
        size_t face = last;
        bool stays = c[i].ignorable || c[i].space;
        if (!stays || !has_all(&set->faces[last], c + i, end - i))
            face = find_face(set, style, c + i, end - i);
        if (face == NO_FACE && end > i + 1) {
            /* No face has base and marks together: each by itself. */
            end = i + 1;
            face = find_face(set, style, c + i, 1);
        }
        if (face == NO_FACE)
            return no_font(c + i, text, length, e);
        for (; i < end; i++)
            c[i].face = (uint16_t)face;
        last = face;
    }
    return ST_OK;
}

status run_chars(const struct font_set *set, enum font_style style,
                 const char *text, size_t length, bool rtl, struct arena *a,
                 struct run_char **out, size_t *count, struct error *e)
{
    struct run_char *chars = arena_new_array(a, struct run_char, length + 1);
    if (chars == NULL)
        return arena_error(a, e);
    TRY(decode(text, length, chars, count, e));
    chars[*count].offset = (uint32_t)length;
    resolve_scripts(chars, *count);
    bidi_levels(chars, *count, rtl);
    TRY(choose_faces(set, style, text, length, chars, *count, e));
    *out = chars;
    return ST_OK;
}
