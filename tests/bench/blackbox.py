#!/usr/bin/env python3
"""Errors of candor's estimates against shapiq's, on the same tables of values:
blackbox.py FOLDER.

FOLDER is build/bench: games/ holds what blackbox_games.py made, blackbox is the
bench program. Each estimator is asked for the Shapley values of every game with
so many evaluations and a number of seeds; its error is the mean over games and
seeds of the squared error over the mean square of the exact values. The lines
are of networks, those with "forest" of forests. Writes FOLDER/blackbox.entries.
"""
import glob
import json
import math
import os
import subprocess
import sys
import warnings

import numpy as np
import shapiq
from shapiq import approximator

warnings.filterwarnings("ignore")
N = 14
FOLDER = sys.argv[1]
SEEDS = 2 if os.environ.get("QUICK") == "1" else 5
CASES = [("leverage", "LeverageSHAP", (10, 20)), ("oddshap", "OddSHAP", (10, 20))]


def exact(v):
    """Shapley values of a table of all coalitions."""
    s = np.arange(1 << N)
    size = np.array([bin(x).count("1") for x in s])
    weight = np.array([1 / (N * math.comb(N - 1, k)) for k in range(N)])
    phi = np.zeros(N)
    for i in range(N):
        without = s[(s >> i & 1) == 0]
        phi[i] = (weight[size[without]]
                  * (v[without | 1 << i] - v[without])).sum()
    return phi


def theirs(name, v, budget, seed):
    bits = 1 << np.arange(N)
    base = v[0]

    def game(coalitions):
        return v[np.asarray(coalitions).astype(int) @ bits] - base

    made = getattr(approximator, name)(n=N, random_state=seed)
    values = made.approximate(budget=budget, game=game)
    if hasattr(values, "get_n_order_values"):
        return np.asarray(values.get_n_order_values(1))
    return np.array([values[(i,)] for i in range(N)])


def peer_error(name, games, budget):
    errors = []
    for v, phi in games:
        for seed in range(1, SEEDS + 1):
            got = theirs(name, v, budget, seed)
            errors.append(((got - phi) ** 2).sum() / (phi ** 2).sum())
    return float(np.mean(errors))


def our_error(files, budget):
    out = subprocess.run([os.path.join(FOLDER, "blackbox"), "chosen", str(budget),
                          str(SEEDS)] + files, check=True, text=True,
                         capture_output=True).stdout.split("\n")
    return float(np.mean([float(line.split()[1]) for line in out if line]))


def main():
    entries = []
    for kind in ("network", "forest"):
        files = sorted(glob.glob(os.path.join(FOLDER, "games", kind + "-*.f64")))
        games = []
        for path in files:
            for v in np.fromfile(path).reshape(-1, 1 << N):
                games.append((v, exact(v)))
        for times in (10, 20):
            ours = our_error(files, times * N)
            for peer, name, at in CASES:
                if times not in at:
                    continue
                error = peer_error(name, games, times * N)
                line = f"blackbox n{N} {times}n {peer}"
                if kind == "forest":
                    line += " forest"
                entries.append({"name": line, "unit": "relative squared error",
                                "peer": error, "candor": ours,
                                "ratio": error / ours, "cores": 1,
                                "peer_version": "shapiq " + shapiq.__version__})
                print(f"bench: {line} {error / ours:.2f}", file=sys.stderr,
                      flush=True)
    with open(os.path.join(FOLDER, "blackbox.entries"), "w",
              encoding="utf-8") as f:
        for entry in entries:
            f.write(json.dumps(entry) + "\n")


main()
