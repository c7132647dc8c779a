"""What a settlement asks of the published catalog, given what stands there: read inside the transaction that writes it.

A person's word comes first. Whoever made a page may have recalled it before a person approved another text, set a
finding aside or let words pass: then the settlement is `stale`, and nothing of it is written. And where a person went
back to an earlier version, that one is pinned: while the merchant's page stays as it was, nothing is published over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Integer, and_, bindparam, cast, exists, func, select

from shopglot.errors import StoreError
from shopglot.market import Reuse
from shopglot.store import sources
from shopglot.store.closures import closed
from shopglot.store.connection import chunks, hold_listings, market_lock
from shopglot.store.desk import dismissed
from shopglot.store.encoding import digest, identity_key, merchant_key
from shopglot.store.overrides import ALLOW, REVOKE
from shopglot.store.reach import has_human, overtaken
from shopglot.store.records import NEVER, Identity, Revision, Settled, Settlement
from shopglot.store.schema import (
    VERSION_FLOOR,
    actions,
    approvals,
    dismissals,
    enrolments,
    held,
    items,
    listings,
    meta,
    publications,
)
from shopglot.types import Outcome

Kind = Literal["publish", "withdraw"]

PINNED = "version.pinned"
PAUSED = "market.paused"

_UNHEARD = Revision(approval=NEVER)
_versions = publications.alias("versions")
_PLACES = (
    select(
        listings.c.key,
        listings.c.number,
        items.c.market,
        items.c.version,
        items.c.source,
        items.c.again,
        items.c.pinned_source,
        items.c.pinned_by,
        publications.c.content_hash,
        select(func.max(_versions.c.version))
        .where(_versions.c.listing == listings.c.number, _versions.c.market == bindparam("market"))
        .scalar_subquery()
        .label("newest"),
        # Above what a merchant whose data were erased ever had: whoever heard of those versions goes on from there.
        select(cast(meta.c.value, Integer)).where(meta.c.name == VERSION_FLOOR).scalar_subquery().label("floor"),
        exists().where(approvals.c.market == bindparam("market"), approvals.c.id > bindparam("approval")).label("late"),
        exists()
        .where(dismissals.c.market == bindparam("market"), dismissals.c.action_id > bindparam("dismissal"))
        .label("dismissed"),
        exists()
        .where(
            actions.c.listing_key == listings.c.key,
            actions.c.market == bindparam("market"),
            actions.c.action.in_((ALLOW, REVOKE)),
            actions.c.id > bindparam("override"),
        )
        .label("overridden"),
        exists()
        .where(approvals.c.market == bindparam("market"), approvals.c.listing_key == listings.c.key)
        .label("approved"),
        exists().where(enrolments.c.market == bindparam("market")).label("shut"),
        exists().where(held.c.listing == listings.c.number, held.c.market == bindparam("market")).label("waits"),
    )
    .select_from(listings)
    .outerjoin(items, and_(items.c.listing == listings.c.number, items.c.market == bindparam("market")))
    .outerjoin(
        publications,
        and_(
            publications.c.listing == items.c.listing,
            publications.c.market == items.c.market,
            publications.c.version == items.c.version,
        ),
    )
    .where(listings.c.key.in_(bindparam("keys", expanding=True)))
)


class Pin(NamedTuple):
    """A person's choice of what is published: the version of the source that it holds for, and the act that made it.

    The version is None where it is not known yet.
    """

    source: int | None
    action_id: int


class Place(NamedTuple):
    """A listing in a market: whether it is new there, what is published and its content, the newest version of all.

    What need not be asked further is told here too: whether anybody approved (`late`) or dismissed (`dismissed`)
    anything in the market since the revision, whether a lead has let words of this page pass since, or no longer
    (`overridden`), whether anybody ever approved anything on it (`approved`), whether anything in the market is paused
    (`shut`), and whether the page waits for people (`waits`).
    """

    listing: int
    new: bool
    version: int | None
    content_hash: str | None
    newest: int
    source: int | None
    again: bool
    pin: Pin | None
    late: bool
    dismissed: bool
    overridden: bool
    approved: bool
    shut: bool
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What a settlement asks of the published catalog, given what is published now.

    `listing` is the listing's number, `new` whether it was never settled in the market, `outcome` what is to be written
    of it. `before` is the item's published version, `pointer` the one afterwards; `kind` is that of the version to
    write, None where none is to be. `source` is the version of the merchant's page, `new_source` says that it has to be
    written. `again`: the page stays due, because something that a person did is not in it. `approved`: a person has
    approved something on it. `waits`: it is in the queue of what waits for people.
    """

    settlement: Settlement
    outcome: Outcome
    listing: int
    new: bool
    settled: Settled
    before: int | None
    pointer: int | None
    kind: Kind | None = None
    version: int = 0
    content_hash: str = ""
    source: int | None = None
    new_source: bool = False
    again: bool = False
    approved: bool = False
    waits: bool = False
    pin: Pin | None = None


def lock(connection: Connection, identities: Mapping[str, Iterable[Identity]]) -> None:
    """Keep others from changing where these listings stand, by market, until the transaction ends.

    Whoever changes an item does this first. The markets are shared with others who publish, and kept from whoever
    approves. SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "sqlite":
        return
    for market in sorted(identities):
        market_lock(connection, market, shared=True)
    keys = sorted({identity_key(*identity) for own in identities.values() for identity in own})
    numbers = [
        number
        for part in chunks(keys)
        for number in connection.scalars(select(listings.c.number).where(listings.c.key.in_(part)))
    ]
    hold_listings(connection, numbers)


def places(
    connection: Connection, market: str, keys: Sequence[str], *, revision: Revision = _UNHEARD
) -> dict[str, Place]:
    """Return where these listings stand in the published catalog of a market, by listing key."""
    found: dict[str, Place] = {}
    for part in chunks(keys):
        for row in connection.execute(_PLACES, {"market": market, "keys": part, **revision._asdict()}):
            found[row.key] = Place(
                listing=row.number,
                new=row.market is None,
                version=row.version,
                content_hash=row.content_hash,
                newest=row.newest or row.floor or 0,
                source=row.source,
                again=bool(row.again),
                pin=None if row.pinned_by is None else Pin(row.pinned_source, row.pinned_by),
                late=bool(row.late),
                dismissed=bool(row.dismissed),
                overridden=bool(row.overridden),
                approved=bool(row.approved),
                shut=bool(row.shut),
                waits=bool(row.waits),
            )
    return found


def weigh(
    connection: Connection,
    settlements: Sequence[Settlement],
    *,
    revision: Mapping[str, Revision | int] | None = None,
    reuse: Mapping[str, Reuse] | None = None,
) -> list[Due]:
    """Return what each settlement asks of the published catalog, in their order; a listing once in a market.

    `revision` and `reuse` are those of `publishing.settle_many`. The listings have to have been seen (`sightings.see`)
    before, and to be locked where anything is written.
    """
    keys: dict[str, list[str]] = {}
    named = []
    for settlement in settlements:
        outcome = settlement.outcome
        named.append((outcome.market, identity_key(outcome.merchant, outcome.id)))
        keys.setdefault(outcome.market, []).append(named[-1][1])
    if len(set(named)) < len(named):
        raise ValueError("a listing can be settled only once in a market at a time")
    known_to = {
        market: own if isinstance(own, Revision) else Revision(approval=own) for market, own in (revision or {}).items()
    }
    found = {
        market: places(connection, market, wanted, revision=known_to.get(market, _UNHEARD))
        for market, wanted in keys.items()
    }
    for settlement, (market, key) in zip(settlements, named, strict=True):
        if key not in found[market]:
            raise StoreError(f"listing {settlement.outcome.id!r}: no run has seen it; call see() before it is settled")
    known = [found[market][key] for market, key in named]
    stale = _stale(connection, settlements, known, known_to, reuse or {})
    versions = sources.versions(connection, zip(known, settlements, strict=True))
    weighed = []
    for settlement, place, late, source in zip(settlements, known, stale, versions, strict=True):
        due = _needed(settlement, place)
        # Without a revision nobody knows which approvals are in the texts: what was due for them stays due.
        again = place.again and bool(settlement.judged) and settlement.outcome.market not in known_to
        due = replace(
            due, source=source.version, new_source=source.new, again=again, approved=place.approved, waits=place.waits
        )
        weighed.append(replace(due, settled="stale", kind=None) if late else _pinned(due, place))
    if any(place.shut for place in known):
        weighed = _open(connection, weighed)
    return _explained(connection, weighed)


def _stale(
    connection: Connection,
    settlements: Sequence[Settlement],
    known: Sequence[Place],
    revision: Mapping[str, Revision],
    reuse: Mapping[str, Reuse],
) -> list[bool]:
    """Return of each settlement whether a person has said anything since about a text or a finding of it."""
    stale = [place.overridden for place in known]
    for market in sorted({settlement.outcome.market for settlement in settlements} & set(revision)):
        mine = [index for index, settlement in enumerate(settlements) if settlement.outcome.market == market]
        heard, policy = revision[market], reuse.get(market)
        own = [index for index in mine if known[index].late or has_human(settlements[index])]
        pages = [settlements[index] for index in own]
        said = overtaken(connection, market, pages, revision=heard.approval, reuse=policy)
        own += (looked := [index for index in mine if known[index].dismissed])
        pages = [settlements[index] for index in looked]
        said += dismissed.overtaken(connection, market, pages, revision=heard.dismissal, reuse=policy)
        for index, late in zip(own, said, strict=True):
            stale[index] = stale[index] or late
    return stale


def _needed(settlement: Settlement, place: Place) -> Due:
    """Return what has to be published or withdrawn; nothing where the same content is published already."""
    settled: Settled = "held"
    pointer = place.version
    kind: Kind | None = None
    content_hash = ""
    if settlement.document is not None:
        if settlement.withdraw:
            raise ValueError(f"listing {settlement.outcome.id!r}: it is either published or withdrawn")
        content_hash = digest(settlement.document)
        if pointer is not None and content_hash == place.content_hash:
            settled = "unchanged"
        else:
            settled, kind, pointer = "published", "publish", place.newest + 1
    elif settlement.withdraw and pointer is not None:
        settled, kind, pointer = "withdrawn", "withdraw", None
    return Due(
        settlement=settlement,
        outcome=settlement.outcome,
        listing=place.listing,
        new=place.new,
        settled=settled,
        before=place.version,
        pointer=pointer,
        kind=kind,
        version=place.newest + 1,
        content_hash=content_hash,
    )


def _pinned(due: Due, place: Place) -> Due:
    """Return what is left of it where a person chose what is published.

    A pin lapses when its source changes, and when its page is taken down. One that was set before anybody knew the
    version of the source takes the first that comes; a page that comes without one leaves it as it is.
    """
    pin = place.pin
    if pin is None or due.kind == "withdraw":
        return due
    if pin.source is None:
        pin = Pin(due.source, pin.action_id)
    elif due.source is not None and due.source != pin.source:
        return due
    if due.kind is None:
        return replace(due, pin=pin)
    return replace(due, pin=pin, settled="pinned", kind=None, pointer=due.before)


def _open(connection: Connection, weighed: Sequence[Due]) -> list[Due]:
    """Return the same, with nothing to put on sale on pages that were paused since the run let them in.

    They stay due, so that the run after they are opened again publishes what is new.
    """
    asked: dict[str, dict[tuple[str, str], int]] = {}
    for index, due in enumerate(weighed):
        if due.kind == "publish":
            outcome = due.outcome
            keys = merchant_key(outcome.merchant), identity_key(outcome.merchant, outcome.id)
            asked.setdefault(outcome.market, {})[keys] = index
    found = list(weighed)
    for market, own in asked.items():
        for keys in closed(connection, market, list(own)):
            due = found[own[keys]]
            found[own[keys]] = replace(
                due, settled="pinned", kind=None, pointer=due.before, again=True, outcome=_shut(due.outcome)
            )
    return found


def _explained(connection: Connection, weighed: Sequence[Due]) -> list[Due]:
    """Return the same, with an outcome that names who chose what is published where that holds a page back."""
    held = [due.outcome.status == "publish" and due.settled == "pinned" for due in weighed]
    wanted = {due.pin.action_id for due, own in zip(weighed, held, strict=True) if own and due.pin is not None}
    if not wanted:
        return list(weighed)
    who = {
        row.id: (row.actor, row.note)
        for row in connection.execute(
            select(actions.c.id, actions.c.actor, actions.c.note).where(actions.c.id.in_(sorted(wanted)))
        )
    }
    return [
        replace(due, outcome=_held_by(due.outcome, *who[due.pin.action_id])) if own and due.pin is not None else due
        for due, own in zip(weighed, held, strict=True)
    ]


def _held_by(outcome: Outcome, actor: str, note: str) -> Outcome:
    """Return the outcome of a page over whose published version nothing may be published."""
    return replace(
        outcome,
        status="review",
        reasons=(PINNED,),
        field="",
        message=(
            f"{actor} went back to an earlier version{f' ({note})' if note else ''}; it stays until the page's source "
            "changes or a person puts another version on sale."
        ),
        message_zh=(
            f"{actor}已将此商品页恢复为先前的版本{f'（原因：{note}）' if note else ''}；"
            "修改商品原文，或由译员换上其他版本之后，才会发布新的译文。"
        ),
    )


def _shut(outcome: Outcome) -> Outcome:
    """Return the outcome of a page that was paused while a run worked on it."""
    return replace(
        outcome,
        status="skipped",
        reasons=(PAUSED,),
        field="",
        message="The merchant has paused this page in this market; `shopglot resume` opens it again.",
        message_zh="商家已暂停该商品页在此市场的销售，恢复后将重新上架。",
    )
