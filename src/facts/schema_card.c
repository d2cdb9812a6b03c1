/* Every fact of the model card: path, kind, unit, description. */
#include "facts/schema.h"

const struct schema_row schema_card_rows[] = {
    {"document/id", FACT_TEXT, NULL, "document's own number"},
    {"document/date", FACT_DATE, NULL, "date of the document, an input"},
    {"institution/name", FACT_TEXT, NULL, "institution's name"},
    {"institution/address", FACT_TEXT, NULL, "postal address on one line"},
    {"institution/telephone", FACT_TEXT, NULL, "telephone"},
    {"model/id", FACT_TEXT, NULL, "model's short name"},
    {"model/name", FACT_TEXT, NULL, "model's plain name"},
    {"model/version", FACT_TEXT, NULL, "model's version"},
    {"model/sha256", FACT_TEXT, NULL, "SHA-256 of the model file"},
};
const size_t schema_card_count =
    sizeof schema_card_rows / sizeof *schema_card_rows;
