"""Pinyin in place of a translation, and pinyin that is right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shopglot.checks.pinyin import _readings, _spellings
from shopglot.types import Finding

Checker = Callable[..., tuple[Finding, ...]]


def leaks(source: str, target: str, checked: Checker, **about: object) -> list[tuple[str, str]]:
    """Return severity and words of what leaked."""
    found = checked(source, target, field="note", **about)
    return [(finding.severity, finding.text) for finding in found if finding.check == "script.leak"]


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("全场包邮", "Everything is Baoyou", "Baoyou"), ("全场包邮", "Everything is Bao You!", "Bao You"),
        ("连衣裙很好看", "This lian-yi-qun is nice", "lian-yi-qun"),
    ],
)  # fmt: skip
def test_spelled_out(source: str, target: str, words: str, checked: Checker) -> None:
    """A word that the glossary translates is no name: its pinyin is a warning, however it is divided."""
    assert [("warning", words)] == leaks(source, target, checked)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("北京烤鸭", "Beijing roast duck"), ("龙井茶叶", "Longjing tea"), ("旗袍", "Qipao"), ("迷你包", "Mini bag"),
        ("武夷山大红袍", "Wuyishan Da Hong Pao"), ("华为手机壳", "Huawei phone case"), ("全场包邮", "Free shipping"),
        ("汉服", "Hanfu"), ("", "Baoyou"),
    ],
)  # fmt: skip
def test_names(source: str, target: str, checked: Checker) -> None:
    """Places, brands, teas and what English took over are written in pinyin rightly."""
    assert [] == leaks(source, target, checked)


def test_other_markets(checked: Checker) -> None:
    """Pinyin in a Hong Kong page is left alone."""
    assert [] == leaks("全场包邮", "全場包郵 Baoyou", checked, market="hk")


def test_readings() -> None:
    """The table has every syllable in small letters, and characters with more than one reading under each."""
    readings = _readings()
    assert len(readings) > 6700
    assert {"chang", "zhang"} <= set(readings["长"])
    assert all(syllable.isascii() and syllable.islower() for own in readings.values() for syllable in own)


def test_spellings() -> None:
    """One character, or one that the table does not know, has no spelling; a short word none that English may have."""
    assert frozenset() == _spellings("包") == _spellings("包\U00020000") == _spellings("米粒")
    assert "baoyou" in _spellings("包邮")
