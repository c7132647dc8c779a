"""What an answer borrowed: words and numbers of an example that neither its reference nor its question has."""

from __future__ import annotations

import pytest

from shopglot_eval.records import Example, Output, Pair
from shopglot_eval.retrieval.copying import Borrowed, borrowed_measures, numbers, words
from shopglot_eval.retrieval.pool import Shown

EXAMPLE = Example(id="a", market="us", source="毛毯 2条", references=("Two soft blankets",), listing="p")
SHOWN = Shown(
    id="t", source="枕头 500克", question="pillow 500克", answer="Feather pillow for soft sleep, 500 g, 2 pieces",
    likeness=0.2, nearness=0.0,
)  # fmt: skip


def pair(target: str) -> Pair:
    """Return an answer."""
    return Pair(example=EXAMPLE, output=Output(id="a", target=target))


def of_words() -> Borrowed:
    """Return the measure of words where one example was shown."""
    return borrowed_measures({"a": (SHOWN,)}, {"a": "毛毯 2条 Fleece"})[0]


def of_numbers() -> Borrowed:
    """Return the measure of numbers where one example was shown."""
    return borrowed_measures({"a": (SHOWN,)}, {"a": "毛毯 2条"})[1]


@pytest.mark.parametrize(
    ("target", "borrowed"),
    [
        ("Two soft blankets", []),  # what the reference has is right, wherever it comes from
        ("Two soft feather blankets", ["feather"]),
        ("Feathers and pillows", ["feather", "pillow"]),
        ("For you: silky blankets", []),  # short words, and words that were not shown
        ("", []),
    ],
)
def test_words(target: str, borrowed: list[str]) -> None:
    """Case and plural make no other word."""
    measure = of_words()
    assert borrowed == measure.borrowed(pair(target))
    assert measure.count(pair(target)) == (len(borrowed), len(words(target)))


def test_numbers_of_another_product() -> None:
    """500 was taken from the example; 2 stands in the question."""
    measure = of_numbers()
    assert measure.borrowed(pair("2 blankets, 500 g, 30 cm")) == ["500"]
    assert measure.count(pair("2 blankets, 500 g, 30 cm")) == (1.0, 3.0)
    assert numbers("1,200 or 1.5 of 3") == ["1200", "1.5", "3"]


def test_without_examples_nothing_is_borrowed() -> None:
    """Whatever the answer says; a share of nothing is none."""
    bare = Borrowed(shown={}, questions={})
    assert bare.count(pair("Feather pillow")) == (0.0, 2.0)
    assert bare.measure([pair("")]).value is None
    found = of_words().measure([pair("Feather pillow"), pair("Two soft blankets")])
    assert found.value == pytest.approx(2 / 4)
    assert found.against[0] == "a"
