"""How many texts of a kind are new, as a catalog grows: measured on real catalogs, and made again.

A kind of text (titles, names of attributes, ...) is described by a Pitman-Yor process: of n texts so far, K of them
different, the next is new with the probability (c + d K) / (n + c), else one of the old ones is said again, the more
often the more it was said. The `discount` d is the slope of the growth in the long run (0: the kind runs out of words,
1: nothing is ever said twice), the `start` c how many are new before anything repeats. Pitman and Yor (1997), "The
two-parameter Poisson-Dirichlet distribution derived from a stable subordinator", Annals of Probability 25(2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

SHUFFLES = 3  # orders in which the texts of a kind are counted: their mean is the growth
POINTS = 12  # of a growth curve
_DISCOUNTS = (*(step / 200 for step in range(200)), 0.996, 0.997, 0.998, 0.999)
_STARTS = tuple(round(2 ** (step / 2), 2) for step in range(25))  # 1 to 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """A kind's process; `altered` is the share of its new texts that are old ones with other numbers or colours.

    `stock` is the share of its texts that are what many shops say in the same words (after-sales lines): they are no
    part of the process.
    """

    discount: float
    start: float
    altered: float = 0.0
    stock: float = 0.0

    def new(self, count: int, distinct: int) -> float:
        """Return the probability that the text after `count` ones, `distinct` of them different, is a new one."""
        return (self.start + self.discount * distinct) / (self.start + count)

    def expected(self, count: int) -> float:
        """Return how many of so many texts are different, on average."""
        d, c = self.discount, self.start
        if d == 0:
            return c * (_digamma(c + count) - _digamma(c))
        log = math.lgamma(c + d + count) - math.lgamma(c + count) + math.lgamma(c + 1) - math.lgamma(c + d)
        return (math.exp(log) - c) / d


# Measured with `python -m shopglot_eval.bench.duplicates`; docs/cost.md says on what, and what could not be measured.
GROWTH: Mapping[str, Growth] = {
    "title": Growth(discount=0.996, start=90.51, altered=0.0005),
    "subtitle": Growth(discount=0.996, start=90.51, altered=0.0005),
    "alt": Growth(discount=0.996, start=90.51, altered=0.0005),
    "bullet": Growth(discount=0.997, start=512, altered=0.003),
    "description": Growth(discount=0.997, start=512, altered=0.003, stock=0.036),
    "note": Growth(discount=0.99, start=2048),
    "brand": Growth(discount=0.02, start=128),
    "hashtag": Growth(discount=0.845, start=128),
    "attribute-name": Growth(discount=0.54, start=5.66),
    "attribute-value": Growth(discount=0.815, start=16, altered=0.08),
    "option-name": Growth(discount=0.45, start=1.41),
    "option-value": Growth(discount=0.83, start=32, altered=0.17),
    "size-cell": Growth(discount=0.81, start=2.83, altered=0.09),
}
VARIANTS = 0.006  # share of the listings that are an earlier one with other numbers and colours


def curve(texts: Sequence[str]) -> list[tuple[int, float]]:
    """Return how many of the first n texts are different, for some n up to all, the mean over orders."""
    marks = sorted({round(len(texts) ** (step / POINTS)) for step in range(POINTS // 3, POINTS + 1)})
    sums = dict.fromkeys(marks, 0)
    for seed in range(SHUFFLES):
        order = list(texts)
        Random(seed).shuffle(order)  # noqa: S311 - the same order every time
        seen: set[str] = set()
        for number, text in enumerate(order, start=1):
            seen.add(text)
            if number in sums:
                sums[number] += len(seen)
    return [(mark, total / SHUFFLES) for mark, total in sums.items() if mark]


def fit(points: Iterable[tuple[int, float]]) -> tuple[float, float]:
    """Return the discount and the start whose growth is nearest to a curve: least squares of the logarithms."""
    known = [(count, math.log(distinct)) for count, distinct in points]

    def miss(discount: float, start: float) -> float:
        growth = Growth(discount=discount, start=start)
        return sum((math.log(max(growth.expected(count), 1e-9)) - log) ** 2 for count, log in known)

    return min(((d, c) for d in _DISCOUNTS for c in _STARTS), key=lambda pair: (miss(*pair), pair))


def _digamma(x: float) -> float:
    """Return the digamma function of x > 0 (recurrence, then its asymptotic series)."""
    total = 0.0
    while x < 6:
        total -= 1 / x
        x += 1
    square = 1 / (x * x)
    return total + math.log(x) - 1 / (2 * x) - square * (1 / 12 - square * (1 / 120 - square / 252))
