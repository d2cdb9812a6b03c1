/* A model server on this machine with a habit: answers in the way of the Open
 * Inference Protocol or of MLflow, or misbehaves. The model is that of
 * remote_case.h. */
#ifndef CANDOR_TESTS_FAKE_SERVER_H
#define CANDOR_TESTS_FAKE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct fake_server;

/* Listens on a free port of 127.0.0.1; its root is in url. NULL: it cannot. */
struct fake_server *fake_server_start(const char *habit, char url[64]);
void fake_server_stop(struct fake_server *s);
/* What came, so far. */
size_t fake_server_requests(const struct fake_server *s);
size_t fake_server_connections(const struct fake_server *s);
/* Text of the last request: first line, headers, and the start of its body. */
const char *fake_server_last(const struct fake_server *s);

#endif
