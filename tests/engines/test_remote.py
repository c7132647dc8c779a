"""A real model of random weights in workers' processes: the answers are those of this process, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.engines import load
from shopglot.engines.cards import Card
from shopglot.executors.local import LocalExecutor
from shopglot.executors.ray import RayExecutor, RemoteEngine
from shopglot.executors.settings import Settings
from shopglot.executors.worker import Recipe
from shopglot.types import Request, View

pytest.importorskip("ray", reason="the extra 'ray' is not installed")
TEXTS = ["亲肤面料", "这款连衣裙采用亲肤面料，穿着舒适", "雾霾蓝 cotton", "\ud800 \U00020000", "🌸" * 9, "记忆棉枕头"]


def test_a_models_answers_are_the_local_ones(
    ct2_chat: tuple[Card, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers of one thread each write, measure and read as one engine here with both."""
    card, cache = ct2_chat
    (tmp_path / "models").symlink_to(cache)
    monkeypatch.setenv("SHOPGLOT_HOME", str(tmp_path))
    here = load(card, cache, target="en", device="cpu", threads=2)
    batches = [
        [Request(source=f"{text}{number}", field="title", style="phrase") for text in TEXTS] for number in range(6)
    ]
    pairs = [[(one.source, "A soft pillow \ud800") for one in batch] for batch in batches]
    views = frozenset[View]({"forward"})
    local = LocalExecutor()
    with RayExecutor(Settings(least=2, most=2, cpus=1)) as executor:
        engine = RemoteEngine(
            name=here.name, decoding=here.decoding, batch_size=here.batch_size, fake=False, executor=executor,
            recipe=Recipe(card=card, language="en"),
        )  # fmt: skip
        assert list(local.translate(here, batches)) == list(executor.translate(engine, batches))
        assert list(local.read(here, pairs, views)) == list(executor.read(engine, pairs, views))
        assert local.measure(here, batches[0]) == executor.measure(engine, batches[0])
    here.close()
