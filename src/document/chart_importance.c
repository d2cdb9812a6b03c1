/* Global importance: bars from zero, largest first as given, with intervals. */
#include "document/chart_draw.h"

status chart_importance(const struct chart_data *d, struct scene **out,
                        struct error *e)
{
    return plain_bars(d, true, out, e);
}
