"""What stands around a text in the prompt of a chat model, and the user's turn that goes into it.

The frame is taken from the model's own chat template once, so that a prompt is three pieces set together: the pieces
of the frame may hold control tokens, the text between them never does, whatever a merchant wrote into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shopglot.engines.cards import Card, Prompt
from shopglot.errors import ModelError
from shopglot.protect import demands, render
from shopglot.types import Request, View

# What a model that writes English is told when it reads a finished text: the source when it knows the target, and the
# target when it knows nothing. What these readings are worth as signs of quality was measured with these very words,
# and everything fitted to them rests on the words: with others the same text has other log-probabilities.
READ_BACK = "Translate the English text into Chinese. Output only the translation."
READ_ALONE = "Write product text in natural US English."
ALONE_TURN = "Text:"

_SYSTEM, _TEXT = "\ue000system\ue001", "\ue000text\ue001"
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A prompt is `before`, the user's turn, `after`. `before` is the same for every text."""

    before: str
    after: str


def take_frames(tokenizer: Any) -> dict[str, list[str]]:
    """Return the frames of a tokenizer's chat template, to be kept as JSON: with a system part, and without.

    A template that knows no system part gives the latter only. Raises `ModelError` where there is no usable template.
    """
    frames: dict[str, list[str]] = {}
    for name, messages in {
        "system": [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _TEXT}],
        "plain": [{"role": "user", "content": _TEXT}],
    }.items():
        try:
            written = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except Exception as error:  # templates are programs of the model's makers and raise what they like
            if name == "plain":
                raise ModelError(f"the model's chat template does not work: {error}") from error
            continue
        pieces = re.split(f"{_SYSTEM}|{_TEXT}", written)
        if len(pieces) == len(messages) + 1:
            frames[name] = pieces
    if not frames:
        raise ModelError("the model's chat template does not show the user's text; use a model made for chat.")
    return frames


def need_prompt(card: Card) -> Prompt:
    """Return the prompt of a chat model's card."""
    if card.prompt is None:
        raise ModelError(f"{card.path}: a chat model needs a [prompt].")
    return card.prompt


def choose_frame(frames: Mapping[str, list[str]], prompt: Prompt) -> Frame:
    """Return the frame for a card's prompt. Raises `ModelError` where the model's template has no such frame."""
    if not prompt.system:
        if "plain" not in frames:
            raise ModelError("the model's chat template needs a system part: give 'prompt.system' in its card.")
        return Frame(before=frames["plain"][0], after=frames["plain"][1])
    if "system" not in frames:
        raise ModelError("the model's chat template has no system part: leave out 'prompt.system' in its card.")
    first, between, after = frames["system"]
    return Frame(before=first + prompt.system + between, after=after)


def reading_frames(frames: Mapping[str, list[str]], prompt: Prompt, *, latin: bool) -> dict[View, Frame]:
    """Return the frame for each view in which a model can read; `latin` says that it writes English.

    The frame of `forward` is the one that translations are asked for in. The default words for the other views speak
    of English: a model that writes another language has those views only where its card has words for them.
    """
    found: dict[View, Frame] = {"forward": choose_frame(frames, prompt)}
    if told := prompt.read_back or READ_BACK * latin:
        found["backward"] = _frame_of(frames, prompt, told)
    if told := prompt.read_alone or READ_ALONE * latin:
        found["alone"] = _frame_of(frames, prompt, told)
    return found


def write_reading(pair: tuple[str, str], prompt: Prompt, view: View) -> tuple[str, str]:
    """Return the user's turn, and the answer that is read, for a (source, target) pair in a view."""
    source, target = pair
    if view == "backward":
        return clean(target), clean(source)
    if view == "alone":
        return ALONE_TURN, clean(target)
    return write_turn(Request(source=source, field="", style="prose"), prompt), clean(target)


def _frame_of(frames: Mapping[str, list[str]], prompt: Prompt, told: str) -> Frame:
    """Return the frame that tells a model something, in the user's turn where the template has no system part."""
    if "system" in frames:
        return choose_frame(frames, replace(prompt, system=told))
    return Frame(before=f"{frames['plain'][0]}{told}\n", after=frames["plain"][1])


def write_turn(request: Request, prompt: Prompt) -> str:
    """Return the user's turn for a request: what helps, where there is something to say, and the text itself.

    Terms that the glossary only suggests are shown; after a first attempt, what the answer must contain is named too.
    """
    body = clean(render(request).body)
    lines = ""
    if suggested := _suggestions(request):
        lines += prompt.hint.replace("{hints}", suggested)
    if request.attempt and (wanted := demands(request)):
        lines += prompt.demand.replace("{demands}", clean("; ".join(wanted)))
    return lines + prompt.user.replace("{text}", body)


def clean(text: str) -> str:
    """Return a text that can be written as UTF-8: lone surrogates, which no tokenizer takes, become U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _suggestions(request: Request) -> str:
    pairs = [f"{term.source} = {term.target}" for term in request.terms if not term.enforce and term.target]
    return clean("; ".join(dict.fromkeys(pairs)))
