/* The key table as text for a terminal and as a page of the documentation. */
#include "project/keys.h"

#include "base/buf.h"
#include "base/num.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEYS_MAX_HELP = 512 };

static void put_path(struct buf *out, const struct key *k)
{
    buf_puts(out, key_prefix(k->in));
    buf_puts(out, k->name);
}

static void put_words(struct buf *out, const struct key *k)
{
    const char *word;
    size_t length;
    for (size_t i = 0; key_word(k->words, i, &word, &length); i++)
        buf_printf(out, "%s\"%.*s\"", i == 0 ? "" : ", ", (int)length, word);
}

static void put_type(struct buf *out, const struct key *k)
{
    char low[NUM_TEXT_MAX], high[NUM_TEXT_MAX];
    if (k->words != NULL) {
        buf_puts(out, "one of ");
        put_words(out, k);
        return;
    }
    buf_puts(out, key_kind_text(k->kind));
    (void)num_shortest(k->low, low);
    (void)num_shortest(k->high, high);
    if (!isnan(k->low) && !isnan(k->high))
        buf_printf(out, " from %s to %s", low, high);
    else if (!isnan(k->low))
        buf_printf(out, " of at least %s", low);
    if (k->kind == KEY_LINES)
        buf_printf(out, ", at most %zu", k->size);
    if (k->kind == KEY_OBJECT)
        buf_printf(out, " with the keys of %.*s",
                   (int)strlen(key_prefix(k->sub)) - 1, key_prefix(k->sub));
}

static void put_one(struct buf *out, const struct key *k)
{
    put_path(out, k);
    buf_printf(out, "\n    %s\n    type: ", k->help);
    put_type(out, k);
    if (k->flags & KEY_REQUIRED)
        buf_puts(out, "\n    required");
    if (k->fallback != NULL)
        buf_printf(out, "\n    default: %s", k->fallback);
    buf_putc(out, '\n');
}

/* The first step of a key's path: its chapter. */
static size_t chapter_length(const struct key *k, const char **chapter)
{
    const char *prefix = key_prefix(k->in);
    *chapter = prefix[0] != '\0' ? prefix : k->name;
    return strcspn(*chapter, ".[");
}

static void put_all(struct buf *out)
{
    size_t widest = 0;
    for (size_t i = 0; i < key_count(); i++) {
        size_t n = strlen(key_prefix(keys[i].in)) + strlen(keys[i].name);
        widest = n > widest ? n : widest;
    }
    for (size_t i = 0; i < key_count(); i++) {
        size_t n = strlen(key_prefix(keys[i].in)) + strlen(keys[i].name);
        put_path(out, &keys[i]);
        buf_printf(out, "%*s  %s\n", (int)(widest - n), "", keys[i].help);
    }
}

/* Text inside a cell of a Markdown table: | would end it. */
static void put_cell(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            buf_putc(out, '\\');
        buf_putc(out, *text);
    }
}

static void put_markdown_row(struct buf *out, const struct key *k)
{
    struct buf type = BUF_INIT(4096);
    buf_puts(out, "| `");
    put_path(out, k);
    buf_puts(out, "` | ");
    put_type(&type, k);
    put_cell(out, buf_text(&type));
    buf_free(&type);
    buf_printf(out, " | %s | ",
               k->flags & KEY_REQUIRED ? "required"
               : k->fallback != NULL   ? k->fallback
                                       : "");
    put_cell(out, k->help);
    buf_puts(out, " |\n");
}

static const char INTRODUCTION[] =
    "# The project file\n"
    "\n"
    "A project is a folder with `candor.json`: JSON in UTF-8, with `//` "
    "comments allowed. Paths in\n"
    "it are relative to it. Unknown keys, wrong types and missing values are "
    "errors with line and\n"
    "column. This page is made from the table that the checks are made from "
    "(`candor help config`).\n"
    "\n"
    "`features`, `factors` and `levers` are arrays of objects, or the name of "
    "a JSON or CSV file that\n"
    "holds them. Columns of a CSV are named like the keys; a text in a second "
    "language stands in a\n"
    "column `name.es`; arrays are separated by `|`; category words are "
    "`own=owns the home|rent=rents`.\n"
    "`data.TABLE` stands for `data.decisions`, `data.reference.A`, "
    "`data.reference.B` and\n"
    "`data.evaluation[]`. A statement of the card is a text (declared), or "
    "`{\"text\", \"by\", \"at\"}`\n"
    "(attested by a named person on a date).\n";

static void put_markdown(struct buf *out)
{
    const char *last = NULL, *chapter;
    size_t last_length = 0;
    buf_puts(out, INTRODUCTION);
    for (size_t i = 0; i < key_count(); i++) {
        size_t n = chapter_length(&keys[i], &chapter);
        if (last == NULL || n != last_length ||
            memcmp(last, chapter, n) != 0)
            buf_printf(out,
                       "\n## %.*s\n\n| key | type | default | meaning |\n"
                       "|---|---|---|---|\n",
                       (int)n, chapter);
        put_markdown_row(out, &keys[i]);
        last = chapter;
        last_length = n;
    }
}

/* "features.input" and "features[].input" both name that row; a path that is
 * the beginning of others names all of those. */
static bool same_path(const struct key *k, const char *word, bool *below)
{
    char path[160], plain[160], asked[160];
    (void)snprintf(path, sizeof path, "%s%s", key_prefix(k->in), k->name);
    size_t n = 0, m = 0;
    for (const char *c = path; *c != '\0' && n + 1 < sizeof plain; c++)
        if (*c != '[' && *c != ']')
            plain[n++] = *c;
    plain[n] = '\0';
    for (; *word != '\0' && m + 1 < sizeof asked; word++)
        if (*word != '[' && *word != ']')
            asked[m++] = *word;
    asked[m] = '\0';
    *below = strncmp(plain, asked, m) == 0 && plain[m] == '.';
    return strcmp(plain, asked) == 0;
}

static void put_unknown(struct buf *out, const char *word)
{
    char path[KEYS_MAX_HELP][160];
    const char *known[KEYS_MAX_HELP];
    size_t count = 0;
    for (size_t i = 0; i < key_count() && count < KEYS_MAX_HELP; i++) {
        (void)snprintf(path[count], sizeof path[0], "%s%s",
                       key_prefix(keys[i].in), keys[i].name);
        known[count] = path[count];
        count++;
    }
    const char *near = text_nearest(word, known, count);
    for (size_t i = 0; near == NULL && i < key_count(); i++)
        known[i] = keys[i].name;
    if (near == NULL)
        near = text_nearest(word, known, count);
    buf_printf(out, "no key \"%s\"", word);
    if (near != NULL)
        buf_printf(out, " (did you mean \"%s\"?)", near);
    buf_putc(out, '\n');
}

bool project_help(const char *key_or_null, struct buf *out, bool markdown)
{
    bool found = false, below;
    if (key_or_null == NULL) {
        if (markdown)
            put_markdown(out);
        else
            put_all(out);
        return true;
    }
    for (size_t i = 0; i < key_count(); i++)
        if (same_path(&keys[i], key_or_null, &below) || below) {
            if (found)
                buf_putc(out, '\n');
            put_one(out, &keys[i]);
            found = true;
        }
    if (!found)
        put_unknown(out, key_or_null);
    return found;
}
