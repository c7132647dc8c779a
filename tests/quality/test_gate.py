"""The mathematics of the gate: its bounds, its laws, what it refuses, and that the promise is kept."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot.errors import DataError, UsageError
from shopglot.quality.gate import (
    Abstention,
    Cutoff,
    correlation,
    count_needed,
    fit_cutoff,
    interval,
    lower_bound,
    upper_bound,
)

CONFIDENCES = st.floats(0.5, 0.99)
VERDICTS = st.lists(st.tuples(st.integers(0, 20).map(lambda step: step / 20), st.booleans()), max_size=150)


def binomial(bad: int, total: int, risk: float) -> float:
    """Return P(Bin(total, risk) <= bad), added up."""
    return math.fsum(math.comb(total, k) * risk**k * (1 - risk) ** (total - k) for k in range(bad + 1))


def fit(verdicts: list[tuple[float, bool]], risk: float = 0.2, spare: int = 3) -> Cutoff | Abstention:
    """Fit at a confidence of 90%."""
    scores, bad = [score for score, _ in verdicts], [wrong for _, wrong in verdicts]
    return fit_cutoff(scores, bad, risk=risk, confidence=0.9, spare=spare)


def coverage(fitted: Cutoff | Abstention) -> float:
    """Return the share published, 0 for an abstention."""
    return fitted.coverage if isinstance(fitted, Cutoff) else 0.0


@given(total=st.integers(1, 200), data=st.data(), confidence=CONFIDENCES)
@settings(max_examples=100, deadline=None)
def test_upper_bound_is_its_definition(total: int, data: st.DataObject, confidence: float) -> None:
    """At the upper bound so few bad ones have just the chance that the confidence leaves."""
    bad = data.draw(st.integers(0, total - 1))
    assert pytest.approx(1 - confidence, abs=1e-7) == binomial(bad, total, upper_bound(bad, total, confidence))


@given(total=st.integers(0, 200), data=st.data(), confidence=CONFIDENCES)
@settings(max_examples=100, deadline=None)
def test_interval_holds_the_share(total: int, data: st.DataObject, confidence: float) -> None:
    """The observed share lies within the interval, which lies within 0..1."""
    bad = data.draw(st.integers(0, total))
    low, high = interval(bad, total, confidence)
    share = bad / total if total else 0.5
    assert 0 <= low <= share <= high <= 1


@given(total=st.integers(1, 200), data=st.data(), confidence=CONFIDENCES)
@settings(max_examples=100, deadline=None)
def test_bounds_rise_with_the_bad(total: int, data: st.DataObject, confidence: float) -> None:
    """One more bad one raises both bounds."""
    bad = data.draw(st.integers(0, total - 1))
    assert upper_bound(bad, total, confidence) < upper_bound(bad + 1, total, confidence)
    assert lower_bound(bad, total, confidence) < lower_bound(bad + 1, total, confidence)


@pytest.mark.parametrize(
    ("bad", "total", "low", "high"),
    [(0, 10, 0.0, 0.3084971), (5, 10, 0.1870860, 0.8129140), (10, 10, 0.6915029, 1.0), (0, 0, 0.0, 1.0)],
)
def test_interval_against_published_values(bad: int, total: int, low: float, high: float) -> None:
    """The 95% intervals are those of the tables (binom.test of R); nothing observed says nothing."""
    assert pytest.approx((low, high), abs=1e-6) == interval(bad, total, 0.95)


@pytest.mark.parametrize(
    ("risk", "confidence", "spare", "needed"),
    [(0.2, 0.9, 0, 11), (0.1, 0.9, 0, 22), (0.3, 0.9, 0, 7), (0.1, 0.9, 1, 38), (0.05, 0.95, 0, 59), (0.5, 0.5, 0, 1)],
)
def test_count_needed(risk: float, confidence: float, spare: int, needed: int) -> None:
    """So many are enough and one fewer is not."""
    assert needed == count_needed(risk, confidence, spare=spare)
    assert binomial(spare, needed, risk) <= 1 - confidence + 1e-12 < binomial(spare, needed - 1, risk) + 1e-9


def test_good_ones_are_published() -> None:
    """All good, all published: the cut-off is the highest that publishes the same, and the figures agree."""
    fitted = fit([(0.8, False)] * 40)
    assert isinstance(fitted, Cutoff)
    assert (0.8, 40, 0, 40, 1.0, 40) == (
        fitted.cutoff, fitted.published, fitted.bad, fitted.total, fitted.coverage, fitted.effective,
    )  # fmt: skip
    assert upper_bound(0, 40, 0.9) == fitted.bound


def test_the_cutoff_stands_between_good_and_bad() -> None:
    """Where good and bad ones are far apart the cut-off goes as low among the bad ones as the promise allows."""
    fitted = fit([(0.9, False)] * 60 + [(0.3 + step / 1000, True) for step in range(60)])
    assert isinstance(fitted, Cutoff)
    assert 0.3 <= fitted.cutoff < 0.9
    assert fitted.bad > 0
    assert fitted.bound <= 0.2


def test_too_few_verdicts() -> None:
    """Ten good ones cannot show 20% at 90%, eleven can; the abstention says how many are needed."""
    few = fit([(0.9, False)] * 10)
    assert isinstance(few, Abstention)
    assert ("few", 10, 11) == (few.reason, few.total, few.needed)
    assert "at least 11" in str(few)
    assert isinstance(fit([(0.9, False)] * 11), Cutoff)
    assert isinstance(fit([]), Abstention)


def test_too_many_bad_ones() -> None:
    """Enough verdicts, half of them bad at every score: no cut-off, and the reason is another one."""
    risky = fit([(score / 100, bool(score % 2)) for score in range(100)])
    assert isinstance(risky, Abstention)
    assert ("risky", 50) == (risky.reason, risky.bad)
    assert "no cut-off" in str(risky)


def test_one_bad_listing_at_the_top_does_not_end_everything() -> None:
    """The first test spares some; with none to spare the same verdicts publish nothing."""
    verdicts = [(0.99, True)] + [(0.98 - step / 1000, False) for step in range(200)]
    assert 1.0 == coverage(fit(verdicts))
    assert 0.0 == coverage(fit(verdicts, spare=0))


@given(verdicts=VERDICTS, risk=st.sampled_from([0.1, 0.2, 0.4]))
@settings(max_examples=150, deadline=None)
def test_figures_of_a_cutoff_agree(verdicts: list[tuple[float, bool]], risk: float) -> None:
    """What the record says is so among the verdicts, and its bound is within the promise."""
    fitted = fit(verdicts, risk)
    if isinstance(fitted, Cutoff):
        above = [wrong for score, wrong in verdicts if score >= fitted.cutoff]
        assert (len(above), sum(above)) == (fitted.published, fitted.bad)
        assert fitted.bound <= risk + 1e-9
        assert binomial(fitted.bad, fitted.published, risk) <= 0.1 + 1e-9
    else:
        assert ("few" if len(verdicts) < fitted.needed else "risky") == fitted.reason


@given(verdicts=VERDICTS, data=st.data())
@settings(max_examples=100, deadline=None)
def test_order_does_not_matter(verdicts: list[tuple[float, bool]], data: st.DataObject) -> None:
    """The same verdicts in another order give the same answer."""
    assert fit(verdicts) == fit(data.draw(st.permutations(verdicts)))


@given(verdicts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6).map(lambda n: n == 0)), min_size=1, max_size=150))
@settings(max_examples=150, deadline=None)
def test_worse_verdicts_never_publish_more(verdicts: list[tuple[float, bool]]) -> None:
    """A bad listing more at the very top, or one good one that turns out bad, never lowers the cut-off."""
    before = fit(verdicts)
    added = fit([(1.0, True), *verdicts])
    turned = fit([(verdicts[0][0], True), *verdicts[1:]])
    for after in (turned, added):
        if isinstance(after, Cutoff):
            assert isinstance(before, Cutoff)
            assert before.cutoff <= after.cutoff


@given(verdicts=VERDICTS)
@settings(max_examples=50, deadline=None)
def test_groups_of_one_change_nothing(verdicts: list[tuple[float, bool]]) -> None:
    """Where each listing is a group of its own, naming the groups is as not naming them."""
    scores, bad = [score for score, _ in verdicts], [wrong for _, wrong in verdicts]
    grouped = fit_cutoff(scores, bad, risk=0.2, confidence=0.9, groups=list(range(len(scores))))
    assert fit(verdicts) == grouped


def test_one_group_is_worth_one_listing() -> None:
    """Verdicts that are all of one document show next to nothing; copies of listings are worth the listings."""
    scores, bad = [0.9] * 100, [False] * 100
    one = fit_cutoff(scores, bad, risk=0.2, confidence=0.9, groups=["a"] * 100)
    assert isinstance(one, Abstention)
    assert "few" == one.reason
    copies = [number // 5 for number in range(300)]
    fitted = fit_cutoff(
        [0.9] * 300, [number < 10 for number in range(300)], risk=0.2, confidence=0.9, groups=copies
    )  # both bad documents are bad throughout
    assert isinstance(fitted, Cutoff)
    assert pytest.approx(60, abs=1.5) == fitted.effective


def test_correlation() -> None:
    """Alike throughout is 1, alike by chance is about 0, and never below."""
    import numpy as np

    chance = np.random.default_rng(3)
    numbers = np.arange(2000) // 10
    assert pytest.approx(1.0) == correlation(numbers % 3 == 0, numbers)
    assert 0 <= correlation(chance.random(2000) < 0.3, numbers) < 0.03
    assert 0.0 == correlation(np.tile([0, 1], 1000), numbers)
    assert 0.0 == correlation(np.zeros(2000), numbers)


@pytest.mark.parametrize("risk", [0.1, 0.2, 0.3])
def test_the_promise_is_kept(risk: float) -> None:
    """Where every cut-off is wrong by a hair, one is given in about a tenth of trials at most."""
    chance = random.Random(11)  # noqa: S311 - not for secrets
    broken = 0
    for _ in range(400):
        verdicts = [(chance.random(), chance.random() < risk * 1.001) for _ in range(200)]
        broken += isinstance(fit(verdicts, risk), Cutoff)
    assert 0 < broken / 400 <= 0.15  # 0.1 and more than three standard errors


@pytest.mark.parametrize("risk", [0, 1, -0.1, 1.5, math.nan])
def test_risks_that_are_none(risk: float) -> None:
    """Risk and confidence are shares, both ends excluded."""
    with pytest.raises(UsageError, match="risk"):
        fit_cutoff([0.5], [False], risk=risk, confidence=0.9)
    with pytest.raises(UsageError, match="confidence"):
        fit_cutoff([0.5], [False], risk=0.2, confidence=risk)
    with pytest.raises(UsageError, match="confidence"):
        upper_bound(1, 2, risk)


@pytest.mark.parametrize("score", [math.nan, -0.1, 1.1, math.inf, "good"])
def test_scores_that_are_none(score: float) -> None:
    """A score that is no number in 0..1 is named."""
    with pytest.raises(DataError, match="score"):
        fit_cutoff([0.5, score], [False, True], risk=0.2, confidence=0.9)


def test_verdicts_that_do_not_fit() -> None:
    """Lengths must be equal, verdicts true or false, shares possible, a grid descending."""
    with pytest.raises(DataError, match="2 scores and 1 verdicts"):
        fit_cutoff([0.5, 0.6], [False], risk=0.2, confidence=0.9)
    with pytest.raises(DataError, match="verdict"):
        fit_cutoff([0.5], [None], risk=0.2, confidence=0.9)  # type: ignore[list-item]
    with pytest.raises(DataError, match="groups"):
        fit_cutoff([0.5], [False], risk=0.2, confidence=0.9, groups=[])
    for bad, total in ((3, 2), (-1, 2), (0, -1), (math.nan, 1)):
        with pytest.raises(DataError, match="bad ones"):
            upper_bound(bad, total, 0.9)
    for grid in ((), (0.1, 0.2), (0.5, 0.5)):
        with pytest.raises(UsageError, match="descend"):
            fit_cutoff([0.5], [False], risk=0.2, confidence=0.9, grid=grid)
    with pytest.raises(UsageError, match="spare"):
        fit_cutoff([0.5], [False], risk=0.2, confidence=0.9, spare=-1)
