# page_text FILE.html, page_text_pdf FILE.pdf FILE.html: the text of a document,
# white space removed, without what only one of the two forms has: pages'
# furniture, and numbers of ordered lists, which style sheets draw.

html_lines() { # FILE: one line of text a block, tags gone
    tr '\n' ' ' <"$1" | sed -e 's/.*<body>//' -e 's/<\/body>.*//' \
        -e 's/<svg.*<\/svg>//' -e 's/<footer>.*<\/footer>//' |
    awk 'BEGIN { RS = "<" } {
        tag = $0; sub(/[ >].*/, "", tag)
        text = $0; sub(/^[^>]*>/, "", text)
        if (NR == 1) { tag = ""; text = $0 }
        if (tag == "ol") { ordered = 1; item = 0 }
        if (tag == "/ol") ordered = 0
        if (tag == "li" && ordered) printf "%d", ++item
        if (tag == "li" && !ordered) printf "•"
        printf "%s", text
    }' |
    sed -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&quot;/"/g' -e "s/&#39;/'/g" \
        -e 's/&amp;/\&/g'
}
page_text() {
    html_lines "$1" | tr -d ' \n\t'
}
page_text_pdf() {
    foot=$(sed -n 's/.*<footer><p>\(.*\)<\/p><\/footer>.*/\1/p' "$2")
    pdftotext -raw "$1" - | tr -d '\f' |
        awk -v foot="$foot" '/^Page [0-9]+ of [0-9]+$/ || $0 == foot { next }
            { print }' | tr -d ' \n\t'
}
