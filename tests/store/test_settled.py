"""What runs made of whole pages, read back segment by segment."""

from __future__ import annotations

from collections.abc import Callable

from shopglot.store import RunSpec, Settlement, Store


def test_segments_of_pages(store: Store, spec: RunSpec, settlement_of: Callable[..., Settlement]) -> None:
    """Each page has its segments as they were settled, held ones too; others' pages and unknown ones are left out."""
    run = store.begin_run(spec)
    store.see(run.id, [(1, "m", "a"), (2, "m", "b"), (3, "m", "c")])
    pages = [settlement_of(1, name="a", title="A"), settlement_of(2, name="b"), settlement_of(3, name="c", title="C")]
    store.settle_many(run.id, pages)
    found = store.settled("us", [("m", "a"), ("m", "b"), ("m", "zzz"), ("other", "c")])
    assert {("m", "a"), ("m", "b")} == found.keys()
    for settlement, name in ((pages[0], "a"), (pages[1], "b")):
        (item,) = settlement.judged
        (own,) = found["m", name]
        assert (item.segment.key.path, item.segment.key.index, item.segment.field, item.segment.source) == (
            own.path, own.index, own.field, own.source
        )  # fmt: skip
        assert (item.translation.target, item.translation.origin, item.translation.model) == (
            own.target, own.origin, own.model
        )  # fmt: skip
        assert (item.score.value, item.score.signature) == (own.score.value, own.score.signature)
        assert (item.decision, item.findings) == (own.decision, own.findings)


def test_no_pages(store: Store) -> None:
    """Nothing asked, nothing there: nothing."""
    assert ({}, {}) == (store.settled("us", []), store.settled("us", [("m", "a")]))
