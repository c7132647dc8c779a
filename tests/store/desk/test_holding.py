"""What waits for people follows every settlement, in its transaction, and keeps what they have done with it."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from shopglot.store import RunSpec, Settlement, Store
from shopglot.store.desk import holding
from shopglot.store.desk.searching import fold, words
from shopglot.store.desk.urgency import ERROR_RISK, WARNING_RISK, exposure, risk
from shopglot.store.judging import text_key
from shopglot.store.schema import actions, handled, held, items, listings, segments, sources
from shopglot.types import JudgedSegment, Outcome

Judge = Callable[..., JudgedSegment]
Place = tuple[int, str]


@pytest.fixture
def night(store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome]) -> Callable[..., None]:
    """Settle pages: {line: judged segments}, in a market, with a status and a document."""
    run = store.begin_run(spec)

    def settle(
        pages: dict[int, list[JudgedSegment]], *, status: str = "review", market: str = "us", document: Any = None
    ) -> None:
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in pages])
        made = []
        for line, judged in pages.items():
            outcome = outcome_of(line, market=market, status=status)
            source = None if document is None else {"id": outcome.id, "merchant": "m", **document}
            content = {"id": outcome.id, "text": [one.translation.target for one in judged]}
            made.append(
                Settlement(
                    outcome=outcome, inputs_key="i", judged=judged, source=source,
                    document=content if status == "publish" else None,
                )
            )  # fmt: skip
        store.settle_many(run.id, made)

    return settle


def rows(store: Store) -> dict[Place, dict[str, Any]]:
    """Return the queue's rows."""
    with store.database.read() as connection:
        return {(row["listing"], row["market"]): dict(row) for row in connection.execute(select(held)).mappings()}


def do(store: Store, position: int, deed: str = "reject", *, listing: int = 1, market: str = "us") -> None:
    """Do something with a segment, as the desk does."""
    with store.database.write() as connection:
        row = connection.execute(
            select(segments, listings.c.merchant, listings.c.id)
            .join(listings, listings.c.number == segments.c.listing)
            .where(segments.c.listing == listing, segments.c.market == market, segments.c.position == position)
        ).one()
        act = {"at": store._now(), "actor": "lin", "action": deed, "detail": "{}", "note": ""}
        number = connection.scalar(insert(actions).values(**act).returning(actions.c.id))
        key = text_key(
            market=market, merchant=row.merchant, listing=row.id, path=row.path, index=row.number, source=row.source,
            target=row.target,
        )  # fmt: skip
        own = handled.c.listing == listing, handled.c.market == market, handled.c.position == position
        connection.execute(delete(handled).where(*own))
        connection.execute(
            insert(handled).values(
                listing=listing, market=market, position=position, text_key=key, deed=deed, target=row.target,
                actor="lin", at=store._now(), seconds=3.0, action_id=number,
            )
        )  # fmt: skip
        holding.recount(connection, listing, market)


def turn(store: Store, state: str, *, listing: int = 1, market: str = "us") -> None:
    """Escalate a page, or send it back."""
    with store.database.write() as connection:
        own = held.c.listing == listing, held.c.market == market
        connection.execute(update(held).where(*own).values(state=state))


def test_a_page_comes_stays_and_goes(store: Store, night: Callable[..., None], judged_of: Judge) -> None:
    """It waits from the first night on, without a break, until it is published; and anew when it is held again."""
    judged = judged_of(verdict="review")
    night({1: [judged], 2: [judged_of()]})
    assert [(1, "us")] == list(rows(store))
    [first] = rows(store).values()
    assert ("xhs-1", "m", "review", "error", " title ", " number.changed ", 1, 1, "open") == tuple(
        first[name]
        for name in ("id", "merchant", "verdict", "severity", "fields", "reasons", "segments", "open", "state")
    )
    night({1: [judged_of("别的", verdict="review"), judged_of()]}, status="reject")
    [second] = rows(store).values()
    assert (first["held_at"], "reject", 1) == (second["held_at"], second["verdict"], second["segments"])
    night({1: [judged_of()]}, status="publish")
    assert {} == rows(store)
    night({1: [judged]})
    [third] = rows(store).values()
    assert third["held_at"] > first["held_at"]


@pytest.mark.parametrize("status", ["publish", "failed", "skipped"])
def test_only_review_and_reject_wait(store: Store, night: Callable[..., None], judged_of: Judge, status: str) -> None:
    """A page of another status is not in the queue, and one that is held without a held segment neither."""
    night({1: [judged_of(verdict="review")]})
    night({1: [judged_of(verdict="review")]}, status=status)
    night({2: [judged_of()]})
    assert {} == rows(store)


def test_what_is_published_costs_no_write(store: Store, night: Callable[..., None], judged_of: Judge) -> None:
    """Pages that were never held write nothing into the queue, on the first night and later."""
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "held" in statement and not statement.lstrip().startswith("SELECT"):
            said.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", listen)
    night({line: [judged_of()] for line in range(1, 4)}, status="publish")
    night({line: [judged_of(target="anew")] for line in range(1, 4)}, status="publish")
    assert [] == said
    night({1: [judged_of(verdict="review")]})
    assert [] != said


def test_who_has_a_page_stays(store: Store, night: Callable[..., None], judged_of: Judge, clock: Any) -> None:
    """Assignee, day and a running claim are the desk's: no settlement changes them."""
    night({1: [judged_of(verdict="review")]})
    until = clock()
    store.queue.assign([(1, "us")], "lin", until, "ho")
    store.queue.claim(1, "us", "wang")
    before = rows(store)[1, "us"]
    night({1: [judged_of("别的", "Other", verdict="review")]})
    after = rows(store)[1, "us"]
    names = ("assignee", "due_at", "claimed_by", "claimed_until", "held_at")
    assert ("lin", until, "wang") == tuple(after[name] for name in names[:3])
    assert [before[name] for name in names] == [after[name] for name in names]
    assert after["text_key"] != before["text_key"]


def test_what_was_refused_does_not_come_back_as_it_was(
    store: Store, night: Callable[..., None], judged_of: Judge
) -> None:
    """A page all of whose held texts were handled is done, and stays so until one of them is another."""
    held_now = [judged_of(verdict="review"), judged_of("二", "Two", verdict="review"), judged_of()]
    night({1: held_now})
    do(store, 0)
    assert (1, "open") == (rows(store)[1, "us"]["open"], rows(store)[1, "us"]["state"])
    do(store, 1)
    for _ in range(2):
        night({1: held_now})
        assert (0, "done") == (rows(store)[1, "us"]["open"], rows(store)[1, "us"]["state"])
    night({1: [held_now[0], judged_of("二", "Two again", verdict="review"), judged_of()]})
    assert (1, "open") == (rows(store)[1, "us"]["open"], rows(store)[1, "us"]["state"])
    with store.database.read() as connection:
        assert [0] == list(connection.scalars(select(handled.c.position)))


@pytest.mark.parametrize("state", ["escalated", "returned"])
def test_a_page_that_was_sent_on_stays_there(
    store: Store, night: Callable[..., None], judged_of: Judge, state: str
) -> None:
    """Until what is held of it says something else, in its source or in its target."""
    night({1: [judged_of(verdict="review")]})
    turn(store, state)
    night({1: [judged_of(verdict="review"), judged_of("三", "Three")]})
    assert state == rows(store)[1, "us"]["state"]
    for other in (judged_of(target="Other", verdict="review"), judged_of("别的", "Other", verdict="review")):
        night({1: [other]})
        assert "open" == rows(store)[1, "us"]["state"]
        turn(store, state)


def test_recounting(store: Store, night: Callable[..., None], judged_of: Judge) -> None:
    """Nothing open: done, unless it was sent back; something open: no longer done. No page: nothing."""
    night({1: [judged_of(verdict="review"), judged_of("二", verdict="review")]})
    found = []
    for state in ("open", "escalated", "returned", "done"):
        with store.database.write() as connection:
            connection.execute(delete(handled))
            connection.execute(update(held).values(state=state))
            found.append((holding.recount(connection, 1, "us"), connection.scalar(select(held.c.state))))
        do(store, 0)
        turn(store, state)
        do(store, 1)
        found.append((rows(store)[1, "us"]["open"], rows(store)[1, "us"]["state"]))
    assert [
        (2, "open"), (0, "done"), (2, "escalated"), (0, "done"), (2, "returned"), (0, "returned"),
        (2, "open"), (0, "done"),
    ] == found  # fmt: skip
    with store.database.write() as connection:
        assert 0 == holding.recount(connection, 99, "us")


def test_a_settlement_that_fails_leaves_the_queue_as_it_was(
    store: Store, night: Callable[..., None], judged_of: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same transaction."""
    night({1: [judged_of(verdict="review")]})
    before = rows(store)
    monkeypatch.setattr("shopglot.store.itemising.record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        night({1: [judged_of()], 2: [judged_of(verdict="review")]})
    assert before == rows(store)


SOURCES, TARGETS = ("枕头", "杯子\ud800", "ＡＢＣ"), ("Pillow", "Cup\x00", "?")
STATES = ("review", "review", "reject", "publish", "failed", "skipped")


class Model:
    """What the queue has to say, told in another way: from the texts, page by page."""

    def __init__(self) -> None:
        self.state: dict[Place, str] = {}
        self.texts: dict[Place, list[tuple[str, str, str]]] = {}  # verdict, source, target
        self.done: dict[Place, dict[int, tuple[str, str]]] = {}
        self.since: dict[Place, datetime | None] = {}

    def settle(self, place: Place, status: str, texts: list[tuple[str, str, str]]) -> None:
        """A night has made the page again."""
        held_now = [text[1:] for text in texts if text[0] != "publish"]
        if status not in ("review", "reject") or not held_now:
            for known in (self.state, self.texts, self.done, self.since):
                known.pop(place, None)
            return
        before = [text[1:] for text in self.texts.get(place, []) if text[0] != "publish"]
        self.done[place] = {
            at: said for at, said in self.done.get(place, {}).items() if at < len(texts) and texts[at][1:] == said
        }
        kept = self.state.get(place) in ("escalated", "returned") and before == held_now
        self.texts[place] = texts
        if not kept:
            self.state[place] = "open" if self.open(place) else "done"
        self.since.setdefault(place, None)

    def open(self, place: Place) -> int:
        """How many held texts nobody has done anything with."""
        texts = enumerate(self.texts[place])
        return sum(text[0] != "publish" and at not in self.done[place] for at, text in texts)


@pytest.mark.parametrize("seed", range(12))
def test_any_sequence_of_nights_and_deeds(
    store: Store, night: Callable[..., None], judged_of: Judge, seed: int
) -> None:
    """The queue is always what the pages, and what was done with them, say it is."""
    chance, model = random.Random(seed), Model()  # noqa: S311 - not for secrets
    for _ in range(10):
        market, status = chance.choice(("us", "hk")), chance.choice(STATES)
        pages: dict[int, list[JudgedSegment]] = {}
        for line in chance.sample((1, 2, 3), chance.randint(1, 3)):
            texts = [
                (chance.choice(("publish", "review", "reject")), chance.choice(SOURCES), chance.choice(TARGETS))
                for _ in range(chance.randint(0, 3))
            ]
            pages[line] = [
                numbered(judged_of(source, target, verdict=verdict), at)
                for at, (verdict, source, target) in enumerate(texts)
            ]
            if status == "publish" and not texts:
                pages.pop(line)
                continue
            model.settle((line, market), status, texts)
        night(pages, status=status, market=market, document={"category": "c", "fields": {"title": "标题"}})
        listed = numbers(store)
        for place in list(model.state):
            if chance.random() < 0.4:
                at = chance.choice([at for at, text in enumerate(model.texts[place]) if text[0] != "publish"])
                model.done[place][at] = model.texts[place][at][1:]
                do(store, at, listing=listed[place[0]], market=place[1])
                if model.open(place) == 0 and model.state[place] != "returned":
                    model.state[place] = "done"
            if chance.random() < 0.2:
                model.state[place] = chance.choice(("escalated", "returned"))
                turn(store, model.state[place], listing=listed[place[0]], market=place[1])
        compare(store, model)
        assert [] == [line for line in store.upkeep.check() if "queue" in line]


def numbered(judged: JudgedSegment, index: int) -> JudgedSegment:
    """Return a judged segment in another place."""
    key = replace(judged.segment.key, index=index)
    return replace(judged, segment=replace(judged.segment, key=key))


def numbers(store: Store) -> dict[int, int]:
    """Return the listings' numbers by line."""
    with store.database.read() as connection:
        return {int(row.id.split("-")[1]): row.number for row in connection.execute(select(listings))}


def compare(store: Store, model: Model) -> None:
    """Check every row against the model, and against what the rows of the page give."""
    found, by_line = rows(store), numbers(store)
    assert {(by_line[line], market) for line, market in model.state} == set(found)
    for (line, market), state in model.state.items():
        row = found[by_line[line], market]
        assert (state, model.open((line, market))) == (row["state"], row["open"])
        derived = derive(store, by_line[line], market)
        assert derived == {name: row[name] for name in derived}


def derive(store: Store, listing: int, market: str) -> dict[str, Any]:
    """Return what the rows of a page give."""
    with store.database.read() as connection:
        page = connection.execute(
            select(items, listings.c.merchant, listings.c.id, sources.c.document)
            .join(listings, listings.c.number == items.c.listing)
            .join(sources, (sources.c.listing == items.c.listing) & (sources.c.version == items.c.source), isouter=True)
            .where(items.c.listing == listing, items.c.market == market)
        ).all()
        own = segments.c.listing == listing, segments.c.market == market, segments.c.verdict != "publish"
        waiting = connection.execute(select(segments).where(*own).order_by(segments.c.position))
        place = {(listing, market): [holding.of_row(row) for row in waiting]}
    [made] = holding.pages_of(page, place)
    return dict(holding.derive(made))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, 1.0),
        ({}, 1.0),
        ({"views": 999, "sales": 9}, 4.0),
        ({"views": 9, "sales": 999.0}, 4.0),
        ({"views": 0}, 1.0),
        ({"price": {"amount": "99.90"}, "stock": 10}, 4.0),
        ({"price": {"amount": 99.9}, "stock": 10}, 4.0),
        ({"price": {"amount": "99.90"}, "stock": 10, "sales": 9}, 2.0),
        ({"views": -5, "price": {"amount": "99.90"}, "stock": 10}, 4.0),
        ({"views": math.nan, "sales": True}, 1.0),
        ({"views": math.inf}, 16.0),
        ({"sales": 10**4_000}, 16.0),
        ({"price": {"amount": 1e300}, "stock": 1e300}, 16.0),
        ({"price": {"amount": "١٢"}, "stock": 10}, 1.0),
        ({"price": {"amount": "1e9"}, "stock": 10}, 1.0),
        ({"price": {"amount": "-5"}, "stock": 10}, 1.0),
        ({"price": "99", "stock": "10"}, 1.0),
        ({"price": [], "stock": {}, "views": "100", "sales": None}, 1.0),
    ],
)
def test_exposure(document: Any, expected: float) -> None:
    """What shoppers would see of a page, whatever its document holds."""
    assert exposure(document) == pytest.approx(expected)


def test_risk() -> None:
    """One less the lowest score, and at least what the worst finding says."""
    assert [0.75, ERROR_RISK, WARNING_RISK, 0.95, 0.0, 1.0] == pytest.approx(
        [
            risk(0.25, [""]),
            risk(0.5, ["error"]),
            risk(1, ["", "warning"]),
            risk(0.05, ["error"]),
            risk(1, []),
            risk(-3, []),
        ]
    )


def test_a_finding_that_does_not_hold_is_no_risk(store: Store, night: Callable[..., None], judged_of: Judge) -> None:
    """One that was set aside, or that only tells: the page waits because of its score."""
    judged = judged_of(verdict="review")
    judged = replace(judged, decision=replace(judged.decision, reasons=("score.low",)))
    night({1: [judged]}, document={"views": 99})
    row = rows(store)[1, "us"]
    assert ("", 0.25, 3.0, 0.75) == (row["severity"], row["risk"], row["exposure"], row["priority"])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｍemory　ＦＯＡＭ", "memory foam"), ("Straße ﬁ", "strasse fi"), ("ﾌﾟﾛ", "プロ"), ("a\r\n\tb  c", "a b c"),
        ("\ud800x\x00\x1a", "\ufffdx\ufffd\ufffd"), ("繁體𠮷", "繁體𠮷"), ("①", "1"), ("", ""), ("İ", "i̇"),
    ],
)  # fmt: skip
def test_folding(text: str, folded: str) -> None:
    """Case, width and white space do not count; folded again it is the same."""
    assert folded == fold(text) == fold(fold(text))


def test_words_are_lines() -> None:
    """Each text once, none beginning in the one before."""
    assert "ab\ncd" == words(["AB", "cd", "ab ", "", " \n", "AB"])[:5]
