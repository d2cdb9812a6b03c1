/* cli/screen.h: what a person sees on standard error, and data on standard
 * output. */
#ifndef CANDOR_CLI_SCREEN_H
#define CANDOR_CLI_SCREEN_H

#include "cli/options.h"

struct screen {
    bool quiet, colour, bar, plain, bar_shown;
    double started, last;
    unsigned long long last_done;
};

void screen_open(struct screen *s, const struct cli *c);
struct candor_host screen_host(struct screen *s);
/* Ends the bar, flushes and closes standard output; the exit status. */
int screen_close(struct screen *s, int code);

#endif
