#!/usr/bin/env python3
"""Makes the sample lender: invented applicants, two models, 300 decisions.

Everything here is synthetic. Run it only to make the committed files anew:

    python3 -m venv v && v/bin/pip install xgboost==3.2.0 lightgbm==4.7.0 pandas
    v/bin/python samples/credit/make.py

The same seed gives the same tables; the models are those that the public
libraries train on them.
"""
import csv
import datetime
import math
import os

import lightgbm
import numpy
import pandas
import xgboost

HERE = os.path.dirname(os.path.abspath(__file__))
rng = numpy.random.default_rng(20261014)

INPUTS = [
    "income_monthly", "employment_months", "residence_months", "housing",
    "amount_requested", "term_months", "purpose", "payment_to_income",
    "utilization", "inquiries_6m", "inquiries_12m", "oldest_account_months",
    "open_accounts", "late_payments_24m", "months_since_late", "collections",
    "savings_balance", "member_months", "direct_deposit",
]
WORDS = {
    "housing": ["own", "mortgage", "rent", "with family"],
    "purpose": ["debt consolidation", "vehicle", "home repair", "medical",
                "education", "other"],
    "direct_deposit": ["no", "yes"],
}
QUARTERS = [(y, q) for y in (2022, 2023, 2024, 2025) for q in (1, 2, 3, 4)]


def quarter_day(y, q):
    first = datetime.date(y, 3 * q - 2, 1)
    return first + datetime.timedelta(days=int(rng.integers(0, 88)))


def applicants(n, quarters, drift):
    """n applicants; `drift` moves rates and utilisation for later periods."""
    sex = rng.choice(["female", "male"], n, p=[0.48, 0.52])
    race = rng.choice(["White", "Black", "Hispanic", "Asian", ""], n,
                      p=[0.56, 0.13, 0.15, 0.08, 0.08])
    age = numpy.clip(rng.gamma(9, 5, n) + 4, 18, 88).astype(int)
    income = numpy.exp(rng.normal(8.25, 0.45, n) + 0.004 * (age - 40)
                       - 0.06 * (race == "Black") - 0.05 * (race == "Hispanic"))
    income = numpy.round(income / 10) * 10
    employment = numpy.minimum(rng.gamma(1.3, 40, n), (age - 17) * 12).astype(int)
    residence = numpy.minimum(rng.gamma(1.2, 45, n), (age - 16) * 12).astype(int)
    housing = numpy.array([rng.choice(WORDS["housing"], p=p) for p in
                           numpy.where((age < 30)[:, None], [[.06, .18, .5, .26]],
                                       [[.18, .42, .34, .06]])])
    purpose = rng.choice(WORDS["purpose"], n, p=[.41, .19, .13, .08, .07, .12])
    amount = numpy.round(numpy.clip(rng.lognormal(9.15, 0.6, n), 1000, 40000) / 100) * 100
    term = rng.choice([12, 24, 36, 48, 60], n, p=[.08, .19, .35, .22, .16])
    rate = 0.115 / 12
    payment = amount * rate / (1 - (1 + rate) ** -term.astype(float))
    debts = income * rng.beta(2, 6, n)
    pti = numpy.round((payment + debts) / income, 3)
    hidden = rng.normal(0, 1, n)
    util = numpy.clip(rng.beta(1.4, 1.9, n) * (1 + 0.18 * hidden) + drift * 0.06
                      + 0.05 * (race == "Black"), 0, 1.3)
    util = numpy.round(util, 2)
    inq12 = rng.poisson(numpy.exp(0.35 + 0.35 * hidden))
    inq6 = rng.binomial(inq12, 0.55)
    oldest = numpy.minimum(rng.gamma(2.2, 52, n), (age - 17) * 12).astype(int)
    open_accounts = numpy.clip(rng.poisson(2 + oldest / 40), 0, 34)
    late = rng.poisson(numpy.exp(-1.25 + 0.75 * hidden))
    since = numpy.where(late > 0, rng.integers(0, 24, n).astype(float), numpy.nan)
    collections = rng.binomial(3, numpy.clip(0.04 + 0.05 * (hidden > 1), 0, 1))
    savings = numpy.round(rng.lognormal(7.1, 1.3, n) * (housing != "with family"))
    member = numpy.minimum(rng.gamma(1.1, 60, n), (age - 15) * 12).astype(int)
    deposit = numpy.where(rng.random(n) < 0.55, "yes", "no")
    savings = numpy.where(rng.random(n) < 0.05, numpy.nan, savings)
    logit = (-3.05 + 1.9 * (util - 0.42) + 0.24 * inq6 + 0.05 * inq12
             + 0.48 * late + 0.62 * collections - 0.0035 * (oldest - 110)
             - 0.0028 * numpy.minimum(employment, 120) + 2.2 * (pti - 0.33)
             - 0.16 * numpy.log1p(numpy.nan_to_num(savings, nan=800) / 500)
             - 0.22 * (deposit == "yes") + 0.12 * (purpose == "debt consolidation")
             - 0.12 * (housing == "own") + 0.3 * hidden + 0.2 * drift
             + 0.25 * (util > 0.8) * (inq6 > 2))
    default = (rng.random(n) < 1 / (1 + numpy.exp(-logit))).astype(int)
    day = [quarter_day(*quarters[i]) for i in rng.integers(0, len(quarters), n)]
    return pandas.DataFrame({
        "application_id": "", "application_date": [d.isoformat() for d in day],
        "income_monthly": income.astype(int), "employment_months": employment,
        "residence_months": residence, "housing": housing,
        "amount_requested": amount.astype(int), "term_months": term,
        "purpose": purpose, "payment_to_income": pti, "utilization": util,
        "inquiries_6m": inq6, "inquiries_12m": inq12,
        "oldest_account_months": oldest, "open_accounts": open_accounts,
        "late_payments_24m": late, "months_since_late": since,
        "collections": collections, "savings_balance": savings,
        "member_months": member, "direct_deposit": deposit,
        "default_24m": default, "sex": sex, "race": race, "age": age,
        "monthly_payments": numpy.round(pti * income).astype(int)})


def inputs_of(table):
    x = table[INPUTS].copy()
    for name, words in WORDS.items():
        x[name] = pandas.Categorical(x[name], categories=words)
    return x


def save(table, name, prefix, start):
    table = table.sort_values("application_date", kind="stable").reset_index(drop=True)
    table["application_id"] = [f"{prefix}{start + i:05d}" for i in range(len(table))]
    for column in ("months_since_late", "savings_balance"):
        table[column] = table[column].astype("Int64")
    table.to_csv(os.path.join(HERE, name), index=False, lineterminator="\n")
    return table


FIRST = """Jordan Avery Morgan Riley Casey Quinn Rowan Parker Emerson Finley Harper
Reese Sawyer Skyler Dakota Hayden Kendall Logan Marlowe Peyton Remy Sage Tatum
Wren Blair Devon Ellis Frances Glenn Hollis""".split()
LAST = """Sample Example Larkin Hollis Whitfield Marsh Calder Penrose Ashby Thorne
Bexley Dunmore Farrow Gallant Hartwell Ingram Jessup Kilbride Lockhart Merriweather
Northcott Oakes Pemberton Quill Ravenscroft Stanhope Tillery Underhill Vance Wexford""".split()
STREETS = ["Larch Lane", "Mill Street", "Harbor Road", "Juniper Court", "Quarry Hill",
           "Orchard Avenue", "Canal Street", "Foundry Row"]
SPECIAL = ["Nguyễn Thị Ánh Tuyết", "Zoë Müller-Østergård", "陈小雨", "Łukasz Wiśniewski",
           "Maria-Fernanda Oliveira de Albuquerque II", "Siobhán O’Malley"]


def points(margin):
    factor = 40 / math.log(2)
    return numpy.round(660 - factor * math.log(12) - factor * margin)


def decisions(booster, n):
    """n decisions of every kind, as a lender's own system would export them."""
    t = applicants(n, [(2026, 3)], 1.0).drop(columns=["default_24m"])
    t["application_date"] = [(datetime.date(2026, 9, 21)
                              + datetime.timedelta(days=int(k))).isoformat()
                             for k in rng.integers(0, 16, n)]
    for column, base in (("savings_balance", 420.0), ("months_since_late", None)):
        if base is not None:
            t[column] = t[column].astype("float")
    score = points(booster.predict(xgboost.DMatrix(inputs_of(t), enable_categorical=True),
                                   output_margin=True))
    rows = []
    for i in range(n):
        r = t.iloc[i].to_dict()
        del r["application_id"]
        s = int(score[i])
        bankrupt = bool(rng.random() < 0.05)
        residence_ok = rng.random() > 0.03
        incomplete = rng.random() < 0.05
        fails_rules = bankrupt or not residence_ok
        bureaus = int(rng.choice([1, 1, 1, 2, 3, 4]))
        keys = ["northstar", "meridian", "cobalt", "summit"][:bureaus]
        fico = int(numpy.clip(690 - 1.1 * (640 - s) + rng.normal(0, 18), 320, 845))
        has_score = rng.random() > 0.08
        factors = [w for w, test in (
            ("Balances on revolving accounts are high compared with limits", r["utilization"] > .5),
            ("Number of recent inquiries", r["inquiries_6m"] > 1),
            ("Length of time accounts have been established", r["oldest_account_months"] < 90),
            ("Late payments reported on accounts", r["late_payments_24m"] > 0),
            ("Collection accounts reported", r["collections"] > 0),
            ("Few accounts reported recently", r["open_accounts"] < 4)) if test][:4]
        if not factors:
            factors = ["Amount of time since the newest account was opened"]
        if incomplete:
            action, failed = "incomplete", ""
        elif s < 640 and fails_rules:
            action, failed = "denied", "both"
        elif fails_rules:
            action, failed = "denied", "rules"
        elif s < 640 and 628 <= s and rng.random() < 0.45:
            action, failed = "counteroffer", "score"
        elif s < 640:
            action, failed = "denied", "score"
        else:
            action, failed = "approved", ""
        applied = datetime.date.fromisoformat(r["application_date"])
        decided = applied + datetime.timedelta(days=int(rng.integers(1, 9)))
        name = SPECIAL[i // 7] if i % 7 == 3 and i // 7 < len(SPECIAL) else \
            f"{FIRST[int(rng.integers(len(FIRST)))]} {LAST[int(rng.integers(len(LAST)))]}"
        smaller = int(r["amount_requested"] * 0.6 // 500 * 500)
        rows.append({
            "application_id": f"HV-2026-{4400 + i:06d}", "applicant": name,
            "street": f"{int(rng.integers(2, 990))} {rng.choice(STREETS)}",
            "city": "Fairhaven, OH 44000", "action": action,
            "failed_component": failed,
            "decision_date": "" if incomplete else decided.isoformat(),
            "request": "a personal loan",
            "counteroffer": f"${smaller:,} over {r['term_months']} months"
                            if action == "counteroffer" else "",
            "missing_items": "Proof of income for the last two months|Copy of a government-issued identity document"
                             if incomplete else "",
            "reply_by": "2026-11-13" if incomplete else "",
            "bureaus": "|".join(keys),
            "bureau_score": fico if has_score and action != "incomplete" else "",
            "bureau_score_date": (applied + datetime.timedelta(days=1)).isoformat()
                                 if has_score and action != "incomplete" else "",
            "bureau_score_low": 300 if has_score and action != "incomplete" else "",
            "bureau_score_high": 850 if has_score and action != "incomplete" else "",
            "bureau_score_provider": "Northstar Credit Reporting, Inc."
                                     if has_score and action != "incomplete" else "",
            "bureau_score_factors": "|".join(factors) if has_score and action != "incomplete" else "",
            "third_party": "yes" if rng.random() < 0.06 else "no",
            "reviewer": rng.choice(["loan officer", ""], p=[.7, .3]),
            "bankruptcy_open": "yes" if bankrupt else "no",
            "service_area": "yes" if residence_ok else "no",
            "score": "" if incomplete else s,
            **{k: ("" if isinstance(v, float) and math.isnan(v) else
                   int(v) if k in ("months_since_late", "savings_balance") else v)
               for k, v in r.items()}})
    with open(os.path.join(HERE, "decisions.csv"), "w", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
        w.writeheader()
        w.writerows(rows)
    kinds = {}
    for r in rows:
        kinds[r["action"], r["failed_component"]] = kinds.get((r["action"], r["failed_component"]), 0) + 1
    print(kinds)


train = save(applicants(7000, QUARTERS[:8], 0.0), "train.csv", "T", 1)
test = save(applicants(2000, QUARTERS[:8], 0.0), "test.csv", "V", 1)
later = save(applicants(3000, QUARTERS[8:14], 1.0), "later.csv", "L", 1)

xt, yt = inputs_of(train), train["default_24m"]
booster = xgboost.train(
    {"objective": "binary:logistic", "max_depth": 4, "eta": 0.06, "subsample": 0.8,
     "colsample_bytree": 0.7, "min_child_weight": 8, "seed": 7, "nthread": 1,
     "max_cat_to_onehot": 1,
     "monotone_constraints": "(" + ",".join(
         {"utilization": "1", "inquiries_6m": "1", "inquiries_12m": "1",
          "late_payments_24m": "1", "collections": "1", "payment_to_income": "1",
          "oldest_account_months": "-1", "employment_months": "-1"}.get(n, "0")
         for n in INPUTS) + ")"},
    xgboost.DMatrix(xt, yt, enable_categorical=True), num_boost_round=100)
booster.save_model(os.path.join(HERE, "model.json"))
light = lightgbm.train(
    {"objective": "binary", "num_leaves": 12, "learning_rate": 0.06, "min_data_in_leaf": 40,
     "feature_fraction": 0.7, "seed": 7, "num_threads": 1, "verbosity": -1,
     "deterministic": True},
    lightgbm.Dataset(xt, yt), num_boost_round=100)
light.save_model(os.path.join(HERE, "model-lightgbm.txt"))
for name, t in (("test", test), ("later", later)):
    m = booster.predict(xgboost.DMatrix(inputs_of(t), enable_categorical=True), output_margin=True)
    order = numpy.argsort(m)
    y = t["default_24m"].to_numpy()[order]
    n1 = y.sum()
    auc = ((numpy.arange(1, len(y) + 1)[y == 1]).sum() - n1 * (n1 + 1) / 2) / (n1 * (len(y) - n1))
    print(name, "events", y.mean(), "auc", auc, "approved", (points(m) >= 640).mean())
decisions(booster, 300)
