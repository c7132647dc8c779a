"""The ledger of a window: plans that outlive a kill, translations stored with the batch that made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shopglot.ledger import StoreLedger, window_key
from shopglot.store import Run, RunSpec, Store, open_store
from shopglot.types import Listing, Translation


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(str(tmp_path / "night.db")) as opened:
        yield opened


@pytest.fixture
def now(store: Store) -> Run:
    """A run that has begun."""
    return store.begin_run(RunSpec(catalog="c", markets=("us",), engines=("e",), policy=""))


def ledger(store: Store, now: Run, *, window: str = "w", recalled: Sequence[Translation] = ()) -> StoreLedger:
    """Return a ledger."""
    return StoreLedger(store, now.id, window, "us", recalled={item.machine_key: item for item in recalled})


def text(key: str, target: str = "x") -> Translation:
    """Return a translation."""
    return Translation(
        source=key, target=target, market="us", model="e", origin="machine", unit_key=f"u{key}", machine_key=key
    )


def listing(line: int, digest: str) -> Listing:
    """Return a listing."""
    return Listing(line=line, merchant="m", id=str(line), document={}, digest=digest)


def test_window_key_follows_lines_and_content() -> None:
    """Line, content and order count."""
    window = [listing(1, "a"), listing(2, "b")]
    assert window_key(window) == window_key([listing(1, "a"), listing(2, "b")])
    others = [window[:1], [*reversed(window)], [window[0], listing(2, "c")], [window[0], listing(3, "b")], []]
    assert 6 == len({window_key(window), *map(window_key, others)})


def test_plan_is_kept(store: Store, now: Run) -> None:
    """The first proposal stands: a later ledger of the same window gets it and proposes nothing."""
    first = ledger(store, now).plan(0, lambda: [["a", "b"], ["c"]])
    assert [(0, ("a", "b"), False), (1, ("c",), False)] == [(b.number, b.keys, b.done) for b in first]
    again = ledger(store, now).plan(0, lambda: pytest.fail("asked for another plan"))
    assert first == again
    assert [("z",)] == [batch.keys for batch in ledger(store, now, window="other").plan(0, lambda: [["z"]])]


def test_attempts_have_plans_of_their_own(store: Store, now: Run) -> None:
    """A retry is planned apart; an empty proposal is no plan and is asked for again."""
    book = ledger(store, now)
    book.plan(0, lambda: [["a"]])
    assert [] == book.plan(1, list)
    assert [("a",)] == [batch.keys for batch in book.plan(1, lambda: [["a"]])]


def test_remember_marks_the_batch_done(store: Store, now: Run) -> None:
    """Translations are recalled at once, and after a kill by the next ledger with the batch done."""
    book = ledger(store, now)
    (batch,) = book.plan(0, lambda: [["a"]])
    book.remember(0, batch, [text("a", "one")])
    assert {"a": "one"} == {key: item.target for key, item in book.recall(["a", "b"]).items()}
    later = ledger(store, now)
    assert [True] == [batch.done for batch in later.plan(0, list)]
    assert {"a": "one"} == {key: item.target for key, item in later.recall(["a"]).items()}


def test_asked_counts_units_of_the_first_attempt(store: Store, now: Run) -> None:
    """A retry is no further unit, and what another process did is not counted."""
    book = ledger(store, now)
    for attempt in (0, 1):
        (batch,) = book.plan(attempt, lambda: [["a", "b"]])
        book.remember(attempt, batch, [text("a"), text("b")])
    assert (2, 0) == (book.asked, ledger(store, now).asked)


def test_recalled_texts_are_not_asked_of_the_store(store: Store, now: Run) -> None:
    """What came with the window is answered from memory."""
    book = ledger(store, now, recalled=[text("a", "known")])
    assert {"a": "known"} == {key: item.target for key, item in book.recall(["a", "b"]).items()}
