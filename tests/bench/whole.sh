#!/bin/sh
# A CSV of 1,000,000 rows of 50 inputs, 500 trees of depth 6 → the first four
# reasons of each row by methods A and B, by the clock, on all cores. A short run
# takes 100,000 rows and says so. Writes build/bench/whole.entries.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
python=$work/peers/bin/python
model=d6-500
rows=1000000 name="end-to-end 1m" rounds=5
[ "${QUICK:-0}" = 1 ] && rows=100000 name="end-to-end 1m by 100k" rounds=3
: > "$work/whole.entries"

if [ ! -s "$work/models/$model.json" ]; then
    echo "bench: no $model, so $name is skipped" >&2
    exit 0
fi
"$python" tests/bench/whole.py make "$work" "$model" "$rows"
peer=yes
"$python" -c "import pandas, xgboost" 2> /dev/null || {
    peer=
    echo "bench: no pandas with xgboost, so $name has no peer" >&2
}

# measure COMMAND...: seconds by the clock and the most memory in kB
measure() {
    "$python" -c 'import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[1:])
spent = time.perf_counter() - start
print("%.6g" % spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)' "$@"
}

# middle FILE FIELD: the median
middle() {
    awk -v f="$2" '{ print $f }' "$1" | sort -g |
        awk '{ x[NR] = $1 } END { print NR % 2 ? x[(NR + 1) / 2] : (x[NR / 2] + x[NR / 2 + 1]) / 2 }'
}

ours=$work/whole.ours theirs=$work/whole.theirs
rm -f "$ours" "$theirs"
i=0
while [ $i -lt $rounds ]; do
    i=$((i + 1))
    echo "bench: end to end, round $i of $rounds" >&2
    measure build/candor explain "$work/whole" \
        --data "$work/whole/rows-$rows.csv" --reasons 4 --format csv --quiet \
        --out "$work/whole/reasons.csv" >> "$ours" || {
        echo "bench: candor explain failed, so $name is skipped" >&2
        exit 0
    }
    [ -z "$peer" ] ||
        "$python" tests/bench/whole.py peer "$work" "$model" "$rows" >> "$theirs"
done

# entry NAME CANDOR PEER VERSION UNIT
entry() {
    ratio=null
    [ "$3" = null ] || ratio=$(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.2f", a / b }')
    printf '{"name": "%s", "candor": %s, "peer": %s, "peer_version": %s, "unit": "%s", "ratio": %s}\n' \
        "$1" "$2" "$3" "$4" "$5" "$ratio" >> "$work/whole.entries"
    echo "bench: $1: $2 $5, ratio $ratio" >&2
}

seconds=$(middle "$ours" 1)
rate=$(awk -v s="$seconds" -v n="$rows" 'BEGIN { printf "%.6g", n / s }')
other=null version=null
if [ -s "$theirs" ]; then
    other=$(middle "$theirs" 1)
    version="\"$(sed -n '1s/^[^ ]* //p' "$theirs")\""
fi
entry "$name" "$rate" "$other" "$version" "rows a second of all cores by the clock"
entry "$name seconds" "$seconds" null null "seconds for $rows rows"
entry "$name memory" "$(middle "$ours" 2)" null null "kB at most"
