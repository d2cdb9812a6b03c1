# Read by every end-to-end test: `. tests/e2e/lib.sh` from the project's folder.
# Gives $candor, $work (removed at the end), ok, skip and finish.
LC_ALL=C
export LC_ALL
root=$PWD
candor=$root/${B:-build/release}/candor
mkdir -p build
work=$(mktemp -d "$root/build/e2e.XXXXXX") || exit 5
trap 'rm -rf "$work"' EXIT
n=0

ok() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        [ -f "$work/said" ] && tail -20 "$work/said" | sed 's/^/# /'
    fi
}
skip() { # NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # skip $2"
}
# exits CODE NAME COMMAND…: the command's exit status; messages in $work/said,
# standard output in $work/out
exits() {
    want=$1
    name=$2
    shift 2
    "$@" >"$work/out" 2>"$work/said"
    got=$?
    [ "$got" -eq "$want" ] || echo "status $got, not $want" >>"$work/said"
    [ "$got" -eq "$want" ]
    ok $? "$name"
}
# says TEXT NAME: the last command's messages hold the text
says() {
    grep -qF -e "$1" "$work/said"
    ok $? "$2"
}
# the same with nothing left out of standard output
differs_not() { # A B NAME
    diff -r "$1" "$2" >"$work/said" 2>&1
    ok $? "$3"
}
finish() {
    echo "1..$n"
}
# The folder of shared data sets and models, or nothing.
shared=${CANDOR_TEST_DATA:-../shared/data}
[ -d "$shared/models" ] && shared=$(cd "$shared" && pwd) || shared=
