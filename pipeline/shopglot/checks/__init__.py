"""Is the translation faithful? Every check is a function of one segment and its translation; findings only, no edits.

One theme per file; `CHECKS` is the explicit list of all of them, in the order in which their findings are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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


def check(segment: Segment, translation: Translation, market: Market) -> tuple[Finding, ...]:
    """Return everything that all checks find, in the order of `CHECKS`."""
    return tuple(finding for check in CHECKS for finding in check(segment, translation, market))
