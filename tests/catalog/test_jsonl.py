"""One line of JSONL, one item, whatever the line holds."""

import io

import pytest

from shopglot.catalog import jsonl
from shopglot.catalog.reasons import MAX_LINE_BYTES

GOOD = b'{"id": "%d", "fields": {}}'


def outcome(data: bytes) -> list[str]:
    """Return the id or the reason of each item, and check that the lines are counted."""
    items = list(jsonl.read(io.BytesIO(data)))
    assert list(range(1, len(items) + 1)) == [item.line for item in items]
    assert len(items) == jsonl.count(io.BytesIO(data))
    return [getattr(item, "reason", item.id) for item in items]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n", ["line.empty"]),
        (GOOD % 1, ["1"]),
        (GOOD % 1 + b"\n", ["1"]),
        (GOOD % 1 + b"\r\n\r\n" + GOOD % 2 + b"\r\n", ["1", "line.empty", "2"]),
        (GOOD % 1 + b"\n \t\xe3\x80\x80\n" + GOOD % 2, ["1", "line.empty", "2"]),
        (b"\xef\xbb\xbf" + GOOD % 1 + b"\n\xef\xbb\xbf" + GOOD % 2 + b"\n\xef\xbb\xbf\n", ["1", "2", "line.empty"]),
        (GOOD % 1 + b"\n\xff" + GOOD % 2 + b"\n" + GOOD % 3, ["1", "encoding.invalid", "3"]),
        (b'{"id": "1", "fields": {"title": "\xe2\x80\xa8\xc2\x85"}}\n', ["1"]),
        (GOOD % 1 + b"\n{oops\n" + GOOD % 3, ["1", "json.invalid", "3"]),
        ("{}".encode("utf-16"), ["encoding.invalid"]),
    ],
    ids=lambda value: str(value)[:30],
)
def test_lines(data: bytes, expected: list[str]) -> None:
    """Each line gives its listing or its reason, and does not disturb its neighbours."""
    assert expected == outcome(data)


def test_bad_encoding_names_the_byte() -> None:
    """The message for a line that is no UTF-8 says at which byte."""
    (item,) = jsonl.read(io.BytesIO(b'{"id": "\xc3("}'))
    assert "byte offset 8 " in getattr(item, "message", "")


def test_longest_line() -> None:
    """A line may have MAX_LINE_BYTES bytes and not one more, at the end of the file and before it."""
    frame = b'{"id": "1", "fields": {}, "x": "%s"}'
    longest = frame % (b"x" * (MAX_LINE_BYTES - len(frame) + 2))
    assert MAX_LINE_BYTES == len(longest)
    assert ["line.too-long", "2"] == outcome(longest + b" \n" + GOOD % 2 + b"\n")
    assert ["2", "line.too-long"] == outcome(GOOD % 2 + b"\n" + longest + b" ")
    items = list(jsonl.lines(io.BytesIO(longest + b"\n" + longest)))
    assert [longest, longest] == items


def test_endless_line_is_not_held() -> None:
    """A line of any length is passed over in pieces."""

    class Endless(io.RawIOBase):
        """Gives 64 MiB without a line end, then a good line; remembers the largest piece asked for."""

        left = 64 << 20
        tail = b"\n" + GOOD % 2

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            if self.left:
                size = min(len(buffer), self.left)
                self.left -= size
                buffer[:size] = b"x" * size
                return size
            size = min(len(buffer), len(self.tail))
            buffer[:size], self.tail = self.tail[:size], self.tail[size:]
            return size

    sizes = [len(raw) if raw is not None else None for raw in jsonl.lines(io.BufferedReader(Endless()))]
    assert [None, len(GOOD % 2)] == sizes
