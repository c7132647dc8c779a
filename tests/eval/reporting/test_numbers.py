"""How a report writes its numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot_eval.records import Figure, Form
from shopglot_eval.reporting import numbers
from shopglot_eval.reporting.document import Cell

FORMS: tuple[Form, ...] = get_args(Form)


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (0.98765, "share", "98.8%"), (0.5, "correlation", "0.500"), (41.237, "score", "41.24"),
        (1234.0, "number", "1,234"),
        (1.25, "number", "1.25"), (12.34, "seconds", "12.3 s"), (999, "bytes", "999 B"),
        (2_560_000_000, "bytes", "2.6 GB"),
        (None, "share", "–"), (math.nan, "score", "–"), (math.inf, "bytes", "–"), (0.2, "bytes", "0 B"),
    ],
)  # fmt: skip
def test_numbers_alone(value: float | None, form: str, expected: str) -> None:
    """Each form has its way to be written; what is no number is a dash."""
    assert expected == numbers.alone(value, form)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "low", "high", "expected"),
    [
        ("54.1%", 0.511, 0.571, "51.1% to 57.1%"), ("41.25", 40.125, 42.0, "40.12 to 42.00"),
        ("+1.5", -0.25, 3.25, "-0.2 to +3.2"), ("−1.5", -2.0, -0.001, "−2.0 to 0.0"),
        ("1,234", 1000, 2000, "1,000 to 2,000"),
        ("88.76 (87.16 to 90.18)", 87.161, 90.179, ""), ("+2.4 pp (0.0 to +11.5 pp)", 0.0, 0.115, ""),
        ("+2.4 pp", -0.01, 0.115, "-1.0 pp to +11.5 pp"), ("9 (9 to 10 texts)", 1.0, 2.0, "1 to 2"),
        ("good", 0.12345, 1234.5, "0.123 to 1.23e+03"), ("1.0", None, 2.0, ""), ("1.0", math.nan, 2.0, ""),
    ],
)  # fmt: skip
def test_intervals_are_written_as_their_numbers(text: str, low: float, high: float, expected: str) -> None:
    """The ends of a cell's interval have as many decimals as its text, and percent where it has."""
    assert expected == numbers.span(Cell(text=text, low=low, high=high))


def test_intervals_of_figures() -> None:
    """A figure's interval is written in its form, and only where both ends are there."""
    assert numbers.interval(Figure(measure="m", value=0.5, low=0.4, high=0.6)) == "40.0% to 60.0%"
    assert numbers.interval(Figure(measure="m", value=0.5, low=0.4)) == ""


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (0.98765, "share", "98.8%"), (-0.0001, "share", "0.0%"), (0.5, "correlation", "0.500"),
        (41.237, "score", "41.24"), (-0.001, "score", "0.00"), (1234.5, "number", "1,234.500"),
        (12.345, "seconds", "12.35"), (2560.4, "bytes", "2,560"), (None, "bytes", "–"), (math.nan, "score", "–"),
        (-math.inf, "share", "–"),
    ],
)  # fmt: skip
def test_values_of_a_column(value: float | None, form: Form, expected: str) -> None:
    """The column says the unit; zero has no sign."""
    assert expected == numbers.value_of(value, form)


def test_figures_with_their_interval() -> None:
    """An interval stands behind the value where there are both ends and a value."""
    figure = Figure(measure="m", value=88.761, low=87.16, high=90.18, form="score")
    assert numbers.enclosed(figure) == "88.76 (87.16 to 90.18)"
    assert numbers.enclosed(replace(figure, high=None)) == "88.76"
    assert numbers.enclosed(replace(figure, value=None)) == "–"


@pytest.mark.parametrize(
    ("value", "low", "high", "form", "expected"),
    [
        (-0.015, -0.02, -0.011, "share", "-1.5 pp (-2.0 to -1.1 pp)"), (0.015, None, None, "share", "+1.5 pp"),
        (1.5, -0.001, 2.0, "score", "+1.50 (0.00 to +2.00)"), (-1234.0, None, None, "seconds", "-1,234.00"),
    ],
)  # fmt: skip
def test_differences(value: float, low: float | None, high: float | None, form: Form, expected: str) -> None:
    """A difference has its sign, one of shares is in points of a percent, and both ends are as it is."""
    assert expected == numbers.bounded(value, low, high, form)


@pytest.mark.parametrize(
    ("p", "expected"), [(None, "–"), (0.0, "< 0.001"), (0.0214, "0.021"), (0.214, "0.21"), (1.0, "1.00")]
)
def test_probabilities(p: float | None, expected: str) -> None:
    """A probability has the digits that it deserves."""
    assert expected == numbers.probability(p)


@given(st.none() | st.floats(), st.sampled_from(FORMS))
def test_every_number_can_be_written(value: float | None, form: Form) -> None:
    """Whatever a measure gives is a number without a sign before zero, or a dash."""
    for text in (numbers.value_of(value, form), numbers.alone(value, form)):
        if value is None or not math.isfinite(value):
            assert text == "–"
        else:
            assert "-" not in text or any(digit in text for digit in "123456789")
            assert "nan" not in text
