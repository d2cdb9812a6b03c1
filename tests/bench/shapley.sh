#!/bin/sh
# Contributions against peers: installs the peers below build/bench, trains the
# models that are not there, and writes build/bench/shapley.entries. What cannot
# be had is named and skipped. QUICK=1: a short run.
set -eu
cd "$(dirname "$0")/../.."
work=build/bench
mkdir -p "$work/models"
quick=${QUICK:-0}

. tests/bench/houses.sh

new=$(newest) || new=
# shellcheck disable=SC2046
old=$(python_between "(3, 8)" "(3, 11)" python3 python3.11 python3.10 python3.9 $(kept)) || old=

if [ -z "$new" ] || ! house peers "$new" || ! have peers numpy numpy scipy; then
    say "no python3 with venv and pip: contributions are not timed"
    : > "$work/shapley.entries"
    exit 0
fi
have_xgboost
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
