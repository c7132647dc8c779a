"""The outbox: what is due, what became of it, and one relay at a time, on every database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from shopglot.errors import StoreError
from shopglot.store import RunSpec, Settlement, Store, open_store
from shopglot.store.schema import actions, outbox

LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def filled(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> Store:
    """A store with three published pages."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in (1, 2, 3)])
    store.settle_many(run.id, [settlement_of(line, title=f"Pillow {line} 𠮷\ud800") for line in (1, 2, 3)])
    store.finish_run(run, {})
    return store


def seqs(store: Store, now: datetime = LATER) -> list[int]:
    """Return the numbers of what is due."""
    return [event.seq for event in store.events.due(limit=10, now=now)]


def test_due_events_have_their_documents(filled: Store) -> None:
    """An event says what was published, and carries the page of that very version."""
    first, second, third = filled.events.due(limit=10, now=LATER)
    assert first.seq < second.seq < third.seq
    assert ("xhs-1", "us", 1, "publish") == tuple(first.payload[key] for key in ("id", "market", "version", "kind"))
    assert first.document is not None
    assert "Pillow 1 𠮷\ud800" in first.document
    assert [first.seq, second.seq] == [event.seq for event in filled.events.due(limit=2, now=LATER)]


def test_the_states_of_an_event(filled: Store) -> None:
    """Delivered and dead ones are not due, a failed one is from its next attempt on."""
    first, second, third = seqs(filled)
    moment = LATER + timedelta(hours=1)
    filled.events.delivered([first])
    filled.events.failed(second, "the endpoint answered 503", moment)
    filled.events.dead(third, "the endpoint answered 400")
    assert [] == seqs(filled)
    assert [second] == seqs(filled, moment)
    backlog = filled.events.counts()
    assert (1, 1, 1, 1) == (backlog.undelivered, backlog.failing, backlog.delivered, backlog.dead)
    [row] = filled.events.listed("dead", limit=5)
    assert ("xhs-3", 1, "the endpoint answered 400") == (row["id"], row["attempts"], row["last_error"])
    [row] = filled.events.listed("undelivered", limit=5)
    assert "2027-01-01T01:00:00Z" == row["next_attempt_at"]
    assert [first] == [row["seq"] for row in filled.events.listed("delivered", limit=5)]


def test_what_is_delivered_stays_so(filled: Store) -> None:
    """A failure that is reported late does not take an arrival back, and the first arrival's time stands."""
    first = seqs(filled)[0]
    filled.events.delivered([first])
    before = filled.events.listed("delivered", limit=1)
    filled.events.delivered([first])
    filled.events.failed(first, "late", LATER)
    filled.events.dead(first, "late")
    assert before == filled.events.listed("delivered", limit=1)


def test_retry_and_replay(filled: Store) -> None:
    """Dead and waiting events become due with new attempts, delivered ones when replayed; it is logged."""
    first, second, third = seqs(filled)
    filled.events.delivered([first])
    filled.events.failed(second, "no", LATER + timedelta(hours=1))
    filled.events.dead(third, "no")
    assert 1 == filled.events.retry(actor="lin", note="mended")
    assert [third] == seqs(filled)
    assert 1 == filled.events.retry([first, second], actor="lin")
    assert [second, third] == seqs(filled)
    assert [0, 0] == [event.attempts for event in filled.events.due(limit=5, now=LATER)]
    assert 0 == filled.events.replay(second, actor="lin")
    assert 1 == filled.events.replay(0, actor="wu")
    assert [first, second, third] == seqs(filled)
    with filled.database.read() as connection:
        logged = connection.execute(select(actions.c.actor, actions.c.action, actions.c.note).order_by(actions.c.id))
        assert [("lin", "events.retry", "mended"), ("lin", "events.retry", ""), ("wu", "events.replay", "")] == [
            tuple(row) for row in logged
        ]


def test_an_erased_page_is_an_event_without_document(filled: Store) -> None:
    """An event that has lost its listing is delivered all the same: whoever has the page must hear of it."""
    with filled.database.write() as connection:
        connection.execute(update(outbox).where(outbox.c.version == 1).values(listing=None))
    assert [None] * 3 == [event.document for event in filled.events.due(limit=5, now=LATER)]


def test_an_event_that_is_committed_late_is_not_skipped(postgres_url: str) -> None:
    """On PostgreSQL an event may become visible after one with a higher number: it is due then."""
    row = {"kind": "withdraw", "market": "us", "version": 1, "payload": "{}", "created_at": LATER}
    with open_store(postgres_url) as store:
        with store.database.writer() as slow, store.database.writer() as fast, slow.begin() as open_:
            slow.execute(insert(outbox), {**row, "event_id": "a"})
            with fast.begin():
                fast.execute(insert(outbox), {**row, "event_id": "b"})
            [event] = store.events.due(limit=5, now=LATER)
            assert ("b", 2) == (event.event_id, event.seq)
            store.events.delivered([event.seq])
            open_.commit()
        assert [("a", 1)] == [(event.event_id, event.seq) for event in store.events.due(limit=5, now=LATER)]


def test_one_relay_at_a_time(url: str, store: Store) -> None:
    """A second relay hears who holds the store, here and in another process; then it may."""
    other = (
        "import sys; from shopglot.store import open_store\n"
        "with open_store(sys.argv[1]) as store, store.events.relaying():\n    print('held', flush=True); input()\n"
    )
    with store.events.relaying() as lock, open_store(url) as second:
        lock.require()
        with pytest.raises(StoreError, match=r"delivered already \((process|session) \d+"), second.events.relaying():
            pass
    holder = subprocess.Popen([sys.executable, "-c", other, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert b"held\n" == holder.stdout.readline()
    with pytest.raises(StoreError, match=r"delivered already \((process|session) \d+"), store.events.relaying():
        pass
    holder.kill()
    holder.communicate()
    if store.database.path is None:  # the server needs a moment to notice that the process is gone
        wait_for_session_end(store)
    with store.events.relaying() as lock:
        lock.require()


def wait_for_session_end(store: Store) -> None:
    """Wait until no session holds an advisory lock any more."""
    held = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory'"
    for _ in range(10_000):
        with store.database.read() as connection:
            here = f"{held} AND d.datname = current_database()"
            if connection.exec_driver_sql(here).scalar_one() == 0:
                return
    pytest.fail("the dead session's lock stays")


def test_a_relay_that_was_cut_off_says_so(postgres_url: str) -> None:
    """A relay whose session the server ended has lost its lock: it ends instead of working beside another."""
    with open_store(postgres_url) as store, store.events.relaying() as lock:
        with store.database.write() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        with pytest.raises(StoreError, match="cut the relay off; start it again"):
            lock.require()


def test_made_durable(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that holds the log back does not keep versions from the disk: the log itself is synchronised."""
    synchronised: list[int] = []
    monkeypatch.setattr("shopglot.store.relaying.os.fsync", synchronised.append)
    filled.events.make_durable()
    assert [] == synchronised  # the checkpoint did it
    with filled.database.read() as reader:
        reader.execute(select(outbox.c.seq)).all()
        filled.events.delivered(seqs(filled)[:1])
        filled.events.make_durable()
    assert (0 if filled.database.path is None else 1) == len(synchronised)
