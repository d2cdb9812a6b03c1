"""Writes random.txt: random PMML documents with rows and what interpreter.py
says of them.

    python3 tests/data/pmml/generate.py > tests/data/pmml/random.txt

With a number it draws others: a soak outside the repository.

Layout: "== NAME", the document, "--", a line of column names, then one line a
row: values (nothing: missing), "|", the outputs (nothing: no answer).
"""
import math
import random
import sys

from interpreter import Interpreter

NUMBERS = ["x", "y", "f"]
WORDS = {"c": ["amber", "green", "blue", "grey"], "d": ["north", "south", "east"]}
STRATEGIES = ["none", "lastPrediction", "nullPrediction", "defaultChild",
              "weightedConfidence", "aggregateNodes"]


class Writer:
    def __init__(self, r, classes, derived, strategy=None):
        self.r, self.classes, self.derived = r, classes, derived
        self.strategy = strategy
        self.id = 0

    def value(self, name):
        grid = [-2, -1.5, -0.1, 0, 0.1, 0.3, 0.7, 1, 2.5]
        return repr(float(self.r.choice(grid)))

    def atom(self):
        r = self.r
        fields = NUMBERS + list(WORDS) + (["sum", "product"] if self.derived else [])
        name = r.choice(fields)
        roll = r.random()
        if roll < 0.08:
            op = r.choice(["isMissing", "isNotMissing"])
            return f'<SimplePredicate field="{name}" operator="{op}"/>'
        if name in WORDS:
            words = WORDS[name]
            if roll < 0.6:
                some = r.sample(words, r.randint(1, len(words) - 1))
                quoted = " ".join(f'"{w}"' if r.random() < 0.5 else w for w in some)
                op = r.choice(["isIn", "isIn", "isNotIn"])
                return (f'<SimpleSetPredicate field="{name}" booleanOperator="{op}">'
                        f'<Array type="string" n="{len(some)}">{quoted.replace(chr(34), "&quot;")}</Array></SimpleSetPredicate>')
            op = r.choice(["equal", "notEqual"])
            return f'<SimplePredicate field="{name}" operator="{op}" value="{r.choice(words)}"/>'
        if roll < 0.16 and name not in ("sum", "product"):
            some = sorted({self.value(name) for _ in range(3)}, key=float)
            return (f'<SimpleSetPredicate field="{name}" booleanOperator="isIn">'
                    f'<Array type="real" n="{len(some)}">{" ".join(some)}</Array></SimpleSetPredicate>')
        op = r.choice(["lessThan", "lessOrEqual", "greaterThan", "greaterOrEqual",
                       "lessThan", "lessOrEqual", "equal", "notEqual"])
        return f'<SimplePredicate field="{name}" operator="{op}" value="{self.value(name)}"/>'

    def compound(self, depth):
        r = self.r
        if depth == 0 or r.random() < 0.6:
            return self.atom()
        op = r.choice(["and", "or", "xor", "surrogate"])
        parts = "".join(self.compound(depth - 1) for _ in range(r.randint(2, 3)))
        return f'<CompoundPredicate booleanOperator="{op}">{parts}</CompoundPredicate>'

    def tests(self, plain):
        """Predicates of the children of one node."""
        r = self.r
        if plain and r.random() < 0.6:
            name = r.choice(NUMBERS)
            a, b = r.choice([("lessOrEqual", "greaterThan"), ("lessThan", "greaterOrEqual"),
                             ("greaterThan", "lessOrEqual")])
            v = self.value(name)
            return [f'<SimplePredicate field="{name}" operator="{op}" value="{v}"/>' for op in (a, b)]
        if plain and r.random() < 0.6:
            name = r.choice(list(WORDS))
            words = WORDS[name][:]
            r.shuffle(words)
            cut = r.randint(1, len(words) - 1)
            out = []
            for some in (words[:cut], words[cut:]):
                out.append(f'<SimpleSetPredicate field="{name}" booleanOperator="isIn">'
                           f'<Array type="string">{" ".join(some)}</Array></SimpleSetPredicate>')
            return out
        out = [self.compound(1) for _ in range(r.randint(1, 2))]
        if r.random() < 0.5:
            out.append("<True/>")
        return out

    def node(self, test, depth, plain):
        r = self.r
        self.id += 1
        own = self.id
        below, extra = "", ""
        counts = [r.randint(0, 9) for _ in self.classes]
        if self.classes:
            counts[r.randrange(len(counts))] += 1
        total = sum(counts) if self.classes else r.randint(1, 50)
        if depth > 0 and r.random() < 0.85:
            parts, ids = [], []
            for t in self.tests(plain):
                ids.append(self.id + 1)
                parts.append(self.node(t, depth - 1, plain))
            below = "".join(parts)
            if self.strategy == "defaultChild" or r.random() < 0.2:
                extra = f' defaultChild="{r.choice(ids)}"'
        score, shares = "", ""
        if self.classes:
            if r.random() < 0.85:
                score = f' score="{r.choice(self.classes)}"'
            if not score or r.random() < 0.8:
                probabilities = r.random() < 0.3
                confidences = r.random() < 0.3
                for c, n in zip(self.classes, counts):
                    p = f' probability="{n / total!r}"' if probabilities else ""
                    p += f' confidence="{(n + 1) / (total + 3)!r}"' if confidences else ""
                    shares += f'<ScoreDistribution value="{c}" recordCount="{n}"{p}/>'
        elif not below or r.random() < 0.8:
            score = f' score="{r.uniform(-5, 5):.4g}"'
        return (f'\n<Node id="{own}"{score} recordCount="{total}"{extra}>{test}{shares}{below}</Node>')

    def schema(self, target, invalid, replace):
        out = "<MiningSchema>"
        for n in NUMBERS + list(WORDS):
            extra = f' missingValueReplacement="0.3"' if n == replace else ""
            if n in WORDS:
                extra += f' invalidValueTreatment="{invalid}"'
            out += f'<MiningField name="{n}"{extra}/>'
        return out + (f'<MiningField name="{target}" usageType="target"/>' if target else "") + "</MiningSchema>"

    def derivations(self):
        if not self.derived:
            return ""
        return ('<LocalTransformations><DerivedField name="sum" optype="continuous" dataType="double"><Apply function="+">'
                '<FieldRef field="x"/><FieldRef field="y"/></Apply></DerivedField>'
                '<DerivedField name="product" optype="continuous" dataType="double"><Apply function="*">'
                '<FieldRef field="x"/><FieldRef field="y"/></Apply></DerivedField></LocalTransformations>')

    def tree(self, schema, depth, plain):
        function = "classification" if self.classes else "regression"
        strategy = self.strategy or self.r.choice(STRATEGIES)
        self.strategy, kept = strategy, self.strategy
        none = self.r.choice(["returnNullPrediction", "returnLastPrediction"])
        root = self.node("<True/>", depth, plain)
        self.strategy = kept
        return (f'<TreeModel functionName="{function}" missingValueStrategy="{strategy}" '
                f'noTrueChildStrategy="{none}">{schema}{self.derivations()}{root}</TreeModel>')


def document(body, classes, declared):
    fields = ('<DataField name="x" optype="continuous" dataType="double"/>'
              '<DataField name="y" optype="continuous" dataType="double"/>'
              '<DataField name="f" optype="continuous" dataType="float"/>')
    for n, words in WORDS.items():
        values = ""
        if declared or not any(w in body for w in words):
            values = "".join(f'<Value value="{w}"/>' for w in words)
        fields += f'<DataField name="{n}" optype="categorical" dataType="string">{values}</DataField>'
    if classes:
        values = "".join(f'<Value value="{c}"/>' for c in classes)
        fields += f'<DataField name="target" optype="categorical" dataType="string">{values}</DataField>'
    else:
        fields += '<DataField name="target" optype="continuous" dataType="double"/>'
    return ('<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>'
            f'<DataDictionary>{fields}</DataDictionary>\n{body}\n</PMML>')


def rows(r, count):
    grid = [-2, -1.5, -0.1, 0, 0.1, 0.3, 0.7, 1, 2.5]
    for _ in range(count):
        row = {}
        hole = r.choice([0.0, 0.15, 0.5])
        for n in NUMBERS:
            x = float(r.choice(grid))
            x = r.choice([x, x, math.nextafter(x, 9.0), math.nextafter(x, -9.0), r.uniform(-3, 3)])
            row[n] = None if r.random() < hole else x
        for n, words in WORDS.items():
            row[n] = None if r.random() < hole else r.choice(words + (["odd"] if r.random() < 0.2 else []))
        yield row


def emit(name, text, r, count=8):
    interpreter = Interpreter(text)
    print(f"== {name}\n{text}\n--\n{','.join(interpreter.inputs)}")
    for row in rows(r, count):
        out = interpreter.predict(row)
        cells = ",".join("" if row[n] is None else str(row[n]) if isinstance(row[n], str) else repr(row[n]) for n in interpreter.inputs)
        print(cells + "|" + ("" if out is None else ",".join(repr(float(x)) for x in out)))


CLASSES = [[], ["no", "yes"], ["low", "middle", "high"]]


def one_tree(i):
    r = random.Random(f"tree {i}")
    classes = CLASSES[i % 3]
    w = Writer(r, classes, derived=i % 10 == 7, strategy=STRATEGIES[i % 6])
    invalid = r.choice(["returnInvalid", "asIs", "asMissing"])
    schema = w.schema("target", invalid, r.choice([None, None, None, "x", "f"]))
    body = w.tree(schema, 3 if i % 6 == i % 7 else r.randint(1, 2), plain=i % 4 != 3)
    emit(f"tree {i}", document(body, classes, declared=r.random() < 0.6), r)


METHODS = {0: ["average", "weightedAverage", "sum", "weightedSum", "median", "max", "selectFirst"],
           1: ["average", "weightedAverage", "majorityVote", "weightedMajorityVote", "selectFirst"]}


def one_ensemble(i):
    r = random.Random(f"ensemble {i}")
    classes = CLASSES[i % 3]
    methods = METHODS[1 if classes else 0]
    method = methods[(i // 3) % len(methods)]
    lost = r.choice(["continue", "skipSegment", "returnMissing"])
    masked = method == "selectFirst" or (method != "median" and r.random() < 0.3)
    if method == "median" and lost == "skipSegment":
        lost = "continue"
    w = Writer(r, classes, derived=i % 8 == 5)
    inner = w.schema(None, "asIs", None)
    segments = ""
    for k in range(r.randint(2, 4)):
        test = w.compound(1) if masked and not w.derived else "<True/>"
        segments += f'<Segment id="{k}" weight="{r.choice([1, 2, 0.5])}">{test}{w.tree(inner, r.randint(1, 2), True)}</Segment>'
    function = "classification" if classes else "regression"
    targets = ""
    if not classes and r.random() < 0.4:
        targets = '<Targets><Target field="target" rescaleFactor="0.5" rescaleConstant="-1.25"/></Targets>'
    schema = w.schema("target", r.choice(["returnInvalid", "asIs"]), None)
    threshold = r.choice(["", "", ' missingThreshold="0.4"'])
    body = (f'<MiningModel functionName="{function}">{schema}{targets}<Segmentation multipleModelMethod="{method}" '
            f'missingPredictionTreatment="{lost}"{threshold}>{segments}</Segmentation></MiningModel>')
    emit(f"ensemble {i} {method}", document(body, classes, True), r)


def one_card(i):
    r = random.Random(f"card {i}")
    w = Writer(r, [], derived=i % 5 == 4)
    parts = ""
    for k in range(r.randint(2, 4)):
        name = r.choice(NUMBERS)
        cuts = sorted(r.sample([-2, -1.5, -0.1, 0.1, 0.3, 0.7, 1], 2))
        tests = []
        if r.random() < 0.7:
            tests.append(f'<SimplePredicate field="{name}" operator="isMissing"/>')
        tests.append(f'<SimplePredicate field="{name}" operator="lessThan" value="{cuts[0]}"/>')
        tests.append(f'<CompoundPredicate booleanOperator="and"><SimplePredicate field="{name}" operator="greaterOrEqual" value="{cuts[0]}"/>'
                     f'<SimplePredicate field="{name}" operator="lessThan" value="{cuts[1]}"/></CompoundPredicate>')
        tests.append(r.choice(["<True/>", f'<SimplePredicate field="{name}" operator="greaterOrEqual" value="{cuts[1]}"/>',
                               w.compound(1)]))
        parts += f'<Characteristic name="part {k}">'
        for t in tests:
            parts += f'<Attribute partialScore="{r.randint(-20, 60)}">{t}</Attribute>'
        parts += "</Characteristic>"
    body = (f'<Scorecard functionName="regression" useReasonCodes="false" initialScore="{r.randint(0, 500)}">'
            f'{w.schema("target", "asIs", None)}{w.derivations()}<Characteristics>{parts}</Characteristics></Scorecard>')
    emit(f"scorecard {i}", document(body, [], True), r)


def main():
    first = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    for i in range(first, first + 210):
        one_tree(i)
    for i in range(first, first + 72):
        one_ensemble(i)
    for i in range(first, first + 25):
        one_card(i)


main()
