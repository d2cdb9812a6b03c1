#!/bin/sh
# Variants of the notice that are set for a whole project: the right to reasons
# (form C-5), a lender's own score disclosed, no score disclosed.
cd "$(dirname "$0")/../.." || exit 5
candor=$PWD/${B:-build/release}/candor
work=$PWD/build/variants
rm -rf "$work"
mkdir -p "$work"
cp samples/credit/*.csv samples/credit/model.json "$work"
n=0
report() {
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}
# make NAME SED: the sample project, edited, run for its notices
make_run() {
    sed "$2" samples/credit/candor.json >"$work/candor.json"
    "$candor" run "$work" -o "$work/$1" --only notice --quiet 2>"$work/$1.err"
}
# One scored denial with one bureau.
one() {
    ls "$work/$1"/decisions/*/HV-2026-004614/"$2"
}
results() { # results NAME CHECK: the distinct results of a check
    cat "$work/$1"/decisions/*/*/decision.json |
        jq -r --arg id "$2" '.check[] | select(.id.value == $id) | .result.value' |
        sort -u | tr '\n' ' '
}

make_run own 's/"score_disclosed": "bureau"/"score_disclosed": "own", "own_score_low": 300, "own_score_high": 1000/'
report $? "own score: the run ends well"
html=$(one own notice.en-US.html)
grep -q 'We used a credit score of our own' "$html" && grep -q 'Your credit score: 600' "$html" &&
    grep -q 'Scores range from 300 to 1,000' "$html" && ! grep -q 'We also obtained' "$html"
report $? "own score: value, range and the sentence for an own score"
[ "$(results own F6)" = "not applicable pass " ]
report $? "own score: F6 holds wherever it applies"
jq -e '.report.score.factor | length <= 5 and .[0].text.value ==
    "Amount owed on revolving accounts is high compared with their limits"' \
    "$(one own decision.json)" >/dev/null
report $? "own score: its key factors are the leading factors of the score"

make_run gap 's/"score_disclosed": "bureau"/"score_disclosed": "own", "own_score_low": 300/'
[ $? -eq 1 ] && grep -q '"gate":"bureau-score"' "$work/gap/refused.jsonl"
report $? "own score: without its range the letter is refused"

make_run right 's/"method": "A"/"method": "A", "variant": "right to reasons"/'
report $? "right to reasons: the run ends well"
html=$(one right notice.en-US.html)
grep -q 'right to a statement of the specific reasons' "$html" &&
    grep -q 'within 60 days' "$html" && ! grep -q 'class="ranked"' "$html"
report $? "right to reasons: the right and its office, and no list of reasons"

make_run none 's/"score_disclosed": "bureau"/"score_disclosed": "none"/'
html=$(one none notice.en-US.html)
! grep -q 'Your credit score' "$html" && grep -q 'Your credit report' "$html"
report $? "no score: the report's block without a score"

# strict: a letter that would show a gap is not made, and the row says why.
sed 's/"request": "request",//; s/"amount": "amount_requested",//; s/"decision_date": "decision_date",//' \
    samples/credit/candor.json >"$work/candor.json"
"$candor" run "$work" -o "$work/loose" --only explanation --limit 40 --quiet 2>/dev/null
grep -q 'not provided' "$work"/loose/decisions/*/*/explanation.en-US.html
report $? "strict: without it the gap is shown"
"$candor" run "$work" -o "$work/strict" --only explanation --limit 40 --strict --quiet 2>/dev/null
[ $? -eq 4 ] && grep -q 'strict forbids' "$work/strict/errors.jsonl" &&
    ! ls "$work"/strict/decisions/*/*/explanation.en-US.html >/dev/null 2>&1
report $? "strict: with it the document is not made and the row says why"
echo "1..$n"
