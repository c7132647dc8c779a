"""A clock for tests, in the place of the machine's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test lets time pass, and goes on by `step` seconds each time it is read."""

    def __init__(self, begin: datetime = MORNING, *, step: float = 0.0) -> None:
        self.time, self._step = begin, timedelta(seconds=step)

    def __call__(self) -> datetime:
        """Return the time."""
        self.time += self._step
        return self.time

    def forward(self, seconds: float = 0.0, **duration: float) -> None:
        """Let time pass: 30, or minutes=5."""
        self.time += timedelta(seconds=seconds, **duration)
