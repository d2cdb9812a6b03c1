/* A scorecard as a table: characteristic, bin, points. */
#include "formats/table_card.h"

#include "base/hash.h"
#include "base/text.h"
#include "formats/rows.h"

#include <math.h>

struct cards {
    struct table_lines t;
    struct builder *b;
    struct names *names;
    size_t *of;       /* [lines] characteristic, SIZE_MAX: a setting */
    size_t *first;    /* [characteristics + 1] places in `order` */
    size_t *order;    /* lines by characteristic */
    double initial;
    bool has_initial, above;
    enum model_link link;
    const struct scorecard_code **code;
    const char **name;
};

bool table_link(const char *name, enum model_link *out)
{
    static const struct {
        const char *name;
        enum model_link link;
    } links[] = {{"identity", LINK_IDENTITY}, {"points", LINK_IDENTITY},
                 {"logit", LINK_LOGISTIC},    {"logistic", LINK_LOGISTIC},
                 {"log", LINK_EXP},           {"probit", LINK_PROBIT},
                 {"cloglog", LINK_CLOGLOG},   {"loglog", LINK_LOGLOG},
                 {"cauchit", LINK_CAUCHIT}};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (text_equal_fold(name, strlen(name), links[i].name)) {
            *out = links[i].link;
            return true;
        }
    return false;
}

static bool is_setting(const struct table_line *line)
{
    return table_lines_empty(line->cell[TABLE_BIN]);
}

static status number_in(const struct cards *c, const struct table_line *line,
                        enum table_role role, const char *what, double *out,
                        struct error *e)
{
    if (table_lines_number(&c->t, line->cell[role], out) && isfinite(*out))
        return ST_OK;
    return table_lines_fault(&c->t, line->line, e, ST_FORMAT,
                             "%s of \"%.60s\" must be a number, not \"%.60s\"",
                             what, line->cell[TABLE_NAME], line->cell[role]);
}

/* A line without a bin that speaks of the whole card. */
static status setting(struct cards *c, const struct table_line *line,
                      bool *taken, struct error *e)
{
    static const char *const initial[] = {
        "basepoints", "base points", "base score", "intercept", "(intercept)",
        "initial score", "initial", "constant", NULL};
    static const char *const points[] = {"reason points", NULL};
    static const char *const links[] = {"link", NULL};
    const char *name = line->cell[TABLE_NAME], *value = line->cell[TABLE_POINTS];
    *taken = true;
    if (table_lines_among(name, initial)) {
        if (c->has_initial)
            return table_lines_fault(&c->t, line->line, e, ST_FORMAT,
                                     "a second line of points that everybody "
                                     "has");
        c->has_initial = true;
        return number_in(c, line, TABLE_POINTS, "points", &c->initial, e);
    }
    if (table_lines_among(name, links)) {
        if (table_link(value, &c->link))
            return ST_OK;
        return table_lines_fault(&c->t, line->line, e, ST_UNSUPPORTED,
                                 "the link \"%.60s\" is not known: identity, "
                                 "logit, probit, cloglog, loglog, cauchit, log",
                                 value);
    }
    if (table_lines_among(name, points)) {
        c->above = text_equal(value, "above");
        if (c->above || text_equal(value, "below"))
            return ST_OK;
        return table_lines_fault(&c->t, line->line, e, ST_FORMAT,
                                 "reason points are above or below, not "
                                 "\"%.60s\"", value);
    }
    *taken = false;
    return ST_OK;
}

/* Which characteristic each line is of; a blank name repeats the one above. */
static status gather(struct cards *c, struct error *e)
{
    const char *above = "";
    c->of = arena_new_array(c->t.arena, size_t, c->t.count + 1);
    c->order = arena_new_array(c->t.arena, size_t, c->t.count + 1);
    if (c->of == NULL || c->order == NULL)
        return arena_error(c->t.arena, e);
    for (size_t i = 0; i < c->t.count; i++) {
        struct table_line *line = &c->t.line[i];
        bool taken = false;
        c->of[i] = SIZE_MAX;
        if (is_setting(line))
            TRY(setting(c, line, &taken, e));
        if (taken)
            continue;
        if (line->cell[TABLE_NAME][0] == '\0')
            line->cell[TABLE_NAME] = above;
        above = line->cell[TABLE_NAME];
        if (above[0] == '\0')
            return table_lines_fault(&c->t, line->line, e, ST_FORMAT,
                                     "a bin without a characteristic");
        long at = names_add(c->names, above, strlen(above));
        if (at < 0)
            return error_memory(e);
        c->of[i] = (size_t)at;
    }
    return ST_OK;
}

static status arrange(struct cards *c, struct error *e)
{
    size_t n = names_count(c->names);
    if (n == 0)
        return error_set(e, ST_FORMAT, "%s has no characteristic", c->t.source);
    c->first = arena_new_array(c->t.arena, size_t, n + 2);
    c->code = arena_new_array(c->t.arena, const struct scorecard_code *, n);
    c->name = arena_new_array(c->t.arena, const char *, n);
    if (c->first == NULL || c->code == NULL || c->name == NULL)
        return arena_error(c->t.arena, e);
    for (size_t i = 0; i < c->t.count; i++)
        if (c->of[i] != SIZE_MAX)
            c->first[c->of[i] + 2]++;
    for (size_t k = 2; k < n + 2; k++)
        c->first[k] += c->first[k - 1];
    for (size_t i = 0; i < c->t.count; i++)
        if (c->of[i] != SIZE_MAX)
            c->order[c->first[c->of[i] + 1]++] = i;
    return ST_OK;
}

/* --- one characteristic -------------------------------------------------------- */

static status read_bin(struct cards *c, struct table_card *k,
                       const struct table_line *line, struct error *e)
{
    struct card_bin *bin = &k->bin[k->bins];
    struct table_bin pieces;
    bin->line = line->line;
    TRY(number_in(c, line, TABLE_POINTS, "points", &bin->points, e));
    if (line->cell[TABLE_REASON][0] != '\0')
        bin->reason = line->cell[TABLE_REASON];
    bin->has_baseline = !table_lines_empty(line->cell[TABLE_BASELINE]);
    if (bin->has_baseline)
        TRY(number_in(c, line, TABLE_BASELINE, "the baseline", &bin->baseline,
                      e));
    if (!table_lines_empty(line->cell[TABLE_COUNT]))
        TRY(number_in(c, line, TABLE_COUNT, "the count", &bin->cover, e));
    TRY(table_bin_parse(&c->t, line, &pieces, e));
    TRY(MEM_ROOM(k->piece, k->piece_room, k->pieces + pieces.pieces, e));
    for (size_t i = 0; i < pieces.pieces; i++) {
        pieces.piece[i].bin = k->bins;
        k->piece[k->pieces++] = pieces.piece[i];
    }
    k->bins++;
    return ST_OK;
}

/* What a bin does not say, the characteristic says: the first reason and
 * baseline among its bins; no baseline: its best points. */
static void inherit(const struct cards *c, struct table_card *k)
{
    const char *reason = k->name;
    double best = k->bin[0].points, baseline = 0.0;
    bool has_baseline = false;
    for (size_t i = k->bins; i-- > 0;) {
        if (k->bin[i].reason != NULL)
            reason = k->bin[i].reason;
        if (k->bin[i].has_baseline)
            baseline = k->bin[i].baseline;
        has_baseline |= k->bin[i].has_baseline;
        best = c->above ? fmin(best, k->bin[i].points)
                        : fmax(best, k->bin[i].points);
    }
    for (size_t i = 0; i < k->bins; i++) {
        if (k->bin[i].reason == NULL)
            k->bin[i].reason = reason;
        if (!k->bin[i].has_baseline)
            k->bin[i].baseline = has_baseline ? baseline : best;
    }
}

static status one_card(struct cards *c, size_t at, struct error *e)
{
    struct table_card k = {.t = &c->t, .arena = c->t.arena,
                           .name = names_at(c->names, at)};
    size_t from = c->first[at], to = c->first[at + 1];
    k.bin = arena_new_array(c->t.arena, struct card_bin, to - from);
    if (k.bin == NULL)
        return arena_error(c->t.arena, e);
    status s = ST_OK;
    for (size_t i = from; i < to && s == ST_OK; i++)
        s = read_bin(c, &k, &c->t.line[c->order[i]], e);
    if (s == ST_OK) {
        inherit(c, &k);
        s = table_card_bins(&k, e);
    }
    if (s == ST_OK)
        s = table_card_tree(&k, c->b, at, e);
    c->code[at] = k.code;
    c->name[at] = k.name;
    mem_free(k.piece);
    return s;
}

static status finish(struct cards *c, struct model **out, struct error *e)
{
    bool reasons = c->t.has[TABLE_REASON] || c->t.has[TABLE_BASELINE];
    struct scorecard card = {
        .initial = c->initial, .points = c->above ? POINTS_ABOVE : POINTS_BELOW,
        .reasons = reasons, .characteristics = names_count(c->names),
        .name = c->name, .code = reasons ? c->code : NULL};
    for (size_t i = 0; i < card.characteristics; i++)
        TRY(one_card(c, i, e));
    builder_library(c->b, LIBRARY_TABLE, format_table_scorecard.title, "");
    builder_compare(c->b, COMPARE_AT_MOST_DOUBLE);
    builder_sum(c->b, SUM_DOUBLE);
    builder_link(c->b, c->link, 1.0);
    builder_objective(c->b, "scorecard");
    if (c->t.unread != NULL)
        TRY(builder_parameter(c->b, "columns not read", c->t.unread, e));
    TRY(builder_outputs(c->b, 1, e));
    TRY(builder_base(c->b, &c->initial, 1, e));
    TRY(builder_scorecard(c->b, &card, e));
    return builder_finish(c->b, 0, "", 0, out, e);
}

static status read_card(struct cards *c, struct stream in,
                        const struct format_options *options,
                        struct model **out, struct error *e)
{
    if (c->b == NULL || c->names == NULL)
        return error_memory(e);
    if (options->trees == TREES_BEST_ITERATION)
        return error_set(e, ST_ARGUMENT, "a scorecard has no iterations: use "
                         "all trees");
    TRY(table_lines_read(&c->t, in, TABLE_SCORECARD, options->memory_cap, e));
    TRY(gather(c, e));
    TRY(arrange(c, e));
    return finish(c, out, e);
}

static status card_load(struct stream in, const struct format_options *options,
                        struct model **out, struct error *e)
{
    struct cards c = {.link = LINK_IDENTITY};
    c.b = builder_new(options->memory_cap);
    c.names = names_new();
    status s = read_card(&c, in, options, out, e);
    table_lines_free(&c.t);
    names_free(c.names);
    builder_free(c.b);
    return s;
}

static int card_sniff(const char *bytes, size_t length)
{
    char delimiter = ',';
    return table_lines_form(bytes, length, &delimiter) == TABLE_SCORECARD ? 95
                                                                         : 0;
}

const struct format format_table_scorecard = {
    "scorecard-table", "scorecard table", ".csv .tsv", card_sniff, card_load};
