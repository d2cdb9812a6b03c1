/* cli/options.h: one table of commands and one of options. It makes the
 * parsing, the usage text, the man page and the shell completions. */
#ifndef CANDOR_CLI_OPTIONS_H
#define CANDOR_CLI_OPTIONS_H

#include "api/candor.h"

#include <stdbool.h>

struct cli {
    const char *command;
    struct candor_request request;
    const char *argument[3]; /* positional */
    int arguments;
    bool quiet, help, version, yes, man;
    const char *completion;
    const char *progress; /* auto, plain, none */
};

struct command_row {
    const char *name, *arguments, *line, *text;
    int least, most; /* positional arguments */
};

enum option_value {
    VALUE_NONE,
    VALUE_TEXT,
    VALUE_COUNT,
    VALUE_COUNT_OR_ALL, /* the count may be left out */
    VALUE_BYTES         /* a number with K, M or G */
};

struct option_row {
    const char *name;     /* "out" */
    char letter;          /* 'o' or 0 */
    enum option_value value;
    const char *argument; /* "FOLDER" */
    const char *commands; /* "run score", or "*" */
    size_t offset;        /* into struct cli */
    const char *choices;  /* "jsonl csv", or NULL */
    const char *text;
};

extern const struct command_row command_rows[]; /* ends with name NULL */
extern const struct option_row option_rows[];   /* ends with name NULL */

/* 0, or CANDOR_USAGE with a message on standard error. */
int options_parse(int argc, char **argv, struct cli *out);
bool option_belongs(const struct option_row *row, const char *command);
/* command NULL: all of them. */
void help_usage(const char *command);
void help_man(void);
int help_completion(const char *shell);

#endif
