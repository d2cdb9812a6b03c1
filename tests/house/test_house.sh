#!/bin/sh
# The house's laws as tests, and a planted breach of each that must be caught.
cd "$(dirname "$0")/../.." || exit 5
n=0
report() { # STATUS NAME
    n=$((n + 1))
    [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
out=$(mktemp -d) || exit 5
trap 'rm -rf "$out"' EXIT

sh tests/house/floors.sh >"$out/said"
report $? "house: every include follows src/FLOORS"
sed 's/^/# /' "$out/said"
sh tests/house/rules.sh >"$out/said"
report $? "house: every source keeps the rules"
sed 's/^/# /' "$out/said"

# breach CHECKER FILE TEXT NAME: the checker must refuse a tree with this line
breach() {
    rm -rf "$out/planted"
    mkdir -p "$out/planted/$(dirname "$2")"
    cp src/FLOORS "$out/planted/FLOORS"
    printf '%b\n' "$3" >"$out/planted/$2"
    sh "tests/house/$1.sh" "$out/planted" >"$out/said" 2>&1
    [ $? -eq 1 ] && grep -q "planted/$2" "$out/said"
    report $? "house: $4 is caught"
}
breach floors base/a.c '#include "io/source.h"' "a room that looks up"
breach floors io/a.c '#include "syntax/csv.h"' "a neighbour on the same floor"
breach floors cli/a.c '#include "base/error.h"' "cli looking past candor.h"
breach floors cellar/a.c '#include "base/error.h"' "a room without a floor"
breach floors model/a.c '#include <cJSON.h>' "a library outside its room"
breach floors model/a.c '  #  include <gsl/gsl_cdf.h>' "a library behind blanks"
breach floors model/a.c '#include "model.h"' "a header without its room"
breach rules model/a.c 'int x; /* TO''DO */' "unfinished work"
breach rules model/a.c '/* a place''holder */' "unfinished work in words"
breach rules model/a.c 'char *p = "/ho''me/me/x";' "a path of one machine"
breach rules model/a.c '\tint x;' "a tab"
breach rules model/a.c 'int x; ' "a blank at a line's end"
breach rules model/a.c 'sprin''tf(a, b);' "a banned call"
breach rules model/a.c 'x = time(NULL);' "a clock"
breach rules model/a.c 'int \001x;' "a control byte"
breach rules model/a.c "$(yes 'int x;' | head -501)" "a file too long"
mkdir -p "$out/clean/model"
cp src/FLOORS "$out/clean/"
printf '#include "base/error.h"\n#include <math.h>\n' >"$out/clean/model/a.c"
sh tests/house/floors.sh "$out/clean" && sh tests/house/rules.sh "$out/clean"
report $? "house: a clean room passes"
echo "1..$n"
