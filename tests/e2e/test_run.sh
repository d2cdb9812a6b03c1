#!/bin/sh
# One run from end to end: the same bytes however it is run, hashes that check,
# choices of rows, exit statuses, bad rows, refusals.
cd "$(dirname "$0")/../.." || exit 5
umask 022
. tests/e2e/lib.sh
. tests/e2e/page_text.sh
sample=samples/credit
run() { # OUT OPTION…
    out=$1
    shift
    "$candor" run "$sample" -o "$out" $papers "$@"
}

# --- the same bytes -----------------------------------------------------------
papers=--quiet
exits 0 "run: the sample, all documents" run "$work/a" --jobs 1
[ -s "$work/a/card/card.en-US.pdf" ]
ok $? "run: the card is among them"
exits 0 "run: two threads" run "$work/b" --jobs 2
differs_not "$work/a" "$work/b" "run: one thread and two give the same bytes"
rm -rf "$work/b"
for level in scalar avx2 avx512; do
    CANDOR_SIMD=$level "$candor" run $sample -o "$work/b" $papers \
        >"$work/out" 2>"$work/said"
    code=$?
    if grep -q "this machine" "$work/said"; then
        skip "run: kernels by $level" "not on this machine"
        continue
    fi
    ok $code "run: kernels by $level"
    differs_not "$work/a" "$work/b" "run: kernels by $level give the same bytes"
    rm -rf "$work/b"
done
mkdir -p build/locale
[ -d build/locale/de_DE.UTF-8 ] || localedef -i de_DE -f UTF-8 \
    build/locale/de_DE.UTF-8 >/dev/null 2>&1
comma=$(LOCPATH="$root/build/locale" LC_ALL=de_DE.UTF-8 \
    locale decimal_point 2>/dev/null)
if [ "$comma" = "," ]; then
    exits 0 "run: a locale with a decimal comma, another time zone" env \
        LOCPATH="$root/build/locale" LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 \
        TZ=Pacific/Auckland "$candor" run $sample -o "$work/b" $papers
    differs_not "$work/a" "$work/b" \
        "run: locale and time zone change no byte"
else
    skip "run: a locale with a decimal comma" "no German locale can be made here"
fi
rm -rf "$work/b"
mkdir -p "$work/far/away"
(cd "$work/far/away" && "$candor" run "$root/$sample/candor.json" -o out \
    $papers) >"$work/said" 2>&1
ok $? "run: from another working folder"
differs_not "$work/a" "$work/far/away/out" "run: the folder changes no byte"
rm -rf "$work/far"

# --- what a run leaves --------------------------------------------------------
for f in manifest.json SHA256SUMS index.html decisions.jsonl refused.jsonl \
    errors.jsonl; do
    [ -f "$work/a/$f" ]
    ok $? "run: leaves $f"
done
(cd "$work/a" && sha256sum -c --quiet SHA256SUMS) >"$work/said" 2>&1
ok $? "run: sha256sum checks every file"
rows=$(jq -s length "$work/a/decisions.jsonl")
[ "$rows" = 300 ]
ok $? "run: a line for each of the 300 decisions"
jq -e '.counts.decisions == 300 and .counts.bad_rows == 0' \
    "$work/a/manifest.json" >/dev/null 2>"$work/said"
ok $? "run: the manifest counts them"
jq -e '.contributions | .precision == "strict" and .explained > 200 and
    .checked == .explained and .largest_share_of_bound > 0 and
    .largest_share_of_bound <= 1 and .largest_residual < 1e-12' \
    "$work/a/manifest.json" >/dev/null 2>"$work/said"
ok $? "run: every row explained was held against the fast kernels"
cat "$work"/a/decisions/*/*/decision.json | jq -e -s 'map(select(
    .score.used.value) | .score | (.residual.value != null and
    .precision.value == "strict" and .check.value <= .bound.value)) | all' \
    >/dev/null 2>"$work/said"
ok $? "run: each twin says residual, precision, difference and bound"
[ -z "$(find "$work/a" -name '*.part*')" ]
ok $? "run: no part files stay"
bad=$(find "$work/a/decisions" -type f ! -perm 600 | wc -l)
[ "$bad" -eq 0 ]
ok $? "run: every file about a person has mode 0600"
[ -z "$(find "$work/a/card" -type f ! -perm 644)" ]
ok $? "run: the card's files are for all to read"
! grep -rlF -e "$root" "$work/a" >"$work/said"
ok $? "run: no path of this machine in any file"

# --- the two forms say the same -----------------------------------------------
if command -v qpdf >/dev/null && command -v pdftotext >/dev/null; then
    same=0 sound=0 seen=0
    for pdf in "$work"/a/decisions/*/*/notice.*.pdf; do
        seen=$((seen + 1))
        [ $((seen % 3)) -eq 0 ] || continue
        qpdf --check "$pdf" >"$work/said" 2>&1 || sound=$((sound + 1))
        page_text "${pdf%.pdf}.html" >"$work/html"
        page_text_pdf "$pdf" "${pdf%.pdf}.html" >"$work/pdf"
        if ! cmp -s "$work/html" "$work/pdf"; then
            same=$((same + 1))
            echo "$pdf"
            cat "$work/html"
            echo
            cat "$work/pdf"
            echo
        fi >>"$work/unlike"
    done
    [ "$sound" -eq 0 ] && [ "$seen" -ge 100 ]
    ok $? "run: qpdf finds every third notice sound"
    [ -f "$work/unlike" ] && mv "$work/unlike" "$work/said"
    [ "$same" -eq 0 ]
    ok $? "run: a notice's drawn text is its HTML text, in order"
else
    skip "run: PDF checks" "qpdf or pdftotext is not installed"
fi

# --- verify -------------------------------------------------------------------
exits 0 "verify: a finished run" "$candor" verify "$work/a"
one=$(cd "$work/a" && ls decisions/*/*/notice.*.html | head -1)
cp -r "$work/a" "$work/v"
printf 'x' | dd of="$work/v/$one" bs=1 seek=900 conv=notrunc 2>/dev/null
exits 1 "verify: a changed byte" "$candor" verify "$work/v"
says "$one" "verify: names the changed file"
rm "$work/v/$one"
exits 1 "verify: a missing file" "$candor" verify "$work/v"
says "$one" "verify: names the missing file"
cp "$work/a/$one" "$work/v/$one"
exits 0 "verify: put back" "$candor" verify "$work/v"
echo >"$work/v/decisions/extra.html"
exits 1 "verify: an extra file" "$candor" verify "$work/v"
says "decisions/extra.html" "verify: names the extra file"
rm "$work/v/decisions/extra.html"
sed -i 's/"bad_rows": 0/"bad_rows": 1/' "$work/v/manifest.json"
exits 1 "verify: a changed manifest" "$candor" verify "$work/v"
exits 5 "verify: no such folder" "$candor" verify "$work/nowhere"
rm -rf "$work/v"

papers="--only notice,explanation --quiet"
# --- which rows ---------------------------------------------------------------
cut -d, -f1 $sample/decisions.csv | sed -n '5p;9p;12p' >"$work/ids"
exits 0 "run: --ids" run "$work/i" --ids "$work/ids"
jq -r .id "$work/i/decisions.jsonl" | cmp -s - "$work/ids"
ok $? "run: --ids takes those decisions, in the table's order"
one=$(jq -r .folder "$work/i/decisions.jsonl" | head -1)
differs_not "$work/a/$one" "$work/i/$one" "run: --ids changes no document"
exits 0 "run: --limit" run "$work/l" --limit 7
[ "$(jq -s length "$work/l/decisions.jsonl")" = 7 ]
ok $? "run: --limit 7 takes seven"
head -8 $sample/decisions.csv >"$work/eight.csv"
run "$work/s" --data - <"$work/eight.csv" >"$work/said" 2>&1
ok $? "run: decisions from standard input"
differs_not "$work/l/decisions" "$work/s/decisions" \
    "run: standard input gives the same documents"
exits 0 "run: --only one" "$candor" run $sample -o "$work/o" --only notice \
    --limit 40 --quiet
[ -n "$(find "$work/o" -name 'notice.*')" ] &&
    [ -z "$(find "$work/o" -name 'explanation.*')" ]
ok $? "run: --only notice makes no explanation"
if command -v sqlite3 >/dev/null; then
    sqlite3 "$work/d.db" ".mode csv" ".import $work/eight.csv d"
    exits 0 "run: decisions from SQLite" run "$work/q" \
        --data "sqlite:$work/d.db?d"
    [ "$(jq -s length "$work/q/decisions.jsonl")" = 7 ]
    ok $? "run: SQLite gives every row"
else
    skip "run: decisions from SQLite" "sqlite3 is not installed"
fi
rm -rf "$work/i" "$work/l" "$work/s" "$work/o" "$work/q"

# --- exit statuses ------------------------------------------------------------
mkdir "$work/p"
cp $sample/* "$work/p/"
project() { # SED: a project with one thing changed
    sed "$1" $sample/candor.json >"$work/p/candor.json"
}
project 's/"cutoff": 640/"cutof": 640/'
exits 2 "status 2: an unknown key" "$candor" check "$work/p"
says 'error: unknown key "cutof" in model (did you mean "cutoff"?)' \
    "status 2: names the key and the nearest"
says 'candor.json:24:5:' "status 2: file, line and column"
says '     ^~~~~~~' "status 2: a caret under the key"
exits 2 "status 2: an unknown option" "$candor" run $sample --onyl notice
says 'did you mean "--only"' "status 2: the nearest option"
exits 2 "status 2: run without --out" "$candor" run $sample
exits 2 "status 2: a folder that is not empty" run "$work/a"
says 'is not empty' "status 2: says that it is not empty"
project 's/"file": "model.json"/"file": "train.csv"/'
exits 3 "status 3: no model" "$candor" check "$work/p"
says 'train.csv' "status 3: names the file"
head -c 5000 $sample/model.json >"$work/p/half.json"
project 's/"file": "model.json"/"file": "half.json"/'
exits 3 "status 3: half a model" "$candor" check "$work/p"
says 'half.json' "status 3: names the half file"
printf 'a,b\n1,2\n' >"$work/other.csv"
exits 4 "status 4: a table of other columns" run "$work/t" \
    --data "$work/other.csv"
says 'has no column "income_monthly"' "status 4: names the column"
rm -rf "$work/t"
exits 5 "status 5: no such table" run "$work/t" --data "$work/nowhere.csv"
rm -rf "$work/t"
exits 5 "status 5: a folder below a file" run $sample/candor.json/t
says 'Not a directory' "status 5: says why"

# --- bad rows, refusals -------------------------------------------------------
head -6 $sample/decisions.csv >"$work/rows.csv"
income=$(head -1 "$work/rows.csv" | tr , '\n' | grep -n '^income_monthly$' |
    cut -d: -f1)
# line 3: income is the number after the second date that two numbers follow
awk 'NR == 3 { at = match($0, /,2026-[0-9-]*,[0-9]+,[0-9]+,[0-9]*,[a-z ]+,/)
        head = substr($0, 1, at)
        rest = substr($0, at + 1)
        sub(/,[0-9]+,/, ",many,", rest)
        $0 = head rest }
    { print }' "$work/rows.csv" >"$work/bad.csv"
sed -n 2p "$work/rows.csv" >>"$work/bad.csv"
exits 4 "status 4: more bad rows than allowed" run "$work/e" \
    --data "$work/bad.csv"
[ "$(jq -s length "$work/e/errors.jsonl")" = 2 ]
ok $? "run: a bad cell and a repeated id are two errors"
cp "$work/e/errors.jsonl" "$work/said"
jq -es --argjson c "$income" '.[0].line == 3 and .[0].row == 2 and
    .[0].name == "income_monthly" and .[0].column > $c' \
    "$work/e/errors.jsonl" >/dev/null
ok $? "run: a bad cell has its line, column and name"
jq -es '.[1].line == 7 and (.[1].error | contains("twice"))' \
    "$work/e/errors.jsonl" >/dev/null
ok $? "run: a repeated id has its line"
[ "$(jq -s length "$work/e/decisions.jsonl")" = 4 ]
ok $? "run: the other rows are made"
project 's/"near_cutoff_width": 20,/"near_cutoff_width": 20, "errors_allowed": 2,/'
exits 0 "run: as many bad rows as are allowed" "$candor" run "$work/p" \
    -o "$work/e2" $papers --data "$work/bad.csv"
exits 0 "verify: a run with bad rows" "$candor" verify "$work/e2"
sed -n '1p;/,denied,/p;/,declined,/p' $sample/decisions.csv | head -4 |
    awk 'NR == 2 { sub(/,[^,]*,/, ",,") } { print }' >"$work/nameless.csv"
exits 1 "status 1: a gate refuses a decision" run "$work/r" \
    --data "$work/nameless.csv"
cp "$work/r/refused.jsonl" "$work/said"
jq -es 'length == 1 and (.[0].gates[0] | .gate != null and
    (.citation | length > 3) and (.what | length > 3) and
    (.remedy | length > 3))' "$work/r/refused.jsonl" >/dev/null
ok $? "run: a refusal names gate, citation and what to do"
refused=$(jq -r .id "$work/r/refused.jsonl")
[ -n "$refused" ] && [ -z "$(find "$work/r/decisions" -path "*$refused*" -type f)" ]
ok $? "run: a refused decision has no document"
[ -n "$refused" ] && grep -qF "$refused" "$work/r/index.html"
ok $? "run: the page at a glance lists the refusal"
exits 0 "verify: a run with refusals" "$candor" verify "$work/r"
finish
