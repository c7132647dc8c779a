"""The kinds of quantity that the suite draws its pairs from.

Each module is a family of kinds; each kind is some sentences and a function that draws a value for their gap: the
Chinese as a merchant writes it, faithful English forms as a shopper in Boston would read them, and mistaken ones.
"""

from __future__ import annotations

from shopglot_eval.quantity import counts, mainland, measures, names, numerals, offers, ratings, relations, sizes, times
from shopglot_eval.quantity.pairs import Kind

KINDS: tuple[Kind, ...] = (
    *counts.KINDS,
    *numerals.KINDS,
    *relations.KINDS,
    *measures.KINDS,
    *mainland.KINDS,
    *times.KINDS,
    *offers.KINDS,
    *sizes.KINDS,
    *ratings.KINDS,
    *names.KINDS,
)
