#!/usr/bin/env python3
"""The portfolio of the recourse bench, its models, lever sets and problem files.

50,000 applicants of 32 inputs (amounts, ratios, counts, months, one-hot groups),
12 % of them bad, seeds fixed; 120,000 more that no model has seen, of which the
worst 30 % by a model's margin are declined. Models dDEPTH-TREES by xgboost,
lLEAVES-TREES by lightgbm. The program tests/bench/recourse.c says what a problem file is.

A change costs |change| / (1.4826 MAD) + 0.2; where the median deviation is 0, the
standard deviation takes its place.
"""
import os
import sys

import numpy as np

TRAINED, HELD, BAD, FIXED = 50000, 120000, 0.12, 0.2

# name, step, decimals
INPUTS = [
    ("income", 100, 0), ("balance", 50, 0), ("limit", 500, 0), ("debt", 10, 0),
    ("loan", 500, 0), ("term", 12, 0), ("utilisation", 0.01, 2), ("dti", 0.01, 2),
    ("payment", 1, 0), ("obligations", 1, 0), ("inquiries6", 1, 0),
    ("inquiries12", 1, 0), ("late24", 1, 0), ("months_since_late", 1, 0),
    ("oldest", 1, 0), ("average_age", 1, 0), ("open_accounts", 1, 0),
    ("recent_accounts", 1, 0), ("months_job", 1, 0), ("months_address", 1, 0),
    ("savings", 100, 0), ("checking", 50, 0), ("cards", 1, 0),
    ("public_records", 1, 0), ("months_since_inquiry", 1, 0), ("shares_paid", 0.01, 2),
    ("product_a", 1, 0), ("product_b", 1, 0), ("product_c", 1, 0),
    ("owner", 1, 0), ("tenant", 1, 0), ("score_external", 1, 0),
]
NAMES = [name for name, _, _ in INPUTS]
AT = {name: i for i, name in enumerate(NAMES)}
AGEING = ["oldest", "average_age", "months_job", "months_address",
          "months_since_late", "months_since_inquiry"]


def applicants(rows, seed):
    rng = np.random.default_rng(seed)
    good = rng.normal(size=rows)                      # standing, unseen
    wealth = 0.5 * good + rng.normal(size=rows)
    x = {}
    x["income"] = np.round(np.exp(10.6 + 0.35 * wealth + 0.3 * rng.normal(size=rows)), -2)
    x["limit"] = np.round(np.exp(9.2 + 0.4 * wealth + 0.5 * rng.normal(size=rows)) / 500) * 500 + 500
    use = 1 / (1 + np.exp(0.8 * good + 0.9 * rng.normal(size=rows)))
    x["balance"] = np.round(use * x["limit"] / 50) * 50
    x["debt"] = np.round(np.exp(6 - 0.2 * good + 0.6 * rng.normal(size=rows)) / 10) * 10
    x["loan"] = np.round(np.exp(9 + 0.2 * wealth + 0.6 * rng.normal(size=rows)) / 500) * 500 + 500
    x["term"] = rng.integers(1, 8, rows) * 12.0
    x["payment"] = np.round(x["loan"] / x["term"])
    x["obligations"] = x["debt"] + x["payment"]
    x["utilisation"] = np.round(x["balance"] / x["limit"], 2)
    x["dti"] = np.round(12 * x["obligations"] / x["income"], 2)
    x["inquiries6"] = rng.poisson(np.exp(0.1 - 0.4 * good)).astype(float)
    x["inquiries12"] = x["inquiries6"] + rng.poisson(np.exp(-0.2 - 0.3 * good))
    x["late24"] = rng.poisson(np.exp(-0.9 - 0.7 * good)).astype(float)
    x["months_since_late"] = np.where(x["late24"] > 0, rng.integers(0, 24, rows),
                                      rng.integers(24, 120, rows)).astype(float)
    x["oldest"] = np.round(np.exp(4.6 + 0.2 * good + 0.5 * rng.normal(size=rows)))
    x["average_age"] = np.round(x["oldest"] * rng.uniform(0.3, 0.8, rows))
    x["open_accounts"] = rng.poisson(6 + 0 * good).astype(float)
    x["recent_accounts"] = rng.poisson(np.exp(0.1 - 0.3 * good)).astype(float)
    x["months_job"] = np.round(np.exp(3.6 + 0.2 * good + 0.9 * rng.normal(size=rows)))
    x["months_address"] = np.round(np.exp(3.8 + 0.1 * good + 0.9 * rng.normal(size=rows)))
    x["savings"] = np.round(np.exp(7.5 + 0.7 * wealth + 1.1 * rng.normal(size=rows)), -2)
    x["checking"] = np.round(np.exp(6.8 + 0.5 * wealth + 0.9 * rng.normal(size=rows)) / 50) * 50
    x["cards"] = rng.poisson(2.5, rows).astype(float)
    x["public_records"] = rng.poisson(np.exp(-2.5 - 0.6 * good)).astype(float)
    x["months_since_inquiry"] = np.where(x["inquiries6"] > 0, rng.integers(0, 6, rows),
                                         rng.integers(6, 48, rows)).astype(float)
    x["shares_paid"] = np.round(1 / (1 + np.exp(-1 - 0.6 * good - rng.normal(size=rows))), 2)
    kind = rng.integers(0, 3, rows)
    home = rng.random(rows) < 1 / (1 + np.exp(-0.6 * wealth))
    for k, name in enumerate(("product_a", "product_b", "product_c")):
        x[name] = (kind == k).astype(float)
    x["owner"] = home.astype(float)
    x["tenant"] = 1.0 - home
    x["score_external"] = np.round(600 + 50 * good + 40 * rng.normal(size=rows))
    cells = np.column_stack([x[name] for name in NAMES])

    def z(name, log=False):
        v = np.log1p(x[name]) if log else x[name]
        return (v - v.mean()) / v.std()

    risk = (1.1 * z("utilisation") * (1 + 0.4 * z("dti"))
            + 0.9 * z("dti") + 0.6 * z("inquiries6") + 0.25 * z("inquiries12")
            + 0.8 * np.minimum(z("late24"), 3) - 0.3 * z("months_since_late")
            - 0.4 * z("oldest", True) - 0.2 * z("average_age", True)
            + 0.3 * z("recent_accounts") - 0.35 * z("months_job", True)
            - 0.15 * z("months_address", True) - 0.5 * z("savings", True)
            - 0.3 * z("checking", True) + 0.5 * (x["public_records"] > 0)
            - 0.3 * z("shares_paid") * (x["late24"] > 0) - 0.35 * x["owner"]
            + 0.25 * x["product_c"] - 0.2 * x["product_a"] * (x["term"] > 36)
            - 0.6 * z("score_external") - 0.3 * z("income", True)
            + 0.2 * np.sin(3 * z("balance", True)) + 0.1 * z("cards") ** 2)
    noise = rng.logistic(size=rows)
    score = risk + 2.4 * noise
    return cells, score > np.quantile(score, 1 - BAD)


def train_leaves(path, leaves, trees, cells, bad):
    import lightgbm
    booster = lightgbm.train(
        {"objective": "binary", "num_leaves": leaves, "learning_rate": 0.1, "seed": 7,
         "deterministic": True, "force_row_wise": True, "verbose": -1},
        lightgbm.Dataset(cells, bad), trees)
    booster.save_model(path + ".part")
    os.replace(path + ".part", path)
    print("recourse: %s is made" % os.path.basename(path), file=sys.stderr)


def train(path, depth, trees, cells, bad):
    import xgboost
    booster = xgboost.train(
        {"objective": "binary:logistic", "tree_method": "hist", "seed": 7,
         "max_depth": depth, "eta": 0.1, "nthread": 2},
        xgboost.DMatrix(cells, bad), trees)
    booster.save_model(path + ".part.json")
    os.replace(path + ".part.json", path)
    print("recourse: %s is made" % os.path.basename(path), file=sys.stderr)


def scales(cells):
    middle = np.median(np.abs(cells - np.median(cells, axis=0)), axis=0) * 1.4826
    return np.where(middle > 0, middle, cells.std(axis=0))


def score(booster, rows):
    """Margins by the library itself, of rows in doubles."""
    cells = np.asarray(rows, float)
    if hasattr(booster, "num_trees"):
        return booster.predict(cells, raw_score=True)
    import xgboost
    return booster.predict(xgboost.DMatrix(cells.astype(np.float32)),
                           output_margin=True)


class Portfolio:
    """Data and models below a folder, made once."""

    def __init__(self, folder, models):
        self.folder = os.path.join(folder, "recourse")
        os.makedirs(self.folder, exist_ok=True)
        held = os.path.join(self.folder, "held.npy")
        wanted = [m for m in models if not os.path.exists(self.model(m))]
        if wanted or not os.path.exists(held):
            cells, bad = applicants(TRAINED, 4)
            np.save(os.path.join(self.folder, "scales.npy"), scales(cells))
            for m in wanted:
                size, trees = m[1:].split("-")[:2]
                (train if m[0] == "d" else train_leaves)(
                    self.model(m), int(size), int(trees), cells, bad)
            np.save(held, applicants(HELD, 5)[0])
        self.scale = np.load(os.path.join(self.folder, "scales.npy"))
        self.cells = np.load(held)
        self.kept = {}

    def model(self, name):
        return os.path.join(self.folder, name + (".json" if name[0] == "d" else ".txt"))

    def booster(self, name):
        if name[0] == "l":
            import lightgbm
            return lightgbm.Booster(model_file=self.model(name))
        import xgboost
        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(self.model(name))
        return booster

    def declined(self, name):
        """Cutoff on the margin and the declined rows, in a fixed random order."""
        if name not in self.kept:
            margin = score(self.booster(name), self.cells)
            # Seven decimals: the same number in a file and here.
            cutoff = round(float(np.quantile(margin, 0.7)), 7)
            rows = np.flatnonzero(margin > cutoff + 1e-4)
            np.random.default_rng(6).shuffle(rows)
            self.kept[name] = (cutoff, self.cells[rows])
        return self.kept[name]


# --- lever sets --------------------------------------------------------------------

# name, direction, low, high, step
NUMBERS = {
    "utilisation": ("down", 0, 1, 0.01), "inquiries6": ("down", 0, 20, 1),
    "savings": ("up", 0, 60000, 100), "dti": ("down", 0, 3, 0.01),
    "months_job": ("up", 0, 240, 1), "checking": ("up", 0, 30000, 50),
    "loan": ("down", 500, 60000, 500), "recent_accounts": ("down", 0, 10, 1),
    "balance": ("down", 0, 60000, 50), "term": ("both", 12, 84, 12),
    "cards": ("both", 0, 10, 1), "shares_paid": ("up", 0, 1, 0.01),
    "inquiries12": ("down", 0, 30, 1), "income": ("up", 0, 300000, 500),
    "debt": ("down", 0, 6000, 50), "open_accounts": ("both", 0, 20, 1),
    "months_address": ("up", 0, 240, 1), "limit": ("up", 500, 100000, 500),
    "obligations": ("down", 0, 8000, 10),
}
A = ["utilisation", "inquiries6", "savings", "dti", "months_job", "checking", "loan",
     "recent_accounts", "balance", "term", "cards", "shares_paid", "inquiries12",
     "income", "debt", "open_accounts", "months_address", "limit", "obligations"]
RATIOS = ["balance", "debt", "income", "loan", "term", "inquiries6", "savings",
          "checking", "recent_accounts", "shares_paid"]
ORDER = ["inquiries6", "inquiries12", "utilisation", "dti", "savings", "checking",
         "loan", "recent_accounts"]
FREE = ["utilisation", "dti", "inquiries6", "savings", "late24", "score_external",
        "checking", "months_job", "oldest", "income", "balance", "shares_paid",
        "loan", "debt", "recent_accounts", "months_address", "months_since_late",
        "term", "cards", "limit"]


def lever(scale, name, way, low, high, step):
    decimals = 2 if step < 1 else 0
    return "lever %d %s %s %s %s %d 1 %.17g %s" % (
        AT[name], way, low, high, step, decimals, scale[AT[name]], FIXED)


def number_lever(scale, name):
    return lever(scale, name, *NUMBERS[name])


def ratio_lever(scale, name):
    """Levers in formulas keep every grid value, of which 1,000 are the most."""
    way, low, high, step = NUMBERS[name]
    return lever(scale, name, way, low, high, 100 if name == "balance" else step)


def free_lever(scale, name):
    """Both ways, on a grid so fine that every threshold cell has a point of it."""
    if name in ("product_a", "product_b", "product_c", "owner", "tenant"):
        return lever(scale, name, "both", 0, 1, 1)
    return lever(scale, name, "both", "-inf", "inf", dict(
        (n, s if s < 1 else 1) for n, s, _ in INPUTS)[name])


def product_lever():
    lines = ["lever -1 both -inf inf 0 0 1 1 %s" % FIXED, "codes free 0 1 2"]
    return lines + ["indicate %d %d" % (AT["product_a"] + k, k) for k in range(3)]


def wait_lever():
    """Months of waiting age six inputs; a month costs a fifth of a scale."""
    lines = ["lever -1 up 0 36 1 0 1 5 %s" % FIXED]
    return lines + ["add %d 1 0 inf" % AT[name] for name in AGEING]


RATIO_LINES = [
    "formula %d ratio %d %d 1 2" % (AT["utilisation"], AT["balance"], AT["limit"]),
    "formula %d ratio %d %d 1 0" % (AT["payment"], AT["loan"], AT["term"]),
    "formula %d sum %d %d 1 0" % (AT["obligations"], AT["debt"], AT["payment"]),
    "formula %d ratio %d %d 12 2" % (AT["dti"], AT["obligations"], AT["income"]),
]


def lever_lines(scale, name):
    """The statements of a lever set by name."""
    if name == "A20":
        return ([number_lever(scale, n) for n in A[:19]] + product_lever())
    if name[0] == "A" and name != "ALL":
        return [number_lever(scale, n) for n in A[:int(name[1:])]]
    if name in ("D", "DW"):
        return ([ratio_lever(scale, n) for n in RATIOS] +
                (wait_lever() if name == "DW" else []) + RATIO_LINES)
    if name == "O":
        return ([number_lever(scale, n) for n in ORDER] +
                ["linear 0 %d 1 %d -1" % (AT["inquiries6"], AT["inquiries12"])])
    return [free_lever(scale, n)
            for n in (NAMES if name == "ALL" else FREE[:int(name[1:])])]


def lever_names(name):
    """The inputs of a set without products, waiting, formulas or rules."""
    if name == "ALL":
        return list(NAMES)
    return (A if name[0] == "A" else FREE)[:int(name[1:])]


def write_problem(portfolio, path, model, levers, changes, budget=0, *more):
    cutoff, _ = portfolio.declined(model)
    lines = ["model %s %d" % (portfolio.model(model), len(NAMES)),
             "pass most %.7f" % cutoff, "changes %d" % changes]
    if budget:
        lines.append("budget %d" % budget)
    lines += list(more) + lever_lines(portfolio.scale, levers)
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


def limits_of(levers, name):
    """Direction, lowest, highest and step of a lever, as its statement has them."""
    if levers[0] == "A" and levers != "ALL":
        return NUMBERS[name]
    if name in ("product_a", "product_b", "product_c", "owner", "tenant"):
        return "both", 0.0, 1.0, 1
    step = dict((n, s) for n, s, _ in INPUTS)[name]
    return "both", -np.inf, np.inf, step if step < 1 else 1
