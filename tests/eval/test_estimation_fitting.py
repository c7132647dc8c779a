"""Fitting: the parts of the verdicts, the variants, the fold into listings, and the file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.quality import load_estimator
from shopglot.quality.signals import SURFACE
from shopglot.types import View
from shopglot_eval.estimation.fitting import (
    LEARN,
    Fitted,
    Measured,
    document,
    fit_variant,
    fold_listings,
    names_for,
    part_of,
)
from shopglot_eval.estimation.regression import Regression
from shopglot_eval.estimation.texts import Judged, Pair

ALL: tuple[View, ...] = ("alone", "backward", "forward")


def measured(
    listing: str = "店/1", *, good: bool = True, held: bool = False, origin: str = "machine", **signals: float
) -> Measured:
    """Return a judged text."""
    judged = Judged(pair=Pair(source="源", target="x"), listing=listing, origin=origin, good=good)
    return Measured(judged=judged, signals=signals, held=held)


def draw(count: int, *, seed: int = 1, sign: int = 1) -> list[Measured]:
    """Return texts of listings of three; the longer, the likelier bad."""
    rng = Random(seed)  # noqa: S311 - made-up data
    found = []
    for number in range(count):
        long, forward = rng.gauss(0, 1), rng.gauss(-1, 1)
        good = forward + 1.5 - sign * long + rng.gauss(0, 0.7) > 0
        found.append(measured(f"店/{number // 3}", good=good, long=long, forward=forward))
    return found


def test_parts_are_forty_to_sixty() -> None:
    """Two fifths of the listings are learned from, whatever they are called."""
    for form in ("shop/{}", "店-{0}/{0}", "{}\ud800"):
        share = sum(part_of(form.format(number)) == "learn" for number in range(4000)) / 4000
        assert pytest.approx(LEARN, abs=0.03) == share


@given(st.text())
def test_the_part_of_a_listing_is_fixed(listing: str) -> None:
    """Any name has one part, today and tomorrow."""
    assert part_of(listing) in ("learn", "gate")
    assert part_of(listing) == part_of(str(listing))


def test_parts_never_change() -> None:
    """Gates in use were fitted on these parts: another hash would mix what was learned with what is promised."""
    assert ["learn", "gate", "learn", "learn", "gate"] == [
        part_of(f"shop-suyan/hb-A00{number}") for number in range(1, 6)
    ]


def test_names() -> None:
    """A variant has the surface signals, those of its views, and the gain where it has both sides of it."""
    assert list(SURFACE) == names_for(())
    assert {"forward", "forward-worst"} <= set(names_for(["forward"]))
    assert not {"gain", "alone", "backward"} & set(names_for(["forward"]))
    assert "gain" not in names_for(["alone", "backward"])
    assert {"gain", "alone", "backward-doubts"} <= set(names_for(ALL))
    assert len(names_for(ALL)) == len(set(names_for(ALL)))


def test_the_worst_text_speaks_for_its_listing() -> None:
    """A listing has its lowest score, 0 where a finding holds any text of it, and is bad where one text is."""
    texts = [
        measured("b"), measured("a", good=False), measured("b", good=True), measured("c", held=True), measured("c"),
        measured("a"),
    ]  # fmt: skip
    found = fold_listings(texts, [0.9, 0.8, 0.7, 0.95, 0.99, 1.0])
    assert (["b", "a", "c"], [0.7, 0.8, 0.0], [False, True, False]) == found


def test_a_held_text_stays_judged() -> None:
    """What findings hold is bad all the same where its reviewer said so."""
    assert (["a"], [0.0], [True]) == fold_listings([measured("a", held=True, good=False)], [1.0])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 1), st.booleans(), st.booleans())))
def test_folding_hangs_on_no_order(rows: Sequence[tuple[str, float, bool, bool]]) -> None:
    """Whatever the order of the texts, a listing has the same score and the same verdict."""
    texts = [measured(name, good=good, held=held) for name, _, good, held in rows]
    scores = [score for _, score, _, _ in rows]
    forth, back = fold_listings(texts, scores), fold_listings(texts[::-1], scores[::-1])
    assert {name: rest for name, *rest in zip(*forth, strict=True)} == {
        name: rest for name, *rest in zip(*back, strict=True)
    }


def test_scores_must_fit() -> None:
    """A score for each text, no more and no fewer."""
    with pytest.raises(ValueError, match="zip"):
        fold_listings([measured()], [])


def test_a_variant_is_calibrated() -> None:
    """On texts of the same kind that it has not seen, what it says comes true as often as it says."""
    fitted = fit_variant((), [], draw(1500), most=True)
    fresh = draw(3000, seed=2)
    said = [fitted.regression.predict(one.signals) for one in fresh]
    assert sum(one.judged.good for one in fresh) / 3000 == pytest.approx(sum(said) / 3000, abs=0.04)
    sure = [one.judged.good for one, value in zip(fresh, said, strict=True) if value > 0.8]
    assert pytest.approx(0.9, abs=0.07) == sum(sure) / len(sure)


def test_caution_is_for_what_lacks_a_view() -> None:
    """The richest variant is not lowered; another is, and the less the more verdicts there are."""
    few, many = (fit_variant((), [], draw(count), most=False).caution for count in (150, 1500))
    assert 0.0 == fit_variant((), [], draw(150), most=True).caution
    assert 0.05 < many < few < 1.5


def test_certain_texts_teach_nothing() -> None:
    """The regression learns from what a machine wrote only."""
    texts = draw(200)
    others = [measured(f"店/{number}", good=False, origin="certain", long=9.0) for number in range(100)]
    assert fit_variant((), [], texts, most=True) == fit_variant((), [], [*texts, *others], most=True)


def test_the_wrong_way_round_is_refused() -> None:
    """A score that calls the bad texts good is no estimator: better none."""
    texts = draw(300)
    others = [one.judged.good for one in texts]
    turned = [replace(one, judged=replace(one.judged, good=not good)) for one, good in zip(texts, others, strict=True)]
    from shopglot_eval.estimation.regression import Example

    heavy = [Example(signals=one.signals, good=one.judged.good, weight=50.0) for one in texts]
    with pytest.raises(ValueError, match="surface ranks the verdicts the wrong way round"):
        fit_variant((), heavy, turned, most=True)


@settings(max_examples=50)
@given(good=st.integers(0, 50), bad=st.integers(0, 50))
def test_certain_is_never_sure(good: int, bad: int) -> None:
    """The share of certain texts that are good is between 0 and 1, both excluded, by Laplace's rule."""
    texts = [measured(origin="certain", good=number < good) for number in range(good + bad)]
    content = document(name="n", scorer="", fitted=[], certain=texts, usual=[], made={})
    assert (good + 1) / (good + bad + 2) == pytest.approx(content["certain"]["published"], rel=1e-4)
    assert good + bad == content["certain"]["judged"]


def test_the_file_is_read_back(tmp_path: Path) -> None:
    """What is written the product reads: name, model, views, caution and nine deciles a signal."""
    texts = draw(101)
    content = document(
        name="en-9", scorer="m@1", certain=[], usual=texts, made={"why": "test"},
        fitted=[
            Fitted(views=ALL, regression=Regression(bias=1.5, columns={}), caution=0.0),
            Fitted(views=(), regression=Regression(bias=1.0, columns={}), caution=0.25),
        ],
    )  # fmt: skip
    (tmp_path / "en.json").write_text(json.dumps(content), encoding="utf-8")
    estimator = load_estimator(tmp_path / "en.json")
    assert ("en-9", "m@1") == (estimator.name, estimator.scorer)
    assert [(frozenset(ALL), 0.0), (frozenset(), 0.25)] == [(one.views, one.caution) for one in estimator.variants]
    values = sorted(one.signals["long"] for one in texts)
    assert pytest.approx(values[10:100:10], rel=1e-3) == estimator.usual["long"]
