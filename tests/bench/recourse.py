#!/usr/bin/env python3
"""Times candor's recourse on the synthetic portfolio, alone and against treecf and
CBC on the same problems, and has the producing libraries score its printed plans:
recourse.py FOLDER, or parts of it: recourse.py FOLDER cases treecf cbc plans
points proofs, or growth alone; names of cases after "cases" take those only.

FOLDER is build/bench: peers/ is the Python that holds the peers, recourse-bench is the
bench program. QUICK=1: fewer rows. PEERS names what is there ("xgboost lightgbm
treecf cbc"). Writes FOLDER/recourse.entries, one JSON object a line, and in a long
run how time grows to FOLDER/recourse_growth.json.

Times are processor time of one thread, a row at a time, everything that is done
for the row in it; the middle one of the rounds. "rows_per_s" is rows over the
processor time of the busier of two threads; beside it stands the same by the
clock, which neighbours slow down. A ratio is how many times faster candor is.
"""
import json
import os
import statistics
import subprocess
import sys

import numpy as np

import recourse_peers as peers
import recourse_problems as rp

FOLDER = sys.argv[1]
QUICK = os.environ.get("QUICK") == "1"
PEERS = os.environ.get("PEERS", "").split()
MODELS = ["d4-30", "d4-100", "d6-100", "d6-500", "d6-1000"]
ROUNDS = 1 if QUICK else 3
GUARD = 1e-5        # of both sides, where peers are compared
FREE = 64           # no cap on changes
PROVEN, IMPOSSIBLE, REFUSED = 0, 3, 9
HERE = os.path.dirname(os.path.abspath(__file__))

# name, model, levers, changes, boxes, rows in a long and a short run, rounds,
# seconds within which a row counts as certified
CASES = [
    ("recourse d6-500 levers12 k3", "d6-500", "A12", 3, 0, 1000, 200, True, 0),
    ("recourse d4-100 levers12 k3", "d4-100", "A12", 3, 0, 4000, 1000, True, 0),
    ("recourse d4-100 levers5 k3", "d4-100", "A5", 3, 0, 1000, 200, True, 0),
    ("recourse d4-100 levers20 k3", "d4-100", "A20", 3, 0, 1000, 200, True, 0),
    ("recourse d6-100 levers12 k3", "d6-100", "A12", 3, 0, 1000, 200, True, 0),
    ("recourse d6-500 levers5 k3", "d6-500", "A5", 3, 0, 1000, 200, True, 0),
    ("recourse d6-500 levers20 k3", "d6-500", "A20", 3, 0, 400, 100, True, 0),
    ("recourse d6-500 levers12 k4", "d6-500", "A12", 4, 0, 400, 100, True, 0),
    ("recourse d6-500 ratios k3", "d6-500", "D", 3, 0, 400, 100, True, 0),
    ("recourse d6-500 ratios waiting k3", "d6-500", "DW", 3, 0, 400, 100, True, 0),
    ("recourse d6-500 order rule k3", "d6-500", "O", 3, 0, 400, 100, True, 0),
    ("recourse d6-500 any20 k3", "d6-500", "F20", 3, 200000, 200, 20, False, 1),
    ("recourse d6-500 any32 k3", "d6-500", "ALL", 3, 200000, 200, 20, False, 1),
    ("recourse d6-1000 any32 k3", "d6-1000", "ALL", 3, 200000, 200, 10, False, 3),
    ("recourse d4-100 levers20 any", "d4-100", "A20", FREE, 250000, 200, 20, False, 10),
    ("recourse d4-100 any20 any", "d4-100", "F20", FREE, 1000000, 40, 5, False, 10),
    ("recourse d6-500 levers12 any", "d6-500", "A12", FREE, 200000, 200, 40, False, 5),
    ("recourse d6-500 any12 any", "d6-500", "F12", FREE, 200000, 40, 5, False, 5),
]


def say(text):
    print("bench: " + text, file=sys.stderr, flush=True)


PARTS = ("cases", "treecf", "cbc", "plans", "points", "proofs")


def part_file(part):
    return os.path.join(FOLDER, "recourse", part + ".entries")


class Book:
    """Entries of one part; a part that is run alone leaves the others."""

    def __init__(self, part):
        self.file = open(part_file(part), "w", encoding="utf-8")

    def enter(self, name, **fields):
        entry = {"name": name}
        entry.update(fields)
        for key, value in entry.items():
            if isinstance(value, float):
                entry[key] = float("%.6g" % value)
        print(json.dumps(entry), file=self.file, flush=True)
        say("  ".join("%s %s" % (k, v) if k != "name" else "%-34s" % v
                      for k, v in entry.items()))


class Row:
    """What the program prints of one row."""

    def __init__(self, words):
        self.status, self.cost, self.lower = int(words[1]), float(words[2]), float(words[3])
        self.boxes, self.seconds = int(words[4]), float(words[5])
        self.guarded = words[8] == "1"
        self.plans = [] if self.status == REFUSED else words[9::2]

    def decided(self):
        return self.status in (PROVEN, IMPOSSIBLE)

    def gap(self):
        """Of an undecided row with a plan, in percent; None where unknown."""
        if self.status in (1, 2) and self.lower > 0:
            return 100 * (self.cost - self.lower) / self.lower
        return None


class Bench:
    def __init__(self):
        self.portfolio = rp.Portfolio(FOLDER, MODELS)
        self.saved = {}

    def problem(self, model, levers, changes, budget=0, guard=None, more=()):
        path = os.path.join(FOLDER, "recourse", "problem-%d.txt" % os.getpid())
        rp.write_problem(self.portfolio, path, model, levers, changes, budget, *more)
        if guard is not None:
            with open(path, encoding="ascii") as file:
                lines = file.read().splitlines()
            lines = [x + " %g" % guard if x.startswith("pass ") else x for x in lines]
            with open(path, "w", encoding="ascii") as file:
                file.write("\n".join(lines) + "\n")
        return path

    def rows(self, model):
        path = os.path.join(FOLDER, "recourse", "declined-%s.f64" % model)
        if model not in self.saved:
            self.portfolio.declined(model)[1].tofile(path + ".part%d" % os.getpid())
            os.replace(path + ".part%d" % os.getpid(), path)
            self.saved[model] = path
        return path

    def run(self, problem, model, count, threads=1, first=0):
        """Rows; seconds by the clock and of the busiest thread; peak kB."""
        pin = ["taskset", "-c", "0"] if threads == 1 else []
        done = subprocess.run(
            pin + [os.path.join(FOLDER, "recourse-bench"), problem, self.rows(model),
                   str(first), str(count), str(threads)],
            capture_output=True, text=True)
        lines = [x.split() for x in done.stdout.splitlines()]
        if done.returncode != 0 or not lines:
            raise RuntimeError(done.stderr.strip() or "the bench program ended early")
        return [Row(x) for x in lines[:-1]], [float(x) for x in lines[-1][1:]]


def middle_rows(rounds):
    """The first round's rows with the middle time of all rounds."""
    rows = rounds[0]
    for i, row in enumerate(rows):
        row.seconds = statistics.median(r[i].seconds for r in rounds)
    return rows


def one_case(bench, book, case):
    name, model, levers, changes, budget, long, short, again, limit = case
    count = short if QUICK else long
    problem = bench.problem(model, levers, changes, budget)
    try:
        rows = middle_rows([bench.run(problem, model, count)[0]
                            for _ in range(ROUNDS if again else 1)])
    except RuntimeError as error:
        say("%s: %s" % (name, error))
        return
    ms = np.array([r.seconds for r in rows]) * 1e3
    inside = [r.decided() and (limit == 0 or r.seconds <= limit) for r in rows]
    gaps = [r.gap() for r in rows if not r.decided()]
    known = [g for g in gaps if g is not None]
    fields = {
        "certified": float(np.mean(inside)), "median_ms": float(np.median(ms)),
        "p99_ms": float(np.quantile(ms, 0.99)), "max_ms": float(ms.max()),
        "rows": count, "impossible": sum(r.status == IMPOSSIBLE for r in rows),
        "boxes": float(np.mean([r.boxes for r in rows])),
        "guard_changed": sum(r.guarded for r in rows)}
    if limit:
        fields.update(within_s=limit, undecided=len(gaps),
                      median_gap_percent=statistics.median(known) if known else None,
                      without_gap=len(gaps) - len(known))
    if again:
        all_rounds = [bench.run(problem, model, count, 2)[1] for _ in range(ROUNDS)]
        fields["rows_per_s"] = count / statistics.median(x[1] for x in all_rounds)
        fields["rows_per_s_clock"] = count / min(x[0] for x in all_rounds)
        fields["memory_kb"] = all_rounds[0][2]
    book.enter(name, unit="milliseconds a row of one core", **fields)


# --- peers -------------------------------------------------------------------------

class Worker:
    def __init__(self):
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", sys.executable, os.path.join(HERE, "recourse_peers.py"),
             FOLDER, "treecf"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=open(os.path.join(FOLDER, "peers.log"), "a", encoding="utf-8"))
        self.version = self.process.stdout.readline().strip()

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Match:
    """One row after another, both sides; what they agree on."""

    def __init__(self):
        self.ours, self.theirs = [], []
        self.proven = self.peer_proven = self.equal = self.both = 0
        self.dearer = self.other_status = self.rules_broken = 0

    def add(self, row, seconds, proven, cost):
        self.ours.append(row.seconds)
        self.theirs.append(seconds)
        self.proven += row.decided()
        self.peer_proven += proven
        have = row.plans[0] != "-"
        if cost is not None and have:
            # Each cost of ours is rounded to 2^-24, and theirs is a sum of doubles.
            self.dearer += row.cost > cost + 1e-6
        elif cost is not None:
            self.dearer += 1
        if row.decided() and proven:
            self.both += 1
            if (cost is None) != (row.status == IMPOSSIBLE):
                self.other_status += 1
            elif cost is None or abs(cost - row.cost) <= 1e-6:
                self.equal += 1

    def enter(self, book, name, version, **more):
        ours, theirs = statistics.median(self.ours), statistics.median(self.theirs)
        n = len(self.ours)
        book.enter(name, candor=ours, peer=theirs, peer_version=version,
                   unit="seconds a row, median, of one core", ratio=theirs / ours,
                   proven=self.proven / n, peer_proven=self.peer_proven / n, rows=n,
                   equal=self.equal, both_proven=self.both, dearer=self.dearer,
                   other_answer=self.other_status, peer_rules_broken=self.rules_broken,
                   **more)


def peer_keeps_rules(levers, row, changes):
    """Do the peer's changed values stand on the grid and inside the limits?"""
    for part in changes.split(",") if changes != "-" else []:
        key, _, text = part.partition("=")
        f, v = int(key[1:]), float(text)
        if rp.NAMES[f] not in rp.lever_names(levers):
            return False
        way, low, high, step = rp.limits_of(levers, rp.NAMES[f])
        if (abs(v / step - round(v / step)) > 1e-6 or not low <= v <= high
                or (way == "up" and v < row[f]) or (way == "down" and v > row[f])):
            return False
    return True


def inside_ranges(levers, row):
    """treecf's ranges bind a person's own value too; ours only new ones."""
    return all(rp.limits_of(levers, name)[1] <= row[rp.AT[name]] <=
               rp.limits_of(levers, name)[2] for name in rp.lever_names(levers))


def against_treecf(bench, book):
    worker = Worker()
    version = "treecf " + worker.version
    for name, what, model, levers, changes, long, short, seconds in [
            ("recourse d4-30 treecf", "exact", "d4-30", "A12", FREE, 200, 20, 5),
            ("recourse d4-30 any8 treecf", "exact", "d4-30", "F8", FREE, 200, 20, 5),
            ("recourse d4-30 treecf k3", "triples", "d4-30", "A12", 3, 40, 4, 5),
            ("recourse d6-500 treecf", "exact", "d6-500", "A12", FREE, 100, 10, 5),
            ("recourse d6-500 any12 treecf", "exact", "d6-500", "F12", FREE, 10, 0, 5),
            ("recourse d6-500 treecf k3", "triples", "d6-500", "A12", 3, 6, 1, 5)]:
        count = short if QUICK else long
        if count == 0:
            continue
        cutoff, declined = bench.portfolio.declined(model)
        problem = bench.problem(model, levers, changes, 200000, GUARD)
        rows = middle_rows([bench.run(problem, model, 2 * count)[0]
                            for _ in range(ROUNDS if changes < FREE else 1)])
        match = Match()
        for i, row in enumerate(rows):
            if len(match.ours) == count:
                break
            if not inside_ranges(levers, declined[i]):
                continue
            answer = worker.ask("%s %s %s %.17g %d %g" % (
                what, model, levers, cutoff - GUARD, i, seconds))
            if not answer:
                say("%s: treecf gave no answer to row %d" % (name, i))
                worker = Worker()
                continue
            spent, proven, cost, changed = answer
            match.add(row, float(spent), proven == "1",
                      None if cost == "-" else float(cost))
            match.rules_broken += not peer_keeps_rules(levers, declined[i], changed)
        match.enter(book, name, version)
    worker.end()


def against_cbc(bench, book):
    cbc = peers.find_cbc()
    version = "CBC " + peers.cbc_version(cbc)
    for name, model, levers, changes, long, short, seconds in [
            ("recourse d6-500 cbc", "d6-500", "A12", 3, 60, 4, 120),
            ("recourse d6-500 any8 cbc", "d6-500", "F8", 3, 4, 0, 120),
            ("recourse d4-100 cbc", "d4-100", "A12", 3, 300, 20, 60),
            ("recourse d4-30 cbc", "d4-30", "F12", 3, 200, 20, 60)]:
        count = short if QUICK else long
        if count == 0:
            continue
        cutoff, declined = bench.portfolio.declined(model)
        trees = peers.Trees(bench.portfolio.model(model))
        rows = bench.run(bench.problem(model, levers, changes, 200000, GUARD),
                         model, count)[0]
        match, loose = Match(), 0
        booster = bench.portfolio.booster(model)
        path = os.path.join(FOLDER, "recourse", "program-%d.lp" % os.getpid())
        for row, x in zip(rows, declined):
            made = peers.write_program(path, trees, x, levers, bench.portfolio.scale,
                                       cutoff - GUARD, changes)
            if made is None:
                continue
            word, cost, ones, spent = peers.run_cbc(cbc, path, seconds)
            cost = None if cost is None else float(cost + made[0])
            if cost is not None and rp.score(booster, [peers.plan_of(ones, made[1], x)])[0] \
                    > cutoff - GUARD / 2:
                # Its tolerances let a plan through that misses the cutoff.
                loose += 1
                continue
            match.add(row, spent, word in ("optimal", "infeasible"), cost)
        match.enter(book, name, version, loose=loose)


# --- printed plans -----------------------------------------------------------------

def after_plan(row, text, levers):
    """The row with the printed decimals of a plan put in, formulas recomputed."""
    x = np.array(row, float)
    for change in text.split(","):
        lever, _, value = change.partition("=")
        kind, at = levers[int(lever)]
        if kind == "number":
            x[at] = float(value)
        elif kind == "product":
            for k in range(3):
                x[rp.AT["product_a"] + k] = float(k == int(value))
        else:
            for name in rp.AGEING:
                x[rp.AT[name]] += float(value)
    return x


def recompute(row, before):
    """Ratios of the moved amounts, as the formulas of D and DW say."""
    from decimal import Decimal, ROUND_HALF_EVEN

    def rounded(value, digits):
        return float(Decimal(value).quantize(Decimal(1).scaleb(-digits),
                                             rounding=ROUND_HALF_EVEN))

    def moved(*names):
        return any(row[rp.AT[n]] != before[rp.AT[n]] for n in names)

    a = rp.AT
    if moved("balance"):
        row[a["utilisation"]] = rounded(row[a["balance"]] / row[a["limit"]], 2)
    if moved("loan", "term"):
        row[a["payment"]] = rounded(row[a["loan"]] / row[a["term"]], 0)
    if moved("loan", "term", "debt"):
        row[a["obligations"]] = rounded(row[a["debt"]] + row[a["payment"]], 0)
    if moved("loan", "term", "debt", "income"):
        row[a["dti"]] = rounded(12 * (row[a["obligations"]] / row[a["income"]]), 2)


def lever_kinds(levers):
    if levers in ("D", "DW"):
        kinds = [("number", rp.AT[n]) for n in rp.RATIOS]
        return kinds + ([("wait", 0)] if levers == "DW" else [])
    if levers == "A20":
        return [("number", rp.AT[n]) for n in rp.A[:19]] + [("product", 0)]
    return [("number", rp.AT[n]) for n in rp.lever_names(levers)]


def printed_plans(bench, book):
    """Every plan and alternative, read back from what is printed."""
    sets = [("d4-100", "A12", 12000, 800), ("d4-100", "A20", 6000, 200),
            ("d6-100", "A12", 6000, 200), ("d6-500", "A12", 1500, 100),
            ("d6-500", "DW", 400, 40), ("d4-30", "F12", 4000, 200)]
    if "lightgbm" in PEERS:
        sets.append(("l31-100", "A12", 6000, 200))
    total = refused = changed = 0
    for model, levers, long, short in sets:
        count = short if QUICK else long
        cutoff, declined = bench.portfolio.declined(model)
        problem = bench.problem(model, levers, 3, 0, None, ["alternatives 3"])
        try:
            rows = bench.run(problem, model, count, 2)[0]
        except RuntimeError as error:
            say("printed plans of %s %s: %s" % (model, levers, error))
            continue
        kinds, plans = lever_kinds(levers), []
        for row, x in zip(rows, declined):
            changed += row.guarded
            for text in row.plans:
                if text != "-":
                    plans.append(after_plan(x, text, kinds))
                    if levers in ("D", "DW"):
                        recompute(plans[-1], x)
        if plans:
            margin = rp.score(bench.portfolio.booster(model), plans)
            total += len(plans)
            refused += int(np.sum(np.asarray(margin, float) > cutoff))
        say("%s %s: %d plans so far, %d refused" % (model, levers, total, refused))
    book.enter("recourse printed plans", unit="plans", plans=total, refused=refused,
               guard_changed=changed, peer_version="xgboost and lightgbm themselves")


def random_points(bench, book):
    """Random plans that cost less than the proven smallest one: none may pass."""
    tried = passed = 0
    for model, levers in [("d4-100", "A12"), ("d6-500", "A12"), ("d4-30", "F12")]:
        count, points = (5, 2000) if QUICK else (40, 10000)
        done = subprocess.run(
            [os.path.join(FOLDER, "recourse-bench"), "points",
             bench.problem(model, levers, 3), bench.rows(model), "0", str(count),
             str(points)], capture_output=True, text=True)
        if done.returncode == 0:
            words = done.stdout.split()
            tried, passed = tried + int(words[0]), passed + int(words[1])
        else:
            say("random points of %s %s: %s" % (model, levers, done.stderr.strip()))
    book.enter("recourse cheaper points", unit="points", tried=tried, passed=passed)


# --- proofs ------------------------------------------------------------------------

# name, model, levers, changes (0: any), rows in a long and a short run
PROOFS = [("recourse proofs d6-500 levers12 k3", "d6-500", "A12", 3, 1000, 100),
          ("recourse proofs d4-100 levers12 k3", "d4-100", "A12", 3, 4000, 400),
          ("recourse proofs d6-500 levers12 any", "d6-500", "A12", 12, 200, 20)]


def write_project(bench, where, model, levers, changes, count):
    """A lender's project whose levers are those of the set."""
    os.makedirs(where, exist_ok=True)
    cutoff, declined = bench.portfolio.declined(model)
    with open(os.path.join(where, "decisions.csv"), "w", encoding="ascii") as file:
        file.write("id,%s\n" % ",".join("f%d" % i for i in range(len(rp.NAMES))))
        for i, row in enumerate(declined[:count]):
            file.write("%d,%s\n" % (i, ",".join("%.12g" % x for x in row)))
    listed = []
    for name in rp.lever_names(levers):
        way, low, high, step = rp.limits_of(levers, name)
        listed.append({
            "key": name, "input": "f%d" % rp.AT[name], "direction": way, "low": low,
            "high": high, "step": step, "cost": 1, "fixed_cost": rp.FIXED,
            "scale": float("%.12g" % bench.portfolio.scale[rp.AT[name]])})
    project = {
        "institution": {"name": "A lender"},
        "model": {"file": os.path.relpath(bench.portfolio.model(model), where),
                  "orientation": "higher is worse", "scale": {"kind": "margin"},
                  "cutoff": cutoff},
        "data": {"decisions": {"file": "decisions.csv", "id": "id"},
                 "columns": {"id": "id"}},
        "features": [{"input": "f%d" % i, "name": name, "source": "applicant",
                      "factor": name} for i, name in enumerate(rp.NAMES)],
        "factors": [{"key": name, "name": name, "reason": "Value of " + name}
                    for name in rp.NAMES],
        "levers": listed, "recourse": {"most_changes": changes, "alternatives": 0,
                                       "node_budget": 200000}}
    with open(os.path.join(where, "candor.json"), "w", encoding="utf-8") as file:
        json.dump(project, file, indent=1)


def spent_on(command, out):
    """Processor seconds of a command, its last line on standard output."""
    import resource
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(out, "w", encoding="utf-8") as file:
        code = subprocess.call(command, stdout=file, stderr=subprocess.STDOUT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with open(out, encoding="utf-8") as file:
        last = file.read().splitlines()[-1:]
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            code, last[0] if last else "")


def proofs(bench, book, name, model, levers, changes, long, short):
    """The commands themselves: searching, the same with a log, checking it."""
    count = short if QUICK else long
    where = os.path.join(FOLDER, "recourse", "project-%s-%d" % (model, changes))
    log, out = os.path.join(where, "proofs.log"), os.path.join(where, "out.jsonl")
    write_project(bench, where, model, levers, changes, count)
    search = ["build/candor", "recourse", where]
    alone, code, last = spent_on(search, out)
    logged, second, _ = spent_on(search + ["--proofs", log], out)
    if code != 0 or second != 0:
        say("%s: candor recourse fails: %s" % (name, last))
        return
    checked, verdict, told = spent_on(["build/candor-proofcheck", where, log], out)
    book.enter(name, unit="milliseconds of processor time a decision", rows=count,
               search_ms=1e3 * alone / count, logged_ms=1e3 * logged / count,
               check_ms=1e3 * checked / count, ratio=logged / checked,
               bytes_a_decision=os.path.getsize(log) / count,
               accepted=verdict == 0, verdict=told)


# --- growth ------------------------------------------------------------------------

def growth(bench):
    def ms(model, levers, changes, count=100):
        try:
            rows = bench.run(bench.problem(model, levers, changes, 50000), model,
                             count)[0]
        except RuntimeError as error:
            say("growth %s %s %d: %s" % (model, levers, changes, error))
            return None
        return 1e3 * statistics.mean(r.seconds for r in rows)

    found = {"recourse_trees": [], "recourse_levers": [], "recourse_any": [],
             "recourse_changes": []}
    for trees in (25, 50, 100, 200, 300, 500, 700, 1000):
        name = "d6-%d-of-1000" % trees
        if not os.path.exists(bench.portfolio.model(name)):
            bench.portfolio.booster("d6-1000")[:trees].save_model(
                bench.portfolio.model(name))
        found["recourse_trees"].append([trees, ms(name, "A12", 3)])
    for levers in (2, 3, 5, 8, 12, 16, 19):
        found["recourse_levers"].append([levers, ms("d6-500", "A%d" % levers, 3)])
    for levers in (4, 8, 12, 16, 20):
        found["recourse_any"].append([levers, ms("d6-500", "F%d" % levers, 3, 40)])
    for changes in (1, 2, 3, 4, 5, 6, 8, 12):
        found["recourse_changes"].append([changes, ms("d6-500", "A12", changes)])
    with open(os.path.join(FOLDER, "recourse_growth.json"), "w",
              encoding="utf-8") as file:
        json.dump(found, file)


def main():
    global MODELS
    if "lightgbm" in PEERS:
        MODELS = MODELS + ["l31-100"]
    bench = Bench()
    only = sys.argv[2:]
    if only == ["growth"]:
        growth(bench)
        return
    named = [c for c in CASES if c[0] in only] or CASES
    work = {"cases": lambda book: [one_case(bench, book, c) for c in named],
            "treecf": lambda book: against_treecf(bench, book),
            "cbc": lambda book: against_cbc(bench, book),
            "plans": lambda book: printed_plans(bench, book),
            "points": lambda book: random_points(bench, book),
            "proofs": lambda book: [proofs(bench, book, *c) for c in PROOFS]}
    for part in PARTS:
        if only and part not in only:
            continue
        if part in ("treecf", "cbc") and part not in PEERS:
            say("no %s, so recourse is not compared with it" % part)
            continue
        book = Book(part)
        work[part](book)
        book.file.close()
    if not QUICK and not only:
        growth(bench)
    with open(os.path.join(FOLDER, "recourse.entries"), "w", encoding="utf-8") as out:
        for part in PARTS:
            if os.path.exists(part_file(part)):
                with open(part_file(part), encoding="utf-8") as file:
                    out.write(file.read())


main()
