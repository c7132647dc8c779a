"""Reviewers' verdicts: what was said of a segment as it stood, one for each reviewer and text in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from functools import cache
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Insert, Row, delete, func, select

from shopglot.store.connection import Database, chunks, inserting
from shopglot.store.encoding import digest
from shopglot.store.records import Filed
from shopglot.store.schema import verdicts
from shopglot.types import Channel, Judgement

_PAGE = 500
_COLUMN_OF = {"index": "number"}  # a Row has a method `index`
_NAMES = tuple((field.name, _COLUMN_OF.get(field.name, field.name)) for field in fields(Judgement))


def text_key(*, market: str, merchant: str, listing: str, path: str, index: int, source: str, target: str) -> str:
    """Return the key of a text in its place: 32 hex digits. Two reviewers who judge the same share it."""
    return digest([market, merchant, listing, path, index, source, target])[:32]


def key_of(judgement: Judgement) -> str:
    """Return the key of a verdict: 32 hex digits, of the text in its place and of the reviewer."""
    return _keys(judgement)[0]


def retract(connection: Connection, key: str) -> None:
    """Take back what a reviewer said of a text, by the verdict's key."""
    connection.execute(delete(verdicts).where(verdicts.c.key == key))


def add(connection: Connection, given: Iterable[Judgement]) -> Filed:
    """Write judgements in their order, each in place of its reviewer's earlier one of the same text in its place.

    The later `judged_at` stands, whichever is written first; of two at the same moment the one written last. What was
    judged for the audit goes on counting there: judged again through another channel it keeps the channel `audit`.
    """
    source = iter(given)
    counts = dict.fromkeys(("added", "replaced", "duplicates", "outdated"), 0)
    while part := list(islice(source, _PAGE)):
        keyed = [(*_keys(judgement), judgement) for judgement in part]
        standing = _standing(connection, [key for key, _, _ in keyed])
        chosen: dict[str, dict[str, object]] = {}
        for key, shared, judgement in keyed:
            what, kept = _weigh(standing.get(key), judgement)
            counts[what] += 1
            if what in ("added", "replaced"):
                standing[key] = kept
                chosen[key] = {"key": key, "text_key": shared, **_row(kept)}
        if chosen:
            connection.execute(_replacing(connection.dialect.name), list(chosen.values()))
    return Filed(**counts)


def _keys(judgement: Judgement) -> tuple[str, str]:
    """Return the keys of a verdict: its own, and that of the text in its place."""
    shared = text_key(
        market=judgement.market, merchant=judgement.merchant, listing=judgement.listing, path=judgement.path,
        index=judgement.index, source=judgement.source, target=judgement.target,
    )  # fmt: skip
    return digest([shared, judgement.reviewer])[:32], shared


def _weigh(old: Judgement | None, new: Judgement) -> tuple[str, Judgement]:
    """Return what becomes of a judgement beside the one that stands, and which is to stand."""
    if old is None:
        return "added", new
    if old == new:
        return "duplicates", old
    if new.judged_at < old.judged_at:
        return "outdated", old
    return "replaced", replace(new, channel="audit") if old.channel == "audit" else new


def _standing(connection: Connection, keys: Sequence[str]) -> dict[str, Judgement]:
    """Return the judgements that stand under these keys."""
    found: dict[str, Judgement] = {}
    for part in chunks(list(dict.fromkeys(keys))):
        for row in connection.execute(select(verdicts).where(verdicts.c.key.in_(part))):
            found[row.key] = _judgement(row)
    return found


@cache
def _replacing(dialect: str) -> Insert:
    """Return the upsert that keeps a verdict's number, and with it its place in the order."""
    statement = inserting(dialect, verdicts)
    others = {name: statement.excluded[name] for _, name in _NAMES}
    found: Insert = statement.on_conflict_do_update(index_elements=[verdicts.c.key], set_=others)
    return found


def _row(judgement: Judgement) -> dict[str, object]:
    """Return the columns of a judgement."""
    return {column: getattr(judgement, name) for name, column in _NAMES}


def _judgement(row: Row[Any]) -> Judgement:
    """Return the judgement of a row."""
    return Judgement(**{name: getattr(row, column) for name, column in _NAMES})


def judgements(
    database: Database, market: str | None, *, channel: Channel | None, since: datetime | None
) -> Iterator[Judgement]:
    """Yield judgements in the order in which they were first written, a page at a time.

    Every page is read by itself, so that the caller may write to the store meanwhile.
    """
    wanted = select(verdicts).where(*_conditions(market, channel, since)).order_by(verdicts.c.id).limit(_PAGE)
    last = 0
    while True:
        with database.read() as connection:
            page = connection.execute(wanted.where(verdicts.c.id > last)).all()
        yield from map(_judgement, page)
        if len(page) < _PAGE:
            return
        last = page[-1].id


def count(connection: Connection, market: str | None, *, channel: Channel | None, since: datetime | None) -> int:
    """Return how many judgements there are."""
    wanted = select(func.count()).select_from(verdicts).where(*_conditions(market, channel, since))
    return connection.scalar(wanted) or 0


def _conditions(market: str | None, channel: Channel | None, since: datetime | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if market is not None:
        found.append(verdicts.c.market == market)
    if channel is not None:
        found.append(verdicts.c.channel == channel)
    if since is not None:
        found.append(verdicts.c.judged_at >= since)
    return found


def shared(connection: Connection, market: str) -> Iterator[list[tuple[str, bool]]]:
    """Yield, for each text in its place that two or more reviewers judged, (reviewer, published), by reviewer."""
    several = (
        select(verdicts.c.text_key)
        .where(verdicts.c.market == market)
        .group_by(verdicts.c.text_key)
        .having(func.count() > 1)
    )
    rows = connection.execute(
        select(verdicts.c.text_key, verdicts.c.reviewer, verdicts.c.published)
        .where(verdicts.c.text_key.in_(several))
        .order_by(verdicts.c.text_key, verdicts.c.reviewer)
        .execution_options(yield_per=_PAGE)
    )
    for _, group in groupby(rows, key=lambda row: row.text_key):
        yield [(row.reviewer, row.published) for row in group]
