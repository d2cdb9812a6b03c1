/* The tables of what may stand where. */
#include "document/compile.h"

#include <string.h>

static const struct {
    enum node_kind kind;
    const char *classes;
} class_table[] = {
    {NODE_SECTION, "page keep"},
    {NODE_DIV, "panel columns column tiles tile address keep"},
    {NODE_P, "lead small muted law figure-note kicker right sender"},
    {NODE_OL, "ranked"},
    {NODE_TABLE, "plain facts"},
    {NODE_TH, "num"},
    {NODE_TD, "num bar"},
    {NODE_NAV, "contents"},
    {NODE_SPAN, "muted mark accent status num nowrap for against help hurt open sign spoken strong"},
};

bool class_allowed(enum node_kind k, const char *word, size_t length)
{
    for (size_t i = 0; i < sizeof class_table / sizeof *class_table; i++) {
        if (class_table[i].kind != k)
            continue;
        for (const char *p = class_table[i].classes; *p != '\0';) {
            size_t n = strcspn(p, " ");
            if (n == length && memcmp(p, word, n) == 0)
                return true;
            p += n + (p[n] == ' ');
        }
    }
    return false;
}

bool holds_text(enum node_kind k)
{
    switch (k) {
    case NODE_BODY:
    case NODE_HEADER:
    case NODE_SECTION:
    case NODE_DIV:
    case NODE_UL:
    case NODE_OL:
    case NODE_DL:
    case NODE_TABLE:
    case NODE_THEAD:
    case NODE_TBODY:
    case NODE_TR:
    case NODE_FIGURE:
    case NODE_NAV:
    case NODE_HR:
    case NODE_BR:
        return false;
    default:
        return true;
    }
}

bool holds(enum node_kind parent, enum node_kind child)
{
    bool flow = child == NODE_HEADER || child == NODE_SECTION ||
                child == NODE_DIV || child == NODE_H1 || child == NODE_H2 ||
                child == NODE_H3 || child == NODE_P || child == NODE_UL ||
                child == NODE_OL || child == NODE_DL || child == NODE_TABLE ||
                child == NODE_FIGURE || child == NODE_NAV || child == NODE_HR;
    switch (parent) {
    case NODE_BODY:
    case NODE_HEADER:
    case NODE_SECTION:
    case NODE_DIV:
        return flow;
    case NODE_UL:
    case NODE_OL:
        return child == NODE_LI;
    case NODE_DL:
        return child == NODE_DT || child == NODE_DD;
    case NODE_TABLE:
        return child == NODE_CAPTION || child == NODE_THEAD || child == NODE_TBODY;
    case NODE_THEAD:
    case NODE_TBODY:
        return child == NODE_TR;
    case NODE_TR:
        return child == NODE_TH || child == NODE_TD;
    case NODE_FIGURE:
        return child == NODE_FIGCAPTION;
    case NODE_LI:
    case NODE_DD:
    case NODE_TD:
        return flow || !doc_is_block(child);
    case NODE_NAV:
    case NODE_HR:
    case NODE_BR:
    case NODE_TEXT:
        return false;
    default:
        return !doc_is_block(child);
    }
}
