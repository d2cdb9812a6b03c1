/* A CSV whose columns are named like the keys, as the array of objects that the
 * same file in JSON would hold: one way of checking serves both. Texts by
 * language stand in columns "name.es"; arrays are separated by |; category
 * words are "own=owns the home|rent=rents", costs "10=0.5|20=2", indicators
 * "own=home_own|other=". An empty cell is an absent key. */
#include "project/reading.h"

#include "base/num.h"
#include "syntax/csv.h"

#include <stdio.h>
#include <string.h>

enum { SHEET_COLUMNS_MAX = 128 };

struct sheet_column {
    const struct key *key; /* NULL: unknown, told once */
    char name[64];         /* of the key */
    char language[32];     /* "" or a tag */
};

static bool keep_place(struct sheet *s, const cJSON *node, struct place place)
{
    if (node == NULL)
        return false;
    if (s->places == s->room) {
        size_t room = s->room == 0 ? 64 : s->room * 2;
        void *grown = mem_grow(s->place, s->room, room, sizeof *s->place);
        if (grown == NULL)
            return false;
        s->place = grown;
        s->room = room;
    }
    s->place[s->places++] = (struct sheet_place){node, place};
    return true;
}

static void find_column(struct reading *r, enum key_group group,
                        const struct csv *csv, const struct csv_field *f,
                        struct sheet_column *c)
{
    const char *known[KEYS_MAX];
    char hint[160], name[64];
    size_t count = 0, n = f->length, dot;
    *c = (struct sheet_column){0};
    (void)snprintf(name, sizeof name, "%.*s", (int)(n < 63 ? n : 63), f->text);
    dot = strcspn(name, ".");
    c->key = key_find(group, f->text, n);
    if (c->key == NULL && name[dot] == '.') {
        const struct key *k = key_find(group, name, dot);
        if (k != NULL && k->kind == KEY_TRANSLATED) {
            c->key = k;
            (void)snprintf(c->language, sizeof c->language, "%.31s",
                           name + dot + 1);
        }
    }
    if (c->key != NULL) {
        (void)snprintf(c->name, sizeof c->name, "%s", c->key->name);
        return;
    }
    for (size_t i = 0; i < key_count(); i++)
        if (keys[i].in == group)
            known[count++] = keys[i].name;
    struct place place = csv_place(csv, f->at);
    place.source = r->source;
    fault_put(r->p->places, r->faults, FAULT_ERROR, NULL, place,
              "unknown column \"%s\"%s", name,
              nearest_of(name, known, count, hint));
}

/* The items of a text that | separates, each to one node of an array, or to a
 * member of an object for words and their labels. */
static cJSON *split_cell(const char *text, bool labels, bool numbers)
{
    bool object = labels && strchr(text, '=') != NULL;
    cJSON *out = object ? cJSON_CreateObject() : cJSON_CreateArray();
    char *item = NULL;
    while (out != NULL) {
        size_t n = strcspn(text, "|");
        double x;
        item = mem_array(n + 1, 1);
        if (item == NULL)
            break;
        memcpy(item, text, n);
        char *equals = object ? strchr(item, '=') : NULL;
        if (equals != NULL)
            *equals = '\0';
        cJSON *node = numbers && num_parse(item, n, &x)
                          ? cJSON_CreateNumber(x)
                          : cJSON_CreateString(equals != NULL ? equals + 1
                                                              : item);
        bool added = object ? cJSON_AddItemToObject(out, item, node)
                            : cJSON_AddItemToArray(out, node);
        mem_free(item);
        if (!added) {
            cJSON_Delete(node);
            break;
        }
        if (text[n] == '\0')
            return out;
        text += n + 1;
    }
    cJSON_Delete(out);
    return NULL;
}

/* "a=b|c=d" as the object or the pairs that JSON would hold; anything else as
 * the text it is, which the check of values then names. */
static cJSON *costs_node(cJSON *object)
{
    double change, cost;
    bool pairs = object->child != NULL;
    for (const cJSON *i = object->child; i != NULL; i = i->next)
        pairs = pairs && num_parse(i->string, strlen(i->string), &change);
    cJSON *out = pairs ? cJSON_CreateArray() : cJSON_CreateObject();
    for (const cJSON *i = object->child; out != NULL && i != NULL;
         i = i->next) {
        const char *text = i->valuestring;
        cJSON *node = num_parse(text, strlen(text), &cost)
                          ? cJSON_CreateNumber(cost)
                          : cJSON_CreateString(text);
        if (pairs && node != NULL) {
            cJSON *pair = cJSON_CreateArray();
            (void)num_parse(i->string, strlen(i->string), &change);
            bool added = cJSON_AddItemToArray(pair, cJSON_CreateNumber(change));
            if (!added || !cJSON_AddItemToArray(pair, node)) {
                cJSON_Delete(node);
                cJSON_Delete(pair);
                node = NULL;
            } else {
                node = pair;
            }
        }
        if (pairs ? !cJSON_AddItemToArray(out, node)
                  : !cJSON_AddItemToObject(out, i->string, node)) {
            cJSON_Delete(node);
            cJSON_Delete(out);
            return NULL;
        }
    }
    return out;
}

static cJSON *pairs_cell(const char *text, bool costs)
{
    cJSON *object = split_cell(text, true, false);
    if (object == NULL || !cJSON_IsObject(object))
        return object;
    if (costs) {
        cJSON *out = costs_node(object);
        cJSON_Delete(object);
        return out;
    }
    for (cJSON *i = object->child; i != NULL; i = i->next)
        if (i->valuestring[0] == '\0')
            i->type = cJSON_NULL;
    return object;
}

static cJSON *cell_node(const struct key *k, const char *text, size_t length)
{
    double x;
    switch (k->kind) {
    case KEY_NUMBER: case KEY_COUNT: case KEY_LONG: case KEY_INT:
        if (num_parse(text, length, &x))
            return cJSON_CreateNumber(x);
        break;
    case KEY_FLAG:
        if (text_equal_fold(text, length, "true") ||
            text_equal_fold(text, length, "yes"))
            return cJSON_CreateTrue();
        if (text_equal_fold(text, length, "false") ||
            text_equal_fold(text, length, "no"))
            return cJSON_CreateFalse();
        break;
    case KEY_TEXTS: case KEY_LINES: case KEY_LABELS: case KEY_NUMBERS:
        return split_cell(text, k->kind == KEY_LABELS,
                          k->kind == KEY_NUMBERS);
    case KEY_INPUTS: case KEY_COSTS:
        return pairs_cell(text, k->kind == KEY_COSTS);
    default:
        break;
    }
    return cJSON_CreateString(text);
}

/* name.es beside name: the plain column is the first language. */
static cJSON *language_object(const struct reading *r, cJSON *row,
                              const char *key)
{
    cJSON *now = cJSON_GetObjectItemCaseSensitive(row, key);
    if (cJSON_IsObject(now))
        return now;
    cJSON *object = cJSON_CreateObject();
    if (object != NULL && cJSON_IsString(now) &&
        cJSON_AddStringToObject(object, r->p->language[0], now->valuestring) ==
            NULL) {
        cJSON_Delete(object);
        return NULL;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(row, key);
    if (object != NULL && !cJSON_AddItemToObject(row, key, object)) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static bool put_cell(struct reading *r, struct sheet *s, cJSON *row,
                     const struct sheet_column *c, const char *text,
                     size_t length, struct place place)
{
    cJSON *to = row;
    const char *key = c->name;
    if (c->language[0] != '\0') {
        to = language_object(r, row, c->name);
        if (!keep_place(s, to, place))
            return false;
        key = c->language;
    } else if (c->key->kind == KEY_TRANSLATED) {
        cJSON *now = cJSON_GetObjectItemCaseSensitive(row, c->name);
        if (cJSON_IsObject(now)) {
            to = now;
            key = r->p->language[0];
        }
    }
    if (cJSON_GetObjectItemCaseSensitive(to, key) != NULL) {
        fault_put(r->p->places, r->faults, FAULT_ERROR, NULL, place,
                  "a second value for %s", key);
        return true;
    }
    cJSON *node = cell_node(c->key, text, length);
    if (node == NULL || !cJSON_AddItemToObject(to, key, node)) {
        cJSON_Delete(node);
        return false;
    }
    for (cJSON *item = node->child; item != NULL; item = item->next)
        if (!keep_place(s, item, place))
            return false;
    return keep_place(s, node, place);
}

static bool put_row(struct reading *r, struct sheet *s, const struct csv *csv,
                    const struct csv_record *record,
                    const struct sheet_column *column, size_t columns)
{
    cJSON *row = cJSON_CreateObject();
    if (row == NULL || !cJSON_AddItemToArray(s->root, row)) {
        cJSON_Delete(row);
        return false;
    }
    struct place start = csv_place(csv, 0);
    start.source = r->source;
    if (!keep_place(s, row, start))
        return false;
    for (size_t i = 0; i < record->fields; i++) {
        const struct csv_field *f = &record->field[i];
        struct place place = csv_place(csv, f->at);
        place.source = r->source;
        if (f->length == 0)
            continue;
        if (i >= columns) {
            fault_put(r->p->places, r->faults, FAULT_ERROR, NULL, place,
                      "more fields than the header has columns (%zu)",
                      columns);
            break;
        }
        if (column[i].key == NULL)
            continue;
        char *text = mem_array(f->length + 1, 1);
        if (text == NULL)
            return false;
        memcpy(text, f->text, f->length);
        bool put =
            put_cell(r, s, row, &column[i], text, f->length, place);
        mem_free(text);
        if (!put)
            return false;
    }
    return true;
}

static status read_rows(struct reading *r, struct csv *csv,
                        enum key_group group, struct sheet *out,
                        struct sheet_column *column, struct error *e)
{
    const struct csv_record *record;
    TRY(csv_next(csv, &record, e));
    if (record == NULL)
        return error_set(e, ST_FORMAT, "the file has no header");
    size_t columns = record->fields;
    if (columns > SHEET_COLUMNS_MAX)
        return error_set(e, ST_LIMIT, "more than %d columns",
                         (int)SHEET_COLUMNS_MAX);
    for (size_t i = 0; i < columns; i++)
        find_column(r, group, csv, &record->field[i], &column[i]);
    for (;;) {
        TRY(csv_next(csv, &record, e));
        if (record == NULL)
            return ST_OK;
        if (record->bad >= 0)
            return csv_fault(csv, (size_t)record->bad, 1, e, ST_SYNTAX,
                             "a byte that is not UTF-8 text");
        if (!put_row(r, out, csv, record, column, columns))
            return error_memory(e);
    }
}

status sheet_read(struct reading *r, enum key_group group,
                  const struct source_text *source, struct sheet *out,
                  struct error *e)
{
    struct memory_stream memory = {source->bytes, source->length, 0};
    struct csv *csv = NULL;
    struct csv_options options = {.columns = SHEET_COLUMNS_MAX,
                                  .field = 1 << 20};
    struct sheet_column *column = mem_array(SHEET_COLUMNS_MAX, sizeof *column);
    out->root = cJSON_CreateArray();
    status s = column == NULL || out->root == NULL ? error_memory(e) : ST_OK;
    if (s == ST_OK)
        s = csv_open(stream_of_memory(&memory, source->name), &options, &csv,
                     e);
    if (s == ST_OK)
        s = read_rows(r, csv, group, out, column, e);
    csv_free(csv);
    mem_free(column);
    return s;
}

void sheet_free(struct sheet *s)
{
    cJSON_Delete(s->root);
    mem_free(s->place);
    *s = (struct sheet){0};
}
