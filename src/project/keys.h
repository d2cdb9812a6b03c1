/* project/keys.h: the one table of keys. Room-internal. */
#ifndef CANDOR_PROJECT_KEYS_H
#define CANDOR_PROJECT_KEYS_H

#include "project/project.h"

/* Objects that keys stand in. A name in a group may be dotted: the object on
 * the way lands in the same struct. */
enum key_group {
    GROUP_PROJECT,
    GROUP_TABLE,
    GROUP_COLUMN,
    GROUP_FEATURE,
    GROUP_FACTOR,
    GROUP_RULE,
    GROUP_LEVER,
    GROUP_WAITING,
    GROUP_ORDER,
    GROUP_LINEAR,
    GROUP_TERM,
    GROUP_IF_THEN,
    GROUP_CONDITION,
    GROUP_AT_MOST_ONE,
    GROUP_DERIVED,
    GROUP_SCORE,
    GROUP_BUREAU,
    KEY_GROUPS
};

enum key_kind {
    KEY_TEXT,       /* const char * */
    KEY_PATH,       /* const char *, resolved against the folder */
    KEY_LOCATION,   /* the same, "-" and sqlite: kept */
    KEY_DATE,       /* const char *, YYYY-MM-DD */
    KEY_CHOICE,     /* const char *, one of words */
    KEY_WORD,       /* an enum: the word's position */
    KEY_NUMBER,     /* double; extra: offset of its bool "has" */
    KEY_COUNT,      /* size_t */
    KEY_LONG,
    KEY_INT,
    KEY_FLAG,       /* bool */
    KEY_CHAR,       /* char: one ASCII character, or "tab" */
    KEY_TEXTS,      /* const char *const *; extra: offset of the count */
    KEY_NUMBERS,    /* const double *; extra: offset of the count */
    KEY_LINES,      /* const char *[size] */
    KEY_TRANSLATED, /* struct translated; extra: const char * of the first, or 0 */
    KEY_LABELS,     /* a feature's words and their labels */
    KEY_INPUTS,     /* a lever's words and the indicator of each */
    KEY_COSTS,      /* a lever's changes, or words, and what each costs */
    KEY_STATEMENT,  /* card: one declared or attested text */
    KEY_STATEMENTS, /* card: a list of them */
    KEY_OBJECT,     /* a group at an offset */
    KEY_LIST,       /* array of a group; extra: offset of the count */
    KEY_SHEET       /* the same, or a string naming its JSON or CSV file */
};

enum { KEY_REQUIRED = 1, KEY_UNIQUE = 2 };

struct key {
    enum key_group in;
    const char *name;     /* dotted, below the group */
    enum key_kind kind;
    unsigned flags;
    size_t offset, extra; /* extra 0: none */
    enum key_group sub;   /* OBJECT, LIST, SHEET */
    size_t size;          /* of an element; LINES: how many lines */
    const char *words;    /* CHOICE, WORD: separated by | */
    double low, high;     /* NaN: no bound */
    const char *fallback; /* default as written in JSON, or NULL */
    const char *help;
};

extern const struct key keys[];
size_t key_count(void);
/* NULL: none. name need not be terminated. */
const struct key *key_find(enum key_group in, const char *name, size_t length);
/* "model.cutoff", "features[].input"; in a static table's terms. */
const char *key_prefix(enum key_group in);
const char *key_kind_text(enum key_kind kind); /* "a number", … */
/* Word i of a |-separated list: its text and length; false at the end. */
bool key_word(const char *words, size_t i, const char **text, size_t *length);

#endif
