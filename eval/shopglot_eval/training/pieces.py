"""A large file cut into pieces that fit through a narrow way, and put together again, every piece proven.

FOLDER/NAME.000 ...      the pieces
FOLDER/NAME.pieces.json  name, size and SHA-256 of the file and of every piece, written last
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .problems import TrainingError

LIST = ".pieces.json"
_BLOCK = 1 << 20
Progress = Callable[[str, int, int], None]  # what, how many are done, of how many


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def split(file: Path, folder: Path, *, size: int, progress: Progress = lambda what, done, total: None) -> Path:
    """Cut a file into pieces of at most `size` bytes and return their list. An empty file is one empty piece."""
    if size < 1:
        raise TrainingError(f"a piece must have one byte at least, not {size}.")
    if not file.is_file():
        raise TrainingError(f"{file}: no such file.")
    folder.mkdir(parents=True, exist_ok=True)
    total = file.stat().st_size
    count = max(1, -(-total // size))
    whole, pieces = hashlib.sha256(), []
    with file.open("rb") as source:
        for number in range(count):
            path = folder / f"{file.name}.{number:03d}"
            part, left = hashlib.sha256(), min(size, total - number * size)
            with path.open("wb") as target:
                while left and (block := source.read(min(_BLOCK, left))):
                    left -= target.write(block)
                    part.update(block)
                    whole.update(block)
            pieces.append({"name": path.name, "size": path.stat().st_size, "sha256": part.hexdigest()})
            progress("pieces", number + 1, count)
    about = {"file": file.name, "size": total, "sha256": whole.hexdigest(), "pieces": pieces}
    path = folder / f"{file.name}{LIST}"
    path.write_text(json.dumps(about, indent=1), encoding="utf-8")
    return path


def verify(path: Path) -> list[str]:
    """Return what is wrong with the pieces of a list, in words: those that are missing or have other bytes."""
    found = []
    for piece in _read(path)["pieces"]:
        part = path.parent / piece["name"]
        if not part.is_file():
            found.append(f"{part} is missing")
        elif part.stat().st_size != piece["size"] or hash_file(part) != piece["sha256"]:
            found.append(f"{part} is not what was sent ({part.stat().st_size} bytes of {piece['size']})")
    return found


def join(path: Path, target: Path, *, sha256: str = "", progress: Progress = lambda what, done, total: None) -> Path:
    """Put the pieces of a list together, and return the file, which is there only once it is proven.

    `sha256` is what somebody else knows of the file; without it the list alone is believed. Raises `TrainingError`
    naming every piece that has to be sent again.
    """
    about = _read(path)
    if sha256 and sha256 != about["sha256"]:
        raise TrainingError(f"{path}: these are pieces of a file with SHA-256 {about['sha256']}, not {sha256}.")
    if target.is_file() and target.stat().st_size == about["size"] and hash_file(target) == about["sha256"]:
        return target
    if wrong := verify(path):
        raise TrainingError(f"{'; '.join(wrong)}. Send these again.")
    partial = target.with_name(f"{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    with partial.open("wb") as file:
        for number, piece in enumerate(about["pieces"], 1):
            with (path.parent / piece["name"]).open("rb") as part:
                while block := part.read(_BLOCK):
                    file.write(block)
            progress("joined", number, len(about["pieces"]))
    if (found := hash_file(partial)) != about["sha256"]:
        partial.unlink()
        raise TrainingError(
            f"{path}: the pieces make a file with SHA-256 {found}, not {about['sha256']}. Split it again."
        )
    partial.replace(target)
    return target


def _read(path: Path) -> Mapping[str, Any]:
    """Return a list of pieces. No piece may stand outside the list's folder."""
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        names = [str(one["name"]) for one in about["pieces"] if int(one["size"]) >= 0 and str(one["sha256"])]
        whole = (int(about["size"]), str(about["sha256"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(f"{path}: this is no list of pieces ({error}). `split` writes one.") from error
    if not names or not whole[1] or any(Path(name).name != name for name in names):
        raise TrainingError(f"{path}: this is no list of pieces of one folder. `split` writes one.")
    return dict(about)
