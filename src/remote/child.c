#include "remote/child.h"

#include "remote/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GENTLY_MS = 2000, PIPE_BYTES = 1 << 20, READ_BYTES = 1 << 18 };

static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* Ours never block; a longer pipe spares both sides turns, where allowed. */
static void ours(int fd)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETPIPE_SZ, (int)PIPE_BYTES);
}

static int set_up(posix_spawn_file_actions_t *f, posix_spawnattr_t *a,
                  const int theirs[3], const char *folder)
{
    sigset_t none, usual;
    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    int r = posix_spawnattr_setsigmask(a, &none);
    r = r != 0 ? r : posix_spawnattr_setsigdefault(a, &usual);
    r = r != 0 ? r : posix_spawnattr_setpgroup(a, 0);
    r = r != 0 ? r : posix_spawnattr_setflags(
                         a, (short)(POSIX_SPAWN_SETSIGMASK |
                                    POSIX_SPAWN_SETSIGDEF |
                                    POSIX_SPAWN_SETPGROUP));
    for (int i = 0; r == 0 && i < 3; i++)
        r = posix_spawn_file_actions_adddup2(f, theirs[i], i);
    r = r != 0 ? r : posix_spawn_file_actions_addclosefrom_np(f, 3);
    if (r == 0 && folder != NULL && folder[0] != '\0')
        r = posix_spawn_file_actions_addchdir_np(f, folder);
    return r;
}

static int spawn(struct child *c, const char *const *command,
                 const char *folder, const int theirs[3])
{
    posix_spawn_file_actions_t f;
    posix_spawnattr_t a;
    int r = posix_spawn_file_actions_init(&f);
    if (r != 0)
        return r;
    r = posix_spawnattr_init(&a);
    if (r != 0) {
        (void)posix_spawn_file_actions_destroy(&f);
        return r;
    }
    r = set_up(&f, &a, theirs, folder);
    if (r == 0) {
        /* the words are not written to: the type is older than const */
        char *const *argv;
        memcpy(&argv, &command, sizeof argv);
        r = posix_spawnp(&c->pid, command[0], &f, &a, argv, environ);
    }
    (void)posix_spawnattr_destroy(&a);
    (void)posix_spawn_file_actions_destroy(&f);
    return r;
}

/* A pipe end at 0, 1 or 2 would be overwritten by the one meant for there. */
static int above_three(int fd)
{
    if (fd > 2)
        return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    (void)close(fd);
    return moved;
}

static bool pipes_make(int p[3][2])
{
    for (int i = 0; i < 3; i++)
        p[i][0] = p[i][1] = -1;
    for (int i = 0; i < 3; i++) {
        if (pipe2(p[i], O_CLOEXEC) != 0)
            return false;
        p[i][0] = above_three(p[i][0]);
        p[i][1] = above_three(p[i][1]);
        if (p[i][0] < 0 || p[i][1] < 0)
            return false;
    }
    return true;
}

status child_start(struct child *c, const char *const *command,
                   const char *folder, struct error *e)
{
    int p[3][2];
    memset(c, 0, sizeof *c);
    c->in = c->out = c->aside = -1;
    bool made = pipes_make(p);
    int r = errno;
    if (made) {
        const int theirs[3] = {p[0][0], p[1][1], p[2][1]};
        r = spawn(c, command, folder, theirs);
    }
    close_one(&p[0][0]);
    close_one(&p[1][1]);
    close_one(&p[2][1]);
    if (!made || r != 0) {
        close_one(&p[0][1]);
        close_one(&p[1][0]);
        close_one(&p[2][0]);
        c->pid = 0;
        errno = r;
        return error_system(e, "cannot start the model's command %.200s",
                            command[0]);
    }
    c->in = p[0][1];
    c->out = p[1][0];
    c->aside = p[2][0];
    ours(c->in);
    ours(c->out);
    ours(c->aside);
    return ST_OK;
}

static void tell_how(int how, bool killed, char *out, size_t room)
{
    if (out == NULL)
        return;
    if (WIFEXITED(how))
        (void)snprintf(out, room, "ended with status %d", WEXITSTATUS(how));
    else if (WIFSIGNALED(how) && !killed)
        (void)snprintf(out, room, "was ended by signal %d", WTERMSIG(how));
    else
        (void)snprintf(out, room, "did not end by itself and was killed");
}

void child_end(struct child *c, bool gently, char *out, size_t room)
{
    if (c->pid <= 0)
        return;
    int how = 0;
    pid_t got = 0;
    close_one(&c->in);
    for (long long end = now_ms() + GENTLY_MS; gently && got == 0;) {
        child_listen(c); /* it may wait for us to read */
        got = waitpid(c->pid, &how, WNOHANG);
        if (got != 0 || now_ms() >= end)
            break;
        struct pollfd p[2] = {{c->out, POLLIN, 0}, {c->aside, POLLIN, 0}};
        char drop[4096];
        (void)poll(p, 2, 5);
        if (p[0].revents != 0 && read(c->out, drop, sizeof drop) <= 0)
            (void)usleep(2000);
    }
    child_listen(c);
    /* what it started goes with it, also when it has ended itself */
    (void)kill(-c->pid, SIGKILL);
    bool killed = got <= 0;
    while (got <= 0) {
        got = waitpid(c->pid, &how, 0);
        if (got < 0 && errno != EINTR)
            break;
    }
    tell_how(how, killed, out, room);
    close_one(&c->out);
    close_one(&c->aside);
    c->pid = 0;
}

/* SIGPIPE is kept from this thread, and taken away if it was raised. */
static ssize_t write_quietly(int fd, const char *bytes, size_t length)
{
    sigset_t pipe_only, before, waiting;
    (void)sigemptyset(&pipe_only);
    (void)sigaddset(&pipe_only, SIGPIPE);
    (void)sigpending(&waiting);
    bool was = sigismember(&waiting, SIGPIPE) == 1;
    (void)pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    ssize_t n = write(fd, bytes, length);
    int why = errno;
    if (n < 0 && why == EPIPE && !was) {
        const struct timespec none = {0, 0};
        while (sigtimedwait(&pipe_only, NULL, &none) < 0 && errno == EINTR)
            continue;
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return n;
}

long child_write(struct child *c, const char *bytes, size_t length)
{
    ssize_t n = write_quietly(c->in, bytes, length);
    if (n >= 0)
        return (long)n;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

long child_read(struct child *c, struct buf *out)
{
    size_t spare = out->cap > out->length ? out->cap - out->length : 0;
    size_t want = spare < READ_BYTES ? spare : READ_BYTES;
    if (want == 0)
        return -2;
    char *to = buf_reserve(out, want);
    if (to == NULL)
        return -2;
    ssize_t n = read(c->out, to, want);
    if (n > 0)
        out->length += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        return -1;
    return n < 0 ? 0 : (long)n;
}

void child_listen(struct child *c)
{
    char heard[4096];
    ssize_t n;
    while (c->aside >= 0 && (n = read(c->aside, heard, sizeof heard)) > 0) {
        size_t got = (size_t)n, half = CHILD_TAIL / 2;
        const char *from = heard;
        if (got > half) {
            from += got - half;
            got = half;
        }
        if (c->tail_length + got > CHILD_TAIL) {
            size_t keep = CHILD_TAIL - got;
            memmove(c->tail, c->tail + c->tail_length - keep, keep);
            c->tail_length = keep;
        }
        memcpy(c->tail + c->tail_length, from, got);
        c->tail_length += got;
    }
    if (c->aside >= 0 && n == 0)
        close_one(&c->aside);
}

void child_said(const struct child *c, char *line, size_t room)
{
    size_t end = c->tail_length;
    while (end > 0 && (unsigned char)c->tail[end - 1] <= ' ')
        end--;
    size_t begin = end;
    while (begin > 0 && c->tail[begin - 1] != '\n')
        begin--;
    plain_line(c->tail + begin, end - begin, line, room);
}
