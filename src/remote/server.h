/* remote/server.h: what the two files of a server share. */
#ifndef CANDOR_REMOTE_SERVER_H
#define CANDOR_REMOTE_SERVER_H

#include "remote/inside.h"

#include <curl/curl.h>
#include <pthread.h>

struct request {
    CURL *easy;
    const struct buf *body;
    struct buf *answer;
    size_t tries;          /* again, so far */
    long long due;         /* when it is tried again; 0: it runs */
    bool busy, over, full; /* full: the answer grew beyond its cap */
    status class;
    struct error error;
    char why[CURL_ERROR_SIZE];
};

/* Connections that one call works with; they stay open between calls. */
struct session {
    CURLM *multi;
    struct request *request; /* [connections] */
    struct session *next;
};

struct server {
    const struct remote_spec *spec;
    struct remote_bill *bill;
    struct lanes *lanes;
    pthread_mutex_t lock;     /* of idle and version */
    struct session *idle;
    struct curl_slist *headers;
    char *url, *token;        /* token NULL: none */
    char who[160];
    char version[80];         /* that answered first; "" none yet */
    bool loopback, versioned;
};

/* --- server_address.c --- */
/* The checked address of requests, `who`, and whether it is this machine. */
MUST_USE status server_address(struct server *v, struct error *e);
/* The host of an absolute address, or "". */
void server_host(const char *url, char *out, size_t room);
/* Reads the token and makes the headers. */
MUST_USE status server_headers(struct server *v, struct error *e);

/* --- server_requests.c: calls of lanes_kind --- */
status server_enter(void *self, void **call, struct error *e) MUST_USE;
void server_leave(void *self, void *call);
status server_begin(void *self, void *call, size_t lane, const struct buf *body,
                    struct buf *answer, struct error *e) MUST_USE;
status server_pump(void *self, void *call, const size_t *lane, size_t lanes,
                   bool wait, struct error *e) MUST_USE;
bool server_ended(void *self, void *call, size_t lane, status *s,
                  struct error *e);
void server_drop(void *self, void *call, size_t lane);
void server_session_free(struct server *v, struct session *s);

#endif
