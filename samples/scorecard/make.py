#!/usr/bin/env python3
"""Makes the tables of the sample scorecard: invented applicants, nothing else.

Needs Python alone; the same seed gives the same tables:

    python3 samples/scorecard/make.py
"""
import csv
import datetime
import math
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
rng = random.Random(20261118)
INPUTS = ["housing", "months_in_job", "payments_to_income", "card_use",
          "late_payments_24m", "inquiries_6m", "oldest_account_months",
          "savings_balance"]
FIRST = ["Alder", "Briar", "Cedar", "Dale", "Ember", "Fern", "Glen", "Hazel",
         "Ivo", "Juniper", "Kit", "Linden", "Marlow", "Noor", "Oakley", "Perry"]
LAST = ["Ashdown", "Birchall", "Coldwell", "Dunmore", "Eastlake", "Fairburn",
        "Greenhow", "Holloway", "Inglewood", "Jarrow", "Kestrel", "Langdon"]
STREETS = ["Tanner Street", "Quay Road", "Orchard Lane", "Foundry Row",
           "Weaver Court", "Chapel Hill"]


def count(rate):
    """A Poisson number by multiplying uniform ones."""
    n, p, stop = 0, rng.random(), math.exp(-rate)
    while p > stop:
        n, p = n + 1, p * rng.random()
    return n


def applicant():
    care = rng.gauss(0, 1)
    a = {
        "housing": rng.choices(["owns", "mortgage", "rents", "with family"],
                               [12, 35, 42, 11])[0],
        "months_in_job": "" if rng.random() < .03
        else int(min(rng.gammavariate(1.3, 45), 480)),
        "payments_to_income": round(min(.9, max(.01, rng.gauss(
            .22 - .03 * care, .1))), 3),
        "card_use": "" if rng.random() < .07 else round(min(1.4, max(0, rng.gauss(
            .45 - .18 * care, .26))), 2),
        "late_payments_24m": count(math.exp(-.9 - .8 * care)),
        "inquiries_6m": count(math.exp(.2 - .3 * care)),
        "oldest_account_months": "" if rng.random() < .03
        else int(rng.gammavariate(2.2, 45)),
        "savings_balance": "" if rng.random() < .3
        else int(math.exp(rng.gauss(6.9 + .5 * care, 1.4))),
        "sex": rng.choice(["female", "male"]),
        "age": int(min(88, max(18, rng.gauss(44, 14)))),
    }
    a["care"] = care
    return a


def read_card():
    with open(os.path.join(HERE, "scorecard.csv")) as f:
        return list(csv.DictReader(f))


CARD = read_card()


def holds(bin_, value):
    if bin_ == "missing":
        return value == ""
    if bin_[0].isalpha():
        return value == bin_
    if value == "":
        return False
    if bin_[0] == "<":
        return value < float(bin_[1:])
    if bin_[:2] == ">=":
        return value >= float(bin_[2:])
    if bin_[0] == "[":
        low, high = bin_[1:-1].split(",")
        return float(low) <= value < float(high)
    low, _, high = bin_.partition(" - ")
    return float(low) <= value < float(high) + 1


def score(a):
    total = int(CARD[0]["points"])
    for name in INPUTS:
        lines = [r for r in CARD if r["characteristic"] == name]
        found = [r for r in lines if holds(r["bin"], a[name])] or \
            [r for r in lines if r["bin"] == "else"]
        total += int(found[0]["points"])
    return total


def write(name, head, rows):
    with open(os.path.join(HERE, name), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        w.writerows(rows)


def past(name, n, first, days, shift):
    """Applicants whose loans have matured."""
    rows = []
    for i in range(n):
        a = applicant()
        odds = (score(a) - 500) / 28 - shift + .25 * a["care"]
        good = int(rng.random() >= 1 / (1 + math.exp(odds + .6)))
        day = first + datetime.timedelta(days=rng.randrange(days))
        rows.append([f"{name[0].upper()}{i + 1:05d}", day] +
                    [a[k] for k in INPUTS] + [good, a["sex"], a["age"]])
    write(name + ".csv", ["application_id", "application_date"] + INPUTS +
          ["repaid_24m", "sex", "age"], rows)


def decisions(n):
    rows = []
    for i in range(n):
        a = applicant()
        total = score(a)
        day = datetime.date(2026, 11, 2) + datetime.timedelta(
            days=rng.randrange(14))
        rows.append([f"LS-2026-{i + 1:04d}",
                     f"{rng.choice(FIRST)} {rng.choice(LAST)}",
                     f"{rng.randrange(1, 990)} {rng.choice(STREETS)}",
                     "Millbrook, OH 44100", day - datetime.timedelta(days=3),
                     day, "a personal loan",
                     "approved" if total >= 560 else "denied", total,
                     "northstar"] +
                    [a[k] for k in INPUTS] + [a["sex"], a["age"]])
    write("decisions.csv", [
        "application_id", "applicant", "street", "city", "application_date",
        "decision_date", "request", "action", "score", "bureaus"] + INPUTS +
        ["sex", "age"], rows)


past("development", 2500, datetime.date(2022, 1, 1), 730, 0)
past("recent", 1500, datetime.date(2024, 1, 1), 365, .15)
decisions(40)
