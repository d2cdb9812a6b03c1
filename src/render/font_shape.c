/* render/font_shape.c: text to glyphs by HarfBuzz, remembered by word. */
#include "render/font_internal.h"

#include "base/hash.h"

#include <hb-ot.h>

enum {
    CACHE_KEEP = 16 << 20, /* bytes kept from one document to the next */
    CACHE_CAP = 512 << 20,
    RUNS_MAX = 4096
};

struct entry {
    uint64_t hash;
    unsigned key; /* style and flags */
    hb_language_t lang;
    const struct shaped *shaped;
};

struct shaper {
    const struct font_set *set;
    struct arena *kept;    /* what callers hold */
    struct arena *scratch; /* one call */
    struct entry *entries;
    size_t entry_count, entry_room; /* room: a power of two */
    hb_buffer_t *buffer;
    hb_font_t **fonts; /* by face, made when first used */
    char lang_text[32];
    hb_language_t lang;
};

struct shaper *shaper_new(const struct font_set *set)
{
    struct shaper *s = mem_array(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->set = set;
    s->entry_room = 4096;
    s->kept = arena_new(CACHE_CAP);
    s->scratch = arena_new(CACHE_CAP);
    s->entries = mem_array(s->entry_room, sizeof *s->entries);
    s->fonts = mem_array(set->face_count, sizeof *s->fonts);
    s->buffer = hb_buffer_create();
    s->lang = hb_language_from_string("en", -1);
    if (s->kept == NULL || s->scratch == NULL || s->entries == NULL ||
        s->fonts == NULL || !hb_buffer_allocation_successful(s->buffer)) {
        shaper_free(s);
        return NULL;
    }
    return s;
}

void shaper_free(struct shaper *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; s->fonts != NULL && i < s->set->face_count; i++)
        hb_font_destroy(s->fonts[i]);
    mem_free(s->fonts);
    mem_free(s->entries);
    hb_buffer_destroy(s->buffer);
    arena_free(s->kept);
    arena_free(s->scratch);
    mem_free(s);
}

const struct font_set *shaper_fonts(const struct shaper *s)
{
    return s->set;
}

void shaper_begin(struct shaper *s)
{
    if (arena_used(s->kept) <= CACHE_KEEP)
        return;
    arena_reset(s->kept);
    memset(s->entries, 0, s->entry_room * sizeof *s->entries);
    s->entry_count = 0;
}

static hb_font_t *font_of(struct shaper *s, size_t face)
{
    if (s->fonts[face] == NULL) {
        s->fonts[face] = hb_font_create(s->set->faces[face].face);
        hb_font_set_scale(s->fonts[face], FONT_EM, FONT_EM);
    }
    return s->fonts[face];
}

static struct entry *look_up(struct shaper *s, uint64_t hash, unsigned key,
                             const char *text, size_t length)
{
    size_t mask = s->entry_room - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct entry *en = &s->entries[i];
        if (en->shaped == NULL ||
            (en->hash == hash && en->key == key && en->lang == s->lang &&
             en->shaped->length == length &&
             memcmp(en->shaped->text, text, length) == 0))
            return en;
    }
}

static bool grow_cache(struct shaper *s)
{
    if (s->entry_count * 2 < s->entry_room)
        return true;
    size_t room = s->entry_room * 2;
    struct entry *wider = mem_array(room, sizeof *wider);
    if (wider == NULL)
        return false;
    for (size_t i = 0; i < s->entry_room; i++) {
        if (s->entries[i].shaped == NULL)
            continue;
        size_t at = s->entries[i].hash & (room - 1);
        while (wider[at].shaped != NULL)
            at = (at + 1) & (room - 1);
        wider[at] = s->entries[i];
    }
    mem_free(s->entries);
    s->entries = wider;
    s->entry_room = room;
    return true;
}

static void set_language(struct shaper *s, const char *lang)
{
    if (lang == NULL)
        lang = "en";
    size_t n = strlen(lang);
    if (n >= sizeof s->lang_text || strcmp(lang, s->lang_text) == 0)
        return;
    memcpy(s->lang_text, lang, n + 1);
    s->lang = hb_language_from_string(lang, -1);
}

struct job {
    struct shaper *s;
    const char *text;
    size_t length;
    unsigned flags;
    const struct run_char *chars;
    struct glyph *glyphs;
    size_t count, room;
};

static status add_glyphs(struct job *j, const struct run *run,
                         struct glyph_run *out, struct error *e)
{
    unsigned n = 0;
    hb_glyph_info_t *info = hb_buffer_get_glyph_infos(j->s->buffer, &n);
    hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(j->s->buffer, &n);
    if (!hb_buffer_allocation_successful(j->s->buffer))
        return error_memory(e);
    if (j->count + n > j->room) {
        size_t room = (j->count + n) * 2;
        struct glyph *wider = arena_array(j->s->scratch, room, sizeof *wider);
        if (wider == NULL)
            return arena_error(j->s->scratch, e);
        if (j->count > 0)
            memcpy(wider, j->glyphs, j->count * sizeof *wider);
        j->glyphs = wider;
        j->room = room;
    }
    struct glyph *g = j->glyphs + j->count;
    for (unsigned i = 0; i < n; i++) {
        if (info[i].codepoint == 0)
            return error_set(e, ST_DATA, "%s cannot shape \"%.*s\"",
                             j->s->set->faces[out->face].row->file,
                             (int)(out->end - out->start),
                             j->text + out->start);
        g[i] = (struct glyph){.id = info[i].codepoint,
                              .cluster = info[i].cluster,
                              .advance = pos[i].x_advance,
                              .dx = pos[i].x_offset, .dy = pos[i].y_offset};
    }
    out->first = (uint32_t)j->count;
    out->count = n;
    out->complex = read_clusters(j->s->fonts[out->face], g, n, out->rtl,
                                 j->chars, run);
    j->count += n;
    return ST_OK;
}

static status shape_run(struct job *j, const struct run *run,
                        struct glyph_run *out, struct error *e)
{
    const struct run_char *first = &j->chars[run->from];
    static const hb_feature_t tabular = {HB_TAG('t', 'n', 'u', 'm'), 1, 0,
                                         HB_FEATURE_GLOBAL_END};
    out->face = first->face;
    out->rtl = first->level % 2 == 1;
    out->start = first->offset;
    out->end = j->chars[run->to].offset;
    hb_buffer_t *b = j->s->buffer;
    hb_buffer_clear_contents(b);
    hb_buffer_add_utf8(b, j->text, (int)j->length, out->start,
                       (int)(out->end - out->start));
    hb_buffer_set_direction(b, out->rtl ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(b, first->script);
    hb_buffer_set_language(b, j->s->lang);
    hb_buffer_set_flags(b, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
    hb_shape(font_of(j->s, out->face), b, &tabular,
             j->flags & SHAPE_TABULAR ? 1 : 0);
    return add_glyphs(j, run, out, e);
}

static void read_sides(struct shaped *sh, const struct run_char *c, size_t n)
{
    sh->neutral = true;
    for (size_t i = 0; i < n && sh->neutral; i++) {
        sh->neutral = c[i].side == 0;
        sh->rtl = c[i].side < 0;
    }
}

static void read_widths(struct shaped *sh, const struct run_char *c, size_t n)
{
    size_t end = n;
    while (end > 0 && c[end - 1].space)
        end--;
    for (uint32_t i = 0; i < sh->glyph_count; i++) {
        sh->width += sh->glyphs[i].advance;
        if (sh->glyphs[i].cluster >= c[end].offset)
            sh->trail += sh->glyphs[i].advance;
    }
}

static status shape_new(struct shaper *s, enum font_style style,
                        const char *text, size_t length, unsigned flags,
                        struct shaped **out, struct error *e)
{
    struct job j = {.s = s, .text = text, .length = length, .flags = flags};
    struct run_char *chars = NULL;
    size_t n = 0;
    arena_reset(s->scratch);
    TRY(run_chars(s->set, style, text, length, flags & SHAPE_RTL, s->scratch,
                  &chars, &n, e));
    j.chars = chars;
    struct run *runs = arena_new_array(s->scratch, struct run, n + 1);
    if (runs == NULL)
        return arena_error(s->scratch, e);
    size_t run_count = cut_runs(chars, n, runs);
    order_runs(chars, runs, run_count);
    struct shaped *sh = arena_new_one(s->kept, struct shaped);
    struct glyph_run *kept = arena_new_array(s->kept, struct glyph_run,
                                             run_count + 1);
    if (sh == NULL || kept == NULL)
        return arena_error(s->kept, e);
    for (size_t i = 0; i < run_count; i++)
        TRY(shape_run(&j, &runs[i], &kept[i], e));
    struct glyph *glyphs = arena_new_array(s->kept, struct glyph, j.count + 1);
    sh->text = arena_copy(s->kept, text, length);
    if (glyphs == NULL || sh->text == NULL)
        return arena_error(s->kept, e);
    if (j.count > 0)
        memcpy(glyphs, j.glyphs, j.count * sizeof *glyphs);
    sh->length = (uint32_t)length;
    sh->style = style;
    sh->flags = flags;
    sh->lang = hb_language_to_string(s->lang);
    sh->glyphs = glyphs;
    sh->glyph_count = (uint32_t)j.count;
    sh->runs = kept;
    sh->run_count = (uint32_t)run_count;
    read_sides(sh, chars, n);
    read_widths(sh, chars, n);
    *out = sh;
    return ST_OK;
}

status shape(struct shaper *s, enum font_style style, const char *text,
             size_t length, const char *lang, unsigned flags,
             const struct shaped **out, struct error *e)
{
    if (length > SHAPE_TEXT_MAX)
        return error_set(e, ST_LIMIT, "a text of %zu bytes is longer than %d",
                         length, SHAPE_TEXT_MAX);
    set_language(s, lang);
    unsigned key = (unsigned)style << 8 | flags;
    uint64_t hash = hash_bytes(text, length) ^ key * 0x9E3779B97F4A7C15U;
    struct entry *found = look_up(s, hash, key, text, length);
    if (found->shaped == NULL) {
        struct shaped *sh = NULL;
        if (!grow_cache(s))
            return error_memory(e);
        TRY(shape_new(s, style, text, length, flags, &sh, e));
        found = look_up(s, hash, key, text, length);
        *found = (struct entry){hash, key, s->lang, sh};
        s->entry_count++;
    }
    *out = found->shaped;
    return ST_OK;
}

double shaper_text_width(void *shaper, const char *text, double size,
                         bool bold)
{
    const struct shaped *sh = NULL;
    size_t n = strlen(text);
    if (shape(shaper, bold ? FONT_BOLD : FONT_REGULAR, text, n, NULL, 0, &sh,
              NULL) != ST_OK)
        return 0.5 * size * (double)n;
    return size * sh->width / FONT_EM;
}
