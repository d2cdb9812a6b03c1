/* What asking a server costs beside the server's own work: the same rows, asked
 * through candor and by requests made before the clock starts, whose answers are
 * thrown away. `served KIND URL NAME INPUTS ROWS BATCH`; KIND open or mlflow. */
#include "remote/inside.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t drop(char *bytes, size_t size, size_t n, void *self)
{
    (void)bytes;
    (void)self;
    return size * n;
}

static double seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double *rows_of(size_t n, size_t inputs)
{
    double *x = malloc(n * inputs * sizeof *x);
    unsigned long long state = 88172645463325252u;
    for (size_t i = 0; i < n * inputs; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        x[i] = (double)(state >> 11) * 0x1p-52 - 1;
    }
    return x;
}

static double bare(const struct remote_spec *spec, const double *x, size_t n,
                   const char *address)
{
    size_t batches = n / spec->batch_rows, *row = malloc(n * sizeof *row);
    struct buf *body = calloc(batches, sizeof *body);
    const struct model_rows rows = {.value = x, .n = n};
    const struct asked a = {spec, &rows, row, n};
    for (size_t i = 0; i < n; i++)
        row[i] = i;
    for (size_t b = 0; b < batches; b++) {
        body[b] = BUF_INIT((size_t)1 << 30);
        size_t size = spec->batch_rows;
        if (spec->kind == REMOTE_MLFLOW)
            body_of_mlflow(&a, b * size, size, 0, size, &body[b]);
        else
            body_of_inference(&a, b * size, size, 0, size, &body[b]);
    }
    CURL *easy = curl_easy_init();
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    (void)curl_easy_setopt(easy, CURLOPT_URL, address);
    (void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
    (void)curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 512L * 1024);
    double begin = seconds();
    for (size_t b = 0; b < batches; b++) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body[b].data);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE,
                               (long)body[b].length);
        if (curl_easy_perform(easy) != CURLE_OK)
            (void)fprintf(stderr, "a request failed\n");
    }
    double took = seconds() - begin;
    for (size_t b = 0; b < batches; b++)
        buf_free(&body[b]);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    free(body);
    free(row);
    return took;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return 2;
    bool mlflow = strcmp(argv[1], "mlflow") == 0;
    size_t inputs = strtoul(argv[4], NULL, 10), n = strtoul(argv[5], NULL, 10);
    struct remote_input *in = calloc(inputs, sizeof *in);
    char name[64][16], address[512];
    for (size_t f = 0; f < inputs && f < 64; f++) {
        (void)snprintf(name[f], sizeof name[f], "x%zu", f);
        in[f] = (struct remote_input){.name = name[f], .kind = FEATURE_NUMBER};
    }
    struct remote_spec spec = {
        .kind = mlflow ? REMOTE_MLFLOW : REMOTE_OPEN_INFERENCE, .input = in,
        .inputs = inputs, .outputs = 1, .column = 1, .link = LINK_LOGISTIC,
        .url = argv[2], .model_name = argv[3], .input_name = "predict",
        .output_name = "predict_proba",
        .batch_rows = strtoul(argv[6], NULL, 10), .retries = 3};
    (void)snprintf(address, sizeof address,
                   mlflow ? "%s/invocations" : "%s/v2/models/%s/infer", argv[2],
                   argv[3]);
    struct model_service *service;
    struct backend about;
    struct error e = {.class = ST_OK};
    double *x = rows_of(n, inputs), *out = malloc(n * sizeof *out);
    const struct model_rows rows = {.value = x, .n = n};
    if (remote_service(&spec, &service, &about, &e) != ST_OK)
        goto failed;
    double best[2] = {1e9, 1e9};
    for (int k = 0; k < 5; k++) {
        double t = bare(&spec, x, n, address);
        best[0] = t < best[0] ? t : best[0];
        double begin = seconds();
        if (service->answers(service->self, &rows, inputs, out, 1, &e) != ST_OK)
            goto failed;
        t = seconds() - begin;
        best[1] = t < best[1] ? t : best[1];
    }
    (void)printf("%s batch %zu: server %.0f rows/s, candor %.0f rows/s, "
                 "overhead %.1f %%\n", argv[1], spec.batch_rows,
                 (double)n / best[0], (double)n / best[1],
                 100 * (best[1] / best[0] - 1));
    service->close(service->self);
    return 0;
failed:
    (void)fprintf(stderr, "%s\n", e.text);
    return 1;
}
