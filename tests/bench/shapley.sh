#!/bin/sh
# Contributions against peers: installs the peers below build/bench, trains the
# models that are not there, and writes build/bench/shapley.entries. What cannot
# be had is named and skipped. QUICK=1: a short run.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work/models"
quick=${QUICK:-0}

say() {
    echo "bench: $*" >&2
}

# First of some Pythons that is between two versions and has venv and pip.
# python_between LOW HIGH NAME...
python_between() {
    low=$1 high=$2
    shift 2
    for p in "$@"; do
        "$p" -c "import sys, venv, ensurepip
sys.exit(not $low <= sys.version_info[:2] <= $high)" 2> /dev/null && {
            echo "$p"
            return 0
        }
    done
    return 1
}

# Newer Pythons that a version manager keeps off the path.
kept() {
    root=$(pyenv root 2> /dev/null) || return 0
    for p in "$root"/versions/3.*/bin/python3; do
        [ -x "$p" ] && echo "$p"
    done
    return 0
}

# house FOLDER PYTHON: a place for packages, made once
house() {
    [ -x "$work/$1/bin/python" ] || "$2" -m venv "$work/$1" > "$work/$1.log" 2>&1
}

# have FOLDER MODULE PIP-ARGUMENTS...: installed when it is not there yet
have() {
    python=$work/$1/bin/python module=$2
    [ -x "$python" ] || return 1
    shift 2
    "$python" -c "import $module" 2> /dev/null ||
        { "$python" -m pip install -q --disable-pip-version-check "$@" &&
            "$python" -c "import $module"; } > "$work/pip-$module.log" 2>&1
}

# peer NAME FOLDER MODULE PIP-ARGUMENTS...: adds to the peers or says why not
peers=
peer() {
    name=$1
    shift
    if have "$@"; then
        peers="$peers $name"
    else
        say "$name cannot be installed here, so it is skipped"
    fi
}

# shellcheck disable=SC2046  # one word a Python
new=$(python_between "(3, 12)" "(3, 99)" python3.14 python3.13 python3.12 python3 $(kept)) ||
    new=$(python_between "(3, 9)" "(3, 99)" python3) || new=
# shellcheck disable=SC2046
old=$(python_between "(3, 8)" "(3, 11)" python3 python3.11 python3.10 python3.9 $(kept)) || old=

if [ -z "$new" ] || ! house peers "$new" || ! have peers numpy numpy scipy; then
    say "no python3 with venv and pip: contributions are not timed"
    : > "$work/shapley.entries"
    exit 0
fi
# Without its library for several graphics cards. From 3.3 on it asks for
# Python 3.12, although the library in the package is no Python at all.
xgboost='xgboost==3.4.1'
have peers xgboost --no-deps "$xgboost" ||
    have peers xgboost --no-deps --ignore-requires-python "$xgboost" || {
    say "no $xgboost here, so the newest of 3"
    xgboost='xgboost>=3,<4'
}
peer xgboost peers xgboost --no-deps "$xgboost"
peer lightgbm peers lightgbm lightgbm
peer shap peers shap shap
peer woodelf peers woodelf woodelf_explainer
peer shapiq peers shapiq shapiq
if [ -n "$old" ] && house peers-old "$old"; then
    peer xgboost-1.7.6 peers-old xgboost 'numpy<2' 'scipy<1.14' 'xgboost==1.7.6'
else
    say "no Python of 3.8 to 3.11, so xgboost-1.7.6 is skipped"
fi

models=
case " $peers " in *" xgboost "*) models="d6-100 d6-500 d8-500" ;; esac
case " $peers " in *" lightgbm "*) models="$models l31-500 l127-500" ;; esac
case " $peers " in
*" xgboost "*)
    # Minutes of training; a short run takes it when it is there.
    [ "$quick" = 1 ] ||
        models="$models d10-1000 d6-25-of-500 d6-50-of-500 d6-100-of-500 d6-250-of-500"
    ;;
esac
# shellcheck disable=SC2086  # a list
"$work/peers/bin/python" tests/bench/shapley_models.py "$work/models" 100000 $models

program=build/release/tests/bench/shapley
${MAKE:-make} --no-print-directory MODE=release "$program"
cp -f "$program" "$work/shapley"
QUICK=$quick PEERS=$peers "$work/peers/bin/python" tests/bench/shapley.py "$work"
