"""What a store knows of one merchant: every page and line once, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from shopglot.store import Run, RunSpec, Settlement, Store
from shopglot.store.merchants import ShopPage
from shopglot.types import Json, JudgedSegment, Outcome

Settle = Callable[..., Settlement]
Tell = Callable[..., Outcome]


@pytest.fixture
def night(store: Store, spec: RunSpec) -> Callable[..., Run]:
    """Work through a catalog: what it sees, what is settled, what is told of lines."""

    def run(
        settlements: Sequence[Settlement] = (),
        *,
        seen: Sequence[tuple[int, str, str]] = (),
        told: Sequence[Outcome] = (),
        catalog: str = "catalog.jsonl",
        finish: bool = True,
    ) -> Run:
        now = store.begin_run(replace(spec, catalog=catalog))
        own = [(s.outcome.line, s.outcome.merchant, s.outcome.id) for s in settlements]
        store.see(now.id, list(dict.fromkeys((*own, *seen))))
        store.settle_many(now.id, settlements)
        store.record(now.id, told)
        if finish:
            store.finish_run(now, {})
        return now

    return run


def pages(store: Store, market: str = "us", merchant: str = "m") -> tuple[ShopPage, ...]:
    """Return a merchant's pages in a market."""
    shop = store.merchants.read(merchant)
    return () if shop is None else shop.pages.get(market, ())


def test_nobody(store: Store) -> None:
    """A merchant of whom the store has nothing is none; so is everybody in an empty store."""
    assert [] == store.merchants.names()
    assert None is store.merchants.read("m")
    assert None is store.merchants.read("")


def test_pages_and_who_they_are_of(store: Store, night: Callable[..., Run], settlement_of: Settle) -> None:
    """Pages are told by market in the order of the catalog, with title, state and what was found; others' are not."""
    source: dict[str, Json] = {"id": "xhs-1", "fields": {"title": "记忆棉枕头\ud83d"}}
    first = replace(settlement_of(1, title="Pillow"), source=source, source_digest="d1")
    held = replace(settlement_of(2), judged=[])
    night([first, held, settlement_of(3, title="Cup", market="hk"), settlement_of(4, title="Cup", merchant="")])
    assert ["", "m"] == store.merchants.names()
    shop = store.merchants.read("m")
    assert shop is not None
    assert (1, True, ["hk", "us"]) == (shop.run_id, shop.finished, sorted(shop.pages))
    told = [(page.id, page.status, page.on_sale, page.title) for page in shop.pages["us"]]
    assert [
        ("xhs-1", "publish", True, "记忆棉枕头\ud83d"), ("xhs-2", "review", False, ""), ("xhs-3", None, False, ""),
    ] == told  # fmt: skip
    only = store.merchants.read("", ["us", "mo"])
    assert only is not None
    assert {"us": ["publish"], "mo": [None]} == {m: [page.status for page in own] for m, own in only.pages.items()}


def test_findings(
    store: Store, night: Callable[..., Run], settlement_of: Settle, judged_of: Callable[..., JudgedSegment]
) -> None:
    """Only segments in which something was found, or that do not publish, are told."""
    night([replace(settlement_of(1), judged=[judged_of(), judged_of("三个", "two", verdict="review")])])
    [page] = pages(store)
    assert [("三个", "two", "review", ("number.changed",))] == [
        (own.source, own.target, own.verdict, own.reasons) for own in page.noted
    ]
    assert ["缺少数字。"] == [finding.message_zh for finding in page.noted[0].findings]


def test_taken_down_paused_and_back(
    store: Store, night: Callable[..., Run], settlement_of: Settle, outcome_of: Tell
) -> None:
    """A page that a rule took down says since when; a paused one that it is paused, and by whom nothing."""
    night([settlement_of(1, title="One"), settlement_of(2, title="Two")])
    refused = replace(settlement_of(1, key="i1"), outcome=outcome_of(1, status="reject", why="us.x"), withdraw=True)
    night([refused], seen=[(2, "m", "xhs-2")])
    store.enrolment.pause("us", "m", "xhs-2", actor="lin")
    one, two = pages(store)
    assert ("reject", False, False, "run") == (one.status, one.on_sale, one.paused, one.withdrawn_by)
    assert one.withdrawn_at is not None
    assert ("publish", False, True, "pause") == (two.status, two.on_sale, two.paused, two.withdrawn_by)
    store.enrolment.resume("us", "m", "xhs-2", actor="lin")
    night([settlement_of(1, title="Mended", key="i2")], seen=[(2, "m", "xhs-2")])
    one, two = pages(store)
    assert ("publish", True, None) == (one.status, one.on_sale, one.withdrawn_at)
    assert (True, False) == (two.on_sale, two.paused)


def test_lines_that_failed(store: Store, night: Callable[..., Run], settlement_of: Settle, outcome_of: Tell) -> None:
    """A page whose line is broken tonight is that line; a mended line, and a repaired night, leave nothing behind."""
    night([settlement_of(1, title="One")])
    broken = outcome_of(1, status="failed", why="json.invalid")
    nameless = replace(outcome_of(2, status="failed", why="json.invalid"), id="")
    night(told=[broken, nameless])
    first, second = pages(store)
    assert ("xhs-1", True, "failed", True, False) == (
        first.id, first.listed, first.status, first.on_sale, first.gone,
    )  # fmt: skip
    assert ("", False, "failed", 2) == (second.id, second.listed, second.status, second.line)
    night(seen=[(1, "m", "xhs-1")])
    assert [("xhs-1", "publish")] == [(page.id, page.status) for page in pages(store)]


def test_a_line_that_repeats_a_page(
    store: Store, night: Callable[..., Run], settlement_of: Settle, outcome_of: Tell
) -> None:
    """The page keeps its own state; the second line counts by itself."""
    again = replace(outcome_of(2, status="failed", why="duplicate-id"), id="xhs-1")
    night([settlement_of(1, title="One")], told=[again])
    assert [(1, True, "publish"), (2, False, "failed")] == [(p.line, p.listed, p.status) for p in pages(store)]


def test_skipped(store: Store, night: Callable[..., Run], settlement_of: Settle, outcome_of: Tell) -> None:
    """A page that a market does not take says so while that is its newest word; a pause is asked of the enrolments."""
    no = outcome_of(1, status="skipped", why="market.not-offered", market="hk")
    shut = outcome_of(1, status="skipped", why="market.paused")
    night(seen=[(1, "m", "xhs-1")], told=[no, shut])
    assert ["skipped"] == [page.status for page in pages(store, "hk")]
    assert [(None, False)] == [(page.status, page.paused) for page in pages(store)]
    night([settlement_of(1, title="One", market="hk")])
    assert ["publish"] == [page.status for page in pages(store, "hk")]


def test_gone_from_the_catalog(store: Store, night: Callable[..., Run], settlement_of: Settle) -> None:
    """Only a later finished run over the same catalog says that a page is gone."""
    night([settlement_of(1, title="One"), settlement_of(2, title="Two")])
    night([settlement_of(9, title="Nine")], catalog="other.jsonl")
    assert [False, False, False] == [page.gone for page in pages(store)]
    night(seen=[(2, "m", "xhs-2")])
    assert {"xhs-1": True, "xhs-2": False, "xhs-9": False} == {page.id: page.gone for page in pages(store)}
    assert {"xhs-1": True, "xhs-2": True, "xhs-9": True} == {page.id: page.on_sale for page in pages(store)}


def test_refused_after_it_left(
    store: Store, spec: RunSpec, night: Callable[..., Run], settlement_of: Settle, outcome_of: Tell
) -> None:
    """A page that a rule takes down when it has left the catalog is refused, and not merely gone."""
    night([settlement_of(1, title="One"), settlement_of(2, title="Two")])
    now = store.begin_run(spec)
    store.see(now.id, [(2, "m", "xhs-2")])
    refused = outcome_of(1, status="reject", why="us.x")
    store.settle(now.id, refused, inputs_key="i1", judged=[], withdraw=True)
    store.finish_run(now, {})
    one, two = pages(store)
    assert ("reject", False, "run") == (one.status, one.gone, one.withdrawn_by)
    assert (False, None) == (two.gone, two.withdrawn_by)


def test_a_run_that_goes_on(store: Store, night: Callable[..., Run], settlement_of: Settle) -> None:
    """It is named as the newest and unfinished; what it has not come to stands as it stood."""
    night([settlement_of(1, title="One"), settlement_of(2, title="Two")])
    now = night(seen=[(1, "m", "xhs-1")], finish=False)
    shop = store.merchants.read("m")
    assert shop is not None
    assert (now.id, False) == (shop.run_id, shop.finished)
    assert [("publish", False), ("publish", False)] == [(page.status, page.gone) for page in shop.pages["us"]]
