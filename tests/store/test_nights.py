"""What the nightly report reads: runs, outcomes, samples of pages, what waits, what was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.clocks import Clock

from shopglot.errors import StoreError, UsageError
from shopglot.store import RunSpec, Settlement, Store, memory, open_store
from shopglot.store.nights import Nights
from shopglot.store.schema import dismissals, meta
from shopglot.types import Judgement, Translation

Settle = Callable[..., Settlement]


@pytest.fixture
def nights(store: Store) -> Nights:
    """The reader."""
    return Nights(store.database)


@pytest.fixture
def night(store: Store, spec: RunSpec, settlement_of: Settle) -> Callable[..., int]:
    """Return a function that writes a finished run: titles of published pages by line, None for held ones."""

    def write(titles: dict[int, str | None], *, finish: bool = True, market: str = "us", content: str = "") -> int:
        run = store.begin_run(replace(spec, content=content or repr((market, titles))))
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in titles])
        for line, title in titles.items():
            made = settlement_of(line, title=title, market=market, key=f"{run.id}")
            why = () if title else ("score.low", "number.changed")
            document = {"id": f"xhs-{line}", "category": f"家居/{line % 2}"}
            outcome = replace(made.outcome, reasons=why)
            judged = [replace(one, decision=replace(one.decision, verdict="review")) for one in made.judged]
            made = replace(
                made, outcome=outcome, source=document, source_digest=f"{line}", judged=made.judged if title else judged
            )
            store.settle_many(run.id, [made])
        if finish:
            store.finish_run(run, {"seconds": 1.5})
        return run.id

    return write


def test_runs(nights: Nights, night: Callable[..., int]) -> None:
    """The last finished run with those before it, and those that go on."""
    first, second = night({1: "A"}), night({1: "B"})
    going = night({1: "C"}, finish=False)
    chosen = nights.choose(before=28)
    assert (chosen.run.id, [one.id for one in chosen.earlier], chosen.going) == (second, [first], (going,))
    assert (chosen.run.markets, chosen.run.engines) == (("hk", "us"), ("fake@0",))
    assert chosen.run.summary == {"seconds": 1.5}
    assert chosen.until is not None
    assert chosen.until > chosen.run.started_at
    named = nights.choose(going, before=1)
    assert (named.run.status, [one.id for one in named.earlier], named.until) == ("running", [second], None)
    assert nights.choose(first, before=0).earlier == ()


def test_no_such_run(nights: Nights, night: Callable[..., int]) -> None:
    """A word on what is there instead."""
    with pytest.raises(UsageError, match="it has no run yet"):
        nights.choose(before=1)
    night({1: "A"})
    with pytest.raises(UsageError, match="it has no run 9; its runs are 1 to 1"):
        nights.choose(9, before=1)


def test_an_older_store(tmp_path: Path) -> None:
    """It lacks what is asked for, and says what to do."""
    url = str(tmp_path / "old.db")
    with open_store(url) as store, store.database.write() as connection:
        connection.execute(meta.update().where(meta.c.name == "schema_version").values(value="3"))
    with open_store(url, create=False) as store, pytest.raises(StoreError, match="shopglot store upgrade"):
        Nights(store.database)


def test_outcomes_are_counted(nights: Nights, night: Callable[..., int]) -> None:
    """By run, market, status and reasons; of one run by merchant too."""
    first = night({1: "A", 2: "B", 3: None, 4: None})
    second = night({1: "A2"}, market="hk")
    found = {(one.run_id, one.market, one.status, one.reasons): one.count for one in nights.outcomes([first, second])}
    assert found == {
        (first, "us", "publish", ()): 2,
        (first, "us", "review", ("score.low", "number.changed")): 2,
        (second, "hk", "publish", ()): 1,
    }
    assert [(one.merchant, one.status, one.count) for one in nights.merchants(first)] == [
        ("m", "publish", 2), ("m", "review", 2),
    ]  # fmt: skip
    assert nights.outcomes([]) == []


def test_versions_and_what_waits(nights: Nights, night: Callable[..., int]) -> None:
    """What was written, what is on sale, what waits and since when."""
    first = night({1: "A", 2: "B", 3: None, 4: None})
    second = night({1: "A2"})
    assert (nights.versions(first), nights.versions(second)) == ({("us", "publish"): 2}, {("us", "publish"): 1})
    assert nights.on_sale() == {"us": 2}
    [waiting] = nights.waiting()
    assert (waiting.market, waiting.state, waiting.pages, waiting.texts) == ("us", "open", 2, 2)
    assert waiting.oldest.tzinfo is not None
    assert nights.held_categories(first) == {("us", "家居/0"): 1, ("us", "家居/1"): 1}
    assert nights.held_categories(second) == {}


def test_the_sample_is_the_same_each_time_and_of_whole_pages(nights: Nights, night: Callable[..., int]) -> None:
    """Pages by their keys, with the run that left them so; texts page after page."""
    first = night({line: f"T{line}" for line in range(1, 31)})
    second = night({5: "new"})
    some, again = (nights.pages("us", [first], most=7) for _ in range(2))
    everything = nights.pages("us", [first, second], most=100, categories=True)
    assert some == again
    assert [page.number for page in some] == [page.number for page in everything if page.run_id == first][:7]
    assert [page.number for page in some] != sorted(page.number for page in everything)[:7], "not the first ones"
    assert [page.id for page in everything if page.run_id == second] == ["xhs-5"]
    assert {page.category for page in everything} == {"家居/0", "家居/1"}
    assert {page.category for page in some} == {""}
    numbers = [page.number for page in some]
    assert [row.listing for row in nights.segments("us", numbers, most=100)] == numbers
    assert [row.listing for row in nights.segments("us", numbers, most=3)] == numbers[:3]
    assert list(nights.segments("hk", numbers, most=3)) == []
    assert nights.pages("us", [], most=3) == []


def test_what_was_translated_before(store: Store, nights: Nights, clock: Clock, night: Callable[..., int]) -> None:
    """Texts of earlier runs of the market only, at most so many."""
    runs = [night({1: name}) for name in "AB"]
    for run, market, source in ((1, "us", "枕头"), (1, "us", "被子"), (1, "hk", "毛巾"), (2, "us", "面膜")):
        made = Translation(
            source=source, target="x", market=market, model="m", origin="machine", unit_key=source, machine_key=source
        )
        with store.database.write() as connection:
            memory.remember(connection, [made], run_id=runs[run - 1], now=clock())
    assert set(nights.earlier_sources("us", runs[1], most=9)) == {"枕头", "被子"}
    assert len(list(nights.earlier_sources("us", runs[1], most=1))) == 1
    assert list(nights.earlier_sources("us", runs[0], most=9)) == []


def test_what_people_set_aside(store: Store, nights: Nights, clock: Clock) -> None:
    """Findings that were set aside in a time, and not taken back, by rule and reason."""
    act = {"at": clock(), "actor": "lin", "action": "dismiss", "detail": "{}", "note": ""}
    row = {
        "market": "us", "unit_key": "u", "listing_key": "l", "merchant_key": "k", "merchant": "m", "listing": "x",
        "path": "/fields/title", "number": 0, "field": "title", "version": 1, "side": "target", "words": "w",
        "target": "t", "note": "", "actor": "lin", "action_id": 1, "ended_at": None,
    }  # fmt: skip
    begin = clock()
    day = timedelta(days=1)
    rows = [
        row | {"finding": "omission", "reason": "false-alarm", "at": begin},
        row | {"finding": "omission", "reason": "false-alarm", "at": begin + day / 2},
        row | {"finding": "omission", "reason": "checked", "at": begin + day},
        row | {"finding": "addition", "reason": "other", "at": begin, "ended_at": begin + day / 2},
    ]
    with store.database.write() as connection:
        from shopglot.store.schema import actions

        connection.execute(insert(actions), act)
        connection.execute(insert(dismissals), rows)
    assert nights.dismissed(begin, begin + day) == {("us", "omission", "false-alarm"): 2}
    assert nights.newest_act() is not None


def test_nobody_did_anything(nights: Nights) -> None:
    """Then there is no newest act, and nothing waits."""
    assert nights.newest_act() is None
    assert (nights.waiting(), nights.on_sale(), nights.merchants(1), nights.versions(1)) == ([], {}, [], {})


def test_texts_that_the_audit_refused(store: Store, nights: Nights, clock: Clock) -> None:
    """Only those of the audit, only the refused ones, the newest first, up to a moment."""
    begin = clock()
    for number in range(4):
        store.add_judgements([
            Judgement(
                market="us", merchant="m", listing=f"x{number}", path="/fields/title", source="枕头", target="Pillow",
                origin="machine", published=number == 1, reviewer="lin", channel="desk" if number == 0 else "audit",
                judged_at=begin + timedelta(seconds=number),
            )
        ])  # fmt: skip
    assert [row.listing for row in nights.refused("us", until=None, most=9)] == ["x3", "x2"]
    assert [row.listing for row in nights.refused("us", until=begin + timedelta(seconds=3), most=9)] == ["x2"]
    assert [row.listing for row in nights.refused("us", until=None, most=1)] == ["x3"]
    assert nights.refused("hk", until=None, most=9) == []
