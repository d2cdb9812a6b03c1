#!/usr/bin/env python3
"""Makes the tables of this folder: people who say in their own words what a
small loan is for. Nobody in them exists, and the words that count are invented.
The model is purpose.csv, a regression whose terms count words."""
import csv
import math
import random

FIRST = "Ada Ben Carla Dov Elif Finn Greta Hugo Inez Jonah Kira Leon Mara Nils Olga Pavel Rosa Sven Tess Umar".split()
LAST = "Albright Bowen Castle Dimas Erdman Fairley Goss Hartung Ibsen Jarvis Keller Lund Moreau Nash Oakes".split()
STREET = "Alder Birch Canal Dover Elm Ferry Grove Hill".split()

NEED = [
    "I need to repair the roof before winter",
    "The money is for a used car so that I can get to work",
    "I would like to pay for a nursing certificate at the community college",
    "We want to replace an old furnace and insulate the attic",
    "I plan to consolidate two store cards into one payment",
    "My daughter needs braces and the dentist wants a deposit",
    "I am going on vacation with friends in August",
    "It is for a wedding party and a trip afterwards",
    "I want to try my luck at the casino and with online betting",
    "There is an urgent bill that I cannot pay",
    "I will buy tools for my carpentry business",
    "This is for a deposit on an apartment closer to my job",
    "I want to invest in crypto before the price goes up again",
    "I need cash urgently and cannot say more",
    "The loan is to pay back another lender who is asking for it",
]
MORE = [
    "I have worked at the same plant for six years and my hours are steady",
    "My employer has confirmed a permanent contract",
    "I lost my job in spring and look for a new one",
    "I have saved a third of the price already",
    "My brother will help with the payments",
    "I was late with rent twice this year",
    "I have never missed a payment",
    "The contractor gave me a written estimate",
    "Last month my account was overdrawn again",
    "I can send the invoice",
    "I would need the money by Friday",
    "Thank you for looking at this",
    "I get paid every two weeks",
    "A collection agency keeps calling me",
]

INTERCEPT = -3.1
SLOPE = {"payments_to_income": 3.4, "late_payments_24m": 0.55,
         "months_in_job": -0.006}
COUNT = {
    "repair": -0.45, "work": -0.35, "certificate": -0.5, "furnace": -0.3,
    "tools": -0.4, "business": -0.15, "employer": -0.35, "permanent": -0.3,
    "steady": -0.4, "saved": -0.5, "estimate": -0.3, "invoice": -0.35,
    "never": -0.45, "consolidate": 0.3, "vacation": 0.35, "wedding": 0.25,
    "casino": 1.1, "betting": 0.9, "crypto": 0.8, "urgent": 0.6,
    "urgently": 0.7, "cannot": 0.35, "lost": 0.6, "late": 0.55,
    "overdrawn": 0.7, "collection": 0.8, "again": 0.2, "lender": 0.5,
}
HAS = {"cash": 0.3}


def words(text):
    out, word = [], ""
    for c in text.lower() + " ":
        if c.isalnum() or c == "_":
            word += c
        elif word:
            out.append(word)
            word = ""
    return out


def margin(p):
    x = INTERCEPT + sum(w * p[k] for k, w in SLOPE.items())
    said = words(p["purpose"])
    x += sum(COUNT.get(w, 0) for w in said)
    return x + sum(v for w, v in HAS.items() if w in said)


def person(r, number, year):
    said = [r.choice(NEED)] + r.sample(MORE, r.choice((1, 2, 2, 3)))
    p = {
        "application_id": f"P{number:05d}",
        "payments_to_income": round(min(0.9, r.betavariate(2.2, 5)), 3),
        "late_payments_24m": min(9, int(r.expovariate(1.3))),
        "months_in_job": int(min(400, r.expovariate(1 / 60))),
        "purpose": ". ".join(said) + ".",
        "application_date": f"{year}-{r.randint(1, 12):02d}-{r.randint(1, 28):02d}",
        "sex": r.choice(("female", "male")),
        "age": r.randint(19, 78),
    }
    chance = 1 / (1 + math.exp(-margin(p) - r.gauss(0, 0.3)))
    p["default_12m"] = int(r.random() < chance)
    return p


def write(name, rows, columns):
    with open(name, "w", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, columns, extrasaction="ignore",
                           lineterminator="\n")
        w.writeheader()
        w.writerows(rows)


LONG = (
    "I am writing about a small loan. For six years I have worked at the same "
    "plant, and my hours are steady. In March the roof of our house began to "
    "leak, and the contractor gave me a written estimate for the repair. I "
    "have saved a third of the price already.\n\n"
    "You will see in the report that I was late with rent twice. I lost my "
    "second job in spring, and for two months I could not keep up; since then "
    "I have never missed a payment. The money would go to the contractor and "
    "to nobody else, and I can send the invoice when the work is done. My "
    "sister, who lives with us, will help with the payments if she must.\n\n"
    "Please do not hold the two late months against me. Thank you for looking "
    "at this.")
ODD = ("Please hurry!! I need cash URGENTLY — cash, cash… <b>my landlord</b> "
       "& a \"collection\" agency keep calling. Überweisung bis Freitag, "
       "謝謝. I cannot wait.")


def main():
    r = random.Random(20260714)
    facts = ["application_id", *SLOPE, "purpose", "application_date", "sex",
             "age"]
    past = [person(r, i, r.choice((2022, 2023))) for i in range(1, 1501)]
    later = [person(r, i, 2024) for i in range(1501, 2101)]
    write("development.csv", past, facts + ["default_12m"])
    write("recent.csv", later, facts + ["default_12m"])
    now = [person(r, i, 2026) for i in range(2101, 2141)]
    now[3]["purpose"] = LONG
    now[3]["payments_to_income"] = 0.52
    now[3]["late_payments_24m"] = 2
    now[5]["purpose"] = ODD
    now[8]["purpose"] = ""
    for p in now:
        p["application_date"] = f"2026-11-{r.randint(2, 13):02d}"
        p["decision_date"] = "2026-11-16"
        p["applicant"] = f"{r.choice(FIRST)} {r.choice(LAST)}"
        p["street"] = f"{r.randint(2, 190)} {r.choice(STREET)} Street"
        p["city"] = "Millbrook, OH 44100"
        p["request"] = "a small loan"
        p["amount_requested"] = r.randint(4, 40) * 100
    write("decisions.csv", now,
          ["application_id", "applicant", "street", "city", "request",
           "amount_requested", "application_date", "decision_date", *SLOPE,
           "purpose", "age"])
    with open("purpose.csv", "w", encoding="utf-8") as f:
        f.write("# Odds that a small loan is not repaid, by facts and by words "
                "of the stated purpose\n# link: logit\n")
        f.write(f"term,coefficient\n(Intercept),{INTERCEPT}\n")
        for k, v in SLOPE.items():
            f.write(f"{k},{v}\n")
        for k, v in COUNT.items():
            f.write(f"\"token(purpose, {k})\",{v}\n")
        for k, v in HAS.items():
            f.write(f"\"has(purpose, {k})\",{v}\n")


main()
