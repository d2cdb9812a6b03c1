/* document/chart_draw.h: what the drawers share: marks, measured text, ticks,
 * the frame of a plot. A canvas keeps the first failure. */
#ifndef CANDOR_DOCUMENT_CHART_DRAW_H
#define CANDOR_DOCUMENT_CHART_DRAW_H

#include "document/chart.h"

#include <math.h>

#define NUMBER_NONE ((double)NAN)

enum { TICKS_MAX = 12, LINES_MAX = 4, SERIES_MAX = 6, BOXES_MAX = 64 };
#define LABEL_SIZE 8.5
#define TICK_SIZE 8.0
#define LINE_STEP 11.0

struct box {
    double x0, y0, x1, y1;
};

struct canvas {
    const struct chart_data *d;
    struct scene *scene;
    struct error *e;
    status failed;
    struct box boxes[BOXES_MAX]; /* of labels that others must keep clear of */
    size_t box_count;
    size_t left_out;
};

status canvas_open(struct canvas *c, const struct chart_data *d, double height,
                   struct error *e);
double text_of(const struct canvas *c, const char *text, double size, bool bold);
void draw_text(struct canvas *c, double x, double y, const char *text,
               double size, enum scene_colour ink, bool bold,
               enum mark_anchor anchor);
void draw_line(struct canvas *c, double x, double y, double x2, double y2,
               enum scene_colour ink, double width, bool dashed);
void draw_rect(struct canvas *c, double x, double y, double x2, double y2,
               enum scene_colour fill);
void draw_dot(struct canvas *c, double x, double y, double radius,
              enum scene_colour fill, bool hollow);
void draw_diamond(struct canvas *c, double x, double y, double radius,
                  enum scene_colour fill);
/* kind PATH or AREA; the points are kept. */
void draw_points(struct canvas *c, enum mark_kind kind, const double *xy,
                 size_t count, enum scene_colour ink, double width, bool dashed);
double *new_points(struct canvas *c, size_t count);

/* Text broken at blanks into lines of at most `width`; one word longer than
 * that is a line of its own, smaller. Returns the number of lines. */
size_t break_text(struct canvas *c, const char *text, double size, double width,
                  const char *lines[LINES_MAX]);
/* The size at which a text fits. */
double fit_size(const struct canvas *c, const char *text, double size,
                bool bold, double width);

/* Places a label near (x, y), inside the scene and clear of all placed ones,
 * trying right, left, above, below; false (and counted) when there is no room. */
bool place_label(struct canvas *c, double x, double y, const char *text,
                 double size, enum scene_colour ink);
void keep_clear(struct canvas *c, double x0, double y0, double x1, double y1);

/* Ticks at 1, 2, 5 x 10^n covering the range; *lo and *hi grow to ticks. */
struct ticks {
    double at[TICKS_MAX];
    size_t count;
    int decimals;
};
struct ticks nice_ticks(double *lo, double *hi, int about);
const char *tick_text(struct canvas *c, double x, int decimals, bool percent);
const char *number_text(struct canvas *c, double x);

struct frame {
    double left, top, right, bottom; /* of the plot */
    double x_lo, x_hi, y_lo, y_hi;
    struct ticks x, y;
};
double at_x(const struct frame *f, double x);
double at_y(const struct frame *f, double y);
/* Axes with ticks, hairlines at y ticks, and titles. Fills the margins of f
 * from the texts; f's ranges must be set. */
void draw_frame(struct canvas *c, struct frame *f, double right_margin,
                double bottom_extra);
enum scene_colour series_colour(size_t i);
/* Names of the series in order of first use; at most SERIES_MAX. */
size_t series_of(const struct chart_data *d, const char *names[SERIES_MAX]);
/* A column of labels at the left: its width, at most `share` of the figure. */
double label_column(struct canvas *c, double share);
void draw_label(struct canvas *c, const char *label, double y, double width);
double label_height(struct canvas *c, const char *label, double width);

status chart_contributions(const struct chart_data *d, struct scene **out, struct error *e);
status chart_waterfall(const struct chart_data *d, struct scene **out, struct error *e);
status chart_importance(const struct chart_data *d, struct scene **out, struct error *e);
status chart_line(const struct chart_data *d, struct scene **out, struct error *e);
status chart_calibration(const struct chart_data *d, struct scene **out, struct error *e);
status chart_distribution(const struct chart_data *d, struct scene **out, struct error *e);
status chart_multiples(const struct chart_data *d, struct scene **out, struct error *e);
status chart_forest(const struct chart_data *d, struct scene **out, struct error *e);
status chart_shares(const struct chart_data *d, struct scene **out, struct error *e);
status chart_beeswarm(const struct chart_data *d, struct scene **out, struct error *e);

#endif
