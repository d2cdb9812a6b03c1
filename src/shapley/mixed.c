#include "shapley/mixed.h"

#include "base/arena.h"

#include <math.h>

/* Rows and bytes of one question to the model. */
#define BLOCK_ROWS ((size_t)1 << 16)
#define BLOCK_BYTES ((size_t)64 << 20)

struct mixed_game {
    struct mixed_request r;
    struct asked_game asked;
    size_t features, outputs;
    size_t billed, equal;
    /* Of one call: mixed rows that differ, in the order they are met. */
    const uint64_t *set;
    size_t words;
    uint32_t *slot;       /* hash: place in `first` + 1; 0: empty */
    size_t slots;
    uint64_t *first;      /* [different] set × samples + sample */
    size_t different, first_room;
    uint32_t *place;      /* [sets × samples] in `first` */
    struct names *texts;  /* texts with pieces left out */
    double *text;         /* [sets] their index among all texts */
    double *row, *other;  /* [features] */
};

static status check(const struct mixed_request *r, struct error *e)
{
    size_t f = r->model->features;

    for (size_t i = 0; r->player != NULL && i < f; i++) {
        if (r->player[i] >= r->players && r->player[i] != UINT32_MAX)
            return error_bug(e, "player outside the game");
    }
    if (r->player == NULL && r->players != f)
        return error_bug(e, "players and features differ");
    if (r->samples == 0)
        return error_set(e, ST_ARGUMENT,
                         "contributions of a model that is only asked need at "
                         "least one reference row");
    if (r->text == NULL)
        return ST_OK;
    for (size_t i = 0; i < r->text->pieces; i++) {
        const struct text_piece *p = &r->text->piece[i];
        size_t from = i > 0 ? p[-1].end : 0;

        if (p->first < from || p->end < p->first ||
            p->end > strlen(r->text->text))
            return error_bug(e, "pieces of text out of order");
    }
    return ST_OK;
}

static status ask(void *self, const uint64_t *set, size_t n, double *value,
                  struct error *e);

status mixed_game_new(const struct mixed_request *r, struct mixed_game **out,
                      struct error *e)
{
    struct mixed_game *g;

    *out = NULL;
    TRY(check(r, e));
    g = mem_array(1, sizeof *g);
    if (g == NULL)
        return error_memory(e);
    g->r = *r;
    g->features = r->model->features;
    g->outputs = r->model->outputs;
    g->row = mem_array(2 * g->features + 1, sizeof *g->row);
    if (g->row == NULL) {
        mem_free(g);
        return error_memory(e);
    }
    g->other = g->row + g->features;
    g->asked = (struct asked_game){.self = g, .samples = r->samples,
                                   .population = r->population, .ask = ask};
    g->asked.players = r->players + (r->text != NULL ? r->text->pieces : 0);
    *out = g;
    return ST_OK;
}

static void forget(struct mixed_game *g)
{
    mem_free(g->slot);
    mem_free(g->first);
    mem_free(g->place);
    mem_free(g->text);
    names_free(g->texts);
    g->slot = NULL;
    g->first = NULL;
    g->place = NULL;
    g->text = NULL;
    g->texts = NULL;
    g->different = g->first_room = 0;
}

void mixed_game_free(struct mixed_game *g)
{
    if (g == NULL)
        return;
    forget(g);
    mem_free(g->row);
    mem_free(g);
}

const struct asked_game *mixed_game_asked(const struct mixed_game *g)
{
    return &g->asked;
}

void mixed_game_bill(const struct mixed_game *g, size_t *asked, size_t *equal)
{
    *asked = g->billed;
    *equal = g->equal;
}

static bool has(const uint64_t *set, size_t i)
{
    return (set[i / 64] >> (i % 64) & 1) != 0;
}

static void mix(const struct mixed_game *g, uint64_t which, double *row)
{
    const struct mixed_request *r = &g->r;
    size_t s = which / r->samples;
    const uint64_t *set = g->set + s * g->words;
    const double *z = r->reference + which % r->samples * g->features;

    for (size_t f = 0; f < g->features; f++) {
        uint32_t p = r->player != NULL ? r->player[f] : (uint32_t)f;

        row[f] = p == UINT32_MAX || has(set, p) ? r->row[f] : z[f];
    }
    if (r->text != NULL)
        row[r->text->feature] = g->text[s];
}

/* The text with the pieces of the coalition. */
static size_t put_text(const struct mixed_game *g, const uint64_t *set,
                       char *room)
{
    const struct text_players *t = g->r.text;
    size_t at = 0, instead = strlen(t->instead), all = strlen(t->text);
    char *end = room;

    for (size_t i = 0; i < t->pieces; i++) {
        const struct text_piece *p = &t->piece[i];

        memcpy(end, t->text + at, p->first - at);
        end += p->first - at;
        if (has(set, g->r.players + i)) {
            memcpy(end, t->text + p->first, p->end - p->first);
            end += p->end - p->first;
        } else {
            memcpy(end, t->instead, instead);
            end += instead;
        }
        at = p->end;
    }
    memcpy(end, t->text + at, all - at);
    return (size_t)(end - room) + all - at;
}

static status make_texts(struct mixed_game *g, size_t n, struct error *e)
{
    const struct text_players *t = g->r.text;
    char *room;

    if (t == NULL)
        return ST_OK;
    room = mem_array(strlen(t->text) + t->pieces * strlen(t->instead) + 1, 1);
    g->texts = names_new();
    g->text = mem_array(n + 1, sizeof *g->text);
    if (room == NULL || g->texts == NULL || g->text == NULL) {
        mem_free(room);
        return error_memory(e);
    }
    for (size_t i = 0; i < n; i++) {
        size_t length = put_text(g, g->set + i * g->words, room);
        long index = names_add(g->texts, room, length);

        if (index < 0) {
            mem_free(room);
            return error_memory(e);
        }
        g->text[i] = (double)(g->r.text_count + (size_t)index);
    }
    mem_free(room);
    return ST_OK;
}

/* hash_bytes by words: rows are many. */
static size_t row_hash(const double *row, size_t n)
{
    uint64_t h = UINT64_C(0x9e3779b97f4a7c15);

    for (size_t i = 0; i < n; i++) {
        uint64_t word;

        memcpy(&word, row + i, sizeof word);
        h = (h ^ word) * UINT64_C(0xbf58476d1ce4e5b9);
        h ^= h >> 29;
    }
    return (size_t)(h ^ h >> 32);
}

/* Gives the mixed row its place among those that differ. */
static status place_row(struct mixed_game *g, uint64_t which, struct error *e)
{
    size_t bytes = g->features * sizeof *g->row, at;

    mix(g, which, g->row);
    at = row_hash(g->row, g->features) & (g->slots - 1);
    for (; g->slot[at] != 0; at = (at + 1) & (g->slots - 1)) {
        mix(g, g->first[g->slot[at] - 1], g->other);
        if (memcmp(g->row, g->other, bytes) == 0) {
            g->place[which] = g->slot[at] - 1;
            return ST_OK;
        }
    }
    TRY(MEM_ROOM(g->first, g->first_room, g->different + 1, e));
    g->first[g->different] = which;
    g->place[which] = (uint32_t)g->different++;
    g->slot[at] = (uint32_t)g->different;
    return ST_OK;
}

static status find_different(struct mixed_game *g, size_t n, struct error *e)
{
    size_t all = n * g->r.samples;

    if (all > UINT32_MAX / 2)
        return error_set(e, ST_LIMIT,
                         "%zu mixed rows at once are too many: at most %u; "
                         "take fewer reference rows", all, UINT32_MAX / 2);
    for (g->slots = 64; g->slots < 2 * all;)
        g->slots *= 2;
    g->slot = mem_array(g->slots, sizeof *g->slot);
    g->place = mem_array(all + 1, sizeof *g->place);
    if (g->slot == NULL || g->place == NULL)
        return error_memory(e);
    TRY(make_texts(g, n, e));
    for (uint64_t which = 0; which < all; which++)
        TRY(place_row(g, which, e));
    return ST_OK;
}

/* All texts that the rows may speak of. */
static const char **all_texts(const struct mixed_game *g, size_t *count)
{
    size_t own = g->texts != NULL ? names_count(g->texts) : 0;
    const char **t = mem_array(g->r.text_count + own + 1, sizeof *t);

    *count = g->r.text_count + own;
    for (size_t i = 0; t != NULL && i < *count; i++)
        t[i] = i < g->r.text_count ? g->r.texts[i]
                                   : names_at(g->texts, i - g->r.text_count);
    return t;
}

/* margin[different]: the output that is explained. */
static status evaluate(struct mixed_game *g, const char *const *text,
                       size_t texts, double *margin, struct error *e)
{
    size_t wide = g->features + g->outputs + 1;
    size_t block = BLOCK_BYTES / (wide * sizeof(double)) + 1, at = 0;
    double *rows, *out;
    status s = ST_OK;

    block = block < BLOCK_ROWS ? block : BLOCK_ROWS;
    block = block < g->different ? block : g->different;
    rows = mem_array(block * wide, sizeof *rows);
    if (rows == NULL)
        return error_memory(e);
    out = rows + block * g->features;
    while (s == ST_OK && at < g->different) {
        size_t n = g->different - at < block ? g->different - at : block;
        struct model_rows ask = {rows, n, texts > 0 ? text : NULL, texts};

        for (size_t i = 0; i < n; i++)
            mix(g, g->first[at + i], rows + i * g->features);
        s = model_evaluate(g->r.model, &ask, false, out, e);
        for (size_t i = 0; s == ST_OK && i < n; i++)
            margin[at + i] = out[i * g->outputs + g->r.output];
        at += n;
    }
    mem_free(rows);
    return s;
}

static status ask_different(struct mixed_game *g, size_t n, double *value,
                            struct error *e)
{
    size_t texts, all = n * g->r.samples;
    const char **text;
    double *margin;
    status s;

    TRY(find_different(g, n, e));
    text = all_texts(g, &texts);
    margin = mem_array(g->different + 1, sizeof *margin);
    s = text == NULL || margin == NULL
            ? error_memory(e)
            : evaluate(g, text, texts, margin, e);
    for (size_t i = 0; s == ST_OK && i < all; i++)
        value[i] = margin[g->place[i]];
    if (s == ST_OK) {
        g->billed += g->different;
        g->equal += all - g->different;
    }
    mem_free(text);
    mem_free(margin);
    return s;
}

static status ask(void *self, const uint64_t *set, size_t n, double *value,
                  struct error *e)
{
    struct mixed_game *g = self;
    status s;

    g->set = set;
    g->words = (g->asked.players + 63) / 64;
    s = ask_different(g, n, value, e);
    forget(g);
    return s;
}
