#!/bin/sh
# What would have changed the result: in documents, in the card and in counts.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=$root/samples/credit

# vary NAME SED…: the sample's project changed, in a folder of its own
vary() {
    name=$1
    shift
    mkdir -p "$work/$name"
    sed -e "s|\"file\": \"|\"file\": \"$sample/|" "$@" $sample/candor.json \
        >"$work/$name/candor.json"
}
# made NAME OPTION…: a run of it into $work/NAME.out
made() {
    name=$1
    shift
    "$candor" run "$work/$name" --out "$work/$name.out" --progress none "$@" \
        >"$work/out" 2>"$work/said"
}
twins() { # NAME: one twin a line
    find "$work/$1.out/decisions" -name decision.json | LC_ALL=C sort |
        xargs jq -c .
}
pages() { # NAME: the text of all its pages
    find "$work/$1.out" -name '*.html' | LC_ALL=C sort | xargs cat
}

# Only levers that are inputs of their own, and no rule but the order.
direct='/"key": "monthly_payments", "column"/d
/"key": "\(amount\|income\)", "input"/d;/"key": "waiting", "name"/d
/^ *"waiting": \[{/d;/"\(derived\|linear\|if_then\|at_most_one\)": \[/d
/"plausibility": /d;/"key": "direct_deposit", "input"/s/},$/}/'

# --- documents -----------------------------------------------------------------
vary plain
made plain --only explanation
ok $? "recourse: explanations are made"
twins plain >"$work/twins"
jq -es 'map(select(.recourse.asked.value)) | length > 80' "$work/twins" >/dev/null
ok $? "recourse: searched where the score decided"
jq -es 'all(.[] | select(.recourse.asked.value); .recourse.change != null or
    (.recourse.status.value | . == "impossible" or . == "undecided"))' \
    "$work/twins" >/dev/null
ok $? "recourse: a plan, or why there is none"
jq -es 'all(.[] | .recourse | select(.change != null); .score.value >= 640 and
    ([.change[].cost.value] | add - 1e-6) <= .cost.value)' "$work/twins" \
    >/dev/null
ok $? "recourse: plans meet the limit and cost what their changes cost"
jq -es '[.[] | .recourse | select(.limits != null) | .limits.value] | unique |
    length == 1 and (.[0] | length) == 12' "$work/twins" >/dev/null
ok $? "recourse: one set of limits, named by its hash"
pages plain >"$work/pages"
for text in "would have met the limit" "It is no promise" \
    "Model personal-loan-risk 3.2, limit 640, set of limits" \
    "This holds until January 14, 2027, unless the model or a rule changes"; do
    grep -qF "$text" "$work/pages"
    ok $? "recourse: pages say: $text"
done
! grep -qiE "will be approved|you (should|must|need to)|guarantee" "$work/pages"
ok $? "recourse: no page promises or commands"
! grep -qE "audit only|\"target\"" "$work/pages" &&
    ! grep -rqE "audit only|\"decline\"" "$work/plain.out"
ok $? "recourse: the other target is nowhere in a run"
! jq -es 'any(.[].recourse.change[]?; .lever.value == "amount")' "$work/twins" \
    >/dev/null
ok $? "recourse: terms of the loan are not named"

# --- time that passes ------------------------------------------------------------
grep -qE "after [0-9]+ (months|year)" "$work/pages"
ok $? "recourse: pages say that time passes"
! grep -qiE "(please|you (can|could|may)) wait" "$work/pages"
ok $? "recourse: and do not advise to wait"
jq -es '[.[].recourse | (.change // [])[], ((.alternative // [])[].change[]) |
    select(.direction.value | startswith("wait"))] | length > 0 and
    all(.[]; .from.value == null and (.to.printed | test("month|year")))' \
    "$work/twins" >/dev/null
ok $? "recourse: months, and nothing of what they age"

# --- counts --------------------------------------------------------------------
vary direct -e "$direct"
made direct --only explanation
ok $? "recourse: levers that are inputs alone"
twins direct >"$work/twins"
manifest=$work/direct.out/manifest.json
jq -s '[.[] | .recourse | select(.asked.value) | .status.value] |
    [map(select(. == "proven")), map(select(. == "impossible"))] |
    map(length)' "$work/twins" >"$work/want"
jq '.counts.recourse | [.proven_smallest, .impossible]' "$manifest" \
    >"$work/got"
differs_not "$work/want" "$work/got" "recourse: the manifest counts the answers"
jq -e '.counts.recourse | (.guard_changed | type) == "number" and .boxes > 0 and
    .not_searched == 0' "$manifest" >/dev/null
ok $? "recourse: and the guard, the boxes, the failures"
# reasons beside plans, counted again from the twins
jq -s '[.[] | select(.recourse.asked.value) | . as $t |
     ([$t.recourse.change, ($t.recourse.alternative // [] | .[].change)] |
      map(. // []) | add | map(.lever.value)) as $moved |
     $t.reasons.reason[] | select(.kind.value == "factor") |
     {plan: ($t.recourse.change != null),
      used: any(.input[].name.value; . as $x | any($moved[]; . == $x))}] |
    [length, (map(select(.plan)) | length),
     (map(select(.plan and (.used | not))) | length)]' "$work/twins" \
    >"$work/want"
jq '.counts.recourse.reasons | [.given, .where_a_plan_is, .that_no_plan_uses]' \
    "$manifest" >"$work/got"
differs_not "$work/want" "$work/got" \
    "recourse: reasons that no plan uses are those of the twins"
cp -r "$work/plain.out" "$work/first"
rm -rf "$work/plain.out"
made plain --only explanation --jobs 2
differs_not "$work/first" "$work/plain.out" \
    "recourse: two threads give the same documents and counts"

# --- proofs ----------------------------------------------------------------------
check=$root/${B:-build/release}/candor-proofcheck
"$candor" recourse "$work/direct" --quiet --jobs 1 --proofs "$work/proofs" \
    >"$work/lines" 2>"$work/said"
ok $? "recourse: proofs are written"
"$candor" recourse "$work/direct" --quiet >"$work/without" 2>"$work/said"
differs_not "$work/without" "$work/lines" \
    "recourse: the lines are the same with and without proofs"
"$candor" recourse "$work/direct" --quiet --jobs 2 --proofs "$work/proofs2" \
    >"$work/lines2" 2>"$work/said"
cmp -s "$work/proofs" "$work/proofs2" && cmp -s "$work/lines" "$work/lines2"
ok $? "recourse: two threads give the same proofs"
"$check" "$work/direct" "$work/proofs" >"$work/out" 2>"$work/said"
ok $? "recourse: the checker accepts them"
smallest=$(jq -s 'map(select(.status == "proven smallest change")) | length' \
    "$work/lines")
grep -q "($smallest proven smallest)" "$work/out"
ok $? "recourse: and counts the plans of the lines"
sed '40,60s/ smallest / impossible /' "$work/proofs" >"$work/altered"
cmp -s "$work/proofs" "$work/altered" ||
    ! "$check" "$work/direct" "$work/altered" >"$work/out" 2>"$work/said"
ok $? "recourse: the checker refuses an altered one"
exits 5 "recourse: proofs where nothing can be written" "$candor" recourse \
    "$work/direct" --limit 5 --proofs "$work/nowhere/proofs"
exits 2 "recourse: no proofs of the other target" "$candor" recourse \
    "$work/direct" --limit 5 --target decline --proofs "$work/proofs3"
[ ! -e "$work/proofs3" ]
ok $? "recourse: and none is left"

# --- rows that cannot be searched --------------------------------------------------
vary divided \
    -e 's|"derived": \[|"derived": [{"input": "each", "ratio": ["monthly_payments", "open_accounts"], "decimals": 2}, |' \
    -e 's|"linear": \[|"linear": [{"name": "each", "terms": [{"input": "each"}], "most": 5000}, |' \
    -e '/"key": "open_accounts", "input"/s|"low": 0|"low": 1|'
exits 4 "recourse: a formula that divides by zero in some rows" "$candor" \
    recourse "$work/divided" --progress none
says "a division by zero" "recourse: the row and what is wrong are told"
jq -es 'length == 300 and (map(select(.status == "not searched")) |
    length > 0 and all(.[]; .changes == [] and (.note | test("computed")))) and
    (map(select(.status == "proven smallest change")) | length > 50)' \
    "$work/out" >/dev/null
ok $? "recourse: the others go on"
made divided --only explanation
jq -e '.counts.recourse.not_searched > 0' "$work/divided.out/manifest.json" \
    >/dev/null
ok $? "recourse: documents are made, and the manifest counts those rows"

# --- a margin: the change that keeps it, or none ----------------------------------
vary spare -e 's|"most_changes": 3|"most_changes": 64, "margin": 60|'
made spare --only explanation
pages spare >"$work/pages"
for text in "To meet the limit with 60 points to spare: " \
    "No change was found that meets the limit with 60 points to spare." \
    "of at most 10 of the facts that people can change"; do
    grep -qF "$text" "$work/pages"
    ok $? "recourse: pages say: $text"
done

# --- few levers: proven impossible, with the limits ------------------------------
vary narrow -e "$direct" \
    -e '/"key": "\(utilization\|collections\|inquiries_12m\|savings_balance\)", "input"/d'
made narrow --only explanation
ok $? "recourse: few levers"
twins narrow >"$work/twins"
jq -es '[.[] | .recourse | select(.status.value == "impossible")] |
    length > 10 and all(.[]; (.limit | length) == 3 and .change == null)' \
    "$work/twins" >/dev/null
ok $? "recourse: impossible within limits that the twin lists"
pages narrow >"$work/pages"
for text in "proven impossible within the listed limits" \
    "Limits within which changes were looked for" "lower, down to 0" \
    "one of: no, yes" "from 0 to 20"; do
    grep -qF "$text" "$work/pages"
    ok $? "recourse: pages say: $text"
done

# --- a project that calls the wrong side better -----------------------------------
vary wrong -e 's|"expected": "higher is better", "factor": "savings"|"expected": "lower is better", "factor": "savings"|'
made wrong --only explanation,card
says "a defect of the model" "recourse: plans in the wrong direction are told"
jq -e '.counts.recourse.wrong_direction | length == 1 and
    .[0].input == "savings_balance" and .[0].wrong == .[0].plans' \
    "$work/wrong.out/manifest.json" >/dev/null
ok $? "recourse: the manifest lists them"
jq -e '.explainability.recourse.wrong | length == 1 and
    .[0].share.value == 1' "$work/wrong.out/card/card.json" >/dev/null
ok $? "recourse: and so does the card"

# --- the card's audit --------------------------------------------------------------
card=$work/wrong.out/card/card.json
jq -e '.explainability.recourse | .rows.value == ([.answer[].count.value] | add)
    and .rows.value <= 1000 and .rows.value == .declined.value and
    .plans.value == ([.size[].count.value] | add) and
    .plan.ci[0] <= .plan.value and .plan.value <= .plan.ci[1]' "$card" >/dev/null
ok $? "recourse: the card's answers add up"
jq -e '.explainability.recourse | .rows.value as $n |
    all(.group[]; ([.row[].rows.value] | add) <= $n) and
    ([.group[].row[] | select(.small.value | not) | .plan.ci | length] |
     length > 5 and all(. == 2))' "$card" >/dev/null
ok $? "recourse: the card's groups have intervals"
vary few -e 's|"most_changes": 3|"most_changes": 3, "audit_rows": 60|'
made few --only card --jobs 1
cp -r "$work/few.out" "$work/one"
rm -rf "$work/few.out"
made few --only card --jobs 2
differs_not "$work/one" "$work/few.out" \
    "recourse: two threads give the same card"
jq -e '.explainability.recourse | .rows.value == 60 and
    ([.group[].row[] | select(.small.value)] | length > 0 and
     all(.[]; .plan == null and .rows.value < 30))' \
    "$work/few.out/card/card.json" >/dev/null
ok $? "recourse: so many rows as asked; small groups are not told"
vary none -e 's|"most_changes": 3|"most_changes": 3, "audit_rows": 0|'
made none --only card
jq -e '.explainability.recourse.made.value == false' \
    "$work/none.out/card/card.json" >/dev/null
ok $? "recourse: no audit where none is wanted"
finish
