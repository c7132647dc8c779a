"""Terms and rules that translators propose while they read; whoever keeps the glossaries takes them over, or does not.

A proposal changes nothing by itself. It stays when it is closed, so that the next one who thinks of it sees what became
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, cast, get_args

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from shopglot.errors import DataError, UsageError
from shopglot.market import MARKETS
from shopglot.store.actions import log
from shopglot.store.connection import Database, retried
from shopglot.store.reading import iso
from shopglot.store.records import Act
from shopglot.store.schema import proposals
from shopglot.store.schema.desk import PROPOSALS
from shopglot.types import Json

PROPOSE, TAKE, DECLINE = "propose", "proposal-take", "proposal-decline"
LONGEST_TERM = 500  # characters of a source or a target
LONGEST_NOTE = 10_000
Became: TypeAlias = Literal["open", "taken", "declined"]
BECAME: tuple[Became, ...] = get_args(Became)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody proposed: a term with its translation, or a rule on words.

    `field` is the kind of field for which it is meant, "" for all; `merchant` and `listing` name the page on which it
    was thought of, `example` is the source there. `closed_by` and `closed_at` are None while it is open.
    """

    id: int
    market: str
    kind: str
    source: str
    target: str
    field: str
    note: str
    merchant: str
    listing: str
    example: str
    actor: str
    at: datetime
    became: Became
    closed_by: str | None
    closed_at: datetime | None

    def as_json(self) -> dict[str, Json]:
        """Return what `glossary proposals --json` shows."""
        return {
            "id": self.id, "market": self.market, "kind": self.kind, "source": self.source, "target": self.target,
            "field": self.field, "note": self.note, "merchant": self.merchant, "listing": self.listing,
            "example": self.example, "by": self.actor, "at": iso(self.at), "state": self.became,
            "closed_by": self.closed_by, "closed_at": None if self.closed_at is None else iso(self.closed_at),
        }  # fmt: skip


class Proposals:
    """What translators propose."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def add(
        self,
        market: str,
        kind: str,
        source: str,
        target: str,
        *,
        actor: str,
        field: str = "",
        note: str = "",
        merchant: str = "",
        listing: str = "",
        example: str = "",
    ) -> int:
        """Write a proposal and return its number; the same one again, while it is open, is the one that is there.

        UsageError names a market or kind that does not exist; DataError a proposal that says too little, or too much.
        """
        source, target, note = source.strip(), target.strip(), note.strip()
        _validate(market, kind, source, target, note)
        with self._database.write() as connection:
            same = select(proposals.c.id).where(
                proposals.c.market == market, proposals.c.kind == kind, proposals.c.source == source,
                proposals.c.target == target, proposals.c.field == field, proposals.c.closed_at.is_(None),
            )  # fmt: skip
            known = connection.scalar(same.order_by(proposals.c.id).limit(1))
            if known is not None:
                return int(known)
            now = self._now()
            row = {
                "market": market, "kind": kind, "source": source, "target": target, "field": field, "note": note,
                "merchant": merchant, "listing": listing, "example": example, "actor": actor, "at": now,
            }  # fmt: skip
            number = connection.scalar(insert(proposals).returning(proposals.c.id), row)
            assert isinstance(number, int)
            detail: dict[str, Json] = {
                "proposal": number, "kind": kind, "source": source, "target": target, "field": field,
            }  # fmt: skip
            act = Act(
                actor=actor, action=PROPOSE, market=market, merchant=merchant if listing else None,
                listing=listing or None, detail=detail, note=note,
            )  # fmt: skip
            log(connection, act, now)
            return number

    @retried
    def list(self, markets: Iterable[str] = (), *, became: Became | None = None) -> tuple[Proposal, ...]:
        """Return the proposals of these markets or of all, in the order in which they were made."""
        self._database.require_current()
        with self._database.read() as connection:
            wanted = select(proposals).where(*_conditions(markets, became)).order_by(proposals.c.id)
            return tuple(map(_proposal, connection.execute(wanted)))

    @retried
    def count(self, markets: Iterable[str] = ()) -> dict[Became, int]:
        """Return how many proposals of these markets, or of all, there are of each kind of outcome."""
        self._database.require_current()
        with self._database.read() as connection:
            each = select(func.count()).select_from(proposals)
            return {one: connection.scalar(each.where(*_conditions(markets, one))) or 0 for one in BECAME}

    @retried
    def get(self, number: int) -> Proposal | None:
        """Return a proposal, None where there is none of that number."""
        with self._database.read() as connection:
            return _get(connection, number)

    def close(self, number: int, *, taken: bool, actor: str, note: str = "") -> bool:
        """Say that a proposal was taken over, or will not be; False where somebody has closed it already.

        DataError where there is none of that number.
        """
        with self._database.write() as connection:
            found = _get(connection, number)
            if found is None:
                raise DataError(f"proposal {number}: there is none of that number")
            now = self._now()
            ended = update(proposals).where(proposals.c.id == number, proposals.c.closed_at.is_(None))
            if not connection.execute(ended.values(closed_at=now, closed_by=actor, taken=taken)).rowcount:
                return False
            detail: dict[str, Json] = {"proposal": number, "source": found.source, "target": found.target}
            act = Act(
                actor=actor, action=TAKE if taken else DECLINE, market=found.market,
                merchant=found.merchant if found.listing else None, listing=found.listing or None, detail=detail,
                note=note,
            )  # fmt: skip
            log(connection, act, now)
            return True


def _validate(market: str, kind: str, source: str, target: str, note: str) -> None:
    if market not in MARKETS:
        raise UsageError(f"market {market!r}: there is no such market; name one of {', '.join(MARKETS)}")
    if kind not in PROPOSALS:
        raise UsageError(f"kind {kind!r}: propose one of {', '.join(PROPOSALS)}")
    if not source:
        raise DataError("a proposal names the words of the source that it is about")
    if kind == "term" and not target:
        raise DataError(f"the term {source[:40]!r}: say how it is to be translated")
    if kind == "rule" and not (target or note):
        raise DataError(f"the rule on {source[:40]!r}: say in the note what is wrong with these words")
    for name, text, longest in (
        ("source", source, LONGEST_TERM), ("target", target, LONGEST_TERM), ("note", note, LONGEST_NOTE),
    ):  # fmt: skip
        if len(text) > longest:
            raise DataError(f"{name}: {len(text)} characters are too many; at most {longest}")


def _conditions(markets: Iterable[str], became: Became | None) -> Iterable[ColumnElement[bool]]:
    if chosen := tuple(markets):
        yield proposals.c.market.in_(chosen)
    if became == "open":
        yield proposals.c.closed_at.is_(None)
    elif became is not None:
        yield proposals.c.closed_at.is_not(None)
        yield proposals.c.taken.is_(became == "taken")


def _get(connection: Connection, number: int) -> Proposal | None:
    row = connection.execute(select(proposals).where(proposals.c.id == number)).first()
    return None if row is None else _proposal(row)


def _proposal(row: Row[Any]) -> Proposal:
    became = "open" if row.closed_at is None else "taken" if row.taken else "declined"
    names = "id market kind source target field note merchant listing example actor at closed_by closed_at".split()
    return Proposal(became=cast("Became", became), **{name: getattr(row, name) for name in names})
