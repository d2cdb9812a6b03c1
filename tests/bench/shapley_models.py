#!/usr/bin/env python3
"""Makes what the Shapley bench explains: shapley_models.py FOLDER ROWS MODEL...

Writes rows.npy and rows.f64 (100,000 rows that no model has seen),
background.npy and background.f64 (100,000 more), and each MODEL that is not
there yet, trained on ROWS rows: dDEPTH-TREES by xgboost (.json), lLEAVES-TREES
by lightgbm (.txt); dDEPTH-TREES-of-ALL are the first trees of dDEPTH-ALL. The
data are like a lender's: 50 inputs, 8 % of the cells missing, a binary outcome.
Seeds are fixed.
"""
import os
import sys

import numpy as np

FEATURES, HELD, MISSING = 50, 100000, 0.08


def applicants(rows, seed):
    """Inputs in single precision with holes, and whether each defaulted."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(rows, 8))
    mix = np.random.default_rng(1).normal(size=(8, FEATURES))
    cells = common @ mix * 0.25 + rng.normal(size=(rows, FEATURES))
    cells[:, 10:20] = np.exp(cells[:, 10:20])              # amounts
    cells[:, 20:30] = np.floor(np.abs(cells[:, 20:30] * 4))  # counts
    cells[:, 30:35] = cells[:, 30:35] > 0.5                 # yes or no
    c = cells
    risk = (0.8 * c[:, 0] - 0.6 * c[:, 1] * c[:, 2] + 0.5 * np.sin(3 * c[:, 3])
            + 0.4 * np.log1p(c[:, 10]) * c[:, 4] - 0.3 * np.sqrt(c[:, 20])
            + 0.5 * c[:, 30] * c[:, 5] + 0.2 * (c[:, 6:10] ** 2).sum(axis=1)
            + 0.15 * (c[:, 35:50] * mix[0, 35:50]).sum(axis=1) - 1.2)
    outcome = rng.random(rows) < 1 / (1 + np.exp(-risk))
    cells[rng.random(cells.shape) < MISSING] = np.nan
    return cells.astype(np.float32).astype(np.float64), outcome


def hold(folder, name, seed):
    """Rows for explaining, once as .npy and once bare."""
    path = os.path.join(folder, name + ".npy")
    if not os.path.exists(path):
        cells = applicants(HELD, seed)[0]
        cells.tofile(os.path.join(folder, name + ".f64"))
        np.save(path, cells)


def train_xgboost(path, depth, trees, cells, outcome):
    import xgboost

    data = xgboost.DMatrix(cells, outcome)
    booster = xgboost.train(
        {"objective": "binary:logistic", "tree_method": "hist", "seed": 7,
         "max_depth": depth, "eta": 0.1}, data, trees)
    booster.save_model(path)


def cut_xgboost(path, whole, trees):
    import xgboost

    booster = xgboost.Booster()
    booster.load_model(whole)
    booster[:trees].save_model(path)


def train_lightgbm(path, leaves, trees, cells, outcome):
    import lightgbm

    booster = lightgbm.train(
        {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.1,
         "seed": 7, "deterministic": True, "force_row_wise": True,
         "verbose": -1}, lightgbm.Dataset(cells, outcome), trees)
    booster.save_model(path)


def make(folder, model, data):
    word = model[1:].split("-")
    is_xgboost = model[0] == "d"
    path = os.path.join(folder, model + (".json" if is_xgboost else ".txt"))
    if os.path.exists(path):
        return
    part = path.replace(model, "unfinished-" + model)
    if len(word) == 4:
        whole = "d%s-%s.json" % (word[0], word[3])
        cut_xgboost(part, os.path.join(folder, whole), int(word[1]))
    else:
        train = train_xgboost if is_xgboost else train_lightgbm
        train(part, int(word[0]), int(word[1]), *data())
    os.replace(part, path)
    print("shapley: %s is made" % model, file=sys.stderr)


def main():
    folder, rows = sys.argv[1], int(sys.argv[2])
    os.makedirs(folder, exist_ok=True)
    hold(folder, "rows", 2)
    hold(folder, "background", 3)
    kept = []

    def data():
        if not kept:
            kept.extend(applicants(rows, 4))
        return kept

    for model in sys.argv[3:]:
        make(folder, model, data)


main()
