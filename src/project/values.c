/* One value of each kind, from its node to where it lands. */
#include "project/reading.h"

#include "base/num.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *value_keep(struct reading *r, const char *text)
{
    char *copy = arena_string(r->arena, text);
    if (copy == NULL)
        r->no_memory = true;
    return copy;
}

void *value_array(struct reading *r, size_t count, size_t size)
{
    void *array = arena_array(r->arena, count == 0 ? 1 : count, size);
    if (array == NULL)
        r->no_memory = true;
    return array;
}

void value_fault(struct reading *r, const struct key *k,
                       const cJSON *node)
{
    char is[NUM_TEXT_MAX];
    bool whole = k->kind == KEY_COUNT || k->kind == KEY_LONG ||
                 k->kind == KEY_INT;
    if (whole && cJSON_IsNumber(node) && isfinite(node->valuedouble)) {
        (void)num_shortest(node->valuedouble, is);
        node_fault(r, node, "%s must be %s, not %s", r->path,
                   key_kind_text(k->kind), is);
        return;
    }
    node_fault(r, node, "%s must be %s, not %s", r->path,
               key_kind_text(k->kind), node_kind(node));
}

static bool is_url_like(const char *text)
{
    return text_starts(text, "sqlite:");
}

const char *project_path(struct reading *r, const char *text, bool location)
{
    const char *folder = r->p->folder;
    const char *scheme = "";
    if (location && strcmp(text, "-") == 0)
        return value_keep(r, text);
    if (location && is_url_like(text)) {
        scheme = "sqlite:";
        text += strlen(scheme);
    }
    char *path = text[0] == '/' || folder[0] == '\0'
                     ? arena_format(r->arena, "%s%s", scheme, text)
                     : arena_format(r->arena, "%s%s/%s", scheme, folder, text);
    if (path == NULL)
        r->no_memory = true;
    return path;
}

static void put_text(struct reading *r, const struct key *k, const cJSON *node,
                     void *to)
{
    const char *text = cJSON_GetStringValue(node);
    struct date date;
    if (text == NULL) {
        value_fault(r, k, node);
        return;
    }
    if (text[0] == '\0') {
        node_fault(r, node, "%s is empty: give %s or leave the key out",
                   r->path, key_kind_text(k->kind));
        return;
    }
    if (k->kind == KEY_DATE && !date_parse(text, strlen(text), &date)) {
        node_fault(r, node, "%s is \"%s\", which is no date YYYY-MM-DD",
                   r->path, text);
        return;
    }
    *(const char **)to =
        k->kind == KEY_PATH || k->kind == KEY_LOCATION
            ? project_path(r, text, k->kind == KEY_LOCATION)
            : value_keep(r, text);
}

/* -1 with a fault: none of the words. */
static int find_word(struct reading *r, const struct key *k, const cJSON *node)
{
    const char *text = cJSON_GetStringValue(node), *word;
    char number[NUM_TEXT_MAX];
    size_t length;
    if (cJSON_IsNumber(node)) { /* codes like 3 are words as well */
        (void)num_shortest(node->valuedouble, number);
        text = number;
    }
    if (text == NULL) {
        value_fault(r, k, node);
        return -1;
    }
    char list[16][40], all[400], hint[160];
    const char *known[16];
    size_t count = 0, used = 0;
    all[0] = '\0';
    for (size_t i = 0; i < 16 && key_word(k->words, i, &word, &length); i++) {
        if (strlen(text) == length && memcmp(text, word, length) == 0)
            return (int)i;
        (void)snprintf(list[count], sizeof list[0], "%.*s", (int)length, word);
        known[count] = list[count];
        count++;
        used += (size_t)snprintf(all + used, sizeof all - used, "%s\"%.*s\"",
                                 i == 0 ? "" : ", ", (int)length, word);
    }
    (void)nearest_of(text, known, count, hint);
    node_fault(r, node, "%s is \"%s\", but must be one of %s%s", r->path, text,
               all, hint);
    return -1;
}

static void put_word(struct reading *r, const struct key *k, const cJSON *node,
                     void *to)
{
    const char *word;
    size_t length;
    int i = find_word(r, k, node);
    if (i < 0)
        return;
    if (k->kind == KEY_WORD) {
        unsigned value = (unsigned)i;
        _Static_assert(sizeof(enum scale_kind) == sizeof value, "enum size");
        memcpy(to, &value, sizeof value);
        return;
    }
    (void)key_word(k->words, (size_t)i, &word, &length);
    char *copy = arena_copy(r->arena, word, length);
    if (copy == NULL)
        r->no_memory = true;
    *(const char **)to = copy;
}

static bool in_range(struct reading *r, const struct key *k, const cJSON *node,
                     double x)
{
    char low[NUM_TEXT_MAX], high[NUM_TEXT_MAX], is[NUM_TEXT_MAX];
    if (!(x < k->low) && !(x > k->high) && isfinite(x))
        return true;
    (void)num_shortest(x, is);
    (void)num_shortest(k->low, low);
    (void)num_shortest(k->high, high);
    if (isnan(k->low) && isnan(k->high))
        node_fault(r, node, "%s is %s, which is no finite number", r->path, is);
    else if (isnan(k->high))
        node_fault(r, node, "%s is %s, but must be at least %s", r->path, is,
                   low);
    else
        node_fault(r, node, "%s is %s, but must be from %s to %s", r->path, is,
                   low, high);
    return false;
}

static void put_number(struct reading *r, const struct key *k,
                       const cJSON *node, void *to, void *base)
{
    if (!cJSON_IsNumber(node)) {
        value_fault(r, k, node);
        return;
    }
    double x = node->valuedouble;
    if (!in_range(r, k, node, x))
        return;
    if (k->kind == KEY_NUMBER) {
        *(double *)to = x;
        if (k->extra != 0)
            *(bool *)((char *)base + k->extra) = true;
        return;
    }
    if (x != floor(x)) {
        value_fault(r, k, node);
        return;
    }
    if (k->kind == KEY_COUNT)
        *(size_t *)to = (size_t)x;
    else if (k->kind == KEY_LONG)
        *(long *)to = (long)x;
    else
        *(int *)to = (int)x;
}

static void put_char(struct reading *r, const struct key *k, const cJSON *node,
                     void *to)
{
    const char *text = cJSON_GetStringValue(node);
    if (text != NULL && strcmp(text, "tab") == 0)
        text = "\t";
    if (text == NULL || text[0] == '\0' || text[1] != '\0' ||
        (unsigned char)text[0] >= 0x80 || text[0] == '"' || text[0] == '\n' ||
        text[0] == '\r') {
        value_fault(r, k, node);
        return;
    }
    *(char *)to = text[0];
}

static void put_texts(struct reading *r, const struct key *k,
                      const cJSON *node, void *to, void *base)
{
    size_t count = 0, n = (size_t)cJSON_GetArraySize(node);
    const cJSON *item;
    if (!cJSON_IsArray(node) || n > LIST_MAX) {
        value_fault(r, k, node);
        return;
    }
    const char **array = value_array(r, n, sizeof *array);
    double *number = k->kind == KEY_NUMBERS
                         ? value_array(r, n, sizeof *number)
                         : NULL;
    if (r->no_memory)
        return;
    cJSON_ArrayForEach(item, node) {
        bool good = number != NULL ? cJSON_IsNumber(item) &&
                                         isfinite(item->valuedouble)
                                   : cJSON_IsString(item);
        if (!good) {
            node_fault(r, item, "%s must be %s, not of %s", r->path,
                       key_kind_text(k->kind), node_kind(item));
            return;
        }
        if (number != NULL)
            number[count++] = item->valuedouble;
        else
            array[count++] = value_keep(r, item->valuestring);
    }
    if (number != NULL)
        *(const double **)to = number;
    else
        *(const char *const **)to = array;
    *(size_t *)((char *)base + k->extra) = count;
}

static void put_lines(struct reading *r, const struct key *k,
                      const cJSON *node, void *to, void *base)
{
    const char **line = to;
    size_t count = 0;
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    if (!cJSON_IsArray(node) && !cJSON_IsString(node)) {
        value_fault(r, k, node);
        return;
    }
    for (; item != NULL; item = cJSON_IsArray(node) ? item->next : NULL) {
        const char *text = cJSON_GetStringValue(item);
        if (text == NULL || text[0] == '\0') {
            node_fault(r, item, "%s must hold texts that are not empty",
                       r->path);
            return;
        }
        if (count == k->size) {
            node_fault(r, item, "%s holds more than %zu texts", r->path,
                       k->size);
            return;
        }
        line[count++] = value_keep(r, text);
    }
    if (k->extra != 0)
        *(size_t *)((char *)base + k->extra) = count;
}

bool project_language_tag(const char *text)
{
    size_t part = 0;
    while (true) {
        size_t n = strcspn(text, "-");
        if (n == 0 || n > 8 || (part == 0 && (n < 2 || n > 3)))
            return false;
        for (size_t i = 0; i < n; i++)
            if (!isalnum((unsigned char)text[i]) ||
                (part == 0 && !isalpha((unsigned char)text[i])))
                return false;
        if (text[n] == '\0')
            return part < 8;
        text += n + 1;
        part++;
    }
}

long project_language_find(const struct project *p, const char *tag)
{
    long found = -1;
    size_t n = strlen(tag);
    for (size_t i = 0; i < p->languages; i++) {
        if (strcmp(p->language[i], tag) == 0)
            return (long)i;
        /* "es" stands for the one language es-… */
        if (strncmp(p->language[i], tag, n) == 0 && p->language[i][n] == '-')
            found = found == -1 ? (long)i : -2;
    }
    return found < 0 ? -1 : found;
}

static bool read_translated(struct reading *r, const struct key *k,
                            const cJSON *node, struct translated *out)
{
    const char **text = value_array(r, r->p->languages, sizeof *text);
    const cJSON *item;
    char hint[160];
    if (text == NULL)
        return false;
    if (cJSON_IsString(node)) {
        text[0] = value_keep(r, node->valuestring);
    } else if (!cJSON_IsObject(node)) {
        value_fault(r, k, node);
        return false;
    }
    if (cJSON_IsObject(node))
        cJSON_ArrayForEach(item, node) {
            long at = project_language_find(r->p, item->string);
            if (at < 0) {
                fault_put(r->p->places, r->faults, FAULT_ERROR, NULL,
                          node_key_place(r, item),
                          "%s has a text in \"%s\", which documents.languages "
                          "does not list%s",
                          r->path, item->string,
                          nearest_of(item->string, r->p->language,
                                     r->p->languages, hint));
            } else if (!cJSON_IsString(item)) {
                node_fault(r, item, "%s.%s must be a text, not %s", r->path,
                           item->string, node_kind(item));
            } else {
                text[at] = value_keep(r, item->valuestring);
            }
        }
    out->text = text;
    return true;
}

static void put_labels(struct reading *r, const struct key *k,
                       const cJSON *node, struct project_feature *f)
{
    size_t count = 0, n = (size_t)cJSON_GetArraySize(node);
    if ((!cJSON_IsArray(node) && !cJSON_IsObject(node)) || n > LIST_MAX) {
        value_fault(r, k, node);
        return;
    }
    const char **word = value_array(r, n, sizeof *word);
    struct translated *label = value_array(r, n, sizeof *label);
    const cJSON *item;
    if (r->no_memory)
        return;
    cJSON_ArrayForEach(item, node) {
        const char *text =
            cJSON_IsObject(node) ? item->string : cJSON_GetStringValue(item);
        if (text == NULL) {
            value_fault(r, k, item);
            return;
        }
        word[count] = value_keep(r, text);
        if (!read_translated(r, k, item, &label[count]))
            return;
        count++;
    }
    f->word = word;
    f->word_label = label;
    f->words = count;
}

static void put_translated(struct reading *r, const struct key *k,
                           const cJSON *node, void *to, void *base)
{
    struct translated *t = to;
    if (!read_translated(r, k, node, t))
        return;
    if (k->extra != 0)
        *(const char **)((char *)base + k->extra) = t->text[0];
}

void key_value(struct reading *r, const struct key *k, const cJSON *node,
                 void *base)
{
    void *to = (char *)base + k->offset;
    if (cJSON_IsNull(node)) {
        node_fault(r, node, "%s is null: give %s or leave the key out", r->path,
                   key_kind_text(k->kind));
        return;
    }
    if (k->kind != KEY_STATEMENT && k->kind != KEY_STATEMENTS &&
        !places_land(r->p->places, to, node_place(r, node)))
        r->no_memory = true;
    switch (k->kind) {
    case KEY_TEXT: case KEY_PATH: case KEY_LOCATION: case KEY_DATE:
        put_text(r, k, node, to);
        break;
    case KEY_CHOICE: case KEY_WORD:
        put_word(r, k, node, to);
        break;
    case KEY_NUMBER: case KEY_COUNT: case KEY_LONG: case KEY_INT:
        put_number(r, k, node, to, base);
        break;
    case KEY_FLAG:
        if (cJSON_IsBool(node))
            *(bool *)to = cJSON_IsTrue(node) != 0;
        else
            value_fault(r, k, node);
        break;
    case KEY_CHAR: put_char(r, k, node, to); break;
    case KEY_TEXTS: case KEY_NUMBERS:
        put_texts(r, k, node, to, base);
        break;
    case KEY_LINES: put_lines(r, k, node, to, base); break;
    case KEY_TRANSLATED: put_translated(r, k, node, to, base); break;
    case KEY_LABELS: put_labels(r, k, node, base); break;
    case KEY_INPUTS: value_inputs(r, k, node, base); break;
    case KEY_COSTS: value_costs(r, k, node, base); break;
    case KEY_STATEMENT: case KEY_STATEMENTS:
        key_statement(r, k, node);
        break;
    case KEY_OBJECT: key_group_read(r, k->sub, node, to); break;
    case KEY_LIST: key_list(r, k, node, base); break;
    case KEY_SHEET: key_sheet(r, k, node, base); break;
    }
}

void apply_default(struct reading *r, const struct key *k, void *base)
{
    if (k->fallback == NULL) {
        if (k->kind == KEY_NUMBER)
            *(double *)((char *)base + k->offset) = NAN;
        return;
    }
    cJSON *node = cJSON_Parse(k->fallback);
    if (node == NULL) {
        r->no_memory = true;
        return;
    }
    void *to = (char *)base + k->offset;
    if (cJSON_IsString(node))
        put_word(r, k, node, to);
    else if (cJSON_IsBool(node))
        *(bool *)to = cJSON_IsTrue(node) != 0;
    else
        put_number(r, k, node, to, base);
    cJSON_Delete(node);
}
