"""Where a store is: the URL or the path that a person gave, and how it is shown to people."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from shopglot.errors import StoreError

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",  # as other programs write it
}


def locate(url: str) -> URL:
    """Return the database URL that the user means: a URL, or the path of a SQLite file."""
    if "://" not in url:
        found = URL.create("sqlite", database=url)
    else:
        try:
            found = make_url(url)
        except (ArgumentError, ValueError):
            raise StoreError("the store's URL cannot be read: write it as driver://user:password@host/name") from None
    driver = _DRIVERS.get(found.get_backend_name())
    if driver is None:
        raise StoreError(f"a store is kept in SQLite or PostgreSQL, not in {found.get_backend_name()}")
    if found.drivername not in _DRIVERS and found.drivername not in (driver, "sqlite+pysqlite"):
        raise StoreError(f"the driver {found.drivername} cannot be used: write {driver}://")
    if "@" in (found.host or ""):
        raise StoreError("the store's URL cannot be read: write an @ in user or password as %40")
    if driver == "sqlite" and found.database in (None, "", ":memory:"):
        raise StoreError("a store has to outlive the run: name a SQLite file, for example --store shopglot.db")
    return found.set(drivername=driver)


def display(url: URL) -> str:
    """Return the URL for people: no password, no query (drivers take passwords there too), a plain path for a file."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)
