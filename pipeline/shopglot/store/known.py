"""The texts of a market that the memory knows, kept in the process so that a search does not read them all again.

Only sources and row numbers are kept: what is shown is read when it is found, so that it is as it stands then. Rows are
added to the tables and never change their source; new ones are those with higher numbers, which approving and importing
give out under the market's lock, so that none appears below another one later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Table, func, select

from shopglot.memory.likeness import Hit, Likeness
from shopglot.store.connection import chunks
from shopglot.store.schema import approvals, translations, units

Place: TypeAlias = tuple[str, "int | str"]  # a table's name and the key of a row
KEYS: dict[str, Any] = {
    approvals.name: approvals.c.id, units.name: units.c.id, translations.name: translations.c.machine_key,
}  # fmt: skip
STANDING = approvals.c.status != "superseded"

_PAGE = 2000


@dataclass(slots=True)
class Shelf:
    """Texts by likeness, with the rows that have each."""

    index: Likeness = field(default_factory=Likeness)
    places: dict[str, list[Place]] = field(default_factory=dict)

    def put(self, source: str, place: Place) -> None:
        """Add a row."""
        self.index.add(source)
        self.places.setdefault(source, []).append(place)


class Known:
    """What is known in one market: people's texts and references, and apart from them the newest model's."""

    def __init__(self, market: str) -> None:
        self.market = market
        self._shelf = Shelf()
        self._last = {approvals.name: 0, units.name: 0}
        self._machine = Shelf()
        self._machine_state: tuple[Any, ...] | None = None

    def refresh(self, connection: Connection, *, machine: bool) -> None:
        """Read what is new since the last time; a model's texts all again where there are others."""
        self._read_new(connection, approvals, STANDING)
        self._read_new(connection, units)
        if machine:
            self._read_machine(connection)

    def search(self, text: str, *, threshold: float, machine: bool) -> list[tuple[Hit, list[Place]]]:
        """Return the texts that are like `text`, the most alike first, with the rows that had each when last read."""
        shelves = [self._shelf, self._machine] if machine else [self._shelf]
        found: dict[str, tuple[Hit, list[Place]]] = {}
        for shelf in shelves:
            for hit in shelf.index.search(text, threshold=threshold):
                found.setdefault(hit.text, (hit, []))[1].extend(shelf.places[hit.text])
        return sorted(found.values(), key=lambda pair: (-pair[0].similarity, pair[0].text))

    def _read_new(self, connection: Connection, table: Table, *conditions: Any) -> None:
        last = self._last[table.name]
        wanted = (
            select(table.c.id, table.c.source)
            .where(table.c.market == self.market, table.c.id > last, *conditions)
            .order_by(table.c.id)
        )
        for row in connection.execute(wanted.execution_options(yield_per=_PAGE)):
            self._shelf.put(row.source, (table.name, row.id))
            self._last[table.name] = row.id

    def _read_machine(self, connection: Connection) -> None:
        model = latest_model(connection, self.market)
        own = translations.c.market == self.market, translations.c.model == model
        counted = select(func.count(), func.max(translations.c.created_at)).where(*own)
        state = (model, *connection.execute(counted).one())
        if state == self._machine_state:
            return
        self._machine = Shelf()
        wanted = select(translations.c.machine_key, translations.c.source).where(*own)
        for row in connection.execute(wanted.execution_options(yield_per=_PAGE)):
            self._machine.put(row.source, (translations.name, row.machine_key))
        self._machine_state = state


def latest_model(connection: Connection, market: str) -> str | None:
    """Return the model of the text that the last run made for a market, None where there is none."""
    order = translations.c.run_id.desc().nulls_last(), translations.c.created_at.desc()
    model: str | None = connection.scalar(
        select(translations.c.model).where(translations.c.market == market).order_by(*order).limit(1)
    )
    return model


def fetch(connection: Connection, places: Iterable[Place], *, policy: str | None) -> list[tuple[str, Row[Any]]]:
    """Return the rows that are still there, with their table's name; of one policy where the table says it."""
    by_table: dict[str, list[int | str]] = {}
    for name, key in places:
        by_table.setdefault(name, []).append(key)
    found: list[tuple[str, Row[Any]]] = []
    for name, keys in by_table.items():
        key = KEYS[name]
        for part in chunks(keys):
            wanted = select(key.table).where(key.in_(part), *conditions(name, policy))
            found += [(name, row) for row in connection.execute(wanted)]
    return found


def conditions(name: str, policy: str | None) -> Collection[Any]:
    """Return what rows of a table have to be."""
    if name == approvals.name:
        return (STANDING,)
    return (units.c.policy == policy,) if name == units.name and policy is not None else ()
