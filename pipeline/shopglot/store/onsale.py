"""What is on sale and was not made tonight: read as it stands there, and taken down where a rule refuses it now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select, update

from shopglot.store import publishing
from shopglot.store.connection import Database, upsert
from shopglot.store.encoding import decode_findings, encode_findings, encode_reasons, load
from shopglot.store.records import Identity
from shopglot.store.schema import items, listings, meta, publications, segments, sources
from shopglot.types import Finding, Json

_PAGE = 100
_SWEPT = "swept"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnSale:
    """A page as it is on sale in a market; `source` is the merchant's page that it was made from, None if unknown."""

    number: int
    identity: Identity
    document: Mapping[str, Json]
    source: Mapping[str, Json] | None


class Shelf:
    """What is on sale in the markets."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def older(self, run_id: int, market: str) -> Iterator[OnSale]:
        """Yield what is on sale in a market and was not published by a run, by number.

        The store may be written to meanwhile.
        """
        last = 0
        wanted = _WANTED.where(items.c.market == market, or_(items.c.run_id != run_id, items.c.status != "publish"))
        while True:
            with self._database.read() as connection:
                rows = connection.execute(wanted.where(listings.c.number > last).limit(_PAGE)).all()
            for row in rows:
                yield OnSale(
                    number=row.number, identity=(row.merchant, row.id), document=load(row.document),
                    source=None if row.page is None else load(row.page),
                )  # fmt: skip
            if len(rows) < _PAGE:
                return
            last = rows[-1].number

    def refuse(self, run_id: int, market: str, page: OnSale, field: str, finding: Finding) -> bool:
        """Take a page down because of a finding in one of its fields; return whether it was still on sale.

        The page is worked on again when it comes in a catalog, and meanwhile says why it is gone.
        """
        with self._database.write() as connection:
            now = self._now()
            version = publishing.change(connection, page.identity, market, None, cause="run", run_id=run_id, now=now)
            if version is None:
                return False
            told: dict[str, Any] = {
                "status": "reject", "reasons": encode_reasons((finding.check,)), "field": field,
                "message": finding.message, "message_zh": finding.message_zh, "again": True,
            }  # fmt: skip
            own = items.c.listing == page.number, items.c.market == market
            connection.execute(update(items).where(*own).values(**told))
            _mark(connection, page.number, market, field, finding)
            return True

    def swept(self, market: str) -> str:
        """Return the digest of the rules that everything on sale in a market was last held against, "" if none."""
        with self._database.read() as connection:
            return connection.scalar(select(meta.c.value).where(meta.c.name == f"{_SWEPT}.{market}")) or ""

    def note_swept(self, market: str, digest: str) -> None:
        """Write down the rules that everything on sale in a market was held against."""
        with self._database.write() as connection:
            connection.execute(upsert(connection, meta), [{"name": f"{_SWEPT}.{market}", "value": digest}])


def _mark(connection: Connection, number: int, market: str, field: str, finding: Finding) -> None:
    """Write a finding beside the first segment of a field, where the page has one."""
    own = segments.c.listing == number, segments.c.market == market
    first = select(segments).where(*own, segments.c.path == field).order_by(segments.c.position).limit(1)
    row = connection.execute(first).first()
    if row is None:
        return
    findings = (*decode_findings(row.findings), finding)
    connection.execute(
        update(segments)
        .where(*own, segments.c.position == row.position)
        .values(verdict="reject", reasons=encode_reasons((finding.check,)), findings=encode_findings(findings))
    )


_WANTED = (
    select(
        listings.c.number,
        listings.c.merchant,
        listings.c.id,
        publications.c.document,
        sources.c.document.label("page"),
    )
    .join(items, items.c.listing == listings.c.number)
    .join(
        publications,
        and_(
            publications.c.listing == items.c.listing,
            publications.c.market == items.c.market,
            publications.c.version == items.c.version,
        ),
    )
    .outerjoin(sources, and_(sources.c.listing == items.c.listing, sources.c.version == publications.c.source))
    .order_by(listings.c.number)
)
