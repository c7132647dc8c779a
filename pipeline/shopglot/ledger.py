"""The ledger of a window, kept in the store: plans of batches, and what the machine answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from shopglot.batches import PlannedBatch
from shopglot.store import Batch, Store
from shopglot.types import Listing, Translation


def window_key(listings: Iterable[Listing]) -> str:
    """Return the hash that knows a window again, after a kill or in another process: its lines and their content."""
    total = hashlib.sha256()
    for listing in listings:
        total.update(f"{listing.line}\0{listing.digest}\n".encode())
    return total.hexdigest()


class StoreLedger:
    """Plans and translations of one window in one market. `asked` counts units that this process gave the engine.

    `recalled` is known already; `hidden` are machine keys that another worker is at, whose texts do not count yet.
    """

    def __init__(
        self,
        store: Store,
        run_id: int,
        window: str,
        market: str,
        *,
        recalled: Mapping[str, Translation],
        hidden: Collection[str] = (),
    ) -> None:
        self._store, self._run_id, self._window, self._market = store, run_id, window, market
        self._recalled, self._hidden = dict(recalled), hidden
        self._batches: dict[tuple[int, int], Batch] = {}
        self.asked = 0

    def plan(self, attempt: int, propose: Callable[[], Sequence[Sequence[str]]]) -> Sequence[PlannedBatch]:
        """Return the plan of an attempt: the one in the store, or the proposed one, stored first."""
        batches = self._store.plan(self._run_id, self._window, self._market, attempt)
        if batches is None:
            proposed = propose()
            if not proposed:
                return []
            batches = self._store.save_plan(self._run_id, self._window, self._market, attempt, proposed)
        self._batches.update(((attempt, batch.number), batch) for batch in batches)
        return [PlannedBatch(number=batch.number, keys=batch.machine_keys, done=batch.done) for batch in batches]

    def remember(self, attempt: int, batch: PlannedBatch, translations: Sequence[Translation]) -> None:
        """Store the translations of a batch and mark it done in one transaction."""
        self._store.remember(self._batches[attempt, batch.number], translations)
        self._recalled.update((translation.machine_key, translation) for translation in translations)
        if attempt == 0:
            self.asked += len(translations)

    def reopen(self, translations: Sequence[Translation]) -> None:
        """Store the translations for a later run."""
        self._store.remember(None, translations)

    def recall(self, keys: Sequence[str]) -> Mapping[str, Translation]:
        """Return what is remembered, asking the store only for what was not recalled with the window."""
        unknown = [key for key in keys if key not in self._recalled and key not in self._hidden]
        if unknown:
            machine, _ = self._store.recall(self._market, unknown, [], run_id=self._run_id)
            self._recalled.update(machine)
        return {key: self._recalled[key] for key in keys if key in self._recalled}
