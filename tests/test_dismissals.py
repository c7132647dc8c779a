"""A person's word against a finding: what it releases, and what it never does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.config import glossary_root
from shopglot.decide import RULE_PREFIXES, decide
from shopglot.dismissals import VERIFIED, dismissal, is_set_aside, mark, may_be_dismissed, set_aside
from shopglot.errors import UsageError
from shopglot.market import Gate, load_market
from shopglot.store.desk import dismissed
from shopglot.store.desk.dismissed import Dismissal, Mark
from shopglot.types import Decision, Finding, JudgedSegment, Score, Segment, SegmentKey, Severity, Side, Translation

TARGET = "Soft pillow"
VERSIONS = {"us.cure": 2, "common.best": 1}
CHECKS = ("number.changed", "term.missing", "script.ambiguous", "usual.check")
BARE = load_market(glossary_root(), "us")
US = replace(
    BARE,
    gate=Gate(
        signature="s", cutoff=0.6, risk=BARE.risk, confidence=BARE.confidence, listings=600, published=300, bad=4,
        bound=0.02,
    ),
)  # fmt: skip


def finding(
    check: str = "number.changed",
    severity: Severity = "error",
    text: str = "3个",
    *,
    side: Side = "source",
    suggestion: str = "3",
) -> Finding:
    """Return a finding."""
    return Finding(
        check=check, severity=severity, side=side, start=0, end=len(text), text=text, message="Bad.",
        message_zh="不好。", suggestion=suggestion,
    )  # fmt: skip


def words_on(*given: Mark, reason: str = "false-alarm", note: str = "") -> dict[Mark, Dismissal]:
    """Return Lin's word on these."""
    return {
        one: Dismissal(
            market="us", merchant="m", listing="a", unit_key="u", reason=reason, note=note, actor="Lin",
            **one._asdict(),
        )
        for one in given
    }  # fmt: skip


def aside(found: Finding, said: Mapping[Mark, Dismissal], target: str = TARGET) -> Finding:
    """Return what becomes of a finding."""
    [one] = set_aside([found], said, target, VERSIONS)
    return one


texts = st.text(max_size=6) | st.sampled_from(["3个", "治好", "\ud800", "<b>", "😀", "國家級"])
findings = st.builds(
    finding,
    st.sampled_from([*CHECKS, *VERSIONS, "us.gone", "hk.other"]),
    st.sampled_from(["error", "warning", "info"]),
    texts,
    side=st.sampled_from(["source", "target"]),
    suggestion=texts,
)


@given(st.lists(findings), st.lists(findings), texts)
def test_only_what_was_dismissed_changes(found: list[Finding], dismissed: list[Finding], target: str) -> None:
    """Whatever people say, a rule's block stays, order and number too; the rest changes where all of it agrees."""
    said = words_on(*(mark(one, target, VERSIONS) for one in dismissed))
    after = list(set_aside(found, said, target, VERSIONS))
    assert len(found) == len(after)
    for before, now in zip(found, after, strict=True):
        blocks = before.severity == "error" and before.check.startswith(RULE_PREFIXES)
        named = mark(before, target, VERSIONS) in said
        if blocks or before.severity == "info" or not named:
            assert before is now
        else:
            assert ("info", True) == (now.severity, is_set_aside(now))
            assert before == replace(
                now, severity=before.severity, message=before.message, message_zh=before.message_zh
            )
            assert mark(before, target, VERSIONS) == mark(now, target, VERSIONS)


@given(st.lists(findings), texts, st.sampled_from(["human", "s", "other"]), st.floats(0, 1))
def test_all_dismissed_leaves_the_blocks_and_the_gate(
    found: list[Finding], target: str, signature: str, value: float
) -> None:
    """Everything dismissed, decide says what it says of the blocks alone: the page publishes if nothing else holds."""
    said = words_on(*(mark(one, target, VERSIONS) for one in found))
    score = Score(value=value, signature=signature)
    blocks = [one for one in found if one.severity == "error" and one.check.startswith(RULE_PREFIXES)]
    after = list(set_aside(found, said, target, VERSIONS))
    assert decide(blocks, score, US) == decide(after, score, US)
    if not blocks and signature == "human":
        assert Decision(verdict="publish") == decide(after, score, US)


def test_both_readers_are_told() -> None:
    """The desk reads who set it aside and why, the merchant that a translator has looked."""
    said = words_on(mark(finding(), TARGET, VERSIONS))
    one = aside(finding(), said)
    assert "Bad. (set aside by Lin: a false alarm)" == one.message
    assert f"{VERIFIED}“3个”，可以发布。" == one.message_zh
    noted = words_on(mark(finding(), TARGET, VERSIONS), reason="checked", note="asked the shop")
    assert aside(finding(), noted).message.endswith(
        "(set aside by Lin: checked with the source or the merchant; asked the shop)"
    )
    other = words_on(mark(finding(), TARGET, VERSIONS), reason="other", note="a pun")
    assert aside(finding(), other).message.endswith("(set aside by Lin: a pun)")


@pytest.mark.parametrize("text", ["", "很" * 31])
def test_a_merchant_is_not_told_of_a_whole_text(text: str) -> None:
    """Words that are none, or too many to quote, are left out."""
    found = finding(text=text)
    assert f"{VERIFIED}，可以发布。" == aside(found, words_on(mark(found, TARGET, VERSIONS))).message_zh


RULE = finding("us.cure", "warning", "治好", suggestion="eases")


@pytest.mark.parametrize(
    ("was", "now", "target"),
    [
        (finding(), finding(text="4个"), TARGET),
        (finding(), finding(side="target"), TARGET),
        (finding(), finding(suggestion="three"), TARGET),
        (finding(), finding(check="term.missing"), TARGET),
        (finding(), finding(), "Softer pillow"),
        (replace(RULE, side="target"), replace(RULE, side="target"), "Softer pillow"),
        (RULE, replace(RULE, text="根治"), TARGET),
        (RULE, replace(RULE, severity="error"), TARGET),
    ],
    ids=[
        "other words", "another side", "asks for something else", "another check", "another translation",
        "a rule on another translation", "a rule on other words", "a rule that blocks by now",
    ],
)  # fmt: skip
def test_holds_as_before(was: Finding, now: Finding, target: str) -> None:
    """Nothing but the very finding that was dismissed is released."""
    assert now is aside(now, words_on(mark(was, TARGET, VERSIONS)), target)


def test_a_rule_on_the_source() -> None:
    """It is dismissed for every translation and however its advice is worded, for as long as it is not changed."""
    said = words_on(mark(RULE, TARGET, VERSIONS))
    assert is_set_aside(aside(RULE, said, "Softer pillow"))
    assert is_set_aside(aside(replace(RULE, suggestion="soothes"), said))
    assert [RULE] == list(set_aside([RULE], said, TARGET, {"us.cure": 3}))


def test_what_may_be_dismissed() -> None:
    """What holds a page and is no block; a check's error is a review (law 5)."""
    found = {
        (check, severity): may_be_dismissed(finding(check, severity))
        for check in ("number.changed", "us.cure")
        for severity in ("error", "warning", "info")
    }
    assert {
        ("number.changed", "error"): True, ("number.changed", "warning"): True, ("number.changed", "info"): False,
        ("us.cure", "error"): False, ("us.cure", "warning"): True, ("us.cure", "info"): False,
    } == found  # fmt: skip


def judged(*found: Finding) -> JudgedSegment:
    """Return a segment in which something was found."""
    key = SegmentKey(merchant="m", listing="a", path="/fields/title", index=2)
    return JudgedSegment(
        segment=Segment(key=key, field="title", style="phrase", source="治好3个"),
        translation=Translation(
            source="治好3个", target=TARGET, market="us", model="human", origin="human", unit_key="u", machine_key=""
        ),
        findings=found, score=Score(value=1.0, signature="human"), decision=Decision(verdict="review"),
    )  # fmt: skip


def test_a_dismissal_names_its_place() -> None:
    """Where the text stands and what was found come from the segment; it can be given again of what was set aside."""
    one = dismissal(judged(finding()), finding(), VERSIONS, reason="meant-so", actor="lin", note="n")
    assert ("us", ("m", "a"), "/fields/title", 2, "title", "u") == (
        one.market, one.page, one.path, one.index, one.field, one.unit_key,
    )  # fmt: skip
    assert (mark(finding(), TARGET, VERSIONS), "meant-so", "lin", "n") == (one.mark, one.reason, one.actor, one.note)
    passed = aside(finding(), {one.mark: one})
    assert one == dismissal(judged(passed), passed, VERSIONS, reason="meant-so", actor="lin", note="n")


@pytest.mark.parametrize(("severity", "said"), [("error", "only a lead"), ("info", "holds nothing back")])
def test_not_for_a_translator(severity: Severity, said: str) -> None:
    """A block is a lead's; advice needs no word."""
    found = finding("us.cure", severity)
    with pytest.raises(UsageError, match=said):
        dismissal(judged(found), found, VERSIONS, reason="false-alarm", actor="lin")


def test_store_and_decide_agree_on_rules() -> None:
    """The store tells a rule's id as decide does."""
    assert set(RULE_PREFIXES) == set(dismissed._RULES)
    assert [True, True, False, False] == [
        dismissed.is_rule(one) for one in ("us.cure", "common.best", "usual.check", "number.changed")
    ]


def test_keys_tell_findings_apart() -> None:
    """A key is short, and the same for the same finding only; any text has one."""
    marks = [
        mark(one, target, VERSIONS)
        for one in (finding(), finding(text="\ud800"), finding(side="target"), RULE)
        for target in ("", "a", "\udfff")
    ]
    assert len(set(marks)) == len({one.key for one in marks}) == 10
    assert {16} == {len(one.key) for one in marks}
