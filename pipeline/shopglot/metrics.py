"""The figures of a run as a file for the textfile collector of Prometheus' node exporter, always whole."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shopglot.alerts import KINDS, Alert
from shopglot.errors import UsageError
from shopglot.exposition import Metric, expose, find_value
from shopglot.stopping import LEFT
from shopglot.summary import Summary, Watcher
from shopglot.types import STATUSES, Outcome, Translation

if TYPE_CHECKING:
    from shopglot.run import Night
    from shopglot.store import Run

EVERY = 60.0  # seconds between two writings
SUCCESS = "shopglot_last_success_timestamp_seconds"
GATES = ("fitted", "closed", "plain", "uncalibrated")


class MetricsFile(Watcher):
    """Writes figures when the run begins, every minute while something happens, and at its end.

    `say` hears once that the file cannot be written any more: a run does not fail for that. UsageError where it cannot
    be written at the start. `clock` tells seconds since the epoch, `ticks` seconds that never go back.
    """

    def __init__(
        self,
        path: Path,
        *,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._say, self._clock, self._ticks = path, say, clock, ticks
        self._begun, self._written, self._failed = clock(), ticks(), False
        self._run = Metric(name="shopglot_run_id", meaning="Number of the run in its store.")
        self._info = Metric(name="shopglot_run_info", meaning="The models of the run; always 1.")
        self._going = Metric(name="shopglot_run_in_progress", meaning="1 while the run goes on.")
        self._started = Metric(
            name="shopglot_run_started_timestamp_seconds", meaning="When this process began."
        )  # fmt: skip
        self._success = Metric(name=SUCCESS, meaning="When a run ended without an error last.")
        self._seconds = Metric(name="shopglot_run_seconds", meaning="How long this process has been at the run.")
        self._pages = Metric(name="shopglot_pages", meaning="Lines of the catalog by market and outcome.")
        self._left = Metric(name="shopglot_pages_left", meaning="Pages that the deadline cut off, among the skipped.")
        self._texts = Metric(name="shopglot_texts_translated", meaning="Texts that the engine translated.")
        self._read = Metric(name="shopglot_texts_read", meaning="Texts that the model read again for their score.")
        self._tokens = Metric(name="shopglot_tokens_generated", meaning="Tokens that the engine generated.")
        self._stages = Metric(name="shopglot_stage_seconds", meaning="Seconds of this process by stage.")
        self._promise = Metric(
            name="shopglot_promise", meaning="What stands behind what a market publishes: 1 for its state."
        )  # fmt: skip
        self._alerts = Metric(
            name="shopglot_alerts", meaning="What is broken, of what is watched, at the end of a run."
        )
        self._changed = Metric(name="shopglot_catalog_changes", meaning="Pages by what the run did to them.")
        self._stage: tuple[str, float] = ("", 0.0)
        self._going.put(1)
        self._started.put(self._begun)
        for metric in (self._texts, self._read, self._tokens):
            metric.put(0)
        with suppress(OSError, ValueError):
            before = find_value(path.read_text(encoding="utf-8"), SUCCESS)
            if before is not None:
                self._success.put(before)
        try:
            self._write()
        except OSError as error:
            raise UsageError(
                f"--metrics-file {path}: {error.strerror}; name a file in a folder that is there."
            ) from error

    def begin(self, night: Night, now: Run) -> None:
        """Note which run it is."""
        self._run.put(now.id)
        self._info.put(1, run_id=str(now.id), signature="+".join(one.model for one in night.localizers))
        for localizer in night.localizers:
            market = localizer.market.name
            self._left.put(0, market=market)
            for status in STATUSES:
                self._pages.put(0, market=market, outcome=status)
            for state in GATES:
                self._promise.put(state == localizer.gate_state, market=market, state=state)
        self.write()

    def outcome(self, outcome: Outcome) -> None:
        """Count a page."""
        _add(self._pages, 1, market=outcome.market, outcome=outcome.status)
        if LEFT in outcome.reasons:
            _add(self._left, 1, market=outcome.market)
        self._tick()

    def translated(self, translations: Sequence[Translation]) -> None:
        """Count a batch."""
        _add(self._texts, len(translations))
        _add(self._tokens, sum(translation.tokens for translation in translations))
        self._tick()

    def read(self, texts: int) -> None:
        """Count texts that the model read."""
        _add(self._read, texts)
        self._tick()

    def stage(self, name: str) -> None:
        """Count the time since the last stage began."""
        before, since = self._stage
        now = self._ticks()
        if before:
            _add(self._stages, now - since, stage=before)
        self._stage = name, now

    def end(self, summary: Summary) -> None:
        """Note what the run did in the end; `close` writes it."""
        self.stage("")
        for name in ("published", "unchanged", "withdrawn", "retired", "audited"):
            self._changed.put(getattr(summary, name), change=name)

    def say(self, line: str) -> None:
        """Say nothing."""

    def note_alerts(self, markets: Iterable[str], alerts: Iterable[Alert]) -> None:
        """Note what is broken, and that nothing else is."""
        for market in markets:
            for kind in KINDS:
                self._alerts.put(0, kind=kind, market=market)
        for alert in alerts:
            self._alerts.put(1, kind=alert.kind, market=alert.market)

    def close(self, *, success: bool) -> None:
        """Write the last state."""
        self._going.put(0)
        if success:
            self._success.put(self._clock())
        self.write()

    def write(self) -> None:
        """Write the file; where that fails, say so once."""
        try:
            self._write()
        except OSError as error:
            if not self._failed:
                self._say(f"--metrics-file {self._path}: {error.strerror}; the run goes on without it")
            self._failed = True

    def _tick(self) -> None:
        if self._ticks() - self._written >= EVERY:
            self.write()

    def _write(self) -> None:
        self._written = self._ticks()
        self._seconds.put(round(self._clock() - self._begun, 3))
        text = expose((
            self._run, self._info, self._going, self._started, self._success, self._seconds, self._pages, self._left,
            self._texts, self._read, self._tokens, self._stages, self._promise, self._alerts, self._changed,
        ))  # fmt: skip
        # The collector reads *.prom: the file that is being written has another name.
        unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}.unfinished")
        try:
            unfinished.write_text(text, encoding="utf-8", newline="\n")
            unfinished.replace(self._path)
        finally:
            unfinished.unlink(missing_ok=True)


def _add(metric: Metric, amount: float, **labels: str) -> None:
    metric.put(metric.values.get(tuple(labels.items()), 0) + amount, **labels)
