/* tests/support/oracle.h: the reference models of shared data, with their rows
 * and expected numbers as doubles. Tests of models, Shapley values and
 * counterfactuals share it. */
#ifndef CANDOR_TESTS_ORACLE_H
#define CANDOR_TESTS_ORACLE_H

#include "formats/formats.h"

/* A CSV of numbers with a head line; row-major. */
struct grid {
    size_t rows, columns;
    double *value;
    char **head;
};

struct oracle {
    char folder[1024];
    char name[128];
    struct model *model;
    struct grid rows;          /* as the model takes them: codes, NaN missing */
    struct grid background;    /* reference rows; empty where there are none */
    struct grid predictions;   /* margin_0…, answer_0… */
    struct grid path;          /* contributions, the base last; may be empty */
    struct grid against;       /* contributions against the background */
};

/* Names of the folders with `prefix` ("xgb_", "lgb_"), sorted; the count. 0
 * where there is no shared data. Free with oracle_names_free. */
size_t oracle_names(const char *prefix, char ***names);
void oracle_names_free(char **names, size_t count);

/* Loads all of one folder; `file` is "model.json", "model.ubj", "model.txt" or
 * NULL: whichever is there. Fails the test on any error. */
void oracle_load(struct oracle *o, const char *name, const char *file);
void oracle_free(struct oracle *o);

/* A model file by path, whole; fails the test on any error. */
struct model *oracle_model(const char *path, enum trees_used trees);
/* A CSV whose cells are words and numbers into the model's columns. */
void oracle_rows(struct grid *g, const struct model *m, const char *path);
/* The same with columns matched to inputs by name, or all by place where there
 * are as many but not all by name; columns that it does not read are left out. */
void oracle_inputs(struct grid *g, const struct model *m, const char *path);
/* A CSV of numbers; empty is NaN. An absent file leaves an empty grid. */
void oracle_grid(struct grid *g, const char *path);
void grid_free(struct grid *g);
/* Row i of a grid. */
const double *grid_row(const struct grid *g, size_t i);

#endif
