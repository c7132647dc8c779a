"""The conditions of a filter of the queue, and the order of its pages."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, UnaryExpression, and_, false, or_, select, tuple_
from sqlalchemy.sql.operators import custom_op

from shopglot.errors import UsageError
from shopglot.store import outdating
from shopglot.store.desk.entries import Filter, Held, Sort
from shopglot.store.desk.searching import LONGEST, contains, fold
from shopglot.store.schema import approvals, held, listings

FACETS = ("market", "field", "category", "merchant", "reason", "severity", "assignee", "state")
NOBODY, NONE = "-", "none"
_OUTDATED = "human.outdated"  # as `decide` calls it, which this room does not know
_AGES = timedelta(days=36_500)  # longer than anything has waited


class Conditions(NamedTuple):
    """What a filter asks: `facets` by the name of the facet that each is of, and `others`, which are of none."""

    facets: Mapping[str, ColumnElement[bool]]
    others: tuple[ColumnElement[bool], ...]

    @property
    def all(self) -> tuple[ColumnElement[bool], ...]:
        """All conditions."""
        return (*self.facets.values(), *self.others)

    def but(self, facet: str) -> tuple[ColumnElement[bool], ...]:
        """All conditions but that of a facet."""
        return (*(one for name, one in self.facets.items() if name != facet), *self.others)


def conditions(connection: Connection, wanted: Filter, now: datetime, *, seek: bool) -> Conditions:
    """Return the conditions of a filter.

    `seek` says that an index may be searched for market and state. Where much else is asked, each page would have to be
    looked up by itself, and to read them all in a row takes a fraction of the time; PostgreSQL knows that by itself.
    """
    facets: dict[str, ColumnElement[bool]] = {}
    whole = not seek and connection.dialect.name == "sqlite"
    market, state = (unindexed(column) if whole else column for column in (held.c.market, held.c.state))
    if wanted.market is not None:
        names = (wanted.market,) if isinstance(wanted.market, str) else tuple(wanted.market)
        facets["market"] = _among(market, names)
    if wanted.states:
        facets["state"] = _among(state, wanted.states)
    if wanted.field:
        facets["field"] = contains(connection, held.c.fields, f" {wanted.field} ")
    if wanted.reason:
        end = "" if wanted.reason.endswith(".") else " "
        facets["reason"] = contains(connection, held.c.reasons, f" {wanted.reason}{end}")
    for name in ("category", "merchant"):
        if value := getattr(wanted, name):
            facets[name] = held.c[name] == value
    if wanted.severity:
        facets["severity"] = held.c.severity == ("" if wanted.severity == NONE else wanted.severity)
    if wanted.assignee:
        own = held.c.assignee
        facets["assignee"] = own.is_(None) if wanted.assignee == NOBODY else own == wanted.assignee
    return Conditions(facets, tuple(_others(connection, wanted, now)))


def _among(column: ColumnElement[str], values: tuple[str, ...]) -> ColumnElement[bool]:
    if len(values) == 1:
        return column == values[0]
    return column.in_(values) if values else false()


def _others(connection: Connection, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that nothing is counted by."""
    found: list[ColumnElement[bool]] = []
    if wanted.low is not None:
        found.append(held.c.score >= wanted.low)
    if wanted.high is not None:
        found.append(held.c.score <= wanted.high)
    if wanted.older_than is not None:
        found.append(held.c.held_at <= _days_before(now, wanted.older_than))
    if wanted.newer_than is not None:
        found.append(held.c.held_at > _days_before(now, wanted.newer_than))
    if wanted.run is not None:
        found.append(held.c.run_id == wanted.run)
    if wanted.outdated:
        found.append(or_(contains(connection, held.c.reasons, f" {_OUTDATED} "), _lost_a_text()))
    if wanted.mine:
        claimed = and_(held.c.claimed_by == wanted.mine, held.c.claimed_until > now)
        found.append(or_(held.c.assignee == wanted.mine, claimed))
    if search := fold(wanted.search)[:LONGEST]:
        found.append(contains(connection, held.c.words, search))
    return found


def _days_before(now: datetime, days: float) -> datetime:
    return now - min(timedelta(days=min(max(days, 0.0), _AGES.days)), _AGES)


def _lost_a_text() -> ColumnElement[bool]:
    """Whether a text that a person approved on the page has lost its source, and nobody has read what came instead."""
    gone = (
        select(listings.c.number, approvals.c.market)
        .join(listings, listings.c.key == approvals.c.listing_key)
        .where(*outdating.UNANSWERED)
    )
    return tuple_(held.c.listing, held.c.market).in_(gone)


def free(user: str, now: datetime) -> ColumnElement[bool]:
    """Whether nobody else has the page open."""
    own = held.c.claimed_by
    return or_(own.is_(None), own == user, held.c.claimed_until.is_(None), held.c.claimed_until <= now)


def unindexed(column: Any) -> Any:
    """Return the column so that SQLite searches no index for it."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def is_simple(wanted: Filter) -> bool:
    """Whether a filter asks for one market and one state, and for nothing else."""
    one = isinstance(wanted.market, str) or (wanted.market is not None and len(wanted.market) == 1)
    return one and len(wanted.states) == 1 and wanted == Filter(market=wanted.market, states=wanted.states)


def is_counted(wanted: Filter) -> bool:
    """Whether a filter asks for nothing but what pages are counted by."""
    facets = {name: getattr(wanted, name) for name in FACETS if name != "state"}
    return wanted == Filter(states=wanted.states, **facets)


class Order(NamedTuple):
    """An order of the queue: pages with the same value of `column` are in the order of their numbers and markets."""

    column: ColumnElement[Any]
    falling: bool = False
    missing: bool = False  # some pages have no value, and come last

    def terms(self) -> list[Any]:
        """Return the ORDER BY."""
        if self.falling:
            return [self.column.desc(), held.c.listing.desc(), held.c.market.desc()]
        first = [self.column.is_(None)] if self.missing else []
        return [*first, self.column, held.c.listing, held.c.market]

    def behind(self, value: Any, listing: int, market: str) -> ColumnElement[bool]:
        """Return the condition to come behind a page."""
        place = tuple_(held.c.listing, held.c.market)
        if self.missing and value is None:
            return and_(self.column.is_(None), place > (listing, market))
        key = tuple_(self.column, held.c.listing, held.c.market)
        if self.falling:
            return key < (value, listing, market)
        later = key > (value, listing, market)
        return or_(later, self.column.is_(None)) if self.missing else later


ORDERS: Mapping[str, Order] = {
    "priority": Order(held.c.priority, falling=True),
    "oldest": Order(held.c.held_at),
    "score": Order(held.c.score),
    "due": Order(held.c.due_at, missing=True),
}
_VALUES: Mapping[str, Callable[[Held], Any]] = {
    "priority": lambda page: page.priority,
    "oldest": lambda page: page.held_at,
    "score": lambda page: page.score,
    "due": lambda page: page.due_at,
}


def order(sort: str) -> Order:
    """Return an order by its name; UsageError where there is none of that name."""
    if sort not in ORDERS:
        raise UsageError(f"the queue cannot be sorted by {sort!r}; name one of {', '.join(ORDERS)}")
    return ORDERS[sort]


def value_of(page: Held, sort: Sort) -> Any:
    """Return what a page is sorted by."""
    return _VALUES[sort](page)


def write_place(page: Held, sort: Sort) -> str:
    """Return where a page is in an order, in letters that any address takes."""
    value = value_of(page, sort)
    told = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
    raw = json.dumps([sort, told, page.listing, page.market], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_place(text: str, sort: Sort) -> tuple[Any, int, str]:
    """Return value, listing and market of what `write_place` wrote for that order; UsageError where it is not that."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        named, value, listing, market = json.loads(raw)
        value = _value(value, sort)
        sound = named == sort and type(listing) is int and 0 <= listing < 1 << 63 and isinstance(market, str)
    except (ValueError, TypeError, RecursionError, OverflowError):
        sound = False
    if not sound or not market.isalnum():
        raise UsageError("this place in the queue does not exist; begin again at its first page")
    return value, listing, market


def _value(told: Any, sort: Sort) -> Any:
    """Return what a page is sorted by, as a place has it; ValueError or TypeError where it is nothing of that kind."""
    if sort == "due" and told is None:
        return None
    if sort in ("oldest", "due"):
        return datetime.fromisoformat(told).astimezone(UTC)
    value = float(told)
    if not math.isfinite(value):
        raise ValueError(told)
    return value
