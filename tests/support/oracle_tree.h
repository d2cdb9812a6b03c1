/* The shared file of small trees with references by enumeration. */
#ifndef CANDOR_TESTS_ORACLE_TREE_H
#define CANDOR_TESTS_ORACLE_TREE_H

#include <cjson/cJSON.h>

#include "model/model.h"

cJSON *oracle_trees(void); /* NULL: the file is not there */
struct model *oracle_tree(const cJSON *tree, size_t features);
/* An array of arrays as doubles, null as NaN; malloc'ed. */
double *oracle_matrix(const cJSON *rows, size_t width, size_t *count);

#endif
