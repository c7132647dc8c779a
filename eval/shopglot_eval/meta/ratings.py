"""Experts' MQM penalties: the same segments translated by many systems, people's translations among them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shopglot.errors import DataError
from shopglot_eval.estimation.experts import TRAIN_SEGMENTS
from shopglot_eval.estimation.texts import MQM_TEST, MQM_TRAIN, Rated, read_mqm

EVERY = 10**9  # segments: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a set of ratings is. `people` are the systems that are human translations.

    Of its segments, in the order of `read_mqm`, the estimator was fitted on the first `learned`: they are left out.
    """

    file: str
    title: str
    people: tuple[str, ...]
    learned: int = 0


SETS: Mapping[str, Source] = {
    "mqm-2021news": Source(file=MQM_TEST, title="WMT21 news", people=("ref.A", "ref.B")),
    "mqm-2020news": Source(
        file=MQM_TRAIN, title="WMT20 news", people=("Human-A.0", "Human-B.0"), learned=TRAIN_SEGMENTS
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Segments that every system translated, with experts' penalties: mean over raters, higher is worse.

    `targets` and `penalties` are rows, one a system (machines first, then people), in the order of `segments`.
    `digest` is the SHA-256 (hex) over all of it.
    """

    name: str
    title: str
    machines: tuple[str, ...]
    people: tuple[str, ...]
    segments: tuple[str, ...]
    sources: tuple[str, ...]
    targets: tuple[tuple[str, ...], ...]
    penalties: tuple[tuple[float, ...], ...]

    @property
    def systems(self) -> tuple[str, ...]:
        """All systems, machines first."""
        return self.machines + self.people

    @property
    def references(self) -> tuple[tuple[str, ...], ...]:
        """What people wrote, per segment."""
        return (
            tuple(zip(*self.targets[len(self.machines) :], strict=True)) if self.people else ((),) * len(self.sources)
        )

    @property
    def digest(self) -> str:
        """SHA-256 over the ratings."""
        rows = [self.systems, self.segments, self.sources, self.targets, self.penalties]
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def only(self, places: Sequence[int]) -> Ratings:
        """Return the segments at these places."""
        return Ratings(
            name=self.name, title=self.title, machines=self.machines, people=self.people,
            segments=tuple(self.segments[place] for place in places),
            sources=tuple(self.sources[place] for place in places),
            targets=tuple(tuple(row[place] for place in places) for row in self.targets),
            penalties=tuple(tuple(row[place] for place in places) for row in self.penalties),
        )  # fmt: skip


def read_ratings(shared: Path, name: str = "mqm-2021news", *, segments: int | None = None) -> Ratings:
    """Read a set of `SETS` from the folder of shared data; `segments` are drawn by a fixed seed, all where it is None.

    Segments that not every system translated are left out, and those that the estimator learned from. Raises
    `UsageError` where the file is not there, `DataError` where it is none, or has fewer than two machines or segments.
    """
    source = SETS[name]
    path = shared / "mqm-zh-en" / source.file
    try:
        rows = read_mqm(shared, source.file, segments=EVERY)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}: no table of MQM penalties ({type(error).__name__}: {error}).") from error
    return arrange(rows, name=name, source=source, segments=segments, where=str(path))


def arrange(rows: Sequence[Rated], *, name: str, source: Source, segments: int | None, where: str) -> Ratings:
    """Return rated translations as ratings; `where` names them in errors (see `read_ratings`)."""
    found: dict[str, dict[str, Rated]] = {}
    for row in rows:
        found.setdefault(row.segment, {})[row.system] = row
    systems = sorted({row.system for row in rows})
    machines = [system for system in systems if system not in source.people]
    people = [system for system in source.people if system in systems]
    chosen = [segment for segment in list(found)[source.learned :] if len(found[segment]) == len(systems)]
    chosen = chosen[: len(chosen) if segments is None else segments]
    if len(machines) < 2 or len(chosen) < 2:
        raise DataError(
            f"{where}: {len(machines)} machines and {len(chosen)} segments that all of them translated: at least two "
            f"of each are needed."
        )
    ordered = machines + people
    return Ratings(
        name=name, title=source.title, machines=tuple(machines), people=tuple(people), segments=tuple(chosen),
        sources=tuple(found[segment][ordered[0]].pair.source for segment in chosen),
        targets=tuple(tuple(found[segment][system].pair.target for segment in chosen) for system in ordered),
        penalties=tuple(tuple(found[segment][system].penalty for segment in chosen) for system in ordered),
    )  # fmt: skip
