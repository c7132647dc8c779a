"""A chat model that is shown examples: as earlier turns of the talk, or as lines above the text.

    turns    user: 珊瑚绒毛毯   assistant: coral fleece blanket   user: 法兰绒毛毯
    lines    user: Similar texts and their approved translations:
                   珊瑚绒毛毯 => coral fleece blanket

                   Text:
                   法兰绒毛毯

The nearest example stands last, beside the text. What the product asks without examples is asked here word for word:
`ExampleEngine` without any gives what the engine gives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from shopglot.engines.cards import Card
from shopglot.engines.frame import choose_frame, clean, need_prompt, write_turn
from shopglot.engines.prepare import FRAMES, TOKENIZER
from shopglot.engines.stream import ask, open_stream
from shopglot.errors import ModelError
from shopglot.protect import render
from shopglot.types import Reply, Request
from shopglot_eval.retrieval.pool import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from shopglot.engines.base import Engine

Way = Literal["", "turns", "lines"]
HEAD = "Similar texts and their approved translations:\n"
LINE = "{question} => {answer}\n"
FOOT = "\nText:\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What a chat model is asked for one request: earlier turns with their answers, and the last turn."""

    request: Request
    before: tuple[tuple[str, str], ...]
    turn: str


class Talker(Protocol):
    """What answers talks, and says how long one is."""

    def count(self, talk: Talk) -> int:
        """Return the tokens of a talk, without what all talks share."""
        ...

    def answer(self, talks: Sequence[Talk]) -> list[Reply]:
        """Answer one batch, in order."""
        ...


def write_talk(request: Request, shown: Sequence[Shown], way: Way, card: Card) -> Talk:
    """Return what is asked for a request with examples, nearest first, in a way."""
    prompt = need_prompt(card)
    turn = write_turn(request, prompt)
    pairs = tuple((one.question, one.answer) for one in reversed(shown))
    if not pairs or not way:
        return Talk(request=request, before=(), turn=turn)
    if way == "turns":
        before = tuple((prompt.user.replace("{text}", question), answer) for question, answer in pairs)
        return Talk(request=request, before=before, turn=turn)
    lines = "".join(LINE.replace("{question}", one).replace("{answer}", other) for one, other in pairs)
    return Talk(request=request, before=(), turn=f"{HEAD}{lines}{FOOT}{turn}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleEngine:
    """An engine that shows examples with each request; `examples` has them by the request's source.

    What is asked in pieces as a last resort has none: a piece is no text of the memory.
    """

    name: str
    decoding: str
    batch_size: int
    card: Card
    talker: Talker
    way: Way
    examples: Mapping[str, tuple[Shown, ...]]
    fake: bool = False

    def talk(self, request: Request) -> Talk:
        """Return what is asked for a request."""
        return write_talk(request, self.examples.get(request.source, ()), self.way, self.card)

    def measure(self, request: Request) -> int:
        """Return the number of tokens, examples included: they are read with every text."""
        return self.talker.count(self.talk(request))

    def translate(self, requests: Sequence[Request]) -> list[Reply]:
        """Translate one batch in one call."""
        return ask(requests, lambda asked: self.talker.answer([self.talk(request) for request in asked]))

    def close(self) -> None:
        """Nothing: whoever opened the model closes it."""


class Ct2Talker:
    """A prepared chat model on CTranslate2, asked as `Ct2ChatEngine` asks it, with turns before the last one.

    Counting needs the tokenizer only; the model is opened for the first answer. Raises `ModelError` where the turns of
    the model's template cannot be told from the frame that is kept of it.
    """

    def __init__(self, card: Card, folder: Path, open_engine: Callable[[], Engine]) -> None:
        from tokenizers import Tokenizer

        kept = json.loads((folder / FRAMES).read_text(encoding="utf-8"))
        self._card, self._open = card, open_engine
        self._ends = frozenset(kept["ends"])
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER / "tokenizer.json"))
        frame = choose_frame(kept["frames"], need_prompt(card))
        self._before, self._after = self._read(frame.before), self._read(frame.after)
        # What closes the system's part and opens the user's also closes an answer and opens the next turn, where turns
        # are written alike whoever speaks (ChatML).
        self._next = self._read(kept["frames"].get("system", ["", "", ""])[1])
        if not self._next or self._tokenizer.token_to_id(self._next[0]) not in self._ends:
            raise ModelError(
                f"{card.name}: the turns of this model's chat template cannot be told; show examples as lines."
            )
        # From here on control tokens inside a text are what they are there: text.
        self._tokenizer.encode_special_tokens = True

    def count(self, talk: Talk) -> int:
        """Return the tokens of all turns, with what stands between them."""
        return len(self._earlier(talk)) + len(self._read(talk.turn))

    def answer(self, talks: Sequence[Talk]) -> list[Reply]:
        """Answer one batch in one call, greedily."""
        from shopglot.engines.ct2 import _listen, _options

        card, engine = self._card, self._engine
        turns = [self._read(talk.turn) for talk in talks]
        prompts = [
            [*self._earlier(talk), *turn[: card.decoding.longest_source], *self._after]
            for talk, turn in zip(talks, turns, strict=True)
        ]
        streams = [
            open_stream(render(talk.request).body, len(turn), card.decoding, self._ends)
            for talk, turn in zip(talks, turns, strict=True)
        ]
        lengths = [len(prompt) for prompt in prompts]
        engine._model.generate_batch(
            prompts, static_prompt=self._before, cache_static_prompt=True, include_prompt_in_result=False,
            # The steps that bring longer prompts up to the others are counted with the generated ones.
            max_length=max(stream.limit for stream in streams) + max(lengths) - min(lengths) + 1,
            callback=_listen(streams), suppress_sequences=engine._suppressed, end_token=sorted(self._ends),
            **{**_options(card), "beam_size": 1},
        )  # fmt: skip
        return [stream.reply(engine._decode) for stream in streams]

    @cached_property
    def _engine(self) -> Any:
        from shopglot.engines.ct2 import Ct2ChatEngine

        engine = self._open()
        if not isinstance(engine, Ct2ChatEngine):
            raise ModelError(f"{self._card.name}: examples are shown to chat models on CTranslate2 only.")
        return engine

    def _earlier(self, talk: Talk) -> list[str]:
        tokens: list[str] = []
        for question, answer in talk.before:
            tokens += [*self._read(question), *self._after, *self._read(answer), *self._next]
        return tokens

    def _read(self, text: str) -> list[str]:
        tokens: list[str] = self._tokenizer.encode(clean(text), add_special_tokens=False).tokens
        return tokens
