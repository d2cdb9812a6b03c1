#!/bin/sh
# Times candor against its peers and writes build/bench.json: documents
# (letters.sh), contributions (shapley.sh), a whole table (whole.sh), recourse
# (recourse.sh), errors of black-box estimates (blackbox.sh), PMML models
# (pmml.sh), an ONNX forest (onnx_forest.sh). QUICK=1: a short run. ONLY="shapley" takes some of them.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work"
for part in ${ONLY:-letters shapley whole recourse blackbox pmml onnx_forest}; do
    rm -f "$work/$part.entries"
    QUICK=${QUICK:-0} sh "tests/bench/$part.sh" ||
        echo "bench: $part ended early" >&2
done
for part in letters shapley whole recourse blackbox pmml onnx_forest; do
    [ ! -s "$work/$part.entries" ] || cat "$work/$part.entries"
done | awk 'BEGIN { print "[" } { printf "%s%s", (NR > 1) ? ",\n" : "", $0 }
    END { print "\n]" }' > "$work/bench.json"
mv "$work/bench.json" build/bench.json
echo "bench: build/bench.json"
