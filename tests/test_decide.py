"""decide is a pure function; a severity means one thing everywhere."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.decide import HOLDS, PINNED, SHUT, decide, describe_gate, fold
from shopglot.market import Gate, Market, load_market
from shopglot.script import has_cjk
from shopglot.store import weighing
from shopglot.types import HUMAN, Decision, Finding, Score, Severity

SIGNATURE = "en@12345678/forward"
GATE = Gate(
    signature=SIGNATURE, cutoff=0.6, risk=0.2, confidence=0.9, listings=600, published=300, bad=40, bound=0.19
)  # fmt: skip
BARE = replace(load_market(glossary_root(), "us"), risk=0.2, confidence=0.9, cutoff=0.4, gate=None)
FITTED = replace(BARE, gate=GATE)
CLOSED = replace(BARE, gate=replace(GATE, cutoff=None))
MARKETS = {
    "none": BARE,
    "fitted": FITTED,
    "closed": CLOSED,
    "other": replace(BARE, gate=replace(GATE, signature="en@87654321/forward")),
    "stricter risk": replace(FITTED, risk=0.1),
    "stricter confidence": replace(FITTED, confidence=0.95),
    "laxer": replace(FITTED, risk=0.3, confidence=0.8),
}
UNCALIBRATED = Decision(verdict="review", reasons=("gate.uncalibrated",))
LOW = Decision(verdict="review", reasons=("score.low",))
PUBLISH = Decision(verdict="publish")


def score(value: float, signature: str = SIGNATURE) -> Score:
    """Return a score."""
    return Score(value=value, signature=signature)


GOOD, BAD = score(0.99), score(0.01)


def finding(check: str, severity: Severity) -> Finding:
    """Return a finding of that id and severity."""
    return Finding(
        check=check, severity=severity, side="target", start=0, end=1, text="x", message="m", message_zh="消息"
    )


@pytest.mark.parametrize(
    ("check", "severity", "verdict"),
    [
        ("us.fda.drug-claim", "error", "reject"), ("common.profanity", "error", "reject"),
        ("us.fda.drug-claim", "warning", "review"), ("us.fda.drug-claim", "info", "publish"),
        ("number.changed", "error", "review"), ("term.missing", "warning", "review"),
        ("brand.unknown", "info", "publish"), ("usual.check", "error", "review"),
    ],
)  # fmt: skip
def test_severity(check: str, severity: Severity, verdict: str) -> None:
    """Block rejects, a check's error and any warning ask for review, advice publishes."""
    decision = decide([finding(check, severity)], GOOD, FITTED)
    assert verdict == decision.verdict
    assert (() if verdict == "publish" else (check,)) == decision.reasons


def test_low_score_holds() -> None:
    """A score under the cut-off asks for review and says so; the cut-off itself passes."""
    assert LOW == decide([], BAD, FITTED)
    assert [LOW, PUBLISH] == [decide([], score(value), FITTED) for value in (0.5999, 0.6)]


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
@pytest.mark.parametrize("signature", [SIGNATURE, "human"])
@pytest.mark.parametrize("plain", [False, True])
def test_errors_hold_whatever_the_score(market: Market, signature: str, plain: bool) -> None:
    """No score, no gate and no person's approval releases what a check or a rule holds."""
    best = score(1.0, signature)
    assert "review" == decide([finding("number.changed", "error")], best, market, plain=plain).verdict
    assert "reject" == decide([finding("us.fda.drug-claim", "error")], best, market, plain=plain).verdict


def test_worst_first() -> None:
    """Reasons come worst first, each once."""
    findings = [finding("term.missing", "warning"), finding("us.x", "error"), finding("term.missing", "warning")]
    assert ("us.x", "score.low", "term.missing") == decide(findings, BAD, FITTED).reasons
    assert ("us.x", "gate.uncalibrated", "term.missing") == decide(findings, GOOD, BARE).reasons


@pytest.mark.parametrize(
    ("name", "state", "plain"),
    [
        ("none", "uncalibrated", "plain"), ("fitted", "fitted", "fitted"), ("closed", "closed", "closed"),
        ("other", "uncalibrated", "plain"), ("stricter risk", "uncalibrated", "plain"),
        ("stricter confidence", "uncalibrated", "plain"), ("laxer", "fitted", "fitted"),
    ],
)  # fmt: skip
def test_states_of_a_gate(name: str, state: str, plain: str) -> None:
    """A gate speaks of its own scores only, and only where it promises what the policy asks for or more."""
    market = MARKETS[name]
    assert (state, plain) == (describe_gate(market, SIGNATURE), describe_gate(market, SIGNATURE, plain=True))


@pytest.mark.parametrize("name", ["none", "other", "stricter risk", "stricter confidence"])
def test_uncalibrated_waits_for_review(name: str) -> None:
    """Where nothing is promised the surest text waits; allowed to, the plain cut-off decides, and never the gate's."""
    market = MARKETS[name]
    assert UNCALIBRATED == decide([], GOOD, market)
    found = [decide([], score(value), market, plain=True) for value in (0.39, 0.4, 0.99)]
    assert [LOW, PUBLISH, PUBLISH] == found


@pytest.mark.parametrize("plain", [False, True])
def test_closed_gate_publishes_nothing(plain: bool) -> None:
    """Where no cut-off keeps the promise nothing is published, and the plain cut-off is no way round it."""
    closed = Decision(verdict="review", reasons=("gate.closed",))
    assert closed == decide([], score(1.0), CLOSED, plain=plain)


def test_laxer_policy_keeps_the_fitted_cutoff() -> None:
    """A gate that promises more than is asked for holds what it held."""
    assert [LOW, PUBLISH] == [decide([], score(value), MARKETS["laxer"]) for value in (0.59, 0.6)]


def test_plain_changes_nothing_where_a_gate_speaks() -> None:
    """A score between the plain cut-off and the gate's is held, allowed or not."""
    assert LOW == decide([], score(0.5), FITTED, plain=True) == decide([], score(0.5), FITTED)


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
@pytest.mark.parametrize("plain", [False, True])
def test_human_text_passes_every_gate(market: Market, plain: bool) -> None:
    """What a person approved needs no machine's word."""
    assert PUBLISH == decide([], score(1.0, "human"), market, plain=plain)


def test_every_hold_has_its_words() -> None:
    """Each reason that no finding gives is said in English and in Chinese."""
    states = [decide([], value, market, outdated=True) for market in MARKETS.values() for value in (GOOD, BAD)]
    reasons = {reason for state in states for reason in state.reasons}
    assert set(HOLDS) == reasons | {PINNED}
    assert weighing.PINNED == PINNED
    assert all(english and not has_cjk(english) and has_cjk(chinese) for english, chinese in HOLDS.values())


@pytest.mark.parametrize("signature", [SIGNATURE, "human"])
def test_what_took_an_approved_text_s_place_waits(signature: str) -> None:
    """It goes to review whatever its score, where the policy says so; a rule that blocks still rejects."""
    sure = score(1.0, signature)
    assert Decision(verdict="review", reasons=("human.outdated",)) == decide([], sure, FITTED, outdated=True)
    assert PUBLISH == decide([], sure, replace(FITTED, hold_outdated=False), outdated=True)
    blocked = decide([finding("us.fda.drug-claim", "error")], sure, FITTED, outdated=True)
    assert Decision(verdict="reject", reasons=("us.fda.drug-claim", "human.outdated")) == blocked


@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    st.sampled_from(sorted(MARKETS)),
    st.sampled_from([SIGNATURE, "human", "en@12345678/surface"]),
    st.booleans(),
    st.lists(st.sampled_from([finding("term.missing", "warning"), finding("us.x", "error")]), max_size=2),
)
def test_higher_score_is_never_held_alone(
    values: list[float], name: str, signature: str, plain: bool, findings: list[Finding]
) -> None:
    """Where a score passes, every higher one of its kind does."""
    low, high = (decide(findings, score(value, signature), MARKETS[name], plain=plain) for value in values)
    ranks = ["publish", "review", "reject"]
    assert ranks.index(high.verdict) <= ranks.index(low.verdict)
    assert set(high.reasons) <= set(low.reasons)


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


@pytest.mark.parametrize("name", sorted(MARKETS))
@pytest.mark.parametrize("plain", [True, False])
def test_a_gate_that_is_shut_holds_what_was_not_read(name: str, plain: bool) -> None:
    """Every text of the machine, whatever a gate or a plain cut-off would say of its score; no text of a person."""
    for state in SHUT:
        for found in (GOOD, score(1.0, "en@12345678/surface")):
            held = decide([], found, MARKETS[name], plain=plain, state=state)
            assert Decision(verdict="review", reasons=(f"gate.{state}",)) == held
        assert PUBLISH == decide([], score(1.0, HUMAN), MARKETS[name], plain=plain, state=state)


def test_a_gate_that_is_open_asks_each_score() -> None:
    """One that lacks what the gate was fitted on is not calibrated."""
    assert PUBLISH == decide([], GOOD, FITTED, state="fitted")
    assert LOW == decide([], BAD, FITTED, state="fitted")
    assert UNCALIBRATED == decide([], score(1.0, "en@12345678/surface"), FITTED, state="fitted")
