"""The examples to learn from: read, proven, and written as tokens in the way in which the pipeline writes them.

FOLDER/train.jsonl, dev.jsonl   one object a line: `system`, `user`, `answer`, and what they come from
FOLDER/manifest.json            what made them, the base model's file, and the SHA-256 of both, written last
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .problems import TrainingError

MANIFEST = "manifest.json"
PARTS = ("train", "dev")
_SYSTEM, _TEXT = "\ue000system\ue001", "\ue000text\ue001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What the model is told, what it is asked, and what it should answer."""

    system: str
    user: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Both parts of the data. `digest` stands for all of it; `base` is the manifest's word on the base model's file."""

    train: tuple[Text, ...]
    dev: tuple[Text, ...]
    recipe: str
    base: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A text as tokens: from `start` on they are the answer and its end, which alone are learned."""

    ids: tuple[int, ...]
    start: int


def manifest_digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 that stands for a manifest, and through it for the files: spaces and order do not count."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def read_lessons(folder: Path) -> Lessons:
    """Read what `prepare` wrote. Raises `TrainingError` where a file is missing or has other bytes than it wrote."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        digests = {part: manifest["files"][f"{part}.jsonl"]["sha256"] for part in PARTS}
        recipe, base = str(manifest["recipe"]), dict(manifest["base"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path}: no manifest of examples ({error}). `prepare` writes one.") from error
    texts = {part: _read(folder / f"{part}.jsonl", digest) for part, digest in digests.items()}
    if not all(texts.values()):
        raise TrainingError(f"{folder}: both parts need one example at least.")
    return Lessons(
        train=texts["train"], dev=texts["dev"], recipe=recipe, base=base, digest=manifest_digest(manifest)
    )  # fmt: skip


def _read(path: Path, digest: str) -> tuple[Text, ...]:
    try:
        raw = path.read_bytes()
        if (found := hashlib.sha256(raw).hexdigest()) != digest:
            raise TrainingError(f"{path}: SHA-256 is {found}, not {digest} as in the manifest. Bring the file again.")
        lines = map(json.loads, raw.decode("utf-8").split("\n")[:-1])
        return tuple(Text(system=str(one["system"]), user=str(one["user"]), answer=str(one["answer"])) for one in lines)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path}: {error}") from error


def make_writer(tokenizer: Any) -> Callable[[Text], Example]:
    """Return what writes a text as tokens, with the frame of the tokenizer's chat template around the user's turn.

    Pieces are written one by one as the engines do it, so that the seams fall where theirs do; control tokens inside a
    text are text. Raises `TrainingError` where the template does not show what it is given, or has no end.
    """
    frames: dict[str, tuple[list[int], list[int]]] = {}
    end = tokenizer.eos_token_id
    if end is None:
        raise TrainingError("the base model's tokenizer has no token that ends an answer; take a chat model.")

    def read(text: str) -> list[int]:
        ids: list[int] = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
        return ids

    def write(text: Text) -> Example:
        if text.system not in frames:
            before, after = _frame(tokenizer, text.system)
            frames[text.system] = (_ids(tokenizer, before), _ids(tokenizer, after))
        before_ids, after_ids = frames[text.system]
        asked = [*before_ids, *read(text.user), *after_ids]
        return Example(ids=(*asked, *read(text.answer), end), start=len(asked))

    return write


def _ids(tokenizer: Any, piece: str) -> list[int]:
    ids: list[int] = tokenizer(piece, add_special_tokens=False)["input_ids"]
    return ids


def _frame(tokenizer: Any, system: str) -> tuple[str, str]:
    """Return what the chat template writes before and after the user's turn."""
    told = [{"role": "system", "content": _SYSTEM}] if system else []
    try:
        written = tokenizer.apply_chat_template(
            [*told, {"role": "user", "content": _TEXT}], tokenize=False, add_generation_prompt=True
        )
    except Exception as error:  # templates are programs of the model's makers and raise what they like
        raise TrainingError(f"the base model's chat template does not work: {error}") from error
    pieces = re.split(f"{_SYSTEM}|{_TEXT}", written)
    if len(pieces) != len(told) + 2:
        raise TrainingError(
            "the base model's chat template does not show what it is given; take a model made for chat."
        )
    return (pieces[0] + system + pieces[1] if system else pieces[0]), pieces[-1]
