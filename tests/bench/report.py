#!/usr/bin/env python3
"""Writes the figures of a run into a document: report.py bench.json DOCUMENT.

Between the lines <!-- figures: PART --> and <!-- end --> of the document stands
what this script makes of bench.json; PART is ratios, avx2, more, tables,
cycles, errors, blackbox, or recourse_ with alone, peers, proofs, checks or real. A part of which
the run has no figures stays as it is, and nothing else is touched.
"""
import json
import re
import sys

CLOCK = 4.4  # GHz, as peaks_avx512 measures it

# name: demanded, stretch (ratios of the goal)
DEMANDS = {
    "shapley d6-500 xgboost": (300, 500),
    "shapley d6-500 xgboost-1.7.6": (1000, 1800),
    "shapley d8-500 xgboost": (120, 180),
    "shapley d10-1000 xgboost": (120, 180),
    "shapley l31-500 lightgbm": (500, 800),
    "shapley l127-500 lightgbm": (950, 1200),
    "shapley l31-500 shapiq": (150, None),
    "interventional d6-100 bg1000 shap": (33000, 60000),
    "interventional d6-500 bg1000 shap": (44000, 60000),
    "interventional d6-100 bg1000 woodelf": (70, None),
    "interventional d6-500 bg1000 woodelf": (230, None),
    "interventional d8-500 bg1000 shap": (5000, 20000),
    "interventional d10-1000 bg1000 shap": (500, 2000),
    "interactions d6-100 xgboost": (100, 200),
    "interactions d6-100 woodelf": (24, None),
    "shapley d6-500 two cores": (1.8, None),
}


def short(x):
    """Three digits, thousands parted."""
    if x is None:
        return "–"
    if x >= 100:
        digits = len("%d" % x)
        return "{:,}".format(int(round(x, min(0, 3 - digits))))
    if x >= 0.01:
        return "%.3g" % x
    return "%.1e" % x


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def of(entry):
    return [entry["name"], entry["peer_version"] or "–", short(entry["peer"]),
            short(entry["candor"]), short(entry["ratio"])]


def ratios(entries):
    rows = []
    for name, (least, stretch) in DEMANDS.items():
        for entry in entries:
            if entry["name"] == name:
                rows.append(of(entry) + [short(least), short(stretch)])
    return table(["what", "peer", "peer, rows/s", "candor, rows/s", "ratio",
                  "demanded", "stretch"], rows)


def avx2(entries):
    rows = []
    for entry in entries:
        name = entry["name"]
        if name.endswith(" avx2") and not name.startswith("error"):
            base = name[:-len(" avx2")]
            if base in DEMANDS:
                rows.append(of(entry) + [short(DEMANDS[base][0] / 3)])
    return table(["what", "peer", "peer, rows/s", "candor, rows/s", "ratio",
                  "a third of what is demanded"], rows)


def more(entries):
    rows = [of(e) for e in entries
            if e["name"] not in DEMANDS and not e["name"].endswith(" avx2")
            and " predict" not in e["name"] and e["unit"].startswith("rows")]
    return table(["what", "peer", "peer, rows/s", "candor, rows/s", "ratio"], rows)


def tables(entries):
    rows = [[e["name"], short(e["candor"]), e["unit"]] for e in entries
            if e["name"].startswith(("tables", "end-to-end"))
            and not e["unit"].startswith("rows")]
    return table(["what", "measured", "unit"], rows)


def errors(entries):
    kept = {}
    for e in entries:
        if e["name"].startswith("error ") and not e["name"].endswith(" avx2"):
            name, peer = e["name"][len("error "):], e["peer_version"]
            if peer:
                name = name.rsplit(" ", 1)[0]
            kept.setdefault(name, []).append(
                (peer or "strict", "%.1e" % e["candor"]))
    rows = []
    for name, found in kept.items():
        strict = dict(found).pop("strict", "–")
        others = ", ".join("%s: %s" % f for f in found if f[0] != "strict")
        rows.append([name, strict, others or "–"])
    return table(["what", "from candor's strict values", "from the peers' values"],
                 rows)


def cycles(entries):
    """Whole calls of one core as cycles a row and tree, at CLOCK GHz."""
    rows, seen = [], set()
    for e in entries:
        match = re.match(r"(shapley|interventional) ([dl]\d+-(\d+))( bg\d+)? ",
                         e["name"])
        if (not match or e["name"].endswith(" avx2") or match.group(0) in seen
                or "core" not in e["unit"] or " cores" in e["name"]
                or "tables" in e["name"]):
            continue
        seen.add(match.group(0))
        ns = 1e9 / e["candor"] / int(match.group(3))
        rows.append([match.group(0).strip(), short(e["candor"]), short(1e6 / e["candor"]),
                     short(ns), short(ns * CLOCK)])
    return table(["what", "rows/s", "µs a row", "ns a row-tree",
                  "cycles a row-tree"], rows)


def recourse_alone(entries):
    rows = []
    for e in entries:
        if e["name"].startswith("recourse ") and "certified" in e:
            certified = "%.4g %%" % (100 * e["certified"])
            if "within_s" in e:
                certified += " in %g s" % e["within_s"]
            rows.append([e["name"], str(e["rows"]), certified, str(e["impossible"]),
                         short(e["median_ms"]), short(e["p99_ms"]), short(e["max_ms"]),
                         short(e.get("rows_per_s")), short(e["boxes"])])
    return table(["what", "rows", "certified", "impossible", "median ms", "p99 ms",
                  "most ms", "rows/s, two cores", "boxes a row"], rows)


def recourse_peers(entries):
    rows = []
    for e in entries:
        if e["name"].startswith("recourse ") and "peer_proven" in e:
            rows.append([e["name"], e["peer_version"], str(e["rows"]),
                         short(1e3 * e["peer"]), short(1e3 * e["candor"]),
                         short(e["ratio"]), "%.4g %%" % (100 * e["peer_proven"]),
                         "%.4g %%" % (100 * e["proven"]),
                         "%d of %d" % (e["equal"], e["both_proven"]), str(e["dearer"])])
    return table(["what", "peer", "rows", "peer, median ms", "candor, median ms",
                  "times faster", "peer proven", "candor proven",
                  "same optimum where both proved", "candor dearer"], rows)


def recourse_real(entries):
    rows = []
    for e in entries:
        if e["name"].startswith("recourse real "):
            rows.append([e["name"][len("recourse real "):], str(e["rows"]), str(e["levers"])]
                        + ["%.3g %%" % (100 * e[k]) for k in
                           ("proven", "impossible", "undecided")]
                        + [short(e["median_ms"]), short(e["p99_ms"])]
                        + ["%.3g %%" % (100 * e[k]) for k in
                           ("reason_is_lever", "reason_in_plan", "reason_in_plans",
                            "reason_alone")])
    return table(["what", "rows", "levers", "proven smallest", "proven impossible",
                  "undecided", "median ms", "p99 ms", "first reason is a lever",
                  "… in the smallest plan", "… in it or an alternative",
                  "… suffices alone"], rows)


def recourse_proofs(entries):
    rows = []
    for e in entries:
        if e["name"].startswith("recourse proofs "):
            rows.append([e["name"][len("recourse proofs "):], str(e["rows"]),
                         short(e["search_ms"]), short(e["logged_ms"]),
                         short(e["check_ms"]), short(e["bytes_a_decision"]),
                         "yes" if e["accepted"] else "no"])
    return table(["what", "decisions", "search, ms", "search with a log, ms",
                  "checking, ms", "bytes a decision", "accepted"], rows)


def recourse_checks(entries):
    lines = []
    for e in entries:
        if e["name"] == "recourse printed plans":
            lines.append("- {:,} printed plans scored by xgboost and lightgbm: {:,} refused. "
                         "The guard changed the answer of {:,} rows.".format(
                             e["plans"], e["refused"], e["guard_changed"]))
        if e["name"] == "recourse cheaper points":
            lines.append("- {:,} random plans that cost less than the proven smallest: {:,} "
                         "pass.".format(e["tried"], e["passed"]))
    return "\n".join(lines)


def blackbox(entries):
    """Squared errors of estimates, not rates."""
    least = {"10n leverage": 3, "20n leverage": 4, "20n oddshap": 1,
             "10n leverage forest": 1, "20n leverage forest": 1}
    rows = [of(e) + [short(least.get(e["name"][len("blackbox n14 "):]))]
            for e in entries if e["name"].startswith("blackbox")]
    return table(["what", "peer", "peer, error", "candor, error", "ratio",
                  "demanded"], rows)


def predict(entries):
    """Scores of whole tables by candor's own evaluation."""
    rows = [of(e)[:5] for e in entries if " predict" in e["name"]]
    return table(["what", "peer", "peer, rows/s", "candor, rows/s", "ratio"], rows)


PARTS = {"predict": predict, "blackbox": blackbox, "recourse_proofs": recourse_proofs, "recourse_checks": recourse_checks,
         "recourse_alone": recourse_alone, "recourse_peers": recourse_peers,
         "recourse_real": recourse_real, "cycles": cycles, "ratios": ratios, "avx2": avx2, "more": more, "tables": tables,
         "errors": errors}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        entries = json.load(file)
    everything = entries
    entries = [e for e in everything if not e["name"].startswith("recourse")]
    with open(sys.argv[2], encoding="utf-8") as file:
        text = file.read()

    def fill(match):
        part = match.group(2)
        made = PARTS[part](everything if part.startswith("recourse") else entries)
        if not made or (made.startswith("|") and made.count("\n") < 2):
            return match.group(0)
        return "%s\n%s\n<!-- end -->" % (match.group(1), made)

    text = re.sub(r"(<!-- figures: (\w+) -->)\n.*?<!-- end -->", fill, text,
                  flags=re.S)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(text)


main()
