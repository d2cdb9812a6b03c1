/* project/basics.h: texts, and the scale of a score; part of project/project.h. */
#ifndef CANDOR_PROJECT_BASICS_H
#define CANDOR_PROJECT_BASICS_H

#include "base/error.h"
#include "formats/formats.h"
#include "model/model.h"

/* A declared text with who says so: plain string in the file → DECLARED; an
 * object {"text", "by", "at"} → attested by a named person on a date. */
struct statement {
    const char *text;
    const char *by, *at; /* both set: attested */
    struct place place;
};

struct translated { /* text for each language; index in project->language */
    const char *const *text; /* [languages], NULL where missing */
};

enum scale_kind { SCALE_MARGIN, SCALE_PROBABILITY, SCALE_POINTS };
enum orientation { ORIENTATION_UNSAID, ORIENTATION_BETTER, ORIENTATION_WORSE };
enum decides { DECIDES_AT_LEAST, DECIDES_AT_MOST }; /* approved when score … cutoff */

struct project_scale {
    enum scale_kind kind;
    /* points = offset + factor × (log-odds of good); from PDO, a reference
     * score and its odds (good : bad): factor = pdo / ln 2, offset = score -
     * factor ln odds. Rounded to `decimals` when printed and decided. */
    double pdo, at_score, at_odds;
    double factor, offset;
    int decimals;              /* default: 0 for points, 4 otherwise */
};

/* Where a model is: in a file that is read, or elsewhere (remote/remote.h). */
enum elsewhere_kind { ELSEWHERE_NOT, ELSEWHERE_COMMAND, ELSEWHERE_SERVER,
                      ELSEWHERE_SCORES };
enum elsewhere_protocol { PROTOCOL_OPEN_INFERENCE, PROTOCOL_MLFLOW };
enum elsewhere_tensors { TENSORS_ONE, TENSORS_EACH };
enum elsewhere_answer { ANSWER_PROBABILITY, ANSWER_MARGIN };

struct project_elsewhere {
    enum elsewhere_kind kind;      /* set by the check */
    const char *const *command;
    size_t words;
    size_t copies;
    const char *url;
    enum elsewhere_protocol protocol;
    enum elsewhere_tensors tensors;
    const char *served_name, *served_version, *input_tensor, *output_tensor;
    const char *token_variable, *ca_file;
    size_t batch_rows, retries, connections;
    double seconds;
    const char *score_column;      /* SCORES: of every table, on the scale */
    const char *onnxruntime;       /* its library, for a file that candor does
                                      not compute itself */
    /* Of any of these, and of a file that ONNX Runtime computes. */
    enum elsewhere_answer answer;
    size_t answer_column, answers;
};

struct project_model {
    const char *file;          /* or what documents call a model elsewhere */
    struct project_elsewhere elsewhere;
    const char *format;
    const char *sha256;        /* declared; compared with the file when bound */
    enum trees_used trees;
    const char *id, *name, *version, *owner, *purpose;
    size_t output;             /* which output of a multi-class model */
    const char *output_name;   /* declared class; resolved when bound */
    enum orientation orientation;
    bool higher_is_better;     /* orientation of the model's margin for the person */
    double cutoff;             /* on `scale` */
    bool has_cutoff;
    /* Follows from orientation and scale: points are always better when higher. */
    enum decides decides;
    /* Where the margin passes: approved when oriented margin >= that of this
     * one. Points are decided as printed, so half a printed unit is given. Set
     * by project_bind (probability needs the model's link). */
    double cutoff_margin;
    enum model_link link;      /* set by project_bind */
    double link_scale;
    size_t outputs;
    struct project_scale scale;
};

#endif
