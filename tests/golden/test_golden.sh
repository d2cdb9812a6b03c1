#!/bin/sh
# What people see, kept beside the command that made it: tests/golden/cases/NAME
# holds `cmd` (run in the checkout, $OUT is a fresh folder) and `expected`, its
# standard output and error together, warnings included. `make accept` rewrites
# `expected`; read the diff before you commit it.
cd "$(dirname "$0")/../.." || exit 5
CANDOR=$PWD/${B:-build/release}/candor
export CANDOR
n=0
for case in tests/golden/cases/*/; do
    name=$(basename "$case")
    OUT=$PWD/build/golden/$name
    rm -rf "$OUT"
    mkdir -p "$OUT"
    export OUT
    sh "$case/cmd" >"$OUT.said" 2>&1
    sed "s|$PWD/||g" "$OUT.said" >"$OUT.now"
    n=$((n + 1))
    if [ "${ACCEPT:-0}" = 1 ]; then
        cp "$OUT.now" "$case/expected"
    fi
    if cmp -s "$OUT.now" "$case/expected"; then
        echo "ok $n - golden: $name"
    else
        echo "not ok $n - golden: $name"
        diff "$case/expected" "$OUT.now" | head -20 | sed 's/^/# /'
    fi
done
echo "1..$n"
