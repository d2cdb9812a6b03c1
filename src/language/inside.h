/* language/inside.h: what the files of this room share; no other room's. */
#ifndef CANDOR_LANGUAGE_INSIDE_H
#define CANDOR_LANGUAGE_INSIDE_H

#include "base/arena.h"
#include "base/hash.h"
#include "language/language.h"

#include <unicode/ulistformatter.h>
#include <unicode/upluralrules.h>

enum part_kind {
    PART_TEXT,
    PART_ARG,
    PART_NUMBER,  /* {x, number}: text as given, else formatted */
    PART_INTEGER,
    PART_PERCENT,
    PART_HASH,
    PART_PLURAL,
    PART_ORDINAL,
    PART_SELECT
};

struct part;
struct branch {
    const char *word;
    bool exact; /* =N */
    double number;
    struct part *first;
    struct branch *next;
};
struct part {
    enum part_kind kind;
    int arg;
    double offset;
    const char *text;
    size_t length;
    struct branch *branches;
    struct part *next;
};

struct message {
    const char *key, *pattern;
    const struct part *first;
    const char *args[LANGUAGE_ARGS_MAX];
    bool numbers[LANGUAGE_ARGS_MAX];
    int arg_count;
};

/* What ICU holds for the tag, as UTF-8, read once. */
enum { SYMBOL_MAX = 32, MONTHS = 12 };
struct rules {
    char decimal[SYMBOL_MAX], group[SYMBOL_MAX];
    char percent_before[SYMBOL_MAX], percent_after[SYMBOL_MAX];
    char digits[10][5];
    bool ascii_digits;
    int group_first, group_rest, group_least;
    const char *months[MONTHS], *short_months[MONTHS];
    const char *date_pattern;
    UPluralRules *cardinal, *ordinal;
    UListFormatter *all_of, *one_of;
};

struct language {
    struct arena *arena;
    const char *tag, *rules_tag; /* rules_tag: whose numbers and dates */
    const char *locale;          /* the same as ICU writes it */
    struct names *keys;
    struct message *messages;
    size_t count;
    struct rules rules;
    long needed[MESSAGES_NEEDED];
};

/* Parses m->pattern. pseudo: letters become look-alikes. */
status message_parse(struct arena *a, struct message *m, bool pseudo,
                     const struct place *where, struct error *e);
status rules_read(struct language *l, struct error *e);
void rules_free(struct rules *r);
/* Letters of text replaced by look-alikes; appended to out. */
void pseudo_text(const char *text, size_t length, struct buf *out);

/* The locale-free digits of x made the language's; sign: 0 none, 1 minus. */
void put_digits(const struct rules *r, double x, int decimals, struct buf *out,
                bool *negative);
/* The plural word of x printed with `decimals` digits: "one", "other". */
void plural_word(const struct language *l, bool ordinal, double x, char out[16]);

#endif
