"""What people do at the desk, and taking it back: on both databases, with the run and colleagues in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shopglot.store import Outdated, RunSpec, Settlement, Store
from shopglot.store.desk.deeds import Overtaken, Place
from shopglot.store.desk.dismissed import Dismissal
from shopglot.store.desk.pages import DeskPage, PageSegment
from shopglot.store.encoding import load
from shopglot.store.schema import actions
from shopglot.types import Json, JudgedSegment, Judgement, Outcome, SegmentKey

TEXTS = ("记忆棉枕头", "柔软亲肤", "可水洗")
Held = Callable[..., Settlement]


@pytest.fixture
def held_page(outcome_of: Callable[..., Outcome], judged_of: Callable[..., JudgedSegment]) -> Held:
    """Make a page with held segments, one for each text."""

    def make(name: str = "p1", *, texts: tuple[str, ...] = TEXTS, line: int = 1, target: str = "?") -> Settlement:
        judged = []
        for index, text in enumerate(texts):
            one = judged_of(text, f"{target} {index}", verdict="review")
            key = SegmentKey(merchant="m", listing=name, path=f"/fields/bullets/{index}", index=0)
            judged.append(
                replace(
                    one, segment=replace(one.segment, key=key, field="bullet"),
                    translation=replace(one.translation, unit_key=f"u-{text}", machine_key=f"k-{text}"),
                )
            )  # fmt: skip
        outcome = outcome_of(line, name=name, status="review", why="number.changed")
        document: dict[str, Json] = {"id": name, "merchant": "m", "fields": {"bullets": list(texts)}}
        return Settlement(
            outcome=outcome, inputs_key="i", judged=judged, source=document, source_digest=f"d-{name}-{texts}"
        )

    return make


class Night:
    """A night that settles pages."""

    def __init__(self, store: Store, spec: RunSpec) -> None:
        self.store = store
        self.spec = spec
        self.number = 0

    def settle(self, *pages: Settlement) -> list[str]:
        """Settle pages in a run of their own."""
        self.number += 1
        run = self.store.begin_run(replace(self.spec, content=f"c{self.number}"))
        lines = [(page.outcome.line, page.outcome.merchant, page.outcome.id) for page in pages]
        self.store.see(run.id, lines)
        answers = self.store.settle_many(run.id, list(pages))
        self.store.finish_run(run, {})
        return list(answers)


@pytest.fixture
def night(store: Store, spec: RunSpec) -> Night:
    """Settles pages."""
    return Night(store, spec)


def page_of(store: Store, number: int = 1) -> DeskPage:
    """Return a page as it stands."""
    found = store.pages.read("us", number)
    assert found is not None
    return found


def place_of(page: DeskPage, position: int = 0) -> Place:
    """Return a segment of a page as somebody sees it who opens the page now."""
    return Place(market="us", listing=page.number, position=position, seen=page.segments[position].seen)


def judgement_of(page: DeskPage, segment: PageSegment, *, reviewer: str = "lin", published: bool = True) -> Judgement:
    """Return what a reviewer says."""
    return Judgement(
        market="us", merchant=page.merchant, listing=page.id, path=segment.path, index=segment.index,
        field=segment.field, source=segment.source, target=segment.target, model=segment.model,
        origin=segment.origin, unit_key=segment.unit_key, score=segment.score, signature=segment.signature,
        published=published, reviewer=reviewer, channel="desk", judged_at=datetime(2026, 8, 1, tzinfo=UTC),
    )  # fmt: skip


def approve(store: Store, target: str, position: int = 0, *, actor: str = "lin", **more: Any) -> int:
    """Approve a text on the first page as somebody does who has just opened it; return the act."""
    page = page_of(store)
    segment = page.segments[position]
    published = target == segment.target
    judgement = judgement_of(page, segment, reviewer=actor, published=published)
    done = store.deeds.approve(
        place_of(page, position), target, actor=actor, reuse="merchant", judgement=judgement, **more
    )
    return done.act


def undo(store: Store, actor: str = "lin") -> Any:
    """Take back the newest deed."""
    return store.undo.last(actor, lambda market: "merchant")


def log(store: Store) -> list[tuple[str, str]]:
    """Return who did what."""
    with store.database.read() as connection:
        return [(row.actor, row.action) for row in connection.execute(actions.select().order_by(actions.c.id))]


def state(store: Store, number: int = 1) -> tuple[str, int]:
    """Return a page's state in the queue and how many of its segments wait."""
    found = store.queue.get(number, "us")
    assert found is not None
    return found.state, found.open


def test_approve(store: Store, night: Night, held_page: Held) -> None:
    """Approved texts count from now on; the queue knows what is left."""
    night.settle(held_page())
    assert state(store) == ("open", 3)
    approve(store, "? 0")
    approve(store, "Soft on the skin", 1, seconds=12.5, detail={"edited": True})
    page = page_of(store)
    assert [one.text for one in page.segments] == ["? 0", "Soft on the skin", "? 2"]
    assert [None if one.handled is None else one.handled.deed for one in page.segments] == ["approve", "edit", None]
    assert state(store) == ("open", 1)
    assert [(one.published, one.reviewer) for one in store.judgements("us")] == [(True, "lin"), (False, "lin")]
    approve(store, "Washable", 2)
    assert state(store) == ("done", 0), "every segment was handled; the next run publishes"
    recalled = store.approvals.recall("us", [("m", "p1")], ["u-柔软亲肤"], reuse="listing")
    text = recalled.text(("m", "p1"), "u-柔软亲肤")
    assert text is not None
    assert text.target == "Soft on the skin"
    with store.database.read() as connection:
        detail = load(connection.execute(actions.select().order_by(actions.c.id)).all()[1].detail)
    assert detail["seconds"] == 12.5
    assert detail["edited"] is True


def test_what_was_seen_has_to_stand(store: Store, night: Night, held_page: Held) -> None:
    """A deed on what has changed meanwhile changes nothing."""
    night.settle(held_page())
    old = page_of(store)
    approve(store, "by a colleague", actor="mei")
    with pytest.raises(Overtaken, match="changed meanwhile by mei") as caught:
        store.deeds.approve(place_of(old), "mine", actor="lin", reuse="merchant", judgement=None)
    assert caught.value.target == "by a colleague"
    assert page_of(store).segments[0].text == "by a colleague", "nothing was overwritten"
    # The nightly run says something else now.
    night.settle(held_page(texts=("记忆棉枕头", "柔软亲肤", "可机洗"), target="!"))
    with pytest.raises(Overtaken):
        store.deeds.reject(place_of(old, 2), actor="lin", judgement=judgement_of(old, old.segments[2]))
    place = Place(market="us", listing=99, position=0, seen="x")
    with pytest.raises(Overtaken, match="gone"):
        store.deeds.approve(place, "x", actor="lin", reuse="merchant", judgement=None)


def test_a_page_that_is_somebody_elses(store: Store, night: Night, held_page: Held, clock: Any) -> None:
    """Deeds on a page that somebody has claimed are refused until the claim ends."""
    night.settle(held_page())
    assert store.queue.claim(1, "us", "mei").claimed_by == "mei"
    with pytest.raises(Overtaken) as caught:
        approve(store, "? 0")
    assert (caught.value.what, caught.value.actor) == ("claimed", "mei")
    approve(store, "? 0", actor="mei")
    clock.time += timedelta(minutes=11)
    approve(store, "? 1", 1)


def test_undo_brings_back_what_counted_before(store: Store, night: Night, held_page: Held) -> None:
    """Deeds are taken back one by one, the newest first."""
    night.settle(held_page())
    approve(store, "first")
    approve(store, "second")
    assert undo(store).left == 1
    assert page_of(store).segments[0].text == "first"
    assert [one.target for one in approved(store)] == ["first"]
    undone = undo(store)
    assert (undone.action, undone.listing, undone.position, undone.left) == ("approve", 1, 0, 0)
    assert page_of(store).segments[0].handled is None
    assert page_of(store).segments[0].text == "? 0"
    assert approved(store) == []
    assert state(store) == ("open", 3)
    assert list(store.judgements("us")) == []
    assert undo(store) is None
    assert [what for _, what in log(store)] == ["approve", "approve", "approve", "undo", "revoke", "undo"]


def approved(store: Store) -> list[Any]:
    """Return what is approved on the first page."""
    recalled = store.approvals.recall("us", [("m", "p1")], ["u-记忆棉枕头"], reuse="listing")
    text = recalled.text(("m", "p1"), "u-记忆棉枕头")
    return [] if text is None else [text]


def test_undo_takes_nothing_from_others(store: Store, night: Night, held_page: Held) -> None:
    """What a colleague has built upon stays."""
    night.settle(held_page())
    approve(store, "mine")
    approve(store, "hers", actor="mei")
    with pytest.raises(Overtaken):
        undo(store)
    assert page_of(store).segments[0].text == "hers"
    undo(store, "mei")
    assert page_of(store).segments[0].text == "mine"
    undo(store)
    assert approved(store) == []


def test_undo_after_the_run_took_the_text(store: Store, night: Night, held_page: Held) -> None:
    """What is on sale by then is made again by the next run, without the text."""
    night.settle(held_page())
    approve(store, "mine")
    settled = held_page()
    human = settled.judged[0]
    human = replace(
        human, translation=replace(human.translation, target="mine", origin="human"), findings=(),
        decision=replace(human.decision, verdict="publish", reasons=()),
    )  # fmt: skip
    night.settle(replace(settled, judged=[human, *settled.judged[1:]]))
    assert page_of(store).segments[0].handled is None
    undo(store)
    assert approved(store) == []
    assert store.standing("us", [("m", "p1")])["m", "p1"].again


def test_only_the_last_twenty(store: Store, night: Night, held_page: Held) -> None:
    """The last twenty deeds can be taken back, and no others."""
    night.settle(held_page())
    for number in range(25):
        approve(store, f"text {number}")
    assert store.undo.count("lin") == 20
    for left in range(19, -1, -1):
        assert undo(store).left == left
    assert undo(store) is None, "the twenty before are not to be had for the asking"
    assert page_of(store).segments[0].text == "text 4"


def test_reject_and_undo(store: Store, night: Night, held_page: Held) -> None:
    """A refusal is a verdict, which goes when it is taken back."""
    night.settle(held_page())
    page = page_of(store)
    judgement = replace(judgement_of(page, page.segments[1], published=False), error="number", severity="major")
    store.deeds.reject(place_of(page, 1), actor="lin", judgement=judgement, seconds=3)
    assert state(store) == ("open", 2)
    assert [(one.published, one.error) for one in store.judgements("us")] == [(False, "number")]
    undo(store)
    assert state(store) == ("open", 3)
    assert list(store.judgements("us")) == []


def test_undo_takes_back_what_belongs_to_a_deed(store: Store, night: Night, held_page: Held) -> None:
    """Findings that were set aside with it, and the same text on other pages."""
    night.settle(held_page(), held_page("p2", line=2))
    page = page_of(store)
    segment = page.segments[0]
    aside = Dismissal(
        market="us", merchant="m", listing="p1", unit_key=segment.unit_key, finding="number.changed", version=0,
        side="target", words="Memory", target="? 0", reason="false-alarm", actor="lin", path=segment.path,
    )  # fmt: skip
    act = approve(store, "? 0", dismissals=[aside])
    other = page_of(store, 2)
    assert store.pages.identical("us", 1, segment.unit_key) == 1
    store.deeds.approve(place_of(other), "? 0", actor="lin", reuse="merchant", judgement=None, parent=act)
    assert store.pages.identical("us", 1, segment.unit_key) == 0
    assert state(store, 2) == ("open", 2)
    assert len(store.dismissals.listed("us")) == 1
    assert store.undo.count("lin") == 1, "it was one deed"
    undo(store)
    assert state(store) == state(store, 2) == ("open", 3)
    assert store.dismissals.listed("us") == []


def test_pages_go_to_leads_and_merchants(store: Store, night: Night, held_page: Held) -> None:
    """A page changes its state, and back, unless somebody came after."""
    night.settle(held_page())
    store.deeds.turn(page_of(store), "escalated", actor="lin", note="is this a claim?")
    assert state(store)[0] == "escalated"
    store.deeds.turn(page_of(store), "returned", actor="lena", detail={"message_zh": "请修改"})
    assert state(store)[0] == "returned"
    with pytest.raises(Overtaken):
        undo(store, "lin")
    undo(store, "lena")
    assert state(store)[0] == "escalated"
    store.deeds.turn(page_of(store), "open", actor="lena")
    assert state(store) == ("open", 3)
    page = replace(page_of(store), number=77)
    with pytest.raises(Overtaken, match="gone"):
        store.deeds.turn(page, "escalated", actor="lin")


def test_reopened_texts_that_were_refused_wait_anew(store: Store, night: Night, held_page: Held) -> None:
    """What was approved stays approved."""
    night.settle(held_page())
    approve(store, "? 0")
    page = page_of(store)
    store.deeds.reject(place_of(page, 1), actor="lin", judgement=judgement_of(page, page.segments[1], published=False))
    store.deeds.turn(page_of(store), "returned", actor="lin", detail={"message_zh": "请修改"})
    assert store.deeds.turn(page_of(store), "open", actor="lena").open == 2
    assert page_of(store).segments[0].handled is not None


def test_comments(store: Store, night: Night, held_page: Held) -> None:
    """Remarks stand on the page or on a text of it."""
    night.settle(held_page())
    page = page_of(store)
    store.deeds.comment(page, None, "the whole page 🤔", actor="lin")
    store.deeds.comment(page, page.segments[2], "水洗 or 机洗?", actor="mei")
    found = page_of(store).comments
    assert [(one.author, one.text, one.path) for one in found] == [
        ("lin", "the whole page 🤔", ""), ("mei", "水洗 or 机洗?", "/fields/bullets/2"),
    ]  # fmt: skip
    undo(store)
    assert [one.author for one in page_of(store).comments] == ["mei"]


def test_a_text_of_a_page_that_does_not_wait(store: Store, night: Night, settlement_of: Any) -> None:
    """Whoever sees a mistake on a page that is on sale mends it: the next run publishes the new text."""
    night.settle(settlement_of(title="Memory foam pillow"))
    page = page_of(store)
    store.deeds.approve(place_of(page), "Memory-Foam Pillow", actor="lin", reuse="merchant", judgement=None)
    assert page_of(store).segments[0].text == "Memory-Foam Pillow"
    assert page_of(store).segments[0].handled is None
    assert store.standing("us", [("m", page.id)])["m", page.id].again
    undo(store)
    assert page_of(store).segments[0].text == "Memory foam pillow"


def test_what_is_outdated_stands_beside_what_took_its_place(store: Store, night: Night, held_page: Held) -> None:
    """The old source and its approved text are shown."""
    night.settle(held_page())
    approve(store, "Machine washable", 2)
    night.settle(held_page(texts=("记忆棉枕头", "柔软亲肤", "只可手洗")))
    page = page_of(store)
    assert store.pages.outdated(page) == {("/fields/bullets/2", 0): ("可水洗", "Machine washable", "lin")}
    assert isinstance(next(iter(store.approvals.outdated("us"))), Outdated)


def test_an_unknown_page(store: Store, night: Night, held_page: Held) -> None:
    """There is no page where no run has settled one."""
    night.settle(held_page())
    assert store.pages.read("us", 5) is None
    assert store.pages.read("hk", 1) is None
    assert store.pages.read("us", 1, audit=1) is None, "no audit has drawn it"


def test_the_merchant_is_told(store: Store, night: Night, held_page: Held) -> None:
    """What a page was sent back with is the merchant's to read until the page changes or is taken up again."""

    def told() -> list[str]:
        shop = store.merchants.read("m")
        assert shop is not None
        return [page.told for page in shop.pages["us"]]

    night.settle(held_page())
    assert told() == [""]
    store.deeds.turn(page_of(store), "returned", actor="lin", detail={"message_zh": "请写明材质"})
    assert told() == ["请写明材质"]
    undo(store)
    assert told() == [""]
    store.deeds.turn(page_of(store), "returned", actor="lin", detail={"message_zh": "请写明尺寸"})
    assert told() == ["请写明尺寸"]
    night.settle(held_page(texts=("记忆棉枕头40×60厘米",)))
    assert told() == [""]
