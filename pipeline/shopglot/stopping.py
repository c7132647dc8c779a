"""When a run stops before its end: at its deadline, or because it is asked to by a signal.

Either way the batch that the engine has in hand is ended and written; nothing that was done is lost. At the deadline
the run is closed, with an outcome for every page that was not reached. A signal leaves it open: the next start takes it
up where it was.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shopglot.errors import UsageError

LEFT = "run.deadline"  # the reason of a page that was not reached
_DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?", re.ASCII)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)


class TimeUp(Exception):  # noqa: N818 - says what happened
    """The deadline is there, or would be before the next batch is back."""


class Ended(BaseException):
    """A signal asks the process to end; no handler of errors may take it for one."""


@dataclass(slots=True)
class Stop:
    """When to stop. `deadline` is a moment as `clock` tells it, in seconds; None for no deadline.

    `asked` is the name of the signal that came, "" before. While something is `in_hand`, a signal is only noted, and
    whoever has it in hand ends it and then asks `heed`; else it ends the work where it is.
    """

    deadline: float | None = None
    clock: Callable[[], float] = time.time
    asked: str = ""
    in_hand: bool = False
    _longest: dict[str, tuple[float, int]] = field(default_factory=dict)

    def ask(self, signal: str) -> None:
        """Ask to stop; Ended at once where nothing is in hand."""
        self.asked = signal
        if not self.in_hand:
            raise Ended(signal)

    def heed(self) -> None:
        """Raise Ended where a signal came."""
        if self.asked:
            raise Ended(self.asked)

    def check(self) -> None:
        """Raise Ended where a signal came, TimeUp at the deadline."""
        self.heed()
        if self.over():
            raise TimeUp

    def over(self, kind: str = "", size: int = 0) -> bool:
        """Return whether the deadline is there, or would be before a batch of a kind and size (characters) is done.

        A batch is expected to take as long as the longest of its kind so far, in proportion where it is larger; the
        first of a kind as long as the longest of any.
        """
        if self.deadline is None:
            return False
        if kind in self._longest:
            longest, largest = self._longest[kind]
            seconds = longest * max(1.0, size / max(largest, 1))
        else:
            seconds = max((longest for longest, _ in self._longest.values()), default=0.0) if size else 0.0
        return self.clock() + seconds >= self.deadline

    def note(self, kind: str, seconds: float, size: int) -> None:
        """Note how long a batch took."""
        if seconds > self._longest.get(kind, (0.0, 1))[0]:
            self._longest[kind] = seconds, size


def parse_deadline(text: str, now: datetime) -> float:
    """Return a deadline in seconds since the epoch.

    `text` is a duration from `now` (`90m`, `1h30m`, `45s`), a time of the machine's day (`05:30`: the next one), or a
    moment as ISO 8601 has it, of the machine's time zone where it names none. `now` has a time zone. UsageError for
    anything else, and for a moment that is past.
    """
    given = text.strip()
    if given and (found := _DURATION.fullmatch(given)):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return (now + timedelta(hours=hours, minutes=minutes, seconds=seconds)).timestamp()
    if found := _TIME.fullmatch(given):
        hour, minute, second = (int(part or 0) for part in found.groups())
        local = now.replace(tzinfo=None)
        moment = local.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if moment <= local:
            moment += timedelta(days=1)
        # The offset may change in between: at the end of summer time the day has 25 hours.
        return (moment.replace(tzinfo=now.tzinfo) if _is_zone(now) else moment.astimezone()).timestamp()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise UsageError(
            f"--deadline {text}: give a time of day (05:30), a moment (2026-11-24T05:30+08:00) or a duration (90m)."
        ) from None
    deadline = moment.timestamp()  # without a zone: the machine's
    if deadline <= now.timestamp():
        raise UsageError(f"--deadline {text}: this moment is past.")
    return deadline


def _is_zone(now: datetime) -> bool:
    """Return whether a moment knows its zone, not only tonight's offset, which is all that `astimezone()` gives."""
    return hasattr(now.tzinfo, "key")
