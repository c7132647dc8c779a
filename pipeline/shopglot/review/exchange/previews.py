"""Previews that wait to be confirmed: each in a file of the server's own, for the user who made it and for an hour."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock
from typing import Any

from shopglot.review.exchange.applying import Item, Preview, Told
from shopglot.review.exchange.records import Problem

KEPT_FOR = timedelta(hours=1)
EACH = 5  # previews of one user; an older one goes

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class Previews:
    """The previews of a running desk, for all of its threads. The folder is nobody else's and goes with the desk."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._owners: dict[str, tuple[str, datetime]] = {}  # by token
        self._folder = Path(mkdtemp(prefix="shopglot-exchange-"))
        self._finalize = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def keep(self, shown: Preview) -> str:
        """Keep a preview and return the token that its user asks for it by."""
        token = secrets.token_urlsafe(24)
        self._write(token, shown)
        with self._lock:
            self._owners[token] = (shown.user, self._now())
            self._sweep(shown.user)
        return token

    def read(self, token: str, user: str) -> Preview | None:
        """Return a user's preview; None where there is none, it is another user's, or its hour is over."""
        with self._lock:
            return self._load(token) if self._is_theirs(token, user) else None

    def take(self, token: str, user: str) -> Preview | None:
        """Return a preview that nobody has taken, and take it: of two who confirm at once, one gets it."""
        with self._lock:
            if not self._is_theirs(token, user):
                return None
            shown = self._load(token)
            if shown is None or shown.done:
                return None
            del self._owners[token]
            return shown

    def give_back(self, token: str, shown: Preview) -> None:
        """Keep what came of a preview under its token, or the preview itself where nothing could be done."""
        self._write(token, shown)
        with self._lock:
            self._owners[token] = (shown.user, self._now())

    def _is_theirs(self, token: str, user: str) -> bool:
        owner, since = self._owners.get(token, ("", None))
        return since is not None and owner == user and self._now() - since < KEPT_FOR

    def _sweep(self, user: str) -> None:
        """Forget what is over, and what of a user is too much."""
        over = [token for token, (_, since) in self._owners.items() if self._now() - since >= KEPT_FOR]
        own = [token for token, (owner, _) in self._owners.items() if owner == user and token not in over]
        for token in [*over, *own[:-EACH]]:
            del self._owners[token]
            with suppress(OSError):
                self._path(token).unlink()

    def _path(self, token: str) -> Path:
        assert _TOKEN.fullmatch(token), token
        return self._folder / f"{token}.json"

    def _write(self, token: str, shown: Preview) -> None:
        found: dict[str, Any] = asdict(shown) | {"at": shown.at.isoformat()}
        path = self._path(token)
        number = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(number, "w", encoding="ascii") as file:
            json.dump(found, file)
        path.with_suffix(".part").replace(path)

    def _load(self, token: str) -> Preview | None:
        try:
            found = json.loads(self._path(token).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        items = tuple(map(_item, found.pop("items")))
        return Preview(**found | {"items": items, "at": datetime.fromisoformat(found["at"])})


def _item(found: dict[str, Any]) -> Item:
    problem = found["problem"]
    if problem is not None:
        problem = Problem(**problem | {"values": tuple((name, value) for name, value in problem["values"])})
    told = tuple(Told(**one) for one in found["told"])
    return Item(**found | {"problem": problem, "told": told})
