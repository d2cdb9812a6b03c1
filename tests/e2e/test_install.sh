#!/bin/sh
# What leaves the house: an installed candor finds its templates and fonts, a
# program of somebody else's builds against candor.h and scores, an archive of
# the sources has the same bytes each time.
cd "$(dirname "$0")/../.." || exit 5
root=$(pwd)
n=0
report() { # STATUS NAME
    n=$((n + 1))
    [ "$1" -eq 0 ] && echo "ok $n - $2" || echo "not ok $n - $2"
}
skip() { # NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # skip $2"
}
out=$(mktemp -d) || exit 5
trap 'rm -rf "$out"' EXIT
mode=$(basename "${B:-build/release}")
dest=$out/root
prefix=/usr

make --no-print-directory MODE="$mode" install DESTDIR="$dest" prefix=$prefix \
    >"$out/said" 2>&1
report $? "install: make install ends well"
for file in bin/candor bin/candor-proofcheck lib/libcandor.a lib/libcandor.so lib/libcandor.so.0 \
    lib/pkgconfig/candor.pc include/candor.h share/man/man1/candor.1 \
    share/bash-completion/completions/candor share/zsh/site-functions/_candor \
    share/fish/vendor_completions.d/candor.fish share/candor/fonts/MANIFEST \
    share/candor/templates/languages/en-US.json \
    share/candor/templates/packs/LOCK; do
    [ -s "$dest$prefix/$file" ] || echo "no $file"
done >"$out/said"
[ ! -s "$out/said" ]
report $? "install: every file is there"
sed 's/^/# /' "$out/said"

# From another folder, with no word of where the sources are. A project with its
# own copy of the tables: nothing may lead back here.
mkdir "$out/lender"
cp samples/credit/candor.json samples/credit/model.json samples/credit/*.csv \
    "$out/lender/"
head -9 "$out/lender/decisions.csv" >"$out/few.csv"
mv "$out/few.csv" "$out/lender/decisions.csv"
(cd "$out/lender" && env -i PATH=/usr/bin:/bin "$dest$prefix/bin/candor" run \
    -o ../made --only notice,explanation -q) >"$out/said" 2>&1
[ $? -eq 0 ] && [ "$(find "$out/made" -name 'explanation.*.pdf' | wc -l)" -gt 0 ]
report $? "install: the installed candor makes documents"
sed 's/^/# /' "$out/said"
"$dest$prefix/bin/candor" verify "$out/made" -q >"$out/said" 2>&1
report $? "install: and verifies them"

# A program that knows nothing but the header and pkg-config.
cat >"$out/user.c" <<'C'
#include <candor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct candor_error e;
    double row[2], margin = 0, answer = 0, values[3], sum = 0;
    candor_model *m = argc > 1 ? candor_model_open(argv[1], &e) : NULL;
    if (m == NULL || candor_model_inputs(m) != 2 || candor_model_outputs(m) != 1)
        return 1;
    row[0] = atof(argv[2]);
    row[1] = candor_model_code(m, 1, argv[3]);
    candor_model_score(m, row, 1, &margin, &answer);
    if (candor_model_explain(m, NULL, 0, row, 1, values, &e) != CANDOR_DONE)
        return 1;
    for (int i = 0; i < 3; i++)
        sum += values[i];
    printf("%s %.9g %.9g %.9g\n", candor_model_input(m, 0), margin, answer, sum);
    candor_model_free(m);
    return candor_model_open("there is no such file", &e) == NULL &&
                   e.exit == CANDOR_IO && strlen(e.text) > 0 ? 0 : 2;
}
C
# One tree: income <= 10.5 ? -0.5 : (housing is "rent" ? 0.25 : 1).
cat >"$out/tiny.txt" <<'M'
tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=income housing
feature_infos=[0:100] 0:1
tree_sizes=0

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=1 1
threshold=10.5 0
decision_type=2 1
left_child=-1 -2
right_child=1 -3
leaf_value=-0.5 0.25 1
leaf_weight=1 1 1
leaf_count=10 20 30
internal_value=0 0
internal_weight=0 0
internal_count=60 50
cat_boundaries=0 1
cat_threshold=1
is_linear=0
shrinkage=1


end of trees

feature_importances:
income=1
housing=1

parameters:
[categorical_feature: 1]
end of parameters

pandas_categorical:[["rent", "own"]]
M
if ! command -v pkg-config >/dev/null 2>&1; then
    skip "install: a program builds against candor.h" "pkg-config is not there"
else
    PKG_CONFIG_PATH=$dest$prefix/lib/pkgconfig
    PKG_CONFIG_SYSROOT_DIR=$dest
    export PKG_CONFIG_PATH
    [ "$(PKG_CONFIG_SYSROOT_DIR= pkg-config --variable=prefix candor)" = $prefix ]
    report $? "install: candor.pc says the prefix of this installation"
    flags="-I$dest$prefix/include"
    case $mode in asan) extra="-fsanitize=address,undefined" ;; *) extra= ;; esac
    # what libcandor.a needs, itself linked as shared libraries: --static would
    # ask for the private needs of those as well
    needs=$(PKG_CONFIG_SYSROOT_DIR= pkg-config --print-requires-private candor)
    libs="$(PKG_CONFIG_SYSROOT_DIR= pkg-config --libs $needs) -lhpdf -ldeflate -lm -lpthread"
    # shellcheck disable=SC2086
    ${CC:-cc} -Wall -Wextra -Wpedantic -Werror $flags -o "$out/user" \
        "$out/user.c" $dest$prefix/lib/libcandor.a \
        $(echo "$libs" | sed 's/-lcandor//g') $extra >"$out/said" 2>&1
    report $? "install: a program builds against candor.h and libcandor.a"
    sed 's/^/# /' "$out/said"
    # 1/(1+exp(-1)) = 0.731058579
    told=$("$out/user" "$out/tiny.txt" 20 own 2>&1) &&
        [ "$told" = "income 1 0.731058579 1" ]
    report $? "install: it scores and explains"
    echo "# $told"
    told=$("$out/user" "$out/tiny.txt" 20 rent 2>&1)
    [ "${told%% 0.56*}" = "income 0.25" ]
    report $? "install: and knows category words"
    # shellcheck disable=SC2086
    ${CC:-cc} $flags -o "$out/shared" "$out/user.c" -L"$dest$prefix/lib" \
        -lcandor $extra >"$out/said" 2>&1 &&
        LD_LIBRARY_PATH=$dest$prefix/lib "$out/shared" "$out/tiny.txt" 5 own \
            >"$out/said" 2>&1 && grep -q '^income -0.5 ' "$out/said"
    report $? "install: the same with libcandor.so"
    sed 's/^/# /' "$out/said"
fi
if command -v g++ >/dev/null 2>&1; then
    printf '#include <candor.h>\nint main() { return candor_version() == 0; }\n' \
        >"$out/user.cc"
    g++ -fsyntax-only -Wall -Werror -I"$dest$prefix/include" "$out/user.cc"
    report $? "install: candor.h is a C++ header too"
else
    skip "install: candor.h is a C++ header too" "g++ is not there"
fi
if command -v nm >/dev/null 2>&1; then
    nm -g --defined-only "$dest$prefix/lib/libcandor.a" 2>/dev/null |
        awk 'NF == 3 && $3 !~ /^candor_/ {print $3}' |
        grep -v '^__\(odr\|asan\|ubsan\|local_asan\)' >"$out/said"
    [ ! -s "$out/said" ]
    report $? "install: libcandor.a has no global name but candor_*"
    sed 's/^/# /' "$out/said" | head
fi

make --no-print-directory uninstall DESTDIR="$dest" prefix=$prefix >/dev/null
[ "$(find "$dest" ! -type d | wc -l)" -eq 0 ]
report $? "install: make uninstall leaves no file"

if git rev-parse HEAD >/dev/null 2>&1; then
    make --no-print-directory dist >/dev/null 2>&1
    one=$(sha256sum build/candor-*.tar.gz)
    make --no-print-directory dist >/dev/null 2>&1
    [ -n "$one" ] && [ "$one" = "$(sha256sum build/candor-*.tar.gz)" ]
    report $? "install: make dist gives the same bytes twice"
else
    skip "install: make dist gives the same bytes twice" "this is no git clone"
fi
cd "$root" || exit 5
echo "1..$n"
