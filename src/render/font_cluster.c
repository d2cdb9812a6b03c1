/* render/font_cluster.c: runs of characters, and what their glyphs mean. */
#include "render/font_internal.h"

size_t cut_runs(const struct run_char *c, size_t n, struct run *runs)
{
    size_t count = 0;
    for (size_t i = 0; i < n; count++) {
        size_t from = i++;
        while (i < n && c[i].face == c[from].face &&
               c[i].level == c[from].level && c[i].script == c[from].script)
            i++;
        runs[count] = (struct run){from, i};
    }
    return count;
}

/* L2: from the highest level down, sequences of that level or more reverse. */
void order_runs(const struct run_char *c, struct run *runs, size_t n)
{
    uint8_t high = 0;
    for (size_t i = 0; i < n; i++)
        if (c[runs[i].from].level > high)
            high = c[runs[i].from].level;
    for (uint8_t level = high; level > 0; level--)
        for (size_t i = 0; i < n; i++) {
            size_t end = i;
            while (end < n && c[runs[end].from].level >= level)
                end++;
            for (size_t a = i, b = end; a + 1 < b;) {
                struct run swap = runs[a];
                runs[a++] = runs[--b];
                runs[b] = swap;
            }
            if (end > i)
                i = end;
        }
}

/* Says which character each glyph of a cluster stands for; false when glyphs
 * alone cannot tell. first … last: glyphs in reading order. */
static bool read_cluster(hb_font_t *font, struct glyph **glyphs, size_t count,
                         const struct run_char *c, size_t chars)
{
    uint32_t shown[8];
    size_t n = 0;
    for (size_t i = 0; i < chars; i++)
        if (!c[i].ignorable) {
            if (n == sizeof shown / sizeof shown[0])
                return count == 1;
            shown[n++] = c[i].point;
        }
    if (count == 1) {
        glyphs[0]->point = n == 1 ? shown[0] : 0;
        return true;
    }
    if (count != n)
        return false;
    for (size_t i = 1; i < n; i++) {
        hb_codepoint_t id = 0;
        if (!hb_font_get_nominal_glyph(font, shown[i], &id) ||
            id != glyphs[i]->id)
            return false;
    }
    for (size_t i = 0; i < n; i++)
        glyphs[i]->point = shown[i];
    return true;
}

/* Walks the clusters of a shaped run. True: some cluster is complex. */
bool read_clusters(hb_font_t *font, struct glyph *g, size_t n, bool rtl,
                          const struct run_char *chars, const struct run *run)
{
    bool complex = false;
    size_t at = run->from;
    for (size_t i = 0; i < n;) {
        struct glyph *cluster[16];
        size_t count = 0, used = 0;
        struct glyph *first = rtl ? &g[n - 1 - i] : &g[i];
        for (; i + used < n; used++) {
            struct glyph *next = rtl ? &g[n - 1 - i - used] : &g[i + used];
            if (next->cluster != first->cluster)
                break;
            if (count < sizeof cluster / sizeof cluster[0])
                cluster[count++] = next;
        }
        i += used;
        uint32_t end = i == n ? chars[run->to].offset
                       : rtl ? g[n - 1 - i].cluster : g[i].cluster;
        size_t from = at;
        while (at < run->to && chars[at].offset < end)
            at++;
        if (used != count ||
            !read_cluster(font, cluster, count, chars + from, at - from))
            complex = true;
    }
    return complex;
}
