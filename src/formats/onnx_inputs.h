/* formats/onnx_inputs.h: what onnx_lower.c asks of onnx_inputs.c. */
#ifndef CANDOR_FORMATS_ONNX_INPUTS_H
#define CANDOR_FORMATS_ONNX_INPUTS_H

#include "formats/onnx.h"

/* The number of a word that the graph never names: equal to none. */
#define ONNX_UNSEEN (-1.0)

/* Features, their names and kinds; once a file. */
status onnx_inputs(struct onnx *x, struct error *e) MUST_USE;
/* Their registers; once a lowering. */
status onnx_open_inputs(struct onnx *x, struct error *e) MUST_USE;

#endif
