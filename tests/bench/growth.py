#!/usr/bin/env python3
"""Draws how time grows: growth.py FIGURES.json PICTURE.svg, from growth.json
(contributions) or recourse_growth.json. Panels on doubly logarithmic axes, each
with the line that "linear" would be through its last point; what stays below that
line to the left of it grows faster than linear.
"""
import json
import math
import sys

WIDE, HIGH, LEFT, TOP = 340, 230, 62, 34
PANELS = [
    ("rows", "rows of a call (500 trees of depth 6)", "seconds",
     lambda n, rate: n / rate),
    ("trees", "trees of depth 6", "microseconds a row",
     lambda n, rate: 1e6 / rate),
    ("background", "background rows (100 trees of depth 6)",
     "microseconds a row", lambda n, rate: 1e6 / rate),
    ("tables", "background rows (100 trees of depth 6)",
     "seconds to make tables", lambda n, seconds: seconds),
    ("recourse_trees", "trees of depth 6 (12 levers, at most 3 changes)",
     "milliseconds a row", lambda n, ms: ms),
    ("recourse_levers", "levers of a lender (500 trees, at most 3 changes)",
     "milliseconds a row", lambda n, ms: ms),
    ("recourse_any", "inputs both ways (500 trees, at most 3 changes)",
     "milliseconds a row", lambda n, ms: ms),
    ("recourse_changes", "most changes (500 trees, 12 levers)",
     "milliseconds a row", lambda n, ms: ms),
]


def decades(values):
    """Powers of ten around the values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def number(k):
    return ("%d" % 10 ** k) if 0 <= k <= 6 else ("%g" % 10 ** k)


def drawn(x0, y0, name, across, up, points):
    out = ['<g transform="translate(%d %d)">' % (x0, y0)]
    w, h = WIDE - LEFT - 28, HIGH - TOP - 44
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    xl, xh = decades(xs)
    yl, yh = decades(ys)

    def at(x, y):
        return (LEFT + w * (math.log10(x) - xl) / (xh - xl),
                TOP + h - h * (math.log10(y) - yl) / (yh - yl))

    out.append('<text x="%d" y="18" class="title">%s</text>' % (LEFT, up))
    for k in range(xl, xh + 1):
        x = at(10.0 ** k, 10.0 ** yl)[0]
        out.append('<path class="grid" d="M%.1f %dV%d"/>' % (x, TOP, TOP + h))
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>'
                   % (x, TOP + h + 15, number(k)))
    for k in range(yl, yh + 1):
        y = at(10.0 ** xl, 10.0 ** k)[1]
        out.append('<path class="grid" d="M%d %.1fH%d"/>' % (LEFT, y, LEFT + w))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%s</text>'
                   % (LEFT - 6, y + 4, number(k)))
    out.append('<text x="%d" y="%d" text-anchor="middle">%s</text>'
               % (LEFT + w / 2, TOP + h + 33, across))
    # Linear growth through the last point, inside the frame.
    slope = ys[-1] / xs[-1]
    first = max(10.0 ** xl, 10.0 ** yl / slope)
    a, b = at(first, slope * first), at(xs[-1], ys[-1])
    out.append('<path class="linear" d="M%.1f %.1fL%.1f %.1f"/>' % (a + b))
    dots = [at(x, y) for x, y in points]
    out.append('<path class="line" d="M%s"/>' % "L".join("%.1f %.1f" % d for d in dots))
    out.extend('<circle cx="%.1f" cy="%.1f" r="3"/>' % d for d in dots)
    out.append("</g>")
    return out


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    panels = [(panel, [(n, panel[3](n, value)) for n, value in data[panel[0]] if value])
              for panel in PANELS if panel[0] in data]
    panels = [(panel, points) for panel, points in panels if len(points) > 1]
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" '
           'aria-label="How time grows">' % (2 * WIDE, (len(panels) + 1) // 2 * HIGH),
           "<style>text{font:11px sans-serif;fill:#333}.title{font-size:12px;"
           "font-weight:bold}.grid{stroke:#ddd;fill:none}.line{stroke:#1f5fa8;"
           "stroke-width:2;fill:none}.linear{stroke:#999;stroke-dasharray:4 4;"
           "fill:none}circle{fill:#1f5fa8}</style>",
           '<rect width="%d" height="%d" fill="#fff"/>'
           % (2 * WIDE, (len(panels) + 1) // 2 * HIGH)]
    for i, ((name, across, up, _), points) in enumerate(panels):
        out += drawn(i % 2 * WIDE, i // 2 * HIGH, name, across, up, points)
    out.append("</svg>")
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(out) + "\n")


main()
