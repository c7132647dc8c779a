"""The axes of plots."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot_eval.reporting import scales

FLOATS = st.floats(-1e9, 1e9, allow_nan=False)


def axis(values: list[float], **options: Any) -> scales.Scale:
    """Return an axis of 100 pixels."""
    return scales.scale(values, **{"start": 0, "end": 100, "given": None, "percent": False} | options)


@given(st.lists(FLOATS, max_size=8))
def test_every_value_has_a_place(values: list[float]) -> None:
    """Whatever the values, the axis has them on it, its marks ascend, and there are not too many."""
    made = axis(values)
    assert made.low < made.high
    reach = (made.high - made.low) * 1e-6
    assert all(made.low - reach <= value <= made.high + reach for value in values)
    assert 2 <= len(made.ticks) <= 8
    assert list(made.ticks) == sorted(set(made.ticks))
    assert all(0 <= made.place(value) <= 100 for value in values)


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        ([0.0, 1.0], {"percent": True}, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ([0.0, 0.1], {}, ["0.00", "0.02", "0.04", "0.06", "0.08", "0.10"]),
        ([0.0, 12.5], {}, ["0.0", "2.5", "5.0", "7.5", "10.0", "12.5"]),
        ([3.0, 4000.0], {"zero": True}, ["0", "1,000", "2,000", "3,000", "4,000"]),
        ([-1.0, 1.0], {}, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        ([5.0, 6.0], {"zero": True}, ["0", "2", "4", "6"]),
    ],
)
def test_marks(values: list[float], options: dict[str, bool], expected: list[str]) -> None:
    """Marks are round numbers with the decimals that tell them apart."""
    made = axis(values, **options)
    assert expected == [made.label(tick) for tick in made.ticks]


def test_given_ends() -> None:
    """Given ends hold, marks stand within them, and what lies beyond stands at the end."""
    made = axis([0.2, 5.0], given=(0.05, 0.95))
    assert (made.low, made.high) == (0.05, 0.95)
    assert [made.label(tick) for tick in made.ticks] == ["0.2", "0.4", "0.6", "0.8"]
    assert made.place(5.0) == 100
    assert axis([1.0, 2.0], given=(3.0, 3.0)).low == 1.0  # no extent: they do not hold


@pytest.mark.parametrize(
    ("value", "percent", "expected"),
    [(0.12345, True, "12.35%"), (1.0, True, "100%"), (1234567.0, False, "1,234,567"), (0.000012, False, "1.2e-05"),
     (123.456, False, "123.46"), (-3.0, False, "-3"), (1e300, False, "1e+300")],
)  # fmt: skip
def test_exact_numbers(value: float, percent: bool, expected: str) -> None:
    """A point is told with four figures that count."""
    assert expected == scales.exact(value, percent=percent)


def test_names_are_cut_to_their_room() -> None:
    """Chinese is as wide as it is; what was cut ends with an ellipsis."""
    assert scales.width("羽绒服") == 3 * scales.WIDE
    assert scales.fit("羽绒服", 40) == "羽绒服"
    assert scales.fit("羽绒服羽绒服", 50) == "羽绒服…"
    assert scales.fit("", 0) == ""
    assert scales.fit("abc", 1) == "…"
