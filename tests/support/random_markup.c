#include "support/random_markup.h"

unsigned markup_below(uint64_t *seed, unsigned n)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(*seed >> 33) % n;
}

void random_words(uint64_t *seed, struct buf *b, unsigned most)
{
    static const char *const some[] = {
        "a", "of", "income", "balances", "12,000", "95\xe2\x80\xaf%",
        "utilisation_of_revolving_accounts_in_the_last_12_months",
        "Wiedereingliederungsmassnahmenverordnung", "Nguy\xe1\xbb\x85n",
        "\xe7\x8e\x8b\xe5\xb0\x8f\xe6\x98\x8e\xe7\x9a\x84\xe7\x94\xb3\xe8\xaf\xb7",
        "self-employed", "https://example.org/a/very/long/path/to/a/page",
        "<strong>bold</strong>", "<small>small</small>",
        "<a href='#x'>a link</a>", "<br/>", "<span class='status'>a status</span>"};
    unsigned n = 1 + markup_below(seed, most);
    for (unsigned i = 0; i < n; i++) {
        buf_puts(b, some[markup_below(seed, sizeof some / sizeof some[0])]);
        if (markup_below(seed, 8) != 0)
            buf_putc(b, ' ');
    }
}

static void random_table(uint64_t *seed, struct buf *b)
{
    unsigned columns = 1 + markup_below(seed, 9), rows = 1 + markup_below(seed, 30);
    buf_puts(b, "<table><thead><tr>");
    for (unsigned c = 0; c < columns; c++) {
        buf_puts(b, "<th>");
        random_words(seed, b, 3);
        buf_puts(b, "</th>");
    }
    buf_puts(b, "</tr></thead><tbody>");
    for (unsigned r = 0; r < rows; r++) {
        buf_puts(b, "<tr>");
        for (unsigned c = 0; c < columns; c++) {
            buf_puts(b, c % 2 == 1 ? "<td class='num'>" : "<td>");
            random_words(seed, b, 4);
            buf_puts(b, "</td>");
        }
        buf_puts(b, "</tr>");
    }
    buf_puts(b, "</tbody></table>");
}

void random_block(uint64_t *seed, struct buf *b, int depth)
{
    static const char *const open[] = {"<p>", "<h1>", "<h2>", "<p class='lead'>",
                                       "<ol class='ranked'><li>", "<ul><li>",
                                       "<div class='panel'><p>",
                                       "<p class='right'>"};
    static const char *const close[] = {"</p>", "</h1>", "</h2>", "</p>",
                                        "</li></ol>", "</li></ul>",
                                        "</p></div>", "</p>"};
    unsigned kind = markup_below(seed, 11);
    if (kind < 8) {
        buf_puts(b, open[kind]);
        random_words(seed, b, kind < 4 ? 90 : 40);
        buf_puts(b, close[kind]);
    } else if (kind == 8) {
        random_table(seed, b);
    } else {
        unsigned n = 1 + markup_below(seed, 6);
        buf_puts(b, kind == 9 ? "<div class='columns'>" : "<div class='tiles'>");
        for (unsigned i = 0; i < n; i++) {
            buf_puts(b, kind == 9 ? "<div class='column'>"
                                  : "<div class='tile'>");
            if (depth < 1)
                random_block(seed, b, depth + 1);
            buf_puts(b, "<p>");
            random_words(seed, b, 12);
            buf_puts(b, "</p></div>");
        }
        buf_puts(b, "</div>");
    }
}
