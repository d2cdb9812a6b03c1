#!/bin/sh
# Renders the samples into build/demo, each folder replaced, and ends by naming
# three files to open. `make demo` calls it after building. Exits 1 when a run
# failed; the runs after it are still made.
cd "$(dirname "$0")/.." || exit 5
candor=build/candor
demo=build/demo
failed=0
rm -rf "$demo"
mkdir -p "$demo/projects" || exit 5

# vary NAME SED-ARGUMENT…: the sample lender's project with small differences,
# in a folder of its own; its paths lead back to the sample's tables.
vary() {
    name=$1
    shift
    mkdir -p "$demo/projects/$name"
    sed -e 's|"file": "|"file": "../../../../samples/credit/|' "$@" \
        samples/credit/candor.json >"$demo/projects/$name/candor.json"
}

# render NAME PROJECT [OPTION…]: a run, and every hash of it checked again.
render() {
    name=$1
    project=$2
    shift 2
    echo "candor run $project -o $demo/$name $*"
    if "$candor" run "$project" -o "$demo/$name" "$@" &&
        "$candor" verify "$demo/$name"; then
        return
    fi
    echo "make demo: $name failed" >&2
    failed=1
}

# The other model never saw these decisions, so what was decided is left to it.
vary lightgbm \
    -e 's|samples/credit/model.json|samples/credit/model-lightgbm.txt|' \
    -e 's|"id": "personal-loan-risk"|"id": "personal-loan-risk-l"|' \
    -e 's|"environment": "xgboost 3.2.0|"environment": "lightgbm 4.7.0|' \
    -e '/"\(action\|failed_component\|score\)": "[a-z_]*",$/d' \
    -e '/"\(counteroffer\|missing_items\|reply_by\)": "[a-z_]*",$/d'
# Form C-5: the notice tells the right to reasons instead of the reasons.
vary right-to-reasons \
    -e 's|"variant": "[^"]*",||' \
    -e 's|"paper": |"variant": "right to reasons", "paper": |'

render credit samples/credit
render lightgbm "$demo/projects/lightgbm"
render right-to-reasons "$demo/projects/right-to-reasons" --only notice
render claims samples/claims

# The first denial well below the limit is a letter like most.
letter=$(sed -n 's/.*"action":"denied","score":[0-5][0-9.]*,.*"folder":"\([^"]*\)".*/\1/p' \
    "$demo/credit/decisions.jsonl" 2>/dev/null | head -1)
set -- "$demo/credit/$letter/notice.en-US.pdf" \
    "$demo/credit/$letter/explanation.en-US.html" \
    "$demo/credit/card/card.en-US.pdf"
for file; do
    [ -s "$file" ] && continue
    echo "make demo: $file was not made" >&2
    failed=1
done
[ "$failed" -eq 0 ] || exit 1
echo
echo "Open these three:"
printf '  %s\n' "$@"
echo "All of them, with a search: $demo/credit/index.html"
