/* render/pdf_meta.c: what a file says about itself: Info, XMP, colours, the
 * attached twin (ISO 19005-3, ISO 14289-1, XMP part 1). */
#include "render/pdf_internal.h"

#include "base/text.h"

static const char producer[] = "candor " CANDOR_VERSION;

struct stamp {
    char pdf[32], xmp[32];
};

static bool two(const char *at, int high)
{
    return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9' &&
           (at[0] - '0') * 10 + at[1] - '0' <= high;
}

/* A date, or a date and a time in UTC: 2026-03-01T09:30:00Z. */
static status read_stamp(const char *date, struct stamp *s, struct error *e)
{
    struct date d;
    const char *time = "00:00:00";
    size_t n = date == NULL ? 0 : strlen(date);
    if (n < 10 || !date_parse(date, 10, &d))
        return error_set(e, ST_ARGUMENT, "\"%s\" is not a date YYYY-MM-DD",
                         date == NULL ? "" : date);
    if (n > 10) {
        time = date + 11;
        if (n != 20 || date[10] != 'T' || date[19] != 'Z' || time[2] != ':' ||
            time[5] != ':' || !two(time, 23) || !two(time + 3, 59) ||
            !two(time + 6, 59))
            return error_set(e, ST_ARGUMENT, "\"%s\" is neither YYYY-MM-DD nor "
                             "YYYY-MM-DDThh:mm:ssZ", date);
    }
    snprintf(s->pdf, sizeof s->pdf, "D:%04d%02d%02d%.2s%.2s%.2sZ", d.year,
             d.month, d.day, time, time + 3, time + 6);
    snprintf(s->xmp, sizeof s->xmp, "%.10sT%.8sZ", date, time);
    return ST_OK;
}

static void put_entry(struct buf *b, const char *key, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    buf_puts(b, key);
    pdf_put_text(b, text);
}

static status write_info(struct paint *w, const struct stamp *s,
                         struct error *e)
{
    const struct document *d = w->document;
    struct pdf_raw *r = NULL;
    HPDF_Dict_RemoveElement(w->file.doc->info, "Producer");
    TRY(pdf_raw_on(&w->file, w->file.doc->info, &r, e));
    struct buf *b = pdf_raw_open(r);
    put_entry(b, "/Title", d->title);
    put_entry(b, "/Author", d->author);
    put_entry(b, "/Subject", d->subject);
    put_entry(b, "/Creator", producer);
    put_entry(b, "/Producer", producer);
    put_entry(b, "/CreationDate", s->pdf);
    put_entry(b, "/ModDate", s->pdf);
    pdf_raw_close(r);
    return ST_OK;
}

static void put_property(struct buf *b, const char *name, const char *text,
                         const char *array)
{
    if (text == NULL || *text == '\0')
        return;
    buf_printf(b, "<%s>", name);
    if (array != NULL)
        buf_printf(b, "<rdf:%s><rdf:li%s>", array,
                   text_equal(array, "Alt") ? " xml:lang=\"x-default\"" : "");
    put_xml(b, text);
    if (array != NULL)
        buf_printf(b, "</rdf:li></rdf:%s>", array);
    buf_printf(b, "</%s>\n", name);
}

/* pdfuaid is no schema of PDF/A's own, so it has to be described. */
static const char extension[] =
    "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">"
    "<pdfaSchema:schema>PDF/UA</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/"
    "</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">"
    "<pdfaProperty:name>part</pdfaProperty:name>"
    "<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>part</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag>"
    "</pdfaExtension:schemas>\n";

static void put_xmp(struct buf *b, const struct document *d,
                    const struct stamp *s)
{
    buf_puts(b, "<?xpacket begin=\"\xEF\xBB\xBF\" "
             "id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
             "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf="
             "\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
             "<rdf:Description rdf:about=\"\""
             " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
             " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\""
             " xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\""
             " xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\""
             " xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\""
             " xmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\""
             " xmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\""
             " xmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
             "<pdfaid:part>3</pdfaid:part>"
             "<pdfaid:conformance>A</pdfaid:conformance>"
             "<pdfuaid:part>1</pdfuaid:part>\n");
    put_property(b, "dc:title", d->title, "Alt");
    put_property(b, "dc:creator", d->author, "Seq");
    put_property(b, "dc:description", d->subject, "Alt");
    put_property(b, "dc:language", d->lang, "Bag");
    put_property(b, "xmp:CreatorTool", producer, NULL);
    put_property(b, "pdf:Producer", producer, NULL);
    put_property(b, "xmp:CreateDate", s->xmp, NULL);
    put_property(b, "xmp:ModifyDate", s->xmp, NULL);
    put_property(b, "xmp:MetadataDate", s->xmp, NULL);
    buf_puts(b, extension);
    buf_puts(b, "</rdf:Description></rdf:RDF></x:xmpmeta>\n"
             "<?xpacket end=\"r\"?>");
}

static status write_xmp(struct paint *w, const struct stamp *s,
                        struct buf *catalog, struct error *e)
{
    struct pdf_raw *r = NULL;
    struct buf *b = &w->p->scratch;
    TRY(pdf_raw_new(&w->file, &r, e));
    buf_clear(b);
    put_xmp(b, w->document, s);
    TRY(buf_status(b, e));
    char *kept = arena_copy(w->file.arena, b->data, b->length);
    if (kept == NULL)
        return arena_error(w->file.arena, e);
    buf_puts(pdf_raw_open(r), "/Type/Metadata/Subtype/XML");
    pdf_raw_close(r);
    /* in the open, so that any tool finds the packet */
    pdf_raw_stream(r, kept, b->length, false);
    put_ref(catalog, "/Metadata", r->number);
    return ST_OK;
}

static status write_colours(struct paint *w, struct buf *catalog,
                            struct error *e)
{
    struct pdf_raw *r = NULL;
    TRY(pdf_raw_new(&w->file, &r, e));
    buf_puts(pdf_raw_open(r), "/N 3");
    pdf_raw_close(r);
    pdf_raw_stream(r, w->p->icc, w->p->icc_length, true);
    buf_puts(catalog, "/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1"
             "/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)");
    put_ref(catalog, "/DestOutputProfile", r->number);
    buf_puts(catalog, ">>]");
    return ST_OK;
}

static const char *media_type(const char *name)
{
    return text_ends(name, ".json")   ? "application/json"
           : text_ends(name, ".xml")  ? "application/xml"
           : text_ends(name, ".csv")  ? "text/csv"
           : text_ends(name, ".txt")  ? "text/plain"
                                      : "application/octet-stream";
}

/* The twin compresses well: worth the time even where speed matters. */
static status deflate_small(struct paint *w, struct pdf_raw *r,
                            const void *bytes, size_t n, struct error *e)
{
    struct libdeflate_compressor *usual = w->file.compressor;
    w->file.compressor = w->p->compressors[1];
    status s = pdf_raw_deflate(r, bytes, n, e);
    w->file.compressor = usual;
    return s;
}

static status write_twin(struct paint *w, const struct stamp *s,
                         struct buf *catalog, struct error *e)
{
    const struct document *d = w->document;
    if (d->twin == NULL || d->twin_name == NULL)
        return ST_OK;
    struct pdf_raw *file = NULL, *spec = NULL;
    TRY(pdf_raw_new(&w->file, &file, e));
    TRY(pdf_raw_new(&w->file, &spec, e));
    TRY(deflate_small(w, file, d->twin, d->twin_length, e));
    struct buf *b = pdf_raw_open(file);
    buf_puts(b, "/Type/EmbeddedFile/Subtype");
    put_name(b, media_type(d->twin_name));
    buf_printf(b, "/Params<</Size %zu/ModDate(%s)>>", d->twin_length, s->pdf);
    pdf_raw_close(file);
    pdf_raw_open(spec);
    buf_puts(b, "/Type/Filespec/AFRelationship/Source/F");
    pdf_put_text(b, d->twin_name);
    buf_puts(b, "/UF");
    pdf_put_text(b, d->twin_name);
    buf_printf(b, "/EF<</F %u 0 R/UF %u 0 R>>", (unsigned)file->number,
               (unsigned)file->number);
    pdf_raw_close(spec);
    buf_printf(catalog, "/AF[%u 0 R]/Names<</EmbeddedFiles<</Names[",
               (unsigned)spec->number);
    pdf_put_text(catalog, d->twin_name);
    put_ref(catalog, "", spec->number);
    buf_puts(catalog, "]>>>>");
    return ST_OK;
}

status meta_write(struct paint *w, struct buf *catalog, struct error *e)
{
    struct stamp s;
    TRY(read_stamp(w->document->date, &s, e));
    TRY(write_info(w, &s, e));
    TRY(write_xmp(w, &s, catalog, e));
    TRY(write_colours(w, catalog, e));
    return write_twin(w, &s, catalog, e);
}
