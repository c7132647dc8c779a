"""A tiny chat model with random weights, a recipe and examples for it: every step of the real way, in seconds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import chats

from shopglot_eval.training.examples import Lessons, read_lessons
from shopglot_eval.training.recipe import Recipe, read_recipe

ROOT = Path(__file__).parents[3]
RECIPE = ROOT / "models" / "house" / "recipe.toml"
SYSTEM = "Translate."
PAIRS = [
    ("红色 dress", "Red dress"), ("蓝色 dress", "Blue dress"), ("绿色 pillow", "Green pillow"),
    ("红色 pillow，ZQ1", "Red pillow, ZQ1"), ("蓝色 mug 大号", "Large blue mug"), ("绿色 mug 小号", "Small green mug"),
    ("适合夏天穿的 dress，很轻。", "A dress for summer, and very light."), ("白色", "White"),
]  # fmt: skip


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a Qwen2 model of two layers and its tokenizer."""
    tokenizer = chats.train_tokenizer([text for pair in PAIRS for text in pair], 320)
    return chats.write_chat_model(
        tmp_path_factory.mktemp("base"), tokenizer, seed=11, hidden_size=16, intermediate_size=32,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=512, tie_word_embeddings=True,
        initializer_range=0.3,
    )  # fmt: skip


@pytest.fixture
def recipe() -> Recipe:
    """The shipped recipe with a schedule for eight examples."""
    full = read_recipe(RECIPE)
    schedule = replace(
        full.schedule, epochs=4, row=128, rows=1, evaluate=3, checkpoint=2, patience=50, learning_rate=2e-2
    )
    return replace(full, lora=replace(full.lora, rank=4, dropout=0.1), schedule=schedule)


@pytest.fixture
def write_examples() -> Callable[..., Path]:
    """What writes a folder of examples as `prepare` does."""
    return write_folder


def write_folder(folder: Path, recipe: Recipe, base: dict[str, Any] | None = None) -> Path:
    """Write the pairs as both parts, and a manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"system": SYSTEM, "user": zh, "answer": en}, ensure_ascii=False) + "\n" for zh, en in PAIRS]
    raw = "".join(lines).encode()
    files = {f"{part}.jsonl": {"sha256": hashlib.sha256(raw).hexdigest()} for part in ("train", "dev")}
    for name in files:
        (folder / name).write_bytes(raw)
    about = {"recipe": recipe.digest, "base": base or {"file": "tiny"}, "files": files}
    (folder / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


@pytest.fixture
def lessons(tmp_path: Path, recipe: Recipe) -> Lessons:
    """The examples, read."""
    return read_lessons(write_folder(tmp_path / "lessons", recipe))
