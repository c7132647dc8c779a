"""Is the translation faithful? Every check is a function of one segment and its translation; findings only, no edits.

One theme per file; `CHECKS` is the explicit list of all of them, in the order in which their findings are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from shopglot.checks.casing import check_case
from shopglot.checks.claims import check_claims
from shopglot.checks.completeness import check_completeness
from shopglot.checks.length import check_length
from shopglot.checks.markup import check_masks
from shopglot.checks.numbers import check_quantities
from shopglot.checks.pinyin import check_pinyin
from shopglot.checks.punctuation import check_punctuation
from shopglot.checks.repetition import check_repetition
from shopglot.checks.script import check_leak, check_names, check_script
from shopglot.checks.terms import check_brands, check_forbidden, check_terms
from shopglot.market import Market
from shopglot.types import Finding, Segment, Translation

Check = Callable[[Segment, Translation, Market], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_masks,
    check_brands,
    check_terms,
    check_forbidden,
    check_quantities,
    check_leak,
    check_script,
    check_pinyin,
    check_length,
    check_completeness,
    check_claims,
    check_repetition,
    check_punctuation,
    check_case,
    check_names,
)


# A run asks of the same pair when it looks for what a retry could mend, and again when it judges the page.
REMEMBERED = 4096  # pairs: more than a window has in a market
USUAL = 2000  # characters of both sides: what is longer is not remembered


def check(segment: Segment, translation: Translation, market: Market) -> tuple[Finding, ...]:
    """Return everything that all checks find, in the order of `CHECKS`."""
    asked = _Asked(segment, translation, market)
    return _known(asked) if len(segment.source) + len(translation.target) <= USUAL else _check(asked)


class _Asked:
    """A question to all checks. Two are the same where no check can tell them apart: where a segment is, none sees."""

    __slots__ = ("_hash", "_told", "market", "segment", "translation")

    def __init__(self, segment: Segment, translation: Translation, market: Market) -> None:
        self.segment, self.translation, self.market = segment, translation, market
        self._told = (
            segment.source, translation.target, segment.field, segment.style, segment.masks, segment.terms,
            segment.quantities, translation.origin, translation.lost, translation.truncated, translation.repeated,
        )  # fmt: skip
        self._hash = hash(self._told)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.market is other.market and self._told == other._told


def _check(asked: _Asked) -> tuple[Finding, ...]:
    return tuple(
        finding for check in CHECKS for finding in check(asked.segment, asked.translation, asked.market)
    )  # fmt: skip


_known = lru_cache(maxsize=REMEMBERED)(_check)
