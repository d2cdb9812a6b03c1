/* candor: argv to a request, messages to people, exit status to the shell. */
#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int dispatch(struct cli *c, const struct candor_host *host)
{
    static const struct {
        const char *name;
        int (*run)(const struct candor_host *, const struct candor_request *);
    } on_project[] = {{"check", candor_check},
                      {"score", candor_score},
                      {"explain", candor_explain},
                      {"recourse", candor_recourse},
                      {"run", candor_run}};
    const char *first = c->argument[0];
    if (strcmp(c->command, "init") == 0)
        return candor_init(host, first, c->argument[1], c->request.out, c->yes);
    if (strcmp(c->command, "inspect") == 0)
        return candor_inspect(host, first, c->request.json);
    if (strcmp(c->command, "verify") == 0)
        return candor_verify(host, first, c->request.json);
    c->request.project = first;
    for (size_t i = 0; i < sizeof on_project / sizeof *on_project; i++)
        if (strcmp(c->command, on_project[i].name) == 0)
            return on_project[i].run(host, &c->request);
    return CANDOR_BUG;
}

static int show_help(const struct cli *c, const struct candor_host *host)
{
    const char *topic = c->argument[0];
    if (c->man) {
        help_man();
        return CANDOR_DONE;
    }
    if (c->completion != NULL)
        return help_completion(c->completion);
    if (topic == NULL) {
        help_usage(NULL);
        return CANDOR_DONE;
    }
    for (const struct command_row *r = command_rows; r->name != NULL; r++)
        if (strcmp(r->name, topic) == 0) {
            help_usage(topic);
            return CANDOR_DONE;
        }
    return candor_help(host, topic);
}

static int act(struct cli *c, const struct candor_host *host)
{
    if (c->version) {
        (void)printf("candor %s\n", candor_version());
        return CANDOR_DONE;
    }
    if (c->help || c->command == NULL) {
        help_usage(c->command);
        return c->help ? CANDOR_DONE : CANDOR_USAGE;
    }
    return strcmp(c->command, "help") == 0 ? show_help(c, host)
                                           : dispatch(c, host);
}

int main(int argc, char **argv)
{
    struct cli c;
    int bad = options_parse(argc, argv, &c);
    if (bad != 0)
        return bad;
    if (c.request.share == NULL)
        c.request.share = getenv("CANDOR_SHARE");
    struct screen s;
    screen_open(&s, &c);
    struct candor_host host = screen_host(&s);
    return screen_close(&s, act(&c, &host));
}
