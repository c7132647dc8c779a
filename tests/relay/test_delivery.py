"""The relay: every event arrives, failures wait for their turn, and a broken endpoint is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from shopglot.relay import Answer, FileTarget, Message, Pace, Relay, WebhookTarget
from shopglot.store import Store

Clock: TypeAlias = Any  # the classes of conftest.py, which cannot be imported
Endpoint: TypeAlias = Any
Publish: TypeAlias = Callable[..., None]

GOOD, BAD, LATER = Answer(kind="delivered"), Answer(kind="dead", error="no"), Answer(kind="retry", error="later")


class Script:
    """A target that answers by the id of the page; what is not named arrives."""

    name = "script"
    batch = 1

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.got: list[str] = []

    def send(self, messages: Sequence[Message]) -> list[Answer]:
        """Note and answer."""
        names = [json.loads(message.body)["id"] for message in messages]
        self.got += names
        return [self.answers.get(name, GOOD) for name in names]

    def close(self) -> None:
        """Do nothing."""


def relay(store: Store, target: Any, clock: Clock, **options: Any) -> Relay:
    """Return a relay without chance, whose waiting moves the clock."""
    return Relay(
        **{"events": store.events, "target": target, "now": clock, "chance": lambda: 0.5, "wait": clock.forward}
        | options
    )


def pages(*names: str) -> list[tuple[str, str]]:
    """Return pages to publish."""
    return [(name, f"Pillow {name}") for name in names]


def test_events_arrive_in_order(store: Store, clock: Clock, publish: Publish, tmp_path: Path) -> None:
    """Every event arrives in its order with its page, those that take down as well, and then none is left."""
    publish(("a", "Pillow"), ("b", "Bolster"), ("a", "Pillow 2"), ("b", None))
    path = tmp_path / "events.jsonl"
    assert 4 == relay(store, FileTarget(path), clock).deliver().delivered
    events = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert [("a", 1, "Pillow"), ("b", 1, "Bolster"), ("a", 2, "Pillow 2"), ("b", 2, None)] == [
        (event["id"], event["version"], event["document"] and event["document"]["fields"]["title"]) for event in events
    ]
    assert sorted(event["seq"] for event in events) == [event["seq"] for event in events]
    assert 0 == relay(store, FileTarget(path), clock).deliver().delivered
    assert 4 == len(path.read_bytes().splitlines())


def test_many_pages_of_events(store: Store, clock: Clock, publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    """More events than are read at once all arrive, and `limit` ends earlier."""
    monkeypatch.setattr("shopglot.relay.delivery.PAGE", 2)
    publish(*pages("a", "b", "c", "d", "e"))
    target = Script()
    assert 3 == relay(store, target, clock).deliver(limit=3).delivered
    assert list("abc") == target.got
    assert 2 == relay(store, target, clock).deliver().delivered
    assert list("abcde") == target.got


def test_a_later_event_overtakes_a_failed_one(store: Store, clock: Clock, publish: Publish) -> None:
    """A failed event waits for its next attempt, and the others do not wait for it."""
    publish(*pages("a", "b"))
    target = Script(a=LATER)
    tally = relay(store, target, clock).deliver()
    assert (1, 1, 0) == (tally.delivered, tally.failed, tally.dead)
    [row] = store.events.listed("undelivered", limit=5)
    assert ("a", 1, "later") == (row["id"], row["attempts"], row["last_error"])
    clock.forward(7)
    assert 0 == relay(store, target, clock).deliver().failed
    target.answers = {}
    clock.forward(1)  # half of 15 s have passed: chance is 0.5
    assert 1 == relay(store, target, clock).deliver().delivered
    assert ["a", "b", "a"] == target.got


def test_backoff_grows_to_its_bound_and_ends(store: Store, clock: Clock, publish: Publish) -> None:
    """Each attempt waits a random part of a time that grows; after the last one the event is dead with its reason."""
    publish(*pages("a"))
    target = Script(a=LATER)
    waits = []
    for _ in range(7):
        relay(store, target, clock, chance=lambda: 1.0).deliver()
        [row] = store.events.listed("undelivered", limit=5)
        waits.append((datetime.fromisoformat(str(row["next_attempt_at"])) - clock()).total_seconds())
        clock.forward(waits[-1] - 1)
        assert [] == store.events.due(limit=1, now=clock())
        clock.forward(1)
    assert [15, 60, 240, 960, 3840, 7200, 7200] == waits
    tally = relay(store, target, clock).deliver()
    assert (0, 1) == (tally.failed, tally.dead)
    [dead] = store.events.listed("dead", limit=5)
    assert (8, "given up after 8 attempts: later") == (dead["attempts"], dead["last_error"])
    assert row["seq"] == dead["seq"]
    store.events.retry(actor="lin")
    target.answers = {}
    assert 1 == relay(store, target, clock).deliver().delivered


def test_a_final_answer_is_dead_at_once(store: Store, clock: Clock, publish: Publish) -> None:
    """What the target will never take is dead after one attempt, and the rest goes on."""
    publish(*pages("a", "b"))
    tally = relay(store, Script(a=BAD), clock).deliver()
    assert (1, 0, 1) == (tally.delivered, tally.failed, tally.dead)
    assert "no" == tally.error


def test_what_the_target_asks_for_is_honoured(store: Store, clock: Clock, publish: Publish) -> None:
    """Retry-After is the least time for its event, and for as long the relay leaves the endpoint alone."""
    publish(*pages("a", "b"))
    target = Script(a=Answer(kind="retry", error="busy", retry_after=600.0))
    tally = relay(store, target, clock).deliver()
    assert tally.gave_up
    assert ["a"] == target.got
    clock.forward(599)
    assert ["b"] == [str(event.payload["id"]) for event in store.events.due(limit=5, now=clock())]
    clock.forward(1)
    assert 2 == len(store.events.due(limit=5, now=clock()))


def test_no_target_keeps_the_relay_for_ever(store: Store, clock: Clock, publish: Publish) -> None:
    """An endpoint that asks for a year gets a day."""
    publish(*pages("a"))
    relay(store, Script(a=Answer(kind="retry", error="busy", retry_after=3e7)), clock).deliver()
    clock.forward(86_400)
    assert 1 == len(store.events.due(limit=5, now=clock()))


def test_a_dead_endpoint_is_left_alone(store: Store, clock: Clock, publish: Publish) -> None:
    """After so many failures on end nothing more is tried: the other events keep their attempts."""
    publish(*pages(*"abcdefg"))
    target = Script(**dict.fromkeys("abcdefg", LATER))
    tally = relay(store, target, clock, pace=Pace(row=3)).deliver()
    assert list("abc") == target.got
    assert tally.gave_up
    assert 7 == store.events.counts().undelivered


def test_following_waits_longer_and_longer_for_a_dead_endpoint(store: Store, clock: Clock, publish: Publish) -> None:
    """While nothing gets through, single events are tried after longer and longer times; then all arrive."""
    publish(*pages(*"abcd"))
    target = Script(**dict.fromkeys("abcd", LATER))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.forward(seconds)
        if len(waits) == 5:
            target.answers = {}

    made = relay(store, target, clock, pace=Pace(row=2, base=10.0, attempts=99), wait=wait, chance=lambda: 1.0)
    made.stopped = lambda: made.tally.delivered == 4
    assert 4 == made.follow().delivered
    assert [10.0, 20.0, 40.0, 80.0, 160.0] == waits[:5]
    assert 2 + 4 == made.tally.failed


def test_following_sees_new_events(store: Store, clock: Clock, publish: Publish) -> None:
    """With nothing due the relay looks again after a while, until it is stopped."""
    target = Script()
    made = relay(store, target, clock, stopped=lambda: target.got == ["a"])
    made.wait = lambda seconds: publish(*pages("a"))
    assert 1 == made.follow().delivered
    limited = relay(store, target, clock, wait=lambda seconds: publish(*pages("b", "c", "d")))
    assert 2 == limited.follow(limit=2).delivered


def test_stopping_is_between_events(store: Store, clock: Clock, publish: Publish) -> None:
    """A relay that is told to end does so after the event in hand, and leaves the rest undelivered."""
    publish(*pages("a", "b", "c"))
    target = Script()
    made = relay(store, target, clock, stopped=lambda: len(target.got) == 2)
    assert 2 == made.deliver().delivered
    assert 1 == store.events.counts().undelivered


def test_versions_are_durable_before_anybody_hears_of_them(
    store: Store, clock: Clock, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each round's first event the store is made durable."""
    publish(*pages("a", "b"))
    seen: list[list[str]] = []
    target = Script()
    monkeypatch.setattr(type(store.events), "make_durable", lambda events: seen.append(list(target.got)))
    relay(store, target, clock).deliver()
    assert [[]] == seen


def test_a_replay_reaches_a_new_consumer(store: Store, clock: Clock, publish: Publish, tmp_path: Path) -> None:
    """Replayed events arrive once more, equal to the last byte."""
    publish(*pages("a", "b"), ("a", None))
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    relay(store, FileTarget(first), clock).deliver()
    assert 3 == store.events.replay(0, actor="lin")
    assert 3 == relay(store, FileTarget(second), clock).deliver().delivered
    assert first.read_bytes() == second.read_bytes()


def test_secrets_are_not_in_the_store(
    store: Store, clock: Clock, publish: Publish, endpoint: Endpoint, url: str
) -> None:
    """What went wrong with an endpoint is kept without the secret, the credentials or the query."""
    publish(*pages("a", "b"))
    endpoint.reply = lambda number: 500 if number else 0
    key = b"hidden-key-hidden-key-hidden-key"
    address = endpoint.url.replace("http://", "http://lin:hidden-word@") + "?token=hidden-token"
    target = WebhookTarget(address, [key])
    relay(store, target, clock).deliver()
    target.close()
    rows = store.events.listed("undelivered", limit=5)
    assert ["the connection broke", "the endpoint answered 500 Internal Server Error"] == [
        r["last_error"] for r in rows
    ]
    assert "hidden" not in json.dumps(rows)
    if store.database.path is not None:
        assert b"hidden" not in b"".join(path.read_bytes() for path in Path(url).parent.iterdir() if path.is_file())
