"""decide is a pure function; a severity means one thing everywhere."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.decide import decide, fold
from shopglot.market import Market, load_market
from shopglot.types import Decision, Finding, Score, Severity

GOOD, BAD = Score(value=0.99, signature="test"), Score(value=0.01, signature="test")


def finding(check: str, severity: Severity) -> Finding:
    """Return a finding of that id and severity."""
    return Finding(
        check=check, severity=severity, side="target", start=0, end=1, text="x", message="m", message_zh="消息"
    )


@pytest.fixture(scope="module")
def us() -> Market:
    """The United States."""
    return load_market(Path(glossary_root()), "us")


@pytest.mark.parametrize(
    ("check", "severity", "verdict"),
    [
        ("us.fda.drug-claim", "error", "reject"), ("common.profanity", "error", "reject"),
        ("us.fda.drug-claim", "warning", "review"), ("us.fda.drug-claim", "info", "publish"),
        ("number.changed", "error", "review"), ("term.missing", "warning", "review"),
        ("brand.unknown", "info", "publish"), ("usual.check", "error", "review"),
    ],
)  # fmt: skip
def test_severity(check: str, severity: Severity, verdict: str, us: Market) -> None:
    """Block rejects, a check's error and any warning ask for review, advice publishes."""
    decision = decide([finding(check, severity)], GOOD, us)
    assert verdict == decision.verdict
    assert (() if verdict == "publish" else (check,)) == decision.reasons


def test_low_score_holds(us: Market) -> None:
    """A score under the cut-off asks for review and says so."""
    assert Decision(verdict="review", reasons=("score.low",)) == decide([], BAD, us)


def test_high_score_never_releases(us: Market) -> None:
    """Findings hold whatever the score."""
    assert "review" == decide([finding("number.changed", "error")], GOOD, us).verdict


def test_worst_first(us: Market) -> None:
    """Reasons come worst first, each once."""
    findings = [finding("term.missing", "warning"), finding("us.x", "error"), finding("term.missing", "warning")]
    assert ("us.x", "score.low", "term.missing") == decide(findings, BAD, us).reasons


def test_fold_of_nothing() -> None:
    """A listing without segments has nothing that holds it."""
    assert Decision(verdict="publish") == fold([])


VERDICTS = st.sampled_from(["publish", "review", "reject"])


@given(
    st.lists(st.builds(Decision, verdict=VERDICTS, reasons=st.tuples(st.sampled_from("abc"))), max_size=6), st.randoms()
)
def test_fold_ignores_order(decisions: list[Decision], chance: random.Random) -> None:
    """The worst wins, and the order of the segments does not matter."""
    shuffled = list(decisions)
    chance.shuffle(shuffled)
    folded = fold(decisions)
    assert folded == fold(shuffled)
    ranks = ["publish", "review", "reject"]
    assert max((ranks.index(d.verdict) for d in decisions), default=0) == ranks.index(folded.verdict)
