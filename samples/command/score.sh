#!/bin/sh
# A model as a command: one line {"inputs":[[…],…]} comes in for each batch of
# rows, one line {"outputs":[[p],…]} goes out, the chance that a loan is past due.
# Inputs stand in the order of the project's features; null is missing. Any
# language will do: what matters is one line for one line, flushed.
while IFS= read -r line; do
    printf '%s\n' "$line" | LC_ALL=C awk '
    function most(x, limit) { return x > limit ? limit : x }
    {
        sub(/^[^\[]*\[\[/, ""); sub(/\]\].*$/, "")
        rows = split($0, row, /\],\[/)
        printf "{\"outputs\":["
        for (i = 1; i <= rows; i++) {
            split(row[i], x, ",")
            owed = most(x[2], 1.5); late = most(x[4], 4)
            odds = -4.3 + 1.93 * most(x[1], 0.8) + 2.53 * owed + 0.76 * late \
                 - 0.31 * owed * late + 0.33 * most(x[3], 6) \
                 - 0.055 * most(x[5], 120) / 12 - 0.043 * most(x[6], 180) / 12 \
                 + 0.6 * most(x[7], 3)
            if (x[8] == "null") odds -= 0.34
            else odds -= 0.065 * most(x[8], 8000) / 1000
            if (x[9] == "\"yes\"") odds -= 0.15
            printf "%s[%.15g]", (i > 1 ? "," : ""), 1 / (1 + exp(-odds))
        }
        print "]}"
    }'
done
