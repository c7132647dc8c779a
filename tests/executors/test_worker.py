"""What runs in a worker's process: one engine, kept; errors are part of the answer."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shopglot import __version__
from shopglot.config import card_root
from shopglot.engines.cards import Card, Compute, get_card
from shopglot.engines.fake import FakeEngine
from shopglot.errors import ModelError, WorkError
from shopglot.executors import worker
from shopglot.executors.worker import Answer, Recipe, Task, Worker, wants_gpu
from shopglot.quality import read
from shopglot.types import Reply, Request, View

FAKE = Recipe(card=None, language="en")
REQUESTS = [Request(source=text, field="title", style="phrase") for text in ("枕头", "柔软 \ud800", "🌸" * 9, "")]
PAIRS = [("枕头", "Pillow"), ("面膜", "Mask")]
VIEWS: tuple[View, ...] = ("alone", "forward")


@pytest.fixture(autouse=True)
def _interrupts() -> Iterator[None]:
    """A worker ignores ctrl-C; the process of the tests does not."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def make() -> Worker:
    """Return a worker of this version."""
    return Worker(version=__version__, threads=1, device="cpu")


@pytest.fixture
def card() -> Card:
    """The card of the default model; the model itself is not needed."""
    return get_card(card_root(), "qwen2.5-coder-1.5b")


def test_answers_are_the_engine_s() -> None:
    """Every kind of task is answered as the engine answers it, whatever the text."""
    own, engine = make(), FakeEngine()
    assert [engine.measure(one) for one in REQUESTS] == own.work(
        Task(recipe=FAKE, kind="measure", items=REQUESTS)
    ).values
    assert engine.translate(REQUESTS) == own.work(Task(recipe=FAKE, kind="translate", items=REQUESTS)).values
    assert read(engine, PAIRS, VIEWS) == own.work(Task(recipe=FAKE, kind="read", items=PAIRS, views=VIEWS)).values


def test_engine_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is opened with the first batch, with the worker's threads and device, and kept."""
    opened: list[dict[str, Any]] = []

    def open_(recipe: Recipe, **how: Any) -> FakeEngine:
        opened.append(how)
        return FakeEngine()

    monkeypatch.setattr(worker, "open_engine", open_)
    own = make()
    for _ in range(3):
        own.work(Task(recipe=FAKE, kind="translate", items=REQUESTS))
    assert [{"device": "cpu", "threads": 1}] == opened


def test_missing_model_is_told_as_what_it_is(card: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is not on the worker's machine is a ModelError that names the worker and the way out."""
    monkeypatch.setenv("SHOPGLOT_HOME", str(tmp_path))
    answer = make().work(Task(recipe=Recipe(card=card, language="en"), kind="translate", items=REQUESTS))
    error = answer.as_error()
    assert isinstance(error, ModelError)
    assert "models pull" in str(error)
    assert str(error).startswith(f"worker {answer.where}")


def test_error_of_an_engine_is_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an engine raises comes back as words that can be sent, a lone surrogate among them."""

    class Broken(FakeEngine):
        def translate(self, requests: Sequence[Request]) -> list[Reply]:
            raise MemoryError("no room for \ud800")

    monkeypatch.setattr(worker, "open_engine", lambda recipe, **how: Broken())
    answer = make().work(Task(recipe=FAKE, kind="translate", items=REQUESTS))
    assert ("", "MemoryError: no room for \\ud800") == (answer.kind, answer.error)


def test_other_version_is_refused() -> None:
    """A worker with other code does nothing."""
    answer = Worker(version="0.0.0", threads=1, device=None).work(Task(recipe=FAKE, kind="measure", items=REQUESTS))
    assert isinstance(answer.as_error(), WorkError)
    assert "Install one version" in answer.error
    assert () == answer.values


def test_unknown_kind_is_a_work_error() -> None:
    """A class that this process does not know is told as failed work."""
    assert isinstance(Answer(where="1 on x", error="?", kind="NewError").as_error(), WorkError)


@pytest.mark.parametrize(
    ("device", "gpus", "wanted"),
    [("cpu", 8.0, False), ("auto", 0.0, False), ("auto", 2.0, True), ("cuda", 0.0, True), (None, 8.0, False)],
)
def test_gpu_by_card(card: Card, device: str | None, gpus: float, wanted: bool) -> None:
    """A card that names a GPU gets one, one that takes what there is where there is one, the stand-in never."""
    own = None if device is None else replace(card, compute=replace(Compute(), device=device))
    assert wanted is wants_gpu([FAKE, Recipe(card=own, language="en")], {"CPU": 8.0, "GPU": gpus})
