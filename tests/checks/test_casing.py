"""Case: title case, sentences, and shouting."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


def cases(source: str, target: str, field: str, checked: Checker, market: str = "us") -> list[tuple[str, str]]:
    """Return severity and words of what is cased wrongly."""
    found = checked(source, target, field=field, market=market)
    return [(finding.severity, finding.text) for finding in found if finding.check == "case.title"]


@pytest.mark.parametrize(
    ("field", "target", "words"),
    [
        ("title", "Soft pillow with memory filling", "pillow with memory filling"),
        ("note", "This Pillow Feels Really Comfortable While Travelling Across Countries",
         "This Pillow Feels Really Comfortable While Travelling Across Countries"),
        ("note", "It is VERY SOFT FINE LIGHT here", "VERY SOFT FINE LIGHT"),
        ("attribute-value", "SOFT COTTON FABRIC", "SOFT COTTON FABRIC"),
    ],
)  # fmt: skip
def test_wrong(field: str, target: str, words: str, checked: Checker) -> None:
    """What is not cased as its field is, is for information, with the words."""
    assert [("info", words)] == cases("柔软的枕头", target, field, checked)


@pytest.mark.parametrize(
    ("source", "field", "target"),
    [
        ("柔软的枕头", "title", "Soft Pillow with Memory Filling for the Office"),
        ("柔软的枕头", "note", "This pillow feels comfortable, and it fits into every suitcase."),
        ("柔软的枕头", "note", "USB, LED and UV"),
        ("BEST SOFT PILLOW枕头", "title", "BEST SOFT PILLOW"),
        ("@小桃子", "note", "@小桃子"),
        ("", "title", ""),
    ],
)
def test_right(source: str, field: str, target: str, checked: Checker) -> None:
    """Small words of titles, sentences, abbreviations and capitals of the source are right."""
    assert [] == cases(source, target, field, checked)


def test_other_markets(checked: Checker) -> None:
    """English in a Hong Kong page is cased as it likes."""
    assert [] == cases("柔软的枕头", "VERY SOFT FINE LIGHT 枕頭", "title", checked, market="hk")
