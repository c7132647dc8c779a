"""TMX against another tool, translate-toolkit: it reads what is written here, and the other way round."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from shopglot.memory.tmx import read_tmx, write_tmx
from shopglot.memory.units import Unit

tmx = pytest.importorskip("translate.storage.tmx")

UNITS = [
    Unit(market="hk", source="记忆棉枕头", target="記憶棉枕頭", by="lin", at=datetime(2026, 8, 2, tzinfo=UTC)),
    Unit(market="hk", source="<b>加厚</b> & 保暖\U0001f600", target="<b>加厚</b> & 保暖\U0001f600", note="seen"),
    Unit(market="hk", source="多行\r\n文字\t", target="  多行\r\n文字", provider="agency", uses=3),
    Unit(market="hk", source="坏\x00字\ud800\\", target="壞\x00字", field="title", kind="human", status="current"),
]


def written() -> bytes:
    """Return the units as TMX."""
    out = io.BytesIO()
    write_tmx(UNITS, out, language="zh-Hant-HK")
    return out.getvalue()


def test_the_toolkit_reads_what_we_write() -> None:
    """Sources and targets arrive in the other tool; what XML cannot hold arrives escaped."""
    store = tmx.tmxfile.parsestring(written())
    found = [(unit.getNodeText(unit.getlanguageNodes()[0]), unit.target) for unit in store.units]
    expected = [(unit.source, unit.target) for unit in UNITS[:3]]
    assert [*expected, ("坏\\u0000字\\ud800\\\\", "壞\\u0000字")] == found
    assert "seen" == store.units[1].getnotes()


def test_we_read_what_the_toolkit_writes(tmp_path: Path) -> None:
    """Units and notes of the other tool arrive here."""
    store = tmx.tmxfile(sourcelanguage="zh-CN", targetlanguage="zh-HK")
    for unit in UNITS[:3]:
        store.addtranslation(unit.source, "zh-CN", unit.target, "zh-HK", comment=unit.note)
    path = tmp_path / "toolkit.tmx"
    with path.open("wb") as out:
        store.serialize(out)
    found = list(read_tmx(path, "hk", languages=["zh-Hant-HK"]))
    assert [(unit.source, unit.target, unit.note) for unit in UNITS[:3]] == [
        (unit.source, unit.target, unit.note) for unit in found if isinstance(unit, Unit)
    ]


def children(element: Any) -> list[str]:
    """Return the names of an element's children."""
    return [child.tag for child in element]


def test_structure() -> None:
    """The rules of TMX 1.4b: required attributes, the order of elements, and known values."""
    root = etree.fromstring(written())
    assert ("tmx", "1.4", ["header", "body"]) == (root.tag, root.get("version"), children(root))
    header = root[0]
    required = {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype"}
    assert required == set(header.keys())
    assert (True, "zh-Hans", "plaintext") == (
        header.get("segtype") in ("block", "paragraph", "sentence", "phrase"), header.get("srclang"),
        header.get("datatype"),
    )  # fmt: skip
    for unit in root[1]:
        names = children(unit)
        first = names.index("tuv")
        assert set(names[:first]) <= {"note", "prop"}
        assert ["tuv", "tuv"] == names[first:]
        assert {*unit.keys()} <= {"creationid", "creationdate", "usagecount"}
        for variant in unit[first:]:
            assert variant.get("{http://www.w3.org/XML/1998/namespace}lang")
            assert ["seg"] == children(variant)
    assert "20260802T000000Z" == root[1][0].get("creationdate")
    assert '<!DOCTYPE tmx SYSTEM "tmx14.dtd">' == root.getroottree().docinfo.doctype
