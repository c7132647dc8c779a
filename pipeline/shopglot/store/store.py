"""The store room's door: one object that a run, an export and the command line speak to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from shopglot.errors import StoreError
from shopglot.store import auditing, history, judging, memory, plans, publishing, reading, runs, sightings
from shopglot.store.agreement import Agreement, agreement
from shopglot.store.connection import Database, open_database
from shopglot.store.lock import FileLock, RunLock, SessionLock
from shopglot.store.records import (
    Audit,
    AuditedSegment,
    Batch,
    Filed,
    HumanText,
    Identity,
    Missing,
    Run,
    RunSpec,
    Settled,
    Settlement,
    Standing,
)
from shopglot.types import Channel, Json, JudgedSegment, Judgement, Origin, Outcome, Translation, Verdict


def open_store(url: str, *, create: bool = True, now: Callable[[], datetime] | None = None) -> Store:
    """Open the store at `url`: a SQLite file's path, or any SQLAlchemy URL of SQLite or PostgreSQL.

    A new or empty database becomes a store and an older store is brought to this version, unless `create` is False:
    then an older one is open for reading what it has. `now` gives the time, aware.
    StoreError names the store, without its password, and says what to do.
    """
    return Store(open_database(url, create=create), now=now or _utc_now)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """An open store. Every method that writes is one transaction unless it says otherwise; not for two threads."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._lock: RunLock | None = None

    @property
    def name(self) -> str:
        """The store's name for people: its file or URL, never with a password."""
        return self._database.shown

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Give back the run lock and every connection; an unfinished run can be resumed later."""
        self._unlock()
        self._database.close()

    # -- runs ---------------------------------------------------------------------------------------------------------

    def begin_run(self, spec: RunSpec) -> Run:
        """Take the run lock, and return the unfinished run of the same spec or else a new one.

        Other unfinished runs of the same catalog are marked abandoned. StoreError if another run holds the store.
        """
        if self._lock is not None:
            raise StoreError(f"store {self._database.shown}: a run has already begun here; finish it first")
        path = self._database.path
        lock = SessionLock(self._database) if path is None else FileLock(path)
        lock.acquire()
        self._lock = lock
        try:
            with self._database.write() as connection:
                return runs.begin(connection, spec, self._now())
        except BaseException:
            self._unlock()
            raise

    def finish_run(self, run: Run, summary: Mapping[str, Json]) -> None:
        """Close the run with its summary, delete its plans and give back the run lock."""
        with self._database.write() as connection:
            runs.finish(connection, run.id, summary, self._now())
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def record(self, run_id: int, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes of lines that have no item: broken lines, duplicates, lines skipped in a market."""
        with self._database.write() as connection:
            runs.record(connection, run_id, outcomes, self._now())

    # -- listings -----------------------------------------------------------------------------------------------------

    def see(self, run_id: int, lines: Sequence[tuple[int, str, str]]) -> set[int]:
        """Note that the run saw these (line, merchant, id); return the lines that repeat an earlier line's identity.

        A line that is seen again after a kill is no duplicate of itself. A listing is seen before it is settled.
        """
        with self._database.write() as connection:
            return sightings.see(connection, run_id, lines)

    def missing(self, run_id: int) -> Iterator[Missing]:
        """Yield the listings that an earlier run over the same catalog saw and this run, at its end, did not."""
        return sightings.missing(self._database, run_id)

    def standing(self, market: str, identities: Sequence[Identity]) -> dict[Identity, Standing]:
        """Return where these listings stand in a market; one that was never settled there is left out."""
        with self._database.read() as connection:
            return reading.standing(connection, market, identities)

    # -- memory and plans ---------------------------------------------------------------------------------------------

    def recall(
        self, market: str, machine_keys: Iterable[str], unit_keys: Iterable[str], *, run_id: int | None = None
    ) -> tuple[dict[str, Translation], dict[str, Translation]]:
        """Return what is known in a market: machine text by machine key, human text by unit key.

        Machine text has origin `memory`, but `machine` where `run_id` itself made it: a resumed run gets the answers
        that an undisturbed one would have.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return memory.recall(connection, market, machine_keys, unit_keys, run_id=run_id)

    def remember(self, batch: Batch | None, translations: Sequence[Translation]) -> None:
        """Write machine text, and that the batch is done; None where the text belongs to no run's plan.

        What is written last for a machine key stays: after a retry, give the text that was chosen.
        """
        with self._database.write() as connection:
            run_id = None if batch is None else batch.run_id
            memory.remember(connection, translations, run_id=run_id, now=self._now())
            if batch is not None:
                plans.finish_batch(connection, batch)

    def approve(self, text: HumanText) -> None:
        """Write a person's text for a unit in a market, in place of an earlier one."""
        with self._database.write() as connection:
            memory.approve(connection, text, self._now())

    def plan(self, run_id: int, window_key: str, market: str, attempt: int) -> tuple[Batch, ...] | None:
        """Return the saved batches in their order, None where no plan was saved; an empty plan is ()."""
        with self._database.read() as connection:
            return plans.plan(connection, run_id, window_key, market, attempt)

    def save_plan(
        self, run_id: int, window_key: str, market: str, attempt: int, batches: Sequence[Sequence[str]]
    ) -> tuple[Batch, ...]:
        """Save which machine keys go into which batch, and return the batches; a plan that is there already stands."""
        with self._database.write() as connection:
            return plans.save_plan(connection, run_id, window_key, market, attempt, batches)

    # -- publishing ---------------------------------------------------------------------------------------------------

    def settle(
        self,
        run_id: int,
        outcome: Outcome,
        *,
        inputs_key: str,
        judged: Sequence[JudgedSegment],
        document: Mapping[str, Json] | None = None,
        withdraw: bool = False,
    ) -> Settled:
        """Write a listing's outcome and segments in a market, its new version and the event: all of it or nothing.

        `inputs_key`, `document` and `withdraw` are those of `Settlement`. The listing has to have been seen.
        """
        settlement = Settlement(
            outcome=outcome, inputs_key=inputs_key, judged=judged, document=document, withdraw=withdraw
        )
        with self._database.write() as connection:
            [due] = publishing.weigh(connection, [settlement])
            return publishing.settle(connection, run_id, due, self._now())

    def settle_many(self, run_id: int, settlements: Sequence[Settlement]) -> list[Settled]:
        """Settle each; answers in their order.

        Those that publish nothing share one transaction; every version has a transaction of its own. A listing may
        stand in a market once. Killed in between, whole listings are settled and whole listings are not.
        """
        with self._database.writer() as connection:
            with connection.begin():
                needed = publishing.weigh(connection, settlements)
                publishing.write_items(connection, run_id, [due for due in needed if due.kind is None], self._now())
            for due in needed:
                if due.kind is not None:
                    with connection.begin():
                        publishing.settle(connection, run_id, due, self._now())
        return [due.settled for due in needed]

    # -- judging ------------------------------------------------------------------------------------------------------

    def add_judgements(self, judgements: Iterable[Judgement]) -> Filed:
        """Write what reviewers said, all of it or nothing.

        A reviewer who judges the same text in the same place again replaces their earlier verdict, unless that one has
        the later `judged_at`; what was judged for the audit stays in its channel. Two reviewers both stay. The
        iterable is read while the store is locked for writing: give a list where it is slow.
        """
        with self._database.write() as connection:
            return judging.add(connection, judgements)

    def judgements(
        self, market: str | None = None, *, channel: Channel | None = None, since: datetime | None = None
    ) -> Iterator[Judgement]:
        """Yield what reviewers said, of one market or of all, in the order in which it was first written.

        `since` is the earliest `judged_at`. The store may be written to meanwhile.
        """
        self._database.require_current()
        return judging.judgements(self._database, market, channel=channel, since=since)

    def count_judgements(
        self, market: str | None = None, *, channel: Channel | None = None, since: datetime | None = None
    ) -> int:
        """Return how many judgements `judgements` would yield."""
        self._database.require_current()
        with self._database.read() as connection:
            return judging.count(connection, market, channel=channel, since=since)

    def agreement(self, market: str) -> Agreement:
        """Return how far reviewers agree in a market, on the segments that two or more of them judged."""
        self._database.require_current()
        with self._database.read() as connection:
            return agreement(judging.shared(connection, market))

    def draw_audit(self, run_id: int, market: str, share: float, least: int = 1) -> list[Audit]:
        """Draw ceil(share * n) of the n listings that this run published in a market, and at least `least` of them.

        To be called when the run has published and before the next one: a repeated call draws the same and adds only
        what was published since. Return all that the run has drawn in the market.
        """
        with self._database.write() as connection:
            return auditing.draw(connection, run_id, market, share=share, least=least, now=self._now())

    def audits(
        self, market: str, *, run_id: int | None = None, since: datetime | None = None, judged: bool | None = None
    ) -> list[Audit]:
        """Return what was drawn in a market, by run and listing; of one run, drawn since, or (not) judged only.

        `store.auditing` says when a drawn listing is judged, and when it is bad.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return auditing.read(connection, market, run_id=run_id, since=since, judged=judged)

    def audited_segments(self, audit: Audit) -> list[AuditedSegment]:
        """Return what a drawn listing said when it was published, in its order, whatever has become of it since."""
        self._database.require_current()
        with self._database.read() as connection:
            return list(auditing.audited_segments(connection, audit))

    def audit_result(self, market: str, *, since: datetime | None = None) -> tuple[int, int]:
        """Return how many of the listings drawn in a market (since) are judged, and how many of those are bad."""
        found = self.audits(market, since=since, judged=True)
        return len(found), sum(audit.bad for audit in found)

    def audit_scores(
        self, market: str, *, since: datetime | None = None
    ) -> dict[tuple[int, str, str], dict[str, float]]:
        """Return, by (run, merchant, listing) that was drawn (since), the lowest score of each signature among it."""
        self._database.require_current()
        with self._database.read() as connection:
            return reading.audit_scores(connection, market, since=since)

    # -- reading ------------------------------------------------------------------------------------------------------

    def published(self, market: str) -> Iterator[Mapping[str, Json]]:
        """Yield a market's published documents, by merchant and id, as they were when the first was asked for."""
        return reading.published(self._database, market)

    def signals(
        self, market: str, *, run_id: int | None = None, since: datetime | None = None
    ) -> Iterator[tuple[Origin, Verdict, dict[str, float]]]:
        """Yield origin, verdict and signals of a market's segments as they stand; of one run, or settled since."""
        return reading.signals(self._database, market, run_id=run_id, since=since)

    def count_publications(self, run_id: int) -> int:
        """Return how many versions the run put on sale, before and after it was killed; withdrawals do not count."""
        with self._database.read() as connection:
            return reading.count_publications(connection, run_id)

    def status(self, *, last_runs: int = 5, top: int = 10) -> dict[str, Any]:
        """Return runs, counts by market and status, the commonest reasons of held items, and what is undelivered."""
        return reading.status(self._database, last_runs=last_runs, top=top)

    def history(self, listing: str, *, merchant: str | None = None) -> list[dict[str, Any]]:
        """Return what happened to a listing, oldest first; without `merchant`, of every merchant with that id."""
        return history.history(self._database, listing, merchant=merchant)
