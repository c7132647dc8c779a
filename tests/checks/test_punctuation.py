"""Punctuation: width, pairs, and marks in a row."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.checks.punctuation import check_punctuation
from shopglot.loading import load_localizer
from shopglot.types import Finding, Translation

Checker = Callable[..., tuple[Finding, ...]]


def marks(source: str, target: str, checked: Checker, **about: object) -> list[tuple[str, str, str]]:
    """Return kind, words and suggestion of what is punctuated wrongly."""
    found = checked(source, target, field="note", **about)
    return [(f.check.split(".")[1], f.text, f.suggestion) for f in found if f.check.startswith("punctuation.")]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("柔软、轻", "Soft、light", ("width", "、", ",")),
        ("第１款", "No. １", ("width", "１", "1")),
        ("柔软（棉）", "Soft (cotton", ("pair", "(", "")),
        ("柔软的", "Soft “and light", ("pair", "“", "")),
        ("柔软的", 'Soft "and light', ("pair", '"', "")),
        ("柔软的", "Soft,, light", ("doubled", ",,", ",")),
        ("柔软的", "Soft ,light", ("doubled", " ,", ",")),
        ("柔软的", "Soft!!", ("doubled", "!!", "!")),
        ("柔软的", "Soft.. Light", ("doubled", "..", ".")),
    ],
)
def test_english(source: str, target: str, expected: tuple[str, str, str], checked: Checker) -> None:
    """Each fault is named with what would be right."""
    assert [expected] == marks(source, target, checked)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("太好了！！！", "Great!!!"), ("等等……", "Wait..."), ("柔软（棉）", "Soft (cotton)"), ("1、柔软", "1) Soft"),
        ("15.6寸", 'A 15.6" screen'), ("重2.4斤", "1.2 kg (2.6 lb)"), ("笑", "Nice :)"),
        ("美国等", "In the U.S., etc., too"),
        ("见 @桃子，", "See @桃子,"), ("<b>“天然”</b>", '<b>"Natural"</b>'), ("柔软（棉", "Soft (cotton"), ("", ""),
    ],
)  # fmt: skip
def test_right(source: str, target: str, checked: Checker) -> None:
    """Shouts of the source, lists, inches, abbreviations, opaque texts and open brackets of the source are right."""
    assert [] == marks(source, target, checked)


def test_width_matters_most(checked: Checker) -> None:
    """Full-width marks in English are held for review; everything else is for information."""
    found = {f.check: f.severity for f in checked("柔软的（棉）", "Soft，， (cotton", field="note")}
    assert ("warning", "info") == (found["punctuation.width"], found["punctuation.pair"])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ('這是"棉質"面料', [("width", '"棉質"', "「棉質」")]),
        ("柔軟,舒服", [("width", ",", "，")]),
        ("這是「棉質」面料，1,500 件", []),
        ("「棉質面料", [("pair", "「", "")]),
        ("款式 A,B", []),
    ],
)
def test_traditional(target: str, expected: list[tuple[str, str, str]], checked: Checker) -> None:
    """Hong Kong quotes with corner brackets and full-width commas; a note for information."""
    found = marks("这是棉质面料，1,500件", target, checked, market="hk")
    assert expected == found


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet="ab1 ,.!?()[]\"'“”「」（）【】，。、！…:;中\n<\ud800", max_size=40), st.sampled_from(["us", "hk"])
)
def test_any_text(target: str, market: str) -> None:
    """No text breaks the check, and every span is the text that it names."""
    localizer = load_localizer(market, model="fake")
    translation = Translation(
        source="柔", target=target, market=market, model="test", origin="machine", unit_key="", machine_key=""
    )
    for finding in check_punctuation(localizer.whole("柔", field="note"), translation, localizer.market):
        assert finding.text == target[finding.start : finding.end] != finding.suggestion
