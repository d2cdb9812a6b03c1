/* formats/rows.h: the formats that formats.c lists, one file each. */
#ifndef CANDOR_FORMATS_ROWS_H
#define CANDOR_FORMATS_ROWS_H

#include "formats/formats.h"

extern const struct format format_xgboost_json;
extern const struct format format_xgboost_ubjson;
extern const struct format format_lightgbm;
extern const struct format format_catboost;
extern const struct format format_pmml;
extern const struct format format_table_scorecard;
extern const struct format format_table_glm;
extern const struct format format_onnx;

#endif
