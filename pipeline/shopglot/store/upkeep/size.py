"""How large a store is, table by table."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from shopglot.store.connection import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSize:
    """Rows and bytes of a table with its indexes; bytes are None where the database does not tell."""

    name: str
    rows: int
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a store is: all of its bytes, those that are free, its listings, and its tables, the largest first."""

    total: int
    free: int
    listings: int
    tables: tuple[TableSize, ...]

    @property
    def per_thousand(self) -> float | None:
        """Bytes per 1,000 listings, None without any."""
        return self.total * 1_000 / self.listings if self.listings else None


def measure(database: Database) -> Size:
    """Count rows and bytes as they are now."""
    with database.read() as connection:
        names = sorted(inspect(connection).get_table_names())
        rows = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
        total, free = _total(connection)
        sizes = _postgresql(connection) if connection.dialect.name == "postgresql" else _sqlite(connection)
    tables = [TableSize(name=name, rows=rows[name], size=sizes.get(name)) for name in names]
    tables.sort(key=lambda one: (-(one.size or 0), -one.rows, one.name))
    return Size(total=total, free=free, listings=rows.get("listings", 0), tables=tuple(tables))


def _total(connection: Connection) -> tuple[int, int]:
    """Return all bytes of the database and those that are free for new rows (PostgreSQL does not tell: 0)."""
    if connection.dialect.name == "postgresql":
        sizes = _postgresql(connection)
        return sum(sizes.values()), 0
    page, pages, free = (
        int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
        for name in ("page_size", "page_count", "freelist_count")
    )
    return page * pages, page * free


def _postgresql(connection: Connection) -> dict[str, int]:
    found = connection.execute(
        text(
            "SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c"
            " WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace"
        )
    )
    return {row[0]: int(row[1]) for row in found}


def _sqlite(connection: Connection) -> dict[str, int]:
    """Return bytes by table, its indexes included; nothing where this SQLite cannot tell (`dbstat`)."""
    try:
        with connection.begin_nested():
            found = connection.exec_driver_sql(
                "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name"
                " WHERE s.aggregate = 1 GROUP BY m.tbl_name"
            ).all()
    except DBAPIError:
        return {}
    return {row[0]: int(row[1]) for row in found}
