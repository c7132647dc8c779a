"""The audit log: what people did, when and why. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from shopglot.store.encoding import canonical, identity_key
from shopglot.store.records import Act
from shopglot.store.schema import actions, runs

_INSERT = insert(actions).returning(actions.c.id, sort_by_parameter_order=True)


def log(connection: Connection, act: Act, now: datetime) -> int:
    """Write an act in the caller's transaction, that of what was done, and return its number.

    Its detail gets `after_run`, the newest run of the time: its place in a history, which no clock gives.
    """
    [number] = log_all(connection, [act], now)
    return number


def log_all(connection: Connection, acts: Sequence[Act], now: datetime) -> list[int]:
    """Do what `log` does for several acts of one moment, and return their numbers in the same order."""
    if not acts:
        return []
    newest = connection.scalar(select(func.max(runs.c.id)))
    return list(connection.scalars(_INSERT, [_row(act, newest, now) for act in acts]))


def _row(act: Act, newest: int | None, now: datetime) -> dict[str, object]:
    named = act.listing is not None
    return {
        "at": now,
        "actor": act.actor,
        "action": act.action,
        "market": act.market,
        "merchant": act.merchant,
        "listing": act.listing,
        "listing_key": identity_key(act.merchant or "", act.listing or "") if named else None,
        "path": act.path,
        "number": act.index,
        "detail": canonical({**act.detail, "after_run": newest}),
        "note": act.note,
    }
