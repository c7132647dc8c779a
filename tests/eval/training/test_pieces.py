"""Pieces: what is put together is what was cut, and whatever happened on the way is told."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopglot_eval.training.__main__ import main
from shopglot_eval.training.pieces import hash_file, join, split, verify
from shopglot_eval.training.problems import TrainingError


@given(content=st.binary(max_size=300), size=st.integers(min_value=1, max_value=90))
@settings(max_examples=60, deadline=None)
def test_join_undoes_split(content: bytes, size: int) -> None:
    """Law: join(split(x)) == x for every file and size, and no piece is larger than asked."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "file").write_bytes(content)
        path = split(folder / "file", folder / "pieces", size=size)
        assert max(piece["size"] for piece in json.loads(path.read_bytes())["pieces"]) <= size
        assert content == join(path, folder / "again").read_bytes()


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """The list of a file of 100 bytes in four pieces."""
    (tmp_path / "model.gguf").write_bytes(bytes(range(100)))
    return split(tmp_path / "model.gguf", tmp_path / "pieces", size=30)


def test_missing_and_altered_pieces_are_named(cut: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every piece that has to be sent again is named at once, and no file appears."""
    (cut.parent / "model.gguf.001").unlink()
    (cut.parent / "model.gguf.002").write_bytes(b"x" * 30)
    assert 2 == len(verify(cut))
    assert 1 == main(["verify", str(cut)])
    assert "model.gguf.001 is missing" in capsys.readouterr().out
    with pytest.raises(TrainingError, match=r"001 is missing; .*002 is not what was sent.*Send these again"):
        join(cut, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_another_file_is_refused(cut: Path, tmp_path: Path) -> None:
    """What the card says of the file counts more than the list."""
    with pytest.raises(TrainingError, match="not 0000"):
        join(cut, tmp_path / "again", sha256="0" * 64)
    assert join(cut, tmp_path / "again", sha256=hash_file(tmp_path / "model.gguf")).is_file()


def test_pieces_that_make_another_file(cut: Path, tmp_path: Path) -> None:
    """A list whose pieces are right and whose whole is not leaves nothing behind."""
    about = json.loads(cut.read_text(encoding="utf-8"))
    about["pieces"].reverse()
    cut.write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(TrainingError, match="Split it again"):
        join(cut, tmp_path / "again")
    assert [] == list(tmp_path.glob("again*"))


def test_a_joined_file_is_not_joined_again(cut: Path, tmp_path: Path) -> None:
    """The pieces may go once the file is there."""
    join(cut, tmp_path / "again")
    for path in cut.parent.glob("*.0*"):
        path.unlink()
    assert tmp_path / "again" == join(cut, tmp_path / "again")


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"pieces": []}', '{"file": "a", "size": 1, "sha256": "x", "pieces": [{"name": "../a"}]}',
     '{"file": "a", "size": 1, "sha256": "x", "pieces": [{"name": "../a", "size": 1, "sha256": "x"}]}'],
)  # fmt: skip
def test_no_list(content: str, tmp_path: Path) -> None:
    """What is no list of pieces beside it is refused."""
    path = tmp_path / "a.pieces.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TrainingError, match="no list of pieces"):
        join(path, tmp_path / "a")


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Sizes are read as people write them; a size that is none is bad usage, a missing file says so."""
    (tmp_path / "a").write_bytes(b"x" * 3000)
    assert 0 == main(["split", str(tmp_path / "a"), "--out", str(tmp_path / "p"), "--size", "1K"])
    path = Path(capsys.readouterr().out.strip())
    assert 3 == len(json.loads(path.read_text(encoding="utf-8"))["pieces"])
    assert 0 == main(["verify", str(path)])
    assert 0 == main(["join", str(path), "--out", str(tmp_path / "b")])
    assert (tmp_path / "b").read_bytes() == b"x" * 3000
    assert 1 == main(["split", str(tmp_path / "none"), "--out", str(tmp_path / "p")])
    assert "no such file" in capsys.readouterr().err
    for wrong in ("0", "-1M", "M", "²"):
        with pytest.raises(SystemExit, match="2"):
            main(["split", str(tmp_path / "a"), "--out", str(tmp_path / "p"), f"--size={wrong}"])
