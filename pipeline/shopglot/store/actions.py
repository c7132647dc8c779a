"""The audit log: what people did, when and why. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from shopglot.store.encoding import canonical, identity_key
from shopglot.store.records import Act
from shopglot.store.schema import actions, runs

_INSERT = insert(actions).returning(actions.c.id)


def log(connection: Connection, act: Act, now: datetime) -> int:
    """Write an act in the caller's transaction, that of what was done, and return its number.

    Its detail gets `after_run`, the newest run of the time: its place in a history, which no clock gives.
    """
    newest = connection.scalar(select(func.max(runs.c.id)))
    named = act.listing is not None
    number = connection.scalar(
        _INSERT,
        {
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
        },
    )
    assert isinstance(number, int)
    return number
