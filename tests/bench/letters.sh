#!/bin/sh
# Times candor's documents against peers, all on one core and interleaved, and
# writes the medians to build/bench/letters.entries, one JSON object a line.
# QUICK=1: short rounds. A peer that cannot be had is named and skipped.
set -eu
cd "$(dirname "$0")/../.."
rounds=5
seconds=1
[ "${QUICK:-0}" = 1 ] && seconds=0.2
work=build/bench
venv=$work/venv
notice=build/release/tests/bench/notice
pin=
command -v taskset > /dev/null && pin="taskset -c 0"
mkdir -p "$work"
rm -rf "$work"/*.rounds "$work/files"
${MAKE:-make} --no-print-directory MODE=release "$notice"

# have PEER REQUIREMENT: installed below build/ when pip is there
have() {
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" > "$work/venv.log" 2>&1 || {
        echo "bench: no python3 with venv and pip, so $1 is skipped"
        return 1
    }
    "$venv/bin/python" -c "import $1" 2> /dev/null ||
        "$venv/bin/python" -m pip install -q "$2" > "$work/pip.log" 2>&1 || {
        echo "bench: pip cannot install $2, so $1 is skipped"
        return 1
    }
}

# round NAME COMMAND…: one line "rate bytes made version" to NAME's rounds
round() {
    name=$1
    shift
    $pin "$@" >> "$work/$name.rounds"
}

# median NAME FIELD
median() {
    awk -v f="$2" '{ print $f }' "$work/$1.rounds" | sort -g |
        awk '{ x[NR] = $1 } END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
}

# entry NAME OURS PEER UNIT: one object; PEER - where there is none
entry() {
    ours=$(median "$2" 1)
    bytes=$(median "$2" 2)
    peer=null version=null ratio=null peer_bytes=null
    if [ "$3" != - ] && [ -s "$work/$3.rounds" ]; then
        peer=$(median "$3" 1)
        peer_bytes=$(median "$3" 2)
        version="\"$3 $(awk 'NR == 1 { print $4 }' "$work/$3.rounds")\""
        ratio=$(awk -v a="$ours" -v b="$peer" 'BEGIN { printf "%.2f", a / b }')
    fi
    printf '{"name": "%s", "candor": %s, "peer": %s, "peer_version": %s, "unit": "%s", "ratio": %s, "bytes": %s, "peer_bytes": %s, "rounds": %s}\n' \
        "$1" "$ours" "$peer" "$version" "$4" "$ratio" "$bytes" "$peer_bytes" "$rounds"
    printf '%-22s %10s  peer %10s  ratio %6s  bytes %s, peer %s\n' "$1" "$ours" "$peer" "$ratio" "$bytes" "$peer_bytes" >&2
}

peers=
have typst 'typst>=0.15,<0.16' && peers="$peers typst"
have jinja2 'jinja2>=3.1,<3.2' && peers="$peers jinja2"
$notice twins > "$work/twins.json"
$notice page > "$work/page.html"
letter() {
    "$venv/bin/python" tests/bench/letter.py "$@" "$work/twins.json" "$work/page.html"
}
for peer in $peers; do
    letter words "$peer" | while read -r same all; do
        echo "bench: $peer's letter says $same of the $all words of ours"
    done
done

i=0
while [ $i -lt $rounds ]; do
    i=$((i + 1))
    echo "bench: round $i of $rounds" >&2
    for task in pdf attached html whole; do
        round "$task" "$notice" "$task" "$seconds"
    done
    round files "$notice" files "$seconds" "$work/files"
    rm -rf "$work/files"
    for peer in $peers; do
        round "$peer" "$venv/bin/python" tests/bench/letter.py "$peer" "$seconds" \
            "$work/twins.json" "$work/page.html"
    done
done

{
    entry "notice pdf typst" pdf typst "letters a second of one core"
    entry "notice pdf with twin" attached - "letters a second of one core"
    entry "notice html jinja2" html jinja2 "letters a second of one core"
    entry "decision whole" whole - "decisions a second of one core"
    entry "decision whole files" files - "decisions a second by the wall clock"
} > "$work/letters.entries"
