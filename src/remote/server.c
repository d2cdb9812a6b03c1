/* Models behind HTTP. */
#include "remote/server.h"

#include <stdio.h>
#include <string.h>

static void start_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* All answers of a run come from one version, the named one if one is. */
static status same_version(struct server *v, const char *version,
                           const struct answers *to, struct error *e)
{
    char first[80];
    (void)pthread_mutex_lock(&v->lock);
    if (!v->versioned) {
        v->versioned = true;
        (void)snprintf(v->version, sizeof v->version, "%s",
                       v->spec->model_version != NULL && version[0] != '\0'
                           ? v->spec->model_version : version);
    }
    memcpy(first, v->version, sizeof first);
    (void)pthread_mutex_unlock(&v->lock);
    if (strcmp(first, version) == 0)
        return ST_OK;
    char is[80], was[80];
    plain_line(version, strlen(version), is, sizeof is);
    plain_line(first, strlen(first), was, sizeof was);
    return blame_row(to, 0, e, "answered as version \"%s\" of the model, not as "
                     "\"%s\"", is, was);
}

static status read_inference(void *self, const char *bytes, size_t length,
                             const struct answers *to, struct error *e)
{
    struct server *v = self;
    char version[80];
    TRY(answer_of_inference(bytes, length, to, version, e));
    return same_version(v, version, to, e);
}

static status read_mlflow(void *self, const char *bytes, size_t length,
                          const struct answers *to, struct error *e)
{
    (void)self;
    return answer_of_mlflow(bytes, length, to, e);
}

#define REQUESTS                                                               \
    .enter = server_enter, .leave = server_leave, .begin = server_begin,       \
    .pump = server_pump, .ended = server_ended, .drop = server_drop

static const struct lanes_kind inference = {
    REQUESTS, .body = body_of_inference, .read = read_inference};
static const struct lanes_kind mlflow = {
    REQUESTS, .body = body_of_mlflow, .read = read_mlflow};

static status server_ask(void *self, const struct asked *a, size_t *width,
                         double *out, struct error *e)
{
    struct server *v = self;
    return drive(a->spec->kind == REMOTE_MLFLOW ? &mlflow : &inference, v,
                 v->lanes, a, v->who, width, out, e);
}

static void server_close(void *self)
{
    struct server *v = self;
    while (v->idle != NULL) {
        struct session *s = v->idle;
        v->idle = s->next;
        server_session_free(v, s);
    }
    curl_slist_free_all(v->headers);
    lanes_free(v->lanes);
    mem_free(v->url);
    mem_free(v->token);
    (void)pthread_mutex_destroy(&v->lock);
    mem_free(v);
}

status server_open(const struct remote_spec *spec, struct remote_bill *bill,
                   struct backend *out, struct error *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, start_curl);
    struct server *v = mem_array(1, sizeof *v);
    if (v == NULL)
        return error_memory(e);
    v->spec = spec;
    v->bill = bill;
    (void)pthread_mutex_init(&v->lock, NULL);
    v->lanes = lanes_new(spec->connections);
    status s = v->lanes == NULL ? error_memory(e) : server_address(v, e);
    if (s == ST_OK)
        s = server_headers(v, e);
    if (s != ST_OK) {
        server_close(v);
        return s;
    }
    *out = (struct backend){
        .self = v, .ask = server_ask, .close = server_close};
    (void)snprintf(out->where, sizeof out->where, "%s",
                   v->who + strlen("the server "));
    return ST_OK;
}
