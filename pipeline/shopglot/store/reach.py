"""How far a person's word reaches: which approved text counts on which page, and what took its place there.

A text that was approved on a page counts on that page, and by the market's policy in the rest of the shop or of the
market; one that was approved for the whole market counts everywhere. The nearest word wins (the page's own, the shop's,
the market's), and of equally near ones the newest. An approval whose text left its page still says how that text reads:
it counts again as soon as the text comes back, and wherever else the text stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal_column, select

from shopglot.market import Reuse
from shopglot.store.connection import chunks
from shopglot.store.encoding import identity_key, merchant_key
from shopglot.store.memory import HUMAN_MODEL
from shopglot.store.records import Identity, Settlement
from shopglot.store.schema import approvals
from shopglot.types import Translation

_OWN = tuple(
    approvals.c[name]
    for name in ("market", "listing_key", "unit_key", "source", "target", "path", "number", "answered")
)
STANDING = approvals.c.status != literal_column("'superseded'")  # written out, so that the partial index is used


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an approved text stood on its page. `answered`: a person has read what took its place there."""

    path: str
    index: int
    unit_key: str
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What people approved, as one page or another is to have it.

    `revision` is the number of the market's newest approval when it was read: what comes later is not in here.
    """

    market: str
    revision: int
    keys: Mapping[Identity, tuple[str, str]] = field(default_factory=dict)
    own: Mapping[tuple[str, str], Translation] = field(default_factory=dict)
    shop: Mapping[tuple[str, str], Translation] = field(default_factory=dict)
    everywhere: Mapping[str, Translation] = field(default_factory=dict)
    places: Mapping[str, Sequence[Place]] = field(default_factory=dict)

    def text(self, identity: Identity, unit_key: str) -> Translation | None:
        """Return what a person approved for a unit on a page, of origin `human`; None where nobody did.

        The page is one of those, and the unit one of those, that were asked for.
        """
        if not (self.own or self.shop or self.everywhere):
            return None
        listing, merchant = self.keys[identity]
        found = self.own.get((listing, unit_key)) or self.shop.get((merchant, unit_key))
        return found or self.everywhere.get(unit_key)

    def outdated(self, identity: Identity, segments: Sequence[tuple[str, int, str]]) -> frozenset[int]:
        """Return which of a page's segments, each (path, index, unit key), took the place of an approved text.

        An approval of the page is outdated where its unit is no longer on it. What took its place is the text at the
        same path and index; where a person's text stands there, the nearest other one of that path; else none.
        """
        places = self.places.get(self.keys[identity][0], ()) if self.places else ()
        if not places:
            return frozenset()
        units = {unit_key for _, _, unit_key in segments}
        gone = [place for place in places if place.unit_key not in units and not place.answered]
        if not gone:
            return frozenset()
        machine = [
            (path, index, position)
            for position, (path, index, unit_key) in enumerate(segments)
            if self.text(identity, unit_key) is None
        ]
        found = (successor(place.path, place.index, machine) for place in gone)
        return frozenset(position for position in found if position is not None)


def successor(path: str, index: int, machine: Iterable[tuple[str, int, int]]) -> int | None:
    """Return the position of what took the place of a text that is gone: the nearest of its path, the first of two.

    `machine` are path, index and position of the segments that no person has approved.
    """
    near = [(abs(own - index), own, position) for where, own, position in machine if where == path]
    return min(near)[2] if near else None


def revision(connection: Connection, market: str) -> int:
    """Return the number of the market's newest approval, 0 where there is none."""
    return connection.scalar(select(func.max(approvals.c.id)).where(approvals.c.market == market)) or 0


def recall(
    connection: Connection, market: str, identities: Iterable[Identity], unit_keys: Iterable[str], *, reuse: Reuse
) -> Recalled:
    """Return what people approved of these units for these pages."""
    # Read first: an approval that is committed in between is newer than this, and makes the page stale, once too often.
    last = revision(connection, market)
    if last == 0:
        return Recalled(market=market, revision=0, keys=dict.fromkeys(identities, ("", "")))
    keys = {one: (identity_key(*one), merchant_key(one[0])) for one in identities}
    units = list(dict.fromkeys(unit_keys))
    own, places = _own(connection, market, [listing for listing, _ in keys.values()])
    shops = set() if reuse == "listing" else {merchant for _, merchant in keys.values()}
    in_shop = _newest(connection, market, units, approvals.c.merchant_key, shops)
    common = _newest(connection, market, units, approvals.c.listing_key, None if reuse == "market" else {""})
    texts = _texts(connection, {*in_shop.values(), *common.values()})
    return Recalled(
        market=market,
        revision=last,
        keys=keys,
        own=own,
        shop={key: texts[number] for key, number in in_shop.items()},
        everywhere={unit_key: texts[number] for (_, unit_key), number in common.items()},
        places=places,
    )


def newest(connection: Connection, market: str, unit_keys: Iterable[str]) -> dict[str, Translation]:
    """Return the newest approval of each unit, wherever in the market it was given."""
    found = _newest(connection, market, list(dict.fromkeys(unit_keys)), approvals.c.listing_key, None)
    texts = _texts(connection, set(found.values()))
    return {unit_key: texts[number] for (_, unit_key), number in found.items()}


def _own(
    connection: Connection, market: str, listing_keys: Sequence[str]
) -> tuple[dict[tuple[str, str], Translation], dict[str, list[Place]]]:
    """Return the pages' own approvals, by (listing key, unit key), and where they stood, by listing key."""
    texts: dict[tuple[str, str], Translation] = {}
    places: dict[str, list[Place]] = {}
    for part in chunks(listing_keys):
        wanted = select(*_OWN).where(approvals.c.market == market, approvals.c.listing_key.in_(part), STANDING)
        for row in connection.execute(wanted.order_by(approvals.c.id)):
            texts[row.listing_key, row.unit_key] = translation(row)
            place = Place(path=row.path, index=row.number, unit_key=row.unit_key, answered=row.answered)
            places.setdefault(row.listing_key, []).append(place)
    return texts, places


def _newest(
    connection: Connection,
    market: str,
    unit_keys: Sequence[str],
    column: ColumnElement[str],
    values: set[str] | None,
) -> dict[tuple[str, str], int]:
    """Return the number of the newest approval of each unit for each of the `values` of a column, by (value, unit key).

    Of any value, under an empty one, where `values` is None.
    """
    found: dict[tuple[str, str], int] = {}
    unit, number = approvals.c.unit_key, func.max(approvals.c.id)
    for part in chunks(unit_keys):
        wanted = approvals.c.market == market, unit.in_(part), STANDING
        if values is None:
            for key, last in connection.execute(select(unit, number).where(*wanted).group_by(unit)):
                found["", key] = last
        for some in chunks(sorted(values or ())):
            statement = select(column, unit, number).where(*wanted, column.in_(some)).group_by(unit, column)
            for value, key, last in connection.execute(statement):
                found[value, key] = last
    return found


def _texts(connection: Connection, numbers: set[int]) -> dict[int, Translation]:
    """Return the texts of approvals, by number."""
    found: dict[int, Translation] = {}
    columns = approvals.c.id, approvals.c.market, approvals.c.unit_key, approvals.c.source, approvals.c.target
    for part in chunks(sorted(numbers)):
        for row in connection.execute(select(*columns).where(approvals.c.id.in_(part))):
            found[row.id] = translation(row)
    return found


def translation(row: Any) -> Translation:
    """Return the text of an approval."""
    return Translation(
        source=row.source,
        target=row.target,
        market=row.market,
        model=HUMAN_MODEL,
        origin="human",
        unit_key=row.unit_key,
        machine_key="",
    )


def overtaken(
    connection: Connection, market: str, pages: Sequence[Settlement], *, revision: int, reuse: Reuse | None
) -> list[bool]:
    """Return of each page whether a person has said anything about a text of it since `revision`.

    An approval that is newer and in reach, or a person's text on the page that was taken back. Without `reuse` every
    approval of the market is in reach: a page is then made again once too often, never once too seldom.
    """
    said = _said(connection, market, pages, revision)
    standing = _standing(connection, market, pages)

    def late(page: Settlement) -> bool:
        listing, merchant = identity_key(page.outcome.merchant, page.outcome.id), merchant_key(page.outcome.merchant)

        def counts(given: Iterable[tuple[str, str]]) -> bool:
            return any(reaches(where, listing, merchant, reuse or "market") for where in given)

        texts = [judged.translation for judged in page.judged]
        return any(counts(said.get(text.unit_key, ())) for text in texts) or any(
            text.origin == "human" and not counts(standing.get((text.unit_key, text.target), ())) for text in texts
        )

    return [late(page) for page in pages]


def reaches(approved: tuple[str, str], listing: str, merchant: str, reuse: Reuse) -> bool:
    """Whether what was approved on a page (listing key, merchant key; two empty ones: nowhere special) counts here."""
    where, shop = approved
    return where in ("", listing) or reuse == "market" or (reuse == "merchant" and shop == merchant)


def _said(
    connection: Connection, market: str, pages: Sequence[Settlement], revision: int
) -> dict[str, list[tuple[str, str]]]:
    """Return where the pages' units were approved since `revision`, by unit key."""
    newer = select(approvals.c.unit_key, approvals.c.listing_key, approvals.c.merchant_key).where(
        approvals.c.market == market, approvals.c.id > revision
    )
    found: dict[str, list[tuple[str, str]]] = {}
    units = sorted({judged.translation.unit_key for page in pages for judged in page.judged})
    for part in chunks(units):
        for row in connection.execute(newer.where(approvals.c.unit_key.in_(part))):
            found.setdefault(row.unit_key, []).append((row.listing_key, row.merchant_key))
    return found


def has_human(page: Settlement) -> bool:
    """Whether a person's text is on a page."""
    return any(judged.translation.origin == "human" for judged in page.judged)


def _standing(
    connection: Connection, market: str, pages: Sequence[Settlement]
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return where the pages' human texts are approved today, by (unit key, target)."""
    human = sorted(
        {
            judged.translation.unit_key
            for page in pages
            for judged in page.judged
            if judged.translation.origin == "human"
        }
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for part in chunks(human):
        wanted = select(approvals).where(approvals.c.market == market, approvals.c.unit_key.in_(part), STANDING)
        for row in connection.execute(wanted):
            found.setdefault((row.unit_key, row.target), []).append((row.listing_key, row.merchant_key))
    return found
