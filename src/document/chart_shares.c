/* Shares of a whole: a bar from zero each, the printed share at its end. */
#include "document/chart_draw.h"

status chart_shares(const struct chart_data *d, struct scene **out,
                    struct error *e)
{
    return plain_bars(d, false, out, e);
}
