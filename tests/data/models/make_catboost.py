"""Makes the small models of tests/fuzz/corpus/model_catboost and what CatBoost
1.2.10 says of the rows of cat_rows.csv: raw output, answer, and its own Shapley
values where they add up. Not part of the build: its output is committed. Run it
from this folder."""
import csv
import json

import catboost as cb
import numpy as np
import pandas as pd

CORPUS = "../../fuzz/corpus/model_catboost/"
rng = np.random.default_rng(7)
n = 300
d = pd.DataFrame({
    "age": rng.normal(40, 10, n).round(1),
    "home": rng.choice(["own", "rent", "free"], n),
    "code": rng.choice([1, 2, 10], n),
    "income": rng.lognormal(3, 1, n).round(2)})
d.loc[rng.random(n) < .2, "income"] = np.nan
y = ((d.age > 40) ^ (d.home == "own") | (d.code == 10) & (rng.random(n) < .5)
     | (d.income > 60)).astype(int)
R = d.iloc[:25]
R.to_csv("cat_rows.csv", index=False)
X = d[["age", "income"]]
SAME = dict(verbose=0, allow_writing_files=False, random_seed=3, thread_count=1)


def small(j):
    """Without what no reader needs and what changes from run to run."""
    m = j["model_info"]
    flat = {k: v for k, v in m["params"]["flat_params"].items()
            if k not in ("verbose", "allow_writing_files", "thread_count")}
    j["model_info"] = {
        "catboost_version_info": m["catboost_version_info"].split("Author")[0],
        "class_params": m.get("class_params", {}),
        "params": {"flat_params": flat,
                   "loss_function": m["params"]["loss_function"]}}
    return j


def save(name, m, X, y, cats=()):
    pool = cb.Pool(X, y, cat_features=list(cats))
    path = f"{CORPUS}{name}.json"
    m.save_model(path, format="json", pool=pool)
    j = small(json.load(open(path)))
    json.dump(j, open(path, "w"), separators=(",", ":"))
    rows = X.iloc[:len(R)]
    margin = np.asarray(m.predict(rows, prediction_type="RawFormulaVal"))
    answer = m.predict_proba(rows) if hasattr(m, "predict_proba") \
        else m.predict(rows)
    part = [margin.reshape(len(R), -1), np.asarray(answer).reshape(len(R), -1)]
    if j["scale_and_bias"][0] == 1:
        own = np.asarray(m.get_feature_importance(
            cb.Pool(rows, cat_features=list(cats)), type="ShapValues"))
        own = own.reshape(len(R), part[0].shape[1], -1)
        if abs(own.sum(2) - part[0]).max() < 1e-9:
            part.append(own.reshape(len(R), -1))
    head = [f"{w}_{k}" for w, p in zip(("margin", "answer", "shap"), part)
            for k in range(p.shape[1])]
    with open(f"cat_{name}.csv", "w") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        w.writerows([[repr(float(v)) for v in r] for r in np.hstack(part)])


cats = ["home", "code"]
pool = cb.Pool(d, y, cat_features=cats)
for name, grow, rounds, nan in (("one_hot", "SymmetricTree", 6, "Max"),
                                ("one_hot_grown", "Depthwise", 1, "Min")):
    save(name, cb.CatBoostClassifier(
        iterations=rounds, depth=3, learning_rate=.3, one_hot_max_size=10,
        grow_policy=grow, nan_mode=nan, **SAME).fit(pool), d, y, cats)
save("classes", cb.CatBoostClassifier(
    iterations=4, depth=2, loss_function="MultiClass", **SAME).fit(X, d.home),
    X, d.home)
save("classes_grown", cb.CatBoostClassifier(
    iterations=2, depth=3, grow_policy="Lossguide", max_leaves=5,
    loss_function="MultiClass", **SAME).fit(X, d.home), X, d.home)
save("poisson", cb.CatBoostRegressor(
    iterations=5, depth=2, loss_function="Poisson", **SAME).fit(X, d.code), X,
    d.code)
m = cb.CatBoostRegressor(iterations=4, depth=2, **SAME).fit(X, d.code * 1.)
m.set_scale_and_bias(2.5, -1.25)
save("scaled", m, X, d.code)
