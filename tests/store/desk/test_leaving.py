"""A page that left the catalog no longer waits for a person; one that comes back does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from shopglot.store import RunSpec, Settlement, Store
from shopglot.store.schema import held
from shopglot.types import JudgedSegment, Outcome

Judge = Callable[..., JudgedSegment]


def waiting(store: Store) -> list[tuple[str, str]]:
    """Return what waits: id and market."""
    with store.database.read() as connection:
        rows = connection.execute(select(held.c.id, held.c.market).order_by(held.c.id, held.c.market))
        return [(row.id, row.market) for row in rows]


def test_a_page_that_left_waits_no_longer(
    store: Store, spec: RunSpec, outcome_of: Callable[..., Outcome], judged_of: Judge
) -> None:
    """Only in the market whose policy takes it down, and only while it is gone."""

    def night(*lines: int) -> int:
        run = store.begin_run(replace(spec, content=f"c{lines}"))
        store.see(run.id, [(line, "m", f"xhs-{line}") for line in lines])
        for market in ("us", "hk"):
            known = store.standing(market, [("m", f"xhs-{line}") for line in lines])
            made = [
                Settlement(
                    outcome=outcome_of(line, market=market, status="review"), inputs_key="i",
                    judged=[judged_of(verdict="review")],
                )
                for line in lines
                if (own := known.get(("m", f"xhs-{line}"))) is None or own.again
            ]  # fmt: skip
            if made:
                store.settle_many(run.id, made)
        taken = store.take_down_missing(run.id, "us")
        store.finish_run(run, {})
        return taken

    night(1, 2)
    assert [("xhs-1", "hk"), ("xhs-1", "us"), ("xhs-2", "hk"), ("xhs-2", "us")] == waiting(store)
    assert 0 == night(2)  # it was not on sale
    assert [("xhs-1", "hk"), ("xhs-2", "hk"), ("xhs-2", "us")] == waiting(store)
    assert 0 == night(2)
    night(1, 2)
    assert [("xhs-1", "hk"), ("xhs-1", "us"), ("xhs-2", "hk"), ("xhs-2", "us")] == waiting(store)
