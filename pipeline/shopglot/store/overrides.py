"""What a lead lets pass although a blocking rule refuses it: words of a rule, on one page in one market.

An override is an act in the log and nothing else: the newest act on the same words decides. It speaks of the rule as it
was read: a rule that was changed since (another `version`) refuses again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update

from shopglot.errors import DataError, UsageError
from shopglot.store.actions import log
from shopglot.store.connection import Database, chunks, hold_listings, market_lock
from shopglot.store.encoding import decode_findings, identity_key, load
from shopglot.store.reading import iso
from shopglot.store.records import Act, Identity
from shopglot.store.schema import actions, items, listings, segments
from shopglot.types import Json

ALLOW, REVOKE = "override", "override-revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Words that a rule, in a version, may not refuse on a page; who said so, when and why."""

    market: str
    merchant: str
    listing: str
    rule: str
    version: int
    words: str
    actor: str
    at: datetime
    note: str

    def as_json(self) -> dict[str, Json]:
        """Return what `override list --json` shows."""
        return {
            "market": self.market, "merchant": self.merchant, "listing": self.listing, "rule": self.rule,
            "version": self.version, "words": self.words, "by": self.actor, "at": iso(self.at), "note": self.note,
        }  # fmt: skip


class Overrides:
    """The words that leads let pass."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def allow(self, market: str, page: Identity, rule: str, version: int, *, actor: str, note: str) -> tuple[str, ...]:
        """Let everything pass that a blocking rule found on a page when it was last made; return the words.

        The next run makes the page again. UsageError where no reason is given, DataError where the rule blocks nothing
        there: what a later version of the page says is not let pass unread.
        """
        if not note.strip():
            raise UsageError("an override needs a reason: say with --note why the page may say it")
        with self._database.write() as connection:
            market_lock(connection, market, shared=False)
            words = _blocked(connection, market, page, rule)
            if not words:
                raise DataError(
                    f"page {page[1]!r} of merchant {page[0]!r}: rule {rule} blocks nothing on it in market {market}; "
                    "see shopglot history"
                )
            self._write(connection, ALLOW, market, page, rule, version, words, actor, note)
            return words

    def revoke(self, market: str, page: Identity, rule: str, *, actor: str, note: str = "") -> tuple[str, ...]:
        """Take back what was let pass of a rule on a page; return the words, () where nothing was."""
        with self._database.write() as connection:
            market_lock(connection, market, shared=False)
            standing = [one for one in _standing(connection, market, [page]) if one.rule == rule]
            words = tuple(one.words for one in standing)
            if words:
                self._write(connection, REVOKE, market, page, rule, standing[0].version, words, actor, note)
            return words

    def recall(self, market: str, pages: Iterable[Identity]) -> Mapping[Identity, frozenset[tuple[str, int, str]]]:
        """Return what is let pass on pages, as (rule, version, words); a page without any is left out."""
        found: dict[Identity, set[tuple[str, int, str]]] = {}
        with self._database.read() as connection:
            for one in _standing(connection, market, pages):
                found.setdefault((one.merchant, one.listing), set()).add((one.rule, one.version, one.words))
        return {page: frozenset(passed) for page, passed in found.items()}

    def revision(self, market: str, pages: Iterable[Identity]) -> int:
        """Return the number of the newest act on these pages by which words were let pass or no longer, 0 for none."""
        newest = 0
        with self._database.read() as connection:
            for part in chunks(sorted({identity_key(*page) for page in pages})):
                own = actions.c.listing_key.in_(part), actions.c.market == market
                wanted = select(func.max(actions.c.id)).where(*own, actions.c.action.in_((ALLOW, REVOKE)))
                newest = max(newest, connection.scalar(wanted) or 0)
        return newest

    def listed(self, market: str | None = None) -> list[Override]:
        """Return every override that stands, in the order in which they were given."""
        with self._database.read() as connection:
            wanted = select(actions).where(actions.c.action.in_((ALLOW, REVOKE))).order_by(actions.c.id)
            if market is not None:
                wanted = wanted.where(actions.c.market == market)
            return list(_newest(connection.execute(wanted)))

    def _write(
        self, connection: Connection, action: str, market: str, page: Identity, rule: str, version: int,
        words: tuple[str, ...], actor: str, note: str,
    ) -> None:  # fmt: skip
        now = self._now()
        detail: dict[str, Json] = {"rule": rule, "version": version, "words": list(words)}
        act = Act(
            actor=actor, action=action, market=market, merchant=page[0], listing=page[1], detail=detail, note=note
        )
        log(connection, act, now)
        number = connection.scalar(select(listings.c.number).where(listings.c.key == identity_key(*page)))
        if number is not None:
            hold_listings(connection, [number])
            due = items.c.listing == number, items.c.market == market
            connection.execute(update(items).where(*due).values(again=True))


def _blocked(connection: Connection, market: str, page: Identity, rule: str) -> tuple[str, ...]:
    """Return the words that a rule blocks on a page, each once."""
    rows = connection.scalars(
        select(segments.c.findings)
        .join(listings, listings.c.number == segments.c.listing)
        .where(listings.c.key == identity_key(*page), segments.c.market == market, segments.c.findings != "[]")
        .order_by(segments.c.position)
    )
    findings = (finding for row in rows for finding in decode_findings(row))
    return tuple(dict.fromkeys(one.text for one in findings if one.check == rule and one.severity == "error"))


def _standing(connection: Connection, market: str, pages: Iterable[Identity]) -> Iterator[Override]:
    """Yield the overrides that stand on pages."""
    keys = sorted({identity_key(*page) for page in pages})
    for part in chunks(keys):
        wanted = (
            select(actions)
            .where(
                actions.c.listing_key.in_(part), actions.c.market == market, actions.c.action.in_((ALLOW, REVOKE))
            )
            .order_by(actions.c.id)
        )  # fmt: skip
        yield from _newest(connection.execute(wanted))


def _newest(rows: Iterable[Row[tuple[object, ...]]]) -> Iterator[Override]:
    """Yield what stands of acts in their order: the newest on the same words decides."""
    last: dict[tuple[str, str, str, str, str], Override | None] = {}
    for row in rows:
        detail = load(row.detail)
        for words in detail["words"]:
            key = (row.market, row.merchant, row.listing, detail["rule"], words)
            last.pop(key, None)
            last[key] = None if row.action == REVOKE else Override(
                market=row.market, merchant=row.merchant, listing=row.listing, rule=detail["rule"],
                version=detail["version"], words=words, actor=row.actor, at=row.at, note=row.note,
            )  # fmt: skip
    yield from (override for override in last.values() if override is not None)
