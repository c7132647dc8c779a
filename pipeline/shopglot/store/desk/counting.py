"""How many pages of the queue there are, by each condition that a filter may have.

PostgreSQL counts all of it in one reading, but what has conditions of its own. SQLite reads the counts off indexes that
have all that they take; where that cannot be, because of a search or of names that are looked for in a list, the pages
that are left are read once, and counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, case, func, select, type_coerce

from shopglot.store.desk.entries import Facets, Filter
from shopglot.store.desk.narrowing import FACETS, NOBODY, NONE, Conditions, conditions, is_counted, unindexed
from shopglot.store.encoding import escape, unescape
from shopglot.store.schema import held

MERCHANTS = 200  # that are named

_COLUMNS = {name: held.c[{"field": "fields", "reason": "reasons"}.get(name, name)] for name in FACETS}
_RAW = {name: type_coerce(column, String()) for name, column in _COLUMNS.items()}  # escaped: read in half the time
_SMALL = ("market", "state", "severity", "assignee")  # few values: counted together, where they can be
_TEXTS = ("field", "category", "merchant", "reason")  # a filter of one of them leaves few pages


def total(connection: Connection, wanted: Filter, now: datetime) -> int:
    """Return how many pages a filter finds."""
    asked = conditions(connection, wanted, now, seek=is_counted(wanted))
    return connection.scalar(select(func.count()).select_from(held).where(*asked.all)) or 0


def count(connection: Connection, wanted: Filter, now: datetime) -> Facets:
    """Return how many pages there are by each facet, the conditions of the others being met."""
    asked = conditions(connection, wanted, now, seek=False)
    if connection.dialect.name == "postgresql":
        found = _count_at_once(connection, asked)
    elif wanted.search or wanted.mine or wanted.outdated:
        found = _count_here(connection, wanted, asked)
    else:
        found = _count_there(connection, asked)
    for name in ("field", "reason"):
        found[name] = _split(found[name])
    return Facets(**{name: _named(name, own, wanted) for name, own in found.items()})


def _count_at_once(connection: Connection, asked: Conditions) -> dict[str, Counter[Any]]:
    """Count in the database, all facets together that have the same conditions: SQLite cannot."""
    free = [name for name in FACETS if name not in asked.facets]
    columns = [_COLUMNS[name] for name in free]
    left_out = func.grouping(*columns)  # a bit for each column, the last one's the lowest
    masks = {(1 << len(free)) - 1 - (1 << at): name for at, name in enumerate(reversed(free))}
    value = case(*((left_out == mask, _RAW[name]) for mask, name in masks.items()))
    grouped = select(left_out, value, func.count()).where(*asked.all).group_by(func.grouping_sets(*columns))
    found: dict[str, Counter[Any]] = {name: Counter() for name in free}
    for mask, own, number in connection.execute(grouped):
        found[masks[mask]][_read_back(own)] = number
    for name in asked.facets:
        found[name] = _sum(_group(connection, [name], asked.but(name)), 0)
    return found


def _count_there(connection: Connection, asked: Conditions) -> dict[str, Counter[Any]]:
    """Count in the database, those facets together that have the same conditions and few values."""
    free = [name for name in FACETS if name not in asked.facets]
    found: dict[str, Counter[Any]] = {}
    texts = any(name in asked.facets for name in _TEXTS)
    if texts:
        found = _columns(_read(connection, free, asked.all), free)
    else:
        together = [name for name in free if name in _SMALL]
        grouped = _group(connection, together, asked.all)
        found = {name: _sum(grouped, at) for at, name in enumerate(together)}
    for name in FACETS:
        if name not in found:
            found[name] = _sum(_group(connection, [name], asked.but(name), sort=texts), 0)
    return found


def _group(
    connection: Connection, names: Sequence[str], where: Iterable[ColumnElement[bool]], *, sort: bool = False
) -> list[tuple[Any, ...]]:
    """Return the values of facets that occur together, each with how often they do.

    `sort` keeps SQLite from reading an index that has them in their order, and looking up what it has not.
    """
    if not names:
        return []
    columns = [unindexed(_COLUMNS[name]) if sort else _COLUMNS[name] for name in names]
    rows = connection.execute(select(*columns, func.count()).where(*where).group_by(*columns))
    return [tuple(row) for row in rows]


def _sum(grouped: Iterable[tuple[Any, ...]], at: int) -> Counter[Any]:
    """Return how often each value of one facet occurs."""
    found: Counter[Any] = Counter()
    for row in grouped:
        found[row[at]] += row[-1]
    return found


def _read(connection: Connection, names: Sequence[str], where: Iterable[ColumnElement[bool]]) -> list[tuple[Any, ...]]:
    """Return the facets of every page that is left, as they are stored (`encoding.escape`)."""
    rows = connection.execute(select(*(_RAW[name] for name in names)).where(*where))
    return [tuple(row) for row in rows]


def _columns(rows: Iterable[tuple[Any, ...]], names: Sequence[str]) -> dict[str, Counter[Any]]:
    """Count each column of rows that were read by itself."""
    return {name: _counted(row[at] for row in rows) for at, name in enumerate(names)}


def _counted(stored: Iterable[str | None]) -> Counter[Any]:
    """Count values as they are stored, and return them as they are."""
    return Counter({_read_back(value): number for value, number in Counter(stored).items()})


def _read_back(stored: str | None) -> str | None:
    """Return the text of a value as it is stored."""
    return None if stored is None else unescape(stored)


def _count_here(connection: Connection, wanted: Filter, asked: Conditions) -> dict[str, Counter[Any]]:
    """Read, once, what meets all conditions but those of the facets, and count it by each.

    A page that fails the condition of one facet counts there and nowhere else.
    """
    tests = [(at, _test(name, wanted)) for at, name in enumerate(FACETS) if name in asked.facets]
    whole: list[tuple[Any, ...]] = []
    short: dict[int, list[tuple[Any, ...]]] = {at: [] for at, _ in tests}
    for row in _read(connection, FACETS, asked.others):
        failed = [at for at, test in tests if not test(row[at])]
        if not failed:
            whole.append(row)
        elif len(failed) == 1:
            short[failed[0]].append(row)
    return {
        name: _counted(row[at] for rows in (whole, short.get(at, ())) for row in rows) for at, name in enumerate(FACETS)
    }


def _test(name: str, wanted: Filter) -> Callable[[Any], bool]:
    """Return whether a value as it is stored meets the condition of a facet, as `conditions` has it."""
    if name == "market":
        markets = {wanted.market} if isinstance(wanted.market, str) else set(wanted.market or ())
        return markets.__contains__
    if name == "state":
        return set(wanted.states).__contains__
    value = escape(getattr(wanted, name))
    if name in ("field", "reason"):
        part = f" {value}" if name == "reason" and value.endswith(".") else f" {value} "
        return lambda found: part in found
    nothing = {"severity": (NONE, ""), "assignee": (NOBODY, None)}.get(name)
    expected = nothing[1] if nothing is not None and value == nothing[0] else value
    return lambda found: bool(found == expected)


def _split(counted: Counter[str]) -> Counter[str]:
    """Return how many pages have each name, from how many have the same names."""
    found: Counter[str] = Counter()
    for names, number in counted.items():
        for name in names.split():
            found[name] += number
    return found


def _named(name: str, counted: Counter[Any], wanted: Filter) -> dict[str, int]:
    """Return counts, the most frequent first, as they are shown."""
    empty = {"severity": ("", NONE), "assignee": (None, NOBODY)}.get(name)
    told = {empty[1] if empty is not None and value == empty[0] else value: number for value, number in counted.items()}
    ranked = sorted(told.items(), key=lambda entry: (-entry[1], entry[0]))
    if name == "merchant":
        ranked = ranked[:MERCHANTS] + [one for one in ranked[MERCHANTS:] if one[0] == wanted.merchant]
    return dict(ranked)
