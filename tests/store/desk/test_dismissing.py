"""Findings that people set aside: where a word on one counts, until when, and what it makes due."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.market import Reuse
from shopglot.store import Dismissal, Revision, RunSpec, Settlement, Store, open_store
from shopglot.store.connection import market_lock
from shopglot.store.desk import dismissing
from shopglot.telling import tell_history
from shopglot.types import Decision, JudgedSegment, Outcome, Score, Segment, SegmentKey, Translation

TITLE = "/fields/title"
CHECK = Dismissal(
    market="us", merchant="m", listing="a", unit_key="u1", path=TITLE, index=0, field="title",
    finding="number.changed", version=7, side="source", words="3个", target="A pillow", reason="false-alarm",
    actor="lin",
)  # fmt: skip
RULE = replace(CHECK, finding="us.cure", version=2, words="治好", target="")
OWN, SHOP, OTHER = ("m", "a"), ("m", "b"), ("n", "c")
PAGES = (OWN, SHOP, OTHER)
REUSES: tuple[Reuse, ...] = ("listing", "merchant", "market")


def page(identity: tuple[str, str], *, units: Sequence[str] = ("u1",), target: str = "A pillow") -> Settlement:
    """Return a page that waits, as the run made it."""
    merchant, name = identity
    key = SegmentKey(merchant=merchant, listing=name, path=TITLE, index=0)
    judged = [
        JudgedSegment(
            segment=Segment(key=key, field="title", style="phrase", source="枕头3个"),
            translation=Translation(
                source="枕头3个", target=target, market="us", model="fake@0", origin="machine", unit_key=unit,
                machine_key=f"k{unit}",
            ),
            findings=(), score=Score(value=0.9, signature="s"),
            decision=Decision(verdict="review", reasons=("number.changed",)),
        )
        for unit in units
    ]  # fmt: skip
    line = PAGES.index(identity) + 1
    outcome = Outcome(line=line, merchant=merchant, id=name, market="us", status="review", reasons=("number.changed",))
    return Settlement(outcome=outcome, inputs_key="i", judged=judged)


@pytest.fixture
def run_id(store: Store, spec: RunSpec) -> int:
    """A run that has made three pages with the same text, of two shops."""
    run = store.begin_run(spec)
    store.see(run.id, [(line, *identity) for line, identity in enumerate(PAGES, 1)])
    store.settle_many(run.id, [page(identity) for identity in PAGES], revision={"us": 0})
    return run.id


def due(store: Store) -> set[tuple[str, str]]:
    """Return the pages that the next run makes again."""
    return {identity for identity, own in store.standing("us", PAGES).items() if own.again}


def counts_on(store: Store, one: Dismissal, reuse: Reuse = "market", market: str = "us") -> set[tuple[str, str]]:
    """Return the pages on which a dismissal counts."""
    known = store.dismissals.recall(market, PAGES, ["u1", "u2"], reuse=reuse)
    return {identity for identity in PAGES if one.mark in known.of(identity, "u1")}


@pytest.mark.parametrize("reuse", REUSES)
def test_a_check_s_dismissal_reaches_as_far_as_an_approved_text(store: Store, run_id: int, reuse: Reuse) -> None:
    """The same unit with the same text says the same in the shop, or the market: those pages are due, and no other."""
    store.dismissals.dismiss(CHECK, reuse=reuse)
    wanted = {"listing": {OWN}, "merchant": {OWN, SHOP}, "market": {OWN, SHOP, OTHER}}[reuse]
    assert (wanted, wanted) == (counts_on(store, CHECK, reuse), due(store))
    known = store.dismissals.recall("us", PAGES, ["u1", "u2"], reuse=reuse)
    assert {} == known.of(OWN, "u2")
    [one] = known.of(OWN, "u1").values()
    assert ("lin", "false-alarm", "a false alarm", CHECK.mark) == (one.actor, one.reason, one.why, one.mark)
    assert set() == counts_on(store, CHECK, reuse, market="hk")


@pytest.mark.parametrize("reuse", REUSES)
def test_a_rule_s_dismissal_counts_on_its_page(store: Store, run_id: int, reuse: Reuse) -> None:
    """Rules read category and page: another page with the same text is looked at by itself."""
    store.dismissals.dismiss(RULE, reuse=reuse)
    assert ({OWN}, {OWN}) == (counts_on(store, RULE, reuse), due(store))


def test_pages_that_say_something_else_are_not_made_again(store: Store, run_id: int) -> None:
    """Only where the same text stands is there anything to release."""
    store.settle_many(run_id, [page(OTHER, target="A cushion")], revision={"us": 0})
    store.dismissals.dismiss(CHECK, reuse="market")
    assert {OWN, SHOP} == due(store)


def test_it_ends_wherever_it_counts(store: Store, run_id: int) -> None:
    """Whoever takes it back on one page takes it back on all in reach, with an act where it was given."""
    store.dismissals.dismiss(CHECK, reuse="market")
    store.settle_many(run_id, [page(identity) for identity in PAGES], revision={"us": 0})
    assert set() == due(store)
    elsewhere = replace(CHECK, merchant="n", listing="c")
    assert 0 == store.dismissals.end(elsewhere, actor="wu", reuse="merchant")
    act = store.dismissals.end(elsewhere, actor="wu", reuse="market", note="it is a typo")
    assert (set(), set(PAGES)) == (counts_on(store, CHECK), due(store))
    assert 0 == store.dismissals.end(CHECK, actor="wu", reuse="market")
    [last] = [event for event in store.history("a") if event.get("action") == "dismiss-end"]
    assert (act, "wu", "it is a typo") == (last["action_id"], last["by"], last["note"])
    assert [] == store.dismissals.listed("us")
    [ended] = store.dismissals.listed("us", OWN, ended=True)
    assert ended.at is not None
    assert ended.ended_at is not None
    assert ended.at < ended.ended_at


def test_a_rule_s_dismissal_does_not_end_from_another_page(store: Store, run_id: int) -> None:
    """What counts on one page only is taken back there."""
    store.dismissals.dismiss(RULE, reuse="market")
    assert 0 == store.dismissals.end(replace(RULE, listing="b"), actor="wu", reuse="market")
    assert {OWN} == counts_on(store, RULE)


def test_a_later_word_replaces_an_earlier_one(store: Store, run_id: int) -> None:
    """On the same finding of the same page; another person's on another page stands beside it."""
    store.dismissals.dismiss(CHECK, reuse="market")
    store.dismissals.dismiss(replace(CHECK, actor="wu", reason="checked"), reuse="market")
    store.dismissals.dismiss(replace(CHECK, listing="b", actor="mei", reason="meant-so"), reuse="market")
    assert [("wu", "a"), ("mei", "b")] == [(one.actor, one.listing) for one in store.dismissals.listed()]
    known = store.dismissals.recall("us", PAGES, ["u1"], reuse="market")
    said = {identity: known.of(identity, "u1")[CHECK.mark].actor for identity in PAGES}
    assert {OWN: "wu", SHOP: "mei", OTHER: "mei"} == said  # the page's own word, else the newest


def undo(store: Store, act: int) -> int:
    """Take an act back, as the desk does."""
    with store.database.write() as connection:
        market_lock(connection, "us", shared=False)
        return dismissing.undo_in(connection, act, actor="wu", reuse="market", now=store._now())


def test_undone_it_is_as_before(store: Store, run_id: int) -> None:
    """What an act replaced stands again, and can be taken back in its turn; what was taken back already is nothing."""
    first = store.dismissals.dismiss(CHECK, reuse="market")
    second = store.dismissals.dismiss(replace(CHECK, reason="other", note="a pun"), reuse="market")
    before = store.dismissals.recall("us", [OWN], ["u1"], reuse="market").revision
    assert before < undo(store, second)
    assert ["false-alarm"] == [one.reason for one in store.dismissals.listed()]
    assert before < store.dismissals.recall("us", [OWN], ["u1"], reuse="market").revision
    assert 0 == undo(store, second)
    assert 0 < undo(store, first)
    assert ([], 0) == (store.dismissals.listed(), undo(store, first))
    assert 0 == undo(store, 999)


def dismiss_all(store: Store, given: Sequence[Dismissal], **how: Any) -> list[int]:
    """Set findings of a segment aside in one go, as the desk does."""
    with store.database.write() as connection:
        market_lock(connection, "us", shared=False)
        return dismissing.dismiss_in(connection, given, reuse="market", now=store._now(), **how)


def test_several_at_once_are_as_one_by_one(store: Store, run_id: int) -> None:
    """Each has its act, in their order; what one replaces stands again without it, and the others stay."""
    store.dismissals.dismiss(replace(RULE, actor="wu"), reuse="market")
    before = len(store.history("a"))
    acts = dismiss_all(store, [CHECK, RULE, replace(CHECK, words="5个", version=8)])
    assert sorted(acts) == acts
    assert [("number.changed", "3个"), ("us.cure", "治好"), ("number.changed", "5个")] == [
        (one.finding, one.words) for one in store.dismissals.listed()
    ]
    assert 3 == len(store.history("a")) - before
    assert 0 < undo(store, acts[1])
    assert {("us.cure", "wu"), ("number.changed", "lin")} == {
        (one.finding, one.actor) for one in store.dismissals.listed()
    }
    assert 3 == len(store.dismissals.listed())


def test_the_same_finding_twice_is_one(store: Store, run_id: int) -> None:
    """A text may say the same wrong thing twice: a word on it holds for both, and is one act."""
    assert [] == dismiss_all(store, [])
    assert 1 == len(dismiss_all(store, [CHECK, replace(CHECK, note="again")]))
    assert ["again"] == [one.note for one in store.dismissals.listed()]


def test_nothing_is_written_where_one_of_several_is_wrong(store: Store, run_id: int) -> None:
    """All of them or none."""
    with pytest.raises(DataError, match="needs a note"):
        dismiss_all(store, [CHECK, replace(RULE, reason="other")])
    assert [] == store.dismissals.listed()


def test_pages_that_are_due_already_are_not_marked_again(store: Store, run_id: int) -> None:
    """Whoever has approved a text of the page has marked all that its findings reach."""
    dismiss_all(store, [CHECK, RULE], place=(1, 0), parent=7, marked=True)
    assert set() == due(store)
    assert 2 == len(store.dismissals.listed())
    dismiss_all(store, [CHECK])
    assert set(PAGES) == due(store)


def test_any_text(store: Store, run_id: int) -> None:
    """What merchants and engines write comes back as it was, and is found again."""
    wild = "😀<b>\x00\ud800\x1a國家級国家级" + "长" * 100_000
    one = replace(CHECK, words=wild, target=wild, note=wild, actor="林\ud800")
    store.dismissals.dismiss(one, reuse="market")
    known = store.dismissals.recall("us", [OWN], ["u1"], reuse="market")
    assert (one.mark, wild, "林\ud800") == (
        known.of(OWN, "u1")[one.mark].mark, known.of(OWN, "u1")[one.mark].note, known.of(OWN, "u1")[one.mark].actor,
    )  # fmt: skip
    assert 0 < store.dismissals.end(one, actor="wu", reuse="market")
    assert set() == counts_on(store, one)


@pytest.mark.parametrize(
    ("one", "kind", "said"),
    [
        (replace(CHECK, market="xx"), UsageError, "there is no such market"),
        (replace(CHECK, reason="because"), UsageError, "there is no such reason; name one of false-alarm"),
        (replace(CHECK, reason="other", note="  "), DataError, "'other' needs a note"),
        (replace(CHECK, actor=" "), DataError, "nobody sets it aside"),
        (replace(CHECK, unit_key=""), DataError, "names no text"),
        (replace(CHECK, listing=""), DataError, "names no text"),
        (replace(CHECK, target=""), DataError, "names no translation"),
        (replace(RULE, side="target"), DataError, "names no translation"),
    ],
)
def test_what_is_refused(
    store: Store, one: Dismissal, kind: type[Exception], said: str, count: Callable[[str], int]
) -> None:
    """What makes no sense is an error that says why, and nothing is written."""
    with pytest.raises(kind, match=said):
        store.dismissals.dismiss(one, reuse="market")
    assert [0, 0] == [count("dismissals"), count("actions")]


def test_a_page_that_no_run_has_seen(store: Store) -> None:
    """It may be spoken of; nothing is due."""
    store.dismissals.dismiss(CHECK, reuse="market")
    assert {OWN, SHOP, OTHER} == counts_on(store, CHECK)


def test_counts(store: Store, clock: Any) -> None:
    """The rules most dismissed, with pages, people and reasons; what was taken back does not count."""
    store.dismissals.dismiss(RULE, reuse="market")
    between = clock()
    store.dismissals.dismiss(replace(RULE, listing="b", actor="wu", reason="fine-here"), reuse="market")
    store.dismissals.dismiss(CHECK, reuse="market")
    store.dismissals.dismiss(replace(CHECK, market="hk"), reuse="market")
    store.dismissals.dismiss(replace(CHECK, listing="b"), reuse="listing")
    store.dismissals.end(replace(CHECK, listing="b"), actor="lin", reuse="listing")
    found = [(one.market, one.finding, one.dismissals, one.pages, one.people) for one in store.dismissals.counts()]
    assert [("us", "us.cure", 2, 2, 2), ("hk", "number.changed", 1, 1, 1), ("us", "number.changed", 1, 1, 1)] == found
    first = store.dismissals.counts(market="us")[0]
    assert ({"false-alarm": 1, "fine-here": 1}, True) == (first.reasons, first.last > between)
    [late] = [one for one in store.dismissals.counts(between, market="us") if one.finding == "us.cure"]
    assert (1, {"fine-here": 1}) == (late.dismissals, late.reasons)


def test_where_there_are_none_nothing_is_read(store: Store, run_id: int) -> None:
    """A market without dismissals costs a look at its newest."""
    known = store.dismissals.recall("us", iter([OWN]), iter(["u1"]), reuse="market")
    assert (0, {}, {}) == (known.revision, known.of(OWN, "u1"), known.of(("x", "y"), "u9"))


@pytest.mark.parametrize("reuse", REUSES)
@pytest.mark.parametrize("one", [CHECK, RULE], ids=["check", "rule"])
def test_what_is_said_meanwhile_makes_a_page_stale(store: Store, run_id: int, one: Dismissal, reuse: Reuse) -> None:
    """A word on a page in reach, and its end, is newer than what the run recalled: the page is made again."""

    def settle(dismissal: int) -> list[str]:
        pages = [page(identity) for identity in PAGES]
        revision = {"us": Revision(approval=0, dismissal=dismissal)}
        return list(store.settle_many(run_id, pages, revision=revision, reuse={"us": reuse}))

    reach = 1 if one is RULE else REUSES.index(reuse) + 1
    stale = ["stale"] * reach + ["held"] * (3 - reach)
    store.dismissals.dismiss(one, reuse=reuse)
    assert (stale, set(PAGES[:reach])) == (settle(0), due(store))
    last = store.dismissals.recall("us", PAGES, ["u1"], reuse=reuse).revision
    assert (["held"] * 3, set()) == (settle(last), due(store))
    store.dismissals.end(one, actor="wu", reuse=reuse)
    assert (stale, set(PAGES[:reach])) == (settle(last), due(store))


def test_what_is_said_of_other_texts_makes_nothing_stale(store: Store, run_id: int) -> None:
    """Only units that the page has count, and only its market."""
    store.dismissals.dismiss(replace(CHECK, unit_key="u9"), reuse="market")
    store.dismissals.dismiss(replace(CHECK, market="hk"), reuse="market")
    heard = {"us": Revision(approval=0, dismissal=0)}
    assert ["held"] * 3 == store.settle_many(run_id, [page(one) for one in PAGES], revision=heard)


def test_who_publishes_waits_for_who_dismisses(store: Store, run_id: int, url: str) -> None:
    """What is being said while a page is settled is heard, on a server as well."""
    import threading

    entered, answers = threading.Event(), []

    def settle() -> None:
        with open_store(url) as other:
            entered.set()
            heard = {"us": Revision(approval=0, dismissal=0)}
            answers.extend(other.settle_many(run_id, [page(OWN)], revision=heard, reuse={"us": "market"}))

    with store.database.write() as connection:
        market_lock(connection, "us", shared=False)
        dismissing.dismiss_in(connection, [CHECK], reuse="market", now=store._now())
        thread = threading.Thread(target=settle)
        thread.start()
        entered.wait(30)
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(30)
    assert ["stale"] == answers


def test_history_tells_of_it(store: Store, run_id: int) -> None:
    """Who set what aside, why, and that it was taken back."""
    store.dismissals.dismiss(replace(RULE, note="title of a book"), reuse="market")
    store.dismissals.end(RULE, actor="wu", reuse="market", note="no book")
    told = tell_history("a", store.history("a"))
    assert f"dismiss by lin in us {TITLE}: title of a book" in told
    assert "us.cure holds nothing back any more: a false alarm  “治好”" in told
    assert f"dismiss-end by wu in us {TITLE}: no book" in told
    assert "us.cure holds again  “治好”" in told


def test_as_json(store: Store) -> None:
    """What machines read of one."""
    store.dismissals.dismiss(CHECK, reuse="market")
    [one] = store.dismissals.listed()
    told = one.as_json()
    assert ("number.changed", "lin", "false-alarm", None) == (
        told["finding"], told["by"], told["reason"], told["ended_at"],
    )  # fmt: skip
    assert str(told["at"]).startswith("2026-08-02T01:30")
