"""Makes the small models of tests/fuzz/corpus/model_* and the predictions beside
this file, with XGBoost 3.2.0 and LightGBM 4.7.0. Not part of the build: its
output is committed. Run it from this folder."""
import json
import re

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb

CORPUS = "../../fuzz/corpus/"
SHORT = ["income", "debt ratio", "late"]
rng = np.random.default_rng(11)
n = 400
X = pd.DataFrame({
    "income": rng.normal(50, 20, n).round(1),
    "debt ratio": rng.random(n).round(3),
    "home": pd.Categorical(rng.choice(["rent", "own", "mortgage"], n)),
    "late": rng.integers(0, 5, n)})
X.loc[rng.random(n) < .1, "income"] = np.nan
s = (X["late"] - np.nan_to_num(X["income"], nan=40) / 30
     + (X["home"] == "rent") * 1.5 + rng.normal(size=n))
y = (s > s.median()).astype(int)
k = np.digitize(s, s.quantile([.33, .66]))
R = X.iloc[:24]
R.to_csv("rows.csv", index=False)
R[SHORT].to_csv("rows_numbers.csv", index=False)


def predictions(name, margin, answer):
    m = np.asarray(margin, dtype=float).reshape(len(R), -1)
    a = np.asarray(answer, dtype=float).reshape(len(R), -1)
    head = [f"margin_{i}" for i in range(m.shape[1])]
    head += [f"answer_{i}" for i in range(a.shape[1])]
    pd.DataFrame(np.c_[m, a], columns=head).to_csv(
        name + ".csv", index=False, float_format="%.17g")


def matrix(X, y=None):
    return xgb.DMatrix(X, label=y, enable_categorical=True)


def xgboost(name, y, rounds, X=X, predict=True, plain=False, **more):
    own = {} if plain else dict(max_depth=2, max_cat_to_onehot=2)
    early = dict(evals=[(matrix(X, y), "e")], early_stopping_rounds=3,
                 verbose_eval=False) if name == "stopped" else {}
    b = xgb.train({"seed": 1, **own, **more}, matrix(X, y), rounds, **early)
    for suffix, folder in (("json", "model_json"), ("ubj", "model_ubjson")):
        b.save_model(f"{CORPUS}{folder}/{name}.{suffix}")
    if predict:
        b = xgb.Booster(model_file=f"{CORPUS}model_json/{name}.json")
        q = matrix(R)
        predictions("xgb_" + name, b.predict(q, output_margin=True),
                    b.predict(q))


def lightgbm(name, y, rounds=3, X=X, **more):
    b = lgb.train(dict(num_leaves=5, min_data_in_leaf=5, verbosity=-1, seed=1,
                       deterministic=True, num_threads=1,
                       min_data_per_group=5, cat_smooth=1, **more),
                  lgb.Dataset(X, label=y), rounds)
    path = f"{CORPUS}model_lightgbm/{name}.txt"
    b.save_model(path)
    text = open(path).read()
    a, z = text.index("\nparameters:"), text.index("\nend of parameters")
    few = [line for line in text[a:z].split("\n") if not line.startswith("[")
           or re.match(r"\[(boosting|objective|categorical|monotone|data)", line)]
    open(path, "w").write(text[:a] + "\n".join(few) + text[z:])
    rows = R[list(X.columns)]
    margin = b.predict(rows, raw_score=True)
    predictions("lgb_" + name, margin / rounds if name == "forest" else margin,
                b.predict(rows))


def old():
    """The forest as XGBoost 1.7 would have written it."""
    j = json.load(open(CORPUS + "model_json/forest.json"))
    j["version"] = [1, 7, 6]
    j["learner"]["learner_model_param"]["base_score"] = "5E-1"
    model = j["learner"]["gradient_booster"]["model"]
    del model["cats"], model["iteration_indptr"]
    for part in [model["gbtree_model_param"]] + [
            t["tree_param"] for t in model["trees"]]:
        part["size_leaf_vector"] = "0"
    open(CORPUS + "model_json/old.json", "w").write(
        json.dumps(j, separators=(",", ":")))


LOGISTIC = dict(objective="binary:logistic")
xgboost("logistic", y, 3, **LOGISTIC)
xgboost("dart", y, 4, booster="dart", rate_drop=.5, one_drop=1, **LOGISTIC)
xgboost("classes", k, 2, objective="multi:softprob", num_class=3)
xgboost("quantiles", s, 1, objective="reg:quantileerror",
        quantile_alpha=[.1, .9])
xgboost("forest", y, 1, num_parallel_tree=3, subsample=.5, **LOGISTIC)
xgboost("stopped", y, 5, **LOGISTIC)
xgboost("vector", np.c_[s, y], 1, X[["income", "late"]], False, True,
        objective="reg:squarederror", multi_strategy="multi_output_tree",
        max_depth=1)
xgboost("linear", s, 1, X[["income", "late"]], False, True,
        objective="reg:squarederror", booster="gblinear")
old()
lightgbm("binary", y, objective="binary")
lightgbm("forest", y, objective="binary", boosting="rf", bagging_freq=1,
         bagging_fraction=.5)
lightgbm("classes", k, 2, objective="multiclass", num_class=3)
lightgbm("linear", s, 2, X[SHORT], objective="regression", linear_tree=True)
lightgbm("sqrt", s - s.min(), objective="regression", reg_sqrt=True,
         zero_as_missing=True)
lightgbm("monotone", y, X=X[SHORT], objective="binary",
         monotone_constraints=[-1, 1, 1])
