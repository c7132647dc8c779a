"""The executor for many machines: batches are worked on by workers of a Ray cluster, each with an engine of its own.

The batches of the plan are the work items, and their answers come in the order of the plan: the same bytes as locally,
however many workers there are. A bounded number of batches is on its way. A worker that dies, or whose engine breaks,
is replaced, and its batches are done again.

It is made of Ray's actors and not of a Ray Data pipeline: the flow asks for batches window by window, and Ray Data
begins its pool, and so loads its models, anew for each; its blocks are Arrow's, which cannot hold a lone surrogate.

Ray begins with the first batch: a night without one needs no cluster.
"""

from __future__ import annotations

import importlib.util
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Self

from shopglot import __version__
from shopglot.engines.base import Engine
from shopglot.errors import UsageError, WorkError
from shopglot.executors.cluster import connect, first_line
from shopglot.executors.local import LocalExecutor
from shopglot.executors.settings import Crew, Settings
from shopglot.executors.worker import Answer, Recipe, Task, Worker
from shopglot.localizer import Localizer
from shopglot.quality import Opinion
from shopglot.types import Reply, Request, View

TRIES = 3  # how often a batch is given to a worker, each time another one
HELD = 4  # times as many batches may be begun and not handed out as are at the workers: a slow one holds the others up
PATIENCE = 30.0  # seconds without an answer of any worker until it is said what is waited for


@dataclass(slots=True, kw_only=True, eq=False)
class RemoteEngine:
    """Stands for an engine that the workers open; this process loads no model."""

    name: str
    decoding: str
    batch_size: int
    fake: bool
    recipe: Recipe
    executor: RayExecutor = field(repr=False)

    def measure(self, request: Request) -> int:
        """Return the length of one request; `RayExecutor.measure` asks for many at once."""
        return self.executor.measure(self, [request])[0]

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch."""
        return next(self.executor.translate(self, [requests]))

    def close(self) -> None:
        """Nothing to give back: the workers are the executor's."""


def remote(localizer: Localizer, model: str | None, executor: RayExecutor) -> Localizer:
    """Return a localizer whose engine the workers open. Conversion by rules stays here: it needs no model."""
    if localizer.fake:
        recipe = Recipe(card=None, language=localizer.market.language)
    elif localizer.market.engine == "opencc":
        return localizer
    else:
        from shopglot.config import card_root
        from shopglot.engines.cards import get_card

        recipe = Recipe(
            card=get_card(card_root(), model or localizer.market.engine), language=localizer.market.language
        )
    executor.recipes.add(recipe)
    engine = RemoteEngine(
        name=localizer.model, decoding=localizer.decoding, batch_size=localizer.batch_size, fake=localizer.fake,
        recipe=recipe, executor=executor,
    )  # fmt: skip
    return replace(localizer, open_engine=lambda: engine)


@dataclass(slots=True, eq=False)
class _Job:
    task: Task
    failures: int = 0
    answer: Answer | None = None


@dataclass(slots=True, eq=False)
class _Hand:
    """A worker as this process knows it: its batches, oldest first, and where it is once it has answered."""

    actor: Any
    jobs: dict[Any, _Job] = field(default_factory=dict)
    where: str = ""


class RayExecutor(LocalExecutor):
    """Runs batches on a cluster; those of an engine that no worker opens, in this process. Close it with `with`."""

    name = "ray"

    def __init__(self, settings: Settings, *, say: Callable[[str], None] = lambda line: None) -> None:
        """Nothing is started yet. Raises `UsageError` where Ray is not installed."""
        if importlib.util.find_spec("ray") is None:
            raise UsageError("--executor ray needs Ray, which is not installed: pip install 'shopglot[ray]'.")
        self.recipes: set[Recipe] = set()  # of every engine that a worker may have to open
        self._settings, self._say = settings, say
        self._hands: list[_Hand] = []
        self._crew: Crew | None = None
        self._own = False  # whether the connection to Ray is ours to end
        self._patient = True

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the workers and, where it is this run's own, the cluster."""
        if self._crew is None:
            return
        import ray

        for hand in self._hands:
            with suppress(Exception):  # it may be dead, or the cluster gone
                ray.kill(hand.actor)
        self._hands, self._crew = [], None
        if self._own:
            ray.shutdown()

    def measure(self, engine: Engine, requests: Sequence[Request]) -> list[int]:
        """Return the length of each request, as the engine measures it."""
        if not isinstance(engine, RemoteEngine):
            return super().measure(engine, requests)
        size = max(1, engine.batch_size) * 8
        parts = [requests[start : start + size] for start in range(0, len(requests), size)]
        tasks = (Task(recipe=engine.recipe, kind="measure", items=part) for part in parts)
        return [length for lengths in self._answers(tasks) for length in lengths]

    def translate(self, engine: Engine, batches: Iterable[Sequence[Request]]) -> Iterator[list[Reply]]:
        """Yield the replies to each batch, in the order of the batches.

        Raises what an engine raises on purpose, and `WorkError` where a batch failed with several workers.
        """
        if not isinstance(engine, RemoteEngine):
            yield from super().translate(engine, batches)
            return
        yield from map(list, self._answers(Task(recipe=engine.recipe, kind="translate", items=b) for b in batches))

    def read(
        self, engine: Engine, batches: Iterable[Sequence[tuple[str, str]]], views: Collection[View]
    ) -> Iterator[list[Opinion]]:
        """Yield the engine's opinions on each batch, in the order of the batches; raises as `translate` does."""
        if not isinstance(engine, RemoteEngine):
            yield from super().read(engine, batches, views)
            return
        wanted = tuple(sorted(views))
        tasks = (Task(recipe=engine.recipe, kind="read", items=batch, views=wanted) for batch in batches)
        yield from map(list, self._answers(tasks))

    def _answers(self, tasks: Iterable[Task]) -> Iterator[Sequence[Any]]:
        """Yield what comes of each task, in order: each is taken when there is a worker for it."""
        source = iter(tasks)
        line: deque[_Job] = deque()  # begun and not handed out, in order
        again: deque[_Job] = deque()  # of lost workers
        try:
            while True:
                self._assign(source, line, again)
                if not line:
                    return
                if line[0].answer is None:
                    self._collect(again)
                else:
                    yield line.popleft().answer.values  # type: ignore[union-attr]  # just seen
        finally:
            for hand in self._hands:  # where nobody wants the rest
                hand.jobs = {ref: job for ref, job in hand.jobs.items() if job not in line}

    def _assign(self, source: Iterator[Task], line: deque[_Job], again: deque[_Job]) -> None:
        """Give batches to workers with room for them: first those that are to be done again, then the next ones."""
        while True:
            room = self._crew is None or len(line) < HELD * self._settings.ahead * len(self._hands)
            if not again:
                task = next(source, None) if room else None
                if task is None:
                    return
                job = _Job(task)
                line.append(job)
                if not task.items:
                    job.answer = Answer(where="", values=())
                    continue
                again.append(job)
            self._staff()
            hand = min(self._hands, key=lambda one: len(one.jobs))
            if len(hand.jobs) >= self._settings.ahead:
                if not self._grow():
                    return
                hand = self._hands[-1]
            job = again.popleft()
            hand.jobs[hand.actor.work.remote(job.task)] = job

    def _collect(self, again: deque[_Job]) -> None:
        """Wait for an answer, and take it."""
        import ray

        refs = {ref: hand for hand in self._hands for ref in hand.jobs}
        ready, _ = ray.wait(list(refs), num_returns=1, timeout=PATIENCE)
        if not ready and self._patient and self._crew and not any(hand.where for hand in self._hands):
            self._patient = False
            self._say(
                f"waiting for the first answer of {len(self._hands)} workers on the Ray cluster: they load the model, "
                f"or it has no room for {self._crew.needs} each (SHOPGLOT_RAY_WORKERS, SHOPGLOT_RAY_CPUS; `ray status`)"
            )
        for ref in ready:
            hand = refs[ref]
            try:
                answer: Answer = ray.get(ref)
            except ray.exceptions.RayError as error:
                self._lose(hand, first_line(error), again)
                continue
            hand.where = answer.where
            if answer.kind:
                raise answer.as_error()
            if answer.error:
                self._lose(hand, answer.error, again)
            else:
                hand.jobs.pop(ref).answer = answer

    def _lose(self, hand: _Hand, why: str, again: deque[_Job]) -> None:
        """Replace a worker; its batches are done again. Only the one that it was at counts as tried."""
        import ray

        self._hands.remove(hand)
        with suppress(Exception):  # most are dead already
            ray.kill(hand.actor)
        jobs = list(hand.jobs.values())
        again.extendleft(reversed(jobs))
        jobs[0].failures += 1
        where = f"worker {hand.where}" if hand.where else "a worker that had not answered yet"
        if jobs[0].failures >= TRIES:
            raise WorkError(
                f"a batch of {len(jobs[0].task.items)} texts failed {TRIES} times, each time with another worker on "
                f"the Ray cluster; the last, {where}: {why} Nothing that was done is lost. See to the cluster (memory? "
                "shopglot and the model on every machine? Ray's logs?) and start the run again."
            )
        self._say(f"{where} is replaced, and its {len(jobs)} batches are done again: {why}")

    def _staff(self) -> None:
        """Begin the workers that there have to be at least, and Ray itself before the first."""
        if self._crew is None:
            self._crew, self._own = connect(self._settings, self.recipes, self._say)
        while len(self._hands) < self._crew.least:
            self._hire(self._crew)

    def _grow(self) -> bool:
        """Begin one worker more, unless there are as many as may be or one has still to answer."""
        crew = self._crew
        if crew is None or len(self._hands) >= crew.most or not all(hand.where for hand in self._hands):
            return False
        self._hire(crew)
        self._say(f"Ray: batches are waiting, so there are {len(self._hands)} workers now")
        return True

    def _hire(self, crew: Crew) -> None:
        import ray

        actor = ray.remote(Worker).options(num_cpus=crew.cpus, num_gpus=crew.gpus, max_restarts=0)
        # A card that takes what there is finds a GPU that is not ours unless it is told to take none.
        device = None if crew.gpus else "cpu"
        self._hands.append(_Hand(actor.remote(version=__version__, threads=crew.cpus, device=device)))
