"""What is shown while something takes time: a live display on a terminal, plain log lines elsewhere. stderr only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from shopglot.summary import Summary, Watcher

if TYPE_CHECKING:
    from shopglot.run import Night
    from shopglot.store import Run
    from shopglot.types import Outcome, Translation

LOG_EVERY = 10.0  # seconds between log lines where there is no terminal


class RunWatcher(Watcher):
    """Counts what a run does; `show` is called after each change."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._started = time.monotonic()
        self._lines: int | None = None
        self._markets = 1
        self.outcomes = 0
        self.segments = 0
        self.tokens = 0
        self.texts_read = 0
        self._engine_started: float | None = None
        self._settled = 0

    def begin(self, night: Night, now: Run) -> None:
        """Say what is about to be done."""
        self._lines, self._markets = night.total, len(night.localizers)
        lines = "" if night.total is None else f" ({night.total} lines)"
        verb = "taking up" if now.resumed else "joining" if now.joined else "beginning"
        models = ", ".join(f"{localizer.market.name}: {localizer.model}" for localizer in night.localizers)
        self.say(f"{verb} run {now.id} over {night.catalog}{lines}; {models}")

    def outcome(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.outcomes += 1
        self.show()

    def translated(self, translations: Sequence[Translation]) -> None:
        """Count a batch."""
        if self._engine_started is None:
            self._engine_started = self._started
        self.segments += len(translations)
        self.tokens += sum(translation.tokens for translation in translations)
        self.show()

    def read(self, texts: int) -> None:
        """Count texts that the model read again, for their score."""
        self.texts_read += texts
        self.show()

    def show(self) -> None:
        """Show the state."""

    def say(self, line: str) -> None:
        """Show a line that stays."""
        self._stream.write(f"shopglot: {line}\n")
        self._stream.flush()

    def end(self, summary: Summary) -> None:
        """Say that it is over."""
        self.say(f"run {summary.run_id} finished in {duration(summary.seconds)}")

    def state(self) -> str:
        """Return one line: pages, segments, tokens, speed and time left."""
        elapsed = max(time.monotonic() - self._started, 0.001)
        done = self.outcomes // self._markets
        whole = "" if self._lines is None else f"/{self._lines}"
        left = ""
        if self._lines and 0 < done < self._lines and elapsed > 5:
            left = f", about {duration(elapsed / done * (self._lines - done))} left"
        speed = f", {self.tokens} tokens ({self.tokens / elapsed:.0f}/s)" if self.tokens else ""
        read = f", {self.texts_read} read for their score" if self.texts_read else ""
        return f"{done}{whole} listings, {self.segments} segments{speed}{read}, {duration(elapsed)}{left}"


class LogWatcher(RunWatcher):
    """Writes a log line every few seconds."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._last = time.monotonic()

    def show(self) -> None:
        """Write a line, if the last one is some seconds old."""
        now = time.monotonic()
        if now - self._last >= LOG_EVERY:
            self._last = now
            self.show_state()

    def show_state(self) -> None:
        """Write the line."""
        self.say(self.state())


class LiveWatcher(RunWatcher):
    """Draws a bar on a terminal."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (BarColumn(bar_width=24), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=Console(file=stream), transient=True, refresh_per_second=4)
        self._task = self._bar.add_task("reading", total=None)

    def begin(self, night: Night, now: Run) -> None:
        """Start the bar."""
        super().begin(night, now)
        self._bar.update(self._task, total=night.total)
        self._bar.start()

    def show(self) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=self.outcomes / self._markets, description=self.state())

    def end(self, summary: Summary) -> None:
        """Take the bar away."""
        self.close()
        super().end(summary)

    def close(self) -> None:
        """Give the terminal back, also where the run failed."""
        self._bar.stop()


class run_watcher(AbstractContextManager[RunWatcher]):  # noqa: N801 - used as a function in a with statement
    """The watcher that suits a stream; gives the terminal back at the end, whatever happened."""

    def __init__(self, stream: TextIO) -> None:
        self._watcher: RunWatcher = LiveWatcher(stream) if stream.isatty() else LogWatcher(stream)

    def __enter__(self) -> RunWatcher:
        """Return the watcher."""
        return self._watcher

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the display."""
        if isinstance(self._watcher, LiveWatcher):
            self._watcher.close()


class DownloadProgress:
    """Shows named steps with a count, as `pull` and `prepare` report them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._last, self._step = stream, 0.0, ""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the line that is being overwritten."""
        if self._stream.isatty():
            self._stream.write("\n")

    def step(self, name: str, done: int, total: int) -> None:
        """Show that `done` of `total` of a step are done (bytes where the total is large)."""
        now = time.monotonic()
        finished = total > 0 and done >= total
        if name == self._step and not finished and now - self._last < (0.2 if self._stream.isatty() else LOG_EVERY):
            return
        self._last, self._step = now, name
        amount = (
            f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB" if total > 100_000 else f"{done} of {total}" if total else ""
        )
        line = f"shopglot: {name} {amount}".rstrip()
        self._stream.write(f"\r{line:<78}" if self._stream.isatty() else f"{line}\n")
        self._stream.flush()


def duration(seconds: float) -> str:
    """Return a time span as people write it: 4.2 s, 3 min 05 s, 2 h 07 min."""
    if seconds < 59.95:  # what would be rounded to 60.0 s is a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"
