"""A small lender of random trees: proof_projects.py FOLDER SEED [TREES DEPTH ROWS].

Writes model.json (XGBoost) or model.txt (LightGBM), candor.json and
decisions.csv. The seed decides the form of the model and which kinds of levers,
costs, formulas, rules and further scores there are. Nothing but the standard
library is used, and the same seed gives the same files.
"""
import json
import os
import random
import struct
import sys

WORDS = ["red", "green", "blue", "grey", "white"]
NUMBERS = ["n%d" % i for i in range(8)]
RATIO, WORD, ONES = "ratio", "colour", ["is_a", "is_b", "is_c"]
INPUTS = NUMBERS + [RATIO, WORD] + ONES


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


class Tree:
    """Arrays of one tree, the root first."""

    def __init__(self, rng, depth, words):
        self.rng, self.nodes = rng, []
        self.grow(depth, words)

    def grow(self, depth, words):
        rng, at = self.rng, len(self.nodes)
        self.nodes.append(None)
        if depth == 0 or (at > 0 and rng.random() < 0.1):
            self.nodes[at] = {"leaf": single(rng.gauss(0, 0.4))}
            return at
        f = rng.choice(INPUTS)
        node = {"f": INPUTS.index(f), "missing_left": rng.random() < 0.5}
        if f == WORD and words:
            node["set"] = rng.sample(range(len(WORDS)), rng.randint(1, 3))
        elif f in ONES:
            node["t"] = 0.5
        elif f == RATIO:
            node["t"] = single(rng.uniform(0.1, 2))
        elif f == WORD:
            node["t"] = rng.randint(0, 3) + 0.5
        else:
            node["t"] = single(round(rng.uniform(0.5, 9.5), rng.randint(1, 3)))
        self.nodes[at] = node
        node["left"] = self.grow(depth - 1, words)
        node["right"] = self.grow(depth - 1, words)
        return at


def xgboost(trees):
    out = []
    for i, tree in enumerate(trees):
        n = tree.nodes
        cats = [k for k, x in enumerate(n) if "set" in x]
        sizes = [len(n[k]["set"]) for k in cats]
        out.append({
            "base_weights": [0.0] * len(n),
            "categories": [c for k in cats for c in sorted(n[k]["set"])],
            "categories_nodes": cats,
            "categories_segments": [sum(sizes[:k]) for k in range(len(cats))],
            "categories_sizes": sizes,
            "default_left": [int(x.get("missing_left", False)) for x in n],
            "id": i,
            "left_children": [x.get("left", -1) for x in n],
            "loss_changes": [0.0] * len(n),
            "parents": [2147483647] * len(n),
            "right_children": [x.get("right", -1) for x in n],
            "split_conditions": [x.get("leaf", x.get("t", 0.0)) for x in n],
            "split_indices": [x.get("f", 0) for x in n],
            "split_type": [int("set" in x) for x in n],
            "sum_hessian": [1.0] * len(n),
            "tree_param": {"num_deleted": "0", "num_feature": str(len(INPUTS)),
                           "num_nodes": str(len(n)), "size_leaf_vector": "1"}})
    parents(out)
    words = "".join(WORDS).encode()
    offsets = [len("".join(WORDS[:k])) for k in range(len(WORDS) + 1)]
    enc = [{"offsets": offsets, "values": list(words)} if f == WORD
           else {"offsets": [], "values": []} for f in INPUTS]
    sizes = [len(WORDS) if f == WORD else 0 for f in INPUTS]
    model = {"cats": {"enc": enc, "feature_segments":
                      [sum(sizes[:k]) for k in range(len(sizes) + 1)],
                      "sorted_idx": list(range(len(WORDS)))},
             "gbtree_model_param": {"num_parallel_tree": "1",
                                    "num_trees": str(len(trees))},
             "iteration_indptr": list(range(len(trees) + 1)),
             "tree_info": [0] * len(trees), "trees": out}
    return json.dumps({"learner": {
        "attributes": {}, "feature_names": INPUTS,
        "feature_types": ["c" if f == WORD else "float" for f in INPUTS],
        "gradient_booster": {"model": model, "name": "gbtree"},
        "learner_model_param": {"base_score": "5E-1", "boost_from_average": "1",
                                "num_class": "0", "num_target": "1",
                                "num_feature": str(len(INPUTS))},
        "objective": {"name": "binary:logistic",
                      "reg_loss_param": {"scale_pos_weight": "1"}}},
        "version": [3, 1, 0]})


def parents(trees):
    for t in trees:
        for k in range(len(t["left_children"])):
            for side in ("left_children", "right_children"):
                if t[side][k] >= 0:
                    t["parents"][t[side][k]] = k


def lightgbm(rng, trees):
    kinds = {f: rng.choice([0, 0, 1, 2]) for f in range(len(INPUTS))}
    blocks = []
    for i, tree in enumerate(trees):
        splits = [k for k, x in enumerate(tree.nodes) if "leaf" not in x]
        leaves = [k for k, x in enumerate(tree.nodes) if "leaf" in x]
        place = {k: p for p, k in enumerate(splits)}
        place.update({k: -1 - p for p, k in enumerate(leaves)})
        cols = {k: [] for k in ("f", "t", "d", "l", "r")}
        bounds, bits = [0], []
        for k in splits:
            x = tree.nodes[k]
            cols["f"].append(x["f"])
            cols["l"].append(place[x["left"]])
            cols["r"].append(place[x["right"]])
            if "set" in x:
                cols["t"].append(len(bounds) - 1)
                cols["d"].append(1)
                bits.append(sum(1 << c for c in x["set"]))
                bounds.append(len(bits))
            else:
                cols["t"].append(repr(x["t"]))
                cols["d"].append(4 * kinds[x["f"]] + 2 * x["missing_left"])
        line = lambda name, xs: name + "=" + " ".join(str(x) for x in xs)
        values = [repr(tree.nodes[k]["leaf"]) for k in leaves]
        rows = ["Tree=%d" % i, "num_leaves=%d" % len(leaves),
                "num_cat=%d" % (len(bounds) - 1)]
        if splits:
            n = len(splits)
            rows += [line("split_feature", cols["f"]), line("split_gain", [1] * n),
                     line("threshold", cols["t"]), line("decision_type", cols["d"]),
                     line("left_child", cols["l"]), line("right_child", cols["r"]),
                     line("leaf_value", values), line("leaf_weight", [1] * (n + 1)),
                     line("leaf_count", [1] * (n + 1)),
                     line("internal_value", [0] * n), line("internal_weight", [0] * n),
                     line("internal_count", [2] * n)]
            if len(bounds) > 1:
                rows += [line("cat_boundaries", bounds), line("cat_threshold", bits)]
        else:
            rows += [line("leaf_value", values)]
        rows += ["is_linear=0", "shrinkage=1", "", ""]
        blocks.append("\n".join(rows) + "\n")
    info = ["-1:0:1:2:3:4" if f == WORD else "[0:10]" for f in INPUTS]
    head = ["tree", "version=v4", "num_class=1", "num_tree_per_iteration=1",
            "label_index=0", "max_feature_idx=%d" % (len(INPUTS) - 1),
            "objective=binary sigmoid:1", "feature_names=" + " ".join(INPUTS),
            "feature_infos=" + " ".join(info),
            "tree_sizes=" + " ".join(str(len(b)) for b in blocks), "", ""]
    tail = ["end of trees", "", "feature_importances:", "", "parameters:",
            "[categorical_feature: %d]" % INPUTS.index(WORD), "end of parameters",
            "", "pandas_categorical:" + json.dumps([WORDS]), ""]
    return "\n".join(head) + "".join(blocks) + "\n".join(tail)


def levers(rng, use):
    out = []
    for name in NUMBERS[:5]:
        lever = {"key": name, "input": name, "low": 0, "high": 10,
                 "direction": rng.choice(["up", "down", "both", "both"]),
                 "step": rng.choice([0.05, 0.1, 0.25, 1]),
                 "cost": rng.choice([0.5, 1, 2]), "scale": rng.choice([1, 2, 3]),
                 "fixed_cost": rng.choice([0, 0.2, 0.5])}
        if lever["step"] == 1 and rng.random() < 0.5:
            lever["integer"] = True
        if use("known") and rng.random() < 0.5:
            lever["known_cost"] = rng.choice([0.3, 1])
        if use("gone") and rng.random() < 0.4:
            lever["missing_cost"] = rng.choice([0.4, 1.5])
        if use("table") and rng.random() < 0.5:
            lever.update(cost_by="table", cost=1,
                         costs=[[0.5, 0.3], [2, 0.7], [4, 2.1]])
        elif use("percentile") and rng.random() < 0.5:
            lever.update(cost_by="percentile", cost=3)
        out.append(lever)
    if use("word"):
        lever = {"key": WORD, "input": WORD, "words": WORDS[:rng.randint(3, 5)],
                 "cost": 0.6, "fixed_cost": 0.1}
        if rng.random() < 0.4:
            lever.update(ordered=True, direction=rng.choice(["up", "both"]))
        out.append(lever)
    if use("ones"):
        out.append({"key": "kind", "inputs": {"a": "is_a", "b": "is_b", "c": "is_c",
                                              "none": None},
                    "cost": 0.9})
    if use("waiting"):
        out.append({"key": "wait", "high": 24, "cost": 0.1, "fixed_cost": 0.2,
                    "waiting": [{"input": "n5", "rate": 0.25, "high": 9},
                                {"input": "n6", "rate": -0.125, "low": 0.5}]})
    if use("column"):
        out.append({"key": "debt", "column": "debt", "direction": "down", "low": 0,
                    "high": 12, "step": 0.5, "cost": 1, "scale": 3})
    return out


def recourse(rng, use):
    out = {"most_changes": rng.choice([2, 3, 3, 4]), "alternatives": 0,
           "node_budget": 20000}
    if use("order"):
        out["order"] = [{"lower": "n0", "upper": "n1"}]
    if use("linear"):
        out["linear"] = [{"name": "sum", "most": rng.choice([10, 16]), "terms":
                          [{"input": "n1"}, {"input": "n2", "times": 1.5}]}]
    if use("if"):
        out["if_then"] = [{"name": "if", "if": {"input": "n2", "low": 4, "high": 8},
                           "then": {"input": "n3", "high": 7}}]
    if use("one"):
        out["at_most_one"] = [{"name": "one", "levers": ["n0", "n3", "n4"]}]
    if use("formula"):
        below = "n4" if rng.random() < 0.5 else "n7"
        above = "debt" if use("column") else "n3"
        out["derived"] = [{"input": RATIO, "ratio": [above, below],
                           "decimals": rng.choice([-1, 2, 3])}]
    if use("band"):
        out["band"] = {"low": -20}
    return out


def feature(name):
    if name == WORD:
        return {"input": name, "format": "word", "words": {w: w for w in WORDS}}
    return {"input": name, "decimals": 3 if name == RATIO else 2}


def main():
    folder, seed = sys.argv[1], int(sys.argv[2])
    trees, depth, rows = [int(x) for x in (sys.argv[3:] + ["20", "3", "12"])[:3]]
    rng = random.Random(seed)
    chosen = {}

    def use(what):
        if what not in chosen:
            chosen[what] = rng.random() < 0.4
        return chosen[what]

    os.makedirs(folder, exist_ok=True)
    boosted = seed % 2 == 0
    forest = [Tree(rng, depth, True) for _ in range(trees)]
    text = xgboost(forest) if boosted else lightgbm(rng, forest)
    file = "model.json" if boosted else "model.txt"
    with open(os.path.join(folder, file), "w") as f:
        f.write(text)
    asked = levers(rng, use)
    project = {
        "model": {"file": file, "orientation": "higher is worse",
                  "scale": {"kind": "margin"},
                  "cutoff": round(-0.25 * trees ** 0.5, 2)},
        "data": {"decisions": {"file": "decisions.csv", "id": "id"},
                 "reference": {"B": {"name": "all", "file": "decisions.csv",
                                     "minimum_rows": 1}}},
        "features": [feature(f) for f in INPUTS],
        "levers": asked, "recourse": recourse(rng, use)}
    if use("second"):
        other = [Tree(rng, 2, True) for _ in range(5)]
        with open(os.path.join(folder, "second.json"), "w") as f:
            f.write(xgboost(other))
        if boosted:
            project["recourse"]["scores"] = [
                {"name": "second", "file": "second.json", "cutoff": 0.8,
                 "orientation": "higher is worse", "scale": {"kind": "margin"}}]
    with open(os.path.join(folder, "candor.json"), "w") as f:
        json.dump(project, f, indent=1)
    with open(os.path.join(folder, "decisions.csv"), "w") as f:
        f.write(",".join(["id"] + INPUTS + ["debt"]) + "\n")
        for i in range(rows):
            row = ["" if rng.random() < 0.05 else "%g" % round(rng.uniform(0, 10), 2)
                   for _ in NUMBERS]
            one = rng.randrange(4)
            row += ["%g" % round(rng.uniform(0, 2.5), 3), rng.choice(WORDS)]
            row += ["1" if k == one else "0" for k in range(3)]
            f.write(",".join(["r%d" % i] + row +
                             ["%g" % round(rng.uniform(0, 12), 1)]) + "\n")


main()
