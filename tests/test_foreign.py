"""Files and lines that other tools wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shopglot.errors import DataError
from shopglot.foreign import json_object, read_text

if TYPE_CHECKING:
    from pathlib import Path


def test_text_is_what_the_file_holds(tmp_path: Path) -> None:
    """A byte order mark in front is no text; line ends and everything else are as they stand."""
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeff软\r\n\u2028\ufeff🧴\r".encode())
    assert "软\r\n\u2028\ufeff🧴\r" == read_text(path)


def test_text_that_cannot_be_read(tmp_path: Path) -> None:
    """The message names the file, and the line that is not UTF-8."""
    path = tmp_path / "a.txt"
    path.write_bytes("软\n软\n".encode() + "软".encode("gb18030"))
    with pytest.raises(DataError, match=r"a\.txt:3: not UTF-8 \(.*\)\. Save the file"):
        read_text(path)
    with pytest.raises(DataError, match=r"none\.txt: No such file"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(DataError, match=f"{tmp_path.name}: Is a directory"):
        read_text(tmp_path)


@pytest.mark.parametrize("line", ["", "{", "软", "[" * 100_000, '{"a": ' + "9" * 5000 + "}", '{"a": 1} {"a": 2}'])
def test_line_that_is_no_json(line: str) -> None:
    """What is no JSON, or too much of it, is refused by its place."""
    with pytest.raises(DataError, match=r"^a\.jsonl:7: no JSON: "):
        json_object(line, "a.jsonl:7")


@pytest.mark.parametrize("line", ["[]", "3", "null", '"{}"', "NaN"])
def test_line_that_is_no_object(line: str) -> None:
    """What is JSON and no object is refused, with what is needed."""
    with pytest.raises(DataError, match=r"^a\.jsonl:7: a JSON object is needed\.$"):
        json_object(line, "a.jsonl:7")
    with pytest.raises(DataError, match=r'a JSON object \{"source": …\} is needed\.$'):
        json_object(line, "a.jsonl:7", like='{"source": …}')


def test_line_that_is_an_object() -> None:
    """An object comes as it is, half a surrogate pair in it too."""
    assert {"a": "\ud83d", "b": {}} == json_object(' {"a": "\\ud83d", "b": {}}\r', "a.jsonl:1")
