"""Does a score order systems, and rival texts of one source, as people do?

`meta` makes the section of a report: our score, each of its signals, BLEU and chrF against experts' MQM penalties, in
one table. `read_ratings` reads the experts' set, `Metric` is what is compared with them, and `agree` compares.
"""

from __future__ import annotations

from shopglot_eval.meta.metrics import Metric, overlaps, scores, signals
from shopglot_eval.meta.ordering import Agreement, agree, clear_pairs
from shopglot_eval.meta.ratings import SETS, Ratings, read_ratings
from shopglot_eval.meta.report import meta

__all__ = [
    "SETS", "Agreement", "Metric", "Ratings", "agree", "clear_pairs", "meta", "overlaps", "read_ratings", "scores",
    "signals",
]  # fmt: skip
