/* The sheet of style.h as CSS, put together by the preprocessor. One unit, --u,
 * is a point on paper and the same share of the reader's own text size on a
 * screen; so every size below is the number the PDF uses. */
#include "render/style.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define KEEP_true  "break-after:avoid;"
#define KEEP_false ""

/* --- tokens -------------------------------------------------------------- */

#define LENGTHS_CSS                                                            \
    ":root{" LENGTH_LIST(LENGTH_CSS) "--n:calc(var(--l-BODY)*var(--u))}"
#define LENGTH_CSS(name, points) "--" #name ":calc(" #points "*var(--u));"

#define LIGHT_CSS(name, light, dark) "--" #name ":#" #light ";"
#define DARK_CSS(name, light, dark)  "--" #name ":#" #dark ";"

#define LETTER_CSS(name, a, b, c, d, e, f) "--s-" #name ":" #a ";--l-" #name ":" #b ";"
#define CARD_CSS(name, a, b, c, d, e, f)   "--s-" #name ":" #c ";--l-" #name ":" #d ";"
#define LARGE_CSS(name, a, b, c, d, e, f)  "--s-" #name ":" #e ";--l-" #name ":" #f ";"

/* --- rows of the style list ------------------------------------------------ */

#define SIZE_CSS(size)                                                         \
    "font-size:calc(var(--s-" #size ")*var(--u));"                             \
    "line-height:calc(var(--l-" #size ")/var(--s-" #size "));"
#define ROW_CSS(within, kind, class, size, weight, colour, before, after, keep) \
    #within " " #kind class "{" SIZE_CSS(size) "font-weight:" #weight          \
    ";color:var(--" #colour ");margin:calc(" #before "*var(--n)) 0 calc("      \
    #after "*var(--n));" KEEP_##keep "}",

#define FILL_CSS(name, light, dark)                                            \
    ".F-" #name "{fill:var(--" #name ")}.S-" #name "{stroke:var(--" #name ")}"

static const char base[] =
    "*{box-sizing:border-box}"
    "html{background:var(--GROUND);color:var(--INK);-webkit-text-size-adjust:100%}"
    "body{margin:0 auto;max-width:calc(500*var(--u));"
    "padding:calc(20*var(--u)) max(1rem,calc(12*var(--u)));"
    "font-family:'Noto Sans',system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;"
    "overflow-wrap:break-word}"
    "main>:first-child,header>:first-child,td>:first-child,li>:first-child,"
    ".column>:first-child,.panel>:first-child,.scroll>*{margin-top:0}"
    "td>:last-child,li>:last-child,.column>:last-child,.tile>:last-child,"
    ".panel>:last-child{margin-bottom:0}"
    "a{color:var(--ACCENT);text-underline-offset:.15em}"
    "a:focus-visible,.scroll:focus-visible{outline:2px solid var(--ACCENT);"
    "outline-offset:2px}"
    "small{font-size:.85em}.num{font-variant-numeric:tabular-nums}"
    "span.muted{color:var(--MUTED)}.mark{color:var(--MARK)!important}"
    "span.accent{color:var(--ACCENT)}span.for{color:var(--FOR)}"
    "span.against{color:var(--AGAINST)}.nowrap{white-space:nowrap}"
    ".help{color:var(--FOR);text-decoration:underline solid 1.5px}"
    ".hurt{color:var(--AGAINST);text-decoration:underline dashed 1.5px}"
    ".open{text-decoration:underline double 1px}.strong{font-weight:700}"
    ".help,.hurt,.open{text-underline-offset:.2em}.sign{font-weight:700}"
    ".spoken{position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip-path:inset(50%);white-space:nowrap}"
    "a[href^='tel:']{white-space:nowrap}"
    ".status{display:inline-block;font-size:.78em;font-weight:700;line-height:1.5;"
    "color:var(--ACCENT);border:1px solid;border-radius:2px;padding:0 .4em}"
    "h1,h2,h3{text-wrap:balance}p,li{text-wrap:pretty}"
    ".kicker+*{margin-top:0!important}p.right{text-align:end}"
    "hr{border:0;border-top:1px solid var(--RULE)}";

static const char groups[] =
    ".sides{display:flex;flex-wrap:wrap;gap:.5rem var(--GUTTER);"
    "justify-content:space-between}.sides>div:last-child{text-align:end}"
    ".address p{margin:0}.address{margin-bottom:calc(1.4*var(--n))}"
    ".columns,.tiles{display:grid;gap:calc(.6*var(--n)) var(--GUTTER);"
    "grid-template-columns:repeat(auto-fit,minmax(min(100%,calc(118*var(--u))),1fr))}"
    ".columns>*,.tiles>*{min-width:0}"
    ".column>figure{margin:calc(.4*var(--n)) 0}"
    ".tile{border-top:max(1px,var(--TILE_RULE)) solid var(--INK);"
    "padding-top:calc(5*var(--u))}"
    ".tile>P{" SIZE_CSS(SMALL) "color:var(--MUTED);margin:0;font-weight:400}"
    ".tile>P:first-child{" SIZE_CSS(VALUE) "color:var(--INK);font-weight:700}"
    "BODY DIV.panel{background:var(--PANEL);"
    "border-inline-start:var(--PANEL_BAR) solid var(--ACCENT);"
    "padding:calc(.8*var(--PANEL_PAD)) var(--PANEL_PAD)}"
    "ul,ol{padding-inline-start:calc(1.2*var(--LIST_INDENT))}"
    "ol.ranked{list-style:none;padding:0;counter-reset:r;"
    "border-top:1px solid var(--RULE)}"
    "ol.ranked>li{counter-increment:r;position:relative;margin:0!important;"
    "padding:var(--RANK_PAD) 0 var(--RANK_PAD) var(--RANK_INDENT);"
    "border-bottom:1px solid var(--RULE)}"
    "ol.ranked>li::before{content:counter(r);position:absolute;"
    "inset-inline-start:0;color:var(--ACCENT);font-weight:700}"
    "nav ol{list-style:none;padding:0}nav li li{padding-inline-start:1.2em}"
    "nav .k{display:inline-block;min-width:21em;color:var(--MUTED);"
    "font-size:calc(var(--s-SMALL)*var(--u))}"
    "BODY nav LI{margin:0}nav a{display:block;padding:.2em 0;text-decoration:none;"
    "color:inherit}nav a:hover{text-decoration:underline}"
    "footer{border-top:1px solid var(--RULE);margin-top:calc(2*var(--n));"
    "padding-top:.5em}footer p{" SIZE_CSS(FOOT) "color:var(--MUTED);margin:0}";

static const char tables[] =
    "table{border-collapse:collapse;width:100%}"
    "BODY TH,BODY TD{vertical-align:top;text-align:start;"
    "padding:var(--ROW_PAD) 0 var(--ROW_PAD) var(--CELL_GAP)}"
    "tr>:first-child{padding-inline-start:0!important}"
    "tbody tr{border-bottom:1px solid var(--RULE)}"
    "table.long tbody tr{border-bottom:0}"
    "table.long tbody tr:nth-child(5n),table.long tbody tr:last-child"
    "{border-bottom:1px solid var(--RULE)}"
    "thead{border-bottom:max(1px,var(--HEAD_RULE)) solid var(--INK)}"
    "table.plain thead,table.facts thead{border:0}"
    "BODY tbody TH{font-weight:400}BODY table.facts TH{color:var(--MUTED)}"
    "caption{text-align:start}"
    "BODY TH.num,BODY TD.num{text-align:end;"
    "font-variant-numeric:tabular-nums}"
    "TD.num{white-space:nowrap}td.bar{width:42%;min-width:6rem}"
    "td.bar>i{display:block;height:var(--BAR_HEIGHT);background:var(--ACCENT);"
    "margin-top:.35em;min-width:1px;print-color-adjust:exact}"
    "dl{display:grid;grid-template-columns:minmax(6rem,30%) 1fr}"
    "BODY DT,BODY DD{padding:var(--ROW_PAD) 0;margin:0;"
    "border-bottom:1px solid var(--RULE)}BODY DT{padding-inline-end:var(--CELL_GAP)}"
    "dd{grid-column:2}"
    ".scroll{overflow-x:auto;max-width:100%}"
    "figure svg{display:block;max-width:100%;height:auto}"
    "svg text{font-family:inherit;stroke:none}.b{font-weight:700}"
    ".F-NONE{fill:none}.S-NONE{stroke:none}.m{text-anchor:middle}"
    ".e{text-anchor:end}.d{stroke-dasharray:3 2.4}";

static const char narrow[] =
    "@media(max-width:30em){dl{display:block}BODY DT{border:0;padding-bottom:0}"
    "BODY DD{padding-top:0}table.facts,table.facts tbody,table.facts tr,"
    "table.facts th,table.facts td{display:block}"
    "BODY table.facts TH,BODY table.facts TD{padding-inline-start:0}"
    "BODY table.facts TH{padding-bottom:0}BODY table.facts TD{padding-top:0}"
    ".sides{display:block}.sides>div:last-child,"
    "header p.right{text-align:start}nav .k{display:block}"
    "BODY HEADER H1{font-size:calc(min(22,var(--s-DISPLAY))*var(--u))}}";

static const char print[] =
    "@media print{:root{--u:1pt}body{max-width:none;padding:0}"
    "BODY DIV.panel{background:none;border:1px solid var(--RULE);"
    "border-inline-start:var(--PANEL_BAR) solid var(--ACCENT)}"
    "section.page{break-before:page}.keep,.panel,figure,tr,.columns,.tiles,li"
    "{break-inside:avoid}p,li{orphans:2;widows:2}.scroll{overflow:visible}"
    "a[href^=http]::after{content:' (' attr(href) ')'}"
    ".tiles{grid-auto-flow:column;grid-template-columns:none;"
    "grid-auto-columns:1fr}}";

size_t style_css(enum style_variant v, const char *const **parts)
{
#define HEAD                                                                   \
    ":root{color-scheme:light dark;" COLOUR_LIST(LIGHT_CSS) "}"                \
    "@media screen and (prefers-color-scheme:dark){:root{"                     \
    COLOUR_LIST(DARK_CSS) "}}@page{margin:20mm 24mm 22mm}" LENGTHS_CSS,        \
        base, STYLE_LIST(ROW_CSS) groups, tables,                              \
        COLOUR_LIST(FILL_CSS) "", narrow, print
    static const char *const letter[] = {
        ":root{--u:calc(1rem/10.5);" SIZE_LIST(LETTER_CSS) "}", HEAD};
    static const char *const card[] = {
        ":root{--u:calc(1rem/10);" SIZE_LIST(CARD_CSS) "}", HEAD};
    static const char *const large[] = {
        ":root{--u:calc(1rem/12);" SIZE_LIST(LARGE_CSS) "}", HEAD};
#undef HEAD
    static const char *const *const sheets[VARIANTS] = {
        [VARIANT_LETTER] = letter,
        [VARIANT_CARD] = card,
        [VARIANT_LARGE] = large,
    };
    *parts = sheets[v];
    return COUNT(letter);
}

const char *style_colour_name(enum scene_colour c)
{
    static const char *const names[COLOUR_COUNT] = {
        [COLOUR_NONE] = "NONE",
#define X(name, light, dark) [COLOUR_##name] = #name,
        COLOUR_LIST(X)
#undef X
    };
    return names[c];
}
