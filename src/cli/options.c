#include "cli/options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(struct cli, field)

static bool has_word(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; (p = strstr(p, word)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

bool option_belongs(const struct option_row *row, const char *command)
{
    return strcmp(row->commands, "*") == 0 ||
           (command != NULL && has_word(row->commands, command));
}

static const struct command_row *find_command(const char *name)
{
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* Nearness for a short list: how many letters the two share, in order. */
static size_t letters_shared(const char *a, const char *b)
{
    size_t n = 0;
    for (; *a != '\0' && *b != '\0'; b++)
        if (*a == *b) {
            a++;
            n++;
        }
    return n;
}

static void keep_nearer(const char *word, const char *candidate,
                        const char **best, size_t *most)
{
    size_t n = letters_shared(word, candidate);
    if (n > *most) {
        *most = n;
        *best = candidate;
    }
}

static int wrong(const char *text, const char *what, const char *near)
{
    (void)fprintf(stderr, "candor: error: %s \"%s\"", text, what);
    if (near != NULL)
        (void)fprintf(stderr, " (did you mean \"%s\"?)", near);
    (void)fprintf(stderr, "\n       see candor help\n");
    return CANDOR_USAGE;
}

static int unknown_option(const char *word, const char *name,
                          const char *command)
{
    const char *best = NULL;
    size_t most = strlen(name) / 2;
    for (const struct option_row *o = option_rows; o->name != NULL; o++)
        if (option_belongs(o, command))
            keep_nearer(name, o->name, &best, &most);
    char near[64];
    (void)snprintf(near, sizeof near, "--%s", best != NULL ? best : "");
    return wrong("unknown option", word, best != NULL ? near : NULL);
}

static int unknown_command(const char *word)
{
    const char *best = NULL;
    size_t most = strlen(word) / 2;
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        keep_nearer(word, c->name, &best, &most);
    return wrong("unknown command", word, best);
}

static int set_count(struct cli *c, const struct option_row *o,
                     const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    bool fine = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    bool jobs = o->offset == AT(request.jobs);
    if (!fine || n == 0 || (jobs && n > 1024) || n > 1000000000000ULL) {
        (void)fprintf(stderr,
                      "candor: error: --%s takes a whole number from 1%s, not "
                      "\"%s\"\n",
                      o->name, jobs ? " to 1024" : "", text);
        return CANDOR_USAGE;
    }
    if (jobs) {
        c->request.jobs = (unsigned)n;
    } else if (o->offset == AT(request.limit) || o->offset == AT(request.rows)) {
        memcpy((char *)c + o->offset, &n, sizeof n);
    } else {
        unsigned long count = (unsigned long)n;
        memcpy((char *)c + o->offset, &count, sizeof count);
    }
    return 0;
}

/* 400M: K, M and G are powers of 1,024. */
static int set_bytes(struct cli *c, const struct option_row *o,
                     const char *text)
{
    char *end = NULL;
    errno = 0;
    unsigned long long n = strtoull(text, &end, 10);
    int power = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    end += power != 0;
    end += *end == 'B';
    bool fine = text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
                errno == 0 && n > 0 && n <= 1ULL << 50 >> power;
    if (!fine) {
        (void)fprintf(stderr,
                      "candor: error: --%s takes a size like 400M or 2G, not "
                      "\"%s\"\n",
                      o->name, text);
        return CANDOR_USAGE;
    }
    n <<= power;
    memcpy((char *)c + o->offset, &n, sizeof n);
    return 0;
}

static int set_text(struct cli *c, const struct option_row *o,
                    const char *text)
{
    if (o->choices != NULL && !has_word(o->choices, text)) {
        (void)fprintf(stderr,
                      "candor: error: --%s is one of: %s; not \"%s\"\n",
                      o->name, o->choices, text);
        return CANDOR_USAGE;
    }
    if (o->offset == AT(request.csv)) {
        c->request.csv = strcmp(text, "csv") == 0;
        c->request.npy = strcmp(text, "npy") == 0;
        return 0;
    }
    memcpy((char *)c + o->offset, &text, sizeof text);
    return 0;
}

static void set_flag(struct cli *c, const struct option_row *o)
{
    const int one = 1;
    const bool yes = true;
    char *at = (char *)c + o->offset;
    if (o->offset >= AT(request) && o->offset < AT(request) + sizeof c->request)
        memcpy(at, &one, sizeof one);
    else
        memcpy(at, &yes, sizeof yes);
}

static bool is_count(const char *text)
{
    return text != NULL && *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int set_value(struct cli *c, const struct option_row *o,
                     const char *text)
{
    switch (o->value) {
    case VALUE_COUNT:
    case VALUE_COUNT_OR_ALL:
        return set_count(c, o, text);
    case VALUE_BYTES:
        return set_bytes(c, o, text);
    case VALUE_NONE:
    case VALUE_TEXT:
        break;
    }
    return set_text(c, o, text);
}

static int apply(struct cli *c, const struct option_row *o, const char *word,
                 const char *value, const char *next, int *index)
{
    if (!option_belongs(o, c->command)) {
        (void)fprintf(stderr,
                      "candor: error: --%s does not belong to \"%s\"\n",
                      o->name, c->command == NULL ? "candor" : c->command);
        return CANDOR_USAGE;
    }
    if (o->value == VALUE_NONE) {
        if (value != NULL)
            return wrong("this option takes no value:", word, NULL);
        set_flag(c, o);
        return 0;
    }
    bool may_lack = o->value == VALUE_COUNT_OR_ALL;
    if (value == NULL && may_lack && !is_count(next)) {
        const unsigned long all = CANDOR_ALL;
        memcpy((char *)c + o->offset, &all, sizeof all);
        return 0;
    }
    if (value == NULL && next != NULL) {
        value = next;
        ++*index;
    }
    if (value == NULL || *value == '\0') {
        (void)fprintf(stderr, "candor: error: --%s needs %s\n", o->name,
                      o->argument);
        return CANDOR_USAGE;
    }
    return set_value(c, o, value);
}

/* One option; *index moves past its value. */
static int take_option(int argc, char **argv, int *index, struct cli *c)
{
    const char *word = argv[*index];
    const char *next = *index + 1 < argc ? argv[*index + 1] : NULL;
    bool is_long = word[1] == '-';
    char name[64] = "";
    const char *value = NULL;
    if (is_long) {
        const char *equals = strchr(word, '=');
        size_t n = equals != NULL ? (size_t)(equals - word - 2)
                                  : strlen(word + 2);
        if (n >= sizeof name)
            return wrong("unknown option", word, NULL);
        memcpy(name, word + 2, n);
        value = equals != NULL ? equals + 1 : NULL;
    } else if (word[2] != '\0') {
        value = word + 2;
    }
    /* an option of two commands may have a row for each */
    const struct option_row *row = NULL;
    for (const struct option_row *o = option_rows; o->name != NULL; o++) {
        bool same = is_long ? strcmp(o->name, name) == 0
                            : o->letter == word[1];
        if (same && (row == NULL || option_belongs(o, c->command)))
            row = o;
    }
    if (row != NULL)
        return apply(c, row, word, value, next, index);
    return unknown_option(word, is_long ? name : word, c->command);
}

static int take_word(struct cli *c, const char *word)
{
    const struct command_row *row;
    if (c->command == NULL) {
        row = find_command(word);
        if (row == NULL)
            return unknown_command(word);
        c->command = row->name;
        return 0;
    }
    row = find_command(c->command);
    if (c->arguments >= row->most)
        return wrong("one argument too many:", word, NULL);
    c->argument[c->arguments++] = word;
    return 0;
}

int options_parse(int argc, char **argv, struct cli *c)
{
    memset(c, 0, sizeof *c);
    c->progress = "auto";
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i];
        int bad = 0;
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && word[0] == '-' && word[1] != '\0')
            bad = take_option(argc, argv, &i, c);
        else
            bad = take_word(c, word);
        if (bad != 0)
            return bad;
    }
    if (c->command == NULL || c->help || c->version)
        return 0;
    const struct command_row *row = find_command(c->command);
    if (c->arguments >= row->least)
        return 0;
    (void)fprintf(stderr, "candor: error: usage: candor %s %s\n", row->name,
                  row->arguments);
    return CANDOR_USAGE;
}
