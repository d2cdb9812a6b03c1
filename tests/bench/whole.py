#!/usr/bin/env python3
"""A table of many rows from end to end: whole.py make FOLDER MODEL ROWS writes
FOLDER/whole: rows-ROWS.csv, reference.csv of 5,000 rows and a project whose
methods A and B compare with it; whole.py peer FOLDER MODEL ROWS does with pandas
and xgboost what people do: read, contributions, the four largest of each row,
written as CSV. It takes the first TAKEN rows and prints rows a second by the
clock and the versions.

The rows of a table are all distinct: each column of the 100,000 rows held is
moved on by a step of its own for every further 100,000.
"""
import json
import os
import sys
import time

import numpy as np

FEATURES, BLOCK = 50, 100000
TAKEN = 4000 if os.environ.get("QUICK") == "1" else 20000  # by the peer


def texts(cells):
    """Columns of cells as text; a missing one is empty."""
    return [["" if x != x else "%.6g" % x for x in column]
            for column in cells.T.tolist()]


def write_table(path, columns, rows, blocks_from=0):
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("id," + ",".join("f%d" % i for i in range(FEATURES)) + "\n")
        done, k = 0, blocks_from
        while done < rows:
            moved = []
            for j, column in enumerate(columns):
                at = (k * (977 * j + 13)) % len(column)
                moved.append(column[at:] + column[:at])
            for line in zip(*moved):
                file.write("%d,%s\n" % (done, ",".join(line)))
                done += 1
                if done == rows:
                    break
            k += 1
    os.replace(path + ".new", path)


def write_project(where, model, cutoff):
    table = {"file": "reference.csv", "id": "id", "from": "2024-01-01",
             "to": "2024-12-31", "description": "Rows that the model has not seen."}
    project = {
        "institution": {"name": "A lender"},
        "model": {"file": "../models/" + model + ".json",
                  "orientation": "higher is worse",
                  "scale": {"kind": "margin"}, "cutoff": cutoff},
        "data": {
            "decisions": {"file": "reference.csv", "id": "id"},
            "columns": {"id": "id"},
            "near_cutoff_width": 0.5,
            "reference": {
                "A": dict(table, name="applicants at or just above the cutoff"),
                "B": dict(table, name="all applicants")}},
        "features": [{"input": "f%d" % i, "name": "Input %d" % i,
                      "source": "applicant", "factor": "f%d" % i}
                     for i in range(FEATURES)],
        "factors": [{"key": "f%d" % i, "name": "Input %d" % i,
                     "reason": "Value of input %d" % i}
                    for i in range(FEATURES)],
    }
    with open(os.path.join(where, "candor.json"), "w", encoding="utf-8") as file:
        json.dump(project, file, indent=1)


def make(folder, model, rows):
    import xgboost

    where = os.path.join(folder, "whole")
    os.makedirs(where, exist_ok=True)
    path = os.path.join(where, "rows-%d.csv" % rows)
    if not os.path.exists(path):
        cells = np.load(os.path.join(folder, "models", "rows.npy"))[:BLOCK]
        write_table(path, texts(cells), rows)
    held = np.load(os.path.join(folder, "models", "background.npy"))[:5000]
    write_table(os.path.join(where, "reference.csv"), texts(held), 5000)
    booster = xgboost.Booster()
    booster.load_model(os.path.join(folder, "models", model + ".json"))
    margin = booster.predict(xgboost.DMatrix(held), output_margin=True)
    # A cutoff that two applicants of three pass.
    write_project(where, model, round(float(np.quantile(margin, 2 / 3)), 3))


def peer(folder, model, rows):
    import pandas
    import xgboost

    start = time.perf_counter()
    table = pandas.read_csv(os.path.join(
        folder, "whole", "rows-%d.csv" % rows), nrows=TAKEN, index_col="id")
    booster = xgboost.Booster({"nthread": 2})
    booster.load_model(os.path.join(folder, "models", model + ".json"))
    values = booster.predict(xgboost.DMatrix(table.to_numpy(np.float32)),
                             pred_contribs=True)[:, :-1]
    first = np.argsort(-values, axis=1)[:, :4]
    out = {"id": table.index}
    for k in range(4):
        out["input%d" % k] = table.columns[first[:, k]]
        out["value%d" % k] = values[np.arange(len(values)), first[:, k]]
    pandas.DataFrame(out).to_csv(os.path.join(folder, "whole", "peer.csv"),
                                 index=False)
    spent = time.perf_counter() - start
    print("%.6g pandas %s and xgboost %s" % (
        len(table) / spent, pandas.__version__, xgboost.__version__))


def main():
    work = {"make": make, "peer": peer}[sys.argv[1]]
    work(sys.argv[2], sys.argv[3], int(sys.argv[4]))


main()
