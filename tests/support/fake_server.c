#include "support/fake_server.h"

#include "support/remote_case.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 64, HEAD_MAX = 16384 };

struct connection {
    struct fake_server *s;
    int fd;
    pthread_t thread;
};

struct fake_server {
    const char *habit;
    int fd;
    pthread_t thread;
    pthread_mutex_t lock;
    struct connection c[CONNECTIONS];
    size_t connections, requests;
    char last[HEAD_MAX];
};

static bool is(const struct fake_server *s, const char *habit)
{
    return strcmp(s->habit, habit) == 0;
}

static bool send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
        if (k <= 0)
            return false;
        p += k;
        n -= (size_t)k;
    }
    return true;
}

static bool send_text(int fd, const char *text)
{
    return send_all(fd, text, strlen(text));
}

static bool reply(int fd, const char *line, const char *more, const char *body,
                  size_t length)
{
    char head[1024];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%s"
                     "Content-Length: %zu\r\n\r\n", line, more, length);
    return send_all(fd, head, (size_t)n) && send_all(fd, body, length);
}

static bool reply_text(int fd, const char *line, const char *body)
{
    return reply(fd, line, "", body, strlen(body));
}

/* In pieces of 7 bytes. */
static bool reply_chunked(int fd, const char *body, size_t length)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n";
    bool well = send_all(fd, head, sizeof head - 1);
    for (size_t at = 0; well && at < length; at += 7) {
        size_t n = length - at < 7 ? length - at : 7;
        char piece[32];
        int k = snprintf(piece, sizeof piece, "%zx\r\n%.*s\r\n", n, (int)n,
                         body + at);
        well = send_all(fd, piece, (size_t)k);
    }
    return well && send_all(fd, "0\r\n\r\n", 5);
}

/* --- the model ----------------------------------------------------------- */

static size_t numbers_of(const char *p, double *x, size_t most)
{
    size_t n = 0;
    while (*p != '\0' && *p != '}' && n < most) {
        char *end;
        if (strchr("-0123456789", *p) == NULL) {
            p++;
            continue;
        }
        x[n++] = strtod(p, &end);
        p = end;
    }
    return n;
}

static void put_row(struct buf *out, const struct fake_server *s, size_t i,
                    const double *x, bool nested)
{
    const char *open = nested ? "[" : "", *shut = nested ? "]" : "";
    buf_printf(out, "%s%s", i > 0 ? "," : "", open);
    if (i == 1 && is(s, "nan"))
        buf_puts(out, "NaN");
    else if (i == 1 && is(s, "null"))
        buf_puts(out, "null");
    else
        buf_printf(out, "%.17g", case_answer(x));
    buf_puts(out, shut);
}

static void put_answer(struct buf *out, const struct fake_server *s,
                       const char *body, size_t request)
{
    bool mlflow = strstr(body, "dataframe_split") != NULL;
    const char *data = strstr(body, "\"data\":");
    size_t room = strlen(body);
    double *x = malloc((room + 1) * sizeof *x);
    size_t n = data == NULL ? 0 : numbers_of(data, x, room) / CASE_INPUTS;
    size_t rows = is(s, "short") ? n - 1 : is(s, "long") ? n + 1 : n;
    if (mlflow)
        buf_puts(out, "{\"predictions\":[");
    else
        buf_printf(out, "{\"model_name\":\"loan\",\"model_version\":\"%s\","
                   "\"id\":\"7\",\"outputs\":[{\"name\":\"label\",\"shape\":[1],"
                   "\"datatype\":\"INT64\",\"data\":[1]},"
                   "{\"name\":\"predict_proba\",\"datatype\":\"FP64\","
                   "\"shape\":[%zu,1],\"data\":[",
                   is(s, "version") && request > 1 ? "v2" : "v1", rows);
    for (size_t i = 0; i < rows; i++)
        put_row(out, s, i, x + 3 * (i % n), mlflow);
    buf_puts(out, mlflow ? "]}" : "]}]}");
    free(x);
}

/* --- habits -------------------------------------------------------------- */

/* False: the connection is closed. */
static bool answer(const struct fake_server *s, int fd, const char *body,
                   size_t request)
{
    static const char busy[] = "{\"error\":\"no room\"}";
    if (is(s, "redirect"))
        return reply(fd, "302 Found", "Location: http://elsewhere.test/v2\r\n",
                     "", 0);
    if ((is(s, "busy once") && request == 1) || is(s, "busy"))
        return reply(fd, "503 Service Unavailable", "", busy, strlen(busy));
    if (is(s, "wait") && request == 1)
        return reply(fd, "429 Too Many Requests", "Retry-After: 1\r\n", "", 0);
    if (is(s, "wait long"))
        return reply(fd, "503 Service Unavailable", "Retry-After: 600\r\n", "",
                     0);
    if (is(s, "error"))
        return reply_text(fd, "500 Internal Server Error",
                          "Internal \x1b[31mServer Error");
    if (is(s, "unknown"))
        return reply_text(fd, "404 Not Found", "{\"error\":\"no loan\"}");
    if (is(s, "html"))
        return reply_text(fd, "200 OK", "<html>hello</html>");
    if (is(s, "tells"))
        return reply(fd, "401 Unauthorized", "", s->last, strlen(s->last));
    if (is(s, "tells a part")) {
        const char *token = strstr(s->last, "Bearer ");
        char part[16] = "";
        (void)snprintf(part, sizeof part, "%.12s",
                       token == NULL ? "" : token + strlen("Bearer "));
        return reply(fd, "401 Unauthorized", "", part, strlen(part));
    }
    if (is(s, "tells well"))
        return reply(fd, "200 OK", "", s->last, strlen(s->last));
    if (is(s, "gone once") && request == 1)
        return false;
    if (is(s, "gone"))
        return false;
    if (is(s, "slow")) {
        (void)usleep(1500000);
        return false;
    }
    if (is(s, "endless")) {
        (void)send_text(fd, "HTTP/1.1 200 OK\r\n\r\n{\"outputs\":[");
        while (send_text(fd, "                                "))
            continue;
        return false;
    }
    struct buf out = BUF_INIT((size_t)1 << 30);
    put_answer(&out, s, body, request);
    bool on;
    if (is(s, "chunked"))
        on = reply_chunked(fd, out.data, out.length);
    else if (is(s, "cut")) {
        (void)send_text(fd, "HTTP/1.1 200 OK\r\n"
                            "Content-Length: 9999\r\n\r\n");
        (void)send_all(fd, out.data, out.length);
        on = false;
    } else
        on = reply(fd, "200 OK", "", out.data, out.length);
    buf_free(&out);
    return on;
}

/* --- connections --------------------------------------------------------- */

/* One request into text; its body's place, or NULL at the end. */
static char *receive(int fd, struct buf *text)
{
    char *body = NULL;
    size_t want = 0;
    buf_clear(text);
    for (;;) {
        char *to = buf_reserve(text, 1 << 16);
        ssize_t n = to == NULL ? 0 : recv(fd, to, 1 << 16, 0);
        if (n <= 0)
            return NULL;
        text->length += (size_t)n;
        text->data[text->length] = '\0';
        char *blank = body != NULL ? NULL : strstr(text->data, "\r\n\r\n");
        if (blank != NULL) {
            const char *length = strstr(text->data, "Content-Length: ");
            want = (size_t)(blank + 4 - text->data) +
                   (length == NULL ? 0 : strtoul(length + 16, NULL, 10));
        }
        body = want > 0 ? strstr(text->data, "\r\n\r\n") + 4 : NULL;
        if (want > 0 && text->length >= want)
            return body;
    }
}

static void *serve(void *self)
{
    struct connection *c = self;
    struct fake_server *s = c->s;
    struct buf text = BUF_INIT((size_t)1 << 30);
    char *body;
    while ((body = receive(c->fd, &text)) != NULL) {
        (void)pthread_mutex_lock(&s->lock);
        size_t request = ++s->requests;
        (void)snprintf(s->last, sizeof s->last, "%s", text.data);
        (void)pthread_mutex_unlock(&s->lock);
        if (!answer(s, c->fd, body, request))
            break;
    }
    buf_free(&text);
    (void)shutdown(c->fd, SHUT_RDWR);
    return NULL;
}

static void *listen_on(void *self)
{
    struct fake_server *s = self;
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (fd < 0)
            return NULL;
        (void)pthread_mutex_lock(&s->lock);
        struct connection *c = s->connections < CONNECTIONS
                                   ? &s->c[s->connections++] : NULL;
        (void)pthread_mutex_unlock(&s->lock);
        if (c == NULL) {
            (void)close(fd);
            continue;
        }
        c->s = s;
        c->fd = fd;
        if (pthread_create(&c->thread, NULL, serve, c) != 0)
            return NULL;
    }
}

struct fake_server *fake_server_start(const char *habit, char url[64])
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    struct fake_server *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->habit = habit;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)pthread_mutex_init(&s->lock, NULL);
    if (s->fd < 0 || bind(s->fd, (void *)&at, sizeof at) != 0 ||
        listen(s->fd, 16) != 0 ||
        getsockname(s->fd, (void *)&at, &length) != 0 ||
        pthread_create(&s->thread, NULL, listen_on, s) != 0) {
        free(s);
        return NULL;
    }
    (void)snprintf(url, 64, "http://127.0.0.1:%u", ntohs(at.sin_port));
    return s;
}

void fake_server_stop(struct fake_server *s)
{
    (void)shutdown(s->fd, SHUT_RDWR);
    (void)pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->connections; i++) {
        (void)shutdown(s->c[i].fd, SHUT_RDWR);
        (void)pthread_join(s->c[i].thread, NULL);
        (void)close(s->c[i].fd);
    }
    (void)close(s->fd);
    (void)pthread_mutex_destroy(&s->lock);
    free(s);
}

size_t fake_server_requests(const struct fake_server *s)
{
    return s->requests;
}

size_t fake_server_connections(const struct fake_server *s)
{
    return s->connections;
}

const char *fake_server_last(const struct fake_server *s)
{
    return s->last;
}
