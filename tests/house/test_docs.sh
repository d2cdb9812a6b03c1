#!/bin/sh
# What is written for people agrees with the program: the page of keys, the
# commands and options that pages name, the files they point to, the man page,
# the completions.
cd "$(dirname "$0")/../.." || exit 5
n=0
report() { # STATUS NAME
    n=$((n + 1))
    [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
skip() { # NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # skip $2"
}
candor=build/candor
out=$(mktemp -d) || exit 5
trap 'rm -rf "$out"' EXIT
[ -x $candor ] || {
    echo "not ok 1 - docs: $candor is built"
    echo "1..1"
    exit 1
}

$candor help config-markdown >"$out/keys.md"
diff "$out/keys.md" docs/PROJECT-FILE.md >"$out/said"
report $? "docs: PROJECT-FILE.md is what candor help config-markdown prints"
sed 's/^/# /' "$out/said"

# Each "candor WORD" of a code line or `…` is a command, each --option its own.
# check_words FILE…: prints what is not there
check_words() {
    $candor help | awk '$1 ~ /^[a-z]+$/ && /^  /{print $1}' >"$out/commands"
    grep -ohE '(^ {4}|`|\$ |/)candor [a-z][^`#|>]*' "$@" |
        sed 's/^.*candor //' | sort -u |
        while read -r command rest; do
            grep -qx "$command" "$out/commands" || {
                echo "no command \"$command\""
                continue
            }
            $candor help "$command" >"$out/usage"
            for word in $rest; do
                case $word in
                --[a-z]*) name=${word%%=*} ;;
                *) continue ;;
                esac
                grep -q -e "$name " "$out/usage" ||
                    echo "candor $command has no option $name"
            done
        done
}
pages="README.md docs/*.md"
# shellcheck disable=SC2086
check_words $pages >"$out/said"
[ ! -s "$out/said" ]
report $? "docs: every command and option that a page names is there"
sed 's/^/# /' "$out/said"
printf '    candor paint model.json\n' >"$out/planted.md"
check_words "$out/planted.md" | grep -q paint
report $? "docs: a command that is not there is caught"
printf 'Say `candor run --colour x`.\n' >"$out/planted.md"
check_words "$out/planted.md" | grep -q colour
report $? "docs: an option that is not there is caught"

# Links to files of the project.
for page in $pages; do
    grep -oE '(\]\(|src=")[^)"#]+' "$page" | sed 's/^](//; s/^src="//' |
        grep -v '^[a-z]*:' |
        while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "$page: no $link"
        done
done >"$out/said"
[ ! -s "$out/said" ]
report $? "docs: every link leads to a file"
sed 's/^/# /' "$out/said"

# Targets of make that pages name.
grep -ohE '(^ {4}|`|^exec )(sudo )?make( [A-Z]+=[^ ]*)* [a-z-]+' $pages .ci/run |
    sed 's/.* //' | sort -u | while read -r target; do
    case $target in sample-*) [ -e "samples/${target#sample-}/candor.json" ] &&
        continue ;; esac
    grep -qE "^(TARGETS := |\.PHONY: )?([a-z -]* )?$target( |:|\$)" Makefile ||
        echo "no target $target"
done >"$out/said"
[ ! -s "$out/said" ]
report $? "docs: every make target that a page names is there"
sed 's/^/# /' "$out/said"

# Source files and folders that the pages name.
grep -ohE '`(src|tests|templates|samples|fonts)/[A-Za-z0-9_./-]+`' $pages |
    tr -d '`' | sort -u | while read -r path; do
    case $path in *NAME* | *ROOM* | *KEY* | *LANG*) continue ;; esac
    [ -e "$path" ] || echo "no $path"
done >"$out/said"
[ ! -s "$out/said" ]
report $? "docs: every source file that a page names is there"
sed 's/^/# /' "$out/said"

# The whole C files of the page on extending compile against the source.
awk -v out="$out" '/^```c/ {getline; inside = /^\/\*/; if (inside) n++}
    /^```$/ {inside = 0}
    inside {print > (out "/example" n ".c")}' docs/EXTENDING.md
for example in "$out"/example*.c; do
    ${CC:-cc} -std=c17 -D_GNU_SOURCE -Isrc -include base/banned.h -Wall -Wextra \
        -Wconversion -Werror -fsyntax-only "$example"
done >"$out/said" 2>&1
[ ! -s "$out/said" ] && [ -s "$out/example2.c" ]
report $? "docs: the examples of EXTENDING.md compile"
sed 's/^/# /' "$out/said"

# Rooms of the architecture page are those of FLOORS, and the other way round.
grep -v '^#' src/FLOORS | awk '{print $2}' | sort >"$out/rooms"
sed -n 's/^| `\([a-z]*\)` | .*/\1/p' docs/ARCHITECTURE.md | sort >"$out/told"
cmp -s "$out/rooms" "$out/told" && ls -d src/*/ | sed 's|src/\(.*\)/|\1|' |
    sort | cmp -s - "$out/rooms"
report $? "docs: ARCHITECTURE.md lists the rooms of src/FLOORS and no others"

$candor help --man >"$out/candor.1"
for command in $(cat "$out/commands"); do
    grep -q "^\.B candor $command" "$out/candor.1" || echo "no $command"
done >"$out/said"
[ -s "$out/candor.1" ] && [ ! -s "$out/said" ]
report $? "docs: the man page has every command"
if command -v groff >/dev/null 2>&1 && [ -e /usr/share/groff ] &&
    groff -man -Tutf8 /dev/null >/dev/null 2>&1; then
    groff -man -ww -Tutf8 "$out/candor.1" >"$out/page" 2>"$out/said"
    [ ! -s "$out/said" ] && grep -q 'no colours in' "$out/page"
    report $? "docs: the man page is set without a warning"
    sed 's/^/# /' "$out/said"
else
    skip "docs: the man page is set without a warning" "groff is not there"
fi

for shell in bash zsh fish; do
    name="docs: $shell accepts its completions"
    $candor help --completion $shell >"$out/completion.$shell"
    if ! command -v $shell >/dev/null 2>&1; then
        skip "$name" "$shell is not there"
        continue
    fi
    $shell -n "$out/completion.$shell" >"$out/said" 2>&1 &&
        [ ! -s "$out/said" ] && [ -s "$out/completion.$shell" ]
    report $? "$name"
    sed 's/^/# /' "$out/said"
done
if command -v bash >/dev/null 2>&1; then
    bash -c '. "$1"; COMP_WORDS=(candor ru); COMP_CWORD=1; _candor
        [ "${COMPREPLY[*]}" = run ] || exit 1
        COMP_WORDS=(candor explain --est); COMP_CWORD=2; _candor
        [ "${COMPREPLY[*]}" = --estimator ]' sh "$out/completion.bash"
    report $? "docs: bash completes a command and its option"
fi
echo "1..$n"
