"""Making a model ready: once, whole, and only what the card says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines import load
from shopglot.engines.cards import Card
from shopglot.engines.prepare import MANIFEST, is_prepared, prepare, prepared_path, verify_prepared
from shopglot.errors import ModelError


@pytest.fixture
def ready(ct2_chat: tuple[Card, Path], tmp_path: Path) -> tuple[Card, Path]:
    """A prepared model that a test may spoil."""
    card, cache = ct2_chat
    shutil.copytree(cache, tmp_path / "cache")
    return card, tmp_path / "cache"


@pytest.fixture
def no_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion fails the test."""

    def fail(*_: Any) -> None:
        raise AssertionError("converted again")

    monkeypatch.setattr("shopglot.engines.prepare._convert_apart", fail)


def test_manifest(ready: tuple[Card, Path]) -> None:
    """The manifest says what it was made from and with, how much memory that took, and has every file."""
    folder = prepared_path(*ready)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert ready[0].pin == manifest["made"]["pin"]
    assert {"ctranslate2", "transformers", "torch", "tokenizers"} == set(manifest["versions"])
    assert manifest["peak_memory_mb"] > 0
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - {MANIFEST} == set(manifest["files"])
    assert {"model.bin", "frames.json", "tokenizer/tokenizer.json"} <= files


@pytest.mark.usefixtures("no_conversion")
def test_a_second_time_is_nothing(ready: tuple[Card, Path], chat_model: Path) -> None:
    """What is ready is not made again."""
    assert prepared_path(*ready) == prepare(ready[0], chat_model, ready[1])
    verify_prepared(*ready)


@pytest.mark.parametrize("spoil", ["truncate", "remove", "manifest", "other", "garbage"])
def test_a_spoiled_folder_is_not_ready(ready: tuple[Card, Path], spoil: str) -> None:
    """A missing or shortened file, and a manifest that is missing, of another model or no JSON, are seen at once."""
    card, cache = ready
    folder = prepared_path(card, cache)
    manifest = folder / MANIFEST
    if spoil == "truncate":
        (folder / "model.bin").write_bytes(b"x")
    elif spoil == "remove":
        (folder / "tokenizer" / "tokenizer.json").unlink()
    elif spoil == "manifest":
        manifest.unlink()
    elif spoil == "other":
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["made"]["pin"] = "0" * 64
        manifest.write_text(json.dumps(content), encoding="utf-8")
    else:
        manifest.write_text("[1", encoding="utf-8")
    assert not is_prepared(card, cache)
    with pytest.raises(ModelError, match="shopglot models pull tiny"):
        load(card, cache, target="en")


def test_verify_finds_a_changed_byte(ready: tuple[Card, Path]) -> None:
    """A file of the right size and other bytes is named."""
    model = prepared_path(*ready) / "model.bin"
    content = bytearray(model.read_bytes())
    content[-1] ^= 1
    model.write_bytes(content)
    assert is_prepared(*ready)
    with pytest.raises(ModelError, match=r"model\.bin"):
        verify_prepared(*ready)


def test_what_an_interruption_left_is_made_again(ready: tuple[Card, Path], chat_model: Path) -> None:
    """A half-made folder is swept away, and the steps are told."""
    card, cache = ready
    folder = prepared_path(card, cache)
    folder.rename(folder.with_name(f"{folder.name}.partial"))
    (folder.with_name(f"{folder.name}.partial") / MANIFEST).unlink()
    (folder.with_name(f"{folder.name}.partial") / "junk").write_text("x", encoding="utf-8")
    assert not is_prepared(card, cache)
    told: list[str] = []
    assert folder == prepare(card, chat_model, cache, progress=lambda what, done, total: told.append(what))
    assert ["tiny converting", "tiny hashing", "tiny ready"] == told
    assert not (folder / "junk").exists()
    assert not list(folder.parent.glob("*.partial"))
    verify_prepared(card, cache)


def test_a_conversion_that_fails(tmp_path: Path, make_card: Any) -> None:
    """The reason is in the message, and nothing is taken for ready."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text('{"model_type": "none-such"}', encoding="utf-8")
    card = make_card(broken, runtime="ctranslate2", compute={"type": "float32"})
    with pytest.raises(ModelError, match=r"could not be converted: .*none-such"):
        prepare(card, broken, tmp_path / "cache")
    assert not is_prepared(card, tmp_path / "cache")


def test_no_room(chat_model: Path, make_card: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is said before anything is written."""
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(ModelError, match="SHOPGLOT_HOME"):
        prepare(make_card(chat_model, runtime="ctranslate2"), chat_model, tmp_path / "cache")


@pytest.mark.usefixtures("no_conversion")
def test_transformers_need_nothing_made(chat_model: Path, make_card: Any, tmp_path: Path) -> None:
    """Where transformers runs the model, it is ready when it is pulled."""
    card = make_card(chat_model)
    assert chat_model == prepare(card, chat_model, tmp_path)
    assert is_prepared(card, tmp_path)
    verify_prepared(card, tmp_path)
