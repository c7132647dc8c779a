"""What nights of several sizes say together: bars, costs per 1,000 listings, and a night of a size nobody measured.

All of it is arithmetic over measured nights. Seconds are processor time unless they are the model's, so that other work
on the machine does not count. What grows with the catalog goes by a straight line through the two largest sizes: what a
process does once, however many listings there are (tables that are built at the first text), does not grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shopglot_eval.bench.records import STAGES, Kind, Night, Spent

OURS = 2.0  # seconds of everything but the model per 1,000 different texts, on one core
LINEAR = 1.1  # times a linear growth of time
MEMORY = 1.3  # times the memory of the smallest catalog
CHANGED = 0.05  # of the first night's time, where 3% of the listings changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that has to stay below a limit; `value` None where it was not measured."""

    name: str
    value: float | None
    limit: float
    measured: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether it does; None where it was not measured."""
        return None if self.value is None else self.value <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What a model does in a second, and how long its texts are: tokens read and written per text, retries included."""

    name: str
    reads: float
    writes: float
    text_read: float
    text_written: float

    def seconds(self, texts: float) -> float:
        """Return how long it takes to translate so many texts."""
        return texts * (self.text_read / self.reads + self.text_written / self.writes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A night of a size that was not measured, in seconds, bytes and texts."""

    listings: int
    changed: int
    unchanged_seconds: float
    changed_seconds: float
    model_seconds: float
    asked: float
    memory: float
    stored: float

    @property
    def ours(self) -> float:
        """Seconds of everything but the model."""
        return self.unchanged_seconds + self.changed_seconds

    @property
    def seconds(self) -> float:
        """Seconds of the whole night, in one process."""
        return self.ours + self.model_seconds


def per_thousand(night: Night) -> dict[str, Spent]:
    """Return the seconds of each stage per 1,000 listings of the catalog; the engine's are a stage of their own."""
    share = 1000 / night.listings
    found = {name: _scaled(night.stages[name], share) for name in STAGES if name in night.stages}
    if "translate" in found:
        found["translate"] -= _scaled(night.engine, share)
        found["engine"] = _scaled(night.engine, share)
    return found


def bars(nights: Sequence[Night]) -> list[Bar]:
    """Return what the nights say of each bar."""
    first = _by_size(nights, "first")
    small, large = first[min(first)], first[max(first)]
    sizes = f"{small.listings:,} to {large.listings:,} listings"
    grown = small.listings != large.listings
    texts = large.texts.distinct
    ours = 1000 * large.ours.cpu / texts if texts else None
    found = [Bar(name="ours", value=ours, limit=OURS, measured=f"{large.listings:,} listings")]
    per = {one.listings: one.run.cpu / one.listings for one in (small, large)}
    found += [
        Bar(
            name="time",
            value=per[large.listings] / per[small.listings] if grown else None,
            limit=LINEAR,
            measured=sizes,
        ),
        Bar(name="memory", value=large.peak / small.peak if grown else None, limit=MEMORY, measured=sizes),
    ]
    changed = _by_size(nights, "changed").get(large.listings)
    share = None if changed is None else changed.run.cpu / large.run.cpu
    told = "" if changed is None else f"{changed.changed:,} of {changed.listings:,} listings"
    return [*found, Bar(name="changed", value=share, limit=CHANGED, measured=told)]


def estimate(nights: Sequence[Night], *, listings: int, changed: float, engine: Engine) -> Estimate | None:
    """Return a night of so many listings, this share of them changed; None where no changed night was measured.

    Listings cost what the unchanged nights spent on them; those that changed cost beside that what the changed nights
    spent more.
    """
    of = {kind: _by_size(nights, kind) for kind in ("first", "unchanged", "changed")}
    if not of["changed"] or not of["unchanged"]:
        return None
    still, moved = of["unchanged"], of["changed"]
    more = {one.changed: one.ours.cpu - still[size].ours.cpu for size, one in moved.items() if size in still}
    largest = moved[max(moved)]
    count = round(listings * changed)
    asked = largest.asked / largest.changed * count
    return Estimate(
        listings=listings, changed=count, asked=asked, model_seconds=engine.seconds(asked),
        unchanged_seconds=_line({size: one.run.cpu for size, one in still.items()}, listings),
        changed_seconds=_line(more, count),
        memory=_line({size: one.peak for size, one in of["first"].items()}, listings),
        stored=_line({size: one.stored for size, one in of["first"].items()}, listings),
    )  # fmt: skip


def whole(nights: Sequence[Night], *, listings: int, engine: Engine) -> Estimate:
    """Return the first night of so many listings: every one is new."""
    first = _by_size(nights, "first")
    large = first[max(first)]
    asked = large.asked / large.listings * listings
    return Estimate(
        listings=listings, changed=listings, unchanged_seconds=0.0,
        changed_seconds=_line({size: one.ours.cpu for size, one in first.items()}, listings), asked=asked,
        model_seconds=engine.seconds(asked),
        memory=_line({size: one.peak for size, one in first.items()}, listings),
        stored=_line({size: one.stored for size, one in first.items()}, listings),
    )  # fmt: skip


def shares(night: Night) -> Iterator[tuple[str, int, float]]:
    """Yield who answered the texts of a night, how many of them, and their share of all."""
    texts = night.texts
    for name, count in (
        ("duplicates", texts.duplicates), ("memory", texts.memory), ("certain", texts.certain),
        ("model", texts.translated),
    ):  # fmt: skip
        yield name, count, count / texts.total if texts.total else 0.0


def _by_size(nights: Sequence[Night], kind: Kind | str) -> dict[int, Night]:
    return {one.listings: one for one in nights if one.kind == kind}


def _line(measured: Mapping[int, float], at: int) -> float:
    """Return where the line through the two largest sizes is; with one size, in proportion to it."""
    sizes = sorted(measured)[-2:]
    if len(sizes) == 1:
        return measured[sizes[0]] / sizes[0] * at
    (x, y), (x2, y2) = ((size, measured[size]) for size in sizes)
    return max(0.0, y2 + (y2 - y) / (x2 - x) * (at - x2))


def _scaled(spent: Spent, share: float) -> Spent:
    return Spent(wall=spent.wall * share, cpu=spent.cpu * share)
