"""Sensitivity leaks: what the target says, whichever rule forbids it."""

from __future__ import annotations

from typing import get_args

import pytest

from shopglot.loading import load_localizer
from shopglot.types import Finding, Severity
from shopglot_eval.measures.screening import MEASURES, find_leaks, measure_rules
from shopglot_eval.records import Example, Output, Pair

LEAKS, BLOCKED = MEASURES


def pair(source: str, target: str, *, number: int = 0, market: str = "us") -> Pair:
    """Return a pair with what the market's rules find on both sides."""
    screen = load_localizer(market).screen
    found = (*screen.screen(source, side="source"), *screen.screen(target, side="target"))
    example = Example(id=f"e{number}", market=market, source=source)
    return Pair(example=example, output=Output(id=example.id, target=target, findings=found))


def finding(check: str, severity: Severity, side: str = "target") -> Finding:
    """Return a finding."""
    return Finding(
        check=check, severity=severity, side="source" if side == "source" else "target", start=0, end=1, text="x",
        message="", message_zh="",
    )  # fmt: skip


def test_a_claim_in_the_target_is_a_leak() -> None:
    """A blocked claim counts, one that only the source makes does not, and the note says who made it up."""
    pairs = [
        pair("治疗糖尿病的茶", "Tea that cures diabetes", number=0), pair("治疗糖尿病的茶", "Tea", number=1),
        pair("好喝的茶", "Tea that cures diabetes", number=2), pair("好喝的茶", "Tasty tea", number=3),
    ]  # fmt: skip
    figure = LEAKS.measure(pairs)
    assert (figure.value, figure.count, figure.better, figure.against) == (0.5, 4, "lower", ("e0", "e2"))
    assert figure.note.startswith("1 of 2")
    assert [BLOCKED.value(one) for one in pairs] == [1, 0, 1, 0]


@pytest.mark.parametrize("severity", get_args(Severity))
def test_what_holds_and_what_blocks(severity: Severity) -> None:
    """Advice is no leak; what is held is one, but blocks nothing."""
    output = Output(id="e", target="x", findings=(finding("us.fda.drug-claim", severity),))
    one = Pair(example=Example(id="e", market="us", source="x"), output=output)
    assert LEAKS.value(one) == (severity != "info")
    assert BLOCKED.value(one) == (severity == "error")


def test_checks_are_no_rules() -> None:
    """What a check finds in the target is no leak, nor is a rule's finding on the source."""
    output = Output(
        id="e", target="x",
        findings=(finding("number.changed", "error"), finding("common.profanity", "error", "source")),
    )  # fmt: skip
    assert find_leaks(output) == []


def test_rules_are_told_one_by_one() -> None:
    """Each rule that is broken has a figure with its texts, most texts first; a text counts once for a rule."""
    twice = (finding("us.b", "warning"), finding("us.b", "warning"), finding("us.a", "error"))
    pairs = [
        Pair(example=Example(id=name, market="us", source="x"), output=Output(id=name, target="x", findings=findings))
        for name, findings in (("e0", twice), ("e1", twice[:1]), ("e2", ()))
    ]
    figures = measure_rules(pairs)
    assert [figure.measure for figure in figures] == ["leaks.us.b", "leaks.us.a"]
    assert [figure.against for figure in figures] == [("e0", "e1"), ("e0",)]
    assert [figure.value for figure in figures] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert measure_rules(pairs[2:]) == []
