/* Every fact of a decision's documents: path, kind, unit, description. A path
 * of the card may stand here again with the same kind and unit. */
#include "facts/schema.h"

const struct schema_row schema_decision_rows[] = {
    {"document/id", FACT_TEXT, NULL, "document's own number"},
    {"document/date", FACT_DATE, NULL, "date of the document, an input"},
    {"applicant/name", FACT_TEXT, NULL, "addressee's name"},
    {"applicant/line[]/text", FACT_TEXT, NULL, "one line of the postal address"},
    {"decision/id", FACT_TEXT, NULL, "application's number"},
    {"decision/action", FACT_TEXT, NULL, "what was done: a word of the project"},
};
const size_t schema_decision_count =
    sizeof schema_decision_rows / sizeof *schema_decision_rows;
