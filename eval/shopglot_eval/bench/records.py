"""What a bench measures: a night, and what nights of several sizes make of one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["first", "unchanged", "changed"]
STAGES = ("start", "read", "segment", "recall", "translate", "check", "publish", "wait", "finish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds on the clock, and seconds of processor time: other work on the machine changes those little."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Return both together."""
        return Spent(wall=self.wall + other.wall, cpu=self.cpu + other.cpu)

    def __sub__(self, other: Spent) -> Spent:
        """Return what is left without the other."""
        return Spent(wall=self.wall - other.wall, cpu=self.cpu - other.cpu)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The segments of a night, all markets together.

    `total` are all occurrences, `distinct` the different texts of each market. Of the `unique` ones of each window and
    market (what repeats within one is asked for once), `certain` were answered by glossary and policy, `memory` ones by
    what was translated before, tonight or earlier, and `translated` by the model. What is no more than its page's
    repetition is `total - unique`. A page on which nothing changed has no texts at all.
    """

    total: int = 0
    distinct: int = 0
    unique: int = 0
    certain: int = 0
    memory: int = 0
    translated: int = 0

    @property
    def duplicates(self) -> int:
        """Texts that repeat another one of their window."""
        return self.total - self.unique


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night in a process of its own.

    `stages` are seconds by stage: `start` until the run begins, then those of the run's summary. `engine` is what of
    them was spent in the engine (of `translate`, and of the model's reading of finished texts). `read` and `generated`
    are the engine's tokens, where it counts tokens; `asked` is how many requests it got, retries included. `peak` are
    the resident bytes at most, `ready` those before the first line was read; `stored` is the size of the database.
    `pace` are the seconds of processor time of a loop that is always the same, around the night: on a machine that does
    other work at the same time they are more, and so are all others.
    """

    kind: Kind
    listings: int
    changed: int
    markets: tuple[str, ...]
    model: str
    cores: int
    stages: Mapping[str, Spent]
    engine: Spent
    texts: Texts
    asked: int
    read: int
    generated: int
    peak: int
    ready: int
    stored: int
    published: int
    unchanged: int
    pace: float
    outcomes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def spent(self) -> Spent:
        """The whole night."""
        return sum(self.stages.values(), Spent())

    @property
    def run(self) -> Spent:
        """The night without the start of the process."""
        return self.spent - self.stages.get("start", Spent())

    @property
    def ours(self) -> Spent:
        """Everything but the model, the start of the process left out."""
        return self.run - self.engine
