"""From pairs to signals: what the product itself would know of them."""

from __future__ import annotations

import json
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import cast

import pytest

from shopglot.loading import load_localizer
from shopglot.localizer import Localizer
from shopglot.quality.signals import SURFACE
from shopglot.sensitivity import About, Screen
from shopglot.types import Finding, SegmentKey, Side, Translation
from shopglot_eval.estimation.examples import Signals
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.estimation.texts import Pair

GOOD = Pair(source="纯棉衣服很轻，只有120g", target="These pure cotton clothes are light, only 120 g", field="bullet")
WRONG = Pair(source=GOOD.source, target="These pure cotton clothes are light, only 210 g", field="bullet")


@pytest.fixture(scope="module")
def english() -> Localizer:
    """The United States, without a model."""
    return load_localizer("us", model="fake")


@pytest.fixture
def signals(english: Localizer) -> Signals:
    """Signals without any opinion."""
    return Signals(english, Opinions("", []))


def test_surface_signals_are_always_there(signals: Signals) -> None:
    """Without an opinion a pair has exactly the signals that need no model."""
    assert set(SURFACE) == set(signals.of(GOOD))


def test_opinions_are_signals(english: Localizer, tmp_path: Path) -> None:
    """What a model thought of a pair stands among its signals, and of no other pair's."""
    row = {"scorer": "m@1", "source": GOOD.source, "target": GOOD.target, "opinion": {"forward": -0.5}}
    (tmp_path / "o.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    signals = Signals(english, Opinions("m@1", [tmp_path / "o.jsonl"]))
    assert -0.5 == signals.of(GOOD)["forward"]
    assert "forward" not in signals.of(WRONG)


def test_wrong_numbers_are_found(signals: Signals) -> None:
    """The checks of the product speak: a wrong number is found, and holds the pair."""
    assert signals.of(GOOD)["found-numbers"] < signals.of(WRONG)["found-numbers"]
    assert (False, True) == (signals.held(GOOD), signals.held(WRONG))


@pytest.mark.parametrize("pair", [GOOD, WRONG])
def test_the_product_says_the_same(english: Localizer, signals: Signals, pair: Pair) -> None:
    """A bullet of one sentence has the signals that the flow gives it."""
    key = SegmentKey(merchant="", listing="", path="", index=0)
    (item,) = english.segments(pair.source, key, field=pair.field).segments
    translation = Translation(
        source=pair.source, target=pair.target, market="us", model="m", origin="machine", unit_key="", machine_key=""
    )
    expected = {name: round(value, 4) for name, value in signals.of(pair).items()}
    assert expected == dict(english.judge(item, translation).score.signals)


class Kitchen:
    """A screen with one rule: it holds whatever is sold for the kitchen."""

    def screen(self, text: str, *, side: Side, about: About) -> tuple[Finding, ...]:
        """Return a warning for the source of such a page."""
        if side == "target" or about.category != "厨具":
            return ()
        return (
            Finding(check="us.x", severity="warning", side=side, start=0, end=1, text="", message="", message_zh=""),
        )


def test_claims_hold(signals: Signals) -> None:
    """A claim that a rule of the market stops holds the pair."""
    claim = Pair(source="这款枕头可以治疗高血压", target="This pillow cures high blood pressure.", field="bullet")
    assert signals.held(claim)


def test_rules_know_the_category(english: Localizer) -> None:
    """A rule for other goods does not hold a page, as it would not in a run."""
    signals = Signals(replace(english, screen=cast("Screen", Kitchen())), Opinions("", []))
    assert (True, False) == (signals.held(replace(GOOD, category="厨具")), signals.held(replace(GOOD, category="服装")))


@pytest.mark.parametrize("text", ["", "\ud800", "\x00", "😀" * 50, "<b>", "字" * 5000])
def test_any_text_has_signals(signals: Signals, text: str) -> None:
    """No text crashes the measuring, as source or as target."""
    for pair in (Pair(source=text, target="a"), Pair(source="字", target=text), Pair(source=text, target=text)):
        assert all(map(isfinite, signals.of(pair).values()))
        assert signals.held(pair) in (True, False)
