"""Slices: which there are, and which of them are worse than the rest by more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from shopglot_eval.measures.fidelity import Numbers
from shopglot_eval.measures.shares import Trial
from shopglot_eval.measures.slices import bound_mean, has_slang, slices, worst_slices
from shopglot_eval.records import Better, Example, Figure, Form, Output, Pair


@dataclass(frozen=True, kw_only=True)
class Known:
    """A measure whose values are given by the id of the example."""

    values: Mapping[str, float | None]
    name: str = "known"
    title: str = "Known"
    better: Better = "higher"
    form: Form = "share"
    measured: list[int] = field(default_factory=list)

    def measure(self, pairs: Sequence[Pair]) -> Figure:
        """Return a figure with the number of pairs."""
        self.measured.append(len(pairs))
        return Figure(measure=self.name, value=0.5, count=len(pairs))

    def value(self, pair: Pair) -> float | None:
        """Return the value that was given."""
        return self.values[pair.example.id]


def page(number: int, *, category: str = "", source: str = "枕头", name: str = "title", domain: str = "") -> list[Pair]:
    """Return the four texts of a page."""
    return [
        Pair(
            example=Example(
                id=f"{number}-{place}", market="us", source=source, category=category, listing=f"p{number}",
                field=name if place else "title", domain=domain,
            ),
            output=Output(id=f"{number}-{place}", target="Pillow"),
        )
        for place in range(4)
    ]  # fmt: skip


def shelf(pages: int = 40) -> list[Pair]:
    """Return pages of four categories, of two shops each."""
    return [
        one for number in range(pages) for one in page(number, category=f"类{number % 4}/项{number % 8}", name="bullet")
    ]


def test_every_trait_is_a_slice() -> None:
    """Categories count on two levels, what is unknown is in no slice, and parts come in their order."""
    pairs = [
        *page(0, category="美妆/护肤/面膜", source="绝绝子的<b>面膜</b>30克", name="bullet", domain="ecommerce"),
        *page(1, category="家居", source="枕" * 40), *page(2, source="ab"),
    ]  # fmt: skip
    assert {key: len(own) for key, own in slices(pairs).items()} == {
        ("field", "bullet"): 3, ("field", "title"): 9, ("category", "家居"): 4, ("category", "美妆"): 4,
        ("category", "美妆/护肤"): 4, ("length", "to 5 characters"): 4, ("length", "16 to 30 characters"): 4,
        ("length", "31 to 60 characters"): 4, ("number", "with a number"): 4, ("number", "without a number"): 8,
        ("slang", "with slang"): 4, ("slang", "without slang"): 8, ("markup", "with markup"): 4,
        ("markup", "without markup"): 8, ("domain", "ecommerce"): 4,
    }  # fmt: skip
    lengths = [part for dimension, part in slices(pairs) if dimension == "length"]
    assert lengths == ["to 5 characters", "16 to 30 characters", "31 to 60 characters"]


def test_the_whole_is_no_slice() -> None:
    """A part that all pairs are in is left out; nothing has no slices."""
    assert ("field", "title") not in slices(page(0))
    assert slices([]) == {}


def test_origin_is_that_of_the_output() -> None:
    """Where a text came from is a slice of the answers, and not of the suite."""
    pairs = page(0)
    mixed = [replace(pairs[0], output=replace(pairs[0].output, origin="certain")), *pairs[1:]]
    assert {part: len(own) for (dimension, part), own in slices(mixed).items() if dimension == "origin"} == {
        "certain": 1, "machine": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "slang"),
    [
        ("这款真的绝绝子", True), ("真香，无限回购", True), ("種草清單", True), ("get同款", True), ("一起emo", True),
        ("纯棉枕头", False), ("Target 枕头", False), ("demo机", False), ("", False), ("\ud800", False),
    ],
)  # fmt: skip
def test_slang(source: str, slang: bool) -> None:
    """Slang is found in either script, Latin words only whole."""
    assert has_slang(source) is slang


def test_names_a_slice_that_is_worse() -> None:
    """Texts of one category fail far more often: it is named with its interval, and the texts that fail come first."""
    chance = np.random.default_rng(1)
    pairs = shelf()
    values = {
        one.example.id: float(chance.random() > (0.5 if one.example.category.startswith("类1") else 0.05))
        for one in pairs
    }
    found = worst_slices(Known(values=values), pairs)
    assert (found[0].dimension, found[0].part) == ("category", "类1")
    assert 0 < found[0].low < found[0].deficit < found[0].high
    assert found[0].deficit == pytest.approx(found[0].rest - found[0].mean)
    assert found[0].count == found[0].figure.count == 40
    assert values[found[0].texts[0]] == 0
    assert values[found[0].texts[-1]] == 1
    assert all(one.part.startswith("类1") for one in found)


def test_direction_follows_the_measure() -> None:
    """Where lower is better, the slice with the higher values is the worse one; where neither is, none is."""
    pairs = shelf()
    values = {
        one.example.id: float(place % 3 == 0) if one.example.category.startswith("类2") else float(place % 40 == 1)
        for place, one in enumerate(pairs)
    }
    found = worst_slices(Known(values=values, better="lower"), pairs)
    assert found[0].part == "类2"
    assert values[found[0].texts[0]] == 1
    assert not any(one.part == "类2" for one in worst_slices(Known(values=values), pairs))
    assert worst_slices(Known(values=values, better=""), pairs) == []


def test_scores_are_compared_too() -> None:
    """A measure whose values are no shares is compared by Student's intervals."""
    chance = np.random.default_rng(2)
    pairs = shelf()
    values = {one.example.id: chance.normal(40 if one.example.category.startswith("类3") else 55, 10) for one in pairs}
    found = worst_slices(Known(values=values, form="score"), pairs)
    assert found[0].part == "类3"
    assert found[0].low < 15 < found[0].high


@pytest.mark.parametrize("form", ["share", "score"])
def test_chance_names_no_slice(form: Form) -> None:
    """In 100 worlds where all slices are alike, though texts of a page are, 5 at most have one named."""
    chance = np.random.default_rng(3)
    pairs, named = shelf(), 0
    for _ in range(100):
        pages = {one.example.listing: chance.beta(8, 2) for one in pairs}
        values = {one.example.id: float(chance.random() < pages[one.example.listing]) for one in pairs}
        named += bool(worst_slices(Known(values=values, form=form), pairs))
    assert named <= 5


def test_small_slices_are_not_judged() -> None:
    """Below the fewest texts, of a slice or of the rest, nothing is said; texts without a value count for nothing."""
    pairs = [*shelf(8), *(one for number in range(8, 40) for one in page(number, category="别/项"))]
    bad = {one.example.id: float(not one.example.category.startswith("类1")) for one in pairs}
    assert worst_slices(Known(values=bad), pairs) == []
    assert worst_slices(Known(values=bad), pairs, fewest=8)[0].part == "类1"
    none: dict[str, float | None] = {one.example.id: None for one in pairs}
    assert worst_slices(Known(values=none), pairs) == []
    assert worst_slices(Known(values={}), []) == []


def test_the_same_texts_are_named_once() -> None:
    """A category with one part below it is named, and its part is not; `most` bounds how many are."""
    pairs = [one for number in range(40) for one in page(number, category=f"类{number % 4}/项{number % 4}")]
    bad = {one.example.id: float(not one.example.category.startswith("类1")) for one in pairs}
    assert [one.part for one in worst_slices(Known(values=bad), pairs)] == ["类1"]
    assert worst_slices(Known(values=bad), pairs, most=0) == []


def test_measures_only_what_it_names() -> None:
    """The measure itself, which may cost much, is asked for the slices that are named alone."""
    pairs = shelf()
    measure = Known(values={one.example.id: float(not one.example.category.startswith("类1")) for one in pairs})
    assert len(worst_slices(measure, pairs)) == len(measure.measured)


def test_a_real_measure() -> None:
    """Numbers that break in one category only are found there."""
    from shopglot.types import Finding

    wrong = Finding(
        check="number.changed", severity="error", side="source", start=1, end=4, text="30克", message="", message_zh=""
    )
    pairs = [
        replace(one, output=replace(one.output, findings=(wrong,) if number % 4 == 2 else ()))
        for number in range(60)
        for one in page(number, category=f"类{number % 4}", source="重30克")
    ]
    assert [one.part for one in worst_slices(Numbers(), pairs)] == ["类2"]


def test_the_interval_of_a_mean() -> None:
    """With a text a cluster it is Student's; with one cluster there is none."""
    values = [0.2, 0.4, 0.9, 0.5, 0.7]
    trials = [Trial(id=str(place), cluster=str(place), hits=value, total=1) for place, value in enumerate(values)]
    exact = ttest_1samp(values, 0).confidence_interval(0.95)
    assert bound_mean(trials) == pytest.approx((exact.low, exact.high))
    assert bound_mean([replace(one, cluster="one") for one in trials]) is None
