"""What can be measured of a system's answers, one module per theme.

`ALL` lists every measure that needs nothing but the answers: a report shows them in this order. Neural metrics need
weights and are asked for by their cards (`neural.measures`). `significance.compare` compares two systems by any
measure, `agreement.agree` says how many people would see the difference.
"""

from __future__ import annotations

from shopglot_eval.measures import fidelity, screening, surface, terms
from shopglot_eval.records import Measure

ALL: tuple[Measure, ...] = (
    surface.CHRF,
    surface.CHRF_WORDS,
    surface.BLEU,
    surface.TER,
    *fidelity.MEASURES,
    *terms.MEASURES,
    *screening.MEASURES,
)
