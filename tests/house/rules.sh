#!/bin/sh
# Habits a machine can check, in every source file: at most 500 lines, no words
# of unfinished work, no control characters or tabs, no banned calls, no path of
# one machine. `rules.sh [FOLDER]…` checks other folders.
cd "$(dirname "$0")/../.." || exit 5
[ $# -gt 0 ] || set -- src proofcheck tests templates samples docs Makefile README.md .ci
bad=0
say() {
    printf '%s\n' "$1"
    bad=1
}
list=$(mktemp) || exit 5
trap 'rm -f "$list"' EXIT
for top in "$@"; do
    [ -e "$top" ] || continue
    find "$top" -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.py' \
        -o -name '*.md' -o -name '*.xhtml' -o -name Makefile -o -name FLOORS \
        -o -path '.ci/*' \) ! -path 'tests/house/*' ! -path '*/corpus/*'
done | LC_ALL=C sort >"$list"

# look PATTERN WHAT SUFFIXES: a hit is a fault
look() {
    hits=$(grep -E "$3" "$list" | tr '\n' '\0' |
        LC_ALL=C xargs -0 -r grep -HnE "$1" /dev/null | head -20)
    [ -z "$hits" ] || say "$hits
  ^ $2"
}

while read -r file; do
    case $file in
    *.[ch])
        lines=$(wc -l <"$file")
        [ "$lines" -le 500 ] || say "$file: $lines lines, at most 500"
        ;;
    esac
done <"$list"

all='.'
code='\.[ch]$'
look '\b(TODO|FIXME|XXX|HACK|WIP|TBD)\b' 'unfinished work' "$all"
look '\b([Ss]tub(bed)?|[Pp]laceholder|[Ff]or now|[Nn]ot (yet )?implemented)\b' \
    'unfinished work in words' "$code"
look '/(home|root|farm|work)/[A-Za-z0-9_.]' 'a path of one machine' "$all"
look '	' 'a tab' "$code"
look '[ 	]+$' 'blanks at the end of a line' "$code"
look '(^|[^_a-z])(sprintf|strcpy|strcat|gets|strtok|atoi|atof|system)[ ]*\(' \
    'a banned call' '^src/.*\.[ch]$|planted'
look '(^|[^_a-z])(setlocale|srand|rand|time|clock|exit|abort)[ ]*\(' \
    'a call that ends the process or makes output vary' \
    '^src/(base|syntax|io|kernel|language|table|model|formats|shapley|recourse|measure|project|reasons|facts|document|render)/|planted'

hits=$(tr '\n' '\0' <"$list" | LC_ALL=C xargs -0 -r grep -lP \
    '[\x00-\x08\x0b-\x1f\x7f]' /dev/null)
[ -z "$hits" ] || say "$hits
  ^ control bytes"
exit $bad
