/* A model of one output whose trees add up from 0: what stands around them. */
#ifndef CANDOR_TESTS_PLAIN_MODEL_H
#define CANDOR_TESTS_PLAIN_MODEL_H

#include "check.h"
#include "model/builder.h"

static inline struct builder *plain_start(enum model_library library)
{
    struct error e = {0};
    struct builder *b = builder_new((size_t)1 << 22);

    builder_library(b, library, "test", "0");
    builder_link(b, LINK_IDENTITY, 1);
    builder_combine(b, COMBINE_SUM, 1);
    check_ok(builder_outputs(b, 1, &e), &e);
    return b;
}

static inline struct model *plain_finish(struct builder *b)
{
    struct error e = {0};
    struct model *m = NULL;
    double base = 0;

    check_ok(builder_base(b, &base, 1, &e), &e);
    check_ok(builder_finish(b, 0, "", 0, &m, &e), &e);
    builder_free(b);
    return m;
}

#endif
