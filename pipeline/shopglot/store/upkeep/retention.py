"""Retention: what is old and no longer needed goes; what is published, waits or proves something stays.

What stays whatever its age: the published and the newest version of every page; versions that were drawn for the audit
(the gate rests on them), with verdicts and audits; approvals and every other word of a person; the log of actions; the
queue, and what was done in it; the runs themselves; events that are to be delivered, and the versions that they
announce. Logins that have run out go whatever their age.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, exists, func, or_, select

from shopglot.errors import UsageError
from shopglot.store.connection import Database, upsert
from shopglot.store.schema import (
    audits,
    items,
    meta,
    outbox,
    outcomes,
    publications,
    runs,
    sessions,
    sources,
    translations,
)
from shopglot.store.upkeep.archive import Progress, silent
from shopglot.store.upkeep.sweeping import delete_pages, unused_translations

PRUNED_BEFORE = "events_pruned_before"  # in `meta`: delivered events older than this may be gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What is kept: everything of the last `days`, and the last `versions` of every page in every market."""

    days: int
    versions: int

    def __post_init__(self) -> None:
        """Refuse what would take away what is needed."""
        if self.days < 0 or self.versions < 1:
            raise UsageError("keep at least 1 version, and 0 days or more")


def preview(connection: Connection, keep: Keep, now: datetime) -> dict[str, int]:
    """Return how many rows of each table would go at least; sources of versions that go too are not among them."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table).where(condition)) or 0
        for table, condition in _conditions(keep, now)
    }


def prune(
    database: Database,
    keep: Keep,
    *,
    now: datetime,
    progress: Progress = silent,
    check: Callable[[], None] = lambda: None,
) -> dict[str, int]:
    """Delete what is not kept, in short transactions, and return how many rows of each table.

    A run may go on meanwhile. Cut off, a second call goes on.
    """
    with database.write() as connection:
        _note_cutoff(connection, now - timedelta(days=keep.days))
    gone: dict[str, int] = {}
    for table, condition in _conditions(keep, now):
        gone[table.name] = 0
        for rows in delete_pages(database, table, condition, check=check):
            gone[table.name] += rows
            progress(f"deleting {table.name}: {gone[table.name]} rows")
    return gone


def _note_cutoff(connection: Connection, cutoff: datetime) -> None:
    """Remember up to when events may be gone, so that `check` does not miss them."""
    value = cutoff.astimezone(UTC).isoformat()
    known = connection.scalar(select(meta.c.value).where(meta.c.name == PRUNED_BEFORE))
    if known is None or datetime.fromisoformat(known) < cutoff:
        connection.execute(upsert(connection, meta), {"name": PRUNED_BEFORE, "value": value})


def _conditions(keep: Keep, now: datetime) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Yield which rows of a table go, in the order in which they may."""
    cutoff = now - timedelta(days=keep.days)
    erased = and_(outbox.c.listing.is_(None), outbox.c.delivered_at.is_not(None))
    yield outcomes, _old_outcomes(cutoff)
    yield outbox, or_(and_(outbox.c.delivered_at.is_not(None), outbox.c.created_at < cutoff), erased)
    yield publications, _old_versions(keep, cutoff)
    yield sources, _unused_sources(cutoff)
    yield translations, and_(translations.c.created_at < cutoff, unused_translations())
    yield sessions, sessions.c.expires_at < now


def _old_outcomes(cutoff: datetime) -> ColumnElement[bool]:
    """Outcomes of closed runs, but for the last run of every catalog: `status` tells of it."""
    last = select(func.max(runs.c.id)).group_by(runs.c.catalog)
    closed = select(runs.c.id).where(runs.c.status != "running", runs.c.finished_at < cutoff, runs.c.id.not_in(last))
    return and_(outcomes.c.at < cutoff, outcomes.c.run_id.in_(closed))


def _old_versions(keep: Keep, cutoff: datetime) -> ColumnElement[bool]:
    """Versions beyond the last ones and older than the days, that nothing points at and nothing kept brought back."""
    heir = publications.alias("heir")
    kept_heir = exists().where(
        heir.c.listing == publications.c.listing,
        heir.c.market == publications.c.market,
        heir.c.restores == publications.c.version,
        or_(heir.c.created_at >= cutoff, _newer(heir) < keep.versions),
    )
    return and_(
        publications.c.created_at < cutoff,
        _newer(publications) >= keep.versions,
        ~kept_heir,
        ~_points_at(items),
        ~_points_at(audits),
        ~_points_at(outbox, outbox.c.delivered_at.is_(None)),
    )


def _newer(version: FromClause) -> ColumnElement[int]:
    """Return how many newer versions of its page in its market a version has."""
    newer = publications.alias()
    found = select(func.count()).select_from(newer)
    return (
        found.where(
            newer.c.listing == version.c.listing,
            newer.c.market == version.c.market,
            newer.c.version > version.c.version,
        )
        .correlate(version)
        .scalar_subquery()
    )


def _points_at(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of another table names the version."""
    same = (getattr(table.c, name) == getattr(publications.c, name) for name in ("listing", "market", "version"))
    return exists().where(*same, *conditions)


def _unused_sources(cutoff: datetime) -> ColumnElement[bool]:
    """Versions of a merchant's page that no item and no published version was made from, but for the newest."""
    newer = sources.alias("newer")
    named = [
        exists().where(table.c.listing == sources.c.listing, column == sources.c.version)
        for table, column in (
            (items, items.c.source),
            (items, items.c.pinned_source),
            (publications, publications.c.source),
        )
    ]
    last = ~exists().where(newer.c.listing == sources.c.listing, newer.c.version > sources.c.version)
    return and_(sources.c.seen_at < cutoff, ~or_(*named, last))
