/* Quantities that are computed from others. */
#include "base/num.h"
#include "recourse/grids.h"

bool formulas_order(const struct recourse_problem *p, size_t *order, size_t *at)
{
    bool done[RECOURSE_FORMULAS_MAX] = {false};
    size_t n = 0;

    for (bool again = true; again && n < p->formulas;) {
        again = false;
        for (size_t k = 0; k < p->formulas; k++) {
            const struct recourse_formula *f = &p->formula[k];
            bool waits = false;
            for (size_t j = 0; j < p->formulas; j++)
                waits |= !done[j] && (p->formula[j].quantity == f->a ||
                                      p->formula[j].quantity == f->b);
            if (done[k])
                continue;
            if (waits) {
                *at = k;
                continue;
            }
            done[k] = again = true;
            order[n++] = k;
        }
    }
    return n == p->formulas;
}

static double rounded_text(double x, int decimals)
{
    char text[NUM_TEXT_MAX * 9];
    double back;
    size_t n = num_fixed(x, decimals, text);

    return num_parse(text, n, &back) ? back + 0.0 : x;
}

/* What x reads back to from so many printed decimals. Whole steps over a power
 * of ten, both exact, is the double nearest to that decimal; only near a tie
 * could the product's own rounding decide, and there the text does. */
static double rounded(double x, int decimals)
{
    static const double power[] = {1,   1e1, 1e2, 1e3, 1e4,
                                   1e5, 1e6, 1e7, 1e8, 1e9};

    if (decimals < 0 || !isfinite(x))
        return x;
    double steps = x * power[decimals];
    if (!(fabs(steps) < 0x1p40))
        return rounded_text(x, decimals);
    double whole = nearbyint(steps);
    if (fabs(fabs(steps - whole) - 0.5) < 1e-3)
        return rounded_text(x, decimals);
    return whole / power[decimals] + 0.0;
}

bool formula_fills(const struct recourse_problem *p,
                   const struct recourse_formula *f)
{
    return f->quantity >= p->score[0].model->features;
}

double formula_value(const struct recourse_formula *f, double a, double b)
{
    double v = NAN;

    switch (f->op) {
    case RECOURSE_SUM:
        v = a + b;
        break;
    case RECOURSE_DIFFERENCE:
        v = a - b;
        break;
    case RECOURSE_PRODUCT:
        v = a * b;
        break;
    case RECOURSE_RATIO:
        v = b == 0 ? (double)NAN : a / b;
        break;
    }
    v *= f->factor;
    return isfinite(v) ? rounded(v, f->decimals) : (double)NAN;
}

static void hull(double *out, double v)
{
    out[0] = fmin(out[0], v);
    out[1] = fmax(out[1], v);
}

/* a × b, or a / b, at the four corners; the operations are monotone in each
 * operand, and so is their rounding. */
static void corners(enum recourse_operator op, const double a[2],
                    const double b[2], double out[2])
{
    out[0] = INFINITY;
    out[1] = -INFINITY;
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
            double v = op == RECOURSE_PRODUCT ? a[i] * b[j] : a[i] / b[j];
            if (isnan(v)) { /* 0 × ∞ or ∞ / ∞ of unbounded operands */
                out[0] = -INFINITY;
                out[1] = INFINITY;
                return;
            }
            hull(out, v);
        }
    }
}

static void ratio(const double a[2], const double b[2], double out[2])
{
    if (b[0] == 0 && b[1] == 0) {
        out[0] = out[1] = NAN;
    } else if (b[0] > 0 || b[1] < 0) {
        corners(RECOURSE_RATIO, a, b, out);
    } else if (b[0] < 0 && b[1] > 0) {
        out[0] = -INFINITY;
        out[1] = INFINITY;
    } else { /* zero is one end: beside it the quotient has no limit */
        double far = b[0] == 0 ? b[1] : b[0];
        double grows = b[0] == 0 ? (double)INFINITY : -(double)INFINITY;
        out[0] = INFINITY;
        out[1] = -INFINITY;
        for (int i = 0; i < 2; i++) {
            hull(out, isfinite(a[i]) ? a[i] / far : a[i] * far);
            hull(out, a[i] == 0 ? 0 : a[i] * grows);
        }
    }
}

void formula_range(const struct recourse_formula *f, const double a[2],
                   const double b[2], double out[2])
{
    if (isnan(a[0]) || isnan(b[0])) {
        out[0] = out[1] = NAN;
        return;
    }
    switch (f->op) {
    case RECOURSE_SUM:
        out[0] = a[0] + b[0];
        out[1] = a[1] + b[1];
        break;
    case RECOURSE_DIFFERENCE:
        out[0] = a[0] - b[1];
        out[1] = a[1] - b[0];
        break;
    case RECOURSE_PRODUCT:
        corners(f->op, a, b, out);
        break;
    case RECOURSE_RATIO:
        ratio(a, b, out);
        break;
    }
    if (isnan(out[0]) && f->op == RECOURSE_RATIO)
        return;
    double x = out[0] * f->factor, y = out[1] * f->factor;
    bool unknown = isnan(x) || isnan(y);
    out[0] = unknown ? -(double)INFINITY : rounded(fmin(x, y), f->decimals);
    out[1] = unknown ? (double)INFINITY : rounded(fmax(x, y), f->decimals);
    if (out[0] == out[1] && !isfinite(out[0]))
        out[0] = out[1] = NAN; /* overflow: no point has it */
}
