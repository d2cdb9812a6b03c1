/* render/pdf_object.c: objects, through the exported internals of libharu.
 *
 * A raw object is a libharu dictionary without entries: its number, its place
 * in the cross-reference table and the moment of writing are libharu's; the
 * text is written by us from the hook that comes after a dictionary's keys, and
 * a stream's bytes from the one after its end. */
#include "render/pdf_internal.h"

status pdf_file_status(struct pdf_file *f, struct error *e)
{
    HPDF_STATUS code = HPDF_GetError(f->doc);
    if (code == HPDF_OK)
        return ST_OK;
    if (code == HPDF_FAILD_TO_ALLOC_MEM)
        return error_memory(e);
    if (f->out != NULL && f->out->failed != ST_OK)
        return buf_status(f->out, e);
    return error_set(e, ST_BUG, "libharu refused an object: error 0x%04lX, "
                     "detail %lu", (unsigned long)code,
                     (unsigned long)HPDF_GetErrorDetail(f->doc));
}

status pdf_file_begin(struct pdf_file *f, HPDF_Doc doc, struct error *e)
{
    f->doc = doc;
    HPDF_ResetError(doc);
    if (HPDF_NewDoc(doc) != HPDF_OK)
        return pdf_file_status(f, e);
    return ST_OK;
}

void pdf_file_end(struct pdf_file *f)
{
    if (f->doc != NULL)
        HPDF_FreeDoc(f->doc);
    f->doc = NULL;
}

static HPDF_STATUS write_body(HPDF_Dict dict, HPDF_Stream stream)
{
    struct pdf_raw *r = dict->attr;
    r->out = stream;
    const char *text = buf_text(r->file->bodies) + r->body;
    HPDF_STATUS st = HPDF_Stream_Write(stream, (const HPDF_BYTE *)text,
                                       (HPDF_UINT)r->length);
    if (st != HPDF_OK || r->data == NULL)
        return st;
    char keys[64];
    snprintf(keys, sizeof keys, "%s/Length %zu\n",
             r->deflated ? "/Filter/FlateDecode" : "", r->data_length);
    return HPDF_Stream_WriteStr(stream, keys);
}

static HPDF_STATUS write_stream(HPDF_Dict dict)
{
    struct pdf_raw *r = dict->attr;
    if (r->data == NULL)
        return HPDF_OK;
    HPDF_STATUS st = HPDF_Stream_WriteStr(r->out, "\nstream\r\n");
    if (st == HPDF_OK)
        st = HPDF_Stream_Write(r->out, r->data, (HPDF_UINT)r->data_length);
    if (st == HPDF_OK)
        st = HPDF_Stream_WriteStr(r->out, "\nendstream");
    return st;
}

status pdf_raw_on(struct pdf_file *f, HPDF_Dict dict, struct pdf_raw **out,
                  struct error *e)
{
    struct pdf_raw *r = arena_new_one(f->arena, struct pdf_raw);
    if (r == NULL)
        return arena_error(f->arena, e);
    r->file = f;
    r->dict = dict;
    r->number = pdf_number(dict);
    dict->attr = r;
    dict->write_fn = write_body;
    dict->after_write_fn = write_stream;
    *out = r;
    return ST_OK;
}

status pdf_raw_new(struct pdf_file *f, struct pdf_raw **out, struct error *e)
{
    HPDF_Dict dict = HPDF_Dict_New(f->doc->mmgr);
    if (dict == NULL)
        return pdf_file_status(f, e);
    if (HPDF_Xref_Add(f->doc->xref, dict) != HPDF_OK)
        return pdf_file_status(f, e);
    return pdf_raw_on(f, dict, out, e);
}

struct buf *pdf_raw_open(struct pdf_raw *r)
{
    r->body = r->file->bodies->length;
    return r->file->bodies;
}

void pdf_raw_close(struct pdf_raw *r)
{
    r->length = r->file->bodies->length - r->body;
}

void pdf_raw_stream(struct pdf_raw *r, const void *bytes, size_t n,
                    bool deflated)
{
    r->data = bytes;
    r->data_length = n;
    r->deflated = deflated;
}

status pdf_deflate(struct pdf_file *f, const void *bytes, size_t n,
                   const void **out, size_t *length, struct error *e)
{
    size_t room = libdeflate_zlib_compress_bound(f->compressor, n);
    void *to = arena_alloc(f->arena, room);
    if (to == NULL)
        return arena_error(f->arena, e);
    *length = libdeflate_zlib_compress(f->compressor, bytes, n, to, room);
    *out = to;
    return *length > 0 ? ST_OK : error_bug(e, "deflate ran out of room");
}

status pdf_raw_deflate(struct pdf_raw *r, const void *bytes, size_t n,
                       struct error *e)
{
    const void *small = NULL;
    size_t length = 0;
    TRY(pdf_deflate(r->file, bytes, n, &small, &length, e));
    pdf_raw_stream(r, small, length, true);
    return ST_OK;
}

static HPDF_STATUS take_bytes(HPDF_Stream stream, const HPDF_BYTE *bytes,
                              HPDF_UINT n)
{
    struct pdf_file *f = stream->attr;
    buf_put(f->out, bytes, n);
    return f->out->failed == ST_OK ? HPDF_OK : HPDF_FILE_IO_ERROR;
}

/* The trailer comes last, so the id can be a hash of all that stands before. */
static HPDF_STATUS write_id(HPDF_Dict dict, HPDF_Stream stream)
{
    struct pdf_file *f = dict->attr;
    char id[SHA256_HEX], text[128];
    if (sha256_of(f->out->data + f->out_start, f->out->length - f->out_start,
                  id, NULL) != ST_OK)
        return HPDF_FAILD_TO_ALLOC_MEM;
    snprintf(text, sizeof text, "/ID[<%.32s><%.32s>]\n", id, id);
    return HPDF_Stream_WriteStr(stream, text);
}

status pdf_file_save(struct pdf_file *f, struct error *e)
{
    TRY(buf_status(f->bodies, e));
    HPDF_Dict trailer = f->doc->trailer;
    HPDF_Dict_Add(trailer, "Root", f->doc->catalog);
    HPDF_Dict_Add(trailer, "Info", f->doc->info);
    trailer->attr = f;
    trailer->write_fn = write_id;
    TRY(pdf_file_status(f, e));
    HPDF_Stream writer = HPDF_CallbackWriter_New(f->doc->mmgr, take_bytes, f);
    if (writer == NULL)
        return pdf_file_status(f, e);
    f->out_start = f->out->length;
    HPDF_STATUS st = HPDF_Stream_WriteStr(writer,
                                          "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n");
    if (st == HPDF_OK)
        st = HPDF_Xref_WriteToStream(f->doc->xref, writer, NULL);
    HPDF_Stream_Free(writer);
    TRY(buf_status(f->out, e));
    if (st != HPDF_OK) {
        TRY(pdf_file_status(f, e));
        return error_bug(e, "libharu did not write a file");
    }
    return pdf_file_status(f, e);
}
