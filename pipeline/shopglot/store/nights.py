"""What the nightly report reads of a store: runs, what became of their lines, samples of their texts, what people said.

Everything is read, nothing is written, and a run may go on meanwhile. Counts are of all rows; texts are read of a
sample of pages. The sample of a market are the pages with the lowest keys: a key is a digest of merchant and id, so
that the sample is as good as a random one, and the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from shopglot.errors import UsageError
from shopglot.store.connection import Database, chunks, retried
from shopglot.store.encoding import decode_reasons, load
from shopglot.store.schema import (
    actions,
    dismissals,
    held,
    items,
    listings,
    outcomes,
    publications,
    runs,
    segments,
    sources,
    translations,
    verdicts,
)
from shopglot.types import Json, Status

_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NightRun:
    """A run as the store knows it. `markets` and `engines` are sorted; empty where its spec does not say.

    `summary` is what it told when it was finished, empty before.
    """

    id: int
    status: str
    catalog: str
    started_at: datetime
    markets: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    content: str = ""
    policy: str = ""
    resumes: int = 0
    finished_at: datetime | None = None
    summary: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The run that a report is about, the finished ones before it (newest first), and where its time ends.

    `until` is when the next run began; None where there is none. `going` are the ids of runs that are in progress.
    """

    run: NightRun
    earlier: tuple[NightRun, ...]
    until: datetime | None
    going: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """How many lines of a run had the same outcome in a market. `merchant` is "" where it was not asked for."""

    run_id: int
    market: str
    status: Status
    reasons: tuple[str, ...]
    count: int
    merchant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledPage:
    """A page of the sample as it stands in a market; `category` is "" where the page does not say."""

    number: int
    merchant: str
    id: str
    run_id: int
    status: Status
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for people in a market: pages in a state, their texts that nobody has handled, since when."""

    market: str
    state: str
    pages: int
    texts: int
    oldest: datetime


class Nights:
    """What the nightly report reads of a store. StoreError where the store is older than this version."""

    def __init__(self, database: Database) -> None:
        database.require_current()
        self._database = database

    @retried
    def choose(self, run: int | None = None, *, before: int) -> Chosen:
        """Return a run, or the last finished one (where none is finished the last one), and up to `before` earlier.

        UsageError where there is no such run.
        """
        with self._database.read() as connection:
            wanted = select(runs).order_by(runs.c.id.desc()).limit(1)
            if run is None:
                row = connection.execute(wanted.where(runs.c.status == "finished")).first()
                row = row or connection.execute(wanted).first()
            else:
                row = connection.execute(select(runs).where(runs.c.id == run)).first()
            if row is None:
                raise UsageError(self._no_run(connection, run))
            earlier = connection.execute(
                select(runs)
                .where(runs.c.id < row.id, runs.c.status == "finished")
                .order_by(runs.c.id.desc())
                .limit(before)
            ).all()
            following = select(runs.c.started_at).where(runs.c.id > row.id).order_by(runs.c.id).limit(1)
            going = connection.scalars(select(runs.c.id).where(runs.c.status == "running").order_by(runs.c.id)).all()
            return Chosen(
                run=_run(row), earlier=tuple(map(_run, earlier)), until=connection.scalar(following),
                going=tuple(going),
            )  # fmt: skip

    def _no_run(self, connection: Connection, run: int | None) -> str:
        known = connection.execute(select(func.min(runs.c.id), func.max(runs.c.id))).one()
        if known[0] is None:
            return f"store {self._database.shown}: it has no run yet; run `shopglot run` with it first"
        return f"store {self._database.shown}: it has no run {run}; its runs are {known[0]} to {known[1]}"

    @retried
    def outcomes(self, run_ids: Sequence[int]) -> list[Tallied]:
        """Return how many lines of these runs had which outcome, by run, market, status and reasons."""
        place = (outcomes.c.run_id, outcomes.c.market, outcomes.c.status, outcomes.c.reasons)
        grouped = select(*place, func.count().label("lines")).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            rows = connection.execute(grouped.where(outcomes.c.run_id.in_(run_ids)))
            return [
                Tallied(
                    run_id=row.run_id, market=row.market, status=row.status, reasons=decode_reasons(row.reasons),
                    count=row.lines,
                )
                for row in rows
            ]  # fmt: skip

    @retried
    def merchants(self, run_id: int) -> list[Tallied]:
        """Return the same of one run, by merchant too."""
        place = (outcomes.c.market, outcomes.c.merchant, outcomes.c.status, outcomes.c.reasons)
        grouped = select(*place, func.count().label("lines")).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            rows = connection.execute(grouped.where(outcomes.c.run_id == run_id))
            return [
                Tallied(
                    run_id=run_id, market=row.market, status=row.status, reasons=decode_reasons(row.reasons),
                    count=row.lines, merchant=row.merchant,
                )
                for row in rows
            ]  # fmt: skip

    @retried
    def versions(self, run_id: int) -> dict[tuple[str, str], int]:
        """Return how many versions a run wrote, by market and kind (`publish` or `withdraw`)."""
        place = (publications.c.market, publications.c.kind)
        grouped = select(*place, func.count()).where(publications.c.run_id == run_id).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(grouped)}

    @retried
    def on_sale(self) -> dict[str, int]:
        """Return how many pages are published now, by market."""
        grouped = select(items.c.market, func.count()).where(items.c.version.is_not(None)).group_by(items.c.market)
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(grouped.order_by(items.c.market))}

    @retried
    def waiting(self) -> list[Waiting]:
        """Return what waits for people now, by market and state."""
        place = (held.c.market, held.c.state)
        counted = select(*place, func.count(), func.sum(held.c.open), func.min(held.c.held_at)).group_by(*place)
        with self._database.read() as connection:
            return [
                Waiting(market=row[0], state=row[1], pages=row[2], texts=int(row[3] or 0), oldest=row[4])
                for row in connection.execute(counted.order_by(*place))
            ]

    @retried
    def held_categories(self, run_id: int) -> dict[tuple[str, str], int]:
        """Return how many of the pages that wait were held by this run, by market and category."""
        place = (held.c.market, held.c.category)
        grouped = select(*place, func.count()).where(held.c.run_id == run_id).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(grouped)}

    @retried
    def pages(self, market: str, run_ids: Sequence[int], *, most: int, categories: bool = False) -> list[SampledPage]:
        """Return a sample of the pages that stand as these runs left them, at most so many, by key.

        With `categories`, what the merchant's page says is read too.
        """
        wanted = (
            select(
                listings.c.number, listings.c.merchant, listings.c.id, items.c.run_id, items.c.status, items.c.source
            )
            .join(items, items.c.listing == listings.c.number)
            .where(items.c.market == market, items.c.run_id.in_(run_ids))
            .order_by(listings.c.key)
            .limit(most)
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
            known = _categories(connection, {row.number: row.source for row in rows}) if categories else {}
        return [
            SampledPage(
                number=row.number, merchant=row.merchant, id=row.id, run_id=row.run_id, status=row.status,
                category=known.get(row.number, ""),
            )
            for row in rows
        ]  # fmt: skip

    def segments(self, market: str, numbers: Sequence[int], *, most: int) -> Iterator[Row[Any]]:
        """Yield the rows of the segments of these pages as they stand, page after page, at most so many.

        `signals`, `reasons` and `findings` are as they are stored. A page is whole or not there.
        """
        with self._database.read() as connection:
            left = most
            for part in chunks(numbers):
                wanted = select(segments).where(segments.c.listing.in_(part), segments.c.market == market)
                of_page: dict[int, list[Row[Any]]] = {}
                for row in connection.execute(wanted.order_by(segments.c.listing, segments.c.position)):
                    of_page.setdefault(row.listing, []).append(row)
                for number in part:
                    own = of_page.get(number, [])
                    left -= len(own)
                    if left < 0:
                        return
                    yield from own

    def earlier_sources(self, market: str, run_id: int, *, most: int) -> Iterator[str]:
        """Yield what a machine translated in a market before a run: the texts with the lowest keys, at most so many."""
        wanted = (
            select(translations.c.source)
            .where(translations.c.market == market, translations.c.run_id < run_id)
            .order_by(translations.c.machine_key)
            .limit(most)
            .execution_options(yield_per=_PAGE)
        )
        with self._database.read() as connection:
            yield from connection.scalars(wanted)

    @retried
    def dismissed(self, since: datetime, until: datetime) -> dict[tuple[str, str, str], int]:
        """Return how many findings people set aside between two moments, by market, finding and reason."""
        place = (dismissals.c.market, dismissals.c.finding, dismissals.c.reason)
        own = dismissals.c.at >= since, dismissals.c.at < until, dismissals.c.ended_at.is_(None)
        grouped = select(*place, func.count()).where(*own).group_by(*place).order_by(*place)
        with self._database.read() as connection:
            return {(row[0], row[1], row[2]): row[3] for row in connection.execute(grouped)}

    @retried
    def refused(self, market: str, *, until: datetime | None, most: int) -> list[Row[Any]]:
        """Return rows of `verdicts`: the newest texts that the audit says should not have been published.

        Of those that were judged before a moment, where one is given.
        """
        own = [verdicts.c.market == market, verdicts.c.channel == "audit", verdicts.c.published.is_(False)]
        if until is not None:
            own.append(verdicts.c.judged_at < until)
        wanted: Select[Any] = select(verdicts).where(and_(*own)).order_by(verdicts.c.id.desc()).limit(most)
        with self._database.read() as connection:
            return list(connection.execute(wanted).all())

    @retried
    def newest_act(self) -> datetime | None:
        """Return when a person did something last, None where nobody did."""
        with self._database.read() as connection:
            return connection.scalar(select(actions.c.at).order_by(actions.c.id.desc()).limit(1))


def _run(row: Row[Any]) -> NightRun:
    spec: Mapping[str, Any] = load(row.spec)
    return NightRun(
        id=row.id, status=row.status, catalog=row.catalog, started_at=row.started_at,
        markets=tuple(spec.get("markets", ())), engines=tuple(spec.get("engines", ())),
        content=spec.get("content", ""), policy=spec.get("policy", ""), resumes=row.resumes,
        finished_at=row.finished_at, summary={} if row.summary is None else load(row.summary),
    )  # fmt: skip


def _categories(connection: Connection, pages: Mapping[int, int | None]) -> dict[int, str]:
    """Return the category of each page that says one, by number; `pages` names the version of each page's source."""
    found: dict[int, str] = {}
    for part in chunks(sorted(number for number, version in pages.items() if version is not None)):
        wanted = select(sources.c.listing, sources.c.version, sources.c.document).where(sources.c.listing.in_(part))
        for row in connection.execute(wanted):
            if pages[row.listing] == row.version:
                category = load(row.document).get("category")
                found[row.listing] = category if isinstance(category, str) else ""
    return found
