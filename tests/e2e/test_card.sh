#!/bin/sh
# The figures of a model card against the same figures worked out another way:
# scores by `candor score`, outcomes and groups by awk from the table itself.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/credit
table=$sample/later.csv

exits 0 "card: the sample" "$candor" run $sample -o "$work/a" --only card \
    --jobs 1 --quiet
exits 0 "card: two threads" "$candor" run $sample -o "$work/b" --only card \
    --jobs 2 --quiet
differs_not "$work/a" "$work/b" "card: one thread and two give the same bytes"
card=$work/a/card/card.json
(cd "$work/a" && sha256sum -c --quiet SHA256SUMS) >"$work/said" 2>&1
ok $? "card: sha256sum checks every file"

# --- another way --------------------------------------------------------------
# score, margin, outcome, group, whether an input is missing
"$candor" score $sample --data $table --format csv >"$work/scores.csv" 2>/dev/null
awk -F, '
    FNR == 1 { for (i = 1; i <= NF; i++) at[FILENAME, $i] = i; next }
    FILENAME == ARGV[1] {
        p[$at[FILENAME, "id"]] = $at[FILENAME, "margin"]
        s[$at[FILENAME, "id"]] = $at[FILENAME, "score"]
        next
    }
    {
        id = $at[FILENAME, "application_id"]
        print s[id], p[id], $at[FILENAME, "default_24m"],
            $at[FILENAME, "sex"] == "" ? "-" : $at[FILENAME, "sex"],
            $at[FILENAME, "months_since_late"] == ""
    }' "$work/scores.csv" $table >"$work/rows"
[ "$(wc -l <"$work/rows")" -eq 3000 ]
ok $? "card: every row of the lead split was scored"

awk '
    { n++; y = $3; p = 1 / (1 + exp(-$2)); e += y; brier += (p - y) ^ 2
      ll -= y ? log(p) : log(1 - p); gap += y - p
      if (y) event[++events] = $2; else other[++others] = $2
      pass = $1 >= 640; ok += pass; miss += $5
      if (!pass && y) tp++; if (!pass && !y) fp++
      if (pass && y) fn++; if (pass && !y) tn++
      if ($4 != "-") { g[$4]++; sel[$4] += pass } }
    END {
        for (i = 1; i <= events; i++)
            for (j = 1; j <= others; j++)
                won += event[i] > other[j] ? 1 : \
                    event[i] == other[j] ? 0.5 : 0
        printf "auc %.12g\n", won / (events * others)
        printf "event-rate %.12g\nbrier %.12g\nlog-loss %.12g\n", e / n,
            brier / n, ll / n
        printf "observed-minus-expected %.12g\n", gap / n
        printf "tp %d\nfp %d\ntn %d\nfn %d\napproval %.12g\n", tp, fp, tn, fn,
            ok / n
        printf "macro-f1 %.12g\n", tp / (2 * tp + fp + fn) + \
            tn / (2 * tn + fp + fn)
        printf "missing %.12g\n", miss / n
        printf "ratio %.12g\n", (sel["female"] / g["female"]) / \
            (sel["male"] / g["male"])
    }' "$work/rows" >"$work/figures"

lead='.performance.split[] | select(.role.value == "lead")'
near() { # FIGURE JQ-PATH [LARGEST-DIFFERENCE]
    ours=$(jq -r "$2 | .value" "$card")
    theirs=$(awk -v k="$1" '$1 == k { print $2 }' "$work/figures")
    echo "$1: the card says $ours, awk $theirs" >"$work/said"
    awk -v a="$ours" -v b="$theirs" -v most="${3:-1e-9}" 'BEGIN {
        d = a - b; if (d < 0) d = -d
        exit !(a ~ /^-?[0-9]/ && b ~ /^-?[0-9]/ && d <= most + 0) }'
    ok $? "card: $1 as worked out by awk"
}
for f in auc event-rate brier log-loss observed-minus-expected; do
    near $f "$lead | .[\"$f\"]"
done
for f in tp fp tn fn approval macro-f1; do
    near $f "$lead | .[\"at-cutoff\"][\"$f\"]"
done
near missing '.data.quality.feature[] |
    select(.input.value == "months_since_late") | .missing'
near ratio '.fairness.group[] | select(.column.value == "sex") | .row[] |
    select(.name.value == "female") | ."ratio-reference"'

# Mean contributions over the rows that the card explains: all, or every so
# many-th where no kernel is fast.
every=$(jq '.explainability.of.value / .explainability.rows.value' "$card")
"$candor" explain $sample --data $table --reference B --format csv 2>/dev/null |
    awk -F, -v every="$every" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "utilization") c = i
                       next }
             (NR - 2) % every == 0 { n++; s += $c < 0 ? -$c : $c }
             END { printf "contribution %.12g\n", s / n }' >>"$work/figures"
near contribution '.explainability.input[] |
    select(.input.value == "utilization") | .contribution' 2e-6

# --- what holds within the card ----------------------------------------------
holds() { # NAME JQ
    jq -e "$2" "$card" >"$work/said" 2>&1
    ok $? "card: $1"
}
holds "bands hold all rows and events" \
    '[.performance.lead.band[].rows.value] | add == 3000'
holds "bands never share a score" '[.performance.lead.band[] |
    select(.lowest.value < (.from.value // -1e9) or
           .highest.value > (.to.value // 1e9))] == []'
holds "every estimate lies in its interval" \
    '[.. | objects | select(has("ci")) |
      select(.value < .ci[0] - 1e-12 or .value > .ci[1] + 1e-12)] == []'
holds "every missing value says why" \
    '[.. | objects | select(has("printed") and .value == null) |
      select((.missing_reason // "") == "")] == []'
holds "declared parts that are missing are listed" \
    '(.completeness.gap | length) == .completeness["parts-missing"].value'
holds "no sentence of calibration without its intervals" \
    '.performance.lead.calibrated.value == "close" and
     .performance.lead["slope-holds-one"].value and
     .performance.lead["intercept-holds-zero"].value'
holds "shares of reasons at the first place add up to all declines" \
    '([.explainability.reasons.factor[].first.value] | add) as $s |
     ($s - 1 | fabs) < 1e-9'

holds "reasons of groups add up to the whole report's" \
    '.explainability.reasons as $all | .fairness.group[] |
     select(.column.value == "sex") | [.reason[].declines.value] | add ==
     $all.declines.value'
holds "bins of an input hold every row explained" \
    '.explainability.rows.value as $rows | [.explainability.dependence[] |
     [.bin[].contribution.n] | add == $rows] | all'
holds "what the fast kernels differ by is within their bound" \
    '.explainability | .precision.value == "strict" or
     (.checked.value > 0 and .["bound-share"].value <= 1)'

# --- what does not apply ------------------------------------------------------
exits 0 "card: an amount" "$candor" run samples/claims -o "$work/c" --only card \
    --quiet
card=$work/c/card/card.json
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { print $at["claim_id"], $at["repair_cost"] }' samples/claims/later.csv \
    >"$work/costs"
"$candor" score samples/claims --data samples/claims/later.csv --format csv \
    2>/dev/null | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { print $at["score"] }' | paste -d' ' - "$work/costs" |
    awk '{ d = $1 - $3; n++; s += d * d; a += d < 0 ? -d : d }
         END { printf "rmse %.12g\nmae %.12g\n", sqrt(s / n), a / n }' \
        >"$work/figures"
near rmse '.performance.regression[] | select(.role.value == "lead") | .rmse'
near mae '.performance.regression[] | select(.role.value == "lead") | .mae'
holds "an amount has no AUC, and says so" \
    '.summary.auc.value == null and (.performance.split | not)'

exits 1 "card: strict refuses gaps" "$candor" run $sample -o "$work/d" \
    --only card --strict --quiet
[ ! -e "$work/d/card/card.json" ]
ok $? "card: strict leaves no card"
finish
