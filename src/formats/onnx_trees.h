/* formats/onnx_trees.h: what onnx_trees.c and its two readers share. */
#ifndef CANDOR_FORMATS_ONNX_TREES_H
#define CANDOR_FORMATS_ONNX_TREES_H

#include "formats/onnx.h"

#include <stdio.h>

/* A new ensemble over the node's first input. */
status onnx_trees_open(struct onnx *x, const struct onnx_node *n,
                       struct onnx_trees **out, const struct onnx_value **in,
                       struct error *e) MUST_USE;
status onnx_trees_check(struct onnx *x, const struct onnx_node *n,
                        const struct onnx_trees *t, struct error *e) MUST_USE;
status onnx_trees_base(struct onnx *x, const double *base, size_t n,
                       bool single, reg *out, struct error *e) MUST_USE;
/* Notes that a register is one output of ensemble `at`. */
status onnx_trees_sum(struct onnx *x, size_t at, size_t output, reg r,
                      struct error *e) MUST_USE;
/* onnx_trees5.c */
onnx_operator onnx_lower_ensemble5;

#endif
