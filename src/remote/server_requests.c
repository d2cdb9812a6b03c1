/* Requests on their way: sent, tried again, answered or given up. */
#include "remote/server.h"

#include <stdio.h>
#include <string.h>

enum { CONNECT_MS = 10000, FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 10000,
       PIECE = 512 * 1024 };

static size_t receive(char *bytes, size_t size, size_t n, void *self)
{
    struct request *r = self;
    size_t length = size * n, room = r->answer->cap - r->answer->length;
    r->full = length > room;
    if (r->full)
        return 0;
    buf_put(r->answer, bytes, length);
    return r->answer->failed == ST_OK ? length : 0;
}

#define SET(option, value)                                                     \
    do {                                                                       \
        if (curl_easy_setopt(easy, option, value) != CURLE_OK)                 \
            return false;                                                      \
    } while (0)

static bool set_up(const struct server *v, CURL *easy)
{
    long ms = (long)(v->spec->seconds * 1000);
    SET(CURLOPT_URL, v->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    SET(CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (v->spec->ca_file != NULL)
        SET(CURLOPT_CAINFO, v->spec->ca_file);
    if (v->loopback)
        SET(CURLOPT_PROXY, "");
    SET(CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : CONNECT_MS);
    SET(CURLOPT_TIMEOUT_MS, ms);
    SET(CURLOPT_HTTPHEADER, v->headers);
    SET(CURLOPT_USERAGENT, "candor/" CANDOR_VERSION);
    SET(CURLOPT_WRITEFUNCTION, receive);
    SET(CURLOPT_BUFFERSIZE, (long)PIECE);
    SET(CURLOPT_UPLOAD_BUFFERSIZE, (long)PIECE);
    return true;
}

static bool give_body(struct request *r)
{
    CURL *easy = r->easy;
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body->length);
    SET(CURLOPT_POSTFIELDS, r->body->data);
    SET(CURLOPT_WRITEDATA, r);
    SET(CURLOPT_PRIVATE, r);
    SET(CURLOPT_ERRORBUFFER, r->why);
    return true;
}

/* --- calls --------------------------------------------------------------- */

void server_session_free(struct server *v, struct session *s)
{
    for (size_t i = 0; s->request != NULL && i < v->spec->connections; i++)
        curl_easy_cleanup(s->request[i].easy);
    (void)curl_multi_cleanup(s->multi);
    mem_free(s->request);
    mem_free(s);
}

status server_enter(void *self, void **call, struct error *e)
{
    struct server *v = self;
    (void)pthread_mutex_lock(&v->lock);
    struct session *s = v->idle;
    if (s != NULL)
        v->idle = s->next;
    (void)pthread_mutex_unlock(&v->lock);
    if (s == NULL) {
        s = mem_array(1, sizeof *s);
        if (s == NULL)
            return error_memory(e);
        s->request = mem_array(v->spec->connections, sizeof *s->request);
        s->multi = curl_multi_init();
        if (s->request == NULL || s->multi == NULL) {
            server_session_free(v, s);
            return error_memory(e);
        }
    }
    *call = s;
    return ST_OK;
}

void server_leave(void *self, void *call)
{
    struct server *v = self;
    struct session *s = call;
    (void)pthread_mutex_lock(&v->lock);
    s->next = v->idle;
    v->idle = s;
    (void)pthread_mutex_unlock(&v->lock);
}

static status send_now(struct server *v, struct session *s, struct request *r,
                       struct error *e)
{
    buf_clear(r->answer);
    r->full = false;
    r->due = 0;
    r->why[0] = '\0';
    if (!give_body(r) || curl_multi_add_handle(s->multi, r->easy) != CURLM_OK)
        return error_set(e, ST_SYSTEM, "a request to %s cannot be made",
                         v->who);
    bill_add(&v->bill->requests, 1);
    return ST_OK;
}

static status keep_moving(const struct server *v, struct session *s,
                          struct error *e)
{
    int running;
    return curl_multi_perform(s->multi, &running) == CURLM_OK
               ? ST_OK
               : error_set(e, ST_SYSTEM, "requests to %s cannot be sent",
                           v->who);
}

status server_begin(void *self, void *call, size_t lane, const struct buf *body,
                    struct buf *answer, struct error *e)
{
    struct server *v = self;
    struct session *s = call;
    struct request *r = &s->request[lane];
    if (r->easy == NULL) {
        r->easy = curl_easy_init();
        if (r->easy == NULL)
            return error_memory(e);
        if (!set_up(v, r->easy)) {
            curl_easy_cleanup(r->easy);
            r->easy = NULL;
            return error_set(e, ST_SYSTEM, "libcurl has not what a request "
                             "needs");
        }
    }
    r->body = body;
    r->answer = answer;
    r->tries = 0;
    r->over = false;
    TRY(send_now(v, s, r, e));
    r->busy = true;
    return keep_moving(v, s, e);
}

/* --- ends of requests ---------------------------------------------------- */

static void over(struct request *r, status class)
{
    r->busy = false;
    r->over = true;
    r->class = class;
}

static void give_up(const struct server *v, struct request *r, status class,
                    const char *what)
{
    r->error = (struct error){.class = ST_OK};
    over(r, error_set(&r->error, class, "%s %s", v->who, what));
}

static bool worth_again(CURLcode c)
{
    return c == CURLE_COULDNT_CONNECT || c == CURLE_SEND_ERROR ||
           c == CURLE_RECV_ERROR || c == CURLE_GOT_NOTHING ||
           c == CURLE_PARTIAL_FILE;
}

static bool busy_answer(long code)
{
    return code == 429 || code == 502 || code == 503 || code == 504;
}

/* Tried again after a pause, or given up with `what`. */
static void again(struct server *v, struct request *r, long long asked_ms,
                  const char *what)
{
    char text[320];
    long long pause = FIRST_PAUSE_MS;
    for (size_t i = 0; i < r->tries && pause < LONGEST_PAUSE_MS; i++)
        pause *= 2;
    if (pause > LONGEST_PAUSE_MS)
        pause = LONGEST_PAUSE_MS;
    if (asked_ms > (long long)(v->spec->seconds * 1000)) {
        (void)snprintf(text, sizeof text, "%.200s, and asks to wait %lld "
                       "seconds, longer than a batch may take", what,
                       asked_ms / 1000);
        give_up(v, r, ST_SYSTEM, text);
        return;
    }
    if (r->tries >= v->spec->retries) {
        (void)snprintf(text, sizeof text, "%.200s; asked %zu time%s", what,
                       r->tries + 1, r->tries == 0 ? "" : "s");
        give_up(v, r, ST_SYSTEM, text);
        return;
    }
    r->tries++;
    bill_add(&v->bill->retries, 1);
    r->due = now_ms() + (asked_ms > pause ? asked_ms : pause);
}

enum { TOKEN_PIECE = 6 };

/* A server may repeat what it was sent, in pieces too: then nothing of it is
 * shown. */
static bool tells_token(const struct server *v, const struct buf *b)
{
    size_t length = v->token == NULL ? 0 : strlen(v->token);
    size_t piece = length < TOKEN_PIECE ? length : TOKEN_PIECE;

    for (size_t i = 0; length > 0 && i + piece <= length; i++)
        if (b->length > 0 &&
            memmem(b->data, b->length, v->token + i, piece) != NULL)
            return true;
    return false;
}

static void failed_transfer(struct server *v, struct request *r, CURLcode c)
{
    char what[300];
    if (r->full) {
        give_up(v, r, ST_LIMIT, "sent an answer without end: more than a batch "
                                "can need");
    } else if (r->answer->failed != ST_OK) {
        over(r, error_memory(&r->error));
    } else if (c == CURLE_OPERATION_TIMEDOUT) {
        (void)snprintf(what, sizeof what, "gave no answer within %g seconds",
                       v->spec->seconds);
        give_up(v, r, ST_SYSTEM, what);
    } else {
        char why[160];
        const char *text = r->why[0] != '\0' ? r->why : curl_easy_strerror(c);
        plain_line(text, strlen(text), why, sizeof why);
        (void)snprintf(what, sizeof what, "cannot be asked: %s", why);
        if (worth_again(c))
            again(v, r, 0, what);
        else
            give_up(v, r, ST_SYSTEM, what);
    }
}

static void redirected(struct server *v, struct request *r, long code)
{
    char what[240], host[120] = "";
    char *to = NULL;
    (void)curl_easy_getinfo(r->easy, CURLINFO_REDIRECT_URL, &to);
    if (to != NULL)
        server_host(to, host, sizeof host);
    if (v->token != NULL && strstr(host, v->token) != NULL)
        host[0] = '\0';
    char line[120];
    plain_line(host, strlen(host), line, sizeof line);
    (void)snprintf(what, sizeof what, "answered %ld and sends elsewhere%s%s, "
                   "where candor does not go: give the right address", code,
                   line[0] != '\0' ? ", to " : "", line);
    give_up(v, r, ST_SYSTEM, what);
}

static void refused(struct server *v, struct request *r, long code)
{
    char what[320], said[200] = "";
    if (!tells_token(v, r->answer))
        plain_line(buf_text(r->answer), r->answer->length, said, sizeof said);
    (void)snprintf(what, sizeof what, "answered %ld%s%s", code,
                   said[0] != '\0' ? ": " : "", said);
    if (busy_answer(code)) {
        curl_off_t wait = 0;
        (void)curl_easy_getinfo(r->easy, CURLINFO_RETRY_AFTER, &wait);
        again(v, r, wait > 0 && wait < 86400 * 365 ? (long long)wait * 1000 : 0,
              what);
    } else {
        bool rows = code == 400 || code == 422 || code == 500;
        give_up(v, r, rows ? ST_DATA : ST_SYSTEM, what);
    }
}

static void transfer_over(struct server *v, struct request *r, CURLcode c)
{
    long code = 0;
    (void)curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &code);
    if (c != CURLE_OK)
        failed_transfer(v, r, c);
    else if (code >= 300 && code < 400)
        redirected(v, r, code);
    else if (code != 200)
        refused(v, r, code);
    else if (tells_token(v, r->answer))
        give_up(v, r, ST_DATA, "repeats the token in its answer, which is not "
                               "read");
    else
        over(r, ST_OK);
}

/* --- moving on ----------------------------------------------------------- */

static status start_due(struct server *v, struct session *s, const size_t *lane,
                        size_t lanes, long long *least, struct error *e)
{
    long long now = now_ms();
    for (size_t i = 0; i < lanes; i++) {
        struct request *r = &s->request[lane[i]];
        if (!r->busy || r->due == 0)
            continue;
        if (r->due <= now)
            TRY(send_now(v, s, r, e));
        else if (r->due - now < *least)
            *least = r->due - now;
    }
    return ST_OK;
}

status server_pump(void *self, void *call, const size_t *lane, size_t lanes,
                   bool wait, struct error *e)
{
    struct server *v = self;
    struct session *s = call;
    long long least = 1000;
    TRY(start_due(v, s, lane, lanes, &least, e));
    if (wait && curl_multi_poll(s->multi, NULL, 0, (int)least, NULL) !=
                    CURLM_OK)
        return error_set(e, ST_SYSTEM, "%s cannot be waited for", v->who);
    TRY(keep_moving(v, s, e));
    struct CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(s->multi, &left)) != NULL) {
        char *own = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode c = m->data.result;
        CURL *easy = m->easy_handle;
        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &own);
        (void)curl_multi_remove_handle(s->multi, easy);
        transfer_over(v, (struct request *)(void *)own, c);
    }
    return ST_OK;
}

bool server_ended(void *self, void *call, size_t lane, status *st,
                  struct error *e)
{
    struct request *r = &((struct session *)call)->request[lane];
    (void)self;
    if (!r->over)
        return false;
    r->over = false;
    *st = r->class;
    if (r->class != ST_OK)
        *e = r->error;
    return true;
}

void server_drop(void *self, void *call, size_t lane)
{
    struct session *s = call;
    struct request *r = &s->request[lane];
    (void)self;
    if (r->busy && r->due == 0)
        (void)curl_multi_remove_handle(s->multi, r->easy);
    r->busy = r->over = false;
}
