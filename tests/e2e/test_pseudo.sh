#!/bin/sh
# No sentence stands in C or in a template: in the pseudo-language every message
# comes out bracketed, so that what stands outside of brackets must be a value of
# the twin, legal text, digits or signs.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
exits 0 "pseudo: a run in the language qps" "$candor" run samples/credit \
    -o "$work/q" --only notice,explanation --language qps --quiet
bare() { # HTML TWIN: what is no data, if anything
    awk -f tests/e2e/unbracketed.awk "$1" >"$work/pieces"
    jq -nrR --slurpfile twin "$2" \
        --slurpfile pack templates/packs/us-ecoa-fcra/pack.json \
        -f tests/e2e/data.jq "$work/pieces" || echo "jq failed"
}
# Every form and action is seen: notices of 12 decisions of each action.
for action in approved denied counteroffer incomplete; do
    jq -r "select(.action == \"$action\") | .folder" "$work/q/decisions.jsonl" |
        head -12 >"$work/folders"
    : >"$work/found"
    pages=0
    while read -r folder; do
        for page in "$work/q/$folder"/*.qps.html; do
            [ -f "$page" ] || continue
            pages=$((pages + 1))
            bare "$page" "$work/q/$folder/decision.json" >>"$work/found"
        done
    done <"$work/folders"
    sort -u "$work/found" >"$work/said"
    [ ! -s "$work/said" ] && [ $pages -gt 5 ]
    ok $? "pseudo: only data outside of brackets, $action, $pages pages"
done
# the same pages with one sentence planted, which must be found
page=$(find "$work/q/decisions" -name 'notice.qps.html' | sort | head -1)
sed 's/<h1\([^>]*\)>/<p>Somebody wrote this<\/p><h1\1>/' "$page" >"$work/planted.html"
bare "$work/planted.html" "$(dirname "$page")/decision.json" >"$work/said"
grep -qx "Somebody wrote this" "$work/said"
ok $? "pseudo: a planted sentence is found"
sed 's/<h1\([^>]*\)>/<p title="Nor this">.<\/p><h1\1>/' "$page" >"$work/planted.html"
bare "$work/planted.html" "$(dirname "$page")/decision.json" >"$work/said"
grep -qx "Nor this" "$work/said"
ok $? "pseudo: a planted attribute is found"

# the card, in whose tables every head and note is a message too
"$candor" run samples/credit -o "$work/c" --only card --language qps --quiet \
    >"$work/out" 2>"$work/said"
if [ -f "$work/c/card/card.qps.html" ]; then
    bare "$work/c/card/card.qps.html" "$work/c/card/card.json" | sort -u \
        >"$work/said"
    [ ! -s "$work/said" ]
    ok $? "pseudo: only data outside of brackets, card"
else
    skip "pseudo: card" "this build makes no card"
fi
if command -v pdftotext >/dev/null; then
    pdftotext "${page%.html}.pdf" - | grep -q '⟦'
    ok $? "pseudo: the PDF speaks it too"
else
    skip "pseudo: PDF" "pdftotext is not installed"
fi
finish
