"""The translation memory as people use it: search by likeness, import and export.

Three kinds of texts are in it: what a person approved (`human`), what was imported (`reference`), and what the newest
model wrote (`machine`). They are ranked by likeness less a penalty for their source, so that a person's text is shown
before a reference and that before a machine's where they are equally alike; a person's text for the very same source
is always first. References and fuzzy matches are shown to people and never published by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Table, delete, func, select

from shopglot.errors import UsageError
from shopglot.memory import field_policy, unit_key
from shopglot.memory.likeness import Difference, Hit
from shopglot.memory.units import KINDS, Kind, Unit, field_of
from shopglot.store import actions
from shopglot.store.connection import Database, chunks, inserting, market_lock
from shopglot.store.encoding import digest
from shopglot.store.known import KEYS, STANDING, Known, fetch, latest_model
from shopglot.store.records import Act, Filed, HumanText
from shopglot.store.schema import approvals, translations, units
from shopglot.types import Json, Segment, SegmentKey

PENALTIES: Mapping[str, float] = {"approved": 0.0, "outdated": 0.01, "reference": 0.02, "machine": 0.05}
PROVIDER = "import"  # of units that name none

_PAGE = 1000
_TABLES: dict[Kind, Table] = {"human": approvals, "reference": units, "machine": translations}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A unit that is like the text that was asked for.

    `similarity` and `difference` are those of `memory.likeness`; `penalty` is what the unit's source costs in the
    ranking. `unit.kind` says who made it, `unit.status` whether an approved text is `current` or `outdated`.
    """

    similarity: float
    difference: Difference
    penalty: float
    unit: Unit

    @property
    def rank(self) -> tuple[bool, float, int, str, str]:
        """What matches are sorted by: a person's for the same text, then by likeness less penalty, then by kind."""
        first = self.unit.kind == "human" and self.difference == "none"
        return (
            not first, self.penalty - self.similarity, KINDS.index(self.unit.kind), self.unit.source, self.unit.target
        )  # fmt: skip


class TranslationMemory:
    """Translation units, those of people before those of the machine. What is read is kept for the next search."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._known: dict[str, Known] = {}

    def search(
        self,
        market: str,
        text: str,
        *,
        field: str | None = None,
        limit: int = 5,
        threshold: float = 0.7,
        penalties: Mapping[str, float] | None = None,
        machine: bool = False,
    ) -> list[Match]:
        """Return the units of a market that are like `text`, best first, each pair of source and target once.

        With `field`, only those that are written as such a field is. `threshold` is the least similarity, above 0 and
        up to 1. `penalties` adds to or replaces `PENALTIES`: by kind (approved, outdated, reference, machine) or by the
        name of a provider. `machine` takes in what the newest model wrote. The first search reads the market's texts.
        """
        if not 0 < threshold <= 1:
            raise UsageError(f"threshold {threshold}: give a number above 0, up to 1.")
        if limit < 1:
            raise UsageError(f"limit {limit}: give 1 or more.")
        table = _checked(penalties or {})
        policy = None if field is None else field_policy(field)
        known = self._known.setdefault(market, Known(market))
        self._database.require_current()
        with self._database.read() as connection:
            known.refresh(connection, machine=machine)
            hits = known.search(text, threshold=threshold, machine=machine)
            best: list[Match] = []
            for similarity, group in groupby(hits, key=lambda pair: pair[0].similarity):
                if len(best) >= limit and best[limit - 1].similarity - best[limit - 1].penalty > similarity:
                    break
                found = [
                    match
                    for hit, places in group
                    for name, row in fetch(connection, places, policy=policy)
                    for match in _match(hit, name, row, policy, table)
                ]
                best = _distinct(sorted([*best, *found], key=lambda match: match.rank))[:limit]
        return best

    def add(self, found: Iterable[Unit], *, actor: str | None = None, note: str = "") -> Filed:
        """Write references; one that is there already (market, policy, provider, source, target) stays as it is.

        A thousand at a time in a transaction each, with the act of `actor` in the log: an import that was killed is
        repeated as a whole, and adds what is missing.
        """
        added = duplicates = 0
        for part in _pages(found):
            for market, group in groupby(sorted(part, key=lambda unit: unit.market), key=lambda unit: unit.market):
                rows = {row["key"]: row for row in (_row(unit, self._now()) for unit in group)}
                new = self._insert(market, rows, actor=actor, note=note)
                added += new
            duplicates += len(part)
        return Filed(added=added, replaced=0, duplicates=duplicates - added, outdated=0)

    def approve(
        self, found: Iterable[Unit], write: Callable[[HumanText], Any], *, fields: Iterable[str], by: str
    ) -> Filed:
        """Write units as a person's texts for the whole market through `write`, `Store.approve`.

        For each of `fields`, or where there are none for the unit's own. A text that stands already is not approved
        again; one in the place of another counts as replaced. The person is `by`.
        """
        named = tuple(fields)
        counts = {"added": 0, "replaced": 0, "duplicates": 0}
        for unit in found:
            for policy_field in named or (field_of(unit.field or "prose"),):
                text = _human(unit, policy_field, by)
                standing = self._standing(text)
                if standing == text.target:
                    counts["duplicates"] += 1
                    continue
                write(text)
                counts["added" if standing is None else "replaced"] += 1
        return Filed(**counts, outdated=0)

    def remove(self, *, provider: str, market: str | None = None, actor: str | None = None, note: str = "") -> int:
        """Delete the references of a provider, in a market or in all, and return how many there were."""
        wanted = [units.c.provider == provider]
        if market is not None:
            wanted.append(units.c.market == market)
        with self._database.write() as connection:
            number = connection.execute(delete(units).where(*wanted)).rowcount
            if actor is not None:
                detail: dict[str, Json] = {"provider": provider, "units": number}
                act = Act(actor=actor, action="memory.remove", market=market, detail=detail, note=note)
                actions.log(connection, act, self._now())
        return number

    def count(self, market: str) -> dict[Kind, int]:
        """Return how many units of each kind `export` yields."""
        self._database.require_current()
        with self._database.read() as connection:
            model = latest_model(connection, market)
            return {
                kind: connection.scalar(select(func.count()).select_from(table).where(*_wanted(table, market, model)))
                or 0
                for kind, table in _TABLES.items()
            }

    def export(self, market: str, *, kinds: Iterable[Kind] = ("human", "reference")) -> Iterator[Unit]:
        """Yield the units of a market, kind by kind, in the order in which they came; machine text by its key.

        A page at a time: memory does not grow with the store, which may be written to meanwhile.
        """
        self._database.require_current()
        for kind in kinds:
            table = _TABLES[kind]
            key = KEYS[table.name]
            with self._database.read() as connection:
                model = latest_model(connection, market) if kind == "machine" else None
            statement = select(table).where(*_wanted(table, market, model)).order_by(key).limit(_PAGE)
            rows: list[Row[Any]] = []
            while True:
                after = statement.where(key > rows[-1]._mapping[key.name]) if rows else statement
                with self._database.read() as connection:
                    rows = list(connection.execute(after))
                yield from (_unit(table.name, row) for row in rows)
                if len(rows) < _PAGE:
                    break

    def _insert(self, market: str, rows: Mapping[str, Mapping[str, Any]], *, actor: str | None, note: str) -> int:
        """Write those of the rows that are new, and return how many."""
        with self._database.write() as connection:
            market_lock(connection, market, shared=False)
            there: set[str] = set()
            for part in chunks(list(rows)):
                there.update(connection.scalars(select(units.c.key).where(units.c.key.in_(part))))
            new = [row for key, row in rows.items() if key not in there]
            if new:
                statement = inserting(connection.dialect.name, units).on_conflict_do_nothing(index_elements=["key"])
                connection.execute(statement, new)
                if actor is not None:
                    detail: dict[str, Json] = {"units": len(new), "providers": sorted({row["provider"] for row in new})}
                    act = Act(actor=actor, action="memory.import", market=market, detail=detail, note=note)
                    actions.log(connection, act, self._now())
        return len(new)

    def _standing(self, text: HumanText) -> str | None:
        """Return what a person approved for the unit in the whole market, None where nobody did."""
        own = approvals.c.market == text.market, approvals.c.unit_key == text.unit_key, approvals.c.listing_key == ""
        with self._database.read() as connection:
            found: str | None = connection.scalar(select(approvals.c.target).where(*own, STANDING))
        return found


def _checked(penalties: Mapping[str, float]) -> Mapping[str, float]:
    for name, value in penalties.items():
        if not 0 <= value <= 1:
            raise UsageError(f"penalty of '{name}': {value} is not between 0 and 1.")
    return {**PENALTIES, **penalties}


def _match(hit: Hit, name: str, row: Row[Any], policy: str | None, penalties: Mapping[str, float]) -> Iterator[Match]:
    """Yield the match of a row, none where it is of another policy."""
    unit = _unit(name, row)
    if policy is not None and unit.kind == "human" and unit.policy != policy:
        return
    kind = "approved" if unit.kind == "human" else unit.kind
    default = penalties["outdated" if unit.status == "outdated" else kind]
    penalty = penalties.get(unit.provider, default) if unit.provider else default
    yield Match(similarity=hit.similarity, difference=hit.difference, penalty=penalty, unit=unit)


def _distinct(matches: Iterable[Match]) -> list[Match]:
    """Return the matches without those whose source and target came before."""
    found: dict[tuple[str, str], Match] = {}
    for match in matches:
        found.setdefault((match.unit.source, match.unit.target), match)
    return list(found.values())


def _wanted(table: Table, market: str, model: str | None) -> list[Any]:
    own = [table.c.market == market]
    if table is approvals:
        own.append(STANDING)
    if table is translations:
        own.append(translations.c.model == model)
    return own


def _unit(name: str, row: Row[Any]) -> Unit:
    texts = {"market": row.market, "source": row.source, "target": row.target}
    if name == approvals.name:
        return Unit(
            **texts, field=row.field, kind="human", status=row.status, by=row.approved_by, at=row.approved_at
        )  # fmt: skip
    if name == units.name:
        return Unit(**texts, field=row.policy, provider=row.provider, at=row.created_at, note=row.note)
    return Unit(**texts, kind="machine", provider=row.model, at=row.created_at)


def _row(unit: Unit, now: datetime) -> dict[str, Any]:
    provider = unit.provider or PROVIDER
    return {
        "key": digest([unit.market, unit.policy, provider, unit.source, unit.target])[:32], "market": unit.market,
        "policy": unit.policy, "source": unit.source, "target": unit.target, "provider": provider, "note": unit.note,
        "created_at": unit.at or now,
    }  # fmt: skip


def _human(unit: Unit, field: str, by: str) -> HumanText:
    key = SegmentKey(merchant="", listing="", path="", index=0)
    segment = Segment(key=key, field=field, style="prose", source=unit.source)
    return HumanText(
        unit_key=unit_key(segment, market=unit.market), market=unit.market, source=unit.source, target=unit.target,
        approved_by=by, field=field,
    )  # fmt: skip


def _pages(found: Iterable[Unit]) -> Iterator[list[Unit]]:
    page: list[Unit] = []
    for unit in found:
        page.append(unit)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
