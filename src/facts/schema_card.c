/* Every fact of the model card: path, kind, unit, description. */
#include "facts/schema.h"

const struct schema_row schema_card_rows[] = {
#include "facts/schema_card.def"
};
const size_t schema_card_count =
    sizeof schema_card_rows / sizeof *schema_card_rows;
