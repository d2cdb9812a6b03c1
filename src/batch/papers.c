#include "batch/papers.h"

#include "base/arena.h"
#include "batch/lint.h"

#include <stdio.h>
#include <string.h>

enum { DOCUMENT_BYTES_MAX = 256 << 20, DESK_BYTES_MAX = 512 << 20,
       DESK_WARM = 256 * 1024 /* facts and trees of one decision */ };

struct desk {
    const struct kit *kit;
    struct renderer *renderer;
    struct arena *arena;
    struct buf out, twin, text;
    unsigned mode; /* of files: about a person, or about a model */
};

void paper_files_begin(struct paper_files *f)
{
    f->count = 0;
    if (f->paths.cap == 0) {
        f->paths = BUF_INIT(1 << 20);
        f->documents = BUF_INIT(1 << 16);
    }
    buf_clear(&f->paths);
    buf_clear(&f->documents);
}

void paper_files_free(struct paper_files *f)
{
    buf_free(&f->paths);
    buf_free(&f->documents);
}

status desk_new(const struct kit *kit, struct desk **out, struct error *e)
{
    struct desk *d = mem_array(1, sizeof *d);
    if (d == NULL)
        return error_memory(e);
    d->kit = kit;
    d->out = BUF_INIT(DOCUMENT_BYTES_MAX);
    d->twin = BUF_INIT(DOCUMENT_BYTES_MAX);
    d->text = BUF_INIT(DOCUMENT_BYTES_MAX);
    d->renderer = renderer_new(kit->fonts);
    d->arena = arena_new(DESK_BYTES_MAX);
    if (d->renderer == NULL || d->arena == NULL ||
        arena_alloc(d->arena, DESK_WARM) == NULL) {
        desk_free(d);
        return error_memory(e);
    }
    *out = d;
    return ST_OK;
}

void desk_free(struct desk *d)
{
    if (d == NULL)
        return;
    renderer_free(d->renderer);
    arena_free(d->arena);
    buf_free(&d->out);
    buf_free(&d->twin);
    buf_free(&d->text);
    mem_free(d);
}

struct arena *desk_arena(struct desk *d)
{
    return d->arena;
}

/* Paths stay as offsets until all are known, because the buffer may move. */
static status save(struct desk *d, const char *root, const char *folder,
                   const char *name, const struct buf *bytes,
                   struct sink_group *group, struct paper_files *files,
                   struct error *e)
{
    if (files->count == PAPER_FILES_MAX)
        return error_set(e, ST_LIMIT, "more than %d files a decision",
                         PAPER_FILES_MAX);
    char *path = arena_format(d->arena, "%s/%s/%s", root, folder, name);
    if (path == NULL)
        return arena_error(d->arena, e);
    struct ledger_file *f = &files->file[files->count];
    f->bytes = bytes->length;
    TRY(sha256_of(buf_text(bytes), bytes->length, f->sha256, e));
    if (group != NULL)
        TRY(sink_group_save(group, path, d->mode, buf_text(bytes),
                            bytes->length, e));
    buf_printf(&files->paths, "%s/%s", folder, name);
    buf_put(&files->paths, "", 1);
    files->count++;
    return buf_status(&files->paths, e);
}

static void settle_paths(struct paper_files *files)
{
    const char *p = buf_text(&files->paths);
    for (size_t i = 0; i < files->count; i++) {
        files->file[i].path = p;
        p += strlen(p) + 1;
    }
}

static status render_all(struct desk *d, struct document *doc,
                         const char *root, const char *folder,
                         const char *stem, struct sink_group *group,
                         struct paper_files *files, struct error *e)
{
    for (size_t i = 0; i < output_count(); i++) {
        const struct output *o = output_at(i);
        buf_clear(&d->out);
        TRY(o->render(d->renderer, doc, &d->out, e));
        char name[160];
        (void)snprintf(name, sizeof name, "%s.%s.%s", stem, doc->lang, o->name);
        TRY(save(d, root, folder, name, &d->out, group, files, e));
        if (files->documents.length > 0)
            buf_putc(&files->documents, ' ');
        buf_puts(&files->documents, name);
    }
    return buf_status(&files->documents, e);
}

static status make(struct desk *d, const struct template *t,
                   const struct fact *facts, const struct language *l,
                   const struct project *p, struct document **out,
                   struct error *e)
{
    struct template_inputs in = {
        .facts = facts,
        .language = l,
        .width = shaper_text_width,
        .width_self = renderer_shaper(d->renderer),
        .letter_size = p->documents.letter_size,
        .large_print = p->documents.large_print};
    return template_run(t, &in, d->arena, out, e);
}

/* A value that is missing or marked comes out in the mark colour. */
static const struct doc_node *find_gap(const struct doc_node *n)
{
    if (n->kind == NODE_SPAN && doc_has_class(n, "mark"))
        return n;
    for (const struct doc_node *c = n->first; c != NULL; c = c->next) {
        const struct doc_node *gap = find_gap(c);
        if (gap != NULL)
            return gap;
    }
    return NULL;
}

static status keep_strict(const struct desk *d, const struct document *doc,
                          const char *name, struct error *e)
{
    const struct doc_node *gap = d->kit->strict ? find_gap(doc->body) : NULL;
    if (gap == NULL)
        return ST_OK;
    return error_set(e, ST_DATA,
                     "the %s would show a gap (\"%.60s\"), and strict forbids "
                     "that", name,
                     gap->first != NULL && gap->first->text != NULL
                         ? gap->first->text
                         : "");
}

static bool owed(const struct paper *p, const struct finding *f)
{
    switch (p->kind) {
    case PAPER_NOTICE:
        return notice_form(f->facts.project, &f->decision) != NULL;
    case PAPER_EXPLANATION:
        return f->decision.has_score;
    case PAPER_OWN:
        break;
    }
    return true;
}

static status make_language(struct desk *d, struct finding *f, size_t language,
                            const char *root, const char *folder,
                            struct sink_group *group,
                            struct paper_files *files, struct error *e)
{
    const struct kit *kit = d->kit;
    const struct language *l = kit->language[language];
    struct fact *facts;
    struct document *made[KIT_PAPERS_MAX] = {NULL};
    f->facts.language = kit->text_of[language];
    TRY(facts_decision(&f->facts, l, d->arena, &facts, e));
    for (size_t i = 0; i < kit->papers; i++) {
        if (!owed(&kit->paper[i], f))
            continue;
        TRY(make(d, kit->paper[i].template, facts, l, f->facts.project,
                 &made[i], e));
        TRY(keep_strict(d, made[i], kit->paper[i].name, e));
        if (kit->paper[i].kind == PAPER_NOTICE)
            TRY(lint_notice(kit, made[i], facts, f, &d->text, e));
    }
    if (language == 0) {
        buf_clear(&d->twin);
        TRY(facts_twin(facts, kit->schema, &d->twin, e));
        TRY(buf_status(&d->twin, e));
        TRY(save(d, root, folder, "decision.json", &d->twin, group, files, e));
    }
    for (size_t i = 0; i < kit->papers; i++) {
        if (made[i] == NULL)
            continue;
        made[i]->twin_name = "decision.json";
        made[i]->twin = buf_text(&d->twin);
        made[i]->twin_length = d->twin.length;
        TRY(render_all(d, made[i], root, folder, kit->paper[i].name, group,
                       files, e));
    }
    return ST_OK;
}

status desk_decision(struct desk *d, struct finding *f, const char *root,
                     const char *folder, struct sink_group *group,
                     struct paper_files *files, struct error *e)
{
    d->mode = SINK_PRIVATE;
    paper_files_begin(files);
    for (size_t i = 0; i < d->kit->languages; i++) {
        arena_reset(d->arena);
        TRY(make_language(d, f, i, root, folder, group, files, e));
    }
    settle_paths(files);
    return ST_OK;
}

status desk_document(struct desk *d, const struct template *template,
                     const struct fact *facts, const struct language *language,
                     const struct project *p, const char *twin_name,
                     const struct buf *twin, const char *root,
                     const char *stem, struct sink_group *group,
                     struct paper_files *files, struct error *e)
{
    struct document *doc;
    d->mode = SINK_PUBLIC;
    TRY(make(d, template, facts, language, p, &doc, e));
    doc->twin_name = twin_name;
    doc->twin = buf_text(twin);
    doc->twin_length = twin->length;
    TRY(render_all(d, doc, root, stem, stem, group, files, e));
    settle_paths(files);
    return ST_OK;
}
