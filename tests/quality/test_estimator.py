"""The estimator: a file of weights in, a probability with a signature out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from math import exp
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.errors import DataError
from shopglot.quality.estimator import DIGITS, Estimator, Variant, Weight, load_estimator
from shopglot.types import HUMAN, Origin, Segment, SegmentKey, Translation, View

Write = Callable[[object], Path]

WEIGHT = {"center": -1.0, "scale": 0.5, "weight": 2.0, "low": -3.0, "high": 0.0}
VARIANTS: list[dict[str, Any]] = [
    {"views": ["forward"], "bias": 0.5, "caution": 0.0, "signals": {"forward": WEIGHT}},
    {"views": [], "bias": 0.5, "caution": 0.25, "signals": {}},
    {"views": ["forward", "backward"], "bias": 1.0, "caution": 0.0, "signals": {"forward": WEIGHT, "backward": WEIGHT}},
]
DOCUMENT: dict[str, Any] = {
    "format": 1, "name": "en", "scorer": "card@1", "certain": {"published": 0.95}, "variants": VARIANTS,
    "usual": {"forward": [-2, -1.5, -1]},
}  # fmt: skip
SEGMENT = Segment(
    key=SegmentKey(merchant="m", listing="1", path="/fields/title", index=0), field="title", style="phrase",
    source="柔软的枕头",
)  # fmt: skip
ALL: frozenset[View] = frozenset({"forward", "backward", "alone"})


def text(opinion: Mapping[str, float] | None = None, *, origin: Origin = "machine") -> Translation:
    """Return a translation with an opinion."""
    return Translation(
        source=SEGMENT.source, target="Soft pillow", market="us", model="card@1", origin=origin, unit_key="u",
        machine_key="k", opinion=tuple(sorted((opinion or {}).items())),
    )  # fmt: skip


def logistic(logit: float) -> float:
    """Return the probability of a logit, as a score tells it."""
    return round(1 / (1 + exp(-logit)), DIGITS)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a document as an estimator's file."""

    def put(document: object) -> Path:
        path = tmp_path / "en.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        return path

    return put


@pytest.fixture
def estimator(write: Write) -> Estimator:
    """The estimator of the document above."""
    return load_estimator(write(DOCUMENT))


def test_file_is_read(estimator: Estimator) -> None:
    """All that the file says is there."""
    assert ("en", "card@1", 0.95) == (estimator.name, estimator.scorer, estimator.certain)
    assert {"forward": (-2.0, -1.5, -1.0)} == estimator.usual
    assert ["forward", "surface", "backward+forward"] == [variant.name for variant in estimator.variants]
    assert Weight(center=-1.0, scale=0.5, weight=2.0, low=-3.0, high=0.0) == estimator.variants[0].weights["forward"]


def test_signature_follows_the_content(write: Write, estimator: Estimator) -> None:
    """Another weight is another signature, and so is another set of views; the same file is the same."""
    other = load_estimator(write(DOCUMENT | {"certain": {"published": 0.96}}))
    again = load_estimator(write(DOCUMENT))
    assert estimator.signature() == again.signature()
    assert 4 == len({one.signature(views) for one in (estimator, other) for views in (frozenset[View](), ALL)})


@pytest.mark.parametrize(
    ("views", "name"),
    [
        ([], "surface"), (["alone"], "surface"), (["backward"], "surface"), (["forward"], "forward"),
        (["forward", "alone"], "forward"), (["backward", "forward"], "backward+forward"),
        (["alone", "backward", "forward"], "backward+forward"),
    ],
)  # fmt: skip
def test_richest_variant_is_used(views: list[View], name: str, estimator: Estimator) -> None:
    """Of what the model gave its opinion in, the most is used, and its name stands in the signature."""
    opinion = dict.fromkeys(map(str, views), -1.0)
    score = estimator.estimate(SEGMENT, text(opinion), (), views=ALL)
    assert f"en@{estimator.digest[:8]}/{name}" == score.signature == estimator.signature(frozenset(views))
    assert opinion == {key: value for key, value in score.signals if key in ALL}


def test_only_the_model_of_the_fit_is_asked(estimator: Estimator) -> None:
    """The views of the richest variant are worth asking for; another model's numbers mean something else."""
    assert (frozenset({"forward", "backward"}), frozenset()) == (estimator.views("card@1"), estimator.views("card@2"))


def test_opinion_in_views_that_are_not_asked_is_not_used(estimator: Estimator) -> None:
    """A remembered opinion does not make another score than the run's own signature says."""
    score = estimator.estimate(SEGMENT, text({"forward": -3.0, "backward": -3.0}), (), views=frozenset())
    assert (logistic(0.25), estimator.signature()) == (score.value, score.signature)


def test_value_of_an_example(estimator: Estimator) -> None:
    """Bias, weight and distance from the centre in units of the scale, through the logistic function."""
    score = estimator.estimate(SEGMENT, text({"forward": -1.5}), (), views=ALL)
    assert logistic(0.5 + 2 * (-1.5 + 1) / 0.5) == score.value


@pytest.mark.parametrize(("far", "edge"), [(-50.0, -3.0), (9.0, 0.0), (float("-inf"), -3.0)])
def test_signals_are_clipped(far: float, edge: float, estimator: Estimator) -> None:
    """What lies beyond all that the fit has seen counts as its edge."""
    values = [estimator.estimate(SEGMENT, text({"forward": value}), (), views=ALL).value for value in (far, edge)]
    assert values[0] == values[1] == logistic(0.5 + 2 * (edge + 1) / 0.5)


def test_missing_signal_counts_as_the_usual_one(estimator: Estimator) -> None:
    """A signal that is not there adds nothing, as one at the centre does."""
    variant = estimator.variants[2]
    assert variant.predict({"forward": -2.0}) == variant.predict({"forward": -2.0, "backward": -1.0})
    assert variant.predict({}) == variant.predict({"unknown": 9.0, "forward": -1.0})


def test_caution_lowers(estimator: Estimator) -> None:
    """What is subtracted for missing views makes the same text less sure."""
    bold = replace(estimator.variants[1], caution=0.0)
    assert estimator.variants[1].predict({}) < bold.predict({})
    surface = estimator.estimate(SEGMENT, text(), (), views=ALL)
    assert logistic(0.5 - 0.25) == surface.value
    assert surface.signature.endswith("/surface")


@pytest.mark.parametrize("views", [frozenset[View](), ALL])
def test_text_that_no_model_wrote(views: frozenset[View], estimator: Estimator) -> None:
    """Certain texts have a probability of their own, and the signature of the run, so that the gate speaks of them."""
    score = estimator.estimate(SEGMENT, text(origin="certain"), (), views=views)
    assert (0.95, estimator.signature(views)) == (score.value, score.signature)


def test_text_that_a_person_approved(estimator: Estimator) -> None:
    """An approved text needs no estimate, and its signals are told all the same."""
    score = estimator.estimate(SEGMENT, text({"forward": -9.0}, origin="human"), (), views=ALL)
    assert (1.0, HUMAN, -9.0) == (score.value, score.signature, dict(score.signals)["forward"])


@pytest.mark.parametrize("origin", ["machine", "memory"])
def test_memory_scores_as_fresh(origin: Origin, estimator: Estimator) -> None:
    """A remembered text has the score that it had."""
    views = {"forward": -1.2, "backward": -1.4}
    fresh = estimator.estimate(SEGMENT, text(views), (), views=ALL)
    assert fresh == estimator.estimate(SEGMENT, text(views, origin=origin), (), views=ALL)
    assert [*sorted(fresh.signals)] == [*fresh.signals]


def without(key: str) -> dict[str, Any]:
    """Return the document without a key."""
    return {name: value for name, value in DOCUMENT.items() if name != key}


def variant(**about: Any) -> dict[str, Any]:
    """Return the document with another variant without views."""
    return DOCUMENT | {"variants": [VARIANTS[1] | about]}


@pytest.mark.parametrize(
    ("document", "named"),
    [
        *((without(key), f"'{key}'") for key in DOCUMENT),
        (b"", "JSONDecodeError"), (b"{", "JSONDecodeError"), (b"\xff\xfe", "no estimator"), ([], "no estimator"),
        (None, "no estimator"), (DOCUMENT | {"format": 2}, "format 2"),
        (DOCUMENT | {"certain": {}}, "'published'"), (DOCUMENT | {"certain": 0.9}, "TypeError"),
        (DOCUMENT | {"variants": []}, "a variant without views"),
        (DOCUMENT | {"variants": VARIANTS[:1]}, "a variant without views"),
        (DOCUMENT | {"variants": [{}]}, "'views'"), (DOCUMENT | {"variants": 3}, "TypeError"),
        (variant(bias="high"), "high"), (variant(bias=None), "TypeError"),
        (variant(signals={"x": {"center": 1}}), "'scale'"), (variant(signals={"x": WEIGHT | {"low": "x"}}), "'x'"),
        (DOCUMENT | {"usual": {"x": ["a"]}}, "'a'"),
    ],
    ids=repr,
)  # fmt: skip
def test_wrong_file(document: object, named: str, write: Write) -> None:
    """A file that is no estimator is refused with its name and the key."""
    path = write(document)
    with pytest.raises(DataError) as caught:
        load_estimator(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert named in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(DataError, match=r"nothing\.json: No such file"):
        load_estimator(tmp_path / "nothing.json")


NUMBERS = st.floats(allow_nan=False)
SMALL = st.floats(-100, 100)


@given(
    bias=SMALL, caution=st.floats(0, 9), weight=SMALL, scale=st.floats(0.01, 100), signals=st.tuples(NUMBERS, NUMBERS)
)
def test_value_is_a_probability(
    bias: float, caution: float, weight: float, scale: float, signals: tuple[float, float]
) -> None:
    """Whatever a signal says the value lies in 0..1, and it never falls where a signal of positive weight rises."""
    own = Weight(center=0.0, scale=scale, weight=abs(weight), low=-5.0, high=5.0)
    made = Variant(views=frozenset(), bias=bias, caution=caution, weights={"x": own})
    low, high = (made.predict({"x": signal}) for signal in sorted(signals))
    assert 0 <= low <= high <= 1
    down = replace(made, weights={"x": replace(own, weight=-abs(weight))})
    worse, better = (down.predict({"x": signal}) for signal in sorted(signals, reverse=True))
    assert 0 <= worse <= better <= 1
    assert made.predict({"x": signals[0]}) <= replace(made, caution=0.0).predict({"x": signals[0]})
