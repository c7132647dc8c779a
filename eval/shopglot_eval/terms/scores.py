"""What is counted and scored in the terminology report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from shopglot.checks.terms import check_brands, check_terms, contains
from shopglot.market import Market
from shopglot.termbase import fold
from shopglot.types import Segment, TermMatch, Translation

TRIALS = 10_000  # of approximate randomization
RESAMPLES = 1000  # of the bootstrap that gives the confidence interval

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


def missing_terms(pairs: Iterable[Pair], market: Market) -> list[str]:
    """Return the sources of terms and names that are not there as they should be."""
    return [
        finding.text
        for item, translation in pairs
        for check in (check_terms, check_brands)
        for finding in check(item, translation, market)
    ]


def measure_consistency(lines: Iterable[Sequence[Pair]]) -> dict[str, Any]:
    """Return how often an enforced term is written as it is written mostly, over the terms of two lines or more.

    `share` is, over all such (term, line), the part that uses the term's most frequent form; a line that has neither
    the preferred nor an admitted form agrees with no other. Forms that the glossary does not know cannot be told apart.
    """
    used: dict[tuple[str, tuple[str, ...]], Counter[str]] = defaultdict(Counter)
    for pairs in lines:
        written = {_name(term): _form(term, pairs) for item, _ in pairs for term in item.terms if _is_counted(term)}
        for name, form in written.items():
            used[name][form] += 1
    repeated = [counts for counts in used.values() if counts.total() > 1]
    total = sum(counts.total() for counts in repeated)
    agreed = sum(max((n for form, n in counts.items() if form), default=0) for counts in repeated)
    return {"terms": len(repeated), "lines": total, "share": _share(agreed, total)}


def compare(systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return chrF and BLEU of each system against all references, the first system being the baseline.

    `ci` is half the width of the 95% interval (bootstrap); `p` is that of paired approximate randomization against the
    baseline, absent for itself. Signatures are sacrebleu's. `references` are streams, each as long as the systems.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF
    from sacrebleu.significance import PairedTest, Result

    test = PairedTest(
        [(name, list(lines)) for name, lines in systems.items()], {"chrf": CHRF(), "bleu": BLEU()}, references,
        test_type="ar", n_samples=TRIALS, n_ar_confidence=RESAMPLES,
    )  # fmt: skip
    signatures, table = test()
    baseline = list(next(iter(systems.values())))
    figures: dict[str, Any] = {name: {} for name in systems}
    for metric, results in table.items():
        if metric == "System":
            continue
        for name, result in zip(systems, results, strict=True):
            assert isinstance(result, Result)
            score = {"score": result.score, "ci": result.ci}
            if result.p_value is not None:
                # Of two equal systems sacrebleu says that their difference of 0 is significant.
                score["p"] = result.p_value if list(systems[name]) != baseline else 1.0
            figures[name][_plain(metric)] = {key: round(float(value or 0), 4) for key, value in score.items()}
    return {"signatures": {_plain(name): str(one) for name, one in signatures.items()}, "systems": figures}


def _plain(metric: str) -> str:
    return "chrf" if metric.lower().startswith("chrf") else "bleu"


def _is_counted(term: TermMatch) -> bool:
    return term.enforce and not term.keep


def _name(term: TermMatch) -> tuple[str, tuple[str, ...]]:
    return fold(term.source), (term.target, *term.admitted)


def _form(term: TermMatch, pairs: Sequence[Pair]) -> str:
    """Return the form in which a term stands in a line, "" where it is not there in any that the glossary knows."""
    name = _name(term)
    own = [translation.target for item, translation in pairs if any(_name(other) == name for other in item.terms)]
    return next((form for form in name[1] if any(contains(target, form) for target in own)), "")


def _share(part: int, total: int) -> float | None:
    return round(part / total, 4) if total else None
