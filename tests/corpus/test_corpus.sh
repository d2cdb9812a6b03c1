#!/bin/sh
# The corpus of every fuzz target and 300 mutations of each file, without a
# fuzzer, in at most a minute a target. MUTATIONS=N asks for more.
cd "$(dirname "$0")/../.." || exit 5
B=${B:-build/release}
n=0
said=$(mktemp) || exit 5
trap 'rm -f "$said"' EXIT
for source in tests/fuzz/fuzz_*.c; do
    target=$(basename "$source" .c)
    target=${target#fuzz_}
    n=$((n + 1))
    set -- tests/fuzz/corpus/"$target"/*
    if [ ! -f "$1" ]; then
        echo "not ok $n - corpus: $target has no files in tests/fuzz/corpus"
    elif [ ! -x "$B/tests/fuzz/replay_$target" ]; then
        echo "not ok $n - corpus: $target was not built"
    elif timeout 60 "$B/tests/fuzz/replay_$target" -mutate \
        "${MUTATIONS:-300}" 7 "$@" >"$said" 2>&1; then
        echo "ok $n - corpus: $target, $(tail -1 "$said")"
    else
        echo "not ok $n - corpus: $target ended with status $?"
        tail -20 "$said" | sed 's/^/# /'
    fi
done
echo "1..$n"
