/* document/chart_draw.h: what the drawers share: a canvas that knows where its
 * texts stand, wrapping, ticks at 1, 2, 5 x 10^n, the frame of a plot, rows of
 * labels beside bars. Nothing here fails at once: a canvas keeps its first lack
 * of memory until canvas_close. Lengths in points, y grows downwards. */
#ifndef CANDOR_DOCUMENT_CHART_DRAW_H
#define CANDOR_DOCUMENT_CHART_DRAW_H

#include "document/chart.h"

#include <math.h>

#define CHART_NONE ((double)NAN)
#define HAIRLINE 0.5
#define LEADING 1.3    /* of the text size */
#define ASCENT 0.8     /* of the text size, above the baseline */
#define DESCENT 0.22   /* below it */
#define MIDDLE 0.35    /* baseline below the middle of a line */

enum { TICKS_MAX = 16, SERIES_MAX = 64, CHART_GROUPS = 6 };

struct box {
    double x0, y0, x1, y1;
};

struct canvas {
    const struct chart_data *d;
    struct scene *scene;
    struct arena *arena;
    double width;
    double size, small;  /* text of labels and of ticks */
    double most;         /* largest |value|, for numbers that nobody printed */
    bool failed, capped; /* no memory; because of the arena's cap */
    struct mark spare;   /* what is drawn after memory ran out */
    struct box *boxes;   /* of every text drawn so far */
    size_t box_count, box_room;
    double *avoid;       /* drawn paths, a NaN pair between two */
    size_t avoid_count, avoid_room;
};

/* A text broken into lines. */
struct lines {
    const char **text;
    size_t count;
    double width;        /* of the widest */
};

/* BUG without an arena or a width; DATA when no row has a number that `of`
 * yields (of NULL: not asked). */
MUST_USE status canvas_open(struct canvas *c, const struct chart_data *d,
                            double (*of)(const struct chart_row *),
                            struct error *e);
MUST_USE status canvas_close(struct canvas *c, double height,
                             struct scene **out, struct error *e);
void canvas_lost(struct canvas *c); /* after an allocation that failed */
MUST_USE status canvas_failed(const struct canvas *c, struct error *e);
void *canvas_array(struct canvas *c, size_t count, size_t size);

/* A number fit to plot: NaN and infinities are NaN, |x| is 0 or 1e-290…1e290. */
double plotted(double x);
double row_value(const struct chart_row *r);
double row_x(const struct chart_row *r);
double row_y(const struct chart_row *r); /* y, else value */

/* --- marks ---------------------------------------------------------------- */

struct mark *draw_line(struct canvas *c, double x, double y, double x2,
                       double y2, enum scene_colour ink, double width);
void draw_rect(struct canvas *c, double x, double y, double x2, double y2,
               enum scene_colour fill);
void draw_dot(struct canvas *c, double x, double y, double radius,
              enum scene_colour fill, bool hollow);
void draw_diamond(struct canvas *c, double x, double y, double radius,
                  enum scene_colour fill);
/* PATH (stroked) or AREA (filled); the points are kept. */
struct mark *draw_points(struct canvas *c, enum mark_kind kind,
                         const double *xy, size_t count, enum scene_colour ink,
                         double width);
/* A small triangle that points left or right; (x, y) is the middle of its
 * left edge's box. */
void draw_arrow(struct canvas *c, double x, double y, bool left,
                enum scene_colour ink);

/* --- text ----------------------------------------------------------------- */

struct ink {
    double size;
    enum scene_colour colour;
    bool bold;
    enum mark_anchor anchor;
};
double wide_of(const struct canvas *c, const char *text, double size,
               bool bold);
void draw_text(struct canvas *c, double x, double y, const char *text,
               struct ink k);
/* Width of the widest word. */
double word_width(struct canvas *c, const char *text, double size, bool bold);
/* Breaks at blanks; a word wider than `width` breaks between letters. An empty
 * or NULL text has no lines. */
struct lines wrap(struct canvas *c, const char *text, double size, bool bold,
                  double width);
/* The first baseline is at y. */
void draw_lines(struct canvas *c, double x, double y, const struct lines *l,
                struct ink k);
/* Places a label near a point of radius r, inside `in`, clear of every text and
 * (if it can be) of the paths told to keep_clear_of; farther places get a leader line. The
 * anchor is a wish: MIDDLE tries above the point first. False: no room, nothing
 * drawn. */
void keep_clear_of(struct canvas *c, const double *xy, size_t count);
bool place_label(struct canvas *c, double x, double y, double r,
                 const char *text, struct ink k, struct box in);

/* --- numbers -------------------------------------------------------------- */

struct range {
    double lo, hi; /* NaN: empty */
};
void range_add(struct range *r, double x);

struct scale {
    double lo, hi, from, to;
};
double at(const struct scale *s, double x); /* held inside from…to */

struct ticks {
    double at[TICKS_MAX];
    size_t count;
    double step;
};
/* Ticks inside lo…hi at 1, 2 or 5 x 10^n, at most `most` of them (2…15). A range
 * without extent is widened first. */
struct ticks nice_ticks(struct range *r, int most);
/* The same after growing the range to whole ticks. */
struct ticks whole_ticks(struct range *r, int most);
const char *tick_text(struct canvas *c, const struct ticks *t, size_t i,
                      bool percent);
/* Three significant digits of the largest value. */
const char *number_text(struct canvas *c, double x);
double ticks_width(struct canvas *c, const struct ticks *t, bool percent);

/* --- the frame of a plot -------------------------------------------------- */

struct frame {
    struct range x, y;    /* what to cover */
    bool whole_x;         /* grow x to whole ticks too */
    double top, height;   /* where the frame begins; height of the plot */
    double left_margin;   /* kept at least, */
    double right_margin;  /* for labels beside the plot */
    double over;          /* kept between y title and plot, */
    double under;         /* between plot and tick labels */
    struct scale sx, sy;  /* filled in, as is the rest */
    struct box plot;
    double bottom;        /* below the axis title */
};
void draw_frame(struct canvas *c, struct frame *f);
/* Ticks, labels and title of a horizontal axis below `bottom`, hairlines from
 * `top`; the number of ticks falls until their labels stand apart. Returns the
 * y below the title. `s` grows to whole ticks when whole. */
double draw_axis_x(struct canvas *c, struct scale *s, double top,
                   double bottom, bool whole, bool hairlines);
/* Points of a plot for width w: not much wider than high. */
double plot_height(const struct canvas *c);
enum scene_colour series_colour(size_t i, size_t of);
/* Names of the series in order of first use (NULL is one of them); the rows of
 * any beyond SERIES_MAX are not drawn. */
size_t series_of(const struct chart_data *d, const char *names[SERIES_MAX]);
bool in_series(const struct chart_row *r, const char *name);

/* Names of the lines of a chart_line beside the plot; none for one series. */
struct ends {
    struct lines label[SERIES_MAX];
    double end_x[SERIES_MAX], want[SERIES_MAX]; /* where each line ends */
    double total, width; /* of the labels */
};
void measure_ends(struct canvas *c, struct ends *l, const char *const *names,
                  size_t count);
void draw_ends(struct canvas *c, const struct frame *f, const struct ends *l,
               size_t count);
/* Dashed, where both scales have the same numbers. */
void draw_diagonal(struct canvas *c, const struct frame *f);
void label_diagonal(struct canvas *c, const struct frame *f);

/* --- rows of labels ------------------------------------------------------- */

/* Labels in a column (and notes in a second), or above their bar when the
 * figure is too narrow for both. */
struct rows {
    struct lines *label, *note;
    double label_width, note_x, note_width;
    double plot_x;      /* where bars may begin */
    double pitch, bar;  /* least height of a row; of what stands beside it */
    bool above;
    size_t count;
};
/* share: of the figure, for labels; narrow: in text sizes, a figure below it has
 * its labels above. */
void rows_layout(struct canvas *c, struct rows *r, double share, double narrow,
                 bool notes);
#define NARROW 24.0
double rows_height(const struct canvas *c, const struct rows *r, size_t i);
/* Middle of the bar of a row that begins at y; rows_draw draws label and note
 * too. */
double rows_middle(const struct canvas *c, const struct rows *r, size_t i,
                   double y);
double rows_draw(struct canvas *c, const struct rows *r, size_t i, double y);
/* An upright line over all rows from `top`; only beside the bars where labels
 * stand above them. */
void rows_upright(struct canvas *c, const struct rows *r, double x, double top,
                  enum scene_colour ink, bool dashed);
/* A word over an upright line at x, wrapped and held inside the figure. */
double head_height(struct canvas *c, const char *text);
void draw_head_at(struct canvas *c, double x, double y, const char *text);

/* Bars from one axis, each with its text at its outer end. */
struct bars {
    double x0, x1;               /* the room there is */
    double left_head, right_head; /* widths to keep beside the axis */
    double axis, unit;           /* filled in: x of zero, points for `most` */
    double most;                 /* largest |value| or bound */
    double size;                 /* of the texts: smaller when they must be */
};
const char *row_text(struct canvas *c, const struct chart_row *r);
void bars_fit(struct canvas *c, struct bars *b);
double bars_at(const struct bars *b, double x);
void bars_text(struct canvas *c, const struct bars *b,
               const struct chart_row *r, double y);

/* importance and shares: bars from zero with texts, and an axis if asked. */
MUST_USE status plain_bars(const struct chart_data *d, bool axis,
                           struct scene **out, struct error *e);

/* --- the kinds ------------------------------------------------------------ */

status chart_contributions(const struct chart_data *d, struct scene **out,
                           struct error *e);
status chart_waterfall(const struct chart_data *d, struct scene **out,
                       struct error *e);
status chart_importance(const struct chart_data *d, struct scene **out,
                        struct error *e);
status chart_line(const struct chart_data *d, struct scene **out,
                  struct error *e);
status chart_calibration(const struct chart_data *d, struct scene **out,
                         struct error *e);
status chart_distribution(const struct chart_data *d, struct scene **out,
                          struct error *e);
status chart_multiples(const struct chart_data *d, struct scene **out,
                       struct error *e);
status chart_forest(const struct chart_data *d, struct scene **out,
                    struct error *e);
status chart_shares(const struct chart_data *d, struct scene **out,
                    struct error *e);
status chart_beeswarm(const struct chart_data *d, struct scene **out,
                      struct error *e);

#endif
