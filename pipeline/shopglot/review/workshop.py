"""What all requests to the desk share: prepared pages, the translation memory as it was read, and the machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from threading import Lock
from weakref import WeakKeyDictionary

from shopglot.batches import candidates
from shopglot.errors import ShopglotError
from shopglot.executors.local import LocalExecutor
from shopglot.localizer import Localizer
from shopglot.review.context import Context
from shopglot.review.desk import Desk
from shopglot.review.preparing import Preparation
from shopglot.run import ATTEMPTS
from shopglot.store import Store, open_store
from shopglot.store.tm import Match
from shopglot.types import Segment, Translation

_MATCHES = 6
_WAIT_SECONDS = 60.0  # for the machine, when colleagues ask it too


class Unavailable(ShopglotError):  # noqa: N818 - an answer, not a mistake
    """The machine cannot be asked now."""


class Workshop:
    """One for each running desk; for all its threads."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._preparation = Preparation()
        self._machine = Lock()
        self._memory = Lock()

    def desk(self, store: Store) -> Desk:
        """Return the desk over a store that the caller has for itself."""
        return Desk(store, self._context.localizer, self._preparation, now=self._context.now)

    @cached_property
    def _searched(self) -> Store:
        """A store that only the memory is searched in: it keeps what it has read for the next search."""
        return open_store(self._context.settings.store, create=False, now=self._context.settings.now)

    def matches(self, market: str, text: str, field: str) -> list[Match]:
        """Return what the memory has that is like a text: of people and references, and of the machine."""
        with self._memory:
            return self._searched.tm.search(market, text, field=field, limit=_MATCHES, threshold=0.6)

    def ask(self, market: str) -> Callable[[Segment], Sequence[Translation]]:
        """Return what asks a market's machine for translations of a segment; it raises Unavailable."""
        if missing := self._context.engine_missing(market):
            raise Unavailable(missing)
        localizer = self._context.localizer(market)
        return lambda segment: self._ask(segment, localizer)

    def _ask(self, segment: Segment, localizer: Localizer) -> Sequence[Translation]:
        if not self._machine.acquire(timeout=_WAIT_SECONDS):
            raise Unavailable("the machine is busy with colleagues' texts")
        try:
            return candidates(localizer.unit(segment), localizer, executor=LocalExecutor(), attempts=ATTEMPTS)
        finally:
            self._machine.release()


_open: WeakKeyDictionary[Context, Workshop] = WeakKeyDictionary()
_opening = Lock()


def workshop(context: Context) -> Workshop:
    """Return the workshop of a running desk."""
    with _opening:
        return _open.setdefault(context, Workshop(context))
