"""What was checked is remembered, and nothing that a check can see is taken for something else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from shopglot import checks
from shopglot.loading import load_localizer
from shopglot.market import Market
from shopglot.types import Finding, Segment, SegmentKey, Translation


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace all checks by one that notes every target, with nothing remembered."""
    targets: list[str] = []

    def note(segment: Segment, translation: Translation, market: Market) -> Iterator[Finding]:
        targets.append(translation.target)
        yield Finding(
            check="omission", severity="info", side="target", start=0, end=0, text=market.name,
            message="", message_zh="",
        )  # fmt: skip

    monkeypatch.setattr(checks, "CHECKS", (note,))
    checks._known.cache_clear()
    return targets


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """What these checks found is forgotten."""
    yield
    checks._known.cache_clear()


def pair(source: str = "纯棉连衣裙", target: str = "Cotton dress") -> tuple[Segment, Translation, Market]:
    """Return a segment, its translation and their market."""
    localizer = load_localizer("us", model="fake")
    translation = Translation(
        source=source, target=target, market="us", model="test", origin="machine", unit_key="u", machine_key="m"
    )
    return localizer.whole(source, field="title"), translation, localizer.market


def test_the_same_question_is_answered_once(asked: list[str]) -> None:
    """Where the segment stands, how often it was asked for and what a model thought of it, no check sees."""
    segment, translation, market = pair()
    elsewhere = replace(segment, key=SegmentKey(merchant="m", listing="l", path="/fields/title", index=3))
    again = replace(translation, attempts=2, attempt=1, tokens=9, logprob=-1.0, opinion=(("forward", -0.5),))
    first = checks.check(segment, translation, market)
    assert first == checks.check(elsewhere, again, market)
    assert 1 == len(asked)


def test_every_other_question_is_asked(asked: list[str]) -> None:
    """Another market, field, text, term, mask, quantity or state of the answer is another question."""
    segment, translation, market = pair("3件纯棉连衣裙，https://a.example", "3 cotton dresses, https://a.example")
    assert segment.masks
    assert segment.terms
    others = [
        (replace(segment, field="note"), translation, market), (replace(segment, style="prose"), translation, market),
        (replace(segment, source="3件纯棉连衣裙。https://a.example"), translation, market),
        (replace(segment, masks=()), translation, market), (replace(segment, terms=()), translation, market),
        (replace(segment, quantities=(*segment.quantities, *segment.quantities[:1] )), translation, market),
        (segment, replace(translation, target="Dress"), market), (segment, replace(translation, lost=1), market),
        (segment, replace(translation, truncated=True), market), (segment, replace(translation, repeated=True), market),
        (segment, replace(translation, origin="human"), market), (segment, translation, replace(market, name="hk")),
    ]  # fmt: skip
    expected = 12 if segment.quantities else 11
    for one in ((segment, translation, market), *others):
        checks.check(*one)
    assert expected == len(asked) - 1


def test_a_long_text_is_not_remembered(asked: list[str]) -> None:
    """It is checked every time: 100 kB of text times thousands would fill the memory."""
    question = pair("棉" * checks.USUAL, "x")
    checks.check(*question)
    checks.check(*question)
    assert 2 == len(asked)
    assert 0 == checks._known.cache_info().currsize
