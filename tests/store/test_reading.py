"""Where listings stand, what is published, how the nights went, and one listing's history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from shopglot.store import RunSpec, Settlement, Store
from shopglot.types import Json, JudgedSegment, Outcome

WEIRD = {
    "empty": "",
    "astral": "\U00020bb7\U0002a6d6",
    "family": "👨‍👩‍👧‍👦🏳️‍🌈",
    "surrogate": "a\ud800b\udfff",
    "pair apart": "\ud83d\ude00",
    "nul": "a\x00b",
    "escape": "\x1a0041\x1ad800\x1a",
    "control": "\x01\x7f\u2028\u202e\ufeff\r\n",
    "quotes": "'\";--\\%_?:a",
    "long": "记忆棉" * 33_334,
}


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD.keys())
def test_any_text_survives(store: Store, spec: RunSpec, judged_of: Callable[..., JudgedSegment], text: str) -> None:
    """As merchant, id, message, source, target, key and value of a document: what comes out is what went in."""
    run = store.begin_run(spec)
    assert set() == store.see(run.id, [(1, text, text), (2, text, text + "!")])
    outcome = Outcome(
        line=1,
        merchant=text,
        id=text,
        market="us",
        status="review",
        reasons=(text,),
        field=text,
        message=text,
        message_zh=text,
    )
    document: dict[str, Json] = {"id": text, text: [text, {text: None}], "n": 1.5}
    answer = store.settle(
        run.id, outcome, inputs_key="i", judged=[judged_of(text, text, verdict="review")], document=document
    )
    standing = store.standing("us", [(text, text), (text, text + "!")])
    assert [(text, text)] == list(standing)
    found = standing[text, text]
    assert ("published", (text,), text, text, text) == (
        answer, found.reasons, found.field, found.message, found.message_zh
    )  # fmt: skip
    assert [document] == list(store.published("us"))
    [held] = store.history(text)[1]["held"]
    assert (text, text, text) == (store.history(text)[1]["merchant"], held["source"], held["target"])


def test_standing_says_what_the_store_knows(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """Of every listing that was settled in the market, in any number; of no other."""
    run = store.begin_run(spec)
    names = [("m", f"xhs-{line}") for line in range(1, 1302)]
    store.see(run.id, [(line, *name) for line, name in enumerate(names, 1)])
    store.settle_many(run.id, [settlement_of(line) for line in range(1, 1301)])
    found = store.standing("us", names)
    assert names[:1300] == sorted(found, key=lambda name: int(name[1][4:]))
    known = found["m", "xhs-7"]
    assert ("i0", "review", run.id, 7) == (known.inputs_key, known.status, known.run_id, known.line)
    assert (known.version, known.reasons) == (None, ())
    assert {} == store.standing("hk", names)
    assert {} == store.standing("us", [])


def test_the_published_catalog_has_one_order(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """By merchant and id, by code point, whatever the order in which they were published."""
    run = store.begin_run(spec)
    names = [("b", "1"), ("a", "10"), ("a", "9"), ("", "z"), ("a", "\U00020bb7"), ("a", "中"), ("B", "1")]
    store.see(run.id, [(line, *name) for line, name in enumerate(names, 1)])
    store.settle_many(
        run.id,
        [
            settlement_of(line, title="t", merchant=merchant, name=name)
            for line, (merchant, name) in enumerate(names, 1)
        ],
    )
    assert [name for _, name in sorted(names)] == [document["id"] for document in store.published("us")]


def test_the_published_catalog_is_that_of_one_moment(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]
) -> None:
    """An export that is being read does not see what is published or withdrawn meanwhile, and does not stop it."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 502)])
    store.settle_many(run.id, [settlement_of(line, title="old") for line in range(1, 501)])
    reading = store.published("us")
    next(reading)
    changed = [replace(settlement_of(2), withdraw=True), *(settlement_of(line, title="new") for line in (3, 400, 501))]
    store.settle_many(run.id, changed)
    assert ["{'title': 'old'}"] * 499 == [str(document["fields"]) for document in reading]
    assert 500 == len(list(store.published("us")))


def test_documents_keep_the_merchant_s_order_of_keys(
    store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome]
) -> None:
    """An export reads like the merchant's own page."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "xhs-1")])
    document: dict[str, Json] = {"id": "xhs-1", "z": 1, "fields": {"title": "t", "b": [], "a": {}}}
    store.settle(run.id, outcome_of(1), inputs_key="i", judged=[], document=document)
    assert str([document]) == str(list(store.published("us")))


def test_status_counts_what_there_is(
    store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome], settlement_of: Callable[..., Settlement]
) -> None:
    """Items by market and status, what is on sale, why the rest is held, and what no one has been told yet."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, "m", f"xhs-{line}") for line in range(1, 6)])
    store.settle_many(run.id, [settlement_of(line, title="t") for line in (1, 2)])
    for line, why in ((3, "number.changed"), (4, "number.changed"), (5, "term.missing")):
        store.settle(run.id, outcome_of(line, status="review", why=why), inputs_key="i", judged=[])
    store.settle(run.id, outcome_of(3, market="hk", status="reject", why="common.profanity"), inputs_key="i", judged=[])
    status = store.status(top=2)
    assert {"hk": {"reject": 1}, "us": {"publish": 2, "review": 3}} == status["items"]
    assert {"us": 2} == status["published"]
    assert [
        {"market": "us", "reason": "number.changed", "count": 2},
        {"market": "hk", "reason": "common.profanity", "count": 1},
    ] == status["held"]
    assert (2, {"machine": 0, "human": 0}) == (status["undelivered"], status["memory"])


def test_history_tells_runs_outcomes_and_versions_in_order(
    store: Store,
    spec: RunSpec,
    outcome_of: Callable[..., Outcome],
    judged_of: Callable[..., JudgedSegment],
    settlement_of: Callable[..., Settlement],
) -> None:
    """Two nights: published, then held with its finding; the first version is still the one on sale."""
    first = store.begin_run(spec)
    store.see(first.id, [(1, "m", "xhs-1")])
    store.settle_many(first.id, [settlement_of(1, title="Pillow")])
    store.finish_run(first, {})
    second = store.begin_run(spec)
    store.see(second.id, [(4, "m", "xhs-1")])
    judged = [judged_of("好", "Good"), judged_of("坏", "Memory", verdict="review")]
    store.settle(
        second.id, outcome_of(4, name="xhs-1", status="review", why="number.changed"), inputs_key="j", judged=judged
    )
    store.record(second.id, [outcome_of(9, name="xhs-1", status="failed", why="duplicate-id")])
    events = store.history("xhs-1")
    assert [
        ("run", 1, None),
        ("outcome", 1, "publish"),
        ("version", 1, True),
        ("run", 2, None),
        ("outcome", 2, "review"),
        ("outcome", 2, "failed"),
    ] == [
        (
            event["event"],
            event["run_id"],
            None if event["event"] == "run" else event.get("current", event.get("status")),
        )
        for event in events
    ]
    assert [event["at"] for event in events[:3]] == sorted(event["at"] for event in events[:3])
    [held] = events[4]["held"]
    assert ("坏", "review", ["number.changed"], "缺少数字。") == (
        held["source"], held["decision"], held["reasons"], held["findings"][0]["message_zh"]
    )  # fmt: skip
    assert ["held" in event for event in events] == [False, False, False, False, True, False]


def test_history_is_told_of_every_merchant_with_that_id(
    store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome], settlement_of: Callable[..., Settlement]
) -> None:
    """Broken lines that never became a listing count too; naming the merchant narrows it."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a")])
    store.settle_many(run.id, [settlement_of(1, name="a")])
    store.record(run.id, [outcome_of(2, name="a", merchant="n", status="failed", why="fields.missing")])
    assert ["m", "n"] == [event["merchant"] for event in store.history("a") if event["event"] == "outcome"]
    assert ["n"] == [event["merchant"] for event in store.history("a", merchant="n") if event["event"] == "outcome"]
    assert [] == store.history("b")


def test_history_follows_the_runs_when_the_clock_is_set_back(
    store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement], clock: Callable[[], object]
) -> None:
    """Cause and effect keep their order."""
    for hours in (0, -5):
        clock.time = clock.time.replace(hour=12 + hours)  # type: ignore[attr-defined]
        run = store.begin_run(spec)
        store.see(run.id, [(1, "m", "xhs-1")])
        store.settle_many(run.id, [settlement_of(1, title=f"at {hours}")])
        store.finish_run(run, {})
    assert [1, 1, 1, 2, 2, 2] == [event["run_id"] for event in store.history("xhs-1")]
