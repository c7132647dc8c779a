"""Script: Chinese left in English, Simplified left in Traditional, and names that may stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("加厚面膜", "Thick 面膜", "面膜"), ("柔软", "Soft、light", "、"), ("可爱", "カワイイ cute", "カワイイ"),
        ("生僻", "rare \U00020000", "\U00020000"),
    ],
)  # fmt: skip
def test_leak_in_english(source: str, target: str, words: str, checked: Checker) -> None:
    """Any CJK in English text is an error at its span, astral Han included."""
    (leak,) = [finding for finding in checked(source, target) if finding.check == "script.leak"]
    assert (words, "error", "target") == (leak.text, leak.severity, leak.side)
    assert words == target[leak.start : leak.end]


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
