/* Models that are not a file: what their keys must say, and what is asked. */
#include "project/reading.h"
#include "remote/remote.h"

#include <math.h>
#include <string.h>

static void fault(struct project *p, struct fault_list *faults, const void *at,
                  const char *text)
{
    fault_put(p->places, faults, FAULT_ERROR, NULL,
              place_of(p->places, at, (struct place){p->file, 0, 0, -1}), "%s",
              text);
}

/* Exactly one of the four says where the model is. */
static bool find_kind(struct project *p, struct fault_list *faults)
{
    struct project_elsewhere *x = &p->model.elsewhere;
    const struct {
        bool given;
        const void *at;
        enum elsewhere_kind kind;
    } way[] = {
        {p->model.file != NULL, &p->model.file, ELSEWHERE_NOT},
        {x->command != NULL, &x->command, ELSEWHERE_COMMAND},
        {x->url != NULL, &x->url, ELSEWHERE_SERVER},
        {x->score_column != NULL, &x->score_column, ELSEWHERE_SCORES},
    };
    size_t given = 0;
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        if (!way[i].given)
            continue;
        x->kind = way[i].kind;
        if (given++ > 0)
            fault(p, faults, way[i].at,
                  "one of model.file, model.command, model.url and "
                  "model.score_column says where the model is, not several");
    }
    if (given == 0)
        fault(p, faults, NULL,
              "model.file is missing: the model's file (or model.command, "
              "model.url, model.score_column for a model elsewhere)");
    return given == 1;
}

static void check_server(struct project *p, struct fault_list *faults)
{
    struct project_elsewhere *x = &p->model.elsewhere;
    bool mlflow = x->protocol == PROTOCOL_MLFLOW;
    if (!mlflow && x->served_name == NULL)
        fault(p, faults, &x->url,
              "model.served_name is missing: the server's name for the model");
    const struct {
        const char *text;
        const void *at;
        const char *why;
    } none[] = {
        {x->served_name, &x->served_name,
         "model.served_name has no use: MLflow serves one model"},
        {x->served_version, &x->served_version,
         "model.served_version has no use: MLflow serves one model"},
        {x->input_tensor, &x->input_tensor,
         "model.input_tensor has no use: MLflow is sent a table"},
        {x->output_tensor, &x->output_tensor,
         "model.output_tensor has no use: MLflow answers one array"},
    };
    for (size_t i = 0; mlflow && i < sizeof none / sizeof *none; i++)
        if (none[i].text != NULL)
            fault(p, faults, none[i].at, none[i].why);
    if (x->tensors == TENSORS_EACH && x->input_tensor != NULL)
        fault(p, faults, &x->input_tensor,
              "model.input_tensor has no use where each input is its own "
              "tensor");
}

static void check_feature(struct project *p, struct fault_list *faults,
                          struct project_feature *f)
{
    const struct project_elsewhere *x = &p->model.elsewhere;
    bool text = f->kind == FEATURE_CATEGORY || f->kind == FEATURE_TEXT;
    struct place place = place_of(p->places, &f->kind, f->place);
    const char *name = f->input == NULL ? "" : f->input;
    if (f->kind == FEATURE_NUMBER && f->words > 0)
        f->kind = FEATURE_CATEGORY;
    if (f->kind == FEATURE_CATEGORY && f->words == 0)
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" is a category: list its words", name);
    if (f->kind != FEATURE_CATEGORY && f->words > 0)
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" lists words and is no category", name);
    if (f->has_missing_as && text)
        fault_put(p->places, faults, FAULT_ERROR, NULL,
                  place_of(p->places, &f->missing_as, f->place),
                  "feature \"%s\" is a word: no number stands for a missing "
                  "one", name);
    if (text && x->kind == ELSEWHERE_SERVER && x->tensors == TENSORS_ONE &&
        x->protocol == PROTOCOL_OPEN_INFERENCE)
        fault_put(p->places, faults, FAULT_ERROR, NULL, place,
                  "feature \"%s\" is a word, which one tensor of numbers "
                  "cannot hold: set model.tensors to \"one an input\"", name);
}

static void name_it(struct project *p)
{
    const struct project_elsewhere *x = &p->model.elsewhere;
    if (x->kind == ELSEWHERE_COMMAND)
        p->model.file = x->command[0];
    else if (x->kind == ELSEWHERE_SERVER)
        p->model.file = x->served_name != NULL ? x->served_name : x->url;
    else
        p->model.file = x->score_column;
}

void project_check_elsewhere(struct project *p, struct fault_list *faults)
{
    struct project_elsewhere *x = &p->model.elsewhere;
    if (!find_kind(p, faults) || x->kind == ELSEWHERE_NOT)
        return;
    if (x->kind == ELSEWHERE_SERVER)
        check_server(p, faults);
    if (x->kind == ELSEWHERE_COMMAND && x->words == 0)
        fault(p, faults, &x->command, "model.command is empty: give a program");
    else
        name_it(p);
    if (x->onnxruntime != NULL)
        fault(p, faults, &x->onnxruntime,
              "model.onnxruntime goes with model.file");
    if (p->features == 0)
        fault(p, faults, NULL,
              "features is missing: a model elsewhere is sent what they name");
    for (size_t i = 0; i < p->features; i++)
        check_feature(p, faults, &p->feature[i]);
    if (x->kind == ELSEWHERE_SCORES && p->column.score == NULL)
        p->column.score = x->score_column;
}

/* --- what is asked ------------------------------------------------------- */

static void put_input(const struct project_feature *f, struct remote_input *in)
{
    *in = (struct remote_input){
        .name = f->input, .kind = f->kind, .words = f->word,
        .word_count = f->words, .has_missing = f->has_missing_as,
        .missing = f->missing_as};
    if (f->kind == FEATURE_NUMBER && f->words > 0)
        in->kind = FEATURE_CATEGORY;
}

static enum remote_kind kind_of(const struct project_elsewhere *x)
{
    switch (x->kind) {
    case ELSEWHERE_COMMAND: return REMOTE_COMMAND;
    case ELSEWHERE_SERVER:
        return x->protocol == PROTOCOL_MLFLOW ? REMOTE_MLFLOW
                                              : REMOTE_OPEN_INFERENCE;
    case ELSEWHERE_SCORES: return REMOTE_SCORES;
    case ELSEWHERE_NOT: break;
    }
    return REMOTE_ONNXRUNTIME;
}

status project_elsewhere_spec(const struct project *p, const char *library,
                              struct remote_spec *out, struct error *e)
{
    const struct project_elsewhere *x = &p->model.elsewhere;
    if (p->features == 0)
        return error_set(e, ST_ARGUMENT,
                         "%s: ONNX Runtime is given what the project's "
                         "features name, and there are none", p->file);
    struct remote_input *in =
        arena_new_array(p->arena, struct remote_input, p->features);
    if (in == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < p->features; i++)
        put_input(&p->feature[i], &in[i]);
    const char **command = arena_new_array(p->arena, const char *,
                                           x->words + 1);
    if (command == NULL)
        return arena_error(p->arena, e);
    for (size_t i = 0; i < x->words; i++)
        command[i] = x->command[i];
    *out = (struct remote_spec){
        .kind = kind_of(x), .input = in, .inputs = p->features,
        .outputs = x->answers,
        .link = x->answer == ANSWER_PROBABILITY && x->answers == 1
                    ? LINK_LOGISTIC
                : x->answer == ANSWER_PROBABILITY ? LINK_LOGISTIC_EACH
                                                  : LINK_IDENTITY,
        .command = command, .folder = p->folder, .copies = x->copies,
        .url = x->url, .model_name = x->served_name,
        .model_version = x->served_version, .input_name = x->input_tensor,
        .output_name = x->output_tensor,
        .column_tensors = x->tensors == TENSORS_EACH,
        .token_variable = x->token_variable, .ca_file = x->ca_file,
        .library = library != NULL ? library : x->onnxruntime,
        .model_file = p->model.file, .column = x->answer_column,
        .batch_rows = x->batch_rows, .seconds = x->seconds,
        .retries = x->retries, .connections = x->connections};
    return ST_OK;
}
