"""What becomes of a rule's finding once the page says something else: it is told, and holds nothing back.

A finding on the source is answered only by evidence: the text says what the rule prescribes, or as many words of the
target were replaced by the same rule. That the target merely has no words that the rule knows is no evidence; it is
noted beside the finding, for the translator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from shopglot.sensitivity import REWRITTEN, Rewrite, tell
from shopglot.types import Finding, Segment, TermMatch, Translation


def settle(
    item: Segment,
    translation: Translation,
    checked: Sequence[Finding],
    screened: Sequence[Finding],
    replaced: Sequence[Rewrite],
    both: Collection[str],
) -> Iterator[Finding]:
    """Yield what the screen found, where a rewrite has answered it as an `info` that says so, and what was replaced.

    `checked` are the checks' findings on the same texts, `replaced` what rules replaced in the target. `both` are the
    ids of rules that read both sides: of those, a claim that only the source makes is noted as one that was dropped.
    """
    missing = {(finding.start, finding.end) for finding in checked if finding.check == "term.missing"}
    prescribed = [
        term
        for term in item.terms
        if term.rule and (term.start, term.end) not in missing and _says(translation.target, term.target)
    ]
    left = Counter(one.rule.id for one in replaced)
    kept = {finding.check for finding in screened if finding.side == "target"}
    for finding in screened:
        if finding.side == "target":
            yield finding
        elif term := next((term for term in prescribed if _covers(term, finding)), None):
            yield _answered(finding, term.target)
        elif finding.severity == "warning" and left[finding.check]:
            left[finding.check] -= 1
            yield _answered(finding, "")
        else:
            dropped = finding.check in both and finding.check not in kept
            yield _dropped(finding) if dropped and finding.severity != "info" else finding
    yield from (tell(one, "target") for one in replaced)


def _says(target: str, words: str) -> bool:
    return words.casefold().replace(" ", "") in target.casefold().replace(" ", "")


def _covers(term: TermMatch, finding: Finding) -> bool:
    """Whether the words of a finding are not on the page, because a rule wrote others; never for a block."""
    return finding.severity != "error" and term.start <= finding.start and finding.end <= term.end


def _answered(finding: Finding, target: str) -> Finding:
    """Return a finding on words of the source that the page says otherwise: it publishes."""
    instead, instead_zh = (
        (f"“{target}”", f"“{target}”") if target else ("something else, or nothing,", "其他说法或略去")
    )
    return replace(
        finding,
        severity="info",
        message=f"{finding.message} The page says {instead} instead.",
        message_zh=f"“{finding.text}”在该市场不适用，{REWRITTEN}为{instead_zh}，无需您处理。",
    )


def _dropped(finding: Finding) -> Finding:
    """Return a finding whose claim the target does not make in words that the rule knows."""
    return replace(finding, message=f"{finding.message} The translation seems to have dropped it.")
