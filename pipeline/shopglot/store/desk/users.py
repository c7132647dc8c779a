"""Who works at the review desk: names, roles, markets and passwords.

A wrong password counts before it is looked at, so that many tries at once are no way around the lock: from the fifth on
the account is locked for a minute, and for twice as long after every further one, up to an hour.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from shopglot.errors import UsageError
from shopglot.market import MARKETS
from shopglot.store.actions import log
from shopglot.store.connection import Database, lock_rows, retried
from shopglot.store.desk.passwords import check_password, hash_password, is_outdated, verify_password
from shopglot.store.desk.sessions import Sessions
from shopglot.store.records import Act
from shopglot.store.schema import sessions, users
from shopglot.store.schema.desk import ROLES
from shopglot.types import Json

Role = Literal["viewer", "translator", "lead", "admin"]
Language = Literal["en", "zh-Hant", "zh-Hans"]
Theme = Literal["auto", "light", "dark"]

FREE_FAILURES = 4  # wrong passwords that lock nothing
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=1), timedelta(hours=1)
_LONGEST_NAME, _LONGEST_SHOWN = 64, 100
_SYSTEM = "desk"  # who logs a login that failed: nobody knows who it was


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who works at the desk.

    `name` is what they log in with, folded; `shown` is how they are called. Empty `markets`: every market. `renew`: the
    password was set by somebody else and has to be changed before anything is done.
    """

    id: int
    name: str
    shown: str
    role: Role
    markets: tuple[str, ...]
    active: bool
    language: Language
    theme: Theme
    renew: bool

    def may(self, role: str, market: str | None = None) -> bool:
        """Return whether the user may do what needs a role, in a market or, without one, anywhere."""
        sees = market is None or not self.markets or market in self.markets
        return self.active and sees and ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user as whoever keeps the accounts sees them: since when, wrong passwords, until when they are locked out."""

    user: User
    created_at: datetime
    changed_at: datetime
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """Too many wrong passwords: nobody gets in by this name until then."""

    until: datetime


class LastAdminError(UsageError):
    """The last active admin can neither be deactivated nor become anything else."""


class NoUserError(UsageError):
    """There is no user of that name."""


def fold_name(name: str) -> str:
    """Return the name that a user is kept by; UsageError where it can be none.

    Letters and digits of any script, and `. _ - @` after the first: at most 64 characters.
    """
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    good = all(character.isalnum() or character in "._-@" for character in folded)
    if not folded or len(folded) > _LONGEST_NAME or not folded[0].isalnum() or not good:
        raise UsageError(
            f"{name[:80]!r} is no name for a user: letters and digits, then also . _ - @, at most {_LONGEST_NAME}"
        )
    return folded


class People(Sessions):
    """The users of the desk and their sessions. What changes a user is in the audit log (`actions`)."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        super().__init__(database)
        self._now = now

    # -- accounts -----------------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        *,
        role: str,
        password: str,
        actor: str,
        shown: str = "",
        markets: Sequence[str] = (),
        language: str = "en",
        renew: bool = False,
    ) -> User:
        """Add a user and return it; UsageError where the name is taken or anything does not do."""
        folded = fold_name(name)
        check_password(password, folded)
        values = _checked({"shown": shown or name.strip(), "role": role, "markets": markets, "language": language})
        now, stored = self._now(), hash_password(password)
        row = {**values, "name": folded, "password": stored, "active": True, "theme": "auto", "renew": renew}
        try:
            with self._database.write() as connection:
                if _find(connection, folded) is not None:
                    raise UsageError(f"there is a user {folded!r} already")
                connection.execute(insert(users), {**row, "created_at": now, "changed_at": now})
                detail: dict[str, Json] = {"user": folded, "role": role, "markets": list(markets)}
                log(connection, Act(actor=actor, action="user-add", detail=detail), now)
                return _user(_required(connection, folded))
        except IntegrityError as error:  # another process was first
            raise UsageError(f"there is a user {folded!r} already") from error

    @retried
    def list(self) -> list[User]:
        """Return all users, by name."""
        with self._database.read() as connection:
            return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]

    @retried
    def accounts(self) -> Sequence[Account]:
        """Return all users with what only admins see, by name."""
        with self._database.read() as connection:
            return [
                Account(
                    user=_user(row), created_at=row.created_at, changed_at=row.changed_at, failures=row.failures,
                    locked_until=row.locked_until if row.locked_until and row.locked_until > self._now() else None,
                )
                for row in connection.execute(select(users).order_by(users.c.name))
            ]  # fmt: skip

    @retried
    def get(self, name: str) -> User | None:
        """Return a user by name, active or not; None where there is none."""
        with self._database.read() as connection:
            row = _find(connection, _folded(name))
            return None if row is None else _user(row)

    def change(
        self,
        name: str,
        *,
        actor: str,
        shown: str | None = None,
        role: str | None = None,
        markets: Sequence[str] | None = None,
        active: bool | None = None,
        language: str | None = None,
        theme: str | None = None,
    ) -> User:
        """Change what is given and return the user; one who is deactivated is logged out everywhere.

        NoUserError, LastAdminError, UsageError for a role, market, language or theme that there is not.
        """
        given = {
            "shown": shown, "role": role, "markets": markets, "active": active, "language": language, "theme": theme
        }  # fmt: skip
        values = _checked({key: value for key, value in given.items() if value is not None})
        with self._database.write() as connection:
            admins = connection.execute(lock_rows(select(users.c.name).where(_admins()).order_by(users.c.id))).all()
            row = _required(connection, _folded(name))
            before = _user(row)
            new = {key: value for key, value in values.items() if getattr(row, key) != value}
            if not new:
                return before
            loses = new.get("active") is False or new.get("role", "admin") != "admin"
            if loses and [admin.name for admin in admins] == [row.name]:
                raise LastAdminError(f"{row.name!r} is the last active admin: make somebody else one first")
            connection.execute(update(users).where(users.c.id == row.id).values(new))
            if new.get("active") is False:
                connection.execute(delete(sessions).where(sessions.c.user_id == row.id))
            after = _user(_required(connection, row.name))
            if set(new) - {"language", "theme"}:  # how somebody likes their screen is nobody's business
                detail: dict[str, Json] = {"user": row.name, "before": _shown(before, new), "after": _shown(after, new)}
                log(connection, Act(actor=actor, action="user-change", detail=detail), self._now())
            return after

    def set_password(self, name: str, password: str, *, actor: str, renew: bool = False) -> User:
        """Give a user another password, end all of their sessions and lift a lock; NoUserError, WeakPasswordError."""
        folded = _folded(name)
        check_password(password, folded)
        stored, now = hash_password(password), self._now()
        with self._database.write() as connection:
            row = _required(connection, folded)
            new = {"password": stored, "changed_at": now, "renew": renew, "failures": 0, "locked_until": None}
            connection.execute(update(users).where(users.c.id == row.id).values(new))
            connection.execute(delete(sessions).where(sessions.c.user_id == row.id))
            log(connection, Act(actor=actor, action="user-password", detail={"user": folded, "renew": renew}), now)
            return _user(_required(connection, folded))

    def unlock(self, name: str, *, actor: str) -> User:
        """Let a user who gave too many wrong passwords try again; NoUserError."""
        with self._database.write() as connection:
            row = _required(connection, _folded(name))
            connection.execute(update(users).where(users.c.id == row.id).values(failures=0, locked_until=None))
            detail: dict[str, Json] = {"user": row.name, "failures": row.failures}
            log(connection, Act(actor=actor, action="user-unlock", detail=detail), self._now())
            return _user(row)

    # -- logging in ---------------------------------------------------------------------------------------------------

    def authenticate(self, name: str, password: str, *, address: str = "") -> User | Locked | None:
        """Return the user whom name and password belong to, Locked after too many wrong ones, None for a wrong one.

        It takes as long for a name that there is not, for one that is locked and for one that is not active. A failure
        is logged with the name as it was typed, shortened, and the `address` that it came from.
        """
        now = self._now()
        folded = _folded(name)
        row, locked = self._count_try(folded, now)
        right = verify_password(password, None if row is None or locked else row.password)
        if row is None or locked or not right:
            why = "locked" if locked else "name" if row is None else "password"
            detail: dict[str, Json] = {"user": name[:_LONGEST_NAME], "address": address, "why": why}
            with self._database.write() as connection:
                log(connection, Act(actor=_SYSTEM, action="login-failed", detail=detail), now)
            return Locked(until=locked) if locked else None
        new: dict[str, Any] = {"failures": 0, "locked_until": None}
        if is_outdated(row.password):
            new["password"] = hash_password(password)
        with self._database.write() as connection:
            same = (users.c.id == row.id) & (users.c.password == row.password) & users.c.active
            if connection.execute(update(users).where(same).values(new)).rowcount != 1:
                return None  # changed or deactivated in this very moment
            log(connection, Act(actor=row.name, action="login", detail={"address": address}), now)
        return _user(row)

    def confirm(self, user: User, password: str) -> bool | Locked:
        """Return whether a user who is logged in knows their password; wrong ones count as they do at the login."""
        row, locked = self._count_try(user.name, self._now())
        right = verify_password(password, None if row is None or locked else row.password)
        if locked:
            return Locked(until=locked)
        if right:
            with self._database.write() as connection:
                connection.execute(update(users).where(users.c.id == user.id).values(failures=0, locked_until=None))
        return right

    def _count_try(self, folded: str, now: datetime) -> tuple[Row[Any] | None, datetime | None]:
        """Count a try as a failure for the time being; return the active user, and until when they are locked."""
        with self._database.write() as connection:
            row = connection.execute(lock_rows(select(users).where(users.c.name == folded, users.c.active))).first()
            if row is None:
                return None, None
            if row.locked_until is not None and row.locked_until > now:
                return row, row.locked_until
            failures = row.failures + 1
            until = None
            if failures > FREE_FAILURES:
                until = now + min(FIRST_LOCK * 2 ** min(failures - FREE_FAILURES - 1, 10), LONGEST_LOCK)
            connection.execute(update(users).where(users.c.id == row.id).values(failures=failures, locked_until=until))
            return row, None


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of what is to be stored, or raise UsageError."""
    found = dict(values)
    for key, admitted in (("role", ROLES), ("language", get_args(Language)), ("theme", get_args(Theme))):
        if key in found and found[key] not in admitted:
            raise UsageError(f"{key} {found[key]!r}: give one of {', '.join(admitted)}")
    if "shown" in found:
        shown = " ".join(found["shown"].split())
        if not shown or len(shown) > _LONGEST_SHOWN or not shown.isprintable():
            raise UsageError(f"a name to show has 1 to {_LONGEST_SHOWN} printable characters")
        found["shown"] = shown
    if "markets" in found:
        wrong = [market for market in found["markets"] if market not in MARKETS]
        if wrong:
            raise UsageError(f"market {wrong[0]!r}: give one of {', '.join(MARKETS)}")
        found["markets"] = json.dumps([market for market in MARKETS if market in found["markets"]])
    return found


def _folded(name: str) -> str:
    """Return the name to look for; one that cannot be a user's is nobody's."""
    try:
        return fold_name(name)
    except UsageError:
        return ""


def _admins() -> Any:
    return (users.c.role == "admin") & users.c.active


def _find(connection: Connection, folded: str) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.name == folded)).first()


def _required(connection: Connection, folded: str) -> Row[Any]:
    row = _find(connection, folded)
    if row is None:
        raise NoUserError(f"there is no user {folded!r}; `shopglot user list` shows who there is")
    return row


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id, name=row.name, shown=row.shown, role=row.role, markets=tuple(json.loads(row.markets)),
        active=row.active, language=row.language, theme=row.theme, renew=row.renew,
    )  # fmt: skip


def _shown(user: User, keys: Mapping[str, Any]) -> dict[str, Json]:
    found = {key: getattr(user, key) for key in keys}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}
