"""The store room's door: one object that a run, an export and the command line speak to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from shopglot.market import Reuse
from shopglot.store import (
    auditing,
    history,
    judging,
    leaving,
    memory,
    plans,
    publishing,
    reach,
    reading,
    runs,
    sightings,
)
from shopglot.store.agreement import Agreement, agreement
from shopglot.store.approving import Approvals
from shopglot.store.connection import Database, retried
from shopglot.store.desk.deeds import Deeds
from shopglot.store.desk.dismissing import Dismissals
from shopglot.store.desk.figures import Figures
from shopglot.store.desk.pages import Pages
from shopglot.store.desk.proposing import Proposals
from shopglot.store.desk.queue import Queue
from shopglot.store.desk.undoing import Undo
from shopglot.store.desk.users import People
from shopglot.store.enrolment import Enrolment
from shopglot.store.events import Events
from shopglot.store.merchants import Merchants
from shopglot.store.onsale import Shelf
from shopglot.store.opening import open_database
from shopglot.store.overrides import Overrides
from shopglot.store.records import (
    Audit,
    AuditedSegment,
    Batch,
    Filed,
    HumanText,
    Identity,
    Lease,
    Missing,
    Revision,
    Run,
    RunSpec,
    Settled,
    Settlement,
    Standing,
)
from shopglot.store.rollback import Rollback
from shopglot.store.settled import SettledSegment, settled
from shopglot.store.tm import TranslationMemory
from shopglot.store.upkeep import Upkeep
from shopglot.store.working import Working
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
    """An open store. Every method that writes is one transaction unless it says otherwise; not for two threads.

    A method is tried again for about a minute where the connection was cut or the store was busy, unless doing it twice
    would not be doing it once (beginning and finishing a run, what a person did) or it yields rows as they are read.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    @property
    def name(self) -> str:
        """The store's name for people: its file or URL, never with a password."""
        return self._database.shown

    @property
    def database(self) -> Database:
        """The database, for the rooms of the store."""
        return self._database

    @cached_property
    def working(self) -> Working:
        """Windows and leases: who works on what."""
        return Working(self._database, now=self._now)

    @cached_property
    def approvals(self) -> Approvals:
        """What people approved."""
        return Approvals(self._database, now=self._now)

    @cached_property
    def shelf(self) -> Shelf:
        """What is on sale in the markets, as it stands there."""
        return Shelf(self._database, now=self._now)

    @cached_property
    def overrides(self) -> Overrides:
        """What leads let pass although a rule blocks it."""
        return Overrides(self._database, now=self._now)

    @cached_property
    def dismissals(self) -> Dismissals:
        """The findings that people set aside."""
        return Dismissals(self._database, now=self._now)

    @cached_property
    def enrolment(self) -> Enrolment:
        """Which shops and pages are open in which market."""
        return Enrolment(self._database, now=self._now)

    @cached_property
    def rollback(self) -> Rollback:
        """Going back to earlier versions."""
        return Rollback(self._database, now=self._now)

    @cached_property
    def events(self) -> Events:
        """What the outside has to hear."""
        return Events(self._database, now=self._now)

    @cached_property
    def tm(self) -> TranslationMemory:
        """The translation memory as people use it."""
        return TranslationMemory(self._database, now=self._now)

    @cached_property
    def merchants(self) -> Merchants:
        """What is known of a merchant: for the merchant's report."""
        return Merchants(self._database)

    @cached_property
    def queue(self) -> Queue:
        """What waits for people."""
        return Queue(self._database, now=self._now)

    @cached_property
    def people(self) -> People:
        """Who works at the review desk."""
        return People(self._database, now=self._now)

    @cached_property
    def pages(self) -> Pages:
        """Pages as the desk opens them."""
        return Pages(self._database)

    @cached_property
    def deeds(self) -> Deeds:
        """What people do at the desk."""
        return Deeds(self._database, now=self._now)

    @cached_property
    def undo(self) -> Undo:
        """Taking back what a person did last."""
        return Undo(self._database, now=self._now)

    @cached_property
    def figures(self) -> Figures:
        """How the desk's work goes."""
        return Figures(self._database, now=self._now)

    @cached_property
    def proposals(self) -> Proposals:
        """Terms and rules that translators propose."""
        return Proposals(self._database, now=self._now)

    @cached_property
    def upkeep(self) -> Upkeep:
        """Backup, retention, erasure, size."""
        return Upkeep(self._database, now=self._now)

    def __enter__(self) -> Self:
        """Return the store itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Close the store."""
        self.close()

    def close(self) -> None:
        """Give back what this worker has not finished, and every connection; an unfinished run can be resumed later."""
        if "working" in self.__dict__:
            self.working.end()
        self._database.close()

    # -- runs ---------------------------------------------------------------------------------------------------------

    def begin_run(self, spec: RunSpec) -> Run:
        """Begin work on the run of a spec: join it where others are at it, resume it where they died, or begin one.

        Other unfinished runs of the same catalog are marked abandoned. StoreError while another run is in progress.
        """
        return self.working.begin(spec)

    def finish_run(self, run: Run, summary: Mapping[str, Json], *, lease: Lease | None = None) -> None:
        """Close the run with its summary, delete its plans, windows and leases, and end this worker.

        With `lease`, that of the last steps, LeaseLost where another worker has taken it over.
        """
        self.working.finish_run(run.id, summary, lease=lease)

    @retried
    def record(self, run_id: int, outcomes: Sequence[Outcome]) -> None:
        """Write outcomes of lines that have no item: broken lines, duplicates, lines skipped in a market.

        What was written of a line in this run, by this worker or another, stays.
        """
        if outcomes:
            with self._database.write() as connection:
                runs.record(connection, run_id, outcomes, self._now(), replace=False)

    # -- listings -----------------------------------------------------------------------------------------------------

    @retried
    def see(self, run_id: int, lines: Sequence[tuple[int, str, str]]) -> set[int]:
        """Note that the run saw these (line, merchant, id); return the lines that repeat an earlier line's identity.

        A line that is seen again after a kill is no duplicate of itself. A listing is seen before it is settled.
        """
        return sightings.see(self._database, run_id, lines)

    def missing(self, run_id: int) -> Iterator[Missing]:
        """Yield the listings that an earlier run over the same catalog saw and this run, at its end, did not."""
        return sightings.missing(self._database, run_id)

    @retried
    def left(self, run_id: int, *, examples: int = 5) -> leaving.Left:
        """Return how the catalog of a run at its end shrank: like `missing`, less the pages whose line is broken."""
        with self._database.read() as connection:
            return leaving.left(connection, run_id, examples=examples)

    def take_down_missing(self, run_id: int, market: str) -> int:
        """Take down in a market what left the catalog of a run; return how many pages. Some to a transaction."""
        return leaving.take_down(self._database, run_id, market, self._now)

    @retried
    def standing(self, market: str, identities: Sequence[Identity]) -> dict[Identity, Standing]:
        """Return where these listings stand in a market; one that was never settled there is left out."""
        with self._database.read() as connection:
            return reading.standing(connection, market, identities)

    def settled(self, market: str, pages: Iterable[Identity]) -> dict[Identity, list[SettledSegment]]:
        """Return what the runs made of these pages, segment by segment in reading order; unknown pages left out."""
        with self._database.read() as connection:
            return settled(connection, market, pages)

    # -- memory and plans ---------------------------------------------------------------------------------------------

    def recall(
        self, market: str, machine_keys: Iterable[str], unit_keys: Iterable[str], *, run_id: int | None = None
    ) -> tuple[dict[str, Translation], dict[str, Translation]]:
        """Return what is known in a market: machine text by machine key, human text by unit key.

        Human text is the newest, wherever in the market it was approved: `approvals.recall` says what counts on a page.
        Machine text has origin `memory`, but `machine` where `run_id` itself made it: a resumed run gets the answers
        that an undisturbed one would have.
        """
        self._database.require_current()
        return self._recall(market, list(machine_keys), list(unit_keys), run_id)

    @retried
    def _recall(
        self, market: str, machine_keys: Sequence[str], unit_keys: Sequence[str], run_id: int | None
    ) -> tuple[dict[str, Translation], dict[str, Translation]]:
        """Do what `recall` does, of sequences."""
        with self._database.read() as connection:
            machine = memory.recall(connection, market, machine_keys, run_id=run_id)
            return machine, reach.newest(connection, market, unit_keys)

    @retried
    def remember(self, batch: Batch | None, translations: Sequence[Translation]) -> None:
        """Write machine text, and that the batch is done; None where the text belongs to no run's plan.

        What is written last for a machine key stays: after a retry, give the text that was chosen.
        """
        with self._database.write() as connection:
            run_id = None if batch is None else batch.run_id
            memory.remember(connection, translations, run_id=run_id, now=self._now())
            if batch is not None:
                plans.finish_batch(connection, batch)

    def approve(self, text: HumanText, *, reuse: Reuse = "market", note: str = "") -> int:
        """Write a person's text for a unit in a market (see `Approvals.approve`)."""
        return self.approvals.approve(text, reuse=reuse, note=note)

    @retried
    def plan(self, run_id: int, window_key: str, market: str, attempt: int) -> tuple[Batch, ...] | None:
        """Return the saved batches in their order, None where no plan was saved; an empty plan is ()."""
        with self._database.read() as connection:
            return plans.plan(connection, run_id, window_key, market, attempt)

    @retried
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
        [settled] = self.settle_many(run_id, [settlement])
        return settled

    @retried
    def settle_many(
        self,
        run_id: int,
        settlements: Sequence[Settlement],
        *,
        lease: Lease | None = None,
        revision: Mapping[str, Revision | int] | None = None,
        reuse: Mapping[str, Reuse] | None = None,
    ) -> list[Settled]:
        """Settle each; answers in their order.

        Those that publish nothing share one transaction; every version has a transaction of its own. A listing may
        stand in a market once. Killed in between, whole listings are settled and whole listings are not.

        `lease` is the worker's right to do this: LeaseLost where it is no longer its own. `revision` says by market up
        to where people's words were recalled (a number alone: their texts, `Recalled.revision`), `reuse` by which
        policy: a page of whose texts or findings a person has said anything since is `stale` and left as it was, to be
        made again. Of what is `pinned`,
        `standing` has the outcome: a person chose what is on sale, or paused the page.
        """
        return publishing.settle_many(
            self._database, run_id, settlements, self._now, lease=lease, revision=revision, reuse=reuse
        )

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

    @retried
    def count_judgements(
        self, market: str | None = None, *, channel: Channel | None = None, since: datetime | None = None
    ) -> int:
        """Return how many judgements `judgements` would yield."""
        self._database.require_current()
        with self._database.read() as connection:
            return judging.count(connection, market, channel=channel, since=since)

    @retried
    def agreement(self, market: str) -> Agreement:
        """Return how far reviewers agree in a market, on the segments that two or more of them judged."""
        self._database.require_current()
        with self._database.read() as connection:
            return agreement(judging.shared(connection, market))

    @retried
    def draw_audit(self, run_id: int, market: str, share: float, least: int = 1) -> list[Audit]:
        """Draw ceil(share * n) of the n listings that this run published in a market, and at least `least` of them.

        To be called when the run has published and before the next one: a repeated call draws the same and adds only
        what was published since. Return all that the run has drawn in the market.
        """
        with self._database.write() as connection:
            return auditing.draw(connection, run_id, market, share=share, least=least, now=self._now())

    @retried
    def audits(
        self, market: str, *, run_id: int | None = None, since: datetime | None = None, judged: bool | None = None
    ) -> list[Audit]:
        """Return what was drawn in a market, by run and listing; of one run, drawn since, or (not) judged only.

        `store.auditing` says when a drawn listing is judged, and when it is bad.
        """
        self._database.require_current()
        with self._database.read() as connection:
            return auditing.read(connection, market, run_id=run_id, since=since, judged=judged)

    @retried
    def audited_segments(self, audit: Audit) -> list[AuditedSegment]:
        """Return what a drawn listing said when it was published, in its order, whatever has become of it since."""
        self._database.require_current()
        with self._database.read() as connection:
            return list(auditing.audited_segments(connection, audit))

    def audit_result(self, market: str, *, since: datetime | None = None) -> tuple[int, int]:
        """Return how many of the listings drawn in a market (since) are judged, and how many of those are bad."""
        found = self.audits(market, since=since, judged=True)
        return len(found), sum(audit.bad for audit in found)

    @retried
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

    @retried
    def count_publications(self, run_id: int) -> int:
        """Return how many versions the run put on sale, before and after it was killed; withdrawals do not count."""
        with self._database.read() as connection:
            return reading.count_publications(connection, run_id)

    @retried
    def status(self, *, last_runs: int = 5, top: int = 10) -> dict[str, Any]:
        """Return runs, counts by market and status, the commonest reasons of held items, and what is undelivered."""
        report = reading.status(self._database, last_runs=last_runs, top=top)
        return {**report, "paused": [entry.as_json() for entry in self.enrolment.list()]}

    @retried
    def history(self, listing: str, *, merchant: str | None = None) -> list[dict[str, Any]]:
        """Return what happened to a listing, oldest first; without `merchant`, of every merchant with that id."""
        return history.history(self._database, listing, merchant=merchant)
