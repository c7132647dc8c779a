"""What happens to a segment and to a listing: a pure function of findings, score and policy.

Severities mean one thing everywhere (law 5): a rule's `error` rejects, a check's `error` and any `warning` ask for
review, `info` publishes. The score can only hold, never release.

The gate is the market's fitted cut-off. It speaks only of scores of the kind that it was fitted on: any other score is
uncalibrated, and waits for review. What a person approved passes every gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from shopglot.market import MARKETS, Gate, Market
from shopglot.types import HUMAN, Decision, Finding, Score, Verdict

GateState = Literal["fitted", "closed", "plain", "uncalibrated"]
SHUT: tuple[GateState, ...] = ("closed", "uncalibrated")  # nothing is published, whatever its score
SEVERITY: tuple[Verdict, ...] = ("publish", "review", "reject")  # from the mildest to the worst
OUTDATED = "human.outdated"  # the text took the place of one that a person approved
PINNED = "version.pinned"  # a person chose what is on sale (see `store.weighing`)
RULE_PREFIXES = tuple(f"{market}." for market in (*MARKETS, "common"))


# What is said of what no finding holds back, only the score, the gate or a person's word: in English, and to the
# merchant.
HOLDS: Mapping[str, tuple[str, str]] = {
    "score.low": (
        "The machine is not sure of this text; a translator reads it before it is published.",
        "机器对这段译文把握不足，译员确认后即可发布；原文写得更短、更直接会有帮助。",
    ),
    "gate.closed": (
        "No cut-off keeps this market's promise yet, so that a translator reads every page.",
        "该市场目前所有译文都须经译员确认后再发布，您无需修改。",
    ),
    "gate.uncalibrated": (
        "The score of this text is not calibrated for this market, so that a translator reads it first.",
        "该市场的自动评分尚未校准，译文须经译员确认后再发布，您无需修改。",
    ),
    OUTDATED: (
        "A person had approved this text, and its source has changed; a translator reads the new one beside it first.",
        "该处译文曾经人工确认，但原文已修改；译员对照原译文确认新译文后即可发布。如属误改，请改回原文，原译文会自动恢复。",
    ),
    PINNED: (
        "A person went back to an earlier version; it stays until the source changes or a person chooses another.",
        "此商品页已由人工恢复为先前的版本；修改商品原文，或由译员换上其他版本之后，才会发布新的译文。",
    ),
}


def decide(
    findings: Sequence[Finding],
    score: Score,
    market: Market,
    *,
    plain: bool = False,
    outdated: bool = False,
    state: GateState | None = None,
) -> Decision:
    """Return the decision on one segment. Reasons are the ids that led to it, worst first, each once.

    With `plain`, scores that no gate speaks of are held against the market's plain cut-off, which promises nothing.
    `outdated` says that the text took the place of one that a person approved: where the market's policy holds such
    texts, a person reads it first.
    `state` is that of the gate for the market's machine, where it is known. One that is closed or uncalibrated holds
    every text that no person approved, also one of which less is known than the gate was fitted on.
    """
    reasons: list[tuple[int, str]] = []
    for finding in findings:
        verdict = verdict_of(finding)
        if verdict != "publish":
            reasons.append((SEVERITY.index(verdict), finding.check))
    if held := _hold(score, market, plain, state):
        reasons.append((SEVERITY.index("review"), held))
    if outdated and market.hold_outdated:
        reasons.append((SEVERITY.index("review"), OUTDATED))
    return _decision(reasons)


def _hold(score: Score, market: Market, plain: bool, state: GateState | None) -> str:
    """Return why a score holds its text back, or "".

    `gate.uncalibrated`: no promise can be made about scores of this kind; `gate.closed`: not even the surest texts kept
    the promise; `score.low`: below the cut-off.
    """
    if score.signature == HUMAN:
        return ""
    gate = market.gate
    if state not in SHUT:
        state = describe_gate(market, score.signature, plain=plain)
    if state in SHUT:
        return f"gate.{state}"
    cutoff = gate.cutoff if gate is not None and state == "fitted" else market.cutoff
    # Written so that what is no number holds.
    return "" if cutoff is not None and score.value >= cutoff else "score.low"


def describe_gate(market: Market, signature: str, *, plain: bool = False) -> GateState:
    """Return whether a promise stands behind what is published with scores of this signature.

    `fitted`: the market's promise; `closed`: no cut-off keeps it, nothing is published unseen; `plain`: a plain cut-off
    and no promise; `uncalibrated`: neither, everything waits for review.
    """
    gate = market.gate
    if gate is None or gate.signature != signature or not _promises(gate, market):
        return "plain" if plain else "uncalibrated"
    return "closed" if gate.cutoff is None else "fitted"


def _promises(gate: Gate, market: Market) -> bool:
    """Whether a gate promises what the policy asks for; it does not where the policy was made stricter since."""
    return gate.risk <= market.risk and gate.confidence >= market.confidence


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


def verdict_of(finding: Finding) -> Verdict:
    """Return what a finding by itself asks for (law 5)."""
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
