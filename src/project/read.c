#include "project/reading.h"

#include "io/source.h"

#include <string.h>

const struct card_statement *project_card(const struct project *p,
                                          const char *path)
{
    for (size_t i = 0; i < p->cards; i++)
        if (strcmp(p->card[i].path, path) == 0)
            return &p->card[i];
    return NULL;
}

const struct card_list *project_card_list(const struct project *p,
                                          const char *path)
{
    for (size_t i = 0; i < p->card_lists; i++)
        if (strcmp(p->card_list[i].path, path) == 0)
            return &p->card_list[i];
    return NULL;
}

void project_free(struct project *p)
{
    if (p == NULL)
        return;
    recourse_free_scores(p);
    places_free(p->places);
    arena_free(p->arena);
}

/* Languages first: every translated text is laid out by them. */
static bool read_languages(struct reading *r, const cJSON *root)
{
    const cJSON *documents = cJSON_GetObjectItemCaseSensitive(root, "documents");
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(documents, "languages");
    const cJSON *item;
    size_t n = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    if (list != NULL && (n == 0 || n > LANGUAGES_MAX)) {
        node_fault(r, list,
                   "documents.languages must be an array of 1 to %d language "
                   "tags",
                   (int)LANGUAGES_MAX);
        n = 0;
    }
    const char **language = arena_new_array(r->arena, const char *, n + 1);
    if (language == NULL)
        return false;
    if (n > 0)
        cJSON_ArrayForEach(item, list) {
            const char *tag = cJSON_GetStringValue(item);
            for (size_t i = 0; tag != NULL && i < r->p->languages; i++)
                if (strcmp(language[i], tag) == 0) {
                    node_fault(r, item, "the language \"%s\" stands twice",
                               tag);
                    tag = NULL;
                }
            if (tag != NULL)
                language[r->p->languages++] = arena_string(r->arena, tag);
        }
    if (r->p->languages == 0)
        language[r->p->languages++] = "en-US";
    r->p->language = language;
    return language[r->p->languages - 1] != NULL;
}

static bool read_root(struct reading *r, const cJSON *root)
{
    struct project *p = r->p;
    if (!read_languages(r, root))
        return false;
    const char *const *language = p->language;
    size_t languages = p->languages;
    cards_prepare(r);
    if (r->no_memory)
        return false;
    key_group_read(r, GROUP_PROJECT, root, p);
    /* the list as first read stands: texts were laid out by it */
    p->language = language;
    p->languages = languages;
    if (!r->no_memory && fault_list_count(r->faults, FAULT_ERROR) == 0)
        project_check(p, r->faults);
    return !r->no_memory;
}

static struct project *project_new(const char *name, const char *folder,
                                   const char *bytes, size_t length)
{
    struct arena *arena = arena_new(PROJECT_ARENA_CAP);
    struct project *p =
        arena == NULL ? NULL : arena_new_one(arena, struct project);
    struct places *places = mem_array(1, sizeof *places);
    const char *text = NULL;
    if (p != NULL && places != NULL) {
        p->arena = arena;
        p->places = places;
        p->file = arena_string(arena, name);
        p->folder = arena_string(arena, folder);
        text = arena_copy(arena, bytes, length);
    }
    if (text == NULL || p->file == NULL || p->folder == NULL) {
        mem_free(places);
        arena_free(arena);
        return NULL;
    }
    places_source(places, p->file, text, length);
    return p;
}

status project_parse(const char *bytes, size_t length, const char *name,
                     const char *folder, struct project **out,
                     struct fault_list *faults, struct error *e)
{
    struct config *config = NULL;
    TRY(config_parse(bytes, length, name, &config, e));
    struct project *p = project_new(name, folder, bytes, length);
    status s = p == NULL ? error_memory(e) : ST_OK;
    if (s == ST_OK) {
        struct reading r = {.p = p,
                            .arena = p->arena,
                            .faults = faults,
                            .config = config,
                            .source = p->file};
        s = sha256_of(bytes, length, p->sha256, e);
        if (s == ST_OK && !read_root(&r, config_root(config)))
            s = error_memory(e);
        if (s == ST_OK)
            s = fault_list_end(faults, e);
    }
    config_free(config);
    if (s == ST_OK)
        *out = p;
    else
        project_free(p);
    return s;
}

/* The folder of a path: "" for none, so that messages stay short. */
static const char *split_path(struct arena *a, const char *path,
                              const char **file)
{
    if (folder_exists(path)) {
        size_t n = strlen(path);
        while (n > 1 && path[n - 1] == '/')
            n--;
        bool here = n == 1 && path[0] == '.';
        const char *folder = here ? "" : arena_copy(a, path, n);
        *file = here ? "candor.json"
                     : arena_format(a, "%.*s/candor.json", (int)n, path);
        return folder;
    }
    const char *slash = strrchr(path, '/');
    *file = arena_string(a, path);
    return slash == NULL ? ""
                         : arena_copy(a, path, slash == path
                                                   ? 1
                                                   : (size_t)(slash - path));
}

status project_read(const char *path, struct project **out,
                    struct fault_list *faults, struct error *e)
{
    struct arena *a = arena_new(1 << 16);
    struct buf bytes = BUF_INIT(CONFIG_BYTES_MAX + 1);
    const char *file = NULL, *folder;
    if (a == NULL)
        return error_memory(e);
    folder = split_path(a, path, &file);
    status s = folder == NULL || file == NULL ? arena_error(a, e) : ST_OK;
    if (s == ST_OK)
        s = file_load(file, &bytes, NULL, e);
    if (s == ST_OK)
        s = project_parse(buf_text(&bytes), bytes.length, file, folder, out,
                          faults, e);
    buf_free(&bytes);
    arena_free(a);
    return s;
}
