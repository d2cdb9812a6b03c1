#!/bin/sh
# Errors of black-box estimates against shapiq, both on the same tables of values:
# installs the peer below build/bench, makes the games that are not there, and
# writes build/bench/blackbox.entries. What cannot be had is named and skipped.
# QUICK=1: a short run.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work"

. tests/bench/houses.sh

new=$(newest) || new=
if [ -z "$new" ] || ! house peers-blackbox "$new" ||
    ! have peers-blackbox numpy numpy || ! have peers-blackbox sklearn scikit-learn; then
    say "no python3 with venv and pip: black-box estimates are not compared"
    : > "$work/blackbox.entries"
    exit 0
fi
peer lightgbm peers-blackbox lightgbm lightgbm
peer shapiq peers-blackbox shapiq 'shapiq>=1.8'
case " $peers " in
*" shapiq "*) ;;
*)
    : > "$work/blackbox.entries"
    exit 0
    ;;
esac

python=$work/peers-blackbox/bin/python
export QUICK="${QUICK:-0}" OMP_NUM_THREADS=1
"$python" tests/bench/blackbox_games.py "$work/games" 4
program=build/release/tests/bench/blackbox
${MAKE:-make} --no-print-directory MODE=release "$program"
cp -f "$program" "$work/blackbox"
"$python" tests/bench/blackbox.py "$work"
