"""One worker's share of a run: which windows it works on, and how it hears of what the others did.

A window is worked on in one market by one worker at a time, under a lease. What another one is at is come back to; what
a dead one left is taken over. When there is nothing else to do, the worker waits for the others, and says for whom.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shopglot.localizer import Localizer
from shopglot.ranking import RankedWindows
from shopglot.store import Lease, LeaseLost, Run, RunOver
from shopglot.store.working import LAST
from shopglot.summary import Summary
from shopglot.types import Outcome
from shopglot.windows import Part, Told, Windows

if TYPE_CHECKING:
    from shopglot.run import Night

SHORTEST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds between two looks at what others are doing

Work = Callable[[Part, Localizer, Lease], Sequence[Outcome]]


@dataclass(slots=True)
class Shift:
    """What one worker still has to see done: `open` are windows, each in a market, whose outcomes it has not told."""

    night: Night
    now: Run
    summary: Summary
    windows: Windows = field(init=False)
    open: list[tuple[Part, Localizer]] = field(default_factory=list)
    over: bool = False
    _waiting_for: str = ""

    def __post_init__(self) -> None:
        """Open the catalog."""
        night = self.night
        given = night.catalog, night.localizers, night.store, self.now
        if night.stop.deadline is None:
            self.windows = Windows(*given, publish=night.publish, tell=self._pass_by)
        else:
            self.windows = RankedWindows(*given, publish=night.publish, tell=self._pass_by, stop=night.stop)

    def stage(self, name: str) -> None:
        """Say what is done from now on; its time is counted under this name."""
        self.summary.enter(name, time.monotonic())
        self.night.watcher.stage(name)

    def work(self, work: Work) -> None:
        """See every window done in every market, by this worker or another: `work` returns outcomes, in their order."""
        try:
            self.stage("read")
            for part in self.windows:
                self._count(part)
                self.open.extend((part, localizer) for localizer in self.night.localizers)
                self._look(work)
                self.stage("read")
            pause = SHORTEST_WAIT
            while self.open:
                before = len(self.open)
                self._look(work)
                pause = SHORTEST_WAIT if len(self.open) < before else self._wait(pause)
        except RunOver as over:
            self._end(over)

    def finishes(self) -> Lease | None:
        """Return the right to finish the run, waiting for it; None where another worker has finished it."""
        pause = SHORTEST_WAIT
        while not self.over:
            try:
                lease = self.night.store.working.claim(self.now.id, self.windows.number, LAST, self.now.worker)
            except RunOver as over:
                self._end(over)
                break
            if lease is not None:
                return lease
            pause = self._wait(pause)
        return None

    def tell(self, outcome: Outcome) -> None:
        """Count an outcome and pass it on."""
        self.summary.count(outcome)
        self.night.emit(outcome)
        self.night.watcher.outcome(outcome)

    def _look(self, work: Work) -> None:
        """Go through what is open, oldest first, and do what is free."""
        for part, localizer in list(self.open):
            outcomes = self._done(part, localizer, work)
            if outcomes is not None:
                self.open.remove((part, localizer))
                self._told(part, outcomes)

    def _done(self, part: Part, localizer: Localizer, work: Work) -> Sequence[Outcome] | None:
        """Return the outcomes of a window in a market, None where another worker is at it."""
        market, working = localizer.market.name, self.night.store.working
        lease = working.claim(self.now.id, part.window.number, market, self.now.worker)
        if lease is None:
            done = working.done(self.now.id, part.window.number, market)
            return self.windows.outcomes(part.listings, market) if done else None
        try:
            outcomes = work(part, localizer, lease)
            working.finish(lease)
        except LeaseLost as lost:
            self.night.watcher.say(str(lost))
            return None
        return outcomes

    def _end(self, over: RunOver) -> None:
        """Tell of all that is left, as the worker who finished the run has left it."""
        if over.status != "finished":
            raise over
        self.over = True
        for part, localizer in self.open:
            self._told(part, self.windows.outcomes(part.listings, localizer.market.name))
        self.open.clear()
        self.windows.rest()

    def _wait(self, pause: float) -> float:
        """Wait for others, saying for whom; return how long to wait the next time."""
        busy = [
            f"process {busy.pid} on {busy.host} "
            + (f"(window {busy.number}, {busy.market})" if busy.market else "(the last steps)")
            for busy in self.night.store.working.busy(self.now.id, but=self.now.worker)
        ]
        if busy and (line := f"waiting for {', '.join(busy)}") != self._waiting_for:
            self._waiting_for = line
            self.night.watcher.say(line)
        self.stage("wait")
        time.sleep(pause)
        return min(2 * pause, LONGEST_WAIT)

    def _count(self, part: Part) -> None:
        for listing in part.listings:
            if listing.line not in part.late:
                self.summary.read_line(broken=False)

    def _told(self, part: Part, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.line not in part.late:
                self.tell(outcome)

    def _pass_by(self, told: Told) -> None:
        self.summary.read_line(broken=told.broken)
        self.summary.unchanged += len(told.standing)
        for outcome in (*told.outcomes, *told.standing):
            self.tell(outcome)
