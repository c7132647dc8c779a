"""Findings that people set aside: what each one speaks of, and on which pages it counts.

A dismissal speaks of one finding in one text: a rule's in the version in which it was read, a check's with what it asks
for. A check finds the same wherever the same text says the same, so that its dismissal reaches as far as an approved
text does (`store.reach`); a rule also reads the category and the rest of the page, so that its dismissal counts on its
own page only. Nothing here releases what a rule blocks: that is a lead's (`store.overrides`).

Rows stay for ever. `action_id` is the newest act on one, that which gave it or that which ended it, so that the highest
number of a market tells whether anything was said since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, or_, select

from shopglot.market import MARKETS, Reuse
from shopglot.store.connection import chunks
from shopglot.store.encoding import canonical, identity_key, merchant_key
from shopglot.store.reach import reaches
from shopglot.store.reading import iso
from shopglot.store.records import Identity, Settlement
from shopglot.store.schema import dismissals
from shopglot.types import Json, Side

REASONS: Mapping[str, str] = {  # why a finding is set aside; `other` needs a note
    "false-alarm": "a false alarm",
    "meant-so": "it is meant so",
    "fine-here": "it is fine here",
    "checked": "checked with the source or the merchant",
    "other": "for another reason",
}
STANDING = dismissals.c.ended_at.is_(None)
_RULES = tuple(f"{market}." for market in (*MARKETS, "common"))  # as `decide.RULE_PREFIXES`, which a test holds it to
_OF_CHECK = not_(or_(*(dismissals.c.finding.startswith(prefix, autoescape=True) for prefix in _RULES)))


class Mark(NamedTuple):
    """What a dismissal speaks of in a unit: a finding is set aside where all of it agrees.

    `version` is that of the rule, or of what a check asks for (see `shopglot.dismissals.mark`). `target` is the
    translation, "" where the finding speaks of the source alone.
    """

    finding: str
    version: int
    side: Side
    words: str
    target: str

    @property
    def key(self) -> str:
        """A short name for it: 16 hex digits, the same in every process."""
        return blake2b(canonical(list(self)).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissal:
    """A finding that a person set aside, and where: `path` and `index` are its segment's, `field` the field's kind.

    `finding` to `target` are those of `Mark`. `id`, `at` and `ended_at` are the store's.
    """

    market: str
    merchant: str
    listing: str
    unit_key: str
    finding: str
    version: int
    side: Side
    words: str
    target: str
    reason: str
    actor: str
    note: str = ""
    path: str = ""
    index: int = 0
    field: str = ""
    id: int = 0
    at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def mark(self) -> Mark:
        """What it speaks of."""
        return Mark(self.finding, self.version, self.side, self.words, self.target)

    @property
    def page(self) -> Identity:
        """The page on which it was given."""
        return self.merchant, self.listing

    @property
    def why(self) -> str:
        """The reason in English words: the note alone where the reason is `other`."""
        if self.reason == "other":
            return self.note
        said = REASONS.get(self.reason, self.reason)
        return f"{said}; {self.note}" if self.note else said

    def as_json(self) -> dict[str, Json]:
        """Return it for machines."""
        return {
            "id": self.id, "market": self.market, "merchant": self.merchant, "listing": self.listing,
            "path": self.path, "index": self.index, "field": self.field, "finding": self.finding,
            "version": self.version, "side": self.side, "words": self.words, "target": self.target,
            "reason": self.reason, "note": self.note, "by": self.actor,
            "at": None if self.at is None else iso(self.at),
            "ended_at": None if self.ended_at is None else iso(self.ended_at),
        }  # fmt: skip


_NOTHING: Mapping[Mark, Dismissal] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """What people set aside, as one page or another is to have it.

    `revision` is the number of the newest act on a dismissal of the market when it was read.
    """

    market: str
    revision: int = 0
    keys: Mapping[Identity, tuple[str, str]] = field(default_factory=dict)
    own: Mapping[tuple[str, str], Mapping[Mark, Dismissal]] = field(default_factory=dict)
    wide: Mapping[tuple[str, str], Mapping[Mark, Dismissal]] = field(default_factory=dict)

    def of(self, identity: Identity, unit_key: str) -> Mapping[Mark, Dismissal]:
        """Return what is set aside in a unit on a page, each with the newest word on it; the page's own comes first.

        The page is one of those, and the unit one of those, that were asked for.
        """
        if not (self.own or self.wide):
            return _NOTHING
        listing, merchant = self.keys[identity]
        common = self.wide.get(("", unit_key)), self.wide.get((merchant, unit_key)), self.own.get((listing, unit_key))
        found = [known for known in common if known]
        return {mark: one for known in found for mark, one in known.items()} if found else _NOTHING


def recall(
    connection: Connection, market: str, identities: Iterable[Identity], unit_keys: Iterable[str], *, reuse: Reuse
) -> Dismissed:
    """Return what is set aside in these units on these pages."""
    # Read first: what is committed in between is newer than this, and makes the page stale, once too often.
    last = revision(connection, market)
    if last == 0:
        return Dismissed(market=market)
    keys = {one: (identity_key(*one), merchant_key(one[0])) for one in identities}
    own: dict[tuple[str, str], dict[Mark, Dismissal]] = {}
    for part in chunks([listing for listing, _ in keys.values()]):
        for row in _rows(connection, market, dismissals.c.listing_key.in_(part)):
            own.setdefault((row.listing_key, row.unit_key), {})[_mark(row)] = dismissal_of(row)
    wide: dict[tuple[str, str], dict[Mark, Dismissal]] = {}
    shops = {merchant for _, merchant in keys.values()}
    for part in chunks(list(dict.fromkeys(unit_keys)) if reuse != "listing" else ()):
        for row in _rows(connection, market, and_(dismissals.c.unit_key.in_(part), _OF_CHECK)):
            if reuse == "market" or row.merchant_key in shops:
                near = "" if reuse == "market" else row.merchant_key
                wide.setdefault((near, row.unit_key), {})[_mark(row)] = dismissal_of(row)
    return Dismissed(market=market, revision=last, keys=keys, own=own, wide=wide)


def revision(connection: Connection, market: str) -> int:
    """Return the number of the newest act on a dismissal of the market, 0 where there is none."""
    newest = select(func.max(dismissals.c.action_id)).where(dismissals.c.market == market)
    return connection.scalar(newest) or 0


def overtaken(
    connection: Connection, market: str, pages: Sequence[Settlement], *, revision: int, reuse: Reuse | None
) -> list[bool]:
    """Return of each page whether a finding of it was set aside, or that taken back, since `revision`.

    Without `reuse` every dismissal of a check is in reach: a page is then made again once too often.
    """
    newer = select(dismissals.c.unit_key, dismissals.c.finding, dismissals.c.listing_key, dismissals.c.merchant_key)
    said: dict[str, list[Any]] = {}
    units = sorted({judged.translation.unit_key for page in pages for judged in page.judged})
    for part in chunks(units):
        since = dismissals.c.market == market, dismissals.c.action_id > revision, dismissals.c.unit_key.in_(part)
        for row in connection.execute(newer.where(*since)):
            said.setdefault(row.unit_key, []).append(row)

    def late(page: Settlement) -> bool:
        listing, merchant = identity_key(page.outcome.merchant, page.outcome.id), merchant_key(page.outcome.merchant)
        rows = (row for judged in page.judged for row in said.get(judged.translation.unit_key, ()))
        return any(
            reaches(
                (row.listing_key, row.merchant_key), listing, merchant,
                "listing" if is_rule(row.finding) else reuse or "market",
            )
            for row in rows
        )  # fmt: skip

    return [late(page) for page in pages] if said else [False] * len(pages)


def is_rule(finding: str) -> bool:
    """Return whether an id is a rule's, and not a check's."""
    return finding.startswith(_RULES)


def _rows(connection: Connection, market: str, wanted: ColumnElement[bool]) -> Iterator[Row[Any]]:
    """Yield the dismissals of a market that stand, oldest first."""
    found = select(dismissals).where(dismissals.c.market == market, wanted, STANDING).order_by(dismissals.c.id)
    yield from connection.execute(found)


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.finding, row.version, cast("Side", row.side), row.words, row.target)


def dismissal_of(row: Row[Any]) -> Dismissal:
    """Return the dismissal of a row."""
    return Dismissal(
        market=row.market, merchant=row.merchant, listing=row.listing, unit_key=row.unit_key, finding=row.finding,
        version=row.version, side=cast("Side", row.side), words=row.words, target=row.target, reason=row.reason,
        actor=row.actor, note=row.note, path=row.path, index=row.number, field=row.field, id=row.id, at=row.at,
        ended_at=row.ended_at,
    )  # fmt: skip
