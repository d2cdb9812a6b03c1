#include "cli/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void clear_bar(struct screen *s)
{
    if (s->bar_shown)
        (void)fputs("\r\033[K", stderr);
    s->bar_shown = false;
}

static int write_out(void *self, const char *bytes, size_t length)
{
    (void)self;
    return fwrite(bytes, 1, length, stdout) == length ? 0 : 1;
}

static void show_message(void *self, enum candor_severity severity,
                         const char *text)
{
    struct screen *s = self;
    if (s->quiet && severity != CANDOR_ERROR)
        return;
    clear_bar(s);
    const char *word = severity == CANDOR_ERROR     ? "error:"
                       : severity == CANDOR_WARNING ? "warning:"
                                                    : NULL;
    const char *at = word == NULL ? NULL : strstr(text, word);
    if (s->colour && at != NULL)
        (void)fprintf(stderr, "%.*s\033[1;%sm%s\033[0m%s", (int)(at - text),
                      text, severity == CANDOR_ERROR ? "31" : "33", word,
                      at + strlen(word));
    else
        (void)fputs(text, stderr);
}

static void show_bar(struct screen *s, const char *what,
                     unsigned long long done, unsigned long long total,
                     double now)
{
    enum { WIDTH = 30 };
    double rate = (double)done / (now - s->started + 1e-9);
    if (total == 0) {
        (void)fprintf(stderr, "\r%s %llu · %.0f/s\033[K", what, done, rate);
    } else {
        int full = (int)((double)done / (double)total * WIDTH);
        double left = rate > 0 ? (double)(total - done) / rate : 0;
        (void)fprintf(
            stderr, "\r%s [%.*s%.*s] %llu/%llu · %.0f/s · %.0f s left\033[K",
            what, full, "==============================", WIDTH - full,
            "                              ", done, total, rate, left);
    }
    s->bar_shown = true;
    (void)fflush(stderr);
}

static void show_progress(void *self, const char *what,
                          unsigned long long done, unsigned long long total)
{
    struct screen *s = self;
    double now = seconds();
    if (done < s->last_done)
        s->started = s->last = now;
    s->last_done = done;
    if (s->bar && now - s->last > 0.1) {
        s->last = now;
        show_bar(s, what, done, total, now);
    } else if (s->plain && now - s->last > 5) {
        s->last = now;
        (void)fprintf(stderr, "candor: %s %llu, %.0f a second\n", what, done,
                      (double)done / (now - s->started));
    }
}

void screen_open(struct screen *s, const struct cli *c)
{
    bool terminal = isatty(STDERR_FILENO) == 1;
    *s = (struct screen){.quiet = c->quiet};
    s->colour = terminal && getenv("NO_COLOR") == NULL;
    s->bar = strcmp(c->progress, "auto") == 0 && terminal && !c->quiet;
    s->plain = !c->quiet && !s->bar && strcmp(c->progress, "none") != 0;
    s->started = s->last = seconds();
}

struct candor_host screen_host(struct screen *s)
{
    return (struct candor_host){s, write_out, show_message, show_progress};
}

/* Data that did not reach its reader is not a success, however short it was. */
int screen_close(struct screen *s, int code)
{
    clear_bar(s);
    if (fflush(stdout) == 0 && ferror(stdout) == 0 && fclose(stdout) == 0)
        return code;
    (void)fputs("candor: error: standard output could not be written\n",
                stderr);
    return code == CANDOR_DONE || code == CANDOR_GATED ? CANDOR_IO : code;
}
