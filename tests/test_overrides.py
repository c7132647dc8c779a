"""A lead's word against a blocking rule."""

from __future__ import annotations

import pytest

from shopglot.overrides import let_pass
from shopglot.types import Finding, Severity


def finding(check: str = "us.cure", severity: Severity = "error", text: str = "治好") -> Finding:
    """Return a finding."""
    return Finding(
        check=check, severity=severity, side="source", start=0, end=2, text=text, message="Bad.", message_zh="不好。"
    )


def test_let_pass() -> None:
    """Words that a rule found are let pass as an advice that says so, in both languages."""
    [one] = let_pass([finding()], {("us.cure", 2, "治好")}, {"us.cure": 2})
    assert ("info", "Bad. A lead let this pass.", "“治好”已由负责人核准，可以发布。") == (
        one.severity, one.message, one.message_zh,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "version"),
    [
        (finding(text="根治"), 2),
        (finding(check="us.other"), 2),
        (finding(severity="warning"), 2),
        (finding(), 3),
    ],
    ids=["other words", "another rule", "no block", "a changed rule"],
)
def test_refused_as_before(found: Finding, version: int) -> None:
    """Nothing but these words of this version of the rule is let pass."""
    assert [found] == list(let_pass([found], {("us.cure", 2, "治好")}, {"us.cure": version, "us.other": 2}))


def test_nothing_to_let_pass() -> None:
    """Without an override, or for a rule that is gone, findings stay as they are."""
    assert [finding()] == list(let_pass([finding()], (), {"us.cure": 2}))
    assert [finding()] == list(let_pass([finding()], {("us.cure", 2, "治好")}, {}))
