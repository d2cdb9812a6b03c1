"""Damages proof logs and has them checked: every one must be refused.

proof_damage.py CHECKER COUNT SEED [PROJECT LOG]…

Prints one line a kind of damage, "KIND refused/made", and ends with 1 when a
damaged log was accepted, when a refusal named no line, or when fewer than COUNT
were made. Where marks are made anew, the damage is one that leaves the proof
false, whatever the numbers.
"""
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile


def lines_of(path):
    with open(path) as f:
        return [x[:-11] for x in f.read().splitlines(True)]


def marked(lines):
    out, mark = [], "0" * 64
    for x in lines:
        mark = hashlib.sha256((mark + x).encode()).hexdigest()
        out.append("%s #%s\n" % (x, mark[:8]))
    return "".join(out)


def decisions(lines):
    """[first, beyond] of each decision's lines."""
    at = [i for i, x in enumerate(lines) if x.startswith("D ")] + [len(lines) - 1]
    return [(a, b) for a, b in zip(at, at[1:])]


def words(lines, block):
    """The tree of a decision, and its lines."""
    at = [i for i in range(*block) if lines[i].startswith("T ")]
    return [w for i in at for w in lines[i].split(" ")[1:]], at


def with_tree(lines, block, tree):
    _, at = words(lines, block)
    return lines[:at[0]] + ["T " + " ".join(tree)] + lines[at[-1] + 1:]


def field(lines, at, index, value):
    parts = lines[at].split(" ")
    parts[index] = value
    return lines[:at] + [" ".join(parts)] + lines[at + 1:]



def is_box(word):
    """A leaf. Without a K the same tree may still be a proof, of wider boxes."""
    return "/" not in word and word != "K"


class Damage:
    def __init__(self, rng, lines):
        self.rng, self.lines = rng, lines
        blocks = decisions(lines)
        self.all = blocks
        self.proven = [b for b in blocks if words(lines, b)[1]]
        self.plans = [b for b in self.proven if lines[b[0] + 1].startswith("P ")]

    def digit(self):
        """A digit changed, marks left."""
        text = marked(self.lines)
        at = self.rng.choice([m.start() for m in re.finditer(r"[0-9]", text)])
        other = self.rng.choice([d for d in "0123456789" if d != text[at]])
        return text[:at] + other + text[at + 1:]

    def truncated(self):
        text = marked(self.lines)
        return text[:self.rng.randrange(1, len(text))]

    def dropped_line(self):
        text = marked(self.lines).splitlines(True)
        at = self.rng.randrange(len(text))
        return "".join(text[:at] + text[at + 1:])

    def swapped_lines(self):
        text = marked(self.lines).splitlines(True)
        a, b = self.rng.sample(range(len(text)), 2)
        text[a], text[b] = text[b], text[a]
        return "".join(text)

    def doubled_line(self):
        text = marked(self.lines).splitlines(True)
        at = self.rng.randrange(len(text))
        return "".join(text[:at] + [text[at]] + text[at:])

    # marks made anew from here on

    def dropped_box(self):
        b = self.rng.choice(self.proven)
        tree, _ = words(self.lines, b)
        at = self.rng.choice([i for i, w in enumerate(tree) if is_box(w)])
        tree = tree[:at] + tree[at + 1:]
        return marked(with_tree(self.lines, b, tree or ["0/0"]))

    def doubled_box(self):
        b = self.rng.choice(self.proven)
        tree, _ = words(self.lines, b)
        at = self.rng.choice([i for i, w in enumerate(tree)
                              if is_box(w) or w == "K"])
        return marked(with_tree(self.lines, b, tree[:at] + [tree[at]] + tree[at:]))

    def dropped_split(self):
        tree = []
        while not any("/" in w for w in tree):
            b = self.rng.choice(self.proven)
            tree, _ = words(self.lines, b)
        at = self.rng.choice([i for i, w in enumerate(tree) if "/" in w])
        return marked(with_tree(self.lines, b, tree[:at] + tree[at + 1:]))

    def moved_split(self):
        tree = []
        while not any("/" in w and "?" not in w for w in tree):
            b = self.rng.choice(self.proven)
            tree, _ = words(self.lines, b)
        at = self.rng.choice([i for i, w in enumerate(tree)
                              if "/" in w and "?" not in w])
        lever, value = tree[at].split("/")
        tree[at] = "%s/%r" % (lever, float(value) + 0.0012345)
        return marked(with_tree(self.lines, b, tree))

    def one_box(self):
        """The whole tree put as one box that a plan lies in."""
        b = self.rng.choice(self.plans)
        return marked(with_tree(self.lines, b, [self.rng.choice("scfpk")]))

    def claim(self):
        b = self.rng.choice(self.plans)
        old = float(self.lines[b[0]].rsplit(" ", 1)[1])
        new = self.rng.choice([repr(old + 2 ** -24), repr(old * 1.5), "none", "-",
                               repr(old - 2 ** -24)])
        return marked(field(self.lines, b[0], -1, new))

    def cost(self):
        b = self.rng.choice(self.plans)
        parts = self.lines[b[0] + 1].split(" ")
        parts[1] = repr(float(parts[1]) + self.rng.choice([-1, 1, 8]) * 2 ** -24)
        lines = list(self.lines)
        lines[b[0] + 1] = " ".join(parts)
        return marked(field(lines, b[0], -1, parts[1]))

    def plan_value(self):
        b = self.rng.choice(self.plans)
        parts = self.lines[b[0] + 1].split(" ")
        at = self.rng.randrange(2, len(parts))
        lever, value = parts[at].split("=")
        value = 0.0 if value == "?" else float(value)
        parts[at] = "%s=%r" % (lever, value + 0.0012345)
        lines = list(self.lines)
        lines[b[0] + 1] = " ".join(parts)
        return marked(lines)

    def plan_dropped(self):
        b = self.rng.choice(self.plans)
        return marked(self.lines[:b[0] + 1] + self.lines[b[0] + 2:])

    def status(self):
        b = self.rng.choice(self.proven)
        parts = self.lines[b[0]].split(" ")
        wrong = {"smallest": ["within", "found", "impossible", "undecided", "met"],
                 "impossible": ["smallest", "within", "found", "undecided", "met"]}
        parts[-2] = self.rng.choice(wrong.get(parts[-2], ["impossible"]))
        return marked(self.lines[:b[0]] + [" ".join(parts)] + self.lines[b[0] + 1:])

    def another_row(self):
        b = self.rng.choice(self.all)
        text = self.lines[b[0]]
        n = int(text.split(" ")[1])
        other = n + self.rng.choice([1, 2, 3])
        return marked(self.lines[:b[0]] + [text.replace("D %d " % n, "D %d " % other, 1)] +
                      self.lines[b[0] + 1:])

    def another_name(self):
        b = self.rng.choice(self.all)
        text = self.lines[b[0]].replace(' "', ' "x', 1)
        return marked(self.lines[:b[0]] + [text] + self.lines[b[0] + 1:])

    def swapped_decisions(self):
        i = self.rng.randrange(len(self.all) - 1)
        (a, b), (_, c) = self.all[i], self.all[i + 1]
        return marked(self.lines[:a] + self.lines[b:c] + self.lines[a:b] + self.lines[c:])

    def doubled_decision(self):
        a, b = self.rng.choice(self.all)
        end = "end %d" % (len(self.all) + 1)
        return marked(self.lines[:b] + self.lines[a:b] + self.lines[b:-1] + [end])

    def lost_decision(self):
        a, b = self.rng.choice(self.all)
        return marked(self.lines[:a] + self.lines[b:])

    def head(self):
        at = self.rng.randrange(next(i for i, x in enumerate(self.lines) if x[0] == "D"))
        text = self.lines[at]
        places = [m.start() for m in re.finditer(r"[0-9]", text)]
        if text.startswith("lever"):
            places = places[:1]
        at_digit = self.rng.choice(places[:12])
        digit = self.rng.choice([d for d in "123456789" if d != text[at_digit]])
        text = text[:at_digit] + digit + text[at_digit + 1:]
        return marked(self.lines[:at] + [text] + self.lines[at + 1:])

    def trees_twice(self):
        b = self.rng.choice(self.proven)
        at = next((i for i in range(*b) if self.lines[i].startswith("G ")), None)
        if at is None:
            return self.claim()
        first = self.lines[at].split(" ")[1]
        return marked(self.lines[:at] + [self.lines[at] + " " + first] + self.lines[at + 1:])


def refused(checker, project, log, *more):
    r = subprocess.run([checker, project, log, *more], capture_output=True, text=True)
    return r.returncode == 1 and re.search(r":[0-9]+: ", r.stderr) is not None


def another_table(rng, folder, log):
    """A cell of a searched row changed."""
    with open(os.path.join(folder, "decisions.csv")) as f:
        rows = f.read().splitlines()
    lines = lines_of(log)
    row = int(lines[rng.choice(decisions(lines))[0]].split(" ")[1])
    cells = rows[row].split(",")
    cells[rng.randrange(1, 9)] = "3.3125"
    rows[row] = ",".join(cells)
    return "\n".join(rows) + "\n"


def main():
    checker, count, rng = sys.argv[1], int(sys.argv[2]), random.Random(int(sys.argv[3]))
    pairs = list(zip(sys.argv[4::2], sys.argv[5::2]))
    kinds = [k for k in vars(Damage) if not k.startswith("_")]
    told = {k: [0, 0] for k in kinds + ["another_table", "another_project"]}
    accepted = []
    with tempfile.TemporaryDirectory() as work:
        path, table = os.path.join(work, "log"), os.path.join(work, "table.csv")
        made = 0
        while made < count:
            kind = list(told)[made % len(told)]
            project, log = pairs[made // len(told) % len(pairs)]
            more = []
            if kind == "another_table":
                with open(table, "w") as f:
                    f.write(another_table(rng, project, log))
                path_used, more = log, [table]
            elif kind == "another_project":
                path_used = pairs[(pairs.index((project, log)) + 1) % len(pairs)][1]
            else:
                damage = Damage(rng, lines_of(log))
                if not damage.plans or not damage.proven:
                    kind = "digit"
                with open(path, "w") as f:
                    f.write(getattr(damage, kind)())
                path_used = path
            good = refused(checker, project, path_used, *more)
            told[kind][0] += good
            told[kind][1] += 1
            made += 1
            if not good:
                accepted.append((kind, project))
    for kind, (good, all_) in told.items():
        print("%s %d/%d" % (kind, good, all_))
    print("refused %d of %d" % (made - len(accepted), made))
    for kind, project in accepted[:20]:
        print("accepted: %s of %s" % (kind, os.path.basename(project)), file=sys.stderr)
    return 1 if accepted else 0


sys.exit(main())
