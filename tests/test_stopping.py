"""When a run is to stop: what deadlines may look like, and how long a batch is expected to take."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopglot.errors import UsageError
from shopglot.stopping import Stop, TimeUp, parse_deadline

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 22, 0, tzinfo=PARIS)


def hours(text: str, now: datetime = NOW) -> float:
    """Return how many hours are left."""
    return (parse_deadline(text, now) - now.timestamp()) / 3600


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("90m", 1.5), ("1h30m", 1.5), ("2h", 2), ("45s", 45 / 3600), ("5:30", 7.5), ("05:30", 7.5), ("23:15:36", 1.26),
        ("22:00", 24), ("21:59", 24 - 1 / 60), (" 05:30 ", 7.5), ("2026-11-24T05:30:00+01:00", 7.5),
        ("2026-11-24T04:30Z", 7.5), ("0s", 0),
    ],
)  # fmt: skip
def test_deadlines(text: str, left: float) -> None:
    """A duration, the next time that a clock shows so, a moment."""
    assert left == pytest.approx(hours(text))


def test_longer_night() -> None:
    """Where summer time ends in between, the clock shows 05:30 an hour later."""
    assert 8.5 == hours("05:30", datetime(2026, 10, 24, 22, 0, tzinfo=PARIS))
    assert 6.5 == hours("05:30", datetime(2026, 3, 28, 22, 0, tzinfo=PARIS))


@pytest.mark.parametrize(
    "text",
    ["", "soon", "25:00", "5", "h", "-5m", "1.5h", "05:60", "2026-11-23T05:30+01:00", "٠٥:٣٠", "30m1h", "5:30pm"],
)
def test_no_deadlines(text: str) -> None:
    """The option is named, and what it may be."""
    with pytest.raises(UsageError, match="--deadline"):
        parse_deadline(text, NOW)


@given(st.text(max_size=12))
def test_any_text_is_a_deadline_or_a_usage_error(text: str) -> None:
    """Nothing else comes of it, and no deadline is behind us."""
    try:
        found = parse_deadline(text, datetime(2026, 11, 23, 22, 0, tzinfo=UTC))
    except UsageError:
        return
    assert found >= datetime(2026, 11, 23, 22, 0, tzinfo=UTC).timestamp()


def test_expectation() -> None:
    """A batch is expected to take as long as the longest so far, in proportion where it is larger, by kind."""
    now = [0.0]
    stop = Stop(deadline=100.0, clock=lambda: now[0])
    assert not stop.over("translate", 10**6)  # nothing is known yet
    stop.note("translate", 20.0, 1000)
    stop.note("translate", 5.0, 4000)
    for at, size, over in (
        (79.9, 1000, False),
        (80.0, 1000, True),
        (80.0, 10, True),
        (59.9, 2000, False),
        (60, 2000, True),
    ):
        now[0] = at
        assert over is stop.over("translate", size)
        assert (now[0] >= 80) is stop.over("read", size)  # nothing is known of this kind
    now[0] = 99.9
    stop.check()
    now[0] = 100.0
    with pytest.raises(TimeUp):
        stop.check()


def test_no_deadline_is_never_over() -> None:
    """Whatever the clock says."""
    stop = Stop(clock=lambda: 1e18)
    stop.note("translate", 1e9, 1)
    stop.check()
    assert not stop.over("translate", 5)
