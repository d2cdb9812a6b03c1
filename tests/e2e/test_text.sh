#!/bin/sh
# Texts from end to end: a small linear model of words, told exactly; a model
# that is only asked, told with intervals; what people may write; an encoder.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
p=samples/text
twin() { # ID FILTER NAME: jq on the twin of a decision
    f=$(find "$work/run/decisions" -path "*/$1/decision.json")
    jq -e "$2" "$f" >"$work/said" 2>&1
    ok $? "$3"
}
page() { # ID
    f=$(find "$work/run/decisions" -path "*/$1/explanation.en-US.html")
    tr '\n' ' ' <"$f" >"$work/page"
}
shows() { # TEXT NAME
    grep -qF -e "$1" "$work/page"
    ok $? "$2"
}

exits 0 "text: a run" "$candor" run "$p" -o "$work/run" \
    --only notice,explanation --progress none
exits 0 "text: verified" "$candor" verify "$work/run"
word='[.text.input[0].piece[] | select(.text.value == "repair")][0]'
twin P02104 "$word.points.value - 0.45 * 40 / (2 | log) | fabs < 1e-9" \
    "text: a word's points are its coefficient"
twin P02104 "$word | .side.value == \"for\" and .points.ci == null" \
    "text: it counted for the person, without error"
twin P02104 '.text.input[0] | ([.piece[].points.value] | add) as $s |
    (.total.value - $s | fabs) < 1e-9 and .exact.value' \
    "text: words add up to what the text changed"
twin P02104 '.text.input[0] | .text.value as $t | all(.piece[];
    (.first.value) as $i | (.end.value) as $j |
    $t[$i:$j] == .text.value)' \
    "text: offsets lead back to the words"
twin P02106 '.text.input[0] | [.piece[] | select(.text.value |
    ascii_downcase == "cash") | .points.value] | length == 3 and
    (add + 0.3 * 40 / (2 | log) | fabs) < 1e-9 and (max - min < 1e-12)' \
    "text: where presence counts, its places share alike"
twin P02109 '.text == null' "text: nothing written, nothing shown"
page P02106
shows '&lt;b&gt;' "text: markup is shown, not done"
shows '<span class="spoken">against: </span>' "text: sides are said aloud"
page P02104
shows '<span class="help strong">' "text: for"
shows '<span class="hurt strong">' "text: against"
exits 0 "text: one thread" "$candor" run "$p" -o "$work/one" -j 1 \
    --only notice,explanation --progress none
differs_not "$work/run/decisions" "$work/one/decisions" \
    "text: threads do not show"

# what people may write: marks of direction, control signs, very much
alter() { # NAME TEXT: one decision with this text
    mkdir -p "$work/$1"
    cp "$p/candor.json" "$p/purpose.csv" "$p/development.csv" "$work/$1"
    sed -i '/"card": true/d' "$work/$1/candor.json"
    { head -1 "$p/decisions.csv"
      printf 'T1,A,1 Elm,B,a loan,100,2026-11-02,2026-11-16,0.3,0,30,"%s",30\n' \
          "$2"; } >"$work/$1/decisions.csv"
    rm -rf "$work/run"
}
made() { # NAME CODE
    exits "$2" "text: $1" "$candor" run "$work/$1" -o "$work/run" \
        --only explanation --progress none
}
rlo=$(printf '\342\200\256')
alter hostile "late ${rlo}diap$(printf '\001\033')[2J repair"
made hostile 0
page T1
! grep -q "$rlo" "$work/page"
ok $? "text: no mark of direction reaches a page"
shows "cannot be printed" "text: and the page says so"
alter long "$(awk 'BEGIN { for (i = 0; i < 900; i++) printf "late again. " }')"
made long 0
twin T1 '.text.input[0] | .players.value == "sentences" and
    (.pieces.value == 900)' "text: a long one by sentences"
alter endless "$(awk 'BEGIN { for (i = 0; i < 1100; i++) printf "late again. " }')"
made endless 4
grep -q "too long to be explained" "$work/run/errors.jsonl"
ok $? "text: an endless one is a told error"
alter sentences "I was late. I repair it."
sed -i 's/"text_players": "words"/"text_players": "sentences"/' \
    "$work/sentences/candor.json"
made sentences 0
twin T1 '[.text.input[0].piece[].text.value] ==
    ["I was late.", "I repair it."]' "text: sentences as players"
sed -i 's/"text_players": "words"/"text_players": "letters"/' \
    "$work/hostile/candor.json"
made hostile 2

# with a word in the place of what is left out, versions are asked: the same
alter instead "I was late with rent but repair the roof and work again"
sed -i 's/"text_players": "words"/&, "text_instead": "thing"/' \
    "$work/instead/candor.json"
made instead 0
twin T1 "($word.points.value - 0.45 * 40 / (2 | log) | fabs) < 1e-6" \
    "text: asked, a linear model gives its coefficients"

if [ -z "${CANDOR_TEST_ENCODER:-}" ]; then
    skip "text: a transformer" "CANDOR_TEST_ENCODER names no python"
    finish
    exit 0
fi
PATH=$(dirname "$CANDOR_TEST_ENCODER"):$PATH
mkdir "$work/encoder"
cp "$p"/encoder* "$p/decisions.csv" "$work/encoder"
head -41 "$p/development.csv" >"$work/encoder/development.csv"
sed 's/"text_evaluations": 400/"text_evaluations": 80/; s/"minimum_rows": 30/"minimum_rows": 2/; s|"description": "A[^"]*"|"minimum_rows": 2|' \
    "$p/encoder.json" >"$work/encoder/candor.json"
rm -rf "$work/run"
exits 0 "text: a transformer" "$candor" run "$work/encoder" -o "$work/run" \
    --only explanation --progress none --limit 2
twin P02101 '.text.input[0] | (.exact.value | not) and
    all(.piece[]; .points.ci[0] <= .points.value and
        .points.value <= .points.ci[1])' \
    "text: a transformer's words have intervals"
twin P02101 '.text.input[0] | ([.piece[].points.value] | add) as $s |
    (.total.value - $s | fabs) < 1e-6' "text: and add up"
finish
