"""What the tests of upkeep share: a store with something odd in every table, and what a store holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Float, Integer, String, Table, insert, text

from shopglot.store import Store
from shopglot.store.columns import AnyText, UtcTime
from shopglot.store.encoding import digest, dump
from shopglot.store.schema import EPOCH, metadata
from shopglot.store.upkeep.layout import counted

ODD = "枕头\ud800 \x00\x1a0041 𠮷 👩‍👩‍👧 <b>\r\n\u2028 ﾌﾟ é \"'\\ \x7f"
WHEN = datetime(2026, 8, 2, 1, 30, 0, 123456, tzinfo=UTC)
DOCUMENT = dump({"id": "x", "fields": {"title": ODD}})
GIVEN: dict[str, Any] = {
    "runs.status": "finished", "publications.kind": "publish", "publications.cause": "run",
    "publications.document": DOCUMENT, "publications.content_hash": digest({"id": "x", "fields": {"title": ODD}}),
    "items.status": "publish", "items.version": 1, "outbox.kind": "publish", "outbox.payload": dump({"merchant": ODD}),
    "segments.origin": "machine", "segments.verdict": "publish", "translations.origin": "machine",
    "approvals.status": "current", "outcomes.status": "publish", "verdicts.origin": "machine",
    "verdicts.error": "other", "verdicts.severity": "minor", "verdicts.channel": "desk",
    "audit_segments.origin": "human", "held.verdict": "review", "held.severity": "error", "held.state": "open",
    "handled.deed": "edit", "dismissals.side": "target", "proposals.kind": "term", "users.role": "lead",
    "translations.logprob": -0.1234567890123456789, "batches.number": 1,
}  # fmt: skip


def odd_value(column: Any) -> Any:
    """Return a value that fits a column and is as odd as it may be."""
    kinds = (AnyText, ODD), (UtcTime, WHEN), (Boolean, True), (Float, 0.1 + 0.2), (Integer, 1)
    usual = next((value for kind, value in kinds if isinstance(column.type, kind)), None)
    if usual is None:
        number = not isinstance(column.type, String)
        usual = 1 if number else "us" if column.name == "market" else "钥匙"
    return GIVEN.get(f"{column.table.name}.{column.name}", usual)


def fill_tables(connection: Connection, *, skip: tuple[str, ...] = ()) -> None:
    """Write a row into every table but `meta`, whose values are as odd as the column allows."""
    for table in metadata.sorted_tables:
        if table.name != "meta" and table.name not in skip:
            connection.execute(insert(table), {column.name: odd_value(column) for column in table.c})
            if (column := counted(table)) is not None and connection.dialect.name == "postgresql":
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:table, :column), 1)"),
                    {"table": table.name, "column": column.name},
                )


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, but for logins, and the epoch, which every restore gives anew."""
    with store.database.read() as connection:
        found = {table.name: rows_of(connection, table) for table in metadata.sorted_tables if table.name != "sessions"}
    return {**found, "meta": [row for row in found["meta"] if row[0] != EPOCH]}


def rows_of(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """Return the rows of a table, sorted."""
    return sorted((tuple(row) for row in connection.execute(table.select())), key=repr)


@pytest.fixture
def odd(store: Store) -> Store:
    """A store with a row of odd values in every table."""
    with store.database.write() as connection:
        fill_tables(connection)
    return store


@pytest.fixture
def archive(odd: Store, tmp_path: Path) -> Path:
    """A backup of the store with odd values."""
    file = tmp_path / "backup.zip"
    odd.upkeep.backup(file)
    return file


@pytest.fixture
def read_all() -> Callable[[Store], dict[str, list[tuple[Any, ...]]]]:
    """Return every row of every table of a store."""
    return contents


@pytest.fixture
def new_urls(make_database: Callable[..., str], tmp_path: Path) -> dict[str, str]:
    """Where a store may be made, by database: there is nothing yet."""
    return {"sqlite": str(tmp_path / "new.db"), "postgresql": make_database(empty=True)}
