#!/bin/sh
# Rows a second of one core: candor's own evaluation of an ONNX forest of 100
# trees, and ONNX Runtime's with one thread on the same rows in the same run. Their
# scores are compared first. Writes build/bench/onnx_forest.entries. QUICK=1: fewer rows.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work"

. tests/bench/houses.sh

rows=50000
[ "${QUICK:-0}" = 1 ] && rows=10000
: > "$work/onnx_forest.entries"
new=$(newest) || new=
if [ -z "$new" ] || ! house peers-onnx "$new" || ! have peers-onnx numpy numpy ||
    ! have peers-onnx onnx onnx || ! have peers-onnx onnxruntime onnxruntime; then
    say "no ONNX Runtime for a python3 with venv and pip: its forest is not timed"
    exit 0
fi
python=$work/peers-onnx/bin/python
"$python" tests/bench/onnx_forest.py make "$work" "$rows"
program=build/release/tests/bench/predict
${MAKE:-make} --no-print-directory MODE=release "$program"
set -- $("$program" "$work/forest.onnx" "$rows" "$work/forest.rows" "$work/forest.own") \
    $("$python" tests/bench/onnx_forest.py time "$work")
"$python" -c "import sys, numpy
own, peer = (numpy.fromfile(f, '<f8') for f in sys.argv[1:])
apart = abs(own - peer).max() / abs(peer).max()
print(f'bench: onnx forest predict: largest difference {apart:.1e} of the largest score', file=sys.stderr)
sys.exit(not apart < 1e-6)" "$work/forest.own" "$work/forest.peer"
ratio=$(echo "$1 $3" | awk '{ printf "%.3g", $1 / $2 }')
printf '{"name": "onnx forest predict onnxruntime", "candor": %s, "peer": %s, "peer_version": "%s", "unit": "rows a second of one core", "ratio": %s}\n' \
    "$1" "$3" "$4" "$ratio" >> "$work/onnx_forest.entries"
say "onnx forest predict onnxruntime: $1 against $3 rows a second, $ratio times"
