"""Repetition: loops of words and phrases, across punctuation, and what is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.checks.repetition import check_repetition
from shopglot.loading import load_localizer
from shopglot.types import Finding, Translation

Checker = Callable[..., tuple[Finding, ...]]


def loops(source: str, target: str, checked: Checker, **about: object) -> list[tuple[str, str]]:
    """Return severity and words of what is repeated."""
    found = checked(source, target, field="note", **about)
    return [(finding.severity, finding.text) for finding in found if finding.check == "repetition"]


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("很软的枕头适合旅行", "soft pillow soft pillow soft pillow soft pillow",
         ("error", "soft pillow soft pillow soft pillow soft pillow")),
        ("很软的枕头", "Soft, soft. Soft! Soft pillow", ("error", "Soft, soft. Soft! Soft")),
        ("很软的枕头", "A memory foam memory foam pillow", ("warning", "memory foam memory foam")),
        ("很软的枕头", "Soft and light, soft and light.", ("warning", "Soft and light, soft and light")),
        ("很软的枕头", "This is the the pillow", ("warning", "the the")),
        ("三高人群", "for high blood pressure men, low sugar for high blood pressure men, fat for high blood pressure",
         ("warning", "for high blood pressure")),
    ],
)  # fmt: skip
def test_loops(source: str, target: str, expected: tuple[str, str], checked: Checker) -> None:
    """Three rounds of a phrase or four of a word are an error, two of a phrase a warning."""
    assert [expected] == loops(source, target, checked)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("非常非常软", "very very soft"), ("很软", "very, very, very soft"), ("尺码", "S/M/L/XL"),
        ("面料", "100% cotton, 100% cotton lining"), ("买它买它买它", "Buy it, buy it, buy it"),
        ("哈哈哈哈", "ha ha ha ha"), ("咬下去咔嚓脆", "when you bite into it, it crunches"),
        ("尺寸", "10 x 10 x 10 cm"), ("他曾经有过", "he had had that that day"), ("", ""),
    ],
)  # fmt: skip
def test_no_loops(source: str, target: str, checked: Checker) -> None:
    """Emphasis, sizes, numbers and what the source says twice itself are no loops."""
    assert [] == loops(source, target, checked)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("柔软面料", "柔軟，柔軟，柔軟面料", [("error", "柔軟，柔軟，柔軟")]),
        ("买它买它买它", "買它買它買它", []),
        ("哈哈哈哈", "哈哈哈哈", []),
    ],
)
def test_chinese(source: str, target: str, expected: list[tuple[str, str]], checked: Checker) -> None:
    """Chinese loops are found across punctuation; those of the source stay."""
    assert expected == loops(source, target, checked, market="hk")


def test_what_the_engine_says_of_itself(checked: Checker) -> None:
    """A loop that was cut off is an error over the whole answer."""
    assert [("error", "Soft fabric")] == loops("柔软面料", "Soft fabric", checked, repeated=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["soft", "Soft", "the", "İ", "ß", ",", "2", "柔", "\ud800", "it's", "."]), max_size=30))
def test_any_text(words: list[str]) -> None:
    """No text breaks the check, and every span is the text that it names."""
    target = " ".join(words)
    for market in ("us", "hk"):
        localizer = load_localizer(market, model="fake")
        translation = Translation(
            source="柔", target=target, market=market, model="test", origin="machine", unit_key="", machine_key=""
        )
        for finding in check_repetition(localizer.whole("柔", field="note"), translation, localizer.market):
            assert finding.text == target[finding.start : finding.end] != ""
