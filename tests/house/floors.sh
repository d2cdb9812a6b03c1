#!/bin/sh
# Compares every #include of src with src/FLOORS: a room sees its own headers
# and those of lower floors; cli sees api/candor.h alone; an outside library is
# seen by the room that owns it. `floors.sh [FOLDER]` checks another src.
cd "$(dirname "$0")/../.." || exit 5
src=${1:-src}
find "$src" -name '*.[ch]' | LC_ALL=C sort | xargs grep -Hn '^ *# *include' /dev/null |
awk -v src="$src" -v floors="$src/FLOORS" '
BEGIN {
    while ((getline line < floors) > 0) {
        if (line ~ /^#/ || split(line, word, " ") < 2) continue
        floor[word[2]] = word[1]
    }
    # header prefix → rooms that may include it
    owner["libxml/"] = "document syntax"
    owner["hpdf"] = "render"
    owner["hb"] = "render"
    owner["libdeflate"] = "render"
    owner["unicode/"] = "language"
    owner["gsl/"] = "kernel"
    owner["cJSON"] = "syntax project"
    owner["sqlite3"] = "table batch"
    owner["openssl/"] = "base"
    owner["curl/"] = "remote"
    owner["pthread"] = "base language remote batch"
    bad = 0
}
function complain(what) {
    print where ": " what
    bad = 1
}
{
    n = index($0, ":#"); if (n == 0) n = match($0, /: *#/)
    where = substr($0, 1, n - 1)
    path = where; sub(/:[0-9]+$/, "", path)
    rest = substr(path, length(src) + 2)
    room = rest; sub(/\/.*/, "", room)
    if (!match($0, /[<"][^>"]*[>"]/)) next
    quote = substr($0, RSTART, 1)
    name = substr($0, RSTART + 1, RLENGTH - 2)
    if (!(room in floor)) { complain("room " room " is not in FLOORS"); next }
    if (quote == "<") {
        for (p in owner)
            if (index(name, p) == 1 && index(" " owner[p] " ", " " room " ") == 0)
                complain("<" name "> belongs to " owner[p] ", not to " room)
        next
    }
    if (index(name, "/") == 0) { complain("\"" name "\" without its room"); next }
    other = name; sub(/\/.*/, "", other)
    if (room == "cli" && other != "cli" && name != "api/candor.h")
        complain("cli may see api/candor.h alone, not " name)
    else if (!(other in floor))
        complain("room " other " is not in FLOORS")
    else if (other != room && floor[other] + 0 >= floor[room] + 0)
        complain(room " on floor " floor[room] " may not see " name " on floor " floor[other])
}
END { exit bad }'
