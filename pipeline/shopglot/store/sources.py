"""The pages as merchants wrote them: each version once, so that a page that comes back has its old number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Connection, bindparam, insert, select

from shopglot.store.connection import chunks
from shopglot.store.encoding import digest, dump
from shopglot.store.records import Settlement
from shopglot.store.schema import sources
from shopglot.types import Json

_INSERT = insert(sources)
_VERSIONS = select(sources.c.listing, sources.c.version, sources.c.digest).where(
    sources.c.listing.in_(bindparam("numbers", expanding=True))
)


class Version(NamedTuple):
    """The version of a page's source, None where the page came without one; `new`: it is not in the store."""

    version: int | None
    new: bool


class _Numbered(Protocol):
    @property
    def listing(self) -> int: ...


class _Sourced(Protocol):
    @property
    def settlement(self) -> Settlement: ...
    @property
    def listing(self) -> int: ...
    @property
    def source(self) -> int | None: ...
    @property
    def new_source(self) -> bool: ...


def source_digest(settlement: Settlement) -> str:
    """Return the digest of a settlement's source: the one that it was given, or else that of the canonical JSON."""
    return settlement.source_digest or digest(settlement.source)


def versions(connection: Connection, pages: Iterable[tuple[_Numbered, Settlement]]) -> list[Version]:
    """Return the version of each page's source, in their order: the one that it has, or the next of its listing."""
    wanted = [(place.listing, settlement) for place, settlement in pages]
    numbers = sorted({listing for listing, settlement in wanted if settlement.source is not None})
    known: dict[int, dict[str, int]] = {}
    for part in chunks(numbers):
        for listing, version, found in connection.execute(_VERSIONS, {"numbers": part}):
            known.setdefault(listing, {})[found] = version
    stored = {listing: frozenset(numbered) for listing, numbered in known.items()}
    answers = []
    for listing, settlement in wanted:
        if settlement.source is None:
            answers.append(Version(None, new=False))
            continue
        numbered = known.setdefault(listing, {})
        key = source_digest(settlement)
        version = numbered.setdefault(key, max(numbered.values(), default=0) + 1)
        answers.append(Version(version, new=key not in stored.get(listing, ())))
    return answers


def write(connection: Connection, run_id: int, settled: Sequence[_Sourced], now: datetime) -> None:
    """Write the sources that are new, each once."""
    rows: dict[tuple[int, int], Mapping[str, object]] = {}
    for due in settled:
        page: Mapping[str, Json] | None = due.settlement.source
        if due.new_source and due.source is not None and page is not None:
            rows[due.listing, due.source] = {
                "listing": due.listing,
                "version": due.source,
                "digest": source_digest(due.settlement),
                "document": dump(page),
                "run_id": run_id,
                "seen_at": now,
            }
    if rows:
        connection.execute(_INSERT, list(rows.values()))
