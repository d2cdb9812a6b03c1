#!/usr/bin/env python3
"""Trains two scikit-learn pipelines on the invented applicants of samples/credit
and exports them; docs/SCIKIT-LEARN.md follows it. With a name it makes one:

    python samples/pipeline/make.py boosting
"""
import pathlib
import sys

import numpy
import pandas
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
NUMBERS = ["payment_to_income", "utilization", "inquiries_6m",
           "late_payments_24m", "employment_months", "oldest_account_months",
           "collections", "savings_balance"]
WORDS = ["housing", "direct_deposit"]
INPUTS = NUMBERS + WORDS


def prepare(scaled):
    numbers = SimpleImputer(strategy="median")
    if scaled:  # does nothing for trees
        numbers = make_pipeline(numbers, StandardScaler())
    words = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", numbers, NUMBERS),
                              ("words", words, WORDS)])


MODELS = {
    "logistic": LogisticRegression(max_iter=2000),
    "boosting": GradientBoostingClassifier(n_estimators=60, max_depth=3,
                                           random_state=1),
}


def to_onnx(pipeline, path):
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType, StringTensorType
    types = [(c, FloatTensorType([None, 1])) for c in NUMBERS]
    types += [(c, StringTensorType([None, 1])) for c in WORDS]
    model = skl2onnx.to_onnx(pipeline, initial_types=types,
                             options={"zipmap": False})
    path.write_bytes(model.SerializeToString())


def to_pmml(pipeline, rows, path):
    from sklearn2pmml import sklearn2pmml
    from sklearn2pmml.pipeline import PMMLPipeline
    whole = PMMLPipeline(pipeline.steps)
    whole.active_fields = numpy.array(INPUTS)
    whole.target_fields = numpy.array(["default_24m"])
    whole.verify(rows.sample(20, random_state=1))  # candor evaluates them
    sklearn2pmml(whole, str(path))


def main():
    rows = pandas.read_csv(HERE.parent / "credit" / "train.csv")
    for name in sys.argv[1:] or MODELS:
        pipeline = make_pipeline(prepare(name == "logistic"), MODELS[name])
        pipeline.fit(rows[INPUTS], rows["default_24m"])
        chance = pipeline.predict_proba(rows[INPUTS])[:3, 1]
        print(name, "first three rows:", *chance)
        to_onnx(pipeline, HERE / (name + ".onnx"))
        try:
            to_pmml(pipeline, rows[INPUTS],
                    HERE / (name + ".pmml"))
        except (ImportError, RuntimeError) as e:
            print("no PMML:", e)


main()
