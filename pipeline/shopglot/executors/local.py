"""The default executor: batches run one after the other in this process, on the engine's own threads.

The model is the only heavy thing in the flow and brings its own parallelism; a pool of processes would load it once per
process for no gain on one machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import cast

from shopglot.engines.base import Engine
from shopglot.quality import Opinion, read
from shopglot.types import Reply, Request, Scorer, View


class LocalExecutor:
    """Runs batches in this process."""

    name = "local"

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it."""
        return [engine.measure(request) for request in requests]

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in the order of the batches, each as soon as it is there."""
        for batch in batches:
            yield engine.translate(batch)

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch of (source, target) pairs, in the order of the batches."""
        scorer = cast("Scorer", engine)  # who asks for views has seen that the engine has them
        for batch in batches:
            yield read(scorer, batch, views)
