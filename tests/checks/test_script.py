"""Script: Chinese left in English, Simplified left in Traditional, and names that may stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("加厚面膜", "Thick 面膜", "面膜"), ("可爱", "カワイイ cute", "カワイイ"),
        ("生僻", "rare \U00020000", "\U00020000"),
    ],
)  # fmt: skip
def test_leak_in_english(source: str, target: str, words: str, checked: Checker) -> None:
    """Any CJK letter in English text is an error at its span, astral Han included."""
    (leak,) = [finding for finding in checked(source, target) if finding.check == "script.leak"]
    assert (words, "error", "target") == (leak.text, leak.severity, leak.side)
    assert words == target[leak.start : leak.end]


@pytest.mark.parametrize(
    ("source", "target", "market", "words"),
    [
        ("柔软", "Soft Мягкий", "us", "Мягкий"), ("柔软", "Soft 부드러운", "us", "부드러운"),
        ("柔软", "柔軟 Мягкий", "hk", "Мягкий"),
        ("柔软", "柔軟カワイイ", "hk", "カワイイ"), ("柔软", "柔軟한국", "hk", "한국"),
    ],
)  # fmt: skip
def test_third_script(source: str, target: str, market: str, words: str, checked: Checker) -> None:
    """A script that neither the source nor the market has is a leak."""
    assert [words] == [f.text for f in checked(source, target, market=market) if f.check == "script.leak"]


@pytest.mark.parametrize(
    ("source", "target", "market"),
    [
        ("α-熊果苷", "α-Arbutin", "us"), ("Мягкий 柔软", "Soft Мягкий", "us"), ("少女の", "少女の", "hk"),
        ("カワイイ柔软", "カワイイ柔軟", "hk"), ("柔软、轻", "Soft、light", "us"),
    ],
)  # fmt: skip
def test_symbols_and_what_the_source_has(source: str, target: str, market: str, checked: Checker) -> None:
    """A Greek symbol, a lone の, a third script of the source and full-width marks are no leak."""
    assert [] == [f.text for f in checked(source, target, market=market) if f.check == "script.leak"]


def test_names_that_stay_chinese(checked: Checker) -> None:
    """A mention that stays Chinese in English is told once, for information; in Chinese there is nothing to tell."""
    source, target = "问 @小桃子麻麻 和 @小桃子麻麻", "Ask @小桃子麻麻 and @小桃子麻麻"
    (found,) = [f for f in checked(source, target) if f.check == "brand.unknown"]
    assert ("info", "@小桃子麻麻") == (found.severity, found.text)
    assert [] == [f.check for f in checked(source, source, market="hk") if f.check == "brand.unknown"]


def test_simplified_in_traditional(checked: Checker) -> None:
    """A character that only Simplified has is a leak in Hong Kong."""
    (leak,) = [f for f in checked("连衣裙", "连身裙", market="hk") if f.check == "script.leak"]
    assert "连" == leak.text


@pytest.mark.parametrize(
    ("source", "target"), [("连衣裙", "連身裙"), ("后台干净", "後台乾淨"), ("茶几", "茶几"), ("皇后", "皇后")]
)
def test_traditional_is_no_leak(source: str, target: str, checked: Checker) -> None:
    """Characters that both scripts share are no leak."""
    assert [] == [f for f in checked(source, target, market="hk") if f.check == "script.leak"]


@pytest.mark.parametrize(
    ("source", "target", "market"),
    [("柔软面料", "...", "us"), ("柔软的面料很舒服", "Soft fabric", "hk"), ("柔软面料", "", "us")],
)
def test_wrong_script(source: str, target: str, market: str, checked: Checker) -> None:
    """A translation without a letter of the market's script is an error."""
    assert "script.wrong" in [finding.check for finding in checked(source, target, market=market)]


def test_faithful_is_silent(checked: Checker) -> None:
    """A plain good translation has no finding."""
    assert () == checked("柔软的面料", "Soft fabric")
