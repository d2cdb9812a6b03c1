#include "formats/strangers.h"

#include <string.h>

#define PICKLE                                                                 \
    "it is a Python pickle, which runs code when it is opened: export a "      \
    "scikit-learn model to ONNX or PMML (docs/SCIKIT-LEARN.md), save a "       \
    "booster with save_model, have anything else asked where it runs "         \
    "(docs/SERVED-MODELS.md)"

/* The first that fits counts. */
static const struct {
    const char *magic;
    size_t length, at;
    const char *inside; /* somewhere in the bytes; NULL: no matter */
    bool surely;
    const char *what;
} strangers[] = {
    {"<!DOCTYPE html", 14, 0, NULL, true,
     "it is a web page, perhaps what a server said instead of sending a file"},
    {"<!doctype html", 14, 0, NULL, true,
     "it is a web page, perhaps what a server said instead of sending a file"},
    {"<html", 5, 0, NULL, true,
     "it is a web page, perhaps what a server said instead of sending a file"},
    {"\x1f\x8b", 2, 0, NULL, false,
     "it is compressed with gzip: unpack it first. If R wrote it (.rds, "
     ".RData), write the model as PMML or as a table (docs/SCORECARDS.md)"},
    {"PK\3\4", 4, 0, "data.pkl", false,
     "it is a file of PyTorch (or a zip archive with a pickle): export the "
     "network with torch.onnx.export (docs/PYTORCH.md)"},
    {"PK\3\4", 4, 0, "[Content_Types].xml", false,
     "it is a spreadsheet or a document: save the sheet as CSV "
     "(docs/SCORECARDS.md)"},
    {"PK\3\4", 4, 0, "model.ini", false,
     "it is a MOJO of H2O: have it asked where it runs "
     "(docs/SERVED-MODELS.md)"},
    {"PK\3\4", 4, 0, "config.json", false,
     "it is a file of Keras (or a zip archive): export the network to ONNX "
     "with model.export(\"model.onnx\", format=\"onnx\") or tf2onnx"},
    {"PK\3\4", 4, 0, NULL, false, "it is a zip archive: unpack it first"},
    {"\x89HDF\r\n\x1a\n", 8, 0, NULL, false,
     "it is an HDF5 file, as Keras writes them: export the network to ONNX "
     "with model.export(\"model.onnx\", format=\"onnx\") or tf2onnx"},
    {"TFL3", 4, 4, NULL, false,
     "it is a TensorFlow Lite model: convert it to ONNX with tf2onnx"},
    {"{\"", 2, 8, "\"data_offsets\"", false,
     "it is a safetensors file, which holds weights and no graph: export the "
     "network with torch.onnx.export (docs/PYTORCH.md)"},
    {"\x80\x02", 2, 0, NULL, false, PICKLE},
    {"\x80\x03", 2, 0, NULL, false, PICKLE},
    {"\x80\x04", 2, 0, NULL, false, PICKLE},
    {"\x80\x05", 2, 0, NULL, false, PICKLE},
    {"ccopy_reg\n", 10, 0, NULL, false, PICKLE},
    {"ccopyreg\n", 9, 0, NULL, false, PICKLE},
    {"x\x01", 2, 0, NULL, false, "it is compressed, perhaps by joblib; then " PICKLE},
    {"x^", 2, 0, NULL, false, "it is compressed, perhaps by joblib; then " PICKLE},
    {"x\x9c", 2, 0, NULL, false, "it is compressed, perhaps by joblib; then " PICKLE},
    {"x\xda", 2, 0, NULL, false, "it is compressed, perhaps by joblib; then " PICKLE},
    {"binf", 4, 0, NULL, false,
     "it is XGBoost's old binary form: save it as .json with the XGBoost that "
     "wrote it"},
    {"CBM1", 4, 0, NULL, false,
     "it is CatBoost's binary form: save it with save_model(\"model.json\", "
     "format=\"json\", pool=…)"},
    {"booster[", 8, 0, NULL, false,
     "it is a text dump of XGBoost, which lacks the base score: use "
     "save_model"},
    {"[", 1, 0, NULL, false,
     "it is a JSON list, perhaps a dump of XGBoost, which lacks the base "
     "score: use save_model"},
};

static bool holds(const char *bytes, size_t n, const char *what)
{
    size_t length = strlen(what);
    for (size_t i = 0; i + length <= n; i++)
        if (memcmp(bytes + i, what, length) == 0)
            return true;
    return false;
}

const char *stranger_advice(const char *bytes, size_t n, bool surely)
{
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (strangers[i].surely >= surely &&
            n >= strangers[i].at + strangers[i].length &&
            memcmp(bytes + strangers[i].at, strangers[i].magic,
                   strangers[i].length) == 0 &&
            (strangers[i].inside == NULL ||
             holds(bytes, n, strangers[i].inside)))
            return strangers[i].what;
    return NULL;
}
