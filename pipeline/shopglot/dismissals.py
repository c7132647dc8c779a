"""A person's word against a finding: it holds nothing back any more, and says who set it aside and why.

A dismissal speaks of what a check finds wrong and of what a rule asks a person to look at. What a rule blocks is a
lead's (`overrides`), whatever was set aside. A rule that was changed since, a check that asks for something else, other
words and another translation are looked at anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from zlib import crc32

from shopglot.decide import RULE_PREFIXES
from shopglot.errors import UsageError
from shopglot.types import Finding, JudgedSegment

if TYPE_CHECKING:
    from shopglot.store.desk.dismissed import Dismissal, Mark  # the store is loaded only where anything was dismissed

VERIFIED = "译员已核实"  # in what a merchant reads of a finding that was set aside
_QUOTED = 30  # characters that a merchant is told of


def set_aside(
    findings: Iterable[Finding], dismissed: Mapping[Mark, Dismissal], target: str, versions: Mapping[str, int]
) -> Iterator[Finding]:
    """Yield findings on a text, those that a person set aside as an `info` that says so.

    `dismissed` is what was set aside in its unit on its page, `target` the translation as it was checked, `versions`
    are those of the rules as they are now.
    """
    for finding in findings:
        one = dismissed.get(mark(finding, target, versions)) if dismissed and may_be_dismissed(finding) else None
        yield finding if one is None else _verified(finding, one)


def may_be_dismissed(finding: Finding) -> bool:
    """Return whether a translator may set a finding aside: it holds its page, and is no rule's block."""
    return finding.severity == "warning" or (finding.severity == "error" and not _is_rules(finding))


def is_set_aside(finding: Finding) -> bool:
    """Return whether a finding was set aside."""
    return finding.severity == "info" and finding.message_zh.startswith(VERIFIED)


def mark(finding: Finding, target: str, versions: Mapping[str, int]) -> Mark:
    """Return what a dismissal of a finding speaks of; the same before and after it was set aside.

    `target` is the translation that it was found with. What a rule says of the source does not depend on it.
    """
    from shopglot.store.desk.dismissed import Mark

    rule = _is_rules(finding)
    return Mark(
        finding=finding.check,
        version=versions.get(finding.check, 0) if rule else _asks(finding),
        side=finding.side,
        words=finding.text,
        target="" if rule and finding.side == "source" else target,
    )


def dismissal(
    judged: JudgedSegment, finding: Finding, versions: Mapping[str, int], *, reason: str, actor: str, note: str = ""
) -> Dismissal:
    """Return the dismissal of a finding of a judged segment, for the store to keep.

    UsageError where it is a rule's block, which only a lead lets pass, or holds nothing.
    """
    from shopglot.store.desk.dismissed import Dismissal

    if not (may_be_dismissed(finding) or is_set_aside(finding)):
        blocks = finding.severity == "error"
        raise UsageError(
            f"{finding.check}: only a lead lets pass what a rule blocks; see shopglot override allow"
            if blocks
            else f"{finding.check}: it holds nothing back, so that there is nothing to set aside"
        )
    key, translation = judged.segment.key, judged.translation
    return Dismissal(
        market=translation.market, merchant=key.merchant, listing=key.listing, unit_key=translation.unit_key,
        path=key.path, index=key.index, field=judged.segment.field, reason=reason, note=note, actor=actor,
        **mark(finding, translation.target, versions)._asdict(),
    )  # fmt: skip


def _asks(finding: Finding) -> int:
    """Return the version of what a check asks for, 0 where it names nothing: another term or limit asks anew."""
    return crc32(finding.suggestion.encode("utf-8", "surrogatepass")) >> 1 if finding.suggestion else 0


def _verified(finding: Finding, one: Dismissal) -> Finding:
    """Return a finding that was set aside."""
    words = f"“{finding.text}”，" if 0 < len(finding.text) <= _QUOTED else "，"
    return replace(
        finding,
        severity="info",
        message=f"{finding.message} (set aside by {one.actor}: {one.why})",
        message_zh=f"{VERIFIED}{words}可以发布。",
    )


def _is_rules(finding: Finding) -> bool:
    return finding.check.startswith(RULE_PREFIXES)
