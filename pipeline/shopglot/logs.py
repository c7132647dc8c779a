"""The log of a run for machines: one JSON object a line, in UTF-8, on stderr.

    {"time": "2026-11-24T02:13:07.120Z", "level": "info", "run": 12, "stage": "translate", "event": "progress", …}

`time`, `level` (`info`, `warning`, `error`), `run` (null before it has begun), `stage` and `event` are in every line;
`message` has the words that a person would see. Lines that speak of one page have `merchant`, `listing`, `line` and
`market`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO

from shopglot.progress import LogWatcher
from shopglot.summary import Summary
from shopglot.types import Json, Outcome

if TYPE_CHECKING:
    from shopglot.run import Night
    from shopglot.store import Run

_SPOKEN_OF = ("failed", "reject")  # outcomes that have a line of their own
# A lone surrogate is no UTF-8, and the others are line ends to many readers of lines.
_ESCAPED = re.compile("[\u0085\u2028\u2029\ud800-\udfff]")


class JsonLog:
    """Writes lines; `run` and `stage` are what every line says of them from now on."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._stream, self._now = stream, now
        self.run: int | None = None
        self.stage = ""

    def write(self, level: str, event: str, **more: Json) -> None:
        """Write a line."""
        moment = self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head: dict[str, Json] = {
            "time": moment, "level": level, "run": self.run, "stage": self.stage, "event": event,
        }  # fmt: skip
        text = json.dumps(head | more, ensure_ascii=False)
        self._stream.write(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")
        self._stream.flush()


class JsonWatcher(LogWatcher):
    """Tells a run as lines of JSON: its beginning, its stages, pages that failed or are refused, its end."""

    def __init__(self, stream: TextIO, log: JsonLog) -> None:
        super().__init__(stream)
        self._log = log

    def begin(self, night: Night, now: Run) -> None:
        """Say what is about to be done, and name the run in every line from now on."""
        self._log.run = now.id
        super().begin(night, now)

    def outcome(self, outcome: Outcome) -> None:
        """Say of a page that it failed or is refused, and why."""
        super().outcome(outcome)
        if outcome.status in _SPOKEN_OF:
            self._log.write(
                "warning" if outcome.status == "failed" else "info", "outcome", merchant=outcome.merchant,
                listing=outcome.id, line=outcome.line, market=outcome.market, status=outcome.status,
                reasons=list(outcome.reasons), message=outcome.message,
            )  # fmt: skip

    def stage(self, name: str) -> None:
        """Name the stage in every line from now on."""
        self._log.stage = name

    def show_state(self) -> None:
        """Say how far the run is."""
        self._log.write(
            "info", "progress", outcomes=self.outcomes, segments=self.segments, tokens=self.tokens,
            texts_read=self.texts_read, message=self.state(),
        )  # fmt: skip

    def say(self, line: str) -> None:
        """Write a line that somebody should read."""
        self._log.write("info", "message", message=line)

    def warn(self, line: str) -> None:
        """Write a line that somebody should do something about."""
        self._log.write("warning", "alarm", message=line)

    def end(self, summary: Summary) -> None:
        """Say that it is over, with the summary."""
        self._log.stage = ""
        self._log.write("info", "end", summary=summary.as_json(), message=f"run {summary.run_id} finished")


@contextmanager
def told_as_json(log: JsonLog) -> Iterator[None]:
    """Send what libraries log and warn of through a log, too."""

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            level = "error" if record.levelno >= logging.ERROR else "warning"
            log.write(level, "library", logger=record.name, message=record.getMessage())

    handler = Handler(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.removeHandler(handler)
