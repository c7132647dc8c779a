"""What the desk works with: its settings, its open stores and the markets' tools."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, LifoQueue
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shopglot import loading
from shopglot.errors import ShopglotError
from shopglot.localizer import Localizer
from shopglot.market import MARKETS
from shopglot.store import Store, open_store

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

log = logging.getLogger("shopglot.review")

STORES = 8  # at once; more people than that wait for a moment
_WAIT_SECONDS = 20.0


class Busy(Exception):  # noqa: N818 - a state, not a mistake
    """Every store is in use, and has been for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the desk is run.

    `store` is a path or URL of a store that is there already. `model` replaces the markets' own model cards; with
    `machine` False no model is ever asked. `public_url` is what browsers call the desk (`https://desk.example.com`),
    empty where they call it by the address that it listens on. `hosts` are the names that a request may give for it,
    without port. `secure`: cookies go through TLS only. `trust_proxy`: the last address in X-Forwarded-For is the
    browser's. `metrics_token` is what `/metrics` is asked for with; without one it is not there. `now` is the store's
    clock, `ticks` that of the limits (seconds, never going back).
    """

    store: str
    model: str | None = None
    machine: bool = True
    markets: tuple[str, ...] = MARKETS
    public_url: str = ""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")
    secure: bool = False
    trust_proxy: bool = False
    metrics_token: str = field(default="", repr=False)
    now: Callable[[], datetime] | None = None
    ticks: Callable[[], float] = time.monotonic

    @property
    def origin(self) -> str:
        """Scheme, host and port that pages of the desk come from; empty where each request says it."""
        parts = urlsplit(self.public_url)
        if not parts.hostname:
            return ""
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
        return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{parts.port}"


class Requests:
    """How often the desk was asked, by kind and by what came of it; for many threads at once."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._lock = Lock()

    def add(self, kind: str, method: str, result: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts[kind, method, result] += 1

    def all(self) -> list[tuple[tuple[str, str, str], int]]:
        """Return the counts by (kind, method, result), sorted."""
        with self._lock:
            return sorted(self._counts.items())


class Context:
    """The desk's stores and localizers; for many threads at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.requests = Requests()
        self._held: ContextVar[Store | None] = ContextVar("held", default=None)
        self._stores: LifoQueue[Store | None] = LifoQueue()
        for _ in range(STORES):
            self._stores.put(None)
        self._loader = ThreadPoolExecutor(1, "localizers")
        self._localizers: dict[str, Future[Localizer]] = {}
        with self.store() as store:
            store.database.require_current()
            self.signing_key = store.people.signing_key()

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Yield a store that nobody else uses meanwhile; StoreError where it cannot be opened, Busy.

        Within another `store` of the same call it is the same one: nobody waits for a second while holding a first.
        """
        held = self._held.get()
        if held is not None:
            yield held
            return
        try:
            store = self._stores.get(timeout=_WAIT_SECONDS)
        except Empty as error:
            raise Busy("all connections to the store are in use") from error
        try:
            if store is None:
                store = open_store(self.settings.store, create=False, now=self.settings.now)
            self._held.set(store)
            yield store
        except BaseException:
            if store is not None:
                store.close()  # whatever its connections were in the middle of; new ones are made at the next use
            raise
        finally:
            self._held.set(None)
            self._stores.put(store)

    def now(self) -> datetime:
        """Return the store's time."""
        clock = self.settings.now
        return datetime.now(UTC) if clock is None else clock()

    def load(self) -> None:
        """Begin to load the localizers of all markets; the desk answers meanwhile."""
        for market in self.settings.markets:
            self._future(market)

    def localizer(self, market: str) -> Localizer:
        """Return what judges texts in a market, waiting until it is loaded. ShopglotError says why it cannot be."""
        return self._future(market).result()

    def engine_missing(self, market: str) -> str:
        """Return why a market's machine cannot be asked again: empty where, as far as is known, it can."""
        if not self.settings.machine:
            return "the desk was started with --no-model"
        try:
            self.localizer(market).open_engine()
        except ShopglotError as error:
            return str(error)
        return ""

    def close(self) -> None:
        """Give back every connection; nobody may ask for a store any more."""
        self._loader.shutdown(wait=False, cancel_futures=True)
        while not self._stores.empty():
            store = self._stores.get_nowait()
            if store is not None:
                store.close()

    def _future(self, market: str) -> Future[Localizer]:
        found = self._localizers.get(market)
        if found is None or (found.done() and found.exception() is not None):  # a mended file counts at the next try
            found = self._localizers[market] = self._loader.submit(self._loaded, market)
        return found

    def _loaded(self, market: str) -> Localizer:
        try:
            return loading.load_localizer(market, model=self.settings.model)
        except ShopglotError as error:
            log.warning("market %s: %s", market, error)
            raise


def context(request: HTTPConnection) -> Context:
    """Return the desk's context."""
    found = request.app.state.context
    assert isinstance(found, Context)
    return found
