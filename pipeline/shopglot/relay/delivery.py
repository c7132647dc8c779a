"""The relay: takes what is due from the outbox to a target, and writes down what became of each event.

At least once: an event is marked delivered after the target has it, so that a relay that dies in between delivers it
again. What an endpoint refuses for now is tried again with exponential backoff and full jitter
(https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); what it refuses for good, or too often, is
dead and waits for a person. Where nothing gets through any more, the relay as a whole keeps still for a while.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from shopglot.relay.target import Answer, Target, message

if TYPE_CHECKING:
    from shopglot.store.events import Event, Events
    from shopglot.store.relaying import RelayLock

PAGE = 100  # events read from the store at once; their documents are in memory together


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient a relay is; times in seconds.

    After `attempts` in vain an event is dead. Before attempt n + 1 it waits between 0 and base * factor**(n - 1), at
    most `longest`: with the default, eight attempts spread over some three hours. `row` failures on end without a
    success, and the relay keeps still, between 0 and base * 2**n, at most `pause`, before it tries again. What a
    target asks for itself is honoured up to `patience`. Every `poll` it looks for new events.
    """

    attempts: int = 8
    base: float = 15.0
    factor: float = 4.0
    longest: float = 7200.0
    row: int = 10
    pause: float = 300.0
    patience: float = 86_400.0
    poll: float = 2.0


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a relay did: events that arrived, attempts that failed for now, events given up; the last failure.

    `gave_up` is set where it ended although events were due, because nothing got through any more.
    """

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    gave_up: bool = False
    error: str = ""


@dataclass(slots=True, kw_only=True)
class Relay:
    """Delivers the events of a store to a target.

    `chance` gives a number from [0, 1), `wait` sleeps for some seconds, `stopped` says whether to end: it is asked
    between events. `watch` is called after each answer. `lock` is the store's, held by the caller.
    """

    events: Events
    target: Target
    lock: RelayLock | None = None
    pace: Pace = field(default_factory=Pace)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random
    wait: Callable[[float], object] = lambda seconds: None
    stopped: Callable[[], bool] = lambda: False
    watch: Callable[[Tally], None] = lambda tally: None
    tally: Tally = field(default_factory=Tally)
    _row: int = field(default=0, init=False)  # failures on end
    _quiet: float = field(default=0.0, init=False)  # seconds for which the target wants to be left alone

    def deliver(self, *, limit: int | None = None) -> Tally:
        """Deliver until nothing is due, `limit` events were tried, nothing gets through, or it is stopped."""
        for _ in self._attempts(limit):
            if self._row >= self.pace.row or self._quiet:
                self.tally.gave_up = bool(self.events.due(limit=1, now=self.now()))
                break
        return self.tally

    def follow(self, *, limit: int | None = None) -> Tally:
        """Deliver until `limit` events were tried or it is stopped, waiting for new events and for broken targets."""
        tried = 0
        while not self.stopped() and (limit is None or tried < limit):
            for number in self._attempts(None if limit is None else limit - tried):
                tried += number
                if self._row >= self.pace.row or self._quiet:
                    self._keep_still()
                    break
            else:
                if not self.stopped():
                    self.wait(self.pace.poll)
        return self.tally

    def _attempts(self, limit: int | None) -> Iterator[int]:
        """Try what is due, a part at a time, until nothing is; yield how many events were tried after each part."""
        left = PAGE if limit is None else limit
        while left > 0 and not self.stopped():
            if self.lock is not None:
                self.lock.require()
            page = self.events.due(limit=min(PAGE, left), now=self.now())
            if not page:
                return
            self.events.make_durable()
            for start in range(0, len(page), self.target.batch):
                if self.stopped():
                    return
                part = page[start : start + self.target.batch]
                self._try(part)
                left -= 0 if limit is None else len(part)
                yield len(part)

    def _try(self, part: Sequence[Event]) -> None:
        """Send events and write down what became of them."""
        answers = self.target.send([message(event) for event in part])
        arrived = [event.seq for event, answer in zip(part, answers, strict=True) if answer.kind == "delivered"]
        if arrived:
            self.events.delivered(arrived)
            self.tally.delivered += len(arrived)
        for event, answer in zip(part, answers, strict=True):
            if answer.kind == "delivered":
                self._row = 0
            else:
                self._row += 1
                self._fail(event, answer)
        self.watch(self.tally)

    def _fail(self, event: Event, answer: Answer) -> None:
        """Write down a failed attempt: when the next one is, or that there is none."""
        self.tally.error = answer.error
        made = event.attempts + 1
        if answer.kind == "dead":
            self.events.dead(event.seq, answer.error)
            self.tally.dead += 1
            return
        self._quiet = max(self._quiet, min(answer.retry_after, self.pace.patience))
        if made >= self.pace.attempts:
            self.events.dead(event.seq, f"given up after {made} attempts: {answer.error}")
            self.tally.dead += 1
            return
        ceiling = min(self.pace.longest, self.pace.base * self.pace.factor ** min(made - 1, 64))
        delay = max(self.chance() * ceiling, min(answer.retry_after, self.pace.patience))
        self.events.failed(event.seq, answer.error, self.now() + timedelta(seconds=delay))
        self.tally.failed += 1

    def _keep_still(self) -> None:
        """Wait before the next attempt, whatever is due: as long as the target asked for, or longer and longer."""
        beyond = self._row - self.pace.row
        ceiling = min(self.pace.pause, self.pace.base * 2.0 ** min(beyond, 64)) if beyond >= 0 else 0.0
        seconds = max(self.chance() * ceiling, self._quiet)
        self._quiet = 0.0
        self.wait(seconds)
