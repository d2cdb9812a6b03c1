#include "language/inside.h"

/* One look-alike for each letter; every one is in the text fonts. */
static const char *const small[26] = {
    "á", "ƀ", "ç", "ď", "é", "ƒ", "ğ", "ĥ", "í", "ĵ", "ķ", "ł", "ɱ",
    "ñ", "ó", "þ", "ǫ", "ř", "š", "ţ", "ú", "ṽ", "ŵ", "ẋ", "ý", "ž"};
static const char *const large[26] = {
    "Á", "Ɓ", "Ç", "Ď", "É", "Ƒ", "Ğ", "Ĥ", "Í", "Ĵ", "Ķ", "Ł", "Ṁ",
    "Ñ", "Ó", "Þ", "Ǫ", "Ř", "Š", "Ţ", "Ú", "Ṽ", "Ŵ", "Ẋ", "Ý", "Ž"};

void pseudo_text(const char *text, size_t length, struct buf *out)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c >= 'a' && c <= 'z')
            buf_puts(out, small[c - 'a']);
        else if (c >= 'A' && c <= 'Z')
            buf_puts(out, large[c - 'A']);
        else
            buf_putc(out, c);
    }
}
