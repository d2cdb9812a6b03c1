"""Scores of scikit-learn's isolation forest, one a line: isolation_peer.py CSV.

The columns are those of the test that calls it: all but the last.
"""
import sys

import numpy
from sklearn.ensemble import IsolationForest

rows = numpy.genfromtxt(sys.argv[1], delimiter=",", skip_header=1)[:, :-1]
forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1)
forest.fit(rows)
for score in forest.score_samples(rows):
    print(repr(float(score)))
