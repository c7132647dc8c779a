"""What is counted in the terminology report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from shopglot.checks.terms import check_brands, check_terms
from shopglot.market import Market
from shopglot.types import Segment, TermMatch, Translation

Pair = tuple[Segment, Translation]  # the segment carries the terms by which the translation is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Matches counted: enforced terms, and names or other kept texts apart, and how many are as the glossary says.

    `asked` and `asked_right` are the enforced terms in texts that went to an engine: others are right by construction.
    """

    terms: int
    right: int
    asked: int
    asked_right: int
    kept: int
    unaltered: int

    @property
    def figures(self) -> dict[str, Any]:
        """Return the counts, and the share of enforced terms that are present, None where there are none."""
        return {"success": _share(self.right, self.terms), **asdict(self)}


def count_terms(pairs: Iterable[Pair], market: Market) -> Tally:
    """Count the matches of all segments, each as often as it stands there, and those without a finding."""
    sums: Counter[str] = Counter()
    for item, translation in pairs:
        terms = sum(_is_counted(term) for term in item.terms)
        right = terms - sum(1 for _ in check_terms(item, translation, market))
        kept = sum(term.keep for term in item.terms)
        asked = translation.origin == "machine"
        sums.update(
            terms=terms, right=right, asked=asked * terms, asked_right=asked * right, kept=kept,
            unaltered=kept - sum(1 for _ in check_brands(item, translation, market)),
        )  # fmt: skip
    return Tally(**{field.name: sums[field.name] for field in fields(Tally)})


def _is_counted(term: TermMatch) -> bool:
    return term.enforce and not term.keep


def _share(part: int, total: int) -> float | None:
    return round(part / total, 4) if total else None
