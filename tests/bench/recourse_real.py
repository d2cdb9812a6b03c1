#!/usr/bin/env python3
"""Recourse on real data: recourse_real.py FOLDER prints one JSON object a line.

FOLDER is build/bench. Data sets and models are those that tests use
(CANDOR_TEST_DATA, else ../shared/data beside the checkout); without them nothing
is printed. Of each set the worst 30 % by the model's margin are declined, of which
up to 1,000 are asked, with levers that an applicant could move: none on the past,
on persons, or on what a lender decides. At most three changes.

The first reason of a row is the input (a one-hot group is one input) with the
largest path-dependent contribution towards the decline.
"""
import csv
import json
import os
import subprocess
import sys

import numpy as np

FOLDER = sys.argv[1]
QUICK = os.environ.get("QUICK") == "1"
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("CANDOR_TEST_DATA") or os.path.join(HERE, "../../../shared/data")
WORK = os.path.join(FOLDER, "recourse")
ROWS = 100 if QUICK else 1000


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


def read(name):
    path = os.path.join(DATA, "datasets", name)
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    return lines[0], lines[1:]


def number(text):
    return float(text) if text not in ("", "NA") else np.nan


class Numbers:
    """Columns of a data set by name, as the model takes them."""

    def __init__(self, name, left_out, words=()):
        head, rows = read(name)
        self.names, columns = [], []
        for k, title in enumerate(head):
            cells = [row[k] for row in rows]
            if title in left_out:
                continue
            self.names.append(title)
            if title in words:
                kinds = sorted(set(cells) - {"NA", ""})
                columns.append([float(kinds.index(c)) if c in kinds else np.nan
                                for c in cells])
            else:
                columns.append([number(c) for c in cells])
        self.cells = np.array(columns).T
        self.groups = {name: [i] for i, name in enumerate(self.names)}

    def lever(self, name, way, low, high, step, missing=-1):
        """A statement of a lever; the scale is the column's spread."""
        at = self.names.index(name)
        column = self.cells[:, at]
        column = column[~np.isnan(column)]
        scale = np.median(np.abs(column - np.median(column))) * 1.4826
        lines = ["lever %d %s %g %g %g %d 1 %.9g 0.2" % (
            at, way, low, high, step, 0 if step >= 1 else 2,
            scale if scale > 0 else column.std())]
        if missing >= 0:
            lines.append("missing %g -1" % missing)
        return name, lines


class OneHot(Numbers):
    """Words as columns of 0 and 1, named as the model names them."""

    def __init__(self, name, left_out):
        head, rows = read(name)
        self.names, columns, self.groups = [], [], {}
        texts = []
        for k, title in enumerate(head):
            if title in left_out:
                continue
            cells = [row[k] for row in rows]
            try:
                columns.append([float(c) for c in cells])
                self.groups[title] = [len(self.names)]
                self.names.append(title)
            except ValueError:
                texts.append((title, cells))
        for title, cells in texts:
            self.groups[title] = []
            for word in sorted(set(cells)):
                self.groups[title].append(len(self.names))
                self.names.append("%s_%s" % (title, word))
                columns.append([float(c == word) for c in cells])
        self.cells = np.array(columns).T

    def choice(self, title):
        """A lever over a whole group; each other word costs 1."""
        at = self.groups[title]
        return title, (["lever -1 both -inf inf 0 0 1 1 0.2",
                        "codes free " + " ".join(str(k) for k in range(len(at)))] +
                       ["indicate %d %d" % (q, k) for k, q in enumerate(at)])


def german():
    d = OneHot("german_worded.csv", {"creditability", "personal_status_and_sex",
                                     "age_in_years", "foreign_worker"})
    return d, [d.lever("duration_in_month", "down", 6, 72, 3),
               d.lever("credit_amount", "down", 250, 20000, 250),
               d.lever("number_of_existing_credits_at_this_bank", "down", 1, 4, 1),
               d.choice("status_of_existing_checking_account"),
               d.choice("savings_account_and_bonds"),
               d.choice("other_debtors_or_guarantors"),
               d.choice("other_installment_plans"), d.choice("telephone")], []


def taiwan():
    d = Numbers("taiwan.csv", {"SEX", "MARRIAGE", "AGE", "default payment"})
    return d, [d.lever("PAY_0", "down", -1, 8, 1), d.lever("PAY_2", "down", -1, 8, 1),
               d.lever("BILL_AMT1", "down", 0, 1000000, 500),
               d.lever("BILL_AMT2", "down", 0, 1000000, 500),
               d.lever("PAY_AMT1", "up", 0, 100000, 500),
               d.lever("PAY_AMT2", "up", 0, 100000, 500)], []


def spain():
    d = Numbers("credit_spain.csv", {"rownames", "Age", "Marital", "Status"},
                {"Home", "Records", "Job"})
    return d, [d.lever("Time", "both", 6, 72, 6),
               d.lever("Expenses", "down", 35, 200, 5),
               d.lever("Income", "up", 0, 1000, 10, 0.5),
               d.lever("Assets", "up", 0, 300000, 500, 0.5),
               d.lever("Debt", "down", 0, 30000, 250, 0.5),
               d.lever("Amount", "down", 100, 5000, 50)], []


def solas():
    d = Numbers("solas_hmda.csv", {"Race", "Ethnicity", "Sex", "Interest Rate"})
    at = d.names.index
    loan, ltv = at("Loan Amount"), at("Loan-to-Value Ratio")
    # The ratio follows the loan, with what the row itself says they are.
    share = d.cells[:, ltv] / d.cells[:, loan]
    more = np.column_stack([d.cells, share])
    d.wide = more
    return d, [d.lever("Loan Amount", "down", 10000, 2000000, 5000),
               d.lever("Income", "up", 0, 1000000, 1000),
               d.lever("Debt-to-Income Ratio", "down", 0, 1, 0.01),
               d.lever("Intro Rate Period", "both", 0, 120, 12)], [
                   "formula %d product %d %d 1 3" % (ltv, loan, len(d.names))]


CASES = [("German", "xgb_german_d4", german), ("Taiwan", "xgb_taiwan_d6", taiwan),
         ("Taiwan", "lgb_taiwan_31", taiwan), ("Taiwan", "xgb_taiwan_monotone", taiwan),
         ("SolasHMDA", "lgb_solas_regression", solas),
         ("SolasHMDA", "xgb_solas_squared_error", solas),
         ("Spain", "xgb_spain_early_stop", spain), ("Spain", "lgb_spain_forest", spain)]


def library_answers(path, cells):
    """Margins, and contributions by input, of the producing library."""
    if path.endswith(".txt"):
        import lightgbm
        booster = lightgbm.Booster(model_file=path)
        margin = booster.predict(cells, raw_score=True)
        if booster.dump_model().get("average_output"):
            margin = margin / booster.num_trees()
        return margin, booster.predict(cells, pred_contrib=True)[:, :-1]
    import xgboost
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(path)
    booster.feature_names = None
    data = xgboost.DMatrix(cells.astype(np.float32))
    return (booster.predict(data, output_margin=True),
            booster.predict(data, pred_contribs=True)[:, :-1])


def run(lines, cells):
    problem = os.path.join(WORK, "real.txt")
    rows = os.path.join(WORK, "real.f64")
    with open(problem, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    np.ascontiguousarray(cells, float).tofile(rows)
    done = subprocess.run(
        [os.path.join(FOLDER, "recourse-bench"), problem, rows, "0",
         str(len(cells)), "1"], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return [x.split() for x in done.stdout.splitlines()[:-1]]


def used(text):
    return {int(c.partition("=")[0]) for c in text.split(",")} if text != "-" else set()


def reasons_of(data, margins):
    """Of each row the input with the largest contribution."""
    names = list(data.groups)
    sums = np.column_stack([margins[:, data.groups[n]].sum(axis=1) for n in names])
    return [names[k] for k in sums.argmax(axis=1)]


def measure(title, model, make):
    folder = os.path.join(DATA, "models", model)
    path = next(p for p in (os.path.join(folder, f) for f in ("model.json", "model.txt"))
                if os.path.exists(p))
    data, levers, more = make()
    margin, contributions = library_answers(path, data.cells)
    cutoff = float("%.7g" % np.quantile(margin, 0.7))
    rows = np.flatnonzero(margin > cutoff + 1e-4 * abs(cutoff))
    np.random.default_rng(6).shuffle(rows)
    rows = rows[:ROWS]
    wide = getattr(data, "wide", data.cells)
    head = ["model %s %d" % (path, wide.shape[1]), "pass most %.9g" % cutoff, "changes 3"]
    body = [line for _, lines in levers for line in lines]
    answers = run(head + ["alternatives 3"] + body + more, wide[rows])
    first = reasons_of(data, contributions[rows])
    names = [name for name, _ in levers]
    alone = {}
    for k, (name, lines) in enumerate(levers):
        if any(reason == name for reason in first):
            found = run(head + lines + more, wide[rows])
            alone[name] = [x[1] == "0" for x in found]
    status = [int(x[1]) for x in answers]
    ms = np.array([float(x[5]) for x in answers]) * 1e3
    plan = [used(x[9]) for x in answers]
    plans = [set().union(*(used(t) for t in x[9::2])) for x in answers]
    at = [names.index(r) if r in names else -1 for r in first]
    n = len(rows)
    refused = [" ".join(x[11:]) for x in answers if x[1] == "9"]
    for text in sorted(set(refused))[:3]:
        say("%s %s: %s" % (title, model, text))
    return {
        "name": "recourse real %s %s" % (title, model), "unit": "share of declined rows",
        "rows": n, "levers": len(levers), "proven": status.count(0) / n,
        "impossible": status.count(3) / n,
        "undecided": sum(s in (1, 2, 4) for s in status) / n,
        "refused": len(refused), "median_ms": float(np.median(ms)),
        "p99_ms": float(np.quantile(ms, 0.99)),
        "changes": float(np.mean([len(p) for p in plan if p] or [0])),
        "reason_is_lever": sum(k >= 0 for k in at) / n,
        "reason_in_plan": sum(k in p for k, p in zip(at, plan)) / n,
        "reason_in_plans": sum(k in p for k, p in zip(at, plans)) / n,
        "reason_alone": sum(k >= 0 and alone[names[k]][i] for i, k in enumerate(at)) / n,
    }


def main():
    if not os.path.isdir(os.path.join(DATA, "datasets")):
        say("no real data here, so recourse on it is skipped")
        return
    os.makedirs(WORK, exist_ok=True)
    for title, model, make in CASES:
        try:
            entry = measure(title, model, make)
        except (RuntimeError, ImportError, OSError, StopIteration) as error:
            say("%s %s: %s" % (title, model, error))
            continue
        entry = {k: float("%.6g" % v) if isinstance(v, float) else v
                 for k, v in entry.items()}
        print(json.dumps(entry), flush=True)
        say("  ".join("%s %s" % (k, v) for k, v in entry.items()))


main()
