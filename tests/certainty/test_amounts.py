"""Numbers that need no noun."""

from __future__ import annotations

import pytest

from shopglot.certainty.amounts import is_measure, say
from shopglot.config import glossary_root
from shopglot.market import load_market
from shopglot.quantity import find
from shopglot.types import Quantity


def read(text: str) -> Quantity:
    """Return the one quantity of a text."""
    (found,) = find(text, measures=load_market(glossary_root(), "us").measures, english=True, field="attribute-value")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3到6岁", "3–6 Years"), ("三年", "3 Years"), ("180天", "180 Days"), ("1.5年", "1.5 Years"),
        ("1000片", "1,000 Pieces"), ("120粒", "120 Count"), ("4包", "4 Packs"), ("2-4人", "2–4 People"),
        ("5支装", "5-Pack"), ("85g×24罐", "85 g (3.0 oz) x 24"), ("32页", "32 Pages"),
    ],
)  # fmt: skip
def test_said(text: str, expected: str) -> None:
    """What is counted has one name in English."""
    assert expected == say(read(text), "attribute-value", load_market(glossary_root(), "us").measures)


@pytest.mark.parametrize("text", ["三层", "8格", "100张", "12孔", "半年", "2019年", "3档"])
def test_not_said(text: str) -> None:
    """Tiers or plies, sheets or cards, a date: what it is depends on the goods."""
    assert "" == say(read(text), "attribute-value", load_market(glossary_root(), "us").measures)


def test_measures_need_no_capitals() -> None:
    """A number with symbols is written the same everywhere; words beside it are cased."""
    assert is_measure(read("96cm"))
    assert not is_measure(read("8折"))
    assert not is_measure(read("50g×10包"))
