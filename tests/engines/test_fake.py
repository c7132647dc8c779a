"""The stand-in: deterministic, marked, and faithful to what must survive."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
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


def test_it_is_marked() -> None:
    """Nobody takes it for a model."""
    engine = FakeEngine()
    assert (True, "fake@1", "fake@1") == (engine.fake, engine.name, signature(engine))
