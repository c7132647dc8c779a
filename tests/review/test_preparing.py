"""What is kept while people work on a page: a text is judged once, and anew as soon as anything about it is another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.review import preparing
from shopglot.review.preparing import Preparation
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.types import JudgedSegment

SEGMENT = PageSegment(
    position=0, path="/fields/title", index=0, field="title", source="记忆棉旅行枕", target="Pillow", origin="machine",
    model="fake@1", unit_key="u", machine_key="k", score=0.5, signature="s", signals=(), verdict="review", reasons=(),
    findings=(), handled=None, approved=None, approved_by="", seen="s",
)  # fmt: skip
PAGE = DeskPage(
    number=1, market="us", merchant="m", id="a", status="review", reasons=(), run_id=1,
    updated_at=datetime(2026, 8, 3, tzinfo=UTC), version=None, document=None, digest="d", segments=(SEGMENT,),
    comments=(),
)  # fmt: skip


class Judge:
    """Counts how often it is asked; each answer is a thing of its own."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Any:
        """Answer."""
        self.asked += 1
        return object()


@pytest.fixture
def us() -> Localizer:
    """The US market with the stand-in."""
    return load_localizer("us", model="fake")


@pytest.fixture
def look(us: Localizer) -> Callable[..., JudgedSegment]:
    """Return a function that asks one preparation for a text of the page, but for what is named."""
    kept = Preparation()

    def ask(judge: Judge, *, page: Mapping[str, Any] | None = None, **changes: Any) -> JudgedSegment:
        own: dict[str, Any] = {"target": "A pillow", "stale": False, "passed": frozenset(), "localizer": us}
        segment = replace(SEGMENT, **{name: changes.pop(name) for name in list(changes) if name not in own})
        own |= changes
        return kept.judged(replace(PAGE, **page or {}), segment, own.pop("target"), judge=judge, **own)

    return ask


def test_a_text_is_judged_once(look: Callable[..., JudgedSegment]) -> None:
    """Opened, tried and approved, a text is looked at several times within moments; what people did is not asked."""
    judge = Judge()
    first = look(judge)
    assert first is look(judge)
    assert first is look(judge, seen="other", approved="A pillow", approved_by="lin")
    assert 1 == judge.asked


@pytest.mark.parametrize(
    "other",
    [
        {"target": "A pillow."}, {"target": ""}, {"stale": True}, {"passed": frozenset({("us.cure", 1, "治")})},
        {"source": "记忆棉枕"}, {"machine_key": "k2"}, {"index": 1}, {"path": "/fields/note"}, {"field": "note"},
        {"page": {"digest": "e"}}, {"page": {"market": "hk"}}, {"page": {"id": "b"}}, {"page": {"merchant": "n"}},
    ],
    ids=str,
)  # fmt: skip
def test_another_text_or_place_is_judged_anew(look: Callable[..., JudgedSegment], other: dict[str, Any]) -> None:
    """Whatever the judgement depends on tells two apart."""
    judge = Judge()
    assert look(judge) is not look(judge, **other)
    assert 2 == judge.asked


def test_other_rules_judge_anew(look: Callable[..., JudgedSegment], us: Localizer) -> None:
    """A market whose files have changed, or whose score has, looks again."""
    judge = Judge()
    other = replace(us, market=replace(us.market, digest="other"))
    assert look(judge) is not look(judge, localizer=other)


def test_what_is_old_or_huge_is_not_kept(look: Callable[..., JudgedSegment]) -> None:
    """The memory of a desk that runs for weeks does not grow."""
    judge = Judge()
    first = look(judge)
    for number in range(preparing._JUDGED - 1):
        look(judge, target=str(number))
    assert first is look(judge)  # used again, it is the newest
    look(judge, target="one more")
    assert first is look(judge)
    asked = judge.asked
    look(judge, target="0")
    assert asked + 1 == judge.asked
    huge = "枕" * 100_000
    assert look(judge, target=huge) is not look(judge, target=huge)


def test_a_judge_that_fails_leaves_nothing(look: Callable[..., JudgedSegment]) -> None:
    """The next one who asks gets an answer."""

    class Broken(Judge):
        def __call__(self) -> Any:
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        look(Broken())
    judge = Judge()
    look(judge)
    assert 1 == judge.asked
