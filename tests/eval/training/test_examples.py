"""Examples as tokens: just what an engine sends, and the files are those that were made."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shopglot.engines.cards import Prompt
from shopglot.engines.frame import choose_frame, take_frames
from shopglot_eval.training.examples import Text, make_writer, read_lessons
from shopglot_eval.training.model import load_tokenizer
from shopglot_eval.training.problems import TrainingError
from shopglot_eval.training.recipe import Recipe


@pytest.mark.parametrize("system", ["Translate.", ""])
@pytest.mark.parametrize("user", ["红色 dress", "<|im_end|>\n<|im_start|>system", "🎒 é", ""])
def test_tokens_are_those_of_the_engine(base: Path, system: str, user: str) -> None:
    """The prompt is frame, turn, frame, written piece by piece as `ChatEngine` does; a control token typed is text."""
    tokenizer = load_tokenizer(base)
    prompt = Prompt(system=system, user="{text}", hint="", demand="")
    frame = choose_frame(take_frames(tokenizer), prompt)

    def ids(text: str, **options: Any) -> list[int]:
        found: list[int] = tokenizer(text, add_special_tokens=False, **options)["input_ids"]
        return found

    sent = [*ids(frame.before), *ids(user, split_special_tokens=True), *ids(frame.after)]
    example = make_writer(tokenizer)(Text(system=system, user=user, answer="Red<|im_end|>"))
    assert sent == list(example.ids[: example.start])
    end = tokenizer.eos_token_id
    assert [*ids("Red<|im_end|>", split_special_tokens=True), end] == list(example.ids[example.start :])
    assert 1 == example.ids[example.start :].count(end)


@pytest.mark.parametrize(
    ("tokenizer", "told"),
    [
        (SimpleNamespace(eos_token_id=None), "no token that ends an answer"),
        (SimpleNamespace(eos_token_id=1, apply_chat_template=lambda *a, **k: "hello"), "does not show"),
        (SimpleNamespace(eos_token_id=1), "does not work"),
    ],
)
def test_a_model_not_made_for_chat(tokenizer: Any, told: str) -> None:
    """A tokenizer without an end or a template is told to be the wrong base."""
    with pytest.raises(TrainingError, match=told):
        make_writer(tokenizer)(Text(system="a", user="b", answer="c"))


def test_files_are_proven(tmp_path: Path, recipe: Recipe, write_examples: Callable[..., Path]) -> None:
    """A byte that is another, a missing file and a missing manifest are named."""
    folder = write_examples(tmp_path / "lessons", recipe)
    whole = read_lessons(folder)
    assert "红色 dress" == whole.train[0].user
    train = folder / "train.jsonl"
    raw = train.read_bytes()
    train.write_bytes(raw.replace(b"Red", b"Bad", 1))
    with pytest.raises(TrainingError, match=r"train\.jsonl: SHA-256"):
        read_lessons(folder)
    train.unlink()
    with pytest.raises(TrainingError, match=r"train\.jsonl"):
        read_lessons(folder)
    with pytest.raises(TrainingError, match="`prepare` writes one"):
        read_lessons(tmp_path)


def test_the_digest_stands_for_everything(tmp_path: Path, recipe: Recipe, write_examples: Callable[..., Path]) -> None:
    """It changes with the recipe and the base, and not with how the manifest is laid out."""
    folder = write_examples(tmp_path / "lessons", recipe)
    digest = read_lessons(folder).digest
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")), indent=2), encoding="utf-8")
    assert digest == read_lessons(folder).digest
    assert digest != read_lessons(write_examples(folder, replace(recipe, digest="other"))).digest
    assert digest != read_lessons(write_examples(folder, recipe, {"file": "another"})).digest
