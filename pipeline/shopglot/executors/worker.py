"""What runs in a worker's process: one engine of each kind that is asked for, opened at its first batch and kept.

Nothing here knows Ray. Answers and errors go back as plain records: an exception that holds a lone surrogate would end
the process that tries to send it.
"""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, cast

from shopglot import __version__, errors
from shopglot.engines.base import Engine
from shopglot.engines.cards import Card
from shopglot.errors import ShopglotError, WorkError
from shopglot.quality import read
from shopglot.types import Scorer, View

Kind = Literal["measure", "translate", "read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How to open an engine on any machine: its card (None is the stand-in), and the language that it writes."""

    card: Card | None
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One call of an engine: a batch of requests (pairs for `read`, in these views)."""

    recipe: Recipe
    kind: Kind
    items: Sequence[Any]
    views: Collection[View] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a task: a value for each item, or an `error` in words. `kind` is its class in `errors`, else ""."""

    where: str
    values: Sequence[Any] = ()
    error: str = ""
    kind: str = ""

    def as_error(self) -> ShopglotError:
        """Return what a worker raised on purpose, as its class."""
        found = getattr(errors, self.kind, WorkError)
        return cast("ShopglotError", found(f"worker {self.where}: {self.error}"))


class Worker:
    """Does tasks one after the other. `device` overrides that of the cards; `version` is that of the asking process."""

    def __init__(self, *, version: str, threads: int, device: str | None) -> None:
        self._version, self._threads, self._device = version, threads, device
        self._engines: dict[Recipe, Engine] = {}
        self._where = f"{os.getpid()} on {socket.gethostname()}"
        with suppress(ValueError):  # only the main thread may
            # ctrl-C reaches every process of a terminal; the run that began the worker ends it.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def work(self, task: Task) -> Answer:
        """Do one task. What goes wrong is part of the answer."""
        try:
            if self._version != __version__:
                raise WorkError(  # noqa: TRY301 - told as everything that goes wrong here
                    f"it has shopglot {__version__}, the run {self._version}; the same answers need the same code. "
                    "Install one version on every machine."
                )
            return Answer(where=self._where, values=self._call(task))
        except ShopglotError as error:
            return Answer(where=self._where, error=_text(error), kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process that asked decides
            return Answer(where=self._where, error=f"{type(error).__name__}: {_text(error)}")

    def _call(self, task: Task) -> Sequence[Any]:
        engine = self._engine(task.recipe)
        if task.kind == "measure":
            return [engine.measure(request) for request in task.items]
        if task.kind == "translate":
            return engine.translate(task.items)
        return read(cast("Scorer", engine), task.items, task.views)

    def _engine(self, recipe: Recipe) -> Engine:
        if recipe not in self._engines:
            self._engines[recipe] = open_engine(recipe, device=self._device, threads=self._threads)
        return self._engines[recipe]


def open_engine(recipe: Recipe, *, device: str | None, threads: int) -> Engine:
    """Open the engine of a recipe, from the models of this machine."""
    if recipe.card is None:
        from shopglot.engines.fake import FakeEngine

        return FakeEngine()
    from shopglot.config import model_cache
    from shopglot.engines import load

    return load(recipe.card, model_cache(), target=recipe.language, device=device, threads=threads)


def wants_gpu(recipes: Collection[Recipe], resources: Mapping[str, float]) -> bool:
    """Whether a worker needs a GPU: a card says so, or takes what there is (`auto`) and the cluster has one."""
    devices = {recipe.card.compute.device for recipe in recipes if recipe.card is not None}
    return "cuda" in devices or ("auto" in devices and resources.get("GPU", 0) >= 1)


def _text(error: BaseException) -> str:
    return str(error).encode("utf-8", "backslashreplace").decode("utf-8")
