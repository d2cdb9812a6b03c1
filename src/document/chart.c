#include "document/chart.h"

#include "document/chart_draw.h"

#include <string.h>

const struct chart_kind chart_kinds[] = {
    {"contributions", "label value", chart_contributions},
    {"waterfall", "label value base total", chart_waterfall},
    {"importance", "label value", chart_importance},
    {"line", "x y", chart_line},
    {"calibration", "x y", chart_calibration},
    {"distribution", "series low high value", chart_distribution},
    {"multiples", "series x value", chart_multiples},
    {"forest", "label value", chart_forest},
    {"shares", "label value", chart_shares},
    {"beeswarm", "label x value", chart_beeswarm},
};
const size_t chart_kind_count = sizeof chart_kinds / sizeof *chart_kinds;

const struct chart_kind *chart_find(const char *name)
{
    for (size_t i = 0; i < chart_kind_count; i++)
        if (strcmp(chart_kinds[i].name, name) == 0)
            return &chart_kinds[i];
    return NULL;
}
