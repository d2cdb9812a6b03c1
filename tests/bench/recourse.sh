#!/bin/sh
# Recourse alone and against peers: installs the peers below build/bench, trains
# the models that are not there, and writes build/bench/recourse.entries. What
# cannot be had is named and skipped. QUICK=1: a short run.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work"

. tests/bench/houses.sh

new=$(newest) || new=
if [ -z "$new" ] || ! house peers "$new" || ! have peers numpy numpy scipy; then
    say "no python3 with venv and pip: recourse is not timed"
    : > "$work/recourse.entries"
    exit 0
fi
have_xgboost
peer lightgbm peers lightgbm lightgbm
peer treecf peers treecf 'treecf==0.3.2'
# CBC by path, else the one that PuLP 2 brings along.
command -v cbc > /dev/null || have peers pulp 'pulp<3' || :
if "$work/peers/bin/python" -c "import sys
sys.path.insert(0, 'tests/bench')
import recourse_peers
sys.exit(recourse_peers.find_cbc() is None)" 2> /dev/null; then
    peers="$peers cbc"
else
    say "cbc cannot be installed here, so it is skipped"
fi
case " $peers " in
*" xgboost "*) ;;
*)
    say "no models without xgboost: recourse is not timed"
    : > "$work/recourse.entries"
    exit 0
    ;;
esac

program=build/release/tests/bench/recourse
${MAKE:-make} --no-print-directory MODE=release "$program"
cp -f "$program" "$work/recourse-bench"
export QUICK="${QUICK:-0}" PEERS="$peers"
"$work/peers/bin/python" tests/bench/recourse.py "$work"
"$work/peers/bin/python" tests/bench/recourse_real.py "$work" >> "$work/recourse.entries"
