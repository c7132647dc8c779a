"""What a run tells: its counts, and the watcher that shows them while it goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shopglot.stopping import LEFT
from shopglot.types import STATUSES, Json, Outcome, Translation

if TYPE_CHECKING:
    from shopglot.run import Night
    from shopglot.store import Run


@dataclass(slots=True, kw_only=True)
class Summary:
    """The counts of a run. The five outcomes of a market sum to the lines of the catalog.

    `listings` counts lines, broken ones included. Of the segments, `unique` are the distinct texts of each window and
    market; those neither `translated` by an engine in this process nor answered with certainty came from `memory`.
    Where several processes work on a run, each one's summary has the outcomes of all lines; `joined` says that this
    process came to a run that others were at, and segments and `unchanged` are those that it dealt with itself.
    `left` pages were not reached before the deadline; they are among the skipped. `stages` has the seconds of each
    stage in this process. `withdrawn` pages were taken down for what they say, `retired` ones because they are
    `missing` from the catalog.
    """

    markets: tuple[str, ...]
    run_id: int = 0
    resumed: bool = False
    joined: bool = False
    listings: int = 0
    failed_lines: int = 0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)
    segments: int = 0
    unique: int = 0
    memory: int = 0
    translated: int = 0
    published: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    audited: int = 0
    missing: int = 0
    retired: int = 0
    gates: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    signature: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    _stage: tuple[str, float] = ("", 0.0)

    def __post_init__(self) -> None:
        """Start every market with a count for every status."""
        self.outcomes = {market: dict.fromkeys(STATUSES, 0) for market in self.markets}
        self.left = dict.fromkeys(self.markets, 0)

    def read_line(self, *, broken: bool) -> None:
        """Count a line of the catalog."""
        self.listings += 1
        self.failed_lines += broken

    def count(self, outcome: Outcome) -> None:
        """Count an outcome and its reasons."""
        self.outcomes[outcome.market][outcome.status] += 1
        self.left[outcome.market] += LEFT in outcome.reasons
        for reason in outcome.reasons:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def count_segments(self, *, total: int, unique: int, certain: int, translated: int) -> None:
        """Count the segments of a window in a market."""
        self.segments += total
        self.unique += unique
        self.translated += translated
        self.memory += unique - certain - translated

    def enter(self, stage: str, now: float) -> None:
        """Count the seconds since the last call under the stage that was named then; `now` never goes back."""
        before, since = self._stage
        if before:
            self.stages[before] = self.stages.get(before, 0.0) + now - since
        self._stage = stage, now

    def settle(self, settled: str) -> None:
        """Count what became of a page in the catalog."""
        self.unchanged += settled == "unchanged"

    def adopt(self, finished: Mapping[str, Json]) -> None:
        """Take over what only the process knows that finished the run; `finished` is its summary, as JSON."""
        for name in ("audited", "missing", "retired"):
            if isinstance(value := finished.get(name), int):
                setattr(self, name, value)

    def as_json(self) -> dict[str, Json]:
        """Return the shape that `run --json` prints."""
        return {
            "run_id": self.run_id,
            "resumed": self.resumed,
            "joined": self.joined,
            "listings": self.listings,
            "failed_lines": self.failed_lines,
            "outcomes": self.outcomes,
            "segments": {
                "total": self.segments, "unique": self.unique, "memory": self.memory, "translated": self.translated,
            },
            "published": self.published,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "audited": self.audited,
            "missing": self.missing,
            "retired": self.retired,
            "gates": self.gates,
            "reasons": self._ranked_reasons(),
            "left": self.left,
            "stages": {stage: round(seconds, 1) for stage, seconds in self.stages.items()},
            "seconds": round(self.seconds, 1),
            "signature": self.signature,
        }  # fmt: skip

    def _ranked_reasons(self) -> dict[str, Json]:
        ranked = sorted((-count, reason) for reason, count in self.reasons.items())
        return {reason: -count for count, reason in ranked}


class Watcher:
    """Is told how a run goes on; this one keeps silent."""

    def begin(self, night: Night, now: Run) -> None:
        """The run begins, or is taken up again."""

    def outcome(self, outcome: Outcome) -> None:
        """A line has its outcome in a market."""

    def translated(self, translations: Sequence[Translation]) -> None:
        """A batch came back from the engine."""

    def read(self, texts: int) -> None:
        """The model gave its opinion on a batch of finished texts."""

    def stage(self, name: str) -> None:
        """What is done from now on: one of the words of the flow, `wait` or `finish`."""

    def end(self, summary: Summary) -> None:
        """The run is finished."""

    def warn(self, line: str) -> None:
        """Somebody should do something about this line."""
        self.say(line)

    def say(self, line: str) -> None:
        """Somebody should read this line."""


class Watchers(Watcher):
    """Passes everything on to several watchers."""

    def __init__(self, *watchers: Watcher) -> None:
        self._watchers = watchers

    def begin(self, night: Night, now: Run) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.begin(night, now)

    def outcome(self, outcome: Outcome) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.outcome(outcome)

    def translated(self, translations: Sequence[Translation]) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.translated(translations)

    def read(self, texts: int) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.read(texts)

    def stage(self, name: str) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.stage(name)

    def end(self, summary: Summary) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.end(summary)

    def say(self, line: str) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.say(line)

    def warn(self, line: str) -> None:
        """Tell all."""
        for watcher in self._watchers:
            watcher.warn(line)
