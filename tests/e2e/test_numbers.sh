#!/bin/sh
# score, explain and recourse on standard output, and projects that init wrote
# used as they are.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/credit
differs_from() { # FILE: standard input holds the same lines
    cmp -s "$1" -
}
number() { # COMMAND OPTION…: numbers of the sample into $work/out
    command=$1
    shift
    "$candor" "$command" $sample --quiet "$@" >"$work/out" 2>"$work/said"
}
# every line of $work/out satisfies the jq expression
each() { # JQ NAME
    jq -es "length > 0 and all(.[]; $1)" "$work/out" >"$work/said" 2>&1
    ok $? "$2"
}
additive='((.base + ([.contributions[]] | add) - .margin) | fabs) <= 1e-9'

number score
each '(.margin | type) == "number" and (.score >= 640) == (.decision == "approved")' \
    "score: margin, score and decision of every row"
[ "$(wc -l <"$work/out")" -eq 300 ]
ok $? "score: one line a decision"
cp "$work/out" "$work/score"
number score --format csv
head -1 "$work/out" | grep -qx 'row,id,margin,score,decision'
ok $? "score: CSV names its columns"
jq -r '[.row, .id, .margin, .score, .decision] | join(",")' "$work/score" \
    >"$work/want"
tail -n +2 "$work/out" | awk -F, '
    NR == FNR { want[NR] = $0; next }
    { split(want[FNR], w, ","); d = w[3] - $3
      if (w[1] != $1 || w[2] != $2 || d > 1e-12 || d < -1e-12 ||
          w[4] != $4 || w[5] != $5) bad++ }
    END { exit bad > 0 || FNR != 300 }' "$work/want" - 2>"$work/said"
ok $? "score: CSV and JSON Lines say the same"
number score --jobs 2
cmp -s "$work/out" "$work/score"
ok $? "score: two threads give the same bytes"
number score --limit 5 && [ "$(wc -l <"$work/out")" -eq 5 ]
ok $? "score: --limit 5"
printf 'HV-2026-004410\nHV-2026-004405\n' >"$work/ids"
number score --ids "$work/ids" &&
    [ "$(jq -r .id "$work/out" | tr '\n' ' ')" = \
        "HV-2026-004405 HV-2026-004410 " ]
ok $? "score: --ids"
printf 'HV-2026-004410\nHV-1\n' >"$work/ids"
"$candor" score $sample --ids "$work/ids" >"$work/out" 2>"$work/said" &&
    grep -qF 'ids: 1 of 2 ids are not in the table: "HV-1"' "$work/said"
ok $? "score: ids that no row has are told"
number score --data - <$sample/decisions.csv
cmp -s "$work/out" "$work/score"
ok $? "score: the table from standard input"
number score --out "$work/file"
cmp -s "$work/file" "$work/score"
ok $? "score: --out FILE holds the same bytes"

# --- explain ------------------------------------------------------------------
number explain --precision strict
each "$additive" "explain: base and contributions add up to the margin"
each '(.residual | fabs) <= 1e-9 and .error == null and
    .estimator == "interventional" and (.reference | length) > 0' \
    "explain: residual, estimator and reference are said"
cp "$work/out" "$work/a"
number explain --precision strict --reference A
cmp -s "$work/out" "$work/a"
ok $? "explain: reference A is the default"
number explain --precision strict --reference B
each "$additive" "explain: additive against reference B"
cmp -s "$work/out" "$work/a"
[ $? -eq 1 ]
ok $? "explain: reference B gives other values"
number explain --precision strict --reference $sample/test.csv
each "$additive and .reference == \"$sample/test.csv\"" \
    "explain: additive against a table"
number explain --precision strict --estimator path-dependent
each "$additive"' and .estimator == "path-dependent" and .reference == null' \
    "explain: additive by the paths of the trees"
number explain --precision strict --top 3
jq -s 'map(.contributions | [.[] | fabs]) |
    all(.[]; length == 3 and . == (sort | reverse))' "$work/out" |
    grep -qx true
ok $? "explain: --top 3 gives three, largest first"
jq -c '.contributions | to_entries | sort_by(-(.value | fabs))[0:3] |
    map(.key) | sort' "$work/a" >"$work/want"
jq -c '.contributions | keys' "$work/out" >"$work/keys"
differs_not "$work/want" "$work/keys" "explain: they are the three largest"
number explain --precision strict --format csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { sum = $at["base"]
      for (i = at["base"] + 1; i < at["residual"]; i++) sum += $i
      d = sum - $at["margin"]; if (d > 1e-9 || d < -1e-9) bad++ }
    END { exit bad > 0 || NR != 301 }' "$work/out"
ok $? "explain: CSV adds up too"
number explain
each '((.base + ([.contributions[]] | add) - .margin) | fabs) <= 1e-5 and
    .error >= 0' "explain: float adds up to the margin within its error"
exits 2 "explain: an unknown estimator" "$candor" explain $sample \
    --estimator magic
says 'no estimator "magic"' "explain: names it"
exits 2 "explain: top 0" "$candor" explain $sample --top 0
exits 5 "explain: a reference that is not there" "$candor" explain $sample \
    --reference "$work/nowhere.csv"

# --- recourse -----------------------------------------------------------------
"$candor" recourse $sample --progress none >"$work/out" 2>"$work/said"
cp "$work/said" "$work/summary"
each '.status | test("^(proven smallest change|within .*% of smallest|found, not proven|proven impossible within the listed limits|not decided in time|cutoff met)$")' \
    "recourse: every status is one of the words"
each '.status != "proven smallest change" or ((.changes | length) >= 1 and
    (.changes | length) <= 3 and .score >= 640 and .cost > 0)' \
    "recourse: a proven plan meets the cutoff with at most three changes"
each '(.status == "cutoff met") == (.changes == [] and .cost == null and .score >= 640)' \
    "recourse: what met the cutoff needs no change"
jq -es '[.[] | select(.status == "proven smallest change")] | length > 50' "$work/out" \
    >"$work/said"
ok $? "recourse: most declined decisions have a proven plan"
cp "$work/out" "$work/a"
number recourse --jobs 2
cmp -s "$work/out" "$work/a"
ok $? "recourse: two threads give the same bytes"
each '.status == "cutoff met" or ((.lower == null) == (.changes == []) and
    (.lower == null or .lower <= .cost) and (.guard_changed | type) == "boolean"
    and .target == "approve" and (.missing | type) == "array")' \
    "recourse: a bound below every cost, and whether the guard mattered"
each 'all(.changes[]; (.low == null or .low <= .to) and
    (.high == null or .high >= .to) and .cost > 0)' \
    "recourse: each value stands in its range"
each 'all(.alternatives[]; .changes == [] or (.cost >= 0 and .score >= 640))' \
    "recourse: other ways meet the cutoff too"
cp "$work/summary" "$work/said"
says "the guard changed" "recourse: the summary tells of the guard"
grep -q " searched: [0-9]* proven smallest" "$work/said"
ok $? "recourse: the summary counts answers"
searched=$(jq -s 'map(select(.status != "cutoff met")) | length' "$work/out")
proven=$(jq -s 'map(select(.status == "proven smallest change")) | length' \
    "$work/out")
says "recourse: $searched searched: $proven proven smallest" \
    "recourse: and they are those of the lines"
number recourse --format csv
head -1 "$work/out" | grep -q '^row,id,target,status,cost,lower,gap,changes,' &&
    [ "$(wc -l <"$work/out")" -eq 301 ]
ok $? "recourse: CSV"
tail -n +2 "$work/out" | cut -d, -f1-6 >"$work/cells"
jq -r '[.row, .id, .target, .status, .cost, .lower] | map(. // "" | tostring)
    | join(",")' "$work/a" | differs_from "$work/cells"
ok $? "recourse: CSV and JSON Lines say the same"
"$candor" recourse $sample --target decline --progress none >"$work/out" \
    2>"$work/summary"
each '.target == "decline" and (.note | test("audit only"))' \
    "recourse: the other target says that it is for audit only"
each '(.status == "cutoff missed") == (.changes == [] and .score < 640) and
    (.changes == [] or .score < 640)' \
    "recourse: its plans miss the cutoff"
cp "$work/summary" "$work/said"
says "for audit only" "recourse: and so does the summary"
exits 2 "recourse: another target" "$candor" recourse $sample --target maybe

# --- projects that init wrote -------------------------------------------------
# begun NAME MODEL TABLE: score and explain of an unedited project
begun() {
    rm -f "$work/i.json"
    "$candor" init "$2" "$3" --yes --quiet -o "$work/i.json" 2>"$work/said" &&
        "$candor" score "$work/i.json" --quiet --format csv \
            >"$work/scores" 2>"$work/said" &&
        [ "$(wc -l <"$work/scores")" -eq "$(wc -l <"$3")" ]
    ok $? "init: $1 scores unedited"
}
explained() { # NAME: every output of every row adds up
    "$candor" explain "$work/i.json" --quiet --limit 40 \
        --precision strict >"$work/out" 2>"$work/said"
    jq -es 'def each(f): if type == "array" then .[] | f else f end;
        def row: . as $r | if (.margin | type) == "array"
            then range(.margin | length) as $k |
                {m: $r.margin[$k], b: $r.base[$k], c: $r.contributions[$k]}
            else {m: .margin, b: .base, c: .contributions} end;
        length > 0 and all(.[] | row;
            ((.b + ([.c[]] | add) - .m) | fabs) <= 1e-9 * (1 + (.m | fabs)))' \
        "$work/out" >"$work/said" 2>&1
    ok $? "init: $1 explains unedited, and adds up"
}
# agrees NAME PREDICTIONS TOLERANCE: margins as the library gave them
agrees() {
    awk -F, -v most="$3" '
        function columns(at, k, i) {
            for (i = 1; i <= NF; i++) if ($i ~ /^margin/) at[++k] = i
            return k
        }
        FNR == NR && FNR == 1 { outputs = columns(ours); next }
        FNR == NR { for (k = 1; k <= outputs; k++) m[FNR, k] = $ours[k]; next }
        FNR == 1 { if (columns(theirs) != outputs) bad = 1; next }
        { for (k = 1; k <= outputs; k++) {
              b = $theirs[k]; d = m[FNR, k] - b; s = b < 0 ? -b : b
              if (s < 1) s = 1
              if (m[FNR, k] == "" || d > most * s || -d > most * s) bad++
              if ((d < 0 ? -d : d) / s > worst) worst = (d < 0 ? -d : d) / s
              rows++
          } }
        END { print "worst " worst ", rows " rows "; bad " bad + 0
              exit bad > 0 || rows == 0 }' "$work/scores" "$2" >"$work/said"
    ok $? "init: $1 predicts what its library predicted"
}
begun "samples/claims" samples/claims/model.txt samples/claims/train.csv
explained "samples/claims"
begun "samples/credit, LightGBM" $sample/model-lightgbm.txt $sample/test.csv
explained "samples/credit, LightGBM"
for m in logistic dart classes quantiles forest stopped; do
    begun "xgboost $m" tests/fuzz/corpus/model_json/$m.json \
        tests/data/models/rows.csv
    agrees "xgboost $m" tests/data/models/xgb_$m.csv 1e-6
    explained "xgboost $m"
done
for m in binary forest classes sqrt; do
    begun "lightgbm $m" tests/fuzz/corpus/model_lightgbm/$m.txt \
        tests/data/models/rows.csv
    agrees "lightgbm $m" tests/data/models/lgb_$m.csv 1e-12
    explained "lightgbm $m"
done
for m in xgb_german_d4 xgb_german_categories xgb_student_softprob \
    xgb_spain_forest xgb_taiwan_dart xgb_taiwan_holes xgb_taiwan_d6 \
    lgb_german_categories lgb_student_multiclass lgb_solas_tweedie \
    lgb_spain_forest lgb_taiwan_zero_missing; do
    if [ -z "$shared" ]; then
        skip "init: $m" "no shared data"
        continue
    fi
    folder=$shared/models/$m
    model=$folder/model.json
    [ -f "$model" ] || model=$folder/model.txt
    begun "$m" "$model" "$folder/rows.csv"
    # XGBoost adds leaves in 32 bits, candor in 64: a few units of 1e-7
    case $m in
    xgb_*) agrees "$m" "$folder/predictions.csv" 3e-6 ;;
    *) agrees "$m" "$folder/predictions.csv" 1e-9 ;;
    esac
done
if [ -n "$shared" ]; then
    begun "xgb_student_softprob" "$shared/models/xgb_student_softprob/model.ubj" \
        "$shared/models/xgb_student_softprob/rows.csv"
    explained "xgb_student_softprob"
fi
exits 2 "init: a project that is there is kept" "$candor" init \
    samples/claims/model.txt samples/claims/train.csv -o "$work/i.json"
finish
