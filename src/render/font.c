/* render/font.c: the set of fonts and what it knows of itself. */
#include "render/font_internal.h"

#include <hb-ot.h>

static int metric(hb_font_t *font, hb_ot_metrics_tag_t tag, int otherwise)
{
    hb_position_t value = 0;
    return hb_ot_metrics_get_position(font, tag, &value) ? value : otherwise;
}

static void measure(struct font_set *set, int style)
{
    hb_font_t *font = hb_font_create(set->faces[set->text[style]].face);
    hb_font_set_scale(font, FONT_EM, FONT_EM);
    hb_font_extents_t extents = {0};
    hb_font_get_h_extents(font, &extents);
    struct font_metrics *m = &set->metrics[style];
    m->ascent = extents.ascender;
    m->descent = -extents.descender;
    m->line_gap = extents.line_gap;
    m->x_height = metric(font, HB_OT_METRICS_TAG_X_HEIGHT, FONT_EM / 2);
    m->cap_height = metric(font, HB_OT_METRICS_TAG_CAP_HEIGHT,
                           FONT_EM * 7 / 10);
    m->underline_below = -metric(font, HB_OT_METRICS_TAG_UNDERLINE_OFFSET,
                                 -FONT_EM / 10);
    m->underline_thick = metric(font, HB_OT_METRICS_TAG_UNDERLINE_SIZE,
                                FONT_EM / 20);
    hb_font_destroy(font);
}

status font_set_load(const char *manifest, struct font_set **out,
                     struct error *e)
{
    struct font_set *set = mem_array(1, sizeof *set);
    if (set == NULL)
        return error_memory(e);
    set->arena = arena_new(8 << 20);
    status st = set->arena == NULL ? error_memory(e)
                                   : manifest_load(set, manifest, e);
    if (st != ST_OK) {
        error_note(e, "loading the fonts of %s", manifest);
        font_set_free(set);
        return st;
    }
    for (int i = 0; i < FONT_STYLES; i++)
        measure(set, i);
    *out = set;
    return ST_OK;
}

void font_set_free(struct font_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->face_count; i++) {
        hb_set_destroy(set->faces[i].chars);
        hb_face_destroy(set->faces[i].face);
    }
    hb_blob_destroy(set->icc_blob);
    arena_free(set->arena);
    mem_free(set);
}

const struct font_metrics *font_metrics_of(const struct font_set *set,
                                           enum font_style style)
{
    return &set->metrics[style];
}

size_t font_rows(const struct font_set *set)
{
    return set->row_count;
}

const struct font_row *font_row_at(const struct font_set *set, size_t row)
{
    return &set->rows[row];
}
