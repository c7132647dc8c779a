"""TMX: preferred pairs, there and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from shopglot.errors import DataError, WorkError
from shopglot.glossary.rows import Row
from shopglot.glossary.tmx import read_tmx, write_tmx

pytest.importorskip("translate", reason="the extra 'interchange' is not installed")


def read(path: Path, data: bytes, market: str = "us") -> list[Row]:
    """Read TMX from bytes."""
    path.write_bytes(data)
    return read_tmx(path, market, status="preferred", use="suggest")


def test_round_trip(tmp_path: Path) -> None:
    """The unconditional preferred pairs come back with their notes, and nothing else does."""
    pairs = [Row(source="面膜", target="sheet mask", note="one <a> pack & more"), Row(source="𠮷", target="luck")]
    others = [
        Row(source="面膜", target="mask", status="admitted"), Row(source="面膜", target="membrane", status="forbidden"),
        Row(source="杯", target="cup", category="服饰"),
    ]  # fmt: skip
    found = read(tmp_path / "x.tmx", write_tmx([*pairs, *others], "us"))
    assert [(row.source, row.target, row.note) for row in pairs] == [(r.source, r.target, r.note) for r in found]
    assert {("preferred", "suggest")} == {(row.status, row.use) for row in found}


FOREIGN = b"""<?xml version="1.0"?>
<tmx version="1.4"><header srclang="en-US"/><body>
<tu><tuv xml:lang="en-US"><seg>sheet <bpt i="1">b</bpt>mask</seg></tuv>
<tuv xml:lang="zh-CN"><seg>\xe9\x9d\xa2</seg></tuv></tu>
<tu><tuv xml:lang="ZH_cn"><seg>\xe9\x9d\xa2</seg></tuv><tuv xml:lang="en-GB"><seg>face</seg></tuv></tu>
<tu><tuv xml:lang="de"><seg>Maske</seg></tuv><tuv xml:lang="en"><seg>mask</seg></tuv></tu>
<tu><tuv xml:lang="zh-CN"><seg> </seg></tuv><tuv xml:lang="en"><seg>mask</seg></tuv></tu>
</body></tmx>"""


def test_other_tools(tmp_path: Path) -> None:
    """The order of languages does not matter, English of elsewhere counts, a second target is admitted."""
    found = read(tmp_path / "x.tmx", FOREIGN)
    assert ["\u9762", "\u9762"] == [row.source for row in found]
    assert "face" == found[1].target
    assert ["preferred", "admitted"] == [row.status for row in found]
    assert [] == read(tmp_path / "x.tmx", FOREIGN, "hk")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<tmx>\n<body></tmx>", r"x\.tmx:2: no XML"),
        (b"<martif/>", r"x\.tmx:1: <martif> is no TMX"),
        (b'<!DOCTYPE tmx [<!ENTITY a "b">]><tmx>&a;</tmx>', "declares XML entities"),
    ],
)
def test_bad_files(tmp_path: Path, data: bytes, message: str) -> None:
    """Broken and hostile files are refused with file and line."""
    with pytest.raises(DataError, match=message):
        read(tmp_path / "x.tmx", data)


def test_characters_that_xml_does_not_hold() -> None:
    """A control character in a term is an error that names the term."""
    with pytest.raises(WorkError, match=r"'面膜' .* XML cannot hold"):
        write_tmx([Row(source="面膜", target="ma\x00sk")], "us")
