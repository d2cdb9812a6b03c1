#include "api/candor.h"

#include "base/arena.h"
#include "base/buf.h"
#include "batch/session.h"
#include "shapley/estimators.h"

#include <string.h>

struct candor_model {
    struct model *model;
};

static void tell(struct candor_error *out, const struct error *e, int code)
{
    if (out == NULL)
        return;
    struct buf text = BUF_INIT(8192);
    error_render(e, &text);
    size_t n = text.length < sizeof out->text ? text.length
                                              : sizeof out->text - 1;
    memcpy(out->text, buf_text(&text), n);
    out->text[n] = '\0';
    out->exit = code;
    buf_free(&text);
}

candor_model *candor_model_open(const char *path, struct candor_error *error)
{
    struct error e = {.class = ST_OK};
    candor_model *m = mem_array(1, sizeof *m);
    status st = m == NULL ? error_memory(&e)
                          : session_model(path, NULL, TREES_ALL, &m->model, &e);
    if (st == ST_OK)
        return m;
    tell(error, &e, st == ST_SYSTEM || st == ST_MEMORY ? CANDOR_IO
                                                       : CANDOR_MODEL);
    mem_free(m);
    return NULL;
}

void candor_model_free(candor_model *model)
{
    if (model == NULL)
        return;
    model_free(model->model);
    mem_free(model);
}

size_t candor_model_inputs(const candor_model *model)
{
    return model->model->features;
}

size_t candor_model_outputs(const candor_model *model)
{
    return model->model->outputs;
}

const char *candor_model_input(const candor_model *model, size_t index)
{
    return index < model->model->features ? model->model->feature[index].name
                                          : NULL;
}

double candor_model_code(const candor_model *model, size_t input,
                         const char *word)
{
    return model_category_code(model->model, input, word, strlen(word));
}

void candor_model_score(const candor_model *model, const double *rows, size_t n,
                        double *margin, double *answer)
{
    const struct model *m = model->model;
    for (size_t i = 0; i < n; i++) {
        double *at = margin + i * m->outputs;
        model_margin(m, rows + i * m->features, at);
        if (answer != NULL)
            (void)model_answer(m, at, answer + i * m->outputs);
    }
}

int candor_model_explain(const candor_model *model, const double *reference,
                         size_t reference_rows, const double *rows, size_t n,
                         double *values, struct candor_error *error)
{
    struct error e = {.class = ST_OK};
    struct explain_reference r = {"reference", reference, reference_rows};
    const struct estimator *x = estimator_find(
        reference != NULL ? "interventional" : "path-dependent");
    struct explainer *explainer = NULL;
    struct explain_scratch *scratch = NULL;
    struct explain_request request = {.model = model->model,
                                      .estimator = x,
                                      .reference = &r,
                                      .references = reference != NULL};
    status st = shapley_prepare(&request, &explainer, &e);
    if (st == ST_OK)
        st = shapley_scratch_new(explainer, &scratch, &e);
    if (st == ST_OK)
        st = shapley_explain(explainer, scratch, rows, n, values, NULL, &e);
    shapley_scratch_free(scratch);
    shapley_free(explainer);
    if (st == ST_OK)
        return CANDOR_DONE;
    int code = st == ST_UNSUPPORTED ? CANDOR_MODEL : exit_of_data(&e);
    tell(error, &e, code);
    return code;
}
