#!/bin/sh
# A full disk, a folder that may not be written, a killed run, fonts and legal
# texts that are not what they should be, inputs that cannot be read: the right
# message, the right status, no half file.
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/credit
papers="--only notice,explanation --quiet"
full() { # NAME COMMAND…: standard output on a full disk
    name=$1
    shift
    "$@" >/dev/full 2>"$work/said"
    [ $? -eq 5 ]
    ok $? "full disk: $name has status 5"
    says "could not be written" "full disk: $name says so"
}
if [ -c /dev/full ]; then
    full "score" "$candor" score $sample
    full "explain" "$candor" explain $sample --limit 3 --format csv
    full "recourse" "$candor" recourse $sample --limit 3
    full "inspect" "$candor" inspect $sample/model.json --json
    full "help" "$candor" help
    full "run --json" "$candor" run $sample -o "$work/json" --limit 3 $papers \
        --json
    exits 0 "full disk: the run itself is whole" "$candor" verify "$work/json"
    exits 5 "full disk: --out /dev/full" "$candor" score $sample -o /dev/full
    says "No space left" "full disk: --out says so"
    exits 5 "full disk: init to /dev/full" "$candor" init \
        samples/claims/model.txt samples/claims/train.csv -o /dev/full --yes
    [ -c /dev/full ]
    ok $? "full disk: the device is still one"
else
    skip "full disk: /dev/full" "there is none"
fi

# whole_or_absent OUT NAME: every file is one of the finished run's, whole; what
# is unfinished has a hidden name; the run does not call itself finished
whole_or_absent() {
    : >"$work/said"
    (cd "$1" && find . -type f ! -name '.*') | while read -r f; do
        cmp "$1/$f" "$work/finished/$f"
    done >"$work/said" 2>&1
    [ ! -s "$work/said" ] && [ ! -e "$1/manifest.json" ] &&
        [ ! -e "$1/SHA256SUMS" ] && [ ! -e "$1/index.html" ]
    ok $? "$2"
}
exits 0 "a finished run to compare with" "$candor" run $sample \
    -o "$work/finished" $papers

# --- a small disk -------------------------------------------------------------
mkdir "$work/disk"
if [ "$(id -u)" -eq 0 ] &&
    mount -t tmpfs -o size=3m candor-test "$work/disk" 2>/dev/null; then
    trap 'umount "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
    exits 5 "small disk: a run that does not fit" "$candor" run $sample \
        -o "$work/disk/out" $papers
    says "No space left" "small disk: says why"
    whole_or_absent "$work/disk/out" "small disk: no half file"
    rm -rf "$work/disk/out"
    dd if=/dev/zero of="$work/disk/ballast" bs=1024 count=3060 2>/dev/null
    exits 5 "small disk: numbers that do not fit" "$candor" score $sample \
        -o "$work/disk/scores" --quiet
    [ ! -e "$work/disk/scores" ]
    ok $? "small disk: no half file of numbers"
    umount "$work/disk"
else
    skip "small disk" "only root may mount one"
fi

# --- folders that may not be written --------------------------------------------
mkdir "$work/locked"
chmod 555 "$work/locked"
if [ "$(id -u)" -ne 0 ]; then
    exits 5 "read-only folder: run" "$candor" run $sample \
        -o "$work/locked/out" $papers
    says "Permission denied" "read-only folder: says why"
    exits 5 "read-only folder: score" "$candor" score $sample \
        -o "$work/locked/scores"
elif command -v setpriv >/dev/null 2>&1; then
    # root writes everywhere, so it becomes nobody; what nobody must read stands
    # where nobody can reach it
    open=$(mktemp -d)
    cp -R "$candor" $sample templates fonts "$open"
    mkdir "$open/locked"
    chmod -R a+rX "$open"
    chmod 555 "$open/locked"
    nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
    exits 5 "read-only folder: run" $nobody "$open/candor" run \
        "$open/credit" --share "$open" -o "$open/locked/out" $papers
    says "Permission denied" "read-only folder: says why"
    exits 5 "read-only folder: score" $nobody "$open/candor" score \
        "$open/credit" -o "$open/locked/scores"
    [ -z "$(ls -A "$open/locked")" ]
    ok $? "read-only folder: nothing is left in it"
    rm -rf "$open"
else
    skip "read-only folder" "root writes everywhere and cannot become another"
fi
chmod 755 "$work/locked"

# --- killed ---------------------------------------------------------------------
killed=0
for wait in 1 5 20; do
    rm -rf "$work/k"
    "$candor" run $sample -o "$work/k" $papers --jobs 2 2>/dev/null &
    pid=$!
    tries=0
    while [ "$(find "$work/k" -name '*.pdf' 2>/dev/null | head -$wait |
        wc -l)" -lt $wait ] && [ $tries -lt 2000 ]; do
        tries=$((tries + 1))
    done
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    [ -e "$work/k/manifest.json" ] && continue
    whole_or_absent "$work/k" "killed after $wait files: no half file"
    exits 5 "killed: verify tells that the run is not whole" \
        "$candor" verify "$work/k"
done
[ $killed -gt 0 ]
ok $? "killed: at least one run was killed under way"
exits 2 "killed: its folder is not taken again" "$candor" run $sample \
    -o "$work/k" $papers

# --- fonts ----------------------------------------------------------------------
share() {
    rm -rf "$work/share"
    mkdir "$work/share"
    cp -R templates fonts "$work/share/"
}
share
exits 0 "share: a copy of templates and fonts serves" "$candor" run $sample \
    -o "$work/s" --limit 2 $papers --share "$work/share"
rm -rf "$work/s"
sed -i 's/NotoSans-Regular\.ttf/NotoSans-Nowhere.ttf/' \
    "$work/share/fonts/MANIFEST"
exits 5 "font: missing" "$candor" run $sample -o "$work/s" --limit 2 $papers \
    --share "$work/share"
says "NotoSans-Nowhere.ttf" "font: the missing file is named"
[ ! -e "$work/s" ]
ok $? "font: nothing is begun without it"
rm -rf "$work/s"
share
sed -i '/NotoSans-Regular/s/[0-9a-f]\{60,64\}/00000000000000000000000000000000000000000000000000000000000000ff/g' \
    "$work/share/fonts/MANIFEST"
exits 5 "font: other bytes than the manifest's" "$candor" run $sample \
    -o "$work/s" --limit 2 $papers --share "$work/share"
says "NotoSans-Regular" "font: the changed file is named"
rm -rf "$work/s"

# --- legal packs ------------------------------------------------------------------
blocked() { # NAME GATE: status 1, that gate, and no paper
    [ -f "$work/s/manifest.json" ] &&
        [ -z "$(find "$work/s" -name 'notice.*')" ]
    ok $? "$1: no notice is made"
    says "$2 [" "$1: the gate $2 says so"
    rm -rf "$work/s"
}
share
sed -i 's/Federal Equal Credit/Federal Equal Debit/' \
    "$work/share/templates/packs/us-ecoa-fcra/pack.json"
exits 1 "pack: altered" "$candor" run $sample -o "$work/s" --limit 9 $papers \
    --share "$work/share"
blocked "pack: altered" pack-altered
: >"$work/share/templates/packs/LOCK"
exits 1 "pack: without its lock" "$candor" run $sample -o "$work/s" \
    --limit 9 $papers --share "$work/share"
blocked "pack: without its lock" pack-altered
mkdir "$work/p"
cp $sample/* "$work/p/"
sed 's/"date": "2026-10-14"/"date": "1999-10-14"/' $sample/candor.json \
    >"$work/p/candor.json"
exits 1 "pack: not in force on the notice's date" "$candor" run "$work/p" \
    -o "$work/s" --limit 9 $papers
blocked "pack: not in force" pack-expired
sed 's/"us-ecoa-fcra"/"us-nowhere"/' $sample/candor.json >"$work/p/candor.json"
"$candor" run "$work/p" -o "$work/s" --limit 9 $papers >"$work/out" \
    2>"$work/said"
code=$?
[ $code -ne 0 ] && [ -z "$(find "$work/s" -name 'notice.*' 2>/dev/null)" ] &&
    grep -q 'us-nowhere' "$work/said"
ok $? "pack: one that is not there is named, and no notice is made"
rm -rf "$work/s"

# --- inputs that cannot be read ---------------------------------------------------
exits 5 "unreadable: a folder as table" "$candor" score $sample --data "$work"
says "Is a directory" "unreadable: a folder as table is named"
exits 2 "unreadable: no project" "$candor" score "$work/nowhere"
says "$work/nowhere" "unreadable: the project's path is told"
exits 5 "unreadable: ids" "$candor" score $sample --ids "$work/nowhere"
printf 'a\0b' >"$work/zero.csv"
exits 4 "unreadable: a table with a zero byte" "$candor" score $sample \
    --data "$work/zero.csv"
: >"$work/empty.csv"
exits 4 "unreadable: an empty table" "$candor" score $sample \
    --data "$work/empty.csv"
: >"$work/empty.json"
for f in empty.json zero.csv; do
    "$candor" inspect "$work/$f" >"$work/out" 2>"$work/said"
    [ $? -eq 3 ]
    ok $? "unreadable: $f as a model has status 3"
done
foreign() { # WORDS NAME: what candor says of $work/foreign
    "$candor" inspect "$work/foreign" >"$work/out" 2>"$work/said"
    [ $? -eq 3 ] && grep -q "$1" "$work/said"
    ok $? "foreign: $2"
}
printf '\200\004\225rest' >"$work/foreign"
foreign "docs/SCIKIT-LEARN.md" "a pickle"
printf 'x\234rest' >"$work/foreign"
foreign "joblib" "a compressed pickle"
printf 'PK\003\004....archive/data.pkl' >"$work/foreign"
foreign "torch.onnx.export" "a file of PyTorch"
printf 'PK\003\004....[Content_Types].xml' >"$work/foreign"
foreign "save the sheet as CSV" "a spreadsheet"
printf '\211HDF\r\n\032\n' >"$work/foreign"
foreign "HDF5" "a file of Keras"
printf '<!DOCTYPE html><html></html>' >"$work/foreign"
foreign "web page" "a web page"
rm "$work/foreign"
mkdir "$work/foreign"
foreign "is a folder" "a folder"
exits 5 "unreadable: no model" "$candor" inspect "$work/nowhere"
head -c 300000 /dev/zero | tr '\0' '[' >"$work/deep.json"
exits 3 "unreadable: brackets without end" "$candor" inspect "$work/deep.json"
finish
