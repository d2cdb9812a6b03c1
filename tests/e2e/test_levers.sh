#!/bin/sh
# Rows that recourse cannot take, or can take in part only: each is told, and
# the others are what they are without it.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/credit
mkdir "$work/p"
cp "$sample/model.json" "$sample/train.csv" "$work/p"
# Beside the model's own ratio, which stays missing where the model missed it,
# one that only recourse computes.
sed 's|"decisions.csv"|"rows.csv"|; s|"errors_allowed": [0-9]*|"errors_allowed": 0|
    s|"derived": \[|&{"input": "burden", "ratio": ["monthly_payments", "income_monthly"]}, |' \
    "$sample/candor.json" >"$work/p/candor.json"
lines() { # what recourse says of the table
    "$candor" recourse "$work/p" --progress none "$@" >"$work/out" 2>"$work/said"
}

# Columns of the table by number: an unquoted CSV without commas in cells.
head -200 "$sample/later.csv" >"$work/p/rows.csv"
column() {
    head -1 "$work/p/rows.csv" | tr , '\n' | grep -nx "$1" | cut -d: -f1
}
income=$(column income_monthly)
ratio=$(column payment_to_income)
balance=$(column utilization)
payments=$(column monthly_payments)

lines
ok $? "levers: a good table"
jq -s -e '[.[] | select(.status == "proven smallest change")] | length >= 12' \
    "$work/out" >/dev/null
ok $? "levers: with plans in it"
jq -r 'select(.status == "proven smallest change") | .id' "$work/out" |
    head -12 >"$work/ids"
jq -r 'select(.status == "cutoff met") | .id' "$work/out" | head -1 >>"$work/ids"
jq -s -e 'all(.[]; .status as $s | ["cutoff met", "proven smallest change",
    "proven impossible within the listed limits"] | index([$s]) != null)' \
    "$work/out" >/dev/null
ok $? "levers: every row is decided"
jq -s -e '[.[].changes[] | .lever] | unique | index("monthly_payments") != null' \
    "$work/out" >/dev/null
ok $? "levers: a column that no model reads is moved"

# thirteen rows, four of them altered
{ head -1 "$work/p/rows.csv"
  while read -r id; do grep "^$id," "$work/p/rows.csv"; done <"$work/ids"
} >"$work/good.csv"
cp "$work/good.csv" "$work/p/rows.csv"
lines && cp "$work/out" "$work/before"
awk -F, -v OFS=, -v income="$income" -v ratio="$ratio" -v balance="$balance" \
    -v payments="$payments" -v late="$(column late_payments_24m)" '
    NR == 3 { $balance = "" }
    NR == 5 { $payments = "a lot" }
    NR == 7 { $income = 0; $ratio = ""; $balance = 1.3; $late = 8 }
    NR == 9 { $payments = "" }
    { print }' "$work/good.csv" >"$work/p/rows.csv"
lines
[ $? -eq 4 ]
ok $? "levers: a cell that is no number is a bad row"
says "row 4 left out, line 5" "levers: told with its line"
says 'monthly_payments: "a lot"' "levers: and what stands there"
says "row 6 (id $(sed -n 6p "$work/ids")) not searched: " \
    "levers: a formula that cannot be computed is told with its row"
says "burden" "levers: and by the name of what it gives"
jq -s -e 'map(select(.row == 2)) | .[0].missing == ["utilization"]' \
    "$work/out" >/dev/null
ok $? "levers: a missing value of a lever is named in its line"
jq -s -e 'map(select(.row == 2)) | .[0] | .status != null and
    all(.changes[]; .lever != "utilization")' "$work/out" >/dev/null
ok $? "levers: and that lever alone stays where it is"
jq -s -e 'map(select(.row == 8)) | .[0].missing | index("monthly_payments") != null' \
    "$work/out" >/dev/null
ok $? "levers: so it is with a column"
jq -s -e 'map(select(.row == 13)) | .[0] | .status == "cutoff met" and
    .changes == [] and .cost == null' "$work/out" >/dev/null
ok $? "levers: a cutoff that is met already"
for table in before out; do
    jq -c 'select([.row] | inside([1, 3, 5, 7, 9, 10, 11, 12, 13]))' \
        "$work/$table" >"$work/rest.$table"
done
[ "$(wc -l <"$work/rest.out")" -eq 9 ]
ok $? "levers: all other rows are there"
differs_not "$work/rest.before" "$work/rest.out" \
    "levers: and say what they said without the bad ones"
cp "$work/out" "$work/one"
lines --jobs 2
differs_not "$work/one" "$work/out" "levers: with two threads too"

# a word that the model has never met
awk -F, -v OFS=, -v word="$(column direct_deposit)" \
    'NR > 1 { $word = "perhaps" } { print }' "$work/good.csv" >"$work/p/rows.csv"
lines
jq -s -e '[.[] | .changes[], .alternatives[].changes[] |
    select(.lever == "direct_deposit")] | length > 0 and
    all(.[]; .from == null and (.to == "yes" or .to == "no"))' \
    "$work/out" >/dev/null
ok $? "levers: a word that the model has never met is null"

# a table without the column that a lever needs
cut -d, -f1-25 "$work/good.csv" >"$work/p/rows.csv"
lines
[ $? -eq 4 ] || [ $? -eq 2 ]
ok $? "levers: a table without the column of a lever"
says '"monthly_payments"' "levers: is told which"
exits 0 "levers: numbers that need no quantities do without" \
    "$candor" score "$work/p" --progress none
finish
