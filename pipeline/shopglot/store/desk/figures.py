"""How the desk's work goes: what was approved, edited and refused, how long it took, and which rules hold in vain.

A decision is what a person did last with a segment that waited: approved it as it stood, edited it, or refused it. What
was undone does not count, nor does a text that was only carried over to identical segments. Days and weeks are those of
UTC. The words of a Chinese text are its characters, as the trade counts them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, select

from shopglot.store.connection import Database, retried
from shopglot.store.desk import examples
from shopglot.store.desk.decided import EDITED, REJECTED, UNEDITED, Decided, Ledger
from shopglot.store.schema import verdicts
from shopglot.types import Json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CAP = 600.0  # seconds: longer than that, nobody was at work on one text
FEW = 5  # below so many decisions a rate says nothing
EDGES = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0, CAP)  # seconds
BINS = 10
_Z = 1.959963984540054  # of the normal distribution, for 95%
_READ_ELSEWHERE = ("audit", "import")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days, both of them included."""

    since: date
    until: date

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        length = self.until - self.since + timedelta(days=1)
        return Period(since=self.since - length, until=self.until - length)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it has ended."""
        begin = datetime.combine(self.since, time(), UTC)
        return begin, datetime.combine(self.until, time(), UTC) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many, and the 95% interval of the share behind it (Wilson's score interval)."""

    count: int
    of: int

    @property
    def rate(self) -> float | None:
        """The share, None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def few(self) -> bool:
        """Whether there are too few to say anything."""
        return self.of < FEW

    @property
    def interval(self) -> tuple[float, float]:
        """The interval; all of 0 to 1 where there is nothing."""
        if not self.of:
            return 0.0, 1.0
        rate, square = self.count / self.of, _Z * _Z / self.of
        center = (rate + square / 2) / (1 + square)
        half = math.sqrt(rate * (1 - rate) * square + square * square / 4) / (1 + square)
        return max(0.0, center - half), min(1.0, center + half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Decisions counted. `words` are those of what was approved, edited or not.

    `median` and `ninth` are the median and the 90th percentile of the seconds of the `timed` decisions whose time is
    known, each cut at CAP; None where there is none. `seconds` is their sum.
    """

    unedited: int = 0
    edited: int = 0
    rejected: int = 0
    words: int = 0
    timed: int = 0
    seconds: float = 0.0
    median: float | None = None
    ninth: float | None = None

    @property
    def decided(self) -> int:
        """All decisions."""
        return self.unedited + self.edited + self.rejected

    @property
    def approval(self) -> Share:
        """What was approved as it stood, of all decisions."""
        return Share(count=self.unedited, of=self.decided)

    @property
    def edit(self) -> Share:
        """What was edited, of all decisions."""
        return Share(count=self.edited, of=self.decided)

    @property
    def rejection(self) -> Share:
        """What was refused, of all decisions."""
        return Share(count=self.rejected, of=self.decided)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The decisions on texts that have something in common: `name` is the field, model, market or person."""

    name: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of the period, by its Monday; the first and the last one may be cut off by the period's ends."""

    monday: date
    tally: Tally

    @property
    def name(self) -> str:
        """The week as ISO 8601 writes it, `2026-W31`."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """What became of the texts that a rule or check held.

    `alarms` are those that it held in vain: the text was approved as it stood, or the finding dismissed as a false
    alarm, as meant so, or as fine here.
    """

    name: str
    tally: Tally
    alarms: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Decisions that took `low` seconds or more, and less than `high`; the last one has CAP itself."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Texts whose score is `low` or more and less than `high`, and how many would be published as they stood.

    `held` waited at the desk; `elsewhere` was read in the audit, or by people whose verdicts were imported. `mean` is
    the mean score of both, None where there is none.
    """

    low: float
    high: float
    held: Share
    elsewhere: Share
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period. Groups are sorted by name, rules by how many decisions there are, most first."""

    period: Period
    total: Tally
    before: Tally
    weeks: tuple[Week, ...]
    markets: tuple[Group, ...]
    fields: tuple[Group, ...]
    models: tuple[Group, ...]
    people: tuple[Group, ...]
    rules: tuple[RuleFigures, ...]
    times: tuple[Bar, ...]
    scores: tuple[Bin, ...]


class Figures:
    """How the desk's work goes."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._ledger = Ledger()

    @retried
    def read(self, period: Period, *, markets: Sequence[str] = (), ledger: Ledger | None = None) -> Report:
        """Return the figures of a period, of these markets or of all.

        `ledger` is what was read of this store's log before, by whichever thread; without one, this object's own.
        """
        self._database.require_current()
        with self._database.read() as connection:
            decided = (ledger or self._ledger).read(connection, self._now(), period.before.moments[0])
            elsewhere = _elsewhere(connection, period, markets)
        return _report(decided, period, markets, elsewhere)

    @retried
    def numbers(self, period: Period, *, markets: Sequence[str] = (), ledger: Ledger | None = None) -> list[int]:
        """Return the acts of a period's decisions that stand, in their order, for `examples`; as for `read`."""
        import numpy as np

        self._database.require_current()
        with self._database.read() as connection:
            decided = (ledger or self._ledger).read(connection, self._now(), period.moments[0])
        found: list[int] = decided.id[np.flatnonzero(_of(decided, markets) & _within(decided, period))].tolist()
        return found

    @retried
    def examples(self, numbers: Sequence[int]) -> list[dict[str, Json]]:
        """Return decisions by the numbers of their acts, with the keys of `examples.KEYS`; erased ones are not."""
        with self._database.read() as connection:
            return examples.decisions(connection, numbers)

    @retried
    def examples_elsewhere(
        self, period: Period, after: int, *, markets: Sequence[str] = (), limit: int = 500
    ) -> tuple[list[dict[str, Json]], int]:
        """Return verdicts of a period that were not given at the desk, behind a number, as `examples` does.

        With them comes the number of the last one, behind which the next ones are; no verdicts: there are no more.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return examples.elsewhere(connection, after, and_(*_judged(period, markets)), limit)


def _judged(period: Period, markets: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a verdict was given in a period and market."""
    begin, end = period.moments
    yield verdicts.c.judged_at >= begin
    yield verdicts.c.judged_at < end
    if markets:
        yield verdicts.c.market.in_(markets)


def _elsewhere(connection: Connection, period: Period, markets: Sequence[str]) -> list[tuple[float, bool]]:
    """Return score and verdict of what was not read at the desk."""
    wanted = select(verdicts.c.score, verdicts.c.published).where(
        verdicts.c.channel.in_(_READ_ELSEWHERE), verdicts.c.score.is_not(None), *_judged(period, markets)
    )
    return [(row.score, row.published) for row in connection.execute(wanted)]


def _report(
    decided: Decided, period: Period, markets: Sequence[str], elsewhere: Sequence[tuple[float, bool]]
) -> Report:
    import numpy as np

    everywhere = _of(decided, markets)
    own = np.flatnonzero(everywhere & _within(decided, period))
    return Report(
        period=period,
        total=_tally(decided, own),
        before=_tally(decided, np.flatnonzero(everywhere & _within(decided, period.before))),
        weeks=tuple(_weeks(decided, own, period)),
        markets=_groups(decided, own, "market"),
        fields=_groups(decided, own, "field"),
        models=_groups(decided, own, "model"),
        people=_groups(decided, own, "actor"),
        rules=_rules(decided, own),
        times=_times(decided.seconds[own]),
        scores=_scores(decided.score[own], decided.deed[own] == UNEDITED, elsewhere),
    )


def _of(decided: Decided, markets: Sequence[str]) -> NDArray[np.bool_]:
    """Return which decisions are of these markets, or of any where none is named."""
    import numpy as np

    codes = [code for code, name in enumerate(decided.names["market"]) if not markets or name in markets]
    return np.isin(decided.market, codes)


def _within(decided: Decided, period: Period) -> NDArray[np.bool_]:
    begin, end = period.moments
    found: NDArray[np.bool_] = (decided.at >= begin.timestamp()) & (decided.at < end.timestamp())
    return found


def _tally(decided: Decided, rows: NDArray[np.int64]) -> Tally:
    """Count the decisions in these rows."""
    import numpy as np

    deed, seconds = decided.deed[rows], decided.seconds[rows]
    unedited, edited, rejected = (int(np.count_nonzero(deed == one)) for one in (UNEDITED, EDITED, REJECTED))
    timed = np.minimum(seconds[~np.isnan(seconds)], CAP)
    median, ninth = np.quantile(timed, (0.5, 0.9)).tolist() if len(timed) else (None, None)
    return Tally(
        unedited=unedited, edited=edited, rejected=rejected, words=int(decided.words[rows][deed != REJECTED].sum()),
        timed=len(timed), seconds=float(timed.sum()), median=median, ninth=ninth,
    )  # fmt: skip


def _parted(codes: NDArray[np.int64], rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each code that is there with its rows."""
    import numpy as np

    order = np.argsort(codes, kind="stable")
    found, starts = np.unique(codes[order], return_index=True)
    yield from zip(found.tolist(), np.split(rows[order], starts[1:]), strict=True) if len(found) else ()


def _groups(decided: Decided, own: NDArray[np.int64], kind: str) -> tuple[Group, ...]:
    names = decided.names[kind]
    parts = _parted(getattr(decided, kind)[own], own)
    return tuple(sorted((Group(name=names[code], tally=_tally(decided, rows)) for code, rows in parts), key=_name))


def _name(group: Group) -> str:
    return group.name


def _weeks(decided: Decided, own: NDArray[np.int64], period: Period) -> Iterator[Week]:
    """Yield every week of the period, those without a decision too."""
    import numpy as np

    first = period.since - timedelta(days=period.since.weekday())
    begin = datetime.combine(first, time(), UTC).timestamp()
    codes = ((decided.at[own] - begin) // timedelta(weeks=1).total_seconds()).astype(np.int64)
    found = dict(_parted(codes, own))
    nothing = own[:0]
    for number in range((period.until - first).days // 7 + 1):
        yield Week(monday=first + timedelta(weeks=number), tally=_tally(decided, found.get(number, nothing)))


def _rules(decided: Decided, own: NDArray[np.int64]) -> tuple[RuleFigures, ...]:
    import numpy as np

    mine = np.zeros(len(decided.id), dtype=bool)
    mine[own] = True
    chosen = np.flatnonzero(mine[decided.held[:, 0]])
    false = decided.alarms | (decided.deed[decided.held[:, 0]] == UNEDITED)
    found = []
    for code, pairs in _parted(decided.held[chosen, 1], chosen):
        alarms = Share(count=int(np.count_nonzero(false[pairs])), of=len(pairs))
        tally = _tally(decided, decided.held[pairs, 0])
        found.append(RuleFigures(name=decided.names["rule"][code], tally=tally, alarms=alarms))
    return tuple(sorted(found, key=lambda one: (-one.alarms.of, one.name)))


def _times(seconds: NDArray[np.float64]) -> tuple[Bar, ...]:
    import numpy as np

    counts, _ = np.histogram(np.minimum(seconds[~np.isnan(seconds)], CAP), bins=EDGES)
    pairs = zip(EDGES[:-1], EDGES[1:], counts.tolist(), strict=True)
    return tuple(Bar(low=low, high=high, count=count) for low, high, count in pairs)


def _scores(
    score: NDArray[np.float64], unedited: NDArray[np.bool_], elsewhere: Sequence[tuple[float, bool]]
) -> tuple[Bin, ...]:
    import numpy as np

    def binned(values: Any) -> Any:
        return np.minimum((values * BINS).astype(np.int64), BINS - 1)

    known = ~np.isnan(score)
    score, unedited = score[known], unedited[known]
    others = np.array([one[0] for one in elsewhere], dtype=np.float64)
    published = np.array([one[1] for one in elsewhere], dtype=bool)
    bins = []
    for number in range(BINS):
        mine, theirs = binned(score) == number, binned(others) == number
        both = np.concatenate([score[mine], others[theirs]])
        bins.append(
            Bin(
                low=number / BINS,
                high=(number + 1) / BINS,
                held=Share(count=int(unedited[mine].sum()), of=int(mine.sum())),
                elsewhere=Share(count=int(published[theirs].sum()), of=int(theirs.sum())),
                mean=float(both.mean()) if len(both) else None,
            )
        )
    return tuple(bins)
