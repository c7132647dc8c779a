"""The whole way, as docs/house-model.md tells it, with a tiny model: from the corpus to an engine that learned."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines import load
from shopglot.engines.adapter import merge
from shopglot.engines.cards import folder_digest, read_card
from shopglot.engines.prepare import prepare
from shopglot.types import Request
from shopglot_eval.training.pieces import hash_file

ROOT = Path(__file__).parents[3]
PACKAGE = ROOT / "eval" / "shopglot_eval" / "training"
COMMERCE = ROOT / "eval" / "data" / "commerce"
SMALL = {
    "rank = 16 ": "rank = 2 ", "epochs = 3": "epochs = 1", "rows = 4": "rows = 1", "row = 2048": "row = 512",
    "evaluate = 50": "evaluate = 4", "checkpoint = 50": "checkpoint = 1", "share = 0.1": "share = 0.0",
    "learning_rate = 2e-4": "learning_rate = 2e-2",
}  # fmt: skip
# What another machine has not: the product, and what only the product needs.
BARE = "import sys\nfor name in ('shopglot', 'shopglot_eval', 'click', 'ctranslate2'):\n    sys.modules[name] = None\n"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that stands for the other machine: the package alone, and nothing of the project on its path."""
    folder = tmp_path / "machine"
    shutil.copytree(PACKAGE, folder / "training", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sitecustomize.py").write_text(BARE, encoding="utf-8")
    return folder


def start(machine: Path, *words: object) -> subprocess.Popen[str]:
    """Start the command there."""
    environment = {**os.environ, "PYTHONPATH": str(machine), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "training", *map(str, words)], cwd=machine, env=environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def call(machine: Path, *words: object) -> str:
    """Run the command there and return what it prints; a failure shows what it said."""
    process = start(machine, *words)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out


def test_from_corpus_to_engine(base: Path, machine: Path, tmp_path: Path) -> None:
    """Prepare, carry over, train, be killed, go on, bring back in pieces, merge, answer."""
    # At home: a recipe, a corpus of a few lines, a card for the base.
    text = (ROOT / "models" / "house" / "recipe.toml").read_text(encoding="utf-8")
    for old, new in SMALL.items():
        assert old in text
        text = text.replace(old, new)
    (machine / "recipe.toml").write_text(text, encoding="utf-8")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for part in ("train", "dev", "test"):
        lines = (COMMERCE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (corpus / f"{part}.jsonl").write_text("".join(lines[:20]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "shopglot_eval.training", "prepare", "--recipe", machine / "recipe.toml",
         "--corpus", corpus, "--out", machine / "lessons"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "pipeline"), str(ROOT / "eval")])},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["files"]["train.jsonl"]["examples"] > 30

    # There: trained, killed without a word, and gone on with.
    words = ("train", "--recipe", "recipe.toml", "--lessons", "lessons", "--base", base, "--device", "cpu", "--out")
    process = start(machine, *words, "run")
    while process.poll() is None and not (machine / "run" / "checkpoint.pt").is_file():
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    result = json.loads(call(machine, *words, "run"))
    assert result["steps"] > 2
    assert result == json.loads(call(machine, *words, "run"))

    # Back in pieces, and into a card.
    adapter = machine / "run" / "adapter.safetensors"
    call(machine, "split", adapter, "--out", "pieces", "--size", "1K")
    assert len(list((machine / "pieces").glob("*.0*"))) > 2
    cards = tmp_path / "models"
    call(machine, "join", machine / "pieces" / "adapter.safetensors.pieces.json", "--out", cards / "house.safetensors",
         "--sha256", result["adapter"]["sha256"])  # fmt: skip
    card = read_card(write_card(cards, base, result["adapter"]["sha256"]))
    prepare(card, base, tmp_path / "cache")
    engine = load(card, tmp_path / "cache", target="en", threads=1)
    reply = engine.translate([Request(source="红色", field="title", style="phrase")])[0]
    assert reply.tokens > 0
    assert engine.name == card.signature


def write_card(folder: Path, base: Path, digest: str) -> Path:
    """Write a card that adds the adapter to the base."""
    path = folder / "tiny-house.toml"
    path.write_text(
        f"""name = "tiny-house"
title = "Tiny"
licence = "Apache-2.0"
kind = "chat"
runtime = "ctranslate2"
directions = [["zh", "en"]]
batch_size = 8
[source]
folder = "{base}"
sha256 = "{folder_digest(base)}"
[adapter]
file = "house.safetensors"
sha256 = "{digest}"
[prompt]
system = "Translate."
user = "{{text}}"
hint = ""
demand = ""
[compute]
type = "float32"
""",
        encoding="utf-8",
    )
    assert digest == hash_file(folder / "house.safetensors")
    return path


def test_no_time_is_told_by_the_status(base: Path, machine: Path, write_examples: Any) -> None:
    """Status 3 says that it is to be called again, 1 that something is wrong; the message says what to do."""
    from shopglot_eval.training.recipe import read_recipe

    shutil.copy(ROOT / "models" / "house" / "recipe.toml", machine / "recipe.toml")
    write_examples(machine / "lessons", read_recipe(machine / "recipe.toml"))
    words = ("train", "--recipe", "recipe.toml", "--lessons", "lessons", "--device", "cpu", "--out", "run", "--base")
    process = start(machine, *words, base, "--seconds", "0")
    assert "call again" in process.communicate(timeout=300)[1]
    assert process.returncode == 3
    process = start(machine, *words, "none.gguf")
    assert "error: none.gguf: no base model here" in process.communicate(timeout=300)[1]
    assert process.returncode == 1


def test_merging_is_what_was_trained(base: Path, tmp_path: Path) -> None:
    """The product's merge gives what peft computes with the adapter beside the weights, but for sixteen bits."""
    import torch

    from shopglot_eval.training.model import add_adapter, learned, load_base, write_adapter
    from shopglot_eval.training.recipe import Lora

    lora = Lora(rank=3, alpha=6, dropout=0.0, targets=("q_proj", "o_proj", "up_proj", "down_proj"))
    trained = add_adapter(load_base(base, "cpu"), lora, 1).eval()
    torch.manual_seed(3)
    with torch.no_grad():
        for weight in learned(trained).values():
            weight.copy_(torch.randn(weight.shape).half() * 0.2)
    write_adapter(learned(trained), lora, tmp_path / "a.safetensors")
    write_adapter(learned(trained), lora, tmp_path / "b.safetensors")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    merged = load_base(base, "cpu").eval()
    tokens = torch.arange(5, 25)[None]
    with torch.no_grad():
        before = merged(tokens).logits
        assert 2 * 4 == merge(merged, tmp_path / "a.safetensors")
        assert torch.allclose(trained(tokens).logits, merged(tokens).logits, atol=1e-4)
    assert not torch.allclose(before, trained(tokens).logits, atol=1e-1)
