#include "batch/kit.h"

#include "base/arena.h"
#include "io/source.h"

#include <stdio.h>
#include <string.h>

static const char *const built_in[] = {"card", "notice", "explanation"};

bool kit_wants(const struct session *s, const char *word)
{
    const char *list = s->request->only;
    if (list == NULL)
        return true;
    size_t n = strlen(word);
    for (const char *p = list; *p != '\0';) {
        size_t m = strcspn(p, ",");
        if (m == n && memcmp(p, word, n) == 0)
            return true;
        p += m + (p[m] == ',');
    }
    return false;
}

/* What is wrong inside a file of the installation (a font of other bytes) is no
 * fault of the decisions' data, and in a template none either. */
static status of_class(status st, status class, struct error *e)
{
    if (st != ST_SYNTAX && st != ST_FORMAT && st != ST_DATA &&
        st != ST_UNSUPPORTED && st != ST_LIMIT)
        return st;
    e->class = class;
    return class;
}

static status find_folders(const struct session *s, struct kit *k,
                           struct error *e)
{
    if (s->request->templates != NULL)
        k->folders[k->folder_count++] = s->request->templates;
    if (s->project->documents.templates != NULL)
        k->folders[k->folder_count++] = s->project->documents.templates;
    if (s->request->share == NULL)
        return error_set(e, ST_SYSTEM,
                         "candor's own templates and fonts are not beside the "
                         "program: give --share FOLDER or set CANDOR_SHARE");
    const char *own = arena_format(k->arena, "%s/templates", s->request->share);
    if (own == NULL)
        return arena_error(k->arena, e);
    k->folders[k->folder_count++] = own;
    return ST_OK;
}

static status add_language(struct kit *k, const char *tag, size_t text_of,
                           struct error *e)
{
    if (k->languages == KIT_LANGUAGES_MAX)
        return error_set(e, ST_LIMIT, "more than %d languages",
                         KIT_LANGUAGES_MAX);
    TRY(language_open(k->folders, k->folder_count, tag,
                      &k->language[k->languages], e));
    k->text_of[k->languages++] = text_of;
    return ST_OK;
}

static status open_languages(const struct session *s, struct kit *k,
                             struct error *e)
{
    const struct project *p = s->project;
    const char *only = s->request->language;
    if (only != NULL && strcmp(only, "qps") == 0) {
        struct language *from;
        TRY(language_open(k->folders, k->folder_count, p->language[0], &from, e));
        status st = language_pseudo(from, &k->language[0], e);
        language_free(from);
        k->languages = st == ST_OK;
        return st;
    }
    for (size_t i = 0; i < p->languages; i++)
        if (only == NULL || strcmp(only, p->language[i]) == 0)
            TRY(add_language(k, p->language[i], i, e));
    if (k->languages == 0)
        return error_set(e, ST_ARGUMENT,
                         "the project has no language \"%s\"", only);
    return ST_OK;
}

static status open_packs(const struct session *s, struct kit *k,
                         struct error *e)
{
    const struct project_documents *d = &s->project->documents;
    for (size_t i = 0; i < d->packs && k->packs < KIT_PACKS_MAX; i++) {
        enum pack_state state = PACK_GOOD;
        struct error why = {.class = ST_OK};
        status st = pack_load(k->folders, k->folder_count, d->pack[i],
                              &k->pack[k->packs], &state, &why);
        if (st != ST_OK && state == PACK_ALTERED) {
            k->pack_altered = true;
        } else if (st == ST_SYSTEM) {
            k->pack_missing = true;
        } else if (st != ST_OK) {
            *e = why;
            return st;
        }
        if (st != ST_OK) {
            host_error(s->host, &why);
            continue;
        }
        const struct pack *p = k->pack[k->packs];
        k->pack_info[k->packs++] = (struct pack_info){
            pack_key(p), pack_sha256(p), pack_from(p), pack_to(p)};
    }
    return ST_OK;
}

static status find_agency(const struct session *s, struct kit *k,
                          struct error *e)
{
    const char *class = s->project->institution.creditor_class;
    for (size_t i = 0; class != NULL && i < k->packs; i++) {
        const struct pack_agency *a = pack_agency(k->pack[i], class);
        if (a == NULL)
            continue;
        k->agency_name = a->name;
        k->agency = arena_format(k->arena, "%s, %s", a->name, a->address);
        return k->agency == NULL ? arena_error(k->arena, e) : ST_OK;
    }
    return ST_OK;
}

static status add_paper(const struct template_world *w, struct kit *k,
                        enum paper_kind kind, const char *name,
                        struct error *e)
{
    if (k->papers == KIT_PAPERS_MAX)
        return error_set(e, ST_LIMIT, "more than %d documents a decision",
                         KIT_PAPERS_MAX);
    struct paper *p = &k->paper[k->papers];
    *p = (struct paper){kind, name, NULL};
    TRY(template_load(w, name, &p->template, e));
    k->papers++;
    return ST_OK;
}

/* Words of --only that are no document of candor's own name templates of the
 * user's: one more document for each decision. */
static status add_own_papers(const struct session *s,
                             const struct template_world *w, struct kit *k,
                             struct error *e)
{
    const char *list = s->request->only;
    for (const char *p = list; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ",");
        bool known = n == 0;
        for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
            known = known || (strlen(built_in[i]) == n &&
                              memcmp(built_in[i], p, n) == 0);
        if (!known) {
            const char *name = arena_copy(k->arena, p, n);
            if (name == NULL)
                return arena_error(k->arena, e);
            TRY(add_paper(w, k, PAPER_OWN, name, e));
        }
        p += n + (p[n] == ',');
    }
    return ST_OK;
}

static status open_templates(const struct session *s, struct kit *k,
                             struct error *e)
{
    const struct project_documents *d = &s->project->documents;
    struct template_world w = {
        k->folders, k->folder_count, k->schema,
        (const struct language *const *)k->language, k->languages,
        (const struct pack *const *)k->pack, k->packs};
    bool packs_fine = !k->pack_altered && !k->pack_missing;
    if (d->notice && kit_wants(s, "notice") && packs_fine)
        TRY(add_paper(&w, k, PAPER_NOTICE, "notice", e));
    if (d->explanation && kit_wants(s, "explanation"))
        TRY(add_paper(&w, k, PAPER_EXPLANATION, "explanation", e));
    TRY(add_own_papers(s, &w, k, e));
    if (d->card && kit_wants(s, "card"))
        TRY(template_load(&w, "card", &k->card, e));
    return ST_OK;
}

static status open_fonts(const struct session *s, struct kit *k,
                         struct error *e)
{
    const char *path =
        arena_format(k->arena, "%s/fonts/MANIFEST", s->request->share);
    if (path == NULL)
        return arena_error(k->arena, e);
    return of_class(font_set_load(path, &k->fonts, e), ST_SYSTEM, e);
}

static status open_all(const struct session *s, struct kit *k, struct error *e)
{
    TRY(find_folders(s, k, e));
    TRY(schema_builtin(&k->schema, e));
    TRY(of_class(open_languages(s, k, e), ST_ARGUMENT, e));
    TRY(open_packs(s, k, e));
    TRY(find_agency(s, k, e));
    TRY(of_class(open_templates(s, k, e), ST_ARGUMENT, e));
    return open_fonts(s, k, e);
}

status kit_open(const struct session *s, struct kit *out, struct error *e)
{
    memset(out, 0, sizeof *out);
    out->arena = arena_new((size_t)16 << 20);
    if (out->arena == NULL)
        return error_memory(e);
    out->strict = s->request->strict || s->project->documents.strict;
    status st = open_all(s, out, e);
    if (st != ST_OK)
        kit_close(out);
    return st;
}

void kit_close(struct kit *k)
{
    for (size_t i = 0; i < k->papers; i++)
        template_free(k->paper[i].template);
    template_free(k->card);
    font_set_free(k->fonts);
    for (size_t i = 0; i < k->packs; i++)
        pack_free(k->pack[i]);
    for (size_t i = 0; i < k->languages; i++)
        language_free(k->language[i]);
    schema_free(k->schema);
    arena_free(k->arena);
    memset(k, 0, sizeof *k);
}

struct pack_status kit_packs_on(const struct kit *k, struct date day)
{
    struct pack_status s = {.present = !k->pack_missing &&
                                       (k->packs > 0 || k->pack_altered),
                            .altered = k->pack_altered,
                            .agency_known = k->agency != NULL};
    for (size_t i = 0; i < k->packs; i++)
        s.expired = s.expired || pack_valid_on(k->pack[i], day) != PACK_GOOD;
    return s;
}
