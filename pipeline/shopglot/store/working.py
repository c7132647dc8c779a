"""Who works on what: the windows of a run, and the leases of its workers.

A run is worked on by any number of processes. Which lines are worked on together is decided once, by whoever comes
first, and stands; a window without lines says that the catalog has no more. A lease is the right to work on a window in
a market, or, without a market and on that last window, to finish the run. It ends with its worker: others take over
what a dead one left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from shopglot.errors import StoreError
from shopglot.store import memory, runs
from shopglot.store.connection import Database, inserting, retried
from shopglot.store.encoding import canonical, load
from shopglot.store.lock import BEGINNING, WorkerLock, line_up, worker_lock
from shopglot.store.records import Lease, Run, RunSpec, Window
from shopglot.store.schema import batches, leases, plans, publications, windows, workers
from shopglot.store.schema import runs as nights
from shopglot.types import Json, Outcome, Translation

LAST = ""  # the market of the lease for the last steps of a run


class LeaseLost(StoreError):  # noqa: N818 - says what happened
    """Another worker has taken over, because this one seemed dead: what was not written yet is not to be written."""


class RunOver(StoreError):  # noqa: N818 - says what happened
    """The run is no longer in progress: `finished` by another worker, or `abandoned`."""

    def __init__(self, run_id: int, status: str) -> None:
        super().__init__(f"run {run_id} is not in progress, it was {status} meanwhile; begin a new one")
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A living worker and what it works on."""

    number: int
    market: str
    host: str
    pid: int


class Working:
    """The work of a run, shared by any number of workers."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._worker: int | None = None

    @cached_property
    def lock(self) -> WorkerLock:
        """The lock of this worker, and those of the others."""
        return worker_lock(self._database)

    # -- the worker ---------------------------------------------------------------------------------------------------

    def begin(self, spec: RunSpec) -> Run:
        """Begin, take up or join the run of a spec, and be alive from then on; StoreError while another one goes on."""
        shown = self._database.shown
        if self._worker is not None:
            raise StoreError(f"store {shown}: a run has already begun here; finish it first")
        lock = self.lock
        try:
            with self._database.write() as connection:
                line_up(connection, BEGINNING)
                run = runs.begin(connection, spec, self._now(), alive=lock.alive, shown=shown)
                lock.take(run.worker)
        except BaseException:
            lock.release()
            raise
        self._worker = run.worker
        return run

    def end(self) -> None:
        """Give back what this worker has not finished; others, or the next run, go on with it."""
        if self._worker is not None:
            with suppress(StoreError), self._database.write() as connection:
                runs.leave(connection, self._worker, self._now())
        self.dismiss()

    def dismiss(self) -> None:
        """Be alive no longer."""
        self._worker = None
        if "lock" in self.__dict__:
            self.lock.release()

    def finish_run(self, run_id: int, summary: Mapping[str, Json], *, lease: Lease | None = None) -> None:
        """Close the run with its summary; LeaseLost where another worker does that."""
        with self._database.write() as connection:
            if lease is not None:
                require(connection, lease)
            runs.finish(connection, run_id, summary, self._now())
        self.dismiss()

    def abandon(self, run_id: int) -> None:
        """Give a run up: its catalog is not what it was when it began."""
        with self._database.write() as connection:
            runs.close(connection, run_id, "abandoned", None, self._now())
        self.dismiss()

    # -- windows ------------------------------------------------------------------------------------------------------

    @retried
    def window(self, run_id: int, number: int) -> Window | None:
        """Return a window as it was decided, None where it was not yet; RunOver where the run has ended."""
        with self._database.read() as connection:
            _require_running(connection, run_id)
            return _window(connection, run_id, number)

    @retried
    def save_window(self, run_id: int, number: int, lines: Sequence[int], key: str) -> Window:
        """Decide a window, and return what stands: the first decision."""
        row = {"run_id": run_id, "number": number, "lines": canonical(list(lines)), "key": key}
        with self._database.write() as connection:
            _require_running(connection, run_id, hold=True)
            connection.execute(inserting(connection.dialect.name, windows).on_conflict_do_nothing(), row)
            window = _window(connection, run_id, number)
        assert window is not None
        return window

    # -- leases -------------------------------------------------------------------------------------------------------

    @retried
    def claim(self, run_id: int, number: int, market: str, worker_id: int) -> Lease | None:
        """Return the right to work on a window in a market, None where it is done or a living worker has it.

        RunOver where the run has ended.
        """
        self.lock.keep()
        lease = Lease(run_id=run_id, number=number, market=market, worker_id=worker_id)
        if not self._free(lease):  # asked before the database is locked for writing: most claims of a wait end here
            return None
        with self._database.write() as connection:
            _require_running(connection, run_id, hold=True)
            wanted = select(leases.c.worker_id, leases.c.done).where(_place(lease))
            row = connection.execute(wanted.with_for_update(skip_locked=True)).first()
            if row is None:
                values = {
                    "run_id": run_id, "number": number, "market": market, "worker_id": worker_id,
                    "taken_at": self._now(), "done": False,
                }  # fmt: skip
                insert = inserting(connection.dialect.name, leases).on_conflict_do_nothing()
                made = connection.scalar(insert.returning(leases.c.number), values)
                return None if made is None else lease
            if row.done or (row.worker_id != worker_id and self.lock.alive(row.worker_id)):
                return None
            taken = {"worker_id": worker_id, "taken_at": self._now()}
            connection.execute(update(leases).where(_place(lease)).values(**taken))
            return lease

    @retried
    def done(self, run_id: int, number: int, market: str) -> bool:
        """Return whether the work on a window in a market is done; RunOver where the run has ended."""
        with self._database.read() as connection:
            _require_running(connection, run_id)
            place = and_(leases.c.run_id == run_id, leases.c.number == number, leases.c.market == market)
            return bool(connection.scalar(select(leases.c.done).where(place)))

    @retried
    def finish(self, lease: Lease) -> None:
        """Write that the work under a lease is done; LeaseLost where it is another worker's by now."""
        with self._database.write() as connection:
            own = _place(lease), leases.c.worker_id == lease.worker_id
            if connection.execute(update(leases).where(*own).values(done=True)).rowcount != 1:
                raise _lost(lease)

    @retried
    def busy(self, run_id: int, *, but: int | None = None) -> list[Busy]:
        """Return which living workers, but for one, are at work, and on what, by window and market."""
        wanted = (
            select(leases.c.number, leases.c.market, leases.c.worker_id, workers.c.host, workers.c.pid)
            .join(workers, workers.c.id == leases.c.worker_id)
            .where(leases.c.run_id == run_id, leases.c.done.is_(False))
            .order_by(leases.c.number, leases.c.market)
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted).all()
        return [
            Busy(number=row.number, market=row.market, host=row.host, pid=row.pid)
            for row in rows
            if row.worker_id != but and self.lock.alive(row.worker_id)
        ]

    @retried
    def recall(
        self, market: str, machine_keys: Sequence[str], lease: Lease
    ) -> tuple[dict[str, Translation], frozenset[str]]:
        """Return what the machine is known to say, by machine key, and the keys that other workers are at now.

        What they have written of those may not be their last word, and is left out: a text that is missing something is
        asked for again, and only the best answer stays. Both are of one moment.
        """
        with self._database.read() as connection:
            known = memory.recall(connection, market, machine_keys, run_id=lease.run_id)
            open_ = frozenset(_in_work(connection, market, lease)) & set(machine_keys)
        return {key: text for key, text in known.items() if key not in open_}, open_

    # -- what others did ----------------------------------------------------------------------------------------------

    @retried
    def recorded(self, run_id: int, lines: Sequence[int]) -> dict[tuple[int, str], Outcome]:
        """Return what became of these lines in a run so far, by line and market."""
        with self._database.read() as connection:
            return runs.recorded(connection, run_id, lines)

    @retried
    def summary(self, run_id: int) -> Mapping[str, Json]:
        """Return the summary of a finished run, as whoever finished it wrote it."""
        with self._database.read() as connection:
            written = connection.scalar(select(nights.c.summary).where(nights.c.id == run_id))
        found: Mapping[str, Json] = load(written) if written else {}
        return found

    @retried
    def written(self, run_id: int) -> tuple[int, int]:
        """Return how many versions a run put on sale, and how many pages it took down by what they say."""
        own = publications.c.run_id == run_id, publications.c.cause == "run"
        wanted = select(publications.c.kind, func.count()).where(*own).group_by(publications.c.kind)
        with self._database.read() as connection:
            found = {row[0]: int(row[1]) for row in connection.execute(wanted)}
        return found.get("publish", 0), found.get("withdraw", 0)

    def _free(self, lease: Lease) -> bool:
        """Return whether a lease can probably be had."""
        with self._database.read() as connection:
            row = connection.execute(select(leases.c.worker_id, leases.c.done).where(_place(lease))).first()
        if row is None:
            return True
        return not row.done and (row.worker_id == lease.worker_id or not self.lock.alive(row.worker_id))


def require(connection: Connection, lease: Lease) -> None:
    """Raise LeaseLost unless the lease stands; it does until the caller's transaction ends."""
    row = connection.execute(select(leases.c.worker_id, leases.c.done).where(_place(lease)).with_for_update()).first()
    if row is None or row.done or row.worker_id != lease.worker_id:
        raise _lost(lease)


def _lost(lease: Lease) -> LeaseLost:
    where = f"window {lease.number} in market '{lease.market}'"
    return LeaseLost(f"run {lease.run_id}: {where} is no longer this process's work; another one does it")


def _in_work(connection: Connection, market: str, lease: Lease) -> Iterator[str]:
    """Yield the machine keys in the plans of windows that others have not finished, but for those in an own plan."""
    planned = (
        select(batches.c.machine_keys, windows.c.number)
        .join(plans, plans.c.id == batches.c.plan_id)
        .join(windows, and_(windows.c.run_id == plans.c.run_id, windows.c.key == plans.c.window_key))
        .join(
            leases,
            and_(
                leases.c.run_id == windows.c.run_id,
                leases.c.number == windows.c.number,
                leases.c.market == plans.c.market,
            ),
        )
        .where(plans.c.run_id == lease.run_id, plans.c.market == market, leases.c.done.is_(False))
    )
    rows = connection.execute(planned).all()
    own = {key for row in rows if row.number == lease.number for key in load(row.machine_keys)}
    for row in rows:
        if row.number != lease.number:
            yield from (key for key in load(row.machine_keys) if key not in own)


def _place(lease: Lease) -> ColumnElement[bool]:
    return and_(
        leases.c.run_id == lease.run_id, leases.c.number == lease.number, leases.c.market == lease.market
    )  # fmt: skip


def _require_running(connection: Connection, run_id: int, *, hold: bool = False) -> None:
    """Raise RunOver unless the run is in progress; with `hold` it stays so until the transaction ends."""
    wanted = select(nights.c.status).where(nights.c.id == run_id)
    status = connection.scalar(wanted.with_for_update(read=True) if hold else wanted)
    if status != "running":
        raise RunOver(run_id, str(status))


def _window(connection: Connection, run_id: int, number: int) -> Window | None:
    found = connection.execute(
        select(windows.c.lines, windows.c.key).where(windows.c.run_id == run_id, windows.c.number == number)
    ).first()
    if found is None:
        return None
    return Window(run_id=run_id, number=number, lines=tuple(load(found.lines)), key=found.key)
