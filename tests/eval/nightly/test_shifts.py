"""When a night is unlike those before it."""

from __future__ import annotations

from random import Random

import pytest

from shopglot.quality.drift import LEAST, SHIFTED
from shopglot_eval.nightly import shifts

STEADY = [(100, 1000), (104, 1000), (97, 1000), (101, 1000), (99, 1000)]
UNSTEADY = [(20, 1000), (190, 1000), (60, 1000), (150, 1000), (80, 1000)]


def test_a_jump_is_one() -> None:
    """16% after nights of 10% is a jump."""
    p = shifts.compare(160, 1000, STEADY)
    assert p is not None
    assert p < 0.01


def test_the_same_jump_is_none_where_nights_differ_anyway() -> None:
    """The same 16% is nothing where nights were at 2% and at 19%."""
    p = shifts.compare(160, 1000, UNSTEADY)
    assert p is not None
    assert p > 0.2


@pytest.mark.parametrize(
    ("count", "of", "before"),
    [(0, 0, STEADY), (5, 10, []), (5, 10, STEADY[:2]), (5, 10, [(0, 0), *STEADY[:2]])],
)
def test_nothing_is_said_of_too_little(count: int, of: int, before: list[tuple[int, int]]) -> None:
    """Without anything tonight, or with too few nights before, nothing is said."""
    assert shifts.compare(count, of, before) is None


@pytest.mark.parametrize(("count", "before"), [(0, [(0, 50)] * 4), (50, [(50, 50)] * 4)])
def test_all_or_nothing_all_the_time_is_no_shift(count: int, before: list[tuple[int, int]]) -> None:
    """A share that is always 0, or always 1, has not moved."""
    assert shifts.compare(count, 50, before) == 1.0


def test_what_never_was_is_a_shift() -> None:
    """A reason that no night had and tonight has often is one."""
    p = shifts.compare(30, 100, [(0, 100)] * 5)
    assert p is not None
    assert p < 0.01


def test_false_alarms_stay_rare_though_nights_vary() -> None:
    """Of 400 nights from the same world, whose shares vary from night to night, about 5% are called shifts."""
    chance = Random(8)  # noqa: S311 - not for secrets
    alarms = 0
    for _ in range(400):
        nights = [(sum(chance.random() < rate for _ in range(300)), 300) for rate in _rates(chance, 8)]
        p = shifts.compare(*nights[0], nights[1:])
        alarms += p is not None and p < shifts.ALPHA
    assert alarms <= 40


def _rates(chance: Random, nights: int) -> list[float]:
    return [min(0.9, max(0.02, chance.gauss(0.2, 0.05))) for _ in range(nights)]


def test_correction_keeps_what_is_not_known() -> None:
    """None stays where it is; the others grow, none above 1."""
    found = shifts.corrected([0.01, None, 0.04, 0.5])
    assert found[1] is None
    assert found[0] == pytest.approx(0.03)
    assert found[3] == pytest.approx(0.5)
    assert shifts.corrected([]) == []
    assert shifts.corrected([None]) == [None]


def test_values_that_moved_are_beyond_noise() -> None:
    """Values from another place have an index above the reading and above chance, the same ones have not."""
    chance = Random(3)  # noqa: S311 - not for secrets
    earlier = [chance.gauss(0, 1) for _ in range(2000)]
    same = [chance.gauss(0, 1) for _ in range(500)]
    moved = [chance.gauss(0.8, 1) for _ in range(500)]
    limit = shifts.noise(500, 2000, 20)
    found_same, found_moved = shifts.index(same, earlier), shifts.index(moved, earlier)
    assert found_same is not None
    assert found_moved is not None
    assert found_same < limit < SHIFTED < found_moved


def test_few_values_say_nothing() -> None:
    """Fewer than `LEAST` on either side have no index."""
    many, few = [0.5] * LEAST, [0.5] * (LEAST - 1)
    assert shifts.index(few, many) is None
    assert shifts.index(many, few) is None
    assert shifts.index(many, many) == pytest.approx(0.0, abs=1e-9)
    assert shifts.deciles(few) is None


def test_noise_grows_with_fewer_values_and_more_looks() -> None:
    """A few values, or many looks, reach more by chance."""
    assert shifts.noise(100, 100, 1) == pytest.approx(16.919 / 50, rel=1e-3), "chi-square, 9 degrees of freedom, 95%"
    assert shifts.noise(100, 100, 1) < shifts.noise(100, 100, 40) < shifts.noise(50, 100, 40)


def test_together_adds_up_what_is_there() -> None:
    """Runs that have nothing in the market count nothing."""
    assert shifts.together({1: (2, 10), 3: (1, 5)}, [3, 2, 1]) == (3, 15)
    assert shifts.together({}, [1]) == (0, 0)
