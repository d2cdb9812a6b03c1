#!/bin/sh
# A model that can only be asked, through every command: estimates carry their
# error, orders are certain or said not to be, and nothing depends on threads.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
if ! command -v perl >/dev/null; then
    skip "estimates: a black box" "no perl"
    finish
    exit 0
fi
p=$work/p
mkdir "$p"
cp tests/data/black-box/candor.json tests/support/black_box.pl "$p"
head -3000 samples/credit/train.csv >"$p/train.csv"
head -600 samples/credit/test.csv >"$p/test.csv"
head -60 samples/credit/decisions.csv >"$p/decisions.csv"
with() { # NAME SED: the same project, altered
    mkdir "$work/$1"
    cp "$p"/*.csv "$p/black_box.pl" "$work/$1"
    sed "$2" "$p/candor.json" >"$work/$1/candor.json"
}
good() { # FILTER NAME: jq on standard output, all lines
    jq -s -e "$1" "$work/out" >/dev/null
    ok $? "$2"
}

exits 0 "estimates: explain" "$candor" explain "$p" --progress none
cp "$work/out" "$work/lines"
good 'length == 59 and all(.[]; .estimator == "estimate" and
    (.evaluations > 0) and (.reference_rows == 50) and (.population > 50))' \
    "estimates: each line says how it was found"
good 'all(.[]; ([.contributions[] | .value] | add) as $sum |
    (.margin - .base - $sum) | . < 1e-9 and . > -1e-9)' \
    "estimates: contributions add up"
good 'all(.[].contributions[]; .low <= .value and .value <= .high)' \
    "estimates: values lie in their intervals"
good '[.[].contributions[] | .high - .low] | min >= 0 and max > 0.01' \
    "estimates: drawn reference rows widen them"
says "rows asked of the model" "estimates: what was asked is told"
"$candor" explain "$p" --progress none -j 3 2>/dev/null >"$work/out"
differs_not "$work/lines" "$work/out" "estimates: threads do not show"
exits 0 "estimates: as CSV" "$candor" explain "$p" --progress none \
    --format csv --groups factors --until order --limit 3
head -1 "$work/out" | grep -q ',certain,income,income:low,income:high,'
ok $? "estimates: low and high are columns"
exits 0 "estimates: the largest" "$candor" explain "$p" --progress none \
    --top 2 --evaluations 40 --reference A,B --limit 2
good 'length == 4 and all(.[]; .contributions | length == 2)' \
    "estimates: a line a reference"
exits 2 "estimates: no global document" "$candor" explain "$p" --global
says "exact contributions" "estimates: and it says why"

# every reference row taken and every coalition asked: nothing is left to doubt
with whole 's|"documents": {|"estimate": {"reference_rows": 3000}, &|'
exits 0 "estimates: no draw" "$candor" explain "$work/whole" --progress none
good 'all(.[]; .method == "enumeration") and
    ([.[].contributions[] | .high - .low] | max < 1e-9)' \
    "estimates: without a draw every coalition is exact"
good 'all(.[]; .reference_rows == .population)' \
    "estimates: all reference rows are used"

exits 0 "estimates: run" "$candor" run "$p" --progress none --out "$work/o1" -j 1
says "stand in no certain order" "estimates: uncertain orders are counted"
exits 0 "estimates: run again" "$candor" run "$p" --progress none \
    --out "$work/o2" -j 2
differs_not "$work/o1" "$work/o2" "estimates: a run is the same on two threads"
exits 0 "estimates: verify" "$candor" verify "$work/o1"
cp "$work/o1/manifest.json" "$work/out"
good '.[0].contributions | .estimator == "estimate" and .players == "factors"
    and .confidence == 0.95 and .rows_asked > 0 and .order_uncertain > 0' \
    "estimates: the manifest counts them"
find "$work/o1/decisions" -name decision.json -exec cat {} + >"$work/out"
good 'all(.[] | select(.score.used.value);
    (.reasons.estimate | length) == 2 and
    all(.reasons.estimate[]; .confidence.value == 0.95 and
        .evaluations.value > 0 and .rows.value > 0 and .population.value > 0))' \
    "estimates: twins say how each was made"
good '[.[].counted.fact[]?] | length > 0 and all(.[]; .points.ci | length == 2)' \
    "estimates: every contribution in a twin has its interval"
good 'all(.[] | select(.reasons.count.value > 0) | . as $d |
    .reasons.reason[] | select(.kind.value == "factor");
    .shortfall.ci[0] > 0)' "estimates: reasons are surely adverse"
good '[.[] | select(.reasons."order-certain".value | not) |
    select(any(.gate[]?; .id.value == "reason-order-marked") | not)] == []' \
    "estimates: an open order is marked"
grep -l '"reason-order-marked"' -r "$work/o1/decisions" --include decision.json |
    head -1 | xargs dirname >"$work/marked"
grep -q 'stand in no certain order' "$(cat "$work/marked")/notice.en-US.html"
ok $? "estimates: the notice says that its order is not certain"
grep -q '<ol' "$(cat "$work/marked")/notice.en-US.html"
[ $? -eq 1 ]
ok $? "estimates: and numbers nothing"
cp "$work/o1/card/card.json" "$work/out"
good '.[0] | .model.kind.value == "remote" and
    .explainability.estimated.value and
    .explainability.rows.value == 100 and
    all(.explainability.factor[]; ."row-error".value > 0)' \
    "estimates: the card states its sample and its errors"
good '.[0].model | .trees.value == null and .depth == null' \
    "estimates: the card has no facts of trees"

with block 's|"documents": {|"estimate": {"uncertain": "block"}, &|'
exits 1 "estimates: blocked by the project" "$candor" run "$work/block" \
    --progress none --only notice --out "$work/o3"
cp "$work/o3/refused.jsonl" "$work/out"
good 'length > 0 and all(.[]; any(.gates[]; .gate == "reason-order"))' \
    "estimates: the gate says why"

with inputs 's|"documents": {|"estimate": {"players": "inputs"}, &|'
exits 0 "estimates: inputs play" "$candor" run "$work/inputs" --progress none \
    --out "$work/o4"
find "$work/o4/decisions" -name decision.json -exec cat {} + >"$work/out"
good '[.[] | select(.score.used.value) | .used.fact[]] | length > 0 and
    all(.[]; .contribution.ci | length == 2)' \
    "estimates: inputs have intervals too"
cp "$work/o4/card/card.json" "$work/out"
good '.[0].explainability.input | length == 6 and all(.[]; ."row-error".value > 0)' \
    "estimates: the card speaks of inputs"

with none 's|"documents": {|"estimate": {"card_rows": 0}, &|'
exits 0 "estimates: a card without" "$candor" run "$work/none" --progress none \
    --only card --out "$work/o5"
cp "$work/o5/card/card.json" "$work/out"
good '.[0].explainability | .estimator.missing_reason | test("card_rows")' \
    "estimates: it says that they were left out"

with wrong 's|"black_box.pl"\]|"black_box.pl", "nan"]|'
exits 4 "estimates: an answer that is no number" "$candor" score "$work/wrong" \
    --progress none
says 'row 59 (id "HV-' "estimates: it names row and id"
with short 's|"black_box.pl"\]|"black_box.pl", "short"]|'
"$candor" run "$work/short" --progress none --out "$work/o6" >/dev/null \
    2>"$work/said"
[ $? -ne 0 ] && [ ! -e "$work/o6/manifest.json" ]
ok $? "estimates: an answer too few ends the run"
with mixed 's|"black_box.pl"\]|"black_box.pl", "mixed"]|'
exits 4 "estimates: answers in another order" "$candor" run "$work/mixed" \
    --progress none --only notice --out "$work/o8"
says "answers to the same row differ" "estimates: are not taken for contributions"

# exact where it costs no more than the project allows, else said and estimated
exits 0 "network: beyond its price" "$candor" explain samples/network \
    --reference A,B --limit 2 --progress none
cp "$work/out" "$work/priced"
says "estimate.exact_rows (2000000)" "network: the price is told"
good 'length == 4 and all(.[]; .estimator == "estimate" and
    .method == "enumeration" and .reference_rows < .population)' \
    "network: a sample of the reference takes its place"
exits 0 "network: exact on request" "$candor" explain samples/network \
    --reference A,B --limit 2 --progress none --estimator interventional \
    --precision strict
good 'all(.[]; .estimator == "interventional")' "network: and exact it is"
jq -n -e --slurpfile a "$work/priced" --slurpfile b "$work/out" '
    [$b[].games[]] as $g |
    [range(0; $g | length) as $i | $g[$i].contributions | to_entries[] |
     $a[$i].contributions[.key] as $x | .value >= $x.low - 1e-12 and
     .value <= $x.high + 1e-12] |
    (map(select(.)) | length) >= 0.8 * length and length == 32' >/dev/null
ok $? "network: intervals hold the exact values"
exits 0 "network: one population is within it" "$candor" explain \
    samples/network --limit 2 --progress none
good 'all(.[]; .estimator == "interventional")' "network: and stays exact"

# only the scores are known
"$candor" score "$p" --progress none --format csv >"$work/scores"
scored() { # TABLE: with the model's own scores in a column
    "$candor" score "$p" --progress none --data "$p/$1.csv" --format csv |
        cut -d, -f4 | sed '1s/.*/own_score/' |
        paste -d, "$p/$1.csv" - >"$work/scores/$1.csv"
}
rm "$work/scores"
mkdir "$work/scores"
for table in train test decisions; do scored $table; done
sed 's|"command": \[[^]]*\]|"score_column": "own_score"|' "$p/candor.json" \
    >"$work/scores/candor.json"
exits 1 "scores: declined decisions are refused" "$candor" run "$work/scores" \
    --progress none --out "$work/o7"
cp "$work/o7/refused.jsonl" "$work/out"
good 'length > 0 and all(.[]; any(.gates[]; .gate == "scores-only"))' \
    "scores: because nothing tells what they rest on"
cp "$work/o7/card/card.json" "$work/out"
good '.[0] | .model.kind.value == "scores" and (.summary.auc.value > 0.5) and
    (.explainability.estimator.missing_reason | test("only the scores"))' \
    "scores: the card measures without contributions"
cp "$work/o7/card/card.json" "$work/a"
jq '.summary.auc.value' "$work/o1/card/card.json" >"$work/b"
jq '.summary.auc.value' "$work/a" | cmp -s - "$work/b"
ok $? "scores: measures are those of the model itself"
"$candor" score "$p" --progress none --limit 9 | jq -c '[.id, .score, .decision]' \
    >"$work/a"
"$candor" score "$work/scores" --progress none --limit 9 |
    jq -c '[.id, .score, .decision]' | cmp -s - "$work/a" && [ -s "$work/a" ]
ok $? "scores: candor score tells them with their decisions"
exits 3 "scores: nothing to explain" "$candor" explain "$work/scores"
says "only the scores" "scores: and it says so"
finish
