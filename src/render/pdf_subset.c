/* render/pdf_subset.c: exact subsets by hb-subset, without hints. A painter
 * keeps the last few of each face, since letters of one run often need the same
 * glyphs; a subset is a function of its glyphs alone, so keeping changes no
 * byte. */
#include "render/pdf_internal.h"

#include <hb-subset.h>

/* The tables a CIDFontType2 needs, prepared once so that subsets are quick. */
static hb_face_t *outlines_of(hb_face_t *face)
{
    static const hb_tag_t tags[] = {
        HB_TAG('h', 'e', 'a', 'd'), HB_TAG('h', 'h', 'e', 'a'),
        HB_TAG('h', 'm', 't', 'x'), HB_TAG('m', 'a', 'x', 'p'),
        HB_TAG('l', 'o', 'c', 'a'), HB_TAG('g', 'l', 'y', 'f')};
    hb_face_t *builder = hb_face_builder_create();
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        hb_blob_t *table = hb_face_reference_table(face, tags[i]);
        hb_face_builder_add_table(builder, tags[i], table);
        hb_blob_destroy(table);
    }
    hb_blob_t *blob = hb_face_reference_blob(builder);
    hb_face_t *plain = hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    hb_face_destroy(builder);
    hb_face_t *ready = hb_subset_preprocess(plain);
    hb_face_destroy(plain);
    return ready;
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void tag_of(uint32_t crc, char tag[7])
{
    for (int i = 0; i < 6; i++) {
        tag[i] = (char)('A' + crc % 26);
        crc /= 26;
    }
    tag[6] = '\0';
}

static status keep_bytes(struct paint *w, struct subset *s, hb_blob_t *blob,
                         struct error *e)
{
    unsigned n = 0;
    const char *bytes = hb_blob_get_data(blob, &n);
    struct libdeflate_compressor *c = w->p->compressors[w->small];
    size_t room = libdeflate_zlib_compress_bound(c, n);
    s->bytes = mem_array(room, 1);
    if (s->bytes == NULL)
        return error_memory(e);
    s->length = libdeflate_zlib_compress(c, bytes, n, s->bytes, room);
    s->plain_length = n;
    tag_of(libdeflate_crc32(0, bytes, n), s->tag);
    return n > 0 ? ST_OK : error_bug(e, "a font subset is empty");
}

static status fill_subset(struct paint *w, struct face_use *u, struct subset *s,
                          hb_subset_input_t *input, struct error *e)
{
    hb_set_t *glyphs = hb_subset_input_glyph_set(input);
    for (size_t i = 0; i < s->count; i++)
        hb_set_add(glyphs, s->ids[i]);
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_NO_HINTING);
    hb_subset_plan_t *plan = hb_subset_plan_create_or_fail(u->plain, input);
    hb_face_t *made =
        plan == NULL ? NULL : hb_subset_plan_execute_or_fail(plan);
    if (made == NULL) {
        hb_subset_plan_destroy(plan);
        return error_set(e, ST_MEMORY, "cannot make a subset of %s", u->name);
    }
    const hb_map_t *map = hb_subset_plan_old_to_new_glyph_mapping(plan);
    for (size_t i = 0; i < s->count; i++)
        s->cids[i] = (uint16_t)hb_map_get(map, s->ids[i]);
    hb_subset_plan_destroy(plan);
    hb_blob_t *blob = hb_face_reference_blob(made);
    status st = keep_bytes(w, s, blob, e);
    hb_blob_destroy(blob);
    hb_face_destroy(made);
    return st;
}

static status make_subset(struct paint *w, struct face_use *u, struct subset *s,
                          struct error *e)
{
    mem_free(s->ids);
    mem_free(s->cids);
    mem_free(s->bytes);
    *s = (struct subset){.count = u->id_count};
    s->ids = mem_array(u->id_count + 1, sizeof *s->ids);
    s->cids = mem_array(u->id_count + 1, sizeof *s->cids);
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    status st = ST_OK;
    if (s->ids == NULL || s->cids == NULL || input == NULL) {
        st = error_memory(e);
    } else {
        if (s->count > 0)
            memcpy(s->ids, u->ids, s->count * sizeof *s->ids);
        st = fill_subset(w, u, s, input, e);
    }
    hb_subset_input_destroy(input);
    if (st != ST_OK)
        s->count = SIZE_MAX; /* never found again */
    return st;
}

status face_subset(struct paint *w, size_t face, struct error *e)
{
    struct face_use *u = &w->p->faces[face];
    struct subset *kept = u->subsets[w->small], *oldest = &kept[0];
    if (u->plain == NULL)
        u->plain = outlines_of(w->p->set->faces[face].face);
    qsort(u->ids, u->id_count, sizeof *u->ids, by_id);
    struct subset *found = NULL;
    for (int i = 0; i < SUBSETS_KEPT && found == NULL; i++) {
        if (kept[i].bytes != NULL && kept[i].count == u->id_count &&
            memcmp(kept[i].ids, u->ids,
                   u->id_count * sizeof *u->ids) == 0)
            found = &kept[i];
        if (kept[i].used < oldest->used)
            oldest = &kept[i];
    }
    if (found == NULL) {
        TRY(make_subset(w, u, oldest, e));
        found = oldest;
    }
    found->used = ++w->p->clock;
    for (size_t i = 0; i < found->count; i++)
        u->cid[found->ids[i]] = found->cids[i];
    u->subset = found;
    return ST_OK;
}
