#include "project/keys.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define AT(s, m) offsetof(struct s, m)
#define ROW(g, n, kind, flags, at, extra, sub, size, words, lo, hi, def, help) \
    {GROUP_##g, n, KEY_##kind, flags, at, extra, GROUP_##sub, size, words,     \
     lo, hi, def, help},
#define PLAIN(g, n, kind, s, m, flags, words, lo, hi, def, help)               \
    ROW(g, n, kind, flags, AT(s, m), 0, PROJECT, 0, words, lo, hi, def, help)
#define TEXT(g, n, s, m, flags, help)                                          \
    PLAIN(g, n, TEXT, s, m, flags, NULL, NAN, NAN, NULL, help)
#define PATH(g, n, s, m, flags, help)                                          \
    PLAIN(g, n, PATH, s, m, flags, NULL, NAN, NAN, NULL, help)
#define LOCATION(g, n, s, m, help)                                             \
    PLAIN(g, n, LOCATION, s, m, KEY_REQUIRED, NULL, NAN, NAN, NULL, help)
#define DATE(g, n, s, m, help)                                                 \
    PLAIN(g, n, DATE, s, m, 0, NULL, NAN, NAN, NULL, help)
#define CHAR(g, n, s, m, help)                                                 \
    PLAIN(g, n, CHAR, s, m, 0, NULL, NAN, NAN, NULL, help)
#define CHOICE(g, n, s, m, words, def, help)                                   \
    PLAIN(g, n, CHOICE, s, m, 0, words, NAN, NAN, def, help)
#define CHOICER(g, n, s, m, words, help)                                       \
    PLAIN(g, n, CHOICE, s, m, KEY_REQUIRED, words, NAN, NAN, NULL, help)
#define WORD(g, n, s, m, words, def, help)                                     \
    PLAIN(g, n, WORD, s, m, 0, words, NAN, NAN, def, help)
#define COUNT(g, n, s, m, lo, hi, def, help)                                   \
    PLAIN(g, n, COUNT, s, m, 0, NULL, lo, hi, def, help)
#define LONG(g, n, s, m, lo, hi, def, help)                                    \
    PLAIN(g, n, LONG, s, m, 0, NULL, lo, hi, def, help)
#define INT(g, n, s, m, lo, hi, def, help)                                     \
    PLAIN(g, n, INT, s, m, 0, NULL, lo, hi, def, help)
#define FLAG(g, n, s, m, def, help)                                            \
    PLAIN(g, n, FLAG, s, m, 0, NULL, NAN, NAN, def, help)
#define NUMBER(g, n, s, m, lo, hi, def, help)                                  \
    PLAIN(g, n, NUMBER, s, m, 0, NULL, lo, hi, def, help)
#define NUMBERH(g, n, s, m, has, lo, hi, def, help)                            \
    ROW(g, n, NUMBER, 0, AT(s, m), AT(s, has), PROJECT, 0, NULL, lo, hi, def,  \
        help)
#define TEXTS(g, n, s, m, count, help)                                         \
    ROW(g, n, TEXTS, 0, AT(s, m), AT(s, count), PROJECT, 0, NULL, NAN, NAN,    \
        NULL, help)
#define NUMBERS(g, n, s, m, count, help)                                       \
    ROW(g, n, NUMBERS, 0, AT(s, m), AT(s, count), PROJECT, 0, NULL, NAN, NAN,  \
        NULL, help)
#define LINES(g, n, s, m, size, help)                                          \
    ROW(g, n, LINES, 0, AT(s, m), 0, PROJECT, size, NULL, NAN, NAN, NULL, help)
#define LINESN(g, n, s, m, count, size, help)                                  \
    ROW(g, n, LINES, 0, AT(s, m), AT(s, count), PROJECT, size, NULL, NAN, NAN, \
        NULL, help)
#define TRANSLATED(g, n, s, m, first, help)                                    \
    ROW(g, n, TRANSLATED, 0, AT(s, m), AT(s, first), PROJECT, 0, NULL, NAN,    \
        NAN, NULL, help)
#define TRANSLATED0(g, n, s, m, help)                                          \
    ROW(g, n, TRANSLATED, 0, AT(s, m), 0, PROJECT, 0, NULL, NAN, NAN, NULL,    \
        help)
#define LABELS(g, n, s, m, count, help)                                        \
    ROW(g, n, LABELS, 0, AT(s, m), AT(s, count), PROJECT, 0, NULL, NAN, NAN,   \
        NULL, help)
#define INPUTS(g, n, s, m, count, help)                                        \
    ROW(g, n, INPUTS, 0, AT(s, m), AT(s, count), PROJECT, 0, NULL, NAN, NAN,   \
        NULL, help)
#define COSTS(g, n, s, m, count, help)                                         \
    ROW(g, n, COSTS, 0, AT(s, m), AT(s, count), PROJECT, 0, NULL, NAN, NAN,    \
        NULL, help)
#define OBJECTR(g, n, s, m, sub, help)                                         \
    ROW(g, n, OBJECT, KEY_REQUIRED, AT(s, m), 0, sub, 0, NULL, NAN, NAN, NULL, \
        help)
#define NUMBERR(g, n, s, m, help)                                              \
    PLAIN(g, n, NUMBER, s, m, KEY_REQUIRED, NULL, NAN, NAN, NULL, help)
#define TEXTSR(g, n, s, m, count, help)                                        \
    ROW(g, n, TEXTS, KEY_REQUIRED, AT(s, m), AT(s, count), PROJECT, 0, NULL,   \
        NAN, NAN, NULL, help)
#define LISTR(g, n, s, m, count, sub, element, help)                           \
    ROW(g, n, LIST, KEY_REQUIRED, AT(s, m), AT(s, count), sub,                 \
        sizeof(struct element), NULL, NAN, NAN, NULL, help)
#define OBJECT(g, n, s, m, sub, help)                                          \
    ROW(g, n, OBJECT, 0, AT(s, m), 0, sub, 0, NULL, NAN, NAN, NULL, help)
#define LIST(g, n, s, m, count, sub, element, help)                            \
    ROW(g, n, LIST, 0, AT(s, m), AT(s, count), sub, sizeof(struct element),    \
        NULL, NAN, NAN, NULL, help)
#define SHEET(g, n, s, m, count, sub, element, help)                           \
    ROW(g, n, SHEET, 0, AT(s, m), AT(s, count), sub, sizeof(struct element),   \
        NULL, NAN, NAN, NULL, help)
#define SAID(n, help)                                                          \
    ROW(PROJECT, "card." n, STATEMENT, 0, 0, 0, PROJECT, 0, NULL, NAN, NAN,    \
        NULL, help)
#define SAIDS(n, help)                                                         \
    ROW(PROJECT, "card." n, STATEMENTS, 0, 0, 0, PROJECT, 0, NULL, NAN, NAN,   \
        NULL, help)

const struct key keys[] = {
#include "project/keys.def"
};

size_t key_count(void)
{
    return sizeof keys / sizeof *keys;
}

const struct key *key_find(enum key_group in, const char *name, size_t length)
{
    for (size_t i = 0; i < key_count(); i++)
        if (keys[i].in == in && strlen(keys[i].name) == length &&
            memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    return NULL;
}

const char *key_prefix(enum key_group in)
{
    static const char *const prefix[KEY_GROUPS] = {
        [GROUP_PROJECT] = "",          [GROUP_TABLE] = "data.TABLE.",
        [GROUP_COLUMN] = "data.groups[].", [GROUP_FEATURE] = "features[].",
        [GROUP_FACTOR] = "factors[].", [GROUP_RULE] = "rules[].",
        [GROUP_LEVER] = "levers[].",
        [GROUP_WAITING] = "levers[].waiting[].",
        [GROUP_ORDER] = "recourse.order[].",
        [GROUP_LINEAR] = "recourse.linear[].",
        [GROUP_TERM] = "recourse.linear[].terms[].",
        [GROUP_IF_THEN] = "recourse.if_then[].",
        [GROUP_CONDITION] = "recourse.if_then[].CONDITION.",
        [GROUP_AT_MOST_ONE] = "recourse.at_most_one[].",
        [GROUP_DERIVED] = "recourse.derived[].",
        [GROUP_SCORE] = "recourse.scores[].",
        [GROUP_BUREAU] = "bureaus[].",
    };
    return prefix[in];
}

const char *key_kind_text(enum key_kind kind)
{
    static const char *const text[] = {
        [KEY_TEXT] = "a text",
        [KEY_PATH] = "a path",
        [KEY_LOCATION] = "a path",
        [KEY_DATE] = "a date YYYY-MM-DD",
        [KEY_CHOICE] = "a word",
        [KEY_WORD] = "a word",
        [KEY_NUMBER] = "a number",
        [KEY_COUNT] = "a whole number",
        [KEY_LONG] = "a whole number",
        [KEY_INT] = "a whole number",
        [KEY_FLAG] = "true or false",
        [KEY_CHAR] = "one character, or \"tab\"",
        [KEY_TEXTS] = "an array of texts",
        [KEY_NUMBERS] = "an array of numbers",
        [KEY_LINES] = "a text or an array of texts",
        [KEY_TRANSLATED] = "a text, or an object of texts by language",
        [KEY_LABELS] = "an object of words and their texts, or an array of words",
        [KEY_INPUTS] = "an object of words and the input that stands for each",
        [KEY_COSTS] = "an array of [change, cost], or an object of words and costs",
        [KEY_STATEMENT] = "a text, or {\"text\", \"by\", \"at\"}",
        [KEY_STATEMENTS] = "an array of texts, or of {\"text\", \"by\", \"at\"}",
        [KEY_OBJECT] = "an object",
        [KEY_LIST] = "an array of objects",
        [KEY_SHEET] = "an array of objects, or the name of a file",
    };
    return text[kind];
}

bool key_word(const char *words, size_t i, const char **text, size_t *length)
{
    for (;; i--) {
        size_t n = strcspn(words, "|");
        if (i == 0) {
            *text = words;
            *length = n;
            return true;
        }
        if (words[n] == '\0')
            return false;
        words += n + 1;
    }
}
