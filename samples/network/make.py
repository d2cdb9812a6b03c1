#!/usr/bin/env python3
"""Makes the sample network: eight inputs, two hidden layers, trained on the
invented applicants of samples/credit, written as PyTorch's export writes such a
module. Run it only to make network.onnx anew:

    python3 -m venv v && v/bin/pip install numpy onnx
    v/bin/python samples/network/make.py
"""
import csv
import json
import os

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
INPUTS = ["payment_to_income", "utilization", "inquiries_6m",
          "late_payments_24m", "employment_months", "oldest_account_months",
          "collections", "savings_balance"]
WIDTHS = [len(INPUTS), 12, 6, 1]
rng = np.random.default_rng(20261014)


def table(name):
    with open(os.path.join(HERE, "..", "credit", name)) as f:
        rows = list(csv.DictReader(f))
    x = np.array([[float(r[c]) if r[c] else np.nan for c in INPUTS]
                  for r in rows])
    return x, np.array([float(r["default_24m"]) for r in rows])


def train(x, y):
    """Adam on the log loss, with a little weight decay."""
    layers = [[rng.normal(size=(o, i)) / np.sqrt(i), np.zeros(o)]
              for i, o in zip(WIDTHS, WIDTHS[1:])]
    first = [[np.zeros_like(p) for p in layer] for layer in layers]
    second = [[np.zeros_like(p) for p in layer] for layer in layers]
    for step in range(1, 1501):
        pick = rng.integers(len(x), size=256)
        seen = [x[pick]]
        for k, (w, b) in enumerate(layers):
            z = seen[-1] @ w.T + b
            seen.append(np.maximum(z, 0) if k < 2 else z)
        slope = (1 / (1 + np.exp(-seen[-1][:, 0])) - y[pick])[:, None] / 256
        for k in (2, 1, 0):
            w, b = layers[k]
            grads = [slope.T @ seen[k] + 1e-3 * w, slope.sum(0)]
            slope = (slope @ w) * (seen[k] > 0) if k else None
            for p in (0, 1):
                first[k][p] = 0.9 * first[k][p] + 0.1 * grads[p]
                second[k][p] = 0.999 * second[k][p] + 0.001 * grads[p] ** 2
                layers[k][p] -= 0.004 * first[k][p] / (1 - 0.9 ** step) / (
                    np.sqrt(second[k][p] / (1 - 0.999 ** step)) + 1e-8)
    return layers


def main():
    x, y = table("train.csv")
    median = np.nanmedian(x, axis=0)
    filled = np.where(np.isnan(x), median, x)
    mean, deviation = filled.mean(0), filled.std(0)
    layers = train((filled - mean) / deviation, y)
    weights = {"median": median, "mean": mean, "deviation": deviation}
    node = helper.make_node
    nodes = [node("IsNaN", ["input"], ["missing"], name="/IsNaN"),
             node("Where", ["missing", "median", "input"], ["filled"],
                  name="/Where"),
             node("Sub", ["filled", "mean"], ["centred"], name="/Sub"),
             node("Div", ["centred", "deviation"], ["h0"], name="/Div")]
    for k, (w, b) in enumerate(layers):
        weights[f"fc{k}.weight"], weights[f"fc{k}.bias"] = w, b
        nodes.append(node("Gemm", [f"h{k}", f"fc{k}.weight", f"fc{k}.bias"],
                          [f"z{k}"], name=f"/fc{k}/Gemm", transB=1))
        if k < 2:
            nodes.append(node("Relu", [f"z{k}"], [f"h{k + 1}"],
                              name=f"/relu{k}/Relu"))
    nodes.append(node("Sigmoid", ["z2"], ["probability"], name="/Sigmoid"))
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "main_graph",
        [info("input", TensorProto.FLOAT, ["batch", len(INPUTS)])],
        [info("probability", TensorProto.FLOAT, ["batch", 1])],
        [numpy_helper.from_array(v.astype(np.float32), k)
         for k, v in weights.items()])
    model = helper.make_model(graph, ir_version=8, producer_name="make.py",
                              opset_imports=[helper.make_opsetid("", 17)])
    helper.set_model_props(model, {"feature_names": json.dumps(INPUTS)})
    checker.check_model(model)
    with open(os.path.join(HERE, "network.onnx"), "wb") as f:
        f.write(model.SerializeToString())


main()
