#!/usr/bin/env python3
"""The peers of the recourse bench on its own problems: treecf's exact mode, and a
mixed-integer program that CBC solves. Both get our grid, limits, cost and cutoff.

treecf is a process of its own on one core: recourse_peers.py FOLDER treecf reads
questions on standard input, "exact MODEL LEVERS CUTOFF ROW SECONDS" or
"triples …" (all sets of three levers, each a search of its own with the others
frozen; explainers are made before the clock runs), and answers "SECONDS PROVEN
COST input=value,…": processor time of the process, 1 when every search ended with
a proof, cost without and with "-" for no plan.
"""
import itertools
import json
import math
import os
import subprocess
import sys
import time

import numpy as np

import recourse_problems as rp


# --- treecf ------------------------------------------------------------------------

class Treecf:
    def __init__(self, folder):
        import treecf
        self.treecf = treecf
        self.portfolio = rp.Portfolio(folder, [])
        self.made = {}

    def explainer(self, model, levers, free):
        key = (model, levers, free)
        if key not in self.made:
            t, scale = self.treecf, self.portfolio.scale
            names = rp.lever_names(levers)
            limits, policy = [], {}
            for i, input_name in enumerate(self.inputs(model)):
                name = rp.NAMES[i]
                if name not in names or (free and name not in free):
                    limits.append(t.Freeze(input_name))
                    continue
                way, low, high, step = self.limits(levers, name)
                if way != "both":
                    limits.append(t.Monotone(
                        input_name, "increase" if way == "up" else "decrease"))
                if math.isfinite(low):
                    limits.append(t.Range(input_name, low, high))
                policy[input_name] = t.Grid(step)
            self.made[key] = t.Explainer(
                self.portfolio.model(model), constraints=limits,
                normalizers=np.asarray(scale), value_policy=policy)
        return self.made[key]

    @staticmethod
    def inputs(_):
        return ["f%d" % i for i in range(len(rp.NAMES))]

    @staticmethod
    def limits(levers, name):
        return rp.limits_of(levers, name)

    def ask(self, what, model, levers, cutoff, row, seconds):
        t = self.treecf
        x = self.portfolio.declined(model)[1][row]
        names = rp.lever_names(levers)
        sets = ([()] if what == "exact" else
                list(itertools.combinations(names, 3)))
        searches = [self.explainer(model, levers, s) for s in sets]
        target = t.Target.raw(op="<=", value=cutoff)
        best, plan, proven, start = None, None, True, time.process_time()
        for search in searches:
            found = search.explain(
                x, target, backend="exact", time_budget_s=seconds,
                sparsity_weight=rp.FIXED, seed=1)
            if isinstance(found, t.Infeasible):
                proven = proven and found.proof == "certified"
                continue
            proven = proven and found.proof == "optimal"
            cost = found.distance + rp.FIXED * found.n_changed
            if best is None or cost < best:
                best, plan = cost, found.changes
        spent = time.process_time() - start
        changes = ",".join("%s=%.17g" % (k, v[1]) for k, v in (plan or {}).items())
        return "%.6g %d %s %s" % (spent, proven, "-" if best is None else
                                  "%.12g" % best, changes or "-")


def serve_treecf(folder):
    import warnings
    warnings.simplefilter("ignore")
    peer = Treecf(folder)
    print(peer.treecf.__version__ if hasattr(peer.treecf, "__version__") else
          __import__("importlib.metadata").metadata.version("treecf"), flush=True)
    for line in sys.stdin:
        what, model, levers, cutoff, row, seconds = line.split()
        print(peer.ask(what, model, levers, float(cutoff), int(row),
                       float(seconds)), flush=True)


# --- CBC ---------------------------------------------------------------------------

def find_cbc():
    """The program by path, else the one that a Python package brings along."""
    from shutil import which
    if which("cbc"):
        return which("cbc")
    try:
        import pulp
        path = pulp.PULP_CBC_CMD().path
        return path if os.path.exists(path) else None
    except (ImportError, AttributeError):
        return None


def cbc_version(cbc):
    out = subprocess.run([cbc, "-quit"], capture_output=True, text=True).stdout
    for line in out.splitlines():
        if line.startswith("Version:"):
            return line.split()[1]
    return "unknown"


class Trees:
    """A model file of XGBoost, read plainly: nodes and the margin's base."""

    def __init__(self, path):
        with open(path, encoding="ascii") as file:
            learner = json.load(file)["learner"]
        self.trees = learner["gradient_booster"]["model"]["trees"]
        base = learner["learner_model_param"]["base_score"].strip("[]")
        p = float(np.float32(float(base.split(",")[0])))
        self.base = math.log(p / (1 - p))
        self.thresholds = {}
        for tree in self.trees:
            for left, f, t in zip(tree["left_children"], tree["split_indices"],
                                  tree["split_conditions"]):
                if left >= 0:
                    self.thresholds.setdefault(f, set()).add(float(np.float32(t)))

    def leaves(self, tree, reach):
        """Leaves that positions can reach: value and, by input, the thresholds
        that its value is below or not below; reach[f] is a set of values."""
        out = []

        def walk(node, need, possible):
            left = tree["left_children"][node]
            if left < 0:
                # A leaf's value stands where a split's threshold would.
                out.append((float(np.float32(tree["split_conditions"][node])), need))
                return
            f = tree["split_indices"][node]
            t = float(np.float32(tree["split_conditions"][node]))
            values = possible.get(f, reach[f])
            below = [v for v in values if np.float32(v) < np.float32(t)]
            above = [v for v in values if not np.float32(v) < np.float32(t)]
            if below:
                walk(left, need + [(f, t, True)], {**possible, f: below})
            if above:
                walk(tree["right_children"][node], need + [(f, t, False)],
                     {**possible, f: above})

        walk(0, [], {})
        return out


def candidates(trees, f, own, limits):
    """The grid's nearest value to `own` in each interval between thresholds."""
    way, low, high, step = limits
    low = own if way == "up" else low
    high = own if way == "down" else high
    edges = sorted(trees.thresholds.get(f, ()))
    decimals = 2 if step < 1 else 0
    found = {own}
    cells = np.digitize(np.float32(own), np.array(edges, np.float32)) if edges else 0
    for k in range(len(edges) + 1):
        if k == cells:
            continue
        # Cell k is edges[k-1] <= float32(v) < edges[k].
        if k > cells:
            n = math.ceil(edges[k - 1] / step) - 1
            while np.float32(round(n * step, decimals)) < np.float32(edges[k - 1]):
                n += 1
        else:
            n = math.floor(edges[k] / step) + 1
            while not np.float32(round(n * step, decimals)) < np.float32(edges[k]):
                n -= 1
        v = round(n * step, decimals)
        # Outside the limits, the nearest allowed point may still be in the cell.
        if v < low and k < cells or v > high and k > cells:
            continue
        if k < cells and v > own or k > cells and v < own:
            continue
        if (np.digitize(np.float32(v), np.array(edges, np.float32)) == k
                and low <= v <= high):
            found.add(v)
    return sorted(found)


def write_program(path, trees, row, levers, scale, cutoff, changes):
    """Threshold-order binaries, leaf selectors, a cutoff row and a K row."""
    names = rp.lever_names(levers)
    value = {rp.AT[n]: candidates(trees, rp.AT[n], float(row[rp.AT[n]]),
                                  rp.limits_of(levers, n)) for n in names}
    reach = {f: [float(row[f])] for f in range(len(row))}
    reach.update(value)
    cost, constant, binary, rules = [], 0.0, [], []
    for f, values in value.items():
        own = values.index(float(row[f]))
        price = [abs(v - row[f]) / scale[f] for v in values]
        for j in range(1, len(values)):
            binary.append("q%d_%d" % (f, j))
            step = price[j] - price[j - 1]
            cost.append((step, "q%d_%d" % (f, j)))
            if j <= own:
                constant -= step
            if j > 1:
                rules.append("q%d_%d - q%d_%d <= 0" % (f, j, f, j - 1))
        if len(values) > 1:
            binary.append("m%d" % f)
            cost.append((rp.FIXED, "m%d" % f))
            if own + 1 < len(values):
                rules.append("q%d_%d - m%d <= 0" % (f, own + 1, f))
            if own > 0:
                rules.append("q%d_%d + m%d >= 1" % (f, own, f))
    score, base = [], trees.base
    for t, tree in enumerate(trees.trees):
        leaves = trees.leaves(tree, reach)
        if len(leaves) == 1:
            base += leaves[0][0]
            continue
        for k, (v, need) in enumerate(leaves):
            name = "y%d_%d" % (t, k)
            score.append((v, name))
            for f, threshold, below in need:
                # The first position that is not below the threshold.
                at = sum(np.float32(v) < np.float32(threshold) for v in reach[f])
                if 0 < at < len(reach[f]):
                    rules.append("%s + q%d_%d <= 1" % (name, f, at) if below else
                                 "%s - q%d_%d <= 0" % (name, f, at))
        rules.append(" + ".join("y%d_%d" % (t, k) for k in range(len(leaves))) + " = 1")
    if not score:
        return None
    moved = [b for b in binary if b[0] == "m"]

    def total(terms):
        return "\n ".join("%+.17g %s" % term for term in terms)

    with open(path, "w", encoding="ascii") as file:
        file.write("Minimize\n cost: %s\nSubject To\n" % (total(cost) or "0 z"))
        file.write(" score: %s <= %.17g\n" % (total(score), cutoff - base))
        if changes < len(moved):
            file.write(" most: %s <= %d\n" % (" + ".join(moved), changes))
        for i, rule in enumerate(dict.fromkeys(rules)):
            file.write(" r%d: %s\n" % (i, rule))
        file.write("Binary\n %s\nEnd\n" % "\n ".join(binary))
    return constant, value


def run_cbc(cbc, path, seconds):
    """Status word, objective, the binaries that are 1, processor seconds."""
    out = path + ".out"
    done = subprocess.run(
        [cbc, path, "-threads", "0", "-ratioGap", "0", "-allowableGap", "0",
         "-integerTolerance", "1e-9", "-primalTolerance", "1e-9", "-sec",
         "%g" % seconds, "-timeMode", "cpu", "-solve", "-solution", out],
        capture_output=True, text=True)
    spent = 0.0
    for line in done.stdout.splitlines():
        if line.startswith("Total time (CPU seconds):"):
            spent = float(line.split(":")[1].split()[0])
    try:
        with open(out, encoding="ascii") as file:
            head, *lines = file.read().splitlines()
        os.remove(out)
    except OSError:
        return "nothing", None, set(), spent
    if head.startswith("Optimal"):
        ones = {w[1] for w in (x.replace("**", "").split() for x in lines)
                if w[1][0] in "qm" and float(w[2]) > 0.5}
        return "optimal", float(head.rsplit(None, 1)[1]), ones, spent
    if head.startswith(("Infeasible", "Integer infeasible")):
        return "infeasible", None, set(), spent
    return "stopped", None, set(), spent


def plan_of(ones, value, row):
    """The row that the order binaries describe."""
    x = np.array(row, float)
    for f, values in value.items():
        at = sum(("q%d_%d" % (f, j)) in ones for j in range(1, len(values)))
        x[f] = values[at]
    return x


if __name__ == "__main__":
    serve_treecf(sys.argv[1])
