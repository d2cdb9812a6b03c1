#!/usr/bin/env python3
"""Makes the second sample: repair cost of motor claims, a LightGBM regression.

Synthetic, seeded; see ../credit/make.py for how to run it.
"""
import os

import lightgbm
import numpy
import pandas

HERE = os.path.dirname(os.path.abspath(__file__))
rng = numpy.random.default_rng(20261102)
PARTS = ["front", "rear", "side", "roof", "glass"]


def claims(n, drift):
    age = rng.integers(0, 16, n)
    value = numpy.round(numpy.exp(rng.normal(10.1, 0.45, n)) * 0.9 ** age, -1)
    speed = numpy.clip(rng.gamma(3, 9, n), 0, 130).round()
    part = rng.choice(PARTS, n, p=[.33, .31, .2, .04, .12])
    panels = numpy.where(part == "glass", 1, 1 + rng.poisson(0.03 * speed))
    driveable = numpy.where(rng.random(n) < 1 / (1 + numpy.exp((speed - 45) / 9)), "yes", "no")
    electric = numpy.where(rng.random(n) < 0.12 + 0.1 * drift, "yes", "no")
    sensors = rng.poisson(1 + 2 * (age < 6))
    photos = rng.integers(0, 13, n)
    cost = (280 + 310 * panels + 9 * speed + 0.012 * value + 210 * sensors * (part != "glass")
            + 900 * (driveable == "no") + 650 * (electric == "yes") - 140 * (part == "glass"))
    cost = numpy.maximum(90, cost * numpy.exp(rng.normal(0.04 * drift, 0.24, n))).round(2)
    mileage = numpy.where(rng.random(n) < 0.07, numpy.nan, (age * 9800 + rng.gamma(2, 6000, n)).round())
    year = 2025 if drift == 0 else 2026
    month = rng.integers(1, 13 if drift == 0 else 10, n)
    return pandas.DataFrame({
        "claim_id": "", "reported": [f"{year}-{m:02d}-15" for m in month],
        "vehicle_age": age, "vehicle_value": value.astype(int), "impact_speed": speed.astype(int),
        "damaged_part": part, "panels": panels, "driveable": driveable, "electric": electric,
        "sensors": sensors, "photos": photos, "mileage": mileage,
        "repair_cost": cost, "region": rng.choice(["north", "south", "coast"], n)})


INPUTS = ["vehicle_age", "vehicle_value", "impact_speed", "damaged_part", "panels",
          "driveable", "electric", "sensors", "photos", "mileage"]
WORDS = {"damaged_part": PARTS, "driveable": ["no", "yes"], "electric": ["no", "yes"]}


def inputs_of(t):
    x = t[INPUTS].copy()
    for name, words in WORDS.items():
        x[name] = pandas.Categorical(x[name], categories=words)
    return x


def save(t, name, prefix):
    t = t.sort_values("reported", kind="stable").reset_index(drop=True)
    t["claim_id"] = [f"{prefix}{i + 1:04d}" for i in range(len(t))]
    t["mileage"] = t["mileage"].astype("Int64")
    t.to_csv(os.path.join(HERE, name), index=False, lineterminator="\n")
    return t


train = save(claims(1800, 0), "train.csv", "C")
later = save(claims(700, 1), "later.csv", "D")
model = lightgbm.train(
    {"objective": "regression", "num_leaves": 12, "learning_rate": 0.07, "min_data_in_leaf": 25,
     "seed": 11, "num_threads": 1, "verbosity": -1, "deterministic": True},
    lightgbm.Dataset(inputs_of(train), train["repair_cost"]), num_boost_round=80)
model.save_model(os.path.join(HERE, "model.txt"))
