"""The signals: each sees what it says, and any text has finite ones."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, log
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.quality.signals import SURFACE, THEMES, measure
from shopglot.types import Finding, Mask, Quantity, Segment, SegmentKey, Severity, TermMatch, Translation

SEGMENT = Segment(
    key=SegmentKey(merchant="m", listing="1", path="/fields/title", index=0), field="title", style="phrase", source=""
)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=20),  # lone surrogates too
    st.text("棉后里面，。 12.5abc\n～…’'\U00020000\ud800", max_size=60),
)


def translation(source: str, target: str, **about: Any) -> Translation:
    """Return a machine's translation."""
    return Translation(
        source=source, target=target, market="us", model="m", origin="machine", unit_key="", machine_key="", **about
    )


def signals(source: str, target: str, *findings: Finding, **about: Any) -> dict[str, float]:
    """Return the signals of a pair; `about` goes into the segment."""
    return measure(replace(SEGMENT, source=source, **about), translation(source, target), findings)


def finding(check: str, severity: Severity = "error") -> Finding:
    """Return a finding."""
    return Finding(check=check, severity=severity, side="target", start=0, end=0, text="", message="m", message_zh="消")


@pytest.mark.parametrize(
    ("name", "source", "good", "bad"),
    [
        ("short", "这款枕头非常柔软，适合旅行时使用", "This pillow is very soft and great for trips", "This pillow"),
        ("long", "柔软的枕头", "A soft pillow", "A soft pillow that you will love at home, at work and on every trip"),
        ("clauses", "面料柔软，版型宽松，可以机洗。", "Soft, loose, washable.", "Soft"),
        ("clauses", "面料柔软。可以机洗！", "Soft. Washable!", "Soft and washable"),
        ("anchors-lost", "Type-C 65W 快充", "65W Type-C fast charging", "Fast charging"),
        ("anchors-lost", "USB充电 2米", "usb charging, 2 m", "usb charging, 3 m"),
        ("numbers-added", "长2米", "2 m long", "2 m long, 30 cm wide"),
        ("repeated", "柔软的枕头", "A soft pillow for you", "A soft a soft a soft a soft"),
        ("repeated", "柔软的枕头", "柔軟的枕頭", "柔軟柔軟柔軟柔軟"),
        ("kept-chinese", "柔软的枕头", "Soft pillow", "Soft 枕头"),
    ],
)
def test_text_that_is_worse(name: str, source: str, good: str, bad: str) -> None:
    """A target with the error that a signal looks for has more of it than one without."""
    assert signals(source, good)[name] < signals(source, bad)[name]
    assert 0 <= signals(source, good)[name]


def test_length_is_judged_by_the_script_of_the_target() -> None:
    """A text of the usual length is neither short nor long, in English and in Chinese."""
    for source, target in (("柔" * 20, "a" * 66), ("柔" * 20, "柔" * 20)):
        found = signals(source, target)
        assert (0.0, 0.0) == (round(found["short"], 9), round(found["long"], 9))
        assert (0.0, 0.0) != tuple(signals(source, target * 2)[name] for name in ("short", "long"))


def test_source_length() -> None:
    """Chinese characters are counted, others are not."""
    assert (0.0, log(3)) == (signals("abc 12", "x")["source-length"], signals("面abc膜", "x")["source-length"])


def test_nothing_to_compare() -> None:
    """Empty texts have no error of length, clauses or anchors, and nothing of them is left unanswered."""
    found = signals("", "")
    assert {"told": 1.0} == {name: value for name, value in found.items() if value}
    assert (0.0, 0.0) == tuple(signals("Soft", "Soft")[name] for name in ("short", "long"))


def test_order_of_anchors_does_not_matter() -> None:
    """Words, their case, and numbers are compared as a bag; one that comes twice must be shown twice."""
    assert 0.0 == signals("iPhone 15 手机壳 TPU", "TPU case for IPHONE 15")["anchors-lost"]
    assert 0.5 == signals("5件5双", "5 pairs")["anchors-lost"]


def test_what_the_glossary_knows() -> None:
    """Masks, enforced terms and localized quantities count; advice does not."""
    source = "雪纺连衣裙长两米"
    term = TermMatch(start=2, end=5, source="连衣裙", target="dress", enforce=True)
    mask = Mask(start=0, end=2, text="雪纺", kind="brand")
    length = Quantity(start=6, end=8, text="两米", kind="length", low="2", high="2", unit="m", target="2 m")
    assert 0.0 == signals(source, "x", terms=(replace(term, enforce=False),))["told"]
    assert 3 / 8 == signals(source, "x", terms=(term,))["told"]
    assert 7 / 8 == signals(source, "x", terms=(term,), masks=(mask,), quantities=(length,))["told"]
    assert 0.0 == signals(source, "x", quantities=(replace(length, target=""),))["told"]


def test_prose() -> None:
    """Running text and phrases are told apart."""
    assert (0.0, 1.0) == (signals("面膜", "Mask")["prose"], signals("面膜", "Mask", style="prose")["prose"])


def test_traditional_targets_have_their_own_signals() -> None:
    """Doubtful characters and words of the mainland count where the target is Chinese and no term decides them."""
    for name, source, word in (("ambiguous", "头发干", "发"), ("at-home", "土豆丝", "土豆")):
        start = source.index(word)
        term = TermMatch(start=start, end=start + len(word), source=word, target="薯仔", enforce=True)
        open_, decided = signals(source, "頭髮"), signals(source, "頭髮", terms=(term,))
        assert decided[name] < open_[name]
        assert 0.0 == signals(source, "Hair")[name]
        assert open_[name] == signals(source, "頭髮", terms=(replace(term, enforce=False),))[name]


@pytest.mark.parametrize(
    ("name", "theme"),
    [
        ("found-numbers", "numbers"), ("found-terms", "terms"), ("found-coverage", "coverage"), ("found-form", "form"),
    ],
)  # fmt: skip
def test_findings_are_weighed_by_theme(name: str, theme: str) -> None:
    """An error weighs 1, a warning .5, information nothing; findings of other themes do not count."""
    for check in THEMES[theme]:
        some = [finding(check), finding(check, "warning"), finding(check, "info")]
        found = signals("面膜", "Mask", *some, finding("us.fda.drug-claim"))
        assert {name: 1.5} == {key: value for key, value in found.items() if key.startswith("found-") and value}


def test_opinion_comes_along() -> None:
    """What a model thinks stands beside the surface signals, by its own names, which are none of theirs."""
    text = translation("面膜", "Mask", opinion=(("alone", -2.0), ("forward", -1.0)))
    found = measure(replace(SEGMENT, source="面膜"), text, ())
    assert {**signals("面膜", "Mask"), "alone": -2.0, "forward": -1.0} == found
    assert SURFACE.keys() == signals("面膜", "Mask").keys()


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(["prose", "phrase"]))
def test_any_text_has_finite_signals(source: str, target: str, style: str) -> None:
    """Whatever stands in the two texts, every signal is a finite number that is not below 0."""
    found = signals(source, target, finding("omission"), style=style)
    assert SURFACE.keys() == found.keys()
    assert [] == [name for name, value in found.items() if not (isfinite(value) and value >= 0)]


@pytest.mark.parametrize("unit", ["棉", "a", "1", "1.", ",", "a'", "。", " ", "\U00020000", "\ud800", "儿", "棉a1，"])
def test_long_text_has_finite_signals(unit: str) -> None:
    """A field of 100 kB is measured like any other, as source, as target and as both."""
    long = (unit * 100_000)[:100_000]
    for source, target in ((long, "Soft"), ("柔软", long), (long, long)):
        assert all(map(isfinite, signals(source, target).values()))
