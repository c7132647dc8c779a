"""An adapter that a card names: proven, merged when the model is prepared, and part of what the model is called."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines import load
from shopglot.engines.adapter import find_adapter, merge
from shopglot.engines.cards import Card
from shopglot.engines.prepare import is_prepared, prepare, prepared_path, verify_prepared
from shopglot.engines.pull import hash_file
from shopglot.errors import DataError, ModelError
from shopglot.types import Request

LAYERS = ("model.layers.0.self_attn.q_proj", "model.layers.1.mlp.down_proj")
SHAPES = {LAYERS[0]: (32, 32), LAYERS[1]: (32, 64)}  # outputs and inputs of the tiny model


def tensors(rank: int = 2) -> dict[str, Any]:
    """Return an adapter for the tiny chat model, large enough to change what it says."""
    import torch

    torch.manual_seed(1)
    made = {}
    for layer, (outputs, inputs) in SHAPES.items():
        made[f"{layer}.lora_A.weight"] = torch.randn(rank, inputs).half()
        made[f"{layer}.lora_B.weight"] = torch.randn(outputs, rank).half()
    return made


def write_adapter(path: Path, weights: dict[str, Any], metadata: dict[str, str] | None = None) -> Path:
    """Write an adapter's file."""
    from safetensors.torch import save_file

    save_file(weights, str(path), metadata={"scale": "0.5"} if metadata is None else metadata)
    return path


@pytest.fixture
def make_house(make_card: Callable[..., Card], chat_model: Path, tmp_path: Path) -> Callable[..., Card]:
    """Return a card for the tiny chat model with an adapter beside it."""

    def make(weights: dict[str, Any] | None = None) -> Card:
        path = write_adapter(tmp_path / "house.safetensors", weights or tensors())
        adapter = {"file": path.name, "sha256": hash_file(path)}
        return make_card(chat_model, runtime="ctranslate2", compute={"type": "float32"}, adapter=adapter)

    return make


def open_tiny(folder: Path) -> Any:
    """Load the tiny chat model."""
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def test_merge_is_what_the_formula_says(chat_model: Path, tmp_path: Path) -> None:
    """W + scale B A for the layers of the file, and every other matrix as it was."""
    import torch

    before, after, weights = open_tiny(chat_model), open_tiny(chat_model), tensors()
    assert len(LAYERS) == merge(after, write_adapter(tmp_path / "a.safetensors", weights))
    known = dict(before.named_parameters())
    for name, found in after.named_parameters():
        layer = name.removesuffix(".weight")
        wanted = known[name]
        if layer in LAYERS:
            change = weights[f"{layer}.lora_B.weight"].float() @ weights[f"{layer}.lora_A.weight"].float()
            wanted = wanted + 0.5 * change
            assert not torch.equal(known[name], found)
        assert torch.equal(wanted, found)


def test_prepared_with_its_adapter(
    make_house: Callable[..., Card], ct2_chat: tuple[Card, Path], chat_model: Path, tmp_path: Path
) -> None:
    """The engine speaks as the merged model does, and not as its base; the name and the manifest tell the adapter."""
    card = make_house()
    told: list[str] = []
    prepare(card, chat_model, tmp_path / "cache", progress=lambda what, done, total: told.append(what))
    assert "tiny merging" in told
    verify_prepared(card, tmp_path / "cache")
    manifest = json.loads((prepared_path(card, tmp_path / "cache") / "manifest.json").read_text(encoding="utf-8"))
    assert card.adapter is not None
    assert card.adapter.sha256 == manifest["made"]["adapter"]
    base, _ = ct2_chat
    assert "adapter" not in json.loads((prepared_path(*ct2_chat) / "manifest.json").read_text("utf-8"))["made"]
    assert (card.source_revision, base.source_revision) == (base.revision, base.revision)
    assert card.revision != base.revision
    assert f"tiny@{card.revision}" == card.signature

    merged = open_tiny(chat_model)
    merge(merged, find_adapter(card))
    merged.half().float().save_pretrained(tmp_path / "merged")
    for path in chat_model.glob("*token*"):
        (tmp_path / "merged" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "merged" / "chat_template.jinja").write_bytes((chat_model / "chat_template.jinja").read_bytes())

    pair = [("连衣裙", "A soft dress")]
    house = load(card, tmp_path / "cache", target="en")
    plain = load(base, ct2_chat[1], target="en")
    from shopglot.engines.chat import ChatEngine

    direct = ChatEngine(card, tmp_path / "merged", latin=True, device="cpu")
    assert house.score(pair)[0] == pytest.approx(direct.score(pair)[0], abs=2e-3)  # type: ignore[attr-defined]
    assert house.score(pair)[0] != pytest.approx(plain.score(pair)[0], abs=0.1)  # type: ignore[attr-defined]
    request = Request(source="连衣裙", field="title", style="phrase")
    assert [reply.text for reply in direct.translate([request])] == [r.text for r in house.translate([request])]


def test_another_adapter_is_another_model(make_house: Callable[..., Card], chat_model: Path, tmp_path: Path) -> None:
    """What was prepared with one adapter is not taken for what another makes."""
    first = make_house()
    prepare(first, chat_model, tmp_path / "cache")
    second = make_house({name: weight * 2 for name, weight in tensors().items()})
    assert first.revision != second.revision
    assert not is_prepared(second, tmp_path / "cache")


def test_a_file_that_is_another(make_house: Callable[..., Card], chat_model: Path, tmp_path: Path) -> None:
    """A changed or missing adapter is refused before anything is converted, and `verify` finds it later."""
    card = make_house()
    prepare(card, chat_model, tmp_path / "cache")
    path = tmp_path / "house.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"house\.safetensors: SHA-256"):
        verify_prepared(card, tmp_path / "cache")
    with pytest.raises(ModelError, match=r"house\.safetensors: SHA-256"):
        prepare(card, chat_model, tmp_path / "elsewhere")
    path.unlink()
    with pytest.raises(ModelError, match="no file"):
        prepare(card, chat_model, tmp_path / "elsewhere")
    assert not is_prepared(card, tmp_path / "elsewhere")


def test_no_adapter_of_this_model(chat_model: Path, tmp_path: Path, make_card: Callable[..., Card]) -> None:
    """Half a pair, another shape, a layer that is not there, no scale, no safetensors: each is refused."""
    model, whole = open_tiny(chat_model), tensors()
    lone = {name: weight for name, weight in whole.items() if "lora_A" in name}
    strange = {name.replace("layers.0", "layers.9"): weight for name, weight in whole.items()}
    shaped = {name: weight[:, :1].contiguous() if "lora_B" in name else weight[:1] for name, weight in whole.items()}
    shaped = {name: weight[:5] if "lora_B" in name else weight for name, weight in shaped.items()}
    for weights, metadata, told in (
        (lone, None, "pairs of"), (strange, None, "KeyError"), (shaped, None, "the model's"), (whole, {}, "scale"),
    ):  # fmt: skip
        with pytest.raises(ModelError, match=told):
            merge(model, write_adapter(tmp_path / "a.safetensors", weights, metadata))
    (tmp_path / "a.safetensors").write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="no adapter of the card's model"):
        merge(model, tmp_path / "a.safetensors")
    with pytest.raises(ModelError, match="has no adapter"):
        find_adapter(make_card(chat_model))


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"adapter": {"file": "a"}}, "key 'adapter.sha256' is missing"),
        ({"adapter": {"file": "a", "sha256": "abc"}}, "not 64 hex digits"),
        ({"adapter": {"file": "a", "sha256": "0" * 64}, "runtime": "transformers"}, "runtime 'ctranslate2'"),
        ({"adapter": {"file": "a", "sha256": "0" * 64, "rank": 1}}, "unknown key 'adapter.rank'"),
    ],
)
def test_cards(settings: dict[str, Any], told: str, chat_model: Path, make_card: Callable[..., Card]) -> None:
    """A card that says something else of an adapter is refused by the name of the key."""
    with pytest.raises(DataError, match=told):
        make_card(chat_model, **{"runtime": "ctranslate2", **settings})
