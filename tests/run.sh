#!/bin/sh
# Runs every test and ends with one count: "N passed, N failed".
# `sh tests/run.sh [unit|fuzz|golden|e2e|house]…` runs some of the kinds.
# A test file may skip by name; skips are counted and listed.
cd "$(dirname "$0")/.." || exit 5
B=${B:-build/release}
export B ACCEPT
kinds=${*:-house unit corpus golden e2e}
log=build/check.tap
mkdir -p build
: >"$log"
for kind in $kinds; do
    case $kind in
    unit)
        for t in "$B"/tests/unit/test_*; do
            case $t in *.o | *.d) continue ;; esac
            [ -x "$t" ] || continue
            CMOCKA_MESSAGE_OUTPUT=TAP "$t" >build/one.tap 2>build/one.err
            code=$?
            # cmocka calls a skipped test "not ok # SKIP"
            sed -i 's/^not ok \([0-9]*\) # SKIP/ok \1 # SKIP/' build/one.tap
            sed "s|^|$(basename "$t"): |" build/one.err | grep -v ': \[' || true
            cat build/one.tap build/one.err >>"$log"
            if [ $code -ne 0 ] && ! grep -q '^not ok' build/one.tap; then
                echo "not ok - $(basename "$t") ended with status $code" >>"$log"
            fi
        done
        ;;
    *)
        for t in tests/"$kind"/test_*.sh; do
            [ -e "$t" ] || continue
            sh "$t" >build/one.tap 2>build/one.err
            code=$?
            cat build/one.tap build/one.err >>"$log"
            if [ $code -ne 0 ] && ! grep -q '^not ok' build/one.tap; then
                echo "not ok - $t ended with status $code" >>"$log"
            fi
        done
        ;;
    esac
done
grep -E '^not ok' "$log"
grep -iE '# skip' "$log" | sed 's/^ok [0-9]* *-* */skipped: /'
passed=$(grep -E '^ok' "$log" | grep -viE '# skip' | wc -l)
failed=$(grep -cE '^not ok' "$log")
skipped=$(grep -E '^ok' "$log" | grep -ciE '# skip')
[ "$failed" -gt 0 ] && echo "see $log"
echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
