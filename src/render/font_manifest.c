/* render/font_manifest.c: fonts/MANIFEST and the files it names. */
#include "render/font_internal.h"

#include "base/hash.h"
#include "base/text.h"

#include <errno.h>

enum { COLUMNS = 7, MANIFEST_MAX = 1 << 20 };

static const char *const role_words[FONT_STYLES] = {"regular", "bold", "italic",
                                                    "bold-italic"};

static hb_blob_t *open_file(const struct font_row *row, const char *path,
                            struct error *e)
{
    errno = 0;
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (blob == NULL) {
        if (row == NULL)
            error_system(e, "cannot read the font manifest %s", path);
        else
            error_system(e, "cannot read the font file %s; it comes with the "
                         "Debian package %s", path, row->package);
    }
    return blob;
}

static status check_hash(const struct font_row *row, hb_blob_t *blob,
                         struct error *e)
{
    unsigned length = 0;
    const char *bytes = hb_blob_get_data(blob, &length);
    char hex[SHA256_HEX];
    if (length > FONT_FILE_MAX)
        return error_set(e, ST_LIMIT, "%s is larger than %d bytes", row->file,
                         FONT_FILE_MAX);
    TRY(sha256_of(bytes, length, hex, e));
    if (strstr(row->sha256, hex) == NULL)
        return error_set(e, ST_DATA, "%s is not a version the font manifest "
                         "accepts: its SHA-256 is %s (reinstall the Debian "
                         "package %s, or add the hash)", row->file, hex,
                         row->package);
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
    hb_blob_t *blob = open_file(row, row->file, e);
    if (blob == NULL)
        return ST_SYSTEM;
    status st = check_hash(row, blob, e);
    if (st == ST_OK && text_equal(row->role, "colour") &&
        set->icc_blob == NULL) {
        unsigned length = 0;
        set->icc = hb_blob_get_data(blob, &length);
        set->icc_length = length;
        set->icc_blob = blob;
        return ST_OK;
    }
    if (st == ST_OK)
        st = take_face(set, row, blob, at, e);
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
    hb_blob_t *blob = open_file(NULL, path, e);
    if (blob == NULL)
        return ST_SYSTEM;
    unsigned length = 0;
    const char *bytes = hb_blob_get_data(blob, &length);
    if (length > MANIFEST_MAX) {
        hb_blob_destroy(blob);
        return error_set(e, ST_LIMIT, "%s is larger than %d bytes", path,
                         MANIFEST_MAX);
    }
    size_t lines = 1;
    for (unsigned i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    char *text = arena_copy(set->arena, bytes, length);
    hb_blob_destroy(blob);
    set->rows = arena_new_array(set->arena, struct font_row, lines);
    set->faces = arena_new_array(set->arena, struct face, lines);
    if (text == NULL || set->rows == NULL || set->faces == NULL)
        return arena_error(set->arena, e);
    for (int i = 0; i < FONT_STYLES; i++)
        set->text[i] = SIZE_MAX;
    return read_lines(set, text, path, e);
}
