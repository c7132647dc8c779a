"""The audit: who is drawn, what is kept of them, when they are judged and when they are bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from shopglot.store import Audit, AuditedSegment, RunSpec, Settlement, Store, open_store
from shopglot.types import Judgement

Make = Callable[..., Settlement]
Publish = Callable[..., int]


@pytest.fixture
def publish(store: Store, spec: RunSpec, settlement_of: Make) -> Publish:
    """Run a night that publishes as many listings, or those lines, and return its id."""

    def night(lines: int | range = 30, *, title: str | None = "t", key: str = "i0", market: str = "us") -> int:
        numbers = range(1, lines + 1) if isinstance(lines, int) else lines
        run = store.begin_run(replace(spec, content=f"{title}{key}{market}{numbers}"))
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in numbers])
        store.settle_many(run.id, [settlement_of(line, title=title, key=key, market=market) for line in numbers])
        store.finish_run(run, {})
        return run.id

    return night


def verdict(audit: Audit, segment: AuditedSegment, judged_at: datetime, *, published: bool = True) -> Judgement:
    """Judge a segment of a drawn listing."""
    return Judgement(
        market=audit.market, merchant=audit.merchant, listing=audit.listing, path=segment.path, index=segment.index,
        field=segment.field, source=segment.source, target=segment.target, model=segment.model, origin=segment.origin,
        unit_key=segment.unit_key, score=segment.score, signature=segment.signature, published=published,
        reviewer="lin", channel="audit", judged_at=judged_at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("share", "least", "expected"),
    [(0.1, 1, 3), (0.11, 1, 4), (0.0, 1, 1), (0.0, 0, 0), (1.0, 1, 30), (0.01, 5, 5), (0.5, 99, 30), (0.7, 0, 21)],
)
def test_a_share_is_drawn_and_at_least_some(
    store: Store, publish: Publish, share: float, least: int, expected: int
) -> None:
    """The share is rounded up, as it is written: 0.1 of 30 is 3; never more than were published."""
    run = publish(30)
    drawn = store.draw_audit(run, "us", share, least)
    assert expected == len(drawn) == len({audit.listing for audit in drawn})
    assert {(run, "us", "m", 1, 1, 0, False, False)} >= {
        (a.run_id, a.market, a.merchant, a.version, a.segments, a.judged_segments, a.judged, a.bad) for a in drawn
    }


def test_the_draw_is_the_same_each_time(store: Store, publish: Publish, url: str) -> None:
    """Repeated, and after the store was opened again, nothing is drawn anew; a larger share adds to what there is."""
    run = publish(30)
    first = store.draw_audit(run, "us", 0.2)
    assert first == store.draw_audit(run, "us", 0.2)
    with open_store(url) as again:
        assert first == again.draw_audit(run, "us", 0.1) == again.audits("us")
    more = store.draw_audit(run, "us", 0.5)
    assert (15, True) == (len(more), set(first) < set(more))


def test_a_draw_at_once_is_a_draw_in_steps(store: Store, publish: Publish) -> None:
    """Who is drawn depends on the run, the market and the listing only: more of them are the next in one order."""
    run = publish(30)
    store.draw_audit(run, "us", 0.1)
    steps = {audit.listing for audit in store.draw_audit(run, "us", 0.3)}
    with store._database.write() as connection:
        connection.exec_driver_sql("DELETE FROM audits")
    assert steps == {audit.listing for audit in store.draw_audit(run, "us", 0.3)}


def test_another_night_draws_others(store: Store, publish: Publish) -> None:
    """The same listings have another chance each night: nobody is spared, or looked at, for ever."""
    nights = [
        frozenset(
            audit.listing for audit in store.draw_audit(publish(30, title=f"t{night}", key=f"i{night}"), "us", 0.5)
        )
        for night in range(8)
    ]
    assert 8 == len(set(nights))
    assert 30 == len(frozenset.union(*nights))


def test_only_what_this_run_published_in_this_market_is_drawn(store: Store, publish: Publish) -> None:
    """Neither an earlier run's listings, nor those of another market, nor what was held or stayed unchanged."""
    earlier = publish(range(1, 11))
    run = publish(range(11, 15))
    held = publish(range(15, 20), title=None)
    hong_kong = publish(range(1, 4), market="hk")
    assert {f"xhs-{line}" for line in range(11, 15)} == {a.listing for a in store.draw_audit(run, "us", 1.0)}
    assert [] == store.draw_audit(held, "us", 1.0)
    assert [] == store.draw_audit(hong_kong, "us", 1.0)
    assert 3 == len(store.draw_audit(hong_kong, "hk", 1.0))
    unchanged = publish(range(1, 11), key="i1")
    assert [] == store.draw_audit(unchanged, "us", 1.0)
    assert [] == store.draw_audit(earlier, "us", 1.0)  # its segments are the later run's by now


@pytest.mark.parametrize(("share", "least"), [(-0.1, 1), (1.1, 1), (float("nan"), 1), (0.5, -1)])
def test_an_impossible_share_is_refused(store: Store, publish: Publish, share: float, least: int) -> None:
    """Before anything is drawn."""
    run = publish(2)
    with pytest.raises(ValueError, match="share of 0 to 1"):
        store.draw_audit(run, "us", share, least)
    assert [] == store.audits("us")


def test_what_was_published_is_kept_when_the_listing_changes(store: Store, publish: Publish) -> None:
    """The drawn texts are those of the drawn version, also when a later run publishes another or holds the listing."""
    [audit] = store.draw_audit(publish(1, title="Pillow"), "us", 1.0)
    [later] = store.draw_audit(publish(1, title="Cushion", key="i1"), "us", 1.0)
    publish(1, title=None, key="i2")
    assert (1, 2) == (audit.version, later.version)
    for drawn, text in ((audit, "Pillow"), (later, "Cushion")):
        assert [
            AuditedSegment(
                path="/fields/title", index=0, field="title", source="记忆棉枕头", target=text, origin="machine",
                model="fake@0", unit_key="u", score=0.75, signature="test:1",
            )
        ] == store.audited_segments(drawn)  # fmt: skip


def test_a_listing_is_judged_by_its_texts(store: Store, publish: Publish, clock: Callable[[], datetime]) -> None:
    """One verdict judges it; one no makes it bad; changing one's mind changes it back."""
    drawn = store.draw_audit(publish(4), "us", 1.0)
    assert (0, 0) == store.audit_result("us")
    for audit in drawn[:3]:
        [segment] = store.audited_segments(audit)
        bad = audit == drawn[0]
        store.add_judgements([verdict(audit, segment, clock(), published=not bad)])
    assert (3, 1) == store.audit_result("us")
    assert [True, False, False] == [audit.bad for audit in store.audits("us", judged=True)]
    assert [drawn[3]] == store.audits("us", judged=False)
    [segment] = store.audited_segments(drawn[0])
    store.add_judgements([verdict(drawn[0], segment, clock())])
    assert (3, 0) == store.audit_result("us")
    store.add_judgements([replace(verdict(drawn[0], segment, clock(), published=False), reviewer="wu")])
    assert (3, 1) == store.audit_result("us")
    assert (0, 0) == store.audit_result("hk")


def test_some_verdicts_do_not_count(store: Store, publish: Publish, clock: Callable[[], datetime]) -> None:
    """One of the desk, one from before the draw, one on another text, in another place or market."""
    run = publish(1)
    before = clock()
    [audit] = store.draw_audit(run, "us", 1.0)
    [segment] = store.audited_segments(audit)
    good = verdict(audit, segment, clock(), published=False)
    store.add_judgements(
        [
            replace(good, channel="desk", reviewer="a"),
            replace(good, judged_at=before, reviewer="b"),
            replace(good, target="Another"),
            replace(good, index=1),
            replace(good, market="hk"),
            replace(good, listing="xhs-2"),
        ]
    )
    assert (0, 0) == store.audit_result("us")
    store.add_judgements([replace(good, judged_at=audit.drawn_at)])
    assert (1, 1) == store.audit_result("us")


def test_each_draw_has_its_own_verdict(store: Store, publish: Publish, clock: Callable[[], datetime]) -> None:
    """The same text drawn again after it was withdrawn and published anew has to be judged again."""
    [first] = store.draw_audit(publish(1, title="Pillow"), "us", 1.0)
    store.add_judgements([verdict(first, store.audited_segments(first)[0], clock())])
    publish(1, title="Cushion", key="i1")
    run = publish(1, title="Pillow", key="i2")
    [second] = store.draw_audit(run, "us", 1.0)
    assert (first.listing, 3, False) == (second.listing, second.version, second.judged)
    assert (1, 0) == store.audit_result("us")
    assert (0, 0) == store.audit_result("us", since=second.drawn_at)
    assert [second] == store.audits("us", run_id=run)
    assert [second] == store.audits("us", since=second.drawn_at)
