# Sourced by the benches that have Python peers, with $work set: finds Pythons,
# makes places for packages below $work and installs peers into them; those that
# are there end up in $peers.
# shellcheck shell=sh disable=SC2154  # work

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

# newest: a Python of at least 3.12 where there is one, else of at least 3.9
newest() {
    # shellcheck disable=SC2046  # one word a Python
    python_between "(3, 12)" "(3, 99)" python3.14 python3.13 python3.12 python3 $(kept) ||
        python_between "(3, 9)" "(3, 99)" python3
}

# have_xgboost: without its library for several graphics cards. From 3.3 on it
# asks for Python 3.12, although the library in the package is no Python at all.
# Sets $xgboost to the version asked for.
have_xgboost() {
    xgboost='xgboost==3.4.1'
    have peers xgboost --no-deps "$xgboost" ||
        have peers xgboost --no-deps --ignore-requires-python "$xgboost" || {
        say "no $xgboost here, so the newest of 3"
        xgboost='xgboost>=3,<4'
    }
    peer xgboost peers xgboost --no-deps "$xgboost"
}
