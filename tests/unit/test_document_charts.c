/* Every drawer on random, extreme and empty data: nothing leaves the figure, no
 * text meets another, the same data give the same scene. */
#include "check.h"

#include "document/chart.h"
#include "document/template.h"
#include "support/random_model.h"

enum { ROUNDS = 250, MOST_ROWS = 40, LABEL_ROOM = 200 };
#define ARENA_CAP ((size_t)64 << 20)
#define ABOVE 0.76 /* of the text size: what a letter takes over the baseline */
#define BELOW 0.2

#define NONE ((double)NAN)

static struct language *english;

/* 0.55 em a letter, bold a little more. */
static double measure(void *self, const char *text, double size, bool bold)
{
    double letters = 0.0;
    (void)self;
    for (; *text != '\0'; text++)
        letters += ((unsigned char)*text & 0xc0) != 0x80 ? 1.0 : 0.0;
    return letters * size * (bold ? 0.6 : 0.55);
}

/* --- data ------------------------------------------------------------------ */

static double any_number(struct random *r)
{
    double u = random_unit(r) * 2.0 - 1.0;
    switch (random_below(r, 12)) {
    case 0:
        return NAN;
    case 1:
        return random_chance(r, 0.5) ? INFINITY : -INFINITY;
    case 2:
        return u * 1e300;
    case 3:
        return u * 1e-300;
    case 4:
        return u * 1e9;
    case 5:
        return 0.0;
    default:
        return u * 50.0;
    }
}

static double calm_number(struct random *r, int mood)
{
    if (mood == 0)
        return any_number(r);
    double u = random_unit(r);
    return mood == 1 ? u : mood == 2 ? (u - 0.3) * 1e6 : (u - 0.5) * 1e-7;
}

static const char *any_text(struct arena *a, struct random *r, size_t most)
{
    static const char *const pieces[] = {"a", "e", "n", "W", "i", " ", " ", "t",
                                         "\xc3\xa9", "\xe6\x9c\x88",
                                         "e\xcc\x81", "-", "0"};
    char text[LABEL_ROOM] = "";
    size_t n = random_below(r, most + 1), used = 0;
    if (random_chance(r, 0.05))
        return NULL;
    for (size_t i = 0; i < n && used + 4 < sizeof text; i++) {
        const char *p = pieces[random_below(r, 13)];
        memcpy(text + used, p, strlen(p));
        used += strlen(p);
    }
    text[used] = '\0';
    return arena_string(a, text);
}

static struct chart_row *any_rows(struct arena *a, struct random *r, size_t n,
                                  int mood)
{
    struct chart_row *rows = arena_new_array(a, struct chart_row, n + 1);
    const char *series[5], *labels[6];
    size_t of = 1 + random_below(r, 5);
    bool few = random_chance(r, 0.5);
    for (size_t i = 0; i < 6; i++)
        labels[i] = any_text(a, r, 45);
    for (size_t i = 0; i < 5; i++)
        series[i] = any_text(a, r, 30);
    for (size_t i = 0; i < n; i++) {
        struct chart_row *w = &rows[i];
        w->label = few ? labels[random_below(r, 6)] : any_text(a, r, 45);
        w->note = any_text(a, r, 25);
        w->series = series[random_below(r, of)];
        w->text = random_chance(r, 0.5) ? any_text(a, r, 9) : NULL;
        w->count = random_chance(r, 0.3) ? any_text(a, r, 6) : NULL;
        w->value = calm_number(r, mood);
        w->low = random_chance(r, 0.3) ? NONE : w->value - random_unit(r);
        w->high = random_chance(r, 0.3) ? NONE : w->value + random_unit(r);
        w->x = mood == 1 ? (double)i : calm_number(r, mood);
        w->y = random_chance(r, 0.1) ? NONE : calm_number(r, mood);
        w->n = floor(fabs(calm_number(r, mood)) * 1000.0);
        w->marked = random_chance(r, 0.2);
        w->reference = random_chance(r, 0.1);
    }
    return rows;
}

static double maybe(struct random *r, int mood)
{
    return random_chance(r, 0.5) ? NONE : calm_number(r, mood);
}

static struct chart_data any_data(struct arena *a, struct random *r)
{
    static const double widths[] = {475.9, 459.2, 229.5, 221.1, 147.3, 141.7};
    int mood = (int)random_below(r, 4);
    struct chart_data d = {.count = random_below(r, MOST_ROWS)};
    d.rows = any_rows(a, r, d.count, mood);
    d.bin_count = random_below(r, 12);
    d.bins = d.bin_count > 0 ? any_rows(a, r, d.bin_count, mood) : NULL;
    d.cutoff = maybe(r, mood);
    d.cutoff_y = maybe(r, mood);
    d.base = maybe(r, mood);
    d.total = maybe(r, mood);
    d.reference = maybe(r, mood);
    d.limit = maybe(r, mood);
    const char **words[] = {
        &d.cutoff_label, &d.base_label, &d.total_label, &d.reference_label,
        &d.limit_label,  &d.diagonal_label, &d.x_title, &d.y_title,
        &d.count_title,  &d.value_title, &d.for_label, &d.against_label,
        &d.low_label,    &d.high_label};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        *words[i] = any_text(a, r, random_chance(r, 0.3) ? 70 : 20);
    d.percent_x = random_chance(r, 0.3);
    d.percent_y = random_chance(r, 0.3);
    d.diagonal = random_chance(r, 0.3);
    d.steps = random_chance(r, 0.3);
    d.width = widths[random_below(r, 6)];
    d.text_size = random_chance(r, 0.2) ? 16.0 : 0.0;
    d.language = random_chance(r, 0.9) ? english : NULL;
    d.measure = measure;
    d.arena = a;
    return d;
}

/* --- what must hold -------------------------------------------------------- */

struct extent {
    double x0, y0, x1, y1;
};

static struct extent text_extent(const struct mark *m)
{
    double w = measure(NULL, m->text, m->size, m->bold);
    double x = m->anchor == ANCHOR_START    ? m->x
               : m->anchor == ANCHOR_MIDDLE ? m->x - w / 2.0
                                            : m->x - w;
    return (struct extent){x, m->y - ABOVE * m->size, x + w,
                           m->y + BELOW * m->size};
}

static struct extent mark_extent(const struct mark *m)
{
    struct extent b = {fmin(m->x, m->x2), fmin(m->y, m->y2),
                       fmax(m->x, m->x2), fmax(m->y, m->y2)};
    if (m->kind == MARK_TEXT)
        return text_extent(m);
    if (m->kind == MARK_DOT || m->kind == MARK_DIAMOND)
        return (struct extent){m->x - m->radius, m->y - m->radius,
                               m->x + m->radius, m->y + m->radius};
    if (m->kind == MARK_PATH || m->kind == MARK_AREA) {
        b = (struct extent){m->points[0], m->points[1], m->points[0],
                            m->points[1]};
        for (size_t i = 1; i < m->point_count; i++) {
            b.x0 = fmin(b.x0, m->points[2 * i]);
            b.x1 = fmax(b.x1, m->points[2 * i]);
            b.y0 = fmin(b.y0, m->points[2 * i + 1]);
            b.y1 = fmax(b.y1, m->points[2 * i + 1]);
        }
    }
    return b;
}

static void check_inside(const char *kind, size_t round, const struct scene *s)
{
    for (const struct mark *m = s->first; m != NULL; m = m->next) {
        struct extent b = mark_extent(m);
        if (b.x0 >= -0.01 && b.y0 >= -0.01 && b.x1 <= s->width + 0.01 &&
            b.y1 <= s->height + 0.01)
            continue;
        fail_msg("%s, round %zu: mark %d \"%s\" at %g…%g, %g…%g leaves "
                 "%g x %g", kind, round, (int)m->kind,
                 m->text != NULL ? m->text : "", b.x0, b.x1, b.y0, b.y1,
                 s->width, s->height);
    }
}

static void check_apart(const char *kind, size_t round, const struct scene *s)
{
    for (const struct mark *m = s->first; m != NULL; m = m->next) {
        if (m->kind != MARK_TEXT)
            continue;
        struct extent a = text_extent(m);
        if (m->size < 4.0)
            fail_msg("%s, round %zu, width %g: \"%s\" of size %g", kind, round,
                     s->width, m->text, m->size);
        for (const struct mark *o = m->next; o != NULL; o = o->next) {
            if (o->kind != MARK_TEXT)
                continue;
            struct extent b = text_extent(o);
            if (a.x1 <= b.x0 + 0.01 || b.x1 <= a.x0 + 0.01 ||
                a.y1 <= b.y0 + 0.01 || b.y1 <= a.y0 + 0.01)
                continue;
            fail_msg("%s, round %zu, width %g: \"%s\" (%g, %g) lies on \"%s\" "
                     "(%g, %g)", kind, round, s->width, m->text, m->x, m->y,
                     o->text, o->x, o->y);
        }
    }
}

static void check_same(const struct scene *a, const struct scene *b)
{
    const struct mark *m = a->first, *n = b->first;
    check_close(a->height, b->height, 0.0, 0.0);
    for (; m != NULL && n != NULL; m = m->next, n = n->next) {
        struct extent x = mark_extent(m), y = mark_extent(n);
        assert_memory_equal(&x, &y, sizeof x);
        assert_int_equal(m->kind, n->kind);
        assert_int_equal(m->fill, n->fill);
        assert_int_equal(m->stroke, n->stroke);
        if (m->kind == MARK_TEXT)
            assert_string_equal(m->text, n->text);
    }
    assert_true(m == NULL && n == NULL);
}

static void any_chart_stays_readable(void **state)
{
    struct random r = {20261014};
    size_t drawn = 0;
    (void)state;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct arena *a = arena_new(ARENA_CAP);
        assert_non_null(a);
        struct chart_data d = any_data(a, &r);
        for (size_t k = 0; k < chart_kind_count; k++) {
            struct error e;
            struct scene *s = NULL, *again = NULL;
            status st = chart_kinds[k].draw(&d, &s, &e);
            if (st != ST_OK) {
                assert_int_equal(st, ST_DATA);
                continue;
            }
            drawn++;
            check_inside(chart_kinds[k].name, round, s);
            check_apart(chart_kinds[k].name, round, s);
            check_ok(chart_kinds[k].draw(&d, &again, &e), &e);
            check_same(s, again);
        }
        arena_free(a);
    }
    assert_true(drawn > ROUNDS * chart_kind_count * 3 / 4);
}

/* --- cases known by hand --------------------------------------------------- */

static struct chart_row one(const char *label, double value)
{
    return (struct chart_row){.label = label, .value = value, .low = NAN,
                              .high = NAN, .x = value, .y = value, .n = NAN};
}

static struct chart_data plain(struct arena *a, const struct chart_row *rows,
                               size_t count)
{
    return (struct chart_data){.rows = rows, .count = count, .cutoff = NAN,
                               .cutoff_y = NAN, .base = NAN, .total = NAN,
                               .reference = NAN, .limit = NAN, .width = 475.9,
                               .language = english, .measure = measure,
                               .arena = a};
}

static const struct mark *text_mark(const struct scene *s, const char *text)
{
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        if (m->kind == MARK_TEXT && strcmp(m->text, text) == 0)
            return m;
    return NULL;
}

static size_t count_of(const struct scene *s, enum mark_kind kind)
{
    size_t n = 0;
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        n += m->kind == kind;
    return n;
}

static void nothing_to_draw_is_said(void **state)
{
    struct arena *a = arena_new(ARENA_CAP);
    struct chart_row none = one("x", NAN);
    struct error e;
    (void)state;
    for (size_t k = 0; k < chart_kind_count; k++) {
        struct scene *s = NULL;
        struct chart_data d = plain(a, &none, 1);
        check_fails(chart_kinds[k].draw(&d, &s, &e), &e, ST_DATA, "no number");
        d.count = 0;
        check_fails(chart_kinds[k].draw(&d, &s, &e), &e, ST_DATA, "0 rows");
        d.width = NAN;
        check_fails(chart_kinds[k].draw(&d, &s, &e), &e, ST_BUG, "width");
    }
    arena_free(a);
}

static void little_memory_is_an_error(void **state)
{
    struct arena *data = arena_new(ARENA_CAP);
    struct random r = {7};
    (void)state;
    struct chart_row *rows = any_rows(data, &r, 12, 1);
    for (size_t k = 0; k < chart_kind_count; k++)
        for (size_t cap = 512; cap < 40000; cap += cap / 3) {
            struct arena *a = arena_new(cap);
            struct chart_data d = plain(a, rows, 12);
            struct scene *s = NULL;
            struct error e;
            if (a == NULL)
                continue;
            status st = chart_kinds[k].draw(&d, &s, &e);
            if (st != ST_OK && st != ST_LIMIT && st != ST_DATA)
                fail_msg("%s: %s", chart_kinds[k].name, e.text);
            arena_free(a);
        }
    arena_free(data);
}

/* Bars of 10 and -5 from one axis: twice as long, to the other side. */
static void bars_are_true_to_their_numbers(void **state)
{
    struct arena *a = arena_new(ARENA_CAP);
    const struct chart_row rows[] = {one("up", 10.0), one("down", -5.0)};
    struct chart_data d = plain(a, rows, 2);
    const struct mark *bar[2] = {NULL, NULL};
    struct scene *s;
    struct error e;
    size_t n = 0;
    (void)state;
    d.for_label = "for";
    d.against_label = "against";
    check_ok(chart_find("contributions")->draw(&d, &s, &e), &e);
    for (const struct mark *m = s->first; m != NULL; m = m->next)
        if (m->kind == MARK_RECT && n < 2)
            bar[n++] = m;
    assert_int_equal(n, 2);
    assert_non_null(text_mark(s, "for"));
    assert_non_null(text_mark(s, "against"));
    assert_int_equal(bar[0]->fill, COLOUR_FOR);
    assert_int_equal(bar[1]->fill, COLOUR_AGAINST);
    check_close(bar[0]->x, bar[1]->x2, 0.0, 1e-9);
    check_close(bar[0]->x2 - bar[0]->x, 2.0 * (bar[1]->x2 - bar[1]->x), 1e-9,
                0.0);
    arena_free(a);
}

static void a_forest_marks_its_rows(void **state)
{
    struct arena *a = arena_new(ARENA_CAP);
    struct chart_row rows[] = {one("Women", 0.97), one("Men", 1.0),
                               one("Few", 0.84)};
    struct scene *s;
    struct error e;
    size_t hollow = 0, dashed = 0;
    (void)state;
    rows[0].text = "0.97";
    rows[0].low = 0.93;
    rows[0].high = 1.01;
    rows[0].n = 4312.0;
    rows[1].reference = true;
    rows[2].marked = true;
    struct chart_data d = plain(a, rows, 3);
    d.reference = 1.0;
    d.limit = 0.8;
    check_ok(chart_find("forest")->draw(&d, &s, &e), &e);
    for (const struct mark *m = s->first; m != NULL; m = m->next) {
        hollow += m->hollow;
        dashed += m->dashed;
    }
    assert_int_equal(count_of(s, MARK_DIAMOND), 1);
    assert_int_equal(count_of(s, MARK_DOT), 2);
    assert_int_equal(hollow, 1);
    assert_int_equal(dashed, 1);
    assert_non_null(text_mark(s, "0.97 (0.930\xe2\x80\x93" "1.010)"));
    assert_non_null(text_mark(s, "4,312"));
    arena_free(a);
}

static void ticks_are_round(void **state)
{
    struct arena *a = arena_new(ARENA_CAP);
    struct chart_row rows[] = {one(NULL, 0.0), one(NULL, 0.5), one(NULL, 1.0)};
    struct chart_data d = plain(a, rows, 3);
    struct scene *s;
    struct error e;
    (void)state;
    d.percent_x = d.percent_y = d.diagonal = true;
    check_ok(chart_find("line")->draw(&d, &s, &e), &e);
    assert_non_null(text_mark(s, "0%"));
    assert_non_null(text_mark(s, "20%"));
    assert_non_null(text_mark(s, "100%"));
    arena_free(a);
}

static void a_swarm_draws_at_most_its_dots(void **state)
{
    enum { CASES = 4000 };
    struct arena *a = arena_new(ARENA_CAP);
    struct chart_row *rows = arena_new_array(a, struct chart_row, CASES);
    struct random r = {3};
    struct scene *s;
    struct error e;
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        rows[i] = one(i % 2 == 0 ? "one" : i == 1 ? "two" : "three",
                      random_unit(&r));
    struct chart_data d = plain(a, rows, CASES);
    check_ok(chart_find("beeswarm")->draw(&d, &s, &e), &e);
    assert_true(count_of(s, MARK_DOT) > 1300);
    assert_true(count_of(s, MARK_DOT) <= 2000);
    arena_free(a);
}

int main(void)
{
    static const char *const folders[] = {"templates"};
    struct error e;
    if (language_open(folders, 1, "en-US", &english, &e) != ST_OK) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_chart_stays_readable),
        cmocka_unit_test(nothing_to_draw_is_said),
        cmocka_unit_test(little_memory_is_an_error),
        cmocka_unit_test(bars_are_true_to_their_numbers),
        cmocka_unit_test(a_forest_marks_its_rows),
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(a_swarm_draws_at_most_its_dots),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    language_free(english);
    return failed;
}
