#include "api/candor.h"

#include "api/share.h"
#include "batch/numbers.h"
#include "batch/request.h"
#include "batch/run.h"
#include "batch/setup.h"

#include <string.h>

const char *candor_version(void)
{
    return CANDOR_VERSION;
}

static bool pass_write(void *self, const char *bytes, size_t length)
{
    const struct candor_host *h = self;
    return h->write(h->self, bytes, length) == 0;
}

static void pass_message(void *self, enum severity severity, const char *text)
{
    static const enum candor_severity as[] = {CANDOR_ERROR, CANDOR_WARNING,
                                              CANDOR_NOTE};
    const struct candor_host *h = self;
    h->message(h->self, as[severity], text);
}

static void pass_progress(void *self, const char *what, unsigned long long done,
                          unsigned long long total)
{
    const struct candor_host *h = self;
    if (h->progress != NULL)
        h->progress(h->self, what, done, total);
}

struct host api_host(struct candor_host *h)
{
    return (struct host){h, pass_write, pass_message, pass_progress};
}

typedef int (*command)(const struct host *, const struct request *);

static int call(const struct candor_host *outer,
                const struct candor_request *r, command run)
{
    struct candor_host copy = *outer;
    struct host host = api_host(&copy);
    char share[SHARE_PATH_MAX];
    struct request request = {
        .project = r->project,
        .data = r->data,
        .out = r->out,
        .only = r->only,
        .ids = r->ids,
        .templates = r->templates,
        .share = share_find(r->share, share),
        .estimator = r->estimator,
        .reference = r->reference,
        .language = r->language,
        .precision = r->precision,
        .groups = r->groups,
        .onnxruntime = r->onnxruntime,
        .proofs = r->proofs,
        .target = r->target,
        .until = r->until,
        .evaluations = r->evaluations,
        .jobs = r->jobs,
        .top = r->top,
        .reasons = r->reasons,
        .interactions = r->interactions,
        .limit = r->limit,
        .memory = r->memory,
        .rows = r->rows,
        .csv = r->csv != 0,
        .npy = r->npy != 0,
        .plan = r->plan != 0,
        .global = r->global != 0,
        .json = r->json != 0,
        .strict = r->strict != 0};
    return run(&host, &request);
}

int candor_score(const struct candor_host *host,
                 const struct candor_request *request)
{
    return call(host, request, numbers_score);
}

int candor_explain(const struct candor_host *host,
                   const struct candor_request *request)
{
    return call(host, request, numbers_explain);
}

int candor_recourse(const struct candor_host *host,
                    const struct candor_request *request)
{
    return call(host, request, numbers_recourse);
}

int candor_run(const struct candor_host *host,
               const struct candor_request *request)
{
    return call(host, request, run_project);
}

int candor_check(const struct candor_host *host,
                 const struct candor_request *request)
{
    return call(host, request, check_project);
}

int candor_init(const struct candor_host *outer, const char *model,
                const char *table, const char *out, int overwrite)
{
    struct candor_host copy = *outer;
    struct host host = api_host(&copy);
    return setup_init(&host, model, table, out, overwrite != 0);
}

int candor_inspect(const struct candor_host *outer, const char *model, int json)
{
    struct candor_host copy = *outer;
    struct host host = api_host(&copy);
    return setup_inspect(&host, model, json != 0);
}

int candor_verify(const struct candor_host *outer, const char *out, int json)
{
    struct candor_host copy = *outer;
    struct host host = api_host(&copy);
    return verify_run(&host, out, json != 0);
}

int candor_help(const struct candor_host *outer, const char *topic)
{
    struct candor_host copy = *outer;
    struct host host = api_host(&copy);
    return setup_help(&host, topic);
}
