"""Keeping a store: backup, restore, retention, erasure, size."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from shopglot.errors import UsageError
from shopglot.store.connection import Database
from shopglot.store.upkeep import backup, checking, erasure, quiet, retention, size, sweeping
from shopglot.store.upkeep.archive import Archive, Manifest, Progress, TableEntry, silent
from shopglot.store.upkeep.erasure import Erased
from shopglot.store.upkeep.restore import load as restore
from shopglot.store.upkeep.retention import Keep
from shopglot.store.upkeep.size import Size, TableSize

__all__ = ["Archive", "Erased", "Keep", "Manifest", "Size", "TableEntry", "TableSize", "Upkeep", "restore"]


class Upkeep:
    """The upkeep of a store. `progress` is told what is being done, as often as there is something new."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def backup(self, file: Path, *, replace: bool = False, progress: Progress = silent) -> Manifest:
        """Write one state of the store into a file, and return what is in it; others may go on writing."""
        return backup.write(self._database, file, now=self._now(), replace=replace, progress=progress)

    def erase(self, merchant: str, *, actor: str, note: str = "", progress: Progress = silent) -> Erased:
        """Take a merchant's pages down and delete everything of theirs; `erasure` says what stays.

        StoreError while a run is at work, whose next page of theirs would be new again.
        """
        if not merchant:
            raise UsageError("say whose data are to be erased: lines without a merchant belong to nobody's shop")
        self._database.require_current()
        return erasure.erase(
            self._database, merchant, actor=actor, note=note, now=self._now, progress=progress,
            check=lambda: quiet.require(self._database),
        )  # fmt: skip

    def preview_erasure(self, merchant: str) -> Erased:
        """Return what `erase` would do."""
        self._database.require_current()
        with self._database.read() as connection:
            return erasure.preview(connection, merchant)

    def remains(self, merchant: str) -> dict[str, int]:
        """Return how many rows are the merchant's, by table; empty when everything is erased.

        Events that are still to be delivered are under `outbox`.
        """
        self._database.require_current()
        with self._database.read() as connection:
            found = erasure.count(connection, merchant)
            if events := erasure.waiting(connection, merchant):
                found["outbox"] = found.get("outbox", 0) + events
            return found

    def scrub(self) -> bool:
        """Take what was deleted out of the database's files too; False where others who are at work prevent it."""
        return sweeping.scrub(self._database)

    def prune(self, keep: Keep, *, progress: Progress = silent) -> dict[str, int]:
        """Delete what is old and no longer needed, and return how many rows of each table; a run may go on."""
        self._database.require_current()
        return retention.prune(self._database, keep, now=self._now(), progress=progress)

    def preview_pruning(self, keep: Keep) -> dict[str, int]:
        """Return how many rows of each table `prune` would delete, at least."""
        self._database.require_current()
        with self._database.read() as connection:
            return retention.preview(connection, keep, self._now())

    def size(self) -> Size:
        """Return how large the store is."""
        return size.measure(self._database)

    def check(self, *, progress: Progress = silent) -> list[str]:
        """Return what is wrong with the store, a line each; empty where nothing is."""
        self._database.require_current()
        return checking.check(self._database, progress)
