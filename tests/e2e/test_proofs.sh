#!/bin/sh
# Proof logs: written by candor, accepted by the checker that shares no code with
# it; damaged ones refused with their line.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
checker=$root/${B:-build/release}/candor-proofcheck
sample=$root/samples/credit

# --- the sample ----------------------------------------------------------------
exits 0 "proofs: of the sample" \
    "$candor" recourse "$sample" --proofs "$work/sample.proof" -j 1
exits 0 "proofs: of the sample, accepted" "$checker" "$sample" "$work/sample.proof"
grep -qE '^accepted: 300 decisions, [0-9]+ plans \([0-9]+ proven smallest\)' \
    "$work/out"
ok $? "proofs: the checker says what it accepted"
"$candor" recourse "$sample" --proofs "$work/two.proof" -j 2 >"$work/out" 2>"$work/said"
cmp "$work/sample.proof" "$work/two.proof" >"$work/said" 2>&1
ok $? "proofs: the same bytes from one and two threads"
mkdir -p "$work/light"
cp "$sample"/*.csv "$sample"/model* "$work/light/"
sed 's|"file": "model.json"|"file": "model-lightgbm.txt"|' "$sample/candor.json" \
    >"$work/light/candor.json"
exits 0 "proofs: of the sample's LightGBM model" \
    "$candor" recourse "$work/light" --proofs "$work/light.proof"
exits 0 "proofs: of the sample's LightGBM model, accepted" \
    "$checker" "$work/light" "$work/light.proof"
exits 1 "proofs: of another model, refused" "$checker" "$work/light" "$work/sample.proof"
says "sample.proof:2: the proofs are of another model file" \
    "proofs: another model, and the line"

# People between the cutoff and a band have met the cutoff; a formula of a
# difference that is nothing, or of an income that nobody knows, has no value.
for change in 's|"most_changes": 3|&, "band": {"low": 660}|' \
    's|"derived": \[|&{"input": "gap", "difference": ["inquiries_12m", "inquiries_6m"]}, {"input": "each", "ratio": ["open_accounts", "gap"]}, |; s|"linear": \[|&{"name": "few", "terms": [{"input": "each"}], "most": 2}, |' \
    's|"key": "income", "input"|"missing_cost": 0.05, &|; s|"most_changes": 3|"most_changes": 6|; s|"plausibility": {[^}]*},||'; do
    sed "$change" "$sample/candor.json" >"$work/light/candor.json"
    "$candor" recourse "$work/light" --proofs "$work/light.proof" \
        >"$work/told" 2>"$work/said"
    jq -s -e 'any(.[]; .status == "cutoff met" and .score < 660) and
        any(.[]; .status == "proven smallest change")' "$work/told" >/dev/null
    ok $? "proofs: rows short of a band, rows with plans"
    exits 0 "proofs: of bands and of formulas without a value, accepted" \
        "$checker" "$work/light" "$work/light.proof"
done

# --- how it is called ------------------------------------------------------------
exits 2 "proofcheck: no arguments" "$checker"
says "usage: candor-proofcheck PROJECT FILE [TABLE]" "proofcheck: usage"
exits 2 "proofcheck: no such project" "$checker" "$work/none" "$work/sample.proof"
exits 2 "proofcheck: no such log" "$checker" "$sample" "$work/none"
says "cannot open" "proofcheck: names the file"
exits 2 "proofcheck: a table that it does not read" \
    "$checker" "$sample" "$work/sample.proof" sqlite:a.db?t
says "CSV tables only" "proofcheck: says which tables it reads"

! grep -h '^#include "' proofcheck/*.[ch] | grep -vE '"(check|read_project)\.h"' \
    >"$work/said"
ok $? "proofcheck: includes nothing but its own"
[ "$(wc -l <proofcheck/check.c)" -le 400 ]
ok $? "proofcheck: the check itself has at most 400 lines"

# --- lenders of random trees ------------------------------------------------------
if command -v python3 >/dev/null; then
    good=0 all=0 pairs=
    for seed in $(seq 0 39); do
        python3 tests/support/proof_projects.py "$work/$seed" "$seed" 2>"$work/said"
        "$candor" recourse "$work/$seed" --proofs "$work/$seed.proof" \
            >"$work/out" 2>"$work/said" || continue
        all=$((all + 1))
        if "$checker" "$work/$seed" "$work/$seed.proof" >"$work/out" 2>>"$work/said"; then
            good=$((good + 1))
            pairs="$pairs $work/$seed $work/$seed.proof"
        else
            echo "seed $seed: $(tail -1 "$work/said")"
        fi
    done
    echo "$good of $all accepted" >"$work/said"
    [ "$good" -eq "$all" ] && [ "$all" -ge 30 ]
    ok $? "proofs: $all lenders of random trees, all accepted"
    # shellcheck disable=SC2086
    python3 tests/support/proof_damage.py "$checker" 1200 1 $pairs \
        >"$work/told" 2>"$work/said"
    ok $? "proofs: damaged logs, every one refused with its line"
    tail -1 "$work/told" >"$work/said"
    grep -q '^refused 1200 of 1200$' "$work/told"
    ok $? "proofs: 1,200 of 1,200"
else
    skip "proofs: lenders of random trees" "no python3"
fi
finish
