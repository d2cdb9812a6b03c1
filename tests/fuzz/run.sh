#!/bin/sh
# Every fuzz target under libFuzzer with sanitizers, RUNS inputs each (10,000
# unless told), from its corpus. One TAP line a target, then the count.
cd "$(dirname "$0")/../.." || exit 5
B=${B:-build/fuzz}
RUNS=${RUNS:-10000}
n=0
failed=0
work=$(mktemp -d) || exit 5
trap 'rm -rf "$work"' EXIT
for source in tests/fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    target=${name#fuzz_}
    corpus=tests/fuzz/corpus/$target
    n=$((n + 1))
    mkdir -p "$work/$target" "$corpus" build/fuzz-findings
    if "$B/tests/fuzz/$name" -runs="$RUNS" -max_len=65536 -timeout=10 \
        -rss_limit_mb=2048 -seed=1 -artifact_prefix="build/fuzz-findings/$target-" \
        "$work/$target" "$corpus" >"$work/said" 2>&1; then
        echo "ok $n - fuzz: $target, $RUNS runs"
    else
        failed=$((failed + 1))
        echo "not ok $n - fuzz: $target; see build/fuzz-findings"
        tail -40 "$work/said" | sed 's/^/# /'
    fi
done
echo "1..$n"
echo "$((n - failed)) passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$n" -gt 0 ]
