/* render/font_manifest.c: fonts/MANIFEST and the files it names. */
#include "render/font_internal.h"

#include "base/text.h"
#include "io/source.h"

enum { COLUMNS = 7, MANIFEST_MAX = 1 << 20 };

static const char *const role_words[FONT_STYLES] = {"regular", "bold", "italic",
                                                    "bold-italic"};

static void free_bytes(void *self)
{
    struct buf *b = self;
    buf_free(b);
    mem_free(b);
}

/* A checked file as a blob that owns its bytes. */
static status open_file(const struct font_row *row, hb_blob_t **out,
                        struct error *e)
{
    struct buf *b = mem_array(1, sizeof *b);
    char hex[SHA256_HEX];
    if (b == NULL)
        return error_memory(e);
    *b = BUF_INIT(FONT_FILE_MAX);
    status st = file_load(row->file, b, hex, e);
    if (st == ST_SYSTEM)
        error_note(e, "loading a font of the Debian package %s", row->package);
    if (st == ST_OK && strstr(row->sha256, hex) == NULL)
        st = error_set(e, ST_DATA, "%s is not a version the font manifest "
                       "accepts: its SHA-256 is %s (reinstall the Debian "
                       "package %s, or add the hash)", row->file, hex,
                       row->package);
    if (st != ST_OK) {
        free_bytes(b);
        return st;
    }
    *out = hb_blob_create(b->data, (unsigned)b->length,
                          HB_MEMORY_MODE_READONLY, b, free_bytes);
    return ST_OK;
}

static status read_scripts(struct face *f, const struct place *at,
                           struct error *e)
{
    const char *s = f->row->coverage;
    if (text_equal(s, "any"))
        return ST_OK;
    while (*s != '\0') {
        size_t n = strcspn(s, " ");
        if (n != 4 || f->script_count == FACE_SCRIPTS_MAX)
            return error_at(e, ST_SYNTAX, at, "scripts are up to %d ISO 15924 "
                            "codes of four letters, or any; \"%.*s\" is not",
                            FACE_SCRIPTS_MAX, (int)n, s);
        f->scripts[f->script_count++] = hb_script_from_string(s, 4);
        s += n + strspn(s + n, " ");
    }
    return ST_OK;
}

static status take_face(struct font_set *set, struct font_row *row,
                        hb_blob_t *blob, const struct place *at,
                        struct error *e)
{
    if (set->face_count == FONT_FACES_MAX)
        return error_at(e, ST_LIMIT, at, "more than %d faces", FONT_FACES_MAX);
    size_t index = set->face_count;
    struct face *f = &set->faces[index];
    f->row = row;
    f->fallback = text_starts(row->role, "fallback");
    f->bold = text_starts(row->role, "bold") ||
              text_equal(row->role, "fallback-bold");
    if (f->fallback && !text_equal(row->role, "fallback") && !f->bold)
        return error_at(e, ST_SYNTAX, at, "unknown role \"%s\"", row->role);
    if (!f->fallback) {
        int style = -1;
        for (int i = 0; i < FONT_STYLES; i++)
            if (text_equal(row->role, role_words[i]))
                style = i;
        if (style < 0)
            return error_at(e, ST_SYNTAX, at, "unknown role \"%s\"", row->role);
        set->text[style] = index;
    }
    TRY(read_scripts(f, at, e));
    f->face = hb_face_create(blob, 0);
    f->chars = hb_set_create();
    set->face_count++;
    if (hb_face_get_glyph_count(f->face) == 0)
        return error_at(e, ST_FORMAT, at, "%s is not a font", row->file);
    hb_face_make_immutable(f->face);
    hb_face_collect_unicodes(f->face, f->chars);
    return hb_set_allocation_successful(f->chars) ? ST_OK : error_memory(e);
}

static status take_row(struct font_set *set, char *cells[COLUMNS],
                       const struct place *at, struct error *e)
{
    struct font_row *row = &set->rows[set->row_count++];
    *row = (struct font_row){.family = cells[0], .role = cells[1],
                             .coverage = cells[2], .licence = cells[3],
                             .package = cells[4], .file = cells[5],
                             .sha256 = cells[6]};
    hb_blob_t *blob = NULL;
    TRY(open_file(row, &blob, e));
    if (text_equal(row->role, "colour") && set->icc_blob == NULL) {
        unsigned length = 0;
        set->icc = hb_blob_get_data(blob, &length);
        set->icc_length = length;
        set->icc_blob = blob;
        return ST_OK;
    }
    status st = take_face(set, row, blob, at, e);
    hb_blob_destroy(blob);
    return st;
}

/* Splits a line at its bars and trims each cell, in place. */
static int split(char *line, char *cells[COLUMNS])
{
    int n = 0;
    for (char *s = line; s != NULL && n < COLUMNS + 1; n++) {
        char *bar = strchr(s, '|');
        if (bar != NULL)
            *bar = '\0';
        s += strspn(s, " \t");
        size_t length = strlen(s);
        while (length > 0 && strchr(" \t\r", s[length - 1]) != NULL)
            s[--length] = '\0';
        if (n < COLUMNS)
            cells[n] = s;
        s = bar == NULL ? NULL : bar + 1;
    }
    return n;
}

static status read_lines(struct font_set *set, char *text, const char *path,
                         struct error *e)
{
    struct place at = {path, 0, 0, -1};
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end = '\0';
        at.line++;
        char *cells[COLUMNS];
        size_t blank = strspn(line, " \t\r");
        if (line[blank] != '\0' && line[blank] != '#') {
            if (split(line, cells) != COLUMNS)
                return error_at(e, ST_SYNTAX, &at,
                                "a font is %d columns separated by |", COLUMNS);
            TRY(take_row(set, cells, &at, e));
        }
        line = end == NULL ? NULL : end + 1;
    }
    for (int i = 0; i < FONT_STYLES; i++)
        if (set->text[i] == SIZE_MAX)
            return error_set(e, ST_SYNTAX, "%s has no row of role %s", path,
                             role_words[i]);
    if (set->icc_blob == NULL)
        return error_set(e, ST_SYNTAX, "%s has no row of role colour", path);
    return ST_OK;
}

status manifest_load(struct font_set *set, const char *path, struct error *e)
{
    struct buf bytes = BUF_INIT(MANIFEST_MAX);
    status st = file_load(path, &bytes, NULL, e);
    if (st != ST_OK) {
        buf_free(&bytes);
        return st;
    }
    size_t lines = 1;
    for (size_t i = 0; i < bytes.length; i++)
        lines += bytes.data[i] == '\n';
    char *text = arena_copy(set->arena, buf_text(&bytes), bytes.length);
    buf_free(&bytes);
    set->rows = arena_new_array(set->arena, struct font_row, lines);
    set->faces = arena_new_array(set->arena, struct face, lines);
    if (text == NULL || set->rows == NULL || set->faces == NULL)
        return arena_error(set->arena, e);
    for (int i = 0; i < FONT_STYLES; i++)
        set->text[i] = SIZE_MAX;
    return read_lines(set, text, path, e);
}
