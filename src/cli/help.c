#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void print_options(const char *command)
{
    for (const struct option_row *o = option_rows; o->name != NULL; o++) {
        if (!option_belongs(o, command))
            continue;
        char left[64];
        char letter[5] = "    ";
        if (o->letter != 0)
            (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
        (void)snprintf(left, sizeof left, "%s--%s %s", letter, o->name,
                       o->argument != NULL ? o->argument : "");
        (void)printf("  %-24s %s\n", left, o->text);
    }
}

void help_usage(const char *command)
{
    if (command == NULL) {
        (void)printf("candor %s: documents that explain automated decisions\n\n"
                     "usage: candor COMMAND [ARGUMENT …] [OPTION …]\n\n",
                     candor_version());
        for (const struct command_row *c = command_rows; c->name != NULL; c++)
            (void)printf("  %-9s %-12s %s\n", c->name, c->arguments, c->line);
        (void)printf("\nPROJECT is a candor.json or its folder; default: here.\n"
                     "candor help COMMAND shows a command's options.\n");
        return;
    }
    for (const struct command_row *c = command_rows; c->name != NULL; c++) {
        if (strcmp(c->name, command) != 0)
            continue;
        (void)printf("usage: candor %s %s [OPTION …]\n\n%s\n\n", c->name,
                     c->arguments, c->text);
        print_options(command);
    }
}

/* In roff a backslash begins a request and a bare minus is a hyphen. */
static void roff(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\\')
            (void)fputs("\\e", stdout);
        else if (*p == '-')
            (void)fputs("\\-", stdout);
        else
            (void)putchar(*p);
    }
    (void)putchar('\n');
}

static void man_options(void)
{
    (void)printf(".SH OPTIONS\n");
    for (const struct option_row *o = option_rows; o->name != NULL; o++) {
        (void)printf(".TP\n.B ");
        if (o->letter != 0)
            (void)printf("\\-%c, ", o->letter);
        (void)printf("\\-\\-%s %s\n", o->name,
                     o->argument != NULL ? o->argument : "");
        roff(o->text);
        if (strcmp(o->commands, "*") != 0)
            (void)printf("(%s)\n", o->commands);
    }
}

static const struct {
    int code;
    const char *text;
} exits[] = {
    {CANDOR_DONE, "done"},
    {CANDOR_GATED, "done, but a gate blocked documents or verify found a "
                   "difference"},
    {CANDOR_USAGE, "usage or project file"},
    {CANDOR_MODEL, "model unreadable or unsupported"},
    {CANDOR_DATA, "data error, or more bad rows than allowed"},
    {CANDOR_IO, "input, output or environment"},
    {CANDOR_BUG, "a bug in candor"},
};

void help_man(void)
{
    (void)printf(".TH CANDOR 1 \"\" \"candor %s\" \"User commands\"\n"
                 ".SH NAME\ncandor \\- documents that explain automated "
                 "decisions\n.SH SYNOPSIS\n",
                 candor_version());
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        (void)printf(".B candor %s\n%s\n[options]\n.br\n", c->name,
                     c->arguments);
    (void)printf(".SH DESCRIPTION\ncandor takes a trained model and the "
                 "decisions it made, computes exact Shapley contributions and "
                 "counterfactuals, and renders documents that people can "
                 "check.\n.SH COMMANDS\n");
    for (const struct command_row *c = command_rows; c->name != NULL; c++) {
        (void)printf(".TP\n.B %s %s\n", c->name, c->arguments);
        roff(c->text);
    }
    man_options();
    (void)printf(".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exits / sizeof *exits; i++)
        (void)printf(".TP\n%d\n%s\n", exits[i].code, exits[i].text);
    (void)printf(".SH ENVIRONMENT\n.TP\nNO_COLOR\nno colours in messages\n"
                 ".TP\nCANDOR_SHARE\nwhere templates and fonts stand\n"
                 ".TP\nCANDOR_SIMD\nscalar, avx2 or avx512: the kernels of that "
                 "level; never changes a byte of the result\n");
}

static void bash(void)
{
    (void)printf("_candor()\n{\n    local word=${COMP_WORDS[COMP_CWORD]}\n"
                 "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                 "        COMPREPLY=($(compgen -W \"");
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        (void)printf("%s ", c->name);
    (void)printf("\" -- \"$word\"))\n        return\n    fi\n"
                 "    case $word in\n"
                 "    -*)\n        case ${COMP_WORDS[1]} in\n");
    for (const struct command_row *c = command_rows; c->name != NULL; c++) {
        (void)printf("        %s) COMPREPLY=($(compgen -W \"", c->name);
        for (const struct option_row *o = option_rows; o->name != NULL; o++)
            if (option_belongs(o, c->name))
                (void)printf("--%s ", o->name);
        (void)printf("\" -- \"$word\")) ;;\n");
    }
    (void)printf("        esac ;;\n"
                 "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
                 "    esac\n}\ncomplete -o filenames -F _candor candor\n");
}

static void zsh(void)
{
    (void)printf("#compdef candor\nlocal -a commands\ncommands=(\n");
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        (void)printf("  '%s:%s'\n", c->name, c->line);
    (void)printf(")\nif (( CURRENT == 2 )); then\n"
                 "  _describe command commands\n  return\nfi\n"
                 "case $words[2] in\n");
    for (const struct command_row *c = command_rows; c->name != NULL; c++) {
        (void)printf("%s) _arguments", c->name);
        for (const struct option_row *o = option_rows; o->name != NULL; o++) {
            if (!option_belongs(o, c->name))
                continue;
            (void)printf(" '--%s[", o->name);
            for (const char *p = o->text; *p != '\0'; p++)
                if (*p != '\'')
                    (void)putchar(*p == ':' ? ',' : *p);
            (void)printf("]%s'", o->argument != NULL ? ":value:_files" : "");
        }
        (void)printf(" '*:file:_files' ;;\n");
    }
    (void)printf("esac\n");
}

static void fish(void)
{
    for (const struct command_row *c = command_rows; c->name != NULL; c++)
        (void)printf("complete -c candor -n __fish_use_subcommand -a %s "
                     "-d '%s'\n",
                     c->name, c->line);
    for (const struct option_row *o = option_rows; o->name != NULL; o++) {
        (void)printf("complete -c candor -l %s", o->name);
        if (o->letter != 0)
            (void)printf(" -s %c", o->letter);
        if (o->argument != NULL)
            (void)printf(" -r");
        if (strcmp(o->commands, "*") != 0)
            (void)printf(" -n '__fish_seen_subcommand_from %s'", o->commands);
        (void)putchar('\n');
    }
}

int help_completion(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        bash();
    else if (strcmp(shell, "zsh") == 0)
        zsh();
    else
        fish();
    return 0;
}
