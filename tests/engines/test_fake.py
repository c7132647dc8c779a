"""The stand-in: deterministic, marked, and faithful to what must survive."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shopglot.engines.base import signature
from shopglot.engines.fake import FakeEngine
from shopglot.protect import protect, restore, token
from shopglot.script import has_cjk
from shopglot.types import Request, TermMatch


def request(source: str, **more: Any) -> Request:
    """Return a request for a title."""
    return Request(source=source, field="title", style="phrase", masks=protect(source), **more)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_cjk_and_all_masks(source: str) -> None:
    """Any text comes back without East Asian characters outside its masks, and every mask is still there."""
    asked = request(source)
    (reply,) = FakeEngine().translate([asked])
    assert not has_cjk(reply.text)
    assert () == restore(asked, reply.text).lost


def test_same_answer_in_any_company() -> None:
    """An answer depends on its request alone."""
    requests = [request(text) for text in ("连衣裙", "面料 A", "连衣裙")]
    replies = FakeEngine().translate(requests)
    assert replies == [FakeEngine().translate([one])[0] for one in requests]
    assert replies[0] == replies[2]


def test_it_keeps_what_must_be_kept() -> None:
    """Terms, numbers and Latin words come out as they are; full-width digits as plain ones."""
    term = TermMatch(start=0, end=2, source="面膜", target="face mask")
    (reply,) = FakeEngine().translate([request("面膜 Vitamin C ３ 25ml", terms=(term,))])
    assert "face mask Vitamin C 3 25ml" == reply.text


def test_another_language_is_left_as_it_is() -> None:
    """For a Chinese target the rendered text comes back unchanged."""
    assert "连衣裙 ３" == FakeEngine(lang="zh-Hant").translate([request("连衣裙 ３")])[0].text


def test_faults_on_demand() -> None:
    """A test may ask for lost masks and for repetitions; without asking there are none."""
    asked = request("看 https://a.example 图")
    assert token(1) in FakeEngine().translate([asked])[0].text
    assert token(1) not in FakeEngine(lose_masks=1).translate([asked])[0].text
    assert not FakeEngine().translate([asked])[0].repeated
    assert FakeEngine(repeat=1).translate([asked])[0].repeated


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_made_up_logprobs(source: str, target: str) -> None:
    """In every view each character read has a value of its own, within bounds, the same in any company."""
    engine = FakeEngine()
    for view in engine.views:
        first, other, again = engine.score([(source, target), ("x", "y"), (source, target)], view=view)
        assert (first, 1) == (again, len(other))
        assert [first] == FakeEngine().score([(source, target)], view=view)
        assert len(source if view == "backward" else target) == len(first)
        assert all(-3 <= token <= -0.05 for token in first)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(min_size=1, max_size=60))
def test_it_likes_its_own_words_best(source: str, other: str) -> None:
    """Forward the text that it would write for a source has more than any other."""
    engine = FakeEngine()
    own = engine.translate([Request(source=source, field="", style="prose")])[0].text
    assume(own and other != own)
    mine, theirs = engine.score([(source, own), (source, other)])
    assert sum(mine) / len(mine) >= sum(theirs) / len(theirs)
    assert min(mine) >= max(theirs)


def test_what_the_views_know() -> None:
    """Forward and backward hang on both texts, alone on the target; a strange word stands out among known ones."""
    engine = FakeEngine()
    assert engine.score([("面料", "ab")]) != engine.score([("亲肤", "ab")])
    assert engine.score([("面料", "ab")], view="backward") != engine.score([("面料", "ac")], view="backward")
    assert engine.score([("面料", "ab")], view="alone") == engine.score([("亲肤", "ab")], view="alone")
    (tokens,) = engine.score([("Vitamin C", "Vitamin xx")])
    assert max(tokens[-2:]) <= min(tokens[:-2])


def test_it_is_marked() -> None:
    """Nobody takes it for a model."""
    engine = FakeEngine()
    assert (True, "fake@1", "fake@1") == (engine.fake, engine.name, signature(engine))
