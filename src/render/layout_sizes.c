#include "render/layout_table.h"

#include <math.h>

#define BAR_LEAST 48.0
#define BAR_SHARE 0.42 /* of the table, when there is room */

static void raise_to(double *x, double least)
{
    if (*x < least)
        *x = least;
}

/* A column whose numbers have different units stands at its end, unaligned. */
static void drop_mixed(struct table *t)
{
    for (size_t i = 0; i < t->column_count; i++) {
        const struct cell *first = NULL;
        bool mixed = false;
        for (int pass = 0; pass < 2; pass++)
            for (const struct row *r = t->rows; r != NULL; r = r->next)
                for (struct cell *c = r->cells; c != NULL; c = c->next) {
                    if (c->column != i || c->tail < 0.0)
                        continue;
                    if (pass == 1 && mixed)
                        c->tail = -1.0;
                    if (first == NULL)
                        first = c;
                    mixed = mixed || c->unit != first->unit;
                }
    }
}

static void of_single_cells(struct table *t)
{
    drop_mixed(t);
    for (const struct row *r = t->rows; r != NULL; r = r->next)
        for (const struct cell *c = r->cells; c != NULL; c = c->next) {
            struct column *k = &t->columns[c->column];
            if (c->span != 1)
                continue;
            raise_to(&k->least, c->least);
            raise_to(&k->most, c->most);
            if (c->tail >= 0.0)
                raise_to(&k->tail, c->tail);
        }
    /* Aligned on the mark, heads and tails may come from different rows. */
    for (const struct row *r = t->rows; r != NULL; r = r->next)
        for (const struct cell *c = r->cells; c != NULL; c = c->next) {
            struct column *k = &t->columns[c->column];
            if (c->span != 1 || c->tail < 0.0)
                continue;
            double both = c->most - c->tail + k->tail;
            raise_to(&k->least, both);
            raise_to(&k->most, both);
        }
}

static void of_spanning_cells(struct table *t, double gap)
{
    for (const struct row *r = t->rows; r != NULL; r = r->next)
        for (const struct cell *c = r->cells; c != NULL; c = c->next) {
            if (c->span == 1)
                continue;
            double least = -gap, most = -gap, n = (double)c->span;
            for (size_t i = c->column; i < c->column + c->span; i++) {
                least += t->columns[i].least + gap;
                most += t->columns[i].most + gap;
            }
            for (size_t i = c->column; i < c->column + c->span; i++) {
                if (c->least > least)
                    t->columns[i].least += (c->least - least) / n;
                if (c->most > most)
                    t->columns[i].most += (c->most - most) / n;
            }
        }
}

/* Everything fits in one line: what is left over goes to the bars first, the
 * rest to each column as it is wide. */
static void spread(struct table *t, double room, double most)
{
    double left = room - most, bars = 0.0;
    for (size_t i = 0; i < t->column_count; i++) {
        t->columns[i].width = t->columns[i].most;
        bars += t->columns[i].bar;
    }
    if (bars > 0.0) {
        double more = BAR_SHARE * room / bars < left / bars
                          ? BAR_SHARE * room / bars
                          : left / bars;
        for (size_t i = 0; i < t->column_count; i++)
            t->columns[i].width += t->columns[i].bar ? more : 0.0;
        left -= more * bars;
        most += more * bars;
    }
    double even = left / (double)t->column_count * 0.5;
    for (size_t i = 0; i < t->column_count; i++) {
        struct column *c = &t->columns[i];
        c->width += even + 0.5 * left * c->width / (most > 0.0 ? most : 1.0);
    }
}

static double at_level(const struct column *c, double level)
{
    if (level <= c->least)
        return c->least;
    return level < c->most ? level : c->most;
}

/* The level below which columns keep their one line when all are to fit. */
static double level_of(const struct table *t, double room)
{
    double low = 0.0, high = room;
    for (int step = 0; step < 40; step++) {
        double level = 0.5 * (low + high), sum = 0.0;
        for (size_t i = 0; i < t->column_count; i++)
            sum += at_level(&t->columns[i], level);
        if (sum > room)
            high = level;
        else
            low = level;
    }
    return low;
}

/* Lines of all rows, as far as widths tell. */
static double lines_of(const struct table *t)
{
    double total = 0.0;
    for (const struct row *r = t->rows; r != NULL; r = r->next) {
        double tallest = 1.0;
        for (const struct cell *c = r->cells; c != NULL; c = c->next)
            if (c->span == 1 && t->columns[c->column].width > 0.0)
                raise_to(&tallest,
                         ceil(c->most / (t->columns[c->column].width + 0.02)));
        total += tallest;
    }
    return total;
}

/* Between least and most there are two ways to share: what is above the least
 * by the difference (CSS 2.2 §17.5.2), or narrow columns keep their one line and
 * wide ones wrap. The mixture that needs the fewest lines is taken. */
static void squeeze(struct table *t, double room, double least, double most)
{
    enum { MIXTURES = 4 };
    double share = (room - least) / (most - least), level = level_of(t, room);
    double fewest = INFINITY, best = 0.0;
    for (int pass = 0; pass <= MIXTURES + 1; pass++) {
        double mix = pass > MIXTURES ? best : (double)pass / MIXTURES;
        for (size_t i = 0; i < t->column_count; i++) {
            struct column *c = &t->columns[i];
            double even = c->least + share * (c->most - c->least);
            c->width = (1.0 - mix) * even + mix * at_level(c, level);
        }
        double lines = lines_of(t);
        if (lines < fewest) {
            fewest = lines;
            best = mix;
        }
    }
}

/* Even the longest words do not fit: narrow columns keep their words, the wide
 * ones get an equal level and cut theirs. */
static void crush(struct table *t, double room)
{
    double low = 0.0, high = room;
    for (int step = 0; step < 40; step++) {
        double level = 0.5 * (low + high), sum = 0.0;
        for (size_t i = 0; i < t->column_count; i++)
            sum += t->columns[i].least < level ? t->columns[i].least : level;
        if (sum > room)
            high = level;
        else
            low = level;
    }
    for (size_t i = 0; i < t->column_count; i++) {
        struct column *c = &t->columns[i];
        c->width = c->least < low ? c->least : low;
    }
}

void table_size(struct lay *l, struct table *t, double x, double width)
{
    size_t n = t->column_count;
    double gap = style_length(LENGTH_CELL_GAP);
    if (n > 1 && gap * (double)(n - 1) > 0.25 * width)
        gap = 0.25 * width / (double)(n - 1);
    of_single_cells(t);
    of_spanning_cells(t, gap);
    double least = 0.0, most = 0.0, room = width - gap * (double)(n - 1);
    for (size_t i = 0; i < n; i++) {
        struct column *c = &t->columns[i];
        if (c->bar) {
            c->text = c->most;
            c->least += BAR_LEAST;
            c->most += BAR_LEAST;
        }
        /* A hair more, so that sums in another order still fit. */
        c->least += 0.01;
        c->most += 0.01;
        least += c->least;
        raise_to(&c->most, c->least);
        most += c->most;
    }
    if (most <= room)
        spread(t, room, most);
    else if (least < room)
        squeeze(t, room, least, most);
    else
        crush(t, room);
    for (size_t i = 0; i < n; i++) {
        struct column *c = &t->columns[i];
        c->x = l->rtl ? x + width - c->width : x;
        if (l->rtl)
            width -= c->width + gap;
        else
            x += c->width + gap;
    }
}
