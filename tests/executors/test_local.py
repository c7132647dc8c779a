"""The local executor: batches in order, each as soon as it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from shopglot.engines.fake import FakeEngine
from shopglot.executors.local import LocalExecutor
from shopglot.quality import read
from shopglot.types import Reply, Request, View


def request(source: str) -> Request:
    """Return a request."""
    return Request(source=source, field="title", style="phrase")


def test_answers_come_in_the_order_of_the_batches() -> None:
    """What comes out is what the engine says of each batch, in order."""
    engine = FakeEngine()
    batches = [[request("枕头"), request("面膜")], [], [request("柔软")]]
    assert [engine.translate(batch) for batch in batches] == list(LocalExecutor().translate(engine, batches))


def test_batches_are_taken_one_by_one() -> None:
    """A batch is asked for only when the one before it was answered: a kill loses one batch at most."""
    taken: list[str] = []

    def batches() -> Iterator[Sequence[Request]]:
        for source in ("枕头", "面膜"):
            taken.append(source)
            yield [request(source)]

    replies = LocalExecutor().translate(FakeEngine(), batches())
    assert [] == taken
    next(replies)
    assert ["枕头"] == taken


def test_error_of_an_engine_goes_on() -> None:
    """What an engine raises is neither swallowed nor retried here."""

    class Broken(FakeEngine):
        def translate(self, requests: Sequence[Request]) -> list[Reply]:
            raise MemoryError("out of memory")

    with pytest.raises(MemoryError, match="out of memory"):
        list(LocalExecutor().translate(Broken(), [[request("枕头")]]))


def test_opinions_come_in_the_order_of_the_batches() -> None:
    """Each batch is read by itself, in the views that are asked for, when the one before it was answered."""
    engine, views = FakeEngine(), frozenset[View]({"forward", "alone"})
    batches = [[("枕头", "Pillow"), ("面膜", "Mask")], [], [("柔软", "Soft")]]
    taken: list[int] = []

    def given() -> Iterator[Sequence[tuple[str, str]]]:
        for batch in batches:
            taken.append(len(batch))
            yield batch

    answers = LocalExecutor().read(engine, given(), views)
    assert [] == taken
    first = next(answers)
    assert [2] == taken
    assert [read(engine, batch, views) for batch in batches] == [first, *answers]
