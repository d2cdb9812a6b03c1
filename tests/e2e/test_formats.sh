#!/bin/sh
# One model in two files says the same in every byte; a scorecard and a
# regression table become projects that run as candor init writes them.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh

told() { # MODEL TABLE FOLDER: scores and contributions of every row
    covers=${covers-yes}
    mkdir -p "$3"
    "$candor" init "$1" "$2" -o "$3/candor.json" --quiet 2>"$work/said" &&
        "$candor" score "$3" --quiet >"$3/score" 2>>"$work/said" &&
        if [ -n "$covers" ]; then
            "$candor" explain "$3" --estimator path-dependent --quiet \
                >"$3/explain" 2>>"$work/said"
        else
            echo none >"$3/explain"
        fi &&
        "$candor" explain "$3" --reference "$2" --precision strict --limit 40 \
            --quiet >"$3/against" 2>>"$work/said" &&
        [ -s "$3/score" ] && [ -s "$3/explain" ] && [ -s "$3/against" ]
}
same() { # NAME: what was told of two files of one model
    told "$2" "$4" "$work/$1/a" && told "$3" "$4" "$work/$1/b"
    ok $? "$1: both forms are scored and explained"
    for what in score explain against; do
        cmp -s "$work/$1/a/$what" "$work/$1/b/$what" || return 1
    done
}

# --- XGBoost's JSON and UBJSON -------------------------------------------------
for name in classes forest logistic; do
    same "$name" tests/fuzz/corpus/model_json/$name.json \
        tests/fuzz/corpus/model_ubjson/$name.ubj tests/data/models/rows.csv
    ok $? "$name: JSON and UBJSON in every byte"
done
if [ -n "$shared" ]; then
    for folder in "$shared"/models/xgb_*; do
        name=$(basename "$folder")
        same "$name" "$folder/model.json" "$folder/model.ubj" \
            "$folder/rows.csv"
        ok $? "$name: JSON and UBJSON in every byte"
    done
else
    skip "XGBoost's JSON and UBJSON of shared data" "no shared data"
fi

# --- a project of every model, at once -----------------------------------------
if [ -n "$shared" ]; then
    for model in "$shared"/models/*/model.*; do
        folder=$(dirname "$model")
        name=$(basename "$folder")/$(basename "$model")
        mkdir -p "$work/$name"
        "$candor" init "$model" "$folder/rows.csv" --quiet \
            -o "$work/$name/candor.json" 2>"$work/said" &&
            "$candor" score "$work/$name" --quiet >"$work/out" 2>"$work/said" &&
            [ "$(wc -l <"$work/out")" -eq 200 ] && [ ! -s "$work/said" ]
        ok $? "$name: candor init gives a project that scores every row"
    done
else
    skip "a project of every model of shared data" "no shared data"
fi

# --- scikit-learn's two exports -------------------------------------------------
exported() { # NAME FORM: margins of the sample's rows, a line each
    mkdir -p "$work/exported/$1.$2"
    "$candor" init "samples/pipeline/$1.$2" samples/credit/test.csv --quiet \
        -o "$work/exported/$1.$2/candor.json" 2>"$work/said" &&
        "$candor" score "$work/exported/$1.$2" --quiet 2>"$work/said" |
        jq .margin >"$work/exported/$1.$2/margin"
}
for name in logistic boosting; do
    exported $name onnx && exported $name pmml &&
        paste "$work/exported/$name.onnx/margin" \
            "$work/exported/$name.pmml/margin" |
        awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > most) most = d }
             END { exit NR != 2000 || most == 0 || most > 2e-6 }'
    ok $? "$name: ONNX and PMML of one pipeline agree to float rounding"
done
"$candor" inspect samples/pipeline/boosting.pmml >"$work/out" &&
    grep -q '^trees: 60 of 60' "$work/out"
ok $? "trees behind an imputer and an encoder are a forest"

# --- tables -------------------------------------------------------------------
cat >"$work/card.csv" <<'END'
characteristic,bin,points,reason
base points,,300,
age,"[-inf, 25)",10,Time since birth
age,"[25, 40)",25,
age,>= 40,40,
home,own | free,30,Kind of housing
home,else,12,
END
printf 'id,age,home\n1,24,own\n2,25,rent\n3,40,free\n' >"$work/people.csv"
told "$work/card.csv" "$work/people.csv" "$work/card"
ok $? "a scorecard of a spreadsheet becomes a project that runs"
jq -es 'map(.score) == [340, 337, 370]' "$work/card/score" >"$work/said" 2>&1
ok $? "scores are the card's points"
jq -es 'all(.[]; .base + ([.contributions[]] | add) - .margin | fabs < 1e-9)' \
    "$work/card/against" >"$work/said" 2>&1
ok $? "points against reference rows add up"
cat >"$work/glm.csv" <<'END'
term,coefficient
link,logit
(Intercept),-1
age,0.05
home=own,-0.5
END
covers= # a line through a number has no mean that the table tells
told "$work/glm.csv" "$work/people.csv" "$work/glm"
ok $? "a regression table becomes a project that runs"
jq -es 'map(.margin * 1e9 | round) == [-300000000, 250000000, 1000000000]' \
    "$work/glm/score" >"$work/said" 2>&1
ok $? "margins are the sums of its terms"
jq -es 'all(.[]; .base + ([.contributions[]] | add) - .margin | fabs < 1e-9)' \
    "$work/glm/against" >"$work/said" 2>&1
ok $? "what each term gives against reference rows adds up"
finish
