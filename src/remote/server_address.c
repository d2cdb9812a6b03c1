/* Where a server is, and what every request to it bears. */
#include "remote/server.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static bool part(CURLU *u, CURLUPart which, char *out, size_t room)
{
    char *text = NULL;
    out[0] = '\0';
    if (curl_url_get(u, which, &text, 0) != CURLUE_OK || text == NULL)
        return false;
    (void)snprintf(out, room, "%s", text);
    curl_free(text);
    return true;
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           text_ends(host, ".localhost") ||
           (text_starts(host, "127.") &&
            strspn(host, "0123456789.") == strlen(host));
}

void server_host(const char *url, char *out, size_t room)
{
    CURLU *u = curl_url();
    out[0] = '\0';
    if (u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
        (void)part(u, CURLUPART_HOST, out, room);
    curl_url_cleanup(u);
}

/* A name that becomes a part of a path: nothing in it ends that part. */
static void put_name(struct buf *out, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                     (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL;
        if (plain)
            buf_putc(out, (char)c);
        else {
            char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
            buf_put(out, escaped, 3);
        }
    }
}

static status put_path(struct server *v, struct error *e)
{
    const struct remote_spec *s = v->spec;
    struct buf url = BUF_INIT(1 << 16);
    size_t n = strlen(s->url);
    while (n > 0 && s->url[n - 1] == '/')
        n--;
    buf_put(&url, s->url, n);
    if (s->kind == REMOTE_MLFLOW) {
        buf_puts(&url, "/invocations");
    } else {
        buf_puts(&url, "/v2/models/");
        put_name(&url, s->model_name);
        if (s->model_version != NULL) {
            buf_puts(&url, "/versions/");
            put_name(&url, s->model_version);
        }
        buf_puts(&url, "/infer");
    }
    status st = buf_status(&url, e);
    v->url = st == ST_OK ? mem_string(buf_text(&url)) : NULL;
    buf_free(&url);
    return st == ST_OK && v->url == NULL ? error_memory(e) : st;
}

static status check(struct server *v, CURLU *u, struct error *e)
{
    char scheme[16], host[120], port[12], other[8];
    if (curl_url_set(u, CURLUPART_URL, v->spec->url, 0) != CURLUE_OK ||
        !part(u, CURLUPART_SCHEME, scheme, sizeof scheme) ||
        !part(u, CURLUPART_HOST, host, sizeof host) ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        return error_set(e, ST_ARGUMENT, "the model's address must be one of "
                         "http:// or https://");
    if (part(u, CURLUPART_USER, other, sizeof other) ||
        part(u, CURLUPART_PASSWORD, other, sizeof other))
        return error_set(e, ST_ARGUMENT, "the model's address holds a name or "
                         "password: name an environment variable that holds "
                         "the token instead");
    if (part(u, CURLUPART_QUERY, other, sizeof other) ||
        part(u, CURLUPART_FRAGMENT, other, sizeof other))
        return error_set(e, ST_ARGUMENT, "the model's address must be the "
                         "server's root, without ? or #");
    bool given = part(u, CURLUPART_PORT, port, sizeof port);
    (void)snprintf(v->who, sizeof v->who, "the server %s%s%s", host,
                   given ? ":" : "", port);
    v->loopback = is_loopback(host);
    if (v->spec->token_variable != NULL && strcmp(scheme, "https") != 0 &&
        !v->loopback)
        return error_set(e, ST_ARGUMENT, "a token goes to another machine by "
                         "https:// alone");
    return ST_OK;
}

status server_address(struct server *v, struct error *e)
{
    CURLU *u = curl_url();
    status s = u == NULL ? error_memory(e) : check(v, u, e);
    curl_url_cleanup(u);
    return s == ST_OK ? put_path(v, e) : s;
}

static bool add(struct server *v, const char *line)
{
    struct curl_slist *more = curl_slist_append(v->headers, line);
    if (more != NULL)
        v->headers = more;
    return more != NULL;
}

static status add_token(struct server *v, struct error *e)
{
    const char *name = v->spec->token_variable;
    const char *token = getenv(name);
    if (token == NULL || token[0] == '\0')
        return error_set(e, ST_ARGUMENT, "the environment variable %.80s, which "
                         "is to hold the server's token, is not set", name);
    for (const char *p = token; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            return error_set(e, ST_ARGUMENT, "the environment variable %.80s "
                             "holds something that is no token", name);
    v->token = mem_string(token);
    size_t room = strlen(token) + 32;
    char *line = mem_array(room, 1);
    bool made = v->token != NULL && line != NULL;
    if (made) {
        (void)snprintf(line, room, "Authorization: Bearer %s", token);
        made = add(v, line);
        memset(line, 0, room);
    }
    mem_free(line);
    return made ? ST_OK : error_memory(e);
}

status server_headers(struct server *v, struct error *e)
{
    if (!add(v, "Content-Type: application/json") ||
        !add(v, "Accept: application/json") || !add(v, "Expect:"))
        return error_memory(e);
    return v->spec->token_variable == NULL ? ST_OK : add_token(v, e);
}
