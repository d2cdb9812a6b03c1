/* Arrays of objects, whether they stand in the project or in a file of their
 * own, and the card's statements. */
#include "project/reading.h"

#include "io/source.h"

#include <stdio.h>
#include <string.h>

static void *element_at(void *base, const struct key *k, size_t i)
{
    return *(char **)((char *)base + k->offset) + i * k->size;
}

/* Each struct of a list that knows its place has it last but for nothing else
 * in common, so the table of groups says where. */
static void put_place(const struct key *k, void *element, struct place place)
{
    static const size_t where[KEY_GROUPS] = {
        [GROUP_TABLE] = offsetof(struct project_table, place),
        [GROUP_COLUMN] = offsetof(struct group_column, place),
        [GROUP_FEATURE] = offsetof(struct project_feature, place),
        [GROUP_FACTOR] = offsetof(struct factor, place),
        [GROUP_RULE] = offsetof(struct rule, place),
        [GROUP_LEVER] = offsetof(struct lever, place),
        [GROUP_WAITING] = offsetof(struct waiting, place),
        [GROUP_ORDER] = offsetof(struct order_rule, place),
        [GROUP_LINEAR] = offsetof(struct linear_rule, place),
        [GROUP_TERM] = offsetof(struct rule_term, place),
        [GROUP_IF_THEN] = offsetof(struct if_rule, place),
        [GROUP_AT_MOST_ONE] = offsetof(struct one_of_rule, place),
        [GROUP_DERIVED] = offsetof(struct derived, place),
        [GROUP_SCORE] = offsetof(struct second_score, place),
        [GROUP_BUREAU] = offsetof(struct bureau, place),
    };
    memcpy((char *)element + where[k->sub], &place, sizeof place);
}

/* Two elements may not share the value of a UNIQUE key. */
static void check_unique(struct reading *r, const struct key *list, void *base,
                         size_t count)
{
    for (size_t i = 0; i < key_count(); i++) {
        const struct key *k = &keys[i];
        if (k->in != list->sub || !(k->flags & KEY_UNIQUE))
            continue;
        struct names *met = names_new();
        for (size_t j = 0; met != NULL && j < count; j++) {
            char *element = element_at(base, list, j);
            const char *text = *(const char *const *)(void *)(element + k->offset);
            struct place place;
            if (text == NULL)
                continue;
            if (names_find(met, text, strlen(text)) >= 0) {
                place = place_of(r->p->places, element + k->offset,
                                     PLACE_NONE);
                fault_put(r->p->places, r->faults, FAULT_ERROR, NULL, place,
                          "%s \"%s\" stands twice in %s", k->name, text,
                          list->name);
            } else if (names_add(met, text, strlen(text)) < 0) {
                r->no_memory = true;
            }
        }
        if (met == NULL)
            r->no_memory = true;
        names_free(met);
    }
}

void key_list(struct reading *r, const struct key *k, const cJSON *node,
                void *base)
{
    size_t n = (size_t)cJSON_GetArraySize(node), i = 0;
    const cJSON *item;
    if (!cJSON_IsArray(node)) {
        node_fault(r, node, "%s must be %s, not %s", r->path,
                   key_kind_text(k->kind), node_kind(node));
        return;
    }
    if (n > LIST_MAX) {
        node_fault(r, node, "%s holds %zu elements, more than %d", r->path, n,
                   (int)LIST_MAX);
        return;
    }
    /* what recourse reads beside the features is put behind them */
    size_t more = k->sub == GROUP_FEATURE ? QUANTITIES_MORE : 0;
    void *array = arena_array(r->arena, n + more + 1, k->size);
    if (array == NULL) {
        r->no_memory = true;
        return;
    }
    *(void **)((char *)base + k->offset) = array;
    *(size_t *)((char *)base + k->extra) = n;
    size_t before = strlen(r->path);
    cJSON_ArrayForEach(item, node) {
        (void)snprintf(r->path + before, sizeof r->path - before, "[%zu]", i);
        put_place(k, element_at(base, k, i), node_place(r, item));
        key_group_read(r, k->sub, item, element_at(base, k, i));
        r->path[before] = '\0';
        i++;
    }
    check_unique(r, k, base, n);
}

static void parse_own_json(struct reading *r, const struct key *k,
                           const struct source_text *file, void *base)
{
    struct config *config = NULL;
    struct error e;
    const struct config *outer = r->config;
    const char *outer_source = r->source;
    if (config_parse(file->bytes, file->length, file->name, &config, &e) !=
        ST_OK) {
        fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
                  (struct place){file->name, e.line, e.column, e.offset}, "%s",
                  e.text);
        return;
    }
    r->config = config;
    r->source = file->name;
    key_list(r, k, config_root(config), base);
    r->config = outer;
    r->source = outer_source;
    config_free(config);
}

static void parse_own_csv(struct reading *r, const struct key *k,
                          const struct source_text *file, void *base)
{
    struct sheet sheet = {0};
    struct error e;
    const char *outer_source = r->source;
    r->source = file->name;
    if (sheet_read(r, k->sub, file, &sheet, &e) != ST_OK) {
        fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
                  (struct place){file->name, e.line, e.column, e.offset}, "%s",
                  e.text);
    } else {
        r->sheet = &sheet;
        key_list(r, k, sheet.root, base);
        r->sheet = NULL;
    }
    sheet_free(&sheet);
    r->source = outer_source;
}

void key_sheet(struct reading *r, const struct key *k, const cJSON *node,
                 void *base)
{
    if (!cJSON_IsString(node)) {
        key_list(r, k, node, base);
        return;
    }
    struct buf bytes = BUF_INIT(CONFIG_BYTES_MAX);
    struct error e;
    const char *path = project_path(r, node->valuestring, false);
    if (path == NULL)
        return;
    if (file_load(path, &bytes, NULL, &e) != ST_OK) {
        node_fault(r, node, "%s: %s", r->path, e.text);
        buf_free(&bytes);
        return;
    }
    struct source_text file = {path,
                               arena_copy(r->arena, buf_text(&bytes),
                                          bytes.length),
                               bytes.length};
    buf_free(&bytes);
    if (file.bytes == NULL) {
        r->no_memory = true;
        return;
    }
    places_source(r->p->places, file.name, file.bytes, file.length);
    if (text_ends(path, ".csv") || text_ends(path, ".tsv"))
        parse_own_csv(r, k, &file, base);
    else
        parse_own_json(r, k, &file, base);
}

void cards_prepare(struct reading *r)
{
    struct project *p = r->p;
    p->card = arena_new_array(r->arena, struct card_statement, key_count());
    p->card_list = arena_new_array(r->arena, struct card_list, key_count());
    if (p->card == NULL || p->card_list == NULL) {
        r->no_memory = true;
        return;
    }
    for (size_t i = 0; i < key_count(); i++) {
        const char *path = keys[i].name;
        if (keys[i].kind != KEY_STATEMENT && keys[i].kind != KEY_STATEMENTS)
            continue;
        path += strlen("card.");
        if (keys[i].kind == KEY_STATEMENT)
            p->card[p->cards++] =
                (struct card_statement){.path = path, .title = keys[i].help};
        else
            p->card_list[p->card_lists++] =
                (struct card_list){.path = path, .title = keys[i].help};
    }
}

static const char *member_text(struct reading *r, const cJSON *node,
                               const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(node, key);
    const char *text = cJSON_GetStringValue(item);
    if (text == NULL || text[0] == '\0') {
        node_fault(r, item != NULL ? item : node,
                   "%s needs \"%s\" as a text: an attested statement says who "
                   "and when",
                   r->path, key);
        return NULL;
    }
    char *copy = arena_string(r->arena, text);
    if (copy == NULL)
        r->no_memory = true;
    return copy;
}

static void read_statement(struct reading *r, const struct key *k,
                           const cJSON *node, struct statement *out)
{
    struct date date;
    out->place = node_place(r, node);
    if (cJSON_IsString(node) && node->valuestring[0] != '\0') {
        out->text = arena_string(r->arena, node->valuestring);
        return;
    }
    if (!cJSON_IsObject(node)) {
        node_fault(r, node, "%s must be %s, not %s", r->path,
                   key_kind_text(k->kind),
                   cJSON_IsString(node) ? "an empty text" : node_kind(node));
        return;
    }
    for (const cJSON *item = node->child; item != NULL; item = item->next)
        if (strcmp(item->string, "text") != 0 &&
            strcmp(item->string, "by") != 0 && strcmp(item->string, "at") != 0)
            fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
                      node_key_place(r, item),
                      "unknown key \"%s\" in %s (text, by and at are known)",
                      item->string, r->path);
    out->text = member_text(r, node, "text");
    out->by = member_text(r, node, "by");
    out->at = member_text(r, node, "at");
    if (out->at != NULL && !date_parse(out->at, strlen(out->at), &date))
        node_fault(r, cJSON_GetObjectItemCaseSensitive(node, "at"),
                   "%s.at is \"%s\", which is no date YYYY-MM-DD", r->path,
                   out->at);
}

void key_statement(struct reading *r, const struct key *k, const cJSON *node)
{
    struct project *p = r->p;
    const char *path = k->name + strlen("card.");
    if (k->kind == KEY_STATEMENT) {
        for (size_t i = 0; i < p->cards; i++)
            if (strcmp(p->card[i].path, path) == 0)
                read_statement(r, k, node, &p->card[i].s);
        return;
    }
    size_t n = (size_t)cJSON_GetArraySize(node), count = 0;
    const cJSON *item;
    if (!cJSON_IsArray(node) || n > LIST_MAX) {
        node_fault(r, node, "%s must be %s, not %s", r->path,
                   key_kind_text(k->kind), node_kind(node));
        return;
    }
    struct statement *list =
        arena_new_array(r->arena, struct statement, n == 0 ? 1 : n);
    if (list == NULL) {
        r->no_memory = true;
        return;
    }
    cJSON_ArrayForEach(item, node)
        read_statement(r, k, item, &list[count++]);
    for (size_t i = 0; i < p->card_lists; i++)
        if (strcmp(p->card_list[i].path, path) == 0) {
            p->card_list[i].item = list;
            p->card_list[i].items = count;
            p->card_list[i].place = node_place(r, node);
        }
}
