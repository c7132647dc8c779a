"""Which way back each page has: from what is on sale to what stood at one of its versions.

A mark says of a page in a market which version's state is wanted: `keep`, 0 for that before the first version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from shopglot.errors import UsageError
from shopglot.store.closures import closed
from shopglot.store.encoding import load, merchant_key
from shopglot.store.records import Identity
from shopglot.store.schema import actions, approvals, items, listings, publications, segments
from shopglot.store.shelving import comeback

_before = publications.alias("before")
_on_sale = publications.alias("on_sale")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page's way back in a market: from the version on sale to the version whose content is wanted.

    None is nothing on sale. `paused`: the merchant has paused it, so that it goes on sale when it is resumed.
    `refused`: it was refused and taken down, so that it is not put back. `listing` is its number.
    """

    identity: Identity
    market: str
    listing: int
    current: int | None
    target: int | None
    paused: bool = False
    refused: bool = False


def versions_of(connection: Connection, identity: Identity, market: str) -> list[Row[Any]]:
    """Return a page's versions in a market, oldest first, without their documents."""
    columns = [column for column in publications.c if column.name != "document"]
    wanted = (
        select(*columns)
        .join(listings, listings.c.number == publications.c.listing)
        .where(listings.c.merchant == identity[0], listings.c.id == identity[1], publications.c.market == market)
    )
    return list(connection.execute(wanted.order_by(publications.c.version)))


def named(versions: Sequence[Row[Any]], to: int, name: str) -> int:
    """Return the version that was asked for, if there is a way to it."""
    found = next((row for row in versions if row.version == to), None)
    newest = versions[-1]
    if found is None:
        raise UsageError(f"{name}: there is no version {to}; it has {versions[0].version} to {newest.version}.")
    if found.version == newest.version and found.kind == "publish":
        raise UsageError(f"{name}: version {to} is on sale already.")
    if found.kind == newest.kind and found.content_hash == newest.content_hash:
        raise UsageError(f"{name}: what stands is what version {to} says already.")
    return to


def previous(versions: Sequence[Row[Any]], name: str) -> int:
    """Return the last version with other content than what is on sale, or was before a pause, 0 for nothing on sale.

    Content that was brought back counts as the version that it came from, so that going back twice goes back further
    and does not swing between two versions.
    """
    newest = versions[-1]
    if newest.cause == "pause":
        newest = versions[-2]  # what comes back when it is resumed
    if newest.kind == "withdraw":
        if newest.cause == "rollback":
            raise UsageError(f"{name}: it was taken down by a rollback; say which version to publish, with --to.")
        return int(next(row.version for row in reversed(versions) if row.kind == "publish"))
    by_number = {row.version: row for row in versions}
    origin = newest
    while origin.restores in by_number:
        origin = by_number[origin.restores]
    earlier = (row for row in reversed(versions) if row.version < origin.version and row.kind == "publish")
    return next((int(row.version) for row in earlier if row.content_hash != newest.content_hash), 0)


def steps(connection: Connection, marks: Select[Any]) -> Iterator[Step]:
    """Yield what has to change so that each page stands as at the version of its mark (listing, market, keep)."""
    mark = marks.subquery("marks")
    wanted = (
        select(
            items,
            listings.c.merchant,
            listings.c.id,
            listings.c.key,
            _before.c.version.label("target"),
            _before.c.content_hash.label("wanted"),
            _on_sale.c.content_hash.label("standing"),
        )
        .select_from(mark)
        .join(items, and_(items.c.listing == mark.c.listing, items.c.market == mark.c.market))
        .join(listings, listings.c.number == items.c.listing)
        .outerjoin(
            _before,
            and_(
                _before.c.listing == mark.c.listing,
                _before.c.market == mark.c.market,
                _before.c.version == mark.c.keep,
                _before.c.kind == "publish",
            ),
        )
        .outerjoin(
            _on_sale,
            and_(
                _on_sale.c.listing == items.c.listing,
                _on_sale.c.market == items.c.market,
                _on_sale.c.version == items.c.version,
            ),
        )
        .order_by(items.c.market, items.c.listing)
    )
    differing = [row for row in connection.execute(wanted) if row.wanted != row.standing or row.version is None]
    for market, own in groupby(differing, key=lambda row: row.market):
        rows = list(own)
        keys = [(merchant_key(row.merchant), row.key) for row in rows]
        paused = closed(connection, market, keys)
        for row, key in zip(rows, keys, strict=True):
            if _due(connection, row, key in paused):
                yield Step(
                    identity=(row.merchant, row.id), market=market, listing=row.listing, current=row.version,
                    target=row.target, paused=key in paused, refused=row.target is not None and refused(row),
                )  # fmt: skip


def _due(connection: Connection, row: Row[Any], paused: bool) -> bool:
    """Return whether a page does not stand as it should, or will not when its merchant resumes it."""
    if not (paused and row.version is None):
        return bool(row.wanted != row.standing)
    settled, version = comeback(connection, row)
    return not settled or _content_hash(connection, row, version) != row.wanted


def _content_hash(connection: Connection, row: Row[Any], version: int | None) -> str | None:
    """Return the hash of a version's content, None for nothing."""
    wanted = select(publications.c.content_hash).where(
        publications.c.listing == row.listing,
        publications.c.market == row.market,
        publications.c.version == version,
    )
    return None if version is None else connection.scalar(wanted)


def by_person(
    connection: Connection, person: str, *, since: datetime | None, markets: Sequence[str]
) -> Select[Any] | None:
    """Return the marks of what a person changed, None where they did nothing."""
    wanted = select(actions.c.id, actions.c.detail).where(actions.c.actor == person)
    if since is not None:
        wanted = wanted.where(actions.c.at >= since)
    own = [row.id for row in connection.execute(wanted) if load(row.detail).get("person") != person]
    made = select(publications.c.action_id).where(publications.c.action_id.in_(own))
    if since is None:
        last = connection.scalar(select(func.max(made.subquery().c.action_id)))
        own = [] if last is None else [last]
    first = select(publications.c.listing, publications.c.market, publications.c.version).where(
        publications.c.action_id.in_(own)
    )
    changes = first if since is None else first.union_all(_with_texts(person, since))
    found = changes.subquery("changes")
    marks = select(found.c.listing, found.c.market, (func.min(found.c.version) - 1).label("keep"))
    if markets:
        marks = marks.where(found.c.market.in_(markets))
    return marks.group_by(found.c.listing, found.c.market)


def _with_texts(person: str, since: datetime) -> Select[Any]:
    """Return the versions that runs wrote, after a person approved a text, of pages that have this text now.

    A run's version and an approval have no number in common, so that the clock has to say which came first.
    """
    page = and_(segments.c.listing == publications.c.listing, segments.c.market == publications.c.market)
    text = and_(
        approvals.c.market == segments.c.market,
        approvals.c.unit_key == segments.c.unit_key,
        approvals.c.target == segments.c.target,
    )
    return (
        select(publications.c.listing, publications.c.market, publications.c.version)
        .join(listings, listings.c.number == publications.c.listing)
        .join(segments, page)
        .join(approvals, text)
        .where(
            segments.c.origin == "human",
            approvals.c.approved_by == person,
            approvals.c.approved_at >= since,
            publications.c.run_id.is_not(None),
            publications.c.created_at >= approvals.c.approved_at,
        )
    )


def refused(row: Row[Any]) -> bool:
    """Return whether a rule refused the page and it was taken down: no rollback puts it back on sale."""
    return row.status == "reject" and row.version is None
