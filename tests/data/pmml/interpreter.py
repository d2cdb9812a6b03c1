"""A plain reading of PMML trees, ensembles and scorecards, for expectations.

Written from the standard's words alone, by walking the document for each row:
slow, without any compilation, so that it shares nothing with the reader under
test. None is a missing value and the third truth value "unknown"; NoAnswer is a
prediction that the model does not make.
"""
import struct
import xml.etree.ElementTree as ET


class NoAnswer(Exception):
    pass


def float32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, *names):
    return [c for c in element if local(c) in names]


def child(element, name):
    found = children(element, name)
    return found[0] if found else None


PREDICATES = ("SimplePredicate", "SimpleSetPredicate", "CompoundPredicate",
              "True", "False")
MODELS = ("TreeModel", "MiningModel", "Scorecard", "RegressionModel")


class Interpreter:
    def __init__(self, text):
        self.root = ET.fromstring(text)
        self.fields = {}
        for f in children(child(self.root, "DataDictionary"), "DataField"):
            values = [v.get("value") for v in children(f, "Value")
                      if v.get("property", "valid") == "valid"]
            missing = [v.get("value") for v in children(f, "Value")
                       if v.get("property") == "missing"]
            self.fields[f.get("name")] = (f.get("dataType"), values, missing)
        self.model = next(c for c in self.root if local(c) in MODELS)
        target = next(f for f in children(child(self.model, "MiningSchema"),
                                          "MiningField")
                      if f.get("usageType") == "target").get("name")
        self.classes = self.fields[target][1]
        self.inputs = [n for n in self.fields if n != target]
        # A field that no rule reads is never looked at, valid or not.
        self.read = {x.get("field") for x in self.model.iter()
                     if x.get("field") is not None}

    # --- values ----------------------------------------------------------

    def cast(self, name, x):
        kind = self.fields.get(name, ("double",))[0]
        if kind == "float":
            return float32(float(x))
        return str(x) if kind == "string" else float(x)

    def enter(self, model, row):
        """The fields of a model: its MiningSchema, then its own derivations."""
        seen = dict(row)
        for f in children(child(model, "MiningSchema"), "MiningField"):
            name = f.get("name")
            if f.get("usageType") == "target" or name not in row:
                continue
            x = row[name]
            _, values, missing = self.fields.get(name, ("double", [], []))
            if x is not None and x in missing:
                x = None
            if x is not None and values and x not in values and name in self.read:
                how = f.get("invalidValueTreatment", "returnInvalid")
                if how == "returnInvalid":
                    raise NoAnswer
                if how == "asMissing":
                    x = None
            if x is None and f.get("missingValueReplacement") is not None:
                x = self.cast(name, f.get("missingValueReplacement"))
            seen[name] = x
        local_ones = child(model, "LocalTransformations")
        for d in children(local_ones, "DerivedField") if local_ones is not None else []:
            parts = [seen[r.get("field")] for r in d.iter() if local(r) == "FieldRef"]
            apply = child(d, "Apply")
            if None in parts:
                seen[d.get("name")] = None
            elif apply.get("function") == "+":
                seen[d.get("name")] = parts[0] + parts[1]
            else:
                seen[d.get("name")] = parts[0] * parts[1]
        return seen

    # --- predicates ------------------------------------------------------

    def truth(self, p, row):
        kind = local(p)
        if kind in ("True", "False"):
            return kind == "True"
        if kind == "CompoundPredicate":
            return self.compound(p, row)
        x = row[p.get("field")]
        if kind == "SimpleSetPredicate":
            if x is None:
                return None
            array = child(p, "Array").text.split()
            inside = x in [self.cast(p.get("field"), w.strip('"')) for w in array]
            return inside if p.get("booleanOperator") == "isIn" else not inside
        op = p.get("operator")
        if op in ("isMissing", "isNotMissing"):
            return (x is None) == (op == "isMissing")
        if x is None:
            return None
        y = self.cast(p.get("field"), p.get("value"))
        return {"equal": x == y, "notEqual": x != y}[op] if isinstance(x, str) else {
            "equal": x == y, "notEqual": x != y, "lessThan": x < y,
            "lessOrEqual": x <= y, "greaterThan": x > y,
            "greaterOrEqual": x >= y}[op]

    def compound(self, p, row):
        parts = [self.truth(c, row) for c in children(p, *PREDICATES)]
        op = p.get("booleanOperator")
        if op == "surrogate":
            return next((t for t in parts if t is not None), None)
        if op == "xor":
            return None if None in parts else sum(parts) % 2 == 1
        stop = op == "or"
        if stop in parts:
            return stop
        return None if None in parts else not stop

    def holds(self, element, row):
        return self.truth(children(element, *PREDICATES)[0], row)

    # --- trees -----------------------------------------------------------

    def shares(self, node, what):
        """Probabilities, confidences or record counts by class; None: none."""
        given = children(node, "ScoreDistribution")
        if not given:
            return None
        counts = {s.get("value"): float(s.get("recordCount")) for s in given}
        if what != "records" and all(s.get(what) for s in given):
            return [next((float(s.get(what)) for s in given if s.get("value") == c), 0.0)
                    for c in self.classes]
        if what == "confidence" and all(s.get("probability") for s in given):
            return self.shares(node, "probability")
        total = sum(counts.values()) if what != "records" else 1.0
        return [counts.get(c, 0.0) / total for c in self.classes]

    def predict_node(self, node, classification):
        """(values, class voted for) of the node itself."""
        score = node.get("score")
        if not classification:
            if score is None:
                raise NoAnswer
            return [float(score)], None
        values = self.shares(node, "probability")
        if values is None:
            if score is None:
                raise NoAnswer
            values = [1.0 if c == score else 0.0 for c in self.classes]
        if score is None:
            score = self.classes[values.index(max(values))]
        return values, score

    def tree(self, model, row):
        row = self.enter(model, row)
        classification = model.get("functionName") == "classification"
        strategy = model.get("missingValueStrategy", "none")
        last = model.get("noTrueChildStrategy") == "returnLastPrediction"
        node = child(model, "Node")
        if self.holds(node, row) is not True:
            raise NoAnswer
        while True:
            below = children(node, "Node")
            if not below:
                return self.predict_node(node, classification)
            chosen = None
            for c in below:
                t = self.holds(c, row)
                if t is True:
                    chosen = c
                    break
                if t is None and strategy != "none":
                    if strategy == "lastPrediction":
                        return self.predict_node(node, classification)
                    if strategy == "nullPrediction":
                        raise NoAnswer
                    if strategy == "defaultChild":
                        chosen = next((d for d in below if d.get("id") is not None and
                                       d.get("id") == node.get("defaultChild")), None)
                        if chosen is None:
                            raise NoAnswer
                        break
                    ends = []
                    self.spread(node, row, 1.0, strategy, last, ends)
                    return self.gathered(ends, classification, strategy)
            if chosen is None:
                if last:
                    return self.predict_node(node, classification)
                raise NoAnswer
            node = chosen

    def spread(self, node, row, weight, strategy, last, ends):
        """Ends below a node whose children cannot all be told apart."""
        open_ones = []
        for c in children(node, "Node"):
            t = self.holds(c, row)
            if t is not False:
                open_ones.append(c)
            if t is True and strategy == "aggregateNodes":
                break
        total = sum(float(c.get("recordCount")) for c in open_ones)
        for c in open_ones:
            part = 1.0
            if strategy == "weightedConfidence":
                part = float(c.get("recordCount")) / total if total > 0 else 0.0
            self.descend(c, row, weight * part, strategy, last, ends)

    def descend(self, node, row, weight, strategy, last, ends):
        below = children(node, "Node")
        if not below:
            ends.append((weight, node))
            return
        for c in below:
            t = self.holds(c, row)
            if t is True:
                self.descend(c, row, weight, strategy, last, ends)
                return
            if t is None:
                self.spread(node, row, weight, strategy, last, ends)
                return
        if last:
            ends.append((weight, node))

    def gathered(self, ends, classification, strategy):
        if not ends:
            raise NoAnswer
        if not classification:
            values = [(w * float(n.get("recordCount") if strategy == "aggregateNodes" else 1),
                       float(n.get("score"))) for w, n in ends if n.get("score") is not None]
            total = sum(w for w, _ in values)
            if total <= 0:
                raise NoAnswer
            whole = total if strategy == "aggregateNodes" else 1.0
            return [sum(w * x for w, x in values) / whole], None
        sums = [0.0] * len(self.classes)
        for w, n in ends:
            if strategy == "aggregateNodes":
                shares = self.shares(n, "records")
                if shares is None and n.get("score") is not None:
                    shares = [float(n.get("recordCount")) if c == n.get("score") else 0.0
                              for c in self.classes]
            else:
                shares = self.shares(n, "confidence")
                if shares is None and n.get("score") is not None:
                    shares = [1.0 if c == n.get("score") else 0.0 for c in self.classes]
            for i, x in enumerate(shares or sums):
                sums[i] += w * x
        total = sum(sums)
        if total <= 0:
            raise NoAnswer
        values = [x / total for x in sums]
        return values, self.classes[values.index(max(values))]

    # --- ensembles -------------------------------------------------------

    def mining(self, model, row):
        row = self.enter(model, row)
        segmentation = child(model, "Segmentation")
        method = segmentation.get("multipleModelMethod")
        lost = segmentation.get("missingPredictionTreatment", "continue")
        threshold = float(segmentation.get("missingThreshold", "1"))
        weighted = method.startswith("weighted")
        votes = method.endswith("ajorityVote")
        results = []
        for s in children(segmentation, "Segment"):
            if self.holds(s, row) is not True:
                continue
            weight = float(s.get("weight", "1")) if weighted else 1.0
            try:
                result = self.any(children(s, *MODELS)[0], row)
            except NoAnswer:
                result = None
            if method == "selectFirst":
                if result is None and lost == "skipSegment":
                    continue
                if result is None:
                    raise NoAnswer
                return result
            results.append((weight, result))
        gone = sum(w for w, r in results if r is None)
        total = sum(w for w, _ in results)
        here = [(w, r) for w, r in results if r is not None]
        lenient = lost == "skipSegment" or (lost == "continue" and votes)
        if not sum(w for w, _ in here) > 0 or gone > (threshold * total if lenient else 0):
            raise NoAnswer
        weight = sum(w for w, _ in here)
        if votes:
            counts = [sum(w for w, r in here if r[1] == c) / weight for c in self.classes]
            return counts, self.classes[counts.index(max(counts))]
        columns = list(zip(*[r[0] for _, r in here]))
        if method in ("sum", "weightedSum"):
            values = [sum(w * x for (w, _), x in zip(here, c)) for c in columns]
        elif method in ("average", "weightedAverage"):
            values = [sum(w * x for (w, _), x in zip(here, c)) / weight for c in columns]
        elif method == "max":
            values = [max(c) for c in columns]
        else:
            values = []
            for c in columns:
                c = sorted(c)
                n = len(c)
                values.append(c[n // 2] if n % 2 else (c[n // 2 - 1] + c[n // 2]) / 2)
        vote = None
        if model.get("functionName") == "classification":
            vote = self.classes[values.index(max(values))]
        return values, vote

    # --- scorecards ------------------------------------------------------

    def scorecard(self, model, row):
        row = self.enter(model, row)
        total = float(model.get("initialScore", "0"))
        self.reasons = []
        below = model.get("reasonCodeAlgorithm", "pointsBelow") == "pointsBelow"
        for c in children(child(model, "Characteristics"), "Characteristic"):
            for a in children(c, "Attribute"):
                if self.holds(a, row) is True:
                    break
            else:
                raise NoAnswer
            points = float(a.get("partialScore"))
            total += points
            base = a.get("baselineScore") or c.get("baselineScore") or model.get("baselineScore")
            if base is not None:
                lost = float(base) - points if below else points - float(base)
                self.reasons.append((lost, a.get("reasonCode") or c.get("reasonCode")))
        return [total], None

    def any(self, model, row):
        kind = local(model)
        values, vote = {"TreeModel": self.tree, "MiningModel": self.mining,
                        "Scorecard": self.scorecard}[kind](model, row)
        targets = child(model, "Targets")
        if targets is not None and vote is None:
            t = child(targets, "Target")
            x = min(max(values[0], float(t.get("min", "-inf"))), float(t.get("max", "inf")))
            values = [x * float(t.get("rescaleFactor", "1")) + float(t.get("rescaleConstant", "0"))]
        return values, vote

    def predict(self, row):
        """Values by class (one for a number); None: no answer."""
        row = {n: None if x is None else self.cast(n, x) for n, x in row.items()}
        try:
            return self.any(self.model, row)[0]
        except NoAnswer:
            return None
