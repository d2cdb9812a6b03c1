/* What the readers of a project file share. */
#ifndef PROOFCHECK_READ_PROJECT_H
#define PROOFCHECK_READ_PROJECT_H

#include "check.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 4096 };

/* What is read on the way to a problem. */
struct project {
    struct run *r;
    struct problem *p;
    cJSON *json;
    const char *folder;
    struct model *model;
    const cJSON *features, *levers, *recourse;
    char *name[NAMES]; /* of quantities; NULL: a one-hot lever's, … */
    const cJSON *feature[NAMES]; /* … feature that it is, if any */
    char **words[NAMES];         /* of one-hot levers, ends with NULL */
    int decimals[NAMES];
};

/* read_json.c: "a.b" below j; texts of it, numbers, flags, with a default. */
const cJSON *json_get(const cJSON *j, const char *path);
const char *json_text(const cJSON *j, const char *path, const char *otherwise);
double json_real(const cJSON *j, const char *path, double otherwise);
bool json_flag(const cJSON *j, const char *path);
bool json_is(const cJSON *j, const char *path, const char *word);
/* Texts of an array, then NULL; NULL where there is none. */
char **json_texts(struct run *r, const cJSON *j);
/* A file of JSON with line comments. */
cJSON *json_file(struct run *r, const char *path, char sha[65]);
char *beside(struct run *r, const char *folder, const char *file);
/* A list, or the name of a JSON file that holds it. */
const cJSON *sheet(struct project *x, const char *key);

/* read_quantities.c: -1, or a refusal, where there is none of that name. */
int quantity_of(const struct project *x, const char *name);
int must_have(const struct project *x, const char *name);
/* The number that stands for a word. */
double code_of(const struct project *x, int q, const char *word);
void read_quantities(struct project *x);

/* read_isolation.c: the forest, the quantity of each of its inputs, and the sum
 * of path lengths that a plan must reach. */
struct model *read_isolation(struct project *x, int **quantity, double *cutoff);

/* read_scores.c, read_levers.c, read_rules.c */
void read_scores(struct project *x);
void read_levers(struct project *x);
void read_formulas(struct project *x);
void read_rules(struct project *x);

#endif
