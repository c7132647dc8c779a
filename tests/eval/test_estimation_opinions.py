"""The file of opinions: nothing is read twice, and a killed run goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from shopglot.errors import DataError, UsageError
from shopglot.types import View
from shopglot_eval.estimation.opinions import Opinions
from shopglot_eval.estimation.texts import Pair

if TYPE_CHECKING:
    from shopglot.engines.base import Engine

ALL: tuple[View, ...] = ("alone", "backward", "forward")
ONE, TWO = Pair(source="裙子", target="skirt"), Pair(source="软件\U00020000", target="software")
LEVEL: dict[View, float] = {"forward": -1.0, "backward": -2.0, "alone": -4.5}


class Reader:
    """A model that remembers what it was asked to read."""

    views = frozenset(ALL)

    def __init__(self) -> None:
        self.opened = 0
        self.asked: list[tuple[View, str, str]] = []

    def __call__(self) -> Engine:
        """Open it."""
        self.opened += 1
        return cast("Engine", self)

    def score(self, pairs: Sequence[tuple[str, str]], *, view: View = "forward") -> list[tuple[float, ...]]:
        """Return two tokens of one level for every text that is not empty."""
        self.asked += [(view, *pair) for pair in pairs]
        return [(LEVEL[view],) * 2 * bool(pair[0] if view == "backward" else pair[1]) for pair in pairs]


@pytest.fixture
def reader() -> Reader:
    """A model that has read nothing yet."""
    return Reader()


def line(pair: Pair, scorer: str = "m@1", **opinion: float) -> str:
    """Return a line of the file."""
    record = {"scorer": scorer, "source": pair.source, "target": pair.target, "opinion": opinion}
    return json.dumps(record, ensure_ascii=False) + "\n"


def test_nothing_is_read_twice(tmp_path: Path, reader: Reader) -> None:
    """Equal texts are read once, whatever their field, and never again in this run or the next."""
    path = tmp_path / "new" / "o.jsonl"
    opinions = Opinions("m@1", [path])
    opinions.complete([ONE, TWO, ONE, Pair(source="裙子", target="skirt", field="alt")], ALL, reader, label="x")
    opinions.complete([ONE, TWO], ALL, reader, label="x")
    again = Opinions("m@1", [path])
    again.complete([ONE, TWO], ALL, reader, label="x")
    assert (6, 1) == (len(reader.asked), reader.opened)
    assert opinions.of(ONE) == again.of(ONE)
    assert {"forward": -1.0, "backward": -2.0, "alone": -4.5, "gain": 3.5}.items() <= again.of(TWO).items()


def test_nothing_to_read_needs_no_model(tmp_path: Path, reader: Reader) -> None:
    """Where everything is known, no model is opened, and no file is made."""
    (tmp_path / "shipped.jsonl").write_text(line(ONE, forward=-1, backward=-1, alone=-2), encoding="utf-8")
    opinions = Opinions("m@1", [tmp_path / "shipped.jsonl", tmp_path / "own.jsonl"])
    opinions.complete([ONE], ALL, reader, label="x")
    assert 0 == reader.opened
    assert not (tmp_path / "own.jsonl").exists()


@pytest.mark.parametrize("cut", [1, 20, -3, -1])
def test_resume_after_a_cut_off_line(tmp_path: Path, reader: Reader, cut: int) -> None:
    """After a kill within the last line, even within a character, every later run can read the file."""
    path = tmp_path / "o.jsonl"
    last = line(TWO, forward=-1, backward=-1, alone=-1).encode()
    cut = last.index("软".encode()) + 1 if cut == 20 else cut
    path.write_bytes(line(ONE, forward=-1, backward=-1, alone=-1).encode() + last[:cut])
    opinions = Opinions("m@1", [path])
    opinions.complete([ONE, TWO, Pair(source="帽", target="hat")], ALL, reader, label="x")
    content = path.read_bytes()
    assert content.endswith(b"\n")
    assert 3 == len({(row["source"], row["target"]) for row in map(json.loads, content.decode().splitlines())})
    Opinions("m@1", [path]).complete([ONE, TWO, Pair(source="帽", target="hat")], ALL, reader, label="x")
    assert 1 == reader.opened


def test_only_the_last_file_grows(tmp_path: Path, reader: Reader) -> None:
    """What is shipped is only read."""
    shipped, own = tmp_path / "shipped.jsonl", tmp_path / "own.jsonl"
    shipped.write_text(line(ONE, forward=-1, backward=-1, alone=-2), encoding="utf-8")
    before = shipped.read_bytes()
    Opinions("m@1", [shipped, own]).complete([ONE, TWO], ALL, reader, label="x")
    assert before == shipped.read_bytes()
    assert 1 == len(own.read_text(encoding="utf-8").splitlines())


def test_another_model_is_another_one(tmp_path: Path, reader: Reader) -> None:
    """The opinion of another revision is not taken for this one's."""
    path = tmp_path / "o.jsonl"
    path.write_text(line(ONE, scorer="m@2", forward=-9, backward=-9, alone=-9), encoding="utf-8")
    opinions = Opinions("m@1", [path])
    assert {} == opinions.of(ONE)
    opinions.complete([ONE], ALL, reader, label="x")
    assert -1.0 == opinions.of(ONE)["forward"]
    assert -9.0 == Opinions("m@2", [path]).of(ONE)["forward"]


def test_views_are_merged(tmp_path: Path) -> None:
    """What was read in several goes is one opinion, with the gain that none of them could know."""
    path = tmp_path / "o.jsonl"
    path.write_text(line(ONE, forward=-1.25) + line(TWO, alone=-2) + line(ONE, alone=-4), encoding="utf-8")
    opinions = Opinions("m@1", [path])
    assert {"forward": -1.25, "alone": -4.0, "gain": 2.75} == opinions.of(ONE)
    assert {"alone": -2.0} == opinions.of(TWO)
    assert (True, False) == (opinions.has(ONE, ["forward", "alone"]), opinions.has(ONE, ALL))


def test_only_missing_texts_are_read(tmp_path: Path, reader: Reader) -> None:
    """A pair that lacks a view is read, one that has it is not."""
    path = tmp_path / "o.jsonl"
    path.write_text(line(ONE, forward=-7) + line(TWO, alone=-2), encoding="utf-8")
    opinions = Opinions("m@1", [path])
    opinions.complete([ONE, TWO], ["forward"], reader, label="x")
    assert [("forward", TWO.source, TWO.target)] == reader.asked
    assert (-7.0, 1.0) == (opinions.of(ONE)["forward"], opinions.of(TWO)["gain"])


def test_empty_texts_are_never_missing(tmp_path: Path, reader: Reader) -> None:
    """An empty target has nothing to be read forward, an empty source nothing backward."""
    opinions = Opinions("m@1", [tmp_path / "o.jsonl"])
    pairs = [Pair(source="裙", target=""), Pair(source="", target="x")]
    opinions.complete(pairs, ALL, reader, label="x")
    opinions.complete(pairs, ALL, reader, label="x")
    assert 1 == reader.opened


def test_any_text_survives_the_file(tmp_path: Path, reader: Reader) -> None:
    """Separators of lines, halves of characters and control characters come back as they went in."""
    pairs = [
        Pair(source=f"一{text}二", target=text) for text in ("\u2028", "\x85", "\ud800", "\n", "\x00", "\r", "\x1e")
    ]
    Opinions("m@1", [tmp_path / "o.jsonl"]).complete(pairs, ALL, reader, label="x")
    again = Opinions("m@1", [tmp_path / "o.jsonl"])
    assert [True] * len(pairs) == [again.has(pair, ALL) for pair in pairs]


def test_no_file_to_keep_it_in(reader: Reader) -> None:
    """Without a file nothing is read, and the error says how much is missing."""
    with pytest.raises(UsageError, match="verdicts: 2 texts have no opinion of m@1"):
        Opinions("m@1", []).complete([ONE, TWO, ONE], ALL, reader, label="verdicts")
    assert 0 == reader.opened


@pytest.mark.parametrize("broken", ["{", "[]", '{"scorer": "m@1"}', "3", line(ONE).replace("{}", "[]").strip()])
def test_a_broken_line_is_named(tmp_path: Path, broken: str) -> None:
    """A broken line that is not the last one is no interrupted run, and is refused with its number."""
    (tmp_path / "o.jsonl").write_text(line(ONE, forward=-1) + broken + "\n" + line(TWO, forward=-1), encoding="utf-8")
    with pytest.raises(DataError, match=r"o\.jsonl:2: no opinion"):
        Opinions("m@1", [tmp_path / "o.jsonl"])
