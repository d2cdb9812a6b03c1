#!/bin/sh
# A document of one's own with no C: a template and its sentences in a folder.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
own=$work/own
mkdir -p "$own/letter" "$own/languages"
jq '. + {
    "letter.title": "Letter about {id}",
    "letter.dear": "Dear {name},",
    "letter.inputs": "{count, plural, one {# fact was} other {# facts were}} read, and the answer is {action, select, approved {yes} other {not yet}}.",
    "letter.foot": "Letter {id}"
}' templates/languages/en-US.json >"$own/languages/en-US.json"
cat >"$own/letter/letter.xhtml" <<'X'
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:c="urn:candor:template">
<head>
  <title><c:message key="letter.title" arg.id="{{ decision/id }}"/></title>
  <meta name="kind" content="letter"/>
  <meta name="author" content="{{ institution/name }}"/>
  <meta name="date" content="{{ document/date/@value }}"/>
  <meta name="foot-left"><c:message key="letter.foot" arg.id="{{ decision/id }}"/></meta>
</head>
<body>
  <c:include file="letterhead.xhtml"/>
  <h1><c:message key="letter.title" arg.id="{{ decision/id }}"/></h1>
  <p><c:message key="letter.dear" arg.name="{{ applicant/name }}"/></p>
  <p><c:message key="letter.inputs" arg.count="{{ used/count }}" arg.action="{{ decision/action/@value }}"/></p>
  <c:include file="greeting.xhtml"/>
</body>
</html>
X
cat >"$own/letter/greeting.xhtml" <<'X'
<c:fragment xmlns="http://www.w3.org/1999/xhtml" xmlns:c="urn:candor:template">
<p class="small">{{ institution/name }} · {{ institution/telephone }}</p>
</c:fragment>
X
make_letters() {
    rm -rf "$work/out-folder"
    "$candor" run samples/credit -o "$work/out-folder" --only letter \
        --templates "$own" --limit 20 --quiet >"$work/out" 2>"$work/said"
}
make_letters
ok $? "new document: a folder with a template and sentences is enough"
html=$(find "$work/out-folder" -name 'letter.en-US.html' | sort)
[ "$(echo "$html" | grep -c .)" -eq 20 ]
ok $? "new document: one for each decision"
[ "$(find "$work/out-folder" -name 'letter.en-US.pdf' | wc -l)" -eq 20 ] &&
    [ -z "$(find "$work/out-folder" -name 'notice.*')" ]
ok $? "new document: in PDF as well, and no other document"
bad=0
for page in $html; do
    twin=$(dirname "$page")/decision.json
    id=$(jq -r .decision.id.value "$twin")
    name=$(jq -r .applicant.name.value "$twin")
    grep -qF "<h1 id=\"heading-1\">Letter about $id</h1>" "$page" &&
        grep -qF "<p>Dear $name,</p>" "$page" &&
        grep -q 'facts were read, and the answer is \(yes\|not yet\)\.' \
            "$page" || bad=$((bad + 1))
done
[ $bad -eq 0 ] && [ -n "$html" ]
ok $? "new document: its sentences hold the decision's facts"
grep -lq 'the answer is yes' $html && grep -lq 'the answer is not yet' $html
ok $? "new document: both branches are taken"
exits 0 "new document: the run verifies" "$candor" verify "$work/out-folder"
if command -v qpdf >/dev/null; then
    pdf=$(find "$work/out-folder" -name 'letter.en-US.pdf' | head -1)
    exits 0 "new document: a sound PDF" qpdf --check "$pdf"
else
    skip "new document: a sound PDF" "qpdf is not installed"
fi

# What is wrong in it is told before anything is made.
wrong() { # SED TEXT NAME
    cp "$own/letter/letter.xhtml" "$work/kept"
    sed -i "$1" "$own/letter/letter.xhtml"
    make_letters
    [ $? -eq 2 ] && grep -qF "$2" "$work/said" &&
        grep -q 'letter/letter.xhtml:[0-9]*' "$work/said" &&
        [ ! -e "$work/out-folder" ]
    ok $? "new document: $3"
    cp "$work/kept" "$own/letter/letter.xhtml"
}
wrong 's/applicant\/name/applicant\/nmae/' 'nmae' \
    "a fact that is not there is told with file and line"
wrong 's/letter\.dear/letter.deer/' 'did you mean "letter.dear"' \
    "a message that is not there is told with the nearest"
wrong 's/<h1>/<h1>Hello /' 'Hello' "bare words in a template are refused"
wrong 's/<h1>/<h9>/;s/<\/h1>/<\/h9>/' 'h9' "an unknown element is refused"
wrong 's/<\/body>//' 'not well-formed' "markup that does not close is refused"
rm "$own/letter/greeting.xhtml"
make_letters
[ $? -eq 2 ] && grep -qF 'greeting.xhtml' "$work/said"
ok $? "new document: a fragment that is not there is told"
exits 2 "new document: a name without a template" "$candor" run \
    samples/credit -o "$work/none" --only lettre --templates "$own" --quiet
says 'no template "lettre"' "new document: names the template that is not there"
finish
