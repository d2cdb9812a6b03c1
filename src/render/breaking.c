#include "render/breaking.h"

#include <math.h>

static double cost_of(double w, double m, double penalty, bool last, bool only)
{
    double cost = BREAK_LINE;
    if (w > m + 1e-6)
        return cost + BREAK_OVERFULL * (1.0 + (w - m) / m);
    if (!last) {
        double slack = (m - w) / m;
        return cost + 10000.0 * slack * slack + penalty;
    }
    double least = 0.2 * m;
    if (!only && w < least)
        cost += BREAK_SHORT_LAST * (1.0 - w / least);
    return cost;
}

double break_line_cost(const struct break_item *items, size_t n, size_t from,
                       size_t to, double measure)
{
    double w = 0.0;
    for (size_t i = from; i < to; i++)
        w += items[i].width + (i + 1 < to ? items[i].space : 0.0);
    bool last = to == n || items[to - 1].penalty <= BREAK_FORCED;
    return cost_of(w, measure, items[to - 1].penalty, last, from == 0);
}

/* The best line that ends after item `i`. Nodes 0 … count-1 are the breaks so
 * far, nodes[k].from the first item after each, nodes[k].start its place. */
static void best_line(const struct break_item *items, size_t n, size_t i,
                      double end, double measure, struct break_node *nodes,
                      size_t count, size_t floor)
{
    double penalty = items[i].penalty;
    bool last = i + 1 == n || penalty <= BREAK_FORCED;
    struct break_node *node = &nodes[count];
    node->cost = (double)INFINITY;
    for (size_t k = count; k-- > floor;) {
        double w = end - nodes[k].start;
        if (w > measure + 1e-6 && node->cost < (double)INFINITY)
            break;
        double cost = nodes[k].cost +
                      cost_of(w, measure, penalty, last, nodes[k].from == 0);
        if (cost <= node->cost) {
            node->cost = cost;
            node->previous = (uint32_t)k;
        }
    }
    node->from = (uint32_t)(i + 1);
    node->start = end + items[i].space;
}

size_t break_lines(const struct break_item *items, size_t n, double measure,
                   struct break_node *nodes, uint32_t *ends)
{
    if (n == 0)
        return 0;
    size_t count = 1, floor = 0;
    nodes[0] = (struct break_node){0.0, 0.0, 0, 0};
    double at = 0.0;
    for (size_t i = 0; i < n; i++) {
        double end = at + items[i].width;
        if (i + 1 == n || items[i].penalty < BREAK_NEVER) {
            best_line(items, n, i, end, measure, nodes, count, floor);
            if (items[i].penalty <= BREAK_FORCED)
                floor = count;
            count++;
        }
        at = end + items[i].space;
    }
    size_t lines = 0;
    for (size_t k = count - 1; k > 0; k = nodes[k].previous)
        lines++;
    size_t line = lines;
    for (size_t k = count - 1; k > 0; k = nodes[k].previous)
        ends[--line] = nodes[k].from;
    return lines;
}
