"""What every engine is: texts in one batch in, their translations out, in order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from shopglot.errors import ModelError
from shopglot.types import Reply, Request, View

# An encoder-decoder model is trained in one direction, and to write nothing without a source.
TRANSLATOR_VIEWS: frozenset[View] = frozenset({"forward"})


class Engine(Protocol):
    """Translates batches. Engines that have log-probabilities are a `types.Scorer` as well.

    `name` is `card@revision`, and part of every machine key; `decoding` is a stable text of the decode settings.
    `batch_size` is how many requests suit one call. `fake` marks a stand-in whose output is no translation.
    """

    name: str
    decoding: str
    batch_size: int
    fake: bool

    def measure(self, request: Request) -> int:
        """Return the length by which requests are sorted into batches."""
        ...

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch, as it is given, in one call of the model; replies in order. No request, no call."""
        ...

    def close(self) -> None:
        """Give memory and threads back."""
        ...


def require_view(name: str, views: Collection[View], view: View) -> None:
    """Raise `ModelError` unless an engine reads a text in a view."""
    if view not in views:
        raise ModelError(
            f"model '{name}' does not read in the view '{view}', only {', '.join(sorted(views))}. Ask for one that it "
            "has (`views` names them), or take a chat model that writes English, which has all; for another language "
            "a chat model's card must say 'prompt.read_back' and 'prompt.read_alone'."
        )


def signature(engine: Engine) -> str:
    """Return what an engine's output depends on, besides its input."""
    return f"{engine.name}|{engine.decoding}" if engine.decoding else engine.name
