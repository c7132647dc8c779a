"""Who is logged in: sessions on the server, each known by a random token that only its browser has.

The store keeps a digest of the token: whoever reads the store, or a backup of it, can take over nobody's session.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from shopglot.store.actions import log
from shopglot.store.connection import Database, inserting, retried
from shopglot.store.records import Act
from shopglot.store.schema import meta, sessions, users

if TYPE_CHECKING:
    from shopglot.store.desk.users import User

IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
_NOTICED = timedelta(minutes=1)  # how exactly a session knows when it was last used: reading costs no write
_KEY = "desk_key"  # in `meta`: what cookies are signed with


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as its user sees it: since when, when last used (to the minute), whether it is the one asked with."""

    created_at: datetime
    seen_at: datetime
    current: bool


class Sessions:
    """Sessions of the users of a store."""

    _now: Callable[[], datetime]

    def __init__(self, database: Database) -> None:
        self._database = database

    @retried
    def signing_key(self) -> bytes:
        """Return the key that cookies are signed with: 32 bytes, made at the first use and the same ever after."""
        wanted = select(meta.c.value).where(meta.c.name == _KEY)
        with self._database.read() as connection:
            found = connection.scalar(wanted)
        if found is None:
            with self._database.write() as connection:
                row = {"name": _KEY, "value": secrets.token_hex(32)}
                connection.execute(inserting(connection.dialect.name, meta).on_conflict_do_nothing(), row)
                found = connection.scalar(wanted)
        assert found is not None
        return bytes.fromhex(found)

    def open_session(self, user: User) -> tuple[str, str]:
        """Begin a session and return (its token, its CSRF token). Sessions that are over are swept away."""
        token, csrf, now = secrets.token_urlsafe(32), secrets.token_hex(32), self._now()
        row = {"key": _digest(token), "user_id": user.id, "csrf": csrf, "created_at": now, "seen_at": now}
        with self._database.write() as connection:
            over = (sessions.c.expires_at <= now) | (sessions.c.seen_at <= now - IDLE)
            connection.execute(delete(sessions).where(over))
            connection.execute(insert(sessions), {**row, "expires_at": now + LONGEST})
        return token, csrf

    @retried
    def session(self, token: str) -> tuple[User, str] | None:
        """Return (user, CSRF token) of a session that is going on, and note that it is used; None where it is over.

        It is over 8 hours after it was last used, 7 days after it began, and at once when its user is not active.
        """
        from shopglot.store.desk.users import _user

        key, now = _digest(token), self._now()
        wanted = (
            select(users, sessions.c.csrf, sessions.c.seen_at, sessions.c.expires_at)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.key == key, users.c.active)
        )
        with self._database.glance() as connection:
            row = connection.execute(wanted).first()
        if row is None or row.expires_at <= now or row.seen_at <= now - IDLE:
            return None
        if row.seen_at <= now - _NOTICED:
            with self._database.write() as connection:
                connection.execute(update(sessions).where(sessions.c.key == key).values(seen_at=now))
        return _user(row), row.csrf

    @retried
    def sessions(self, user: User, token: str = "") -> list[Session]:
        """Return the sessions of a user that are going on, the last used first; `token` is the one asked with."""
        now = self._now()
        going = (sessions.c.expires_at > now) & (sessions.c.seen_at > now - IDLE)
        wanted = select(sessions).where(sessions.c.user_id == user.id, going).order_by(sessions.c.seen_at.desc())
        with self._database.read() as connection:
            return [
                Session(created_at=row.created_at, seen_at=row.seen_at, current=row.key == _digest(token))
                for row in connection.execute(wanted)
            ]

    def close_session(self, token: str) -> None:
        """End a session; nothing happens where it is over."""
        with self._database.write() as connection:
            wanted = select(users.c.name).join(sessions).where(sessions.c.key == _digest(token))
            name = connection.scalar(wanted)
            if name is not None:
                connection.execute(delete(sessions).where(sessions.c.key == _digest(token)))
                log(connection, Act(actor=name, action="logout"), self._now())

    def close_all(self, user: User, *, actor: str, but: str = "") -> int:
        """End all sessions of a user, except the one with the token `but`, and return how many there were."""
        with self._database.write() as connection:
            own = (sessions.c.user_id == user.id) & (sessions.c.key != _digest(but))
            ended = connection.execute(delete(sessions).where(own)).rowcount
            if ended:
                detail = {"user": user.name, "sessions": ended}
                log(
                    connection,
                    Act(actor=actor, action="logout-all", detail=json.loads(json.dumps(detail))),
                    self._now(),
                )
            return ended


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
