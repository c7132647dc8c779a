"""What happens to a segment and to a listing: a pure function of findings, score and policy.

Severities mean one thing everywhere (law 5): a rule's `error` rejects, a check's `error` and any `warning` ask for
review, `info` publishes. The score can only hold, never release.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shopglot.market import MARKETS, Market
from shopglot.types import Decision, Finding, Score, Verdict

SEVERITY: tuple[Verdict, ...] = ("publish", "review", "reject")  # from the mildest to the worst
RULE_PREFIXES = tuple(f"{market}." for market in (*MARKETS, "common"))


def decide(findings: Sequence[Finding], score: Score, market: Market) -> Decision:
    """Return the decision on one segment. Reasons are the ids that led to it, worst first, each once."""
    reasons: list[tuple[int, str]] = []
    for finding in findings:
        verdict = _verdict(finding)
        if verdict != "publish":
            reasons.append((SEVERITY.index(verdict), finding.check))
    if score.value < market.cutoff:
        reasons.append((SEVERITY.index("review"), "score.low"))
    return _decision(reasons)


def fold(decisions: Iterable[Decision]) -> Decision:
    """Return the decision on a listing: the worst of its segments', with all reasons, worst first."""
    verdict: Verdict = "publish"
    ranked: dict[str, tuple[int, int]] = {}
    for decision in decisions:
        rank = SEVERITY.index(decision.verdict)
        verdict = SEVERITY[max(rank, SEVERITY.index(verdict))]
        for position, reason in enumerate(decision.reasons):
            ranked[reason] = min((-rank, position), ranked.get(reason, (0, 0)))
    # Ties are ordered by id, so that the result does not depend on the order of the segments.
    return Decision(verdict=verdict, reasons=tuple(sorted(ranked, key=lambda reason: (ranked[reason], reason))))


def _verdict(finding: Finding) -> Verdict:
    if finding.severity == "info":
        return "publish"
    if finding.severity == "error" and finding.check.startswith(RULE_PREFIXES):
        return "reject"
    return "review"


def _decision(reasons: Iterable[tuple[int, str]]) -> Decision:
    ranked: dict[str, int] = {}
    for rank, reason in reasons:
        ranked[reason] = max(rank, ranked.get(reason, 0))
    ordered = sorted(ranked, key=lambda reason: (-ranked[reason], reason))
    return Decision(verdict=SEVERITY[max(ranked.values(), default=0)], reasons=tuple(ordered))
