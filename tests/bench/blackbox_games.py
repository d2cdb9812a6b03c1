#!/usr/bin/env python3
"""Games of 14 players that both sides of the black-box bench answer from the
same table: blackbox_games.py FOLDER [ROWS].

Networks and forests of scikit-learn are trained on made-up data and, where
CANDOR_TEST_DATA or ../shared/data has it, on the Taiwan table. For each model and
row: the mean over 100 reference rows of the model at every coalition of the 14
inputs. Writes FOLDER/KIND-NAME.f64: doubles [rows][2^14], input i in bit i.
"""
import os
import sys
import warnings

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
N, REFERENCES = 14, 100
FOLDER = sys.argv[1]
ROWS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
SHARED = os.environ.get("CANDOR_TEST_DATA") or "../shared/data"


def made_up(seed):
    """Correlated inputs, a curved and an uneven target."""
    r = np.random.default_rng(seed)
    x = r.normal(size=(3000, N)) @ (np.eye(N) + 0.25 * r.normal(size=(N, N)))
    z = x / x.std(axis=0)
    a = r.normal(size=N)
    t = (z @ a + 2 * np.sin(z[:, 0] * z[:, 1]) + z[:, 2] ** 2
         + 2 * (z[:, 3] > 0) * z[:, 4] + 1.5 * (z[:, 5] > 0.5)
         + z[:, 6] * z[:, 7] * (z[:, 8] > -0.5))
    return z, t + 0.3 * r.normal(size=len(t))


def taiwan():
    path = os.path.join(SHARED, "datasets", "taiwan.csv")
    if not os.path.exists(path):
        return None
    t = np.genfromtxt(path, delimiter=",", skip_header=1)
    x = t[:8000, [0, 2, 4, 5, 6, 7, 8, 11, 12, 13, 17, 18, 19, 20]]
    return (x - x.mean(axis=0)) / x.std(axis=0), t[:8000, -1]


def models():
    """(kind, name, function of rows, inputs)."""
    for seed, hidden, squash in ((1, (16, 8), "relu"), (2, (16, 8), "tanh"),
                                 (3, (32, 16), "relu"), (4, (24,), "tanh")):
        x, t = made_up(seed)
        m = MLPRegressor(hidden_layer_sizes=hidden, activation=squash, max_iter=300,
                         random_state=seed).fit(x, t)
        yield "network", f"made{seed}-{squash}", m.predict, x
    for seed in (5, 6):
        x, t = made_up(seed)
        m = RandomForestRegressor(60, max_depth=8, random_state=seed).fit(x, t)
        yield "forest", f"made{seed}-random", m.predict, x
        g = GradientBoostingClassifier(n_estimators=150, max_depth=4,
                                       random_state=seed)
        g.fit(x, t > np.median(t))
        yield "forest", f"made{seed}-boosted", g.decision_function, x
    data = taiwan()
    if data is None:
        return
    x, t = data
    for squash in ("relu", "tanh"):
        m = MLPClassifier(hidden_layer_sizes=(16, 8), activation=squash, max_iter=200, alpha=1e-3,
                          random_state=7).fit(x, t)

        def score(rows, m=m):
            p = m.predict_proba(rows)
            return np.log(p[:, 1] / p[:, 0])
        yield "network", f"taiwan-{squash}", score, x
    g = GradientBoostingClassifier(n_estimators=100, max_depth=5,
                                   random_state=7).fit(x, t)
    yield "forest", "taiwan-boosted", g.decision_function, x


def main():
    os.makedirs(FOLDER, exist_ok=True)
    subsets = (np.arange(1 << N)[:, None] >> np.arange(N) & 1).astype(bool)
    for kind, name, score, x in models():
        path = os.path.join(FOLDER, f"{kind}-{name}.f64")
        if os.path.exists(path) and os.path.getsize(path) == ROWS * 8 << N:
            continue
        r = np.random.default_rng(11)
        pick = r.permutation(len(x))
        background = x[pick[:REFERENCES]]
        games = np.zeros((ROWS, 1 << N))
        for k in range(ROWS):
            row = x[pick[REFERENCES + k]]
            for z in background:
                games[k] += score(np.where(subsets, row, z)) / REFERENCES
        games.tofile(path + ".new")
        os.replace(path + ".new", path)


main()
