#!/usr/bin/env python3
"""Times candor's contributions against peers, interleaved: shapley.py FOLDER,
or growth alone, without any peer: shapley.py FOLDER growth.

FOLDER is build/bench: its models/ holds what shapley_models.py made, peers/ and
peers-old/ are the Pythons that hold the peers, shapley is the bench program.
QUICK=1: fewer rounds, shorter ones. PEERS names the peers that are there
("xgboost xgboost-1.7.6 lightgbm shap woodelf shapiq"). Writes the medians to
FOLDER/shapley.entries, one JSON object a line, and in a long run how time grows
to FOLDER/growth.json.

Every round asks each peer and then candor the same question on one core. The
peer's rows are as many as fill a round; woodelf, whose calls begin with a
preparation of their own, has fixed numbers of rows, which the names give where
there are two.
"""
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = sys.argv[1]
MODELS = os.path.join(FOLDER, "models")
QUICK = os.environ.get("QUICK") == "1"
ROUNDS = 3 if QUICK else 5
PEER_SECONDS, OUR_SECONDS = (0.5, 0.15) if QUICK else (1.5, 0.7)
ERROR_ROWS, FEW_ROWS = (64, 8) if QUICK else (256, 16)

# name, question, model, background, [(peer, its rows or None, suffix)]
CASES = [
    ("shapley d6-100", "path", "d6-100", 0, [("xgboost", None, "")]),
    ("shapley d6-500", "path", "d6-500", 0,
     [("xgboost", None, ""), ("xgboost-1.7.6", None, "")]),
    ("shapley d8-500", "path", "d8-500", 0, [("xgboost", None, "")]),
    ("shapley d10-1000", "path", "d10-1000", 0, [("xgboost", None, "")]),
    ("shapley l31-500", "path", "l31-500", 0,
     [("lightgbm", None, ""), ("shapiq", None, "")]),
    ("shapley l127-500", "path", "l127-500", 0,
     [("lightgbm", None, ""), ("shapiq", None, "")]),
    ("interventional d6-100 bg1000", "against", "d6-100", 1000,
     [("shap", None, ""), ("woodelf", 20000, ""),
      ("woodelf", 100000, " 100k rows")]),
    ("interventional d6-500 bg1000", "against", "d6-500", 1000,
     [("shap", None, ""), ("woodelf", 20000, ""),
      ("woodelf", 100000, " 100k rows")]),
    ("interventional d8-500 bg1000", "against", "d8-500", 1000,
     [("shap", None, "")]),
    ("interventional d10-1000 bg1000", "against", "d10-1000", 1000,
     [("shap", None, "")]),
    ("interactions d6-100", "pairs", "d6-100", 0,
     [("xgboost", None, ""), ("woodelf", 10000, "")]),
]
# Left out of a short run: longer than all the rest of it together.
LONG = {("woodelf", 100000), ("woodelf d6-500", 20000)}
TABLES = [("d6-100", 1000), ("d6-100", 100000), ("d6-500", 1000),
          ("d8-500", 1000), ("d10-1000", 1000)]


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


class Worker:
    """A process that answers a line with a line."""

    def __init__(self, name, command, core, **environment):
        self.name = name
        self.command = command
        self.core = core
        self.environment = dict(os.environ, **environment)
        self.process = None
        self.version = ""
        self.refused = set()

    def errors(self):
        """Ours are shown; peers draw bars of progress, which are kept."""
        if self.name.startswith("candor"):
            return None
        return open(os.path.join(FOLDER, "peers.log"), "a", encoding="utf-8")

    def start(self):
        pin = [] if self.core is None else ["taskset", "-c", str(self.core)]
        self.process = subprocess.Popen(
            pin + self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.errors(), env=self.environment, text=True)
        self.version = self.process.stdout.readline().strip()
        return self.version != ""

    def ask(self, question):
        """The words of the answer, or None, and then never asked again."""
        if question in self.refused:
            return None
        if self.process is None and not self.start():
            self.refused.add(question)
            self.process = None
            return None
        try:
            self.process.stdin.write(question + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().split()
        except BrokenPipeError:
            answer = []
        if answer:
            return answer
        self.process.wait()
        self.process = None
        self.refused.add(question)
        say("%s gives no answer to: %s; skipped" % (self.name, question))
        return None

    def number(self, question, place=0):
        answer = self.ask(question)
        return None if answer is None else float(answer[place])


def workers():
    ours = [os.path.join(FOLDER, "shapley"), MODELS]
    found = {
        "candor": Worker("candor", ours, 0),
        "avx2": Worker("candor with AVX2", ours, 0, CANDOR_SIMD="avx2"),
        "free": Worker("candor", ours, None),
    }
    for name in os.environ.get("PEERS", "").split():
        old = name == "xgboost-1.7.6"
        python = os.path.join(FOLDER, "peers-old" if old else "peers",
                              "bin", "python")
        module = name.split("-")[0]
        found[name] = Worker(name, [
            python, os.path.join(HERE, "shapley_peer.py"), module, MODELS], 0)
    return found


def has_model(model):
    return any(os.path.exists(os.path.join(MODELS, model + suffix))
               for suffix in (".json", ".txt"))


def too_long(case):
    """A minute of preparing by itself: not in a short run."""
    return QUICK and case[1:3] == ("against", "d10-1000")


class Book:
    """Figures of all rounds, and the entries that their medians make."""

    def __init__(self):
        self.figures = {}
        self.entries = []

    def add(self, key, figure):
        if figure is not None:
            self.figures.setdefault(key, []).append(figure)

    def median(self, key):
        return statistics.median(self.figures[key]) if key in self.figures else None

    def enter(self, name, ours, theirs, version, unit):
        if ours is None:
            return
        ratio = None if not theirs else round(ours / theirs, 3)
        self.entries.append({"name": name, "candor": ours, "peer": theirs,
                             "peer_version": version, "unit": unit,
                             "ratio": ratio})
        say("%-52s %12.6g  peer %10s  ratio %9s  %s" % (
            name, ours, "-" if theirs is None else "%.6g" % theirs,
            "-" if ratio is None else ratio, unit))


def peers_of(case, found):
    _, _, model, _, peers = case
    for peer, rows, suffix in peers:
        if QUICK and ((peer, rows) in LONG or (peer + " " + model, rows) in LONG):
            continue
        if peer in found:
            yield peer, rows, suffix


def one_round(cases, found, book):
    for case in cases:
        name, question, model, background, _ = case
        what = "%s %s %d" % (question, model, background)
        for peer, rows, suffix in peers_of(case, found):
            book.add((name, peer, suffix), found[peer].number("time %s %g%s" % (
                what, PEER_SECONDS, "" if rows is None else " %d" % rows)))
        for way in ("candor", "avx2"):
            book.add((name, way), found[way].number(
                "time %s %g" % (what, OUR_SECONDS)))
    for model, background in TABLES:
        if has_model(model) and not too_long(("", "against", model)):
            answer = found["candor"].number("make against %s %d" % (model, background))
            book.add(("tables", model, background), answer)
    for threads in (1, 2):
        book.add(("cores", threads), found["free"].number(
            "wall path d6-500 0 %g %d" % (2 * OUR_SECONDS, threads)))


def enter_all(cases, found, book):
    for case in cases:
        name = case[0]
        unit = "rows a second of one core"
        for peer, _, suffix in peers_of(case, found):
            theirs = book.median((name, peer, suffix))
            if theirs is None:
                continue
            version = "%s %s" % (peer.split("-")[0], found[peer].version)
            for way, tail in (("candor", ""), ("avx2", " avx2")):
                book.enter("%s %s%s%s" % (name, peer, suffix, tail),
                           book.median((name, way)), theirs, version, unit)
        if not any((name, p, s) in book.figures for p, _, s in case[4]):
            book.enter(name, book.median((name, "candor")), None, None, unit)
    for model, background in TABLES:
        book.enter("tables %s bg%d" % (model, background),
                   book.median(("tables", model, background)), None, None,
                   "seconds of one core")
    enter_whole(found, book)
    book.enter("shapley d6-500 two cores", book.median(("cores", 2)),
               book.median(("cores", 1)), "candor on one core",
               "rows a second by the clock")


def enter_whole(found, book):
    """100,000 rows with everything that is made for them on both sides."""
    name = "interventional d6-100 bg1000"
    rate = book.median((name, "candor"))
    tables = book.median(("tables", "d6-100", 1000))
    theirs = book.median((name, "woodelf", " 100k rows"))
    if rate and tables and theirs:
        book.enter(name + " woodelf 100k rows and tables",
                   100000 / (100000 / rate + tables), theirs,
                   "woodelf " + found["woodelf"].version,
                   "rows a second of one core")


def enter_errors(cases, found, book):
    """Against candor's own exact order in doubles, and against each peer."""
    for case in cases:
        name, question, model, background, _ = case
        what = "error %s %s %d %d" % (question, model, background, ERROR_ROWS)
        unit = "of the row's largest"
        for way, tail in (("candor", ""), ("avx2", " avx2")):
            error = found[way].number(what + " strict")
            book.enter("error " + name + tail, error, None, None, unit)
        file = os.path.join(FOLDER, "peer.values")
        asked = set()
        for peer, _, _ in peers_of(case, found):
            # woodelf's interactions have no main effects to compare.
            if peer in asked or (peer, question) == ("woodelf", "pairs"):
                continue
            asked.add(peer)
            rows = FEW_ROWS if peer == "shap" else ERROR_ROWS
            if found[peer].ask("save %s %s %d %d %s" % (
                    question, model, background, rows, file)):
                book.enter("error %s %s" % (name, peer),
                           found["candor"].number("error %s %s %d %d %s" % (
                               question, model, background, rows, file)),
                           None, "%s %s" % (peer.split("-")[0],
                                            found[peer].version), unit)


def grow(found):
    """How the time of a call grows with rows, trees and background."""
    ours, out = found["candor"], {}
    path, against = "time path %s 0 0.3 %d", "time against d6-100 %d 0.3 100000"
    out["rows"] = [[n, ours.number(path % ("d6-500", n))] for n in
                   (64, 256, 1024, 4096, 16384, 65536, 100000)]
    trees = [("d6-%d-of-500" % n, n) for n in (25, 50, 100, 250)]
    out["trees"] = [[n, ours.number(path % (model, 100000))]
                    for model, n in trees + [("d6-500", 500)]]
    sizes = (10, 100, 1000, 10000, 100000)
    out["background"] = [[n, ours.number(against % n)] for n in sizes]
    out["tables"] = [[n, ours.number("make against d6-100 %d" % n)]
                     for n in sizes]
    with open(os.path.join(FOLDER, "growth.json"), "w", encoding="utf-8") as file:
        json.dump(out, file, indent=1)


def main():
    found, book = workers(), Book()
    if sys.argv[2:] == ["growth"]:
        grow(found)
        return
    cases = [case for case in CASES if has_model(case[2]) and not too_long(case)]
    for case in CASES:
        if case not in cases:
            say("%s is skipped: %s" % (case[0], "a short run" if too_long(case)
                                       else "its model is not made"))
    for i in range(ROUNDS):
        say("contributions, round %d of %d" % (i + 1, ROUNDS))
        one_round(cases, found, book)
    enter_all(cases, found, book)
    enter_errors(cases, found, book)
    if not QUICK:
        grow(found)
    with open(os.path.join(FOLDER, "shapley.entries"), "w", encoding="utf-8") as file:
        for entry in book.entries:
            file.write(json.dumps(entry) + "\n")


main()
