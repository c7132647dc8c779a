"""What a store knows of one merchant: every page and every line of theirs, market by market.

Read in one transaction, so that the numbers add up while a run goes on. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, func, or_, select, tuple_

from shopglot.store.closures import closed
from shopglot.store.connection import Database, chunks
from shopglot.store.encoding import decode_findings, decode_reasons, load, merchant_key
from shopglot.store.records import Cause
from shopglot.store.schema import actions, held, items, listings, outcomes, publications, runs, segments, sources
from shopglot.types import Finding, Status, Verdict

SEND_BACK = "send-back"  # the act of a translator who sends a page back to its merchant
# Skipped outcomes that say nothing of the page itself: whether it is still paused is asked of the enrolments, and one
# that a run did not reach stands as it stood.
_PASSED_BY = frozenset({"market.paused", "run.deadline"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """A segment in which something was found, or that does not publish. Offsets of findings are into its texts."""

    path: str
    index: int
    source: str
    target: str
    verdict: Verdict
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPage:
    """A page in a market, or a line of the catalog that became no page (`listed` is False).

    `status` and what follows are its newest outcome; None where no run has settled it in this market. `on_sale`: some
    version is. `gone`: the newest run over its catalog did not find it, and no rule took it down since. `withdrawn_at`
    and `withdrawn_by`: the newest version took it down. `title` is the merchant's, "" where it is not known. `told` is
    what a translator wrote to the merchant when sending the page back, "" where nobody did or it has changed since.
    """

    id: str
    market: str
    line: int
    listed: bool
    title: str = ""
    status: Status | None = None
    reasons: tuple[str, ...] = ()
    field: str = ""
    message_zh: str = ""
    on_sale: bool = False
    paused: bool = False
    gone: bool = False
    withdrawn_at: datetime | None = None
    withdrawn_by: Cause | None = None
    noted: tuple[Noted, ...] = ()
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A merchant's pages by market, in the order of the catalog, and the newest run that has seen any of them.

    `finished` is False while that run goes on or was cut off.
    """

    merchant: str
    run_id: int | None
    run_at: datetime | None
    finished: bool
    pages: Mapping[str, tuple[ShopPage, ...]]


class Merchants:
    """What a store knows of merchants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def names(self) -> list[str]:
        """Return every merchant of whom the store has a page or a line, sorted."""
        with self._database.read() as connection:
            found = set(connection.scalars(select(listings.c.merchant).distinct()))
            found.update(connection.scalars(select(outcomes.c.merchant).distinct()))
        return sorted(found)

    def read(self, merchant: str, markets: Sequence[str] | None = None) -> Shop | None:
        """Return what is known of a merchant in these markets, or in all where anything is; None for no merchant.

        StoreError where the store is of an older version.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return _Reading(connection, merchant).shop(markets)


class _Nights(NamedTuple):
    """Which runs still speak: `last` finished one of a catalog, and of a catalog in a market; `catalog` of a run."""

    catalog: dict[int, str]
    last: dict[str, int]
    last_in: dict[tuple[str, str], int]

    def speaks(self, run_id: int, market: str) -> bool:
        """Return whether no later run over the same catalog has finished in this market."""
        return run_id >= self.last_in.get((self.catalog[run_id], market), 0)


class _Reading:
    """One merchant's reading, in one transaction."""

    def __init__(self, connection: Connection, merchant: str) -> None:
        self._connection = connection
        self._merchant = merchant
        wanted = select(listings).where(listings.c.merchant == merchant)
        self._listings = connection.execute(wanted.order_by(listings.c.seen_line, listings.c.number)).all()
        self._nights = _nights(connection)
        self._outcomes = self._told()
        self._items: dict[tuple[int, str], Row[Any]] = {}
        for part in chunks([row.number for row in self._listings]):
            for row in connection.execute(select(items).where(items.c.listing.in_(part))):
                self._items[row.listing, row.market] = row

    def shop(self, markets: Sequence[str] | None) -> Shop | None:
        """Return what is known; None for no merchant."""
        if not self._listings and not self._outcomes:
            known = select(outcomes.c.line).where(outcomes.c.merchant == self._merchant).limit(1)
            if self._connection.execute(known).first() is None:
                return None
        found = {market for _, market in self._items} | {row.market for row in self._outcomes}
        newest = max([row.seen_run for row in self._listings] + [row.run_id for row in self._outcomes], default=0)
        run = self._connection.execute(select(runs).where(runs.c.id == newest)).first()
        titles = self._titles()
        return Shop(
            merchant=self._merchant,
            run_id=None if run is None else run.id,
            run_at=None if run is None else run.started_at,
            finished=run is not None and run.status == "finished",
            pages={
                market: tuple(self._pages(market, titles)) for market in (sorted(found) if markets is None else markets)
            },
        )

    def _told(self) -> list[Row[Any]]:
        """Return the outcomes of runs that still speak, oldest first."""
        live = [number for number, name in self._nights.catalog.items() if number >= self._oldest(name)]
        found: list[Row[Any]] = []
        for part in chunks(sorted(live)):
            own = outcomes.c.merchant == self._merchant, outcomes.c.run_id.in_(part)
            wanted = select(outcomes).where(*own, outcomes.c.status != "publish")
            found += self._connection.execute(wanted.order_by(outcomes.c.run_id, outcomes.c.line)).all()
        return [row for row in found if self._nights.speaks(row.run_id, row.market)]

    def _oldest(self, catalog: str) -> int:
        """Return the first run over a catalog that still speaks in some market."""
        return min((run for (name, _), run in self._nights.last_in.items() if name == catalog), default=0)

    def _titles(self) -> dict[int, str]:
        """Return the title of every page whose source is known, by the number of its listing."""
        wanted = {number: row.source for (number, _), row in self._items.items() if row.source is not None}
        found: dict[int, str] = {}
        for part in chunks(sorted(wanted.items())):
            at = tuple_(sources.c.listing, sources.c.version)
            for row in self._connection.execute(select(sources).where(at.in_(part))):
                title = load(row.document).get("fields", {}).get("title")
                found[row.listing] = title if isinstance(title, str) else ""
        return found

    def _pages(self, market: str, titles: Mapping[int, str]) -> Iterator[ShopPage]:
        """Yield the merchant's pages in a market, and then the lines that became none."""
        numbers = [row.number for row in self._listings]
        key = merchant_key(self._merchant)
        paused = closed(self._connection, market, [(key, row.key) for row in self._listings])
        taken = _taken_down(self._connection, market, numbers)
        noted = _noted(self._connection, market, numbers)
        returned = _returned(self._connection, market, numbers)
        told, spare = self._spoken(market)
        for row in self._listings:
            item, outcome = self._items.get((row.number, market)), told.get(row.key)
            word = outcome if item is None or (outcome is not None and outcome.run_id > item.run_id) else item
            failed = outcome is not None and outcome.status == "failed" and outcome.run_id > row.seen_run
            down = taken.get(row.number)
            yield ShopPage(
                id=row.id, market=market, line=row.seen_line, listed=True, title=titles.get(row.number, ""),
                **_word(word), on_sale=item is not None and item.version is not None,
                paused=(key, row.key) in paused,
                gone=self._is_gone(row, down) and not failed,
                withdrawn_at=None if down is None else down.created_at,
                withdrawn_by=None if down is None else down.cause,
                noted=noted.get(row.number, ()) if word is item else (),
                told=returned.get(row.number, "") if word is item else "",
            )  # fmt: skip
        for outcome in spare:
            yield ShopPage(id=outcome.id, market=market, line=outcome.line, listed=False, **_word(outcome))

    def _is_gone(self, listing: Row[Any], down: Row[Any] | None) -> bool:
        """Return whether the newest run over a listing's catalog did not find it, nor refused it all the same."""
        refused = down is not None and down.cause == "run" and down.run_id > listing.seen_run
        return listing.seen_run < self._nights.last.get(self._nights.catalog[listing.seen_run], 0) and not refused

    def _spoken(self, market: str) -> tuple[dict[str, Row[Any]], list[Row[Any]]]:
        """Return the outcomes that are a page's newest word, by its key, and those of lines that became no page.

        A line is nobody's page where it repeats one that was seen in the same run, or names none. Lines of a run count
        while it is the newest that saw anything of the merchant, or the last that saw some page of theirs: catalogs of
        a new name every night leave nothing behind.
        """
        seen = {row.key: row.seen_run for row in self._listings}
        current = {*seen.values(), max([*seen.values(), *(row.run_id for row in self._outcomes)], default=0)}
        told: dict[str, Row[Any]] = {}
        spare: list[Row[Any]] = []
        for row in self._outcomes:
            if row.market != market or not _PASSED_BY.isdisjoint(decode_reasons(row.reasons)):
                continue
            first = seen.get(row.listing_key)
            replaced = told.get(row.listing_key)
            own = first is not None and (row.run_id > first or (row.run_id == first and row.status != "failed"))
            if own and (replaced is None or replaced.run_id < row.run_id):
                told[row.listing_key] = row
            elif row.status == "failed" and row.run_id in current and (first is None or row.run_id >= first):
                spare.append(row)
        return told, spare


def _word(row: Row[Any] | None) -> dict[str, Any]:
    """Return what an item or an outcome says, as fields of a ShopPage."""
    if row is None:
        return {}
    return {
        "status": row.status, "reasons": decode_reasons(row.reasons), "field": row.field, "message_zh": row.message_zh,
    }  # fmt: skip


def _nights(connection: Connection) -> _Nights:
    catalog: dict[int, str] = {}
    last: dict[str, int] = {}
    last_in: dict[tuple[str, str], int] = {}
    columns = (runs.c.id, runs.c.catalog, runs.c.status, runs.c.spec)
    for row in connection.execute(select(*columns).order_by(runs.c.id)):
        catalog[row.id] = row.catalog
        if row.status == "finished":
            last[row.catalog] = row.id
            last_in |= {(row.catalog, market): row.id for market in load(row.spec)["markets"]}
    return _Nights(catalog, last, last_in)


def _taken_down(connection: Connection, market: str, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    """Return the newest version of each listing whose newest version took it down."""
    found: dict[int, Row[Any]] = {}
    for part in chunks(numbers):
        newest = (
            select(publications.c.listing, func.max(publications.c.version).label("version"))
            .where(publications.c.market == market, publications.c.listing.in_(part))
            .group_by(publications.c.listing)
            .subquery("newest")
        )
        same = publications.c.listing == newest.c.listing, publications.c.version == newest.c.version
        columns = (publications.c.listing, publications.c.cause, publications.c.run_id, publications.c.created_at)
        down = publications.c.market == market, publications.c.kind == "withdraw"
        rows: Sequence[Any] = connection.execute(select(*columns).join(newest, and_(*same)).where(*down)).all()
        found |= {row.listing: row for row in rows}
    return found


def _returned(connection: Connection, market: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return, by listing, what the merchants were told whose pages were sent back and have not changed since."""
    found: dict[int, str] = {}
    for part in chunks(numbers):
        back = held.c.listing.in_(part), held.c.market == market, held.c.state == "returned"
        keys = {
            row.key: row.number
            for row in connection.execute(
                select(listings.c.key, listings.c.number).join(held, held.c.listing == listings.c.number).where(*back)
            )
        }
        said = actions.c.listing_key.in_(list(keys)), actions.c.market == market, actions.c.action == SEND_BACK
        for row in connection.execute(select(actions).where(*said).order_by(actions.c.id)) if keys else ():
            found[keys[row.listing_key]] = load(row.detail)["message_zh"]
    return found


def _noted(connection: Connection, market: str, numbers: Sequence[int]) -> dict[int, tuple[Noted, ...]]:
    """Return, by listing, the segments in their order in which something was found or that do not publish."""
    found: dict[int, list[Noted]] = {}
    speaks = or_(segments.c.findings != "[]", segments.c.verdict != "publish")
    names = ("listing", "path", "number", "source", "target", "verdict", "reasons", "findings")
    wanted = select(*(segments.c[name] for name in names)).where(segments.c.market == market, speaks)
    for part in chunks(numbers):
        own = wanted.where(segments.c.listing.in_(part)).order_by(segments.c.listing, segments.c.position)
        for row in connection.execute(own):
            segment = Noted(
                path=row.path, index=row.number, source=row.source, target=row.target, verdict=row.verdict,
                reasons=decode_reasons(row.reasons), findings=decode_findings(row.findings),
            )  # fmt: skip
            found.setdefault(row.listing, []).append(segment)
    return {listing: tuple(own) for listing, own in found.items()}
