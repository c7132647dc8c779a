"""The regression: what it learns, and that its file says the same as it does."""

from __future__ import annotations

import json
from functools import cache
from math import log, nan
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.quality import load_estimator
from shopglot.quality.estimator import Variant
from shopglot_eval.estimation.fitting import Fitted, document
from shopglot_eval.estimation.regression import Example, Regression, fit

NAMES = ["forward", "doubts", "noise", "constant"]


def draw(count: int, seed: int = 1) -> list[Example]:
    """Return texts that are the likelier good the higher `forward` is and the lower `doubts`; `noise` says nothing."""
    rng = Random(seed)  # noqa: S311 - made-up data
    found = []
    for _ in range(count):
        forward, doubts = rng.gauss(-2, 1), rng.expovariate(1)
        good = forward + 2 - doubts + 1 + rng.gauss(0, 0.7) > 0
        signals = {"forward": forward, "doubts": doubts, "noise": rng.random(), "constant": 3.0}
        found.append(Example(signals=signals, good=good))
    return found


@cache
def fitted() -> Regression:
    """Return the regression that most tests ask."""
    return fit(draw(400), NAMES)


def test_signs() -> None:
    """What makes a text better has a weight above 0, what makes it worse one below, and noise next to none."""
    weights = {name: column["weight"] for name, column in fitted().columns.items()}
    assert weights["forward"] > 0.5
    assert weights["doubts"] < -0.5
    assert abs(weights["noise"]) < 0.4


def test_a_signal_that_never_varies_has_no_column() -> None:
    """Nothing can be learned from a constant, nor from a name that no text has."""
    assert {"forward", "doubts", "noise"} == set(fitted().columns)
    assert "unheard" not in fit(draw(50), [*NAMES, "unheard"]).columns


def test_values_are_clipped() -> None:
    """A text beyond everything known scores like the best known one."""
    column = fitted().columns["forward"]
    assert fitted().predict({"forward": column["high"]}) == fitted().predict({"forward": 1e9})
    assert fitted().predict({"forward": column["low"]}) == fitted().predict({"forward": -1e9})
    values = sorted(example.signals["forward"] for example in draw(400))
    assert values[0] < column["low"] < values[10]
    assert values[-11] < column["high"] < values[-1]


def test_rare_signals_keep_their_range() -> None:
    """A signal that one text in a thousand has is not clipped away."""
    examples = [Example(signals={"rare": float(number == 0)}, good=number > 500) for number in range(1000)]
    column = fit(examples, ["rare"]).columns["rare"]
    assert (0.0, 1.0) == (column["low"], column["high"])


@pytest.mark.parametrize("value", [{}, {"forward": nan}])
def test_missing_counts_as_usual(value: dict[str, float]) -> None:
    """A signal that is absent, or is no number, counts as its usual value, and never as certainty."""
    usual = {"forward": fitted().columns["forward"]["center"]}
    assert fitted().predict(usual) == fitted().predict(value)


def test_missing_signals_in_the_fit() -> None:
    """Texts that lack a signal are learned from like texts with its usual value."""
    examples = draw(200)
    lacking = [Example(signals={"noise": 0.5}, good=True), Example(signals={"forward": nan, "noise": 0.5}, good=False)]
    column = fit([*examples, *lacking], NAMES).columns["forward"]
    assert fit(examples, NAMES).columns["forward"]["center"] == pytest.approx(column["center"])
    assert column["weight"] > 0.5


def test_weights_of_examples_count() -> None:
    """An example with weight 3 teaches what three equal ones do."""
    examples = draw(60)
    heavy = Example(signals=examples[0].signals, good=examples[0].good, weight=3.0)
    # The same table, so that centers agree: two copies that count nothing.
    copies = [Example(signals=heavy.signals, good=heavy.good, weight=0.0)] * 2
    one, three = fit([heavy, *examples[1:], *copies], NAMES), fit([examples[0]] * 3 + examples[1:], NAMES)
    assert three.predict(draw(1, seed=9)[0].signals) == pytest.approx(one.predict(draw(1, seed=9)[0].signals), abs=1e-3)


@given(st.floats(0.1, 3), st.floats(-3, 3), st.floats(-5, 5))
def test_rescale(slope: float, intercept: float, forward: float) -> None:
    """The logit of the rescaled regression is the line through the old one."""
    signals = {"forward": forward}
    expected = slope * fitted().logit(signals) + intercept
    assert expected == pytest.approx(fitted().rescale(slope, intercept).logit(signals))


def test_base_rate() -> None:
    """Where the only signal says nothing, the probability is the share of good ones."""
    examples = [Example(signals={"x": float(number % 2)}, good=number % 4 < 3) for number in range(4000)]
    balanced = [*examples, *(Example(signals={"x": 1 - e.signals["x"]}, good=e.good) for e in examples)]
    assert log(3) == pytest.approx(fit(balanced, ["x"]).logit({}), abs=0.01)


@pytest.mark.parametrize("good", [True, False])
def test_both_kinds_are_needed(good: bool) -> None:
    """Of good ones alone nothing can be learned, and the error counts them."""
    with pytest.raises(ValueError, match=f"3 examples, {3 * good} of them good"):
        fit([Example(signals={"x": float(number)}, good=good) for number in range(3)], ["x"])


def test_no_examples() -> None:
    """No examples at all are refused in the same words."""
    with pytest.raises(ValueError, match="0 examples, 0 of them good"):
        fit([], ["x"])


def test_some_signal_must_vary() -> None:
    """Texts that are all alike teach nothing, and the error says so."""
    with pytest.raises(ValueError, match="no signal that varies"):
        fit([Example(signals={"x": 1.0}, good=good) for good in (True, False)], ["x"])


@pytest.fixture(scope="module")
def variant(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """What the product reads of the file of `fitted`."""
    path = tmp_path_factory.mktemp("regression") / "en.json"
    one = Fitted(views=(), regression=fitted(), caution=0.0)
    content = document(name="made", scorer="", fitted=[one], certain=[], usual=[], made={})
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_estimator(path).variant(frozenset())


@settings(max_examples=200)
@given(
    signals=st.fixed_dictionaries(
        {}, optional={name: st.floats(-20, 20) | st.sampled_from([-1e12, 1e12, -0.0]) for name in (*NAMES, "unheard")}
    )
)
def test_the_file_says_the_same(variant: Variant, signals: dict[str, float]) -> None:
    """The product, which reads the rounded file, gives the probability that the regression gives."""
    assert fitted().predict(signals) == pytest.approx(variant.predict(signals), abs=1e-3)
