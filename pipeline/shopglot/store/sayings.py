"""What people did that a listing's history tells: acts on the page, its shop and its versions, and approved texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, and_, or_, select

from shopglot.store.encoding import identity_key, load
from shopglot.store.reach import successor
from shopglot.store.reading import iso
from shopglot.store.schema import actions, approvals, listings, publications, segments

_SHOP = ("pause", "resume")  # acts on a whole shop that are acts on each of its pages


class Saying(NamedTuple):
    """An act, or an approved text that no act tells of: its number (0 then), and the newest run of the time.

    `event` is how the history shows it.
    """

    action_id: int
    after_run: int
    market: str
    event: dict[str, Any]


def sayings(connection: Connection, merchant: str, listing: str) -> list[Saying]:
    """Return what people did with a listing, in its order; approvals that are older than the log come first."""
    known = {row.id: _approval(connection, row) for row in _approvals(connection, merchant, listing)}
    found = list(_acts(connection, merchant, listing, known))
    told = {saying.event.get("approval", {}).get("id") for saying in found}
    older = [
        Saying(0, 0, event["market"], {"event": "approval", "action": "approve", **event})
        for number, event in known.items()
        if number not in told
    ]
    return older + found


def _acts(connection: Connection, merchant: str, listing: str, known: dict[int, dict[str, Any]]) -> Iterator[Saying]:
    """Yield the acts on the page, on its shop, and those that wrote a version of it."""
    key = identity_key(merchant, listing)
    wrote = (
        select(publications.c.action_id)
        .join(listings, listings.c.number == publications.c.listing)
        .where(listings.c.key == key, publications.c.action_id.is_not(None))
    )
    shop = and_(actions.c.merchant == merchant, actions.c.listing.is_(None), actions.c.action.in_(_SHOP))
    wanted = select(actions).where(or_(actions.c.listing_key == key, shop, actions.c.id.in_(wrote)))
    for row in connection.execute(wanted.order_by(actions.c.id)):
        detail = load(row.detail)
        after_run = detail.pop("after_run", None) or 0
        event = {
            "event": "action",
            "at": iso(row.at),
            "action_id": row.id,
            "action": row.action,
            "by": row.actor,
            "note": row.note,
            "market": row.market,
            "path": row.path,
            "index": row.number,
            "detail": detail,
        }
        if detail.get("approval") in known:
            event["approval"] = known[detail["approval"]]
        yield Saying(row.id, after_run, row.market or "", event)


def _approvals(connection: Connection, merchant: str, listing: str) -> list[Row[Any]]:
    own = approvals.c.listing_key == identity_key(merchant, listing)
    return list(connection.execute(select(approvals).where(own).order_by(approvals.c.id)))


def _approval(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """Return an approval as it stands; where it is outdated, with the text that took its place (`now`)."""
    event = {
        "id": row.id,
        "at": iso(row.approved_at),
        "market": row.market,
        "by": row.approved_by,
        "path": row.path,
        "index": row.number,
        "source": row.source,
        "target": row.target,
        "status": row.status,
    }
    return {**event, "now": _successor(connection, row)} if row.status == "outdated" else event


def _successor(connection: Connection, row: Row[Any]) -> dict[str, Any] | None:
    """Return the text that stands where an outdated one did, None where nothing took its place."""
    own = (
        select(segments.c.path, segments.c.number, segments.c.source, segments.c.target, segments.c.origin)
        .join(listings, listings.c.number == segments.c.listing)
        .where(listings.c.key == row.listing_key, segments.c.market == row.market)
        .order_by(segments.c.position)
    )
    found = connection.execute(own).all()
    places = [(one.path, one.number, position) for position, one in enumerate(found) if one.origin != "human"]
    position = successor(row.path, row.number, places)
    if position is None:
        return None
    there = found[position]
    return {"path": there.path, "index": there.number, "source": there.source, "target": there.target}
