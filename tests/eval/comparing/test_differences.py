"""Where two renderings differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot_eval.comparing import distance, marks


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("a red cup", "a red cup", [], []),
        ("a red cup", "a blue cup", ["red"], ["blue"]),
        ("a red cup", "a deep red cup", [], ["deep "]),
        ("Won't fade, 3.5-inch", "Will not fade, 35-inch", ["Won't", "3.5-inch"], ["Will not ", "35-inch"]),
        ("潔面乳120克", "潔面乳150克", ["120"], ["150"]),
        ("氨基酸潔面乳", "氨基酸洗面乳", ["潔"], ["洗"]),
        ("USB-C 充電", "USB-A充電", ["USB-C "], ["USB-A"]),
        ("", "新", [], ["新"]),
        ("繁體𠮷", "繁體吉", ["𠮷"], ["吉"]),
        ("x\ud800y", "x\ud801y", ["\ud800"], ["\ud801"]),
        ("one two three", "uno due three", ["one two"], ["uno due"]),
    ],
)
def test_marks(one: str, other: str, left: list[str], right: list[str]) -> None:
    """Words of English, characters of Chinese, numbers and model names whole; neighbours are one mark."""
    first, second = marks(one, other)
    assert left == [one[start:end] for start, end in first]
    assert right == [other[start:end] for start, end in second]
    assert marks(other, one) == (second, first)


@given(st.text(max_size=40), st.text(max_size=40))
def test_marks_are_spans(one: str, other: str) -> None:
    """Whatever the texts: ascending, apart, not empty, inside; and none in equal texts only."""
    for text, spans in zip((one, other), marks(one, other), strict=True):
        end = 0
        for start, stop in spans:
            assert end <= start < stop <= len(text)
            end = stop
    assert (marks(one, other) == ((), ())) == (one == other)
    assert (distance(one, other) == 0) == (one == other)
    assert 0 <= distance(one, other) <= 1


def test_long_texts_are_marked_as_one_piece() -> None:
    """A field of 100 kB: what is common at both ends is not marked, what lies between is one mark."""
    one, other = "長" * 50_000 + "甲" + "文" * 50_000, "長" * 50_000 + "乙丙" + "文" * 50_000
    assert marks(one, other) == (((50_000, 50_001),), ((50_000, 50_002),))
    assert marks("長" * 60_000, "長" * 50_000) == (((50_000, 60_000),), ())
    assert 0 < distance(one, other) < 0.001
