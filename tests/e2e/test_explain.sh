#!/bin/sh
# candor explain: several references, players, pairs, reasons, arrays, memory,
# the plan, honesty of float mode, and messages that name the way out.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/credit
explain() { # OPTION…: of the sample, into $work/out
    "$candor" explain $sample --quiet "$@" >"$work/out" 2>"$work/said"
}
each() { # JQ NAME: every line satisfies it
    jq -es "length > 0 and all(.[]; $1)" "$work/out" >"$work/said" 2>&1
    ok $? "$2"
}
refuses() { # NAME TEXT OPTION…: a usage error that says TEXT
    name=$1 text=$2
    shift 2
    exits 2 "refused: $name" "$candor" explain $sample "$@"
    says "$text" "refused: $name says what to do"
}

# --- several references in one pass -------------------------------------------
for r in A B "$sample/test.csv"; do
    explain --reference "$r" --precision strict
    jq -c '[.row, .reference, .base, .contributions, .residual]' "$work/out"
done >"$work/apart"
explain --reference "A,B,$sample/test.csv" --precision strict
jq -c '[.row, (.games[] | select(.reference) | .reference, .base,
    .contributions, .residual)] | [.[0], .[1:5]], [.[0], .[5:9]],
    [.[0], .[9:13]] | [.[0]] + .[1]' "$work/out" | sort >"$work/together"
sort "$work/apart" >"$work/want"
differs_not "$work/want" "$work/together" \
    "three references at once give the values of three runs"
each '(.games | length) == 3 and (has("base") | not) and
    (.margin | type) == "number"' "several references: one object each"
explain --reference A,B --format csv --precision strict
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    { a = $at["A:base"]; b = $at["B:base"]
      for (i = at["A:base"] + 1; i < at["A:residual"]; i++) a += $i
      for (i = at["B:base"] + 1; i < at["B:residual"]; i++) b += $i
      m = $at["margin"]
      if (a - m > 1e-9 || m - a > 1e-9 || b - m > 1e-9 || m - b > 1e-9) bad++ }
    END { exit bad > 0 || NR != 301 }' "$work/out"
ok $? "several references: columns of each, in CSV"

# --- groups -------------------------------------------------------------------
explain --groups factors --precision strict
each '((.base + ([.contributions[]] | add) - .margin) | fabs) < 1e-9' \
    "factors as players add up to the margin"
each '.contributions | has("utilization") and has("inquiries") and
    (has("inquiries_6m") | not)' "a factor stands for its inputs"
printf 'input,group\ninquiries_6m,both\ninquiries_12m,both\n' >"$work/g.csv"
explain --groups "$work/g.csv" --precision strict
each '(.contributions | has("both") and has("utilization")) and
    ((.base + ([.contributions[]] | add) - .margin) | fabs) < 1e-9' \
    "groups by a table; other inputs play alone"
printf 'input,group\ninquiries_6n,both\n' >"$work/g.csv"
exits 4 "a group of an input that is not there" "$candor" explain $sample \
    --groups "$work/g.csv"
says 'did you mean "inquiries_6m"' "the nearest input is named"
printf 'input,group\nutilization,a\nutilization,b\n' >"$work/g.csv"
exits 4 "an input in two groups" "$candor" explain $sample \
    --groups "$work/g.csv"
printf 'input,group\nutilization,purpose\n' >"$work/g.csv"
refuses "a group named like an input outside it" "give it another name" \
    --groups "$work/g.csv"
printf 'name,group\nutilization,purpose\n' >"$work/g.csv"
"$candor" explain $sample --groups "$work/g.csv" >"$work/out" 2>"$work/said"
says '"input"' "a table of groups without its column says which"

# --- interactions -------------------------------------------------------------
explain --interactions --precision strict --limit 40
each '. as $r | .contributions | to_entries | all(.[]; . as $c |
    ([$r.interactions[] | select(.[0] == $c.key or .[1] == $c.key) | .[2]] |
        add // 0) - $c.value | fabs < 1e-9)' \
    "interactions of an input add up to its contribution"
jq -c '[.interactions[] | select(.[0] != .[1])] |
    sort_by(-(.[2] | fabs))[0:5] | map(.[2] | fabs)' "$work/out" >"$work/want"
explain --interactions 5 --precision strict --limit 40
jq -c '.interactions | map(.[2] | fabs)' "$work/out" >"$work/got"
differs_not "$work/want" "$work/got" "--interactions 5: the five largest"
explain --interactions=3 --format csv --limit 40
awk -F, 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad || NR != 41 ||
    n != 35 }' "$work/out"
ok $? "--interactions 3: three pairs of columns each in CSV"

# --- reasons ------------------------------------------------------------------
explain --reasons 4
each '(.reasons | keys) == ["A", "B"] and
    (.reasons | all(.[]; length <= 4 and all(.[]; .[1] > 0) and
        ([.[][1]] | . == (sort | reverse))))' \
    "reasons: at most four by each method, largest shortfall first"
cp "$work/out" "$work/reasons"
"$candor" run $sample --quiet --only notice --limit 40 -o "$work/run" \
    >"$work/said" 2>&1
for twin in "$work"/run/decisions/*/*/decision.json; do
    jq -c 'def first($m): map(select(.["rank-" + $m].value > 0)) |
        sort_by(.["rank-" + $m].value)[0:4] | map(.key.value);
        select(.reasons.ranked) | [.decision.id.value,
        (.reasons.ranked | first("a"), first("b"))]' "$twin"
done | sort >"$work/want"
jq -c '[.id, (.reasons.A | map(.[0])), (.reasons.B | map(.[0]))]' \
    "$work/reasons" | sort >"$work/all"
[ "$(wc -l <"$work/want")" -gt 20 ] &&
    [ -z "$(comm -23 "$work/want" "$work/all")" ]
ok $? "reasons: the ranks in the twins of a run"
explain --reasons 4 --format csv
awk -F, 'NR == 1 { n = NF } NF != n { bad = 1 } END { exit bad || n != 21 ||
    NR != 301 }' "$work/out"
ok $? "reasons: CSV has as many cells in each row"
explain --reasons 4 --reference B
each '(.reasons | keys) == ["B"]' "reasons: by method B alone"
jq -c .reasons.B "$work/out" >"$work/got"
jq -c .reasons.B "$work/reasons" >"$work/want"
differs_not "$work/want" "$work/got" "reasons: B alone gives what A and B give"
explain --reasons 4 --precision strict
jq -c '[.id, (.reasons | map_values(map(.[0])))]' "$work/out" >"$work/want"
jq -c '[.id, (.reasons | map_values(map(.[0])))]' "$work/reasons" >"$work/got"
differs_not "$work/want" "$work/got" "reasons: float prints those of strict"
each '.precision == "strict"' "reasons: strict mode marks each row strict"

# --- the same whatever runs them ----------------------------------------------
{
    cat $sample/decisions.csv
    for copy in 1 2 3 4 5 6 7 8 9; do
        tail -n +2 $sample/decisions.csv
    done
} >"$work/many.csv"
explain --reasons 4 --data "$work/many.csv" --jobs 1
cp "$work/out" "$work/want"
[ "$(wc -l <"$work/want")" -eq 3000 ]
ok $? "many rows: one line each"
explain --reasons 4 --data "$work/many.csv" --jobs 2
cmp -s "$work/out" "$work/want"
ok $? "reasons: two threads give the same bytes"
for level in scalar avx2 avx512; do
    CANDOR_SIMD=$level "$candor" explain $sample --quiet --reasons 4 \
        --data "$work/many.csv" >"$work/out" 2>"$work/said"
    code=$?
    if grep -q "this machine" "$work/said"; then
        skip "reasons by $level" "not on this machine"
        continue
    fi
    [ $code -eq 0 ] && cmp -s "$work/out" "$work/want"
    ok $? "reasons: $level gives the same bytes"
done
head -300 "$work/want" | jq -c '.reasons' >"$work/a"
tail -300 "$work/want" | jq -c '.reasons' >"$work/b"
differs_not "$work/a" "$work/b" "rows that repeat have the same reasons"
explain --data "$work/many.csv"
cp "$work/out" "$work/want"
explain --data "$work/many.csv" --memory 40M
cmp -s "$work/out" "$work/want"
ok $? "--memory changes no byte"
explain --data "$work/many.csv" --jobs 2
cmp -s "$work/out" "$work/want"
ok $? "two threads change no byte"

# --- float, held against strict -----------------------------------------------
explain
cp "$work/out" "$work/float"
each '.error == null or (.error >= 0 and
    .error <= 2e-5 * ([.contributions[] | fabs] | max))' \
    "float states a bound of each row within 2e-5 of its largest"
explain --precision strict
each '.error == null and (.residual | fabs) < 1e-9' "strict has no error"
jq -s '[.[0:300], .[300:600]] | transpose | all(.[]; (.[0].error // 1e-12) as
    $most | (.[0].contributions | to_entries) as $f | .[1].contributions as $s |
    all($f[]; ((.value - $s[.key]) | fabs) <= 2 * $most + 1e-7))' \
    "$work/float" "$work/out" | grep -qx true
ok $? "float is within its bound of strict"

# --- arrays -------------------------------------------------------------------
explain --format npy --out "$work/npy" --reference A,B --interactions
[ -s "$work/npy/contributions.npy" ] && [ -s "$work/npy/margin.npy" ] &&
    [ -s "$work/npy/residual.npy" ] && [ -s "$work/npy/rows.npy" ] &&
    [ -s "$work/npy/base.npy" ] && [ -s "$work/npy/pairs.npy" ] &&
    jq -e '(.references | length) == 2 and .rows == 300 and
        (.players | length) == 19' "$work/npy/names.json" >"$work/said"
ok $? "arrays: one file each, and names"
head -c 128 "$work/npy/contributions.npy" | grep -aq "(300, 2, 1, 19)"
ok $? "arrays: rows, games, outputs, players"
explain --format npy --out "$work/npy1" --precision strict
head -c 128 "$work/npy1/contributions.npy" | grep -aq "<f8.*(300, 19)"
ok $? "arrays: one game of one output is rows and players, double if strict"
explain --precision strict --limit 1
od -An -v -t f8 -w8 -j 128 -N 24 "$work/npy1/contributions.npy" |
    tr -d ' ' >"$work/got"
jq '[.contributions[]][0:3][]' "$work/out" | paste - "$work/got" |
    awk '{ d = $1 - $2; if (d > 1e-12 || d < -1e-12) bad++ }
        END { exit bad > 0 || NR != 3 }'
ok $? "arrays hold the numbers of the lines"
exits 2 "a folder that is not empty" "$candor" explain $sample --format npy \
    --out "$work/npy"
says "never mixed" "it says why"

# --- all rows in one document -----------------------------------------------------
explain --precision strict --reference A
jq -s 'map(.contributions | map_values(fabs)) |
    (map(to_entries) | add | group_by(.key) |
        map({key: .[0].key, value: ([.[].value] | add / length)}) |
        from_entries)' "$work/out" >"$work/means"
explain --global --interactions 3 --precision strict
cp "$work/out" "$work/global"
jq -e --slurpfile m "$work/means" '.rows == 300 and (.games | length) == 2 and
    (.games[0].groups[0].players | length == 19 and all(.[]; . as $p |
        ($p.mean_absolute.value - $m[0][$p.player] | fabs) < 1e-9 and
        .mean_absolute.low <= .mean_absolute.value and
        .mean_absolute.value <= .mean_absolute.high))' "$work/global" \
    >"$work/said"
ok $? "global: means of the absolute contributions of all rows"
jq -e '.games | all(.[]; (.groups[0].interactions | length) == 3 and
    all(.groups[]; .column == null or .rows <= 300) and
    ([.groups[] | select(.column == "sex") | .rows] | add) == 300 and
    all(.dependence[]; ([.bins[].rows] | add) == 300))' "$work/global" \
    >"$work/said"
ok $? "global: pairs, groups and bins cover the rows"
declined=$("$candor" score $sample --quiet | jq -c \
    'select(.decision == "declined")' | wc -l)
jq -e --argjson n "$declined" '.reasons.groups[0] | .rows == $n and
    (.methods.A.factors | all(.[]; .any.value > 0 and
        ((.by_rank | add) - .any.value | fabs) < 1e-9)) and
    .same_first.value <= 1' "$work/global" >"$work/said"
ok $? "global: the reason report counts the declined"
explain --global --interactions 3 --precision strict --jobs 2
cmp -s "$work/out" "$work/global"
ok $? "global: two threads give the same bytes"
explain --global --groups factors
jq -e '.reasons == null and (.games[0].groups[0].players[0].player) != null' \
    "$work/out" >"$work/said"
ok $? "global: factors as players"
explain --global --estimator path-dependent
jq -e '.games[0].reference == null and .reasons == null' "$work/out" \
    >"$work/said"
ok $? "global: by the paths of the trees"

# --- the plan -----------------------------------------------------------------------
explain --plan --json --reference A,B
jq -e '.rows == 300 and .games == 2 and .players == 19 and .passes == 1 and
    ([.leaves[]] | add) > 0 and .seconds > 0 and .precision == "float" and
    .reference_rows > 2 and (.simd | length) > 0' "$work/out" >"$work/said"
ok $? "plan: kernels, tables, passes and time of the table's rows"
explain --plan --json --rows 1000000
jq -e '.rows == 1000000' "$work/out" >"$work/said"
ok $? "plan: for so many rows"
explain --plan --data - </dev/null
grep -q "give --rows N" "$work/out" && grep -q "^tables" "$work/out"
ok $? "plan: a pipe is not counted, the text says so"
explain --plan --limit 7 --json --precision strict
jq -e '.rows == 7 and .precision == "strict"' "$work/out" >"$work/said"
ok $? "plan: --limit and --precision count"
[ ! -e "$work/planned" ] && explain --plan --format npy --out "$work/planned" &&
    [ ! -e "$work/planned" ]
ok $? "plan: nothing is made"

# --- bad requests name the way out --------------------------------------------
refuses "--top with npy" "leave --top out" --format npy --top 3 -o "$work/x"
refuses "--reasons with npy" "--format jsonl or csv" --format npy --reasons 3 \
    -o "$work/x"
refuses "npy without a folder" "--out FOLDER" --format npy
refuses "npy with some pairs" "without a number" --format npy \
    --interactions 3 -o "$work/x"
refuses "--reasons with --groups" "without --groups" --reasons 4 \
    --groups factors
refuses "--reasons against a table" "A, B or A,B" --reasons 4 \
    --reference $sample/test.csv
refuses "a reference of a method without" "leave --reference" \
    --estimator path-dependent --reference A
refuses "an empty name" "empty name" --reference A,,B
refuses "--global with a format" "without --format" --global --format csv
refuses "a size that is none" "400M or 2G" --memory much
refuses "another precision" "float strict" --precision double
exits 2 "refused: a level that is none" env CANDOR_SIMD=fast "$candor" \
    explain $sample
says "scalar, avx2 or avx512" "refused: a level says which there are"
# two trees of 400 inputs on one path each: 160,400 pairs meet
awk 'function list(key, n, text, i) {
        printf "%s=", key
        for (i = 0; i < n; i++)
            printf "%s%s", i ? " " : "", text == "x" ? "x" i : text
        print ""
    }
    BEGIN {
        n = 400
        print "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1"
        print "label_index=0\nmax_feature_idx=799\nobjective=regression"
        list("feature_names", 2 * n, "x")
        list("feature_infos", 2 * n, "[0:1]")
        print "tree_sizes=1 1\n"
        for (t = 0; t < 2; t++) {
            print "Tree=" t "\nnum_leaves=" n + 1 "\nnum_cat=0"
            f = l = r = v = c = ""
            for (i = 0; i < n; i++) {
                f = f " " (t * n + i)
                l = l " " (-i - 1)
                r = r " " (i < n - 1 ? i + 1 : -n - 1)
                c = c " " (n - i + 1)
            }
            for (i = 0; i <= n; i++) v = v " " i / 1000
            print "split_feature=" substr(f, 2)
            list("split_gain", n, 1)
            list("threshold", n, "0.5")
            list("decision_type", n, 2)
            print "left_child=" substr(l, 2) "\nright_child=" substr(r, 2)
            print "leaf_value=" substr(v, 2)
            list("leaf_weight", n + 1, 1)
            list("leaf_count", n + 1, 1)
            list("internal_value", n, 0)
            print "internal_weight=" substr(c, 2)
            print "internal_count=" substr(c, 2)
            print "is_linear=0\nshrinkage=1\n\n"
        }
        print "end of trees\n\nparameters:\nend of parameters"
    }' >"$work/wide.txt"
awk 'BEGIN { for (r = -1; r < 3; r++) for (i = 0; i < 800; i++)
    printf "%s%s", r < 0 ? "x" i : (i * 7 + r * 3) % 11 / 10,
        i < 799 ? "," : "\n" }' >"$work/wide.csv"
"$candor" init "$work/wide.txt" "$work/wide.csv" --yes --quiet \
    -o "$work/wide.json" 2>"$work/said"
exits 4 "refused: all pairs of a wide model" "$candor" explain \
    "$work/wide.json" --interactions
says "give --interactions K" "refused: all pairs of a wide model names the way"
"$candor" explain "$work/wide.json" --quiet --limit 1 >"$work/out" \
    2>"$work/said"
each '((.base + ([.contributions[]] | add) - .margin) | fabs) < 1e-5' \
    "a path of 400 inputs is explained as well as its bound says"

head -1 $sample/test.csv >"$work/none.csv"
exits 4 "an empty reference" "$candor" explain $sample \
    --reference "$work/none.csv"
says "at least one row" "an empty reference says what to name"
cut -d, -f2- $sample/test.csv >"$work/less.csv"
column=$(head -1 $sample/test.csv | tr ',' '\n' | grep -n utilization |
    cut -d: -f1)
cut -d, --complement -f"$column" $sample/test.csv >"$work/less.csv"
"$candor" explain $sample --reference "$work/less.csv" >"$work/out" \
    2>"$work/said"
says utilization "a reference without a column names it"
awk -F, -v c="$column" 'BEGIN { OFS = "," } NR > 1 { $c = "many" } { print }' \
    $sample/test.csv >"$work/words.csv"
exits 4 "a reference with words for numbers" "$candor" explain $sample \
    --reference "$work/words.csv"
says utilization "it names the column of the first error"
finish
