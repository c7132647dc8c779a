"""Events as lines of a file: appended, and on the disk before they count as delivered.

The file belongs to one relay. It may be moved away between two deliveries: a new one is begun.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from shopglot.errors import UsageError, WorkError
from shopglot.relay.target import Answer, Message

if sys.platform == "win32":

    def _lock(file: BinaryIO) -> None:
        """Do nothing: that two relays share a file is guarded against on other systems only."""

else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.lockf(file, fcntl.LOCK_EX)


_BLOCK = 65_536
_DELIVERED = Answer(kind="delivered")


class FileTarget:
    """Appends events to a JSONL file.

    A line that was torn when an earlier relay died is completed where only its end is missing, else cut off: its event
    was not marked delivered and comes again. What stands among the last lines already is not written once more.
    UsageError where the file holds anything but events, or cannot be one.
    """

    batch = 100

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._known: set[str] | None = None
        if path.exists() and not path.is_file():
            raise UsageError(f"{path}: this is no file; name a file for the events, for example events.jsonl.")
        if not path.parent.is_dir():
            raise UsageError(f"{path}: the folder {path.parent} does not exist; make it, or name another file.")
        self._check()

    def send(self, messages: Sequence[Message]) -> list[Answer]:
        """Append messages and wait until the disk has them; WorkError where it does not take them."""
        try:
            with self._opened() as file:
                _lock(file)
                _mend(file)
                if self._known is None:
                    self._known = _last_ids(file, self.batch)
                lines = b"".join(one.body + b"\n" for one in messages if one.event_id not in self._known)
                _append(file, lines)
        except OSError as error:
            raise WorkError(
                f"{self.name}: the events cannot be written ({error.strerror}); nothing is lost: mend it, and run again"
            ) from error
        # Only a relay that died can have written what is due once more: later lines are this one's own.
        self._known -= {one.event_id for one in messages}
        return [_DELIVERED] * len(messages)

    def close(self) -> None:
        """Do nothing: the file is open only while it is written to."""

    def _opened(self) -> BinaryIO:
        """Return the file, which is made where there is none, at its end."""
        new = not self._path.exists()
        file = self._path.open("a+b", buffering=0)
        if new:
            _synchronise_folder(self._path.parent)
        return file

    def _check(self) -> None:
        """Complain about a file that holds something else before a byte of it is changed."""
        if not self._path.exists():
            return
        try:
            with self._path.open("rb") as file:
                first = file.readline(_BLOCK)
        except OSError as error:
            raise UsageError(f"{self.name}: it cannot be read ({error.strerror}); name another file.") from error
        # A first line that is torn cannot be read, but how it begins can be seen.
        if first and _event_id(first) is None and (first.endswith(b"\n") or not first.startswith(b'{"')):
            raise UsageError(
                f"{self.name}, line 1: this is no event, so the file is left alone; name a new file for the events."
            )


def _event_id(line: bytes) -> str | None:
    """Return the id of the event on a line, None where it holds none."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    name = found.get("event_id") if isinstance(found, dict) else None
    return name if isinstance(name, str) else None


def _tail(file: BinaryIO, lines: int) -> bytes:
    """Return the end of a file: its last `lines` whole lines, and what follows the last line's end."""
    position = file.seek(0, os.SEEK_END)
    parts: list[bytes] = []
    seen = 0
    while position > 0 and seen <= lines:
        start = max(0, position - _BLOCK)
        file.seek(start)
        parts.append(_read(file, position - start))
        seen += parts[-1].count(b"\n")
        position = start
    return b"\n".join(b"".join(reversed(parts)).split(b"\n")[-lines - 1 :])


def _read(file: BinaryIO, size: int) -> bytes:
    """Return exactly `size` bytes from here; a file without buffer may give fewer at a time."""
    found = b""
    while len(found) < size and (more := file.read(size - len(found))):
        found += more
    return found


def _mend(file: BinaryIO) -> None:
    """Make the file end with a whole line."""
    torn = _tail(file, 0)
    if not torn:
        return
    if _event_id(torn) is not None:
        _append(file, b"\n")
    else:
        file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        os.fsync(file.fileno())


def _last_ids(file: BinaryIO, lines: int) -> set[str]:
    """Return the ids of the last events of a file."""
    return {name for line in _tail(file, lines).split(b"\n") if (name := _event_id(line)) is not None}


def _append(file: BinaryIO, data: bytes) -> None:
    """Append and synchronise; what fails half-way is taken back."""
    before = file.seek(0, os.SEEK_END)
    try:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            file.truncate(before)
        raise


def _synchronise_folder(folder: Path) -> None:
    """Make the name of a new file survive a power cut, where the system can do so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
