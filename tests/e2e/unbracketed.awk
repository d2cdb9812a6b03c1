# What stands outside ⟦ and ⟧ in an HTML file of the pseudo-language: one piece a
# line, texts and the attributes that are read aloud or shown. Mind that a
# message may hold elements, so that brackets open and close in other texts.
BEGIN { RS = "<"; depth = 0 }
function put(text, i, c, piece) {
    gsub(/⟦/, "\001", text)
    gsub(/⟧/, "\002", text)
    gsub(/[\n\t]/, " ", text)
    piece = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\001") {
            if (depth++ == 0) { print piece; piece = "" }
        } else if (c == "\002") {
            depth--
        } else if (depth == 0) {
            piece = piece c
        }
    }
    print piece
}
# An alternative text is cut at its longest, and a bracket with it.
function apart(text, outer) {
    outer = depth
    depth = 0
    put(text)
    depth = outer
}
function attribute(tag, name, at, rest) {
    at = index(tag, " " name "=\"")
    if (at == 0) return
    rest = substr(tag, at + length(name) + 3)
    apart(substr(rest, 1, index(rest, "\"") - 1))
}
NR == 1 { next }
{
    end = index($0, ">")
    tag = substr($0, 1, end - 1)
    text = substr($0, end + 1)
    name = tag
    sub(/[ \n].*/, "", name)
    if (name == "style") { next }
    attribute(tag, "alt")
    attribute(tag, "aria-label")
    attribute(tag, "title")
    if (name == "meta" && index(tag, "name=\"viewport\"") == 0)
        attribute(tag, "content")
    if (name == "title") apart(text)
    else if (text ~ /[^ \n]/) put(text)
}
END { if (depth != 0) print "brackets do not close" }
