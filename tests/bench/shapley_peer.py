#!/usr/bin/env python3
"""One peer of the Shapley bench, kept alive between rounds.

  shapley_peer.py PEER FOLDER     then on standard input, one a line:
      time QUESTION MODEL BACKGROUND SECONDS [ROWS] -> rate rows
      save QUESTION MODEL BACKGROUND ROWS FILE -> rows; the values to FILE
Without ROWS as many rows are taken as fill about SECONDS. The first line answered is the peer's version. QUESTION is path, against or
pairs. FOLDER holds MODEL.json (xgboost) or MODEL.txt (lightgbm), rows.npy and
background.npy. Times leave out the loading of models, of rows and whatever a
peer prepares once, and are processor time of one thread.
"""
import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np  # noqa: E402  (reads the environment)


def model_file(folder, model):
    """The path of a model and whether it is xgboost's."""
    path = os.path.join(folder, model + ".json")
    if os.path.exists(path):
        return path, True
    return os.path.join(folder, model + ".txt"), False


def plain_intercept(path):
    """The model as old releases read it: base_score a number, not a list."""
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    param = model["learner"]["learner_model_param"]
    param["base_score"] = param["base_score"].strip("[]")
    return bytearray(json.dumps(model), "utf-8")


class Xgboost:
    """pred_contribs and pred_interactions; a DMatrix is made beforehand."""

    def __init__(self, folder):
        import xgboost

        self.lib = xgboost
        self.folder = folder
        self.version = xgboost.__version__

    def prepare(self, question, model, _background):
        booster = self.lib.Booster({"nthread": 1})
        path, _ = model_file(self.folder, model)
        if self.version.startswith("1."):
            booster.load_model(plain_intercept(path))
        else:
            booster.load_model(path)
        booster.set_param({"nthread": 1})
        name = "pred_contribs" if question == "path" else "pred_interactions"

        def load(rows):
            return self.lib.DMatrix(rows.astype(np.float32), nthread=1)

        def run(data):
            return booster.predict(data, **{name: True})

        return load, run


class Lightgbm:
    """pred_contrib on a matrix in memory."""

    def __init__(self, folder):
        import lightgbm

        self.folder = folder
        self.version = lightgbm.__version__
        self.lib = lightgbm

    def prepare(self, _question, model, _background):
        path, _ = model_file(self.folder, model)
        booster = self.lib.Booster(model_file=path)

        def run(rows):
            return booster.predict(rows, pred_contrib=True, num_threads=1)

        return np.ascontiguousarray, run


def booster_of(folder, model):
    """The model as the explainers want it: its own library's booster."""
    path, is_xgboost = model_file(folder, model)
    if not is_xgboost:
        import lightgbm

        return lightgbm.Booster(model_file=path)
    import xgboost

    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(path)
    return booster


class Shap:
    """The compiled extension of shap, called as its TreeExplainer calls it."""

    def __init__(self, folder):
        import shap

        self.lib = shap
        self.folder = folder
        self.version = shap.__version__

    def prepare(self, question, model, background):
        from shap import _cext

        kind = "interventional" if question == "against" else "tree_path_dependent"
        explainer = self.lib.TreeExplainer(
            booster_of(self.folder, model),
            # A bare matrix would be cut to 100 rows.
            None if background is None else
            self.lib.maskers.Independent(background, max_samples=len(background)),
            feature_perturbation=kind)
        trees = explainer.model
        assert background is None or len(explainer.data) == len(background)
        limit = trees.values.shape[0]
        pairs = question == "pairs"
        code = {"interventional": 0, "tree_path_dependent": 1}[kind]

        def load(rows):
            rows = rows.astype(trees.input_dtype)
            return rows, np.isnan(rows)

        def run(data):
            rows, missing = data
            wide = rows.shape[1] + 1
            shape = (len(rows), wide) + ((wide,) if pairs else ())
            values = np.zeros(shape + (trees.num_outputs,))
            _cext.dense_tree_shap(
                trees.children_left, trees.children_right,
                trees.children_default, trees.features, trees.thresholds,
                trees.threshold_types, trees.values, trees.node_sample_weight,
                trees.max_depth, rows, missing, None, explainer.data,
                explainer.data_missing, limit, trees.base_offset, values, code, 0,
                pairs)
            return values[..., 0]

        return load, run


class Woodelf:
    """WoodelfExplainer; its per-call preparation is part of its time."""

    def __init__(self, folder):
        import woodelf

        self.folder = folder
        self.version = woodelf.__version__

    def prepare(self, question, model, background):
        import pandas
        from woodelf import WoodelfExplainer

        names = ["f%d" % i for i in range(np.load(
            os.path.join(self.folder, "rows.npy"), mmap_mode="r").shape[1])]
        explainer = WoodelfExplainer(
            booster_of(self.folder, model),
            None if background is None else
            pandas.DataFrame(background, columns=names))

        def load(rows):
            return pandas.DataFrame(rows, columns=names)

        def run(rows):
            if question == "pairs":
                return explainer.shap_interaction_values(
                    rows, include_interaction_with_itself=False, verbose=False)
            return explainer.shap_values(rows, verbose=False)

        return load, run


class Shapiq:
    """The compiled quadrature of shapiq, all rows in one call."""

    def __init__(self, folder):
        import shapiq

        self.folder = folder
        self.version = shapiq.__version__

    def prepare(self, _question, model, _background):
        from shapiq.tree.quadrature import QuadratureTreeSHAP
        from shapiq.tree.quadrature import cext

        explainer = QuadratureTreeSHAP(booster_of(self.folder, model))
        used = explainer._relevant_features
        wide = np.load(os.path.join(self.folder, "rows.npy"), mmap_mode="r").shape[1]

        def load(rows):
            rows = explainer._trees[0].cast_input(rows)[:, used]
            rows = np.ascontiguousarray(rows, dtype=np.float64)
            explainer._explain_cpp(rows[0])  # makes its arguments
            return rows

        def run(rows):
            args = explainer._kernel_args
            values = np.zeros((len(rows), explainer._output_size))
            cext.quadrature_tree_shap(*args[:18], rows, values, *args[18:])
            return values

        def widen(values):
            whole = np.zeros((len(values), wide))
            whole[:, used] = values[:, :len(used)]
            return whole

        run.widen = widen
        return load, run


PEERS = {"xgboost": Xgboost, "lightgbm": Lightgbm, "shap": Shap,
         "woodelf": Woodelf, "shapiq": Shapiq}


class Bench:
    """What is ready for each question, and how many rows fill a round."""

    def __init__(self, peer, folder):
        self.peer = PEERS[peer](folder)
        self.folder = folder
        self.rows = np.load(os.path.join(folder, "rows.npy"))
        self.ready = {}

    def get(self, question, model, background):
        key = question, model, background
        if key not in self.ready:
            rows = None
            if background:
                rows = np.load(os.path.join(self.folder, "background.npy"))
                rows = np.ascontiguousarray(rows[:background])
                assert len(rows) == background
            self.ready[key] = list(self.peer.prepare(question, model, rows)) + [{}]
        return self.ready[key]

    def data(self, case, count):
        """COUNT rows as the peer wants them, repeated when there are fewer."""
        if count not in case[2]:
            case[2].clear()
            times = -(-count // len(self.rows))
            rows = np.tile(self.rows, (times, 1)) if times > 1 else self.rows
            case[2][count] = case[0](np.ascontiguousarray(rows[:count]))
        return case[2][count]

    def time(self, question, model, background, seconds, rows=None):
        case = self.get(question, model, background)
        fixed = rows or next(iter(case[2]), None)
        count, spent = fixed or 1, 0.0
        while True:
            data = self.data(case, count)
            start = time.process_time()
            case[1](data)
            spent = time.process_time() - start
            if fixed or spent > 0.5 * seconds or count >= 200000:
                break
            grow = min(16.0, 0.9 * seconds / max(spent, 1e-6))
            count = min(200000, max(count + 1, int(count * grow)))
        return "%.6g %d" % (count / spent, count)

    def save(self, question, model, background, count, path):
        case = self.get(question, model, background)
        values = case[1](case[0](np.ascontiguousarray(self.rows[:count])))
        values = getattr(case[1], "widen", lambda same: same)(values)
        values = np.asarray(values, dtype=np.float64)
        wide = self.rows.shape[1]
        values = values[:, :wide] if values.ndim == 2 else values[:, :wide, :wide]
        np.ascontiguousarray(values).tofile(path)
        return str(count)


def main():
    bench = Bench(sys.argv[1], sys.argv[2])
    print(bench.peer.version, flush=True)
    for line in sys.stdin:
        word = line.split()
        question, model, background = word[1], word[2], int(word[3])
        if word[0] == "time":
            answer = bench.time(question, model, background, float(word[4]),
                                *map(int, word[5:]))
        else:
            answer = bench.save(question, model, background, int(word[4]), word[5])
        print(answer, flush=True)


main()
