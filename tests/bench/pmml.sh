#!/bin/sh
# Rows a second of one core of PMML models: boosted trees, a network, a logistic
# pipeline of words. Those of the shared data where it is, else small ones of the
# tests. Writes build/bench/pmml.entries.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work"
: > "$work/pmml.entries"
data=${CANDOR_TEST_DATA:-../shared/data}
rows=100000
[ "${QUICK:-0}" = 1 ] && rows=20000
program=build/release/tests/bench/predict
${MAKE:-make} --no-print-directory MODE=release "$program"

# line NAME FILE OTHERWISE
line() {
    file=$data/models/$2/model.pmml
    [ -f "$file" ] || {
        echo "bench: no $2, so $1 takes $3" >&2
        file=tests/data/pmml/$3.pmml
    }
    set -- "$1" $("$program" "$file" "$rows")
    printf '{"name": "%s", "candor": %s, "peer": null, "peer_version": null, "unit": "rows a second of one core", "ratio": null}\n' \
        "$1" "$2" >> "$work/pmml.entries"
    echo "bench: $1: $2 rows a second, read in $3 s" >&2
}
line "pmml predict" sk_taiwan_gradient_boosting network_softmax
line "pmml predict network" sk_boston_network network_tanh
line "pmml predict logistic" sk_german_logistic open_words
