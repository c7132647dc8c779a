"""Events in a file: valid lines whatever happened before, nothing written twice without need."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from shopglot.errors import UsageError, WorkError
from shopglot.relay import FileTarget, Message


def messages(*names: str) -> list[Message]:
    """Return small events."""
    return [Message(event_id=name, body=json.dumps({"event_id": name}).encode()) for name in names]


def ids(path: Path) -> list[str]:
    """Return the ids in a file that must be valid, in their order."""
    content = path.read_bytes()
    assert content.endswith(b"\n")
    return [json.loads(line)["event_id"] for line in content.splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of events."""
    return tmp_path / "events.jsonl"


def test_lines_are_appended(path: Path) -> None:
    """What is sent stands in the file in its order, behind what was there."""
    target = FileTarget(path)
    assert ["delivered"] * 2 == [answer.kind for answer in target.send(messages("a", "b"))]
    target.send(messages("c"))
    assert ["a", "b", "c"] == ids(path)


@pytest.mark.parametrize("torn", range(1, 17))
def test_a_torn_line_is_mended(path: Path, torn: int) -> None:
    """A line that was cut at any byte is completed or cut off, and its event comes once."""
    whole = b'{"event_id": "b"}\n'
    assert torn < len(whole)
    path.write_bytes(b'{"event_id": "a"}\n' + whole[:torn])
    FileTarget(path).send(messages("b", "c"))
    assert ["a", "b", "c"] == ids(path)


def test_a_line_without_its_end_is_completed(path: Path) -> None:
    """Where only the line's end is missing, the event is there."""
    path.write_bytes(b'{"event_id": "a"}\n{"event_id": "b"}')
    FileTarget(path).send(messages("b"))
    assert ["a", "b"] == ids(path)


def test_a_file_that_is_one_torn_line(path: Path) -> None:
    """A relay that died in its very first line leaves nothing behind."""
    path.write_bytes(b'{"event')
    FileTarget(path).send(messages("a"))
    assert ["a"] == ids(path)


def test_what_is_there_is_not_written_again(path: Path) -> None:
    """A relay that died before it could say so had written the last lines; a later replay writes them again."""
    FileTarget(path).send(messages("a", "b", "c"))
    target = FileTarget(path)
    target.send(messages("b", "c", "d"))
    assert ["a", "b", "c", "d"] == ids(path)
    target.send(messages("b"))
    assert ["a", "b", "c", "d", "b"] == ids(path)


def test_long_lines(path: Path) -> None:
    """Lines longer than what is read at once are found from the end of the file too."""
    long = [Message(event_id=n, body=json.dumps({"event_id": n, "pad": "面" * 50_000}).encode()) for n in "abc"]
    FileTarget(path).send(long)
    with path.open("ab") as file:
        file.write(long[0].body[:200_000])
    FileTarget(path).send([long[1], *messages("d")])
    assert ["a", "b", "c", "d"] == ids(path)


def test_a_file_that_was_moved_away(path: Path) -> None:
    """Moved away, the file is begun anew."""
    target = FileTarget(path)
    target.send(messages("a"))
    path.rename(path.with_name("old.jsonl"))
    target.send(messages("b"))
    assert ["b"] == ids(path)
    assert ["a"] == ids(path.with_name("old.jsonl"))


def test_a_full_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not reach the disk is taken back, and the error says that nothing is lost."""
    target = FileTarget(path)
    target.send(messages("a"))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(WorkError, match=r"No space left on device.*nothing is lost"):
            target.send(messages("b"))
    assert ["a"] == ids(path)
    target.send(messages("b"))
    assert ["a", "b"] == ids(path)


@pytest.mark.parametrize("content", [b"id,title\n", b"SQLite format 3\0", b"[1]\n", b'{"id": "x"}\n'])
def test_another_file_is_left_alone(path: Path, content: bytes) -> None:
    """A file that holds no events is refused and not changed."""
    path.write_bytes(content)
    with pytest.raises(UsageError, match="line 1: this is no event"):
        FileTarget(path)
    assert content == path.read_bytes()


def test_what_can_be_no_file(tmp_path: Path) -> None:
    """A folder, or a file in a folder that is not there, is refused at once."""
    with pytest.raises(UsageError, match="this is no file"):
        FileTarget(tmp_path)
    with pytest.raises(UsageError, match="does not exist"):
        FileTarget(tmp_path / "none" / "events.jsonl")
