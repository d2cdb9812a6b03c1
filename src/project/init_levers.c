/* The part of a first project that speaks of levers: examples, all of them
 * comments. */
#include "project/reading.h"

#include "base/buf.h"

static const char *const lines[] = {
    "GAP: \"levers\": what a person can change, and \"recourse\": what every "
    "plan",
    "keeps to. Examples to fill in (candor help config.levers, "
    "config.recourse):",
    "\"levers\": [",
    "  {\"input\": \"…\", \"direction\": \"down\", \"low\": 0, \"step\": 1, "
    "\"scale\": 10, \"fixed_cost\": 0.2},",
    "  {\"column\": \"A_COLUMN\", \"name\": \"…\", \"direction\": \"down\", "
    "\"low\": 0, \"step\": 25},",
    "  {\"key\": \"home\", \"inputs\": {\"own\": \"…\", \"rent\": \"…\", "
    "\"other\": null}},",
    "  {\"key\": \"wait\", \"name\": \"Waiting\", \"high\": 12, \"waiting\": "
    "[{\"input\": \"…\", \"rate\": 1}]}",
    "],",
    "\"recourse\": {",
    "  \"most_changes\": 3,",
    "  \"derived\": [{\"input\": \"…\", \"ratio\": [\"A_COLUMN\", \"…\"], "
    "\"decimals\": 3}],",
    "  \"order\": [{\"lower\": \"…\", \"upper\": \"…\"}],",
    "  \"linear\": [{\"terms\": [{\"input\": \"A_COLUMN\"}, {\"input\": \"…\", "
    "\"times\": -1}], \"most\": 0}],",
    "  \"if_then\": [{\"if\": {\"input\": \"…\", \"low\": 1}, \"then\": "
    "{\"input\": \"…\", \"high\": 5}}],",
    "  \"at_most_one\": [{\"levers\": [\"home\", \"wait\"]}],",
    "  \"plausibility\": {\"reference\": \"B\", \"share\": 0.05}",
    "},",
};

void init_levers(struct buf *out)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        buf_printf(out, "  // %s\n", lines[i]);
}
