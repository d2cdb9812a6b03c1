#!/bin/sh
# Models elsewhere from end to end: a command that is well, wrong and dead;
# scores of the table alone; first projects; and real servers where
# CANDOR_TEST_MLSERVER and CANDOR_TEST_MLFLOW name Python environments that hold
# them (docs/TESTING.md).
cd "$(dirname "$0")/../.." || exit 5
. tests/e2e/lib.sh
sample=samples/command

# --- a command ---
exits 0 "command: every decision is scored" \
    "$candor" score $sample --quiet --jobs 1
cp "$work/out" "$work/one"
[ "$(wc -l <"$work/one")" -eq 300 ]
ok $? "command: one line a decision"
"$candor" score $sample --quiet --jobs 2 >"$work/two" 2>"$work/said"
differs_not "$work/one" "$work/two" "command: jobs change no byte"
# copy NAME SED-ARGUMENT…: the sample's project with differences
copy() {
    name=$1
    shift
    mkdir -p "$work/$name"
    sed -e "s|\"../credit/|\"$root/samples/credit/|" "$@" \
        $sample/candor.json >"$work/$name/candor.json"
    cp $sample/score.sh "$work/$name/"
}
copy copies -e 's|"batch_rows": 20000|"copies": 3, "batch_rows": 17|'
"$candor" score "$work/copies" --quiet >"$work/two" 2>"$work/said"
differs_not "$work/one" "$work/two" "command: copies and batches change no byte"
# the script's own words, without candor between
first=$(printf '%s\n' '{"inputs":[[0.268,0.77,0,0,171,6,0,61,"yes"]]}' |
    $sample/score.sh | sed 's/[^0-9.]//g')
jq -es --argjson p "$first" \
    '.[0].margin - (($p / (1 - $p)) | log) | fabs < 1e-9' "$work/one" \
    >"$work/said" 2>&1
ok $? "command: the margin is the log-odds of its answer"

bad() { # NAME SCRIPT: the sample with another program
    copy "$1"
    printf '#!/bin/sh\n%s\n' "$2" >"$work/$1/score.sh"
}
bad dies 'echo "no licence" >&2; exit 3'
exits 5 "command that dies: an error of the system" \
    "$candor" score "$work/dies" --quiet
says 'ended with status 3 before it answered, twice; it said "no licence"' \
    "command that dies: how, and its last words"
bad counts 'while read -r l; do echo "{\"outputs\":[[0.5]]}"; done'
exits 4 "command with a short answer: an error of the data" \
    "$candor" score "$work/counts" --quiet
says 'answered 1 of' "command with a short answer: says so"
says 'HV-2026-004401' "command with a short answer: names the decision"
bad nan 'while read -r l; do echo "{\"outputs\":[[NaN]]}"; done'
exits 4 "command with NaN: an error of the data" \
    "$candor" score "$work/nan" --quiet
says 'HV-2026-004400' "command with NaN: names the decision"
[ ! -s "$work/out" ] || ! grep -q margin "$work/out"
ok $? "command with NaN: no number came of it"

# --- scores alone ---
mkdir -p "$work/scores"
cat >"$work/scores/candor.json" <<'END'
{"model": {"score_column": "pd", "id": "m", "orientation": "higher is worse",
           "cutoff": 0.1},
 "data": {"evaluation": [{"key": "test", "file": "t.csv", "id": "id", "label": "bad"}]},
 "features": [{"input": "a"}, {"input": "b"}],
 "documents": {"card": true, "date": "2026-01-31"}}
END
awk 'BEGIN { print "id,a,b,pd,bad"
    for (i = 1; i <= 400; i++)
        printf "%d,%d,%d,%.3f,%d\n", i, i % 7, i % 5, (i % 97 + 1) / 100, \
            (i * 37 % 101) < i % 97 }' >"$work/scores/t.csv"
exits 0 "scores alone: a card is made" \
    "$candor" run "$work/scores" -o "$work/scores/out" --quiet
[ -s "$work/scores/out/card/card.en-US.html" ]
ok $? "scores alone: it is there"
"$candor" explain "$work/scores" --data "$work/scores/t.csv" --quiet \
    >"$work/out" 2>"$work/said"
[ $? -ne 0 ] && [ ! -s "$work/out" ]
ok $? "scores alone: nothing is explained"

# --- first projects ---
exits 0 "init: a command and a table" "$candor" init "command:./score.sh" \
    samples/credit/decisions.csv -o "$work/first.json"
exits 0 "init: a server and a table" \
    "$candor" init http://127.0.0.1:9/v2/models/loan \
    samples/credit/decisions.csv -o "$work/second.json"
grep -q '"served_name": "loan"' "$work/second.json"
ok $? "init: the server's name of the model"

# --- real servers ---
# The model: a forest on ten numbers; what it says itself is in truth.csv.
make_model() { # PYTHON KIND
    "$1" - "$2" "$work" <<'END' >"$work/said" 2>&1
import sys
import numpy as np
from sklearn.ensemble import RandomForestClassifier
kind, work = sys.argv[1:]
r = np.random.default_rng(7)
x = r.normal(size=(6000, 10)).round(4)
y = (x[:, 0] + x[:, 1] * x[:, 2] + r.normal(size=6000) * 0.5 > 0).astype(int)
m = RandomForestClassifier(50, max_depth=8, random_state=1).fit(x, y)
names = [f"x{i}" for i in range(10)]
def table(path, head, rows):
    with open(path, "w") as f:
        f.write(",".join(head) + "\n")
        for row in rows:
            f.write(",".join(repr(float(v)) for v in row) + "\n")
table(work + "/rows.csv", names, x)
table(work + "/truth.csv", ["p"], m.predict_proba(x)[:, 1:])
if kind == "mlserver":
    import joblib
    joblib.dump(m, work + "/mlserver/model.joblib")
else:
    import mlflow.sklearn
    mlflow.sklearn.save_model(m, work + "/mlflow",
                              pyfunc_predict_fn="predict_proba",
                              serialization_format="cloudpickle")
END
}
# The two columns of numbers agree to the last bit but a few.
agrees() { # NAME
    jq -r '.margin' "$work/out" | paste -d, "$work/truth" - |
        awk -F, '{ p = $1 < 1.2e-16 ? 1.2e-16 : $1 > 1 - 1.2e-16 ? 1 - 1.2e-16 : $1
                   m = log(p / (1 - p)); d = m - $2
                   if (d > 1e-9 || d < -1e-9) bad++ }
                 END { exit bad > 0 || NR != 6000 }' 2>"$work/said"
    ok $? "$1"
}
project() { # KEYS: of model
    features=$(for i in 0 1 2 3 4 5 6 7 8 9; do
        printf '%s{"input": "x%d"}' "$([ $i = 0 ] || echo ', ')" $i
    done)
    printf '{"model": {%s, "answer_column": 1}, "data": {"decisions": {"file": "rows.csv"}}, "features": [%s]}\n' \
        "$1" "$features" >"$work/candor.json"
    tail -n +2 "$work/truth.csv" >"$work/truth"
}
ready() { # URL: within a minute
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        curl -sf -o "$work/ready" "$1" && return
        sleep 3
    done
    return 1
}
names="mlserver: every score is the model's own"
if [ -x "${CANDOR_TEST_MLSERVER:-/none}/bin/mlserver" ]; then
    mkdir -p "$work/mlserver"
    make_model "$CANDOR_TEST_MLSERVER/bin/python" mlserver
    printf '{"name":"loan","implementation":"mlserver_sklearn.SKLearnModel","parameters":{"uri":"./model.joblib","version":"v1"}}' \
        >"$work/mlserver/model-settings.json"
    printf '{"http_port":18480,"grpc_port":18481,"metrics_port":18482,"host":"127.0.0.1","parallel_workers":0}' \
        >"$work/mlserver/settings.json"
    (cd "$work/mlserver" && exec "$CANDOR_TEST_MLSERVER/bin/mlserver" start .) \
        >"$work/mlserver.log" 2>&1 &
    server=$!
    ready http://127.0.0.1:18480/v2/health/ready
    ok $? "mlserver: it starts"
    project '"url": "http://127.0.0.1:18480", "served_name": "loan", "input_tensor": "predict", "output_tensor": "predict_proba"'
    exits 0 "mlserver: it is asked" "$candor" score "$work" --quiet
    agrees "$names"
    project '"url": "http://127.0.0.1:18480", "served_name": "none"'
    exits 5 "mlserver: an unknown model" "$candor" score "$work" --quiet
    says 'answered 404' "mlserver: an unknown model is said"
    project '"url": "http://127.0.0.1:18480", "served_name": "loan", "input_tensor": "predict", "output_tensor": "predict_proba", "retries": 1'
    kill "$server"
    wait "$server" 2>/dev/null
    exits 5 "mlserver: killed" "$candor" score "$work" --quiet
    says 'cannot be asked' "mlserver: killed is said"
else
    skip "$names" "CANDOR_TEST_MLSERVER names no environment with it"
fi
names="mlflow: every score is the model's own"
if [ -x "${CANDOR_TEST_MLFLOW:-/none}/bin/mlflow" ]; then
    make_model "$CANDOR_TEST_MLFLOW/bin/python" mlflow
    PATH=$CANDOR_TEST_MLFLOW/bin:$PATH MLFLOW_ALLOW_PICKLE_DESERIALIZATION=true \
        setsid "$CANDOR_TEST_MLFLOW/bin/mlflow" models serve -m "$work/mlflow" \
        --env-manager local -h 127.0.0.1 -p 18490 >"$work/mlflow.log" 2>&1 &
    server=$!
    ready http://127.0.0.1:18490/ping
    ok $? "mlflow: it starts"
    project '"url": "http://127.0.0.1:18490", "protocol": "mlflow"'
    exits 0 "mlflow: it is asked" "$candor" score "$work" --quiet
    agrees "$names"
    kill -- "-$server" 2>/dev/null
    wait "$server" 2>/dev/null
else
    skip "$names" "CANDOR_TEST_MLFLOW names no environment with it"
fi
finish
