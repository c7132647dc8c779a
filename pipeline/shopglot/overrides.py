"""A lead's word against a blocking rule: the page publishes, and says who let it pass.

An override speaks of words that a rule in a certain version found. Other words of the same page, and a rule that was
changed since, are refused as before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from shopglot.types import Finding

Passed: TypeAlias = tuple[str, int, str]  # rule, its version, the words as they are written


def let_pass(findings: Iterable[Finding], passed: Collection[Passed], versions: Mapping[str, int]) -> Iterator[Finding]:
    """Yield findings, those of blocking rules as an `info` that says so where a lead let their words pass.

    `versions` are those of the rules as they are now.
    """
    for finding in findings:
        mine = (finding.check, versions.get(finding.check, 0), finding.text)
        yield _passed(finding) if passed and finding.severity == "error" and mine in passed else finding


def _passed(finding: Finding) -> Finding:
    return replace(
        finding,
        severity="info",
        message=f"{finding.message} A lead let this pass.",
        message_zh=f"“{finding.text}”已由负责人核准，可以发布。",
    )
