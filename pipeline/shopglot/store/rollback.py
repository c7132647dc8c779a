"""Going back: an earlier version becomes a new one.

A page's versions count its states in a market: what stood at version n is that version's content, or nothing where it
is a withdrawal, until version n + 1. Every form of going back says for each page which state it wants again:

    page      a version that is named, or the last different content before the one on sale
    run       what stood before the run's first version of the page
    moment    the last version, by number, that was written at or before it; clocks may be set back, numbers are not
    person    what stood before the first version that the person's acts, or runs with the person's texts, wrote

A plan is made from what stands and then applied, some pages to a transaction. What is so already is left out, so that a
plan that was cut off is finished by planning and applying again; the states that are wanted do not depend on how far it
got. A page that has changed since it was planned is not touched and is counted as `moved`.

The choice is pinned: while the page's source stays as it is, no run publishes anything else over it. Two things are
stronger: a page that was refused and taken down is not put back on sale, and a page that its merchant paused stays
down: the choice is kept in the log (`waits`) and pinned, and it is what goes on sale when the page is resumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, func, literal, select, update

from shopglot.errors import UsageError
from shopglot.store import actions, publishing
from shopglot.store.closures import closed
from shopglot.store.connection import Database, hold_listings, market_lock
from shopglot.store.encoding import merchant_key
from shopglot.store.reading import iso
from shopglot.store.records import Act, Identity
from shopglot.store.schema import items, listings, publications, runs
from shopglot.store.shelving import comeback, stored
from shopglot.store.states import Step, by_person, named, previous, refused, steps, versions_of
from shopglot.types import Json

PAGES = 200  # in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a rollback would change, by listing and market. `form` says what was asked for, for the log."""

    steps: tuple[Step, ...]
    form: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of a plan's pages.

    `changed` have a new version; `waiting` are paused and go on sale when they are resumed; `moved` have changed since
    they were planned, and `refused` may not be put back: both were left alone. `already` are as they should be.
    """

    changed: int = 0
    waiting: int = 0
    moved: int = 0
    refused: int = 0
    already: int = 0


class Rollback:
    """Earlier versions, published again."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def find(self, listing: str, *, merchant: str | None = None) -> Identity:
        """Return the identity of the listing with that id; UsageError where there is none, or several."""
        with self._database.read() as connection:
            wanted = select(listings.c.merchant).where(listings.c.id == listing).order_by(listings.c.merchant)
            owners = list(connection.scalars(wanted))
        if merchant is None and len(owners) > 1:
            named = ", ".join(repr(owner) for owner in owners[:5])
            raise UsageError(f"listing '{listing}': {len(owners)} merchants have this id ({named}); say --merchant.")
        if not owners or (merchant is not None and merchant not in owners):
            whose = "" if merchant is None else f" of merchant '{merchant}'"
            raise UsageError(f"listing '{listing}'{whose}: store {self._database.shown} has none; check the id.")
        return owners[0] if merchant is None else merchant, listing

    def plan_page(self, identity: Identity, market: str, *, to: int | None = None) -> Plan:
        """Plan to go back to a version of a page, or to its last different content before the one that is on sale."""
        with self._database.read() as connection:
            versions = versions_of(connection, identity, market)
            name = f"listing '{identity[1]}' in {market}"
            if not versions:
                raise UsageError(f"{name}: it was never published there, so there is nothing to go back to.")
            keep = previous(versions, name) if to is None else named(versions, to, name)
            number = versions[-1].listing
            mark = select(
                literal(number).label("listing"), literal(market).label("market"), literal(keep).label("keep")
            )
            form = {"page": list(identity), "to": to}
            return Plan(steps=tuple(steps(connection, mark)), form=form)

    def plan_run(self, run_id: int, *, markets: Sequence[str] = ()) -> Plan:
        """Plan to take back all that a run put on sale or took down, in these markets or in all of them."""
        marks = (
            select(publications.c.listing, publications.c.market, (func.min(publications.c.version) - 1).label("keep"))
            .where(publications.c.run_id == run_id)
            .group_by(publications.c.listing, publications.c.market)
        )
        if markets:
            marks = marks.where(publications.c.market.in_(markets))
        with self._database.read() as connection:
            if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first() is None:
                raise UsageError(f"run {run_id}: the store has no such run; see `shopglot status`.")
            if connection.execute(marks.limit(1)).first() is None:
                where = f" in {', '.join(markets)}" if markets else ""
                raise UsageError(f"run {run_id}: it published nothing{where}, so there is nothing to take back.")
            return Plan(steps=tuple(steps(connection, marks)), form={"run": run_id, "markets": list(markets)})

    def plan_moment(self, at: datetime, market: str, *, merchant: str | None = None) -> Plan:
        """Plan to bring back what a market, or a merchant's part of it, was at a moment."""
        within = and_(publications.c.created_at <= at, publications.c.market == market)
        marks = (
            select(
                publications.c.listing,
                publications.c.market,
                func.coalesce(func.max(publications.c.version).filter(within), 0).label("keep"),
            )
            .where(publications.c.market == market)
            .group_by(publications.c.listing, publications.c.market)
        )
        known = select(publications.c.version).where(within)
        if merchant is not None:
            own = select(listings.c.number).where(listings.c.merchant == merchant)
            marks = marks.where(publications.c.listing.in_(own))
            known = known.where(publications.c.listing.in_(own))
        with self._database.read() as connection:
            if connection.execute(known.limit(1)).first() is None:
                whose = "" if merchant is None else f" of merchant '{merchant}'"
                raise UsageError(f"{iso(at)}: nothing{whose} was published in {market} by then; give a later moment.")
            form: dict[str, Json] = {"at": iso(at), "merchant": merchant}
            return Plan(steps=tuple(steps(connection, marks)), form=form)

    def plan_person(self, person: str, *, since: datetime | None = None, markets: Sequence[str] = ()) -> Plan:
        """Plan to take back what a person changed in the catalog since a moment, or with their last act.

        That is what they paused, resumed and rolled back; with `since` also what runs published with texts that they
        approved since then. What took back that person's changes before is not among them.
        """
        with self._database.read() as connection:
            marks = by_person(connection, person, since=since, markets=markets)
            if marks is None or connection.execute(marks.limit(1)).first() is None:
                when = "" if since is None else f" since {iso(since)}"
                raise UsageError(f"person '{person}': nothing in the catalog was changed by them{when}.")
            form: dict[str, Json] = {"person": person, "since": None if since is None else iso(since)}
            return Plan(steps=tuple(steps(connection, marks)), form=form)

    def apply(self, plan: Plan, *, actor: str, note: str = "") -> Applied:
        """Go back: every page of the plan gets a new version, its event, and a pin, logged with who and why."""
        work = _Apply(plan, actor, note, self._now)
        ordered = sorted(plan.steps, key=lambda step: (step.market, step.listing))
        with self._database.writer() as connection:
            for market, own in groupby(ordered, key=lambda step: step.market):
                for part in _parts(list(own)):
                    with connection.begin():
                        market_lock(connection, market, shared=True)
                        hold_listings(connection, [step.listing for step in part])
                        work(connection, market, part)
        return Applied(**work.counts)

    def release(self, identity: Identity, market: str, *, actor: str, note: str = "") -> None:
        """Lift a page's pin: the next run decides again what is published."""
        with self._database.write() as connection:
            number = connection.scalar(
                select(listings.c.number).where(listings.c.merchant == identity[0], listings.c.id == identity[1])
            )
            hold_listings(connection, () if number is None else (number,))
            lifted = connection.execute(
                update(items)
                .where(items.c.listing == number, items.c.market == market, items.c.pinned_by.is_not(None))
                .values(pinned_source=None, pinned_by=None, again=True)
            )
            if lifted.rowcount != 1:
                raise UsageError(f"listing '{identity[1]}' in {market}: nobody has pinned it, runs decide already.")
            act = Act(
                actor=actor, action="release", market=market, merchant=identity[0], listing=identity[1], note=note
            )
            actions.log(connection, act, self._now())


class _Apply:
    """Does parts of a plan, each in the caller's transaction, and counts."""

    def __init__(self, plan: Plan, actor: str, note: str, now: Callable[[], datetime]) -> None:
        self._plan = plan
        self._actor = actor
        self._note = note
        self._now = now
        self._action_id: int | None = None
        self.counts = dict.fromkeys(("changed", "waiting", "moved", "refused", "already"), 0)

    def __call__(self, connection: Connection, market: str, steps: Sequence[Step]) -> None:
        """Do the steps of one market, whose listings are locked."""
        rows = _items(connection, market, [step.listing for step in steps])
        keys = {number: (merchant_key(row.merchant), row.key) for number, row in rows.items()}
        paused = closed(connection, market, list(keys.values()))
        for step in steps:
            self.counts[self._do(connection, step, rows[step.listing], keys[step.listing] in paused)] += 1

    def _do(self, connection: Connection, step: Step, row: Row[Any], paused: bool) -> str:
        """Do one step and return what became of it."""
        document = None if step.target is None else stored(connection, row, step.target)
        current = None if row.version is None else stored(connection, row, row.version)
        if paused and (row.version is None or step.target is not None):
            if row.version is None and _comes_back(connection, row) == (True, document):
                return "already"
            publishing.pin(connection, step.identity, step.market, self._log(connection, step, waits=True))
            return "waiting"
        if current == document:
            return "already"
        if row.version != step.current:
            return "moved"
        if document is not None and refused(row):
            return "refused"
        if self._action_id is None:
            self._action_id = self._log(connection, step)
        publishing.change(
            connection, step.identity, step.market, document, cause="rollback", action_id=self._action_id,
            restores=step.target, now=self._now(),
        )  # fmt: skip
        publishing.pin(connection, step.identity, step.market, self._action_id)
        return "changed"

    def _log(self, connection: Connection, step: Step, *, waits: bool = False) -> int:
        """Log the act: that of the whole plan, or that of one page that waits for its merchant."""
        one = waits or len(self._plan.steps) == 1
        detail: dict[str, Json] = {**self._plan.form, "pages": 1 if waits else len(self._plan.steps)}
        if waits:
            detail["waits"] = step.target
        markets = {planned.market for planned in self._plan.steps}
        return actions.log(
            connection,
            Act(
                actor=self._actor, action="rollback", market=step.market if one or len(markets) == 1 else None,
                merchant=step.identity[0] if one else None, listing=step.identity[1] if one else None, detail=detail,
                note=self._note,
            ),
            self._now(),
        )  # fmt: skip


def _parts(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), PAGES):
        yield steps[start : start + PAGES]


def _comes_back(connection: Connection, row: Row[Any]) -> tuple[bool, str | None]:
    """Return whether it is settled what a paused page goes back on sale with, and the document or None."""
    settled, version = comeback(connection, row)
    return settled, None if version is None else stored(connection, row, version)


def _items(connection: Connection, market: str, numbers: Iterable[int]) -> dict[int, Row[Any]]:
    """Return where locked listings stand in a market, by number."""
    rows = connection.execute(
        select(items, listings.c.merchant, listings.c.id, listings.c.key)
        .join(listings, listings.c.number == items.c.listing)
        .where(items.c.market == market, items.c.listing.in_(list(numbers)))
    )
    return {row.listing: row for row in rows}
