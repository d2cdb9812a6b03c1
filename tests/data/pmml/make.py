#!/usr/bin/env python3
"""Writes the small PMML files of this folder, their rows and what each row must
give, worked out here by the formulas of PMML 4.4 and not by any reader of PMML.
NAME.pmml, NAME.csv (rows; empty is missing), NAME_expected.csv (answers; empty is
"no answer"). Run it in this folder; the files are committed."""
import csv
import itertools
import math

NAN = float("nan")
EMPTY = None


def pmml(version, dictionary, body, transformations="", namespace=True):
    space = ' xmlns="http://www.dmg.org/PMML-%s"' % version.replace(".", "_")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<PMML%s version="%s">\n'
            '<Header><Application name="by hand" version="1"/></Header>\n'
            "<DataDictionary>\n%s\n</DataDictionary>\n%s%s\n</PMML>\n" %
            (space if namespace else "", version, dictionary, transformations,
             body))


def number(name, inside="", kind="double"):
    return ('<DataField name="%s" optype="continuous" dataType="%s">%s'
            "</DataField>" % (name, kind, inside))


def words(name, values, more=""):
    return ('<DataField name="%s" optype="categorical" dataType="string">%s%s'
            "</DataField>" % (name, "".join('<Value value="%s"/>' % v
                                            for v in values), more))


def schema(active, target="y", extra=None):
    extra = extra or {}
    return ("<MiningSchema>" + "".join(
        '<MiningField name="%s" %s/>' % (n, extra.get(n, "")) for n in active) +
        '<MiningField name="%s" usageType="target"/></MiningSchema>\n' % target)


def derived(name, body, kind="double", optype="continuous"):
    return ('<DerivedField name="%s" optype="%s" dataType="%s">%s'
            "</DerivedField>\n" % (name, optype, kind, body))


def table(intercept, terms, category=None):
    return ('<RegressionTable intercept="%r"%s>%s</RegressionTable>\n' %
            (intercept, "" if category is None else
             ' targetCategory="%s"' % category, terms))


def num(name, coefficient, exponent=1):
    return ('<NumericPredictor name="%s" coefficient="%r" exponent="%d"/>' %
            (name, coefficient, exponent))


def cat(name, value, coefficient):
    return ('<CategoricalPredictor name="%s" value="%s" coefficient="%r"/>' %
            (name, value, coefficient))


def grid(columns):
    """Rows: every combination of the columns' values."""
    return [dict(zip(columns, row))
            for row in itertools.product(*columns.values())]


def write(name, text, rows, answer):
    with open(name + ".pmml", "w") as f:
        f.write(text)
    head = list(rows[0])
    with open(name + ".csv", "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        for r in rows:
            w.writerow(["" if r[h] is EMPTY else r[h] for h in head])
    with open(name + "_expected.csv", "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        for i, r in enumerate(rows):
            a = answer({k: NAN if v is EMPTY else v for k, v in r.items()})
            a = a if isinstance(a, list) else [a]
            if i == 0:
                w.writerow(["answer_%d" % k for k in range(len(a))])
            w.writerow(["" if math.isnan(v) else repr(float(v)) for v in a])


def missing(v):
    return isinstance(v, float) and math.isnan(v)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def softmax(x):
    e = [math.exp(v - max(x)) for v in x]
    return [v / sum(e) for v in e]


XC = {"x": [-1.5, 0, 2.25, EMPTY], "z": [0.5, 3, EMPTY],
      "c": ["a", "b", "q", EMPTY]}
XCD = number("x") + number("z") + words("c", ["a", "b"])
AS_IS = {"c": 'invalidValueTreatment="asIs"'}


def regression():
    def eta(r):
        v = 0.25 + 1.5 * r["x"] - 0.5 * r["z"] ** 2 + 0.125 * r["x"] * r["z"]
        return v + {"a": 2.0, "b": -1.0}.get(r["c"], 0.0)
    terms = (num("x", 1.5) + num("z", -0.5, 2) + cat("c", "a", 2.0) +
             cat("c", "b", -1.0) + '<PredictorTerm coefficient="0.125">'
             '<FieldRef field="x"/><FieldRef field="z"/></PredictorTerm>')
    for method, f in (("none", lambda v: v), ("exp", math.exp),
                      ("logit", logistic), ("softmax", logistic),
                      ("probit", normal),
                      ("cloglog", lambda v: 1 - math.exp(-math.exp(v))),
                      ("loglog", lambda v: math.exp(-math.exp(-v))),
                      ("cauchit", lambda v: 0.5 + math.atan(v) / math.pi)):
        body = ('<RegressionModel functionName="regression" '
                'normalizationMethod="%s">' % method +
                schema("xzc", extra=AS_IS) + table(0.25, terms) +
                "</RegressionModel>")
        write("regression_" + method, pmml("4.4", XCD + number("y"), body),
              grid(XC), lambda r: NAN if missing(eta(r)) else f(eta(r)))


def two_classes():
    """The first table speaks; the other class has the rest. A file of 3.2."""
    def score(r):
        return 0.5 - 0.75 * r["x"] + {"a": 1.0}.get(r["c"], 0.0)
    for method, f in (("logit", logistic), ("probit", normal),
                      ("cloglog", lambda v: 1 - math.exp(-math.exp(v))),
                      ("loglog", lambda v: math.exp(-math.exp(-v))),
                      ("none", lambda v: min(max(v, 0.0), 1.0))):
        for first in ("yes", "no"):
            body = ('<RegressionModel functionName="classification" '
                    'normalizationMethod="%s">' % method +
                    schema("xc", extra=AS_IS) +
                    table(0.5, num("x", -0.75) + cat("c", "a", 1.0), first) +
                    table(0.0, "", "no" if first == "yes" else "yes") +
                    "</RegressionModel>")

            def p(r):
                v = score(r)
                if missing(v):
                    return NAN
                return f(v) if first == "yes" else 1 - f(v)
            write("two_%s_%s" % (method, first),
                  pmml("3.2", number("x") + words("c", ["a", "b"]) +
                       words("y", ["no", "yes"]), body, namespace=False),
                  grid({"x": XC["x"], "c": XC["c"]}), p)


def many_classes():
    def scores(r):
        return [0.5 + r["x"], 1.25 - 0.5 * r["x"], 2 + 0.25 * r["x"]]

    def rows():
        return grid({"x": [-1.5, 0, 0.75, 1.5, EMPTY]})

    def model(method, optype="categorical", scale=1.0):
        t = [(0.5, 1.0), (1.25, -0.5), (2.0, 0.25)]
        return pmml(
            "4.2", number("x") +
            '<DataField name="y" optype="%s" dataType="string"><Value '
            'value="low"/><Value value="middle"/><Value value="high"/>'
            "</DataField>" % optype,
            '<RegressionModel functionName="classification" '
            'normalizationMethod="%s">' % method + schema("x") +
            "".join(table(a * scale, num("x", b * scale), k) for (a, b), k in
                    zip(t, ("low", "middle", "high"))) + "</RegressionModel>")

    def ordinal(r, f):
        s = scores(r)
        if missing(s[0]):
            return [NAN] * 3
        return [f(s[0]), f(s[1]) - f(s[0]), 1 - f(s[1])]

    def over(r):
        s = scores(r)
        return [v / sum(s) for v in s]

    def rest(r):
        s = [v * 0.125 for v in scores(r)]
        return [s[0], s[1], 1 - s[0] - s[1]]
    write("many_softmax", model("softmax"), rows(),
          lambda r: [NAN] * 3 if missing(r["x"]) else softmax(scores(r)))
    write("many_simplemax", model("simplemax"), rows(), over)
    write("many_none", model("none", scale=0.125), rows(), rest)
    write("many_ordinal", model("logit", "ordinal"), rows(),
          lambda r: ordinal(r, logistic))
    write("many_probit", model("probit", "ordinal"), rows(),
          lambda r: ordinal(r, normal))


def sums_of(fields, dictionary, transformations, derived_fields, extra=None,
            local=True, version="4.4"):
    """A regression that adds derived fields up with weights 1, 10, 100, …"""
    terms = "".join(num(n, 10.0 ** i) for i, n in enumerate(derived_fields))
    inner = ("<LocalTransformations>%s</LocalTransformations>" %
             transformations if local else "")
    outer = "" if local else ("<TransformationDictionary>%s"
                              "</TransformationDictionary>" % transformations)
    body = ('<RegressionModel functionName="regression">' +
            schema(fields, extra=extra) + inner + table(0.0, terms) +
            "</RegressionModel>")
    return pmml(version, dictionary + number("y"), body, outer)


def weigh(values):
    return sum(10.0 ** i * v for i, v in enumerate(values))


def lines():
    knots = [(-1.0, 0.5), (0.0, 1.0), (2.0, -3.0)]
    norm = "".join('<LinearNorm orig="%r" norm="%r"/>' % k for k in knots)

    def straight(x, beyond):
        if missing(x):
            return 7.0
        if beyond == "asMissingValues" and not -1 <= x <= 2:
            return NAN
        if beyond == "asExtremeValues":
            x = min(max(x, -1.0), 2.0)
        (a, b), (c, d) = knots[0:2] if x <= 0 else knots[1:3]
        return b + (x - a) / (c - a) * (d - b)
    kinds = ("asIs", "asExtremeValues", "asMissingValues")
    for k in kinds:
        t = derived("n", '<NormContinuous field="x" outliers="%s" '
                    'mapMissingTo="7">%s</NormContinuous>' % (k, norm))
        write("lines_" + k, sums_of("x", number("x"), t, ["n"]),
              grid({"x": [-3, -1, -0.25, 0, 1.5, 2, 5, EMPTY]}),
              lambda r: straight(r["x"], k))


def bins():
    t = derived("d", '<Discretize field="x" defaultValue="9" '
                'mapMissingTo="4">'
                '<DiscretizeBin binValue="1"><Interval closure="openClosed" '
                'rightMargin="0"/></DiscretizeBin>'
                '<DiscretizeBin binValue="2"><Interval closure="openOpen" '
                'leftMargin="0" rightMargin="1"/></DiscretizeBin>'
                '<DiscretizeBin binValue="3"><Interval closure="closedOpen" '
                'leftMargin="1" rightMargin="3"/></DiscretizeBin></Discretize>',
                "integer")
    t += derived("w", '<Discretize field="x" defaultValue="far" '
                 'dataType="string"><DiscretizeBin binValue="near">'
                 '<Interval closure="closedClosed" leftMargin="-1" '
                 'rightMargin="1"/></DiscretizeBin></Discretize>', "string",
                 "categorical")
    t += derived("near", '<NormDiscrete field="w" value="near" '
                 'mapMissingTo="0.5"/>')
    t += derived("m", '<MapValues outputColumn="out" defaultValue="-1" '
                 'mapMissingTo="-2"><FieldColumnPair field="c" column="one"/>'
                 '<FieldColumnPair field="d" column="two"/><InlineTable>'
                 "<row><one>a</one><two>1</two><out>5</out></row>"
                 "<row><one>a</one><two>2</two><out>6.5</out></row>"
                 "<row><one>b</one><two>4</two><out>8</out></row>"
                 "</InlineTable></MapValues>")

    def answer(r):
        x, c = r["x"], r["c"]
        d = (4 if missing(x) else 1 if x <= 0 else 2 if x < 1 else
             3 if x < 3 else 9)
        near = 0.5 if missing(x) else 1.0 if -1 <= x <= 1 else 0.0
        m = -2 if missing(c) else {("a", 1): 5, ("a", 2): 6.5,
                                   ("b", 4): 8}.get((c, d), -1)
        return weigh([d, near, m])
    write("bins", sums_of("xc", number("x") + words("c", ["a", "b"]), t,
                          ["d", "near", "m"], AS_IS),
          grid({"x": [-2, 0, 0.5, 1, 2.5, 3, EMPTY],
                "c": ["a", "b", EMPTY]}), answer)


def apply(function, *arguments, more=""):
    return '<Apply function="%s"%s>%s</Apply>' % (function, more,
                                                  "".join(arguments))


def field(name):
    return '<FieldRef field="%s"/>' % name


def constant(x, kind="double"):
    return '<Constant dataType="%s">%s</Constant>' % (kind, x)


def functions():
    x, z = field("x"), field("z")
    both = [("+", lambda a, b: a + b), ("-", lambda a, b: a - b),
            ("*", lambda a, b: a * b), ("/", lambda a, b: a / b),
            ("pow", lambda a, b: abs(a) ** b),
            ("threshold", lambda a, b: float(a > b)),
            ("min", None), ("max", None), ("sum", None), ("avg", None),
            ("product", None)]
    reduce = {"min": min, "max": max, "sum": sum,
              "avg": lambda v: sum(v) / len(v), "product": math.prod}
    one = [("exp", math.exp), ("ln", math.log), ("log10", math.log10),
           ("sqrt", math.sqrt), ("abs", abs), ("floor", math.floor),
           ("ceil", math.ceil)]
    t = ""
    names = []
    for i, (f, _) in enumerate(both):
        names.append("b%d" % i)
        a = apply("abs", x) if f == "pow" else x
        t += derived(names[-1], apply(f, a, z))
    for i, (f, _) in enumerate(one):
        names.append("o%d" % i)
        t += derived(names[-1], apply(f, z))
    text = sums_of("xz", number("x") + number("z"), t, [])
    for i, n in enumerate(names):
        f = (both + one)[i]

        def answer(r, i=i, f=f):
            a, b = r["x"], r["z"]
            if i >= len(both):
                return NAN if missing(b) else f[1](b)
            if f[1] is None:
                v = [q for q in (a, b) if not missing(q)]
                return reduce[f[0]](v) if v else NAN
            return NAN if missing(a) or missing(b) else f[1](a, b)
        write("function_%d" % i, text.replace(
            '<RegressionTable intercept="0.0">',
            '<RegressionTable intercept="0.0">' + num(n, 1.0)),
            grid({"x": [-1.5, 0.5, 3, EMPTY], "z": [0.5, 2, EMPTY]}), answer)


def logic():
    x, z, c = field("x"), field("z"), field("c")
    less = apply("lessThan", x, z)
    t = derived("l", apply("if", less, constant(1), constant(2)))
    t += derived("i", apply("if", apply("isIn", c, constant("a", "string"),
                                        constant("q", "string")),
                            constant(1), constant(2),
                            more=' mapMissingTo="3"'))
    t += derived("k", apply("if", apply("or", less, apply(
        "not", apply("equal", c, constant("b", "string")))), constant(1),
        constant(2), more=' defaultValue="4"'))
    t += derived("m", apply("if", apply("and", apply("isMissing", x), apply(
        "isNotMissing", z)), constant(1), constant(2)))

    def answer(r):
        x, z, c = r["x"], r["z"], r["c"]
        less = None if missing(x) or missing(z) else x < z
        l = NAN if less is None else 1 if less else 2
        i = 3 if missing(c) else 1 if c in "aq" else 2
        equal = None if missing(c) else c == "b"
        either = (True if less or equal is False else
                  None if less is None or equal is None else False)
        k = 4 if either is None else 1 if either else 2
        m = 1 if missing(x) and not missing(z) else 2
        return weigh([l, i, k, m])
    write("logic", sums_of("xzc", XCD, t, "likm", AS_IS),
          grid({"x": [-1.5, 2, EMPTY], "z": [0.5, EMPTY],
                "c": ["a", "b", "q", EMPTY]}), answer)


def own_functions():
    """f(a, b) = a² + b; g(a) = f(a, f(a, 1)); a function of a derived field."""
    p = '<ParameterField name="%s" optype="continuous" dataType="double"/>'
    f = ('<DefineFunction name="%s" optype="continuous" dataType="double">%s'
         "%s</DefineFunction>")
    a, b = field("a"), field("b")
    t = f % ("f", p % "a" + p % "b", apply("+", apply("*", a, a), b))
    t += f % ("g", p % "a", apply("f", a, apply("f", a, constant(1))))
    t += derived("h", apply("g", apply("-", field("x"), constant(1))))
    t += derived("k", apply("g", field("h"), more=' mapMissingTo="-1"'))

    def g(a):
        return a * a + a * a + 1
    write("own_functions", sums_of("x", number("x"), t, ["h", "k"],
                                   local=False),
          grid({"x": [-1.5, 0, 2.25]}),
          lambda r: weigh([g(r["x"] - 1), g(g(r["x"] - 1))]))


def text_functions():
    """Words by their letters; SAS's normalising as it is meant."""
    c = field("c")
    t = derived("up", apply("uppercase", c), "string", "categorical")
    t += derived("part", apply("substring", c, constant(2, "integer"),
                               constant(2, "integer")), "string",
                 "categorical")
    t += derived("sas", apply("SAS-EM-String-Normalize",
                              constant(3, "integer"),
                              apply("SAS-FORMAT-$CHARw",
                                    constant(4, "integer"), c)), "string",
                 "categorical")
    t += derived("both", apply("concat", field("part"),
                               constant("-", "string"), field("up")), "string",
                 "categorical")
    names = []
    for i, (f, v) in enumerate((("up", "RED"), ("part", "re"), ("sas", "GRE"),
                                ("both", "ed-RED"))):
        names.append("i%d" % i)
        t += derived(names[-1], '<NormDiscrete field="%s" value="%s"/>' %
                     (f, v))

    def answer(r):
        c = r["c"]
        if missing(c):
            return NAN
        part, up = c[1:3], c.upper()
        sas = c.lstrip()[:3].upper().strip()
        return weigh([up == "RED", part == "re", sas == "GRE",
                      part + "-" + up == "ed-RED"])
    write("text_functions", sums_of("c", words("c", [
        "red", "Red", " green", "green", "blue"]), t, names),
        grid({"c": ["red", "Red", " green", "green", "blue", EMPTY]}), answer)


def treatment():
    """What a MiningSchema does to numbers, one field a rule."""
    limit = ('<Interval closure="closedOpen" leftMargin="0" rightMargin="10"/>'
             '<Value value="-99" property="missing"/>')
    rules = {
        "a": 'missingValueReplacement="5"',
        "b": 'invalidValueTreatment="asMissing" missingValueReplacement="6"',
        "d": 'invalidValueTreatment="asIs"',
        "g": 'invalidValueTreatment="asIs" outliers="asExtremeValues" '
             'lowValue="1" highValue="4"',
        "h": 'invalidValueTreatment="asIs" outliers="asMissingValues" '
             'lowValue="1" highValue="4" missingValueReplacement="7"',
    }
    names = list(rules)
    values = [-99, -5, 0, 0.5, 3, 10, EMPTY]

    def answer(r):
        total = 0.0
        for i, n in enumerate(names):
            v = r[n]
            v = NAN if v == -99 else v
            valid = missing(v) or 0 <= v < 10
            if n == "a" and not valid:
                return NAN
            if n == "a":
                v = 5 if missing(v) else v
            if n == "b":
                v = 6 if missing(v) or not valid else v
            if n == "g" and not missing(v):
                v = min(max(v, 1), 4)
            if n == "h":
                v = 7 if missing(v) or v < 1 or v > 4 else v
            total += 10.0 ** i * v
        return total
    rows = []
    for n in names:
        rows += [{m: v if m == n else 2 for m in names} for v in values]
    write("treatment", sums_of(names, "".join(number(n, limit) for n in names),
                               "", names, rules), rows, answer)


def word_treatment():
    """The same for words: an indicator of "a" each, and of "b" tenfold."""
    rules = {
        "p": "", "q": 'invalidValueTreatment="asIs"',
        "r": 'invalidValueTreatment="asMissing" '
             'missingValueReplacement="b"',
        "s": 'invalidValueTreatment="asValue" invalidValueReplacement="a"',
        "t": 'missingValueTreatment="returnInvalid"'}
    names = list(rules)
    terms = "".join(cat(n, "a", 100.0 ** i) + cat(n, "b", 10 * 100.0 ** i)
                    for i, n in enumerate(names))
    body = ('<RegressionModel functionName="regression">' +
            schema(names, extra=rules) + table(0.0, terms) +
            "</RegressionModel>")
    more = '<Value value="?" property="missing"/>'

    def answer(r):
        total = 0.0
        for i, n in enumerate(names):
            v = r[n]
            v = NAN if v == "?" else v
            if not missing(v) and v not in ("a", "b"):
                if n in "pt":
                    return NAN
                v = {"q": "x", "r": NAN, "s": "a"}[n]
            if missing(v):
                if n == "t":
                    return NAN
                v = "b" if n == "r" else v
            total += 100.0 ** i * {"a": 1, "b": 10}.get(v, 0)
        return total
    rows = []
    for n in names:
        rows += [{m: v if m == n else "b" for m in names}
                 for v in ("a", "b", "zz", "?", EMPTY)]
    write("word_treatment",
          pmml("4.4", "".join(words(n, ["a", "b"], more) for n in names) +
               number("y"), body), rows, answer)


def open_words():
    """Words that no Value declares: known by what they are compared with."""
    body = ('<RegressionModel functionName="regression">' + schema("cd") +
            "<LocalTransformations>" +
            derived("alias", field("d"), "string", "categorical") +
            "</LocalTransformations>" +
            table(1.0, cat("c", "a", 1.0) + cat("c", "b", 2.0) +
                  cat("alias", "m", 10.0) + cat("alias", "n", 20.0)) +
            "</RegressionModel>")

    def answer(r):
        return (1.0 + {"a": 1.0, "b": 2.0}.get(r["c"], 0.0) +
                {"m": 10.0, "n": 20.0}.get(r["d"], 0.0))
    write("open_words", pmml("4.1", words("c", []) + words("d", []) +
                             number("y"), body),
          grid({"c": ["a", "b", "zz", EMPTY], "d": ["m", "n", "zz", EMPTY]}),
          answer)


def targets():
    for cast, f in (("round", lambda v: math.floor(v + 0.5)),
                    ("ceiling", math.ceil), ("floor", math.floor)):
        body = ('<RegressionModel functionName="regression">' + schema("x") +
                '<Targets><Target field="y" min="-1" max="2" '
                'rescaleFactor="10" rescaleConstant="0.25" '
                'castInteger="%s"/></Targets>' % cast +
                table(0.0, num("x", 1.0)) + "</RegressionModel>")
        write("target_" + cast, pmml("4.4", number("x") + number("y"), body),
              grid({"x": [-3, -0.33, 0, 1.21, 9, EMPTY]}),
              lambda r: NAN if missing(r["x"]) else
              f(min(max(r["x"], -1), 2) * 10 + 0.25))


def outputs():
    """A computed field as the answer; the probability of the first class."""
    head = ('<RegressionModel functionName="classification" '
            'normalizationMethod="logit">' + schema("x"))
    tail = (table(0.5, num("x", 1.0), "yes") + table(0.0, "", "no") +
            "</RegressionModel>")
    fields = number("x") + words("y", ["no", "yes"])
    points = ('<Output><OutputField name="p" feature="probability" '
              'value="yes" isFinalResult="false" dataType="double"/>'
              '<OutputField name="points" feature="transformedValue" '
              'dataType="double" optype="continuous">' +
              apply("round", apply("*", constant(1000), field("p"))) +
              "</OutputField></Output>")
    one = ('<Output><OutputField name="p" feature="probability" value="no" '
           'dataType="double"/></Output>')
    rows = {"x": [-1.5, 0, 2, EMPTY]}
    write("output_corrected", pmml(
        "4.3", number("x") + number("y"),
        '<RegressionModel functionName="regression">' + schema("x") +
        '<Output><OutputField name="own" feature="predictedValue"/>'
        '<OutputField name="all" feature="transformedValue">' +
        apply("+", field("own"), "<Constant>23.5</Constant>") +
        "</OutputField></Output>" + table(0.5, num("x", 2.0)) +
        "</RegressionModel>"), grid(rows), lambda r: 24.0 + 2 * r["x"])
    write("output_points", pmml("4.4", fields, head + points + tail),
          grid(rows), lambda r: NAN if missing(r["x"]) else
          math.floor(1000 * logistic(0.5 + r["x"]) + 0.5))
    write("output_first", pmml("4.4", fields, head + one + tail), grid(rows),
          lambda r: NAN if missing(r["x"]) else logistic(-0.5 - r["x"]))


def general(name, kind, function, attributes, target, cells, answer,
            reference=None):
    parameters = ["p0", "p1", "p2", "p3", "p4"]
    text = (
        '<GeneralRegressionModel modelType="%s" functionName="%s" %s%s>' %
        (kind, function, attributes, "" if reference is None else
         ' targetReferenceCategory="%s"' % reference) +
        schema("xzc", extra=AS_IS) + "<ParameterList>" +
        "".join('<Parameter name="%s" label="%s"/>' % (p, p)
                for p in parameters) + "</ParameterList><FactorList>"
        '<Predictor name="c"/></FactorList><CovariateList>'
        '<Predictor name="x"/><Predictor name="z"/></CovariateList><PPMatrix>'
        '<PPCell value="1" predictorName="x" parameterName="p1"/>'
        '<PPCell value="a" predictorName="c" parameterName="p2"/>'
        '<PPCell value="2" predictorName="z" parameterName="p3"/>'
        '<PPCell value="b" predictorName="c" parameterName="p4"/>'
        '<PPCell value="1" predictorName="x" parameterName="p4"/>'
        "</PPMatrix><ParamMatrix>" + "".join(
            '<PCell %sparameterName="%s" df="1" beta="%r"/>' %
            ("" if t is None else 'targetCategory="%s" ' % t, p, b)
            for t, p, b in cells) + "</ParamMatrix></GeneralRegressionModel>")

    def value(p, r):
        if missing(r["c"]) and p in ("p2", "p4"):
            return NAN
        return {"p0": 1.0, "p1": r["x"], "p2": float(r["c"] == "a"),
                "p3": r["z"] ** 2, "p4": float(r["c"] == "b") * r["x"]}[p]

    def eta(r, k=None):
        return sum(b * value(p, r) for t, p, b in cells
                   if t is None or k is None or t == k)
    write("general_" + name, pmml("4.3", XCD + target, text), grid(
        {"x": [-1.5, 0, 0.5, EMPTY], "z": [0.5, 1, EMPTY],
         "c": ["a", "b", "q"]}), lambda r: answer(r, eta))


def generals():
    base = [(None, "p0", 0.25), (None, "p1", -0.5), (None, "p2", 0.125),
            (None, "p3", 0.75), (None, "p4", 0.375)]

    def through(f):
        return lambda r, eta: NAN if missing(eta(r)) else f(eta(r))
    y = number("y")
    general("linear", "generalLinear", "regression", "", y, base,
            through(lambda v: v))
    general("offset", "generalizedLinear", "regression",
            'linkFunction="log" offsetVariable="x"', y, base,
            lambda r, eta: NAN if missing(eta(r)) else
            math.exp(eta(r) + r["x"]))
    for link, f in (("identity", lambda v: v), ("log", math.exp),
                    ("logit", logistic), ("probit", normal),
                    ("cloglog", lambda v: 1 - math.exp(-math.exp(v))),
                    ("loglog", lambda v: math.exp(-math.exp(-v))),
                    ("cauchit", lambda v: 0.5 + math.atan(v) / math.pi),
                    ("logc", lambda v: 1 - math.exp(v))):
        general("link_" + link, "generalizedLinear", "regression",
                'distribution="normal" linkFunction="%s"' % link, y, base,
                through(f))
    up = [(t, p, abs(b)) for t, p, b in base if p != "p1" and p != "p4"]
    general("link_power", "generalizedLinear", "regression",
            'linkFunction="power" linkParameter="2"', y, up,
            through(math.sqrt))
    general("link_oddspower", "generalizedLinear", "regression",
            'linkFunction="oddspower" linkParameter="2"', y, up,
            through(lambda v: 1 / (1 + (1 + 2 * v) ** -0.5)))
    general("trials", "generalizedLinear", "regression",
            'distribution="binomial" linkFunction="logit" trialsValue="20"', y,
            base, through(lambda v: 20 * logistic(v)))
    two = words("y", ["good", "bad"])
    general("two", "generalizedLinear", "classification",
            'distribution="binomial" linkFunction="cloglog"', two,
            [("good", p, b) for _, p, b in base],
            through(lambda v: math.exp(-math.exp(v))), "bad")
    three = words("y", ["low", "middle", "high"])
    cells = ([("low", p, b) for _, p, b in base] +
             [("high", p, 0.5 - b) for _, p, b in base])

    def multinomial(r, eta):
        s = [eta(r, "low"), 0.0, eta(r, "high")]
        return [NAN] * 3 if missing(s[0]) else softmax(s)
    general("multinomial", "multinomialLogistic", "classification", "", three,
            cells, multinomial, "middle")
    cells = [("low", "p0", -0.5), ("middle", "p0", 1.0)] + base[1:]

    def ordinal(r, eta):
        a, b = eta(r, "low"), eta(r, "middle")
        if missing(a):
            return [NAN] * 3
        return [normal(a), normal(b) - normal(a), 1 - normal(b)]
    general("ordinal", "ordinalMultinomial", "classification",
            'cumulativeLink="probit"', three, cells, ordinal, "high")


def neuron(name, bias, weights, more=""):
    return '<Neuron id="%s" bias="%r"%s>%s</Neuron>' % (
        name, bias, more, "".join('<Con from="%s" weight="%r"/>' % w
                                  for w in weights))


NET_INPUTS = ("<NeuralInputs>" + "".join(
    '<NeuralInput id="i%s"><DerivedField optype="continuous" '
    'dataType="double">%s</DerivedField></NeuralInput>' % (n, b) for n, b in (
        ("x", '<NormContinuous field="x"><LinearNorm orig="-2" norm="-1"/>'
              '<LinearNorm orig="2" norm="1"/></NormContinuous>'),
        ("c", '<NormDiscrete field="c" value="a"/>'))) + "</NeuralInputs>")


def networks():
    shapes = {
        "threshold": lambda v: float(v > 0.25), "logistic": logistic,
        "tanh": math.tanh, "identity": lambda v: v, "exponential": math.exp,
        "reciprocal": lambda v: 1 / v, "square": lambda v: v * v,
        "Gauss": lambda v: math.exp(-v * v), "sine": math.sin,
        "cosine": math.cos, "Elliott": lambda v: v / (1 + abs(v)),
        "arctan": lambda v: 2 * math.atan(v) / math.pi,
        "rectifier": lambda v: max(0, v)}
    rows = grid({"x": [-1.5, 0, 0.75, EMPTY], "c": ["a", "b", EMPTY]})
    fields = number("x") + words("c", ["a", "b"])

    def hidden(r, f):
        x, c = r["x"] / 2, NAN if missing(r["c"]) else float(r["c"] == "a")
        if missing(x) or missing(c):
            return None
        return [f(0.3 + 0.5 * x - 0.7 * c), f(-0.6 + 1.5 * x),
                f(0.1 - 0.25 * c)]
    layer = (neuron("h1", 0.3, [("ix", 0.5), ("ic", -0.7)]) +
             neuron("h2", -0.6, [("ix", 1.5)]) +
             neuron("h3", 0.1, [("ic", -0.25)]))
    last = [(0.2, [1.5, -0.5, 0.25]), (-0.4, [-1, 0.75, 2]),
            (0.0, [0.5, 0.5, -0.5])]

    def net(function, activation, second, outputs, target, more=""):
        return pmml("4.4", fields + target,
                    '<NeuralNetwork functionName="%s" '
                    'activationFunction="%s" threshold="0.25"%s>' %
                    (function, activation, more) + schema("xc") + NET_INPUTS +
                    "<NeuralLayer>" + layer + "</NeuralLayer>" + second +
                    "<NeuralOutputs>" + outputs + "</NeuralOutputs>"
                    "</NeuralNetwork>")

    def out(name, body):
        return ('<NeuralOutput outputNeuron="%s"><DerivedField '
                'optype="continuous" dataType="double">%s</DerivedField>'
                "</NeuralOutput>" % (name, body))

    def weights(w):
        return list(zip(("h1", "h2", "h3"), (float(v) for v in w)))
    value = out("o", '<NormContinuous field="y"><LinearNorm orig="10" '
                'norm="1"/><LinearNorm orig="50" norm="2"/></NormContinuous>')
    for name, f in shapes.items():
        def answer(r, f=f):
            h = hidden(r, f)
            if h is None:
                return NAN
            o = last[0][0] + sum(a * b for a, b in zip(last[0][1], h))
            return 10 + (o - 1) * 40
        write("network_" + name, net(
            "regression", name, '<NeuralLayer activationFunction="identity">' +
            neuron("o", last[0][0], weights(last[0][1])) + "</NeuralLayer>",
            value, number("y")), rows, answer)
    text = net("regression", "rectifier", '<NeuralLayer '
               'activationFunction="identity">' +
               neuron("o", last[0][0], weights(last[0][1])) +
               "</NeuralLayer>", value, number("y"), ' leakage="0.125"')

    def leaky(r):
        h = hidden(r, lambda v: v if v > 0 else 0.125 * v)
        return NAN if h is None else 10 + (
            last[0][0] + sum(a * b for a, b in zip(last[0][1], h)) - 1) * 40
    write("network_leaky", text, rows, leaky)
    classes = ["low", "middle", "high"]
    discrete = "".join(out("o%d" % i, '<NormDiscrete field="y" value="%s"/>' %
                           k) for i, k in enumerate(classes))
    second = "".join(neuron("o%d" % i, b, weights(w))
                     for i, (b, w) in enumerate(last))

    def scores(r):
        h = hidden(r, math.tanh)
        return None if h is None else [
            b + sum(p * q for p, q in zip(w, h)) for b, w in last]
    write("network_softmax", net(
        "classification", "tanh", '<NeuralLayer activationFunction="identity" '
        'normalizationMethod="softmax">' + second + "</NeuralLayer>", discrete,
        words("y", classes)), rows, lambda r: [NAN] * 3 if scores(r) is None
        else softmax(scores(r)))

    def over(r):
        if scores(r) is None:
            return [NAN] * 3
        s = [logistic(v) for v in scores(r)]
        return [v / sum(s) for v in s]
    write("network_simplemax", net(
        "classification", "tanh", '<NeuralLayer '
        'activationFunction="logistic">' + second + "</NeuralLayer>", discrete,
        words("y", classes), ' normalizationMethod="simplemax"').replace(
            "<NeuralLayer>", '<NeuralLayer normalizationMethod="none">'), rows,
        over)
    write("network_one", net(
        "classification", "tanh", '<NeuralLayer '
        'activationFunction="logistic">' +
        neuron("o", last[1][0], weights(last[1][1])) + "</NeuralLayer>",
        out("o", '<NormDiscrete field="y" value="no"/>'),
        words("y", ["no", "yes"])), rows, lambda r: NAN
        if scores(r) is None else 1 - logistic(scores(r)[1]))

    def radial(r):
        x, c = r["x"] / 2, NAN if missing(r["c"]) else float(r["c"] == "a")
        if missing(x) or missing(c):
            return NAN
        h = [math.exp(2 * math.log(a) - ((x - u) ** 2 + (c - v) ** 2) /
                      (2 * w * w)) for a, w, u, v in ((1.0, 0.8, 0.2, 1.0),
                                                      (1.5, 1.2, -0.5, 0.0))]
        return 0.25 + 2 * h[0] - h[1]
    hidden_radial = (
        neuron("h1", 0.0, [("ix", 0.2), ("ic", 1.0)]) +
        neuron("h2", 0.0, [("ix", -0.5), ("ic", 0.0)],
               ' width="1.2" altitude="1.5"'))
    write("network_radial", pmml(
        "4.4", fields + number("y"), '<NeuralNetwork '
        'functionName="regression" activationFunction="radialBasis" '
        'width="0.8">' + schema("xc") + NET_INPUTS + "<NeuralLayer>" +
        hidden_radial + '</NeuralLayer><NeuralLayer '
        'activationFunction="identity">' +
        neuron("o", 0.25, [("h1", 2.0), ("h2", -1.0)]) + "</NeuralLayer>"
        "<NeuralOutputs>" + out("o", field("y")) + "</NeuralOutputs>"
        "</NeuralNetwork>"), rows, radial)


def verified():
    def body(expected):
        return (
            '<RegressionModel functionName="classification" '
            'normalizationMethod="logit">' + schema("xc") +
            '<Output><OutputField name="p" feature="probability" value="yes" '
            'dataType="double"/></Output>' +
            table(0.5, num("x", 1.0) + cat("c", "a", -1.0), "yes") +
            table(0.0, "", "no") + '<ModelVerification recordCount="2" '
            'fieldCount="4"><VerificationFields>'
            '<VerificationField field="x" column="data:x"/>'
            '<VerificationField field="c" column="data:c"/>'
            '<VerificationField field="y" column="data:y"/>'
            '<VerificationField field="p" column="data:p" precision="1E-12"/>'
            '</VerificationFields><InlineTable xmlns:data="urn:data">'
            "<row><data:x>1</data:x><data:c>a</data:c><data:y>yes</data:y>"
            "<data:p>%r</data:p></row><row><data:x>-3</data:x>"
            "<data:c>b</data:c><data:y>no</data:y><data:p>%r</data:p></row>"
            "</InlineTable></ModelVerification></RegressionModel>" %
            (logistic(0.5), expected))

    def p(r):
        v = 0.5 + r["x"] - (r["c"] == "a")
        return NAN if missing(v) or r["c"] == "q" else logistic(v)
    fields = number("x") + words("c", ["a", "b"]) + words("y", ["no", "yes"])
    rows = {"x": [-1.5, 0, EMPTY], "c": ["a", "b", "q"]}
    write("verified", pmml("4.4", fields, body(logistic(-2.5))), grid(rows), p)
    with open("refused_verification.pmml", "w") as f:
        f.write(pmml("4.4", fields, body(logistic(-2.5) * (1 + 1e-9))))


def number_words():
    """Numbers that are categories; float fields; truth."""
    codes = ('<DataField name="k" optype="categorical" dataType="integer">'
             '<Value value="1"/><Value value="2.0"/><Value value="30"/>'
             "</DataField>")
    truth = '<DataField name="b" optype="categorical" dataType="boolean"/>'
    body = ('<RegressionModel functionName="regression">' +
            schema("kbx", extra={"k": 'invalidValueTreatment="asIs"'}) +
            table(0.0, cat("k", "2", 1.0) + cat("k", "30", 2.0) +
                  cat("b", "true", 10.0) + num("x", 100.0)) +
            "</RegressionModel>")
    import struct

    def single(x):
        return struct.unpack("f", struct.pack("f", x))[0]

    def answer(r):
        return ({2: 1.0, 30: 2.0}.get(r["k"], 0.0) +
                (10.0 if r["b"] == "true" else 0.0) + 100.0 * single(r["x"]))
    write("number_words", pmml("4.4", codes + truth + number("x", kind="float")
                               + number("y"), body),
          grid({"k": [1, 2, 30, 4, EMPTY], "b": ["true", "false", EMPTY],
                "x": [0.1, 3]}), answer)


def rapidminer():
    fields = (number("x") + words("c", ["a", "b", "MISSING_VALUE"]) +
              words("y", ["no", "yes", "MISSING_VALUE"]))
    body = ('<RegressionModel functionName="classification" '
            'normalizationMethod="logit">' + schema("xc") +
            table(0.5, num("x", 1.0) + cat("c", "a", -1.0), "yes") +
            table(0.0, "", "no") + "</RegressionModel>")
    write("rapidminer", pmml("3.2", fields, body).replace(
        "by hand", "RapidMiner"),
        grid({"x": [-1.5, 2], "c": ["a", "b", "MISSING_VALUE", EMPTY]}),
        lambda r: logistic(0.5 + r["x"] - (r["c"] == "a")))


for make in (rapidminer, regression, two_classes, many_classes, lines, bins, functions,
             logic, own_functions, text_functions, treatment, word_treatment,
             open_words, targets, outputs, generals, networks, verified,
             number_words):
    make()
