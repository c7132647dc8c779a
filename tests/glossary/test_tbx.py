"""TBX: a round trip of everything, files of other tools in both editions, and files that want harm."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shopglot.errors import DataError, UsageError, WorkError
from shopglot.foreign import require
from shopglot.glossary.rows import Row
from shopglot.glossary.tbx import read_tbx, write_tbx

pytest.importorskip("lxml", reason="the extra 'interchange' is not installed")
from hypothesis import given, settings
from hypothesis import strategies as st

# What XML holds, and what its readers do not change: no control characters, no noncharacters.
text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1).filter(lambda t: bool(t.strip()))
rows = st.builds(
    Row,
    source=text,
    target=text,
    status=st.sampled_from(["preferred", "admitted", "forbidden"]),
    use=st.sampled_from(["enforce", "suggest", "keep"]),
    category=st.sampled_from(["", "美妆", "美妆/护肤"]),
    field=st.sampled_from(["", "title", "size-cell"]),
    pos=st.sampled_from(["", "noun", "adj", "guard", "phrase"]),
    note=st.one_of(st.just(""), text),
)


def read(data: bytes, market: str = "us") -> list[Row]:
    """Read TBX from bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.tbx"
        path.write_bytes(data)
        return read_tbx(path, market, status="preferred", use="")


@settings(max_examples=150, deadline=None)
@given(st.lists(rows, max_size=6, unique_by=lambda row: (row.source, row.target, row.category, row.field)))
def test_round_trip(written: list[Row]) -> None:
    """Every column of every row comes back; rows of one group are together."""
    assert sorted(row.cells for row in written) == sorted(row.cells for row in read(write_tbx(written, "us")))


@pytest.mark.parametrize("market", ["us", "hk", "mo", "tw"])
def test_language(market: str) -> None:
    """Each market writes a language that it reads again, and English is none of Hong Kong's."""
    row = Row(source="面膜", target="mask")
    data = write_tbx([row], market)
    assert [row] == read(data, market)
    assert [] == read(data, "hk" if market == "us" else "us")


def test_another_tool_reads_it(tmp_path: Path) -> None:
    """translate-toolkit finds the terms, their statuses and their notes."""
    tbx = pytest.importorskip("translate.storage.tbx", reason="the extra 'interchange' is not installed")
    written = [
        Row(source="面膜", target="sheet mask", pos="noun", note="one a pack"),
        Row(source="面膜", target="membrane", status="forbidden"),
    ]
    store = tbx.tbxfile.parsestring(write_tbx(written, "us"))
    (unit,) = store.units
    assert ["面膜"] == [term.text for term in unit.get_source_terms()]
    assert [("sheet mask", "preferredTerm-admn-sts", False), ("membrane", "deprecatedTerm-admn-sts", True)] == [
        (term.text, term.administrative_status, term.deprecated) for term in unit.get_target_terms()
    ]
    assert "one a pack" in unit.getnotes()


NEW = """<?xml version="1.0" encoding="UTF-8"?>
<tbx type="TBX-Basic" style="dct" xml:lang="zh" xmlns="urn:iso:std:iso:30042:ed-2"
     xmlns:min="http://www.tbxinfo.net/ns/min" xmlns:basic="http://www.tbxinfo.net/ns/basic">
 <text><body><conceptEntry id="c1">
  <min:subjectField>美妆</min:subjectField>
  <langSec xml:lang="zh-CN"><termSec><term>面膜</term></termSec><termSec><term>敷面膜</term></termSec></langSec>
  <langSec xml:lang="en-GB">
   <termSec><term>face pack</term></termSec>
  </langSec>
  <langSec xml:lang="en-US">
   <termSec><term>sheet <hi>mask</hi></term><min:partOfSpeech>noun</min:partOfSpeech>
    <min:administrativeStatus>preferredTerm-admn-sts</min:administrativeStatus></termSec>
   <termSec><term>membrane</term><termNoteGrp>
    <termNote type="administrativeStatus">supersededTerm-admn-sts</termNote></termNoteGrp></termSec>
   <termSec><term>mask</term></termSec>
  </langSec>
 </conceptEntry></body></text>
</tbx>"""


def test_edition_of_2019() -> None:
    """Concepts, sections and data categories by element are read; each synonym of the source is a term of its own."""
    found = read(NEW.encode())
    assert ["面膜"] * 3 + ["敷面膜"] * 3 == [row.source for row in found]
    preferred, wrong, other = found[:3]
    assert ("sheet mask", "preferred", "noun", "美妆", 11) == (
        preferred.target, preferred.status, preferred.pos, preferred.category, preferred.line,
    )  # fmt: skip
    assert [("membrane", "forbidden"), ("mask", "admitted")] == [(row.target, row.status) for row in (wrong, other)]


OLD = """<martif type="TBX"><text><body>
<termEntry><langSet xml:lang="zh"><ntig><termGrp><term>面膜</term></termGrp></ntig></langSet>
<langSet xml:lang="en"><ntig><termGrp><term>mask</term></termGrp></ntig>
<ntig><termGrp><term>pack</term></termGrp></ntig></langSet></termEntry>
<termEntry><langSet xml:lang="de"><tig><term>Maske</term></tig></langSet></termEntry>
</body></text></martif>"""


def test_without_status() -> None:
    """Where nothing says a status, the first target is preferred; other languages are left alone."""
    assert [("mask", "preferred"), ("pack", "admitted")] == [(row.target, row.status) for row in read(OLD.encode())]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<martif>\n<text>\n</martif>", r"x\.tbx:3: no XML"),
        (b"", r"x\.tbx:1: no XML"),
        (b"<tmx/>", r"x\.tbx:1: <tmx> is no TBX"),
        (b'<!DOCTYPE martif [<!ENTITY a "b">]>\n<martif>&a;</martif>', "declares XML entities"),
        (b'<!DOCTYPE martif [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<martif>&a;</martif>', "declares XML entities"),
        (b'<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]><m>&c;</m>',
         "declares XML entities"),
    ],
)  # fmt: skip
def test_bad_files(data: bytes, message: str) -> None:
    """Broken XML is named with its line; entities, which can read files or fill the memory, are refused."""
    with pytest.raises(DataError, match=message):
        read(data)


def test_characters_that_xml_does_not_hold() -> None:
    """A control character in a term is an error that names the term."""
    with pytest.raises(WorkError, match=r"'面膜' .* XML cannot hold"):
        write_tbx([Row(source="面膜", target="ma\x00sk")], "us")


def test_missing_extra() -> None:
    """Where a package of the extra is missing, the message says how to install it."""
    with pytest.raises(UsageError, match=r"needs 'no_such_package'.*shopglot\[interchange\]"):
        require("no_such_package.part")


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(DataError, match=r"none\.tbx: No such file"):
        read_tbx(tmp_path / "none.tbx", "us", status="preferred", use="")
