"""An executor that begins no batch that would end after the deadline, nor any after a signal.

Batches that are out already come back and are handed on, so that whoever asked writes them. Only then it stops. The
batches are those of the plan, in its order: a run that stops has made a beginning of what it would have made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from shopglot.batches import Executor
from shopglot.engines.base import Engine
from shopglot.quality import Opinion
from shopglot.stopping import Stop, TimeUp
from shopglot.types import Reply, Request, View

_Batch = TypeVar("_Batch")
_Answer = TypeVar("_Answer")


class StoppableExecutor:
    """Runs batches on another executor until it is time to stop. TimeUp or Ended where batches are left then."""

    def __init__(self, executor: Executor, stop: Stop) -> None:
        self.name = executor.name
        self._executor, self._stop = executor, stop

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it."""
        return self._executor.measure(engine, requests)

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in order."""
        return self._until(
            "translate", batches, lambda batch: sum(len(request.source) for request in batch),
            lambda fed: self._executor.translate(engine, fed),
        )  # fmt: skip

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch of (source, target) pairs, in order."""
        return self._until(
            "read", batches, lambda batch: sum(len(source) + len(target) for source, target in batch),
            lambda fed: self._executor.read(engine, fed, views),
        )  # fmt: skip

    def _until(
        self,
        kind: str,
        batches: Iterable[_Batch],
        measure: Callable[[_Batch], int],
        work: Callable[[Iterable[_Batch]], Iterator[_Answer]],
    ) -> Iterator[_Answer]:
        stop, out, cut = self._stop, deque[tuple[float, int]](), False

        def fed() -> Iterator[_Batch]:
            nonlocal cut
            for batch in batches:
                size = measure(batch)
                if stop.asked or stop.over(kind, size):
                    cut = True
                    return
                out.append((stop.clock(), size))
                yield batch

        stop.in_hand = True  # until whoever asked has written the last answer, and asks for another one
        try:
            for answer in work(fed()):
                begun, size = out.popleft()
                stop.note(kind, stop.clock() - begun, size)
                yield answer
        finally:
            stop.in_hand = False
        stop.heed()
        if cut:
            raise TimeUp
